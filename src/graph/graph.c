#include "graph/graph.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/embedded.h"
#include "graph/graph_private.h"
#include "graph/pool.h"

enum sl_status sl_graph_refuse(struct sl_graph *graph, const char *doing, struct sl_error *err)
{
    return sl_error_set(err, SL_ERR_GRAPH, "Cannot %s: SQLite says \"%s\".", doing, sqlite3_errmsg(graph->db));
}

/* Length of the character at the start of s, or 0 if it is no valid one (or NUL). */
static size_t character_len(sl_str s)
{
    utf8proc_int32_t code_point;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.ptr, (utf8proc_ssize_t)s.len, &code_point);
    return n > 0 && code_point != 0 ? (size_t)n : 0;
}

static size_t clean_prefix_len(sl_str s)
{
    size_t i = 0;
    while (i < s.len) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t n = c != 0 && c < 0x80 ? 1 : character_len(sl_str_slice(s, i, SIZE_MAX));
        if (n == 0)
            break;
        i += n;
    }
    return i;
}

sl_str sl_graph_clean_text(struct sl_graph *graph, sl_str s)
{
    size_t prefix = clean_prefix_len(s);
    if (prefix == s.len)
        return s;
    sl_buf_reset(&graph->clean);
    while (s.len > 0) {
        sl_buf_add(&graph->clean, sl_str_slice(s, 0, prefix));
        s = sl_str_slice(s, prefix, SIZE_MAX);
        if (s.len == 0)
            break;
        sl_buf_add(&graph->clean, SL_STR("\xEF\xBF\xBD"));
        s = sl_str_slice(s, 1, SIZE_MAX);
        prefix = clean_prefix_len(s);
    }
    return sl_buf_str(&graph->clean);
}

static enum sl_status run_sql(struct sl_graph *graph, const char *sql, const char *doing, struct sl_error *err)
{
    if (sqlite3_exec(graph->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return sl_graph_refuse(graph, doing, err);
    return SL_OK;
}

/* Where schema.sql's library of views begins; tables come before it, and the view coverage. */
#define LIBRARY_MARK "\n-- Views: the only library"

static sl_str schema_text(void)
{
    return (sl_str){sl_embedded_schema[0].bytes, sl_embedded_schema[0].len};
}

sl_str sl_graph_view_library(void)
{
    return sl_str_slice(schema_text(), sl_str_find(schema_text(), SL_STR(LIBRARY_MARK)), SIZE_MAX);
}

enum sl_status sl_graph_make_views(struct sl_graph *graph, struct sl_error *err)
{
    if (graph->has_views)
        return SL_OK;
    graph->has_views = true;
    return run_sql(graph, sl_graph_view_library().ptr, "make the graph's views", err);
}

static enum sl_status make_tables(struct sl_graph *graph, struct sl_error *err)
{
    struct sl_buf text = {0};
    sl_buf_add(&text, sl_str_slice(schema_text(), 0, schema_text().len - sl_graph_view_library().len));
    enum sl_status status = run_sql(graph, sl_buf_str(&text).ptr, "make the graph's schema", err);
    sl_buf_release(&text);
    return status;
}

/* SQLite builds a temporary table for each CHECK (… IN (…)) of each row: a fifth of a large run. What they guard
 * against is a bug of ours, so they work where asserts do. */
#ifdef NDEBUG
#define CHECKS "PRAGMA ignore_check_constraints = ON; "
#else
#define CHECKS ""
#endif

static enum sl_status set_meta(struct sl_graph *graph, sl_str key, sl_str value, struct sl_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(graph->db, "INSERT OR REPLACE INTO meta VALUES (?1, ?2)", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, key.ptr, (int)key.len, SQLITE_STATIC);
        value = sl_graph_clean_text(graph, value);
        sqlite3_bind_text(statement, 2, value.ptr, (int)value.len, SQLITE_TRANSIENT);
        code = sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SL_OK : sl_graph_refuse(graph, "stamp the graph", err);
}

static enum sl_status make_schema(struct sl_graph *graph, struct sl_error *err)
{
    SL_TRY(run_sql(graph,
                   CHECKS "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; BEGIN",
                   "set up the graph", err));
    graph->in_transaction = true;
    SL_TRY(make_tables(graph, err));
    char version[16];
    snprintf(version, sizeof version, "%d", SL_GRAPH_SCHEMA_VERSION);
    SL_TRY(set_meta(graph, SL_STR("schema_version"), sl_str_from(version), err));
    return set_meta(graph, SL_STR("tool_version"), SL_STR(SL_VERSION), err);
}

/* Before SQLite's first use: no counters behind a lock (we never ask for them), and memory from a pool. */
static void configure_sqlite(void)
{
    static bool is_configured;
    if (is_configured)
        return;
    is_configured = true;
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sl_pool_install();
}

enum sl_status sl_graph_open(const char *path, struct sl_graph **out, struct sl_error *err)
{
    bool in_memory = !path || strcmp(path, ":memory:") == 0;
    if (!in_memory && access(path, F_OK) == 0)
        return sl_error_set(err, SL_ERR_IO, "%s: there is a file already.", path);
    configure_sqlite();
    struct sl_graph *graph = calloc(1, sizeof *graph);
    if (!graph)
        sl_out_of_memory();
    /* Not SQLITE_OPEN_MEMORY: VACUUM INTO would write its copy into memory too. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    enum sl_status status = SL_OK;
    if (sqlite3_open_v2(in_memory ? ":memory:" : path, &graph->db, flags, NULL) != SQLITE_OK)
        status = graph->db ? sl_graph_refuse(graph, "open the graph", err)
                           : sl_error_set(err, SL_ERR_GRAPH, "Cannot open the graph: out of memory.");
    if (status == SL_OK && sl_graph_add_functions(graph->db) != SQLITE_OK)
        status = sl_graph_refuse(graph, "add the graph's functions", err);
    if (status == SL_OK)
        status = make_schema(graph, err);
    if (status == SL_OK)
        sl_graph_install_guard(graph);
    if (status != SL_OK) {
        sl_graph_close(graph);
        return status;
    }
    *out = graph;
    return SL_OK;
}

void sl_graph_close(struct sl_graph *graph)
{
    if (!graph)
        return;
    for (int i = 0; i < SL_INSERT_COUNT; i++)
        sqlite3_finalize(graph->inserts[i]);
    sqlite3_close(graph->db);
    sl_buf_release(&graph->clean);
    free(graph);
}

enum sl_status sl_graph_commit(struct sl_graph *graph, struct sl_error *err)
{
    if (!graph->in_transaction)
        return SL_OK;
    SL_TRY(run_sql(graph, "COMMIT", "commit the graph", err));
    graph->in_transaction = false;
    return SL_OK;
}

static enum sl_status vacuum_into(struct sl_graph *graph, const char *path, struct sl_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(graph->db, "VACUUM INTO ?1", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
        code = sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE)
        return sl_error_set(err, SL_ERR_IO, "%s: cannot write the graph: %s.", path, sqlite3_errmsg(graph->db));
    return SL_OK;
}

enum sl_status sl_graph_save(struct sl_graph *graph, const char *path, struct sl_error *err)
{
    struct stat at;
    if (stat(path, &at) == 0 && !S_ISREG(at.st_mode))
        return sl_error_set(err, SL_ERR_IO, "%s: the graph is written to a regular file, which this is not.", path);
    SL_TRY(sl_graph_make_views(graph, err));
    SL_TRY(sl_graph_commit(graph, err));
    struct sl_buf part = {0};
    sl_buf_add_printf(&part, "%s.part-%ld", path, (long)getpid());
    const char *part_path = sl_buf_str(&part).ptr;
    enum sl_status status = vacuum_into(graph, part_path, err);
    if (status == SL_OK && rename(part_path, path) != 0)
        status = sl_error_set(err, SL_ERR_IO, "%s: cannot write the graph: %s.", path, strerror(errno));
    if (status != SL_OK)
        unlink(part_path);
    sl_buf_release(&part);
    return status;
}
