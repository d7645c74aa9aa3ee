/*
 * truth: what a condition says before any row is looked at.
 *
 * In:    an expression of WHERE.
 * Out:   true for every row (`1 = 1`, `true OR …`, `id = id`), for no row, or open.
 * Fails: never; below SL_MAX_AST_DEPTH everything is open.
 * Not here: how many rows an open condition leaves (write_scale).
 */
#ifndef SL_RESOLVE_TRUTH_H
#define SL_RESOLVE_TRUTH_H

struct PgQuery__Node;

enum sl_truth { SL_TRUTH_OPEN, SL_TRUTH_ALWAYS, SL_TRUTH_NEVER };

enum sl_truth sl_truth_of(const struct PgQuery__Node *condition);

#endif
