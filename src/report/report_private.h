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

/* Of a log the worst first: by what it cost, then by how often it ran. */
#define SL_REPORT_WORST " CASE WHEN f.calls IS NOT NULL THEN -coalesce(f.total_us, 0) END, -f.calls,"

/* What the logs say of finding ?1, as sentences: a column for each label. A NULL ends the labels. */
extern const char sl_report_log_sql[];
extern const char *const sl_report_log_labels[];

/* The findings `f` that are shown, with what the logs say of them, `l`. */
#define SL_REPORT_SHOWN                                                                                                \
    " FROM finding AS f LEFT JOIN finding_log AS l ON l.finding_id = f.finding_id WHERE f.status = 'shown'"

/* One row of SL_REPORT_SHOWN as the JSON object of `--format json`. */
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
