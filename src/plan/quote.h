/*
 * quote: names and literals as a dialect's server reads them.
 *
 * In:    names as the graph keeps them (folded, without quotes), texts of any bytes.
 * Out:   SQL text in the arena.
 * Rules: PostgreSQL and SQLite: "x" unless the name is lower case and no keyword; MySQL: always `x`, as SHOW CREATE
 * TABLE writes it (words are reserved from one version to the next). Fails: never.
 */
#ifndef SL_PLAN_QUOTE_H
#define SL_PLAN_QUOTE_H

#include "base/arena.h"
#include "sql/dialect.h"

sl_str sl_plan_quote_name(enum sl_dialect dialect, sl_str name, struct sl_arena *arena);
/* The same, but in MySQL too without quotes where it can be: for a name in somebody's own statement. */
sl_str sl_plan_quote_name_if_needed(enum sl_dialect dialect, sl_str name, struct sl_arena *arena);
/* schema.name; an empty schema is left out. */
sl_str sl_plan_quote_qualified(enum sl_dialect dialect, sl_str schema, sl_str name, struct sl_arena *arena);
sl_str sl_plan_quote_literal(enum sl_dialect dialect, sl_str text, struct sl_arena *arena);

/* "first_second_third" cut to what every server keeps of a name (60 bytes), with a hash where it was cut. Empty parts
 * are left out. */
sl_str sl_plan_joined_name(sl_str first, sl_str second, sl_str third, struct sl_arena *arena);

#endif
