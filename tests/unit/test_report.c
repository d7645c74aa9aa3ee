/*
 * report: every reporter over one graph by hand, compared with fixtures/report/<format>/expected.
 * SL_UPDATE_GOLDEN=1 writes them anew (not where CI is set).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "finding/frame.h"
#include "report/report.h"
#include "rule/run.h"
#include "unit/graph_fixture.h"

#define HEAD(id, name, severity, message)                                                                              \
    "---\nid: " id "\nname: " name "\nsummary: Dates move when rows are touched.\nseverity: " severity                 \
    "\nconfidence: high\nstatus: stable\nsince: 0.1.0\napplies_to: [migration, sql]\nmessage: \"" message "\"\n---\n"  \
    "## What it finds\n\nA *report* <b>on</b> `updated_at`.\n\n## Query\n\n```sql rule\n"
#define TAIL                                                                                                           \
    "\n```\n## Flagged\n## Not flagged\n## Fix\n\nAdd a column for the event.\n\nFill it with the transition.\n"

static const char *const pages[] = {
    HEAD("TEST101", "aggregate-on-row-touch", "error",
         "days of {subject} are not days of the event") "SELECT use_id, 'entries.updated_at' AS subject, 'drawed_at' "
                                                        "AS suggestion_column, 0 AS suggestion_exists"
                                                        " FROM column_use WHERE clause = 'select'" TAIL,
    HEAD("TEST201", "backfill-moves-row-touch", "warning",
         "this write moves {subject}") "SELECT statement_id, column_id, 'entries.updated_at' AS subject, '[2]' AS "
                                       "affects_statements FROM write_effect" TAIL,
    HEAD("TEST999", "hostile-names", "note",
         "a name with {subject}") "SELECT statement_id, char(27) || '[31m<script>alert(1)</script>' || char(8238) || "
                                  "'|*_`%' || char(10)"
                                  " || '::error::x.' || char(25277, 36984) AS subject FROM statement WHERE "
                                  "statement_id = 4" TAIL,
};

static struct sl_graph *graph_with_findings(void)
{
    struct sl_arena run;
    sl_arena_init(&run);
    struct sl_graph *graph = fixture_graph();
    struct sl_rule_set set = {0};
    struct sl_error err = {0};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        fixture_ok(sl_rule_add_page(SL_STR("test.md"), sl_str_from(pages[i]), false, &set, &run, &err), &err);
    fixture_ok(sl_rule_add_rows(graph, &set, NULL, &err), &err);
    fixture_ok(sl_rule_run(graph, &set, NULL, SL_RULE_PHASE_FACTS, &err), &err);
    fixture_ok(sl_frame_fill(graph, &err), &err);
    sl_arena_release(&run);
    return graph;
}

static void golden_path(const char *format, char path[256])
{
    snprintf(path, 256, "fixtures/report/%s/expected", format);
}

static void write_golden(const char *format, sl_str bytes)
{
    char path[256];
    snprintf(path, sizeof path, "fixtures/report/%s", format);
    mkdir("fixtures", 0777);
    mkdir("fixtures/report", 0777);
    mkdir(path, 0777);
    golden_path(format, path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    fclose(file);
}

static void compare_golden(const char *format, sl_str bytes)
{
    char path[256];
    golden_path(format, path);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing; SL_UPDATE_GOLDEN=1 writes it", path);
    struct sl_buf expected = {0};
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        sl_buf_add(&expected, (sl_str){block, n});
    fclose(file);
    sl_buf_add_byte(&expected, 0);
    char *actual = strndup(bytes.ptr, bytes.len);
    assert_string_equal(actual, expected.bytes);
    free(actual);
    sl_buf_release(&expected);
}

static void reporter_writes_its_golden(void **state)
{
    const struct sl_reporter *reporter = *state;
    struct sl_graph *graph = graph_with_findings();
    struct sl_buf out = {0};
    struct sl_error err = {0};
    const struct sl_report_options options = {.width = 100};
    fixture_ok(reporter->render(graph, &options, &out, &err), &err);
    sl_str bytes = sl_buf_str(&out);
    assert_null(memchr(bytes.ptr, '\033', bytes.len));
    if (strcmp(reporter->name, "html") == 0 || strcmp(reporter->name, "markdown") == 0)
        assert_int_equal(sl_str_find(bytes, SL_STR("<script>alert")), SIZE_MAX);
    if (getenv("SL_UPDATE_GOLDEN") && !getenv("CI"))
        write_golden(reporter->name, bytes);
    compare_golden(reporter->name, bytes);
    sl_buf_release(&out);
    sl_graph_close(graph);
}

/* Three statements of a log, those that ran most, with their text on one line, cut and escaped. */
static void statements_of_a_log_are_shown(void **state)
{
    (void)state;
    struct sl_graph *graph = fixture_graph();
    struct sl_error err = {0};
    struct sl_buf out = {0};
    for (uint32_t i = 0; i < 5; i++) {
        struct sl_buf text = {0};
        sl_buf_add_printf(&text, "FROB\033\n\t   %u ", i);
        for (int n = 0; n < 200; n++)
            sl_buf_add(&text, SL_STR("\u00e9"));
        const struct sl_statement_row row = {.statement_id = 10 + i,
                                             .role = "main",
                                             .kind = "not_understood",
                                             .place = {3, 80, 9, 20 + i, 1, 20 + i, 10},
                                             .fingerprint = SL_STR("eeee"),
                                             .text = sl_buf_str(&text),
                                             .is_log = true,
                                             .calls = 100 + i};
        fixture_ok(sl_graph_add_statement(graph, &row, &err), &err);
        const struct sl_diagnostic_row trouble = {3, 10 + i, "not_understood", SL_STR("what?"), 20 + i, 1};
        fixture_ok(sl_graph_add_diagnostic(graph, &trouble, &err), &err);
        sl_buf_release(&text);
    }
    fixture_ok(sl_report_not_understood(graph, 10, &out, &err), &err);
    sl_str said = sl_buf_str(&out);
    assert_int_not_equal(sl_str_find(said, SL_STR(":24:1: not understood: what? (104 calls)\n    FROB\\x1b 4 \u00e9")),
                         SIZE_MAX);
    assert_int_not_equal(sl_str_find(said, SL_STR("\u00e9 …\n")), SIZE_MAX);
    assert_int_not_equal(sl_str_find(said, SL_STR(":22:1: ")), SIZE_MAX);
    assert_int_equal(sl_str_find(said, SL_STR(":21:1: ")), SIZE_MAX);
    assert_int_not_equal(sl_str_find(said, SL_STR("and 2 more statements that were")), SIZE_MAX);
    sl_buf_release(&out);
    sl_graph_close(graph);
}

static void text_has_color_where_it_is_wanted(void **state)
{
    (void)state;
    struct sl_graph *graph = graph_with_findings();
    struct sl_buf out = {0};
    struct sl_error err = {0};
    const struct sl_report_options options = {.has_color = true};
    fixture_ok(sl_report_find(SL_STR("text"))->render(graph, &options, &out, &err), &err);
    assert_int_not_equal(sl_str_find(sl_buf_str(&out), SL_STR("\033[1;31merror:\033[0m")), SIZE_MAX);
    assert_int_equal(sl_str_find(sl_buf_str(&out), SL_STR("\033[31m<script>")), SIZE_MAX);
    sl_buf_release(&out);
    sl_graph_close(graph);
}

static void long_lines_are_cut_around_the_span(void **state)
{
    (void)state;
    struct sl_graph *graph = graph_with_findings();
    struct sl_error err = {0};
    fixture_ok(sl_graph_run(graph,
                            "UPDATE finding SET status = 'ignored' WHERE rule <> 'TEST101';"
                            "UPDATE finding SET frame = printf('%.500c', 'a') || 'TARGET' || printf('%.500c', 'b'),"
                            " col = 501, end_col = 507",
                            &err),
               &err);
    struct sl_buf out = {0};
    const struct sl_report_options options = {.width = 60};
    fixture_ok(sl_report_find(SL_STR("text"))->render(graph, &options, &out, &err), &err);
    sl_str text = sl_buf_str(&out);
    assert_int_not_equal(sl_str_find(text, SL_STR("aTARGETb")), SIZE_MAX);
    assert_int_not_equal(sl_str_find(text, SL_STR(" ^^^^^^\n")), SIZE_MAX);
    assert_int_equal(sl_str_find(text, SL_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
                     SIZE_MAX);
    sl_buf_release(&out);
    sl_graph_close(graph);
}

static void what_was_not_understood_is_said(void **state)
{
    (void)state;
    struct sl_graph *graph = fixture_graph();
    struct sl_error err = {0};
    struct sl_buf out = {0};
    fixture_ok(sl_report_not_understood(graph, 1, &out, &err), &err);
    assert_string_equal(sl_buf_str(&out).ptr,
                        "db/migrate/backfill.sql:9:1: not understood: syntax error at \"FROBNICATE\"\n");
    const struct sl_diagnostic_row other = {1, 0, "not_understood", SL_STR_INIT("a\033b"), 2, 3};
    fixture_ok(sl_graph_add_diagnostic(graph, &other, &err), &err);
    sl_buf_reset(&out);
    fixture_ok(sl_report_not_understood(graph, 2, &out, &err), &err);
    assert_int_not_equal(sl_str_find(sl_buf_str(&out), SL_STR("db/structure.sql:2:3: not understood: a\\x1bb\n")),
                         SIZE_MAX);
    assert_int_equal(sl_str_find(sl_buf_str(&out), SL_STR("more statements")), SIZE_MAX);
    sl_buf_reset(&out);
    fixture_ok(sl_report_not_understood(graph, 1, &out, &err), &err);
    assert_int_not_equal(sl_str_find(sl_buf_str(&out), SL_STR("and 1 more statement that was")), SIZE_MAX);
    sl_buf_release(&out);
    sl_graph_close(graph);
}

static void color_follows_the_terminal_and_no_color(void **state)
{
    (void)state;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    unsetenv("CLICOLOR_FORCE");
    assert_true(sl_report_wants_color("auto", true));
    assert_true(sl_report_wants_color(NULL, true));
    assert_false(sl_report_wants_color("auto", false));
    assert_true(sl_report_wants_color("always", false));
    assert_false(sl_report_wants_color("never", true));
    setenv("CLICOLOR_FORCE", "0", 1);
    assert_false(sl_report_wants_color("auto", false));
    setenv("CLICOLOR_FORCE", "1", 1);
    assert_true(sl_report_wants_color("auto", false));
    assert_false(sl_report_wants_color("never", false));
    setenv("NO_COLOR", "1", 1);
    assert_false(sl_report_wants_color("auto", false));
    unsetenv("CLICOLOR_FORCE");
    assert_false(sl_report_wants_color("auto", true));
    assert_true(sl_report_wants_color("always", true));
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    assert_false(sl_report_wants_color("auto", true));
}

int main(void)
{
    struct CMUnitTest tests[64];
    size_t n = 0;
    for (const struct sl_reporter *reporter = sl_reporters; reporter->name; reporter++)
        tests[n++] = (struct CMUnitTest){reporter->name, reporter_writes_its_golden, NULL, NULL, (void *)reporter};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(text_has_color_where_it_is_wanted);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(long_lines_are_cut_around_the_span);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(color_follows_the_terminal_and_no_color);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(what_was_not_understood_is_said);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(statements_of_a_log_are_shown);
    return _cmocka_run_group_tests("report", tests, n, NULL, NULL);
}
