/*
 * write_targets: INSERT, UPDATE, DELETE and MERGE as query blocks: what they read, and which columns they set to what.
 *
 * In:    a writing node. Out: its block, uses and rows in facts->assignments. NULL for a node that is no query.
 * Not here: what the database itself rewrites (effect), how many rows a write can be (effect).
 */
#ifndef SL_RESOLVE_WRITE_TARGETS_H
#define SL_RESOLVE_WRITE_TARGETS_H

#include "resolve/resolver.h"

struct sl_block *sl_resolve_write(struct sl_resolver *r, PgQuery__Node *node, struct sl_block *parent,
                                  struct sl_block *scope, struct sl_cte *ctes);

/* CREATE FUNCTION: the queries in its body (function_body.c). */
void sl_resolve_function(struct sl_resolver *r, const PgQuery__CreateFunctionStmt *function);
/* DO: the statements of an anonymous PL/pgSQL block (function_body.c). */
void sl_resolve_do(struct sl_resolver *r, const PgQuery__DoStmt *statement);

#endif
