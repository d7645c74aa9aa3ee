/*
 * plan: the way from a row-touch column that reports misuse to a dedicated event column, step by step.
 *
 * In:    a target (target.h): one table, one event, its reports and writes.
 * Out:   the steps in the order in which they are done, each with its SQL, what it rests on, and the way back.
 * Owns:  nothing; everything lives in the run arena. Files of reports are read to make diffs (repoint.h).
 * Fails: never by itself; a report whose file cannot be read gets a note instead of a diff.
 * Not here: which dialect says it how (form.h), how it is printed (render.h).
 */
#ifndef SL_PLAN_PLAN_H
#define SL_PLAN_PLAN_H

#include "plan/target.h"

enum sl_plan_block_kind {
    SL_BLOCK_SQL,     /* one statement */
    SL_BLOCK_ROUTINE, /* one statement with semicolons inside */
    SL_BLOCK_ZERO,    /* a query whose one number must be 0 */
    SL_BLOCK_COMPARE, /* the same, if the row-touch column was true for the old rows */
    SL_BLOCK_SHELL,   /* a shell line that repeats a statement */
    SL_BLOCK_REWRITE, /* a statement of the application, as it must become */
    SL_BLOCK_DIFF,    /* a unified diff */
    SL_BLOCK_RUBY,    /* the body of a Rails migration's up */
};

struct sl_plan_block {
    enum sl_plan_block_kind kind;
    sl_str label; /* what it is, a few words; may be empty */
    sl_str text;  /* without the final semicolon */
    sl_str path;  /* REWRITE, DIFF, COMPARE: where */
    sl_str rules; /* COMPARE: what the linter would say of the old report in it */
    uint32_t line;
};

struct sl_plan_step {
    const char *id; /* add | fill | backfill | index | repoint | verify | clean_up */
    sl_str title;
    sl_str why;
    struct {
        struct sl_plan_block *items;
        size_t len, cap;
    } blocks;
    struct sl_names notes;
    struct sl_names undo;       /* SQL statements, in order */
    struct sl_names undo_words; /* where going back is no SQL */
};

struct sl_plan {
    const struct sl_plan_target *target;
    struct {
        struct sl_plan_step *items;
        size_t len, cap;
    } steps;
};

void sl_plan_build(const struct sl_plan_target *target, struct sl_arena *run, struct sl_plan *out);

/* For the builders: adds to a step. The text is formatted as by printf. */
SL_PRINTF(5, 6)
struct sl_plan_block *sl_plan_add_block(struct sl_arena *run, struct sl_plan_step *step, enum sl_plan_block_kind kind,
                                        const char *label, const char *format, ...);
SL_PRINTF(3, 4) void sl_plan_add_note(struct sl_arena *run, struct sl_plan_step *step, const char *format, ...);
SL_PRINTF(3, 4) void sl_plan_add_undo(struct sl_arena *run, struct sl_plan_step *step, const char *format, ...);

#endif
