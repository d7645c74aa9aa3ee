/*
 * The text that mysqlbinlog (mariadb-binlog) prints: statements, annotations of row events, and decoded rows (-v).
 *
 * Source: mysqlbinlog.cc and log_event.cc; the output of MariaDB 10.11's. BEGIN, COMMIT and XA are the transaction's
 * frame, not statements of the application; what mysqlbinlog adds to restore a session is skipped. Decoded rows are
 * a statement of their own only where nothing says which statement made them.
 */
#include "source/log/formats.h"
#include "source/log/stamp.h"

#define MAX_DELIMITER 16
#define MAX_COLUMNS 256

enum event {
    EVENT_NONE,
    EVENT_QUERY,
    EVENT_OTHER,
};

struct binlog {
    char delimiter[MAX_DELIMITER];
    size_t delimiter_len;
    enum event event;
    bool in_base64, has_ended, is_annotated, in_annotation;
    bool is_open; /* a statement goes on */
    struct sl_log_record record;
    uint64_t text_from;
    uint16_t database;
    int64_t us;
    bool has_row, in_set;
    uint64_t row_off;
    struct sl_buf row; /* the statement that a decoded row stands for */
    struct sl_buf before[MAX_COLUMNS];
    unsigned n_before;
    uint32_t row_line;
    bool row_is_update, row_has_column;
};

static void begin(struct sl_log_reader *reader, sl_str head)
{
    struct binlog *log = reader->state;
    (void)head;
    log->delimiter[0] = ';';
    log->delimiter_len = 1;
}

/* "#101108 13:21:08 server id 1234  end_log_pos 106 \tQuery\tthread_id=15 …" */
static bool read_header(sl_str line, int64_t *us, sl_str *rest)
{
    if (line.len < 20 || line.ptr[0] != '#' || !sl_is_digit(line.ptr[1]))
        return false;
    sl_str s = sl_str_slice(line, 1, line.len);
    size_t n = sl_stamp_compact(s, us);
    s = sl_str_slice(s, n, s.len);
    if (n == 0 || !sl_str_has_prefix(s, SL_STR(" server id ")))
        return false;
    size_t pos = sl_str_find(s, SL_STR("end_log_pos "));
    if (pos == SIZE_MAX)
        return false;
    s = sl_str_slice(s, pos + 12, s.len);
    size_t i = 0;
    while (i < s.len && sl_is_digit(s.ptr[i]))
        i++;
    s = sl_str_trim(sl_str_slice(s, i, s.len));
    if (sl_str_has_prefix(s, SL_STR("CRC32 0x"))) {
        size_t tab = sl_str_find_byte(s, '\t');
        s = tab == SIZE_MAX ? SL_STR_EMPTY : sl_str_trim(sl_str_slice(s, tab, s.len));
    }
    *rest = s;
    return true;
}

static bool ends_with_delimiter(const struct binlog *log, sl_str line)
{
    return sl_str_has_suffix(line, (sl_str){log->delimiter, log->delimiter_len});
}

static bool is_session_state(sl_str line)
{
    static const sl_str starts[] = {SL_STR_INIT("SET TIMESTAMP"), SL_STR_INIT("SET @@"),
                                    SL_STR_INIT("SET INSERT_ID"), SL_STR_INIT("SET LAST_INSERT_ID"),
                                    SL_STR_INIT("/*!"),           SL_STR_INIT("/*M!"),
                                    SL_STR_INIT("use ")};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (sl_str_has_prefix_nocase(line, starts[i]))
            return true;
    }
    return line.len == 0;
}

static bool is_transaction_control(sl_str text)
{
    static const sl_str words[] = {SL_STR_INIT("BEGIN"), SL_STR_INIT("COMMIT"), SL_STR_INIT("ROLLBACK"),
                                   SL_STR_INIT("START TRANSACTION")};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_eq_nocase(text, words[i]))
            return true;
    }
    return sl_str_has_prefix_nocase(text, SL_STR("XA "));
}

static void note_database(struct sl_log_reader *reader, struct binlog *log, sl_str line)
{
    if (!sl_str_has_prefix_nocase(line, SL_STR("use ")))
        return;
    sl_str name = sl_str_slice(line, 4, line.len - 4);
    size_t n = 0;
    if (name.len && name.ptr[0] == '`') {
        name = sl_str_slice(name, 1, name.len);
        while (n < name.len && name.ptr[n] != '`')
            n++;
    } else {
        while (n < name.len && name.ptr[n] != '/' && name.ptr[n] != ';')
            n++;
    }
    log->database = sl_log_names_add(reader->names, sl_str_slice(name, 0, n));
}

/* The decoded row that ends here, as a statement. */
static void finish_row(struct sl_log_reader *reader, struct binlog *log)
{
    if (!log->has_row)
        return;
    log->has_row = false;
    reader->counts->entries++;
    if (log->is_annotated) {
        reader->counts->cached++;
        return;
    }
    struct sl_log_record record = sl_log_record_at(reader, log->row_off);
    record.line = log->row_line;
    record.first_us = log->us;
    record.rows_affected = 1;
    record.database = log->database;
    record.flags = SL_LOG_AMBIGUOUS; /* columns have numbers, not names */
    sl_log_emit_text(reader, &record, sl_arena_copy(&reader->block->arena, sl_buf_str(&log->row)), log->row_off);
}

static void start_row(struct sl_log_reader *reader, struct binlog *log, sl_str text, uint64_t off)
{
    finish_row(reader, log);
    log->has_row = true;
    log->in_set = false;
    log->row_off = off;
    log->row_line = reader->line - 1;
    log->n_before = 0;
    log->row_is_update = sl_str_has_prefix(text, SL_STR("UPDATE "));
    log->row_has_column = false;
    sl_buf_reset(&log->row);
    sl_buf_add(&log->row, text);
}

/* "  @8='2026-…' /" "* type … *" "/": of an UPDATE only what changes; other rows are their table's name. */
static void add_column(struct binlog *log, sl_str text)
{
    sl_str s = sl_str_trim(text);
    uint64_t number;
    size_t n = s.len && s.ptr[0] == '@' ? sl_stamp_decimal(sl_str_slice(s, 1, 8), 0, &number) : 0;
    if (n == 0 || number == 0 || number > MAX_COLUMNS || !log->row_is_update)
        return;
    sl_str value = sl_str_slice(s, n + 2, s.len);
    size_t comment = sl_str_find(value, SL_STR(" /* "));
    value = sl_str_slice(value, 0, comment);
    struct sl_buf *before = &log->before[number - 1];
    if (!log->in_set) {
        sl_buf_reset(before);
        sl_buf_add(before, value);
        if (number > log->n_before)
            log->n_before = (unsigned)number;
        return;
    }
    bool is_same = number <= log->n_before && sl_str_eq((sl_str){before->bytes, before->len}, value);
    if (is_same)
        return;
    sl_buf_add_printf(&log->row, "%s `@%u` = ?", log->row_has_column ? "," : " SET", (unsigned)number);
    log->row_has_column = true;
}

static void read_row(struct sl_log_reader *reader, struct binlog *log, sl_str line, uint64_t off)
{
    sl_str text = sl_str_slice(line, 4, line.len);
    if (sl_str_has_prefix(text, SL_STR("UPDATE `")) || sl_str_has_prefix(text, SL_STR("INSERT INTO `")) ||
        sl_str_has_prefix(text, SL_STR("DELETE FROM `")))
        start_row(reader, log, text, off);
    else if (sl_str_eq(text, SL_STR("SET")))
        log->in_set = true;
    else if (sl_str_eq(text, SL_STR("WHERE")))
        log->in_set = false;
    else if (log->has_row)
        add_column(log, text);
}

static void finish_statement(struct sl_log_reader *reader, struct binlog *log, uint64_t to)
{
    reader->keep_off = UINT64_MAX;
    log->is_open = false;
    sl_str text = sl_str_trim(sl_log_slice(reader, log->text_from, to));
    if (text.len == 0)
        return;
    reader->counts->entries++;
    if (log->event != EVENT_QUERY || is_transaction_control(text)) {
        reader->counts->administrative++;
        return;
    }
    sl_log_emit_text(reader, &log->record, text, log->text_from);
}

static void add_line(struct sl_log_reader *reader, struct binlog *log, sl_str line, uint64_t off)
{
    if (!log->is_open) {
        log->is_open = true;
        log->record = sl_log_record_at(reader, off);
        log->record.line--;
        log->record.first_us = log->us;
        log->record.database = log->database;
        log->text_from = off;
        reader->keep_off = off;
    }
    if (ends_with_delimiter(log, line)) {
        finish_statement(reader, log, off + line.len - log->delimiter_len);
    } else if (reader->pos - log->text_from > SL_LOG_RECORD_BYTES) {
        log->record.flags |= SL_LOG_TRUNCATED;
        finish_statement(reader, log, off + line.len);
        log->event = EVENT_NONE;
    }
}

/* "#Q> text" and MySQL's "# text" behind Rows_query: the statement that the row events come from. */
static bool read_annotation(struct sl_log_reader *reader, struct binlog *log, sl_str line, uint64_t off)
{
    size_t skip = sl_str_has_prefix(line, SL_STR("#Q> ")) ? 4 : 0;
    bool is_rows_query = log->in_annotation && skip == 0 && sl_str_has_prefix(line, SL_STR("# ")) &&
                         !sl_str_has_prefix(line, SL_STR("# at "));
    if (is_rows_query)
        skip = 2;
    if (skip == 0)
        return false;
    struct sl_log_record record = sl_log_record_at(reader, off);
    record.line--;
    record.first_us = log->us;
    record.database = log->database;
    log->is_annotated = true;
    log->in_annotation = false;
    reader->counts->entries++;
    sl_str text = sl_str_slice(line, skip, line.len);
    while (text.len && text.ptr[text.len - 1] == ';')
        text.len--;
    sl_log_emit_text(reader, &record, text, off + skip);
    return true;
}

/* Lines between statements. True: the line is dealt with. */
static bool read_frame(struct sl_log_reader *reader, struct binlog *log, sl_str line, uint64_t off)
{
    sl_str rest;
    if (read_header(line, &log->us, &rest)) {
        bool is_rows = sl_str_find(sl_str_slice(rest, 0, 24), SL_STR("_rows")) != SIZE_MAX;
        log->event = sl_str_has_prefix(rest, SL_STR("Query")) ? EVENT_QUERY : EVENT_OTHER;
        log->in_annotation =
            sl_str_has_prefix(rest, SL_STR("Rows_query")) || sl_str_has_prefix(rest, SL_STR("Annotate_rows"));
        finish_row(reader, log);
        if (!is_rows && !sl_str_has_prefix(rest, SL_STR("Table_map")))
            log->is_annotated = false;
        return true;
    }
    if (sl_str_has_prefix(line, SL_STR("### "))) {
        read_row(reader, log, line, off);
        return true;
    }
    if (read_annotation(reader, log, line, off))
        return true;
    if (sl_str_has_prefix(line, SL_STR("# End of log file"))) {
        log->event = EVENT_OTHER;
        return true;
    }
    if (line.len && line.ptr[0] == '#')
        return true;
    if (sl_str_has_prefix(line, SL_STR("DELIMITER "))) {
        sl_str mark = sl_str_trim(sl_str_slice(line, 10, MAX_DELIMITER - 1));
        log->delimiter_len = mark.len ? mark.len : 1;
        memcpy(log->delimiter, mark.len ? mark.ptr : ";", log->delimiter_len);
        return true;
    }
    if (sl_str_has_prefix(line, SL_STR("BINLOG "))) {
        log->in_base64 = true;
        return true;
    }
    note_database(reader, log, line);
    return is_session_state(line);
}

static void scan(struct sl_log_reader *reader)
{
    struct binlog *log = reader->state;
    sl_str line;
    uint64_t off;
    while (sl_log_next_line(reader, &line, &off)) {
        line = sl_log_chomp(line);
        if (log->in_base64) {
            log->in_base64 = !ends_with_delimiter(log, line) && !sl_str_has_suffix(line, SL_STR("/*!*/;"));
            reader->counts->skipped_bytes += line.len + 1;
            continue;
        }
        if (log->is_open || !read_frame(reader, log, line, off))
            add_line(reader, log, line, off);
    }
    if (reader->at_end) {
        if (log->is_open) {
            log->record.flags |= SL_LOG_TRUNCATED;
            finish_statement(reader, log, reader->pos);
        }
        finish_row(reader, log);
    }
}

static void end(struct sl_log_reader *reader)
{
    struct binlog *log = reader->state;
    sl_buf_release(&log->row);
    for (size_t i = 0; i < MAX_COLUMNS; i++)
        sl_buf_release(&log->before[i]);
}

static unsigned weigh(sl_str line)
{
    int64_t us;
    sl_str rest;
    if (line.ptr[0] != '#' && line.ptr[0] != 'D')
        return 0;
    if (read_header(line, &us, &rest) || sl_str_has_prefix(line, SL_STR("DELIMITER /*!*/;")))
        return 10;
    return sl_str_has_prefix(line, SL_STR("# at ")) && line.len > 5 && sl_is_digit(line.ptr[5]) ? 3 : 0;
}

const struct sl_log_format sl_log_mysql_binlog = {
    .name = "mysql-binlog",
    .title = "mysqlbinlog output",
    .dialect = SL_DIALECT_MYSQL,
    .state_bytes = sizeof(struct binlog),
    .weigh = weigh,
    .begin = begin,
    .scan = scan,
    .end = end,
};
