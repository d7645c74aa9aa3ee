/*
 * effect: which last-write times a write moves, by which evidence, and for how many rows it can be.
 *
 * In:    a write statement, its facts (assignments are there already), the catalog before the statement.
 * Out:   rows in facts->writes and facts->effects.
 * Source: RULES.md's list of facts, executed on MariaDB 10.11, PostgreSQL 15 and SQLite 3.40 (docs/how-it-decides.md).
 */
#ifndef SL_RESOLVE_EFFECT_H
#define SL_RESOLVE_EFFECT_H

#include "resolve/catalog.h"
#include "resolve/fact.h"

void sl_effect_find(const struct sl_statement *statement, const struct sl_catalog *catalog, struct sl_arena *arena,
                    struct sl_facts *facts);

#endif
