/*
 * str: borrowed bytes.
 *
 * A sl_str points into memory that somebody else owns: a source, an arena, a literal. It may hold NUL and invalid
 * UTF-8 and is never assumed to be terminated. Print it with "%.*s", SL_STR_ARG(s), and never to a terminal or a
 * report without escaping. Owned, growing bytes are sl_buf.
 */
#ifndef SL_BASE_STR_H
#define SL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sl_str {
    const char *ptr;
    size_t len;
};
typedef struct sl_str sl_str;

#define SL_STR(literal) ((sl_str){(literal), sizeof(literal) - 1})
#define SL_STR_INIT(literal)                                                                                           \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    } /* in static initialisers */
#define SL_STR_ARG(s) (int)(s).len, (s).ptr
#define SL_STR_EMPTY ((sl_str){"", 0})

/* The bytes of a C string; NULL gives the empty string. */
sl_str sl_str_from(const char *terminated);

bool sl_str_eq(sl_str a, sl_str b);
/* ASCII letters compare without case; other bytes as they are. */
bool sl_str_eq_nocase(sl_str a, sl_str b);
/* Byte order; a shorter prefix sorts first. Negative, 0, positive. */
int sl_str_cmp(sl_str a, sl_str b);
int sl_str_cmp_nocase(sl_str a, sl_str b);

bool sl_str_is_one_of(sl_str s, const char *const *words, size_t n);
bool sl_str_is_one_of_nocase(sl_str s, const char *const *words, size_t n);

bool sl_str_has_prefix(sl_str s, sl_str prefix);
bool sl_str_has_prefix_nocase(sl_str s, sl_str prefix);
bool sl_str_has_suffix(sl_str s, sl_str suffix);
bool sl_str_has_suffix_nocase(sl_str s, sl_str suffix);

/* Offset of the first occurrence, or SIZE_MAX. */
size_t sl_str_find(sl_str s, sl_str needle);
size_t sl_str_find_nocase(sl_str s, sl_str needle);
size_t sl_str_find_byte(sl_str s, char byte);
size_t sl_str_count_byte(sl_str s, char byte);

/* Bytes [off, off+len), clamped to s. */
sl_str sl_str_slice(sl_str s, size_t off, size_t len);
/* Without ASCII white space at both ends. */
sl_str sl_str_trim(sl_str s);
/* Takes the next line off *rest (without "\n" or "\r\n"); false when *rest is empty. */
bool sl_str_next_line(sl_str *rest, sl_str *line);
/* The whole of s as an unsigned decimal; false if it is not one or does not fit. */
bool sl_str_to_u64(sl_str s, uint64_t *value);

static inline bool sl_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
static inline bool sl_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline char sl_lower_char(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static inline bool sl_is_alpha(char c)
{
    return sl_lower_char(c) >= 'a' && sl_lower_char(c) <= 'z';
}

/* 0 to 15; -1: no hexadecimal digit. */
static inline int sl_hex_digit(char c)
{
    c = sl_lower_char(c);
    return sl_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A byte of a word: ASCII letters, digits and _. */
static inline bool sl_is_word_char(char c)
{
    return sl_is_alpha(c) || sl_is_digit(c) || c == '_';
}
/* A byte of a name as host languages write it: a word's, or any byte of a character beyond ASCII. */
static inline bool sl_is_name_char(char c)
{
    return sl_is_word_char(c) || (unsigned char)c >= 0x80;
}

#endif
