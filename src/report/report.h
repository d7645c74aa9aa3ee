/*
 * report: the reporters, one descriptor each.
 *
 * In:    the graph after rules and finding/ have decided what is shown; reporters read finding, finding_evidence,
 *        finding_affects, rule, diagnostic and coverage.
 * Out:   bytes in a buffer. Same graph, same bytes.
 * Fails: SL_ERR_GRAPH.
 * Must hold: no byte of an input reaches a terminal or a page unescaped.
 * Not here: what is shown (finding), where it goes (cli).
 *
 * How to add a reporter: write report/<name>.c with one render function, declare it in report_private.h, add its line
 * in report.c, add fixtures/report/<name>/expected; tests/unit/test_report.c fails until all of it is there.
 */
#ifndef SL_REPORT_REPORT_H
#define SL_REPORT_REPORT_H

#include "base/buf.h"
#include "graph/graph.h"

struct sl_report_options {
    bool has_color;           /* text only; decided by sl_report_wants_color() */
    uint32_t width;           /* text only; columns of the terminal, 0 = do not cut */
    uint32_t max_annotations; /* github only; of each severity, 0 = 10 (what GitHub shows) */
    /* markdown only, all may be empty: */
    sl_str scope;        /* what is shown of all findings: "on lines changed since main" */
    sl_str plan_subject; /* the plan for this table.column begins with … */
    sl_str plan_title, plan_script;
};

struct sl_reporter {
    const char *name; /* the word of --format */
    const char *description;
    enum sl_status (*render)(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                             struct sl_error *err);
};

/* Ends with a NULL name. */
extern const struct sl_reporter sl_reporters[];
/* NULL if there is none of that name. */
const struct sl_reporter *sl_report_find(sl_str name);

/*
 * Up to `max` lines "path:line:col: not understood: …" for standard error, and how many more there are. Statements of a
 * log come with their text, three at most.
 */
SL_NODISCARD enum sl_status sl_report_not_understood(struct sl_graph *graph, uint32_t max, struct sl_buf *out,
                                                     struct sl_error *err);

/*
 * What the readers of logs counted, a sentence a line: what was read, what was skipped, what was damaged. Nothing if no
 * log was read.
 */
SL_NODISCARD enum sl_status sl_report_log_coverage(struct sl_graph *graph, struct sl_buf *out, struct sl_error *err);

/* `when` is always, never or auto (or NULL: auto). Auto: on a terminal that is not dumb, or where
 * CLICOLOR_FORCE is set and not 0; never where NO_COLOR is set. */
bool sl_report_wants_color(const char *when, bool is_terminal);

#endif
