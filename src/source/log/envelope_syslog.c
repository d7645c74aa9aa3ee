/*
 * syslog lines (RFC 3164, RFC 5424, with octet counts or without) and Heroku's logplex.
 *
 * PostgreSQL cuts a message into chunks, "[N-M]" in front of each; those of several processes interleave. A chunk that
 * starts with a tab (rsyslog writes "#011") is a new line of the message, one without continues the line. The chunks
 * of a process are put together again. What is put in front of each line of PostgreSQL, between two bytes 1E, is the
 * process and the time, which the log_line_prefix need not have.
 *
 * Source: write_syslog() in PostgreSQL's elog.c; rsyslog's escaping; Heroku's logplex and HTTPS drains.
 */
#include <stdlib.h>

#include "source/log/envelopes.h"
#include "source/log/pg_words.h"
#include "source/log/stamp.h"

#define N_PROCESSES 256
#define SAMPLE_LINES 200
/* So much of a log_line_prefix, its numbers as one byte each, tells a line of its own from the middle of a statement.
 */
#define PREFIX_FORM_BYTES 12
#define LONGEST_MESSAGE (4u * 1024 * 1024)

struct header {
    int64_t us;
    uint64_t pid;
    bool is_postgres, has_chunk;
    bool has_sequence; /* [N-M]: chunk is M for certain; [M] may be a sequence number */
    uint64_t chunk;
    size_t len; /* bytes before the text */
};

/* A process whose message may go on. */
struct process {
    uint64_t pid;
    struct sl_buf text;
    size_t in_off;
    uint64_t in_base; /* of the call in which it began */
    uint32_t line, col;
    bool is_open;
    char form[PREFIX_FORM_BYTES]; /* how the first line's prefix begins, numbers apart */
    size_t form_len;
};

static bool take_byte(sl_str *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    *s = sl_str_slice(*s, 1, s->len);
    return true;
}

static sl_str take_word(sl_str *s)
{
    size_t n = 0;
    while (n < s->len && s->ptr[n] != ' ')
        n++;
    sl_str word = sl_str_slice(*s, 0, n);
    *s = sl_str_slice(*s, n, s->len);
    while (take_byte(s, ' ')) {
    }
    return word;
}

/* The digits at the end of "postgres.4882", "1234". */
static uint64_t pid_of(sl_str word)
{
    size_t from = word.len;
    while (from > 0 && sl_is_digit(word.ptr[from - 1]))
        from--;
    uint64_t pid = 0;
    sl_stamp_decimal(sl_str_slice(word, from, word.len), 0, &pid);
    return pid;
}

/* "postgres[123]:", "app[postgres.123]:" */
static bool read_tag(sl_str *s, struct header *header)
{
    size_t n = 0;
    while (n < s->len && n < 200 && s->ptr[n] != '[' && s->ptr[n] != ' ' && s->ptr[n] != ':')
        n++;
    sl_str ident = sl_str_slice(*s, 0, n);
    if (n == 0 || n >= s->len || s->ptr[n] != '[')
        return false;
    sl_str rest = sl_str_slice(*s, n + 1, s->len);
    size_t close = sl_str_find_byte(sl_str_slice(rest, 0, 64), ']');
    if (close == SIZE_MAX)
        return false;
    sl_str inside = sl_str_slice(rest, 0, close);
    if (inside.len == 0 || !sl_is_digit(inside.ptr[inside.len - 1]))
        return false;
    header->pid = pid_of(inside);
    header->is_postgres =
        sl_str_find(ident, SL_STR("postgres")) != SIZE_MAX || sl_str_has_prefix(inside, SL_STR("postgres"));
    *s = sl_str_slice(rest, close + 1, rest.len);
    bool has_colon = take_byte(s, ':');
    return take_byte(s, ' ') || has_colon || s->len == 0;
}

/* APP PROCID MSGID [SD] */
static bool read_5424(sl_str *s, struct header *header)
{
    sl_str app = take_word(s), process = take_word(s), id = take_word(s);
    if (id.len == 0)
        return false;
    header->pid = pid_of(process);
    header->is_postgres =
        sl_str_find(app, SL_STR("postgres")) != SIZE_MAX || sl_str_has_prefix(process, SL_STR("postgres"));
    if (sl_str_has_prefix(*s, SL_STR("- ")))
        *s = sl_str_slice(*s, 2, s->len);
    return true;
}

/* "[COLOR] ", "[N-M] ", "[M] " */
static void read_chunk(sl_str *s, struct header *header)
{
    while (s->len > 2 && s->ptr[0] == '[') {
        size_t close = sl_str_find_byte(sl_str_slice(*s, 0, 32), ']');
        if (close == SIZE_MAX || close + 1 >= s->len || s->ptr[close + 1] != ' ')
            return;
        sl_str inside = sl_str_slice(*s, 1, close - 1);
        bool is_number = inside.len > 0, is_word = inside.len > 0;
        for (size_t i = 0; i < inside.len; i++) {
            is_number &= sl_is_digit(inside.ptr[i]) || inside.ptr[i] == '-';
            is_word &= inside.ptr[i] >= 'A' && inside.ptr[i] <= 'Z';
        }
        if ((!is_number && !is_word) || (is_number && header->has_chunk))
            return;
        if (is_number) {
            header->has_chunk = true;
            header->chunk = pid_of(inside);
            header->has_sequence = sl_str_find_byte(inside, '-') != SIZE_MAX;
        }
        *s = sl_str_slice(*s, close + 2, s->len);
        if (is_number)
            return;
    }
}

static bool read_header(sl_str line, int year, struct header *header)
{
    *header = (struct header){0};
    sl_str s = line;
    size_t digits = 0;
    while (digits < s.len && sl_is_digit(s.ptr[digits]))
        digits++;
    if (digits && digits + 1 < s.len && s.ptr[digits] == ' ' && s.ptr[digits + 1] == '<')
        s = sl_str_slice(s, digits + 1, s.len);
    bool is_5424 = false;
    if (take_byte(&s, '<')) {
        size_t close = sl_str_find_byte(sl_str_slice(s, 0, 5), '>');
        if (close == SIZE_MAX)
            return false;
        s = sl_str_slice(s, close + 1, s.len);
        is_5424 = sl_str_has_prefix(s, SL_STR("1 "));
        s = sl_str_slice(s, is_5424 ? 2 : 0, s.len);
    }
    size_t n = s.len > 10 && s.ptr[10] == 'T' ? sl_stamp_iso(s, &header->us) : sl_stamp_syslog(s, year, &header->us);
    if (n == 0 || n >= s.len || s.ptr[n] != ' ')
        return false;
    s = sl_str_slice(s, n + 1, s.len);
    bool is_read = false;
    sl_str tag = s;
    if (!is_5424 && sl_str_has_prefix(s, SL_STR("app[")))
        is_read = read_tag(&s, header);
    if (!is_read) {
        s = tag;
        take_word(&s); /* the host, or Heroku's drain */
        is_read = is_5424 ? read_5424(&s, header) : read_tag(&s, header);
    }
    if (!is_read)
        return false;
    while (header->is_postgres && s.len > 1 && s.ptr[0] == ' ' && s.ptr[1] == '[')
        s = sl_str_slice(s, 1, s.len);
    read_chunk(&s, header);
    header->len = (size_t)(s.ptr - line.ptr);
    return true;
}

static bool is_like(sl_str head)
{
    unsigned mine = 0, n = 0;
    sl_str line;
    struct header header;
    while (n < SAMPLE_LINES && sl_str_next_line(&head, &line)) {
        n += line.len > 0;
        mine += line.len && read_header(line, 1970, &header);
    }
    return n && mine * 100 / n >= 60;
}

static struct process *process_of(struct sl_log_unwrap *unwrap, uint64_t pid)
{
    if (!unwrap->state) {
        unwrap->state = calloc(N_PROCESSES, sizeof(struct process));
        if (!unwrap->state)
            sl_out_of_memory();
    }
    struct process *all = unwrap->state;
    return &all[pid % N_PROCESSES];
}

static void flush(struct sl_log_unwrap *unwrap, struct process *process)
{
    if (!process->is_open)
        return;
    uint64_t base = unwrap->in_base;
    uint32_t line = unwrap->line;
    unwrap->in_base = process->in_base;
    unwrap->line = process->line;
    unwrap->col = process->col;
    sl_log_unwrap_add(unwrap, process->in_off, sl_buf_str(&process->text));
    sl_buf_add_byte(&unwrap->out, '\n');
    unwrap->in_base = base;
    unwrap->line = line;
    process->is_open = false;
    sl_buf_release(&process->text);
}

/* rsyslog writes control characters as #ooo; only tab, newline and carriage return are undone: others are rare. */
static void add_unescaped(struct sl_buf *out, sl_str text)
{
    while (text.len) {
        size_t mark = sl_str_find(text, SL_STR("#01"));
        sl_buf_add(out, sl_str_slice(text, 0, mark));
        if (mark == SIZE_MAX)
            return;
        text = sl_str_slice(text, mark, text.len);
        char c = text.len > 3 ? text.ptr[3] : '\0';
        if (c == '1' || c == '2' || c == '5') {
            sl_buf_add_byte(out, c == '1' ? '\t' : c == '2' ? '\n' : '\r');
            text = sl_str_slice(text, 4, text.len);
        } else {
            sl_buf_add_byte(out, '#');
            text = sl_str_slice(text, 1, text.len);
        }
    }
}

/* The first bytes of a prefix with each number as "0". */
static size_t form_of(sl_str prefix, char *form)
{
    size_t n = 0;
    for (size_t i = 0; i < prefix.len && n < PREFIX_FORM_BYTES; i++) {
        bool is_digit = sl_is_digit(prefix.ptr[i]);
        if (!is_digit || n == 0 || form[n - 1] != '0')
            form[n++] = is_digit ? '0' : prefix.ptr[i];
    }
    return n;
}

/* What the chunk is: the first of a message, a line of its own (DETAIL, STATEMENT), or neither. */
static enum sl_pg_severity read_start(const struct process *process, const struct header *header, sl_str text,
                                      bool goes_on, size_t *prefix_len)
{
    size_t behind;
    *prefix_len = 0;
    enum sl_pg_severity severity = sl_pg_words_find_any(text, prefix_len, &behind);
    if (severity == SL_PG_NONE || !goes_on || (header->has_chunk && header->chunk == 1))
        return severity;
    char form[PREFIX_FORM_BYTES];
    size_t len = form_of(sl_str_slice(text, 0, *prefix_len), form);
    bool fits = len == process->form_len && memcmp(form, process->form, len) == 0;
    return fits ? severity : SL_PG_NONE;
}

static void add_chunk(struct sl_log_unwrap *unwrap, const struct header *header, sl_str text, size_t off)
{
    struct process *process = process_of(unwrap, header->pid);
    bool is_line = sl_str_has_prefix(text, SL_STR("\t")) || sl_str_has_prefix(text, SL_STR("#011"));
    bool goes_on = process->is_open && process->pid == header->pid && process->text.len < LONGEST_MESSAGE;
    size_t prefix_len = 0;
    enum sl_pg_severity severity = is_line ? SL_PG_NONE : read_start(process, header, text, goes_on, &prefix_len);
    bool is_primary = severity == SL_PG_LOG || severity == SL_PG_ERROR || severity == SL_PG_NOTICE;
    bool is_first = is_primary && (!header->has_sequence || header->chunk == 1);
    if (is_first || !goes_on) {
        flush(unwrap, process);
        *process = (struct process){.pid = header->pid,
                                    .in_off = off,
                                    .in_base = unwrap->in_base,
                                    .line = unwrap->line,
                                    .col = (uint32_t)header->len + 1,
                                    .is_open = true};
        process->form_len = form_of(sl_str_slice(text, 0, prefix_len), process->form);
    } else if (is_line || (severity != SL_PG_NONE && !is_primary)) {
        sl_buf_add_byte(&process->text, '\n');
    } else {
        severity = SL_PG_NONE; /* the middle of a statement that speaks of a LOG: */
    }
    if (severity != SL_PG_NONE)
        sl_buf_add_printf(&process->text, "\x1e%llu %lld\x1e", (unsigned long long)header->pid, (long long)header->us);
    add_unescaped(&process->text, text);
}

static void flush_all(struct sl_log_unwrap *unwrap)
{
    struct process *all = unwrap->state;
    for (size_t i = 0; all && i < N_PROCESSES; i++)
        flush(unwrap, &all[i]);
}

static size_t unwrap_syslog(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    sl_str rest = in, line;
    size_t done = 0;
    uint32_t first_line = unwrap->line;
    while (sl_str_next_line(&rest, &line)) {
        bool is_last = rest.len == 0 && in.ptr[in.len - 1] != '\n';
        if (is_last && !at_end)
            break;
        struct header header;
        size_t off = (size_t)(line.ptr - in.ptr);
        if (!read_header(line, unwrap->year, &header)) {
            unwrap->unknown_lines += line.len > 0;
            unwrap->skipped_bytes += line.len;
        } else if (header.is_postgres || header.has_chunk) {
            add_chunk(unwrap, &header, sl_str_slice(line, header.len, line.len), off);
        } else {
            unwrap->col = (uint32_t)header.len + 1;
            sl_log_unwrap_add(unwrap, off, SL_STR_EMPTY);
            add_unescaped(&unwrap->out, sl_str_slice(line, header.len, line.len));
            sl_buf_add_byte(&unwrap->out, '\n');
        }
        unwrap->line++;
        done = in.len - rest.len;
    }
    unwrap->line = first_line;
    if (at_end || unwrap->is_head)
        flush_all(unwrap);
    return done;
}

const struct sl_log_envelope sl_log_envelope_syslog = {"syslog", "syslog", is_like, unwrap_syslog};
