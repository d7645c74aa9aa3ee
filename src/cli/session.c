#include "cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/base_run.h"
#include "cli/cache.h"
#include "cli/first_step.h"
#include "cli/logs.h"
#include "cli/output.h"
#include "cli/per_path.h"
#include "finding/filter.h"
#include "finding/frame.h"
#include "finding/ignore.h"
#include "graph/query.h"
#include "report/report.h"
#include "rule/run.h"
#include "source/file.h"
#include "source/glob.h"
#include "source/tree_cache.h"

static enum sl_status check_rules_exist(const struct sl_session *session, const struct sl_rule_levels *levels,
                                        struct sl_error *err)
{
    for (size_t i = 0; i < levels->len; i++) {
        const struct sl_rule_level *level = &levels->items[i];
        if (!sl_rule_find(&session->rules, level->rule))
            return sl_error_set(err, SL_ERR_CONFIG, "%.*s:%u:%u: \"%.*s\" is no rule; `stamplint rules` lists them.",
                                SL_STR_ARG(session->config.path), level->line, level->col, SL_STR_ARG(level->rule));
    }
    return SL_OK;
}

static enum sl_status open_rules(struct sl_session *session, struct sl_error *err)
{
    const struct sl_options *options = session->options;
    const struct sl_config *config = &session->config;
    SL_TRY(sl_rule_load_built_in(&session->rules, session->run, err));
    if (options->rules_dir.len)
        SL_TRY(sl_rule_load_folder(options->rules_dir.ptr, &session->rules, session->run, err));
    SL_TRY(check_rules_exist(session, &config->rules, err));
    for (size_t i = 0; i < config->per_path.len; i++)
        SL_TRY(check_rules_exist(session, &config->per_path.items[i].rules, err));
    struct sl_rule_override *overrides = SL_NEW_ARRAY(session->run, config->rules.len, struct sl_rule_override);
    for (size_t i = 0; i < session->config.rules.len; i++)
        overrides[i] =
            (struct sl_rule_override){session->config.rules.items[i].rule, session->config.rules.items[i].level};
    session->selection = (struct sl_rule_selection){
        .select = options->select.items,
        .n_select = options->select.len,
        .ignore = options->ignore.items,
        .n_ignore = options->ignore.len,
        .overrides = overrides,
        .n_overrides = session->config.rules.len,
    };
    return sl_rule_selection_check(&session->selection, &session->rules, err);
}

/* FORMAT:FILE, as --report takes it. */
static enum sl_status split_report(sl_str word, sl_str *format, sl_str *path, struct sl_error *err)
{
    size_t colon = sl_str_find_byte(word, ':');
    *format = sl_str_slice(word, 0, colon);
    *path = colon == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(word, colon + 1, SIZE_MAX);
    if (!sl_report_find(*format) || path->len == 0)
        return sl_error_set(err, SL_ERR_USAGE, "--report takes FORMAT:FILE such as sarif:out.sarif, not '%.*s'.",
                            SL_STR_ARG(word));
    return SL_OK;
}

/* What is wrong with the options is said before anything is read. */
static enum sl_status check_options(const struct sl_options *options, struct sl_error *err)
{
    sl_str format, path;
    for (size_t i = 0; i < options->reports.len; i++)
        SL_TRY(split_report(options->reports.items[i], &format, &path, err));
    if (options->new_only && options->changed_since.len == 0 && !options->staged)
        return sl_error_set(err, SL_ERR_USAGE, "--new-only needs --changed-since REF or --staged: new since when?");
    return SL_OK;
}

enum sl_status sl_session_open(const struct sl_options *options, struct sl_arena *run, struct sl_session *session,
                               struct sl_error *err)
{
    struct sl_session opened = {
        .run = run, .options = options, .dialect = SL_DIALECT_UNKNOWN, .config = {.dir = SL_STR(".")}};
    SL_TRY(check_options(options, err));
    if (!options->no_config)
        SL_TRY(sl_config_read(options->config, run, &opened.config, err));
    sl_str dialect = options->dialect.len ? options->dialect : opened.config.dialect;
    if (dialect.len)
        sl_dialect_lookup(dialect, &opened.dialect);
    SL_TRY(open_rules(&opened, err));
    SL_TRY(sl_graph_open(NULL, &opened.graph, err));
    sl_str cache = sl_cache_folder(options, &opened.config, run);
    opened.trees = cache.len ? sl_tree_cache_open(cache) : NULL;
    *session = opened;
    return SL_OK;
}

void sl_session_close(struct sl_session *session)
{
    if (session->has_digest)
        sl_digest_release(&session->digest);
    sl_graph_close(session->graph);
    session->graph = NULL;
    sl_tree_cache_close(session->trees);
    session->trees = NULL;
}

/* Paths of the configuration are relative to the folder that it lies in. */
static struct sl_path_list configured_paths(const struct sl_session *session, const struct sl_str_list *list)
{
    sl_str *paths = SL_NEW_ARRAY(session->run, list->len, sl_str);
    bool is_here = sl_str_eq(session->config.dir, SL_STR("."));
    for (size_t i = 0; i < list->len; i++)
        paths[i] = is_here ? list->items[i] : sl_path_join(session->run, session->config.dir, list->items[i]);
    return (struct sl_path_list){paths, list->len};
}

/* What the session's sources are discovered from: the command line beats the configuration. */
static struct sl_discover_options discover_options(struct sl_session *session)
{
    const struct sl_options *options = session->options;
    struct sl_config *config = &session->config;
    struct sl_discover_options discover = {
        .dialect = session->dialect,
        .schema = options->schema.len ? (struct sl_path_list){options->schema.items, options->schema.len}
                                      : configured_paths(session, &config->schema),
        .migrations = configured_paths(session, &config->migrations),
        .queries = configured_paths(session, &config->queries),
        .code = configured_paths(session, &config->code),
        .context = SL_CONTEXT_ALL,
        .reports_applied = config->reports_applied || options->staged || options->changed_since.len > 0,
    };
    return discover;
}

static void print_problems(struct sl_session *session, const struct sl_problem *problems, size_t n)
{
    for (size_t i = 0; i < n && !session->is_base; i++) {
        sl_output_message(problems[i].message);
        session->is_incomplete = true;
    }
}

/* What `exclude` of the configuration names is left out however it was found: a hook names its files itself. */
static void leave_out_excluded(struct sl_session *session)
{
    struct sl_path_list patterns = configured_paths(session, &session->config.exclude);
    size_t n_kept = 0;
    for (size_t i = 0; i < session->discovered.sources.len; i++) {
        struct sl_source *source = &session->discovered.sources.items[i];
        bool is_excluded = false;
        for (size_t k = 0; k < patterns.len && !is_excluded; k++)
            is_excluded = sl_glob_matches(patterns.items[k], source->path);
        if (!is_excluded)
            session->discovered.sources.items[n_kept++] = *source;
    }
    session->discovered.sources.len = n_kept;
}

static enum sl_status run_pipeline(struct sl_session *session, struct sl_error *err)
{
    leave_out_excluded(session);
    struct sl_pipeline_input input = {
        .sources = session->discovered.sources.items,
        .n_sources = session->discovered.sources.len,
        .digests = session->has_digest ? &session->digest : NULL,
        .n_digests = session->has_digest,
        .reports_on_digests = session->reports_on_digest,
        .columns = session->config.columns.items,
        .n_columns = session->config.columns.len,
        .trees = session->trees,
        .wrappers = &session->config.wrappers,
        .on_statement = session->on_statement,
        .on_statement_context = session->on_statement_context,
    };
    print_problems(session, session->discovered.problems.items, session->discovered.problems.len);
    SL_TRY(sl_pipeline_run(&input, session->run, session->graph, &session->read, err));
    print_problems(session, session->read.problems.items, session->read.problems.len);
    return SL_OK;
}

enum sl_status sl_session_read_paths(struct sl_session *session, struct sl_error *err)
{
    struct sl_discover_options discover = discover_options(session);
    discover.paths = (struct sl_path_list){session->options->operands.items, session->options->operands.len};
    sl_discover(&discover, session->run, &session->discovered);
    if (session->config.usage.len && !session->has_digest) {
        struct sl_str_list usage = {0};
        struct sl_path_list named = configured_paths(session, &session->config.usage);
        SL_TRY(sl_logs_expand(named.items, named.len, session->run, &usage, err));
        SL_TRY(sl_logs_read(session->options, session->dialect, usage.items, usage.len, &session->digest, err));
        session->has_digest = true;
    }
    return run_pipeline(session, err);
}

enum sl_status sl_session_read_logs(struct sl_session *session, struct sl_error *err)
{
    const struct sl_str_list *logs = &session->options->operands;
    SL_TRY(sl_logs_read(session->options, session->dialect, logs->items, logs->len, &session->digest, err));
    session->has_digest = true;
    session->reports_on_digest = true;
    struct sl_discover_options discover = discover_options(session);
    if (discover.dialect == SL_DIALECT_UNKNOWN && session->digest.n_shapes)
        discover.dialect = session->digest.shapes[0].dialect;
    discover.context = SL_CONTEXT_NONE;
    discover.is_schema_only = true;
    discover.queries = discover.code = (struct sl_path_list){0};
    sl_discover(&discover, session->run, &session->discovered);
    return run_pipeline(session, err);
}

/* The lines of --changed-since or --staged; NULL in *changed where neither was given. */
static enum sl_status read_changed_lines(struct sl_session *session, struct sl_changed_lines *lines,
                                         const struct sl_changed_lines **changed, struct sl_error *err)
{
    const struct sl_options *options = session->options;
    *changed = NULL;
    if (options->changed_since.len == 0 && !options->staged)
        return SL_OK;
    SL_TRY(sl_changed_lines_read(options->changed_since.len ? options->changed_since.ptr : NULL, session->run, lines,
                                 err));
    *changed = lines;
    return SL_OK;
}

sl_str sl_session_baseline_path(struct sl_session *session)
{
    static const char usual[] = ".stamplint-baseline.json";
    if (session->options->baseline.len)
        return session->options->baseline;
    if (session->config.baseline.len)
        return sl_path_join(session->run, session->config.dir, session->config.baseline);
    return access(usual, F_OK) == 0 && !session->options->no_config ? sl_str_from(usual) : SL_STR_EMPTY;
}

static enum sl_status apply_filter(struct sl_session *session, struct sl_error *err)
{
    struct sl_changed_lines lines = {0};
    struct sl_baseline_counts counts = {0};
    struct sl_buf baseline = {0};
    struct sl_buf known = {0};
    struct sl_filter filter = {0};
    sl_str path = session->ignores_baseline ? SL_STR_EMPTY : sl_session_baseline_path(session);
    SL_TRY(read_changed_lines(session, &lines, &filter.changed, err));
    if (path.len)
        SL_TRY(sl_baseline_read(session->graph, path.ptr, &baseline, err));
    enum sl_status status = session->options->new_only ? sl_base_run(session, &known, err) : SL_OK;
    filter.baseline = baseline.len ? sl_buf_str(&baseline) : SL_STR_EMPTY;
    filter.known = known.len ? sl_buf_str(&known) : SL_STR_EMPTY;
    if (status == SL_OK)
        status = sl_filter_apply(session->graph, &filter, &counts, err);
    sl_buf_release(&known);
    sl_buf_release(&baseline);
    if (status == SL_OK && counts.n_stale && !session->options->quiet)
        sl_output_message(sl_arena_printf(session->run,
                                          "%llu accepted finding%s gone; 'stamplint baseline' takes %s out of %.*s",
                                          (unsigned long long)counts.n_stale, counts.n_stale == 1 ? " is" : "s are",
                                          counts.n_stale == 1 ? "it" : "them", SL_STR_ARG(path)));
    return status;
}

enum sl_status sl_session_run_rules(struct sl_session *session, struct sl_error *err)
{
    struct sl_graph *graph = session->graph;
    SL_TRY(sl_rule_add_rows(graph, &session->rules, &session->selection, err));
    SL_TRY(sl_rule_run(graph, &session->rules, &session->selection, SL_RULE_PHASE_FACTS, err));
    SL_TRY(sl_ignore_apply(graph, err));
    SL_TRY(sl_rule_run(graph, &session->rules, &session->selection, SL_RULE_PHASE_IGNORES, err));
    return sl_per_path_apply(session, err);
}

enum sl_status sl_session_judge(struct sl_session *session, struct sl_error *err)
{
    SL_TRY(sl_session_run_rules(session, err));
    SL_TRY(apply_filter(session, err));
    return sl_frame_fill(session->graph, err);
}

static sl_str fail_on_of(const struct sl_session *session)
{
    return session->options->fail_on.len ? session->options->fail_on : session->config.fail_on;
}

static bool never_fails(const struct sl_session *session)
{
    return sl_str_eq(fail_on_of(session), SL_STR("never"));
}

/* The number of shown findings at or above --fail-on. */
static enum sl_status count_failing(struct sl_session *session, uint64_t *n, struct sl_error *err)
{
    sl_str fail_on = fail_on_of(session);
    *n = 0;
    if (never_fails(session))
        return SL_OK;
    return sl_filter_count_shown(session->graph, fail_on.len ? fail_on : SL_STR("warning"), n, err);
}

/* What is shown of all findings, in words. */
static sl_str scope_of(struct sl_session *session)
{
    const struct sl_options *options = session->options;
    sl_str since = options->changed_since;
    bool is_hash = since.len == 40; /* of a commit: as git abbreviates it */
    for (size_t i = 0; i < since.len && is_hash; i++)
        is_hash = strchr("0123456789abcdef", since.ptr[i]) != NULL;
    since = sl_str_slice(since, 0, is_hash ? 12 : SIZE_MAX);
    if (since.len)
        return sl_arena_printf(session->run,
                               options->new_only ? "that the change since %.*s brings" : "on lines changed since %.*s",
                               SL_STR_ARG(since));
    if (!options->staged)
        return SL_STR_EMPTY;
    return options->new_only ? SL_STR("that the staged change brings") : SL_STR("on staged lines");
}

/* What only the Markdown report says: it is read by who decides on a change. */
static enum sl_status describe_change(struct sl_session *session, sl_str format, struct sl_report_options *how,
                                      struct sl_error *err)
{
    struct sl_first_step step;
    if (!sl_str_eq(format, SL_STR("markdown")))
        return SL_OK;
    SL_TRY(sl_first_step_find(session, &step, err));
    how->scope = scope_of(session);
    how->plan_subject = step.subject;
    how->plan_title = step.title;
    how->plan_script = step.script;
    return SL_OK;
}

static enum sl_status write_report(struct sl_session *session, sl_str format, sl_str path, struct sl_error *err)
{
    const struct sl_options *options = session->options;
    const struct sl_reporter *reporter = sl_report_find(format);
    if (!reporter)
        return sl_error_set(err, SL_ERR_USAGE, "There is no report format '%.*s'.", SL_STR_ARG(format));
    struct sl_report_options how = {
        .has_color = path.len
                         ? sl_str_eq(options->color, SL_STR("always"))
                         : sl_report_wants_color(options->color.len ? options->color.ptr : NULL, isatty(STDOUT_FILENO)),
        .width = sl_output_width(),
    };
    struct sl_buf text = {0};
    SL_TRY(describe_change(session, format, &how, err));
    enum sl_status status = reporter->render(session->graph, &how, &text, err);
    if (status == SL_OK)
        status = sl_output_write(path, sl_buf_str(&text), err);
    sl_buf_release(&text);
    return status;
}

/* In a step of GitHub Actions the text report is followed by its annotations; an explicit --format is what it says. */
static bool wants_annotations(const struct sl_options *options)
{
    const char *actions = getenv("GITHUB_ACTIONS");
    return actions && strcmp(actions, "true") == 0 && options->format.len == 0 && options->output.len == 0;
}

enum sl_status sl_session_report(struct sl_session *session, int *exit_status, struct sl_error *err)
{
    const struct sl_options *options = session->options;
    uint64_t failing = 0;
    sl_str format, path;
    for (size_t i = 0; i < options->reports.len; i++) {
        SL_TRY(split_report(options->reports.items[i], &format, &path, err));
        SL_TRY(write_report(session, format, path, err));
    }
    SL_TRY(write_report(session, options->format.len ? options->format : SL_STR("text"), options->output, err));
    if (wants_annotations(options))
        SL_TRY(write_report(session, SL_STR("github"), SL_STR_EMPTY, err));
    SL_TRY(count_failing(session, &failing, err));
    /* What could be unpacked of a broken log is reported, but it is no clean report. */
    bool is_in_part = session->digest.damage.len > 0 && !never_fails(session);
    *exit_status = session->is_incomplete || is_in_part ? 2 : failing > 0;
    return SL_OK;
}

/* Lines of statements that were not understood, before the coverage line counts them. */
#define MAX_NOT_UNDERSTOOD_LINES 10

static enum sl_status print_not_understood(struct sl_session *session, struct sl_error *err)
{
    struct sl_buf text = {0};
    enum sl_status status = sl_report_not_understood(session->graph, MAX_NOT_UNDERSTOOD_LINES, &text, err);
    if (status == SL_OK && text.len > 0)
        fwrite(text.bytes, 1, text.len, stderr);
    sl_buf_release(&text);
    return status;
}

/* What was read, skipped and damaged in the logs. */
static enum sl_status print_log_coverage(struct sl_session *session, struct sl_error *err)
{
    struct sl_buf text = {0};
    enum sl_status status = sl_report_log_coverage(session->graph, &text, err);
    sl_str rest = sl_buf_str(&text), line;
    while (status == SL_OK && sl_str_next_line(&rest, &line))
        sl_output_message(line);
    sl_buf_release(&text);
    return status;
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

enum sl_status sl_session_print_coverage(struct sl_session *session, struct sl_error *err)
{
    fflush(stdout); /* where both streams go to one place, the report comes first */
    if (session->options->quiet)
        return SL_OK;
    SL_TRY(print_not_understood(session, err));
    if (session->reports_on_digest)
        SL_TRY(print_log_coverage(session, err));
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(session->graph,
                            SL_STR("SELECT c.sources, c.statements, c.\"distinct\", c.understood, "
                                   "c.not_understood, (SELECT count(*) FROM finding WHERE status = 'shown') "
                                   "FROM coverage AS c"),
                            &query, err));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    int64_t n[6];
    for (int i = 0; i < 6; i++)
        n[i] = sl_query_int(query, i);
    fprintf(stderr,
            "stamplint: %lld source%s, %lld statement%s, %lld distinct shape%s, %lld understood, %lld not understood, "
            "%lld finding%s\n",
            (long long)n[0], plural(n[0]), (long long)n[1], plural(n[1]), (long long)n[2], plural(n[2]),
            (long long)n[3], (long long)n[4], (long long)n[5], plural(n[5]));
    return SL_OK;
}
