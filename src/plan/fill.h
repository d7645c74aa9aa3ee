/*
 * fill: the known writes of the state, each with the event's time beside it: diffs of the code, rewritten statements of
 * SQL files and logs.
 *
 * In:    a target and its words.
 * Out:   blocks and notes of the step "fill".
 * Not here: how one write is rewritten (rewrite, rewrite_code), triggers (form).
 */
#ifndef SL_PLAN_FILL_H
#define SL_PLAN_FILL_H

#include "plan/plan.h"
#include "plan/words.h"

void sl_plan_add_fill(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                      struct sl_plan_step *step);

#endif
