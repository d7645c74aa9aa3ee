/* stamplint graph: write the column-usage graph. */
#include "cli/command.h"
#include "cli/session.h"

static enum sl_status graph_session(struct sl_session *session, struct sl_error *err)
{
    const struct sl_options *options = session->options;
    SL_TRY(sl_session_read_paths(session, err));
    SL_TRY(sl_session_judge(session, err));
    SL_TRY(sl_graph_commit(session->graph, err));
    SL_TRY(sl_graph_save(session->graph, options->output.ptr, err));
    return sl_session_print_coverage(session, err);
}

static enum sl_status run_graph(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                struct sl_error *err)
{
    struct sl_session session;
    if (options->output.len == 0)
        return sl_error_set(err, SL_ERR_USAGE, "graph needs --output FILE: the graph is a SQLite database.");
    SL_TRY(sl_session_open(options, run, &session, err));
    enum sl_status status = graph_session(&session, err);
    *exit_status = session.is_incomplete ? 2 : 0;
    sl_session_close(&session);
    return status;
}

const struct sl_command sl_command_graph = {
    .name = "graph",
    .bit = SL_COMMAND_GRAPH,
    .operands = "[PATH...]",
    .summary = "Writes the column-usage graph, a SQLite database.",
    .run = run_graph,
};
