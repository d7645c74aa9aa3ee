/*
 * log_example: an example of kind query_log as a digest: DDL is the schema, every other statement a shape that was
 * seen.
 *
 * In:    the text of the example. A comment line "-- log: calls=1200 rows=50000 minutes=20" before a statement says how
 *        often it ran, how many rows it changed, in how long a time; without it, once.
 * Out:   a schema and a digest. A finding's line in a log counts from its statement, so each shape's path ends with the
 *        statement's line in the example: sl_log_example_line().
 * Owns:  nothing; everything lives in the arena that was given.
 * Fails: never.
 */
#ifndef SL_CLI_LOG_EXAMPLE_H
#define SL_CLI_LOG_EXAMPLE_H

#include "source/digest.h"

struct sl_log_example {
    sl_str schema; /* DDL, on its own lines */
    struct sl_digest digest;
};

void sl_log_example_make(sl_str text, enum sl_dialect dialect, struct sl_arena *arena, struct sl_log_example *out);
/* The line in the example of a finding's `line` on `path`; other paths than a shape's give `line`. */
uint32_t sl_log_example_line(sl_str path, uint32_t line);

#endif
