/* The rows that an ORM's callbacks write beside the one that is saved: belongs_to …, touch: true. */
#include "resolve/effect_private.h"

/* Parents of parents: each touch runs the callbacks of the row that it touches. */
enum { MAX_TOUCHED_PARENTS = 8 };

static void touch_column(struct sl_effects *effects, const struct sl_table_record *parent, sl_str name,
                         const struct sl_orm_fact *fact)
{
    const struct sl_column *column = sl_table_find_column(&parent->table, SL_DIALECT_SQLITE, name);
    for (size_t i = 0; column && i < effects->facts->effects.len; i++) {
        const struct sl_fact_write_effect *known = &effects->facts->effects.items[i];
        if (known->column_id == column->column_id && known->block_id == effects->block_id && known->moves)
            return; /* two children of one parent in one statement */
    }
    if (column)
        sl_effect_add(effects, column, true, "orm_timestamps", SL_STR("belongs_to touch: true"), fact->place);
}

void sl_effect_of_associations(struct sl_effects *effects, const struct sl_table_record *record, unsigned depth)
{
    const struct sl_catalog *catalog = effects->catalog;
    const char *via = effects->via;
    for (size_t i = 0; i < catalog->orm_facts.len && depth < MAX_TOUCHED_PARENTS; i++) {
        const struct sl_orm_fact *fact = &catalog->orm_facts.items[i];
        const struct sl_table_record *parent =
            fact->kind == SL_ORM_TOUCHES && sl_str_eq_nocase(fact->table, record->table.name) &&
                    sl_orm_fact_is_of(fact, &record->table)
                ? sl_catalog_find_record(catalog, SL_DIALECT_SQLITE, SL_STR_EMPTY, fact->name)
                : NULL;
        if (!parent || parent == record)
            continue;
        effects->via = "association";
        touch_column(effects, parent, fact->column, fact);
        touch_column(effects, parent, SL_STR("updated_at"), fact);
        touch_column(effects, parent, SL_STR("updated_on"), fact);
        sl_effect_of_associations(effects, parent, depth + 1); // NOLINT(misc-no-recursion) MAX_TOUCHED_PARENTS
        effects->via = via;
    }
}
