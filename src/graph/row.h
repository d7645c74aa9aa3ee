/*
 * row: one row on its way into the graph, value by value in the order of the INSERT's columns (row.c).
 *
 * Private to graph/. sl_row_end() asserts that as many values were put as there are parameters.
 */
#ifndef SL_GRAPH_ROW_H
#define SL_GRAPH_ROW_H

#include "graph/graph_private.h"
#include "resolve/statement.h"

struct sl_row {
    struct sl_graph *graph;
    sqlite3_stmt *statement;
    int next;
};

SL_NODISCARD enum sl_status sl_row_begin(struct sl_graph *graph, enum sl_graph_insert which, struct sl_row *row,
                                         struct sl_error *err);
SL_NODISCARD enum sl_status sl_row_end(struct sl_row *row, struct sl_error *err);

void sl_row_put_int(struct sl_row *row, int64_t value);
void sl_row_put_null(struct sl_row *row);
/* An id or a count of which 0 means "none": NULL. */
void sl_row_put_id(struct sl_row *row, int64_t id);
void sl_row_put_text(struct sl_row *row, sl_str text);
void sl_row_put_text_or_null(struct sl_row *row, sl_str text);           /* empty: NULL */
void sl_row_put_word(struct sl_row *row, const char *word);              /* static, or NULL */
void sl_row_put_span(struct sl_row *row, const struct sl_place *place);  /* off, len */
void sl_row_put_start(struct sl_row *row, const struct sl_place *place); /* line, col */
/* off, len, line, col, end_line, end_col; NULLs where the place is nowhere. */
void sl_row_put_place(struct sl_row *row, const struct sl_place *place);
/* The same for columns that are NOT NULL. */
void sl_row_put_certain_place(struct sl_row *row, const struct sl_place *place);
/* off, len, line, col; NULLs where the place is nowhere. */
void sl_row_put_short_place(struct sl_row *row, const struct sl_place *place);

#endif
