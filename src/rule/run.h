/*
 * run: the rules' queries over the graph → rows of finding.
 *
 * In:    the graph with all facts; the enabled rules of one phase.
 * Out:   rows in rule, finding, finding_evidence, finding_affects. Deterministic: the same graph gives the same rows.
 * Fails: SL_ERR_CONFIG with the page and line for a query that SQLite does not take (or that is not a SELECT), lacks a
 *        required column, or whose message names a column that it does not return; SL_ERR_LIMIT for one that takes more
 *        than SL_MAX_RULE_STEPS steps.
 *
 * A query returns `subject` and where the finding stands: the first of use_id, assignment_id, write_id, ignore_id,
 * statement_id, column_id that is not NULL. What else it may return is in docs/writing-rules.md.
 */
#ifndef SL_RULE_RUN_H
#define SL_RULE_RUN_H

#include "graph/graph.h"
#include "rule/selection.h"

/* Compiles every rule's query and checks its columns and templates, without running it. */
SL_NODISCARD enum sl_status sl_rule_check_queries(struct sl_graph *graph, const struct sl_rule_set *set,
                                                  struct sl_error *err);
/* One row of table rule for each rule; before the first sl_rule_run(). `selection` may be NULL. */
SL_NODISCARD enum sl_status sl_rule_add_rows(struct sl_graph *graph, const struct sl_rule_set *set,
                                             const struct sl_rule_selection *selection, struct sl_error *err);
/* Runs the enabled rules of `phase`. */
SL_NODISCARD enum sl_status sl_rule_run(struct sl_graph *graph, const struct sl_rule_set *set,
                                        const struct sl_rule_selection *selection, enum sl_rule_phase phase,
                                        struct sl_error *err);

#endif
