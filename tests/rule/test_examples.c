/*
 * The examples of every rule page, through the whole pipeline: one test an example.
 *
 * A flagged example says where with a comment, "-- expect: SL101" or "# expect: SL101", on the line before the
 * statement (or the place). Every rule that is on by default and the page's own one run. Each expectation is met, of
 * whichever rule; the page's rule finds nothing else. What other rules find beside it is their own pages' business.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/vec.h"
#include "finding/ignore.h"
#include "graph/query.h"
#include "pipeline.h"
#include "rule/log_example.h"
#include "rule/run.h"
#include "source/syntax.h"

struct example {
    const struct sl_rule *rule;
    const struct sl_rule_example *text;
    const char *name;
};

static struct sl_arena pages;
static struct sl_rule_set rules;

static void must(enum sl_status status, const struct sl_error *err)
{
    if (status != SL_OK)
        fail_msg("%s", err->message);
}

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

static enum sl_source_kind kind_of(const struct example *example)
{
    static const enum sl_source_kind in_order[] = {SL_SOURCE_SQL, SL_SOURCE_MIGRATION, SL_SOURCE_SCHEMA};
    for (int i = 0; sl_rule_source_kinds[i]; i++)
        if (sl_str_eq(example->text->kind, sl_str_from(sl_rule_source_kinds[i])))
            return (enum sl_source_kind)i;
    if (!sl_str_eq(example->text->language, SL_STR("sql")))
        return SL_SOURCE_CODE;
    for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++)
        if (example->rule->applies_to & 1u << in_order[i])
            return in_order[i];
    return SL_SOURCE_SQL;
}

static void write_example(sl_str path, sl_str text)
{
    for (size_t i = 1; i < path.len; i++) {
        char folder[256];
        if (path.ptr[i] != '/' || i >= sizeof folder)
            continue;
        snprintf(folder, sizeof folder, "%.*s", (int)i, path.ptr);
        mkdir(folder, 0777);
    }
    FILE *file = fopen(path.ptr, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    fclose(file);
}

/* An example in a language that this build was made without shows nothing. */
static bool is_of_missing_language(sl_str path)
{
    enum sl_language language = sl_language_of_path(path);
    return language != SL_LANGUAGE_NONE && !sl_syntax_has_language(language);
}

static void run_pipeline(const struct example *example, struct sl_graph *graph, struct sl_arena *run)
{
    struct sl_error err = {0};
    char folder[] = "/tmp/sl-example-XXXXXX";
    assert_non_null(mkdtemp(folder));
    enum sl_dialect dialect = SL_DIALECT_POSTGRES;
    if (example->text->dialect.len > 0)
        assert_true(sl_dialect_lookup(example->text->dialect, &dialect));
    struct log_example log = {.schema = example->text->text};
    bool is_log = kind_of(example) == SL_SOURCE_QUERY_LOG;
    if (is_log)
        log_example_make(example->text->text, dialect, run, &log);
    struct sl_source source = {.path = path_of(example->text, folder, run),
                               .kind = is_log ? SL_SOURCE_SCHEMA : kind_of(example),
                               .mode = {.dialect = dialect},
                               .is_reported = true};
    if (is_of_missing_language(source.path)) {
        rmdir(folder);
        skip();
    }
    write_example(source.path, log.schema);
    struct sl_pipeline_input input = {.sources = &source, .n_sources = 1, .digests = &log.digest, .n_digests = is_log};
    struct sl_pipeline_output out = {0};
    enum sl_status status = sl_pipeline_run(&input, run, graph, &out, &err);
    remove(source.path.ptr);
    for (char *slash; (slash = strrchr(source.path.ptr, '/')) && (size_t)(slash - source.path.ptr) >= strlen(folder);) {
        *slash = '\0';
        rmdir(source.path.ptr);
    }
    must(status, &err);
    if (out.problems.len > 0)
        fail_msg("%.*s", SL_STR_ARG(out.problems.items[0].message));
}

static void run_rules(const struct example *example, struct sl_graph *graph)
{
    struct sl_error err = {0};
    const sl_str select[] = {SL_STR("ALL"), example->rule->id};
    const struct sl_rule_selection selection = {.select = select, .n_select = 2};
    must(sl_rule_add_rows(graph, &rules, &selection, &err), &err);
    must(sl_rule_run(graph, &rules, &selection, SL_RULE_PHASE_FACTS, &err), &err);
    must(sl_ignore_apply(graph, &err), &err);
    must(sl_rule_run(graph, &rules, &selection, SL_RULE_PHASE_IGNORES, &err), &err);
}

/* ---- the comparison ---- */

static const char not_understood_sql[] =
    "SELECT line, message FROM diagnostic WHERE kind = 'not_understood' ORDER BY line LIMIT 1";
static const char findings_sql[] =
    "SELECT f.rule, f.line, coalesce(s.line, f.line), coalesce(s.end_line, f.end_line), f.message,"
    " f.path"
    " FROM finding AS f LEFT JOIN statement AS s ON s.statement_id = f.statement_id WHERE f.status = 'shown'"
    " ORDER BY f.line, f.col, f.rule";

static void expect_all_understood(struct sl_graph *graph, const struct example *example)
{
    struct sl_error err = {0};
    struct sl_query *query = NULL;
    must(sl_query_prepare(graph, SL_STR(not_understood_sql), &query, &err), &err);
    bool has_row = false;
    must(sl_query_step(query, &has_row, &err), &err);
    if (has_row)
        fail_msg("%.*s:%u: not understood: %.*s", SL_STR_ARG(example->rule->path),
                 (unsigned)(example->text->line + sl_query_int(query, 0) - 1), SL_STR_ARG(sl_query_str(query, 1)));
    sl_query_close(query);
}

/* Is there an expectation that this finding meets? Marks it. */
static bool meets(const struct sl_query *row, struct expectations *expected)
{
    bool is_met = false;
    for (size_t i = 0; i < expected->len; i++) {
        struct expectation *e = &expected->items[i];
        uint32_t lines[3];
        for (int j = 0; j < 3; j++)
            lines[j] = log_example_line(sl_query_str(row, 5), (uint32_t)sl_query_int(row, j + 1));
        bool is_here = e->line == lines[0] || (e->line >= lines[1] && e->line <= lines[2]);
        if (is_here && sl_str_eq(e->rule, sl_query_str(row, 0)))
            is_met = e->is_met = true;
    }
    return is_met;
}

static void compare(struct sl_graph *graph, const struct example *example, struct expectations *expected)
{
    struct sl_error err = {0};
    struct sl_query *query = NULL;
    must(sl_query_prepare(graph, SL_STR(findings_sql), &query, &err), &err);
    bool has_row = false;
    must(sl_query_step(query, &has_row, &err), &err);
    while (has_row) {
        bool is_own = sl_str_eq(sl_query_str(query, 0), example->rule->id);
        if (!meets(query, expected) && is_own)
            fail_msg("%.*s:%u: not expected: %.*s %.*s", SL_STR_ARG(example->rule->path),
                     (unsigned)(example->text->line + sl_query_int(query, 1) - 1), SL_STR_ARG(sl_query_str(query, 0)),
                     SL_STR_ARG(sl_query_str(query, 4)));
        must(sl_query_step(query, &has_row, &err), &err);
    }
    sl_query_close(query);
    for (size_t i = 0; i < expected->len; i++)
        if (!expected->items[i].is_met)
            fail_msg("%.*s:%u: expected, but not found: %.*s", SL_STR_ARG(example->rule->path),
                     (unsigned)(example->text->line + expected->items[i].line - 1),
                     SL_STR_ARG(expected->items[i].rule));
}

static void example_holds(void **state)
{
    const struct example *example = *state;
    struct sl_arena run;
    sl_arena_init(&run);
    struct expectations expected = {0};
    read_expectations(example->text->text, &run, &expected);
    if (example->text->is_flagged && expected.len == 0)
        fail_msg("%.*s:%u: a flagged example without \"expect:\"", SL_STR_ARG(example->rule->path),
                 example->text->line);
    struct sl_graph *graph = NULL;
    struct sl_error err = {0};
    must(sl_graph_open(NULL, &graph, &err), &err);
    run_pipeline(example, graph, &run);
    run_rules(example, graph);
    expect_all_understood(graph, example);
    compare(graph, example, &expected);
    sl_graph_close(graph);
    sl_arena_release(&run);
}

/* Each rule shows what it finds and what it leaves alone. */
static void every_rule_has_both_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < rules.len; i++) {
        const struct sl_rule *rule = &rules.items[i];
        size_t n[2] = {0, 0};
        for (size_t j = 0; j < rule->examples.len; j++)
            n[rule->examples.items[j].is_flagged]++;
        if (rule->status != SL_RULE_REMOVED && (n[0] == 0 || n[1] == 0))
            fail_msg("%.*s has no flagged or no unflagged example", SL_STR_ARG(rule->path));
    }
}

int main(void)
{
    struct sl_error err = {0};
    sl_arena_init(&pages);
    if (sl_rule_load_built_in(&rules, &pages, &err) != SL_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    SL_VEC(struct CMUnitTest) tests = {0};
    *SL_VEC_PUSH(&pages, &tests) = (struct CMUnitTest)cmocka_unit_test(every_rule_has_both_kinds);
    for (size_t i = 0; i < rules.len; i++) {
        const struct sl_rule *rule = &rules.items[i];
        for (size_t j = 0; j < rule->examples.len; j++) {
            struct example *example = SL_NEW(&pages, struct example);
            sl_str name = sl_arena_printf(&pages, "%.*s:%u", SL_STR_ARG(rule->path), rule->examples.items[j].line);
            *example = (struct example){rule, &rule->examples.items[j], name.ptr};
            *SL_VEC_PUSH(&pages, &tests) = (struct CMUnitTest){example->name, example_holds, NULL, NULL, example};
        }
    }
    int n_failed = _cmocka_run_group_tests("rule examples", tests.items, tests.len, NULL, NULL);
    sl_arena_release(&pages);
    return n_failed;
}
