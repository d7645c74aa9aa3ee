#include "plan/target.h"

/* How the report's test of the state relates to the event. */
enum relation { RELATION_SAME, RELATION_PARTLY, RELATION_OTHER };

/* The literal tests of the event's state column in a statement against the event's values. */
static enum sl_status compare_states(struct sl_graph *graph, uint32_t statement_id, const struct sl_plan_target *target,
                                     enum relation *out, struct sl_error *err)
{
    *out = RELATION_SAME;
    if (target->when.kind == SL_WHEN_TEXT)
        return SL_OK;
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR("SELECT c.name = ?3, p.operator, j.type, CASE j.type WHEN 'text' THEN '''' || replace(j.value, '''', "
               "'''''') || ''''"
               " WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE j.value END"
               " FROM state_predicate AS p JOIN db_column AS c USING (column_id)"
               " LEFT JOIN json_each(CASE WHEN p.value_kind IN ('literal', 'boolean') THEN p.value_list END) AS j"
               " WHERE p.is_state AND p.statement_id = ?1 AND c.table_id = ?2"),
        &query, err));
    sl_query_bind_int(query, 1, statement_id);
    sl_query_bind_int(query, 2, target->table_id);
    sl_query_bind_str(query, 3, target->when.column);
    bool tests_other_column = false;
    size_t n_ours = 0;
    size_t n_inside = 0;
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            break;
        if (!sl_query_int(query, 0)) {
            tests_other_column = true;
            continue;
        }
        sl_str operator= sl_query_str(query, 1);
        bool is_list = sl_str_eq(operator, SL_STR("=")) || sl_str_eq(operator, SL_STR("in"));
        n_ours++;
        if (target->when.kind != SL_WHEN_VALUES)
            n_inside += !sl_str_eq(operator, SL_STR("is_false")) && !sl_str_eq(operator, SL_STR("is_null"));
        else
            n_inside += is_list && sl_when_has_value(&target->when, sl_query_str(query, 3));
    }
    if (n_ours == 0)
        *out = tests_other_column ? RELATION_OTHER : RELATION_PARTLY;
    else if (n_inside < n_ours)
        *out = n_inside ? RELATION_PARTLY : RELATION_OTHER;
    return SL_OK;
}

static enum sl_status read_uses(struct sl_graph *graph, struct sl_arena *run, const struct sl_plan_target *target,
                                struct sl_plan_report *report, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR("SELECT off, max(len), line, min(resolution = 'exact'),"
               " max(clause IN ('where', 'join_on', 'filter') AND coalesce(bound, '') IN ('lower', 'both', 'equal')),"
               " max(clause = 'select' AND shape = 'bare' AND coalesce(output_name, '') IN ('', ?3))"
               " FROM column_use WHERE statement_id = ?1 AND column_id = ?2 AND line > 0 AND len > 0"
               " GROUP BY off ORDER BY off"),
        &query, err));
    sl_query_bind_int(query, 1, report->statement_id);
    sl_query_bind_int(query, 2, target->touch.column_id);
    sl_query_bind_str(query, 3, target->touch.name);
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            return SL_OK;
        *SL_VEC_PUSH(run, &report->uses) = (struct sl_plan_use){.off = (uint32_t)sl_query_int(query, 0),
                                                                .len = (uint32_t)sl_query_int(query, 1),
                                                                .line = (uint32_t)sl_query_int(query, 2),
                                                                .is_exact = sl_query_int(query, 3) != 0,
                                                                .is_result = sl_query_int(query, 5) != 0};
        report->is_bounded |= sl_query_int(query, 4) != 0;
        report->renames_result |= sl_query_int(query, 5) != 0;
    }
}

static bool has_parameters(const struct sl_plan_report *report, enum sl_dialect dialect, struct sl_arena *run)
{
    struct sl_sql_mode mode = {.dialect = dialect};
    struct sl_tokens tokens = {0};
    sl_lex(report->text, &mode, run, &tokens);
    for (uint32_t i = 0; i < tokens.len; i++) {
        if (tokens.items[i].kind == SL_TOK_PARAM)
            return true;
    }
    return false;
}

static struct sl_plan_report report_of(const struct sl_query *query, struct sl_arena *run)
{
    return (struct sl_plan_report){.statement_id = (uint32_t)sl_query_int(query, 0),
                                   .path = sl_query_copy_str(query, 1, run),
                                   .source_kind = sl_query_copy_str(query, 2, run),
                                   .text = sl_query_copy_str(query, 3, run),
                                   .rules = sl_query_copy_str(query, 4, run),
                                   .app_location = sl_query_copy_str(query, 5, run),
                                   .line = (uint32_t)sl_query_int(query, 6),
                                   .off = (uint32_t)sl_query_int(query, 7),
                                   .len = (uint32_t)sl_query_int(query, 8),
                                   .n_source_bytes = (uint32_t)sl_query_int(query, 9),
                                   .is_select = sl_query_int(query, 10) != 0,
                                   .is_grouped_in_memory = sl_query_int(query, 11) != 0};
}

enum sl_status sl_plan_read_reports(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                    struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR(
            "SELECT s.statement_id, o.path, o.kind, s.text,"
            " (SELECT group_concat(rule, ', ') FROM (SELECT DISTINCT f.rule FROM finding AS f WHERE f.statement_id = "
            "s.statement_id"
            "   AND f.table_name IN (?1, ?4) AND f.column_name = ?2 AND f.rule BETWEEN 'SL101' AND 'SL106' ORDER BY "
            "f.rule)),"
            " coalesce(s.app_location, ''), s.line, s.off, s.len, o.n_bytes, s.kind = 'select', s.is_grouped_in_memory"
            " FROM statement AS s JOIN source AS o USING (source_id) WHERE s.statement_id IN"
            "  (SELECT statement_id FROM finding WHERE rule BETWEEN 'SL101' AND 'SL106' AND (status = 'shown' OR NOT "
            "?5 AND status <> 'ignored')"
            "    AND table_name IN (?1, ?4) AND column_name = ?2)"
            " AND EXISTS (SELECT 1 FROM column_use AS u WHERE u.statement_id = s.statement_id AND u.column_id = ?3)"
            " ORDER BY o.path, s.off, s.statement_id"),
        &query, err));
    sl_query_bind_str(query, 1, target->table);
    sl_query_bind_str(query, 2, target->touch.name);
    sl_query_bind_int(query, 3, target->touch.column_id);
    sl_query_bind_int(query, 5, target->only_shown);
    sl_query_bind_str(query, 4,
                      sl_arena_printf(run, "%.*s.%.*s", SL_STR_ARG(target->schema), SL_STR_ARG(target->table)));
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            return SL_OK;
        struct sl_plan_report report = report_of(query, run);
        enum relation relation;
        SL_TRY(compare_states(graph, report.statement_id, target, &relation, err));
        if (relation == RELATION_OTHER)
            continue; /* it counts another event */
        report.reads_other_states = relation == RELATION_PARTLY;
        report.has_parameters = has_parameters(&report, target->dialect, run);
        SL_TRY(read_uses(graph, run, target, &report, err));
        *SL_VEC_PUSH(run, &target->reports) = report;
    }
}
