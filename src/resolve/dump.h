/*
 * dump: facts as text, one row a line, for goldens and for `stamplint parse`.
 *
 * In:    facts of a statement, the catalog that the ids belong to.
 * Out:   blocks indented under their parents, with relations, uses, predicates, assignments and lineage. The text holds
 *        names, not ids, and block numbers counted from 1 within the dump: the same statement gives the same text
 *        wherever it stands in a run.
 * Owns:  nothing. Fails: never.
 */
#ifndef SL_RESOLVE_DUMP_H
#define SL_RESOLVE_DUMP_H

#include "base/buf.h"
#include "resolve/catalog.h"
#include "resolve/fact.h"

void sl_facts_dump(const struct sl_facts *facts, const struct sl_catalog *catalog, struct sl_buf *out);

#endif
