#include "plan/quote.h"
#include "plan/target.h"

#define MAX_LISTED_MOVES 5

/* entries → entry, statuses → status: good enough to recognise entry_id. */
static sl_str singular_of(sl_str name, struct sl_arena *run)
{
    static const char *const stripped_es[] = {"sses", "xes", "ches", "shes", "uses"};
    if (sl_str_has_suffix(name, SL_STR("ies")))
        return sl_arena_printf(run, "%.*sy", (int)(name.len - 3), name.ptr);
    for (size_t i = 0; i < sizeof stripped_es / sizeof *stripped_es; i++) {
        if (sl_str_has_suffix(name, sl_str_from(stripped_es[i])))
            return sl_str_slice(name, 0, name.len - 2);
    }
    return sl_str_has_suffix(name, SL_STR("s")) ? sl_str_slice(name, 0, name.len - 1) : name;
}

static void add_source(struct sl_arena *run, struct sl_plan_target *target, enum sl_plan_source_kind kind, sl_str label,
                       sl_str expression, sl_str cost)
{
    *SL_VEC_PUSH(run, &target->sources) =
        (struct sl_plan_source){.kind = kind, .label = label, .expression = expression, .cost = cost};
}

static const char event_tables[] =
    "SELECT h.schema_name, h.name, r.name, w.name, s.name FROM db_table AS h"
    " JOIN db_column AS r ON r.table_id = h.table_id AND lower(r.name) IN (?2, ?3) AND NOT r.is_dropped"
    " JOIN db_column AS w ON w.table_id = h.table_id AND w.type_class = 'time' AND NOT w.is_dropped"
    "  AND (w.role IN ('row_birth', 'event_time') OR lower(w.name) IN ('occurred_at', 'changed_at', 'recorded_at', "
    "'logged_at', 'at'))"
    " JOIN db_column AS s ON s.table_id = h.table_id AND NOT s.is_dropped AND lower(s.name) IN"
    "  (lower(?4), 'to_' || lower(?4), 'new_' || lower(?4), lower(?4) || '_to', lower(?4) || '_after',"
    "   'to_state', 'to_status', 'new_state', 'new_status', 'state_to', 'status_to', 'state', 'status')"
    " WHERE h.table_id <> ?1 AND NOT h.is_dropped AND h.kind = 'table'"
    "  AND (lower(h.name) LIKE '%event%' OR lower(h.name) LIKE '%histor%' OR lower(h.name) LIKE '%transition%'"
    "   OR lower(h.name) LIKE '%log%' OR lower(h.name) LIKE '%version%' OR lower(h.name) LIKE '%audit%' OR "
    "lower(h.name) LIKE '%change%')"
    " ORDER BY h.table_id, lower(s.name) NOT LIKE '%' || lower(?4) || '%',"
    "  lower(s.name) NOT LIKE 'to%' AND lower(s.name) NOT LIKE 'new%', w.role <> 'event_time', w.role <> 'row_birth', "
    "w.column_id LIMIT 1";

/* A table that records each change of the state with its time: the only witness that no later write has touched. */
static enum sl_status read_event_table(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                       struct sl_error *err)
{
    if (target->when.kind != SL_WHEN_VALUES || target->key.len != 1)
        return SL_OK;
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph, SL_STR(event_tables), &query, err));
    sl_str table = sl_arena_copy_lower(run, target->table);
    sl_query_bind_int(query, 1, target->table_id);
    sl_query_bind_str(query, 2, sl_arena_printf(run, "%.*s_id", SL_STR_ARG(singular_of(table, run))));
    sl_query_bind_str(query, 3, sl_arena_printf(run, "%.*s_id", SL_STR_ARG(table)));
    sl_query_bind_str(query, 4, target->when.column);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    if (!has_row)
        return SL_OK;
    enum sl_dialect dialect = target->dialect;
    sl_str history = sl_arena_copy(run, sl_query_str(query, 1));
    sl_str qualified = sl_plan_quote_qualified(dialect, sl_arena_copy(run, sl_query_str(query, 0)), history, run);
    sl_str reference = sl_plan_quote_name(dialect, sl_arena_copy(run, sl_query_str(query, 2)), run);
    sl_str time = sl_arena_copy(run, sl_query_str(query, 3));
    sl_str state = sl_plan_quote_name(dialect, sl_arena_copy(run, sl_query_str(query, 4)), run);
    sl_str test = sl_when_of_value(&target->when, sl_arena_printf(run, "h.%.*s", SL_STR_ARG(state)), run);
    sl_str expression = sl_arena_printf(
        run, "(SELECT MIN(h.%.*s) FROM %.*s AS h WHERE h.%.*s = t.%.*s AND %.*s)",
        SL_STR_ARG(sl_plan_quote_name(dialect, time, run)), SL_STR_ARG(qualified), SL_STR_ARG(reference),
        SL_STR_ARG(sl_plan_quote_name(dialect, target->key.items[0].name, run)), SL_STR_ARG(test));
    add_source(
        run, target, SL_PLAN_SOURCE_EVENT_TABLE,
        sl_arena_printf(run, "%.*s.%.*s", SL_STR_ARG(history), SL_STR_ARG(time)), expression,
        sl_arena_printf(run,
                        "costs no truth where %.*s recorded the change; a row that it does not know stays without a "
                        "time, and the first verify query counts it. Each row is looked up there: %.*s needs an index.",
                        SL_STR_ARG(history), SL_STR_ARG(reference)));
    return SL_OK;
}

static enum sl_status read_known_moves(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                       struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR("SELECT DISTINCT o.path, s.line FROM write_effect AS e JOIN statement AS s USING (statement_id)"
               " JOIN source AS o ON o.source_id = s.source_id JOIN write AS w ON w.statement_id = s.statement_id AND "
               "w.table_id = e.table_id"
               " WHERE e.column_id = ?1 AND e.moves AND w.verb IN ('update', 'merge', 'upsert') AND w.scale <> 'row'"
               " AND NOT EXISTS (SELECT 1 FROM assignment AS a JOIN db_column AS c ON c.column_id = a.column_id"
               "  WHERE a.statement_id = s.statement_id AND c.table_id = e.table_id AND c.name = ?2)" /* the event
                                                                                                         itself */
               " ORDER BY o.path, s.line"),
        &query, err));
    sl_query_bind_int(query, 1, target->touch.column_id);
    sl_query_bind_str(query, 2, target->when.column);
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            return SL_OK;
        *SL_VEC_PUSH(run, &target->known_moves) =
            sl_arena_printf(run, "%.*s:%lld", SL_STR_ARG(sl_query_str(query, 0)), (long long)sl_query_int(query, 1));
    }
}

static sl_str touch_cost(const struct sl_plan_target *target, struct sl_arena *run)
{
    sl_str cost = sl_arena_printf(run, "is the time of the event only for rows that nothing has written since; ");
    if (!target->known_moves.len)
        return sl_arena_printf(run,
                               "%.*sno write of many rows is known that moved it, but a console leaves no trace here.",
                               SL_STR_ARG(cost));
    cost = sl_arena_printf(run, "%.*swhat these writes reached has their time, not the event's: ", SL_STR_ARG(cost));
    for (size_t i = 0; i < target->known_moves.len && i < MAX_LISTED_MOVES; i++)
        cost = sl_arena_printf(run, "%.*s%s%.*s", SL_STR_ARG(cost), i ? ", " : "",
                               SL_STR_ARG(target->known_moves.items[i]));
    if (target->known_moves.len > MAX_LISTED_MOVES)
        return sl_arena_printf(run, "%.*s and %zu more.", SL_STR_ARG(cost), target->known_moves.len - MAX_LISTED_MOVES);
    return sl_arena_printf(run, "%.*s.", SL_STR_ARG(cost));
}

static sl_str column_of_row(const struct sl_plan_target *target, sl_str name, struct sl_arena *run)
{
    return sl_arena_printf(run, "t.%.*s", SL_STR_ARG(sl_plan_quote_name(target->dialect, name, run)));
}

/* --source: one of the offers, another column of the table, or an expression. */
static enum sl_status choose(sl_str wanted, struct sl_arena *run, struct sl_plan_target *target, struct sl_error *err)
{
    for (size_t i = 0; i < target->sources.len; i++) {
        const struct sl_plan_source *source = &target->sources.items[i];
        bool is_named = (source->kind == SL_PLAN_SOURCE_EVENT_TABLE && sl_str_eq_nocase(wanted, SL_STR("event"))) ||
                        (source->kind == SL_PLAN_SOURCE_BIRTH && sl_str_eq_nocase(wanted, SL_STR("created_at"))) ||
                        (source->kind == SL_PLAN_SOURCE_TOUCH && sl_str_eq_nocase(wanted, SL_STR("updated_at")));
        if (is_named || sl_str_eq_nocase(wanted, source->label)) {
            target->source = i;
            return SL_OK;
        }
    }
    struct sl_when expression;
    if (sl_str_eq_nocase(wanted, SL_STR("event")))
        return sl_error_set(err, SL_ERR_USAGE,
                            "No table is known that records the changes of %.*s: --source event has nothing to read.",
                            SL_STR_ARG(target->table));
    if (sl_when_parse(wanted, target->dialect, run, &expression, err) != SL_OK)
        return sl_error_set(err, SL_ERR_USAGE, "--source '%.*s' is no expression.", SL_STR_ARG(wanted));
    sl_str text = sl_when_prefixed(&expression, "t.", &target->columns, target->dialect, run);
    if (sl_str_eq(text, expression.text))
        return sl_error_set(err, SL_ERR_USAGE, "--source '%.*s' names no column of %.*s.", SL_STR_ARG(wanted),
                            SL_STR_ARG(target->table));
    target->source = target->sources.len;
    add_source(run, target, SL_PLAN_SOURCE_GIVEN, wanted, text,
               SL_STR("was chosen with --source: its truth is yours to judge."));
    return SL_OK;
}

enum sl_status sl_plan_read_sources(struct sl_graph *graph, sl_str wanted, struct sl_arena *run,
                                    struct sl_plan_target *target, struct sl_error *err)
{
    SL_TRY(read_event_table(graph, run, target, err));
    SL_TRY(read_known_moves(graph, run, target, err));
    if (target->birth.column_id)
        add_source(
            run, target, SL_PLAN_SOURCE_BIRTH, target->birth.name, column_of_row(target, target->birth.name, run),
            SL_STR("is the row's birth: no later write moves it, but the wait from birth to event is lost, so each old "
                   "event counts on the day its row was made."));
    if (target->touch.column_id)
        add_source(run, target, SL_PLAN_SOURCE_TOUCH, target->touch.name,
                   column_of_row(target, target->touch.name, run), touch_cost(target, run));
    if (wanted.len)
        return choose(wanted, run, target, err);
    if (!target->sources.len)
        return sl_error_set(
            err, SL_ERR_USAGE,
            "%.*s has no event table, no time of birth and no time of the last write to fill old rows from: "
            "give --source COLUMN or an expression.",
            SL_STR_ARG(target->table));
    return SL_OK;
}
