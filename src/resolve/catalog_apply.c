/* Which statement does what to the catalog. */
#include "resolve/catalog_private.h"

#include "resolve/value.h"

static void create_index(struct sl_catalog *catalog, const struct sl_statement *statement,
                         const PgQuery__IndexStmt *stmt)
{
    struct sl_table_record *record = sl_catalog_range_record(catalog, statement, stmt->relation, true);
    if (!record || !(stmt->unique || stmt->primary))
        return;
    for (size_t i = 0; i < stmt->n_index_params; i++) {
        if (stmt->index_params[i]->node_case != PG_QUERY__NODE__NODE_INDEX_ELEM ||
            !stmt->index_params[i]->index_elem->name || !stmt->index_params[i]->index_elem->name[0])
            return; /* an expression: no key of plain columns */
    }
    sl_catalog_add_key(catalog, record, sl_str_from(stmt->idxname), stmt->index_params, stmt->n_index_params,
                       stmt->primary, stmt->where_clause != NULL, statement->mode.dialect);
}

static void add_type(struct sl_catalog *catalog, PgQuery__Node **names, size_t n, enum sl_type_class type_class)
{
    if (n == 0)
        return;
    *SL_VEC_PUSH(catalog->run, &catalog->types) = (struct sl_type_record){
        .name = sl_arena_copy(catalog->run, sl_node_string(names[n - 1])), .type_class = type_class};
}

static void create_domain(struct sl_catalog *catalog, const PgQuery__CreateDomainStmt *stmt)
{
    const PgQuery__TypeName *base = stmt->type_name;
    sl_str name = base && base->n_names ? sl_node_string(base->names[base->n_names - 1]) : SL_STR_EMPTY;
    add_type(catalog, stmt->domainname, stmt->n_domainname, sl_catalog_type_class(catalog, name));
}

/* REVOKE UPDATE ON t FROM …: the application may not change rows of t. */
static void revoke(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__GrantStmt *stmt)
{
    bool takes_update = stmt->n_privileges == 0;
    for (size_t i = 0; i < stmt->n_privileges; i++) {
        if (stmt->privileges[i]->node_case == PG_QUERY__NODE__NODE_ACCESS_PRIV)
            takes_update |=
                sl_str_eq_nocase(sl_str_from(stmt->privileges[i]->access_priv->priv_name), SL_STR("update")) &&
                stmt->privileges[i]->access_priv->n_cols == 0;
    }
    if (!takes_update || stmt->objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE)
        return;
    for (size_t i = 0; i < stmt->n_objects; i++) {
        if (stmt->objects[i]->node_case != PG_QUERY__NODE__NODE_RANGE_VAR)
            continue;
        struct sl_table_record *record =
            sl_catalog_range_record(catalog, statement, stmt->objects[i]->range_var, false);
        if (!record)
            continue;
        /* REVOKE ALL is how a GRANT of chosen rights begins; only a REVOKE that names UPDATE forbids it. */
        record->is_update_forbidden = !stmt->is_grant && stmt->n_privileges > 0;
        record->forbidden_by = "REVOKE UPDATE";
        record->forbidden_place = sl_statement_whole(statement);
    }
}

static void create_schema(struct sl_catalog *catalog, const struct sl_statement *statement,
                          const PgQuery__CreateSchemaStmt *stmt)
{
    for (size_t i = 0; i < stmt->n_schema_elts; i++) {
        if (stmt->schema_elts[i]->node_case == PG_QUERY__NODE__NODE_CREATE_STMT)
            sl_catalog_create_table(catalog, statement, stmt->schema_elts[i]->create_stmt, SL_RELATION_TABLE);
    }
}

static void select_set_config(struct sl_catalog *catalog, const struct sl_statement *statement,
                              const PgQuery__SelectStmt *stmt)
{
    /* pg_dump writes SELECT pg_catalog.set_config('search_path', '', false). */
    if (stmt->n_target_list != 1 || stmt->target_list[0]->node_case != PG_QUERY__NODE__NODE_RES_TARGET)
        return;
    const PgQuery__Node *value = stmt->target_list[0]->res_target->val;
    if (!sl_str_eq(sl_value_function(value), SL_STR("set_config")) || value->func_call->n_args < 2)
        return;
    sl_str name;
    if (!sl_value_literal(value->func_call->args[0], catalog->run, &name))
        return;
    PgQuery__VariableSetStmt set = PG_QUERY__VARIABLE_SET_STMT__INIT;
    set.kind = PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE;
    set.name = (char *)(uintptr_t)name.ptr;
    set.n_args = 1;
    set.args = &value->func_call->args[1];
    sl_catalog_set_variable(catalog, statement, &set);
}

static bool apply_relation(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        sl_catalog_create_table(catalog, statement, node->create_stmt, SL_RELATION_TABLE);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
        if (node->create_foreign_table_stmt->base_stmt)
            sl_catalog_create_table(catalog, statement, node->create_foreign_table_stmt->base_stmt,
                                    SL_RELATION_FOREIGN_TABLE);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
        create_schema(catalog, statement, node->create_schema_stmt);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        sl_catalog_alter_table(catalog, statement, node->alter_table_stmt);
        return true;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        sl_catalog_rename(catalog, statement, node->rename_stmt);
        return true;
    case PG_QUERY__NODE__NODE_DROP_STMT:
        sl_catalog_drop(catalog, statement, node->drop_stmt);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
        sl_catalog_move_schema(catalog, statement, node->alter_object_schema_stmt);
        return true;
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        sl_catalog_create_view(catalog, statement, node->view_stmt);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        sl_catalog_create_table_as(catalog, statement, node->create_table_as_stmt);
        return true;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        create_index(catalog, statement, node->index_stmt);
        return true;
    default:
        return false;
    }
}

static void truncate(struct sl_catalog *catalog, const struct sl_statement *statement,
                     const PgQuery__TruncateStmt *stmt)
{
    for (size_t i = 0; i < stmt->n_relations; i++) {
        if (!SL_IS(stmt->relations[i], RANGE_VAR))
            continue;
        const PgQuery__RangeVar *range = stmt->relations[i]->range_var;
        const struct sl_table_record *record = sl_catalog_range_record(catalog, statement, range, false);
        sl_catalog_add_change(catalog, statement, "truncate", record ? record->table.table_id : 0, 0,
                              sl_str_from(range->relname),
                              record && record->table.is_temporary ? SL_STR("temporary") : SL_STR_EMPTY);
    }
}

static bool apply_other(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        sl_catalog_create_trigger(catalog, statement, node->create_trig_stmt);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        sl_catalog_create_function(catalog, statement, node->create_function_stmt);
        return true;
    case PG_QUERY__NODE__NODE_RULE_STMT:
        sl_catalog_create_rule(catalog, statement, node->rule_stmt);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
        add_type(catalog, node->create_enum_stmt->type_name, node->create_enum_stmt->n_type_name, SL_TYPE_ENUM);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
        create_domain(catalog, node->create_domain_stmt);
        return true;
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
        truncate(catalog, statement, node->truncate_stmt);
        return false;
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
        sl_catalog_add_change(catalog, statement, "drop_database", 0, 0, sl_str_from(node->dropdb_stmt->dbname),
                              SL_STR_EMPTY);
        return true;
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
        sl_catalog_set_variable(catalog, statement, node->variable_set_stmt);
        return false;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        select_set_config(catalog, statement, node->select_stmt);
        return false;
    case PG_QUERY__NODE__NODE_GRANT_STMT:
        revoke(catalog, statement, node->grant_stmt);
        return false;
    default:
        return false;
    }
}

static bool is_known(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__RangeVar *name)
{
    const struct sl_table_record *record = name ? sl_catalog_range_record(catalog, statement, name, false) : NULL;
    return record && !record->table.is_inferred;
}

/* ALTER TABLE … ADD of columns that are not there yet, and nothing else. */
static bool only_adds_unknown_columns(struct sl_catalog *catalog, const struct sl_statement *statement,
                                      const PgQuery__AlterTableStmt *stmt)
{
    struct sl_table_record *record = sl_catalog_range_record(catalog, statement, stmt->relation, false);
    for (size_t i = 0; i < stmt->n_cmds; i++) {
        const PgQuery__AlterTableCmd *cmd = stmt->cmds[i]->alter_table_cmd;
        if (cmd->subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn || !cmd->def || !SL_IS(cmd->def, COLUMN_DEF))
            return false;
        sl_str name = sl_catalog_fold(catalog, statement->mode.dialect, sl_str_from(cmd->def->column_def->colname));
        const struct sl_column *column = record ? sl_record_find_column(record, name) : NULL;
        if (column && !column->is_inferred)
            return false;
    }
    return true;
}

/*
 * A log's DDL fills gaps only. The schema that was given is how things are now; a log says what happened some time, in
 * an order that its shapes do not keep.
 */
static bool fills_a_gap(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        return !is_known(catalog, statement, node->create_stmt->relation);
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        return !is_known(catalog, statement, node->view_stmt->view);
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        return !is_known(catalog, statement,
                         node->create_table_as_stmt->into ? node->create_table_as_stmt->into->rel : NULL);
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        return only_adds_unknown_columns(catalog, statement, node->alter_table_stmt);
    default:
        return false;
    }
}

bool sl_catalog_apply(struct sl_catalog *catalog, const struct sl_statement *statement)
{
    const struct sl_lowered *lowered = statement->lowered;
    if (!statement->is_log)
        sl_catalog_enter_source(catalog, statement->source_id);
    if (!statement->node) {
        if (lowered && lowered->routine.present) {
            sl_catalog_create_lowered_trigger(catalog, statement);
            return true;
        }
        if (lowered && lowered->kind == SL_LOWERED_TRANSACTION)
            sl_catalog_apply_transaction(catalog, statement);
        return lowered && lowered->kind == SL_LOWERED_ADMIN && sl_catalog_apply_admin(catalog, statement);
    }
    enum sl_lowered_role role = lowered->items[statement->item].role;
    if (role == SL_ROLE_BODY || role == SL_ROLE_CONDITION)
        return false; /* a body runs when it is called, not where it stands */
    if (statement->is_log && !fills_a_gap(catalog, statement, statement->node))
        return false;
    return apply_relation(catalog, statement, statement->node) || apply_other(catalog, statement, statement->node);
}
