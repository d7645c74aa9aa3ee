/* junit: a suite for each source that was looked at, a case for each finding, one passing case where there is none. */
#include "report/escape.h"
#include "report/report_private.h"

static const char suites_sql[] =
    "SELECT source.source_id, source.path, max(count(f.finding_id), 1), count(f.finding_id) FILTER"
    " (WHERE f.severity <> 'note') FROM source LEFT JOIN finding AS f"
    " ON f.source_id = source.source_id AND f.status = 'shown'"
    " WHERE source.is_reported GROUP BY source.source_id ORDER BY source.path, source.source_id";
static const char findings_sql[] =
    "SELECT f.rule, f.name, f.line, f.col, f.severity, f.message, f.advice,"
    " (SELECT group_concat(detail, char(10)) FROM (SELECT coalesce(detail, kind) AS detail FROM finding_evidence AS e"
    "   WHERE e.finding_id = f.finding_id ORDER BY ordinal)), f.path"
    " FROM finding AS f WHERE f.status = 'shown' AND f.source_id = ?1" SL_REPORT_ORDER;
static const char totals_sql[] =
    "SELECT count(*), count(*) FILTER (WHERE severity <> 'note'),"
    " (SELECT count(*) FROM source WHERE is_reported AND source_id NOT IN"
    "  (SELECT source_id FROM finding WHERE status = 'shown')) FROM finding AS f JOIN source USING (source_id)"
    " WHERE f.status = 'shown' AND source.is_reported";

enum column { RULE, NAME, LINE, COL, SEVERITY, MESSAGE, ADVICE, EVIDENCE, PATH };

struct junit {
    struct sl_graph *graph;
    struct sl_buf *out;
};

static void add_attribute(struct sl_buf *out, const char *name, sl_str value)
{
    sl_buf_add_printf(out, " %s=\"", name);
    sl_escape_html(value, out);
    sl_buf_add_byte(out, '"');
}

static void add_details(struct sl_buf *out, const struct sl_query *row)
{
    sl_escape_html(sl_query_str(row, PATH), out);
    sl_buf_add_printf(out, ":%lld:%lld: ", (long long)sl_query_int(row, LINE), (long long)sl_query_int(row, COL));
    sl_escape_html(sl_query_str(row, MESSAGE), out);
    sl_str evidence = sl_query_str(row, EVIDENCE);
    if (evidence.len > 0) {
        sl_buf_add_byte(out, '\n');
        sl_escape_html(evidence, out);
    }
    sl_buf_add_byte(out, '\n');
    sl_escape_html(sl_query_str(row, ADVICE), out);
}

static void add_case(struct sl_buf *out, const struct sl_query *row)
{
    sl_buf_add(out, SL_STR("    <testcase"));
    add_attribute(out, "classname", sl_query_str(row, PATH));
    sl_buf_add(out, SL_STR(" name=\""));
    sl_escape_html(sl_query_str(row, RULE), out);
    sl_buf_add_byte(out, ' ');
    sl_escape_html(sl_query_str(row, NAME), out);
    sl_buf_add_printf(out, " line %lld column %lld\" time=\"0\">", (long long)sl_query_int(row, LINE),
                      (long long)sl_query_int(row, COL));
    bool is_note = sl_str_eq(sl_query_str(row, SEVERITY), SL_STR("note"));
    if (is_note) { /* a note fails nobody's build */
        sl_buf_add(out, SL_STR("<system-out>"));
    } else {
        sl_buf_add(out, SL_STR("<failure"));
        add_attribute(out, "message", sl_query_str(row, MESSAGE));
        add_attribute(out, "type", sl_query_str(row, SEVERITY));
        sl_buf_add_byte(out, '>');
    }
    add_details(out, row);
    sl_buf_add(out, is_note ? SL_STR("</system-out>") : SL_STR("</failure>"));
    sl_buf_add(out, SL_STR("</testcase>\n"));
}

static enum sl_status add_cases(struct junit *junit, const struct sl_query *suite, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(junit->graph, SL_STR(findings_sql), &query, err));
    sl_query_bind_int(query, 1, sl_query_int(suite, 0));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    if (!has_row) {
        sl_buf_add(junit->out, SL_STR("    <testcase"));
        add_attribute(junit->out, "classname", sl_query_str(suite, 1));
        sl_buf_add(junit->out, SL_STR(" name=\"no findings\" time=\"0\"/>\n"));
    }
    while (has_row) {
        add_case(junit->out, query);
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    return SL_OK;
}

static enum sl_status add_suite(void *context, const struct sl_query *row, struct sl_error *err)
{
    struct junit *junit = context;
    sl_buf_add(junit->out, SL_STR("  <testsuite"));
    add_attribute(junit->out, "name", sl_query_str(row, 1));
    sl_buf_add_printf(junit->out, " tests=\"%lld\" failures=\"%lld\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
                      (long long)sl_query_int(row, 2), (long long)sl_query_int(row, 3));
    SL_TRY(add_cases(junit, row, err));
    sl_buf_add(junit->out, SL_STR("  </testsuite>\n"));
    return SL_OK;
}

static enum sl_status add_head(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct junit *junit = context;
    sl_buf_add_printf(junit->out,
                      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"stamplint\" tests=\"%lld\""
                      " failures=\"%lld\" errors=\"0\" time=\"0\">\n",
                      (long long)sl_query_int(row, 0) + (long long)sl_query_int(row, 2),
                      (long long)sl_query_int(row, 1));
    return SL_OK;
}

enum sl_status sl_report_junit(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                               struct sl_error *err)
{
    (void)options;
    struct junit junit = {graph, out};
    SL_TRY(sl_report_each(graph, SL_STR(totals_sql), add_head, &junit, err));
    SL_TRY(sl_report_each(graph, SL_STR(suites_sql), add_suite, &junit, err));
    sl_buf_add(out, SL_STR("</testsuites>\n"));
    return SL_OK;
}
