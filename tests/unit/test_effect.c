/* effect: what a write moves, by which evidence; expectations were run on servers (tests/e2e replays their kinds). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "resolve/effect.h"
#include "resolve/resolve.h"
#include "unit/catalog_run.h"

#define PG SL_DIALECT_POSTGRES
#define MY SL_DIALECT_MYSQL
#define LITE SL_DIALECT_SQLITE
#define NEXT "\n--\n"
#define TABLE "CREATE TABLE t (id int PRIMARY KEY, n int, s text, won_at timestamptz, updated_at timestamptz)"
#define STATES "CREATE TABLE t (id int PRIMARY KEY, status text, won_at timestamptz, updated_at timestamptz)"
#define ON_UPDATE                                                                                                      \
    "CREATE TABLE t (id int PRIMARY KEY, n int, s text, won_at timestamp,"                                             \
    " updated_at timestamp OPTIONS (on_update 'CURRENT_TIMESTAMP'))"
#define TOUCH                                                                                                          \
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.updated_at := now(); RETURN NEW; END$$"
#define FIRES(what) NEXT "CREATE TRIGGER g BEFORE UPDATE " what " EXECUTE FUNCTION touch()"

struct effect_case {
    const char *name;
    enum sl_dialect dialect;
    const char *before;
    const char *write;
    const char *table, *column;
    const char *want; /* "moves trigger", "keeps explicit", "none" */
    const char *scale;
};

static const struct effect_case cases[] = {
    {"plain update moves nothing", PG, TABLE, "UPDATE t SET n = 1", "t", "updated_at", "none", "table"},
    {"explicit", PG, TABLE, "UPDATE t SET n = 1, updated_at = now()", "t", "updated_at", "moves explicit", "table"},
    {"explicit by key", PG, TABLE, "UPDATE t SET n = 1, updated_at = now() WHERE id = 3", "t", "updated_at",
     "moves explicit", "row"},
    {"set to itself", PG, TABLE, "UPDATE t SET n = 1, updated_at = updated_at", "t", "updated_at", "keeps explicit",
     "table"},
    {"on update", MY, ON_UPDATE, "UPDATE t SET n = 1 WHERE s = 'a'", "t", "updated_at", "moves on_update_clause",
     "filtered"},
    {"on update, set to itself", MY, ON_UPDATE, "UPDATE t SET n = 1, updated_at = updated_at", "t", "updated_at",
     "keeps explicit", "table"},
    {"on update, nothing changes", MY, ON_UPDATE, "UPDATE t SET n = n", "t", "updated_at", "keeps on_update_clause",
     "table"},
    {"modify took it away", MY,
     ON_UPDATE NEXT "ALTER TABLE t ADD COLUMN updated_at timestamp OPTIONS (mysql_verb 'modify')", "UPDATE t SET n = 1",
     "t", "updated_at", "none", "table"},
    {"trigger", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW"), "UPDATE t SET n = 1", "t", "updated_at",
     "moves trigger", "table"},
    {"trigger beats set to itself", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "UPDATE t SET updated_at = updated_at", "t", "updated_at", "moves trigger", "table"},
    {"trigger made later does not fire", PG, TOUCH NEXT TABLE, "UPDATE t SET n = 1", "t", "updated_at", "none",
     "table"},
    {"statement trigger has no row", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH STATEMENT"), "UPDATE t SET n = 1", "t",
     "updated_at", "none", "table"},
    {"disabled", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT "ALTER TABLE t DISABLE TRIGGER g",
     "UPDATE t SET n = 1", "t", "updated_at", "keeps trigger", "table"},
    {"enabled again", PG,
     TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT "ALTER TABLE t DISABLE TRIGGER ALL" NEXT
                                                      "ALTER TABLE t ENABLE TRIGGER USER",
     "UPDATE t SET n = 1", "t", "updated_at", "moves trigger", "table"},
    {"replica role", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT "SET session_replication_role = replica",
     "UPDATE t SET n = 1", "t", "updated_at", "keeps trigger", "table"},
    {"replica role ends", PG,
     TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT "SET session_replication_role = 'replica'" NEXT
                                                      "RESET session_replication_role",
     "UPDATE t SET n = 1", "t", "updated_at", "moves trigger", "table"},
    {"always fires on replicas", PG,
     TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT "ALTER TABLE t ENABLE ALWAYS TRIGGER g" NEXT
                                                      "SET session_replication_role = replica",
     "UPDATE t SET n = 1", "t", "updated_at", "moves trigger", "table"},
    {"dropped", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT "DROP TRIGGER g ON t", "UPDATE t SET n = 1", "t",
     "updated_at", "none", "table"},
    {"other columns", PG, TOUCH NEXT TABLE FIRES("OF s ON t FOR EACH ROW"), "UPDATE t SET n = 1", "t", "updated_at",
     "keeps trigger", "table"},
    {"its column, unchanged", PG, TOUCH NEXT TABLE FIRES("OF s ON t FOR EACH ROW"), "UPDATE t SET s = s", "t",
     "updated_at", "moves trigger", "table"},
    {"when distinct, no change", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)"),
     "UPDATE t SET n = n", "t", "updated_at", "keeps trigger", "table"},
    {"when distinct, a change", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)"),
     "UPDATE t SET n = 2", "t", "updated_at", "moves trigger", "table"},
    {"when the state changes", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW WHEN (OLD.s IS DISTINCT FROM NEW.s)"),
     "UPDATE t SET n = 2", "t", "updated_at", "keeps trigger", "table"},
    {"function replaced", PG,
     TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT
     "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
     "UPDATE t SET n = 2", "t", "updated_at", "none", "table"},
    {"if in the body", PG,
     "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.s <> OLD.s THEN NEW.won_at = now();"
     " END IF; RETURN NEW; END$$" NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "UPDATE t SET n = 2", "t", "won_at", "keeps trigger", "table"},
    {"body keeps the old value", PG,
     "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.updated_at = OLD.updated_at; RETURN NEW;"
     " END$$" NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "UPDATE t SET updated_at = now()", "t", "updated_at", "keeps trigger", "table"},
    {"touch if not set by hand", PG,
     "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.updated_at IS NOT DISTINCT FROM"
     " OLD.updated_at THEN NEW.updated_at = now(); END IF; RETURN NEW; END$$" NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "UPDATE t SET n = 1, updated_at = '2020-01-01'", "t", "updated_at", "moves explicit", "table"},
    {"moddatetime", PG,
     TABLE NEXT "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE PROCEDURE moddatetime(updated_at)",
     "UPDATE t SET n = 1", "t", "updated_at", "moves trigger", "table"},
    {"partition has its parent's trigger", PG,
     TOUCH NEXT "CREATE TABLE t (id int, n int, updated_at timestamptz) PARTITION BY LIST (n)" FIRES(
         "ON t FOR EACH ROW") NEXT "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
     "UPDATE t1 SET n = 1", "t1", "updated_at", "moves trigger", "table"},
    {"merge", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "MERGE INTO t USING (VALUES (1)) v(id) ON v.id = t.id WHEN MATCHED THEN UPDATE SET n = 2", "t", "updated_at",
     "moves trigger", "batch"},
    {"conflict arm", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "INSERT INTO t (id, n) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET n = excluded.n", "t", "updated_at",
     "moves trigger", "row"},
    {"conflict arm does nothing", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "INSERT INTO t (id, n) VALUES (1, 2) ON CONFLICT (id) DO NOTHING", "t", "updated_at", "none", "row"},
    {"conflict arm with a guard", PG, TABLE,
     "INSERT INTO t (id, n, updated_at) VALUES (1, 2, now()) ON CONFLICT (id) DO UPDATE SET n = excluded.n,"
     " updated_at = excluded.updated_at WHERE t.n IS DISTINCT FROM excluded.n",
     "t", "updated_at", "keeps explicit", "row"},
    {"conflict arm takes the new time", PG, TABLE,
     "INSERT INTO t (id, n, updated_at) VALUES (1, 2, now()) ON CONFLICT (id) DO UPDATE SET updated_at ="
     " excluded.updated_at",
     "t", "updated_at", "moves explicit", "row"},
    {"cascade fires on postgres", PG,
     TOUCH NEXT "CREATE TABLE p (code text PRIMARY KEY)" NEXT
                "CREATE TABLE t (id int, code text REFERENCES p ON UPDATE CASCADE, updated_at timestamptz)" FIRES(
                    "ON t FOR EACH ROW"),
     "UPDATE p SET code = 'b' WHERE code = 'a'", "t", "updated_at", "moves trigger", "row"},
    {"a dropped column takes its cascade along", PG,
     TOUCH NEXT "CREATE TABLE p (code text PRIMARY KEY)" NEXT
                "CREATE TABLE t (id int, code text REFERENCES p ON UPDATE CASCADE, updated_at timestamptz)" FIRES(
                    "ON t FOR EACH ROW") NEXT "ALTER TABLE t DROP COLUMN code",
     "UPDATE p SET code = 'b' WHERE code = 'a'", "t", "updated_at", "none", "row"},
    {"cascade leaves mysql alone", MY,
     "CREATE TABLE p (code text PRIMARY KEY)" NEXT
     "CREATE TABLE t (id int, code text REFERENCES p (code) ON UPDATE CASCADE,"
     " updated_at timestamp OPTIONS (on_update 'CURRENT_TIMESTAMP'))",
     "UPDATE p SET code = 'b' WHERE code = 'a'", "t", "updated_at", "keeps cascade", "row"},
    {"delete sets null", PG,
     TOUCH NEXT "CREATE TABLE p (id int PRIMARY KEY)" NEXT
                "CREATE TABLE t (id int, p_id int REFERENCES p ON DELETE SET NULL, updated_at timestamptz)" FIRES(
                    "ON t FOR EACH ROW"),
     "DELETE FROM p WHERE id = 1", "t", "updated_at", "moves trigger", "row"},
    {"a trigger touches the parent", PG,
     "CREATE TABLE p (id int PRIMARY KEY, updated_at timestamptz)" NEXT "CREATE TABLE c (id int, p_id int)" NEXT
     "CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN UPDATE p SET updated_at = now() WHERE id ="
     " NEW.p_id; RETURN NULL; END$$" NEXT "CREATE TRIGGER g AFTER INSERT ON c FOR EACH ROW EXECUTE FUNCTION up()",
     "INSERT INTO c VALUES (1, 1)", "p", "updated_at", "moves explicit", "row"},
    {"copy resets", PG,
     "CREATE TABLE a (id int PRIMARY KEY, updated_at timestamptz DEFAULT now())" NEXT
     "CREATE TABLE b (LIKE a INCLUDING ALL)",
     "INSERT INTO b (id) SELECT id FROM a", "b", "updated_at", "moves default", "table"},
    {"copy carries", PG,
     "CREATE TABLE a (id int PRIMARY KEY, updated_at timestamptz DEFAULT now())" NEXT
     "CREATE TABLE b (LIKE a INCLUDING ALL)",
     "INSERT INTO b (id, updated_at) SELECT id, updated_at FROM a", "b", "updated_at", "keeps explicit", "table"},
    {"event guarded by null", PG, TABLE, "UPDATE t SET won_at = now() WHERE s = 'won' AND won_at IS NULL", "t",
     "won_at", "keeps explicit", "filtered"},
    {"event guarded by coalesce", PG, TABLE, "UPDATE t SET won_at = COALESCE(won_at, now()) WHERE s = 'won'", "t",
     "won_at", "keeps explicit", "filtered"},
    {"event overwritten", PG, TABLE, "UPDATE t SET won_at = now() WHERE s = 'won'", "t", "won_at", "moves explicit",
     "filtered"},
    {"key range is a batch", PG, TABLE, "UPDATE t SET updated_at = now() WHERE id BETWEEN 1 AND 9", "t", "updated_at",
     "moves explicit", "batch"},
    {"two bounds are a batch", PG, TABLE, "UPDATE t SET updated_at = now() WHERE id >= 1 AND id < 9", "t", "updated_at",
     "moves explicit", "batch"},
    {"one bound is not", PG, TABLE, "UPDATE t SET updated_at = now() WHERE id > 0", "t", "updated_at", "moves explicit",
     "table"},
    {"sub-select with limit", PG, TABLE,
     "UPDATE t SET updated_at = now() WHERE id IN (SELECT id FROM t WHERE s = 'a' LIMIT 100)", "t", "updated_at",
     "moves explicit", "batch"},
    {"where true", PG, TABLE, "UPDATE t SET updated_at = now() WHERE 1 = 1 AND true", "t", "updated_at",
     "moves explicit", "table"},
    {"null of what is set", PG, TABLE, "UPDATE t SET won_at = updated_at WHERE won_at IS NULL", "t", "won_at",
     "keeps explicit", "table"},
    {"key or something else", PG, TABLE, "UPDATE t SET updated_at = now() WHERE id = 1 OR s = 'a'", "t", "updated_at",
     "moves explicit", "filtered"},
    {"through a view", PG,
     TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT "CREATE VIEW v (a, b) AS SELECT id, n FROM t",
     "UPDATE v SET b = 1 WHERE a = 4", "t", "updated_at", "moves trigger", "filtered"},
    {"the trigger went with its function", PG,
     TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT "DROP FUNCTION touch() CASCADE", "UPDATE t SET n = 1", "t",
     "updated_at", "none", "table"},
    {"a case that asks for a state is no guard", PG, TABLE,
     "UPDATE t SET updated_at = CASE WHEN s = 'won' THEN now() ELSE updated_at END", "t", "updated_at",
     "moves explicit", "table"},
    {"a case that asks for a difference is one", PG, TABLE,
     "UPDATE t SET updated_at = CASE WHEN s IS DISTINCT FROM $1 THEN now() ELSE updated_at END, s = $1", "t",
     "updated_at", "keeps explicit", "table"},
    {"not (is not null)", PG, TABLE, "UPDATE t SET won_at = now() WHERE NOT (won_at IS NOT NULL)", "t", "won_at",
     "keeps explicit", "filtered"},
    {"null by the null-safe operator", PG, TABLE, "UPDATE t SET won_at = now() WHERE won_at IS NOT DISTINCT FROM NULL",
     "t", "won_at", "keeps explicit", "filtered"},
    {"a column is always itself", PG, TABLE, "UPDATE t SET updated_at = now() WHERE id = id", "t", "updated_at",
     "moves explicit", "table"},
    {"rowid above zero", LITE, TABLE, "UPDATE t SET updated_at = now() WHERE rowid > 0", "t", "updated_at",
     "moves explicit", "table"},
    {"a unique key", MY, TABLE NEXT "CREATE UNIQUE INDEX u ON t (s)", "UPDATE t SET updated_at = now() WHERE s = 'a'",
     "t", "updated_at", "moves explicit", "row"},
    {"a unique key that was dropped", MY, TABLE NEXT "CREATE UNIQUE INDEX u ON t (s)" NEXT "DROP INDEX t.u",
     "UPDATE t SET updated_at = now() WHERE s = 'a'", "t", "updated_at", "moves explicit", "filtered"},
    {"not false", PG, TABLE, "UPDATE t SET updated_at = now() WHERE NOT false", "t", "updated_at", "moves explicit",
     "table"},
    {"something or true", PG, TABLE, "UPDATE t SET updated_at = now() WHERE id = 3 OR 2 > 1", "t", "updated_at",
     "moves explicit", "table"},
    {"something or false", PG, TABLE, "UPDATE t SET updated_at = now() WHERE s = 'a' OR 1 > 2", "t", "updated_at",
     "moves explicit", "filtered"},
    {"a trigger for replicas only", PG,
     TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW") NEXT "ALTER TABLE t ENABLE REPLICA TRIGGER g", "UPDATE t SET n = 1",
     "t", "updated_at", "keeps trigger", "table"},
    {"a body that returns early", PG,
     "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.s = OLD.s THEN RETURN NEW; END IF;"
     " NEW.updated_at := now(); RETURN NEW; END$$" NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "UPDATE t SET n = 1", "t", "updated_at", "keeps trigger", "table"},
    {"a body that returns early, and does not", PG,
     "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.s = OLD.s THEN RETURN NEW; END IF;"
     " NEW.updated_at := now(); RETURN NEW; END$$" NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "UPDATE t SET s = 'b'", "t", "updated_at", "moves trigger", "table"},
    {"a guard of order, not set by hand", PG,
     "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.updated_at <= OLD.updated_at THEN"
     " NEW.updated_at := now(); END IF; RETURN NEW; END$$" NEXT TABLE FIRES("ON t FOR EACH ROW"),
     "UPDATE t SET n = 1", "t", "updated_at", "moves trigger", "table"},
    {"a child's own trigger", PG,
     TOUCH NEXT TABLE NEXT "CREATE TABLE c (k int) INHERITS (t)" FIRES("ON c FOR EACH ROW"), "UPDATE t SET n = 1", "c",
     "updated_at", "moves trigger", "table"},
    {"a child's own trigger, ONLY the parent", PG,
     TOUCH NEXT TABLE NEXT "CREATE TABLE c (k int) INHERITS (t)" FIRES("ON c FOR EACH ROW"), "UPDATE ONLY t SET n = 1",
     "c", "updated_at", "none", "table"},
    {"no row at all", PG, TOUCH NEXT TABLE FIRES("ON t FOR EACH ROW"), "UPDATE t SET n = 1 WHERE false", "t",
     "updated_at", "none", "filtered"},
    {"a trigger sets another table's to itself", PG,
     TABLE NEXT
     "CREATE FUNCTION count() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN UPDATE t SET n = n + 1, updated_at ="
     " updated_at WHERE id = NEW.t_id; RETURN NEW; END$$" NEXT "CREATE TABLE o (id int, t_id int)" NEXT
     "CREATE TRIGGER g AFTER INSERT ON o FOR EACH ROW EXECUTE FUNCTION count()",
     "INSERT INTO o VALUES (1, 1)", "t", "updated_at", "keeps explicit", "row"},
    {"the event's own state is asked for", PG, STATES,
     "UPDATE t SET status = 'won', won_at = now() WHERE status IN ('drawn', 'won')", "t", "won_at", "moves explicit",
     "filtered"},
    {"earlier states are asked for", PG, STATES,
     "UPDATE t SET status = 'won', won_at = now() WHERE status IN ('drawn', 'applied')", "t", "won_at",
     "keeps explicit", "filtered"},
    {"another state is left out", PG, STATES, "UPDATE t SET status = 'won', won_at = now() WHERE status <> 'lost'", "t",
     "won_at", "moves explicit", "filtered"},
    {"the event's own state is left out", PG, STATES,
     "UPDATE t SET status = 'won', won_at = now() WHERE status NOT IN ('won')", "t", "won_at", "keeps explicit",
     "filtered"},
    {"write in a cte", PG, TABLE,
     "WITH w AS (UPDATE t SET updated_at = now() WHERE id = 1 RETURNING id) SELECT * FROM w", "t", "updated_at",
     "moves explicit", "row"},
};

static void effect_is_as_expected(void **state)
{
    const struct effect_case *c = *state;
    struct catalog_run run;
    catalog_run_init(&run);
    catalog_run_sql(&run, c->dialect, c->before);
    struct sl_statement *statement = catalog_run_statement(&run, c->dialect, sl_str_from(c->write));
    assert_non_null(statement->node);
    struct sl_fact_ids ids = {0};
    struct sl_facts facts = {0};
    const char *limited;
    sl_resolve(statement, run.catalog, &ids, &run.arena, &facts, &limited);
    sl_effect_find(statement, run.catalog, &run.arena, &facts);
    const struct sl_column *column = catalog_run_column(&run, c->dialect, c->table, c->column);
    assert_non_null(column);
    sl_str got = SL_STR("none");
    for (size_t i = 0; i < facts.effects.len; i++) {
        const struct sl_fact_write_effect *effect = &facts.effects.items[i];
        if (effect->column_id == column->column_id)
            got = sl_arena_printf(&run.arena, "%s %s", effect->moves ? "moves" : "keeps", effect->evidence);
    }
    if (!sl_str_eq(got, sl_str_from(c->want)))
        fail_msg("%s: %.*s, wanted %s", c->name, SL_STR_ARG(got), c->want);
    assert_int_equal(facts.writes.len, 1);
    assert_string_equal(facts.writes.items[0].scale, c->scale);
    sl_arena_release(&run.arena);
}

int main(void)
{
    enum { N_CASES = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[N_CASES];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, effect_is_as_expected, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    return _cmocka_run_group_tests("effect", tests, N_CASES, NULL, NULL);
}
