/*
 * dynamic: SQL that stands in the text: the one string literal of PREPARE … FROM '…', EXECUTE '…', crosstab('…').
 *
 * In:    an expression's bytes; a statement that stood as text.
 * Out:   what the literal holds, and where that stands in the bytes; nothing for any other expression. The statement as
 *        a lowered part.
 * Owns:  nothing; values and parts live in the arena or are borrowed from the text.
 * Fails: an expression that is not one literal is an ordinary "no".
 * Not here: what the statement inside means (lower, resolve/).
 */
#ifndef SL_SQL_DYNAMIC_H
#define SL_SQL_DYNAMIC_H

#include "base/arena.h"
#include "base/segmap.h"
#include "sql/dialect.h"
#include "sql/lex.h"
#include "sql/lower.h"

/* `inside`: the bytes of `text` that the value stands for: as long as the value where no escape had to be resolved,
 * else the whole token. */
sl_str sl_dynamic_value(sl_str text, const struct sl_token *token, struct sl_arena *arena, struct sl_span *inside);

/* False unless `expression` is one literal and nothing else. */
bool sl_dynamic_read(sl_str expression, const struct sl_sql_mode *mode, struct sl_arena *arena, sl_str *value,
                     struct sl_span *inside);

/* Adds to `runs` that the bytes from `out` on of such a statement are the bytes `inside` of a text with the map `map`.
 */
void sl_dynamic_map_run(struct sl_segmap *runs, struct sl_arena *arena, const struct sl_segmap *map, uint32_t out,
                        struct sl_span inside);
/* Such a statement of PostgreSQL as a part of the one that holds it; `runs` maps its bytes to the source's. */
struct sl_lowered_item sl_dynamic_part(sl_str statement, const struct sl_segmap *runs, struct sl_span source,
                                       struct sl_arena *arena);

#endif
