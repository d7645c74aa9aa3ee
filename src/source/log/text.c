#include "source/log/text.h"

#include "base/escape.h"

static sl_str decode_escapes(sl_str raw, enum sl_escapes escapes, struct sl_buf *scratch)
{
    if (!memchr(raw.ptr, '\\', raw.len))
        return raw;
    char *out = sl_buf_reserve(scratch, raw.len + 4);
    return (sl_str){out, sl_unescape(raw, escapes, out)};
}

/* Drops the byte `second` where it follows `first`: "" → ", newline tab → newline. */
static sl_str decode_pairs(sl_str raw, char first, char second, struct sl_buf *scratch)
{
    const char *p = raw.ptr, *end = raw.ptr + raw.len;
    const char *hit = memchr(p, first, raw.len);
    if (!hit)
        return raw;
    char *base = sl_buf_reserve(scratch, raw.len + 1), *out = base;
    while (hit) {
        memcpy(out, p, (size_t)(hit + 1 - p));
        out += hit + 1 - p;
        p = hit + 1;
        if (p < end && *p == second)
            p++;
        hit = p < end ? memchr(p, first, (size_t)(end - p)) : NULL;
    }
    if (p < end) {
        memcpy(out, p, (size_t)(end - p));
        out += end - p;
    }
    return (sl_str){base, (size_t)(out - base)};
}

/* At "&": the character of the entity, or "&" itself. */
static const char *xml_entity(const char *p, const char *end, char **out)
{
    static const struct {
        sl_str name;
        char byte;
    } entities[] = {{SL_STR_INIT("&lt;"), '<'},
                    {SL_STR_INIT("&gt;"), '>'},
                    {SL_STR_INIT("&amp;"), '&'},
                    {SL_STR_INIT("&quot;"), '"'},
                    {SL_STR_INIT("&apos;"), '\''}};
    sl_str rest = {p, (size_t)(end - p)};
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        if (sl_str_has_prefix(rest, entities[i].name)) {
            *(*out)++ = entities[i].byte;
            return p + entities[i].name.len;
        }
    }
    uint32_t code = 0;
    bool is_hex = p + 2 < end && p[2] == 'x'; /* PostgreSQL writes &#x0d;, MySQL's clients &#13; */
    const char *from = p + 2 + is_hex, *q = from;
    while (p + 1 < end && p[1] == '#' && q < end && code < 0x10FFFF) {
        int digit = is_hex ? sl_hex_digit(*q) : sl_is_digit(*q) ? *q - '0' : -1;
        if (digit < 0)
            break;
        code = code * (is_hex ? 16 : 10) + (uint32_t)digit;
        q++;
    }
    if (q > from && q < end && *q == ';' && code <= 0x10FFFF) {
        *out = sl_put_utf8(*out, code);
        return q + 1;
    }
    *(*out)++ = '&';
    return p + 1;
}

static sl_str decode_xml(sl_str raw, struct sl_buf *scratch)
{
    const char *p = raw.ptr, *end = raw.ptr + raw.len;
    if (!memchr(p, '&', raw.len))
        return raw;
    char *base = sl_buf_reserve(scratch, raw.len + 4), *out = base;
    while (p < end) {
        if (*p == '&')
            p = xml_entity(p, end, &out);
        else
            *out++ = *p++;
    }
    return (sl_str){base, (size_t)(out - base)};
}

sl_str sl_log_text_decode(enum sl_log_encoding encoding, sl_str raw, struct sl_buf *scratch)
{
    sl_buf_reset(scratch);
    switch (encoding) {
    case SL_LOG_TABBED:
        return decode_pairs(raw, '\n', '\t', scratch);
    case SL_LOG_CSV:
        return decode_pairs(raw, '"', '"', scratch);
    case SL_LOG_JSON:
        return decode_escapes(raw, SL_ESCAPES_JSON, scratch);
    case SL_LOG_BACKSLASH:
        return decode_escapes(raw, SL_ESCAPES_BACKSLASH, scratch);
    case SL_LOG_XML:
        return decode_xml(raw, scratch);
    case SL_LOG_PLAIN:
    case SL_LOG_CELL:
        break;
    }
    return raw;
}
