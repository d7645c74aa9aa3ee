/*
 * PostgreSQL's csvlog: 22 (8.3) to 26 (14 and later) columns, RFC 4180, newlines inside quotes, no header line.
 *
 * Source: csvlog.c. A record whose quotes do not close is given up at the next line that looks like the start of one.
 */
#include "source/log/formats.h"
#include "source/log/pg_event.h"
#include "source/log/pg_words.h"
#include "source/log/stamp.h"

enum column {
    COL_TIME = 0,
    COL_USER = 1,
    COL_DATABASE = 2,
    COL_PID = 3,
    COL_SEVERITY = 11,
    COL_MESSAGE = 13,
    COL_DETAIL = 14,
    COL_CONTEXT = 18,
    COL_QUERY = 19,
    COL_APPLICATION = 22,
    COL_COUNT = 26,
};
#define FEWEST_COLUMNS 20

struct pg_csv {
    struct sl_pg_events events;
};

enum outcome {
    RECORD,
    NO_RECORD, /* a line that is no record */
    UNCLOSED,  /* the quotes are still open at the end of the window */
};

/* Behind the quote that closes the field at p; NULL if none does. */
static const char *quoted_end(const char *p, const char *end)
{
    for (p++; p < end && (p = memchr(p, '"', (size_t)(end - p))) != NULL; p += 2) {
        if (p + 1 >= end || p[1] != '"')
            return p + 1;
    }
    return NULL;
}

/* Reads one record at *p; *p is behind its newline afterwards. */
static enum outcome read_record(const char **from, const char *end, bool at_end, sl_str *columns)
{
    const char *p = *from;
    for (unsigned n = 0;; n++) {
        const char *start = p;
        sl_str value;
        if (p < end && *p == '"') {
            p = quoted_end(p, end);
            if (!p || (p == end && !at_end)) {
                if (n < COL_COUNT)
                    columns[n] = (sl_str){start + 1, (size_t)(end - start - 1)};
                return UNCLOSED;
            }
            value = (sl_str){start + 1, (size_t)(p - start - 2)};
        } else {
            while (p < end && *p != ',' && *p != '\n')
                p++;
            if (p == end && !at_end)
                return UNCLOSED;
            value = (sl_str){start, (size_t)(p - start)};
        }
        if (n < COL_COUNT)
            columns[n] = value;
        if (p < end && *p == ',') {
            p++;
            continue;
        }
        if (p < end && *p == '\r')
            p++;
        bool is_whole = n + 1 >= FEWEST_COLUMNS && (p >= end || *p == '\n');
        if (p < end && *p != '\n') {
            p = memchr(p, '\n', (size_t)(end - p));
            if (!p && !at_end)
                return UNCLOSED;
            p = p ? p : end;
        }
        *from = p < end ? p + 1 : end;
        return is_whole ? RECORD : NO_RECORD;
    }
}

/* The start of the next line in [p, end) that begins with a time stamp and a comma; NULL if there is none. */
static const char *find_resync(const char *p, const char *end)
{
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        int64_t us;
        p++;
        sl_str line = {p, (size_t)(end - p < 64 ? end - p : 64)};
        bool quoted = line.len && line.ptr[0] == '"';
        size_t n = sl_stamp_iso(sl_str_slice(line, quoted, line.len), &us);
        if (n && n + quoted < line.len && (line.ptr[n + quoted] == ',' || line.ptr[n + quoted] == '"'))
            return p;
    }
    return NULL;
}

static uint64_t off_of(const struct sl_log_reader *reader, sl_str s)
{
    return reader->base + (uint64_t)(s.ptr - reader->bytes);
}

static void add(struct sl_log_reader *reader, struct pg_csv *log, const sl_str *columns, uint32_t line)
{
    struct sl_pg_event event = {.severity = sl_pg_words_severity(columns[COL_SEVERITY]),
                                .text = columns[COL_MESSAGE],
                                .off = off_of(reader, columns[COL_MESSAGE]),
                                .line_off = off_of(reader, columns[COL_TIME]),
                                .line = line,
                                .path = reader->path,
                                .detail = columns[COL_DETAIL],
                                .encoding = SL_LOG_CSV,
                                .is_truncated = columns[COL_MESSAGE].len > SL_LOG_RECORD_BYTES / 2 &&
                                                columns[COL_APPLICATION].ptr == NULL,
                                .context = columns[COL_CONTEXT],
                                .is_nested = columns[COL_CONTEXT].len > 0};
    if (sl_pg_event_matters(event.severity, event.text) || columns[COL_QUERY].len) {
        uint64_t pid = 0;
        sl_stamp_iso(columns[COL_TIME], &event.fields.us);
        sl_stamp_decimal(columns[COL_PID], 0, &pid);
        event.fields.session = pid;
        event.fields.user = columns[COL_USER];
        event.fields.database = columns[COL_DATABASE];
        event.fields.application = columns[COL_APPLICATION];
    }
    sl_pg_event_add(reader, &log->events, &event);
    if (columns[COL_QUERY].len == 0)
        return;
    event.severity = SL_PG_STATEMENT;
    event.text = columns[COL_QUERY];
    event.off = off_of(reader, event.text);
    sl_pg_event_add(reader, &log->events, &event);
}

/* The quotes of the record at p never close, or not for too long. False: wait for more. */
static bool resync(struct sl_log_reader *reader, struct pg_csv *log, const char **p, const char *end, bool at_end,
                   sl_str *columns)
{
    size_t len = (size_t)(end - *p);
    if (!at_end && len <= SL_LOG_RECORD_BYTES)
        return false;
    const char *next = find_resync(*p, end);
    bool is_giant = !next && columns[COL_MESSAGE].len > SL_LOG_RECORD_BYTES / 2; /* no damage: one statement */
    if (is_giant)
        add(reader, log, columns, reader->line);
    else
        reader->counts->unknown_lines++;
    next = next ? next : end;
    reader->counts->skipped_bytes += (uint64_t)(next - *p);
    *p = next;
    return true;
}

/* Where NULs stand at the start of a line: the log has a hole there, and what was open before it is cut. */
static const char *find_hole(const char *p, const char *end)
{
    for (const char *from = p; p < end && (p = memchr(p, '\0', (size_t)(end - p))) != NULL; p++) {
        if (p == from || p[-1] == '\n')
            return p;
    }
    return NULL;
}

/* Reads up to `end`, or to a record that may go on behind it; answers where. */
static const char *scan_part(struct sl_log_reader *reader, struct pg_csv *log, const char *p, const char *end,
                             bool at_end)
{
    while (p < end) {
        sl_str columns[COL_COUNT] = {0};
        const char *from = p;
        uint32_t line = reader->line;
        enum outcome outcome = read_record(&p, end, at_end, columns);
        if (outcome == UNCLOSED && !resync(reader, log, &p, end, at_end, columns))
            break;
        reader->line += (uint32_t)sl_str_count_byte((sl_str){from, (size_t)(p - from)}, '\n');
        if (outcome == RECORD)
            add(reader, log, columns, line);
        else if (outcome == NO_RECORD)
            reader->counts->unknown_lines += *from != '\n';
    }
    return p;
}

static void scan(struct sl_log_reader *reader)
{
    const char *p = sl_log_at(reader, reader->pos), *end = reader->bytes + reader->len;
    const char *hole = NULL;
    do {
        hole = find_hole(p, end);
        p = scan_part(reader, reader->state, p, hole ? hole : end, hole || reader->at_end);
        for (; hole && p < end && *p == '\0'; p++)
            reader->counts->skipped_bytes++;
    } while (hole);
    reader->pos = reader->base + (uint64_t)(p - reader->bytes);
}

static void end(struct sl_log_reader *reader)
{
    struct pg_csv *log = reader->state;
    sl_pg_events_release(&log->events);
}

/* A record whose quotes are open, or whose line is cut, before something that does not start with a time stamp. */
static bool goes_on(const struct sl_log_reader *reader, sl_str line)
{
    int64_t us;
    bool is_quoted = line.len && line.ptr[0] == '"';
    size_t n = sl_stamp_iso(sl_str_slice(line, is_quoted, line.len), &us);
    sl_str behind = sl_str_slice(line, n + 2 * (size_t)is_quoted, 2);
    bool starts = n > 0 && (sl_str_eq(behind, SL_STR(",\"")) || sl_str_eq(behind, SL_STR(",,")));
    return sl_log_unread(reader).len > 0 &&
           !starts; /* the session's start is a stamp in the middle of a record, with digits behind it */
}

/* 3/17, as it stands behind the session's start in the middle of a record. */
static bool is_transaction(sl_str s)
{
    size_t i = 0;
    while (i < s.len && sl_is_digit(s.ptr[i]))
        i++;
    return i > 0 && i + 1 < s.len && s.ptr[i] == '/' && sl_is_digit(s.ptr[i + 1]);
}

static unsigned weigh(sl_str line)
{
    int64_t us;
    bool quoted = line.ptr[0] == '"';
    sl_str rest = sl_str_slice(line, quoted, line.len);
    size_t n = sl_stamp_iso(rest, &us);
    rest = sl_str_slice(rest, n + quoted, rest.len);
    if (n < 22 || rest.len == 0 || rest.ptr[0] != ',' || is_transaction(sl_str_slice(rest, 1, 30)))
        return 0;
    unsigned commas = 0;
    for (size_t i = 0; i < rest.len; i++)
        commas += rest.ptr[i] == ',';
    return commas >= 8 && sl_str_find_byte(sl_str_slice(rest, 1, 200), ',') != SIZE_MAX ? 10 : 0;
}

const struct sl_log_format sl_log_pg_csv = {
    .name = "pg-csvlog",
    .title = "PostgreSQL log (csvlog)",
    .dialect = SL_DIALECT_POSTGRES,
    .state_bytes = sizeof(struct pg_csv),
    .quotes_are_doubled = true,
    .weigh = weigh,
    .scan = scan,
    .goes_on = goes_on,
    .end = end,
};
