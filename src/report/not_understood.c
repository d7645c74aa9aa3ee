/* What was not understood, as lines for standard error: no report is silent about what it did not see. */
#include "report/escape.h"
#include "report/report_private.h"

static const char rows_sql[] =
    "SELECT source.path, d.line, d.col, d.message, count(*) OVER () FROM diagnostic AS d JOIN source USING (source_id)"
    " WHERE d.kind = 'not_understood' ORDER BY source.path, d.line, d.col, d.message";

struct lines {
    struct sl_buf *out;
    uint32_t max, n;
    int64_t n_all;
};

static enum sl_status add_line(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct lines *lines = context;
    lines->n_all = sl_query_int(row, 4);
    if (lines->n++ >= lines->max)
        return SL_OK;
    sl_escape_line(sl_query_str(row, 0), lines->out);
    sl_buf_add_printf(lines->out, ":%lld:%lld: not understood: ", (long long)sl_query_int(row, 1),
                      (long long)sl_query_int(row, 2));
    sl_escape_line(sl_query_str(row, 3), lines->out);
    sl_buf_add_byte(lines->out, '\n');
    return SL_OK;
}

enum sl_status sl_report_not_understood(struct sl_graph *graph, uint32_t max, struct sl_buf *out, struct sl_error *err)
{
    struct lines lines = {.out = out, .max = max};
    SL_TRY(sl_report_each(graph, SL_STR(rows_sql), add_line, &lines, err));
    if (lines.n_all > (int64_t)max)
        sl_buf_add_printf(out, "… and %lld more statements that were not understood; --format json lists them all.\n",
                          (long long)(lines.n_all - max));
    return SL_OK;
}
