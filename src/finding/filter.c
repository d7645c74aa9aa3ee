#include "finding/filter.h"

#include "graph/query.h"

static const char unreported_sql[] = "UPDATE finding SET status = 'unreported' WHERE status = 'shown' AND source_id IN"
                                     " (SELECT source_id FROM source WHERE NOT is_reported)";

/* A finding changes with any line of its statement. A log's lines are no lines of the change. */
static const char extent_sql[] =
    "SELECT f.finding_id, f.path, min(f.line, coalesce(s.line, f.line)), max(f.end_line, coalesce(s.end_line, "
    "f.end_line))"
    " FROM finding AS f JOIN source USING (source_id) LEFT JOIN statement AS s ON s.statement_id = f.statement_id"
    " WHERE f.status = 'shown' AND source.kind <> 'query_log' ORDER BY f.finding_id";

static enum sl_status mark_unchanged(struct sl_graph *graph, const struct sl_changed_lines *changed,
                                     struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph, SL_STR(extent_sql), &query, err));
    struct sl_buf ids = {0};
    sl_buf_add(&ids, SL_STR("[0"));
    bool has_row = false;
    enum sl_status status = sl_query_step(query, &has_row, err);
    while (status == SL_OK && has_row) {
        if (!sl_changed_lines_has(changed, sl_query_str(query, 1), (uint32_t)sl_query_int(query, 2),
                                  (uint32_t)sl_query_int(query, 3)))
            sl_buf_add_printf(&ids, ",%lld", (long long)sl_query_int(query, 0));
        status = sl_query_step(query, &has_row, err);
    }
    sl_buf_add_byte(&ids, ']');
    SL_QUERY update = NULL;
    if (status == SL_OK)
        status = sl_query_prepare(graph,
                                  SL_STR("UPDATE finding SET status = 'unchanged' WHERE finding_id IN"
                                         " (SELECT value FROM json_each(?1))"),
                                  &update, err);
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
    SL_TRY(sl_graph_run(graph, unreported_sql, err));
    if (filter->changed)
        SL_TRY(mark_unchanged(graph, filter->changed, err));
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
