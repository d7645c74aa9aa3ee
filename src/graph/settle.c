#include "graph/settle.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/vec.h"
#include "graph/query.h"

struct view {
    sl_str name, sql;
    bool is_used;
};

struct views {
    struct view *items; /* in the order of schema.sql: a view uses earlier ones only */
    size_t len, cap;
};

static bool is_name_byte(char c)
{
    return sl_is_alpha(c) || sl_is_digit(c) || c == '_';
}

static bool mentions(sl_str sql, sl_str name)
{
    size_t off = 0;
    for (;;) {
        size_t at = sl_str_find_nocase(sl_str_slice(sql, off, SIZE_MAX), name);
        if (at == SIZE_MAX)
            return false;
        off += at;
        bool begins = off == 0 || !is_name_byte(sql.ptr[off - 1]);
        off += name.len;
        if (begins && (off == sql.len || !is_name_byte(sql.ptr[off])))
            return true;
    }
}

static enum sl_status read_views(struct sl_graph *graph, struct sl_arena *arena, struct views *views,
                                 struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT name, sql FROM main.sqlite_schema WHERE type = 'view' AND name NOT IN"
                                   " (SELECT name FROM temp.sqlite_schema) ORDER BY rowid"),
                            &query, err));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    while (has_row) {
        *SL_VEC_PUSH(arena, views) = (struct view){.name = sl_arena_copy(arena, sl_query_str(query, 0)),
                                                   .sql = sl_arena_copy(arena, sl_query_str(query, 1))};
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    return SL_OK;
}

static void mark_used(struct views *views, const sl_str *queries, size_t n_queries)
{
    for (size_t i = views->len; i > 0; i--) {
        struct view *view = &views->items[i - 1];
        for (size_t j = 0; j < n_queries && !view->is_used; j++)
            view->is_used = mentions(queries[j], view->name);
        for (size_t j = i; j < views->len && !view->is_used; j++)
            view->is_used = views->items[j].is_used && mentions(views->items[j].sql, view->name);
    }
}

/* The first of these columns that the table has gets the index. */
static const char *const keys[] = {"block_id", "statement_id", "column_id", "value"};

static enum sl_status add_index(struct sl_graph *graph, sl_str name, struct sl_buf *text, struct sl_error *err)
{
    SL_QUERY query = NULL;
    sl_buf_reset(text);
    sl_buf_add_printf(text, "SELECT * FROM temp.%.*s", SL_STR_ARG(name));
    SL_TRY(sl_query_prepare(graph, sl_buf_str(text), &query, err));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (sl_query_find_column(query, keys[i]) < 0)
            continue;
        sl_buf_reset(text);
        sl_buf_add_printf(text, "CREATE INDEX temp.%.*s_key ON %.*s (%s)", SL_STR_ARG(name), SL_STR_ARG(name), keys[i]);
        return sl_graph_run(graph, sl_buf_str(text).ptr, err);
    }
    return SL_OK;
}

static enum sl_status settle_view(struct sl_graph *graph, const struct view *view, struct sl_buf *text,
                                  struct sl_error *err)
{
    size_t as = sl_str_find_nocase(view->sql, SL_STR(" AS"));
    if (as == SIZE_MAX)
        return SL_OK;
    sl_buf_reset(text);
    sl_buf_add_printf(text, "CREATE TEMP TABLE %.*s", SL_STR_ARG(view->name));
    sl_buf_add(text, sl_str_slice(view->sql, as, SIZE_MAX));
    SL_TRY(sl_graph_run(graph, sl_buf_str(text).ptr, err));
    return add_index(graph, view->name, text, err);
}

enum sl_status sl_graph_settle(struct sl_graph *graph, const sl_str *queries, size_t n_queries, struct sl_error *err)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct views views = {0};
    struct sl_buf text = {0};
    enum sl_status status = read_views(graph, &arena, &views, err);
    mark_used(&views, queries, n_queries);
    for (size_t i = 0; i < views.len && status == SL_OK; i++)
        if (views.items[i].is_used)
            status = settle_view(graph, &views.items[i], &text, err);
    sl_buf_release(&text);
    sl_arena_release(&arena);
    return status;
}
