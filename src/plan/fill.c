#include "plan/fill.h"

#include "plan/repair.h"
#include "plan/rewrite_code.h"

struct filling {
    const struct sl_plan_target *target;
    const struct sl_plan_words *words;
    struct sl_arena *run;
    struct sl_plan_step *step;
    struct sl_code_file file; /* the last one that was read */
    struct sl_repairs repairs;
    struct sl_names needs; /* "models.py: import …" */
    size_t n_other;
    bool binds_again, runs_callbacks;
};

static void add_text(struct filling *f, const struct sl_plan_write *write, const char *label, sl_str text)
{
    struct sl_plan_block *block = sl_plan_add_block(f->run, f->step, SL_BLOCK_REWRITE, label, "%.*s", SL_STR_ARG(text));
    block->path = write->path;
    block->line = write->line;
}

static void add_statement(struct filling *f, const struct sl_plan_write *write)
{
    struct sl_rewrite rewrite;
    sl_rewrite_write(f->target, f->words, write, f->run, &rewrite);
    f->n_other += rewrite.outcome == SL_REWRITE_NOT_A_TRANSITION;
    if (rewrite.outcome == SL_REWRITE_NOT_A_TRANSITION)
        return;
    f->binds_again |= rewrite.binds_again;
    add_text(f, write, rewrite.outcome == SL_REWRITE_DONE ? "" : "by hand", rewrite.text);
}

static void add_need(struct filling *f, const struct sl_plan_write *write, const char *import)
{
    sl_str need = sl_arena_printf(f->run, "%.*s needs: %s", SL_STR_ARG(write->path), import);
    for (size_t i = 0; i < f->needs.len; i++) {
        if (sl_str_eq(f->needs.items[i], need))
            return;
    }
    *SL_VEC_PUSH(f->run, &f->needs) = need;
}

/* The file of the write, read and parsed once; NULL where it is not what was read before. */
static struct sl_repair *open_file(struct filling *f, const struct sl_plan_write *write)
{
    struct sl_error err;
    struct sl_repair *repair = sl_repair_of(&f->repairs, write->path, f->run, &err);
    if (!repair || repair->old_bytes.len != write->n_source_bytes)
        return NULL;
    if (!sl_str_eq(f->file.path, write->path)) {
        f->file = (struct sl_code_file){
            .path = write->path, .bytes = repair->old_bytes, .language = sl_language_of_path(write->path)};
        sl_syntax_parse(f->file.language, f->file.bytes, f->run, &f->file.syntax);
    }
    return repair;
}

static void add_code(struct filling *f, const struct sl_plan_write *write)
{
    struct sl_repair *repair = open_file(f, write);
    struct sl_code_rewrite rewrite;
    if (!repair) {
        add_statement(f, write);
        return;
    }
    sl_rewrite_code(f->target, f->words, write, &f->file, f->run, &rewrite);
    f->n_other += rewrite.outcome == SL_REWRITE_NOT_A_TRANSITION;
    f->runs_callbacks |= rewrite.outcome == SL_REWRITE_DONE && rewrite.runs_callbacks;
    if (rewrite.outcome == SL_REWRITE_BY_HAND && rewrite.text.len)
        add_text(f, write, "by hand", rewrite.text);
    else if (rewrite.outcome == SL_REWRITE_BY_HAND)
        add_statement(f, write);
    for (size_t i = 0; rewrite.outcome == SL_REWRITE_DONE && i < rewrite.edits.len; i++)
        sl_edits_add(&repair->edits, f->run, rewrite.edits.items[i]);
    f->binds_again |= rewrite.binds_again;
    if (rewrite.needs)
        add_need(f, write, rewrite.needs);
}

static void add_diffs(struct filling *f)
{
    sl_repairs_complete(&f->repairs, f->run);
    for (size_t i = 0; i < f->repairs.len; i++) {
        struct sl_plan_block *block =
            sl_plan_add_block(f->run, f->step, SL_BLOCK_DIFF, "", "%.*s", SL_STR_ARG(f->repairs.items[i].diff));
        block->path = f->repairs.items[i].path;
    }
}

static void add_notes(const struct filling *f)
{
    for (size_t i = 0; i < f->needs.len; i++)
        sl_plan_add_note(f->run, f->step, "%.*s.", SL_STR_ARG(f->needs.items[i]));
    if (f->binds_again)
        sl_plan_add_note(
            f->run, f->step,
            "Where a ? stands twice now, the client binds the state twice, in the order in which they stand.");
    sl_str callback = f->runs_callbacks ? sl_rewrite_callback(f->target, f->run) : SL_STR_EMPTY;
    if (callback.len)
        sl_plan_add_note(f->run, f->step,
                         "Instead of the edits of save, update and create, one callback in the model: %.*s. "
                         "update_all, update_columns, insert_all and SQL pass it by.",
                         SL_STR_ARG(callback));
    if (f->n_other)
        sl_plan_add_note(f->run, f->step, "Writes of the state that set other values stay as they are: %zu.",
                         f->n_other);
    if (f->step->blocks.len == 0)
        sl_plan_add_note(
            f->run, f->step,
            "No write that makes it happen was found in what was read: find it in the application, and read its code "
            "or a query log too, or let the trigger (--trigger) do it.");
}

void sl_plan_add_fill(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                      struct sl_plan_step *step)
{
    struct filling f = {.target = target, .words = words, .run = run, .step = step};
    for (size_t i = 0; i < target->writes.len; i++) {
        const struct sl_plan_write *write = &target->writes.items[i];
        if (sl_str_eq(write->source_kind, SL_STR("code")))
            add_code(&f, write);
        else
            add_statement(&f, write);
    }
    add_diffs(&f);
    add_notes(&f);
}
