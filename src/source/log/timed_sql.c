/*
 * timed-sql: an application's log with a duration before each statement, in whatever form its formatter gives them:
 * "[0.001] SELECT …", "INFO db 0.52 ms: SELECT …", "duration=0.003 sql=SELECT …".
 *
 * A number with a point (seconds, or as its unit says) and then, behind brackets, colons or a key, the first word of a
 * statement. A statement goes on over lines that neither start another one nor begin like the lines that do.
 */
#include "source/log/formats.h"
#include "source/log/stamp.h"
#include "source/log/statement_start.h"

/* The statement begins within so many bytes of its line. */
#define LONGEST_PREFIX 300
/* So much of what stands before a duration, its numbers as one byte each, tells lines of the logger. */
#define FORM_BYTES 16
#define MAX_STATEMENT_LINES 12

struct timed {
    bool is_open;
    struct sl_log_record record;
    uint64_t text_from, text_to;
    char form[FORM_BYTES];
    size_t form_len;
};

static const struct {
    sl_str name;
    unsigned digits; /* a number of this unit is so many digits short of microseconds */
} units[] = {{SL_STR_INIT("ms"), 3},
             {SL_STR_INIT("us"), 0},
             {SL_STR_INIT("\xC2\xB5s"), 0},
             {SL_STR_INIT("sec"), 6},
             {SL_STR_INIT("s"), 6}};

/* Behind the unit at s[i]; the digits that microseconds need are those of seconds if there is none. */
static size_t read_unit(sl_str s, size_t i, unsigned *digits)
{
    *digits = 6;
    size_t from = i < s.len && s.ptr[i] == ' ' ? i + 1 : i;
    for (size_t k = 0; k < sizeof units / sizeof units[0]; k++) {
        sl_str rest = sl_str_slice(s, from, s.len);
        size_t end = from + units[k].name.len;
        if (sl_str_has_prefix(rest, units[k].name) && end < s.len && !sl_is_word_char(s.ptr[end])) {
            *digits = units[k].digits;
            return end;
        }
    }
    return i;
}

/* Behind closing brackets, colons, and a key such as "sql="; i itself if nothing separates. */
static size_t skip_separator(sl_str s, size_t i)
{
    while (i < s.len && strchr(" )]}|:;,-\t", s.ptr[i]))
        i++;
    size_t key = i;
    while (key < s.len && sl_is_word_char(s.ptr[key]))
        key++;
    if (key > i && key < s.len && (s.ptr[key] == '=' || s.ptr[key] == ':')) {
        i = key + 1;
        while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '"'))
            i++;
    }
    return i;
}

/* The number at line[i] as a duration with a statement behind it. */
static bool read_duration(sl_str line, size_t i, size_t *sql_off, uint64_t *us)
{
    size_t n = i;
    while (n < line.len && sl_is_digit(line.ptr[n]))
        n++;
    if (n + 1 >= line.len || line.ptr[n] != '.' || !sl_is_digit(line.ptr[n + 1]))
        return false;
    for (n++; n < line.len && sl_is_digit(line.ptr[n]);)
        n++;
    unsigned digits;
    size_t end = read_unit(line, n, &digits);
    *sql_off = skip_separator(line, end);
    sl_str sql = sl_str_slice(line, *sql_off, line.len);
    bool is_union = sl_str_has_prefix_nocase(sql, SL_STR("(select "));
    if (*sql_off == end || !(is_union || sl_log_starts_statement(sql)))
        return false;
    return sl_stamp_decimal(sl_str_slice(line, i, n - i), digits, us) > 0;
}

static bool find_statement(sl_str line, size_t *duration_off, size_t *sql_off, uint64_t *us)
{
    for (size_t i = 0; i + 5 < line.len && i < LONGEST_PREFIX; i++) {
        bool is_clock = i > 1 && line.ptr[i - 1] == ':' && sl_is_digit(line.ptr[i - 2]);
        bool starts = sl_is_digit(line.ptr[i]) && !is_clock && (i == 0 || strchr(" [(=|:\"\t", line.ptr[i - 1]));
        if (starts && read_duration(line, i, sql_off, us)) {
            *duration_off = i;
            return true;
        }
    }
    return false;
}

static size_t form_of(sl_str prefix, char *form)
{
    size_t n = 0;
    for (size_t i = 0; i < prefix.len && n < FORM_BYTES; i++) {
        bool is_digit = sl_is_digit(prefix.ptr[i]);
        if (!is_digit || n == 0 || form[n - 1] != '0')
            form[n++] = is_digit ? '0' : prefix.ptr[i];
    }
    return n;
}

static void finish(struct sl_log_reader *reader, struct timed *log)
{
    reader->keep_off = UINT64_MAX;
    if (!log->is_open)
        return;
    log->is_open = false;
    sl_log_emit(reader, &log->record, log->text_from, log->text_to);
}

static void start(struct sl_log_reader *reader, struct timed *log, sl_str line, uint64_t off, size_t duration_off,
                  size_t sql_off, uint64_t us)
{
    int64_t stamp = 0;
    for (size_t i = 0; i < duration_off && stamp == 0; i++) {
        if (sl_is_digit(line.ptr[i]) && (i == 0 || !sl_is_digit(line.ptr[i - 1])))
            sl_stamp_iso(sl_str_slice(line, i, 40), &stamp);
    }
    reader->counts->entries++;
    log->record = sl_log_record_at(reader, off);
    log->record.line--;
    log->record.first_us = stamp;
    log->record.flags = SL_LOG_HAS_DURATION;
    log->record.duration_us = us;
    log->is_open = true;
    log->form_len = form_of(sl_str_slice(line, 0, duration_off), log->form);
    log->text_from = off + sql_off;
    log->text_to = off + line.len;
    reader->keep_off = log->text_from;
}

/* Does the line begin as those with statements do? "[" or "(" alone is too little to tell. */
static bool is_of_logger(const struct timed *log, sl_str line)
{
    char form[FORM_BYTES];
    size_t len = form_of(sl_str_slice(line, 0, FORM_BYTES * 4), form);
    return log->form_len > 3 && len >= log->form_len && memcmp(form, log->form, log->form_len) == 0;
}

static void go_on(struct sl_log_reader *reader, struct timed *log, sl_str line, uint64_t off)
{
    if (!log->is_open) {
        reader->counts->unknown_lines += line.len > 0;
        return;
    }
    if (is_of_logger(log, line)) {
        finish(reader, log);
        return;
    }
    log->text_to = off + line.len;
    if (log->text_to - log->text_from > SL_LOG_RECORD_BYTES) {
        log->record.flags |= SL_LOG_TRUNCATED;
        finish(reader, log);
    }
}

static void scan(struct sl_log_reader *reader)
{
    struct timed *log = reader->state;
    sl_str line;
    uint64_t off;
    while (sl_log_next_line(reader, &line, &off)) {
        size_t duration_off, sql_off;
        uint64_t us;
        line = sl_log_chomp(line);
        if (find_statement(line, &duration_off, &sql_off, &us)) {
            finish(reader, log);
            start(reader, log, line, off, duration_off, sql_off, us);
        } else {
            go_on(reader, log, line, off);
        }
    }
    if (reader->at_end)
        finish(reader, log);
}

/* One line in MAX_STATEMENT_LINES begins a statement: a document that speaks of durations and SQL is no log. */
static unsigned weigh_head(sl_str head)
{
    unsigned lines = 0, starts = 0;
    size_t duration_off, sql_off;
    uint64_t us;
    sl_str line;
    while (lines < 400 && sl_str_next_line(&head, &line)) {
        lines += line.len > 0;
        starts += find_statement(line, &duration_off, &sql_off, &us);
    }
    if (starts * MAX_STATEMENT_LINES < lines)
        return 0;
    return 3 * (starts < 20 ? starts : 20);
}

const struct sl_log_format sl_log_timed_sql = {
    .name = "timed-sql",
    .title = "application log with a duration before each statement",
    .dialect = SL_DIALECT_UNKNOWN,
    .state_bytes = sizeof(struct timed),
    .weigh_head = weigh_head,
    .scan = scan,
};
