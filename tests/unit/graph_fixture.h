/*
 * graph_fixture: a small graph written by hand: the talk's story, without parsing anything.
 *
 * Source 1 (db/structure.sql, mysql) makes entries(id, lottery_status, updated_at … ON UPDATE); source 2
 * (app/reports.sql) holds the report; source 3 (db/migrate/backfill.sql) the backfill.
 */
#ifndef SL_TESTS_GRAPH_FIXTURE_H
#define SL_TESTS_GRAPH_FIXTURE_H

#include "graph/query.h"
#include "graph/write.h"

#define REPORT_SQL                                                                                                     \
    "SELECT DATE(updated_at), COUNT(*)\nFROM entries\nWHERE lottery_status = 'winner'\nGROUP BY DATE(updated_at)"
#define BACKFILL_SQL "UPDATE entries SET new_column = 'foo' WHERE lottery_status = 'winner'"

static inline void fixture_ok(enum sl_status status, const struct sl_error *err)
{
    if (status != SL_OK)
        fail_msg("%s", err->message);
}

static inline void fixture_sources(struct sl_graph *graph)
{
    struct sl_error err = {0};
    const struct sl_source_row rows[] = {
        {1, SL_STR_INIT("db/structure.sql"), "schema", "mysql", false, 300},
        {2, SL_STR_INIT("app/reports.sql"), "sql", "mysql", true, sizeof REPORT_SQL},
        {3, SL_STR_INIT("db/migrate/backfill.sql"), "migration", "mysql", true, sizeof BACKFILL_SQL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fixture_ok(sl_graph_add_source(graph, &rows[i], &err), &err);
}

static inline void fixture_statements(struct sl_graph *graph)
{
    struct sl_error err = {0};
    const struct sl_statement_row rows[] = {
        {.statement_id = 1,
         .role = "main",
         .kind = "create table",
         .place = {1, 0, 200, 10, 1, 14, 2},
         .fingerprint = SL_STR_INIT("aaaa"),
         .text = SL_STR_INIT("CREATE TABLE entries (…)"),
         .is_understood = true},
        {.statement_id = 2,
         .role = "main",
         .kind = "select",
         .place = {2, 0, sizeof REPORT_SQL - 1, 1, 1, 4, 26},
         .fingerprint = SL_STR_INIT("bbbb"),
         .text = SL_STR_INIT(REPORT_SQL),
         .is_understood = true,
         .is_log = true,
         .calls = 83,
         .total_us = 120034,
         .has_duration = true,
         .first_seen_us = 1714525200000000,
         .last_seen_us = 1714611600000000,
         .users = SL_STR_INIT("app, cron"),
         .databases = SL_STR_INIT("lottery"),
         .applications = SL_STR_INIT("<Lottery>"),
         .app_location = SL_STR_INIT("app/models/entry.rb:42")},
        {.statement_id = 3,
         .role = "main",
         .kind = "update",
         .place = {3, 0, sizeof BACKFILL_SQL - 1, 1, 1, 1, 72},
         .fingerprint = SL_STR_INIT("cccc"),
         .text = SL_STR_INIT(BACKFILL_SQL),
         .is_understood = true},
        {.statement_id = 4,
         .role = "main",
         .kind = "not_understood",
         .place = {3, 80, 9, 9, 1, 9, 10},
         .fingerprint = SL_STR_INIT("dddd"),
         .text = SL_STR_INIT("FROBNICATE"),
         .is_understood = false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fixture_ok(sl_graph_add_statement(graph, &rows[i], &err), &err);
    const struct sl_log_coverage_row log = {.format = SL_STR_INIT("by hand"),
                                            .entries = 1200,
                                            .statements = 1100,
                                            .administrative = 1,
                                            .parse_bind = 99,
                                            .truncated = 2,
                                            .unknown_lines = 1};
    fixture_ok(sl_graph_add_log_coverage(graph, &log, &err), &err);
    const struct sl_diagnostic_row trouble = {3, 4, "not_understood", SL_STR_INIT("syntax error at \"FROBNICATE\""),
                                              9, 1};
    fixture_ok(sl_graph_add_diagnostic(graph, &trouble, &err), &err);
}

static inline void fixture_schema(struct sl_graph *graph)
{
    struct sl_error err = {0};
    struct sl_column columns[] = {
        {.column_id = 1,
         .table_id = 1,
         .name = SL_STR_INIT("id"),
         .type = SL_STR_INIT("bigint"),
         .type_class = SL_TYPE_INTEGER,
         .in_primary_key = true,
         .made = {1, 30, 10, 11, 3, 11, 13},
         .made_by = 1},
        {.column_id = 2,
         .table_id = 1,
         .name = SL_STR_INIT("lottery_status"),
         .type = SL_STR_INIT("varchar(20)"),
         .type_class = SL_TYPE_TEXT,
         .made = {1, 50, 10, 12, 3, 12, 13},
         .made_by = 1},
        {.column_id = 3,
         .table_id = 1,
         .name = SL_STR_INIT("updated_at"),
         .type = SL_STR_INIT("datetime"),
         .type_class = SL_TYPE_TIME,
         .on_update_now = true,
         .made = {1, 80, 60, 13, 3, 13, 63},
         .made_by = 1},
        {.column_id = 4,
         .table_id = 1,
         .name = SL_STR_INIT("modified_on"),
         .type = SL_STR_INIT("datetime"),
         .type_class = SL_TYPE_TIME,
         .made = {1, 150, 20, 14, 3, 14, 23},
         .made_by = 1},
    };
    const struct sl_table table = {.table_id = 1,
                                   .name = SL_STR_INIT("entries"),
                                   .columns = {columns, 4, 4},
                                   .made = {1, 0, 200, 10, 1, 15, 2},
                                   .made_by = 1};
    fixture_ok(sl_graph_add_table(graph, &table, &err), &err);
    struct sl_fact_column_role roles[] = {{2, "state", "medium"}, {3, "row_touch", "high"}, {4, "row_touch", "low"}};
    struct sl_fact_role_evidence evidence[] = {
        {3, "on_update_clause", false, SL_STR_INIT(""), {1, 100, 27, 13, 26, 13, 53}},
        {3, "name", false, SL_STR_INIT(""), {0}},
        {4, "name", false, SL_STR_INIT(""), {0}},
    };
    const struct sl_roles all = {{roles, 3, 3}, {evidence, 3, 3}};
    fixture_ok(sl_graph_add_roles(graph, &all, &err), &err);
}

static inline void fixture_facts(struct sl_graph *graph)
{
    struct sl_error err = {0};
    struct sl_fact_query_block blocks[] = {{.block_id = 1,
                                            .kind = "select",
                                            .has_grouping = true,
                                            .has_aggregate = true,
                                            .has_count = true,
                                            .place = {2, 0, 90, 1, 1, 4, 26}}};
    struct sl_fact_block_relation relations[] = {{1, 1, 0, SL_STR_INIT("entries"), "from"}};
    struct sl_fact_column_use uses[] = {
        {.use_id = 1,
         .block_id = 1,
         .column_id = 3,
         .clause = "select",
         .shape = "bucket",
         .bucket = "day",
         .functions = SL_STR_INIT("date"),
         .resolution = "exact",
         .place = {2, 12, 10, 1, 13, 1, 23}},
        {.use_id = 2,
         .block_id = 1,
         .column_id = 3,
         .clause = "group_by",
         .shape = "bucket",
         .bucket = "day",
         .functions = SL_STR_INIT("date"),
         .key_ordinal = 1,
         .resolution = "exact",
         .place = {2, sizeof REPORT_SQL - 12, 10, 4, 15, 4, 25}},
    };
    struct sl_fact_state_predicate predicates[] = {{.block_id = 1,
                                                    .column_id = 2,
                                                    .operator= "=",
                                                    .value_kind = "literal",
                                                    .values = SL_STR_INIT("[\"winner\"]"),
                                                    .clause = "where",
                                                    .is_state = true,
                                                    .place = {2, 53, 14, 3, 7, 3, 21}}};
    const struct sl_facts read = {.blocks = {blocks, 1, 1},
                                  .relations = {relations, 1, 1},
                                  .uses = {uses, 2, 2},
                                  .predicates = {predicates, 1, 1}};
    fixture_ok(sl_graph_add_facts(graph, 2, &read, &err), &err);
    struct sl_fact_query_block update[] = {{.block_id = 2, .kind = "update", .place = {3, 0, 71, 1, 1, 1, 72}}};
    struct sl_fact_write writes[] = {{2, 1, "update", "filtered", {3, 0, 71, 1, 1, 1, 72}}};
    struct sl_fact_write_effect effects[] = {
        {1, 3, true, "on_update_clause", SL_STR_INIT(""), {1, 100, 27, 13, 26, 13, 53}}};
    const struct sl_facts write = {.blocks = {update, 1, 1}, .writes = {writes, 1, 1}, .effects = {effects, 1, 1}};
    fixture_ok(sl_graph_add_facts(graph, 3, &write, &err), &err);
}

static inline struct sl_graph *fixture_graph(void)
{
    struct sl_error err = {0};
    struct sl_graph *graph = NULL;
    fixture_ok(sl_graph_open(NULL, &graph, &err), &err);
    fixture_sources(graph);
    fixture_statements(graph);
    fixture_schema(graph);
    fixture_facts(graph);
    return graph;
}

#endif
