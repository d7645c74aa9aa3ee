/*
 * edit: replacements in a text, applied or shown as a unified diff.
 *
 * In:    the old bytes and edits that ascend and do not overlap. A line end may stand only at the end of an edit that
 *        replaces nothing and stands at the start of a line: it adds lines of its own.
 * Out:   the new bytes; the diff with three lines of context, as `git apply` and `patch -p1` read it.
 * Owns:  nothing; results live in the arena.
 * Fails: never.
 */
#ifndef SL_PLAN_EDIT_H
#define SL_PLAN_EDIT_H

#include "base/vec.h"

struct sl_edit {
    uint32_t off, len; /* of the old bytes */
    sl_str text;       /* that comes in their place */
};
struct sl_edits {
    struct sl_edit *items;
    size_t len, cap;
};

/* Puts an edit in its place; one at an offset that is there already is left out. */
void sl_edits_add(struct sl_edits *edits, struct sl_arena *arena, struct sl_edit edit);
sl_str sl_edits_apply(sl_str bytes, const struct sl_edits *edits, struct sl_arena *arena);
sl_str sl_edits_diff(sl_str path, sl_str bytes, const struct sl_edits *edits, struct sl_arena *arena);

#endif
