/* finding/comment and finding/ignore: what people say in comments, and what it silences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "finding/comment.h"
#include "finding/ignore.h"
#include "rule/run.h"
#include "unit/graph_fixture.h"

struct scan_case {
    const char *name;
    const char *text;
    const char *expected; /* "kind rule|reason;" for each marker */
};

static const struct scan_case scans[] = {
    {"sql comment", "-- stamplint-ignore SL101: written once\nSELECT 1", "ignore SL101|written once;"},
    {"two rules", "-- stamplint-ignore SL101, SL102: why", "ignore SL101|why;ignore SL102|why;"},
    {"no reason", "-- stamplint-ignore SL101", "ignore SL101|;"},
    {"empty reason", "-- stamplint-ignore SL101:  \n", "ignore SL101|;"},
    {"no rule", "-- stamplint-ignore: why", "ignore |why;"},
    {"whole file", "# stamplint-ignore-file SL201: old", "file SL201|old;"},
    {"ack", "-- stamplint-ack: ana, no readers since March", "ack |ana, no readers since March;"},
    {"ruby", "x = 1 # stamplint-ignore SL101: why", "ignore SL101|why;"},
    {"block comment", "/* stamplint-ignore SL101: why */ SELECT 1", "ignore SL101|why;"},
    {"inside a block comment", "/*\n * stamplint-ignore SL101: why\n */", "ignore SL101|why;"},
    {"line of a block comment", "/*\n stamplint-ack: me, it\n*/", "ack |me, it;"},
    {"javascript", "foo(); // stamplint-ignore SL101: why\r\nbar", "ignore SL101|why;"},
    {"xml", "<!-- stamplint-ignore SL101: why -->", "ignore SL101|why;"},
    {"reason with a colon", "-- stamplint-ignore SL101: see https://x.example/1",
     "ignore SL101|see https://x.example/1;"},
    {"not a comment", "SELECT 'stamplint-ignore SL101: x'", ""},
    {"in a literal", "SELECT ' -- stamplint-ignore SL101: x'", ""},
    {"bare text", "stamplint-ignore SL101: x", ""},
    {"not first in its comment", "-- write stamplint-ignore SL101: x to silence it", ""},
    {"another word", "-- stamplint-ignored SL101: x\n-- stamplint-acknowledged", ""},
    {"behind a block comment", "/* a */\nstamplint-ignore SL101: x", ""},
    {"quoted before on the line", "SELECT 'a' -- stamplint-ignore SL101: x", "ignore SL101|x;"},
};

static void scan_case(void **state)
{
    const struct scan_case *row = *state;
    static const char *const kinds[] = {"ignore", "file", "ack"};
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_markers markers = {0};
    sl_comment_scan(sl_str_from(row->text), &arena, &markers);
    struct sl_buf out = {0};
    for (size_t i = 0; i < markers.len; i++) {
        const struct sl_marker *m = &markers.items[i];
        sl_buf_add_printf(&out, "%s %.*s|%.*s;", kinds[m->kind], SL_STR_ARG(m->rule), SL_STR_ARG(m->reason));
        assert_true(m->span.off + m->span.len <= strlen(row->text));
    }
    assert_string_equal(sl_buf_str(&out).ptr ? sl_buf_str(&out).ptr : "", row->expected);
    sl_buf_release(&out);
    sl_arena_release(&arena);
}

/* Statements 10 (lines 3-4), 11 (line 6) and 12 (line 12) of this source; every SELECT is a finding of TEST1. */
#define SOURCE                                                                                                         \
    "%s\n"           /* 1 */                                                                                           \
    "%s\n"           /* 2 */                                                                                           \
    "SELECT a\n"     /* 3 */                                                                                           \
    "  FROM t; %s\n" /* 4 */                                                                                           \
    "%s\n"           /* 5 */                                                                                           \
    "SELECT b; %s\n" /* 6 */                                                                                           \
    "%s\n"           /* 7 */                                                                                           \
    "x\nx\nx\nx\n"   /* 8-11 */                                                                                        \
    "SELECT c\n"     /* 12 */

struct place_case {
    const char *name;
    const char *lines[6];
    const char *expected; /* status of the findings on 10, 11, 12; then rule of each unused or reasonless ignore */
};

static const struct place_case places[] = {
    {"nothing", {"", "", "", "", "", ""}, "shown shown shown"},
    {"before", {"", "-- stamplint-ignore TEST1: r", "", "", "", ""}, "ignored shown shown"},
    {"before, with an empty line between", {"-- stamplint-ignore TEST1: r", "", "", "", "", ""}, "ignored shown shown"},
    {"lower case id", {"", "-- stamplint-ignore test1: r", "", "", "", ""}, "ignored shown shown"},
    {"behind on the same line", {"", "", "-- stamplint-ignore TEST1: r", "", "", ""}, "ignored shown shown"},
    {"between two", {"", "", "", "-- stamplint-ignore TEST1: r", "", ""}, "shown ignored shown"},
    {"too far away", {"", "", "", "", "", "-- stamplint-ignore TEST1: r"}, "shown shown shown SL002"},
    {"whole file", {"-- stamplint-ignore-file TEST1: r", "", "", "", "", ""}, "ignored ignored ignored"},
    {"another rule", {"", "-- stamplint-ignore SL001: r", "", "", "", ""}, "shown shown shown SL002"},
    {"no such rule", {"", "-- stamplint-ignore TEST9: r", "", "", "", ""}, "shown shown shown SL002"},
    {"without a reason", {"", "-- stamplint-ignore TEST1", "", "", "", ""}, "ignored shown shown SL001"},
    {"without a rule", {"", "-- stamplint-ignore: r", "", "", "", ""}, "shown shown shown SL001"},
    {"an ack silences nothing", {"", "-- stamplint-ack: me, it", "", "", "", ""}, "shown shown shown SL002"},
    {"an ack of nothing", {"", "", "", "", "", "-- stamplint-ack: me, it"}, "shown shown shown SL002"},
};

static const char test_page[] =
    "---\nid: TEST1\nname: test-one\nsummary: s\nseverity: error\nconfidence: high\nstatus: stable\nsince: 0.1.0\n"
    "applies_to: [sql]\nmessage: m\n---\n## What it finds\n## Query\n```sql rule\n"
    "SELECT statement_id, 't.c' AS subject FROM statement\n```\n## Flagged\n## Not flagged\n## Fix\n";

static void add_source(struct sl_graph *graph, sl_str text, struct sl_arena *arena)
{
    struct sl_error err = {0};
    const struct sl_source_row source = {1, SL_STR_INIT("a.sql"), "sql", "mysql", true, text.len};
    fixture_ok(sl_graph_add_source(graph, &source, &err), &err);
    struct sl_lines lines;
    sl_lines_init(&lines, arena, text);
    const char *const starts[] = {"SELECT a", "SELECT b", "SELECT c"};
    const uint32_t lens[] = {17, 8, 8};
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t off = (uint32_t)sl_str_find(text, sl_str_from(starts[i]));
        struct sl_position begin = sl_lines_position(&lines, off);
        struct sl_position end = sl_lines_position(&lines, off + lens[i]);
        const struct sl_statement_row row = {.statement_id = 10 + i,
                                             .role = "main",
                                             .kind = "select",
                                             .place = {1, off, lens[i], begin.line, begin.col, end.line, end.col},
                                             .fingerprint = sl_str_from(starts[i]),
                                             .is_understood = true};
        fixture_ok(sl_graph_add_statement(graph, &row, &err), &err);
    }
    fixture_ok(sl_ignore_add(graph, 1, &lines, &err), &err);
}

static void place_case(void **state)
{
    const struct place_case *row = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_graph *graph = NULL;
    struct sl_error err = {0};
    fixture_ok(sl_graph_open(NULL, &graph, &err), &err);
    add_source(graph,
               sl_arena_printf(&arena, SOURCE, row->lines[0], row->lines[1], row->lines[2], row->lines[3],
                               row->lines[4], row->lines[5]),
               &arena);
    struct sl_rule_set set = {0};
    fixture_ok(sl_rule_load_built_in(&set, &arena, &err), &err);
    fixture_ok(sl_rule_add_page(SL_STR("t.md"), sl_str_from(test_page), false, &set, &arena, &err), &err);
    const sl_str select[] = {SL_STR("TEST1"), SL_STR("SL001"), SL_STR("SL002")};
    const struct sl_rule_selection selection = {.select = select, .n_select = 3};
    fixture_ok(sl_rule_add_rows(graph, &set, &selection, &err), &err);
    fixture_ok(sl_rule_run(graph, &set, &selection, SL_RULE_PHASE_FACTS, &err), &err);
    fixture_ok(sl_ignore_apply(graph, &err), &err);
    fixture_ok(sl_rule_run(graph, &set, &selection, SL_RULE_PHASE_IGNORES, &err), &err);
    struct sl_query *query = NULL;
    fixture_ok(sl_query_prepare(graph,
                                SL_STR("SELECT group_concat(iif(rule = 'TEST1', status, rule), ' ') FROM"
                                       " (SELECT * FROM finding ORDER BY rule <> 'TEST1', off)"),
                                &query, &err),
               &err);
    bool has_row = false;
    fixture_ok(sl_query_step(query, &has_row, &err), &err);
    sl_str text = sl_arena_copy(&arena, sl_query_str(query, 0));
    assert_string_equal(text.ptr, row->expected);
    sl_query_close(query);
    sl_graph_close(graph);
    sl_arena_release(&arena);
}

#define N_SCANS (sizeof scans / sizeof *scans)
#define N_PLACES (sizeof places / sizeof *places)

int main(void)
{
    struct CMUnitTest tests[N_SCANS + N_PLACES];
    size_t n = 0;
    for (size_t i = 0; i < N_SCANS; i++)
        tests[n++] = (struct CMUnitTest){scans[i].name, scan_case, NULL, NULL, (void *)&scans[i]};
    for (size_t i = 0; i < N_PLACES; i++)
        tests[n++] = (struct CMUnitTest){places[i].name, place_case, NULL, NULL, (void *)&places[i]};
    return _cmocka_run_group_tests("ignore", tests, n, NULL, NULL);
}
