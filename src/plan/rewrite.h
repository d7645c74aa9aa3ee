/*
 * rewrite: a statement that writes the state, with the event's time beside it.
 *
 * In:    one known write (target.h) and the words of the plan.
 * Out:   the statement as it must become, and the edits that make it so; or why it needs none or cannot be rewritten.
 * Rules: a literal that is no value of the event is no transition; a value that is not known is tested in the
 *        statement; a time that is there already is never overwritten.
 * Fails: never.
 * Not here: writes through an ORM (rewrite_code).
 */
#ifndef SL_PLAN_REWRITE_H
#define SL_PLAN_REWRITE_H

#include "plan/edit.h"
#include "plan/words.h"

enum sl_rewrite_outcome {
    SL_REWRITE_DONE,
    SL_REWRITE_NOT_A_TRANSITION, /* the value written is none of the event's */
    SL_REWRITE_BY_HAND,          /* advice instead of a statement */
};

struct sl_rewrite {
    enum sl_rewrite_outcome outcome;
    sl_str text;           /* DONE: the statement; BY_HAND: the advice */
    struct sl_edits edits; /* DONE: of the statement's text */
    bool binds_again;      /* a parameter of the client is bound a second time */
    bool is_certain;       /* a literal says that the event happens here; else the value is tested */
};

void sl_rewrite_write(const struct sl_plan_target *target, const struct sl_plan_words *words,
                      const struct sl_plan_write *write, struct sl_arena *run, struct sl_rewrite *out);
/* The same for SQL text that stands somewhere else: in a literal, as it is written there. BY_HAND: `text` is the
 * reason alone, or empty. */
void sl_rewrite_sql(const struct sl_plan_target *target, const struct sl_plan_words *words, sl_str text,
                    struct sl_arena *run, struct sl_rewrite *out);

#endif
