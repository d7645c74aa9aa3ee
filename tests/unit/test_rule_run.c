/* rule/run: a rule's query over the graph becomes findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rule/run.h"
#include "unit/graph_fixture.h"

#define PAGE(severity, message, query)                                                                                 \
    "---\nid: ACME1\nname: acme-one\nsummary: s\nseverity: " severity "\nconfidence: high\nstatus: stable\n"           \
    "since: 0.1.0\napplies_to: [schema, migration, sql, code, query_log]\nmessage: " message "\n---\n\n"               \
    "## What it finds\n\nx\n\n## Query\n\n```sql rule\n" query "\n```\n\n## Flagged\n\n## Not flagged\n\n"             \
    "## Fix\n\nAdd a column,\nthen fill it.\n\nMore.\n"

struct run_case {
    const char *name;
    const char *page;
    const char *expected; /* of the SQL below, or the beginning of the error */
    const char *sql;
};

#define NEEDING(needs) PAGE("error", "m\nneeds: " needs, TOUCH_USES)
#define COUNT_FINDINGS "SELECT count(*) FROM finding"

#define TOUCH_USES                                                                                                     \
    "SELECT use_id, table_name || '.' || column_name AS subject, 'x' AS extra FROM column_use JOIN row_touch_column "  \
    "USING (column_id)"

static const struct run_case cases[] = {
    {"a use gives its place", PAGE("error", "a {subject} b", TOUCH_USES),
     "a entries.updated_at b|app/reports.sql|1|13|2",
     "SELECT message || '|' || path || '|' || line || '|' || col || '|' || (SELECT count(*) FROM finding) FROM finding "
     "ORDER BY off"},
    {"the first paragraph of the fix is the advice", PAGE("error", "m", TOUCH_USES), "Add a column, then fill it.",
     "SELECT advice FROM finding"},
    {"calls come from the statement", PAGE("error", "m", TOUCH_USES), "83 120034",
     "SELECT calls || ' ' || total_us FROM finding"},
    {"evidence is a sentence with its place; a name does not count beside DDL", PAGE("error", "m", TOUCH_USES),
     "1 `updated_at` is rewritten by ON UPDATE CURRENT_TIMESTAMP, db/structure.sql:13",
     "SELECT count(*) || ' ' || max(detail) FROM finding_evidence WHERE finding_id = 1"},
    {"evidence by name alone lowers severity and confidence",
     PAGE("error", "m", "SELECT column_id, 'entries.modified_on' AS subject FROM db_column WHERE name = 'modified_on'"),
     "warning low", "SELECT severity || ' ' || confidence FROM finding"},
    {"a column that the query weighs itself is not weighed again",
     PAGE("error", "m",
          "SELECT column_id, 'e.m' AS subject, 'error' AS severity, 'high' AS confidence FROM db_column"
          " WHERE name = 'modified_on'"),
     "error high", "SELECT severity || ' ' || confidence FROM finding"},
    {"rows on one place and subject are one finding and affect what each of them affects",
     PAGE("error", "m",
          "SELECT 3 AS statement_id, 't.c' AS subject, '[2]' AS affects_statements UNION ALL"
          " SELECT 3, 't.c', '[4, 2, 99]'"),
     "1 app/reports.sql:1 db/migrate/backfill.sql:9",
     "SELECT (SELECT count(*) FROM finding) || ' ' || group_concat(path || ':' || line, ' ') FROM"
     " (SELECT * FROM finding_affects ORDER BY statement_id)"},
    {"the query's own evidence",
     PAGE("error", "m",
          "SELECT 3 AS statement_id, 't.c' AS subject,"
          " json_array(json_object('kind', 'write', 'detail', 'it moves', 'statement_id', 3)) AS evidence_json"),
     "write it moves, db/migrate/backfill.sql:1", "SELECT kind || ' ' || detail FROM finding_evidence"},
    {"the suggestion",
     PAGE("error", "use {suggestion_column}",
          "SELECT 3 AS statement_id, 't.c' AS subject,"
          " 'drawed_at' AS suggestion_column, 1 AS suggestion_exists"),
     "use drawed_at 1", "SELECT message || ' ' || suggestion_exists FROM finding"},
    {"table and column are parts of the subject",
     PAGE("error", "\"{table}, {column}, {{x}\"", "SELECT 3 AS statement_id, 's.t.c' AS subject"), "s.t, c, {x}",
     "SELECT message FROM finding"},
    {"what the rule needs is there", NEEDING("\"column_use WHERE clause <> ''\""), "2", COUNT_FINDINGS},
    {"what the rule needs is a view with a row", NEEDING("row_touch_column"), "2", COUNT_FINDINGS},
    {"nothing of what the rule needs is there", NEEDING("\"column_use WHERE clause = 'nowhere'\""), "0",
     COUNT_FINDINGS},
    {"needs that SQLite does not take", NEEDING("no_such_table"), "acme.md:11: Cannot prepare the rule's query", NULL},
    {"needs that are more than one clause", NEEDING("\"column_use); DELETE FROM source; SELECT (1\""),
     "acme.md:11: A query must be exactly one statement", NULL},
    {"unknown placeholder", PAGE("error", "a {nope} b", TOUCH_USES), "acme.md:10: {nope} is no column", NULL},
    {"unclosed placeholder", PAGE("error", "a {nope", TOUCH_USES), "acme.md:10: {{nope} is no column", NULL},
    {"no place", PAGE("error", "m", "SELECT 1 AS subject"), "acme.md:20: the query must return subject and one of",
     NULL},
    {"no subject", PAGE("error", "m", "SELECT 1 AS use_id"), "acme.md:20: the query must return subject", NULL},
    {"a row without a place", PAGE("error", "m", "SELECT NULL AS use_id, 's' AS subject"),
     "acme.md:20: the query returned a row without a place", NULL},
    {"bad severity", PAGE("error", "m", "SELECT 1 AS use_id, 's' AS subject, 'fatal' AS severity"),
     "acme.md:20: the query returned the severity \"fatal\"", NULL},
    {"bad affects", PAGE("error", "m", "SELECT 1 AS use_id, 's' AS subject, 'no json' AS affects_statements"),
     "acme.md:20: Cannot run a query: SQLite says \"malformed JSON\"", NULL},
    {"syntax error", PAGE("error", "m", "SELEKT"), "acme.md:20: Cannot prepare the rule's query", NULL},
    {"no write", PAGE("error", "m", "DELETE FROM statement"), "acme.md:20: Cannot prepare the rule's query", NULL},
    {"no pragma", PAGE("error", "m", "PRAGMA user_version = 7"), "acme.md:20: Cannot prepare the rule's query", NULL},
    {"no attach", PAGE("error", "m", "ATTACH '/tmp/x.db' AS x"), "acme.md:20: Cannot prepare the rule's query", NULL},
    {"no second statement", PAGE("error", "m", "SELECT 1 AS use_id, 's' AS subject; DELETE FROM source"),
     "acme.md:20: A query must be exactly one statement", NULL},
    {"no randomness", PAGE("error", "m", "SELECT 1 AS use_id, random() AS subject"),
     "acme.md:20: Cannot prepare the rule's query", NULL},
};

static void run_case(void **state)
{
    const struct run_case *row = *state;
    struct sl_arena run;
    sl_arena_init(&run);
    struct sl_graph *graph = fixture_graph();
    struct sl_rule_set set = {0};
    struct sl_error err = {0};
    fixture_ok(sl_rule_add_page(SL_STR("acme.md"), sl_str_from(row->page), false, &set, &run, &err), &err);
    enum sl_status status = sl_rule_run(graph, &set, NULL, SL_RULE_PHASE_FACTS, &err);
    if (!row->sql) {
        assert_int_equal(status, SL_ERR_CONFIG);
        if (strncmp(err.message, row->expected, strlen(row->expected)) != 0)
            assert_string_equal(err.message, row->expected);
    } else {
        fixture_ok(status, &err);
        SL_QUERY query = NULL;
        fixture_ok(sl_query_prepare(graph, sl_str_from(row->sql), &query, &err), &err);
        bool has_row = false;
        fixture_ok(sl_query_step(query, &has_row, &err), &err);
        assert_true(has_row);
        char text[512];
        snprintf(text, sizeof text, "%.*s", SL_STR_ARG(sl_query_str(query, 0)));
        assert_string_equal(text, row->expected);
    }
    sl_graph_close(graph);
    sl_arena_release(&run);
}

static void endless_query_hits_the_budget(void **state)
{
    (void)state;
    struct sl_arena run;
    sl_arena_init(&run);
    struct sl_graph *graph = fixture_graph();
    struct sl_query *query = NULL;
    struct sl_error err = {0};
    sl_str sql = SL_STR("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
    fixture_ok(sl_query_prepare_guarded(graph, sql, &query, &err), &err);
    sl_query_set_budget(query, 100000);
    bool has_row = false;
    assert_int_equal(sl_query_step(query, &has_row, &err), SL_ERR_LIMIT);
    sl_query_close(query);
    sl_graph_close(graph);
    sl_arena_release(&run);
}

static const char *fingerprint_after(const char *change, char out[64])
{
    struct sl_arena run;
    sl_arena_init(&run);
    struct sl_graph *graph = fixture_graph();
    struct sl_rule_set set = {0};
    struct sl_error err = {0};
    fixture_ok(sl_graph_run(graph, change, &err), &err);
    fixture_ok(sl_rule_add_page(SL_STR("acme.md"), SL_STR(PAGE("error", "m", TOUCH_USES)), false, &set, &run, &err),
               &err);
    fixture_ok(sl_rule_run(graph, &set, NULL, SL_RULE_PHASE_FACTS, &err), &err);
    struct sl_query *query = NULL;
    fixture_ok(sl_query_prepare(graph, SL_STR("SELECT fingerprint FROM finding"), &query, &err), &err);
    bool has_row = false;
    fixture_ok(sl_query_step(query, &has_row, &err), &err);
    snprintf(out, 64, "%.*s", SL_STR_ARG(sl_query_str(query, 0)));
    sl_query_close(query);
    sl_graph_close(graph);
    sl_arena_release(&run);
    return out;
}

static void fingerprints_survive_moves_and_renames(void **state)
{
    (void)state;
    char before[64], after[64];
    fingerprint_after("SELECT 1", before);
    assert_int_equal(strlen(before), 32);
    assert_string_equal(before, fingerprint_after("UPDATE column_use SET line = line + 9, off = off + 200", after));
    assert_string_equal(before, fingerprint_after("UPDATE source SET path = 'x/' || path", after));
    assert_string_not_equal(before, fingerprint_after("UPDATE statement SET fingerprint = 'other'", after));
    assert_string_not_equal(before,
                            fingerprint_after("UPDATE db_column SET name = 'touched_at' WHERE column_id = 3", after));
}

static void built_in_pages_compile(void **state)
{
    (void)state;
    struct sl_arena run;
    sl_arena_init(&run);
    struct sl_graph *graph = fixture_graph();
    struct sl_rule_set set = {0};
    struct sl_error err = {0};
    fixture_ok(sl_rule_load_built_in(&set, &run, &err), &err);
    assert_true(set.len >= 2);
    fixture_ok(sl_rule_check_queries(graph, &set, &err), &err);
    fixture_ok(sl_rule_add_rows(graph, &set, NULL, &err), &err);
    sl_graph_close(graph);
    sl_arena_release(&run);
}

#define N_CASES (sizeof cases / sizeof *cases)

int main(void)
{
    struct CMUnitTest tests[N_CASES + 3];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, run_case, NULL, NULL, (void *)&cases[i]};
    tests[N_CASES] = (struct CMUnitTest)cmocka_unit_test(endless_query_hits_the_budget);
    tests[N_CASES + 1] = (struct CMUnitTest)cmocka_unit_test(fingerprints_survive_moves_and_renames);
    tests[N_CASES + 2] = (struct CMUnitTest)cmocka_unit_test(built_in_pages_compile);
    return _cmocka_run_group_tests("rule_run", tests, N_CASES + 3, NULL, NULL);
}
