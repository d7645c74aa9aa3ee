#include "source/log/text.h"

/* Writes the UTF-8 bytes of `code`; answers where the next byte goes. */
static char *put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

static bool hex4(const char *p, const char *end, uint32_t *value)
{
    if (end - p < 4)
        return false;
    *value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = sl_log_hex_digit(p[i]);
        if (digit < 0)
            return false;
        *value = *value << 4 | (uint32_t)digit;
    }
    return true;
}

/* At the "u" of a backslash-u escape. */
static const char *json_code(const char *p, const char *end, char **out)
{
    uint32_t code, low;
    if (!hex4(p + 1, end, &code)) {
        *(*out)++ = 'u';
        return p + 1;
    }
    p += 5;
    if (code >= 0xD800 && code < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' && hex4(p + 2, end, &low) &&
        low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        p += 6;
    }
    *out = put_utf8(*out, code);
    return p;
}

static char unescaped(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case '0':
        return '\0';
    case 'Z':
        return '\x1a';
    default:
        return c;
    }
}

static sl_str decode_escapes(sl_str raw, bool json, struct sl_buf *scratch)
{
    const char *p = raw.ptr, *end = raw.ptr + raw.len;
    const char *slash = memchr(p, '\\', raw.len);
    if (!slash)
        return raw;
    char *base = sl_buf_reserve(scratch, raw.len + 4), *out = base;
    while (slash) {
        memcpy(out, p, (size_t)(slash - p));
        out += slash - p;
        p = slash + 1;
        if (p >= end) {
            *out++ = '\\';
            break;
        }
        if (json && *p == 'u')
            p = json_code(p, end, &out);
        else
            *out++ = unescaped(*p++);
        slash = p < end ? memchr(p, '\\', (size_t)(end - p)) : NULL;
    }
    if (p < end) {
        memcpy(out, p, (size_t)(end - p));
        out += end - p;
    }
    return (sl_str){base, (size_t)(out - base)};
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
        int digit = is_hex ? sl_log_hex_digit(*q) : sl_is_digit(*q) ? *q - '0' : -1;
        if (digit < 0)
            break;
        code = code * (is_hex ? 16 : 10) + (uint32_t)digit;
        q++;
    }
    if (q > from && q < end && *q == ';' && code <= 0x10FFFF) {
        *out = put_utf8(*out, code);
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
        return decode_escapes(raw, true, scratch);
    case SL_LOG_BACKSLASH:
        return decode_escapes(raw, false, scratch);
    case SL_LOG_XML:
        return decode_xml(raw, scratch);
    case SL_LOG_PLAIN:
    case SL_LOG_CELL:
        break;
    }
    return raw;
}
