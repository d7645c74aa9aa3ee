/* finding/known: what the base has, and what a change brings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "finding/known.h"
#include "unit/graph_fixture.h"

/* Findings by two letters each: the fingerprint and the severity (e, w, n), on ascending lines. */
static struct sl_graph *graph_with(const char *findings)
{
    struct sl_error err = {0};
    struct sl_graph *graph = fixture_graph();
    uint32_t id = 0;
    for (const char *p = findings; *p; p += p[2] ? 3 : 2) {
        id++;
        const struct sl_finding_row row = {.finding_id = id,
                                           .rule = SL_STR("T1"),
                                           .name = SL_STR("t"),
                                           .severity = p[1] == 'e'   ? "error"
                                                       : p[1] == 'w' ? "warning"
                                                                     : "note",
                                           .confidence = "high",
                                           .message = SL_STR("m"),
                                           .path = SL_STR("a.sql"),
                                           .subject = SL_STR("t.c"),
                                           .place = {2, id, 1, id, 1, id, 2},
                                           .fingerprint = {p, 1}};
        fixture_ok(sl_graph_add_finding(graph, &row, &err), &err);
    }
    return graph;
}

static const struct known_case {
    const char *name;
    const char *base, *now;
    const char *new; /* what stays shown: fingerprint, severity, line */
} cases[] = {
    {"nothing was there", "", "ae be", "ae1 be2"},
    {"all was there", "ae be", "be ae", ""},
    {"one is new", "ae", "ae be", "be2"},
    {"one is gone", "ae be", "be", ""},
    {"one more of the same", "ae", "ae ae", "ae2"},
    {"as many of the same", "ae ae", "ae ae", ""},
    {"a note that became an error", "an", "ae", "ae1"},
    {"a note that became a warning", "an", "aw", "aw1"},
    {"an error that became a note", "ae", "an", ""},
    {"a note beside the error that was there", "ae", "ae an", "an2"},
    {"a note that stays beside a new error", "an", "ae an", "ae1"},
    {"an error and a warning for an error and a note", "ae an", "ae aw", "aw2"},
    {"two errors became a warning and a note", "ae ae", "aw an", ""},
};

static void known_case(void **state)
{
    const struct known_case *row = *state;
    struct sl_error err = {0};
    struct sl_buf known = {0};
    struct sl_graph *base = graph_with(row->base);
    struct sl_graph *now = graph_with(row->now);
    fixture_ok(sl_known_render(base, &known, &err), &err);
    fixture_ok(sl_known_apply(now, sl_buf_str(&known), &err), &err);
    struct sl_query *query = NULL;
    fixture_ok(sl_query_prepare(now,
                                SL_STR("SELECT coalesce(group_concat(fingerprint || substr(severity, 1, 1) || line, "
                                       "' '), '') FROM (SELECT * FROM finding WHERE status = 'shown' ORDER BY line)"),
                                &query, &err),
               &err);
    bool has_row = false;
    fixture_ok(sl_query_step(query, &has_row, &err), &err);
    char text[256];
    snprintf(text, sizeof text, "%.*s", SL_STR_ARG(sl_query_str(query, 0)));
    sl_query_close(query);
    sl_buf_release(&known);
    sl_graph_close(base);
    sl_graph_close(now);
    assert_string_equal(text, row->new);
}

#define N_CASES (sizeof cases / sizeof *cases)

int main(void)
{
    struct CMUnitTest tests[N_CASES];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, known_case, NULL, NULL, (void *)&cases[i]};
    return _cmocka_run_group_tests("known", tests, N_CASES, NULL, NULL);
}
