/*
 * value: what an expression is worth as the value of a time column.
 *
 * In:    an expression of the AST.
 * Out:   whether it is the current time, whatever it is wrapped in; a literal's text.
 * Fails: never; deeper than SL_MAX_AST_DEPTH it answers "no".
 */
#ifndef SL_RESOLVE_VALUE_H
#define SL_RESOLVE_VALUE_H

#include "base/arena.h"
#include "sql/ast.h"

/* now(), CURRENT_TIMESTAMP, datetime('now'), now() AT TIME ZONE 'utc', now()::date, UNIX_TIMESTAMP() …: the moment of
 * the statement and nothing of the row; not now() + an interval, which is another moment. */
bool sl_value_is_now(const PgQuery__Node *expr);
/* A literal's text without quotes; false if it is none. NULL gives false. */
bool sl_value_literal(const PgQuery__Node *expr, struct sl_arena *arena, sl_str *text);
bool sl_value_is_null(const PgQuery__Node *expr);
/* The last name of a column reference (folded as the parser does it), or an empty string; *qualifier the one before. */
sl_str sl_value_column(const PgQuery__Node *expr, sl_str *qualifier);
/* The last name of a function call, as the AST has it (lower case), or an empty string. */
sl_str sl_value_function(const PgQuery__Node *expr);
/* The string of a String node, or an empty one. */
sl_str sl_node_string(const PgQuery__Node *node);
/* The operator of an A_Expr of kind OP, DISTINCT, LIKE …, or an empty string. */
sl_str sl_expr_operator(const PgQuery__AExpr *expr);

#endif
