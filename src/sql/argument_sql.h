/*
 * argument_sql: queries that a statement hands to a function as text: crosstab('SELECT …').
 *
 * In:    a lowered statement in PostgreSQL's grammar.
 * Out:   one more item of role PART for each literal that such a function runs, in the order of the text, with its map.
 * Fails: never; an argument that is put together at run time adds nothing.
 * Source: PostgreSQL 15 manual, "tablefunc", "XML Functions", "Text Search Functions".
 * Not here: EXECUTE and PREPARE (lower), DO blocks (do_block), what the function makes of the rows.
 */
#ifndef SL_SQL_ARGUMENT_SQL_H
#define SL_SQL_ARGUMENT_SQL_H

#include "base/arena.h"
#include "sql/lower.h"

/* `lowered` stays as it is where there is none; new items live in `arena`. */
void sl_argument_sql_expand(struct sl_arena *arena, struct sl_lowered *lowered);

#endif
