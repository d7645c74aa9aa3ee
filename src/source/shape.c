#include "source/shape.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "source/shape_lex.h"
#include "source/shape_words.h"

enum byte_class {
    C_OTHER,
    C_SPACE,
    C_WORD,
    C_DIGIT,
    C_QUOTE,
    C_DQUOTE,
    C_BACKTICK,
    C_OPEN,
    C_CLOSE,
    C_COMMA,
    C_DOT,
    C_SEMICOLON,
    C_OPERATOR,
    C_HASH,
    C_DOLLAR,
    C_QUESTION,
    C_COLON,
    C_BRACKET,
    C_BRACKET_CLOSE,
    C_COUNT,
};

#define IN_WORD 0x80 /* the byte may stand inside a word */
#define CLASS 0x1f

#define W (C_WORD | IN_WORD)
#define D (C_DIGIT | IN_WORD)
#define W8 W, W, W, W, W, W, W, W
#define W64 W8, W8, W8, W8, W8, W8, W8, W8
static const unsigned char classes[256] = {
    ['\t'] = C_SPACE,
    ['\n'] = C_SPACE,
    ['\v'] = C_SPACE,
    ['\f'] = C_SPACE,
    ['\r'] = C_SPACE,
    [' '] = C_SPACE,
    ['!'] = C_OPERATOR,
    ['"'] = C_DQUOTE,
    ['#'] = C_HASH,
    ['$'] = C_DOLLAR | IN_WORD,
    ['%'] = C_OPERATOR,
    ['&'] = C_OPERATOR,
    ['\''] = C_QUOTE,
    ['('] = C_OPEN,
    [')'] = C_CLOSE,
    ['*'] = C_OPERATOR,
    ['+'] = C_OPERATOR,
    [','] = C_COMMA,
    ['-'] = C_OPERATOR,
    ['.'] = C_DOT,
    ['/'] = C_OPERATOR,
    ['0'] = D,
    D,
    D,
    D,
    D,
    D,
    D,
    D,
    D,
    D,
    [':'] = C_COLON,
    [';'] = C_SEMICOLON,
    ['<'] = C_OPERATOR,
    ['='] = C_OPERATOR,
    ['>'] = C_OPERATOR,
    ['?'] = C_QUESTION,
    ['@'] = C_WORD,
    ['A'] = W8,
    W8,
    W8,
    W,
    W,
    ['['] = C_BRACKET,
    ['\\'] = C_OTHER,
    [']'] = C_BRACKET_CLOSE,
    ['^'] = C_OPERATOR,
    ['_'] = W,
    ['`'] = C_BACKTICK,
    ['a'] = W8,
    W8,
    W8,
    W,
    W,
    ['|'] = C_OPERATOR,
    ['~'] = C_OPERATOR,
    [128] = W64,
    W64,
};
#undef W
#undef D

/* What the last token was, for spacing and for telling an operand from an operator. */
enum token {
    T_NONE,    /* nothing yet */
    T_GLUE,    /* "(", ".", "::", "[": nothing stands between it and the next token */
    T_WORD,    /* word or quoted identifier */
    T_LITERAL, /* "?" or a kept literal */
    T_CLOSE,
    T_COMMA,
    T_OPERATOR,
};

struct pass {
    const char *p, *end, *start;
    char *out, *base; /* normalised bytes, with room for the worst case */
    const struct sl_shape_rules *rules;
    struct sl_shape_scan *scan;
    enum token last;
    size_t operator_len;
    enum token before;                   /* the token before an operator */
    uint32_t word_off, word_len;         /* last word, in normalised bytes */
    uint32_t previous_off, previous_len; /* the word before it */
    uint32_t column_off, column_len;     /* what the literal after this operator is compared with; len 0: nothing */
    uint64_t keeps;                      /* one bit an open parenthesis: literals choose a bucket */
    int depth;
    int values_depth; /* depth of the VALUES rows; -1: not in any */
    bool splits;
    bool executable_comment;
};

static sl_str slice(const struct pass *s, uint32_t off, uint32_t len)
{
    return (sl_str){s->base + off, len};
}

static bool last_word_is(const struct pass *s, const char *word, uint32_t len)
{
    return s->word_len == len && memcmp(s->base + s->word_off, word, len) == 0;
}
#define LAST_WORD_IS(s, literal) last_word_is((s), (literal), sizeof(literal) - 1)

static void space_before(struct pass *s)
{
    if (s->last != T_NONE && s->last != T_GLUE)
        *s->out++ = ' ';
}

/* The column's name without quotes. */
static sl_str column_name(const struct pass *s)
{
    sl_str name = slice(s, s->column_off, s->column_len);
    if (name.len >= 2 && (name.ptr[0] == '`' || name.ptr[0] == '"' || name.ptr[0] == '['))
        name = sl_str_slice(name, 1, name.len - 2);
    return name;
}

/* Makes `literal` a slot if its column and its bytes allow it; the normalised bytes hold "?" in its place. */
static bool add_slot(struct pass *s, sl_str literal)
{
    struct sl_shape_scan *scan = s->scan;
    if (scan->n_slots == SL_SHAPE_SLOTS || s->column_len == 0 || !sl_shape_is_state_name(column_name(s)))
        return false;
    struct sl_shape_slot *slot = &scan->slots[scan->n_slots++];
    sl_str name = column_name(s);
    slot->off = (uint32_t)(s->out - s->base);
    slot->len = (uint32_t)literal.len;
    slot->column_hash = XXH3_64bits(name.ptr, name.len);
    memcpy(slot->literal, literal.ptr, literal.len);
    if (literal.ptr[0] == '"') /* MySQL's "x" is 'x' */
        slot->literal[0] = slot->literal[literal.len - 1] = '\'';
    slot->value_hash = XXH3_64bits(slot->literal, literal.len);
    *s->out++ = '?';
    return true;
}

static void end_literal(struct pass *s)
{
    s->last = T_LITERAL;
    s->column_len = 0;
}

/* A "-" in front of a number is part of it, unless something stands before that it could be subtracted from. */
static void take_sign(struct pass *s)
{
    bool is_sign = s->last == T_OPERATOR && s->operator_len == 1 && s->out[-1] == '-';
    if (!is_sign || s->before == T_WORD || s->before == T_LITERAL || s->before == T_CLOSE)
        return;
    s->out--;
    if (s->before != T_GLUE && s->before != T_NONE)
        s->out--; /* the space */
    s->last = s->before;
    s->column_len = 0;
}

/* A literal from `from` to s->p: kept, a slot, or "?". */
static void emit_literal(struct pass *s, const char *from)
{
    sl_str literal = {from, (size_t)(s->p - from)};
    bool is_number = sl_is_digit(*from);
    if (is_number)
        take_sign(s);
    space_before(s);
    bool keeps = (s->keeps & 1) || LAST_WORD_IS(s, "zone");
    if (keeps && !is_number && literal.len <= SL_SHAPE_SLOT_BYTES && s->values_depth < 0) {
        memcpy(s->out, literal.ptr, literal.len);
        s->out += literal.len;
    } else if (!sl_shape_is_state_value(literal) || !add_slot(s, literal)) {
        *s->out++ = '?';
    }
    end_literal(s);
}

static void emit_placeholder(struct pass *s)
{
    space_before(s);
    *s->out++ = '?';
    end_literal(s);
}

static void run_to_end(struct pass *s)
{
    s->p = s->end;
    s->scan->is_unclosed = true;
}

static void scan_string(struct pass *s, const char *from, bool backslash)
{
    const char *close = sl_shape_skip_quoted(s->p, s->end, backslash);
    if (close)
        s->p = close;
    else
        run_to_end(s);
    emit_literal(s, from);
}

/* Remembers the token in [from, s->out) as the last word. */
static void end_word(struct pass *s, const char *from)
{
    s->previous_off = s->word_off;
    s->previous_len = s->last == T_WORD ? s->word_len : 0; /* only a word right before this one */
    s->word_off = (uint32_t)(from - s->base);
    s->word_len = (uint32_t)(s->out - from);
    s->last = T_WORD;
    s->column_len = 0;
}

static void scan_quoted_identifier(struct pass *s, const char *close)
{
    space_before(s);
    char *from = s->out;
    const char *start = s->p;
    if (close)
        s->p = close;
    else
        run_to_end(s);
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
    } while (p < end && (classes[(unsigned char)*p] & IN_WORD));
    *from = p;
    return out;
}

static void scan_operator(struct pass *s);

static void scan_word(struct pass *s)
{
    if (*s->p == '@' && s->rules->dollar_quotes) { /* PostgreSQL's @>, @@ */
        scan_operator(s);
        return;
    }
    const char *start = s->p;
    enum token last = s->last;
    char *before = s->out;
    space_before(s);
    char *from = s->out;
    s->out = copy_word(&s->p, s->end, s->out);
    sl_str word = {from, (size_t)(s->out - from)};
    if (s->p < s->end && *s->p == '\'' && is_string_prefix(word)) {
        s->out = before;
        s->last = last;
        scan_string(s, start, s->rules->backslash || word.ptr[0] == 'e');
        return;
    }
    if (s->values_depth >= 0 && s->depth > s->values_depth && is_value_word(word)) {
        s->out = before;
        emit_placeholder(s);
        return;
    }
    end_word(s, from);
}

static void scan_number(struct pass *s)
{
    const char *from = s->p;
    s->p = sl_shape_skip_number(s->p, s->end);
    emit_literal(s, from);
}

/* IN ('won', 'lost'): up to four states in one slot. */
static bool keep_state_list(struct pass *s, const char *close, unsigned n_items)
{
    uint32_t off, len;
    bool negated = s->previous_len > 0 && LAST_WORD_IS(s, "in") &&
                   sl_str_eq(slice(s, s->previous_off, s->previous_len), SL_STR("not"));
    if (negated || n_items > 4 || close - s->p > SL_SHAPE_SLOT_BYTES * 4)
        return false; /* NOT IN is rare; its column was two words ago */
    off = s->previous_off, len = s->previous_len;
    char text[SL_SHAPE_SLOT_LIST_BYTES];
    size_t n = 0;
    for (const char *p = s->p + 1; p < close - 1;) {
        if (*p == ',' || sl_is_space(*p)) {
            p++;
            continue;
        }
        const char *q =
            *p == '\'' || *p == '"' ? sl_shape_skip_quoted(p, close, false) : sl_shape_skip_number(p, close);
        if (!q || q == p || !sl_shape_is_state_value((sl_str){p, (size_t)(q - p)}))
            return false;
        if (n) {
            text[n++] = ',';
            text[n++] = ' ';
        }
        memcpy(text + n, p, (size_t)(q - p));
        n += (size_t)(q - p);
        p = q;
    }
    s->column_off = off;
    s->column_len = len;
    char *out = s->out;
    *s->out++ = ' ';
    *s->out++ = '(';
    if (n == 0 || !add_slot(s, (sl_str){text, n})) {
        s->out = out;
        return false;
    }
    *s->out++ = ')';
    return true;
}

/* IN (1, 2, 3), VALUES (1, 'x'), ARRAY[1, 2]: "(?)". */
static bool scan_literal_list(struct pass *s)
{
    unsigned n_items = 0;
    const char *close = sl_shape_skip_list(s->p, s->end, s->rules, &n_items);
    if (!close || n_items == 0)
        return false;
    if (!LAST_WORD_IS(s, "in") || !keep_state_list(s, close, n_items)) {
        if (!LAST_WORD_IS(s, "array"))
            *s->out++ = ' ';
        *s->out++ = *s->p;
        *s->out++ = '?';
        *s->out++ = close[-1];
    }
    s->p = close;
    s->last = T_CLOSE;
    s->column_len = 0;
    return true;
}

/* Rows behind the first one of VALUES say nothing new. */
static void skip_rows(struct pass *s)
{
    for (;;) {
        const char *p = sl_shape_skip_blank(s->p, s->end, s->rules);
        if (p >= s->end || *p != ',')
            return;
        p = sl_shape_skip_blank(p + 1, s->end, s->rules);
        if (p >= s->end || *p != '(')
            return;
        unsigned n_items;
        const char *close = sl_shape_skip_list(p, s->end, s->rules, &n_items);
        if (!close)
            close = sl_shape_skip_group(p, s->end, s->rules);
        if (!close) {
            run_to_end(s);
            return;
        }
        s->p = close;
    }
}

static void scan_open(struct pass *s)
{
    bool after_word = s->last == T_WORD;
    sl_str word = slice(s, s->word_off, s->word_len);
    bool is_values = after_word && (LAST_WORD_IS(s, "values") || LAST_WORD_IS(s, "value"));
    if ((is_values || (after_word && LAST_WORD_IS(s, "in"))) && scan_literal_list(s)) {
        if (is_values)
            skip_rows(s);
        return;
    }
    if (s->last != T_WORD ? s->last != T_NONE && s->last != T_GLUE : sl_shape_is_spaced_word(word))
        *s->out++ = ' ';
    *s->out++ = '(';
    s->p++;
    s->keeps = s->keeps << 1 | (after_word && sl_shape_is_bucket_function(word));
    if (is_values && s->values_depth < 0)
        s->values_depth = s->depth;
    s->depth++;
    s->last = T_GLUE;
    s->column_len = 0;
}

static void scan_close(struct pass *s)
{
    *s->out++ = ')';
    s->p++;
    s->keeps >>= 1;
    s->last = T_CLOSE;
    s->column_len = 0;
    if (s->depth > 0)
        s->depth--;
    if (s->values_depth == s->depth) {
        s->values_depth = -1;
        skip_rows(s);
    }
}

/* A comment that may be tags, such as key='value' or key:value. */
static void note_tags(struct pass *s, const char *from, const char *to)
{
    if (to - from < 3 || *from == '!' || *from == '+')
        return;
    if (!memchr(from, ':', (size_t)(to - from)) && !memchr(from, '=', (size_t)(to - from)))
        return;
    s->scan->tags_off = (uint32_t)(from - s->start);
    s->scan->tags_len = (uint32_t)(to - from);
}

/* MySQL's executable comments: what they hold is part of the statement. */
static bool scan_executable_comment(struct pass *s)
{
    const char *p = s->p + 2;
    if (!s->rules->hash_comment || p >= s->end)
        return false;
    if (*p == 'M' && p + 1 < s->end)
        p++;
    if (*p != '!')
        return false;
    p++;
    while (p < s->end && sl_is_digit(*p))
        p++;
    s->p = p;
    s->executable_comment = true;
    return true;
}

/* At "/" "*". */
static void scan_comment(struct pass *s)
{
    if (scan_executable_comment(s))
        return;
    const char *from = s->p + 2;
    const char *close = sl_shape_skip_comment(s->p, s->end, s->rules->nested_comments);
    if (!close) {
        run_to_end(s);
        return;
    }
    s->p = close;
    note_tags(s, from, close - 2);
}

static void skip_line(struct pass *s)
{
    const char *newline = memchr(s->p, '\n', (size_t)(s->end - s->p));
    s->p = newline ? newline + 1 : s->end;
}

static bool is_dash_comment(const struct pass *s)
{
    if (s->end - s->p < 2 || s->p[0] != '-' || s->p[1] != '-')
        return false;
    return !s->rules->dash_needs_space || s->end - s->p == 2 || sl_is_space(s->p[2]);
}

/* The bytes of one operator from s->p: a run, which stops before a comment and before a sign. */
static size_t operator_len(const struct pass *s)
{
    const char *p = s->p + 1;
    bool postgres = s->rules->dollar_quotes;
    while (p < s->end &&
           ((classes[(unsigned char)*p] & CLASS) == C_OPERATOR || (postgres && (*p == '@' || *p == '#')))) {
        if ((*p == '/' || *p == '*') && p + 1 < s->end && (p[1] == '*' || p[1] == '/'))
            break;
        if (*p == '-' || *p == '+' || *p == '%')
            break;
        p++;
    }
    return (size_t)(p - s->p);
}

/* status = …, status <> …, status != …: the word before is what the literal is compared with. */
static void note_comparison(struct pass *s, size_t len)
{
    const char *op = s->p;
    bool compares =
        (len == 1 && op[0] == '=') || (len == 2 && ((op[0] == '<' && op[1] == '>') || (op[0] == '!' && op[1] == '=')));
    s->column_len = 0;
    if (!compares || s->last != T_WORD)
        return;
    s->column_off = s->word_off;
    s->column_len = s->word_len;
}

static void scan_operator(struct pass *s)
{
    if (s->end - s->p >= 2 && s->p[0] == '/' && s->p[1] == '*') {
        scan_comment(s);
        return;
    }
    if (is_dash_comment(s)) {
        skip_line(s);
        return;
    }
    if (s->executable_comment && s->end - s->p >= 2 && s->p[0] == '*' && s->p[1] == '/') {
        s->executable_comment = false;
        s->p += 2;
        return;
    }
    bool operand_before = s->last == T_WORD || s->last == T_LITERAL || s->last == T_CLOSE;
    if (s->p[0] == '%' && s->end - s->p >= 2 && (s->p[1] == 's' || s->p[1] == '(') && !operand_before) {
        const char *close = s->p[1] == '(' ? memchr(s->p, ')', (size_t)(s->end - s->p)) : s->p;
        s->p = close && s->end - close >= 2 ? close + 2 : s->end;
        emit_placeholder(s);
        return;
    }
    size_t len = operator_len(s);
    note_comparison(s, len);
    s->before = s->last;
    space_before(s);
    memcpy(s->out, s->p, len);
    s->out += len;
    s->p += len;
    s->operator_len = len;
    s->last = T_OPERATOR;
}

static void scan_colon(struct pass *s)
{
    if (s->end - s->p >= 2 && s->p[1] == ':') {
        memcpy(s->out, "::", 2);
        s->out += 2;
        s->p += 2;
        s->last = T_GLUE;
        return;
    }
    bool operand_before = s->last == T_WORD || s->last == T_LITERAL || s->last == T_CLOSE;
    if (s->end - s->p >= 2 && !operand_before && (classes[(unsigned char)s->p[1]] & IN_WORD)) {
        s->p++;
        while (s->p < s->end && (classes[(unsigned char)*s->p] & IN_WORD))
            s->p++;
        emit_placeholder(s);
        return;
    }
    space_before(s);
    *s->out++ = *s->p++;
    s->before = s->last;
    s->operator_len = 1;
    s->last = T_OPERATOR;
}

static void scan_dollar(struct pass *s)
{
    bool is_open = false;
    if (s->end - s->p >= 2 && sl_is_digit(s->p[1])) {
        s->p = sl_shape_skip_number(s->p + 1, s->end);
        emit_placeholder(s);
        return;
    }
    if (s->rules->dollar_quotes) {
        const char *close = sl_shape_skip_dollar(s->p, s->end, &is_open);
        if (close)
            s->p = close;
        else if (is_open)
            run_to_end(s);
        if (is_open) {
            emit_placeholder(s);
            return;
        }
    }
    scan_word(s);
}

static void scan_bracket(struct pass *s)
{
    if (s->rules->brackets) {
        const char *close = memchr(s->p, ']', (size_t)(s->end - s->p));
        scan_quoted_identifier(s, close ? close + 1 : NULL);
        return;
    }
    if (s->last == T_WORD && LAST_WORD_IS(s, "array") && scan_literal_list(s))
        return;
    *s->out++ = *s->p++;
    s->last = T_GLUE;
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
static bool scan_semicolon(struct pass *s)
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
    s->last = T_COMMA;
    s->column_len = 0;
    return false;
}

/* One token that is no word, number or white space. False at the end of the statement. */
static bool scan_token(struct pass *s, unsigned byte_class)
{
    switch (byte_class) {
    case C_QUOTE:
        scan_string(s, s->p, s->rules->backslash);
        return true;
    case C_DQUOTE:
        if (s->rules->double_quotes)
            scan_string(s, s->p, s->rules->backslash);
        else
            scan_quoted_identifier(s, sl_shape_skip_quoted(s->p, s->end, false));
        return true;
    case C_BACKTICK:
        scan_quoted_identifier(s, sl_shape_skip_quoted(s->p, s->end, false));
        return true;
    case C_OPEN:
        scan_open(s);
        return true;
    case C_CLOSE:
        scan_close(s);
        return true;
    case C_COMMA:
        *s->out++ = ',';
        s->p++;
        s->last = T_COMMA;
        s->column_len = 0;
        return true;
    case C_DOT:
        if (s->p + 1 < s->end && sl_is_digit(s->p[1]) && s->last != T_WORD) {
            scan_number(s);
            return true;
        }
        *s->out++ = '.';
        s->p++;
        s->last = T_GLUE;
        return true;
    case C_SEMICOLON:
        return !scan_semicolon(s);
    case C_QUESTION:
        s->p++;
        emit_placeholder(s);
        return true;
    case C_COLON:
        scan_colon(s);
        return true;
    case C_DOLLAR:
        scan_dollar(s);
        return true;
    case C_BRACKET:
        scan_bracket(s);
        return true;
    case C_BRACKET_CLOSE:
        *s->out++ = *s->p++;
        s->last = T_CLOSE;
        return true;
    case C_HASH:
        if (s->rules->hash_comment) {
            skip_line(s);
            return true;
        }
        scan_operator(s);
        return true;
    default:
        scan_operator(s);
        return true;
    }
}

static void scan_tokens(struct pass *s)
{
    while (s->p < s->end) {
        unsigned byte_class = classes[(unsigned char)*s->p] & CLASS;
        if (byte_class == C_SPACE) {
            s->p++;
        } else if (byte_class == C_WORD) {
            scan_word(s);
        } else if (byte_class == C_DIGIT) {
            scan_number(s);
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
    struct pass s = {.p = text.ptr,
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
