/*
 * repoint: a report's file with its row-touch column replaced by the event column.
 *
 * In:    reports (target.h) with the places at which they use the column, in bytes of the source.
 * Out:   one repair a file (repair.h).
 * Owns:  nothing; everything lives in the run arena.
 * Fails: never; what cannot be repaired is said.
 * Rules: a place is replaced only if the column's name stands there; a report with a place where it does not is left
 *        as it is, and the reason is said. Migrations and schemas are history: they are never rewritten.
 */
#ifndef SL_PLAN_REPOINT_H
#define SL_PLAN_REPOINT_H

#include "plan/repair.h"
#include "plan/target.h"

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

#endif
