/*
 * MariaDB's server_audit plug-in and Aurora's advanced auditing:
 * stamp,serverhost,user,host,connection,query,OPERATION,database,'text',retcode
 *
 * Source: server_audit.c of MariaDB 10.11; logs of a server that was run. READ, WRITE and the like repeat, a line a
 * table, what QUERY says. The text is cut at server_audit_query_log_limit without a mark.
 */
#include "source/log/formats.h"
#include "source/log/stamp.h"

/* server_audit_query_log_limit, unless it was changed. */
#define USUAL_LIMIT 1024

enum column {
    COL_STAMP,
    COL_SERVER,
    COL_USER,
    COL_HOST,
    COL_CONNECTION,
    COL_QUERY,
    COL_OPERATION,
    COL_DATABASE,
    COL_REST, /* 'text',retcode */
    COL_COUNT,
};

static size_t read_stamp(sl_str s, int64_t *us)
{
    size_t n = sl_stamp_compact(s, us);
    if (n)
        return n;
    uint64_t micros;
    n = sl_stamp_decimal(s, 0, &micros);
    if (n != 16)
        return 0;
    *us = (int64_t)micros;
    return n;
}

static bool split(sl_str line, sl_str *columns)
{
    for (int i = 0; i < COL_REST; i++) {
        size_t comma = sl_str_find_byte(line, ',');
        if (comma == SIZE_MAX)
            return false;
        columns[i] = sl_str_slice(line, 0, comma);
        line = sl_str_slice(line, comma + 1, line.len);
    }
    columns[COL_REST] = line;
    int64_t us;
    uint64_t id;
    sl_str operation = columns[COL_OPERATION];
    return read_stamp(columns[COL_STAMP], &us) == columns[COL_STAMP].len && columns[COL_STAMP].len > 0 &&
           sl_stamp_decimal(columns[COL_CONNECTION], 0, &id) == columns[COL_CONNECTION].len && operation.len > 2 &&
           operation.ptr[0] >= 'A' && operation.ptr[0] <= 'Z';
}

/* 'text',retcode: the text between the first quote and the last. */
static void emit(struct sl_log_reader *reader, const sl_str *columns, uint64_t off)
{
    struct sl_log_record record = sl_log_record_at(reader, off);
    sl_str rest = columns[COL_REST];
    size_t last = rest.len;
    while (last > 0 && rest.ptr[last - 1] != '\'')
        last--;
    if (rest.len == 0 || rest.ptr[0] != '\'' || last < 2) {
        reader->counts->empty++;
        return;
    }
    uint64_t code = 0, connection = 0;
    sl_stamp_decimal(sl_str_slice(rest, last + 1, rest.len), 0, &code);
    sl_stamp_decimal(columns[COL_CONNECTION], 0, &connection);
    sl_str text = sl_str_slice(rest, 1, last - 2);
    record.line--;
    record.failed = code != 0;
    record.session = connection + 1;
    record.encoding = SL_LOG_BACKSLASH;
    record.flags = SL_LOG_SPLITS | (text.len >= USUAL_LIMIT ? SL_LOG_TRUNCATED : 0);
    record.user = sl_log_names_add(reader->names, columns[COL_USER]);
    record.database = sl_log_names_add(reader->names, columns[COL_DATABASE]);
    read_stamp(columns[COL_STAMP], &record.first_us);
    sl_log_emit_text(reader, &record, text, off + (uint64_t)(text.ptr - columns[COL_STAMP].ptr));
}

struct audit {
    uint64_t connection, query; /* of the last QUERY */
};

/* What EXECUTE IMMEDIATE ran has a line of its own before it, with the same number. */
static bool repeats_last(struct audit *audit, const sl_str *columns)
{
    uint64_t connection = 0, query = 0;
    sl_stamp_decimal(columns[COL_CONNECTION], 0, &connection);
    sl_stamp_decimal(columns[COL_QUERY], 0, &query);
    bool is_same = query != 0 && audit->connection == connection && audit->query == query;
    audit->connection = connection;
    audit->query = query;
    return is_same && sl_str_has_prefix_nocase(columns[COL_REST], SL_STR("'execute immediate "));
}

static void scan(struct sl_log_reader *reader)
{
    struct audit *audit = reader->state;
    sl_str line;
    uint64_t off;
    while (sl_log_next_line(reader, &line, &off)) {
        sl_str columns[COL_COUNT];
        line = sl_log_chomp(line);
        if (!split(line, columns)) {
            reader->counts->unknown_lines += line.len > 0;
            continue;
        }
        reader->counts->entries++;
        if (!sl_str_has_prefix(columns[COL_OPERATION], SL_STR("QUERY")))
            reader->counts->administrative++;
        else if (repeats_last(audit, columns))
            reader->counts->parse_bind++;
        else
            emit(reader, columns, off);
    }
}

static unsigned weigh(sl_str line)
{
    sl_str columns[COL_COUNT];
    return split(line, columns) ? 10 : 0;
}

const struct sl_log_format sl_log_mysql_audit = {
    .name = "mysql-audit",
    .title = "MariaDB server_audit log",
    .dialect = SL_DIALECT_MYSQL,
    .state_bytes = sizeof(struct audit),
    .weigh = weigh,
    .scan = scan,
};
