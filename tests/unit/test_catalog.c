/* catalog: what is there after a history of DDL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "unit/catalog_run.h"

#define PG SL_DIALECT_POSTGRES
#define MY SL_DIALECT_MYSQL
#define LITE SL_DIALECT_SQLITE
#define NEXT "\n--\n"

/* One history, one column, what is expected of it. `want` holds words: absent, key, unique, foreign, not_null, now,
 * touch, implicit, lost, generated, auto, default=…, type=…. */
struct catalog_case {
    const char *name;
    enum sl_dialect dialect;
    const char *sql;
    const char *table, *column;
    const char *want;
};

static const struct catalog_case cases[] = {
    {"create table", PG, "CREATE TABLE t (id bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())", "t", "at",
     "not_null now type=timestamptz"},
    {"primary key as constraint", PG, "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))", "t", "b", "key not_null"},
    {"unique index", PG, "CREATE TABLE t (a int)" NEXT "CREATE UNIQUE INDEX i ON t (a)", "t", "a", "unique"},
    {"foreign key", PG, "CREATE TABLE p (id int PRIMARY KEY)" NEXT "CREATE TABLE t (p_id int REFERENCES p)", "t",
     "p_id", "foreign"},
    {"add column later", PG, "CREATE TABLE t (a int)" NEXT "ALTER TABLE t ADD COLUMN b timestamptz", "t", "b",
     "type=timestamptz"},
    {"drop column", PG, "CREATE TABLE t (a int, b int)" NEXT "ALTER TABLE t DROP COLUMN b", "t", "b", "absent"},
    {"rename column", PG, "CREATE TABLE t (a int)" NEXT "ALTER TABLE t RENAME COLUMN a TO b", "t", "b", "type=integer"},
    {"rename table", PG, "CREATE TABLE t (a int)" NEXT "ALTER TABLE t RENAME TO u", "u", "a", "type=integer"},
    {"old name is gone", PG, "CREATE TABLE t (a int)" NEXT "ALTER TABLE t RENAME TO u", "t", "a", "absent"},
    {"drop table", PG, "CREATE TABLE t (a int)" NEXT "DROP TABLE t", "t", "a", "absent"},
    {"made again", PG, "CREATE TABLE t (a int)" NEXT "DROP TABLE t" NEXT "CREATE TABLE t (b int)", "t", "a", "absent"},
    {"if not exists keeps", PG, "CREATE TABLE t (a int)" NEXT "CREATE TABLE IF NOT EXISTS t (b int)", "t", "a",
     "type=integer"},
    {"schema of pg_dump", PG, "CREATE TABLE public.t (a int)", "t", "a", "type=integer"},
    {"set default", PG, "CREATE TABLE t (a timestamptz)" NEXT "ALTER TABLE t ALTER a SET DEFAULT now()", "t", "a",
     "now"},
    {"drop default", PG, "CREATE TABLE t (a timestamptz DEFAULT now())" NEXT "ALTER TABLE t ALTER a DROP DEFAULT", "t",
     "a", "type=timestamptz"},
    {"default in utc", PG, "CREATE TABLE t (a timestamp DEFAULT (now() AT TIME ZONE 'utc'))", "t", "a", "now"},
    {"default tomorrow is not now", PG, "CREATE TABLE t (a timestamp DEFAULT now() + interval '1 day')", "t", "a",
     "default=(expression)"},
    {"type change", PG, "CREATE TABLE t (a int)" NEXT "ALTER TABLE t ALTER a TYPE timestamptz USING now()", "t", "a",
     "type=timestamptz"},
    {"generated", PG, "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED)", "t", "b", "generated"},
    {"identity", PG, "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)", "t", "a", "auto not_null"},
    {"partition has the columns", PG,
     "CREATE TABLE t (a int, b timestamptz DEFAULT now()) PARTITION BY RANGE (a)" NEXT
     "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (2)",
     "t1", "b", "now"},
    {"inherited column", PG,
     "CREATE TABLE t (a int)" NEXT "CREATE TABLE c (b int) INHERITS (t)" NEXT "ALTER TABLE t ADD z int", "c", "z",
     "type=integer"},
    {"like without defaults", PG, "CREATE TABLE t (a timestamptz DEFAULT now())" NEXT "CREATE TABLE u (LIKE t)", "u",
     "a", "type=timestamptz"},
    {"like with all", PG,
     "CREATE TABLE t (id int PRIMARY KEY, a timestamptz DEFAULT now())" NEXT "CREATE TABLE u (LIKE t INCLUDING ALL)",
     "u", "id", "key"},
    {"create table as", PG, "CREATE TABLE t (a timestamptz)" NEXT "CREATE TABLE u AS SELECT a AS b FROM t", "u", "b",
     "type=timestamptz"},
    {"view", PG, "CREATE TABLE t (a timestamptz, c int)" NEXT "CREATE VIEW v AS SELECT *, 1 AS one FROM t", "v", "a",
     "type=timestamptz"},
    {"set schema", PG, "CREATE TABLE t (a int)" NEXT "ALTER TABLE t SET SCHEMA x", "t", "a", "type=integer"},
    {"inferred by alter", PG, "ALTER TABLE t ADD COLUMN a timestamptz", "t", "a", "type=timestamptz"},
    {"foreign table", PG, "CREATE FOREIGN TABLE t (a int) SERVER s", "t", "a", "type=integer"},
    {"enum type", PG, "CREATE TYPE e AS ENUM ('a')" NEXT "CREATE TABLE t (a e)", "t", "a", "type=e class=enum"},
    {"domain over time", PG, "CREATE DOMAIN d AS timestamptz" NEXT "CREATE TABLE t (a d)", "t", "a", "class=time"},
    {"on update", MY, "CREATE TABLE t (a datetime OPTIONS (on_update 'CURRENT_TIMESTAMP'))", "t", "a", "touch"},
    {"modify loses on update", MY,
     "CREATE TABLE t (a datetime OPTIONS (on_update 'CURRENT_TIMESTAMP'))" NEXT
     "ALTER TABLE t ADD COLUMN a datetime OPTIONS (mysql_verb 'modify')",
     "t", "a", "lost"},
    {"modify puts it back", MY,
     "CREATE TABLE t (a datetime OPTIONS (on_update 'CURRENT_TIMESTAMP'))" NEXT
     "ALTER TABLE t ADD COLUMN a datetime OPTIONS (mysql_verb 'modify')" NEXT
     "ALTER TABLE t ADD COLUMN a datetime OPTIONS (on_update 'CURRENT_TIMESTAMP', mysql_verb 'modify')",
     "t", "a", "touch"},
    {"names fold", MY, "CREATE TABLE \"T\" (\"A\" int)", "t", "a", "type=int"},
    {"postgres keeps case", PG, "CREATE TABLE \"T\" (a int)", "t", "a", "absent"},
    {"mysql like copies on update", MY,
     "CREATE TABLE t (a datetime OPTIONS (on_update 'CURRENT_TIMESTAMP'))" NEXT "CREATE TABLE u (LIKE t)", "u", "a",
     "touch"},
    {"tinyint(1) is a boolean", MY, "CREATE TABLE t (a tinyint(1))", "t", "a", "class=bool"},
};

static const char *class_name(enum sl_type_class type_class)
{
    static const char *const names[] = {"unknown", "time", "bool", "enum", "text", "integer", "number", "other"};
    return names[type_class];
}

static bool has_change(const struct catalog_run *run, const char *change, uint32_t column_id)
{
    for (size_t i = 0; i < sl_catalog_change_count(run->catalog); i++) {
        const struct sl_fact_ddl_change *row = sl_catalog_change_at(run->catalog, i);
        if (row->column_id == column_id && strcmp(row->change, change) == 0)
            return true;
    }
    return false;
}

static bool has_word(const struct catalog_run *run, const struct sl_column *column, sl_str word)
{
    const struct {
        const char *word;
        bool holds;
    } words[] = {
        {"absent", !column},
        {"key", column && column->in_primary_key},
        {"unique", column && column->in_unique_key},
        {"foreign", column && column->in_foreign_key},
        {"not_null", column && column->is_not_null},
        {"now", column && column->default_is_now},
        {"touch", column && column->on_update_now},
        {"implicit", column && column->on_update_implicit},
        {"lost", column && !column->on_update_now && has_change(run, "lose_on_update", column->column_id)},
        {"generated", column && column->is_generated},
        {"auto", column && column->is_auto_increment},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_eq(word, sl_str_from(words[i].word)))
            return words[i].holds;
    }
    if (column && sl_str_has_prefix(word, SL_STR("type=")))
        return sl_str_eq(column->type, sl_str_slice(word, 5, word.len));
    if (column && sl_str_has_prefix(word, SL_STR("default=")))
        return sl_str_eq(column->default_text, sl_str_slice(word, 8, word.len));
    if (column && sl_str_has_prefix(word, SL_STR("class=")))
        return sl_str_eq(sl_str_from(class_name(column->type_class)), sl_str_slice(word, 6, word.len));
    return false;
}

static void column_is_as_expected(void **state)
{
    const struct catalog_case *c = *state;
    struct catalog_run run;
    catalog_run_init(&run);
    catalog_run_sql(&run, c->dialect, c->sql);
    const struct sl_column *column = catalog_run_column(&run, c->dialect, c->table, c->column);
    sl_str rest = sl_str_from(c->want);
    while (rest.len > 0) {
        size_t end = sl_str_find_byte(rest, ' ');
        sl_str word = sl_str_slice(rest, 0, end);
        rest = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(rest, end + 1, rest.len);
        if (!has_word(&run, column, word))
            fail_msg("%s: %s.%s is not %.*s (type %.*s)", c->name, c->table, c->column, SL_STR_ARG(word),
                     column ? (int)column->type.len : 0, column ? column->type.ptr : "");
    }
    if (column && !strstr(c->want, "now"))
        assert_false(column->default_is_now && !strstr(c->want, "touch"));
    sl_arena_release(&run.arena);
}

static void many_tables_are_found_by_hash(void **state)
{
    (void)state;
    struct catalog_run run;
    catalog_run_init(&run);
    for (int i = 0; i < 3000; i++) {
        char name[32];
        snprintf(name, sizeof name, "table_%d", i);
        sl_catalog_infer_table(run.catalog, PG, SL_STR_EMPTY, sl_str_from(name));
    }
    assert_int_equal(sl_catalog_table_count(run.catalog), 3000);
    const struct sl_table *table = sl_catalog_find_table(run.catalog, PG, SL_STR_EMPTY, SL_STR("table_2999"));
    assert_int_equal(table->table_id, 3000);
    assert_null(sl_catalog_find_table(run.catalog, PG, SL_STR_EMPTY, SL_STR("table_3000")));
    sl_arena_release(&run.arena);
}

static void long_names_are_cut_as_the_parser_cuts_them(void **state)
{
    (void)state;
    struct catalog_run run;
    catalog_run_init(&run);
    sl_str name = SL_STR("a_table_name_of_more_than_sixty_three_bytes_which_postgres_would_cut_off_here");
    const struct sl_table *table = sl_catalog_infer_table(run.catalog, PG, SL_STR_EMPTY, name);
    assert_ptr_equal(sl_catalog_find_table(run.catalog, PG, SL_STR_EMPTY, sl_str_slice(name, 0, 63)), table);
    assert_null(sl_catalog_find_table(run.catalog, PG, SL_STR_EMPTY, sl_str_slice(name, 0, 62)));
    sl_arena_release(&run.arena);
}

int main(void)
{
    enum { N_CASES = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[N_CASES + 2];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, column_is_as_expected, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    tests[N_CASES] = (struct CMUnitTest)cmocka_unit_test(many_tables_are_found_by_hash);
    tests[N_CASES + 1] = (struct CMUnitTest)cmocka_unit_test(long_names_are_cut_as_the_parser_cuts_them);
    return _cmocka_run_group_tests("catalog", tests, N_CASES + 2, NULL, NULL);
}
