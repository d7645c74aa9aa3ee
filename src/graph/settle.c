#include "graph/settle.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/vec.h"
#include "graph/graph_private.h"
#include "graph/query.h"

struct view {
    sl_str name;
    sl_str body; /* from AS on */
    bool is_used, is_settled;
};

struct views {
    struct view *items; /* in the order of schema.sql: a view uses earlier ones only */
    size_t len, cap;
};

static bool mentions(sl_str sql, sl_str name)
{
    size_t off = 0;
    for (;;) {
        size_t at = sl_str_find(sl_str_slice(sql, off, SIZE_MAX), name);
        if (at == SIZE_MAX)
            return false;
        off += at;
        bool begins = off == 0 || !sl_is_word_char(sql.ptr[off - 1]);
        off += name.len;
        if (begins && (off == sql.len || !sl_is_word_char(sql.ptr[off])))
            return true;
    }
}

/* The names of temporary tables are those of views that were settled before. */
static enum sl_status read_settled(struct sl_graph *graph, struct views *views, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph, SL_STR("SELECT name FROM temp.sqlite_schema WHERE type = 'table'"), &query, err));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    while (has_row) {
        for (size_t i = 0; i < views->len; i++)
            views->items[i].is_settled |= sl_str_eq(views->items[i].name, sl_query_str(query, 0));
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    return SL_OK;
}

/* Takes "CREATE VIEW name AS …;" apart, one after the other. */
static void read_library(sl_str text, struct sl_arena *arena, struct views *views)
{
    static const sl_str head = SL_STR_INIT("\nCREATE VIEW ");
    for (;;) {
        size_t at = sl_str_find(text, head);
        if (at == SIZE_MAX)
            return;
        text = sl_str_slice(text, at + head.len, SIZE_MAX);
        size_t name_len = 0;
        while (name_len < text.len && sl_is_word_char(text.ptr[name_len]))
            name_len++;
        size_t end = sl_str_find(text, SL_STR(";\n"));
        sl_str body = sl_str_slice(text, name_len, (end == SIZE_MAX ? text.len : end) - name_len);
        *SL_VEC_PUSH(arena, views) = (struct view){.name = sl_str_slice(text, 0, name_len), .body = body};
    }
}

static void mark_used(struct views *views, const sl_str *queries, size_t n_queries)
{
    for (size_t i = views->len; i > 0; i--) {
        struct view *view = &views->items[i - 1];
        for (size_t j = 0; j < n_queries && !view->is_used; j++)
            view->is_used = mentions(queries[j], view->name);
        for (size_t j = i; j < views->len && !view->is_used; j++)
            view->is_used = views->items[j].is_used && mentions(views->items[j].body, view->name);
    }
}

/* The first of these columns that the table has gets the index. */
static const char *const keys[] = {"block_id", "statement_id", "column_id", "value"};

/* Fewer rows are looked through faster than an index is made. */
#define MIN_INDEXED_ROWS 100

static enum sl_status add_index(struct sl_graph *graph, sl_str name, struct sl_buf *text, struct sl_error *err)
{
    SL_QUERY query = NULL;
    bool has_row = false;
    sl_buf_reset(text);
    sl_buf_add_printf(text, "SELECT * FROM temp.%.*s WHERE rowid = %d", SL_STR_ARG(name), MIN_INDEXED_ROWS);
    SL_TRY(sl_query_prepare(graph, sl_buf_str(text), &query, err));
    SL_TRY(sl_query_step(query, &has_row, err));
    if (!has_row)
        return SL_OK;
    sl_query_reset(query);
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
    sl_buf_reset(text);
    sl_buf_add_printf(text, "CREATE TEMP TABLE %.*s", SL_STR_ARG(view->name));
    sl_buf_add(text, view->body);
    SL_TRY(sl_graph_run(graph, sl_buf_str(text).ptr, err));
    return add_index(graph, view->name, text, err);
}

enum sl_status sl_graph_settle(struct sl_graph *graph, const sl_str *queries, size_t n_queries, struct sl_error *err)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct views views = {0};
    struct sl_buf text = {0};
    read_library(sl_graph_view_library(), &arena, &views);
    mark_used(&views, queries, n_queries);
    enum sl_status status = read_settled(graph, &views, err);
    for (size_t i = 0; i < views.len && status == SL_OK; i++)
        if (views.items[i].is_used && !views.items[i].is_settled)
            status = settle_view(graph, &views.items[i], &text, err);
    sl_buf_release(&text);
    sl_arena_release(&arena);
    return status;
}
