#include "report/report.h"

#include <stdlib.h>

#include "report/escape.h"
#include "report/report_private.h"

const struct sl_reporter sl_reporters[] = {
    {"text", "for people: a code frame, the evidence, the next step", sl_report_text},
    {"json", "one object, stable", sl_report_json},
    {"jsonl", "one finding a line, as in json", sl_report_jsonl},
    {"sarif", "SARIF 2.1.0 for code scanning", sl_report_sarif},
    {"github", "workflow commands: annotations on a pull request", sl_report_github},
    {"gitlab", "GitLab code quality", sl_report_gitlab},
    {"junit", "JUnit XML", sl_report_junit},
    {"markdown", "for a pull request or a job summary, with the review list", sl_report_markdown},
    {"html", "one self-contained page", sl_report_html},
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
    const char *force = getenv("CLICOLOR_FORCE");
    const char *terminal = getenv("TERM");
    if (no_color && *no_color)
        return false;
    if (force && *force && strcmp(force, "0") != 0)
        return true;
    return is_terminal && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

enum sl_status sl_report_each(struct sl_graph *graph, sl_str sql, sl_report_row *add, void *context,
                              struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph, sql, &query, err));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    while (has_row) {
        SL_TRY(add(context, query, err));
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    return SL_OK;
}

struct joined {
    struct sl_buf *out;
    sl_str between;
    bool has_rows;
};

static enum sl_status add_joined(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct joined *joined = context;
    if (joined->has_rows)
        sl_buf_add(joined->out, joined->between);
    joined->has_rows = true;
    sl_escape_json(sl_query_str(row, 0), joined->out);
    return SL_OK;
}

enum sl_status sl_report_add_rows(struct sl_graph *graph, sl_str sql, sl_str between, struct sl_buf *out,
                                  struct sl_error *err)
{
    struct joined joined = {.out = out, .between = between};
    return sl_report_each(graph, sql, add_joined, &joined, err);
}
