/* CREATE TABLE: columns, keys, LIKE, INHERITS, partitions. */
#include "resolve/catalog_private.h"

#include "resolve/value.h"

static void copy_columns(struct sl_catalog *catalog, struct sl_table_record *to, const struct sl_table_record *from,
                         bool with_attributes, struct sl_place place)
{
    for (size_t i = 0; i < from->table.columns.len; i++) {
        const struct sl_column source = from->table.columns.items[i];
        if (source.is_dropped || to == from)
            continue;
        struct sl_column *column = sl_record_find_column(to, source.name);
        if (!column)
            column = sl_catalog_add_column(catalog, to, source.name);
        struct sl_column copy = source;
        copy.column_id = column->column_id;
        copy.table_id = column->table_id;
        copy.made = place;
        copy.made_by = to->table.made_by;
        copy.in_primary_key = copy.in_unique_key = copy.in_foreign_key = false;
        if (!with_attributes) {
            copy.default_text = SL_STR_EMPTY;
            copy.default_is_now = copy.on_update_now = copy.on_update_implicit = copy.is_generated = false;
            copy.on_update_by = 0;
        }
        if (copy.on_update_by)
            copy.on_update_by = to->table.made_by;
        *column = copy;
    }
}

static void copy_keys(struct sl_catalog *catalog, struct sl_table_record *to, const struct sl_table_record *from)
{
    for (size_t i = 0; i < from->keys.len; i++) {
        const struct sl_key *key = &from->keys.items[i];
        if (key->is_dropped)
            continue;
        *SL_VEC_PUSH(catalog->run, &to->keys) = *key;
        for (size_t k = 0; k < key->columns.len; k++) {
            struct sl_column *column = sl_record_find_column(to, key->columns.items[k]);
            if (!column)
                continue;
            column->in_primary_key |= key->is_primary;
            column->in_unique_key |= !key->is_primary;
        }
    }
}

/* PostgreSQL keeps the INCLUDING options as bits of its own enum: DEFAULTS is the fourth, INDEXES the seventh (15 to
 * 17). MySQL's LIKE copies every attribute and key. */
static void create_like(struct sl_catalog *catalog, const struct sl_statement *statement,
                        struct sl_table_record *record, const PgQuery__TableLikeClause *like)
{
    enum { INCLUDING_DEFAULTS = 1 << 3, INCLUDING_INDEXES = 1 << 6 };
    struct sl_table_record *from = sl_catalog_range_record(catalog, statement, like->relation, false);
    if (!from)
        return;
    bool is_postgres = statement->mode.dialect == SL_DIALECT_POSTGRES;
    bool attributes = !is_postgres || (like->options & INCLUDING_DEFAULTS);
    struct sl_place place = sl_statement_place(statement, (uint32_t)like->relation->location);
    copy_columns(catalog, record, from, attributes, place);
    if (!is_postgres || (like->options & INCLUDING_INDEXES))
        copy_keys(catalog, record, from);
}

static void inherit(struct sl_catalog *catalog, const struct sl_statement *statement, struct sl_table_record *record,
                    const PgQuery__CreateStmt *stmt)
{
    for (size_t i = 0; i < stmt->n_inh_relations; i++) {
        if (stmt->inh_relations[i]->node_case != PG_QUERY__NODE__NODE_RANGE_VAR)
            continue;
        struct sl_table_record *parent =
            sl_catalog_range_record(catalog, statement, stmt->inh_relations[i]->range_var, true);
        if (!parent || parent == record)
            continue;
        *SL_VEC_PUSH(catalog->run, &record->parents) = parent->table.table_id;
        *SL_VEC_PUSH(catalog->run, &parent->children) = record->table.table_id;
        record->is_partition = stmt->partbound != NULL;
        copy_columns(catalog, record, parent, true, record->table.made);
        if (record->is_partition)
            copy_keys(catalog, record, parent);
    }
}

static void add_elements(struct sl_catalog *catalog, const struct sl_statement *statement,
                         struct sl_table_record *record, PgQuery__Node **elements, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (elements[i]->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
            sl_catalog_define_column(catalog, statement, record, elements[i]->column_def);
        else if (elements[i]->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE)
            create_like(catalog, statement, record, elements[i]->table_like_clause);
    }
    /* A key may stand before the column it names. */
    for (size_t i = 0; i < n; i++) {
        if (elements[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
            sl_catalog_add_constraint(catalog, statement, record, elements[i]->constraint, SL_STR_EMPTY);
    }
}

void sl_catalog_create_table(struct sl_catalog *catalog, const struct sl_statement *statement,
                             const PgQuery__CreateStmt *stmt, enum sl_relation_kind kind)
{
    const PgQuery__RangeVar *relation = stmt->relation;
    if (!relation || !relation->relname)
        return;
    sl_str schema = sl_str_from(relation->schemaname), name = sl_str_from(relation->relname);
    struct sl_table_record *known = sl_catalog_find_record(catalog, statement->mode.dialect, schema, name);
    if (stmt->if_not_exists && known && !known->table.is_inferred)
        return;
    struct sl_table_record *record = sl_catalog_add_table(catalog, statement->mode.dialect, schema, name);
    record->table.kind = kind;
    record->table.is_temporary = relation->relpersistence && relation->relpersistence[0] == 't';
    record->table.made = sl_statement_place(statement, (uint32_t)relation->location);
    record->table.made_by = statement->statement_id;
    record->is_partitioned = stmt->partspec != NULL;
    inherit(catalog, statement, record, stmt);
    add_elements(catalog, statement, record, stmt->table_elts, stmt->n_table_elts);
    add_elements(catalog, statement, record, stmt->constraints, stmt->n_constraints);
}
