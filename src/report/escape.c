#include "report/escape.h"

#include <utf8proc.h>

#define TAB_COLUMNS 4

/* One character of the input: its bytes, its code point (-1: a byte that is no UTF-8) and its columns on a terminal. */
struct character {
    sl_str bytes;
    int32_t code_point;
    uint32_t width;
};

static bool next_character(sl_str *rest, struct character *c)
{
    if (rest->len == 0)
        return false;
    utf8proc_int32_t code_point = -1;
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)rest->ptr, (utf8proc_ssize_t)rest->len, &code_point);
    size_t taken = len > 0 ? (size_t)len : 1;
    *c = (struct character){sl_str_slice(*rest, 0, taken), len > 0 ? code_point : -1, 1};
    if (c->code_point >= 0x80)
        c->width = (uint32_t)utf8proc_charwidth(c->code_point);
    *rest = sl_str_slice(*rest, taken, SIZE_MAX);
    return true;
}

static bool is_visible(int32_t code_point)
{
    if (code_point < 0)
        return false;
    if (code_point < 0x80)
        return code_point >= 0x20 && code_point != 0x7f;
    switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return true;
    }
}

static void add_escaped(const struct character *c, struct sl_buf *out)
{
    if (c->code_point < 0)
        sl_buf_add_printf(out, "\\x%02x", (unsigned char)c->bytes.ptr[0]);
    else if (c->code_point == '\n')
        sl_buf_add(out, SL_STR("\\n"));
    else if (c->code_point == '\t')
        sl_buf_add(out, SL_STR("\\t"));
    else if (c->code_point < 0x80)
        sl_buf_add_printf(out, "\\x%02x", (unsigned)c->code_point);
    else
        sl_buf_add_printf(out, "\\u{%x}", (unsigned)c->code_point);
}

void sl_escape_line(sl_str s, struct sl_buf *out)
{
    struct character c;
    while (next_character(&s, &c)) {
        if (is_visible(c.code_point))
            sl_buf_add(out, c.bytes);
        else
            add_escaped(&c, out);
    }
}

/* Renders for a code frame into `out` (may be NULL) and answers the columns. */
static uint32_t render_frame(sl_str s, struct sl_buf *out)
{
    struct sl_buf escaped = {0};
    uint32_t column = 0;
    struct character c;
    while (next_character(&s, &c)) {
        sl_buf_reset(&escaped);
        if (c.code_point == '\t') {
            uint32_t n = TAB_COLUMNS - column % TAB_COLUMNS;
            sl_buf_add_printf(&escaped, "%*s", (int)n, "");
            column += n;
        } else if (is_visible(c.code_point)) {
            sl_buf_add(&escaped, c.bytes);
            column += c.width;
        } else {
            add_escaped(&c, &escaped);
            column += (uint32_t)escaped.len;
        }
        if (out)
            sl_buf_add(out, sl_buf_str(&escaped));
    }
    sl_buf_release(&escaped);
    return column;
}

void sl_escape_frame(sl_str s, struct sl_buf *out)
{
    render_frame(s, out);
}

uint32_t sl_escape_frame_width(sl_str s)
{
    return render_frame(s, NULL);
}

void sl_escape_html(sl_str s, struct sl_buf *out)
{
    struct character c;
    while (next_character(&s, &c)) {
        if (c.code_point == '&')
            sl_buf_add(out, SL_STR("&amp;"));
        else if (c.code_point == '<')
            sl_buf_add(out, SL_STR("&lt;"));
        else if (c.code_point == '>')
            sl_buf_add(out, SL_STR("&gt;"));
        else if (c.code_point == '"')
            sl_buf_add(out, SL_STR("&quot;"));
        else if (c.code_point == '\'')
            sl_buf_add(out, SL_STR("&#39;"));
        else if (is_visible(c.code_point) || c.code_point == '\n' || c.code_point == '\t')
            sl_buf_add(out, c.bytes);
        else
            add_escaped(&c, out);
    }
}

void sl_escape_json(sl_str json, struct sl_buf *out)
{
    struct character c;
    while (next_character(&json, &c)) {
        if (is_visible(c.code_point) || c.code_point == '\n')
            sl_buf_add(out, c.bytes);
        else if (c.code_point < 0)
            sl_buf_add(out, SL_STR("\\ufffd"));
        else if (c.code_point < 0x10000)
            sl_buf_add_printf(out, "\\u%04x", (unsigned)c.code_point);
        else
            sl_buf_add_printf(out, "\\u%04x\\u%04x", 0xd800 + (unsigned)((c.code_point - 0x10000) >> 10),
                              0xdc00 + (unsigned)(c.code_point & 0x3ff));
    }
}

/* Length of the code span `…` at the start of `s`, or 0: one backtick, some text without line ends, one backtick. */
static size_t code_span_len(sl_str s)
{
    if (s.len < 3 || s.ptr[0] != '`' || s.ptr[1] == '`')
        return 0;
    size_t end = sl_str_find_byte(sl_str_slice(s, 1, SIZE_MAX), '`');
    if (end == SIZE_MAX || memchr(s.ptr, '\n', end + 1) || (end + 2 < s.len && s.ptr[end + 2] == '`'))
        return 0;
    return end + 2;
}

static bool is_word(char c)
{
    return sl_is_alpha(c) || sl_is_digit(c);
}

static void add_markdown_character(const struct character *c, bool is_inside_word, struct sl_buf *out)
{
    if (c->code_point == '\n' || c->code_point == '\t')
        sl_buf_add_byte(out, ' ');
    else if (c->code_point == '<')
        sl_buf_add(out, SL_STR("&lt;"));
    else if (c->code_point == '&')
        sl_buf_add(out, SL_STR("&amp;"));
    else if (c->code_point > 0 && c->code_point < 0x80 && strchr("\\`*_[]|#~>!", c->code_point) && !is_inside_word) {
        sl_buf_add_byte(out, '\\');
        sl_buf_add(out, c->bytes);
    } else if (is_visible(c->code_point))
        sl_buf_add(out, c->bytes);
    else
        add_escaped(c, out);
}

void sl_escape_markdown(sl_str s, struct sl_buf *out)
{
    struct character c;
    char last = ' ';
    for (;;) {
        size_t n_code = code_span_len(s);
        if (n_code > 0) {
            sl_escape_line(sl_str_slice(s, 0, n_code), out);
            s = sl_str_slice(s, n_code, SIZE_MAX);
        }
        if (!next_character(&s, &c))
            return;
        bool is_inside_word = c.code_point == '_' && is_word(last) && s.len > 0 && is_word(s.ptr[0]);
        add_markdown_character(&c, is_inside_word, out);
        last = c.bytes.ptr[0];
    }
}

void sl_escape_github(sl_str s, bool is_property, struct sl_buf *out)
{
    struct character c;
    while (next_character(&s, &c)) {
        if (c.code_point == '%' || c.code_point == '\n' || c.code_point == '\r' ||
            (is_property && (c.code_point == ':' || c.code_point == ',')))
            sl_buf_add_printf(out, "%%%02X", (unsigned)c.code_point);
        else if (is_visible(c.code_point))
            sl_buf_add(out, c.bytes);
        else
            add_escaped(&c, out);
    }
}
