#include "source/log/json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static void skip_space(struct sl_json *json)
{
    while (json->p < json->end && *json->p <= ' ' && sl_is_space(*json->p))
        json->p++;
}

#ifdef __SSE2__
/*
 * Looks at whole steps of 16 bytes from *p on. True: *p is at the quote that closes the string. False: *p is where the
 * last bytes begin; it is never between a backslash and the byte that it escapes.
 */
static bool find_closing_quote(const char **p, const char *end)
{
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    while (end - *p >= 17) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)*p);
        unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, quote));
        unsigned slashes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, slash));
        unsigned step = 16;
        for (unsigned hits = quotes | slashes; hits;) {
            unsigned at = (unsigned)__builtin_ctz(hits);
            if (quotes >> at & 1) {
                *p += at;
                return true;
            }
            step = at == 15 ? 17 : 16;
            hits &= ~(3u << at); /* the byte behind a backslash is escaped */
        }
        *p += step;
    }
    return false;
}
#endif

/* Behind the quote that closes the string which opens at p; NULL if none does. */
static const char *string_end(const char *p, const char *end)
{
    p++;
#ifdef __SSE2__
    if (find_closing_quote(&p, end))
        return p + 1;
#endif
    while (p < end && *p != '"')
        p += *p == '\\' ? 2 : 1;
    return p < end ? p + 1 : NULL;
}

/* Behind the bracket that closes the object or array at p; NULL if none does, or a new line starts an object. */
static const char *nested_end(const char *p, const char *end)
{
    int depth = 0;
    while (p < end) {
        char c = *p;
        if (c == '"') {
            p = string_end(p, end);
            if (!p)
                return NULL;
            continue;
        }
        depth += c == '{' || c == '[';
        if ((c == '}' || c == ']') && --depth == 0)
            return p + 1;
        p++;
    }
    return NULL;
}

bool sl_json_open(struct sl_json *json, sl_str s)
{
    *json = (struct sl_json){.p = s.ptr, .end = s.ptr + s.len};
    skip_space(json);
    if (json->p >= json->end || *json->p != '{')
        return false;
    json->p++;
    return true;
}

static bool damaged(struct sl_json *json)
{
    json->is_damaged = true;
    json->p = json->end;
    return false;
}

static bool next_value(struct sl_json *json, struct sl_json_field *field)
{
    const char *from = json->p, *to;
    if (*from == '"') {
        to = string_end(from, json->end);
        if (!to)
            return damaged(json);
        field->type = SL_JSON_STRING;
        field->value = (sl_str){from + 1, (size_t)(to - from - 2)};
    } else if (*from == '{' || *from == '[') {
        to = nested_end(from, json->end);
        if (!to)
            return damaged(json);
        field->type = *from == '{' ? SL_JSON_OBJECT : SL_JSON_ARRAY;
        field->value = (sl_str){from, (size_t)(to - from)};
    } else {
        to = from;
        while (to < json->end && *to != ',' && *to != '}' && *to != ']' && !sl_is_space(*to))
            to++;
        field->type = SL_JSON_WORD;
        field->value = (sl_str){from, (size_t)(to - from)};
    }
    json->p = to;
    return true;
}

bool sl_json_next(struct sl_json *json, struct sl_json_field *field)
{
    while (json->p < json->end && *json->p <= ',' && (sl_is_space(*json->p) || *json->p == ','))
        json->p++;
    if (json->p >= json->end)
        return damaged(json);
    if (*json->p == '}') {
        json->p++;
        return false;
    }
    if (*json->p != '"')
        return damaged(json);
    const char *key_end = string_end(json->p, json->end);
    if (!key_end)
        return damaged(json);
    field->key = (sl_str){json->p + 1, (size_t)(key_end - json->p - 2)};
    json->p = key_end;
    skip_space(json);
    if (json->p >= json->end || *json->p != ':')
        return damaged(json);
    json->p++;
    skip_space(json);
    if (json->p >= json->end)
        return damaged(json);
    return next_value(json, field);
}

bool sl_json_find(sl_str s, sl_str key, struct sl_json_field *field)
{
    struct sl_json json;
    if (!sl_json_open(&json, s))
        return false;
    while (sl_json_next(&json, field)) {
        if (sl_str_eq(field->key, key))
            return true;
    }
    return false;
}

/* {"events": [ and the like: the position behind the bracket, 0 if the object wraps nothing. */
static size_t wrapper_len(sl_str s)
{
    static const sl_str keys[] = {SL_STR_INIT("events"),  SL_STR_INIT("records"), SL_STR_INIT("logEvents"),
                                  SL_STR_INIT("entries"), SL_STR_INIT("rows"),    SL_STR_INIT("results")};
    struct sl_json json;
    struct sl_json_field field;
    sl_str head = sl_str_slice(s, 0, 4096);
    head = sl_str_slice(head, 0, sl_str_find(head, SL_STR("\n{"))); /* the next object, where this one is cut */
    if (!sl_json_open(&json, head))
        return 0;
    for (;;) {
        const char *from = json.p;
        bool more = sl_json_next(&json, &field);
        if (more && field.type != SL_JSON_ARRAY)
            continue;
        if (more)
            from = field.key.ptr - 1;
        sl_str rest = {from, (size_t)(s.ptr + s.len - from)};
        while (rest.len && (sl_is_space(rest.ptr[0]) || rest.ptr[0] == ','))
            rest = sl_str_slice(rest, 1, rest.len);
        for (size_t i = 0; rest.len > 2 && i < sizeof keys / sizeof keys[0]; i++) {
            sl_str after = sl_str_slice(rest, 1 + keys[i].len, rest.len);
            if (!sl_str_has_prefix(sl_str_slice(rest, 1, rest.len), keys[i]) || after.len == 0 || after.ptr[0] != '"')
                continue;
            size_t bracket = sl_str_find_byte(sl_str_slice(after, 0, 64), '[');
            sl_str between = sl_str_trim(sl_str_slice(after, 1, bracket == SIZE_MAX ? 0 : bracket - 1));
            if (bracket != SIZE_MAX && sl_str_eq(between, SL_STR(":")))
                return (size_t)(after.ptr + bracket + 1 - s.ptr);
        }
        return 0;
    }
}

static enum sl_json_unit damaged_line(sl_str s, bool at_end, size_t *pos, sl_str *unit)
{
    const char *from = s.ptr + *pos, *newline = memchr(from, '\n', s.len - *pos);
    if (!newline && !at_end)
        return SL_JSON_NEED_MORE;
    size_t len = newline ? (size_t)(newline - from) : s.len - *pos;
    *unit = (sl_str){from, len};
    *pos += len + (newline != NULL);
    return SL_JSON_DAMAGED;
}

#define FIRST_LOOK_BYTES 512u

/*
 * Behind the object that starts `s`, NULL if its end is not there. *cut: the start of the next line that begins with
 * "{", if that comes first: an object of its own line that is not closed on it. Looks no farther than about four times
 * as far as it must.
 */
static const char *object_end(sl_str s, const char **cut)
{
    for (size_t look = FIRST_LOOK_BYTES;; look *= 4) {
        size_t len = look < s.len ? look : s.len;
        const char *end = nested_end(s.ptr, s.ptr + len);
        *cut = memmem(s.ptr, end ? (size_t)(end - s.ptr) : len, "\n{", 2);
        if (end || *cut || len == s.len)
            return end;
    }
}

enum sl_json_unit sl_json_next_unit(sl_str s, bool at_end, size_t *pos, sl_str *unit)
{
    for (;;) {
        while (*pos < s.len && (sl_is_space(s.ptr[*pos]) || strchr(",[]}", s.ptr[*pos])))
            ++*pos;
        if (*pos >= s.len)
            return SL_JSON_NEED_MORE;
        sl_str rest = sl_str_slice(s, *pos, s.len);
        if (rest.ptr[0] != '{')
            return damaged_line(s, at_end, pos, unit);
        size_t wrapper = wrapper_len(rest);
        if (wrapper) {
            *pos += wrapper;
            continue;
        }
        const char *next, *end = object_end(rest, &next);
        if (next) {
            *unit = (sl_str){rest.ptr, (size_t)(next - rest.ptr)};
            *pos += unit->len + 1;
            return SL_JSON_DAMAGED;
        }
        if (!end)
            return at_end ? damaged_line(s, at_end, pos, unit) : SL_JSON_NEED_MORE;
        *unit = (sl_str){rest.ptr, (size_t)(end - rest.ptr)};
        *pos += unit->len;
        return SL_JSON_UNIT;
    }
}
