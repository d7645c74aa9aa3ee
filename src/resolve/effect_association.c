/* The rows that an ORM's callbacks write beside the one that is saved: belongs_to …, touch: true. */
#include "resolve/effect_private.h"

/* NOLINTBEGIN(misc-no-recursion): capped by MAX_TOUCHED_PARENTS */

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

/* The table that the fact's association leads to from `record`; NULL where it is another's, or leads nowhere. */
static const struct sl_table_record *parent_of(const struct sl_effects *effects, const struct sl_table_record *record,
                                               const struct sl_orm_fact *fact, enum sl_orm_fact_kind kind)
{
    bool is_ours = fact->kind == kind && sl_str_eq_nocase(fact->table, record->table.name) &&
                   sl_orm_fact_is_of(fact, &record->table);
    const struct sl_table_record *parent =
        is_ours ? sl_catalog_find_record(effects->catalog, SL_DIALECT_SQLITE, SL_STR_EMPTY, fact->name) : NULL;
    return parent != record ? parent : NULL;
}

static void touch_parents(struct sl_effects *effects, const struct sl_table_record *record, unsigned depth)
{
    const struct sl_catalog *catalog = effects->catalog;
    const char *via = effects->via;
    for (size_t i = 0; i < catalog->orm_facts.len && depth < MAX_TOUCHED_PARENTS; i++) {
        const struct sl_orm_fact *fact = &catalog->orm_facts.items[i];
        const struct sl_table_record *parent = parent_of(effects, record, fact, SL_ORM_TOUCHES);
        if (!parent)
            continue;
        effects->via = "association";
        touch_column(effects, parent, fact->column, fact);
        touch_column(effects, parent, SL_STR("updated_at"), fact);
        touch_column(effects, parent, SL_STR("updated_on"), fact);
        touch_parents(effects, parent, depth + 1);
        effects->via = via;
    }
}

/* UPDATE parent SET entries_count = entries_count + 1: the ORM does not date it, ON UPDATE and triggers do. */
static void count_in_parents(struct sl_effects *effects, const struct sl_table_record *record)
{
    const struct sl_catalog *catalog = effects->catalog;
    for (size_t i = 0; i < catalog->orm_facts.len; i++) {
        const struct sl_orm_fact *fact = &catalog->orm_facts.items[i];
        const struct sl_table_record *parent = parent_of(effects, record, fact, SL_ORM_COUNTS);
        if (!parent)
            continue;
        struct sl_update update = {.record = parent, .is_from_orm = true, .cause_place = fact->place};
        *SL_VEC_PUSH(effects->arena, &update.targets) =
            (struct sl_update_target){.column = sl_catalog_fold(catalog, SL_DIALECT_SQLITE, fact->column),
                                      .value_shape = "expression",
                                      .literal = SL_STR_EMPTY,
                                      .place = fact->place};
        sl_effect_of_update(effects, &update, 1);
    }
}

void sl_effect_of_associations(struct sl_effects *effects, const struct sl_table_record *record, const char *verb)
{
    if (strcmp(verb, "update") != 0)
        count_in_parents(effects, record);
    touch_parents(effects, record, 0);
}

/* NOLINTEND(misc-no-recursion) */
