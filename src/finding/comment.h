/*
 * comment: what people say to stamplint in comments.
 *
 *     -- stamplint-ignore SL101: reason          this statement
 *     -- stamplint-ignore-file SL101, SL102: …   this file
 *     -- stamplint-ack: who, what was checked    a destructive statement was looked at
 *
 * In:    the bytes of a source in any language; comments begin with "--", "#", "//", "/" "*" or "<!--". The marker is
 *        the first thing of its comment or of a line inside a block comment.
 * Out:   markers in source order, borrowing from the bytes.
 * Not here: which statement a marker stands at, and whether it silences anything (ignore).
 */
#ifndef SL_FINDING_COMMENT_H
#define SL_FINDING_COMMENT_H

#include "base/span.h"

enum sl_marker_kind { SL_MARKER_IGNORE, SL_MARKER_IGNORE_FILE, SL_MARKER_ACK };

struct sl_marker {
    enum sl_marker_kind kind;
    sl_str rule;   /* empty: none was named, or an ack */
    sl_str reason; /* empty: none was given */
    struct sl_span span;
};

struct sl_markers {
    struct sl_marker *items; /* one for each rule that is named */
    size_t len, cap;
};

void sl_comment_scan(sl_str bytes, struct sl_arena *arena, struct sl_markers *markers);

#endif
