#include "resolve/trigger.h"

#include "resolve/catalog_private.h"
#include "resolve/touch_trigger.h"
#include "resolve/trigger_body.h"
#include "resolve/value.h"

/* Bits of CreateTrigStmt: PostgreSQL's catalog/pg_trigger.h, the same since 9.0. */
enum {
    PG_TRIGGER_BEFORE = 1 << 1,
    PG_TRIGGER_INSERT = 1 << 2,
    PG_TRIGGER_DELETE = 1 << 3,
    PG_TRIGGER_UPDATE = 1 << 4,
    PG_TRIGGER_INSTEAD = 1 << 6
};

/* The switch of a trigger, told for each column that it keeps at every write (and once if there is none). */
static void add_switch(struct sl_catalog *catalog, const struct sl_statement *statement,
                       const struct sl_trigger *trigger, const char *change)
{
    struct sl_touches touches = {0};
    bool was_told = false;
    sl_touch_list(catalog, trigger->table_id, catalog->run, &touches);
    for (size_t i = 0; i < touches.len; i++) {
        const struct sl_column *column =
            sl_record_find_column(sl_catalog_record(catalog, trigger->table_id), touches.items[i].assignment->column);
        if (touches.items[i].trigger != trigger || !column || touches.items[i].kind != SL_TOUCH_EVERY_WRITE)
            continue;
        sl_catalog_add_change(catalog, statement, change, trigger->table_id, column->column_id, trigger->name,
                              SL_STR_EMPTY);
        was_told = true;
    }
    if (!was_told)
        sl_catalog_add_change(catalog, statement, change, trigger->table_id, 0, trigger->name, SL_STR_EMPTY);
}

static struct sl_trigger *find_trigger(const struct sl_catalog *catalog, uint32_t table_id, sl_str name)
{
    for (size_t i = catalog->triggers.len; i > 0; i--) {
        struct sl_trigger *trigger = &catalog->triggers.items[i - 1];
        if (!trigger->is_dropped && (table_id == 0 || trigger->table_id == table_id) && sl_str_eq(trigger->name, name))
            return trigger;
    }
    return NULL;
}

static struct sl_trigger *add_trigger(struct sl_catalog *catalog, struct sl_table_record *record, sl_str name)
{
    struct sl_trigger *old = find_trigger(catalog, record->table.table_id, name);
    if (old)
        old->is_dropped = true;
    *SL_VEC_PUSH(catalog->run, &record->triggers) = (uint32_t)catalog->triggers.len;
    struct sl_trigger *trigger = SL_VEC_PUSH(catalog->run, &catalog->triggers);
    trigger->name = name;
    trigger->table_id = record->table.table_id;
    trigger->function = trigger->function_schema = SL_STR_EMPTY;
    return trigger;
}

void sl_catalog_create_trigger(struct sl_catalog *catalog, const struct sl_statement *statement,
                               const PgQuery__CreateTrigStmt *stmt)
{
    enum sl_dialect dialect = statement->mode.dialect;
    struct sl_table_record *record = sl_catalog_range_record(catalog, statement, stmt->relation, true);
    if (!record)
        return;
    struct sl_trigger *trigger =
        add_trigger(catalog, record, sl_catalog_fold(catalog, dialect, sl_str_from(stmt->trigname)));
    trigger->place = sl_statement_whole(statement);
    trigger->made_by = statement->statement_id;
    trigger->is_for_each_row = stmt->row;
    trigger->timing = stmt->timing & PG_TRIGGER_BEFORE    ? SL_TIMING_BEFORE
                      : stmt->timing & PG_TRIGGER_INSTEAD ? SL_TIMING_INSTEAD_OF
                                                          : SL_TIMING_AFTER;
    trigger->events = (stmt->events & PG_TRIGGER_INSERT ? SL_EVENT_INSERT : 0u) |
                      (stmt->events & PG_TRIGGER_UPDATE ? SL_EVENT_UPDATE : 0u) |
                      (stmt->events & PG_TRIGGER_DELETE ? SL_EVENT_DELETE : 0u);
    for (size_t i = 0; i < stmt->n_columns; i++)
        *SL_VEC_PUSH(catalog->run, &trigger->columns) =
            sl_catalog_fold(catalog, dialect, sl_node_string(stmt->columns[i]));
    if (stmt->when_clause)
        sl_guard_read(stmt->when_clause, false, dialect, catalog->run, &trigger->guards);
    trigger->function = sl_arena_copy(catalog->run, sl_ast_last_string(stmt->funcname, stmt->n_funcname));
    if (stmt->n_funcname > 1)
        trigger->function_schema = sl_arena_copy(catalog->run, sl_node_string(stmt->funcname[stmt->n_funcname - 2]));
    for (size_t i = 0; i < stmt->n_args; i++)
        *SL_VEC_PUSH(catalog->run, &trigger->arguments) = sl_arena_copy(catalog->run, sl_ast_string(stmt->args[i]));
    /* The contrib function of spi has no body to read: it writes now() to the column it is given. */
    if (sl_str_eq(trigger->function, SL_STR("moddatetime")) && trigger->arguments.len == 1) {
        trigger->own_body.is_known = true;
        *SL_VEC_PUSH(catalog->run, &trigger->own_body.assignments) =
            (struct sl_trigger_assignment){.column = trigger->arguments.items[0],
                                           .value = SL_VALUE_NOW,
                                           .table = SL_STR_EMPTY,
                                           .table_schema = SL_STR_EMPTY,
                                           .place = trigger->place};
    }
    add_switch(catalog, statement, trigger, "create_trigger");
}

static const PgQuery__Node *function_option(const PgQuery__CreateFunctionStmt *stmt, const char *name)
{
    for (size_t i = 0; i < stmt->n_options; i++) {
        if (SL_IS(stmt->options[i], DEF_ELEM) && strcmp(stmt->options[i]->def_elem->defname, name) == 0)
            return stmt->options[i]->def_elem->arg;
    }
    return NULL;
}

void sl_catalog_create_function(struct sl_catalog *catalog, const struct sl_statement *statement,
                                const PgQuery__CreateFunctionStmt *stmt)
{
    if (stmt->n_funcname == 0)
        return;
    sl_str name = sl_ast_last_string(stmt->funcname, stmt->n_funcname);
    sl_str schema = stmt->n_funcname > 1 ? sl_node_string(stmt->funcname[stmt->n_funcname - 2]) : SL_STR_EMPTY;
    sl_catalog_drop_function(catalog, schema, name);
    struct sl_function *function = SL_VEC_PUSH(catalog->run, &catalog->functions);
    function->schema = sl_arena_copy(catalog->run, schema);
    function->name = sl_arena_copy(catalog->run, name);
    function->place = sl_statement_whole(statement);
    sl_str language = sl_ast_string(function_option(stmt, "language"));
    if (sl_str_eq_nocase(language, SL_STR("plpgsql")))
        sl_trigger_body_read_plpgsql(statement, catalog->run, &function->body);
    else
        function->body.is_opaque = true;
}

void sl_catalog_create_lowered_trigger(struct sl_catalog *catalog, const struct sl_statement *statement)
{
    const struct sl_routine *routine = &statement->lowered->routine;
    if (!sl_str_eq_nocase(routine->kind, SL_STR("trigger")))
        return;
    enum sl_dialect dialect = statement->mode.dialect;
    const struct sl_table *table = sl_catalog_infer_table(catalog, dialect, routine->table_schema, routine->table);
    struct sl_trigger *trigger = add_trigger(catalog, sl_catalog_record(catalog, table->table_id),
                                             sl_catalog_fold(catalog, dialect, routine->name));
    trigger->place = sl_statement_whole(statement);
    trigger->made_by = statement->statement_id;
    trigger->is_for_each_row = true;
    trigger->timing = sl_str_has_prefix_nocase(routine->timing, SL_STR("before"))    ? SL_TIMING_BEFORE
                      : sl_str_has_prefix_nocase(routine->timing, SL_STR("instead")) ? SL_TIMING_INSTEAD_OF
                                                                                     : SL_TIMING_AFTER;
    trigger->events = sl_str_has_prefix_nocase(routine->event, SL_STR("insert"))   ? SL_EVENT_INSERT
                      : sl_str_has_prefix_nocase(routine->event, SL_STR("update")) ? SL_EVENT_UPDATE
                                                                                   : SL_EVENT_DELETE;
    for (size_t i = 0; i < routine->n_columns; i++)
        *SL_VEC_PUSH(catalog->run, &trigger->columns) = sl_catalog_fold(catalog, dialect, routine->columns[i]);
    sl_trigger_body_read_lowered(statement, catalog->run, &trigger->guards, &trigger->own_body);
    add_switch(catalog, statement, trigger, "create_trigger");
}

/* CREATE RULE … ON UPDATE TO t DO INSTEAD NOTHING. */
void sl_catalog_create_rule(struct sl_catalog *catalog, const struct sl_statement *statement,
                            const PgQuery__RuleStmt *stmt)
{
    struct sl_table_record *record = sl_catalog_range_record(catalog, statement, stmt->relation, false);
    if (!record || stmt->event != PG_QUERY__CMD_TYPE__CMD_UPDATE || !stmt->instead || stmt->n_actions > 0 ||
        stmt->where_clause)
        return;
    record->is_update_forbidden = true;
    record->forbidden_by = "a rule";
    record->forbidden_place = sl_statement_whole(statement);
}

void sl_catalog_drop_trigger(struct sl_catalog *catalog, const struct sl_statement *statement, sl_str table_schema,
                             sl_str table, sl_str name)
{
    enum sl_dialect dialect = statement->mode.dialect;
    uint32_t table_id = 0;
    if (table.len > 0) {
        const struct sl_table_record *record = sl_catalog_find_record(catalog, dialect, table_schema, table);
        if (!record)
            return;
        table_id = record->table.table_id;
    }
    struct sl_trigger *trigger = find_trigger(catalog, table_id, sl_catalog_fold(catalog, dialect, name));
    if (!trigger)
        return;
    add_switch(catalog, statement, trigger, "drop_trigger");
    trigger->is_dropped = true;
}

void sl_catalog_drop_function(struct sl_catalog *catalog, sl_str schema, sl_str name)
{
    for (size_t i = 0; i < catalog->functions.len; i++) {
        struct sl_function *function = &catalog->functions.items[i];
        if (sl_str_eq(function->name, name) &&
            (schema.len == 0 || function->schema.len == 0 || sl_str_eq(function->schema, schema)))
            function->is_dropped = true;
    }
}

void sl_catalog_drop_triggers_of(struct sl_catalog *catalog, const struct sl_statement *statement, sl_str function)
{
    for (size_t i = 0; i < catalog->triggers.len; i++) {
        if (catalog->triggers.items[i].is_dropped || !sl_str_eq(catalog->triggers.items[i].function, function))
            continue;
        add_switch(catalog, statement, &catalog->triggers.items[i], "drop_trigger");
        catalog->triggers.items[i].is_dropped = true;
    }
}

void sl_catalog_rename_trigger(struct sl_catalog *catalog, uint32_t table_id, sl_str name, sl_str new_name)
{
    struct sl_trigger *trigger = find_trigger(catalog, table_id, name);
    if (trigger)
        trigger->name = new_name;
}

void sl_catalog_switch_trigger(struct sl_catalog *catalog, const struct sl_statement *statement, uint32_t table_id,
                               sl_str name, int fires)
{
    for (size_t i = 0; i < catalog->triggers.len; i++) {
        struct sl_trigger *trigger = &catalog->triggers.items[i];
        if (trigger->is_dropped || trigger->table_id != table_id || (name.len && !sl_str_eq(trigger->name, name)))
            continue;
        trigger->fires = fires;
        bool is_off = fires == SL_FIRES_DISABLED || fires == SL_FIRES_REPLICA; /* ENABLE REPLICA: not in a session */
        add_switch(catalog, statement, trigger, is_off ? "disable_trigger" : "enable_trigger");
    }
}

const struct sl_routine_body *sl_trigger_body(const struct sl_catalog *catalog, const struct sl_trigger *trigger)
{
    if (trigger->own_body.is_known || trigger->function.len == 0)
        return trigger->own_body.is_known ? &trigger->own_body : NULL;
    for (size_t i = catalog->functions.len; i > 0; i--) {
        const struct sl_function *function = &catalog->functions.items[i - 1];
        if (function->is_dropped || !sl_str_eq(function->name, trigger->function))
            continue;
        if (trigger->function_schema.len && function->schema.len &&
            !sl_str_eq(trigger->function_schema, function->schema))
            continue;
        return function->body.is_known ? &function->body : NULL;
    }
    return NULL;
}
