/*
 * rewrite_code: a write of the state in the application's own language, with the event's time beside it.
 *
 * In:    one known write in a file of Ruby, Python or PHP (or SQL in a literal of any language), the file's bytes and
 *        its syntax tree.
 * Out:   edits of the file; or why it has to be done by hand.
 * Rules: a time that is there already is never overwritten; a value that is not known is tested; no expression that may
 *        do something is written twice.
 * Fails: never.
 * Source: Rails 7.1 API (Persistence; Relation#update_all takes Arel nodes), Django 5.0 (QuerySet.update takes
 *         expressions), Laravel 11 (Eloquent, DB::raw).
 */
#ifndef SL_PLAN_REWRITE_CODE_H
#define SL_PLAN_REWRITE_CODE_H

#include "plan/rewrite.h"
#include "source/syntax.h"

struct sl_code_file {
    sl_str path, bytes;
    enum sl_language language;
    struct sl_syntax syntax;
};

struct sl_code_rewrite {
    enum sl_rewrite_outcome outcome;
    struct sl_edits edits; /* DONE: of the file */
    sl_str text;           /* BY_HAND: the advice */
    const char *needs;     /* an import that the file lacks; NULL: none */
    bool binds_again;      /* a parameter of the client is bound a second time */
    bool runs_callbacks;   /* ActiveRecord: a callback of the model could fill the time as well */
};

void sl_rewrite_code(const struct sl_plan_target *target, const struct sl_plan_words *words,
                     const struct sl_plan_write *write, const struct sl_code_file *file, struct sl_arena *run,
                     struct sl_code_rewrite *out);

/* before_save { … }: fills the time wherever ActiveRecord saves the row. Empty where the condition has no Ruby. */
sl_str sl_rewrite_callback(const struct sl_plan_target *target, struct sl_arena *run);

#endif
