/* gitlab: a code quality artifact. Fingerprints must be unique in one report, so equal ones are numbered. */
#include "report/report_private.h"

static const char findings_sql[] =
    "SELECT json_object('description', f.message, 'check_name', f.rule || ' ' || f.name, 'fingerprint',"
    " f.fingerprint || iif(f.nth > 1, '-' || f.nth, ''), 'severity',"
    " CASE f.severity WHEN 'error' THEN 'critical' WHEN 'warning' THEN 'major' ELSE 'info' END,"
    " 'location', json_object('path', f.path, 'lines', json_object('begin', f.line, 'end', f.end_line)))"
    " FROM (SELECT *, row_number() OVER (PARTITION BY fingerprint ORDER BY path, line, col, finding_id) AS nth"
    "  FROM finding WHERE status = 'shown') AS f" SL_REPORT_ORDER;

enum sl_status sl_report_gitlab(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                                struct sl_error *err)
{
    (void)options;
    sl_buf_add(out, SL_STR("[\n"));
    SL_TRY(sl_report_add_rows(graph, SL_STR(findings_sql), SL_STR(",\n"), out, err));
    sl_buf_add(out, SL_STR("\n]\n"));
    return SL_OK;
}
