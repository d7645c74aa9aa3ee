/* role: what a column is for, by evidence before names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "resolve/dump_roles.h"
#include "resolve/effect.h"
#include "resolve/resolve.h"
#include "unit/catalog_run.h"

#define PG SL_DIALECT_POSTGRES
#define MY SL_DIALECT_MYSQL
#define LITE SL_DIALECT_SQLITE
#define NEXT "\n--\n"
#define FUNCTION(body) "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN " body " RETURN NEW; END$$" NEXT
#define TRIGGER(what) NEXT "CREATE TRIGGER g BEFORE UPDATE " what " FOR EACH ROW EXECUTE FUNCTION f()"

struct role_case {
    const char *name;
    enum sl_dialect dialect;
    const char *sql;
    const char *column; /* of table t */
    const char *role;
    const char *evidence; /* a kind that must be among it; NULL: none needed */
};

static const struct role_case cases[] = {
    {"name", PG, "CREATE TABLE t (updated_at timestamptz)", "updated_at", "row_touch", "name"},
    {"camel case", PG, "CREATE TABLE t (\"updatedAt\" timestamptz)", "updatedAt", "row_touch", "name"},
    {"last_modified", MY, "CREATE TABLE t (last_modified datetime)", "last_modified", "row_touch", "name"},
    {"a name needs a type that fits", PG, "CREATE TABLE t (updated boolean)", "updated", "other", NULL},
    {"on update beats an event's name", MY, "CREATE TABLE t (paid_at datetime OPTIONS (on_update 'now'))", "paid_at",
     "row_touch", "on_update_clause"},
    {"on update beats a birth's name", MY, "CREATE TABLE t (created_at datetime OPTIONS (on_update 'now'))",
     "created_at", "row_touch", "on_update_clause"},
    {"trigger", PG, FUNCTION("NEW.seen = now();") "CREATE TABLE t (id int, seen timestamptz)" TRIGGER("ON t"), "seen",
     "row_touch", "trigger"},
    {"trigger with a state condition makes a dedicated column", PG,
     FUNCTION("IF NEW.status <> OLD.status THEN NEW.updated_at = now(); END IF;") "CREATE TABLE t (id int, status "
                                                                                  "text, n int, updated_at "
                                                                                  "timestamptz)" TRIGGER("ON t"),
     "updated_at", "event_time", "state_trigger"},
    {"a trigger for changes of data still touches what is named so", PG,
     FUNCTION("IF NEW.title <> OLD.title THEN NEW.updated_at = now(); END IF;") "CREATE TABLE t (id int, title text, n "
                                                                                "int, updated_at "
                                                                                "timestamptz)" TRIGGER("ON t"),
     "updated_at", "row_touch", "trigger"},
    {"… and so does a list of data columns", PG,
     FUNCTION("NEW.updated_at = now();") "CREATE TABLE t (id int, title text, n int, s text, updated_at "
                                         "timestamptz)" TRIGGER("OF title, n ON t"),
     "updated_at", "row_touch", "trigger"},
    {"… but not what is named for an event", PG,
     FUNCTION("NEW.repriced_at = now();") "CREATE TABLE t (id int, price int, n int, repriced_at "
                                          "timestamptz)" TRIGGER("OF price ON t"),
     "repriced_at", "event_time", "state_trigger"},
    {"column list makes a dedicated column", PG,
     FUNCTION("NEW.won_at = now();") "CREATE TABLE t (id int, s text, n int, won_at timestamptz)" TRIGGER("OF s ON t"),
     "won_at", "event_time", "state_trigger"},
    {"a list of all data columns still touches", PG,
     FUNCTION("NEW.at = now();") "CREATE TABLE t (id int PRIMARY KEY, s text, n int, at timestamptz)" TRIGGER(
         "OF s, n ON t"),
     "at", "row_touch", "trigger"},
    {"an expression makes a dedicated column", PG,
     FUNCTION("NEW.won_at = CASE WHEN NEW.s <> OLD.s THEN now() ELSE OLD.won_at END;") "CREATE TABLE t (id int, s "
                                                                                       "text, n int, won_at "
                                                                                       "timestamptz)" TRIGGER("ON t"),
     "won_at", "event_time", "state_trigger"},
    {"any change is no state", PG,
     FUNCTION("NEW.at = now();") "CREATE TABLE t (id int, s text, at timestamptz)" NEXT
                                 "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) "
                                 "EXECUTE FUNCTION f()",
     "at", "row_touch", "trigger"},
    {"a disabled trigger still tells", PG,
     FUNCTION("NEW.at = now();") "CREATE TABLE t (id int, at timestamptz)" TRIGGER("ON t") NEXT
     "ALTER TABLE t DISABLE TRIGGER g",
     "at", "row_touch", "trigger"},
    {"part of the key", PG, "CREATE TABLE t (id int, updated_at timestamptz, PRIMARY KEY (id, updated_at))",
     "updated_at", "other", "key"},
    {"version in the key", PG,
     "CREATE TABLE t (id int, version int, updated_at timestamptz, PRIMARY KEY (id, version))", "updated_at", "other",
     "version_table"},
    {"a schema of audit tables", PG, "CREATE TABLE audit.t (id int, status text, updated_at timestamptz)", "updated_at",
     "other", "audit_table"},
    {"a flag of numbers", LITE, "CREATE TABLE t (id int, done integer DEFAULT 0)", "done", "state", NULL},
    {"a count is no flag", LITE, "CREATE TABLE t (id int, done integer)", "done", "other", NULL},
    {"updates are forbidden", PG,
     "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$" NEXT
     "CREATE TABLE t (id int, updated_at timestamptz)" TRIGGER("ON t"),
     "updated_at", "other", "forbidden_update"},
    {"a rule forbids updates", PG,
     "CREATE TABLE t (id int, updated_at timestamptz)" NEXT "CREATE RULE r AS ON UPDATE TO t DO INSTEAD NOTHING",
     "updated_at", "other", "forbidden_update"},
    {"revoked", PG, "CREATE TABLE t (id int, updated_at timestamptz)" NEXT "REVOKE UPDATE ON t FROM app", "updated_at",
     "other", "forbidden_update"},
    {"event time", PG, "CREATE TABLE t (won_at timestamptz)", "won_at", "event_time", NULL},
    {"attribute_updated_at is dedicated", PG, "CREATE TABLE t (status_updated_at timestamptz)", "status_updated_at",
     "event_time", NULL},
    {"birth", PG, "CREATE TABLE t (created_at timestamptz DEFAULT now())", "created_at", "row_birth", NULL},
    {"planned", PG, "CREATE TABLE t (expires_at timestamptz)", "expires_at", "other", NULL},
    {"overwritten on purpose", PG, "CREATE TABLE t (last_seen_at timestamptz)", "last_seen_at", "other", NULL},
    {"soft delete", PG, "CREATE TABLE t (deleted_at timestamptz)", "deleted_at", "other", NULL},
    {"state", PG, "CREATE TABLE t (order_status text)", "order_status", "state", NULL},
    {"enum is a state", PG, "CREATE TYPE e AS ENUM ('a')" NEXT "CREATE TABLE t (verdict_of e)", "verdict_of", "state",
     NULL},
    {"kind is no state", PG, "CREATE TYPE e AS ENUM ('a')" NEXT "CREATE TABLE t (kind e)", "kind", "other", NULL},
};

static const struct sl_column *decide(struct catalog_run *run, const struct role_case *c, struct sl_roles *roles)
{
    catalog_run_sql(run, c->dialect, c->sql);
    sl_role_decide(run->catalog, NULL, 0, &run->arena, roles);
    const struct sl_column *column = catalog_run_column(run, c->dialect, "t", c->column);
    assert_non_null(column);
    return column;
}

static bool has_evidence(const struct sl_roles *roles, const struct sl_column *column, const char *kind)
{
    for (size_t i = 0; i < roles->evidence.len; i++) {
        if (roles->evidence.items[i].column_id == column->column_id && strcmp(roles->evidence.items[i].kind, kind) == 0)
            return true;
    }
    return false;
}

static const char *role_of(const struct sl_roles *roles, const struct sl_column *column)
{
    for (size_t i = 0; i < roles->roles.len; i++) {
        if (roles->roles.items[i].column_id == column->column_id)
            return roles->roles.items[i].role;
    }
    return "other";
}

static void role_is_as_expected(void **state)
{
    const struct role_case *c = *state;
    struct catalog_run run;
    struct sl_roles roles = {0};
    catalog_run_init(&run);
    const struct sl_column *column = decide(&run, c, &roles);
    assert_string_equal(role_of(&roles, column), c->role);
    if (c->evidence)
        assert_true(has_evidence(&roles, column, c->evidence));
    sl_arena_release(&run.arena);
}

static void observe(struct catalog_run *run, const char *sql, bool is_log)
{
    struct sl_statement *statement = catalog_run_statement(run, PG, sl_str_from(sql));
    struct sl_fact_ids ids = {0};
    struct sl_facts facts = {0};
    const char *limited;
    statement->is_log = is_log;
    sl_resolve(statement, run->catalog, &ids, &run->arena, &facts, &limited);
    sl_effect_find(statement, run->catalog, &run->arena, &facts);
    sl_role_observe(run->catalog, statement, &facts);
}

static void several_shapes_of_writes_tell_a_touch(void **state)
{
    (void)state;
    struct catalog_run run;
    struct sl_roles roles = {0};
    catalog_run_init(&run);
    catalog_run_sql(&run, PG,
                    "CREATE TABLE t (id int PRIMARY KEY, a int, b int, stamp timestamptz, status text,"
                    " won_at timestamptz)");
    observe(&run, "UPDATE t SET a = 1, stamp = now() WHERE id = 1", false);
    observe(&run, "UPDATE t SET b = 1, stamp = now() WHERE id = 1", false);
    observe(&run, "UPDATE t SET status = 'won', won_at = now(), stamp = now() WHERE id = 1", false);
    sl_role_decide(run.catalog, NULL, 0, &run.arena, &roles);
    const struct sl_column *stamp = catalog_run_column(&run, PG, "t", "stamp");
    const struct sl_column *won = catalog_run_column(&run, PG, "t", "won_at");
    assert_string_equal(role_of(&roles, stamp), "row_touch");
    assert_true(has_evidence(&roles, stamp, "observed_writes"));
    assert_string_equal(role_of(&roles, won), "event_time");
    struct sl_buf dump = {0};
    sl_roles_dump(run.catalog, &roles, NULL, 0, &dump);
    assert_true(sl_str_find(sl_buf_str(&dump), SL_STR("t.won_at event_time medium of status [\"won\"]")) != SIZE_MAX);
    sl_buf_release(&dump);
    sl_arena_release(&run.arena);
}

static void a_log_without_updates_tells_against(void **state)
{
    (void)state;
    struct catalog_run run;
    struct sl_roles roles = {0};
    catalog_run_init(&run);
    catalog_run_sql(&run, PG, "CREATE TABLE t (id int, updated_at timestamptz)" NEXT "CREATE TABLE u (id int, n int)");
    observe(&run, "INSERT INTO t (id) VALUES (1)", true);
    observe(&run, "UPDATE u SET n = 1 WHERE id = 1", true);
    sl_role_decide(run.catalog, NULL, 0, &run.arena, &roles);
    const struct sl_column *column = catalog_run_column(&run, PG, "t", "updated_at");
    assert_string_equal(role_of(&roles, column), "other");
    assert_true(has_evidence(&roles, column, "never_updated"));
    sl_arena_release(&run.arena);
}

static void the_configuration_beats_everything(void **state)
{
    (void)state;
    struct catalog_run run;
    struct sl_roles roles = {0};
    catalog_run_init(&run);
    catalog_run_sql(&run, MY, "CREATE TABLE t (s text, updated_at datetime OPTIONS (on_update 'now'))");
    const struct sl_configured_role configured = {.table = SL_STR("T"),
                                                  .column = SL_STR("Updated_At"),
                                                  .role = SL_STR("event_time"),
                                                  .state = SL_STR("s"),
                                                  .values_json = SL_STR("[\"won\"]")};
    sl_role_decide(run.catalog, &configured, 1, &run.arena, &roles);
    const struct sl_column *column = catalog_run_column(&run, MY, "t", "updated_at");
    assert_string_equal(role_of(&roles, column), "event_time");
    for (size_t i = 0; i < roles.roles.len; i++) {
        if (roles.roles.items[i].column_id == column->column_id)
            assert_int_equal(roles.roles.items[i].event_state_column,
                             catalog_run_column(&run, MY, "t", "s")->column_id);
    }
    sl_arena_release(&run.arena);
}

int main(void)
{
    enum { N_CASES = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[N_CASES + 3];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, role_is_as_expected, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    tests[N_CASES] = (struct CMUnitTest)cmocka_unit_test(several_shapes_of_writes_tell_a_touch);
    tests[N_CASES + 1] = (struct CMUnitTest)cmocka_unit_test(a_log_without_updates_tells_against);
    tests[N_CASES + 2] = (struct CMUnitTest)cmocka_unit_test(the_configuration_beats_everything);
    return _cmocka_run_group_tests("role", tests, N_CASES + 3, NULL, NULL);
}
