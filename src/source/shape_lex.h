/*
 * shape_lex: the smallest lexical questions that the shape pass and the readers of logs ask: where does this quote,
 * comment or literal list end?
 *
 * Every function takes the position of the opening byte and the end of the text and answers the position behind the
 * closing one, or NULL if it is not closed (lists: if it is no list of literals).
 */
#ifndef SL_SOURCE_SHAPE_LEX_H
#define SL_SOURCE_SHAPE_LEX_H

#include "sql/dialect.h"

/* Nested parentheses inside a literal list. */
#define SL_SHAPE_LIST_DEPTH 16

struct sl_shape_rules {
    bool backslash;        /* \ escapes inside '…' */
    bool double_quotes;    /* "…" is a string */
    bool hash_comment;     /* # to the end of the line */
    bool dash_needs_space; /* -- opens a comment only before white space */
    bool dollar_quotes;
    bool nested_comments;
    bool brackets; /* [x] is an identifier */
};

/* Letters, digits, "_" and bytes of UTF-8. */
extern const unsigned char sl_shape_word_bytes[256];

const struct sl_shape_rules *sl_shape_rules(enum sl_dialect dialect);

const char *sl_shape_skip_quoted(const char *p, const char *end, bool backslash);
const char *sl_shape_skip_comment(const char *p, const char *end, bool nested);
/* $tag$ … $tag$; NULL also if no dollar quote opens at p. *is_open tells the two apart. */
const char *sl_shape_skip_dollar(const char *p, const char *end, bool *is_open);
/* The byte behind a number that starts at p. */
const char *sl_shape_skip_number(const char *p, const char *end);
/* A parenthesised list (p at its bracket) of literals, signs and placeholders only. *n_items counts them. */
const char *sl_shape_skip_list(const char *p, const char *end, const struct sl_shape_rules *rules, unsigned *n_items);
/* A parenthesised group of anything, quotes and comments respected. */
const char *sl_shape_skip_group(const char *p, const char *end, const struct sl_shape_rules *rules);
/* White space and comments. Never NULL: an open comment ends at `end`. */
const char *sl_shape_skip_blank(const char *p, const char *end, const struct sl_shape_rules *rules);

#endif
