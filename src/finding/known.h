/*
 * known: findings that the base of a change has too, so the change did not bring them.
 *
 * In:    the findings of a run on the base, as the text of sl_known_render(); those of this run, all of them.
 * Out:   finding.status 'unchanged' for as many of a fingerprint as the base has, at its severity or above: a note
 *        that became an error is brought by the change. Of equal ones those on changed lines are the new ones, so
 *        statement.is_changed is set before.
 * Fails: SL_ERR_GRAPH.
 * Not here: where the base's files come from (cli/base_tree), accepted findings in a file (baseline).
 */
#ifndef SL_FINDING_KNOWN_H
#define SL_FINDING_KNOWN_H

#include "base/buf.h"
#include "graph/graph.h"

SL_NODISCARD enum sl_status sl_known_render(struct sl_graph *graph, struct sl_buf *out, struct sl_error *err);
SL_NODISCARD enum sl_status sl_known_apply(struct sl_graph *graph, sl_str known, struct sl_error *err);

#endif
