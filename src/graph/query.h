/*
 * query: reading the graph (and small changes to it) without sqlite3.h.
 *
 * In:    SQL text, parameters bound by 1-based index.
 * Out:   rows, one sl_query_step() each; columns by 0-based index. A sl_str of a column lives until the next step.
 * Owns:  sl_query_close() gives the query back; SL_QUERY closes it at the end of the scope.
 * Fails: SL_ERR_GRAPH with SQLite's words.
 *
 * A guarded query is somebody's rule: it may only SELECT, and only SL_MAX_RULE_STEPS steps of SQLite's machine long.
 */
#ifndef SL_GRAPH_QUERY_H
#define SL_GRAPH_QUERY_H

#include "graph/graph.h"

struct sl_arena;
struct sl_query;

SL_NODISCARD enum sl_status sl_query_prepare(struct sl_graph *graph, sl_str sql, struct sl_query **out,
                                             struct sl_error *err);
/* Refuses everything but SELECT, functions that answer differently each time included. */
SL_NODISCARD enum sl_status sl_query_prepare_guarded(struct sl_graph *graph, sl_str sql, struct sl_query **out,
                                                     struct sl_error *err);
/* Another budget than SL_MAX_RULE_STEPS for a guarded query. */
void sl_query_set_budget(struct sl_query *query, uint64_t n_steps);
void sl_query_close(struct sl_query *query); /* NULL is fine */
/* Closes *query: for SL_QUERY. */
void sl_query_cleanup(struct sl_query **query);
#define SL_QUERY __attribute__((cleanup(sl_query_cleanup))) struct sl_query *

/* Back to before the first row, parameters kept. */
void sl_query_reset(struct sl_query *query);
void sl_query_bind_int(struct sl_query *query, int index, int64_t value);
void sl_query_bind_str(struct sl_query *query, int index, sl_str value); /* copied */

/* *has_row false: no more rows. */
SL_NODISCARD enum sl_status sl_query_step(struct sl_query *query, bool *has_row, struct sl_error *err);
/* Steps to the end, for a statement without rows; leaves the query reset. */
SL_NODISCARD enum sl_status sl_query_run(struct sl_query *query, struct sl_error *err);

/* Index of the column called `name`, or -1. */
int sl_query_find_column(const struct sl_query *query, const char *name);
/* Of the current row. `column` -1 (or beyond the last) is NULL: an empty string, 0. */
bool sl_query_is_null(const struct sl_query *query, int column);
sl_str sl_query_str(const struct sl_query *query, int column);
sl_str sl_query_copy_str(const struct sl_query *query, int column, struct sl_arena *arena);
int64_t sl_query_int(const struct sl_query *query, int column);

/* Runs statements without rows and parameters. */
SL_NODISCARD enum sl_status sl_graph_run(struct sl_graph *graph, const char *sql, struct sl_error *err);
/* The first column of the first row; `fallback` where there is no row or it is NULL. */
SL_NODISCARD enum sl_status sl_graph_query_int(struct sl_graph *graph, sl_str sql, int64_t fallback, int64_t *out,
                                               struct sl_error *err);

#endif
