/*
 * lexer: what the files lex*.c share: the cursor over the bytes of one statement, and the tokens so far.
 *
 * In:    the bytes, the sql mode.
 * Out:   tokens of sql/lex; a function that reads a kind of token leaves the cursor behind it.
 * Fails: sl_lexer_fail() remembers the first complaint; the bytes are read to their end all the same.
 * Files: lex (words, numbers, brackets, the dispatch), lex_comment, lex_quote, lex_param (placeholders, variables),
 *        lex_template (what a template engine would write), lex_operator.
 * Not here: public contracts (lex.h).
 */
#ifndef SL_SQL_LEXER_H
#define SL_SQL_LEXER_H

#include "base/vec.h"
#include "sql/lex.h"

struct sl_lexer {
    sl_str text;
    const struct sl_sql_mode *mode;
    struct sl_arena *arena;
    struct sl_tokens *out;
    size_t cap;
    size_t pos;
    bool is_mysql, is_postgres, is_sqlite;
    bool space_before;
    bool in_executable;  /* inside an executable comment whose body is code */
    unsigned n_optional; /* [[ of Metabase that wait for their ]] */
    struct {
        uint32_t *items;
        size_t len, cap;
    } open;
};

static inline unsigned char sl_lexer_byte(const struct sl_lexer *x, size_t off)
{
    return off < x->text.len ? (unsigned char)x->text.ptr[off] : 0;
}

static inline bool sl_lexer_is_word_start(unsigned char c)
{
    return sl_is_alpha((char)c) || c == '_' || c >= 0x80;
}

static inline bool sl_lexer_is_word_byte(unsigned char c)
{
    return sl_lexer_is_word_start(c) || sl_is_digit((char)c) || c == '$';
}

void sl_lexer_fail(struct sl_lexer *x, const char *message, size_t off, bool is_limit);
struct sl_token *sl_lexer_push(struct sl_lexer *x, enum sl_token_kind kind, size_t off, size_t end);
/* The token before the cursor, or NULL. */
const struct sl_token *sl_lexer_previous(const struct sl_lexer *x);
/* What stands before can be the left side of an operator. */
bool sl_lexer_operand_before(const struct sl_lexer *x);
void sl_lexer_word(struct sl_lexer *x);
/* Behind the digits (with underscores where the dialect has them) that start at `i`. */
size_t sl_lexer_digits_end(const struct sl_lexer *x, size_t i);

/* lex_comment.c */
/* End of a line, or of the text. */
size_t sl_lexer_line_end(const struct sl_lexer *x, size_t off);
/* Behind the block comment that starts at `start`. */
size_t sl_lexer_comment_end(struct sl_lexer *x, size_t start);
/* False if no comment starts here. */
bool sl_lexer_block_comment(struct sl_lexer *x);
bool sl_lexer_dash_comment(struct sl_lexer *x);

/* lex_quote.c */
/* Offset behind the closing quote; doubled quotes and, where they count, backslashes are passed over. */
size_t sl_lexer_quoted_end(struct sl_lexer *x, size_t start, char quote, bool escapes, bool *is_plain);
void sl_lexer_quoted_name(struct sl_lexer *x, char close);
void sl_lexer_quote(struct sl_lexer *x, char quote);
/* x'1F', b'01', n'text', e'\n', u&'…': answers false if the letter starts an ordinary word. */
bool sl_lexer_prefixed(struct sl_lexer *x);
/* $tag$ … $tag$: the end behind the closing tag, or 0 if no dollar quote starts here. */
size_t sl_lexer_dollar_quote_end(struct sl_lexer *x);

/* lex_param.c: the cursor stands at the symbol. */
void sl_lexer_dollar(struct sl_lexer *x);
void sl_lexer_colon(struct sl_lexer *x);
void sl_lexer_at(struct sl_lexer *x);
void sl_lexer_hash(struct sl_lexer *x);
void sl_lexer_percent(struct sl_lexer *x);
size_t sl_lexer_word_end(const struct sl_lexer *x, size_t i);

/* lex_template.c: false if what stands at the cursor is no template. */
/* At {: {{ … }}, {% … %}, {# … #}. */
bool sl_lexer_brace(struct sl_lexer *x);
/* At [ or ]: [[ … {{ … }} … ]]. */
bool sl_lexer_optional_part(struct sl_lexer *x);
/* At $: $__timeFilter(…), $__interval. */
bool sl_lexer_macro(struct sl_lexer *x);

/* lex_operator.c */
void sl_lexer_push_op(struct sl_lexer *x, size_t len);
void sl_lexer_question(struct sl_lexer *x);
void sl_lexer_operator(struct sl_lexer *x);

#endif
