/* What an ORM's models say of tables that SQL cannot: timestamps it keeps, names behind numbers, touched parents. */
#include "resolve/catalog_orm.h"

#include "resolve/catalog_private.h"

void sl_catalog_add_orm_timestamp(struct sl_catalog *catalog, sl_str table, sl_str column, struct sl_place place)
{
    const struct sl_table *found = sl_catalog_infer_table(catalog, SL_DIALECT_SQLITE, SL_STR_EMPTY, table);
    const struct sl_column *known = sl_catalog_infer_column(catalog, SL_DIALECT_SQLITE, found, column);
    struct sl_column *changed = sl_catalog_column_mutable(catalog, known->column_id);
    changed->is_orm_timestamp = true;
    changed->orm_place = place;
}

/* The table of that name in the fact's database; where a model does not say which, the one that has it. */
static const struct sl_table *table_of(const struct sl_catalog *catalog, const struct sl_orm_fact *fact, sl_str name)
{
    const struct sl_table *found = NULL;
    for (size_t i = 0; name.len && i < catalog->tables.len; i++) {
        const struct sl_table *table = &catalog->tables.items[i]->table;
        if (table->is_dropped || !sl_str_eq_nocase(table->name, name))
            continue;
        if (sl_str_eq(table->database, fact->database))
            return table;
        found = table;
    }
    return found;
}

static struct sl_column *column_of(const struct sl_catalog *catalog, const struct sl_orm_fact *fact)
{
    bool is_of_parent = fact->kind == SL_ORM_TOUCHES || fact->kind == SL_ORM_COUNTS;
    const struct sl_table *table = table_of(catalog, fact, is_of_parent ? fact->name : fact->table);
    const struct sl_column *known =
        table && fact->column.len ? sl_table_find_column(table, SL_DIALECT_SQLITE, fact->column) : NULL;
    return known ? sl_catalog_column_mutable(catalog, known->column_id) : NULL;
}

void sl_catalog_add_orm_fact(struct sl_catalog *catalog, const struct sl_orm_fact *fact)
{
    struct sl_orm_fact *kept = SL_VEC_PUSH(catalog->run, &catalog->orm_facts);
    *kept = *fact;
    kept->database = sl_arena_copy(catalog->run, fact->database);
    kept->table = sl_arena_copy(catalog->run, fact->table);
    kept->column = sl_arena_copy(catalog->run, fact->column);
    kept->name = sl_arena_copy(catalog->run, fact->name);
    kept->value = sl_arena_copy(catalog->run, fact->value);
    kept->by = sl_arena_copy(catalog->run, fact->by);
    struct sl_column *column = fact->kind == SL_ORM_ENUM_VALUE ? column_of(catalog, fact) : NULL;
    if (column)
        column->is_orm_enum = true;
}

bool sl_orm_fact_is_of(const struct sl_orm_fact *fact, const struct sl_table *table)
{
    return fact->database.len == 0 || sl_str_eq(fact->database, table->database);
}

void sl_catalog_mark_orm_enum(const struct sl_catalog *catalog, const struct sl_table *table, struct sl_column *column)
{
    for (size_t i = 0; i < catalog->orm_facts.len && !column->is_orm_enum; i++) {
        const struct sl_orm_fact *fact = &catalog->orm_facts.items[i];
        column->is_orm_enum = fact->kind == SL_ORM_ENUM_VALUE && sl_str_eq_nocase(fact->column, column->name) &&
                              sl_str_eq_nocase(fact->table, table->name) && sl_orm_fact_is_of(fact, table);
    }
}

size_t sl_catalog_orm_fact_count(const struct sl_catalog *catalog)
{
    return catalog->orm_facts.len;
}

const struct sl_orm_fact *sl_catalog_orm_fact_at(const struct sl_catalog *catalog, size_t index)
{
    return &catalog->orm_facts.items[index];
}

/* A touch is on the parent's column; whatever else it is of, its table is the one that was named. */
uint32_t sl_orm_fact_column(const struct sl_catalog *catalog, const struct sl_orm_fact *fact)
{
    const struct sl_column *column = column_of(catalog, fact);
    return column ? column->column_id : 0;
}

uint32_t sl_orm_fact_table(const struct sl_catalog *catalog, const struct sl_orm_fact *fact)
{
    const struct sl_table *table = table_of(catalog, fact, fact->table);
    return table ? table->table_id : 0;
}

const struct sl_orm_fact *sl_catalog_find_touch_of(const struct sl_catalog *catalog, uint32_t column_id)
{
    for (size_t i = 0; i < catalog->orm_facts.len; i++) {
        const struct sl_orm_fact *fact = &catalog->orm_facts.items[i];
        if (fact->kind == SL_ORM_TOUCHES && sl_orm_fact_column(catalog, fact) == column_id)
            return fact;
    }
    return NULL;
}

const struct sl_orm_fact *sl_catalog_find_fill_of(const struct sl_catalog *catalog, uint32_t column_id)
{
    for (size_t i = 0; i < catalog->orm_facts.len; i++) {
        const struct sl_orm_fact *fact = &catalog->orm_facts.items[i];
        if (fact->kind == SL_ORM_FILLS && fact->is_always && fact->on_update &&
            sl_orm_fact_column(catalog, fact) == column_id)
            return fact;
    }
    return NULL;
}
