/*
 * dump_roles: every time and state column with its role and why, as text (`stamplint graph --dump=roles`).
 *
 * In:    the catalog, the roles that were decided, the sources' paths by source_id - 1.
 * Out:   one line a column, `table.column role confidence`; below it one line for each piece of evidence, "+" for and
 *        "-" against. Tables in the order in which they were made, columns in theirs.
 * Owns:  nothing. Fails: never.
 */
#ifndef SL_RESOLVE_DUMP_ROLES_H
#define SL_RESOLVE_DUMP_ROLES_H

#include "base/buf.h"
#include "resolve/role.h"

void sl_roles_dump(const struct sl_catalog *catalog, const struct sl_roles *roles, const sl_str *paths, size_t n_paths,
                   struct sl_buf *out);

#endif
