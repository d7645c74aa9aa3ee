/*
 * do_block: DO $$ … $$ of PostgreSQL runs where it stands: its SQL statements are parts of the statement.
 *
 * In:    a lowered DO statement.
 * Out:   one more item of role PART for each SQL statement of its body, in the order of the text, with its map.
 * Fails: never; a body that is not PL/pgSQL, or does not parse, adds nothing.
 * Not here: whether a branch is taken and how often a loop turns.
 */
#ifndef SL_SQL_DO_BLOCK_H
#define SL_SQL_DO_BLOCK_H

#include "base/arena.h"
#include "sql/lower.h"

/* `lowered` stays as it is unless it is a DO statement; new items live in `arena`. */
void sl_do_block_expand(struct sl_arena *arena, struct sl_lowered *lowered);

#endif
