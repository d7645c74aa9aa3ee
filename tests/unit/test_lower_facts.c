/* lowering: what travels beside the common text: facts, routine headers, the fallback. */
#include "lowering_case.h"

struct fact_case {
    const char *name, *mode, *sql;
    enum sl_fact_kind kind;
    const char *expected; /* texts of the facts of that kind, each with "=param" if it has one, joined by "|" */
};

static const struct fact_case cases[] = {
    {"targets of a delete", "mysql", "DELETE a, db.b.* FROM a JOIN b", SL_FACT_DELETE_TARGET, "a|b"},
    {"targets with USING", "mysql", "DELETE FROM a, b.* USING a JOIN b", SL_FACT_DELETE_TARGET, "a|b"},
    {"several tables", "mysql", "UPDATE a, b SET a.x = 1", SL_FACT_MULTI_TABLE, "UPDATE"},
    {"ignore", "mysql", "INSERT IGNORE INTO t VALUES (1)", SL_FACT_IGNORE, "IGNORE"},
    {"update ignore", "mysql", "UPDATE IGNORE t SET a = 1", SL_FACT_IGNORE, "IGNORE"},
    {"replace", "mysql", "REPLACE INTO t VALUES (1)", SL_FACT_REPLACE, "REPLACE"},
    {"sqlite replace", "sqlite", "INSERT OR REPLACE INTO t VALUES (1)", SL_FACT_REPLACE, "REPLACE"},
    {"row alias", "mysql", "INSERT INTO t VALUES (1) AS n ON DUPLICATE KEY UPDATE a = n.a", SL_FACT_ROW_ALIAS, "n"},
    {"on duplicate key", "mysql", "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1", SL_FACT_ON_DUPLICATE_KEY,
     "ON DUPLICATE KEY UPDATE a = 1"},
    {"order and limit", "mysql", "DELETE FROM t ORDER BY a LIMIT 10", SL_FACT_ORDER_LIMIT, "10"},
    {"placeholders", "mysql", "SELECT ?, :a, ?, :a, %s", SL_FACT_PLACEHOLDER, "?=1|:a=2|?=3|:a=2|%s=4"},
    {"variables", "mysql", "SELECT @a, @`b`, @@c, @a", SL_FACT_VARIABLE, "a=1000001|b=1000002|@c=1000003|a=1000001"},
    {"table options", "mysql", "CREATE TABLE t (a INT) ENGINE=InnoDB COMMENT='x y' DEFAULT CHARSET utf8",
     SL_FACT_TABLE_OPTION, "engine=InnoDB|comment=x y|default charset=utf8"},
    {"lock clauses", "mysql", "ALTER TABLE t ADD a INT, ALGORITHM=COPY, LOCK = EXCLUSIVE", SL_FACT_LOCK_CLAUSE,
     "ALGORITHM=COPY|LOCK=EXCLUSIVE"},
    {"partitions", "mysql", "ALTER TABLE t DROP PARTITION p0, p1", SL_FACT_PARTITION, "DROP PARTITION p0"},
    {"rollup", "mysql", "SELECT a FROM t GROUP BY a WITH ROLLUP", SL_FACT_ROLLUP, "WITH ROLLUP"},
    {"separator", "mysql", "SELECT GROUP_CONCAT(a SEPARATOR ';') FROM t", SL_FACT_SEPARATOR, "SEPARATOR ';'"},
    {"xor", "mysql", "SELECT a XOR b", SL_FACT_XOR, "XOR"},
    {"index hint", "mysql", "SELECT a FROM t USE INDEX (i)", SL_FACT_HINT, "USE INDEX (i)"},
    {"optimizer hint", "mysql", "SELECT /*+ NO_INDEX_MERGE(t) */ a FROM t", SL_FACT_HINT, "/*+ NO_INDEX_MERGE(t) */"},
    {"into", "mysql", "SELECT a INTO @x FROM t", SL_FACT_INTO, "INTO @x"},
    {"load data", "mysql", "LOAD DATA INFILE 'f' INTO TABLE t", SL_FACT_LOAD_DATA, "LOAD DATA INFILE 'f' INTO TABLE t"},
    {"postgres placeholders", "postgres", "SELECT ?, :a, $5", SL_FACT_PLACEHOLDER, "?=6|:a=7|$5=5"},
    {"a bad column says why", "mysql", "CREATE TABLE t (a INT, b +)", SL_FACT_OTHER, "not understood at or near \"+\""},
};

static void check(void **state)
{
    const struct fact_case *c = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = lowering_mode(c->mode);
    struct sl_lowered out;
    sl_str sql = sl_str_from(c->sql);
    sl_lower(sql, &mode, &arena, &out);
    assert_int_not_equal(out.kind, SL_LOWERED_NOT_UNDERSTOOD);
    sl_str got = SL_STR_EMPTY;
    for (size_t i = 0; i < out.n_facts; i++) {
        const struct sl_fact *fact = &out.facts[i];
        assert_true(fact->span.off + fact->span.len <= sql.len);
        if (fact->kind != c->kind)
            continue;
        got = sl_arena_printf(&arena, "%.*s%s%.*s", SL_STR_ARG(got), got.len ? "|" : "", SL_STR_ARG(fact->text));
        if (fact->param)
            got = sl_arena_printf(&arena, "%.*s=%u", SL_STR_ARG(got), fact->param);
    }
    assert_string_equal(got.len ? got.ptr : "", c->expected);
    sl_arena_release(&arena);
}

static void trigger_has_a_header(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_SQLITE};
    struct sl_lowered out;
    sl_lower(SL_STR("CREATE TRIGGER a.tr AFTER UPDATE OF b, c ON t WHEN NEW.b BEGIN UPDATE t SET d = 1; END"), &mode,
             &arena, &out);
    assert_true(out.routine.present);
    assert_true(sl_str_eq(out.routine.kind, SL_STR("trigger")));
    assert_true(sl_str_eq(out.routine.schema, SL_STR("a")));
    assert_true(sl_str_eq(out.routine.name, SL_STR("tr")));
    assert_true(sl_str_eq(out.routine.table, SL_STR("t")));
    assert_true(sl_str_eq(out.routine.timing, SL_STR("after")));
    assert_true(sl_str_eq(out.routine.event, SL_STR("update")));
    assert_int_equal(out.routine.n_columns, 2);
    assert_int_equal(out.routine.when_item, 0);
    assert_int_equal(out.items[0].role, SL_ROLE_CONDITION);
    assert_int_equal(out.items[1].role, SL_ROLE_BODY);
    sl_arena_release(&arena);
}

static void variables_are_no_columns(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_MYSQL};
    struct sl_lowered out;
    sl_lower(SL_STR("CREATE PROCEDURE p(IN a INT, b INT) BEGIN DECLARE c, d INT; SELECT a; END"), &mode, &arena, &out);
    static const char *const expected[] = {"a", "b", "c", "d"};
    assert_int_equal(out.routine.n_variables, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(sl_str_eq(out.routine.variables[i], sl_str_from(expected[i])));
    sl_arena_release(&arena);
}

static void fallback_names_what_it_can(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_MYSQL};
    struct sl_lowered out;
    sl_lower(SL_STR("SELECT * ? FROM db.t WHERE x.a = 1 AND `b` IN f(c) ORDER BY d"), &mode, &arena, &out);
    assert_int_equal(out.kind, SL_LOWERED_NOT_UNDERSTOOD);
    assert_int_equal(out.error_off, 9);
    assert_true(sl_str_eq(out.fallback.verb, SL_STR("select")));
    assert_true(sl_str_eq(out.fallback.table, SL_STR("t")));
    assert_int_equal(out.fallback.n_columns, 3);
    assert_true(sl_str_eq(out.fallback.columns[0], SL_STR("a")));
    assert_true(sl_str_eq(out.fallback.columns[1], SL_STR("b")));
    assert_true(sl_str_eq(out.fallback.columns[2], SL_STR("c")));
    sl_arena_release(&arena);
}

static void parse_errors_point_into_the_source(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_POSTGRES};
    struct sl_understood u;
    sl_understand(SL_STR("SELECT '\xE8\xB3\x9E', a FROM t WHERE b = = 1"), &mode, &arena, &u);
    assert_false(u.is_ok);
    assert_int_equal(u.error_off, 33);
    sl_arena_release(&arena);
}

int main(void)
{
    enum { N = sizeof cases / sizeof cases[0], MORE = 4 };
    struct CMUnitTest tests[N + MORE] = {
        cmocka_unit_test(trigger_has_a_header), cmocka_unit_test(variables_are_no_columns),
        cmocka_unit_test(fallback_names_what_it_can), cmocka_unit_test(parse_errors_point_into_the_source)};
    for (size_t i = 0; i < N; i++)
        tests[i + MORE] = (struct CMUnitTest){cases[i].name, check, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    return _cmocka_run_group_tests("facts", tests, N + MORE, NULL, NULL);
}
