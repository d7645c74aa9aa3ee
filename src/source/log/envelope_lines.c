/* Envelopes that put something before each line: CRI, aws logs tail, and text in UTF-16. */
#include "source/log/envelopes.h"
#include "source/log/stamp.h"

/* Lines that detection looks at. */
#define SAMPLE_LINES 200

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
        sl_log_unwrap_add(unwrap, off + n, sl_str_slice(line, n, line.len));
        if (!is_partial)
            sl_buf_add_byte(&unwrap->out, '\n');
        unwrap->line++;
        done = in.len - rest.len;
    }
    unwrap->line = first_line;
    return done;
}

/* "2026-11-22T03:00:00.000Z " in front of a line that has a stamp or a header of its own. */
static size_t tail_prefix(sl_str line)
{
    int64_t us;
    size_t n = line.len > 20 && line.ptr[10] == 'T' ? sl_stamp_iso(line, &us) : 0;
    return n && n < line.len && line.ptr[n] == ' ' && line.ptr[n - 1] == 'Z' ? n + 1 : 0;
}

static bool is_tail_line(sl_str line)
{
    int64_t us;
    size_t n = tail_prefix(line);
    if (n == 0)
        return false;
    sl_str rest = sl_str_slice(line, n, line.len);
    static const sl_str starts[] = {SL_STR_INIT("# "), SL_STR_INIT("SET timestamp="), SL_STR_INIT("use ")};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (sl_str_has_prefix(rest, starts[i]))
            return true;
    }
    return sl_stamp_iso(rest, &us) > 0;
}

static bool is_tail(sl_str head)
{
    return share(head, is_tail_line) >= 30;
}

static size_t unwrap_tail(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    sl_str rest = in, line;
    size_t done = 0;
    uint32_t first_line = unwrap->line;
    while (sl_str_next_line(&rest, &line)) {
        bool is_last = rest.len == 0 && in.ptr[in.len - 1] != '\n';
        if (is_last && !at_end)
            break;
        size_t n = tail_prefix(line);
        sl_log_unwrap_add(unwrap, (size_t)(line.ptr - in.ptr) + n, sl_str_slice(line, n, line.len));
        sl_buf_add_byte(&unwrap->out, '\n');
        unwrap->line++;
        done = in.len - rest.len;
    }
    unwrap->line = first_line;
    return done;
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
const struct sl_log_envelope sl_log_envelope_utf16 = {"utf-16", "UTF-16", is_utf16, unwrap_utf16};
