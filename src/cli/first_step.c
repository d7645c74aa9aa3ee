#include "cli/first_step.h"

#include "cli/plan_request.h"
#include "graph/query.h"
#include "plan/plan.h"

/* The worst finding that a plan cures: a report that reads a last-write column, or a write that moves one. */
static const char subject_sql[] =
    "SELECT f.subject FROM finding AS f WHERE f.status = 'shown' AND f.severity <> 'note'"
    " AND (f.rule BETWEEN 'SL101' AND 'SL104' OR f.rule IN ('SL201', 'SL206')) AND f.subject IS NOT NULL"
    " ORDER BY CASE f.severity WHEN 'error' THEN 1 ELSE 2 END, f.calls IS NULL, f.calls DESC, f.rule, f.path, f.line "
    "LIMIT 1";

static enum sl_status find_subject(struct sl_session *session, sl_str *subject, struct sl_error *err)
{
    SL_QUERY query = NULL;
    bool has_row = false;
    SL_TRY(sl_query_prepare(session->graph, SL_STR(subject_sql), &query, err));
    SL_TRY(sl_query_step(query, &has_row, err));
    *subject = has_row ? sl_arena_copy(session->run, sl_query_str(query, 0)) : SL_STR_EMPTY;
    return SL_OK;
}

static sl_str script_of(const struct sl_plan_step *step, struct sl_arena *run)
{
    struct sl_buf script = {0};
    for (size_t i = 0; i < step->blocks.len; i++) {
        const struct sl_plan_block *block = &step->blocks.items[i];
        bool is_sql = block->kind == SL_BLOCK_SQL || block->kind == SL_BLOCK_ROUTINE;
        if (!is_sql)
            continue;
        if (block->label.len)
            sl_buf_add_printf(&script, "-- %.*s\n", SL_STR_ARG(block->label));
        sl_buf_add_printf(&script, "%.*s;\n", SL_STR_ARG(block->text));
    }
    sl_str copied = sl_arena_copy(run, sl_buf_str(&script));
    sl_buf_release(&script);
    return copied;
}

enum sl_status sl_first_step_find(struct sl_session *session, struct sl_first_step *out, struct sl_error *err)
{
    struct sl_names columns = {0};
    struct sl_plan_request request;
    struct sl_plan_targets targets = {0};
    struct sl_plan plan;
    sl_str subject = SL_STR_EMPTY;
    *out = (struct sl_first_step){0};
    SL_TRY(find_subject(session, &subject, err));
    if (!subject.len)
        return SL_OK;
    *SL_VEC_PUSH(session->run, &columns) = subject;
    SL_TRY(sl_plan_request_read(session, &columns, &request, err));
    SL_TRY(sl_plan_find_targets(session->graph, &request, session->run, &targets, err));
    if (!targets.len)
        return SL_OK;
    sl_plan_build(&targets.items[0], session->run, &plan);
    if (!plan.steps.len)
        return SL_OK;
    *out = (struct sl_first_step){subject, plan.steps.items[0].title, script_of(&plan.steps.items[0], session->run)};
    return SL_OK;
}
