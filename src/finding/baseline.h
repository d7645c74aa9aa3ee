/*
 * baseline: findings that were accepted once, in a file, by fingerprint.
 *
 *     { "tool": "stamplint", "baseline": 1, "findings": [
 *       {"fingerprint":"…","rule":"SL101","subject":"entries.updated_at","path":"app/reports.sql"} ] }
 *
 * An entry accepts one finding with its fingerprint; two findings of one fingerprint need two entries. rule, subject
 * and path are for people. A baseline only shrinks: writing it again keeps the entries that are still found; new
 * findings come in only when that is forced.
 *
 * Fails: SL_ERR_IO, SL_ERR_CONFIG for a file that is no baseline, SL_ERR_GRAPH.
 */
#ifndef SL_FINDING_BASELINE_H
#define SL_FINDING_BASELINE_H

#include "base/buf.h"
#include "graph/graph.h"

struct sl_baseline_counts {
    uint64_t n_accepted; /* findings that an entry accepts */
    uint64_t n_stale;    /* entries whose finding is gone */
    uint64_t n_new;      /* findings that no entry accepts */
};

/* Reads and checks the file at `path` into *text. */
SL_NODISCARD enum sl_status sl_baseline_read(struct sl_graph *graph, const char *path, struct sl_buf *text,
                                             struct sl_error *err);
/* Sets the status of shown findings that the baseline accepts. */
SL_NODISCARD enum sl_status sl_baseline_apply(struct sl_graph *graph, sl_str text, struct sl_baseline_counts *counts,
                                              struct sl_error *err);
/* The new baseline for the findings whose status is shown or baseline. `old` empty: there was none, all come in. */
SL_NODISCARD enum sl_status sl_baseline_render(struct sl_graph *graph, sl_str old, bool may_grow, struct sl_buf *out,
                                               struct sl_error *err);
/* Replaces the file at `path` whole or not at all. */
SL_NODISCARD enum sl_status sl_baseline_write(const char *path, sl_str text, struct sl_error *err);

#endif
