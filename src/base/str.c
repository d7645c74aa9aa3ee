#include "base/str.h"

sl_str sl_str_from(const char *terminated)
{
    return terminated ? (sl_str){terminated, strlen(terminated)} : SL_STR_EMPTY;
}

bool sl_str_eq(sl_str a, sl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool sl_str_eq_nocase(sl_str a, sl_str b)
{
    return a.len == b.len && sl_str_cmp_nocase(a, b) == 0;
}

int sl_str_cmp(sl_str a, sl_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (order)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

int sl_str_cmp_nocase(sl_str a, sl_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < n; i++) {
        int order = (unsigned char)sl_lower_char(a.ptr[i]) - (unsigned char)sl_lower_char(b.ptr[i]);
        if (order)
            return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool sl_str_is_one_of(sl_str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq(s, sl_str_from(words[i])))
            return true;
    }
    return false;
}

bool sl_str_is_one_of_nocase(sl_str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq_nocase(s, sl_str_from(words[i])))
            return true;
    }
    return false;
}

bool sl_str_has_prefix(sl_str s, sl_str prefix)
{
    return s.len >= prefix.len && sl_str_eq(sl_str_slice(s, 0, prefix.len), prefix);
}

bool sl_str_has_prefix_nocase(sl_str s, sl_str prefix)
{
    return s.len >= prefix.len && sl_str_eq_nocase(sl_str_slice(s, 0, prefix.len), prefix);
}

bool sl_str_has_suffix(sl_str s, sl_str suffix)
{
    return s.len >= suffix.len && sl_str_eq(sl_str_slice(s, s.len - suffix.len, suffix.len), suffix);
}

bool sl_str_has_suffix_nocase(sl_str s, sl_str suffix)
{
    return s.len >= suffix.len && sl_str_eq_nocase(sl_str_slice(s, s.len - suffix.len, suffix.len), suffix);
}

size_t sl_str_find(sl_str s, sl_str needle)
{
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len) /* an empty string may have no address, and memmem wants one */
        return SIZE_MAX;
    const char *at = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t sl_str_find_nocase(sl_str s, sl_str needle)
{
    if (needle.len == 0)
        return 0;
    char first = sl_lower_char(needle.ptr[0]);
    for (size_t i = 0; i + needle.len <= s.len; i++) {
        if (sl_lower_char(s.ptr[i]) == first && sl_str_eq_nocase((sl_str){s.ptr + i, needle.len}, needle))
            return i;
    }
    return SIZE_MAX;
}

size_t sl_str_find_byte(sl_str s, char byte)
{
    const char *at = s.len ? memchr(s.ptr, byte, s.len) : NULL;
    return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t sl_str_count_byte(sl_str s, char byte)
{
    size_t n = 0;
    const char *p = s.ptr, *end = s.ptr + s.len;
    while (p < end && (p = memchr(p, byte, (size_t)(end - p))) != NULL) {
        n++;
        p++;
    }
    return n;
}

sl_str sl_str_slice(sl_str s, size_t off, size_t len)
{
    if (off > s.len)
        off = s.len;
    if (len > s.len - off)
        len = s.len - off;
    return (sl_str){off ? s.ptr + off : s.ptr, len}; /* the empty string may be NULL */
}

sl_str sl_str_trim(sl_str s)
{
    while (s.len && sl_is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len && sl_is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool sl_str_next_line(sl_str *rest, sl_str *line)
{
    if (rest->len == 0)
        return false;
    size_t end = sl_str_find_byte(*rest, '\n');
    size_t taken = end == SIZE_MAX ? rest->len : end + 1;
    *line = sl_str_slice(*rest, 0, end == SIZE_MAX ? rest->len : end);
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    rest->ptr += taken;
    rest->len -= taken;
    return true;
}

bool sl_str_to_u64(sl_str s, uint64_t *value)
{
    uint64_t sum = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!sl_is_digit(s.ptr[i]))
            return false;
        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, (uint64_t)(s.ptr[i] - '0'), &sum))
            return false;
    }
    *value = sum;
    return true;
}
