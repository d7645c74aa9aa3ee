/*
 * shape_pass: the state of one run of the shape pass, and what its files share.
 *
 * shape.c drives the pass and knows words, operators and parentheses; shape_literal.c knows what becomes "?", a slot or
 * one list; shape_comment.c what is left out; shape_class.c sorts the bytes. Private to these.
 */
#ifndef SL_SOURCE_SHAPE_PASS_H
#define SL_SOURCE_SHAPE_PASS_H

#include "source/shape.h"
#include "source/shape_lex.h"

enum sl_byte_class {
    SL_BYTE_OTHER,
    SL_BYTE_SPACE,
    SL_BYTE_WORD,
    SL_BYTE_DIGIT,
    SL_BYTE_QUOTE,
    SL_BYTE_DQUOTE,
    SL_BYTE_BACKTICK,
    SL_BYTE_OPEN,
    SL_BYTE_CLOSE,
    SL_BYTE_COMMA,
    SL_BYTE_DOT,
    SL_BYTE_SEMICOLON,
    SL_BYTE_OPERATOR,
    SL_BYTE_HASH,
    SL_BYTE_DOLLAR,
    SL_BYTE_QUESTION,
    SL_BYTE_COLON,
    SL_BYTE_BRACKET,
    SL_BYTE_BRACKET_CLOSE,
    SL_BYTE_COUNT,
};

/* SL_BYTE_… and SL_IN_WORD of each byte. */
extern const unsigned char sl_shape_classes[256];
#define SL_IN_WORD 0x80 /* the byte may stand inside a word */
#define SL_CLASS 0x1f

/* What the last token was, for spacing and for telling an operand from an operator. */
enum sl_shape_token {
    SL_SHAPE_NONE,    /* nothing yet */
    SL_SHAPE_GLUE,    /* "(", ".", "::", "[": nothing stands between it and the next token */
    SL_SHAPE_WORD,    /* word or quoted identifier */
    SL_SHAPE_LITERAL, /* "?" or a kept literal */
    SL_SHAPE_CLOSE,
    SL_SHAPE_COMMA,
    SL_SHAPE_OPERATOR,
};

struct sl_shape_pass {
    const char *p, *end, *start;
    char *out, *base; /* normalised bytes, with room for the worst case */
    const struct sl_shape_rules *rules;
    struct sl_shape_scan *scan;
    enum sl_shape_token last;
    size_t operator_len;
    enum sl_shape_token before;          /* the token before an operator */
    uint32_t word_off, word_len;         /* last word, in normalised bytes */
    uint32_t previous_off, previous_len; /* the word before it */
    uint32_t column_off, column_len;     /* what the literal after this operator is compared with; len 0: nothing */
    uint64_t keeps;                      /* one bit an open parenthesis: literals choose a bucket */
    int depth;
    int values_depth; /* depth of the VALUES rows; -1: not in any */
    int by_depth;     /* depth + 1 of the GROUP BY or ORDER BY that is open; 0: none */
    bool splits;
    bool executable_comment;
};

static inline sl_str sl_shape_pass_slice(const struct sl_shape_pass *s, uint32_t off, uint32_t len)
{
    return (sl_str){s->base + off, len};
}

static inline bool sl_shape_pass_last_is(const struct sl_shape_pass *s, const char *word, uint32_t len)
{
    return s->word_len == len && memcmp(s->base + s->word_off, word, len) == 0;
}
#define SL_SHAPE_LAST_IS(s, literal) sl_shape_pass_last_is((s), (literal), sizeof(literal) - 1)

static inline void sl_shape_pass_space(struct sl_shape_pass *s)
{
    if (s->last != SL_SHAPE_NONE && s->last != SL_SHAPE_GLUE)
        *s->out++ = ' ';
}

static inline void sl_shape_pass_end_literal(struct sl_shape_pass *s)
{
    s->last = SL_SHAPE_LITERAL;
    s->column_len = 0;
}

static inline void sl_shape_pass_placeholder(struct sl_shape_pass *s)
{
    sl_shape_pass_space(s);
    *s->out++ = '?';
    sl_shape_pass_end_literal(s);
}

static inline void sl_shape_pass_run_to_end(struct sl_shape_pass *s)
{
    s->p = s->end;
    s->scan->is_unclosed = true;
}

/* At the quote of a string whose literal begins at `from`. */
void sl_shape_pass_string(struct sl_shape_pass *s, const char *from, bool backslash);
void sl_shape_pass_number(struct sl_shape_pass *s);
/* IN (1, 2, 3), VALUES (1, 'x'), ARRAY[1, 2]: "(?)". False: no list of literals stands here. */
bool sl_shape_pass_list(struct sl_shape_pass *s);
/* Rows behind the first one of VALUES say nothing new. */
void sl_shape_pass_skip_rows(struct sl_shape_pass *s);
/* At a slash and an asterisk. */
void sl_shape_pass_comment(struct sl_shape_pass *s);
bool sl_shape_pass_is_dash_comment(const struct sl_shape_pass *s);
void sl_shape_pass_skip_line(struct sl_shape_pass *s);

#endif
