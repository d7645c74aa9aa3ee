/* trigger: what bodies of MySQL, SQLite and PL/pgSQL say of a column, from the text on; DO blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "resolve/role.h"
#include "resolve_fixture.h"
#include "sql/do_block.h"

#define MY SL_DIALECT_MYSQL
#define LITE SL_DIALECT_SQLITE
#define PG SL_DIALECT_POSTGRES
#define TABLE "CREATE TABLE t (id int PRIMARY KEY, s varchar(9), n int, won_at datetime, seen datetime);\n"

struct trigger_case {
    const char *name;
    enum sl_dialect dialect;
    const char *sql;
    const char *column; /* of table t */
    const char *role;
};

static const struct trigger_case cases[] = {
    {"mysql, one statement", MY, TABLE "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW SET NEW.seen = NOW();", "seen",
     "row_touch"},
    {"mysql, behind the END IF", MY,
     TABLE
     "DELIMITER //\nCREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW BEGIN IF NEW.s <> OLD.s THEN SET NEW.won_at ="
     " NOW(); END IF; SET NEW.seen = NOW(); END//\n",
     "seen", "row_touch"},
    {"mysql, inside the IF", MY,
     TABLE
     "DELIMITER //\nCREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW BEGIN IF NEW.s <> OLD.s THEN SET NEW.won_at ="
     " NOW(); END IF; SET NEW.seen = NOW(); END//\n",
     "won_at", "event_time"},
    {"mysql, in the ELSE", MY,
     TABLE
     "DELIMITER //\nCREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW BEGIN IF NEW.s = OLD.s THEN SET NEW.n = 1; ELSE"
     " SET NEW.won_at = NOW(); END IF; END//\n",
     "won_at", "event_time"},
    {"mysql, nested", MY,
     TABLE
     "DELIMITER //\nCREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW BEGIN IF NEW.n > 1 THEN IF NEW.s <> OLD.s THEN"
     " SET NEW.n = 2; END IF; END IF; /* end if */ SET NEW.seen = NOW(); END//\n",
     "seen", "row_touch"},
    {"mysql, null-safe comparison", MY,
     TABLE
     "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW SET NEW.won_at = IF(NOT (NEW.s <=> OLD.s), NOW(), OLD.won_at);",
     "won_at", "event_time"},
    {"mysql, signal forbids", MY,
     TABLE "ALTER TABLE t ADD updated_at datetime;\nCREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW SIGNAL SQLSTATE"
           " '45000' SET MESSAGE_TEXT = 'no';",
     "updated_at", "other"},
    {"mysql, at insert only", MY, TABLE "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.seen = NOW();",
     "seen", "other"},
    {"sqlite, after trigger on its row", LITE,
     TABLE "CREATE TRIGGER g AFTER UPDATE ON t BEGIN UPDATE t SET seen = datetime('now') WHERE id = NEW.id; END;",
     "seen", "row_touch"},
    {"sqlite, guard against itself", LITE,
     TABLE
     "CREATE TRIGGER g AFTER UPDATE ON t WHEN NEW.seen = OLD.seen BEGIN UPDATE t SET seen = CURRENT_TIMESTAMP WHERE"
     " rowid = NEW.rowid; END;",
     "seen", "row_touch"},
    {"sqlite, of one column", LITE,
     TABLE
     "CREATE TRIGGER g AFTER UPDATE OF s ON t BEGIN UPDATE t SET won_at = datetime('now') WHERE id = NEW.id; END;",
     "won_at", "event_time"},
    {"sqlite, raise forbids", LITE,
     TABLE
     "ALTER TABLE t ADD updated_at text;\nCREATE TRIGGER g BEFORE UPDATE ON t BEGIN SELECT RAISE(ABORT, 'no'); END;",
     "updated_at", "other"},
    {"plpgsql, event and change", PG,
     "CREATE TABLE t (id int, s text, n int, won_at timestamptz);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE "
     "plpgsql AS"
     " $$BEGIN IF TG_OP = 'INSERT' OR NEW.s IS DISTINCT FROM OLD.s THEN NEW.won_at := now(); END IF; RETURN NEW; "
     "END$$;\n"
     "CREATE TRIGGER g BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();",
     "won_at", "event_time"},
    {"plpgsql, a variable of now", PG,
     "CREATE TABLE t (id int, seen timestamptz);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$DECLARE ts"
     " timestamptz := clock_timestamp(); BEGIN NEW.seen := ts; RETURN NEW; END$$;\n"
     "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();",
     "seen", "row_touch"},
    {"plpgsql, CASE statement", PG,
     "CREATE TABLE t (id int, s text, n int, won_at timestamptz);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE "
     "plpgsql AS"
     " $$BEGIN CASE NEW.s WHEN 'won' THEN NEW.won_at := now(); ELSE NULL; END CASE; RETURN NEW; END$$;\n"
     "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();",
     "won_at", "event_time"},
    {"plpgsql, select into", PG,
     "CREATE TABLE t (id int, seen timestamptz);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
     "SELECT"
     " now() INTO NEW.seen; RETURN NEW; END$$;\nCREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();",
     "seen", "row_touch"},
    {"plpgsql, through a copy of the row", PG,
     "CREATE TABLE t (id int, seen timestamptz);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$DECLARE r "
     "record; BEGIN r := NEW; r.seen := now(); RETURN r; END$$;\nCREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW "
     "EXECUTE FUNCTION f();",
     "seen", "row_touch"},
    {"plpgsql, another row's field", PG,
     "CREATE TABLE t (id int, seen timestamptz);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$DECLARE r "
     "record; BEGIN SELECT * INTO r FROM u; r.seen := now(); NEW.id := r.id; RETURN NEW; END$$;\nCREATE TRIGGER g "
     "BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();",
     "seen", "other"},
    {"another language is no evidence", PG,
     "CREATE TABLE t (id int, seen timestamptz);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plperl AS $$ $$;\n"
     "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();",
     "seen", "other"},
};

static void body_gives_the_role(void **state)
{
    const struct trigger_case *c = *state;
    struct resolve_fixture fixture;
    resolve_fixture_init(&fixture, c->dialect);
    resolve_fixture_run(&fixture, sl_str_from(c->sql), NULL);
    struct sl_roles roles = {0};
    sl_role_decide(fixture.catalog, NULL, 0, &fixture.arena, &roles);
    const struct sl_table *table = sl_catalog_find_table(fixture.catalog, c->dialect, SL_STR_EMPTY, SL_STR("t"));
    assert_non_null(table);
    const struct sl_column *column = sl_table_find_column(table, c->dialect, sl_str_from(c->column));
    assert_non_null(column);
    const char *role = "other";
    for (size_t i = 0; i < roles.roles.len; i++) {
        if (roles.roles.items[i].column_id == column->column_id)
            role = roles.roles.items[i].role;
    }
    assert_string_equal(role, c->role);
    resolve_fixture_release(&fixture);
}

static void do_block_has_its_statements_as_parts(void **state)
{
    (void)state;
    struct sl_arena arena;
    struct sl_lowered lowered;
    sl_arena_init(&arena);
    sl_str text =
        SL_STR("DO $$DECLARE lo int := 0; BEGIN\n  UPDATE a SET n = 1 WHERE id > lo;\n  DELETE FROM b;\nEND$$");
    const struct sl_sql_mode mode = {.dialect = PG};
    sl_lower(text, &mode, &arena, &lowered);
    sl_do_block_expand(&arena, &lowered);
    assert_int_equal(lowered.n_items, 3);
    assert_true(sl_str_eq(lowered.items[1].text, SL_STR("UPDATE a SET n = 1 WHERE id > lo")));
    struct sl_span span = lowered.items[2].source;
    assert_true(sl_str_eq(sl_str_slice(text, span.off, span.len), SL_STR("DELETE FROM b")));
    sl_arena_release(&arena);
}

/* EXECUTE '…' is the statement in the literal, at its place; other dynamic SQL is no part. */
static void do_block_reads_literals(void **state)
{
    (void)state;
    struct sl_arena arena;
    struct sl_lowered lowered;
    sl_arena_init(&arena);
    sl_str text = SL_STR("DO $$BEGIN EXECUTE 'UPDATE a SET n = 1'; EXECUTE 'UPDATE b SET s = ''x'''; EXECUTE q;"
                         " EXCEPTION WHEN others THEN DELETE FROM c; END$$");
    const struct sl_sql_mode mode = {.dialect = PG};
    sl_lower(text, &mode, &arena, &lowered);
    sl_do_block_expand(&arena, &lowered);
    assert_int_equal(lowered.n_items, 4);
    struct sl_span span = lowered.items[1].source;
    assert_true(sl_str_eq(sl_str_slice(text, span.off, span.len), SL_STR("UPDATE a SET n = 1")));
    assert_true(sl_str_eq(lowered.items[2].text, SL_STR("UPDATE b SET s = 'x'")));
    span = lowered.items[2].source;
    assert_true(sl_str_eq(sl_str_slice(text, span.off, span.len), SL_STR("'UPDATE b SET s = ''x'''")));
    assert_true(sl_str_eq(lowered.items[3].text, SL_STR("DELETE FROM c")));
    sl_arena_release(&arena);
}

int main(void)
{
    enum { N_CASES = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[N_CASES + 2];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, body_gives_the_role, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    tests[N_CASES] = (struct CMUnitTest)cmocka_unit_test(do_block_has_its_statements_as_parts);
    tests[N_CASES + 1] = (struct CMUnitTest)cmocka_unit_test(do_block_reads_literals);
    return _cmocka_run_group_tests("trigger", tests, N_CASES + 2, NULL, NULL);
}
