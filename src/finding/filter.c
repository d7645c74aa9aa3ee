#include "finding/filter.h"

#include "finding/known.h"
#include "graph/query.h"

static const char unreported_sql[] = "UPDATE finding SET status = 'unreported' WHERE status = 'shown' AND source_id IN"
                                     " (SELECT source_id FROM source WHERE NOT is_reported)";

/* A log's lines are no lines of the change. */
static const char statements_sql[] =
    "SELECT s.statement_id, source.path, s.line, s.end_line FROM statement AS s JOIN source USING (source_id)"
    " WHERE source.is_reported AND source.kind <> 'query_log'";
static const char mark_statements_sql[] =
    "UPDATE statement SET is_changed = 0 WHERE statement_id IN (SELECT value FROM json_each(?1))";
/* A finding changes with any line of its statement, so only those that stand outside one are asked for their own. */
static const char findings_sql[] =
    "SELECT f.finding_id, f.path, f.line, f.end_line FROM finding AS f JOIN source USING (source_id)"
    " LEFT JOIN statement AS s ON s.statement_id = f.statement_id"
    " WHERE f.status = 'shown' AND source.kind <> 'query_log' AND NOT coalesce(s.is_changed, 0)";
static const char mark_findings_sql[] =
    "UPDATE finding SET status = 'unchanged' WHERE finding_id IN (SELECT value FROM json_each(?1))";

/* The ids of the rows (id, path, line, end_line) that no changed line touches, as a JSON array. */
static enum sl_status collect_unchanged(struct sl_graph *graph, sl_str sql, const struct sl_changed_lines *changed,
                                        struct sl_buf *ids, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph, sql, &query, err));
    sl_buf_add(ids, SL_STR("[0"));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    while (has_row) {
        if (!sl_changed_lines_has(changed, sl_query_str(query, 1), (uint32_t)sl_query_int(query, 2),
                                  (uint32_t)sl_query_int(query, 3)))
            sl_buf_add_printf(ids, ",%lld", (long long)sl_query_int(query, 0));
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    sl_buf_add_byte(ids, ']');
    return SL_OK;
}

static enum sl_status mark(struct sl_graph *graph, sl_str find_sql, sl_str mark_sql,
                           const struct sl_changed_lines *changed, struct sl_error *err)
{
    struct sl_buf ids = {0};
    SL_QUERY update = NULL;
    enum sl_status status = collect_unchanged(graph, find_sql, changed, &ids, err);
    if (status == SL_OK)
        status = sl_query_prepare(graph, mark_sql, &update, err);
    if (status == SL_OK) {
        sl_query_bind_str(update, 1, sl_buf_str(&ids));
        status = sl_query_run(update, err);
    }
    sl_buf_release(&ids);
    return status;
}

enum sl_status sl_filter_apply(struct sl_graph *graph, const struct sl_filter *filter,
                               struct sl_baseline_counts *counts, struct sl_error *err)
{
    *counts = (struct sl_baseline_counts){0};
    if (filter->changed)
        SL_TRY(mark(graph, SL_STR(statements_sql), SL_STR(mark_statements_sql), filter->changed, err));
    if (filter->known.len > 0) /* before any is left out: a file may have been renamed */
        SL_TRY(sl_known_apply(graph, filter->known, err));
    SL_TRY(sl_graph_run(graph, unreported_sql, err));
    if (filter->changed && filter->known.len == 0)
        SL_TRY(mark(graph, SL_STR(findings_sql), SL_STR(mark_findings_sql), filter->changed, err));
    if (filter->baseline.len > 0)
        SL_TRY(sl_baseline_apply(graph, filter->baseline, counts, err));
    return SL_OK;
}

enum sl_status sl_filter_count_shown(struct sl_graph *graph, sl_str severity, uint64_t *n, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT count(*) FROM finding WHERE status = 'shown' AND (severity = 'error'"
                                   " OR severity = 'warning' AND ?1 <> 'error' OR ?1 = 'note')"),
                            &query, err));
    sl_query_bind_str(query, 1, severity);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    *n = (uint64_t)sl_query_int(query, 0);
    return SL_OK;
}
