/*
 * dynamic: SQL that stands in the text: the one string literal of PREPARE … FROM '…' and EXECUTE '…'.
 *
 * In:    an expression's bytes.
 * Out:   what the literal holds, and where that stands in the bytes; nothing for any other expression.
 * Owns:  nothing; the value lives in the arena or is borrowed from the text.
 * Fails: an expression that is not one literal is an ordinary "no".
 * Not here: what the statement inside means (lower, resolve/).
 */
#ifndef SL_SQL_DYNAMIC_H
#define SL_SQL_DYNAMIC_H

#include "base/arena.h"
#include "base/span.h"
#include "sql/dialect.h"
#include "sql/lex.h"

/* `inside`: the bytes of `text` that the value stands for: as long as the value where no escape had to be resolved,
 * else the whole token. */
sl_str sl_dynamic_value(sl_str text, const struct sl_token *token, struct sl_arena *arena, struct sl_span *inside);

/* False unless `expression` is one literal and nothing else. */
bool sl_dynamic_read(sl_str expression, const struct sl_sql_mode *mode, struct sl_arena *arena, sl_str *value,
                     struct sl_span *inside);

#endif
