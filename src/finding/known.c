#include "finding/known.h"

#include "graph/query.h"

/* A row a fingerprint with its number of findings at each severity. */
#define COUNTED                                                                                                        \
    " count(*) FILTER (WHERE severity = 'error') AS errors, count(*) FILTER (WHERE severity = 'warning') AS warnings," \
    " count(*) FILTER (WHERE severity = 'note') AS notes"

static const char render_sql[] =
    "SELECT json_group_array(json_array(fingerprint, errors, warnings, notes)) FROM (SELECT fingerprint," COUNTED
    " FROM finding WHERE status = 'shown' GROUP BY fingerprint)";

/* What the base had above a severity, and has no longer, leaves room for a milder one. */
static const char apply_sql[] =
    "WITH known AS (SELECT value ->> 0 AS fingerprint, value ->> 1 AS errors, value ->> 2 AS warnings,"
    "  value ->> 3 AS notes FROM json_each(?1)),"
    " now AS (SELECT fingerprint," COUNTED " FROM finding WHERE status = 'shown' GROUP BY fingerprint),"
    " numbered AS (SELECT f.finding_id, f.fingerprint, f.severity, row_number() OVER (PARTITION BY f.fingerprint,"
    "   f.severity ORDER BY coalesce(s.is_changed, 0), f.path, f.line, f.col, f.finding_id) AS nth"
    "  FROM finding AS f LEFT JOIN statement AS s USING (statement_id) WHERE f.status = 'shown')"
    " UPDATE finding SET status = 'unchanged' WHERE finding_id IN (SELECT numbered.finding_id FROM numbered"
    "  JOIN known USING (fingerprint) JOIN now USING (fingerprint) WHERE nth <= CASE numbered.severity"
    "   WHEN 'error' THEN known.errors"
    "   WHEN 'warning' THEN known.warnings + max(0, known.errors - now.errors)"
    "   ELSE known.notes + max(0, known.errors + known.warnings - now.errors - now.warnings) END)";

enum sl_status sl_known_render(struct sl_graph *graph, struct sl_buf *out, struct sl_error *err)
{
    SL_QUERY query = NULL;
    bool has_row = false;
    SL_TRY(sl_query_prepare(graph, SL_STR(render_sql), &query, err));
    SL_TRY(sl_query_step(query, &has_row, err));
    sl_buf_add(out, sl_query_str(query, 0));
    return SL_OK;
}

enum sl_status sl_known_apply(struct sl_graph *graph, sl_str known, struct sl_error *err)
{
    SL_QUERY update = NULL;
    SL_TRY(sl_query_prepare(graph, SL_STR(apply_sql), &update, err));
    sl_query_bind_str(update, 1, known);
    return sl_query_run(update, err);
}
