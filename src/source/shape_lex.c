#include "source/shape_lex.h"

#include <string.h>

#include "base/find.h"

static const struct sl_shape_rules rules_of[SL_DIALECT_COUNT + 1] = {
    [SL_DIALECT_POSTGRES] = {.dollar_quotes = true, .nested_comments = true},
    [SL_DIALECT_MYSQL] = {.backslash = true, .double_quotes = true, .hash_comment = true, .dash_needs_space = true},
    [SL_DIALECT_SQLITE] = {.brackets = true},
    [SL_DIALECT_UNKNOWN] = {0},
};

#define ONES 1, 1, 1, 1, 1, 1, 1, 1
#define ONES64 ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES
const unsigned char sl_shape_word_bytes[256] = {
    ['0'] = ONES, 1, 1, ['A'] = ONES,   ONES,   ONES, 1, 1, ['_'] = 1, ['a'] = ONES, ONES,
    ONES,         1, 1, [128] = ONES64, ONES64,
};

const struct sl_shape_rules *sl_shape_rules(enum sl_dialect dialect)
{
    return &rules_of[dialect <= SL_DIALECT_COUNT ? dialect : SL_DIALECT_UNKNOWN];
}

const char *sl_shape_skip_quoted(const char *p, const char *end, bool backslash)
{
    char quote = *p++;
    char escape = backslash && quote != '`' ? '\\' : quote;
    for (;;) {
        p = sl_find_either(p, end, quote, escape);
        if (p >= end)
            return NULL;
        if (*p != quote || (p + 1 < end && p[1] == quote)) {
            p += 2;
            if (p > end)
                return NULL;
            continue;
        }
        return p + 1;
    }
}

const char *sl_shape_skip_comment(const char *p, const char *end, bool nested)
{
    unsigned depth = 1;
    p += 2;
    while (depth) {
        p = sl_find_either(p, end, '*', nested ? '/' : '*');
        if (end - p < 2)
            return NULL;
        if (p[0] == '*' && p[1] == '/') {
            depth--;
            p += 2;
        } else if (nested && p[0] == '/' && p[1] == '*') {
            depth++;
            p += 2;
        } else {
            p++;
        }
    }
    return p;
}

static bool is_word_byte(char c)
{
    return sl_shape_word_bytes[(unsigned char)c];
}

const char *sl_shape_skip_dollar(const char *p, const char *end, bool *is_open)
{
    const char *q = p + 1;
    *is_open = false;
    if (q < end && sl_is_digit(*q))
        return NULL;
    while (q < end && is_word_byte(*q))
        q++;
    if (q >= end || *q != '$')
        return NULL;
    *is_open = true;
    size_t len = (size_t)(q + 1 - p);
    const char *close = memmem(q + 1, (size_t)(end - q - 1), p, len);
    return close ? close + len : NULL;
}

/* How many of the eight bytes at p are digits, from the first on. */
static inline unsigned leading_digits(const char *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t v;
    memcpy(&v, p, sizeof v);
    v ^= 0x3030303030303030ull; /* a digit is now 0 to 9 */
    uint64_t others = (((v & 0x7F7F7F7F7F7F7F7Full) + 0x7676767676767676ull) | v) & 0x8080808080808080ull;
    return others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
#else
    unsigned n = 0;
    while (n < 8 && sl_is_digit(p[n]))
        n++;
    return n;
#endif
}

const char *sl_shape_skip_number(const char *p, const char *end)
{
    if (end - p > 8) { /* most are short and whole */
        unsigned n = leading_digits(p);
        if (!is_word_byte(p[n]) && p[n] != '.')
            return p + n;
    }
    const char *start = p;
    for (;;) {
        while (p < end && (is_word_byte(*p) || *p == '.'))
            p++;
        /* 1e-5, but not 0x1e-5 */
        bool exponent = p > start && sl_lower_char(p[-1]) == 'e' && end - p >= 2 && (*p == '-' || *p == '+') &&
                        sl_is_digit(p[1]) && !(p - start > 1 && sl_lower_char(start[1]) == 'x');
        if (!exponent)
            return p;
        p++;
    }
}

const char *sl_shape_skip_blank(const char *p, const char *end, const struct sl_shape_rules *rules)
{
    while (p < end) {
        if (sl_is_space(*p)) {
            p++;
            continue;
        }
        const char *q = NULL;
        if (*p == '/' && p + 1 < end && p[1] == '*' && !(p + 2 < end && p[2] == '!'))
            q = sl_shape_skip_comment(p, end, rules->nested_comments);
        else if ((*p == '#' && rules->hash_comment) || (*p == '-' && p + 1 < end && p[1] == '-'))
            q = memchr(p, '\n', (size_t)(end - p));
        else
            return p;
        p = q ? q : end;
    }
    return p;
}

/* One literal word (NULL, TRUE, DEFAULT, a prefixed string) or a placeholder; NULL for anything else. */
static const char *skip_literal_word(const char *p, const char *end, const struct sl_shape_rules *rules)
{
    static const sl_str words[] = {SL_STR_INIT("null"), SL_STR_INIT("true"), SL_STR_INIT("false"),
                                   SL_STR_INIT("default")};
    const char *q = p;
    while (q < end && is_word_byte(*q))
        q++;
    if (q < end && *q == '\'' && q - p <= 8) {
        bool backslash = rules->backslash || (q - p == 1 && sl_lower_char(*p) == 'e');
        return sl_shape_skip_quoted(q, end, backslash);
    }
    sl_str word = {p, (size_t)(q - p)};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_eq_nocase(word, words[i]))
            return q;
    }
    return NULL;
}

static const char *skip_item(const char *p, const char *end, const struct sl_shape_rules *rules)
{
    char c = *p;
    if (c == '\'' || (c == '"' && rules->double_quotes))
        return sl_shape_skip_quoted(p, end, rules->backslash);
    if (c == '?')
        return p + 1;
    if (c == '%' && p + 1 < end && p[1] == 's')
        return p + 2;
    if (sl_is_digit(c) || (c == '$' && p + 1 < end && sl_is_digit(p[1])))
        return sl_shape_skip_number(p + 1, end);
    if (c == '.' && p + 1 < end && sl_is_digit(p[1]))
        return sl_shape_skip_number(p, end);
    if (c == '.' && end - p >= 3 && p[1] == '.' && p[2] == '.')
        return p + 3; /* "(...)" of performance_schema's digest texts */
    return is_word_byte(c) ? skip_literal_word(p, end, rules) : NULL;
}

const char *sl_shape_skip_list(const char *p, const char *end, const struct sl_shape_rules *rules, unsigned *n_items)
{
    unsigned depth = 0;
    *n_items = 0;
    while (p < end) {
        char c = *p;
        if (c == '(' || c == '[') {
            if (++depth > SL_SHAPE_LIST_DEPTH)
                return NULL;
            p++;
        } else if (c == ')' || c == ']') {
            p++;
            if (--depth == 0)
                return p;
        } else if (c == ',' || sl_is_space(c) || ((c == '-' || c == '+') && p + 1 < end && p[1] != '-')) {
            p++;
        } else if (c == '/' && end - p > 2 && p[1] == '*' && p[2] == ' ' && rules->double_quotes) {
            p = sl_shape_skip_blank(p, end, rules);
        } else {
            p = skip_item(p, end, rules);
            if (!p)
                return NULL;
            ++*n_items;
        }
    }
    return NULL;
}

const char *sl_shape_skip_group(const char *p, const char *end, const struct sl_shape_rules *rules)
{
    unsigned depth = 0;
    while (p && p < end) {
        char c = *p;
        bool is_open = false;
        if (c == '\'' || c == '"' || c == '`') {
            p = sl_shape_skip_quoted(p, end, rules->backslash);
        } else if (c == '$' && rules->dollar_quotes) {
            const char *q = sl_shape_skip_dollar(p, end, &is_open);
            p = is_open ? q : p + 1;
        } else if (c == '/' || c == '-' || c == '#') {
            const char *q = sl_shape_skip_blank(p, end, rules);
            p = q > p ? q : p + 1;
        } else {
            p++;
            depth += c == '(';
            if (c == ')' && --depth == 0)
                return p;
        }
    }
    return NULL;
}
