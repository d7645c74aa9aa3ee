/*
 * repair: edits of the user's files, gathered a file at a time; shown as diffs or written.
 *
 * In:    edits of what a file held when it was read.
 * Out:   the old bytes, the new bytes, the unified diff between them; sl_repair_write() puts the new bytes in the
 *        file's place, whole or not at all.
 * Owns:  nothing; everything lives in the run arena.
 * Fails: SL_ERR_IO where a file cannot be read or written, or no longer holds what was read.
 * Not here: which edits (repoint, rewrite_code).
 */
#ifndef SL_PLAN_REPAIR_H
#define SL_PLAN_REPAIR_H

#include "plan/edit.h"
#include "plan/when.h"

struct sl_repair {
    sl_str path;
    sl_str old_bytes, new_bytes;
    sl_str diff;
    struct sl_edits edits;
    struct sl_names unsafe; /* why a reader should look first; empty: it says the same, by the event's time */
};
struct sl_repairs {
    struct sl_repair *items;
    size_t len, cap;
};

/* The repair of the file, read and added if it is not there yet; NULL with *err where it cannot be read. */
struct sl_repair *sl_repair_of(struct sl_repairs *repairs, sl_str path, struct sl_arena *run, struct sl_error *err);
/* Applies the edits and makes the diffs; files without an edit are left out. */
void sl_repairs_complete(struct sl_repairs *repairs, struct sl_arena *run);
/* Refuses where the file no longer holds old_bytes; else replaces it through a new file beside it, mode kept. */
SL_NODISCARD enum sl_status sl_repair_write(const struct sl_repair *repair, struct sl_arena *run, struct sl_error *err);

#endif
