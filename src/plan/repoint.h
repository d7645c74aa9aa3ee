/*
 * repoint: a report's file with its row-touch column replaced by the event column.
 *
 * In:    reports (target.h) with the places at which they use the column, in bytes of the source.
 * Out:   one repair a file: the old bytes, the new bytes, the unified diff between them; sl_repoint_write() puts the
 * new bytes in the file's place, whole or not at all. Owns:  nothing; everything lives in the run arena. Fails:
 * SL_ERR_IO where a file cannot be written, or no longer holds what was read. Rules: a place is replaced only if the
 * column's name stands there; a report with a place where it does not is left as it is, and the reason is said.
 * Migrations and schemas are history: they are never rewritten.
 */
#ifndef SL_PLAN_REPOINT_H
#define SL_PLAN_REPOINT_H

#include "plan/edit.h"
#include "plan/target.h"

struct sl_repair {
    sl_str path;
    sl_str old_bytes, new_bytes;
    sl_str diff;
    struct sl_edits edits;
    struct sl_names unsafe; /* why a reader should look first; empty: the report says the same, by the event's time */
};
struct sl_repairs {
    struct sl_repair *items;
    size_t len, cap;
};

/* The edits that repoint one report in `bytes`, the whole source; false with the reason where it cannot be. */
bool sl_repoint_report(const struct sl_plan_target *target, const struct sl_plan_report *report, sl_str bytes,
                       struct sl_arena *run, struct sl_edits *edits, sl_str *reason);
/* Why the repointed report may say something else; empty if nothing speaks against it. */
sl_str sl_repoint_doubt(const struct sl_plan_target *target, const struct sl_plan_report *report, struct sl_arena *run);
/* The report's own statement, repointed: for a view, or a log's query. Empty where a name was not found. */
sl_str sl_repoint_text(const struct sl_plan_target *target, const struct sl_plan_report *report, struct sl_arena *run);

/* Adds the repairs of the target's reports that stand in files, one a file; files that are there get the new edits too.
 * `only_safe` leaves reports with a doubt out. What could not be repaired is said in *left_out, a sentence each. */
void sl_repoint_find(const struct sl_plan_target *target, bool only_safe, struct sl_arena *run,
                     struct sl_repairs *repairs, struct sl_names *left_out);

/* Refuses where the file no longer holds old_bytes; else replaces it through a new file beside it, mode kept. */
SL_NODISCARD enum sl_status sl_repoint_write(const struct sl_repair *repair, struct sl_arena *run,
                                             struct sl_error *err);

#endif
