/*
 * parse: text of the common (PostgreSQL) grammar → AST.
 *
 * In:    one item of sl_lower().
 * Out:   the tree, unpacked into the arena; or one sentence and the byte where the parser gave up.
 * Owns:  nothing; libpg_query's own memory is given back before sl_parse() returns.
 * Fails: never as a function: a text that does not parse has tree == NULL.
 * Limits: runs of operators, nesting and lists are bounded by sql/lower before a text comes here; deeper text would
 *        overflow libpg_query's stack. What its own memory limits refuse is `is_limit`, not a syntax error.
 * Not here: dialects (lower), reading the tree (ast, resolve/).
 */
#ifndef SL_SQL_PARSE_H
#define SL_SQL_PARSE_H

#include "base/arena.h"

struct PgQuery__ParseResult; /* see ast.h */

struct sl_parsed {
    struct PgQuery__ParseResult *tree; /* NULL if the text did not parse */
    sl_str error;                      /* one sentence; empty if it parsed */
    uint32_t error_off;                /* in the text, bytes */
    bool is_limit;                     /* nesting, length or memory, not the syntax */
};

/* `text` may hold anything; a NUL in it is an error of its own. *out is filled in `arena`. */
void sl_parse(sl_str common_text, struct sl_arena *arena, struct sl_parsed *out);

/* The tree as libpg_query's JSON, for people; empty if the text does not parse. */
sl_str sl_parse_json(sl_str common_text, struct sl_arena *arena);
/* The PostgreSQL version whose grammar libpg_query brings, such as "15.1"; static. */
const char *sl_parse_grammar_version(void);

#endif
