/* stamplint audit: query logs against the schema. */
#include "cli/command.h"
#include "cli/session.h"

static enum sl_status audit_session(struct sl_session *session, int *exit_status, struct sl_error *err)
{
    SL_TRY(sl_session_read_logs(session, err));
    SL_TRY(sl_session_judge(session, err));
    SL_TRY(sl_session_report(session, exit_status, err));
    return sl_session_print_coverage(session, err);
}

static enum sl_status run_audit(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                struct sl_error *err)
{
    struct sl_session session;
    SL_TRY(sl_session_open(options, run, &session, err));
    enum sl_status status = audit_session(&session, exit_status, err);
    sl_session_close(&session);
    return status;
}

const struct sl_command sl_command_audit = {
    .name = "audit",
    .bit = SL_COMMAND_AUDIT,
    .operands = "LOG...",
    .summary = "Audits query logs against the schema (\"-\" is standard input).",
    .run = run_audit,
};
