/* json and jsonl: ARCHITECTURE's stable format, built by SQLite's own JSON functions. */
#include "report/report_private.h"

#define ISO_TIME(us) "strftime('%Y-%m-%dT%H:%M:%SZ', " us " / 1000000, 'unixepoch')"
/* "a, b" → ["a","b"] */
#define NAMES(column)                                                                                                  \
    "json(CASE WHEN " column " IS NOT NULL THEN '[' || replace(json_quote(" column "), ', ', '\",\"') || ']' END)"

#define FINDING_JSON                                                                                                   \
    "json_object("                                                                                                     \
    "'rule', f.rule, 'name', f.name, 'severity', f.severity, 'confidence', f.confidence, 'message', f.message,"        \
    " 'path', f.path, 'line', f.line, 'column', f.col, 'end_line', f.end_line, 'end_column', f.end_col,"               \
    " 'table', f.table_name, 'column_name', f.column_name, 'subject', f.subject,"                                      \
    " 'suggestion', CASE WHEN f.suggestion_column IS NOT NULL THEN json_object('column', f.suggestion_column,"         \
    "   'exists', json(iif(f.suggestion_exists, 'true', 'false'))) END,"                                               \
    " 'fingerprint', f.fingerprint, 'calls', f.calls, 'total_us', f.total_us,"                                         \
    " 'first_seen', " ISO_TIME("f.first_seen_us") ", 'last_seen', " ISO_TIME(                                          \
        "f.last_seen_us") ","                                                                                          \
                          " 'calls_share', l.calls_share, 'time_share', l.time_share, 'users', " NAMES(                \
                              "l.users") ","                                                                           \
                                         " 'databases', " NAMES("l.databases") ", 'applications', " NAMES(             \
                                             "l.applications") ","                                                     \
                                                               " 'app_location', l.app_location, 'advice', f.advice,"  \
                                                               " 'evidence', json((SELECT json_group_array(json(o)) "  \
                                                               "FROM (SELECT json_object('kind', "                     \
                                                               "e.kind,"                                               \
                                                               "   'path', e.path, 'line', e.line, 'column', e.col, "  \
                                                               "'detail', e.detail) AS o FROM "                        \
                                                               "finding_evidence AS e"                                 \
                                                               "   WHERE e.finding_id = f.finding_id ORDER BY "        \
                                                               "e.ordinal))),"                                         \
                                                               " 'affects', json((SELECT json_group_array(json(o)) "   \
                                                               "FROM (SELECT json_object('path', "                     \
                                                               "a.path, 'line', a.line,"                               \
                                                               "   'fingerprint', a.fingerprint, 'calls', a.calls, "   \
                                                               "'app_location', a.app_location) "                      \
                                                               "AS o FROM finding_affects AS a"                        \
                                                               "   WHERE a.finding_id = f.finding_id ORDER BY "        \
                                                               "a.path, a.line, a.col, a.statement_id))))"

#define SUMMARY_JSON                                                                                                   \
    "json_object('sources', c.sources, 'statements', c.statements, 'distinct', c.\"distinct\","                        \
    " 'understood', c.understood, 'not_understood', c.not_understood, 'findings', json_object("                        \
    "'error', (SELECT count(*) FROM finding WHERE status = 'shown' AND severity = 'error'),"                           \
    " 'warning', (SELECT count(*) FROM finding WHERE status = 'shown' AND severity = 'warning'),"                      \
    " 'note', (SELECT count(*) FROM finding WHERE status = 'shown' AND severity = 'note')))"

const char sl_report_finding_json[] = FINDING_JSON;
const char sl_report_summary_json[] = SUMMARY_JSON;

static const char summary_sql[] = "SELECT " SUMMARY_JSON " FROM coverage AS c";
static const char findings_sql[] = "SELECT " FINDING_JSON SL_REPORT_SHOWN SL_REPORT_ORDER;
static const char not_understood_sql[] =
    "SELECT json_object('path', source.path, 'line', d.line, 'column', d.col, 'message', d.message, 'calls', s.calls,"
    " 'text', CASE WHEN s.calls IS NOT NULL THEN substr(s.text, 1, 200) END)"
    " FROM diagnostic AS d JOIN source USING (source_id) LEFT JOIN statement AS s USING (statement_id)"
    " WHERE d.kind = 'not_understood'"
    " ORDER BY source.path, d.line, d.col, d.message";

static const char passed_over_sql[] =
    "SELECT DISTINCT json_object('path', source.path, 'line', d.line, 'column', d.col, 'message', d.message)"
    " FROM diagnostic AS d JOIN source USING (source_id) WHERE d.kind IN ('passed_over', 'limit')"
    " ORDER BY source.path, d.line, d.col, d.message";

static const char logs_sql[] =
    "SELECT json_object('format', format, 'bytes', bytes, 'entries', entries, 'statements', statements, 'failed', "
    "failed,"
    " 'skipped', json_object('administrative', administrative, 'parse_bind', parse_bind, 'cached', cached,"
    "  'empty', empty, 'repeated', repeated),"
    " 'damage', json_object('truncated', truncated, 'ambiguous', ambiguous, 'unknown_lines', unknown_lines,"
    "  'skipped_bytes', skipped_bytes, 'damaged_files', damaged, 'shapes_dropped', shapes_dropped),"
    " 'duplicates', duplicates) FROM log_coverage ORDER BY rowid";

static enum sl_status add_array(struct sl_graph *graph, sl_str sql, struct sl_buf *out, struct sl_error *err)
{
    sl_buf_add(out, SL_STR("[\n"));
    size_t before = out->len;
    SL_TRY(sl_report_add_rows(graph, sql, SL_STR(",\n"), out, err));
    if (out->len > before)
        sl_buf_add_byte(out, '\n');
    sl_buf_add_byte(out, ']');
    return SL_OK;
}

enum sl_status sl_report_json(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                              struct sl_error *err)
{
    (void)options;
    sl_buf_add(out, SL_STR("{\"tool\":\"stamplint\",\"version\":\"" SL_VERSION "\",\"format\":1,\n\"summary\":"));
    SL_TRY(sl_report_add_rows(graph, SL_STR(summary_sql), SL_STR(","), out, err));
    sl_buf_add(out, SL_STR(",\n\"findings\":"));
    SL_TRY(add_array(graph, SL_STR(findings_sql), out, err));
    sl_buf_add(out, SL_STR(",\n\"not_understood\":"));
    SL_TRY(add_array(graph, SL_STR(not_understood_sql), out, err));
    sl_buf_add(out, SL_STR(",\n\"passed_over\":"));
    SL_TRY(add_array(graph, SL_STR(passed_over_sql), out, err));
    sl_buf_add(out, SL_STR(",\n\"logs\":"));
    SL_TRY(add_array(graph, SL_STR(logs_sql), out, err));
    sl_buf_add(out, SL_STR("}\n"));
    return SL_OK;
}

enum sl_status sl_report_jsonl(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                               struct sl_error *err)
{
    (void)options;
    size_t before = out->len;
    SL_TRY(sl_report_add_rows(graph, SL_STR(findings_sql), SL_STR("\n"), out, err));
    if (out->len > before)
        sl_buf_add_byte(out, '\n');
    return SL_OK;
}
