/*
 * words: the pieces of SQL that every step of one plan is put together from, quoted for the dialect.
 *
 * In:    a target.
 * Out:   texts in the run arena.
 */
#ifndef SL_PLAN_WORDS_H
#define SL_PLAN_WORDS_H

#include "plan/target.h"

struct sl_plan_words {
    sl_str table;       /* public.entries */
    sl_str event;       /* drawed_at */
    sl_str touch;       /* updated_at; empty if there is none */
    sl_str birth;       /* created_at; empty if there is none */
    sl_str progress;    /* the table that remembers how far the backfill came */
    sl_str routine;     /* MySQL: the procedure of the backfill */
    sl_str index;       /* of the event column */
    sl_str index_plain; /* the same, without quotes */
    sl_str guard;       /* the write-once trigger and its function */
    sl_str source;      /* the expression that old rows are filled from, on the row called t */
    sl_str now;         /* the moment, in the event column's type */
    sl_str when;        /* the condition of the event */
    sl_str when_t;      /* … on the row called t */
};

void sl_plan_words_init(struct sl_plan_words *words, const struct sl_plan_target *target, struct sl_arena *run);

/* The names of the key: "t.a, t.b". */
sl_str sl_plan_key_list(const struct sl_plan_target *target, const char *prefix, struct sl_arena *run);
/* The same for ORDER BY, the last key first: "b.a DESC, b.b DESC". */
sl_str sl_plan_key_list_down(const struct sl_plan_target *target, const char *prefix, struct sl_arena *run);
/* "@low_1, @low_2": one word for each column of the key. */
sl_str sl_plan_numbered_list(const struct sl_plan_target *target, const char *stem, struct sl_arena *run);
/* The key at or after (">=") or at or before ("<=") the words stem_1, stem_2 …; in a form that each server answers from
 * the key's index: a row comparison, or (MySQL) the same spelled out. */
sl_str sl_plan_key_bound(const struct sl_plan_target *target, const char *prefix, const char *operator,
                         const char * stem, struct sl_arena *run);
/* "t.a = b.a AND t.b = b.b". */
sl_str sl_plan_key_equal(const struct sl_plan_target *target, const char *left, const char *right,
                         struct sl_arena *run);
bool sl_plan_type_is_integer(sl_str type);

#endif
