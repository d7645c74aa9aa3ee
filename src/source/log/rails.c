/*
 * Rails: what ActiveRecord's log subscriber writes, "  Entry Load (0.2ms)  SELECT …  [["id", 1]]", with tags or a
 * logger's prefix in front, with colours or without, and with the place in the code on the next line ("↳ app/…").
 *
 * Source: ActiveRecord::LogSubscriber of Rails 6.1 to 8; logs of Rails applications that were run; docs/logs.md.
 * A line with CACHE is an answer that was remembered: nothing was executed.
 */
#include "source/log/formats.h"
#include "source/log/pg_bind.h"
#include "source/log/stamp.h"

#define ESCAPE '\x1b'
#define LONGEST_NAME 200

struct rails {
    bool is_open, is_coloured, is_done;
    struct sl_log_record record;
    uint64_t text_from, text_to;
};

/* Behind the colour codes at s[i]. */
static size_t skip_colours(sl_str s, size_t i)
{
    while (i + 1 < s.len && s.ptr[i] == ESCAPE && s.ptr[i + 1] == '[') {
        i += 2;
        while (i < s.len && (sl_is_digit(s.ptr[i]) || s.ptr[i] == ';'))
            i++;
        if (i < s.len)
            i++;
    }
    return i;
}

/* "D, [2026-11-22T03:38:05.833818 #26899] DEBUG -- : " */
static size_t skip_logger(sl_str s, struct sl_log_record *record)
{
    if (s.len < 10 || s.ptr[1] != ',' || s.ptr[2] != ' ' || s.ptr[3] != '[')
        return 0;
    size_t dashes = sl_str_find(sl_str_slice(s, 0, 200), SL_STR(" -- "));
    if (dashes == SIZE_MAX)
        return 0;
    size_t colon = sl_str_find(sl_str_slice(s, dashes, 200), SL_STR(": "));
    if (colon == SIZE_MAX)
        return 0;
    sl_stamp_iso(sl_str_slice(s, 4, 40), &record->first_us);
    return dashes + colon + 2;
}

/* "[uuid] [tag] " */
static size_t skip_tags(sl_str s, size_t i)
{
    while (i < s.len && s.ptr[i] == '[') {
        size_t close = sl_str_find(sl_str_slice(s, i, 300), SL_STR("] "));
        if (close == SIZE_MAX)
            return i;
        i += close + 2;
    }
    return i;
}

static size_t skip_prefix(sl_str line, struct sl_log_record *record)
{
    size_t n = skip_logger(line, record);
    return skip_tags(line, n);
}

/* The parts of a line that ActiveRecord wrote. */
struct event {
    bool is_cached;
    uint64_t duration_us;
    size_t sql_off;
};

/* "(12.3ms)" at s[i]; *i is behind it. */
static bool read_duration(sl_str s, size_t *i, uint64_t *us)
{
    if (*i >= s.len || s.ptr[*i] != '(')
        return false;
    size_t n = sl_stamp_decimal(sl_str_slice(s, *i + 1, 30), 3, us);
    sl_str rest = sl_str_slice(s, *i + 1 + n, 3);
    if (n == 0 || !sl_str_eq(rest, SL_STR("ms)")))
        return false;
    *i += 1 + n + 3;
    return true;
}

/* " (db time 104.2ms)" behind the duration of an ASYNC query. */
static void read_database_time(sl_str s, size_t *i, uint64_t *us)
{
    uint64_t time;
    sl_str rest = sl_str_slice(s, *i + 10, 30);
    size_t n = sl_stamp_decimal(rest, 3, &time);
    if (n == 0 || !sl_str_has_prefix(sl_str_slice(rest, n, 3), SL_STR("ms)")))
        return;
    *us = time;
    *i += 10 + n + 3;
}

/* The offset of the "(" of the duration behind a name such as "Entry Load" or "ActiveRecord::SchemaMigration Pluck". */
static size_t name_end(sl_str s, size_t i)
{
    size_t from = i;
    while (i < s.len && i - from < LONGEST_NAME) {
        char c = s.ptr[i];
        if (c == '(')
            return i;
        bool fits = sl_is_alpha(c) || sl_is_digit(c) || strchr(" :_?!/-", c) != NULL;
        if (!fits)
            return SIZE_MAX;
        i++;
    }
    return SIZE_MAX;
}

static bool read_event(sl_str line, struct sl_log_record *record, struct event *event)
{
    *event = (struct event){0};
    size_t i = skip_prefix(line, record);
    i = skip_colours(line, i);
    if (i + 2 >= line.len || line.ptr[i] != ' ' || line.ptr[i + 1] != ' ')
        return false;
    i = skip_tags(line, skip_colours(line, i + 2)); /* [Shard: one] */
    if (sl_str_has_prefix(sl_str_slice(line, i, 6), SL_STR("CACHE "))) {
        event->is_cached = true;
        i += 6;
    }
    bool has_name = i < line.len && line.ptr[i] >= 'A' && line.ptr[i] <= 'Z';
    i = name_end(line, i);
    if (i == SIZE_MAX || (i > 0 && line.ptr[i - 1] != ' ') || (!has_name && i < 2))
        return false;
    if (!read_duration(line, &i, &event->duration_us))
        return false;
    if (sl_str_has_prefix(sl_str_slice(line, i, 10), SL_STR(" (db time "))) /* load_async waited less than it took */
        read_database_time(line, &i, &event->duration_us);
    i = skip_colours(line, i);
    if (i + 2 > line.len || line.ptr[i] != ' ' || line.ptr[i + 1] != ' ')
        return false;
    event->sql_off = skip_colours(line, i + 2);
    return event->sql_off < line.len;
}

/* "↳ app/models/entry.rb:5:in `daily_report'" */
static bool read_source(sl_str line, struct sl_log_record *record, sl_str *place)
{
    size_t i = skip_prefix(line, record);
    while (i < line.len && line.ptr[i] == ' ')
        i++;
    sl_str rest = sl_str_slice(line, i, line.len);
    if (!sl_str_has_prefix(rest, SL_STR("\xE2\x86\xB3 ")))
        return false;
    rest = sl_str_trim(sl_str_slice(rest, 4, rest.len));
    size_t method = sl_str_find(rest, SL_STR(":in "));
    *place = sl_str_slice(rest, 0, method);
    return true;
}

/* Lines of a request that end a statement of several lines. */
static bool is_other_line(sl_str line)
{
    static const sl_str starts[] = {
        SL_STR_INIT("Started "),
        SL_STR_INIT("Processing by "),
        SL_STR_INIT("Completed "),
        SL_STR_INIT("  Rendered "),
        SL_STR_INIT("  Rendering "),
        SL_STR_INIT("Redirected to "),
        SL_STR_INIT("  Parameters: "),
        SL_STR_INIT("Mysql2::Error"),
        SL_STR_INIT("PG::"),
        SL_STR_INIT("SQLite3::"),
        SL_STR_INIT("ActiveRecord::"),
        SL_STR_INIT("[ActiveJob]"),
        SL_STR_INIT("Trilogy::"),
        SL_STR_INIT("{\""),
        SL_STR_INIT("# Logfile created on "),
    };
    struct sl_log_record unused = {0};
    size_t logger = skip_logger(line, &unused);
    if (logger > 0 || skip_tags(line, 0) > 30)
        return true;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (sl_str_has_prefix(line, starts[i]))
            return true;
    }
    return false;
}

/* The offset of the binds "  [["id", 1], ["LIMIT", 1]]" at the end of the text; its length if there are none. */
static size_t binds_off(sl_str text)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    if (!sl_str_has_suffix(text, SL_STR("]]")))
        return text.len;
    for (; (p = memmem(p, (size_t)(end - p), "  [[", 4)) != NULL; p++) {
        sl_str binds = {p, (size_t)(end - p)};
        if (binds.len > 5 && (binds.ptr[4] == '"' || sl_str_has_prefix(binds, SL_STR("  [[nil"))))
            return (size_t)(p - text.ptr);
    }
    return text.len;
}

/* Behind the Ruby value at s[i]: up to the bracket that closes its pair. */
static size_t value_end(sl_str s, size_t i)
{
    bool in_string = false;
    for (; i < s.len; i++) {
        if (s.ptr[i] == '\\')
            i++;
        else if (s.ptr[i] == '"')
            in_string = !in_string;
        else if (s.ptr[i] == ']' && !in_string)
            break;
    }
    return i < s.len ? i : s.len;
}

/* $n = 'value', for strings and whole numbers: what a state may be. */
static void add_parameter(struct sl_buf *out, unsigned n, sl_str value)
{
    bool is_string = value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"';
    if (is_string)
        value = sl_str_slice(value, 1, value.len - 2);
    else if (value.len == 0 || !sl_is_digit(value.ptr[0]))
        return;
    sl_buf_add_printf(out, "%s$%u = '", out->len ? ", " : "", n);
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'')
            sl_buf_add_byte(out, '\'');
        else if (is_string && value.ptr[i] == '\\' && i + 1 < value.len)
            i++;
        sl_buf_add_byte(out, value.ptr[i]);
    }
    sl_buf_add_byte(out, '\'');
}

/* [["status", "won"], ["id", 1]] → $1 = 'won', $2 = '1' */
static void read_binds(sl_str binds, struct sl_buf *out)
{
    size_t i = 0;
    for (unsigned n = 1; n <= SL_PG_MAX_BINDS; n++) {
        while (i < binds.len && !(binds.ptr[i] == '[' && i + 1 < binds.len && binds.ptr[i + 1] != '['))
            i++;
        if (i >= binds.len)
            return;
        size_t comma = sl_str_find(sl_str_slice(binds, i, SL_LOG_NAME_BYTES), SL_STR(", "));
        size_t from = comma == SIZE_MAX ? i + 1 : i + comma + 2;
        i = value_end(binds, from);
        add_parameter(out, n, sl_str_slice(binds, from, i - from));
    }
}

/* The statement, without colours, with PostgreSQL's parameters in their place. */
static sl_str statement_of(struct sl_log_reader *reader, sl_str text, bool is_coloured)
{
    sl_str whole = sl_str_trim(text);
    size_t reset = is_coloured ? sl_str_find(whole, SL_STR("\x1b[0m")) : SIZE_MAX;
    size_t binds = binds_off(whole);
    sl_str sql = sl_str_trim(sl_str_slice(whole, 0, reset < binds ? reset : binds));
    if (binds == whole.len || sl_str_find(sql, SL_STR("$1")) == SIZE_MAX)
        return sql;
    struct sl_buf parameters = {0}, bound = {0};
    read_binds(sl_str_slice(whole, binds, whole.len), &parameters);
    if (parameters.len && sl_pg_bind(sql, sl_buf_str(&parameters), &bound))
        sql = sl_arena_copy(&reader->block->arena, sl_buf_str(&bound));
    sl_buf_release(&parameters);
    sl_buf_release(&bound);
    return sql;
}

static void finish(struct sl_log_reader *reader, struct rails *log)
{
    reader->keep_off = UINT64_MAX;
    if (!log->is_open)
        return;
    log->is_open = false;
    sl_str text = statement_of(reader, sl_log_slice(reader, log->text_from, log->text_to), log->is_coloured);
    sl_log_emit_text(reader, &log->record, text, log->text_from);
}

static void start(struct sl_log_reader *reader, struct rails *log, const struct event *event, sl_str line, uint64_t off,
                  int64_t us)
{
    reader->counts->entries++;
    log->is_done = false;
    if (event->is_cached) {
        reader->counts->cached++;
        return;
    }
    log->record = sl_log_record_at(reader, off);
    log->record.line--;
    log->record.first_us = us;
    log->record.flags = SL_LOG_HAS_DURATION;
    log->record.duration_us = event->duration_us;
    log->is_open = true;
    log->is_coloured = memchr(line.ptr, ESCAPE, line.len) != NULL;
    sl_str sql = sl_str_slice(line, event->sql_off, line.len);
    log->is_done = log->is_coloured && sl_str_find(sql, SL_STR("\x1b[0m")) != SIZE_MAX;
    log->text_from = off + event->sql_off;
    log->text_to = off + line.len;
    reader->keep_off = log->text_from;
}

static void go_on(struct sl_log_reader *reader, struct rails *log, sl_str line, uint64_t off)
{
    sl_str place;
    struct sl_log_record unused = {0};
    if (!log->is_open) {
        reader->counts->unknown_lines += line.len > 0 && !is_other_line(line) && !read_source(line, &unused, &place);
        return;
    }
    if (read_source(line, &unused, &place)) {
        log->record.location = sl_log_names_add(reader->names, place);
        finish(reader, log);
        return;
    }
    if (log->is_done || is_other_line(line)) {
        finish(reader, log);
        return;
    }
    log->text_to = off + line.len;
    log->is_done = log->is_coloured && sl_str_find(line, SL_STR("\x1b[0m")) != SIZE_MAX;
    if (log->text_to - log->text_from > SL_LOG_RECORD_BYTES) {
        log->record.flags |= SL_LOG_TRUNCATED;
        finish(reader, log);
    }
}

static void scan(struct sl_log_reader *reader)
{
    struct rails *log = reader->state;
    sl_str line;
    uint64_t off;
    while (sl_log_next_line(reader, &line, &off)) {
        struct event event;
        struct sl_log_record seen = {0};
        line = sl_log_chomp(line);
        if (read_event(line, &seen, &event)) {
            finish(reader, log);
            start(reader, log, &event, line, off, seen.first_us);
        } else {
            go_on(reader, log, line, off);
        }
    }
    if (reader->at_end)
        finish(reader, log);
}

static unsigned weigh(sl_str line)
{
    struct event event;
    struct sl_log_record unused = {0};
    return read_event(line, &unused, &event) ? 6 : 0;
}

const struct sl_log_format sl_log_rails = {
    .name = "rails",
    .title = "Rails log",
    .dialect = SL_DIALECT_UNKNOWN,
    .state_bytes = sizeof(struct rails),
    .weigh = weigh,
    .scan = scan,
};
