/* stamplint baseline: accept today's findings, so that only new ones fail. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/session.h"
#include "finding/baseline.h"
#include "report/escape.h"

static enum sl_status write_baseline(struct sl_session *session, struct sl_error *err)
{
    sl_str path = session->options->output.len ? session->options->output : sl_session_baseline_path(session);
    bool is_new = path.len == 0;
    struct sl_buf old = {0};
    struct sl_buf text = {0}, escaped = {0};
    if (is_new)
        path = SL_STR(".stamplint-baseline.json");
    enum sl_status status = SL_OK;
    if (sl_session_baseline_path(session).len)
        status = sl_baseline_read(session->graph, sl_session_baseline_path(session).ptr, &old, err);
    if (status == SL_OK)
        status = sl_baseline_render(session->graph, old.len ? sl_buf_str(&old) : SL_STR_EMPTY, session->options->force,
                                    &text, err);
    sl_escape_json(sl_buf_str(&text), &escaped);
    if (status == SL_OK)
        status = sl_baseline_write(path.ptr, sl_buf_str(&escaped), err);
    if (status == SL_OK && !session->options->quiet)
        sl_output_message(sl_arena_printf(session->run, "%.*s is %s", SL_STR_ARG(path), is_new ? "new" : "up to date"));
    sl_buf_release(&old);
    sl_buf_release(&text);
    sl_buf_release(&escaped);
    return status;
}

static enum sl_status baseline_session(struct sl_session *session, struct sl_error *err)
{
    session->ignores_baseline = true;
    SL_TRY(sl_session_read_paths(session, err));
    SL_TRY(sl_session_judge(session, err));
    return write_baseline(session, err);
}

static enum sl_status run_baseline(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                   struct sl_error *err)
{
    struct sl_session session;
    SL_TRY(sl_session_open(options, run, &session, err));
    enum sl_status status = baseline_session(&session, err);
    *exit_status = session.is_incomplete ? 2 : 0;
    sl_session_close(&session);
    return status;
}

const struct sl_command sl_command_baseline = {
    .name = "baseline",
    .bit = SL_COMMAND_BASELINE,
    .operands = "[PATH...]",
    .summary = "Accepts today's findings; new ones still fail. A baseline only shrinks, unless --force lets it grow.",
    .run = run_baseline,
};
