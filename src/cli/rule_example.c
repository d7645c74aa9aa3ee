#include "cli/rule_example.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "cli/log_example.h"
#include "finding/ignore.h"
#include "graph/query.h"
#include "pipeline.h"
#include "rule/need.h"
#include "rule/run.h"
#include "source/syntax.h"

/* ---- what an example expects ---- */

struct expectation {
    uint32_t line; /* the finding stands on it, or its statement covers it */
    sl_str rule;
    bool is_met;
};

struct expectations {
    struct expectation *items;
    size_t len, cap;
};

/* Adds the rules that one line expects; false if it is no such line. */
static bool read_expectation(sl_str line, struct sl_arena *arena, struct expectations *out)
{
    size_t at = sl_str_find(line, SL_STR("expect:"));
    if (at == SIZE_MAX)
        return false;
    sl_str rest = sl_str_trim(sl_str_slice(line, at + 7, SIZE_MAX));
    while (rest.len > 0) {
        size_t end = 0;
        while (end < rest.len && (sl_is_alpha(rest.ptr[end]) || sl_is_digit(rest.ptr[end])))
            end++;
        if (end > 0)
            *SL_VEC_PUSH(arena, out) = (struct expectation){.rule = sl_str_slice(rest, 0, end)};
        rest = sl_str_slice(rest, end ? end : 1, SIZE_MAX);
    }
    return true;
}

/* Expectations mean the first line behind them that is none. */
static void read_expectations(sl_str text, struct sl_arena *arena, struct expectations *out)
{
    sl_str line;
    size_t n_placed = 0;
    for (uint32_t number = 1; sl_str_next_line(&text, &line); number++) {
        if (read_expectation(line, arena, out))
            continue;
        for (; n_placed < out->len; n_placed++)
            out->items[n_placed].line = number;
    }
}

/* ---- the run ---- */

static sl_str path_of(const struct sl_rule_example *example, const char *folder, struct sl_arena *arena)
{
    static const struct {
        const char *language, *extension;
    } extensions[] = {{"sql", "sql"},       {"ruby", "rb"},   {"python", "py"}, {"javascript", "js"},
                      {"typescript", "ts"}, {"go", "go"},     {"php", "php"},   {"java", "java"},
                      {"rust", "rs"},       {"csharp", "cs"}, {"kotlin", "kt"}, {"c", "c"}};
    if (example->path.len > 0)
        return sl_arena_printf(arena, "%s/%.*s", folder, SL_STR_ARG(example->path));
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (sl_str_eq(example->language, sl_str_from(extensions[i].language)))
            return sl_arena_printf(arena, "%s/example.%s", folder, extensions[i].extension);
    return sl_arena_printf(arena, "%s/example.%.*s", folder, SL_STR_ARG(example->language));
}

bool sl_rule_example_is_readable(const struct sl_rule_example *example)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    enum sl_language language = sl_language_of_path(path_of(example, "", &arena));
    sl_arena_release(&arena);
    return language == SL_LANGUAGE_NONE || sl_syntax_has_language(language);
}

static enum sl_source_kind kind_of(const struct sl_rule *rule, const struct sl_rule_example *example)
{
    static const enum sl_source_kind in_order[] = {SL_SOURCE_SQL, SL_SOURCE_MIGRATION, SL_SOURCE_SCHEMA};
    for (int i = 0; sl_rule_source_kinds[i]; i++)
        if (sl_str_eq(example->kind, sl_str_from(sl_rule_source_kinds[i])))
            return (enum sl_source_kind)i;
    if (!sl_str_eq(example->language, SL_STR("sql")))
        return SL_SOURCE_CODE;
    for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++)
        if (rule->applies_to & 1u << in_order[i])
            return in_order[i];
    return SL_SOURCE_SQL;
}

static enum sl_status write_example(sl_str path, sl_str text, struct sl_error *err)
{
    for (size_t i = 1; i < path.len; i++) {
        char folder[256];
        if (path.ptr[i] != '/' || i >= sizeof folder)
            continue;
        snprintf(folder, sizeof folder, "%.*s", (int)i, path.ptr);
        mkdir(folder, 0777); /* if it cannot be made, opening the file tells */
    }
    FILE *file = fopen(path.ptr, "wb");
    if (!file)
        return sl_error_set(err, SL_ERR_IO, "%s cannot be written: %s.", path.ptr, strerror(errno));
    bool is_written = fwrite(text.ptr, 1, text.len, file) == text.len;
    is_written = fclose(file) == 0 && is_written;
    return is_written ? SL_OK : sl_error_set(err, SL_ERR_IO, "%s cannot be written.", path.ptr);
}

/* The file, then the folders that were made for it, up to and with `folder`. */
static void remove_example(sl_str path, const char *folder)
{
    char *rest = (char *)path.ptr;
    remove(rest);
    for (char *slash; (slash = strrchr(rest, '/')) && (size_t)(slash - rest) >= strlen(folder);) {
        *slash = '\0';
        rmdir(rest);
    }
}

static enum sl_status read_example(const struct sl_rule *rule, const struct sl_rule_example *example,
                                   struct sl_graph *graph, struct sl_arena *run, sl_str *why, struct sl_error *err)
{
    char folder[] = "/tmp/stamplint-example-XXXXXX";
    enum sl_dialect dialect = SL_DIALECT_POSTGRES;
    if (example->dialect.len > 0)
        sl_dialect_lookup(example->dialect, &dialect); /* the page's reader has checked the word */
    if (!mkdtemp(folder))
        return sl_error_set(err, SL_ERR_IO, "%s cannot be made: %s.", folder, strerror(errno));
    struct sl_log_example log = {.schema = example->text};
    bool is_log = kind_of(rule, example) == SL_SOURCE_QUERY_LOG;
    if (is_log)
        sl_log_example_make(example->text, dialect, run, &log);
    struct sl_source source = {.path = path_of(example, folder, run),
                               .kind = is_log ? SL_SOURCE_SCHEMA : kind_of(rule, example),
                               .mode = {.dialect = dialect},
                               .is_reported = true};
    struct sl_pipeline_input input = {.sources = &source, .n_sources = 1, .digests = &log.digest, .n_digests = is_log};
    struct sl_pipeline_output out = {0};
    enum sl_status status = write_example(source.path, log.schema, err);
    if (status == SL_OK)
        status = sl_pipeline_run(&input, run, graph, &out, err);
    remove_example(source.path, folder);
    if (status == SL_OK && out.problems.len > 0)
        *why = sl_arena_printf(run, "%.*s:%u: %.*s", SL_STR_ARG(rule->path), example->line,
                               SL_STR_ARG(out.problems.items[0].message));
    return status;
}

static enum sl_status run_rules(const struct sl_rule_set *rules, const struct sl_rule *rule, struct sl_graph *graph,
                                struct sl_error *err)
{
    const sl_str select[] = {SL_STR("ALL"), rule->id};
    const struct sl_rule_selection selection = {.select = select, .n_select = 2};
    SL_TRY(sl_rule_add_rows(graph, rules, &selection, err));
    SL_TRY(sl_rule_run(graph, rules, &selection, SL_RULE_PHASE_FACTS, err));
    SL_TRY(sl_ignore_apply(graph, err));
    return sl_rule_run(graph, rules, &selection, SL_RULE_PHASE_IGNORES, err);
}

/* ---- the comparison ---- */

static const char not_understood_sql[] =
    "SELECT line, message FROM diagnostic WHERE kind = 'not_understood' ORDER BY line LIMIT 1";
static const char findings_sql[] =
    "SELECT f.rule, f.line, coalesce(s.line, f.line), coalesce(s.end_line, f.end_line), f.message,"
    " f.path"
    " FROM finding AS f LEFT JOIN statement AS s ON s.statement_id = f.statement_id WHERE f.status = 'shown'"
    " ORDER BY f.line, f.col, f.rule";

static sl_str at_line(const struct sl_rule *rule, const struct sl_rule_example *example, int64_t line, const char *what,
                      sl_str detail, struct sl_arena *run)
{
    return sl_arena_printf(run, "%.*s:%u: %s: %.*s", SL_STR_ARG(rule->path), (unsigned)(example->line + line - 1), what,
                           SL_STR_ARG(detail));
}

static enum sl_status check_needs(const struct sl_rule_set *rules, const struct sl_rule *rule,
                                  const struct sl_rule_example *example, struct sl_graph *graph, struct sl_arena *run,
                                  sl_str *why, struct sl_error *err)
{
    const struct sl_rule *wrong = NULL;
    SL_TRY(sl_rule_find_wrong_needs(graph, rules, &wrong, err));
    if (wrong)
        *why = sl_arena_printf(run, "%.*s:%u: the query of %.*s has a row here, but nothing that it needs is there",
                               SL_STR_ARG(rule->path), example->line, SL_STR_ARG(wrong->id));
    return SL_OK;
}

static enum sl_status check_understood(struct sl_graph *graph, const struct sl_rule *rule,
                                       const struct sl_rule_example *example, struct sl_arena *run, sl_str *why,
                                       struct sl_error *err)
{
    SL_QUERY query = NULL;
    bool has_row = false;
    SL_TRY(sl_query_prepare(graph, SL_STR(not_understood_sql), &query, err));
    SL_TRY(sl_query_step(query, &has_row, err));
    if (has_row)
        *why = at_line(rule, example, sl_query_int(query, 0), "not understood", sl_query_str(query, 1), run);
    return SL_OK;
}

/* Is there an expectation that this finding meets? Marks it. */
static bool meets(const struct sl_query *row, struct expectations *expected)
{
    bool is_met = false;
    for (size_t i = 0; i < expected->len; i++) {
        struct expectation *e = &expected->items[i];
        uint32_t lines[3];
        for (int j = 0; j < 3; j++)
            lines[j] = sl_log_example_line(sl_query_str(row, 5), (uint32_t)sl_query_int(row, j + 1));
        bool is_here = e->line == lines[0] || (e->line >= lines[1] && e->line <= lines[2]);
        if (is_here && sl_str_eq(e->rule, sl_query_str(row, 0)))
            is_met = e->is_met = true;
    }
    return is_met;
}

static enum sl_status compare(struct sl_graph *graph, const struct sl_rule *rule, const struct sl_rule_example *example,
                              struct expectations *expected, struct sl_arena *run, sl_str *why, struct sl_error *err)
{
    SL_QUERY query = NULL;
    bool has_row = false;
    SL_TRY(sl_query_prepare(graph, SL_STR(findings_sql), &query, err));
    SL_TRY(sl_query_step(query, &has_row, err));
    while (has_row) {
        bool is_own = sl_str_eq(sl_query_str(query, 0), rule->id);
        if (!meets(query, expected) && is_own && !why->len)
            *why = at_line(rule, example, sl_query_int(query, 1), "not expected",
                           sl_arena_printf(run, "%.*s %.*s", SL_STR_ARG(rule->id), SL_STR_ARG(sl_query_str(query, 4))),
                           run);
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    for (size_t i = 0; i < expected->len && !why->len; i++)
        if (!expected->items[i].is_met)
            *why = at_line(rule, example, expected->items[i].line, "expected, but not found", expected->items[i].rule,
                           run);
    return SL_OK;
}

static enum sl_status judge_example(const struct sl_rule_set *rules, const struct sl_rule *rule,
                                    const struct sl_rule_example *example, struct sl_graph *graph, struct sl_arena *run,
                                    sl_str *why, struct sl_error *err)
{
    struct expectations expected = {0};
    read_expectations(example->text, run, &expected);
    if (example->is_flagged && expected.len == 0)
        *why = sl_arena_printf(run, "%.*s:%u: a flagged example without \"expect:\"", SL_STR_ARG(rule->path),
                               example->line);
    if (!why->len)
        SL_TRY(read_example(rule, example, graph, run, why, err));
    if (why->len)
        return SL_OK;
    SL_TRY(run_rules(rules, rule, graph, err));
    SL_TRY(check_needs(rules, rule, example, graph, run, why, err));
    if (why->len)
        return SL_OK;
    SL_TRY(check_understood(graph, rule, example, run, why, err));
    return why->len ? SL_OK : compare(graph, rule, example, &expected, run, why, err);
}

enum sl_status sl_rule_example_run(const struct sl_rule_set *rules, const struct sl_rule *rule,
                                   const struct sl_rule_example *example, struct sl_arena *run, sl_str *why,
                                   struct sl_error *err)
{
    struct sl_graph *graph = NULL;
    *why = SL_STR_EMPTY;
    SL_TRY(sl_graph_open(NULL, &graph, err));
    enum sl_status status = judge_example(rules, rule, example, graph, run, why, err);
    sl_graph_close(graph);
    return status;
}
