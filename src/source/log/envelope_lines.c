/* Envelopes that put something before each line: CRI, aws logs tail, docker compose; and text in UTF-16. */
#include <stdlib.h>

#include "source/log/envelopes.h"
#include "source/log/stamp.h"

/* Lines that detection looks at. */
#define SAMPLE_LINES 200
/* The longest name of a log stream. */
#define LONGEST_STREAM 512

/* Share of the head's lines for which `is_mine` holds, of 100. Lines that `continue` a statement do not count. */
static unsigned share(sl_str head, bool (*is_mine)(sl_str))
{
    unsigned mine = 0, n = 0;
    sl_str line;
    while (n < SAMPLE_LINES && sl_str_next_line(&head, &line)) {
        if (line.len == 0)
            continue;
        n++;
        mine += is_mine(line);
    }
    return n ? mine * 100 / n : 0;
}

/* "2026-11-22T03:00:00.000000000Z stderr F text" */
static size_t cri_prefix(sl_str line, bool *is_partial)
{
    int64_t us;
    size_t n = line.len > 25 && line.ptr[10] == 'T' ? sl_stamp_iso(line, &us) : 0;
    /* nanoseconds: the stamp's fraction is longer than what sl_stamp_iso looks at */
    while (n && n < line.len && line.ptr[n] != ' ' && n < 40)
        n++;
    sl_str rest = sl_str_slice(line, n, line.len);
    bool is_stream = sl_str_has_prefix(rest, SL_STR(" stdout ")) || sl_str_has_prefix(rest, SL_STR(" stderr "));
    if (n == 0 || !is_stream || rest.len < 10 || (rest.ptr[8] != 'F' && rest.ptr[8] != 'P'))
        return 0;
    *is_partial = rest.ptr[8] == 'P';
    return n + 9 + (rest.len > 9 && rest.ptr[9] == ' ');
}

static bool is_cri_line(sl_str line)
{
    bool is_partial;
    return cri_prefix(line, &is_partial) > 0;
}

static bool is_cri(sl_str head)
{
    return share(head, is_cri_line) >= 60;
}

static size_t unwrap_cri(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    sl_str rest = in, line;
    size_t done = 0;
    uint32_t first_line = unwrap->line;
    while (sl_str_next_line(&rest, &line)) {
        bool is_last = rest.len == 0 && in.ptr[in.len - 1] != '\n';
        if (is_last && !at_end)
            break;
        bool is_partial = false;
        size_t off = (size_t)(line.ptr - in.ptr), n = cri_prefix(line, &is_partial);
        if (n == 0)
            unwrap->unknown_lines++;
        unwrap->col = (uint32_t)n + 1;
        sl_log_unwrap_add(unwrap, off + n, sl_str_slice(line, n, line.len));
        if (!is_partial)
            sl_buf_add_byte(&unwrap->out, '\n');
        unwrap->line++;
        done = in.len - rest.len;
    }
    unwrap->line = first_line;
    return done;
}

/*
 * aws logs tail: "2026-11-22T03:00:00.000000+00:00 stream message" (--format detailed) or "2026-11-22T03:00:00 message"
 * (short), in front of each event; kubectl logs --timestamps, docker logs -t: in front of each line.
 */
enum tail_form {
    TAIL_UNKNOWN,
    TAIL_STAMP,
    TAIL_STAMP_STREAM,
};

/* The stamp and its space; 0: none. */
static size_t tail_stamp(sl_str line)
{
    int64_t us;
    size_t n = line.len > 20 && line.ptr[10] == 'T' ? sl_stamp_iso(line, &us) : 0;
    return n && n < line.len && line.ptr[n] == ' ' ? n + 1 : 0;
}

/* A line of a log that begins with a stamp or a mark of its own. */
static bool is_own_start(sl_str s)
{
    static const sl_str starts[] = {SL_STR_INIT("# Time: "), SL_STR_INIT("# User@Host: "),
                                    SL_STR_INIT("# Query_time: "), SL_STR_INIT("SET timestamp="), SL_STR_INIT("\t\t")};
    int64_t us;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (sl_str_has_prefix(s, starts[i]))
            return true;
    }
    size_t digits = 0;
    while (digits < s.len && sl_is_digit(s.ptr[digits]))
        digits++;
    bool is_audit = digits == 16 && digits < s.len && s.ptr[digits] == ','; /* Aurora's microseconds */
    return is_audit || sl_stamp_iso(s, &us) > 0 || sl_stamp_compact(s, &us) > 0;
}

static size_t skip_stream(sl_str line, size_t from)
{
    sl_str rest = sl_str_slice(line, from, LONGEST_STREAM);
    size_t space = sl_str_find_byte(rest, ' ');
    return space == SIZE_MAX || space == 0 ? 0 : from + space + 1;
}

static enum tail_form tail_form_of(sl_str line)
{
    size_t n = tail_stamp(line);
    if (n == 0)
        return TAIL_UNKNOWN;
    if (is_own_start(sl_str_slice(line, n, line.len)))
        return TAIL_STAMP;
    n = skip_stream(line, n);
    return n && is_own_start(sl_str_slice(line, n, line.len)) ? TAIL_STAMP_STREAM : TAIL_UNKNOWN;
}

static bool is_tail_line(sl_str line)
{
    return tail_form_of(line) != TAIL_UNKNOWN;
}

/* An event of many lines has one stamp: a few lines that have two are enough. */
static bool is_tail(sl_str head)
{
    return share(head, is_tail_line) >= 4;
}

static size_t tail_prefix(sl_str line)
{
    return tail_stamp(line);
}

static size_t tail_stream_prefix(sl_str line)
{
    size_t n = tail_stamp(line);
    return n ? skip_stream(line, n) : 0;
}

/* Takes a prefix off each line. */
static size_t unwrap_prefixed(struct sl_log_unwrap *unwrap, sl_str in, bool at_end, size_t (*prefix)(sl_str))
{
    sl_str rest = in, line;
    size_t done = 0;
    uint32_t first_line = unwrap->line;
    while (sl_str_next_line(&rest, &line)) {
        bool is_last = rest.len == 0 && in.ptr[in.len - 1] != '\n';
        if (is_last && !at_end)
            break;
        size_t n = prefix(line);
        unwrap->col = (uint32_t)n + 1;
        sl_log_unwrap_add(unwrap, (size_t)(line.ptr - in.ptr) + n, sl_str_slice(line, n, line.len));
        sl_buf_add_byte(&unwrap->out, '\n');
        unwrap->line++;
        done = in.len - rest.len;
    }
    unwrap->line = first_line;
    return done;
}

static size_t unwrap_tail(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    enum tail_form *form = unwrap->state;
    if (!form) {
        form = unwrap->state = calloc(1, sizeof *form);
        if (!form)
            sl_out_of_memory();
    }
    sl_str rest = in, line;
    while (*form == TAIL_UNKNOWN && sl_str_next_line(&rest, &line))
        *form = tail_form_of(line);
    return unwrap_prefixed(unwrap, in, at_end, *form == TAIL_STAMP_STREAM ? tail_stream_prefix : tail_prefix);
}

/* "db-1  | text", as docker compose prints the lines of its services. */
static size_t compose_prefix(sl_str line)
{
    size_t n = 0;
    while (n < line.len && n < 64 && (sl_is_word_char(line.ptr[n]) || line.ptr[n] == '-' || line.ptr[n] == '.'))
        n++;
    size_t name = n;
    while (n < line.len && line.ptr[n] == ' ')
        n++;
    if (name == 0 || n == name || n >= line.len || line.ptr[n] != '|')
        return 0;
    return n + 1 + (n + 1 < line.len && line.ptr[n + 1] == ' ');
}

static bool is_compose_line(sl_str line)
{
    return compose_prefix(line) > 0;
}

static bool is_compose(sl_str head)
{
    return share(head, is_compose_line) >= 90;
}

static size_t unwrap_compose(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    return unwrap_prefixed(unwrap, in, at_end, compose_prefix);
}

/* Windows' shells redirect into UTF-16. */
static bool is_utf16(sl_str head)
{
    return sl_str_has_prefix(head, SL_STR("\xFF\xFE")) || sl_str_has_prefix(head, SL_STR("\xFE\xFF"));
}

static void add_utf8(struct sl_buf *out, uint32_t code)
{
    if (code < 0x80) {
        sl_buf_add_byte(out, (char)code);
    } else if (code < 0x800) {
        sl_buf_add_byte(out, (char)(0xC0 | code >> 6));
        sl_buf_add_byte(out, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        sl_buf_add_byte(out, (char)(0xE0 | code >> 12));
        sl_buf_add_byte(out, (char)(0x80 | (code >> 6 & 0x3F)));
        sl_buf_add_byte(out, (char)(0x80 | (code & 0x3F)));
    } else {
        sl_buf_add_byte(out, (char)(0xF0 | code >> 18));
        sl_buf_add_byte(out, (char)(0x80 | (code >> 12 & 0x3F)));
        sl_buf_add_byte(out, (char)(0x80 | (code >> 6 & 0x3F)));
        sl_buf_add_byte(out, (char)(0x80 | (code & 0x3F)));
    }
}

static uint32_t unit_at(const unsigned char *p, bool big)
{
    return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static size_t unwrap_utf16(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    const unsigned char *p = (const unsigned char *)in.ptr, *end = p + in.len;
    if (unwrap->in_base == 0 && in.len >= 2) {
        unwrap->is_big_endian = p[0] == 0xFE;
        p += 2;
    }
    sl_log_unwrap_add(unwrap, (size_t)(p - (const unsigned char *)in.ptr), SL_STR_EMPTY);
    while (end - p >= 2) {
        uint32_t code = unit_at(p, unwrap->is_big_endian);
        bool is_pair = code >= 0xD800 && code < 0xDC00;
        if (is_pair && end - p < 4)
            break;
        p += 2;
        if (is_pair) {
            uint32_t low = unit_at(p, unwrap->is_big_endian);
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            p += 2;
        }
        add_utf8(&unwrap->out, code & 0x1FFFFF);
    }
    return at_end ? in.len : (size_t)(p - (const unsigned char *)in.ptr);
}

const struct sl_log_envelope sl_log_envelope_cri = {"cri", "Kubernetes (CRI) lines", is_cri, unwrap_cri};
const struct sl_log_envelope sl_log_envelope_logs_tail = {"logs-tail", "aws logs tail", is_tail, unwrap_tail};
const struct sl_log_envelope sl_log_envelope_compose = {"compose", "docker compose's lines", is_compose,
                                                        unwrap_compose};
const struct sl_log_envelope sl_log_envelope_utf16 = {"utf-16", "UTF-16", is_utf16, unwrap_utf16};
