/* ALTER TABLE, RENAME, DROP: what happens to what is there. */
#include "resolve/catalog_private.h"

#include "base/limits.h"
#include "resolve/value.h"

static bool option_is(const PgQuery__ColumnDef *def, const char *name)
{
    for (size_t i = 0; i < def->n_fdwoptions; i++) {
        const PgQuery__Node *node = def->fdwoptions[i];
        if (node->node_case == PG_QUERY__NODE__NODE_DEF_ELEM && node->def_elem->defname &&
            strcmp(node->def_elem->defname, name) == 0)
            return true;
    }
    return false;
}

static void add_column(struct sl_catalog *catalog, const struct sl_statement *statement, struct sl_table_record *record,
                       const PgQuery__ColumnDef *def)
{
    bool is_redefinition = option_is(def, "mysql_verb");
    sl_catalog_define_column(catalog, statement, record, def);
    sl_str name = sl_catalog_fold(catalog, statement->mode.dialect, sl_str_from(def->colname));
    const struct sl_column *column = sl_record_find_column(record, name);
    if (!column)
        return;
    sl_str detail = sl_arena_printf(catalog->run, "%s%s", column->is_not_null ? "not_null " : "",
                                    column->default_is_now ? "default_now" : "");
    sl_catalog_add_change(catalog, statement, is_redefinition ? "change_column" : "add_column", record->table.table_id,
                          column->column_id, name, sl_str_trim(detail));
}

static void drop_column(struct sl_catalog *catalog, const struct sl_statement *statement,
                        struct sl_table_record *record, sl_str name)
{
    struct sl_column *column = sl_record_find_column(record, name);
    sl_catalog_add_change(catalog, statement, "drop_column", record->table.table_id, column ? column->column_id : 0,
                          name, SL_STR_EMPTY);
    if (column)
        column->is_dropped = true;
    for (size_t i = 0; i < record->keys.len; i++) {
        for (size_t k = 0; k < record->keys.items[i].columns.len; k++)
            record->keys.items[i].is_dropped |= sl_str_eq(record->keys.items[i].columns.items[k], name);
    }
    for (size_t i = 0; i < catalog->foreign_keys.len; i++) {
        struct sl_foreign_key *key = &catalog->foreign_keys.items[i];
        for (size_t k = 0; key->child_id == record->table.table_id && k < key->columns.len; k++)
            key->is_dropped |= sl_str_eq(key->columns.items[k], name);
    }
}

static void drop_constraint(struct sl_catalog *catalog, struct sl_table_record *record, sl_str name)
{
    for (size_t i = 0; i < catalog->foreign_keys.len; i++) {
        struct sl_foreign_key *key = &catalog->foreign_keys.items[i];
        if (key->child_id == record->table.table_id && sl_str_eq_nocase(key->name, name))
            key->is_dropped = true;
    }
    bool is_primary = sl_str_eq_nocase(name, SL_STR("primary")) || sl_str_has_suffix(name, SL_STR("_pkey"));
    for (size_t i = 0; i < record->keys.len; i++) {
        struct sl_key *key = &record->keys.items[i];
        if ((key->name.len && sl_str_eq_nocase(key->name, name)) || (is_primary && key->is_primary))
            key->is_dropped = true;
    }
}

static void attach_partition(struct sl_catalog *catalog, const struct sl_statement *statement,
                             struct sl_table_record *parent, const PgQuery__RangeVar *range, bool attach,
                             bool is_partition)
{
    struct sl_table_record *child = sl_catalog_range_record(catalog, statement, range, attach);
    if (!child || child == parent)
        return;
    for (size_t i = 0; i < child->parents.len; i++) {
        if (child->parents.items[i] == parent->table.table_id)
            child->parents.items[i] = 0;
    }
    for (size_t i = 0; i < parent->children.len; i++) {
        if (parent->children.items[i] == child->table.table_id)
            parent->children.items[i] = 0;
    }
    child->is_partition = attach && is_partition;
    if (!attach)
        return;
    *SL_VEC_PUSH(catalog->run, &child->parents) = parent->table.table_id;
    *SL_VEC_PUSH(catalog->run, &parent->children) = child->table.table_id;
}

/* One clause that changes a column; answers false if the clause is of another kind. */
static bool alter_column(struct sl_catalog *catalog, const struct sl_statement *statement,
                         struct sl_table_record *record, const PgQuery__AlterTableCmd *cmd)
{
    sl_str name = sl_catalog_fold(catalog, statement->mode.dialect, sl_str_from(cmd->name));
    struct sl_column *column = sl_record_find_column(record, name);
    const PgQuery__ColumnDef *def =
        cmd->def && cmd->def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF ? cmd->def->column_def : NULL;
    switch (cmd->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        if (def)
            add_column(catalog, statement, record, def);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
        drop_column(catalog, statement, record, name);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        if (column) {
            column->default_is_now = sl_value_is_now(cmd->def);
            column->default_text = cmd->def ? sl_default_text(catalog, cmd->def) : SL_STR_EMPTY;
            /* MariaDB 10.11, executed: ALTER … SET DEFAULT and DROP DEFAULT take ON UPDATE away with the default. */
            if (column->on_update_now && statement->mode.mariadb) {
                column->on_update_now = column->on_update_implicit = false;
                sl_catalog_add_change(catalog, statement, "lose_on_update", column->table_id, column->column_id,
                                      column->name, SL_STR_EMPTY);
            }
        }
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        if (column)
            column->is_not_null = cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull;
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression:
        if (column)
            column->is_generated = false;
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        if (column && def) {
            sl_catalog_set_type(catalog, statement->mode.dialect, column, def->type_name);
            sl_catalog_add_change(catalog, statement, "change_column", column->table_id, column->column_id, name,
                                  SL_STR("type"));
        }
        return true;
    default:
        return false;
    }
}

static bool switch_trigger(struct sl_catalog *catalog, const struct sl_statement *statement,
                           struct sl_table_record *record, const PgQuery__AlterTableCmd *cmd)
{
    static const struct {
        PgQuery__AlterTableType type;
        int fires;
        bool has_name;
    } switches[] = {
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig, SL_FIRES_ORIGIN, true},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig, SL_FIRES_ALWAYS, true},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig, SL_FIRES_REPLICA, true},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig, SL_FIRES_DISABLED, true},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll, SL_FIRES_ORIGIN, false},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser, SL_FIRES_ORIGIN, false},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll, SL_FIRES_DISABLED, false},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser, SL_FIRES_DISABLED, false},
    };
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        if (switches[i].type != cmd->subtype)
            continue;
        sl_catalog_switch_trigger(catalog, statement, record->table.table_id,
                                  switches[i].has_name ? sl_str_from(cmd->name) : SL_STR_EMPTY, switches[i].fires);
        return true;
    }
    return false;
}

static void alter_other(struct sl_catalog *catalog, const struct sl_statement *statement,
                        struct sl_table_record *record, const PgQuery__AlterTableCmd *cmd)
{
    const PgQuery__Node *def = cmd->def;
    switch (cmd->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        if (def && def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
            sl_catalog_add_constraint(catalog, statement, record, def->constraint, SL_STR_EMPTY);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        drop_constraint(catalog, record, sl_str_from(cmd->name));
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
        if (def && def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD)
            attach_partition(catalog, statement, record, def->partition_cmd->name,
                             cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition, true);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit: {
        if (!def || def->node_case != PG_QUERY__NODE__NODE_RANGE_VAR)
            break;
        struct sl_table_record *parent = sl_catalog_range_record(catalog, statement, def->range_var, true);
        PgQuery__RangeVar child = PG_QUERY__RANGE_VAR__INIT;
        child.schemaname = (char *)(uintptr_t)record->table.schema.ptr;
        child.relname = (char *)(uintptr_t)record->table.name.ptr;
        if (parent)
            attach_partition(catalog, statement, parent, &child,
                             cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit, false);
        break;
    }
    default:
        break;
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_SCOPE_DEPTH; children inherit what happens to the parent */
static void alter_clause(struct sl_catalog *catalog, const struct sl_statement *statement,
                         struct sl_table_record *record, const PgQuery__AlterTableCmd *cmd, unsigned depth)
{
    if (alter_column(catalog, statement, record, cmd)) {
        for (size_t i = 0; i < record->children.len && depth < SL_MAX_SCOPE_DEPTH; i++) {
            struct sl_table_record *child = sl_catalog_record(catalog, record->children.items[i]);
            if (child)
                alter_clause(catalog, statement, child, cmd, depth + 1);
        }
        return;
    }
    if (!switch_trigger(catalog, statement, record, cmd))
        alter_other(catalog, statement, record, cmd);
}

void sl_catalog_alter_table(struct sl_catalog *catalog, const struct sl_statement *statement,
                            const PgQuery__AlterTableStmt *stmt)
{
    if (stmt->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX || stmt->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE)
        return;
    struct sl_table_record *record = sl_catalog_range_record(catalog, statement, stmt->relation, true);
    for (size_t i = 0; record && i < stmt->n_cmds; i++) {
        if (stmt->cmds[i]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
            alter_clause(catalog, statement, record, stmt->cmds[i]->alter_table_cmd, 0);
    }
}

static void rename_in_key(struct sl_key *key, sl_str old_name, sl_str new_name)
{
    for (size_t i = 0; i < key->columns.len; i++) {
        if (sl_str_eq(key->columns.items[i], old_name))
            key->columns.items[i] = new_name;
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_SCOPE_DEPTH */
static void rename_column(struct sl_catalog *catalog, struct sl_table_record *record, sl_str old_name, sl_str new_name,
                          unsigned depth)
{
    struct sl_column *column = sl_record_find_column(record, old_name);
    if (!column || sl_str_eq(old_name, new_name))
        return;
    struct sl_column *clash = sl_record_find_column(record, new_name);
    if (clash)
        clash->is_dropped = true;
    column->name = column->written = new_name;
    for (size_t i = 0; i < record->keys.len; i++)
        rename_in_key(&record->keys.items[i], old_name, new_name);
    for (size_t i = 0; i < catalog->foreign_keys.len; i++) {
        struct sl_foreign_key *key = &catalog->foreign_keys.items[i];
        if (key->child_id != record->table.table_id)
            continue;
        for (size_t k = 0; k < key->columns.len; k++) {
            if (sl_str_eq(key->columns.items[k], old_name))
                key->columns.items[k] = new_name;
        }
    }
    for (size_t i = 0; i < record->children.len && depth < SL_MAX_SCOPE_DEPTH; i++) {
        struct sl_table_record *child = sl_catalog_record(catalog, record->children.items[i]);
        if (child)
            rename_column(catalog, child, old_name, new_name, depth + 1);
    }
}

static void set_written(struct sl_catalog *catalog, struct sl_table_record *record, sl_str name, sl_str written)
{
    struct sl_column *column = record ? sl_record_find_column(record, name) : NULL;
    if (column)
        column->written = sl_arena_copy(catalog->run, written);
}

void sl_catalog_rename(struct sl_catalog *catalog, const struct sl_statement *statement,
                       const PgQuery__RenameStmt *stmt)
{
    enum sl_dialect dialect = statement->mode.dialect;
    sl_str new_name = sl_catalog_fold(catalog, dialect, sl_str_from(stmt->newname));
    sl_str sub_name = sl_catalog_fold(catalog, dialect, sl_str_from(stmt->subname));
    struct sl_table_record *record = NULL;
    switch (stmt->rename_type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
    case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE:
        record = sl_catalog_range_record(catalog, statement, stmt->relation, true);
        if (record) {
            sl_str schema = record->table.written_schema;
            sl_catalog_rename_table(catalog, record, record->table.schema, new_name);
            record->table.written_schema = schema;
            record->table.written = sl_arena_copy(catalog->run, sl_str_from(stmt->newname));
        }
        break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN:
        record = sl_catalog_range_record(catalog, statement, stmt->relation, true);
        if (record)
            rename_column(catalog, record, sub_name, new_name, 0);
        set_written(catalog, record, new_name, sl_str_from(stmt->newname));
        break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER:
        record = sl_catalog_range_record(catalog, statement, stmt->relation, false);
        if (record)
            sl_catalog_rename_trigger(catalog, record->table.table_id, sub_name, new_name);
        break;
    default:
        break;
    }
}

/* The last two names of a qualified name: [schema,] name. */
static void split_name(const PgQuery__Node *node, sl_str *schema, sl_str *name)
{
    *schema = *name = SL_STR_EMPTY;
    if (node->node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS) {
        const PgQuery__ObjectWithArgs *object = node->object_with_args;
        if (object->n_objname)
            *name = sl_node_string(object->objname[object->n_objname - 1]);
        if (object->n_objname > 1)
            *schema = sl_node_string(object->objname[object->n_objname - 2]);
        return;
    }
    if (node->node_case == PG_QUERY__NODE__NODE_LIST) {
        if (node->list->n_items)
            *name = sl_node_string(node->list->items[node->list->n_items - 1]);
        if (node->list->n_items > 1)
            *schema = sl_node_string(node->list->items[node->list->n_items - 2]);
        return;
    }
    *name = sl_node_string(node);
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_SCOPE_DEPTH; partitions go with their table */
static void drop_table(struct sl_catalog *catalog, struct sl_table_record *record, unsigned depth)
{
    record->table.is_dropped = true;
    for (size_t i = 0; i < record->children.len && depth < SL_MAX_SCOPE_DEPTH; i++) {
        struct sl_table_record *child = sl_catalog_record(catalog, record->children.items[i]);
        if (child && child->is_partition && !child->table.is_dropped)
            drop_table(catalog, child, depth + 1);
    }
}

static void drop_schema(struct sl_catalog *catalog, sl_str schema)
{
    for (size_t i = 0; i < catalog->tables.len; i++) {
        struct sl_table_record *record = catalog->tables.items[i];
        if (!record->table.is_dropped && sl_str_eq_nocase(record->table.schema, schema))
            drop_table(catalog, record, 0);
    }
}

static void drop_trigger(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__Node *object)
{
    if (object->node_case != PG_QUERY__NODE__NODE_LIST || object->list->n_items == 0)
        return;
    PgQuery__Node **items = object->list->items;
    size_t n = object->list->n_items;
    sl_str name = sl_node_string(items[n - 1]);
    sl_str table = n > 1 ? sl_node_string(items[n - 2]) : SL_STR_EMPTY;
    sl_str schema = n > 2 ? sl_node_string(items[n - 3]) : SL_STR_EMPTY;
    if (sl_str_has_prefix(table, SL_STR("mysql:")))
        table = schema = SL_STR_EMPTY;
    sl_catalog_drop_trigger(catalog, statement, schema, table, name);
}

/* Lowering names MySQL's index behind its table: [db,] table, index. Elsewhere an index is its schema's. */
static void drop_index(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__Node *object)
{
    sl_str table, name, schema = SL_STR_EMPTY;
    split_name(object, &table, &name);
    bool is_of_table = statement->mode.dialect == SL_DIALECT_MYSQL;
    if (is_of_table && object->node_case == PG_QUERY__NODE__NODE_LIST && object->list->n_items > 2)
        schema = sl_node_string(object->list->items[object->list->n_items - 3]);
    if (is_of_table) {
        struct sl_table_record *record = sl_catalog_find_record(catalog, statement->mode.dialect, schema, table);
        if (record)
            drop_constraint(catalog, record, name);
        return;
    }
    for (size_t i = 0; i < catalog->tables.len; i++) {
        for (size_t k = 0; k < catalog->tables.items[i]->keys.len; k++) {
            struct sl_key *key = &catalog->tables.items[i]->keys.items[k];
            key->is_dropped |=
                key->name.len && sl_str_eq(key->name, sl_catalog_fold(catalog, statement->mode.dialect, name));
        }
    }
}

static bool is_temporary(const struct sl_statement *statement, const struct sl_table_record *record)
{
    for (size_t i = 0; i < statement->lowered->n_facts; i++) {
        if (sl_str_eq(statement->lowered->facts[i].text, SL_STR("temporary")))
            return true;
    }
    return record && record->table.is_temporary;
}

void sl_catalog_drop(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__DropStmt *stmt)
{
    for (size_t i = 0; i < stmt->n_objects; i++) {
        sl_str schema, name;
        split_name(stmt->objects[i], &schema, &name);
        struct sl_table_record *record;
        switch (stmt->remove_type) {
        case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
        case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
        case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
        case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE:
            record = sl_catalog_find_record(catalog, statement->mode.dialect, schema, name);
            sl_catalog_add_change(catalog, statement,
                                  stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ? "drop_table" : "drop_view",
                                  record ? record->table.table_id : 0, 0, name,
                                  is_temporary(statement, record) ? SL_STR("temporary") : SL_STR_EMPTY);
            if (record)
                drop_table(catalog, record, 0);
            break;
        case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
            drop_index(catalog, statement, stmt->objects[i]);
            break;
        case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA:
            sl_catalog_add_change(catalog, statement, "drop_schema", 0, 0, name, SL_STR_EMPTY);
            drop_schema(catalog, name);
            break;
        case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER:
            drop_trigger(catalog, statement, stmt->objects[i]);
            break;
        case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION:
        case PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE:
        case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE:
            if (stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
                sl_catalog_drop_triggers_of(catalog, statement, name);
            sl_catalog_drop_function(catalog, schema, name);
            break;
        default:
            break;
        }
    }
}

void sl_catalog_move_schema(struct sl_catalog *catalog, const struct sl_statement *statement,
                            const PgQuery__AlterObjectSchemaStmt *stmt)
{
    if (!stmt->relation)
        return;
    struct sl_table_record *record = sl_catalog_range_record(catalog, statement, stmt->relation, true);
    if (record)
        sl_catalog_rename_table(catalog, record,
                                sl_catalog_fold(catalog, statement->mode.dialect, sl_str_from(stmt->newschema)),
                                record->table.name);
}
