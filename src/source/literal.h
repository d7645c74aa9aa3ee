/*
 * literal: the text that string literals of a host language give, folded and with placeholders, as SQL.
 *
 * In:    a node that is a string, a heredoc, or such strings joined by +, ., <> or side by side.
 * Out:   the text in a writer, every byte mapped; what the program inserts at run time is a placeholder, a name where a
 *        table name must stand, or nothing where it can only be a further clause.
 * Fails: never; a node of another kind is one inserted value.
 * Limits: SL_MAX_AST_DEPTH joined strings.
 */
#ifndef SL_SOURCE_LITERAL_H
#define SL_SOURCE_LITERAL_H

#include "source/sql_writer.h"
#include "source/syntax.h"

/* Is this a string, a heredoc, or strings joined? */
bool sl_literal_is(const struct sl_syntax *syntax, const struct sl_node *node);
/* The join (+, adjacent …) that this literal is a part of, or the node itself. */
const struct sl_node *sl_literal_top(const struct sl_syntax *syntax, const struct sl_node *node);
/* Answers false where a value that the program inserts was left out: there may be more clauses. */
bool sl_literal_write(const struct sl_syntax *syntax, const struct sl_node *node, struct sl_sql_writer *writer);
/* The text of a string, symbol or word without inserted values; empty where there are some. */
sl_str sl_literal_constant(const struct sl_syntax *syntax, const struct sl_node *node, struct sl_arena *arena);

/* Does the text look like a statement? Two anchors: SELECT … FROM, UPDATE … SET, INSERT INTO and the like. */
bool sl_literal_is_sql(sl_str text);
/* Could the file hold such a text at all? Cheap, asked before parsing. */
bool sl_literal_may_hold_sql(sl_str bytes);

/* Adds a fragment for each literal of the file that is a statement. */
void sl_literal_read(const struct sl_syntax *syntax, enum sl_dialect dialect, struct sl_arena *file,
                     struct sl_reading *reading);

#endif
