/*
 * catalog_history: migrations whose result a schema file already holds. They must not change the catalog a second time,
 * but what they did is a fact of its own: a dropped table is a dropped table.
 *
 * In:    their statements in order; `then`, a catalog that only they are applied to.
 * Out:   rows of changes in `catalog`, by the names that tables and columns have now. Where the schema file has no
 * words for triggers, functions and views (schema.rb), those are applied to `catalog` itself.
 */
#ifndef SL_RESOLVE_CATALOG_HISTORY_H
#define SL_RESOLVE_CATALOG_HISTORY_H

#include "resolve/catalog.h"

/* `has_routines`: the schema file holds triggers, functions and views too. */
void sl_catalog_apply_history(struct sl_catalog *catalog, struct sl_catalog *then, const struct sl_statement *statement,
                              bool has_routines);

#endif
