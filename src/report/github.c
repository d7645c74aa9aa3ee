/* github: workflow commands. GitHub shows ten annotations of each level a step, so the worst ten of each are given. */
#include "report/escape.h"
#include "report/report_private.h"

#define MAX_SHOWN 10

/* The worst of a level: those that run most often, then by place. */
static const char findings_sql[] =
    "SELECT f.severity, f.path, f.line, f.end_line, f.col, f.end_col, f.rule, f.name, f.message, f.advice,"
    " (SELECT group_concat(detail, char(10)) FROM (SELECT coalesce(detail, kind) AS detail FROM finding_evidence AS e"
    "   WHERE e.finding_id = f.finding_id ORDER BY ordinal)), f.nth"
    " FROM (SELECT *, row_number() OVER (PARTITION BY severity ORDER BY calls IS NULL, calls DESC, path, line, col, "
    "rule,"
    "   finding_id) AS nth FROM finding WHERE status = 'shown') AS f" SL_REPORT_ORDER;

enum column { SEVERITY, PATH, LINE, END_LINE, COL, END_COL, RULE, NAME, MESSAGE, ADVICE, EVIDENCE, NTH };

struct github {
    struct sl_buf *out;
    int64_t max;
};

static sl_str command_of(sl_str severity)
{
    return sl_str_eq(severity, SL_STR("note")) ? SL_STR("notice") : severity;
}

static void add_paragraph(struct sl_buf *out, const char *label, sl_str text)
{
    if (text.len == 0)
        return;
    sl_buf_add_printf(out, "%%0A%s", label);
    sl_escape_github(text, false, out);
}

static enum sl_status add_annotation(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct github *github = context;
    struct sl_buf *out = github->out;
    if (sl_query_int(row, NTH) > github->max)
        return SL_OK;
    sl_buf_add_printf(out, "::%.*s file=", SL_STR_ARG(command_of(sl_query_str(row, SEVERITY))));
    sl_escape_github(sl_query_str(row, PATH), true, out);
    sl_buf_add_printf(out, ",line=%lld,endLine=%lld", (long long)sl_query_int(row, LINE),
                      (long long)sl_query_int(row, END_LINE));
    if (sl_query_int(row, LINE) == sl_query_int(row, END_LINE))
        sl_buf_add_printf(out, ",col=%lld,endColumn=%lld", (long long)sl_query_int(row, COL),
                          (long long)sl_query_int(row, END_COL));
    sl_buf_add(out, SL_STR(",title="));
    sl_escape_github(sl_query_str(row, RULE), true, out);
    sl_buf_add_byte(out, ' ');
    sl_escape_github(sl_query_str(row, NAME), true, out);
    sl_buf_add(out, SL_STR("::"));
    sl_escape_github(sl_query_str(row, MESSAGE), false, out);
    add_paragraph(out, "Evidence: ", sl_query_str(row, EVIDENCE));
    add_paragraph(out, "Next: ", sl_query_str(row, ADVICE));
    sl_buf_add_byte(out, '\n');
    return SL_OK;
}

enum sl_status sl_report_github(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                                struct sl_error *err)
{
    struct github github = {out, options->max_annotations ? options->max_annotations : MAX_SHOWN};
    return sl_report_each(graph, SL_STR(findings_sql), add_annotation, &github, err);
}
