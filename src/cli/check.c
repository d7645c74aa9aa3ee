/* stamplint check: lint migrations, SQL files and code. */
#include "cli/command.h"
#include "cli/fix.h"

static enum sl_status check_session(struct sl_session *session, int *exit_status, struct sl_error *err)
{
    SL_TRY(sl_session_read_paths(session, err));
    SL_TRY(sl_session_judge(session, err));
    SL_TRY(sl_session_report(session, exit_status, err));
    return sl_session_print_coverage(session, err);
}

/* In a session of its own: what is reported afterwards is read anew. */
static enum sl_status fix_first(struct sl_options *options, struct sl_arena *run, struct sl_error *err)
{
    struct sl_session session;
    SL_TRY(sl_session_open(options, run, &session, err));
    enum sl_status status = sl_session_read_paths(&session, err);
    if (status == SL_OK)
        status = sl_session_judge(&session, err);
    if (status == SL_OK)
        status = sl_fix_reports(&session, err);
    sl_session_close(&session);
    return status;
}

static enum sl_status run_check(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                struct sl_error *err)
{
    struct sl_session session;
    if (options->fix)
        SL_TRY(fix_first(options, run, err));
    SL_TRY(sl_session_open(options, run, &session, err));
    enum sl_status status = check_session(&session, exit_status, err);
    sl_session_close(&session);
    return status;
}

const struct sl_command sl_command_check = {
    .name = "check",
    .bit = SL_COMMAND_CHECK,
    .operands = "[PATH...]",
    .summary = "Lints migrations, SQL files and code.",
    .run = run_check,
};
