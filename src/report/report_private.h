/*
 * report_private: the render functions behind the table of report.c, and the SQL that they share.
 */
#ifndef SL_REPORT_REPORT_PRIVATE_H
#define SL_REPORT_REPORT_PRIVATE_H

#include "graph/query.h"
#include "report/report.h"

typedef enum sl_status sl_report_render(struct sl_graph *graph, const struct sl_report_options *options,
                                        struct sl_buf *out, struct sl_error *err);

sl_report_render sl_report_text, sl_report_json, sl_report_jsonl, sl_report_sarif, sl_report_github, sl_report_gitlab,
    sl_report_junit, sl_report_markdown, sl_report_html;

/* How findings are ordered everywhere. */
#define SL_REPORT_ORDER " ORDER BY f.path, f.line, f.col, f.rule, f.finding_id"

/* One finding `f` as the JSON object of `--format json`. */
extern const char sl_report_finding_json[];
/* The summary object of `--format json`. */
extern const char sl_report_summary_json[];

/* Adds the first column of every row of `sql`, which is JSON, escaped, with `between` between two of them. */
SL_NODISCARD enum sl_status sl_report_add_rows(struct sl_graph *graph, sl_str sql, sl_str between, struct sl_buf *out,
                                               struct sl_error *err);

/* Calls `add` with the query at each of its rows. */
typedef enum sl_status sl_report_row(void *context, const struct sl_query *row, struct sl_error *err);
SL_NODISCARD enum sl_status sl_report_each(struct sl_graph *graph, sl_str sql, sl_report_row *add, void *context,
                                           struct sl_error *err);

#endif
