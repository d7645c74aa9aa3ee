/*
 * pg_bind: the values of a prepared statement's parameters in place of $1, $2 …
 *
 * In:    the statement, and what PostgreSQL logs beside it: $1 = 'won', $2 = NULL.
 * Out:   the statement as a client without parameters would have sent it. A parameter without a value stays.
 * Limits: SL_PG_MAX_BINDS parameters; more, or none, answer false.
 */
#ifndef SL_SOURCE_LOG_PG_BIND_H
#define SL_SOURCE_LOG_PG_BIND_H

#include "base/buf.h"

#define SL_PG_MAX_BINDS 64

bool sl_pg_bind(sl_str text, sl_str parameters, struct sl_buf *out);

#endif
