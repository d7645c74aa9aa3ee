#include "graph/draw.h"

#include "base/limits.h"
#include "graph/query.h"

/* How a format writes things down. */
struct pen {
    sl_str name;
    sl_str begin, end;
    void (*column)(struct sl_buf *out, int64_t id, sl_str subject);
    /* A node for a statement or for the rest (id 0), and its edge to or from the column. */
    void (*neighbour)(struct sl_buf *out, int64_t column, int64_t statement, bool is_write, sl_str text, sl_str label);
};

/* Text in a quoted label: what is no plain character becomes a space or is left out. */
static void add_dot_text(struct sl_buf *out, sl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            sl_buf_add_byte(out, '\\');
        sl_buf_add_byte(out, c < 0x20 || c == 0x7f ? ' ' : text.ptr[i]);
    }
}

/* Mermaid reads "#name;" as an entity and takes no quote inside quotes. */
static void add_mermaid_text(struct sl_buf *out, sl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '#' || c == '<' || c == '>' || c == '&' || c == '`' || c == '|')
            sl_buf_add_printf(out, "#%u;", c);
        else
            sl_buf_add_byte(out, c < 0x20 || c == 0x7f ? ' ' : text.ptr[i]);
    }
}

static void dot_column(struct sl_buf *out, int64_t id, sl_str subject)
{
    sl_buf_add_printf(out, "  c%lld [shape=box3d, style=filled, fillcolor=\"#ffe0b2\", label=\"", (long long)id);
    add_dot_text(out, subject);
    sl_buf_add(out, SL_STR("\"];\n"));
}

static const char *direction_letter(bool is_write)
{
    return is_write ? "w" : "r";
}

static void dot_neighbour(struct sl_buf *out, int64_t column, int64_t statement, bool is_write, sl_str text,
                          sl_str label)
{
    const char *letter = direction_letter(is_write);
    sl_buf_add_printf(out, "  %s%lld_%lld [shape=%s, label=\"", letter, (long long)column, (long long)statement,
                      is_write ? "box" : "note");
    add_dot_text(out, text);
    sl_buf_add(out, SL_STR("\"];\n  "));
    if (is_write)
        sl_buf_add_printf(out, "w%lld_%lld -> c%lld", (long long)column, (long long)statement, (long long)column);
    else
        sl_buf_add_printf(out, "c%lld -> r%lld_%lld", (long long)column, (long long)column, (long long)statement);
    sl_buf_add(out, SL_STR(" [label=\""));
    add_dot_text(out, label);
    sl_buf_add(out, SL_STR("\"];\n"));
}

static void mermaid_column(struct sl_buf *out, int64_t id, sl_str subject)
{
    sl_buf_add_printf(out, "  c%lld[[\"", (long long)id);
    add_mermaid_text(out, subject);
    sl_buf_add(out, SL_STR("\"]]\n"));
}

static void mermaid_neighbour(struct sl_buf *out, int64_t column, int64_t statement, bool is_write, sl_str text,
                              sl_str label)
{
    sl_buf_add_printf(out, is_write ? "  w%lld_%lld[\"" : "  r%lld_%lld([\"", (long long)column, (long long)statement);
    add_mermaid_text(out, text);
    sl_buf_add(out, is_write ? SL_STR("\"]\n  ") : SL_STR("\"])\n  "));
    struct sl_buf arrow = {0};
    sl_buf_add(&arrow, SL_STR(" -- \""));
    add_mermaid_text(&arrow, label);
    sl_buf_add(&arrow, SL_STR("\" --> "));
    sl_str between = sl_buf_str(&arrow);
    if (is_write)
        sl_buf_add_printf(out, "w%lld_%lld%.*sc%lld\n", (long long)column, (long long)statement, SL_STR_ARG(between),
                          (long long)column);
    else
        sl_buf_add_printf(out, "c%lld%.*sr%lld_%lld\n", (long long)column, SL_STR_ARG(between), (long long)column,
                          (long long)statement);
    sl_buf_release(&arrow);
}

static const struct pen pens[] = {
    {SL_STR_INIT("dot"),
     SL_STR_INIT("digraph stamplint {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=10];\n"
                 "  edge [fontname=\"sans-serif\", fontsize=9];\n"),
     SL_STR_INIT("}\n"), dot_column, dot_neighbour},
    {SL_STR_INIT("mermaid"), SL_STR_INIT("flowchart LR\n"), SL_STR_INIT(""), mermaid_column, mermaid_neighbour},
};

/* Columns that are asked for; without a subject those that a report reads. */
static const char columns_sql[] =
    "SELECT DISTINCT column_id, subject FROM touch_neighbour AS n WHERE iif(?1 = '', direction = 'read', subject = ?1)"
    " ORDER BY subject, column_id";
static const char neighbours_sql[] =
    "SELECT statement_id, direction = 'write', kind || ' ' || path || ':' || line ||"
    " iif(calls IS NULL, '', ' (' || calls || ' calls)'), coalesce(label, '') FROM touch_neighbour"
    " WHERE column_id = ?1 AND direction = ?2 ORDER BY calls IS NULL, calls DESC, path, line, statement_id";

static enum sl_status draw_neighbours(struct sl_query *query, const struct pen *pen, int64_t column, sl_str direction,
                                      struct sl_buf *out, struct sl_error *err)
{
    sl_query_reset(query);
    sl_query_bind_int(query, 1, column);
    sl_query_bind_str(query, 2, direction);
    bool has_row = false;
    uint32_t n = 0;
    SL_TRY(sl_query_step(query, &has_row, err));
    for (; has_row; n++) {
        if (n < SL_MAX_DRAWN_STATEMENTS)
            pen->neighbour(out, column, sl_query_int(query, 0), sl_query_int(query, 1) != 0, sl_query_str(query, 2),
                           sl_query_str(query, 3));
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    if (n <= SL_MAX_DRAWN_STATEMENTS)
        return SL_OK;
    struct sl_buf rest = {0};
    sl_buf_add_printf(&rest, "%u more", n - SL_MAX_DRAWN_STATEMENTS);
    pen->neighbour(out, column, 0, sl_str_eq(direction, SL_STR("write")), sl_buf_str(&rest), SL_STR(""));
    sl_buf_release(&rest);
    return SL_OK;
}

static enum sl_status draw_columns(struct sl_graph *graph, const struct pen *pen, sl_str subject, struct sl_buf *out,
                                   struct sl_error *err)
{
    SL_QUERY columns = NULL;
    SL_QUERY neighbours = NULL;
    SL_TRY(sl_query_prepare(graph, SL_STR(columns_sql), &columns, err));
    SL_TRY(sl_query_prepare(graph, SL_STR(neighbours_sql), &neighbours, err));
    sl_query_bind_str(columns, 1, subject);
    bool has_row = false;
    SL_TRY(sl_query_step(columns, &has_row, err));
    if (!has_row && subject.len > 0)
        return sl_error_set(err, SL_ERR_USAGE, "%.*s: nothing that was read moves it or counts on it.",
                            SL_STR_ARG(subject));
    while (has_row) {
        int64_t column = sl_query_int(columns, 0);
        pen->column(out, column, sl_query_str(columns, 1));
        SL_TRY(draw_neighbours(neighbours, pen, column, SL_STR("write"), out, err));
        SL_TRY(draw_neighbours(neighbours, pen, column, SL_STR("read"), out, err));
        SL_TRY(sl_query_step(columns, &has_row, err));
    }
    return SL_OK;
}

enum sl_status sl_graph_draw(struct sl_graph *graph, sl_str format, sl_str subject, struct sl_buf *out,
                             struct sl_error *err)
{
    for (size_t i = 0; i < sizeof pens / sizeof *pens; i++) {
        if (!sl_str_eq(format, pens[i].name))
            continue;
        sl_buf_add(out, pens[i].begin);
        SL_TRY(draw_columns(graph, &pens[i], subject, out, err));
        sl_buf_add(out, pens[i].end);
        return SL_OK;
    }
    return sl_error_set(err, SL_ERR_USAGE, "\"%.*s\" is no way to draw: dot or mermaid.", SL_STR_ARG(format));
}
