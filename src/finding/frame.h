/*
 * frame: the source lines that a finding shows.
 *
 * In:    findings whose status is shown; the sources on disk.
 * Out:   finding.frame, frame_line and frame_col: up to SL_MAX_FRAME_LINES whole lines of the source. Where the source
 * is no file any more (standard input, a log, a file that changed size since), the lines of the statement's own text.
 * Fails: SL_ERR_GRAPH. A file that cannot be read again is no error.
 */
#ifndef SL_FINDING_FRAME_H
#define SL_FINDING_FRAME_H

#include "graph/graph.h"

SL_NODISCARD enum sl_status sl_frame_fill(struct sl_graph *graph, struct sl_error *err);

#endif
