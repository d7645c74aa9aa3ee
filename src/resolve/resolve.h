/*
 * resolve: a parsed statement and the catalog as it stands → uses, predicates, assignments, lineage.
 *
 * In:    a statement with its AST, the catalog before the statement is applied.
 * Out:   rows added to *facts, all in `arena` (the statement's).
 * Rules: every use is exact, ambiguous or unknown, never a silent guess. A reference to a derived column is a use of
 *        the base columns behind it, with the functions on the way (lineage), and inner state predicates are carried
 * out. Fails: never; a statement deeper than SL_MAX_SCOPE_DEPTH or SL_MAX_AST_DEPTH gives what lies above, and says so
 * in *limited (a static sentence, or NULL).
 */
#ifndef SL_RESOLVE_RESOLVE_H
#define SL_RESOLVE_RESOLVE_H

#include "resolve/catalog.h"
#include "resolve/fact.h"

/* The catalog is not const: names that no DDL made are inferred into it. */
void sl_resolve(const struct sl_statement *statement, struct sl_catalog *catalog, struct sl_fact_ids *ids,
                struct sl_arena *arena, struct sl_facts *facts, const char **limited);

#endif
