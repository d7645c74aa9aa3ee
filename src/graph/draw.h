/*
 * draw: the neighbourhood of the row-touch columns as a picture.
 *
 * In:    the graph's view touch_neighbour.
 * Out:   Graphviz DOT or a Mermaid flowchart: writes → column → reports, one cluster a table. Of each column at most
 *        SL_MAX_DRAWN_STATEMENTS writes and reports, those that run most often; the rest are one node with their
 * number. Fails: SL_ERR_USAGE for another format, or a subject that has no neighbours; SL_ERR_GRAPH.
 */
#ifndef SL_GRAPH_DRAW_H
#define SL_GRAPH_DRAW_H

#include "base/buf.h"
#include "graph/graph.h"

/* `format` is "dot" or "mermaid". `subject` is one table.column, or empty: every column that somebody reports on. */
SL_NODISCARD enum sl_status sl_graph_draw(struct sl_graph *graph, sl_str format, sl_str subject, struct sl_buf *out,
                                          struct sl_error *err);

#endif
