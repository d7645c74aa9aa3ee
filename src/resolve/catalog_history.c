/* What migrations say that a schema file already holds: see catalog_history.h. */
#include "resolve/catalog_history.h"

#include "resolve/catalog_private.h"
#include "sql/ast.h"

static bool is_known_table(const struct sl_catalog *catalog, const struct sl_statement *statement,
                           const PgQuery__RangeVar *range)
{
    const struct sl_table_record *record = sl_catalog_find_range(catalog, statement, range);
    return record && !record->table.is_inferred;
}

/* Triggers, functions and views: what a schema.rb has no words for. */
static bool is_left_out(const struct sl_catalog *catalog, const struct sl_statement *statement)
{
    const PgQuery__Node *node = statement->node;
    if (!node)
        return statement->lowered && statement->lowered->routine.present;
    switch ((int)node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        return is_known_table(catalog, statement, node->create_trig_stmt->relation);
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        return true;
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        return !is_known_table(catalog, statement, node->view_stmt->view);
    case PG_QUERY__NODE__NODE_DROP_STMT:
        return node->drop_stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER ||
               node->drop_stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION ||
               node->drop_stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW;
    default:
        return false;
    }
}

/* The changes from `first` on, with the ids of the tables and columns that have these names now; 0 where none has. */
static void take_changes(struct sl_catalog *catalog, const struct sl_catalog *then, size_t first,
                         enum sl_dialect dialect)
{
    for (size_t i = first; i < then->changes.len; i++) {
        struct sl_fact_ddl_change change = then->changes.items[i];
        const struct sl_table *table = sl_catalog_table(then, change.table_id);
        const struct sl_column *column = sl_catalog_column(then, change.column_id);
        const struct sl_table *now = table ? sl_catalog_find_table(catalog, dialect, table->schema, table->name) : NULL;
        const struct sl_column *column_now = now && column ? sl_table_find_column(now, dialect, column->name) : NULL;
        change.table_id = now ? now->table_id : 0;
        change.column_id = column_now ? column_now->column_id : 0;
        *SL_VEC_PUSH(catalog->run, &catalog->changes) = change;
    }
}

void sl_catalog_apply_history(struct sl_catalog *catalog, struct sl_catalog *then, const struct sl_statement *statement,
                              bool has_routines)
{
    if (!has_routines && is_left_out(catalog, statement)) {
        sl_catalog_apply(catalog, statement);
        return;
    }
    size_t first = then->changes.len;
    sl_catalog_apply(then, statement);
    take_changes(catalog, then, first, statement->mode.dialect);
}
