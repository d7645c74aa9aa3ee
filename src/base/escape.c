#include "base/escape.h"

char *sl_put_utf8(char *out, uint32_t code)
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
        int digit = sl_hex_digit(p[i]);
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
    *out = sl_put_utf8(*out, code);
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

size_t sl_unescape(sl_str raw, enum sl_escapes escapes, char *to)
{
    const char *p = raw.ptr, *end = raw.ptr + raw.len;
    const char *slash = memchr(p, '\\', raw.len);
    char *out = to;
    while (slash) {
        memcpy(out, p, (size_t)(slash - p));
        out += slash - p;
        p = slash + 1;
        if (p >= end) {
            *out++ = '\\';
            break;
        }
        if (escapes == SL_ESCAPES_JSON && *p == 'u')
            p = json_code(p, end, &out);
        else
            *out++ = unescaped(*p++);
        slash = p < end ? memchr(p, '\\', (size_t)(end - p)) : NULL;
    }
    if (p < end) {
        memcpy(out, p, (size_t)(end - p));
        out += end - p;
    }
    return (size_t)(out - to);
}
