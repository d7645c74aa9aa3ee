/*
 * PostgreSQL's stderr log: a prefix, a severity, two spaces, the text; a tab before each further line of it.
 *
 * Source: elog.c (log_line_prefix, append_with_tabs); logs of PostgreSQL 15 that was run; docs/logs.md.
 */
#include "source/log/formats.h"
#include "source/log/pg_event.h"
#include "source/log/pg_words.h"
#include "source/log/stamp.h"

struct pg_stderr {
    struct sl_pg_prefix prefix;
    bool has_prefix;
    bool is_translated; /* some of its words are in another language than English */
    bool is_open;       /* a message that matters goes on */
    bool is_skipping;   /* the rest of one that is too long */
    uint64_t text_from, text_to;
    uint64_t detail_from, detail_to; /* 0: the open message has no DETAIL that matters */
    struct sl_pg_event event;
    char names[3][SL_LOG_NAME_BYTES]; /* the open message's fields: its line may leave the window */
    struct sl_pg_events events;
};

/* How many lines of the head tell the language, at most. */
#define MAX_LANGUAGE_LINES 2000

static bool has_translated_words(sl_str head)
{
    sl_str line;
    for (int n = 0; n < MAX_LANGUAGE_LINES && sl_str_next_line(&head, &line); n++) {
        size_t word = line.len, text;
        if (line.len == 0 || line.ptr[0] == '\t')
            continue;
        sl_pg_severity_find(line, &word, &text);
        if (sl_pg_words_find(sl_str_slice(line, 0, word), &word, &text) != SL_PG_NONE)
            return true;
    }
    return false;
}

static enum sl_pg_severity find_severity(const struct pg_stderr *log, sl_str line, size_t *word, size_t *text)
{
    return log->is_translated ? sl_pg_words_find_any(line, word, text) : sl_pg_severity_find(line, word, text);
}

static void begin(struct sl_log_reader *reader, sl_str head)
{
    struct pg_stderr *log = reader->state;
    sl_str setting = reader->prefix.len ? reader->prefix : sl_pg_prefix_find(head);
    log->has_prefix = setting.len > 0;
    log->is_translated = has_translated_words(head);
    sl_pg_prefix_compile(setting, &log->prefix);
    log->prefix.is_strict = reader->prefix.len == 0;
}

static void finish(struct sl_log_reader *reader, struct pg_stderr *log, bool is_nested)
{
    reader->keep_off = UINT64_MAX;
    if (!log->is_open)
        return;
    log->is_open = false;
    log->event.is_nested = is_nested;
    log->event.text = sl_log_chomp(sl_log_slice(reader, log->text_from, log->text_to));
    if (log->detail_to)
        log->event.detail = sl_log_chomp(sl_log_slice(reader, log->detail_from, log->detail_to));
    sl_pg_event_add(reader, &log->events, &log->event);
}

static sl_str keep_name(char *room, sl_str name)
{
    size_t len = name.len < SL_LOG_NAME_BYTES ? name.len : SL_LOG_NAME_BYTES;
    memcpy(room, name.ptr, len);
    return (sl_str){room, len};
}

static void read_fields(struct pg_stderr *log, sl_str prefix)
{
    struct sl_pg_fields *fields = &log->event.fields;
    if (!log->has_prefix || !sl_pg_prefix_match(&log->prefix, prefix, fields))
        sl_pg_prefix_guess(prefix, fields);
    fields->user = fields->user.len ? keep_name(log->names[0], fields->user) : SL_STR_EMPTY;
    fields->database = fields->database.len ? keep_name(log->names[1], fields->database) : SL_STR_EMPTY;
    fields->application = fields->application.len ? keep_name(log->names[2], fields->application) : SL_STR_EMPTY;
}

/* The process and the time that the syslog envelope has put in front. Answers the bytes taken. */
static size_t read_mark(sl_str line, struct sl_pg_fields *fields)
{
    uint64_t pid, us;
    *fields = (struct sl_pg_fields){0};
    if (line.len < 5 || line.ptr[0] != '\x1e')
        return 0;
    sl_str rest = sl_str_slice(line, 1, line.len);
    size_t n = sl_stamp_decimal(rest, 0, &pid);
    rest = sl_str_slice(rest, n + 1, rest.len);
    size_t m = sl_stamp_decimal(rest, 0, &us);
    if (n == 0 || m == 0 || m >= rest.len || rest.ptr[m] != '\x1e')
        return 0;
    fields->session = pid;
    fields->us = (int64_t)us;
    return 1 + n + 1 + m + 1;
}

static void start(struct sl_log_reader *reader, struct pg_stderr *log, sl_str line, uint64_t off,
                  enum sl_pg_severity severity, size_t word, size_t text)
{
    log->event = (struct sl_pg_event){
        .severity = severity, .encoding = SL_LOG_TABBED, .line = reader->line - 1, .path = reader->path};
    log->is_skipping = false;
    log->detail_from = log->detail_to = 0;
    if (!sl_pg_event_matters(severity, sl_str_slice(line, text, line.len))) {
        if (severity == SL_PG_LOG || severity == SL_PG_NOTICE) { /* another event: a STATEMENT behind it is its own */
            log->events.severity = severity;
            log->events.kind = SL_PG_MESSAGE_OTHER;
        }
        return;
    }
    struct sl_pg_fields marked;
    size_t mark = read_mark(line, &marked);
    read_fields(log, sl_str_slice(line, mark, word - mark));
    if (log->event.fields.session == 0)
        log->event.fields.session = marked.session;
    if (log->event.fields.us == 0)
        log->event.fields.us = marked.us;
    log->is_open = true;
    log->text_from = off + text;
    log->text_to = off + line.len;
    log->event.off = log->text_from;
    log->event.line_off = off + mark;
    reader->keep_off = log->text_from;
}

static void go_on(struct sl_log_reader *reader, struct pg_stderr *log, sl_str line, uint64_t off)
{
    if (log->is_skipping) {
        reader->counts->skipped_bytes += line.len + 1;
        return;
    }
    if (!log->is_open)
        return;
    if (log->detail_to)
        log->detail_to = off + line.len;
    else
        log->text_to = off + line.len;
    if (off + line.len - log->text_from <= SL_LOG_RECORD_BYTES)
        return;
    log->event.is_truncated = true;
    finish(reader, log, false);
    log->is_skipping = true;
}

static void scan(struct sl_log_reader *reader)
{
    struct pg_stderr *log = reader->state;
    sl_str line;
    uint64_t off;
    while (sl_log_next_line(reader, &line, &off)) {
        size_t word, text;
        enum sl_pg_severity severity = SL_PG_NONE;
        if (line.len && line.ptr[0] != '\t')
            severity = find_severity(log, line, &word, &text);
        if (severity == SL_PG_NONE) {
            reader->counts->unknown_lines += line.len && line.ptr[0] != '\t' && !log->is_open && !log->is_skipping;
            go_on(reader, log, line, off);
            continue;
        }
        bool is_detail = severity == SL_PG_DETAIL && log->is_open && log->event.severity == SL_PG_LOG;
        if (is_detail && sl_pg_event_is_detail(sl_str_slice(line, text, line.len))) {
            log->detail_from = off + text;
            log->detail_to = off + line.len;
            continue;
        }
        finish(reader, log, severity == SL_PG_CONTEXT);
        start(reader, log, line, off, severity, word, text);
    }
    if (reader->at_end)
        finish(reader, log, false);
}

static void end(struct sl_log_reader *reader)
{
    struct pg_stderr *log = reader->state;
    sl_pg_events_release(&log->events);
}

static bool has_severity(sl_str part)
{
    size_t word, text;
    return part.ptr[0] == '\t' || sl_pg_words_find_any(part, &word, &text) != SL_PG_NONE;
}

/* DETAIL and STATEMENT belong to a message of the file before, too. */
static bool goes_on(const struct sl_log_reader *reader, sl_str line)
{
    size_t word, text;
    const struct pg_stderr *log = reader->state;
    enum sl_pg_severity severity = line.len ? find_severity(log, line, &word, &text) : SL_PG_NONE;
    sl_str part = sl_log_unread(reader); /* of a line that is cut: only a whole prefix starts another one */
    struct sl_pg_fields fields;
    if (part.len > 0 && severity != SL_PG_NONE && log->has_prefix)
        return !sl_pg_prefix_match(&log->prefix, sl_str_slice(line, 0, word), &fields);
    if (part.len > 0 && severity != SL_PG_NONE)
        return word > 0 || !has_severity(part);
    return severity == SL_PG_NONE || severity == SL_PG_DETAIL || severity == SL_PG_CONTEXT ||
           severity == SL_PG_STATEMENT || severity == SL_PG_OTHER;
}

static unsigned weigh(sl_str line)
{
    size_t word, text;
    if (sl_str_has_prefix(line, SL_STR("# ")) || sl_str_has_prefix(line, SL_STR("{\"")))
        return 0; /* a slow log's header, an object */
    enum sl_pg_severity severity = sl_pg_words_find_any(line, &word, &text);
    if (severity == SL_PG_NONE || word > 600)
        return 0;
    sl_str message = sl_str_slice(line, text, line.len);
    bool two_spaces = text >= 2 && line.ptr[text - 1] == ' ' && line.ptr[text - 2] == ' ';
    if (severity == SL_PG_LOG && sl_pg_event_matters(severity, message))
        return 8;
    return two_spaces ? 2 : 0;
}

const struct sl_log_format sl_log_pg_stderr = {
    .name = "pg-stderr",
    .title = "PostgreSQL log (stderr)",
    .dialect = SL_DIALECT_POSTGRES,
    .state_bytes = sizeof(struct pg_stderr),
    .weigh = weigh,
    .begin = begin,
    .scan = scan,
    .goes_on = goes_on,
    .end = end,
};
