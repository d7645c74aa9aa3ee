/* stamplint graph: write the column-usage graph, or draw what stands around the last-write columns. */
#include "cli/command.h"
#include "cli/output.h"
#include "cli/session.h"
#include "graph/draw.h"
#include "report/report.h"
#include "resolve/dump_roles.h"

static enum sl_status dump_roles(struct sl_session *session, struct sl_error *err)
{
    size_t n_sources = session->discovered.sources.len;
    sl_str *paths = SL_NEW_ARRAY(session->run, n_sources, sl_str);
    for (size_t i = 0; i < n_sources; i++)
        paths[i] = session->discovered.sources.items[i].path;
    struct sl_buf dump = {0};
    sl_roles_dump(session->read.catalog, &session->read.roles, paths, n_sources, &dump);
    enum sl_status status = sl_output_write_lines(session->options->output, sl_buf_str(&dump), err);
    sl_buf_release(&dump);
    return status;
}

static bool is_database(const struct sl_options *options)
{
    return options->format.len == 0 || sl_str_eq(options->format, SL_STR("sqlite"));
}

static enum sl_status write_picture(struct sl_session *session, struct sl_error *err)
{
    const struct sl_options *options = session->options;
    struct sl_buf text = {0};
    const struct sl_report_options how = {0};
    bool is_page = sl_str_eq(options->format, SL_STR("html"));
    enum sl_status status = is_page ? sl_report_find(options->format)->render(session->graph, &how, &text, err)
                                    : sl_graph_draw(session->graph, options->format, SL_STR_EMPTY, &text, err);
    if (status == SL_OK)
        status = is_page ? sl_output_write(options->output, sl_buf_str(&text), err)
                         : sl_output_write_lines(options->output, sl_buf_str(&text), err);
    sl_buf_release(&text);
    return status;
}

static enum sl_status graph_session(struct sl_session *session, struct sl_error *err)
{
    const struct sl_options *options = session->options;
    SL_TRY(sl_session_read_paths(session, err));
    if (options->dump.len > 0) {
        SL_TRY(dump_roles(session, err));
        return sl_session_print_coverage(session, err);
    }
    SL_TRY(sl_session_judge(session, err));
    SL_TRY(sl_graph_commit(session->graph, err));
    if (is_database(options))
        SL_TRY(sl_graph_save(session->graph, options->output.ptr, err));
    else
        SL_TRY(write_picture(session, err));
    return sl_session_print_coverage(session, err);
}

static enum sl_status run_graph(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                struct sl_error *err)
{
    struct sl_session session;
    if (options->dump.len > 0 && !sl_str_eq(options->dump, SL_STR("roles")))
        return sl_error_set(err, SL_ERR_USAGE, "--dump takes roles, not '%.*s'.", SL_STR_ARG(options->dump));
    if (is_database(options) && options->output.len == 0 && options->dump.len == 0)
        return sl_error_set(
            err, SL_ERR_USAGE,
            "graph needs --output FILE (a SQLite database), --dump roles, or --format dot, mermaid or html.");
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
    .summary = "Writes the column-usage graph, a SQLite database; or draws it.",
    .run = run_graph,
};
