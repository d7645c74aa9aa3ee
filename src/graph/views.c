#include "graph/views.h"

#include "base/arena.h"
#include "base/vec.h"
#include "graph/graph_private.h"
#include "graph/query.h"

/* Runs one statement for each row of `sql`, which gives its text; the texts are read first, for they change the schema. */
static enum sl_status run_each(struct sl_graph *graph, sl_str sql, struct sl_error *err)
{
    struct sl_arena arena;
    SL_VEC(sl_str) statements = {0};
    SL_QUERY query = NULL;
    bool has_row = false;
    SL_TRY(sl_query_prepare(graph, sql, &query, err));
    sl_arena_init(&arena);
    enum sl_status status = sl_query_step(query, &has_row, err);
    while (status == SL_OK && has_row) {
        *SL_VEC_PUSH(&arena, &statements) = sl_arena_copy(&arena, sl_query_str(query, 0));
        status = sl_query_step(query, &has_row, err);
    }
    sl_query_reset(query);
    for (size_t i = 0; status == SL_OK && i < statements.len; i++)
        status = sl_graph_run(graph, statements.items[i].ptr, err);
    sl_arena_release(&arena);
    return status;
}

enum sl_status sl_graph_materialise_views(struct sl_graph *graph, struct sl_error *err)
{
    return run_each(graph,
                    SL_STR("SELECT 'CREATE TEMP TABLE' || substr(sql, length('CREATE VIEW') + 1) FROM main.sqlite_schema "
                           "WHERE type = 'view' AND name <> 'coverage' ORDER BY rowid"),
                    err);
}

enum sl_status sl_graph_drop_materialised_views(struct sl_graph *graph, struct sl_error *err)
{
    return run_each(graph, SL_STR("SELECT 'DROP TABLE temp.' || name FROM temp.sqlite_schema WHERE type = 'table'"), err);
}
