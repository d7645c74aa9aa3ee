#include "plan/plan.h"

#include <stdio.h>

#include "base/buf.h"
#include "plan/fill.h"
#include "plan/form.h"
#include "plan/rails.h"
#include "plan/repoint.h"
#include "plan/view.h"

SL_PRINTF(2, 0)
static sl_str format_text(struct sl_arena *run, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = sl_arena_alloc(run, (size_t)(len < 0 ? 0 : len) + 1);
    if (len > 0)
        vsnprintf(text, (size_t)len + 1, format, arguments);
    return (sl_str){text, len < 0 ? 0 : (size_t)len};
}

struct sl_plan_block *sl_plan_add_block(struct sl_arena *run, struct sl_plan_step *step, enum sl_plan_block_kind kind,
                                        const char *label, const char *format, ...)
{
    struct sl_plan_block *block = SL_VEC_PUSH(run, &step->blocks);
    va_list arguments;
    va_start(arguments, format);
    *block = (struct sl_plan_block){
        .kind = kind, .label = sl_arena_copy(run, sl_str_from(label)), .text = format_text(run, format, arguments)};
    va_end(arguments);
    return block;
}

void sl_plan_add_note(struct sl_arena *run, struct sl_plan_step *step, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *SL_VEC_PUSH(run, &step->notes) = format_text(run, format, arguments);
    va_end(arguments);
}

void sl_plan_add_undo(struct sl_arena *run, struct sl_plan_step *step, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *SL_VEC_PUSH(run, &step->undo) = format_text(run, format, arguments);
    va_end(arguments);
}

static const struct sl_plan_form *form_of(enum sl_dialect dialect)
{
    static const struct sl_plan_form *const forms[SL_DIALECT_COUNT] = {[SL_DIALECT_POSTGRES] = &sl_plan_form_postgres,
                                                                       [SL_DIALECT_MYSQL] = &sl_plan_form_mysql,
                                                                       [SL_DIALECT_SQLITE] = &sl_plan_form_sqlite};
    return forms[dialect];
}

static void build_add(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                      struct sl_plan_step *step)
{
    if (target->event_exists) {
        step->why = sl_arena_printf(run, "%.*s.%.*s is there already: nothing to do.", SL_STR_ARG(target->table),
                                    SL_STR_ARG(target->event));
        return;
    }
    step->why =
        SL_STR("One column, written once, when the event happens; nullable, for rows without the event have no time.");
    form_of(target->dialect)->add_column(target, words, run, step);
}

static void build_fill(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                       struct sl_plan_step *step)
{
    step->why = SL_STR("In the statement that changes the state: the two can never disagree. Deploy it before the "
                       "backfill, so that no "
                       "event falls between the two.");
    sl_plan_add_fill(target, words, run, step);
    if (target->wants_trigger)
        form_of(target->dialect)->guard(target, words, run, step);
    else
        sl_plan_add_note(run, step, "--trigger adds a trigger that fills the time and guards that it is written once.");
    *SL_VEC_PUSH(run, &step->undo_words) = SL_STR("deploy the statements as they were; nothing reads the column yet");
}

static void build_backfill(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                           struct sl_plan_step *step)
{
    const struct sl_plan_source *chosen = &target->sources.items[target->source];
    step->why = sl_arena_printf(
        run,
        "Rows with %.*s and no time yet, %u keys a batch, a pause between batches; only missing times are "
        "written, so it can be stopped and run again. Filled from %.*s, which %.*s",
        SL_STR_ARG(words->when), target->batch_rows, SL_STR_ARG(chosen->label), SL_STR_ARG(chosen->cost));
    for (size_t i = 0; i < target->sources.len; i++) {
        const struct sl_plan_source *source = &target->sources.items[i];
        if (i == target->source)
            continue;
        sl_plan_add_note(run, step, "Instead, --source %.*s: %.*s %.*s",
                         SL_STR_ARG(source->kind == SL_PLAN_SOURCE_EVENT_TABLE ? SL_STR("event") : source->label),
                         SL_STR_ARG(source->label), SL_STR_ARG(source->cost));
    }
    form_of(target->dialect)->backfill(target, words, run, step);
    for (size_t i = 0; i < target->other_triggers.len; i++)
        sl_plan_add_note(run, step,
                         target->keep == SL_KEEP_REPLICA_ROLE
                             ? "The trigger %.*s is silenced for the batches too: see that nothing misses it."
                             : "The trigger %.*s fires for each row that is filled: see what it does.",
                         SL_STR_ARG(target->other_triggers.items[i]));
    *SL_VEC_PUSH(run, &step->undo_words) =
        SL_STR("stop it at any time; to fill from another source, undo step 1 and begin again");
}

static void build_index(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                        struct sl_plan_step *step)
{
    size_t n_bounded = 0;
    for (size_t i = 0; i < target->reports.len; i++)
        n_bounded += target->reports.items[i].is_bounded;
    if (!n_bounded) {
        step->why = sl_arena_printf(run, "Not needed: no report has a range of %.*s, they read all events.",
                                    SL_STR_ARG(words->touch.len ? words->touch : words->event));
        return;
    }
    step->why =
        sl_arena_printf(run, "Reports that read a range of the time: %zu of %zu.", n_bounded, target->reports.len);
    form_of(target->dialect)->index(target, words, run, step);
}

static void build_repoint(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                          struct sl_plan_step *step)
{
    struct sl_repairs repairs = {0};
    struct sl_names left_out = {0};
    if (!target->reports.len) {
        step->why = SL_STR("No report was found that counts this event by another time.");
        return;
    }
    step->why = sl_arena_printf(run, "%zu %s %.*s by %.*s today. Deploy it when the first queries of step 6 answer 0.",
                                target->reports.len, target->reports.len == 1 ? "report counts" : "reports count",
                                SL_STR_ARG(words->when), SL_STR_ARG(words->touch));
    sl_repoint_find(target, false, run, &repairs, &left_out);
    for (size_t i = 0; i < repairs.len; i++) {
        const struct sl_repair *repair = &repairs.items[i];
        struct sl_plan_block *block = sl_plan_add_block(run, step, SL_BLOCK_DIFF, "", "%.*s", SL_STR_ARG(repair->diff));
        block->path = repair->path;
        for (size_t j = 0; j < repair->unsafe.len; j++)
            sl_plan_add_note(run, step, "Look at %.*s, %.*s.", SL_STR_ARG(repair->path),
                             SL_STR_ARG(repair->unsafe.items[j]));
    }
    for (size_t i = 0; i < left_out.len; i++)
        *SL_VEC_PUSH(run, &step->notes) = left_out.items[i];
    for (size_t i = 0; i < target->reports.len; i++) {
        const struct sl_plan_report *report = &target->reports.items[i];
        bool is_file = sl_str_eq(report->source_kind, SL_STR("sql")) || sl_str_eq(report->source_kind, SL_STR("code"));
        sl_str text = is_file ? SL_STR_EMPTY : sl_repoint_text(target, report, run);
        if (!text.len)
            continue;
        if (sl_plan_is_view(report->text, target->dialect, run)) {
            sl_plan_add_view(target, report, text, run, step);
            continue;
        }
        struct sl_plan_block *block = sl_plan_add_block(run, step, SL_BLOCK_REWRITE, "", "%.*s", SL_STR_ARG(text));
        block->path = report->path;
        block->line = report->line;
    }
    *SL_VEC_PUSH(run, &step->undo_words) = SL_STR("apply the diffs in reverse (git apply -R)");
}

static void add_comparison(const struct sl_plan_target *target, const struct sl_plan_report *report,
                           struct sl_arena *run, struct sl_plan_step *step)
{
    sl_str old_text = sl_plan_bare_statement(report->text);
    sl_str new_text = sl_plan_bare_statement(sl_repoint_text(target, report, run));
    bool can_run =
        report->is_select && !report->has_parameters && new_text.len && !sl_str_eq(report->source_kind, SL_STR("code"));
    if (!can_run)
        return;
    static const char *const labels[] = {
        [SL_PLAN_SOURCE_EVENT_TABLE] = "rows in which the old report and the new one differ: each is a number that was "
                                       "wrong",
        [SL_PLAN_SOURCE_BIRTH] = "rows in which the old report and the new one differ: not 0, for old events have the "
                                 "time of the row's birth",
        [SL_PLAN_SOURCE_TOUCH] = "rows in which the old report and the new one differ: 0, unless a write has moved the "
                                 "old time since",
        [SL_PLAN_SOURCE_GIVEN] = "rows in which the old report and the new one differ: 0, if the source is exact",
    };
    struct sl_plan_block *block = sl_plan_add_block(
        run, step, SL_BLOCK_COMPARE, labels[target->sources.items[target->source].kind],
        "WITH stamplint_old AS (\n%.*s\n), stamplint_new AS (\n%.*s\n)\n"
        "SELECT COUNT(*) FROM (\n"
        "SELECT * FROM (SELECT * FROM stamplint_old EXCEPT SELECT * FROM stamplint_new) AS stamplint_a\n"
        "UNION ALL\n"
        "SELECT * FROM (SELECT * FROM stamplint_new EXCEPT SELECT * FROM stamplint_old) AS stamplint_b\n"
        ") AS stamplint_c",
        SL_STR_ARG(old_text), SL_STR_ARG(new_text));
    block->path = report->path;
    /* Beside the new report, the old one's buckets are another axis. */
    bool has_bucket = sl_str_find(report->rules, SL_STR("SL101")) != SIZE_MAX;
    block->rules = has_bucket ? sl_arena_printf(run, "%.*s, SL108", SL_STR_ARG(report->rules)) : report->rules;
    block->line = report->line;
}

static void build_verify(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                         struct sl_plan_step *step)
{
    step->why = SL_STR("Each query must answer 0, but for a comparison of reports that says otherwise.");
    sl_plan_add_block(run, step, SL_BLOCK_ZERO, "events without a time",
                      "SELECT COUNT(*) FROM %.*s WHERE (%.*s) AND %.*s IS NULL", SL_STR_ARG(words->table),
                      SL_STR_ARG(words->when), SL_STR_ARG(words->event));
    sl_plan_add_block(run, step, SL_BLOCK_ZERO,
                      "times without an event (rows that have left the state since are history, not errors)",
                      "SELECT COUNT(*) FROM %.*s WHERE %.*s IS NOT NULL AND (%.*s) IS NOT TRUE",
                      SL_STR_ARG(words->table), SL_STR_ARG(words->event), SL_STR_ARG(words->when));
    if (words->birth.len)
        sl_plan_add_block(run, step, SL_BLOCK_ZERO, "times outside the row's life",
                          "SELECT COUNT(*) FROM %.*s WHERE %.*s < %.*s OR %.*s > %.*s", SL_STR_ARG(words->table),
                          SL_STR_ARG(words->event), SL_STR_ARG(words->birth), SL_STR_ARG(words->event),
                          SL_STR_ARG(words->now));
    else
        sl_plan_add_block(run, step, SL_BLOCK_ZERO, "times in the future",
                          "SELECT COUNT(*) FROM %.*s WHERE %.*s > %.*s", SL_STR_ARG(words->table),
                          SL_STR_ARG(words->event), SL_STR_ARG(words->now));
    if (target->dialect == SL_DIALECT_MYSQL && target->version.is_known && !target->version.is_mariadb &&
        target->version.number < 80031) {
        sl_plan_add_note(run, step, "Compare each old report with the new one by eye: EXCEPT comes with MySQL 8.0.31.");
        return;
    }
    for (size_t i = 0; i < target->reports.len; i++)
        add_comparison(target, &target->reports.items[i], run, step);
}

static void build_clean_up(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                           struct sl_plan_step *step)
{
    step->why = SL_STR("Once the queries of step 6 answer 0. The row-touch column stays: it is right for caches, "
                       "cursors and sorting.");
    form_of(target->dialect)->clean_up(target, words, run, step);
}

static const struct {
    const char *id, *title;
    sl_plan_form_step *build;
} builders[] = {
    {"add", "Add the column", build_add},
    {"fill", "Fill it where the event happens", build_fill},
    {"backfill", "Backfill old rows", build_backfill},
    {"index", "Index", build_index},
    {"repoint", "Repoint the reports", build_repoint},
    {"verify", "Verify", build_verify},
    {"clean_up", "Clean up", build_clean_up},
};

void sl_plan_build(const struct sl_plan_target *target, struct sl_arena *run, struct sl_plan *out)
{
    struct sl_plan_words words;
    struct sl_plan plan = {.target = target};
    sl_plan_words_init(&words, target, run);
    for (size_t i = 0; i < sizeof builders / sizeof *builders; i++) {
        struct sl_plan_step *step = SL_VEC_PUSH(run, &plan.steps);
        step->id = builders[i].id;
        step->title = sl_str_from(builders[i].title);
        builders[i].build(target, &words, run, step);
        if (target->is_rails)
            sl_plan_add_rails(target, &words, run, step);
    }
    *out = plan;
}
