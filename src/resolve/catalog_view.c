/* CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE TABLE AS: the output columns, and for views the query itself. */
#include "resolve/catalog_private.h"

#include "base/limits.h"
#include "resolve/value.h"

/* The lines of a source, kept for the places inside views: one copy a source. */
static const struct sl_lines *keep_lines(struct sl_catalog *catalog, const struct sl_statement *statement)
{
    for (size_t i = catalog->sources.len; i > 0; i--) {
        if (catalog->sources.items[i - 1].source_id == statement->source_id &&
            catalog->sources.items[i - 1].lines->text.len == statement->source_text.len && !statement->is_log)
            return catalog->sources.items[i - 1].lines;
    }
    struct sl_lines *lines = SL_NEW(catalog->run, struct sl_lines);
    sl_lines_init(lines, catalog->run, sl_arena_copy(catalog->run, statement->source_text));
    size_t n = statement->lines ? statement->lines->n_origins : 0;
    if (n) {
        struct sl_line_origin *origins = SL_NEW_ARRAY(catalog->run, n, struct sl_line_origin);
        memcpy(origins, statement->lines->origins, n * sizeof *origins);
        lines->origins = origins;
        lines->n_origins = n;
    }
    *SL_VEC_PUSH(catalog->run, &catalog->sources) = (struct sl_source_copy){statement->source_id, lines};
    return lines;
}

static struct sl_segmap copy_map(struct sl_arena *run, const struct sl_segmap *map)
{
    struct sl_segmap copy = {0};
    if (!map || map->len == 0)
        return copy;
    copy.items = SL_NEW_ARRAY(run, map->len, struct sl_segment);
    memcpy(copy.items, map->items, map->len * sizeof *map->items);
    copy.len = copy.cap = map->len;
    return copy;
}

/* The statement without its AST, in the run arena: item 0 of its own `lowered` is the item that was parsed. */
static struct sl_statement *keep_statement(struct sl_catalog *catalog, const struct sl_statement *statement)
{
    const struct sl_lowered_item *item = &statement->lowered->items[statement->item];
    struct sl_lowered_item *own_item = SL_NEW(catalog->run, struct sl_lowered_item);
    *own_item = (struct sl_lowered_item){.role = item->role,
                                         .text = sl_arena_copy(catalog->run, item->text),
                                         .map = copy_map(catalog->run, &item->map),
                                         .source = item->source};
    struct sl_lowered *lowered = SL_NEW(catalog->run, struct sl_lowered);
    *lowered = (struct sl_lowered){.kind = SL_LOWERED_SQL,
                                   .verb = sl_arena_copy(catalog->run, statement->lowered->verb),
                                   .items = own_item,
                                   .n_items = 1};
    struct sl_segmap *fragment_map = SL_NEW(catalog->run, struct sl_segmap);
    *fragment_map = copy_map(catalog->run, statement->fragment_map);
    struct sl_statement *kept = SL_NEW(catalog->run, struct sl_statement);
    *kept = *statement;
    kept->node = NULL;
    kept->lowered = lowered;
    kept->item = 0;
    kept->lines = keep_lines(catalog, statement);
    kept->source_text = kept->lines->text;
    kept->fragment_map = fragment_map;
    return kept;
}

struct output {
    sl_str name;
    const struct sl_column *column; /* where it is a bare column; else NULL */
};

struct outputs {
    struct output *items;
    size_t len, cap;
};

struct from_tables {
    struct {
        sl_str alias;
        const struct sl_table *table;
    } * items;
    size_t len, cap;
};

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_SCOPE_DEPTH joins */
static void list_tables(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__Node *from,
                        struct from_tables *tables, unsigned depth)
{
    if (!from || depth > SL_MAX_SCOPE_DEPTH)
        return;
    if (from->node_case == PG_QUERY__NODE__NODE_JOIN_EXPR) {
        list_tables(catalog, statement, from->join_expr->larg, tables, depth + 1);
        list_tables(catalog, statement, from->join_expr->rarg, tables, depth + 1);
        return;
    }
    if (from->node_case != PG_QUERY__NODE__NODE_RANGE_VAR)
        return;
    const struct sl_table_record *record = sl_catalog_range_record(catalog, statement, from->range_var, false);
    const PgQuery__Alias *alias = from->range_var->alias;
    tables->items = sl_vec_grow(catalog->run, tables->items, tables->len, &tables->cap, sizeof *tables->items);
    tables->items[tables->len].alias = sl_str_from(alias ? alias->aliasname : from->range_var->relname);
    tables->items[tables->len++].table = record ? &record->table : NULL;
}

static const struct sl_column *find_in_tables(const struct from_tables *tables, enum sl_dialect dialect,
                                              sl_str qualifier, sl_str name)
{
    const struct sl_column *found = NULL;
    for (size_t i = 0; i < tables->len; i++) {
        if (!tables->items[i].table || (qualifier.len && !sl_str_eq_nocase(qualifier, tables->items[i].alias)))
            continue;
        const struct sl_column *column = sl_table_find_column(tables->items[i].table, dialect, name);
        if (column && found)
            return NULL;
        found = column ? column : found;
    }
    return found;
}

static void add_star(struct sl_catalog *catalog, const struct from_tables *tables, sl_str qualifier,
                     struct outputs *outputs)
{
    for (size_t i = 0; i < tables->len; i++) {
        const struct sl_table *table = tables->items[i].table;
        if (!table || (qualifier.len && !sl_str_eq_nocase(qualifier, tables->items[i].alias)))
            continue;
        for (size_t c = 0; c < table->columns.len; c++) {
            if (!table->columns.items[c].is_dropped)
                *SL_VEC_PUSH(catalog->run, outputs) =
                    (struct output){table->columns.items[c].name, &table->columns.items[c]};
        }
    }
}

static void add_output(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__Node *target,
                       const struct from_tables *tables, struct outputs *outputs)
{
    if (target->node_case != PG_QUERY__NODE__NODE_RES_TARGET || !target->res_target->val)
        return;
    const PgQuery__Node *value = target->res_target->val;
    sl_str qualifier, name = sl_value_column(value, &qualifier);
    if (value->node_case == PG_QUERY__NODE__NODE_COLUMN_REF && name.len == 0) {
        add_star(catalog, tables, qualifier, outputs);
        return;
    }
    const struct sl_column *column = name.len ? find_in_tables(tables, statement->mode.dialect, qualifier, name) : NULL;
    if (target->res_target->name && target->res_target->name[0])
        name = sl_str_from(target->res_target->name);
    else if (name.len == 0)
        name = sl_value_function(value);
    *SL_VEC_PUSH(catalog->run, outputs) = (struct output){name, column};
}

static void list_outputs(struct sl_catalog *catalog, const struct sl_statement *statement, const PgQuery__Node *query,
                         struct outputs *outputs)
{
    if (!query || query->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
        return;
    const PgQuery__SelectStmt *select = query->select_stmt;
    while (select->larg) /* a set operation is named by its first arm */
        select = select->larg;
    struct from_tables tables = {0};
    for (size_t i = 0; i < select->n_from_clause; i++)
        list_tables(catalog, statement, select->from_clause[i], &tables, 0);
    for (size_t i = 0; i < select->n_target_list; i++)
        add_output(catalog, statement, select->target_list[i], &tables, outputs);
}

static void add_output_columns(struct sl_catalog *catalog, const struct sl_statement *statement,
                               struct sl_table_record *record, const PgQuery__Node *query, PgQuery__Node **names,
                               size_t n_names)
{
    struct outputs outputs = {0};
    list_outputs(catalog, statement, query, &outputs);
    for (size_t i = 0; i < outputs.len; i++) {
        sl_str name = i < n_names ? sl_node_string(names[i]) : outputs.items[i].name;
        name = sl_catalog_fold(catalog, statement->mode.dialect, name);
        if (name.len == 0 || sl_record_find_column(record, name))
            continue;
        struct sl_column copy = {0};
        if (outputs.items[i].column)
            copy = *outputs.items[i].column;
        struct sl_column *column = sl_catalog_add_column(catalog, record, name);
        column->written = sl_arena_copy(catalog->run, i < n_names ? sl_node_string(names[i]) : outputs.items[i].name);
        if (outputs.items[i].column) {
            column->type = copy.type;
            column->type_class = copy.type_class;
        }
        column->made = record->table.made;
        column->made_by = statement->statement_id;
    }
}

static struct sl_table_record *add_relation(struct sl_catalog *catalog, const struct sl_statement *statement,
                                            const PgQuery__RangeVar *range, enum sl_relation_kind kind)
{
    struct sl_table_record *record = sl_catalog_add_table(catalog, statement->mode.dialect,
                                                          sl_str_from(range->schemaname), sl_str_from(range->relname));
    record->table.kind = kind;
    record->table.is_temporary = range->relpersistence && range->relpersistence[0] == 't';
    record->table.made = sl_statement_place(statement, (uint32_t)range->location);
    record->table.made_by = statement->statement_id;
    return record;
}

void sl_catalog_create_view(struct sl_catalog *catalog, const struct sl_statement *statement,
                            const PgQuery__ViewStmt *stmt)
{
    if (!stmt->view || !stmt->view->relname)
        return;
    /* The query is read against the catalog before the view: CREATE OR REPLACE VIEW v may not mean itself. */
    struct sl_table_record *record = add_relation(catalog, statement, stmt->view, SL_RELATION_VIEW);
    record->table.definition = keep_statement(catalog, statement);
    add_output_columns(catalog, statement, record, stmt->query, stmt->aliases, stmt->n_aliases);
}

void sl_catalog_create_table_as(struct sl_catalog *catalog, const struct sl_statement *statement,
                                const PgQuery__CreateTableAsStmt *stmt)
{
    if (!stmt->into || !stmt->into->rel || !stmt->into->rel->relname)
        return;
    bool is_view = stmt->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW;
    struct sl_table_record *known = sl_catalog_range_record(catalog, statement, stmt->into->rel, false);
    if (known && !known->table.is_inferred && stmt->if_not_exists)
        return;
    struct sl_table_record *record =
        add_relation(catalog, statement, stmt->into->rel, is_view ? SL_RELATION_MATERIALIZED_VIEW : SL_RELATION_TABLE);
    if (is_view)
        record->table.definition = keep_statement(catalog, statement);
    add_output_columns(catalog, statement, record, stmt->query, stmt->into->col_names, stmt->into->n_col_names);
}
