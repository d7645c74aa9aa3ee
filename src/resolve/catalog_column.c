/* What a column definition and a constraint say: default, keys, and MySQL's attributes carried as OPTIONS. */
#include "resolve/catalog_private.h"

#include "resolve/value.h"

sl_str sl_default_text(const struct sl_catalog *catalog, const PgQuery__Node *expr)
{
    sl_str text;
    if (sl_value_is_now(expr))
        return SL_STR("now()");
    if (sl_value_is_null(expr))
        return SL_STR("NULL");
    if (sl_value_literal(expr, catalog->run, &text))
        return text;
    sl_str function = sl_value_function(expr);
    return function.len ? sl_arena_printf(catalog->run, "%.*s()", SL_STR_ARG(function)) : SL_STR("(expression)");
}

void sl_catalog_add_key(struct sl_catalog *catalog, struct sl_table_record *record, sl_str name,
                        PgQuery__Node **columns, size_t n_columns, bool is_primary, bool is_partial,
                        enum sl_dialect dialect)
{
    struct sl_key *key = SL_VEC_PUSH(catalog->run, &record->keys);
    *key = (struct sl_key){
        .name = sl_catalog_fold(catalog, dialect, name), .is_primary = is_primary, .is_partial = is_partial};
    for (size_t i = 0; i < n_columns; i++) {
        sl_str column = sl_node_string(columns[i]);
        if (columns[i]->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM)
            column = sl_str_from(columns[i]->index_elem->name);
        *SL_VEC_PUSH(catalog->run, &key->columns) = sl_catalog_fold(catalog, dialect, column);
    }
    for (size_t i = 0; i < key->columns.len; i++) {
        struct sl_column *column = sl_record_find_column(record, key->columns.items[i]);
        if (!column)
            continue;
        column->in_primary_key |= is_primary;
        column->in_unique_key |= !is_primary;
        column->is_not_null |= is_primary;
    }
}

/* What stands in the parentheses behind GENERATED ALWAYS AS at `location` of the statement's common text. */
static sl_str generated_text(const struct sl_catalog *catalog, const struct sl_statement *statement, int32_t location)
{
    sl_str text = statement->lowered->items[statement->item].text;
    size_t depth = 0, open = 0;
    char quote = 0;
    for (size_t i = location < 0 ? text.len : (size_t)location; i < text.len; i++) {
        char c = text.ptr[i];
        if (quote || c == '\'' || c == '"') {
            quote = !quote ? c : c == quote ? 0 : quote;
        } else if (c == '(') {
            open = depth++ == 0 ? i + 1 : open;
        } else if (c == ')' && depth > 0 && --depth == 0) {
            return sl_arena_copy(catalog->run, sl_str_slice(text, open, i - open));
        }
    }
    return SL_STR_EMPTY;
}

static enum sl_key_action action_of(const char *code)
{
    switch (code && code[0] ? code[0] : 'a') {
    case 'c':
        return SL_KEY_ACTION_CASCADE;
    case 'n':
        return SL_KEY_ACTION_SET_NULL;
    case 'd':
        return SL_KEY_ACTION_SET_DEFAULT;
    default:
        return SL_KEY_ACTION_NONE;
    }
}

static void add_foreign_key(struct sl_catalog *catalog, const struct sl_statement *statement,
                            struct sl_table_record *record, const PgQuery__Constraint *constraint, sl_str column)
{
    enum sl_dialect dialect = statement->mode.dialect;
    if (!constraint->pktable)
        return;
    struct sl_foreign_key *key = SL_VEC_PUSH(catalog->run, &catalog->foreign_keys);
    *key = (struct sl_foreign_key){
        .name = sl_catalog_fold(catalog, dialect, sl_str_from(constraint->conname)),
        .child_id = record->table.table_id,
        .parent_schema = sl_catalog_fold(catalog, dialect, sl_str_from(constraint->pktable->schemaname)),
        .parent = sl_catalog_fold(catalog, dialect, sl_str_from(constraint->pktable->relname)),
        .on_update = action_of(constraint->fk_upd_action),
        .on_delete = action_of(constraint->fk_del_action),
        .place = sl_statement_place(statement, (uint32_t)constraint->location),
    };
    struct sl_table_record *parent = sl_catalog_find_record(catalog, dialect, key->parent_schema, key->parent);
    key->parent_id = parent ? parent->table.table_id : 0;
    if (column.len)
        *SL_VEC_PUSH(catalog->run, &key->columns) = column;
    for (size_t i = 0; i < constraint->n_fk_attrs; i++)
        *SL_VEC_PUSH(catalog->run, &key->columns) =
            sl_catalog_fold(catalog, dialect, sl_node_string(constraint->fk_attrs[i]));
    for (size_t i = 0; i < constraint->n_pk_attrs; i++)
        *SL_VEC_PUSH(catalog->run, &key->parent_columns) =
            sl_catalog_fold(catalog, dialect, sl_node_string(constraint->pk_attrs[i]));
    for (size_t i = 0; i < key->columns.len; i++) {
        struct sl_column *child = sl_record_find_column(record, key->columns.items[i]);
        if (child)
            child->in_foreign_key = true;
    }
}

static void set_default(struct sl_catalog *catalog, struct sl_column *column, const PgQuery__Node *expr)
{
    column->default_text = sl_default_text(catalog, expr);
    column->default_is_now = sl_value_is_now(expr);
}

static void add_named_key(struct sl_catalog *catalog, const struct sl_statement *statement,
                          struct sl_table_record *record, const PgQuery__Constraint *constraint, sl_str column)
{
    bool is_primary = constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
    PgQuery__String text = PG_QUERY__STRING__INIT;
    PgQuery__Node node = PG_QUERY__NODE__INIT, *own[1] = {&node};
    text.sval = (char *)(uintptr_t)column.ptr; /* NUL behind it: it is an arena copy */
    node.node_case = PG_QUERY__NODE__NODE_STRING;
    node.string = &text;
    bool is_own = constraint->n_keys == 0 && column.len > 0;
    sl_catalog_add_key(catalog, record, sl_str_from(constraint->conname), is_own ? own : constraint->keys,
                       is_own ? 1 : constraint->n_keys, is_primary, false, statement->mode.dialect);
}

void sl_catalog_add_constraint(struct sl_catalog *catalog, const struct sl_statement *statement,
                               struct sl_table_record *record, const PgQuery__Constraint *constraint, sl_str column)
{
    struct sl_column *own = column.len ? sl_record_find_column(record, column) : NULL;
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        add_named_key(catalog, statement, record, constraint, column);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        add_foreign_key(catalog, statement, record, constraint, column);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
        if (own)
            own->is_not_null = true;
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        if (own)
            set_default(catalog, own, constraint->raw_expr);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
        if (own) {
            own->is_generated = true;
            own->generated_text = generated_text(catalog, statement, constraint->location);
        }
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
        if (own)
            own->is_auto_increment = own->is_not_null = true;
        break;
    default:
        break;
    }
}

static bool has_constraint(const PgQuery__ColumnDef *def, PgQuery__ConstrType type)
{
    for (size_t i = 0; i < def->n_constraints; i++) {
        if (def->constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
            def->constraints[i]->constraint->contype == type)
            return true;
    }
    return false;
}

static const PgQuery__DefElem *find_option(const PgQuery__ColumnDef *def, const char *name)
{
    for (size_t i = 0; i < def->n_fdwoptions; i++) {
        const PgQuery__Node *node = def->fdwoptions[i];
        if (node->node_case == PG_QUERY__NODE__NODE_DEF_ELEM && node->def_elem->defname &&
            strcmp(node->def_elem->defname, name) == 0)
            return node->def_elem;
    }
    return NULL;
}

static bool is_first_timestamp(const struct sl_table_record *record, const struct sl_column *column)
{
    for (size_t i = 0; i < record->table.columns.len; i++) {
        const struct sl_column *other = &record->table.columns.items[i];
        if (other == column)
            return true;
        if (!other->is_dropped && sl_str_has_prefix_nocase(other->type, SL_STR("timestamp")))
            return false;
    }
    return true;
}

/* MySQL 5.7 manual, "explicit_defaults_for_timestamp": the first TIMESTAMP without NULL, DEFAULT or ON UPDATE. */
static void apply_implicit_timestamp(const struct sl_catalog *catalog, const struct sl_statement *statement,
                                     const struct sl_table_record *record, struct sl_column *column,
                                     const PgQuery__ColumnDef *def)
{
    if (!catalog->has_implicit_timestamps || statement->mode.dialect != SL_DIALECT_MYSQL ||
        !sl_str_has_prefix_nocase(column->type, SL_STR("timestamp")) ||
        has_constraint(def, PG_QUERY__CONSTR_TYPE__CONSTR_NULL))
        return;
    column->is_not_null = true;
    if (has_constraint(def, PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT) || column->on_update_now || column->is_generated ||
        !is_first_timestamp(record, column))
        return;
    column->default_is_now = column->on_update_now = column->on_update_implicit = true;
    column->default_text = SL_STR("now()");
    column->on_update_place = column->made;
    column->on_update_by = statement->statement_id;
}

/* What lowering carries in band: sql/lower.h lists the options. */
static void apply_options(const struct sl_catalog *catalog, const struct sl_statement *statement,
                          struct sl_column *column, const PgQuery__ColumnDef *def)
{
    const PgQuery__DefElem *comment = find_option(def, "comment");
    const PgQuery__DefElem *on_update = find_option(def, "on_update");
    if (on_update) {
        column->on_update_now = true;
        column->on_update_place = sl_statement_place(statement, (uint32_t)on_update->location);
        column->on_update_by = statement->statement_id;
    }
    column->is_auto_increment |= find_option(def, "auto_increment") != NULL;
    column->is_generated |= find_option(def, "generated") != NULL;
    if (find_option(def, "unsigned"))
        column->type = sl_arena_printf(catalog->run, "%.*s unsigned", SL_STR_ARG(column->type));
    if (comment)
        column->comment = sl_arena_copy(catalog->run, sl_ast_string(comment->arg));
}

/* MODIFY and CHANGE give a full definition: what it does not repeat is lost. */
static void reset_definition(struct sl_column *column)
{
    column->is_not_null = column->is_generated = column->is_auto_increment = false;
    column->comment = SL_STR_EMPTY;
    column->default_text = SL_STR_EMPTY;
    column->default_is_now = column->on_update_now = column->on_update_implicit = false;
    column->on_update_by = 0;
    column->is_inferred = false;
}

static void note_on_update_change(struct sl_catalog *catalog, const struct sl_statement *statement,
                                  const struct sl_column *column, bool had_on_update)
{
    if (had_on_update == column->on_update_now)
        return;
    sl_catalog_add_change(catalog, statement, column->on_update_now ? "gain_on_update" : "lose_on_update",
                          column->table_id, column->column_id, column->name, SL_STR_EMPTY);
}

void sl_catalog_define_column(struct sl_catalog *catalog, const struct sl_statement *statement,
                              struct sl_table_record *record, const PgQuery__ColumnDef *def)
{
    sl_str name = sl_catalog_fold(catalog, statement->mode.dialect, sl_str_from(def->colname));
    struct sl_column *column = sl_record_find_column(record, name);
    bool had_on_update = column && column->on_update_now;
    bool is_redefined = column && !column->is_inferred;
    if (!column)
        column = sl_catalog_add_column(catalog, record, name);
    reset_definition(column);
    column->written = sl_arena_copy(catalog->run, sl_str_from(def->colname));
    sl_catalog_set_type(catalog, statement->mode.dialect, column, def->type_name);
    column->made = sl_statement_place(statement, (uint32_t)def->location);
    if (!is_redefined)
        column->made_by = statement->statement_id;
    column->is_not_null = def->is_not_null;
    column->is_auto_increment = sl_str_find_nocase(column->type, SL_STR("serial")) != SIZE_MAX;
    if (def->raw_default)
        set_default(catalog, column, def->raw_default);
    for (size_t i = 0; i < def->n_constraints; i++) {
        if (def->constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
            sl_catalog_add_constraint(catalog, statement, record, def->constraints[i]->constraint, name);
    }
    apply_options(catalog, statement, column, def);
    apply_implicit_timestamp(catalog, statement, record, column, def);
    note_on_update_change(catalog, statement, column, had_on_update);
}
