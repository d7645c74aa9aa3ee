/* stamplint plan: the way from a row-touch column to a dedicated event column, safe on a living table. */
#include "plan/plan.h"

#include <unistd.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/plan_request.h"
#include "cli/session.h"
#include "plan/render.h"
#include "plan/repoint.h"
#include "report/escape.h"

/* An operand that exists is a path; any other is TABLE.COLUMN. */
static void sort_operands(struct sl_options *options, struct sl_arena *run, struct sl_names *columns)
{
    struct sl_str_list paths = {0};
    for (size_t i = 0; i < options->operands.len; i++) {
        sl_str word = sl_arena_copy(run, options->operands.items[i]);
        if (access(word.ptr, F_OK) == 0)
            *SL_VEC_PUSH(run, &paths) = word;
        else
            *SL_VEC_PUSH(run, columns) = word;
    }
    options->operands = paths;
}

static enum sl_status render(struct sl_session *session, const struct sl_plan *plans, size_t n_plans,
                             struct sl_buf *out, struct sl_error *err)
{
    sl_str format = session->options->format;
    if (sl_str_eq(format, SL_STR("json"))) {
        struct sl_buf json = {0};
        enum sl_status status = sl_plan_render_json(session->graph, plans, n_plans, &json, err);
        sl_escape_json(sl_buf_str(&json), out);
        sl_buf_release(&json);
        return status;
    }
    for (size_t i = 0; i < n_plans; i++) {
        if (i)
            sl_buf_add(out, SL_STR("\n\n"));
        if (sl_str_eq(format, SL_STR("sql")))
            sl_plan_render_sql(&plans[i], session->run, out);
        else if (sl_str_eq(format, SL_STR("rails")))
            sl_plan_render_rails(&plans[i], session->run, out);
        else
            sl_plan_render_text(&plans[i], session->run, out);
    }
    return SL_OK;
}

/* Diffs of several plans of one file are one repair. */
static enum sl_status write_repairs(struct sl_session *session, const struct sl_plan_targets *targets,
                                    struct sl_error *err)
{
    struct sl_repairs repairs = {0};
    struct sl_names left_out = {0};
    for (size_t i = 0; i < targets->len; i++)
        sl_repoint_find(&targets->items[i], false, session->run, &repairs, &left_out);
    for (size_t i = 0; i < repairs.len; i++) {
        SL_TRY(sl_repair_write(&repairs.items[i], session->run, err));
        sl_output_message(sl_arena_printf(session->run, "%.*s is repointed (places: %zu).",
                                          SL_STR_ARG(repairs.items[i].path), repairs.items[i].edits.len));
    }
    for (size_t i = 0; i < left_out.len; i++)
        sl_output_message(left_out.items[i]);
    return SL_OK;
}

static enum sl_status print_plans(struct sl_session *session, const struct sl_plan_targets *targets,
                                  struct sl_error *err)
{
    struct sl_plan *plans = SL_NEW_ARRAY(session->run, targets->len, struct sl_plan);
    struct sl_buf out = {0};
    for (size_t i = 0; i < targets->len; i++)
        sl_plan_build(&targets->items[i], session->run, &plans[i]);
    enum sl_status status = render(session, plans, targets->len, &out, err);
    if (status == SL_OK)
        status = sl_output_write_script(session->options->output, sl_buf_str(&out), err);
    sl_buf_release(&out);
    return status;
}

static enum sl_status plan_session(struct sl_session *session, const struct sl_names *columns, int *exit_status,
                                   struct sl_error *err)
{
    struct sl_plan_request request;
    struct sl_plan_targets targets = {0};
    SL_TRY(sl_plan_request_read(session, columns, &request, err));
    SL_TRY(sl_session_read_paths(session, err));
    SL_TRY(sl_session_judge(session, err));
    SL_TRY(sl_plan_find_targets(session->graph, &request, session->run, &targets, err));
    for (size_t i = 0; i < targets.refusals.len; i++)
        sl_output_message(targets.refusals.items[i]);
    if (!targets.len && !targets.refusals.len)
        sl_output_message(
            targets.hint.len
                ? targets.hint
                : SL_STR("No report uses a row-touch column as the time of an event: there is nothing to plan."));
    SL_TRY(print_plans(session, &targets, err));
    if (session->options->write)
        SL_TRY(write_repairs(session, &targets, err));
    *exit_status = targets.refusals.len || session->is_incomplete ? 2 : 0;
    return SL_OK;
}

static enum sl_status run_plan(struct sl_options *options, struct sl_arena *run, int *exit_status, struct sl_error *err)
{
    struct sl_session session;
    struct sl_names columns = {0};
    sort_operands(options, run, &columns);
    SL_TRY(sl_session_open(options, run, &session, err));
    session.ignores_baseline = true; /* an accepted finding is still a wrong report */
    enum sl_status status = plan_session(&session, &columns, exit_status, err);
    sl_session_close(&session);
    return status;
}

const struct sl_command sl_command_plan = {
    .name = "plan",
    .bit = SL_COMMAND_PLAN,
    .operands = "[TABLE.COLUMN...] [PATH...]",
    .summary =
        "Prints the migration to a dedicated event column: for TABLE.COLUMN, or for each finding of SL101 and SL102.",
    .run = run_plan,
};
