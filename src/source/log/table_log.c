/*
 * Tables that are logs, exported by a database client: mysql.slow_log and general_log, performance_schema's digests,
 * pg_stat_statements, and looks at what runs now.
 */
#include "source/log/formats.h"
#include "source/log/stamp.h"
#include "source/log/table.h"

struct table_log {
    struct sl_table table;
    bool header_is_read;
};

static void begin(struct sl_log_reader *reader, sl_str head)
{
    struct table_log *log = reader->state;
    while (head.len && head.ptr[0] == '\0')
        head = sl_str_slice(head, 1, head.len);
    sl_table_detect(head, &log->table);
    log->header_is_read = !log->table.has_header && log->table.form != SL_FORM_ALIGNED;
}

/* HH:MM:SS.ffffff, which may have more than two digits of hours. */
static bool time_of_day(sl_str s, uint64_t *us)
{
    uint64_t h, m, sec;
    size_t a = sl_stamp_decimal(s, 0, &h);
    sl_str rest = sl_str_slice(s, a + 1, s.len);
    size_t b = sl_stamp_decimal(rest, 0, &m);
    rest = sl_str_slice(rest, b + 1, rest.len);
    if (a == 0 || b == 0 || sl_stamp_decimal(rest, 6, &sec) == 0 || h > 100000)
        return false;
    *us = (h * 3600 + m * 60) * 1000000 + sec;
    return true;
}

/* Picoseconds and milliseconds with their fractions. */
static void read_duration(const sl_str *v, struct sl_log_record *record)
{
    uint64_t value;
    bool has = false;
    if (v[SL_COLUMN_TIMER_PS].len && sl_stamp_decimal(v[SL_COLUMN_TIMER_PS], 0, &value)) {
        record->duration_us = value / 1000000;
        has = true;
    } else if (v[SL_COLUMN_TIME_MS].len && sl_stamp_decimal(v[SL_COLUMN_TIME_MS], 3, &value)) {
        record->duration_us = value;
        has = true;
    } else if (v[SL_COLUMN_TIME_OF_DAY].len) {
        has = time_of_day(v[SL_COLUMN_TIME_OF_DAY], &record->duration_us);
    }
    if (has)
        record->flags |= SL_LOG_HAS_DURATION;
}

/* "root[root] @ localhost []" → root */
static sl_str user_of(sl_str value)
{
    size_t bracket = sl_str_find_byte(value, '[');
    if (bracket == SIZE_MAX)
        return value;
    sl_str inner = sl_str_slice(value, bracket + 1, value.len);
    return sl_str_slice(inner, 0, sl_str_find_byte(inner, ']'));
}

static bool is_hex(sl_str s)
{
    if (s.len < 6 || s.ptr[0] != '0' || s.ptr[1] != 'x' || s.len % 2)
        return false;
    for (size_t i = 2; i < s.len; i++) {
        char c = sl_lower_char(s.ptr[i]);
        if (!sl_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
    }
    return true;
}

static char nibble(char c)
{
    c = sl_lower_char(c);
    return (char)(sl_is_digit(c) ? c - '0' : c - 'a' + 10);
}

/* MySQL 8 keeps sql_text as a blob, which a client may print as 0x53454C…. */
static sl_str without_hex(sl_str text, struct sl_arena *arena)
{
    if (!is_hex(text))
        return text;
    char *bytes = sl_arena_alloc(arena, text.len / 2);
    size_t n = 0;
    for (size_t i = 2; i + 1 < text.len; i += 2)
        bytes[n++] = (char)(nibble(text.ptr[i]) << 4 | nibble(text.ptr[i + 1]));
    return (sl_str){bytes, n};
}

/* Whether the row is an execution of its text; counts it where it is not. */
static bool is_statement(struct sl_log_reader *reader, enum sl_table_kind kind, const struct sl_table_row *row)
{
    const sl_str *v = row->values;
    if (kind == SL_TABLE_GENERAL_LOG) {
        if (sl_str_eq(v[SL_COLUMN_COMMAND], SL_STR("Prepare"))) {
            reader->counts->parse_bind++;
            return false;
        }
        bool is_query = sl_str_eq(v[SL_COLUMN_COMMAND], SL_STR("Query"));
        if (is_query && sl_str_has_prefix_nocase(v[SL_COLUMN_TEXT], SL_STR("execute "))) {
            reader->counts->parse_bind++; /* its Execute follows */
            return false;
        }
        if (!is_query && !sl_str_eq(v[SL_COLUMN_COMMAND], SL_STR("Execute"))) {
            reader->counts->administrative++;
            return false;
        }
    }
    bool has_no_text = row->is_null[SL_COLUMN_TEXT] || sl_str_eq(v[SL_COLUMN_TEXT], SL_STR("<insufficient privilege>"));
    if ((kind == SL_TABLE_DIGESTS || kind == SL_TABLE_STATEMENTS) && (has_no_text || v[SL_COLUMN_TEXT].len == 0)) {
        uint64_t calls = sl_stamp_number(v[SL_COLUMN_CALLS]);
        reader->counts->shapes_dropped += calls; /* the server's table was full, or the reader may not see it */
        reader->counts->statements += calls;
        return false;
    }
    if (has_no_text || v[SL_COLUMN_TEXT].len == 0) {
        reader->counts->empty++;
        return kind == SL_TABLE_SLOW_LOG && v[SL_COLUMN_FIRST_SEEN].len > 0;
    }
    return true;
}

/* Where the text begins in its row: what comes before its first escape is found there. The row itself if not. */
static uint64_t off_of_text(const struct sl_log_reader *reader, const struct sl_table_row *row, sl_str text,
                            uint64_t off)
{
    size_t n = 0;
    while (n < text.len && n < 40 && (unsigned char)text.ptr[n] >= ' ' && !strchr("\\\"'<>&", text.ptr[n]))
        n++;
    const char *at = n > 3 ? memmem(row->source.ptr, row->source.len, text.ptr, n) : NULL;
    bool is_inside = at && at >= reader->bytes && at < reader->bytes + reader->len;
    return is_inside ? reader->base + (uint64_t)(at - reader->bytes) : off;
}

static const enum sl_log_encoding layouts[] = {
    [SL_FORM_CSV] = SL_LOG_CSV,       [SL_FORM_CSV_SLASH] = SL_LOG_BACKSLASH,
    [SL_FORM_TSV] = SL_LOG_BACKSLASH, [SL_FORM_JSON] = SL_LOG_JSON,
    [SL_FORM_XML] = SL_LOG_XML,       [SL_FORM_HTML] = SL_LOG_XML,
};

static void emit(struct sl_log_reader *reader, const struct sl_table *table, const struct sl_table_row *row,
                 uint64_t off)
{
    enum sl_table_kind kind = table->kind;
    enum sl_table_form form = table->form;
    const sl_str *v = row->values;
    struct sl_log_record record = sl_log_record_at(reader, off);
    sl_str text = v[SL_COLUMN_TEXT];
    bool is_summary = kind == SL_TABLE_DIGESTS || kind == SL_TABLE_STATEMENTS;
    if (is_summary) {
        record.calls = sl_stamp_number(v[SL_COLUMN_CALLS]);
        record.flags |= SL_LOG_NORMALISED;
        sl_str sample = v[SL_COLUMN_SAMPLE];
        if (sample.len && !row->is_null[SL_COLUMN_SAMPLE] && !sl_str_has_suffix(sample, SL_STR("..."))) {
            text = sample;
            record.flags &= ~(uint32_t)SL_LOG_NORMALISED;
        }
    } else {
        record.flags |= SL_LOG_SPLITS | (kind == SL_TABLE_GENERAL_LOG ? SL_LOG_COUNTS_PIECES : 0);
    }
    if (kind == SL_TABLE_ACTIVITY)
        record.flags |= SL_LOG_SAMPLED;
    if (kind == SL_TABLE_SLOW_LOG)
        record.flags &= ~(uint32_t)SL_LOG_SPLITS;
    read_duration(v, &record);
    record.rows_sent = sl_stamp_number(v[SL_COLUMN_ROWS_SENT]);
    record.rows_examined = sl_stamp_number(v[SL_COLUMN_ROWS_EXAMINED]);
    record.rows_affected = sl_stamp_number(v[SL_COLUMN_ROWS_AFFECTED]);
    record.failed = sl_stamp_number(v[SL_COLUMN_ERRORS]);
    sl_stamp_iso(v[SL_COLUMN_FIRST_SEEN], &record.first_us);
    sl_stamp_iso(v[SL_COLUMN_LAST_SEEN], &record.last_us);
    record.user = sl_log_names_add(reader->names, user_of(v[SL_COLUMN_USER]));
    record.database =
        sl_log_names_add(reader->names, row->is_null[SL_COLUMN_DATABASE] ? SL_STR_EMPTY : v[SL_COLUMN_DATABASE]);
    record.application = sl_log_names_add(reader->names, v[SL_COLUMN_APPLICATION]);
    record.layout = (uint8_t)(form < sizeof layouts / sizeof layouts[0] ? layouts[form] : SL_LOG_PLAIN) + 1;
    sl_log_emit_text(reader, &record, text, off_of_text(reader, row, text, off));
}

/* A row that never ends must not keep the window growing. */
static void give_up_row(struct sl_log_reader *reader, sl_str window, size_t *pos)
{
    bool is_too_long = window.len - *pos > SL_LOG_RECORD_BYTES;
    if (!reader->at_end && !is_too_long)
        return;
    reader->counts->skipped_bytes += window.len - *pos;
    *pos = window.len;
}

static void scan(struct sl_log_reader *reader)
{
    struct table_log *log = reader->state;
    sl_str window = {sl_log_at(reader, reader->pos), reader->len - (size_t)(reader->pos - reader->base)};
    size_t pos = 0, before = 0;
    struct sl_table_row row;
    while (sl_table_next(&log->table, window, reader->at_end, &pos, &reader->block->arena, &row)) {
        uint64_t off = reader->pos + before;
        bool is_header = !log->header_is_read;
        log->header_is_read = true;
        if (!is_header) {
            reader->counts->entries++;
            row.values[SL_COLUMN_TEXT] = without_hex(row.values[SL_COLUMN_TEXT], &reader->block->arena);
            if (is_statement(reader, log->table.kind, &row))
                emit(reader, &log->table, &row, off);
        }
        reader->line += (uint32_t)sl_str_count_byte(sl_str_slice(window, before, pos - before), '\n');
        before = pos;
    }
    give_up_row(reader, window, &pos);
    reader->pos += pos;
}

/* Heavier than any count of lines: the columns' names leave no doubt. */
#define SURE 100000

static unsigned weigh_kind(sl_str head, enum sl_table_kind kind, enum sl_table_kind other)
{
    struct sl_table table;
    sl_table_detect(head, &table);
    return table.kind != SL_TABLE_NONE && (table.kind == kind || table.kind == other) ? SURE : 0;
}

static unsigned weigh_log(sl_str head)
{
    return weigh_kind(head, SL_TABLE_SLOW_LOG, SL_TABLE_GENERAL_LOG);
}

static unsigned weigh_digests(sl_str head)
{
    return weigh_kind(head, SL_TABLE_DIGESTS, SL_TABLE_DIGESTS);
}

static unsigned weigh_statements(sl_str head)
{
    return weigh_kind(head, SL_TABLE_STATEMENTS, SL_TABLE_STATEMENTS);
}

static unsigned weigh_activity(sl_str head)
{
    return weigh_kind(head, SL_TABLE_ACTIVITY, SL_TABLE_ACTIVITY);
}

const struct sl_log_format sl_log_mysql_table = {
    .name = "mysql-table",
    .title = "export of mysql.slow_log or mysql.general_log",
    .dialect = SL_DIALECT_MYSQL,
    .state_bytes = sizeof(struct table_log),
    .weigh_head = weigh_log,
    .begin = begin,
    .scan = scan,
};

const struct sl_log_format sl_log_mysql_digest = {
    .name = "mysql-digest",
    .title = "export of performance_schema's statement digests",
    .dialect = SL_DIALECT_MYSQL,
    .state_bytes = sizeof(struct table_log),
    .weigh_head = weigh_digests,
    .begin = begin,
    .scan = scan,
};

const struct sl_log_format sl_log_pg_statements = {
    .name = "pg-stat-statements",
    .title = "export of pg_stat_statements",
    .dialect = SL_DIALECT_POSTGRES,
    .state_bytes = sizeof(struct table_log),
    .weigh_head = weigh_statements,
    .begin = begin,
    .scan = scan,
};

const struct sl_log_format sl_log_pg_activity = {
    .name = "pg-stat-activity",
    .title = "export of pg_stat_activity",
    .dialect = SL_DIALECT_POSTGRES,
    .state_bytes = sizeof(struct table_log),
    .weigh_head = weigh_activity,
    .begin = begin,
    .scan = scan,
};
