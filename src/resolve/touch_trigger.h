/*
 * touch_trigger: which triggers keep a column's time, and whether they keep it at every write.
 *
 * In:    the catalog's triggers with their bodies.
 * Out:   for a table's column, each trigger that assigns it at UPDATE, and of which kind.
 * Source: PostgreSQL 15 and MySQL manuals on triggers; behaviour run on the servers (docs/how-it-decides.md).
 * Not here: whether one given write fires the trigger (effect).
 */
#ifndef SL_RESOLVE_TOUCH_TRIGGER_H
#define SL_RESOLVE_TOUCH_TRIGGER_H

#include "resolve/catalog_private.h"

enum sl_touch_kind {
    SL_TOUCH_EVERY_WRITE, /* no condition, or only "something changed", "not set by hand", all data columns */
    SL_TOUCH_WITH_STATE,  /* under a condition on some columns, or UPDATE OF some columns: a dedicated column */
    SL_TOUCH_GUARDED,     /* only while it is empty: COALESCE(NEW.x, now()) */
};

/* One assignment of one trigger that writes a column of `table_id` at UPDATE. */
struct sl_touch {
    const struct sl_trigger *trigger;
    const struct sl_trigger_assignment *assignment;
    enum sl_touch_kind kind;
    bool asks_for_data; /* WITH_STATE: a column that it asks for is no state: a title, a price */
};

struct sl_touches {
    struct sl_touch *items;
    size_t len, cap;
};

/* All of the table's columns; triggers of its partitioned parents are its own. Disabled triggers are listed too. */
void sl_touch_list(const struct sl_catalog *catalog, uint32_t table_id, struct sl_arena *arena,
                   struct sl_touches *touches);

#endif
