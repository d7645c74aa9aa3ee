/*
 * need: rules for which a graph holds nothing.
 *
 * In:    the rules that will run, the graph with all facts.
 * Out:   without those whose `needs` (front matter: what follows FROM) has no row: their queries need not be compiled,
 *        which is most of what a rule costs in a small run.
 * Fails: SL_ERR_CONFIG with the page and line where SQLite does not take a `needs`; SL_ERR_LIMIT as in run.h.
 */
#ifndef SL_RULE_NEED_H
#define SL_RULE_NEED_H

#include "graph/graph.h"
#include "rule/rule.h"

/* runs[i] becomes false where the i-th rule needs what is not there. */
SL_NODISCARD enum sl_status sl_rule_find_needless(struct sl_graph *graph, const struct sl_rule_set *set, bool *runs,
                                                  struct sl_error *err);

/* A rule whose query has a row here though nothing that it needs is there: its `needs` says too much. NULL: none. */
SL_NODISCARD enum sl_status sl_rule_find_wrong_needs(struct sl_graph *graph, const struct sl_rule_set *set,
                                                     const struct sl_rule **wrong, struct sl_error *err);

#endif
