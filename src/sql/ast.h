/*
 * ast: the one door to the node types of libpg_query's protobuf AST.
 *
 * In:    the tree that sl_parse() unpacked into an arena.
 * Owns:  nothing; nodes live in the arena of the parse and are never freed one by one.
 * Rules: node tag numbers differ between versions of libpg_query: compare with the enum's names, never store a number.
 */
#ifndef SL_SQL_AST_H
#define SL_SQL_AST_H

#include <pg_query/pg_query.pb-c.h>

#endif
