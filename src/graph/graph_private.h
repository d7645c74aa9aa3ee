/*
 * graph_private: what the files of graph/ share and nobody else sees.
 */
#ifndef SL_GRAPH_GRAPH_PRIVATE_H
#define SL_GRAPH_GRAPH_PRIVATE_H

#include <sqlite3.h>

#include "base/buf.h"
#include "graph/graph.h"

/* One prepared INSERT a table; row.c has the SQL of each. */
enum sl_graph_insert {
    SL_INSERT_SOURCE,
    SL_INSERT_STATEMENT,
    SL_INSERT_TABLE,
    SL_INSERT_COLUMN,
    SL_INSERT_ROLE_EVIDENCE,
    SL_INSERT_BLOCK,
    SL_INSERT_RELATION,
    SL_INSERT_USE,
    SL_INSERT_PREDICATE,
    SL_INSERT_ASSIGNMENT,
    SL_INSERT_LINEAGE,
    SL_INSERT_WRITE,
    SL_INSERT_EFFECT,
    SL_INSERT_DDL_CHANGE,
    SL_INSERT_IGNORE,
    SL_INSERT_DIAGNOSTIC,
    SL_INSERT_LOG_COVERAGE,
    SL_INSERT_STATEMENT_FACT,
    SL_INSERT_ORM_FACT,
    SL_INSERT_RULE,
    SL_INSERT_FINDING,
    SL_INSERT_EVIDENCE,
    SL_INSERT_COUNT,
};

struct sl_graph {
    sqlite3 *db;
    bool in_transaction;
    bool has_views; /* the library of views is there; see sl_graph_make_views() */
    sqlite3_stmt *inserts[SL_INSERT_COUNT];
    struct sl_buf clean; /* the last text that had to be made valid UTF-8 */
    uint64_t steps_left; /* of a guarded query */
    bool is_over_budget;
    bool is_guarding; /* a guarded query is being prepared or stepped: reading only */
};

/* Fills *err with what SQLite says about `doing` ("write the graph"). */
enum sl_status sl_graph_refuse(struct sl_graph *graph, const char *doing, struct sl_error *err);
/* `s` as valid UTF-8 without NUL: s itself, or a copy in graph->clean (valid until the next call) with U+FFFD for every
 * byte that is not part of a character. JSON built from the graph is then always valid. */
sl_str sl_graph_clean_text(struct sl_graph *graph, sl_str s);

/* The library of views at the end of schema.sql: its text, and making them in the database if they are not there yet.
 * That takes a third of making the schema, and a run whose rules were settled (settle.h) needs none of them, so they
 * are made when a query does not compile without, and for a graph that is saved. */
sl_str sl_graph_view_library(void);
enum sl_status sl_graph_make_views(struct sl_graph *graph, struct sl_error *err);
/* Lets guarded queries only read (query.c); once, when the database is open. */
void sl_graph_install_guard(struct sl_graph *graph);
/* Adds our SQL functions (function.c); a code of SQLite. */
int sl_graph_add_functions(sqlite3 *db);

#endif
