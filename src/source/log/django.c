/*
 * Django: what the logger django.db.backends writes, "(0.001) SELECT …; args=(1,)", behind any formatter's prefix.
 *
 * Source: django/db/backends/utils.py of Django 3.2 to 5; logs of applications that were run. The logger
 * django.db.backends.schema repeats DDL ("…; (params None)"): those lines are no executions.
 */
#include "source/log/formats.h"
#include "source/log/stamp.h"

struct django {
    bool is_open, is_closed;
    struct sl_log_record record;
    uint64_t text_from, text_to;
    size_t args_len; /* of "; args=…" at the end of the text */
};

/* "(0.001) " with three digits behind the point, at the start of the line or behind what ends a formatter's prefix. */
static bool find_duration(sl_str line, size_t *sql_off, uint64_t *us)
{
    sl_str head = sl_str_slice(line, 0, 400);
    for (size_t i = 0; i + 7 < head.len; i++) {
        if (head.ptr[i] != '(' || !sl_is_digit(head.ptr[i + 1]) || (i > 0 && !strchr(" :]\t", head.ptr[i - 1])))
            continue;
        size_t n = sl_stamp_decimal(sl_str_slice(head, i + 1, 24), 6, us);
        sl_str number = sl_str_slice(head, i + 1, n);
        sl_str behind = sl_str_slice(head, i + 1 + n, 2);
        size_t point = sl_str_find_byte(number, '.');
        bool fits = point != SIZE_MAX && number.len - point == 4 && sl_str_eq(behind, SL_STR(") "));
        if (fits) {
            *sql_off = i + 1 + n + 2;
            return true;
        }
    }
    return false;
}

/* The length of "; args=(…)[; alias=x[; async=True]]" at the end of the line; 0: the statement goes on. */
static size_t args_len(sl_str line)
{
    size_t at = SIZE_MAX;
    const char *p = line.ptr, *end = p + line.len;
    while ((p = memmem(p, (size_t)(end - p), "; args=", 7)) != NULL) {
        char next = p + 7 < end ? p[7] : '\0';
        if (next == '(' || next == '[' || next == '{' || next == 'N')
            at = (size_t)(p - line.ptr);
        p += 7;
        if (at != SIZE_MAX)
            break; /* the first one: arguments may hold anything */
    }
    if (at == SIZE_MAX)
        return 0;
    sl_str args = sl_str_trim(sl_str_slice(line, at + 7, line.len));
    size_t alias = sl_str_find(args, SL_STR("; alias="));
    sl_str value = sl_str_slice(args, 0, alias);
    char last = value.len ? value.ptr[value.len - 1] : '\0';
    bool is_whole = last == ')' || last == ']' || last == '}' || sl_str_eq(value, SL_STR("None"));
    return is_whole || alias != SIZE_MAX ? line.len - at : 0;
}

static void finish(struct sl_log_reader *reader, struct django *log)
{
    reader->keep_off = UINT64_MAX;
    if (!log->is_open)
        return;
    log->is_open = false;
    sl_log_emit(reader, &log->record, log->text_from, log->text_to - log->args_len);
}

static void start(struct sl_log_reader *reader, struct django *log, sl_str line, uint64_t off, size_t sql_off,
                  uint64_t us)
{
    int64_t stamp = 0;
    for (size_t i = 0; i < sql_off && i < 40; i++) {
        if (sl_is_digit(line.ptr[i]) && (i == 0 || !sl_is_digit(line.ptr[i - 1])) &&
            sl_stamp_iso(sl_str_slice(line, i, 40), &stamp))
            break;
    }
    reader->counts->entries++;
    log->record = sl_log_record_at(reader, off);
    log->record.line--;
    log->record.first_us = stamp;
    log->record.flags = SL_LOG_HAS_DURATION;
    log->record.duration_us = us;
    log->args_len = args_len(sl_str_slice(line, sql_off, line.len));
    log->is_closed = log->args_len > 0;
    log->is_open = true;
    log->text_from = off + sql_off;
    log->text_to = off + line.len;
    reader->keep_off = log->text_from;
}

static void go_on(struct sl_log_reader *reader, struct django *log, sl_str line, uint64_t off)
{
    if (!log->is_open || log->is_closed) {
        finish(reader, log);
        bool is_schema_copy = sl_str_find(line, SL_STR("; (params ")) != SIZE_MAX;
        reader->counts->unknown_lines += line.len > 0 && !is_schema_copy;
        return;
    }
    log->args_len = args_len(line);
    log->is_closed = log->args_len > 0;
    log->text_to = off + line.len;
    if (log->text_to - log->text_from > SL_LOG_RECORD_BYTES) {
        log->record.flags |= SL_LOG_TRUNCATED;
        log->args_len = 0;
        finish(reader, log);
    }
}

static void scan(struct sl_log_reader *reader)
{
    struct django *log = reader->state;
    sl_str line;
    uint64_t off;
    while (sl_log_next_line(reader, &line, &off)) {
        size_t sql_off;
        uint64_t us;
        line = sl_log_chomp(line);
        bool may_start = !log->is_open || log->is_closed;
        if (may_start && find_duration(line, &sql_off, &us)) {
            finish(reader, log);
            start(reader, log, line, off, sql_off, us);
        } else {
            go_on(reader, log, line, off);
        }
    }
    if (reader->at_end)
        finish(reader, log);
}

static unsigned weigh(sl_str line)
{
    size_t sql_off;
    uint64_t us;
    unsigned weight = sl_str_find(line, SL_STR("; args=")) != SIZE_MAX ? 3 : 0;
    return find_duration(line, &sql_off, &us) && weight ? 8 : weight;
}

const struct sl_log_format sl_log_django = {
    .name = "django",
    .title = "Django log",
    .dialect = SL_DIALECT_UNKNOWN,
    .state_bytes = sizeof(struct django),
    .weigh = weigh,
    .scan = scan,
};
