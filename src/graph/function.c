/* SQL functions that SQLite does not have. They are pure: rules may use them too. */
#include "graph/graph_private.h"

static bool is_plain_in_uri(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~/", c));
}

/* sl_uri(path): the path as a URI reference, percent-encoded (RFC 3986); an absolute path gets "file://". */
static void uri_of_path(sqlite3_context *context, int n, sqlite3_value **values)
{
    (void)n;
    const unsigned char *path = sqlite3_value_text(values[0]);
    int len = sqlite3_value_bytes(values[0]);
    if (!path) {
        sqlite3_result_null(context);
        return;
    }
    struct sl_buf uri = {0};
    if (len > 0 && path[0] == '/')
        sl_buf_add(&uri, SL_STR("file://"));
    for (int i = 0; i < len; i++) {
        if (is_plain_in_uri(path[i]))
            sl_buf_add_byte(&uri, (char)path[i]);
        else
            sl_buf_add_printf(&uri, "%%%02X", path[i]);
    }
    sl_str text = sl_buf_str(&uri);
    sqlite3_result_text(context, text.len ? text.ptr : "", (int)text.len, SQLITE_TRANSIENT);
    sl_buf_release(&uri);
}

int sl_graph_add_functions(sqlite3 *db)
{
    return sqlite3_create_function(db, "sl_uri", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                   uri_of_path, NULL, NULL);
}
