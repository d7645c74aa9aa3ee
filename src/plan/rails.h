/*
 * rails: a step as a Rails migration.
 *
 * In:    a step whose SQL is built.
 * Out:   a block SL_BLOCK_RUBY: one whole migration class; none for steps that are no migration.
 * Fails: never.
 */
#ifndef SL_PLAN_RAILS_H
#define SL_PLAN_RAILS_H

#include "plan/form.h"

void sl_plan_add_rails(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                       struct sl_plan_step *step);

#endif
