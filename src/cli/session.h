/*
 * session: what check, audit, graph and baseline share: configuration, sources, the graph, findings, the report.
 *
 * In:    the options of a command.
 * Out:   steps that a command calls in order: open, judge, report, close.
 * Owns:  the graph and the digests; sl_session_close() gives them back. The rest lives in the run arena.
 * Fails: configuration, usage, output; an input that cannot be read is printed on standard error, counted, and makes
 * the exit status 2 at the end, with the findings of the rest.
 */
#ifndef SL_CLI_SESSION_H
#define SL_CLI_SESSION_H

#include "cli/config.h"
#include "cli/options.h"
#include "pipeline.h"
#include "rule/selection.h"

struct sl_session {
    struct sl_arena *run;
    const struct sl_options *options;
    struct sl_config config;
    enum sl_dialect dialect; /* SL_DIALECT_UNKNOWN: found for each source */
    struct sl_discovered discovered;
    struct sl_digest digest; /* audit: the logs, reduced */
    bool has_digest;
    bool reports_on_digest; /* false: a digest of production beside the code (usage:), to know what reads what */
    struct sl_graph *graph;
    struct sl_tree_cache *trees; /* of earlier runs; NULL: they are not kept */
    struct sl_pipeline_output read;
    struct sl_rule_set rules;
    struct sl_rule_selection selection;
    sl_pipeline_on_statement on_statement; /* set before reading; may be NULL */
    void *on_statement_context;
    bool is_incomplete;    /* an input could not be read */
    bool ignores_baseline; /* set before judging: accepted findings are shown too */
    bool is_base;          /* an earlier state of the files: its troubles are not today's */
};

/* Reads the configuration and the rules; the graph is empty. */
SL_NODISCARD enum sl_status sl_session_open(const struct sl_options *options, struct sl_arena *run,
                                            struct sl_session *session, struct sl_error *err);
void sl_session_close(struct sl_session *session);

/* Fills the graph from the paths, or from the configuration, or from ".". */
SL_NODISCARD enum sl_status sl_session_read_paths(struct sl_session *session, struct sl_error *err);
/* Fills the graph from query logs, after the schema. */
SL_NODISCARD enum sl_status sl_session_read_logs(struct sl_session *session, struct sl_error *err);

/* Runs the rules and the ignores of the sources: every finding there is. */
SL_NODISCARD enum sl_status sl_session_run_rules(struct sl_session *session, struct sl_error *err);
/* The same, then decides what is shown: baseline, changed lines, what is new. */
SL_NODISCARD enum sl_status sl_session_judge(struct sl_session *session, struct sl_error *err);
/* The baseline file that applies: --baseline, the configuration's, the usual one if it is there; empty: none. */
sl_str sl_session_baseline_path(struct sl_session *session);
/* Prints the report where --output says, and those of --report. *exit_status is 0, 1 or 2. */
SL_NODISCARD enum sl_status sl_session_report(struct sl_session *session, int *exit_status, struct sl_error *err);
/* The coverage line, unless --quiet. */
SL_NODISCARD enum sl_status sl_session_print_coverage(struct sl_session *session, struct sl_error *err);

#endif
