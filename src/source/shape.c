#include "source/shape.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "source/shape_pass.h"
#include "source/shape_words.h"

/* Remembers the token in [from, s->out) as the last word. */
static void end_word(struct sl_shape_pass *s, const char *from)
{
    s->previous_off = s->word_off;
    s->previous_len = s->last == SL_SHAPE_WORD ? s->word_len : 0; /* only a word right before this one */
    s->word_off = (uint32_t)(from - s->base);
    s->word_len = (uint32_t)(s->out - from);
    s->last = SL_SHAPE_WORD;
    s->column_len = 0;
    if (s->word_len == 2 && from[0] == 'b' && from[1] == 'y')
        s->by_depth = s->depth + 1;
    else if (s->by_depth && sl_shape_ends_by((sl_str){from, s->word_len}))
        s->by_depth = 0;
}

static void scan_quoted_identifier(struct sl_shape_pass *s, const char *close)
{
    sl_shape_pass_space(s);
    char *from = s->out;
    const char *start = s->p;
    if (close)
        s->p = close;
    else
        sl_shape_pass_run_to_end(s);
    size_t len = (size_t)(s->p - start);
    memcpy(s->out, start, len);
    s->out += len;
    end_word(s, from);
}

/* N'…', X'…', E'…', _utf8mb4'…': the word is part of the literal. */
static bool is_string_prefix(sl_str word)
{
    return (word.len == 1 && strchr("nxbe", word.ptr[0])) || (word.len > 2 && word.ptr[0] == '_') ||
           (word.len == 2 && word.ptr[0] == 'u' && word.ptr[1] == '&');
}

/* TRUE, NULL and DEFAULT inside a VALUES row stand where a value stands. */
static bool is_value_word(sl_str word)
{
    static const sl_str words[] = {SL_STR_INIT("null"), SL_STR_INIT("true"), SL_STR_INIT("false"),
                                   SL_STR_INIT("default")};
    return word.len <= 7 && sl_shape_is_one_of(word, words, 4);
}

static inline char *copy_word(const char **from, const char *end, char *out)
{
    const char *p = *from;
    do {
        char c = *p++;
        *out++ = (char)(c | ((unsigned char)(c - 'A') < 26 ? 0x20 : 0));
    } while (p < end && (sl_shape_classes[(unsigned char)*p] & SL_IN_WORD));
    *from = p;
    return out;
}

static void scan_operator(struct sl_shape_pass *s);

static void scan_word(struct sl_shape_pass *s)
{
    if (*s->p == '@' && s->rules->dollar_quotes) { /* PostgreSQL's @>, @@ */
        scan_operator(s);
        return;
    }
    const char *start = s->p;
    enum sl_shape_token last = s->last;
    char *before = s->out;
    sl_shape_pass_space(s);
    char *from = s->out;
    if (s->p[0] == '@' && s->p + 1 < s->end && s->p[1] == '@') /* @@sql_mode */
        *s->out++ = *s->p++;
    s->out = copy_word(&s->p, s->end, s->out);
    sl_str word = {from, (size_t)(s->out - from)};
    if (s->p < s->end && *s->p == '\'' && is_string_prefix(word)) {
        s->out = before;
        s->last = last;
        sl_shape_pass_string(s, start, s->rules->backslash || word.ptr[0] == 'e');
        return;
    }
    if (s->values_depth >= 0 && s->depth > s->values_depth && is_value_word(word)) {
        s->out = before;
        sl_shape_pass_placeholder(s);
        return;
    }
    end_word(s, from);
}

static void scan_open(struct sl_shape_pass *s)
{
    bool after_word = s->last == SL_SHAPE_WORD;
    sl_str word = sl_shape_pass_slice(s, s->word_off, s->word_len);
    bool is_values = after_word && (SL_SHAPE_LAST_IS(s, "values") || SL_SHAPE_LAST_IS(s, "value"));
    if ((is_values || (after_word && SL_SHAPE_LAST_IS(s, "in"))) && sl_shape_pass_list(s)) {
        if (is_values)
            sl_shape_pass_skip_rows(s);
        return;
    }
    if (s->last != SL_SHAPE_WORD ? s->last != SL_SHAPE_NONE && s->last != SL_SHAPE_GLUE : sl_shape_is_spaced_word(word))
        *s->out++ = ' ';
    *s->out++ = '(';
    s->p++;
    s->keeps = s->keeps << 1 | (after_word && sl_shape_is_bucket_function(word));
    if (is_values && s->values_depth < 0)
        s->values_depth = s->depth;
    s->depth++;
    s->last = SL_SHAPE_GLUE;
    s->column_len = 0;
}

static void scan_close(struct sl_shape_pass *s)
{
    *s->out++ = ')';
    s->p++;
    s->keeps >>= 1;
    if (s->by_depth == s->depth + 1)
        s->by_depth = 0;
    s->last = SL_SHAPE_CLOSE;
    s->column_len = 0;
    if (s->depth > 0)
        s->depth--;
    if (s->values_depth == s->depth) {
        s->values_depth = -1;
        sl_shape_pass_skip_rows(s);
    }
}

/* The bytes of one operator from s->p: a run, which stops before a comment and before a sign. */
static size_t operator_len(const struct sl_shape_pass *s)
{
    const char *p = s->p + 1;
    bool postgres = s->rules->dollar_quotes;
    while (p < s->end && ((sl_shape_classes[(unsigned char)*p] & SL_CLASS) == SL_BYTE_OPERATOR ||
                          (postgres && (*p == '@' || *p == '#')))) {
        if ((*p == '/' || *p == '*') && p + 1 < s->end && (p[1] == '*' || p[1] == '/'))
            break;
        if (*p == '-' || *p == '+' || *p == '%')
            break;
        p++;
    }
    return (size_t)(p - s->p);
}

/* status = …, status <> …, status != …: the word before is what the literal is compared with. */
static void note_comparison(struct sl_shape_pass *s, size_t len)
{
    const char *op = s->p;
    bool compares =
        (len == 1 && op[0] == '=') || (len == 2 && ((op[0] == '<' && op[1] == '>') || (op[0] == '!' && op[1] == '=')));
    s->column_len = 0;
    if (!compares || s->last != SL_SHAPE_WORD)
        return;
    s->column_off = s->word_off;
    s->column_len = s->word_len;
}

static void scan_operator(struct sl_shape_pass *s)
{
    if (s->end - s->p >= 2 && s->p[0] == '/' && s->p[1] == '*') {
        sl_shape_pass_comment(s);
        return;
    }
    if (sl_shape_pass_is_dash_comment(s)) {
        sl_shape_pass_skip_line(s);
        return;
    }
    if (s->executable_comment && s->end - s->p >= 2 && s->p[0] == '*' && s->p[1] == '/') {
        s->executable_comment = false;
        s->p += 2;
        return;
    }
    bool operand_before = s->last == SL_SHAPE_WORD || s->last == SL_SHAPE_LITERAL || s->last == SL_SHAPE_CLOSE;
    if (s->p[0] == '%' && s->end - s->p >= 2 && (s->p[1] == 's' || s->p[1] == '(') && !operand_before) {
        const char *close = s->p[1] == '(' ? memchr(s->p, ')', (size_t)(s->end - s->p)) : s->p;
        s->p = close && s->end - close >= 2 ? close + 2 : s->end;
        sl_shape_pass_placeholder(s);
        return;
    }
    size_t len = operator_len(s);
    note_comparison(s, len);
    s->before = s->last;
    sl_shape_pass_space(s);
    memcpy(s->out, s->p, len);
    s->out += len;
    s->p += len;
    s->operator_len = len;
    s->last = SL_SHAPE_OPERATOR;
}

static void scan_colon(struct sl_shape_pass *s)
{
    if (s->end - s->p >= 2 && s->p[1] == ':') {
        memcpy(s->out, "::", 2);
        s->out += 2;
        s->p += 2;
        s->last = SL_SHAPE_GLUE;
        return;
    }
    bool operand_before = s->last == SL_SHAPE_WORD || s->last == SL_SHAPE_LITERAL || s->last == SL_SHAPE_CLOSE;
    if (s->end - s->p >= 2 && !operand_before && (sl_shape_classes[(unsigned char)s->p[1]] & SL_IN_WORD)) {
        s->p++;
        while (s->p < s->end && (sl_shape_classes[(unsigned char)*s->p] & SL_IN_WORD))
            s->p++;
        sl_shape_pass_placeholder(s);
        return;
    }
    sl_shape_pass_space(s);
    *s->out++ = *s->p++;
    if (s->p < s->end && *s->p == '=') /* @a := 1 */
        *s->out++ = *s->p++;
    s->before = s->last;
    s->operator_len = 1;
    s->last = SL_SHAPE_OPERATOR;
}

static void scan_dollar(struct sl_shape_pass *s)
{
    bool is_open = false;
    if (s->end - s->p >= 2 && sl_is_digit(s->p[1])) {
        s->p = sl_shape_skip_number(s->p + 1, s->end);
        sl_shape_pass_placeholder(s);
        return;
    }
    if (s->rules->dollar_quotes) {
        const char *close = sl_shape_skip_dollar(s->p, s->end, &is_open);
        if (close)
            s->p = close;
        else if (is_open)
            sl_shape_pass_run_to_end(s);
        if (is_open) {
            sl_shape_pass_placeholder(s);
            return;
        }
    }
    scan_word(s);
}

static void scan_bracket(struct sl_shape_pass *s)
{
    if (s->rules->brackets) {
        const char *close = memchr(s->p, ']', (size_t)(s->end - s->p));
        scan_quoted_identifier(s, close ? close + 1 : NULL);
        return;
    }
    if (s->last == SL_SHAPE_WORD && SL_SHAPE_LAST_IS(s, "array") && sl_shape_pass_list(s))
        return;
    *s->out++ = *s->p++;
    s->last = SL_SHAPE_GLUE;
    s->column_len = 0;
}

/* CREATE … PROCEDURE and the like have a body with ";" in it. */
static bool has_body(sl_str normalised)
{
    static const sl_str kinds[] = {SL_STR_INIT(" procedure "), SL_STR_INIT(" function "), SL_STR_INIT(" trigger "),
                                   SL_STR_INIT(" event "), SL_STR_INIT(" package ")};
    if (sl_str_has_prefix(normalised, SL_STR("begin not atomic")))
        return true;
    if (!sl_str_has_prefix(normalised, SL_STR("create ")) && !sl_str_has_prefix(normalised, SL_STR("alter ")))
        return false;
    sl_str head = sl_str_slice(normalised, 0, 160);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (sl_str_find(head, kinds[i]) != SIZE_MAX)
            return true;
    }
    return false;
}

/* At ";": true if the statement ends here. */
static bool scan_semicolon(struct sl_shape_pass *s)
{
    const char *p = s->p + 1;
    while (p < s->end && (sl_is_space(*p) || *p == ';'))
        p++;
    if (p >= s->end) {
        s->p = s->end;
        return true;
    }
    if (s->splits && !has_body((sl_str){s->base, (size_t)(s->out - s->base)})) {
        s->p = p;
        return true;
    }
    *s->out++ = ';';
    s->p++;
    s->last = SL_SHAPE_COMMA;
    s->column_len = 0;
    return false;
}

/* One token that is no word, number or white space. False at the end of the statement. */
static bool scan_token(struct sl_shape_pass *s, unsigned byte_class)
{
    switch (byte_class) {
    case SL_BYTE_QUOTE:
        sl_shape_pass_string(s, s->p, s->rules->backslash);
        return true;
    case SL_BYTE_DQUOTE:
        if (s->rules->double_quotes)
            sl_shape_pass_string(s, s->p, s->rules->backslash);
        else
            scan_quoted_identifier(s, sl_shape_skip_quoted(s->p, s->end, false));
        return true;
    case SL_BYTE_BACKTICK:
        scan_quoted_identifier(s, sl_shape_skip_quoted(s->p, s->end, false));
        return true;
    case SL_BYTE_OPEN:
        scan_open(s);
        return true;
    case SL_BYTE_CLOSE:
        scan_close(s);
        return true;
    case SL_BYTE_COMMA:
        *s->out++ = ',';
        s->p++;
        s->last = SL_SHAPE_COMMA;
        s->column_len = 0;
        return true;
    case SL_BYTE_DOT:
        if (s->p + 1 < s->end && sl_is_digit(s->p[1]) && s->last != SL_SHAPE_WORD) {
            sl_shape_pass_number(s);
            return true;
        }
        *s->out++ = '.';
        s->p++;
        s->last = SL_SHAPE_GLUE;
        return true;
    case SL_BYTE_SEMICOLON:
        return !scan_semicolon(s);
    case SL_BYTE_QUESTION:
        s->p++;
        sl_shape_pass_placeholder(s);
        return true;
    case SL_BYTE_COLON:
        scan_colon(s);
        return true;
    case SL_BYTE_DOLLAR:
        scan_dollar(s);
        return true;
    case SL_BYTE_BRACKET:
        scan_bracket(s);
        return true;
    case SL_BYTE_BRACKET_CLOSE:
        *s->out++ = *s->p++;
        s->last = SL_SHAPE_CLOSE;
        return true;
    case SL_BYTE_HASH:
        if (s->rules->hash_comment) {
            sl_shape_pass_skip_line(s);
            return true;
        }
        scan_operator(s);
        return true;
    default:
        scan_operator(s);
        return true;
    }
}

static void scan_tokens(struct sl_shape_pass *s)
{
    while (s->p < s->end) {
        unsigned byte_class = sl_shape_classes[(unsigned char)*s->p] & SL_CLASS;
        if (byte_class == SL_BYTE_SPACE) {
            s->p++;
        } else if (byte_class == SL_BYTE_WORD) {
            scan_word(s);
        } else if (byte_class == SL_BYTE_DIGIT) {
            sl_shape_pass_number(s);
        } else if (!scan_token(s, byte_class)) {
            return;
        }
    }
}

void sl_shape_scan(struct sl_shape_scan *scan, sl_str text, enum sl_dialect dialect, bool splits)
{
    sl_buf_reset(&scan->normalised);
    /* A token gives at most its own length, one space and two bytes of a folded list. */
    char *out = sl_buf_reserve(&scan->normalised, text.len * 2 + 64);
    struct sl_shape_pass s = {.p = text.ptr,
                              .start = text.ptr,
                              .end = text.ptr + text.len,
                              .out = out,
                              .base = out,
                              .rules = sl_shape_rules(dialect),
                              .scan = scan,
                              .values_depth = -1,
                              .splits = splits};
    scan->n_slots = 0;
    scan->tags_off = scan->tags_len = 0;
    scan->is_unclosed = false;
    scan_tokens(&s);
    scan->normalised.len = (size_t)(s.out - s.base);
    scan->consumed = (uint32_t)(s.p - s.start);
    scan->is_blank = scan->normalised.len == 0;
    XXH128_hash_t hash = XXH3_128bits(scan->normalised.bytes, scan->normalised.len);
    scan->hash_hi = hash.high64;
    scan->hash_lo = hash.low64;
}

void sl_shape_scan_release(struct sl_shape_scan *scan)
{
    sl_buf_release(&scan->normalised);
}
