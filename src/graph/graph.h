/*
 * graph: the column-usage graph, one SQLite database in memory.
 *
 * In:    rows (write.h) inside one transaction; the schema of schema.sql, embedded at build time.
 * Out:   sl_query (query.h) reads it; sl_graph_save() writes it to a file for people to query.
 * Owns:  the database and its prepared statements; sl_graph_close() gives them back.
 * Fails: SL_ERR_GRAPH with SQLite's own words; SL_ERR_IO where a file cannot be written.
 * Not here: verdicts (rule), what is shown (finding). The only folder that includes sqlite3.h.
 */
#ifndef SL_GRAPH_GRAPH_H
#define SL_GRAPH_GRAPH_H

#include "base/error.h"
#include "base/str.h"

/* Stamped into meta.schema_version; rises when a column or table goes away or changes its meaning. */
#define SL_GRAPH_SCHEMA_VERSION 2

struct sl_graph;

/* An empty graph with the schema, inside an open transaction. `path` NULL or ":memory:" stays in memory; any other path
 * is a new database file (an existing one is an error: nobody's data is overwritten by accident). */
SL_NODISCARD enum sl_status sl_graph_open(const char *path, struct sl_graph **out, struct sl_error *err);
/* NULL is fine. What was not committed is lost. */
void sl_graph_close(struct sl_graph *graph);

/* Ends the transaction; the next write begins a new one by itself, statement by statement. */
SL_NODISCARD enum sl_status sl_graph_commit(struct sl_graph *graph, struct sl_error *err);
/* Writes a compact copy to `path`, through a new file beside it, so that an old file is replaced whole or not at all.
 */
SL_NODISCARD enum sl_status sl_graph_save(struct sl_graph *graph, const char *path, struct sl_error *err);

/* Sets a row of table meta. */

#endif
