/* finding/baseline and finding/filter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "finding/filter.h"
#include "unit/graph_fixture.h"

/* Findings by their fingerprints, one character each, on ascending lines. */
static struct sl_graph *graph_with(const char *fingerprints)
{
    struct sl_error err = {0};
    struct sl_graph *graph = fixture_graph();
    for (uint32_t i = 0; fingerprints[i]; i++) {
        const struct sl_finding_row row = {.finding_id = i + 1,
                                           .rule = SL_STR("T1"),
                                           .name = SL_STR("t"),
                                           .severity = "error",
                                           .confidence = "high",
                                           .message = SL_STR("m"),
                                           .path = SL_STR("a.sql"),
                                           .subject = SL_STR("t.c"),
                                           .place = {2, i, 1, i + 1, 1, i + 1, 2},
                                           .fingerprint = {&fingerprints[i], 1}};
        fixture_ok(sl_graph_add_finding(graph, &row, &err), &err);
    }
    return graph;
}

static void expect(struct sl_graph *graph, const char *sql, const char *expected)
{
    struct sl_error err = {0};
    struct sl_query *query = NULL;
    fixture_ok(sl_query_prepare(graph, sl_str_from(sql), &query, &err), &err);
    bool has_row = false;
    fixture_ok(sl_query_step(query, &has_row, &err), &err);
    char text[256];
    snprintf(text, sizeof text, "%.*s", SL_STR_ARG(sl_query_str(query, 0)));
    sl_query_close(query);
    assert_string_equal(text, expected);
}

#define SHOWN                                                                                                          \
    "SELECT group_concat(fingerprint || line, ' ') FROM (SELECT * FROM finding WHERE status = 'shown' ORDER BY line)"

struct baseline_case {
    const char *name;
    const char *old;   /* fingerprints of the baseline; NULL: there was none */
    const char *found; /* fingerprints of today's findings */
    bool may_grow;
    const char *shown; /* after applying */
    struct sl_baseline_counts counts;
    const char *written; /* fingerprints of the new baseline */
};

static const struct baseline_case cases[] = {
    {"no baseline", NULL, "ab", false, "a1 b2", {0, 0, 2}, "ab"},
    {"all accepted", "ab", "ab", false, "", {2, 0, 0}, "ab"},
    {"a new one is shown and stays out", "a", "ab", false, "b2", {1, 0, 1}, "a"},
    {"a new one comes in by force", "a", "ab", true, "b2", {1, 0, 1}, "ab"},
    {"a repaired one goes", "abc", "ac", false, "", {2, 1, 0}, "ac"},
    {"one entry accepts one finding", "a", "aa", false, "a2", {1, 0, 1}, "a"},
    {"two entries accept two", "aa", "aa", false, "", {2, 0, 0}, "aa"},
    {"order does not matter", "ba", "ab", false, "", {2, 0, 0}, "ab"},
};

static struct sl_buf baseline_of(const char *fingerprints)
{
    struct sl_error err = {0};
    struct sl_buf text = {0};
    struct sl_graph *graph = graph_with(fingerprints);
    fixture_ok(sl_baseline_render(graph, SL_STR_EMPTY, false, &text, &err), &err);
    sl_graph_close(graph);
    return text;
}

static void baseline_case(void **state)
{
    const struct baseline_case *row = *state;
    struct sl_error err = {0};
    struct sl_buf old = {0};
    if (row->old)
        old = baseline_of(row->old);
    struct sl_graph *graph = graph_with(row->found);
    struct sl_baseline_counts counts;
    fixture_ok(sl_baseline_apply(graph, sl_buf_str(&old), &counts, &err), &err);
    assert_int_equal(counts.n_accepted, row->counts.n_accepted);
    assert_int_equal(counts.n_stale, row->counts.n_stale);
    assert_int_equal(counts.n_new, row->counts.n_new);
    expect(graph, SHOWN, row->shown);
    struct sl_buf written = {0};
    fixture_ok(sl_baseline_render(graph, sl_buf_str(&old), row->may_grow, &written, &err), &err);
    struct sl_buf expected = baseline_of(row->written);
    assert_string_equal(sl_buf_str(&written).ptr, sl_buf_str(&expected).ptr);
    sl_buf_release(&old);
    sl_buf_release(&written);
    sl_buf_release(&expected);
    sl_graph_close(graph);
}

static void files_are_written_whole_and_checked(void **state)
{
    (void)state;
    struct sl_error err = {0};
    struct sl_graph *graph = graph_with("ab");
    char path[] = "/tmp/sl-baseline-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    struct sl_buf text = baseline_of("ab");
    fixture_ok(sl_baseline_write(path, sl_buf_str(&text), &err), &err);
    struct sl_buf read = {0};
    fixture_ok(sl_baseline_read(graph, path, &read, &err), &err);
    assert_string_equal(sl_buf_str(&read).ptr, sl_buf_str(&text).ptr);
    static const char *const wrong[] = {"",
                                        "no json",
                                        "[]",
                                        "{}",
                                        "{\"tool\":\"stamplint\",\"baseline\":2,\"findings\":[]}",
                                        "{\"tool\":\"stamplint\",\"baseline\":1,\"findings\":{}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fixture_ok(sl_baseline_write(path, sl_str_from(wrong[i]), &err), &err);
        assert_int_equal(sl_baseline_read(graph, path, &read, &err), SL_ERR_CONFIG);
    }
    remove(path);
    assert_int_equal(sl_baseline_read(graph, path, &read, &err), SL_ERR_IO);
    assert_int_equal(sl_baseline_write("/nowhere/at/all", SL_STR("x"), &err), SL_ERR_IO);
    sl_buf_release(&read);
    sl_buf_release(&text);
    sl_graph_close(graph);
}

static void only_changed_lines_of_reported_sources_are_shown(void **state)
{
    (void)state;
    struct sl_error err = {0};
    struct sl_graph *graph = graph_with("abc");
    fixture_ok(sl_graph_run(graph,
                            "UPDATE finding SET source_id = 1 WHERE line = 3;"
                            "UPDATE finding SET statement_id = NULL",
                            &err),
               &err);
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_changed_lines changed = {0};
    sl_changed_lines_parse(SL_STR("+++ b/a.sql\n@@ -2 +2,2 @@\n-x\n+y\n+z\n"), &arena, &changed);
    const struct sl_filter filter = {.changed = &changed};
    struct sl_baseline_counts counts;
    fixture_ok(sl_filter_apply(graph, &filter, &counts, &err), &err);
    expect(graph, "SELECT group_concat(status, ' ') FROM (SELECT * FROM finding ORDER BY line)",
           "unchanged shown unreported");
    uint64_t n = 0;
    fixture_ok(sl_filter_count_shown(graph, SL_STR("error"), &n, &err), &err);
    assert_int_equal(n, 1);
    fixture_ok(sl_graph_run(graph, "UPDATE finding SET severity = 'note'", &err), &err);
    fixture_ok(sl_filter_count_shown(graph, SL_STR("warning"), &n, &err), &err);
    assert_int_equal(n, 0);
    fixture_ok(sl_filter_count_shown(graph, SL_STR("note"), &n, &err), &err);
    assert_int_equal(n, 1);
    sl_arena_release(&arena);
    sl_graph_close(graph);
}

#define N_CASES (sizeof cases / sizeof *cases)

int main(void)
{
    struct CMUnitTest tests[N_CASES + 2];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, baseline_case, NULL, NULL, (void *)&cases[i]};
    tests[N_CASES] = (struct CMUnitTest)cmocka_unit_test(files_are_written_whole_and_checked);
    tests[N_CASES + 1] = (struct CMUnitTest)cmocka_unit_test(only_changed_lines_of_reported_sources_are_shown);
    return _cmocka_run_group_tests("baseline", tests, N_CASES + 2, NULL, NULL);
}
