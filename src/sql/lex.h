/*
 * lex: the tokens of one statement of any dialect, with partners of brackets.
 *
 * In:    the bytes of one statement, the sql mode.
 * Out:   tokens in ascending order that do not overlap; white space and comments lie between them. Bodies of executable
 *        comments (MySQL) that run on the server of the mode are tokens like others. The last token is SL_TOK_END.
 * Owns:  nothing; the array lives in the arena.
 * Fails: never; a quote or comment that never ends, and brackets without partner, are reported in `error`.
 * Limits: SL_MAX_NESTING brackets inside brackets; SL_MAX_STATEMENT_BYTES.
 * Not here: what a string holds (sl_lex_decode), what words mean (lower).
 * Source: MySQL 8.0 manual "Language Structure", MariaDB "Comment Syntax", PostgreSQL 15 manual 4.1,
 * sqlite.org/lang_expr.
 */
#ifndef SL_SQL_LEX_H
#define SL_SQL_LEX_H

#include "base/arena.h"
#include "base/span.h"
#include "sql/dialect.h"
#include "sql/keyword.h"

enum sl_token_kind {
    SL_TOK_END,
    SL_TOK_WORD,     /* unquoted identifier or keyword */
    SL_TOK_QUOTED,   /* `x`, [x], and "x" where it is an identifier; 'x' of {{ ref('x') }}; $__macro before ( */
    SL_TOK_STRING,   /* 'x', "x" where it is a literal, dollar quotes; prefix N, E, U& included, _charset not */
    SL_TOK_NUMBER,   /* 1, 1.5, .5, 1e5 */
    SL_TOK_HEX,      /* 0x1F, x'1F' */
    SL_TOK_BITS,     /* 0b01, b'01' */
    SL_TOK_PARAM,    /* ? ?1 $1 :name :'name' %s %(name)s ${x} #{x} {{ x }} $__x; @name outside mysql */
    SL_TOK_VARIABLE, /* @v @`v` @@v @@global.v (mysql) */
    SL_TOK_OP,
    SL_TOK_OPEN,  /* ( ; PostgreSQL: [ too */
    SL_TOK_CLOSE, /* ) ; PostgreSQL: ] too */
    SL_TOK_COMMA,
    SL_TOK_SEMICOLON,
    SL_TOK_DOT,
    SL_TOK_LBRACE,
    SL_TOK_RBRACE,
    SL_TOK_UNKNOWN, /* a byte that starts no token of the dialect */
};

enum sl_token_flag {
    SL_TOKF_SPACE_BEFORE = 1 << 0, /* white space or a comment stands before it */
    SL_TOKF_PLAIN = 1 << 1,        /* WORD: all lower case ASCII letters, digits, _; STRING: '…' without \ or '' */
    SL_TOKF_DOUBLE = 1 << 2,       /* STRING in double quotes */
    SL_TOKF_ESCAPES = 1 << 3,      /* STRING in which \ escapes */
    SL_TOKF_SQUARE = 1 << 4,       /* OPEN, CLOSE: [ or ] */
};

struct sl_token {
    uint8_t kind;     /* enum sl_token_kind */
    uint8_t flags;    /* enum sl_token_flag */
    uint16_t keyword; /* enum sl_keyword of a WORD */
    uint32_t off, len;
    uint32_t partner; /* OPEN and CLOSE: index of the other one; OP: its first up to three bytes, see SL_OP */
};

/* An operator as a number, for switch: SL_OP2('<', '='). */
#define SL_OP1(a) ((uint32_t)(unsigned char)(a))
#define SL_OP2(a, b) (SL_OP1(a) << 8 | (unsigned char)(b))
#define SL_OP3(a, b, c) (SL_OP2(a, b) << 8 | (unsigned char)(c))

struct sl_comment {
    struct sl_span span;
    bool is_hint; /* an optimizer hint: slash star plus */
};

struct sl_tokens {
    struct sl_token *items;
    uint32_t len; /* without the SL_TOK_END that follows */
    struct {
        struct sl_comment *items;
        size_t len, cap;
    } comments; /* hints and executable comments only */
    struct {
        struct sl_span *items;
        size_t len, cap;
    } blanks;     /* parts of templates that are no SQL; ascending, between tokens */
    sl_str error; /* empty if all is well */
    uint32_t error_off;
    bool is_limit;
};

void sl_lex(sl_str statement, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_tokens *out);

/* An unquoted word, without regard to case. */
bool sl_token_is_word(sl_str statement, const struct sl_token *token, const char *word);

/* What an identifier, string or variable token stands for, quotes and escapes resolved, NUL bytes dropped. Borrowed
 * from the statement where nothing had to be changed. */
sl_str sl_lex_decode(sl_str statement, const struct sl_token *token, struct sl_arena *arena);

#endif
