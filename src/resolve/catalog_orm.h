/*
 * catalog_orm: what an ORM's models say of tables, kept by name: a model may be read before its table is made.
 *
 * In:    facts of the readers; sl_catalog_add_orm_timestamp() (catalog.h) is the fourth.
 * Out:   columns marked as enums, and the facts with the ids that their names have in the end.
 * Owns:  copies in the run arena.
 */
#ifndef SL_RESOLVE_CATALOG_ORM_H
#define SL_RESOLVE_CATALOG_ORM_H

#include "resolve/catalog.h"

enum sl_orm_fact_kind {
    SL_ORM_ENUM_VALUE,          /* table.column holds `value`, which the model calls `name` */
    SL_ORM_TOUCHES,             /* saving a row of `table` touches `column` of the row of table `name` it belongs to */
    SL_ORM_COUNTS,              /* making or destroying a row of `table` adds to `column` of table `name`, undated */
    SL_ORM_FILLS,               /* saving a row of `table` may fill `column`; only where `name`, if any, is assigned */
    SL_ORM_TIMESTAMPS_LEFT_OFF, /* timestamps are switched off, and not on again; of `table`, or (empty) of all */
};

struct sl_orm_fact {
    enum sl_orm_fact_kind kind;
    sl_str database, table, column, name, value;
    sl_str by;                            /* fills: "before_save :set_drawn_at" */
    bool on_insert, on_update, is_always; /* fills: of which rows; with the current time, whatever the row holds */
    struct sl_place place;
};

void sl_catalog_add_orm_fact(struct sl_catalog *catalog, const struct sl_orm_fact *fact);
size_t sl_catalog_orm_fact_count(const struct sl_catalog *catalog);
const struct sl_orm_fact *sl_catalog_orm_fact_at(const struct sl_catalog *catalog, size_t index);
/* The ids behind the names now; 0 where there is none. */
uint32_t sl_orm_fact_column(const struct sl_catalog *catalog, const struct sl_orm_fact *fact);
uint32_t sl_orm_fact_table(const struct sl_catalog *catalog, const struct sl_orm_fact *fact);
/* Does the fact speak of the table's database, or of none? */
bool sl_orm_fact_is_of(const struct sl_orm_fact *fact, const struct sl_table *table);
/* The association that touches the column, or NULL. */
const struct sl_orm_fact *sl_catalog_find_touch_of(const struct sl_catalog *catalog, uint32_t column_id);
/* What fills the column with the current time at every UPDATE, or NULL. */
const struct sl_orm_fact *sl_catalog_find_fill_of(const struct sl_catalog *catalog, uint32_t column_id);
/* Called for a column that is made after its model was read. */
void sl_catalog_mark_orm_enum(const struct sl_catalog *catalog, const struct sl_table *table, struct sl_column *column);

#endif
