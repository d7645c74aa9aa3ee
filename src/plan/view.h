/*
 * view: a view that is a report, made again with the event column.
 *
 * In:    the statement that made it, and the same repointed.
 * Out:   blocks and undo of the step "repoint".
 * Source: PostgreSQL 15 manual, CREATE VIEW (OR REPLACE keeps the columns' names); MySQL 8.0 manual 13.1.23;
 *         sqlite.org/lang_createview (no OR REPLACE).
 */
#ifndef SL_PLAN_VIEW_H
#define SL_PLAN_VIEW_H

#include "plan/plan.h"

/* Without the semicolons behind it. */
sl_str sl_plan_bare_statement(sl_str text);
/* Is the statement CREATE … VIEW? */
bool sl_plan_is_view(sl_str text, enum sl_dialect dialect, struct sl_arena *run);
void sl_plan_add_view(const struct sl_plan_target *target, const struct sl_plan_report *report, sl_str repointed,
                      struct sl_arena *run, struct sl_plan_step *step);

#endif
