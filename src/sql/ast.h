/*
 * ast: the one AST, PostgreSQL's, as libpg_query gives it, and how to walk it.
 *
 * In:    nodes of sl_parse(). The only file that includes the generated protobuf structs.
 * Out:   children of any node by protobuf reflection, so that node kinds which a newer libpg_query adds are walked too;
 *        short accessors for the parts that names and constants hide in.
 * Owns:  nothing; all strings are borrowed from the tree.
 * Fails: never. Accessors answer the empty string or NULL for a node of another kind.
 * Limits: SL_MAX_AST_DEPTH levels; a walk that meets a deeper node says so and leaves that node out.
 * Rules: node tag numbers differ between libpg_query versions: they are compared, never stored.
 */
#ifndef SL_SQL_AST_H
#define SL_SQL_AST_H

#include "base/str.h"

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpedantic"
#endif
#include <pg_query/pg_query.pb-c.h>
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

/* `SL_IS(node, COLUMN_REF)`: a NULL node is of no kind. */
#define SL_IS(node, KIND) ((node) && (node)->node_case == PG_QUERY__NODE__NODE_##KIND)

enum sl_walk {
    SL_WALK_CONTINUE, /* go on, into the children */
    SL_WALK_PRUNE,    /* go on, not into the children of this node */
    SL_WALK_ABORT,    /* stop the whole walk */
};

/* Called for a node before its children. */
typedef enum sl_walk (*sl_ast_visit)(void *context, PgQuery__Node *node);

enum sl_walked {
    SL_WALKED_ALL,
    SL_WALKED_ABORTED,
    SL_WALKED_TOO_DEEP, /* what lies below SL_MAX_AST_DEPTH was left out */
};

/* `node` and everything below it, in the order of the fields, pre-order. NULL is an empty tree. */
enum sl_walked sl_ast_walk(PgQuery__Node *node, sl_ast_visit visit, void *context);

/* The direct children of `node`; messages that are not nodes (WindowDef, WithClause …) are looked through. PRUNE and
 * CONTINUE mean the same here. Answers false if `visit` aborted. */
bool sl_ast_walk_children(PgQuery__Node *node, sl_ast_visit visit, void *context);

/* The string of a String node or of a string constant; empty otherwise. */
sl_str sl_ast_string(const PgQuery__Node *node);
/* The last string of a list of String nodes (a function's or type's name without its schema), empty if there is none.
 */
sl_str sl_ast_last_string(PgQuery__Node *const *names, size_t n_names);
/* Byte offset in the common text where the node stands (of its first token for most kinds), or -1. */
int32_t sl_ast_location(const PgQuery__Node *node);
/* An integer constant; false for anything else. */
bool sl_ast_integer(const PgQuery__Node *node, int64_t *value);
/* The node of the first statement of a tree, or NULL. */
PgQuery__Node *sl_ast_first_statement(const PgQuery__ParseResult *tree);

#endif
