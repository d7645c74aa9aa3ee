#include "plan/target.h"

#include "plan/quote.h"

/* Findings on one table that ask for one dedicated column. */
struct event_group {
    uint32_t table_id, touch_id;
    enum sl_dialect dialect;
    sl_str event, state;
    enum sl_when_kind kind;
    struct sl_names values;
};
struct event_groups {
    struct event_group *items;
    size_t len, cap;
};

static void add_name(struct sl_arena *run, struct sl_names *names, sl_str name)
{
    for (size_t i = 0; i < names->len; i++) {
        if (sl_str_eq(names->items[i], name))
            return;
    }
    *SL_VEC_PUSH(run, names) = name;
}

/* A JSON value of state_predicate or db_column as an SQL literal. */
static sl_str literal_of(enum sl_dialect dialect, sl_str json_type, sl_str value, struct sl_arena *run)
{
    if (sl_str_eq(json_type, SL_STR("true")) || sl_str_eq(json_type, SL_STR("false")))
        return sl_arena_copy(run, json_type);
    if (sl_str_eq(json_type, SL_STR("integer")) || sl_str_eq(json_type, SL_STR("real")))
        return sl_arena_copy(run, value);
    return sl_plan_quote_literal(dialect, value, run);
}

/* The state tests of a finding's statement on the table: the first column that is tested, and its literals. */
static enum sl_status read_predicates(struct sl_graph *graph, uint32_t statement_id, struct sl_arena *run,
                                      struct event_group *group, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR("SELECT c.name, p.operator, CASE WHEN c.type_class IN ('integer', 'number')"
               " AND j.value NOT GLOB '*[^0-9.-]*' THEN 'real' ELSE j.type END, j.value FROM state_predicate AS p JOIN "
               "db_column AS c USING (column_id)"
               " LEFT JOIN json_each(CASE WHEN p.value_kind = 'literal' OR p.value_kind = 'boolean' THEN p.value_list "
               "END) AS j"
               " WHERE p.is_state AND p.statement_id = ?1 AND c.table_id = ?2 AND p.operator IN ('=', 'in', 'is_true', "
               "'is_not_null')"
               " ORDER BY p.operator NOT IN ('=', 'in'), p.off, c.column_id, j.key"),
        &query, err));
    sl_query_bind_int(query, 1, statement_id);
    sl_query_bind_int(query, 2, group->table_id);
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            return SL_OK;
        sl_str operator= sl_query_str(query, 1);
        bool is_list = sl_str_eq(operator, SL_STR("=")) || sl_str_eq(operator, SL_STR("in"));
        if (is_list && sl_query_is_null(query, 2))
            continue; /* a parameter: the values are not known */
        if (group->state.len && !sl_str_eq(group->state, sl_query_str(query, 0)))
            continue;
        group->state = sl_query_copy_str(query, 0, run);
        if (is_list) {
            group->kind = SL_WHEN_VALUES;
            add_name(run, &group->values,
                     literal_of(group->dialect, sl_query_str(query, 2), sl_query_str(query, 3), run));
        } else if (group->kind == SL_WHEN_TEXT) {
            group->kind = sl_str_eq(operator, SL_STR("is_true")) ? SL_WHEN_TRUE : SL_WHEN_NOT_NULL;
        }
    }
}

/* The name for the event of a group that no finding named. */
static sl_str event_name_of(const struct event_group *group, struct sl_arena *run)
{
    sl_str name = SL_STR_EMPTY;
    if (group->kind == SL_WHEN_VALUES && group->values.len == 1) {
        sl_str value = group->values.items[0];
        if (value.len > 2 && value.ptr[0] == '\'')
            name = sl_plan_event_name(sl_str_slice(value, 1, value.len - 2), run);
    } else if (group->kind == SL_WHEN_TRUE) {
        sl_str state = group->state;
        name =
            sl_plan_event_name(sl_str_has_prefix(state, SL_STR("is_")) ? sl_str_slice(state, 3, SIZE_MAX) : state, run);
    }
    return name.len || !group->state.len ? name : sl_arena_printf(run, "%.*s_at", SL_STR_ARG(group->state));
}

/* The dedicated column that the table has for this state: one whose transition it is known to record. */
static enum sl_status find_known_event(struct sl_graph *graph, struct sl_arena *run, struct event_group *group,
                                       struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR("SELECT e.name FROM db_column AS e JOIN db_column AS s ON s.column_id = e.event_state_column"
               " WHERE e.table_id = ?1 AND e.role = 'event_time' AND NOT e.is_dropped AND s.name = ?2"
               " ORDER BY e.column_id LIMIT 1"),
        &query, err));
    sl_query_bind_int(query, 1, group->table_id);
    sl_query_bind_str(query, 2, group->state);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    if (has_row)
        group->event = sl_query_copy_str(query, 0, run);
    return SL_OK;
}

static enum sl_status read_values(struct sl_graph *graph, sl_str json, struct sl_arena *run, struct event_group *group,
                                  struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph, SL_STR("SELECT type, value FROM json_each(?1)"), &query, err));
    sl_query_bind_str(query, 1, json);
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            return SL_OK;
        add_name(run, &group->values, literal_of(group->dialect, sl_query_str(query, 0), sl_query_str(query, 1), run));
    }
}

static bool has_values(const struct sl_names *all, const struct sl_names *some)
{
    for (size_t i = 0; i < some->len; i++) {
        size_t at = 0;
        while (at < all->len && !sl_str_eq(all->items[at], some->items[i]))
            at++;
        if (at == all->len)
            return false;
    }
    return true;
}

/* Is it the table, written with or without its schema? */
static enum sl_status is_table(struct sl_graph *graph, uint32_t table_id, sl_str name, bool *out, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT 1 FROM db_table WHERE table_id = ?1"
                                   " AND lower(?2) IN (lower(name), lower(schema_name || '.' || name),"
                                   " lower(database || '.' || name))"),
                            &query, err));
    sl_query_bind_int(query, 1, table_id);
    sl_query_bind_str(query, 2, name);
    return sl_query_step(query, out, err);
}

/* The configuration's word on the event: for the group's own column, or (by_state) for its state and values. */
static enum sl_status apply_configured(struct sl_graph *graph, const struct sl_plan_request *request, bool by_state,
                                       struct sl_arena *run, struct event_group *group, struct sl_error *err)
{
    for (size_t i = 0; i < request->n_known_events; i++) {
        const struct sl_plan_known_event *known = &request->known_events[i];
        bool is_ours =
            by_state ? sl_str_eq_nocase(known->state, group->state) : sl_str_eq_nocase(known->column, group->event);
        if (!is_ours || !known->state.len || !known->values_json.len)
            continue;
        SL_TRY(is_table(graph, group->table_id, known->table, &is_ours, err));
        struct event_group named = {.dialect = group->dialect};
        SL_TRY(read_values(graph, known->values_json, run, &named, err));
        if (!is_ours || (by_state && (group->kind != SL_WHEN_VALUES || !has_values(&named.values, &group->values))))
            continue;
        group->event = known->column;
        group->state = known->state;
        group->kind = SL_WHEN_VALUES;
        group->values = named.values;
        return SL_OK;
    }
    return SL_OK;
}

/* Two columns of state whose events have one name: the second gets a name of its own. */
static void merge_group(struct sl_arena *run, struct event_groups *groups, const struct event_group *group)
{
    struct event_group own = *group;
    for (size_t i = 0; i < groups->len; i++) {
        struct event_group *other = &groups->items[i];
        if (other->table_id != own.table_id || other->touch_id != own.touch_id || !sl_str_eq(other->event, own.event))
            continue;
        if (other->state.len && own.state.len && !sl_str_eq(other->state, own.state)) {
            own.event = sl_plan_joined_name(own.state, own.event, SL_STR_EMPTY, run);
            i = SIZE_MAX; /* from the start: that name may be there already */
            continue;
        }
        if (!other->state.len)
            *other = own;
        for (size_t v = 0; sl_str_eq(other->state, own.state) && v < own.values.len; v++)
            add_name(run, &other->values, own.values.items[v]);
        return;
    }
    *SL_VEC_PUSH(run, groups) = own;
}

/* Of SL101 and SL102; where somebody asks for a column, of every rule that reads it as the time of an event. */
static enum sl_status read_groups(struct sl_graph *graph, const struct sl_plan_request *request, struct sl_arena *run,
                                  struct event_groups *groups, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR("SELECT DISTINCT c.table_id, c.column_id, f.statement_id, f.suggestion_column, o.dialect"
               " FROM finding AS f JOIN db_column AS c ON c.name = f.column_name"
               " JOIN db_table AS t ON t.table_id = c.table_id AND f.table_name IN (t.name, t.schema_name || '.' || "
               "t.name, t.database || '.' || t.name) JOIN source AS o USING "
               "(source_id)"
               " WHERE f.rule BETWEEN 'SL101' AND iif(?1, 'SL106', 'SL102') AND f.status <> 'ignored' AND c.role = "
               "'row_touch'"
               " AND EXISTS (SELECT 1 FROM column_use AS u WHERE u.statement_id = f.statement_id AND u.column_id = "
               "c.column_id)"
               " ORDER BY c.table_id, c.column_id, f.path, f.line"),
        &query, err));
    sl_query_bind_int(query, 1, request->columns.len > 0);
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            return SL_OK;
        struct event_group group = {.table_id = (uint32_t)sl_query_int(query, 0),
                                    .touch_id = (uint32_t)sl_query_int(query, 1),
                                    .dialect = SL_DIALECT_POSTGRES};
        sl_dialect_lookup(sl_query_str(query, 4), &group.dialect);
        group.event = sl_query_copy_str(query, 3, run);
        SL_TRY(read_predicates(graph, (uint32_t)sl_query_int(query, 2), run, &group, err));
        SL_TRY(apply_configured(graph, request, true, run, &group, err));
        if (!group.event.len)
            SL_TRY(find_known_event(graph, run, &group, err));
        if (!group.event.len)
            group.event = event_name_of(&group, run);
        if (group.event.len)
            merge_group(run, groups, &group);
    }
}

/* What is known of an event column by itself: the state that it records. */
static enum sl_status read_event_column(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                        struct event_group *known, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT s.name, j.type, j.value FROM db_column AS e JOIN db_column AS s ON "
                                   "s.column_id = e.event_state_column"
                                   " JOIN json_each(e.event_values) AS j WHERE e.table_id = ?1 AND lower(e.name) = "
                                   "lower(?2) AND NOT e.is_dropped"
                                   " ORDER BY j.key"),
                            &query, err));
    sl_query_bind_int(query, 1, target->table_id);
    sl_query_bind_str(query, 2, target->event);
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            return SL_OK;
        known->state = sl_query_copy_str(query, 0, run);
        known->kind = SL_WHEN_VALUES;
        add_name(run, &known->values, literal_of(target->dialect, sl_query_str(query, 1), sl_query_str(query, 2), run));
    }
}

static void set_when(const struct event_group *group, struct sl_arena *run, struct sl_plan_target *target)
{
    sl_when_from_values(group->state, &group->values, target->dialect, run, &target->when);
    target->when.kind = group->kind;
    if (group->kind != SL_WHEN_VALUES)
        target->when.text =
            sl_when_of_value(&target->when, sl_plan_quote_name(target->dialect, group->state, run), run);
}

/* The condition of the event: --when, what the configuration says of the column, what the findings test. */
static enum sl_status decide_when(struct sl_graph *graph, const struct sl_plan_request *request,
                                  const struct event_groups *groups, struct sl_arena *run,
                                  struct sl_plan_target *target, struct sl_error *err)
{
    if (request->when.len)
        return sl_when_parse(request->when, target->dialect, run, &target->when, err);
    struct event_group known = {.table_id = target->table_id, .dialect = target->dialect, .event = target->event};
    SL_TRY(apply_configured(graph, request, false, run, &known, err));
    if (!known.state.len)
        SL_TRY(read_event_column(graph, run, target, &known, err));
    const struct event_group *only = NULL;
    size_t n_of_table = 0;
    for (size_t i = 0; i < groups->len && !known.state.len; i++) {
        const struct event_group *group = &groups->items[i];
        if (group->table_id != target->table_id || !group->state.len)
            continue;
        n_of_table++;
        only = group;
        if (sl_str_eq_nocase(group->event, target->event))
            known = *group;
    }
    if (!known.state.len && n_of_table == 1)
        known = *only;
    if (!known.state.len)
        return sl_error_set(
            err, SL_ERR_USAGE,
            "Nothing says when %.*s.%.*s happens: give --when \"state IN ('value')\", or name the column's "
            "state and values under columns: in .stamplint.yml.",
            SL_STR_ARG(target->table), SL_STR_ARG(target->event));
    set_when(&known, run, target);
    return SL_OK;
}

/* What the column is called and holds in an enum of the ORM: the value of a name, the name of a value. */
static enum sl_status find_enum_value(struct sl_graph *graph, const struct sl_plan_target *target, sl_str word,
                                      struct sl_arena *run, sl_str *name, sl_str *value, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT f.name, f.value FROM orm_fact AS f JOIN db_column AS c USING (column_id)"
                                   " WHERE f.kind = 'enum_value' AND c.table_id = ?1 AND lower(c.name) = lower(?2)"
                                   " AND ?3 IN (f.name, f.value) ORDER BY f.value <> ?3, f.orm_fact_id LIMIT 1"),
                            &query, err));
    sl_query_bind_int(query, 1, target->table_id);
    sl_query_bind_str(query, 2, target->when.column);
    sl_query_bind_str(query, 3, word);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    *name = has_row ? sl_query_copy_str(query, 0, run) : SL_STR_EMPTY;
    *value = has_row ? sl_query_copy_str(query, 1, run) : SL_STR_EMPTY;
    return SL_OK;
}

static const struct sl_plan_column *state_column(const struct sl_plan_target *target)
{
    for (size_t i = 0; i < target->typed.len; i++) {
        if (sl_str_eq_nocase(target->typed.items[i].name, target->when.column))
            return &target->typed.items[i];
    }
    return NULL;
}

/* People say 'winner' where the column holds 1: the condition is put in the column's terms, and the names are kept for
 * the code. A word for an integer that nothing explains is refused: the server would take it for 0. */
static enum sl_status translate_enum(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                     struct sl_error *err)
{
    struct sl_when *when = &target->when;
    const struct sl_plan_column *column = when->kind == SL_WHEN_VALUES ? state_column(target) : NULL;
    bool is_integer = column && sl_str_eq(column->type_class, SL_STR("integer"));
    struct sl_names names = {0};
    bool is_translated = false;
    for (size_t i = 0; column && i < when->values.len; i++) {
        sl_str written = when->values.items[i];
        bool is_text = written.len > 1 && written.ptr[0] == '\'';
        sl_str word = is_text ? sl_str_slice(written, 1, written.len - 2) : written;
        sl_str name;
        sl_str value;
        SL_TRY(find_enum_value(graph, target, word, run, &name, &value, err));
        if (name.len)
            *SL_VEC_PUSH(run, &names) = name;
        else if (is_text && is_integer && word.len && !sl_is_digit(word.ptr[word.len - 1]))
            return sl_error_set(
                err, SL_ERR_USAGE,
                "%.*s.%.*s is an integer, and no model that was read says which number %.*s is: give the "
                "number, or the model's file too.",
                SL_STR_ARG(target->table), SL_STR_ARG(when->column), SL_STR_ARG(written));
        if (!name.len || sl_str_eq(value, word))
            continue;
        is_translated = true;
        when->values.items[i] = is_integer ? value : sl_plan_quote_literal(target->dialect, value, run);
    }
    if (names.len == when->values.len)
        when->names = names;
    if (is_translated)
        when->text = sl_when_of_value(when, sl_plan_quote_name(target->dialect, when->column, run), run);
    return SL_OK;
}

static enum sl_status complete(struct sl_graph *graph, const struct sl_plan_request *request,
                               const struct event_groups *groups, struct sl_arena *run, struct sl_plan_target *target,
                               struct sl_error *err)
{
    target->wants_trigger = request->wants_trigger;
    target->batch_rows = request->batch_rows ? request->batch_rows : 1000;
    sl_dialect_lookup(request->dialect, &target->dialect);
    target->is_rails = request->wants_rails;
    SL_TRY(sl_plan_read_table(graph, run, target, err));
    SL_TRY(sl_plan_require_key(target, err));
    if (request->server_version.len &&
        !sl_server_version_lookup(request->server_version, target->dialect, &target->version))
        return sl_error_set(err, SL_ERR_USAGE,
                            "--server-version takes a version such as 8.0.36, 10.11-mariadb or 15.4, not '%.*s'.",
                            SL_STR_ARG(request->server_version));
    SL_TRY(decide_when(graph, request, groups, run, target, err));
    SL_TRY(translate_enum(graph, run, target, err));
    SL_TRY(sl_plan_read_sources(graph, request->source, run, target, err));
    SL_TRY(sl_plan_read_reports(graph, run, target, err));
    return sl_plan_read_writes(graph, run, target, err);
}

struct operand {
    sl_str schema, table, column;
};

static enum sl_status split_operand(sl_str word, struct operand *out, struct sl_error *err)
{
    sl_str parts[3] = {SL_STR_EMPTY, SL_STR_EMPTY, SL_STR_EMPTY};
    size_t n = 0;
    sl_str rest = word;
    while (n < 3) {
        size_t dot = sl_str_find_byte(rest, '.');
        parts[n++] = sl_str_slice(rest, 0, dot);
        rest = dot == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(rest, dot + 1, SIZE_MAX);
        if (dot == SIZE_MAX)
            break;
    }
    if (n < 2 || rest.len || !parts[n - 1].len || !parts[n - 2].len)
        return sl_error_set(err, SL_ERR_USAGE, "'%.*s' is neither a path that exists nor TABLE.COLUMN.",
                            SL_STR_ARG(word));
    *out = (struct operand){.schema = n == 3 ? parts[0] : SL_STR_EMPTY, .table = parts[n - 2], .column = parts[n - 1]};
    return SL_OK;
}

static enum sl_status find_table(struct sl_graph *graph, const struct operand *operand, uint32_t *table_id,
                                 struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT table_id FROM db_table WHERE lower(name) = lower(?1) AND NOT is_dropped"
                                   " AND (?2 = '' OR lower(?2) IN (lower(schema_name), lower(database))"
                                   "      OR schema_name = '' AND lower(?2) IN ('public', 'main')) AND kind IN "
                                   "('table', 'foreign_table')"
                                   " ORDER BY is_inferred, table_id LIMIT 1"),
                            &query, err));
    sl_query_bind_str(query, 1, operand->table);
    sl_query_bind_str(query, 2, operand->schema);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    if (!has_row)
        return sl_error_set(err, SL_ERR_USAGE, "No table %.*s is known here: give its definition with --schema.",
                            SL_STR_ARG(operand->table));
    *table_id = (uint32_t)sl_query_int(query, 0);
    return SL_OK;
}

/* Is TABLE.COLUMN a row-touch column? Then the plans are those of the findings on it. */
static enum sl_status find_touch(struct sl_graph *graph, uint32_t table_id, sl_str column, uint32_t *touch_id,
                                 struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT column_id FROM db_column WHERE table_id = ?1 AND lower(name) = lower(?2)"
                                   " AND role = 'row_touch' AND NOT is_dropped"),
                            &query, err));
    sl_query_bind_int(query, 1, table_id);
    sl_query_bind_str(query, 2, column);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    *touch_id = has_row ? (uint32_t)sl_query_int(query, 0) : 0;
    return SL_OK;
}

static enum sl_status add_groups(struct sl_graph *graph, const struct sl_plan_request *request,
                                 const struct event_groups *groups, uint32_t touch_id, struct sl_arena *run,
                                 struct sl_plan_targets *out, struct sl_error *err)
{
    for (size_t i = 0; i < groups->len; i++) {
        const struct event_group *group = &groups->items[i];
        if (touch_id && group->touch_id != touch_id)
            continue;
        struct sl_plan_target target = {.table_id = group->table_id, .dialect = group->dialect, .event = group->event};
        target.touch.column_id = group->touch_id;
        enum sl_status status = complete(graph, request, groups, run, &target, err);
        if (status == SL_ERR_USAGE) /* one event that cannot be planned costs the others nothing */
            *SL_VEC_PUSH(run, &out->refusals) = sl_arena_copy(run, sl_str_from(err->message));
        else if (status != SL_OK)
            return status;
        else
            *SL_VEC_PUSH(run, out) = target;
    }
    return SL_OK;
}

static enum sl_status add_operand(struct sl_graph *graph, const struct sl_plan_request *request,
                                  const struct event_groups *groups, sl_str word, struct sl_arena *run,
                                  struct sl_plan_targets *out, struct sl_error *err)
{
    struct operand operand = {0};
    uint32_t table_id = 0;
    uint32_t touch_id = 0;
    SL_TRY(split_operand(word, &operand, err));
    SL_TRY(find_table(graph, &operand, &table_id, err));
    SL_TRY(find_touch(graph, table_id, operand.column, &touch_id, err));
    if (touch_id) {
        size_t before = out->len + out->refusals.len;
        SL_TRY(add_groups(graph, request, groups, touch_id, run, out, err));
        if (out->len + out->refusals.len == before)
            return sl_error_set(
                err, SL_ERR_USAGE,
                "%.*s is a row-touch column and no report uses it as the time of an event: name the event's "
                "own column instead, with --when.",
                SL_STR_ARG(word));
        return SL_OK;
    }
    struct sl_plan_target target = {.table_id = table_id, .dialect = SL_DIALECT_POSTGRES, .event = operand.column};
    SL_TRY(complete(graph, request, groups, run, &target, err));
    *SL_VEC_PUSH(run, out) = target;
    return SL_OK;
}

/* There are findings, and no plan came of them: what is to be said for one. */
static enum sl_status read_hint(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_targets *found,
                                struct sl_error *err)
{
    SL_QUERY query = NULL;
    if (found->len || found->refusals.len)
        return SL_OK;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT f.rule IN ('SL101', 'SL102'), f.table_name, f.column_name, f.path, f.line"
                                   " FROM finding AS f WHERE f.rule BETWEEN 'SL101' AND 'SL106'"
                                   " AND f.status <> 'ignored' ORDER BY 1 DESC, f.path, f.line LIMIT 1"),
                            &query, err));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    if (!has_row)
        return SL_OK;
    sl_str table = sl_query_str(query, 1);
    sl_str column = sl_query_str(query, 2);
    sl_str place =
        sl_arena_printf(run, "%.*s:%lld", SL_STR_ARG(sl_query_str(query, 3)), (long long)sl_query_int(query, 4));
    found->hint =
        sl_query_int(query, 0)
            ? sl_arena_printf(run,
                              "%.*s reads %.*s.%.*s, and no test of a state says which event that is: name its column "
                              "and when it happens, as in stamplint plan %.*s.done_at --when \"state = 'done'\".",
                              SL_STR_ARG(place), SL_STR_ARG(table), SL_STR_ARG(column), SL_STR_ARG(table))
            : sl_arena_printf(run,
                              "No report counts events by a row-touch column, but %.*s reads one as the time of an "
                              "event: ask for it, as in stamplint plan %.*s.%.*s.",
                              SL_STR_ARG(place), SL_STR_ARG(table), SL_STR_ARG(column));
    return SL_OK;
}

enum sl_status sl_plan_find_targets(struct sl_graph *graph, const struct sl_plan_request *request, struct sl_arena *run,
                                    struct sl_plan_targets *out, struct sl_error *err)
{
    struct event_groups groups = {0};
    struct sl_plan_targets found = {0};
    SL_TRY(read_groups(graph, request, run, &groups, err));
    if (request->columns.len == 0) {
        SL_TRY(add_groups(graph, request, &groups, 0, run, &found, err));
        SL_TRY(read_hint(graph, run, &found, err));
    }
    for (size_t i = 0; i < request->columns.len; i++)
        SL_TRY(add_operand(graph, request, &groups, request->columns.items[i], run, &found, err));
    *out = found;
    return SL_OK;
}

enum sl_status sl_plan_find_repaired(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_targets *out,
                                     struct sl_error *err)
{
    static const struct sl_plan_request request = {0};
    struct event_groups groups = {0};
    SL_TRY(read_groups(graph, &request, run, &groups, err));
    for (size_t i = 0; i < groups.len; i++) {
        struct sl_plan_target target = {
            .table_id = groups.items[i].table_id, .dialect = groups.items[i].dialect, .event = groups.items[i].event};
        target.touch.column_id = groups.items[i].touch_id;
        target.only_shown = true;
        SL_TRY(sl_plan_read_table(graph, run, &target, err));
        if (!target.event_exists || decide_when(graph, &request, &groups, run, &target, err) != SL_OK)
            continue;
        SL_TRY(sl_plan_read_reports(graph, run, &target, err));
        *SL_VEC_PUSH(run, out) = target;
    }
    return SL_OK;
}
