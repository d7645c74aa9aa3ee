/*
 * rewrite: a statement that writes the state, with the event's time beside it.
 *
 * In:    one known write (target.h) and the words of the plan.
 * Out:   the statement as it must become; or why it needs none or cannot be rewritten here.
 * Rules: a literal that is no value of the event is no transition; a value that is not known is tested in the
 * statement; a time that is there already is never overwritten. Fails: never.
 */
#ifndef SL_PLAN_REWRITE_H
#define SL_PLAN_REWRITE_H

#include "plan/words.h"

enum sl_rewrite_outcome {
    SL_REWRITE_DONE,
    SL_REWRITE_NOT_A_TRANSITION, /* the value written is none of the event's */
    SL_REWRITE_BY_HAND,          /* advice instead of a statement */
};

struct sl_rewrite {
    enum sl_rewrite_outcome outcome;
    sl_str text;      /* DONE: the statement; BY_HAND: the advice */
    bool binds_again; /* a parameter of the client is bound a second time */
};

void sl_rewrite_write(const struct sl_plan_target *target, const struct sl_plan_words *words,
                      const struct sl_plan_write *write, struct sl_arena *run, struct sl_rewrite *out);

#endif
