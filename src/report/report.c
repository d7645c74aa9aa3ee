#include "report/report.h"

#include <stdlib.h>

#include "report/report_private.h"

const struct sl_reporter sl_reporters[] = {
    {"text", "for people: a code frame, the evidence, the next step", sl_report_text},
    {"json", "one object, stable", sl_report_json},
    {"jsonl", "one finding a line, as in json", sl_report_jsonl},
    {NULL, NULL, NULL},
};

const struct sl_reporter *sl_report_find(sl_str name)
{
    for (const struct sl_reporter *reporter = sl_reporters; reporter->name; reporter++)
        if (sl_str_eq(name, sl_str_from(reporter->name)))
            return reporter;
    return NULL;
}

bool sl_report_wants_color(const char *when, bool is_terminal)
{
    if (when && strcmp(when, "always") == 0)
        return true;
    if (when && strcmp(when, "never") == 0)
        return false;
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (no_color && *no_color)
        return false;
    return is_terminal && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

enum sl_status sl_report_add_rows(struct sl_graph *graph, sl_str sql, sl_str between, struct sl_buf *out,
                                  struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph, sql, &query, err));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    for (bool is_first = true; has_row; is_first = false) {
        if (!is_first)
            sl_buf_add(out, between);
        sl_buf_add(out, sl_query_str(query, 0));
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    return SL_OK;
}
