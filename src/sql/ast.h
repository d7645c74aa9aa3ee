/*
 * ast: the one AST, PostgreSQL's, as libpg_query gives it.
 *
 * The only file that includes the generated protobuf structs. Node tag numbers differ between libpg_query versions:
 * they are compared, never stored.
 */
#ifndef SL_SQL_AST_H
#define SL_SQL_AST_H

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpedantic"
#endif
#include <pg_query/pg_query.pb-c.h>
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#endif
