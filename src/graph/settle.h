/*
 * settle: views computed once, for many queries.
 *
 * In:    a graph whose facts are complete; the queries that will run.
 * Out:   each view that they use (directly or through another view) is a temporary table of the same name, with an
 * index. SQLite finds temporary tables first, so the queries read them and need not change. The database file of
 *        sl_graph_save() has the views.
 * Why:   SQLite writes a view's text into every query that uses it: compiling ten rules took 5 ms, most of a small run.
 * Fails: SL_ERR_GRAPH.
 */
#ifndef SL_GRAPH_SETTLE_H
#define SL_GRAPH_SETTLE_H

#include "graph/graph.h"

SL_NODISCARD enum sl_status sl_graph_settle(struct sl_graph *graph, const sl_str *queries, size_t n_queries,
                                            struct sl_error *err);

#endif
