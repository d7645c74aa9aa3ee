/*
 * inflect: Rails' names. Class → table, association → table, table → foreign key.
 *
 * The rules are those of ActiveSupport's English inflector (documented under ActiveSupport::Inflector), written as a
 * table of endings. All results live in the caller's arena.
 */
#ifndef SL_SOURCE_INFLECT_H
#define SL_SOURCE_INFLECT_H

#include "base/arena.h"

/* "lottery_entry" → "lottery_entries"; only the last word changes. */
sl_str sl_inflect_pluralize(struct sl_arena *arena, sl_str word);
sl_str sl_inflect_singularize(struct sl_arena *arena, sl_str word);
/* "HTTPEntry" → "http_entry"; "A::B" → "a/b". */
sl_str sl_inflect_underscore(struct sl_arena *arena, sl_str class_name);
/* "B" of "A::B". */
sl_str sl_inflect_demodulize(sl_str class_name);
/* "Admin::LotteryEntry" → "lottery_entries". */
sl_str sl_inflect_table(struct sl_arena *arena, sl_str class_name);
/* Ticket::Message → "ticket_messages": the name of a model whose module has a table prefix. */
sl_str sl_inflect_table_of_path(struct sl_arena *arena, sl_str class_name);
/* The same letters, underscores apart? oauth2_token and o_auth2_token are. */
bool sl_inflect_is_same_name(sl_str a, sl_str b);

#endif
