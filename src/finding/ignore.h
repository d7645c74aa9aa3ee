/*
 * ignore: inline ignores and acknowledgements in the graph, and what they silence.
 *
 * In:    a source's bytes and its statements in the graph (sl_ignore_add, once a source, before the rules run).
 * Out:   rows of ignore, each at the statement that it stands in, behind on the same line, or before; after the rules
 *        of SL_RULE_PHASE_FACTS, sl_ignore_apply() sets the status of what they silence to 'ignored' and is_used.
 * Fails: SL_ERR_GRAPH.
 */
#ifndef SL_FINDING_IGNORE_H
#define SL_FINDING_IGNORE_H

#include "base/span.h"
#include "graph/graph.h"

/* `lines` are those of the whole source. */
SL_NODISCARD enum sl_status sl_ignore_add(struct sl_graph *graph, uint32_t source_id, const struct sl_lines *lines,
                                          struct sl_error *err);
SL_NODISCARD enum sl_status sl_ignore_apply(struct sl_graph *graph, struct sl_error *err);

#endif
