/*
 * filter: which findings are shown.
 *
 * In:    findings after rules and ignores; what the run asked for.
 * Out:   finding.status: unchanged (the base has it too, or it is not on changed lines), unreported (its source only
 *        defines things), baseline. Who has a status keeps it; ignored came before. statement.is_changed.
 * Fails: SL_ERR_GRAPH.
 */
#ifndef SL_FINDING_FILTER_H
#define SL_FINDING_FILTER_H

#include "finding/baseline.h"
#include "finding/changed_lines.h"

struct sl_filter {
    const struct sl_changed_lines *changed; /* NULL: all lines */
    sl_str baseline;                        /* empty: none */
    sl_str known; /* what the base has (finding/known); shows what is new wherever it stands. Empty: by lines */
};

/* *counts is zero without a baseline. */
SL_NODISCARD enum sl_status sl_filter_apply(struct sl_graph *graph, const struct sl_filter *filter,
                                            struct sl_baseline_counts *counts, struct sl_error *err);

/* Shown findings whose severity is at least `severity`; all of them for "note". */
SL_NODISCARD enum sl_status sl_filter_count_shown(struct sl_graph *graph, sl_str severity, uint64_t *n,
                                                  struct sl_error *err);

#endif
