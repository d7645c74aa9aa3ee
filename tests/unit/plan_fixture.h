/* A graph with one table, made by hand: what a plan is read from, without the stages before the graph. */
#ifndef TESTS_UNIT_PLAN_FIXTURE_H
#define TESTS_UNIT_PLAN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "graph/graph.h"
#include "graph/query.h"
#include "plan/plan.h"
#include "plan/render.h"

enum plan_key { KEY_INTEGER, KEY_UUID, KEY_COMPOSITE, KEY_UNIQUE, KEY_NONE };
enum plan_touch { TOUCH_NAME, TOUCH_ON_UPDATE, TOUCH_TRIGGER };

struct plan_table {
    const char *dialect;
    const char *schema, *name;
    enum plan_key key;
    enum plan_touch touch;
    const char *suffix;  /* of CREATE TABLE: PARTITION BY …; may be NULL */
    const char *further; /* more SQL for the graph; may be NULL */
};

static void plan_run(struct sl_graph *graph, const char *format, ...) SL_PRINTF(2, 3);
static void plan_run(struct sl_graph *graph, const char *format, ...)
{
    char sql[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    struct sl_error err = {0};
    if (sl_graph_run(graph, sql, &err) != SL_OK)
        fail_msg("%s\n%s", err.message, sql);
}

static void plan_add_column(struct sl_graph *graph, int id, const char *name, const char *type, const char *type_class,
                            const char *role, int is_not_null, int in_primary, int in_unique, int on_update)
{
    plan_run(
        graph,
        "INSERT INTO db_column (column_id, table_id, name, type, type_class, is_not_null, is_generated, in_primary_key,"
        " in_unique_key, in_foreign_key, default_is_now, on_update_now, is_inferred, is_dropped, role, confidence)"
        " VALUES (%d, 1, '%s', '%s', '%s', %d, 0, %d, %d, 0, 0, %d, 0, 0, '%s', 'high')",
        id, name, type, type_class, is_not_null, in_primary, in_unique, on_update, role);
}

static void plan_add_statement(struct sl_graph *graph, int id, int source, const char *kind, const char *text)
{
    plan_run(graph,
             "INSERT INTO statement (statement_id, source_id, role, kind, off, len, line, col, end_line, end_col, "
             "fingerprint,"
             " text, is_understood) VALUES (%d, %d, 'main', '%s', 0, %zu, 1, 1, 1, 1, 'f%d', '%s', 1)",
             id, source, kind, strlen(text), id, text);
}

/* entries(key…, status, created_at, updated_at), one SL101 report on it, two writes of the state. */
static struct sl_graph *plan_graph(const struct plan_table *table)
{
    struct sl_graph *graph = NULL;
    struct sl_error err = {0};
    assert_int_equal(sl_graph_open(NULL, &graph, &err), SL_OK);
    const char *d = table->dialect;
    plan_run(graph,
             "INSERT INTO source VALUES (1, 'db/structure.sql', 'schema', '%s', 0, 10),"
             " (2, 'app/none/daily.sql', 'sql', '%s', 1, 10), (3, 'app/draw.sql', 'sql', '%s', 1, 10)",
             d, d, d);
    char create[512];
    snprintf(create, sizeof create, "CREATE TABLE %s (b int, a int, PRIMARY KEY (b, a)) %s", table->name,
             table->suffix ? table->suffix : "");
    plan_add_statement(graph, 1, 1, "create table", create);
    plan_run(graph,
             "INSERT INTO db_table (table_id, schema_name, name, kind, is_inferred, is_dropped, statement_id, "
             "source_id, line,"
             " col) VALUES (1, '%s', '%s', 'table', 0, 0, 1, 1, 1, 1)",
             table->schema, table->name);
    const char *time = strcmp(d, "mysql") == 0 ? "datetime(6)" : strcmp(d, "sqlite") == 0 ? "text" : "timestamptz";
    bool is_composite = table->key == KEY_COMPOSITE;
    if (table->key == KEY_INTEGER || table->key == KEY_UNIQUE || table->key == KEY_NONE)
        plan_add_column(graph, 1, "id", "bigint", "integer", "other", table->key != KEY_NONE, table->key == KEY_INTEGER,
                        table->key == KEY_UNIQUE, 0);
    if (table->key == KEY_UUID)
        plan_add_column(graph, 1, "uid", strcmp(d, "postgres") == 0 ? "uuid" : "char(36)", "other", "other", 1, 1, 0,
                        0);
    if (is_composite) {
        plan_add_column(graph, 1, "a", "bigint", "integer", "other", 1, 1, 0, 0);
        plan_add_column(graph, 2, "b", "bigint", "integer", "other", 1, 1, 0, 0);
    }
    plan_add_column(graph, 3, "status", "text", "text", "state", 1, 0, 0, 0);
    plan_add_column(graph, 4, "created_at", time, "time", "row_birth", 1, 0, 0, 0);
    plan_add_column(graph, 5, "updated_at", time, "time", "row_touch", 1, 0, 0, table->touch == TOUCH_ON_UPDATE);
    if (table->touch == TOUCH_TRIGGER)
        plan_run(graph, "INSERT INTO role_evidence (column_id, kind, is_against) VALUES (5, 'trigger', 0)");
    plan_add_statement(graph, 2, 2, "select",
                       "SELECT DATE(updated_at), COUNT(*) FROM entries WHERE status = ''drawn'' GROUP BY 1;");
    plan_run(
        graph,
        "INSERT INTO column_use (use_id, statement_id, block_id, column_id, clause, shape, bound, aggregate_filtered,"
        " in_boolean_sum, resolution, off, len, line) VALUES (1, 2, 1, 5, 'where', 'comparison', 'lower', 0, 0, "
        "'exact', 12, 10, 1)");
    plan_run(graph, "INSERT INTO state_predicate (statement_id, block_id, column_id, operator, value_kind, value_list, "
                    "clause, is_state)"
                    " VALUES (2, 1, 3, '=', 'literal', '[\"drawn\"]', 'where', 1)");
    plan_run(graph,
             "INSERT INTO finding (rule, name, severity, confidence, message, statement_id, source_id, path, off, len, "
             "line, col,"
             " end_line, end_col, table_name, column_name, subject, fingerprint)"
             " VALUES ('SL101', 'x', 'error', 'high', 'm', 2, 2, 'app/none/daily.sql', 0, 1, 1, 1, 1, 1, '%s', "
             "'updated_at', 's', 'f')",
             table->name);
    plan_add_statement(graph, 3, 3, "update", "UPDATE entries SET status = ''drawn'' WHERE id = 1");
    plan_add_statement(graph, 4, 3, "update", "UPDATE entries SET status = ''applied'' WHERE id = 1");
    plan_run(graph, "INSERT INTO assignment (assignment_id, statement_id, block_id, column_id, arm, value_shape)"
                    " VALUES (1, 3, 1, 3, 'update', 'literal'), (2, 4, 1, 3, 'update', 'literal')");
    if (table->further)
        plan_run(graph, "%s", table->further);
    return graph;
}

#endif
