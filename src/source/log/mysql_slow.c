/*
 * The slow log of MySQL, MariaDB and Percona Server, 5.0 to 8.4, RDS and Aurora.
 *
 * Source: log.cc of MySQL 8.0/8.4 and MariaDB 10.11; logs of a MariaDB 10.11 that was run; docs/logs.md.
 * An entry starts at a header line only if the line before ended a statement and the header line itself does not end
 * with ";": a statement may hold text that looks like a header.
 */
#include "source/log/formats.h"
#include "source/log/mysql_line.h"
#include "source/log/stamp.h"

/* Ten years: what is longer is an overflow. */
#define LONGEST_QUERY_US (1000000ull * 86400 * 3650)

enum phase {
    OUTSIDE,     /* before the first entry, or behind a line of the server's restart */
    HEADER,      /* lines of metadata */
    BEFORE_TEXT, /* metadata is over: USE, SET timestamp, the statement */
    TEXT,
    SKIPPING, /* the rest of a statement that is too long */
};

struct slow {
    enum phase phase;
    bool line_ended_statement; /* the last line ended with ";" */
    unsigned last_part;        /* of the header, as part_of() counts */
    bool is_behind_hole;       /* NULs stand where the log is missing: what was open before them is cut off */
    bool has_query_time, has_set, has_use, has_schema, has_text;
    struct sl_log_record record;
    uint64_t text_from, text_to;
    int64_t stamp_us;       /* of the last "# Time:" line */
    uint16_t last_database; /* of the last USE in the file, whoever it was for */
    struct {
        uint64_t session, duration_us;
        int64_t us;
        char text[32];
        size_t len;
    } before; /* the last statement */
};

static bool starts_with(sl_str line, const char *text, size_t len)
{
    return line.len >= len && memcmp(line.ptr, text, len) == 0;
}
#define STARTS(line, literal) starts_with((line), (literal), sizeof(literal) - 1)

static bool ends_statement(sl_str line)
{
    return line.len && line.ptr[line.len - 1] == ';';
}

/* "# Time: …" and its companions, which open an entry. */
static bool is_entry_start(sl_str line)
{
    if (line.len < 9 || line.ptr[0] != '#' || line.ptr[1] != ' ' || ends_statement(line))
        return false;
    switch (line.ptr[2]) {
    case 'T':
        return STARTS(line, "# Time:") || STARTS(line, "# Thread_id:");
    case 'U':
        return STARTS(line, "# User@Host:") || STARTS(line, "# User:");
    case 'C':
        return STARTS(line, "# Client:");
    case 'S':
        return STARTS(line, "# Schema:");
    case 'Q':
        return STARTS(line, "# Query_time:");
    default:
        return false;
    }
}

/* Where a header line stands in its header: they come in this order. 0: another line. */
static unsigned part_of(sl_str line)
{
    if (!is_entry_start(line))
        return 0;
    switch (line.ptr[2]) {
    case 'T':
        return line.ptr[3] == 'i' ? 1 : 3; /* Time, Thread_id */
    case 'U':
    case 'C':
        return 2;
    case 'S':
        return 4;
    default:
        return 5;
    }
}

/*
 * MariaDB logs what EXECUTE IMMEDIATE runs, then the EXECUTE IMMEDIATE (10.11 was run): is this entry the second of the
 * two? One that failed before it ran has no first.
 */
static bool repeats_last(const struct slow *slow, sl_str text)
{
    static const sl_str immediate = SL_STR_INIT("execute immediate ");
    const struct sl_log_record *record = &slow->record;
    if (!sl_str_has_prefix_nocase(text, immediate) || record->session == 0 || record->session != slow->before.session ||
        record->first_us != slow->before.us || record->duration_us < slow->before.duration_us)
        return false;
    sl_str operand = sl_str_trim(sl_str_slice(text, immediate.len, text.len));
    if (operand.len == 0 || (operand.ptr[0] != '\'' && operand.ptr[0] != '"'))
        return true; /* a variable, an expression */
    sl_str ran = {slow->before.text, slow->before.len};
    operand = sl_str_trim(sl_str_slice(operand, 1, operand.len));
    size_t n = 0; /* up to a parameter or an escape */
    while (n < ran.len && n < operand.len && !strchr("?\\'\"", operand.ptr[n]) && ran.ptr[n] == operand.ptr[n])
        n++;
    return n == ran.len || (n < operand.len && n > 0 && strchr("?\\'\"", operand.ptr[n]));
}

static void emit_text(struct sl_log_reader *reader, struct slow *slow, size_t len)
{
    sl_str text = sl_log_slice(reader, slow->text_from, slow->text_from + len);
    if (repeats_last(slow, text)) {
        reader->counts->parse_bind++;
        return;
    }
    slow->before.session = slow->record.session;
    slow->before.duration_us = slow->record.duration_us;
    slow->before.us = slow->record.first_us;
    slow->before.len = text.len < sizeof slow->before.text ? text.len : sizeof slow->before.text;
    memcpy(slow->before.text, text.ptr, slow->before.len);
    sl_log_emit(reader, &slow->record, slow->text_from, slow->text_from + len);
}

static void finish(struct sl_log_reader *reader, struct slow *slow)
{
    struct sl_log_record *record = &slow->record;
    bool is_open = slow->phase != OUTSIDE && slow->phase != SKIPPING;
    reader->keep_off = UINT64_MAX;
    slow->phase = OUTSIDE;
    if (!is_open)
        return;
    bool is_last = reader->at_end && reader->pos == reader->base + reader->len;
    bool is_cut = is_last || slow->is_behind_hole;
    if (!slow->has_query_time) { /* the log ends in its header, or it began in an older file */
        reader->counts->truncated += is_cut;
        reader->counts->unknown_lines += !is_cut;
        return;
    }
    reader->counts->entries++;
    if (!slow->has_text) { /* an entry whose only text is "use db;", or none */
        if (!slow->has_use && (reader->at_end || slow->is_behind_hole))
            record->flags |= SL_LOG_TRUNCATED;
        sl_log_emit(reader, record, slow->text_from, slow->text_to);
        return;
    }
    sl_str text = sl_log_slice(reader, slow->text_from, slow->text_to);
    sl_str trimmed = text;
    while (trimmed.len && (trimmed.ptr[trimmed.len - 1] == '\n' || trimmed.ptr[trimmed.len - 1] == '\r'))
        trimmed.len--;
    if (trimmed.len && trimmed.ptr[trimmed.len - 1] == ';')
        trimmed.len--;
    else
        record->flags |= is_cut ? SL_LOG_TRUNCATED : 0;
    emit_text(reader, slow, trimmed.len);
}

static void start_entry(struct sl_log_reader *reader, struct slow *slow, uint64_t off)
{
    slow->record = sl_log_record_at(reader, off);
    slow->record.line--; /* of the line that was just read */
    slow->record.first_us = 0;
    slow->phase = HEADER;
    slow->has_query_time = slow->has_set = slow->has_use = slow->has_schema = slow->has_text = false;
    slow->text_from = slow->text_to = off;
    reader->keep_off = off;
}

/* 0: there is no stamp. */
static int64_t read_stamp(sl_str text)
{
    int64_t us;
    text = sl_str_trim(text);
    return sl_stamp_iso(text, &us) || sl_stamp_compact(text, &us) ? us : 0;
}

/* The name in "priv[user]", or priv if there is nothing between the brackets. */
static sl_str user_name(sl_str text)
{
    size_t open = sl_str_find_byte(sl_str_slice(text, 0, SL_LOG_NAME_BYTES), '[');
    sl_str name = sl_str_slice(text, 0, open);
    if (open == SIZE_MAX)
        return sl_str_trim(sl_str_slice(text, 0, sl_str_find_byte(text, '@')));
    sl_str inner = sl_str_slice(text, open + 1, text.len);
    size_t close = sl_str_find_byte(inner, ']');
    return close == 0 || close == SIZE_MAX ? sl_str_trim(name) : sl_str_slice(inner, 0, close);
}

/* priv[user] @ host [ip]  Id:     8 */
static void read_host(struct sl_log_reader *reader, struct slow *slow, sl_str text)
{
    slow->record.user = sl_log_names_add(reader->names, user_name(text));
    size_t from = text.len;
    while (from > 0 && sl_is_digit(text.ptr[from - 1]))
        from--;
    sl_str id = sl_str_slice(text, from, text.len);
    while (from > 0 && text.ptr[from - 1] == ' ')
        from--;
    if (from >= 3 && memcmp(text.ptr + from - 3, "Id:", 3) == 0)
        sl_stamp_decimal(id, 0, &slow->record.session);
}

enum key {
    KEY_OTHER,
    KEY_QUERY_TIME,
    KEY_ROWS_SENT,
    KEY_ROWS_EXAMINED,
    KEY_ROWS_AFFECTED,
    KEY_SCHEMA,
    KEY_THREAD_ID,
    KEY_ERRNO,
    KEY_KILLED,
    KEY_RATE_LIMIT,
};

/* log_slow_extra and Percona write dozens of keys: most are told apart by their first letter. */
static enum key key_of(sl_str key)
{
    switch (key.ptr[0]) {
    case 'Q':
        return sl_str_eq(key, SL_STR("Query_time")) ? KEY_QUERY_TIME : KEY_OTHER;
    case 'R':
        if (sl_str_eq(key, SL_STR("Rows_sent")))
            return KEY_ROWS_SENT;
        if (sl_str_eq(key, SL_STR("Rows_examined")))
            return KEY_ROWS_EXAMINED;
        return sl_str_eq(key, SL_STR("Rows_affected")) ? KEY_ROWS_AFFECTED : KEY_OTHER;
    case 'S':
        return sl_str_eq(key, SL_STR("Schema")) ? KEY_SCHEMA : KEY_OTHER;
    case 'T':
        return sl_str_eq(key, SL_STR("Thread_id")) ? KEY_THREAD_ID : KEY_OTHER;
    case 'E':
        return sl_str_eq(key, SL_STR("Errno")) ? KEY_ERRNO : KEY_OTHER;
    case 'K':
        return sl_str_eq(key, SL_STR("Killed")) ? KEY_KILLED : KEY_OTHER;
    case 'L':
        if (sl_str_eq(key, SL_STR("Last_errno")))
            return KEY_ERRNO;
        return sl_str_eq(key, SL_STR("Log_slow_rate_limit")) ? KEY_RATE_LIMIT : KEY_OTHER;
    default:
        return KEY_OTHER;
    }
}

static void read_query_time(struct slow *slow, sl_str value)
{
    uint64_t us;
    slow->has_query_time = true;
    size_t n = sl_stamp_decimal(value, 6, &us);
    if (n == 0 || n != value.len || us > LONGEST_QUERY_US) /* 18446744073708.79: the clock ran backwards */
        return;
    slow->record.duration_us = us;
    slow->record.flags |= SL_LOG_HAS_DURATION;
}

/* One "Key: value" of a header line. */
static void read_pair(struct sl_log_reader *reader, struct slow *slow, sl_str key, sl_str value)
{
    struct sl_log_record *record = &slow->record;
    switch (key_of(key)) {
    case KEY_QUERY_TIME:
        read_query_time(slow, value);
        return;
    case KEY_ROWS_SENT:
        record->rows_sent = sl_stamp_number(value);
        return;
    case KEY_ROWS_EXAMINED:
        record->rows_examined = sl_stamp_number(value);
        return;
    case KEY_ROWS_AFFECTED:
        record->rows_affected = sl_stamp_number(value);
        return;
    case KEY_SCHEMA:
        slow->has_schema = true; /* without a value: the connection has no database, whatever USE the file has seen */
        record->database = sl_log_names_add(reader->names, value);
        return;
    case KEY_THREAD_ID:
        record->session = sl_stamp_number(value);
        return;
    case KEY_ERRNO:
    case KEY_KILLED:
        record->failed |= sl_stamp_number(value) != 0;
        return;
    case KEY_RATE_LIMIT:
        if (sl_stamp_number(value) > 1) {
            record->calls = sl_stamp_number(value);
            record->flags |= SL_LOG_SAMPLED | SL_LOG_ESTIMATED;
        }
        return;
    case KEY_OTHER:
        return;
    }
}

/* "Key: value  Key: value"; a key with nothing behind it has two spaces before the next. */
static void read_pairs(struct sl_log_reader *reader, struct slow *slow, sl_str text)
{
    const char *p = text.ptr, *end = p + text.len;
    while (p < end) {
        while (p < end && *p == ' ')
            p++;
        const char *key = p;
        while (p < end && *p != ':' && *p != ' ')
            p++;
        if (p >= end || *p != ':' || p == key)
            return;
        sl_str name = {key, (size_t)(p - key)};
        p++;
        if (p < end && *p == ' ')
            p++;
        const char *value = p;
        while (p < end && *p != ' ')
            p++;
        read_pair(reader, slow, name, (sl_str){value, (size_t)(p - value)});
    }
}

static void end_administrative(struct sl_log_reader *reader, struct slow *slow)
{
    if (slow->has_query_time) {
        reader->counts->entries++;
        reader->counts->administrative++;
    }
    slow->phase = OUTSIDE;
    slow->line_ended_statement = true;
    reader->keep_off = UINT64_MAX;
}

/* A "#" line of the header. False: it belongs to no header, so the statement has begun. */
static void read_header(struct sl_log_reader *reader, struct slow *slow, sl_str line)
{
    slow->line_ended_statement = false;
    slow->last_part = 3;
    if (STARTS(line, "# Time: ")) {
        int64_t us = read_stamp(sl_str_slice(line, 8, line.len));
        slow->stamp_us = us ? us : slow->stamp_us;
        /* 5.0 has both on one line. */
        size_t host = line.len > 40 ? sl_str_find(line, SL_STR(" # User@Host: ")) : SIZE_MAX;
        slow->last_part = host == SIZE_MAX ? 1 : 2;
        if (host != SIZE_MAX)
            read_host(reader, slow, sl_str_slice(line, host + 14, line.len));
    } else if (STARTS(line, "# User@Host: ")) {
        read_host(reader, slow, sl_str_slice(line, 13, line.len));
        slow->last_part = 2;
    } else if (STARTS(line, "# User: ")) {
        read_host(reader, slow, sl_str_slice(line, 8, line.len));
        slow->last_part = 2;
    } else if (STARTS(line, "# administrator command: ")) {
        end_administrative(reader, slow);
    } else if (!STARTS(line, "# explain:") && line.len > 3) {
        read_pairs(reader, slow, sl_str_slice(line, 2, line.len));
    }
}

/* use db; */
static bool read_use(struct sl_log_reader *reader, struct slow *slow, sl_str line, uint64_t off)
{
    if (slow->has_use || !STARTS(line, "use ") || !ends_statement(line))
        return false;
    sl_str name = sl_str_trim(sl_str_slice(line, 4, line.len - 5));
    if (name.len >= 2 && name.ptr[0] == '`')
        name = sl_str_slice(name, 1, name.len - 2);
    slow->has_use = true;
    slow->last_database = sl_log_names_add(reader->names, name);
    slow->text_from = off;
    slow->text_to = off + line.len - 1;
    slow->line_ended_statement = true;
    return true;
}

/* SET [last_insert_id=N,][insert_id=N,]timestamp=N; */
static bool read_set(struct slow *slow, sl_str line)
{
    if (slow->has_set || !STARTS(line, "SET ") || !ends_statement(line))
        return false;
    sl_str rest = sl_str_slice(line, 4, line.len - 5);
    if (!STARTS(rest, "timestamp=") && !STARTS(rest, "insert_id=") && !STARTS(rest, "last_insert_id="))
        return false;
    size_t stamp = rest.ptr[0] == 't' ? 0 : sl_str_find(rest, SL_STR("timestamp="));
    if (stamp != SIZE_MAX)
        sl_stamp_epoch(sl_str_slice(rest, stamp + 10, rest.len), &slow->record.last_us);
    slow->has_set = true;
    slow->line_ended_statement = true;
    return true;
}

/* The first line behind the header decides what the database and the time are. */
static void end_metadata(struct slow *slow, uint64_t off, uint32_t line)
{
    struct sl_log_record *record = &slow->record;
    record->line = line;
    record->off = off;
    if (!slow->has_schema && record->database == 0)
        record->database = slow->last_database;
    record->first_us = slow->stamp_us ? slow->stamp_us : record->last_us;
    record->last_us = 0;
    slow->text_from = off;
    slow->has_text = true;
    slow->phase = TEXT;
}

static void add_text(struct sl_log_reader *reader, struct slow *slow, sl_str line)
{
    slow->text_to = reader->pos;
    slow->line_ended_statement = ends_statement(line);
    if (slow->text_to - slow->text_from <= SL_LOG_RECORD_BYTES)
        return;
    slow->record.flags |= SL_LOG_TRUNCATED;
    reader->counts->entries++;
    sl_log_emit(reader, &slow->record, slow->text_from, slow->text_to);
    slow->phase = SKIPPING;
    reader->keep_off = UINT64_MAX;
}

/* Metadata is over; the line is USE, SET, a command, the next entry or the first line of the statement. */
static void read_before_text(struct sl_log_reader *reader, struct slow *slow, sl_str line, uint64_t off)
{
    if (read_use(reader, slow, line, off) || read_set(slow, line))
        return;
    if (STARTS(line, "# administrator command: ")) {
        end_administrative(reader, slow);
        return;
    }
    if (is_entry_start(line)) { /* the entry before had no text */
        struct sl_log_record *record = &slow->record;
        record->first_us = slow->stamp_us;
        if (!slow->has_schema)
            record->database = slow->last_database;
        finish(reader, slow);
        start_entry(reader, slow, off);
        read_header(reader, slow, line);
        return;
    }
    end_metadata(slow, off, reader->line - 1);
    add_text(reader, slow, line);
}

/* A line that ends one entry, whatever it looks like inside: the next entry's header, or a restart of the server. */
static bool read_boundary(struct sl_log_reader *reader, struct slow *slow, sl_str line, uint64_t off)
{
    bool has_ended = slow->phase == OUTSIDE || slow->line_ended_statement || slow->is_behind_hole;
    if (has_ended && is_entry_start(line)) {
        finish(reader, slow);
        start_entry(reader, slow, off);
        read_header(reader, slow, line);
        return true;
    }
    if (!sl_mysql_is_restart(line))
        return false;
    finish(reader, slow);
    slow->line_ended_statement = true;
    return true;
}

static void read_line(struct sl_log_reader *reader, struct slow *slow, sl_str line, uint64_t off)
{
    bool is_inside = (slow->phase == HEADER || slow->phase == BEFORE_TEXT) && !slow->is_behind_hole;
    if (!is_inside && read_boundary(reader, slow, line, off))
        return;
    switch (slow->phase) {
    case HEADER:
        if (line.len && line.ptr[0] == '#') {
            read_header(reader, slow, line);
            return;
        }
        slow->phase = BEFORE_TEXT;
        read_before_text(reader, slow, line, off);
        return;
    case BEFORE_TEXT:
        read_before_text(reader, slow, line, off);
        return;
    case TEXT:
        add_text(reader, slow, line);
        return;
    case SKIPPING:
        slow->line_ended_statement = ends_statement(line);
        reader->counts->skipped_bytes += line.len + 1;
        return;
    case OUTSIDE:
        if (line.len)
            reader->counts->unknown_lines++;
        return;
    }
}

static void scan(struct sl_log_reader *reader)
{
    struct slow *slow = reader->state;
    sl_str line;
    uint64_t off;
    uint64_t from = reader->pos;
    while (sl_log_next_line(reader, &line, &off)) {
        slow->is_behind_hole = off > from;
        read_line(reader, slow, sl_log_chomp(line), off);
        from = reader->pos;
    }
    if (reader->at_end)
        finish(reader, slow);
}

/*
 * A statement without its ";", or a header: what follows is the rest unless it starts an entry of its own. A header
 * goes on with a line that comes later in headers.
 */
static bool goes_on(const struct sl_log_reader *reader, sl_str line)
{
    const struct slow *slow = reader->state;
    sl_str part = sl_log_unread(reader); /* of a line that is cut */
    bool is_open = slow->phase == HEADER || slow->phase == BEFORE_TEXT || slow->phase == SKIPPING ||
                   (slow->phase == TEXT && !slow->line_ended_statement);
    if (part.len == 0 && slow->phase == HEADER && !slow->has_query_time && part_of(line) > slow->last_part)
        return true;
    if (!is_open && sl_mysql_is_restart(line))
        return sl_mysql_is_restart_part(part);
    return (part.len > 0 || is_open) && !is_entry_start(line) && !sl_mysql_is_restart(line);
}

/* MariaDB writes the time only when the second changes; a statement may have set its own timestamp. */
static int64_t stamp(sl_str line, bool is_last_resort)
{
    int64_t us = 0;
    if (STARTS(line, "# Time: "))
        return read_stamp(sl_str_slice(line, 8, line.len));
    if (is_last_resort && STARTS(line, "SET timestamp="))
        sl_stamp_epoch(sl_str_slice(line, 14, line.len), &us);
    return us;
}

static unsigned weigh(sl_str line)
{
    if (STARTS(line, "# Query_time: "))
        return 10;
    if (STARTS(line, "# User@Host: "))
        return 4;
    return STARTS(line, "# Time: ") ? 2 : sl_mysql_is_restart(line); /* all that a log may hold after a rotation */
}

const struct sl_log_format sl_log_mysql_slow = {
    .name = "mysql-slow",
    .title = "MySQL slow log",
    .dialect = SL_DIALECT_MYSQL,
    .state_bytes = sizeof(struct slow),
    .weigh = weigh,
    .scan = scan,
    .goes_on = goes_on,
    .stamp = stamp,
    .is_one_stream = true,
};
