/* graph: opening, writing, saving, querying, drawing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "graph/draw.h"
#include "unit/graph_fixture.h"

static int64_t count(struct sl_graph *graph, const char *sql)
{
    struct sl_error err = {0};
    int64_t n = -1;
    fixture_ok(sl_graph_query_int(graph, sl_str_from(sql), -1, &n, &err), &err);
    return n;
}

static void rows_arrive(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        int64_t n;
    } rows[] = {
        {"SELECT count(*) FROM source", 3},
        {"SELECT count(*) FROM statement WHERE calls = 83 AND total_us = 120034 AND first_seen_us IS NOT NULL", 1},
        {"SELECT count(*) FROM statement WHERE calls IS NULL AND total_us IS NULL", 3},
        {"SELECT count(*) FROM db_column WHERE on_update_now", 1},
        {"SELECT count(*) FROM db_column WHERE role = 'row_touch' AND confidence = 'high'", 1},
        {"SELECT count(*) FROM role_evidence WHERE line IS NULL AND source_id IS NULL", 2},
        {"SELECT count(*) FROM column_use WHERE bucket = 'day' AND line > 0 AND via_block IS NULL", 2},
        {"SELECT count(*) FROM state_predicate WHERE json_array_length(value_list) = 1", 1},
        {"SELECT count(*) FROM write_effect WHERE moves AND evidence_line = 13", 1},
        {"SELECT count(*) FROM row_touch_column", 2},
        {"SELECT understood FROM coverage", 1102},
        {"SELECT not_understood FROM coverage", 1},
        {"SELECT \"distinct\" FROM coverage", 4},
        {"SELECT value FROM meta WHERE key = 'schema_version'", SL_GRAPH_SCHEMA_VERSION},
    };
    struct sl_graph *graph = fixture_graph();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (count(graph, rows[i].sql) != rows[i].n)
            fail_msg("%s: %lld", rows[i].sql, (long long)count(graph, rows[i].sql));
    sl_graph_close(graph);
}

static void texts_become_valid_utf8(void **state)
{
    (void)state;
    struct sl_error err = {0};
    struct sl_graph *graph = NULL;
    fixture_ok(sl_graph_open(NULL, &graph, &err), &err);
    static const char path[] = "a\xff\0b\xC3";
    const struct sl_source_row row = {1, {path, sizeof path - 1}, "sql", "mysql", true, 0};
    fixture_ok(sl_graph_add_source(graph, &row, &err), &err);
    assert_int_equal(count(graph, "SELECT path = 'a' || char(65533, 65533) || 'b' || char(65533) FROM source"), 1);
    assert_int_equal(count(graph, "SELECT json_valid(json_quote(path)) FROM source"), 1);
    sl_graph_close(graph);
}

static void long_texts_are_cut_at_a_character(void **state)
{
    (void)state;
    struct sl_error err = {0};
    struct sl_graph *graph = fixture_graph();
    struct sl_buf text = {0};
    while (text.len < SL_MAX_STATEMENT_TEXT_BYTES + 10)
        sl_buf_add(&text, SL_STR("賞"));
    for (uint32_t i = 0; i < 2; i++) {
        size_t len = SL_MAX_STATEMENT_TEXT_BYTES + i;
        const struct sl_statement_row row = {.statement_id = 100 + i,
                                             .role = "main",
                                             .kind = "select",
                                             .place = {2, 0, 1, 1, 1, 1, 1},
                                             .text = {text.bytes, len - len % 3}};
        fixture_ok(sl_graph_add_statement(graph, &row, &err), &err);
    }
    const struct sl_statement_row whole = {.statement_id = 102,
                                           .role = "main",
                                           .kind = "select",
                                           .place = {2, 0, 1, 1, 1, 1, 1},
                                           .text = sl_buf_str(&text)};
    fixture_ok(sl_graph_add_statement(graph, &whole, &err), &err);
    assert_int_equal(count(graph, "SELECT length(text) FROM statement WHERE statement_id = 102"),
                     SL_MAX_STATEMENT_TEXT_BYTES / 3);
    assert_int_equal(count(graph, "SELECT instr(text, char(65533)) FROM statement WHERE statement_id = 102"), 0);
    sl_buf_release(&text);
    sl_graph_close(graph);
}

static void wrong_rows_are_refused(void **state)
{
    (void)state;
    struct sl_error err = {0};
    struct sl_graph *graph = fixture_graph();
    const struct sl_source_row twice = {1, SL_STR_INIT("x"), "sql", "mysql", true, 0};
    assert_int_equal(sl_graph_add_source(graph, &twice, &err), SL_ERR_GRAPH);
    const struct sl_source_row unknown = {9, SL_STR_INIT("x"), "novel", "mysql", true, 0};
    assert_int_equal(sl_graph_add_source(graph, &unknown, &err), SL_ERR_GRAPH);
    const struct sl_source_row good = {9, SL_STR_INIT("x"), "sql", "mysql", true, 0};
    fixture_ok(sl_graph_add_source(graph, &good, &err), &err);
    sl_graph_close(graph);
}

static void a_saved_graph_is_a_database(void **state)
{
    (void)state;
    struct sl_error err = {0};
    char folder[] = "/tmp/sl-graph-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[64];
    snprintf(path, sizeof path, "%s/usage.db", folder);
    struct sl_graph *graph = fixture_graph();
    for (int i = 0; i < 2; i++) /* the second replaces the first */
        fixture_ok(sl_graph_save(graph, path, &err), &err);
    sl_graph_close(graph);
    char magic[16] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(magic, 1, 15, file), 15);
    fclose(file);
    assert_string_equal(magic, "SQLite format 3");
    assert_int_equal(sl_graph_open(path, &graph, &err), SL_ERR_IO);
    remove(path);
    assert_int_equal(rmdir(folder), 0); /* nothing was left beside it */
    graph = fixture_graph();
    assert_int_equal(sl_graph_save(graph, "/nowhere/at/all.db", &err), SL_ERR_IO);
    assert_non_null(strstr(err.message, "/nowhere/at/all.db"));
    sl_graph_close(graph);
}

static void queries_answer_null_and_text(void **state)
{
    (void)state;
    struct sl_error err = {0};
    struct sl_graph *graph = fixture_graph();
    SL_QUERY query = NULL;
    fixture_ok(sl_query_prepare(graph, SL_STR("SELECT ?1 AS a, ?2 AS b, NULL AS c, '' AS d"), &query, &err), &err);
    sl_query_bind_str(query, 1, SL_STR("x\xff"));
    sl_query_bind_int(query, 2, -7);
    bool has_row = false;
    fixture_ok(sl_query_step(query, &has_row, &err), &err);
    assert_true(has_row);
    assert_true(sl_str_eq(sl_query_str(query, 0), SL_STR("x\xEF\xBF\xBD")));
    assert_int_equal(sl_query_int(query, 1), -7);
    assert_true(sl_query_is_null(query, 2));
    assert_false(sl_query_is_null(query, 3));
    assert_true(sl_query_is_null(query, -1));
    assert_int_equal(sl_query_str(query, -1).len, 0);
    assert_int_equal(sl_query_find_column(query, "B"), 1);
    assert_int_equal(sl_query_find_column(query, "e"), -1);
    fixture_ok(sl_query_step(query, &has_row, &err), &err);
    assert_false(has_row);
    struct sl_query *bad = NULL;
    assert_int_equal(sl_query_prepare(graph, SL_STR("SELECT nope"), &bad, &err), SL_ERR_GRAPH);
    assert_null(bad);
    sl_query_close(query);
    query = NULL;
    sl_graph_close(graph);
}

static void uris_are_encoded(void **state)
{
    (void)state;
    struct sl_graph *graph = fixture_graph();
    assert_int_equal(count(graph, "SELECT sl_uri('a b/ä#%.sql') = 'a%20b/%C3%A4%23%25.sql'"), 1);
    assert_int_equal(count(graph, "SELECT sl_uri('/x/y') = 'file:///x/y'"), 1);
    assert_int_equal(count(graph, "SELECT sl_uri(NULL) IS NULL"), 1);
    sl_graph_close(graph);
}

static void expect_drawing(const char *format, const char *expected)
{
    struct sl_error err = {0};
    struct sl_graph *graph = fixture_graph();
    struct sl_buf out = {0};
    fixture_ok(sl_graph_draw(graph, sl_str_from(format), SL_STR_EMPTY, &out, &err), &err);
    assert_string_equal(sl_buf_str(&out).ptr, expected);
    sl_buf_reset(&out);
    assert_int_equal(sl_graph_draw(graph, sl_str_from(format), SL_STR("no.where"), &out, &err), SL_ERR_USAGE);
    sl_buf_release(&out);
    sl_graph_close(graph);
}

static void dot_shows_writes_and_reports(void **state)
{
    (void)state;
    expect_drawing("dot", "digraph stamplint {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=10];\n"
                          "  edge [fontname=\"sans-serif\", fontsize=9];\n"
                          "  c3 [shape=box3d, style=filled, fillcolor=\"#ffe0b2\", label=\"entries.updated_at\"];\n"
                          "  w3_3 [shape=box, label=\"update db/migrate/backfill.sql:1\"];\n"
                          "  w3_3 -> c3 [label=\"on_update_clause\"];\n"
                          "  r3_2 [shape=note, label=\"select app/reports.sql:1 (83 calls)\"];\n"
                          "  c3 -> r3_2 [label=\"day\"];\n}\n");
}

static void mermaid_shows_writes_and_reports(void **state)
{
    (void)state;
    expect_drawing("mermaid", "flowchart LR\n  c3[[\"entries.updated_at\"]]\n"
                              "  w3_3[\"update db/migrate/backfill.sql:1\"]\n  w3_3 -- \"on_update_clause\" --> c3\n"
                              "  r3_2([\"select app/reports.sql:1 (83 calls)\"])\n  c3 -- \"day\" --> r3_2\n");
}

static void drawings_have_a_limit(void **state)
{
    (void)state;
    for (uint32_t extra = 0; extra < 2; extra++) {
        struct sl_error err = {0};
        struct sl_graph *graph = fixture_graph();
        char sql[512];
        snprintf(sql, sizeof sql,
                 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u) INSERT INTO statement"
                 " (statement_id, source_id, role, kind, off, len, line, col, end_line, end_col, fingerprint, text,"
                 " is_understood) SELECT 100 + i, 3, 'main', 'update', 0, 1, i, 1, 1, 1, 'f', '', 1 FROM n;"
                 "INSERT INTO write_effect (statement_id, table_id, column_id, moves, evidence)"
                 " SELECT statement_id, 1, 3, 1, 'trigger' FROM statement WHERE statement_id > 100",
                 SL_MAX_DRAWN_STATEMENTS - 1 + extra);
        fixture_ok(sl_graph_run(graph, sql, &err), &err);
        struct sl_buf out = {0};
        fixture_ok(sl_graph_draw(graph, SL_STR("mermaid"), SL_STR("entries.updated_at"), &out, &err), &err);
        bool says_more = sl_str_find(sl_buf_str(&out), SL_STR("w3_0[\"1 more\"]")) != SIZE_MAX;
        assert_int_equal(says_more, extra == 1);
        sl_buf_release(&out);
        sl_graph_close(graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_arrive),
        cmocka_unit_test(texts_become_valid_utf8),
        cmocka_unit_test(long_texts_are_cut_at_a_character),
        cmocka_unit_test(wrong_rows_are_refused),
        cmocka_unit_test(a_saved_graph_is_a_database),
        cmocka_unit_test(queries_answer_null_and_text),
        cmocka_unit_test(uris_are_encoded),
        cmocka_unit_test(dot_shows_writes_and_reports),
        cmocka_unit_test(mermaid_shows_writes_and_reports),
        cmocka_unit_test(drawings_have_a_limit),
    };
    return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
