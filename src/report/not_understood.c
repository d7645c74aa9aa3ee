/* What was not understood, as lines for standard error: no report is silent about what it did not see. */
#include "report/escape.h"
#include "report/report_private.h"

/* Statements of a log that are shown with their text, those that ran most first; and what is shown of it. */
#define MAX_LOG_EXAMPLES 3
#define EXAMPLE_BYTES 160

enum column { PATH, LINE, COL, MESSAGE, CALLS, TEXT, N_ALL, N_LOG };
static const char rows_sql[] =
    "SELECT source.path, d.line, d.col, d.message, s.calls, s.text, count(*) OVER (), count(s.calls) OVER ()"
    " FROM diagnostic AS d JOIN source USING (source_id) LEFT JOIN statement AS s USING (statement_id)"
    " WHERE d.kind = 'not_understood'"
    " AND s.calls IS NOT 0" /* the server did not understand it either */
    " ORDER BY s.calls IS NOT NULL, -s.calls, source.path, d.line, d.col, d.message";

struct lines {
    struct sl_buf *out;
    uint32_t max, n_shown, n_examples;
    int64_t n_all, n_log;
};

/* The text on one line: runs of white space become one space. */
static void add_example(struct sl_buf *out, sl_str text)
{
    struct sl_buf line = {0};
    bool is_cut = false;
    bool was_space = false;
    for (size_t i = 0; i < text.len && !is_cut; i++) {
        bool is_space = sl_is_space(text.ptr[i]);
        if (!is_space || !was_space)
            sl_buf_add_byte(&line, is_space ? ' ' : text.ptr[i]);
        was_space = is_space;
        is_cut = line.len >= EXAMPLE_BYTES && i + 1 < text.len;
    }
    while (is_cut && line.len && ((unsigned char)line.bytes[line.len - 1] & 0xc0) == 0x80)
        line.len--; /* the last character may be half of one */
    line.len -= is_cut && line.len && (unsigned char)line.bytes[line.len - 1] >= 0xc0;
    sl_buf_add(out, SL_STR("    "));
    sl_escape_line(sl_buf_str(&line), out);
    sl_buf_add(out, is_cut ? SL_STR(" …\n") : SL_STR("\n"));
    sl_buf_release(&line);
}

/* Where, and why it is not what it should be. */
static void add_place(const struct sl_query *row, const char *what, struct sl_buf *out)
{
    sl_escape_line(sl_query_str(row, PATH), out);
    sl_buf_add_printf(out, ":%lld:%lld: %s: ", (long long)sl_query_int(row, LINE), (long long)sl_query_int(row, COL),
                      what);
    sl_escape_line(sl_query_str(row, MESSAGE), out);
}

static enum sl_status add_line(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct lines *lines = context;
    bool is_log = !sl_query_is_null(row, CALLS);
    lines->n_all = sl_query_int(row, N_ALL);
    lines->n_log = sl_query_int(row, N_LOG);
    if (lines->n_shown >= lines->max || (is_log && lines->n_examples >= MAX_LOG_EXAMPLES))
        return SL_OK;
    lines->n_shown++;
    add_place(row, "not understood", lines->out);
    int64_t calls = sl_query_int(row, CALLS);
    if (is_log)
        sl_buf_add_printf(lines->out, " (%lld call%s)", (long long)calls, calls == 1 ? "" : "s");
    sl_buf_add_byte(lines->out, '\n');
    if (is_log) {
        lines->n_examples++;
        add_example(lines->out, sl_query_str(row, TEXT));
    }
    return SL_OK;
}

/* Parts of files that no reader could take: not statements, so they are counted apart. */
static const char passed_over_sql[] =
    "SELECT path, line, col, message, NULL, NULL, count(*) OVER (), 0 FROM (SELECT DISTINCT source.path, d.line, d.col,"
    " d.message FROM diagnostic AS d JOIN source USING (source_id) WHERE d.kind IN ('passed_over', 'limit')"
    " AND (source.is_reported OR source.kind = 'schema')) ORDER BY path, line, col, message";

static enum sl_status add_passed_over(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct lines *lines = context;
    lines->n_all = sl_query_int(row, N_ALL);
    if (lines->n_shown >= lines->max)
        return SL_OK;
    lines->n_shown++;
    add_place(row, "passed over", lines->out);
    sl_buf_add_byte(lines->out, '\n');
    return SL_OK;
}

static enum sl_status report_passed_over(struct sl_graph *graph, uint32_t max, struct sl_buf *out, struct sl_error *err)
{
    struct lines lines = {.out = out, .max = max};
    SL_TRY(sl_report_each(graph, SL_STR(passed_over_sql), add_passed_over, &lines, err));
    int64_t n_more = lines.n_all - lines.n_shown;
    if (n_more > 0)
        sl_buf_add_printf(out, "… and %lld more place%s passed over; --format json lists them all.\n",
                          (long long)n_more, n_more == 1 ? "" : "s");
    return SL_OK;
}

enum sl_status sl_report_not_understood(struct sl_graph *graph, uint32_t max, struct sl_buf *out, struct sl_error *err)
{
    struct lines lines = {.out = out, .max = max};
    SL_TRY(sl_report_each(graph, SL_STR(rows_sql), add_line, &lines, err));
    int64_t n_more = lines.n_all - lines.n_shown;
    if (n_more > 0)
        sl_buf_add_printf(out, "… and %lld more %s that %s not understood; --format json lists them all.\n",
                          (long long)n_more,
                          lines.n_log == lines.n_all ? n_more == 1 ? "statement shape" : "statement shapes"
                          : n_more == 1              ? "statement"
                                                     : "statements",
                          n_more == 1 ? "was" : "were");
    return report_passed_over(graph, max, out, err);
}
