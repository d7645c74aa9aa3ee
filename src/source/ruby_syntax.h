/*
 * ruby_syntax: questions about Ruby's tree that every Ruby reader asks.
 */
#ifndef SL_SOURCE_RUBY_SYNTAX_H
#define SL_SOURCE_RUBY_SYNTAX_H

#include "source/literal.h"
#include "source/syntax.h"

/* The name of the method that a call calls; empty for other nodes. A bare identifier is a call without arguments. */
sl_str sl_ruby_method(const struct sl_syntax *syntax, const struct sl_node *node);
bool sl_ruby_method_is(const struct sl_syntax *syntax, const struct sl_node *node, const char *name);
/* The n-th argument that is no `key: value`; NULL where there is none. A list stands for its items as arguments. */
const struct sl_node *sl_ruby_argument(const struct sl_node *call, size_t n);
/* [a, b] or %w[a b]. */
bool sl_ruby_is_list(const struct sl_node *node); /* NULL is none */
/* The value of `name: value` among the arguments (or in a hash among them), or in a hash; NULL where there
 * is none. */
const struct sl_node *sl_ruby_option(const struct sl_syntax *syntax, const struct sl_node *call, const char *name);
/* Walks the pairs of a hash, or those among arguments: the first one, then the one behind `pair`. */
const struct sl_node *sl_ruby_pair_first(const struct sl_node *hash_or_arguments);
const struct sl_node *sl_ruby_pair_next(const struct sl_node *pair);
/* "name" of a pair's key. */
sl_str sl_ruby_pair_key(const struct sl_syntax *syntax, const struct sl_node *pair, struct sl_arena *arena);
/* The n-th statement of a block, lambda, method or class body. */
const struct sl_node *sl_ruby_statement(const struct sl_node *owner, size_t n);
/* The body that holds the statements; NULL where it is empty. */
const struct sl_node *sl_ruby_body(const struct sl_node *owner);
/* The name of the n-th parameter of a block; empty where there is none. */
sl_str sl_ruby_block_parameter(const struct sl_syntax *syntax, const struct sl_node *block, size_t n);
/* "A::B" of the class that the node stands in, modules included; empty outside. */
sl_str sl_ruby_class_at(const struct sl_syntax *syntax, const struct sl_node *node, struct sl_arena *arena);
/* The nearest node above of that kind, or NULL. */
const struct sl_node *sl_ruby_above(const struct sl_node *node, enum sl_node_kind kind);
/* What is assigned to the constant or variable first in the file; NULL where nothing is. */
const struct sl_node *sl_ruby_constant_value(const struct sl_syntax *syntax, sl_str name);
/* Text of symbol, string, constant …; empty for anything else. */
sl_str sl_ruby_word(const struct sl_syntax *syntax, const struct sl_node *node, struct sl_arena *arena);
/* Time.current, Time.zone.now, DateTime.now …: CURRENT_TIMESTAMP;  Date.today, Date.current: CURRENT_DATE;  else NULL.
 */
const char *sl_ruby_now(const struct sl_syntax *syntax, const struct sl_node *node);

#endif
