/* The columns that an ORM's callbacks fill in the row that is saved: before_save :set_drawn_at. */
#include "resolve/effect_private.h"

static bool is_assigned(const struct sl_effects *effects, const struct sl_table_record *record, sl_str name)
{
    for (size_t i = 0; i < effects->facts->assignments.len; i++) {
        const struct sl_fact_assignment *assignment = &effects->facts->assignments.items[i];
        const struct sl_column *column = sl_catalog_column(effects->catalog, assignment->column_id);
        if (assignment->block_id == effects->block_id && column && column->table_id == record->table.table_id &&
            sl_str_eq_nocase(column->name, name))
            return true;
    }
    return false;
}

static bool has_effect(const struct sl_effects *effects, const struct sl_column *column)
{
    for (size_t i = 0; i < effects->facts->effects.len; i++) {
        const struct sl_fact_write_effect *known = &effects->facts->effects.items[i];
        if (known->column_id == column->column_id && known->block_id == effects->block_id)
            return true;
    }
    return false;
}

static bool is_run(const struct sl_effects *effects, const struct sl_table_record *record,
                   const struct sl_orm_fact *fact, bool is_insert)
{
    return fact->kind == SL_ORM_FILLS && (is_insert ? fact->on_insert : fact->on_update) &&
           sl_str_eq_nocase(fact->table, record->table.name) && sl_orm_fact_is_of(fact, &record->table) &&
           (fact->name.len == 0 || is_assigned(effects, record, fact->name));
}

void sl_effect_of_callbacks(struct sl_effects *effects, const struct sl_table_record *record, bool is_insert)
{
    const struct sl_catalog *catalog = effects->catalog;
    bool is_save = effects->statement->origin_flags & SL_ORIGIN_SAVE;
    for (size_t i = 0; is_save && i < catalog->orm_facts.len; i++) {
        const struct sl_orm_fact *fact = &catalog->orm_facts.items[i];
        if (!is_run(effects, record, fact, is_insert))
            continue;
        const struct sl_column *column = sl_table_find_column(&record->table, SL_DIALECT_SQLITE, fact->column);
        if (column && sl_effect_is_time(column) && !has_effect(effects, column))
            sl_effect_add(effects, column, fact->is_always && !is_insert, "callback", fact->by, fact->place);
    }
}
