/* Discovery's parts that need no tree of files: globs, paths, votes, configuration lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "source/dialect_evidence.h"
#include "source/discover.h"
#include "source/file.h"
#include "source/glob.h"

static const struct glob_case {
    const char *pattern, *path;
    bool matches;
} glob_cases[] = {
    {"app/**/*.rb", "app/models/entry.rb", true},
    {"app/**/*.rb", "app/entry.rb", true},
    {"app/**/entry.rb", "app/models/my_entry.rb", false},
    {"app/**/q/**/x?.sql", "app/a/q/b/c/x1.sql", true},
    {"app/*.rb", "app/models/entry.rb", false},
    {"app/*/x*y.rb", "app/models/x_1_y.rb", true},
    {"db/migrate", "db/migrate/1_a.rb", true},
    {"db/migrate", "db/migrate_save/1_a.rb", false},
    {"./db/", "db/a.sql", true},
    {".", "a/b.sql", true},
    {"**/*.sql", "x.sql", true},
    {"*.sql", "a/x.sql", false},
    {"a?c", "a/c", false},
};

static void glob_matches(void **state)
{
    const struct glob_case *row = *state;
    assert_int_equal(sl_glob_matches(sl_str_from(row->pattern), sl_str_from(row->path)), row->matches);
}

static const struct path_case {
    const char *cwd, *path, *expected;
} path_cases[] = {
    {"/w", "./a//b/../c.sql", "a/c.sql"},
    {"/w", "/w/a.sql", "a.sql"},
    {"/w", "/wx/a.sql", "/wx/a.sql"},
    {"/w", ".", ""},
    {"/w", "/w", ""},
    {"/w", "../x", "../x"},
    {"/w", "../../x/..", "../.."},
    {"/w", "/", "/"},
    {"/w", "/../a", "/../a"},
};

static void path_is_normalised(void **state)
{
    const struct path_case *row = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    sl_str got = sl_path_normalise(&arena, sl_str_from(row->cwd), sl_str_from(row->path));
    assert_string_equal(got.ptr, row->expected);
    sl_arena_release(&arena);
}

static const struct vote_case {
    const char *sql;
    enum sl_dialect dialect;
} vote_cases[] = {
    {"CREATE TABLE `a` (b int)", SL_DIALECT_MYSQL},
    {"CREATE TABLE a (b int) ENGINE=InnoDB", SL_DIALECT_MYSQL},
    {"CREATE TABLE a (b TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)", SL_DIALECT_MYSQL},
    {"SELECT a::date FROM b", SL_DIALECT_POSTGRES},
    {"CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN END $$ LANGUAGE plpgsql", SL_DIALECT_POSTGRES},
    {"CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)", SL_DIALECT_SQLITE},
    {"SELECT strftime('%Y', a) FROM b", SL_DIALECT_SQLITE},
    {"SELECT a FROM b -- `backticks` in a comment", SL_DIALECT_UNKNOWN},
    {"SELECT 'ENGINE=InnoDB' FROM b", SL_DIALECT_UNKNOWN},
    {"CREATE TABLE a (b datetime)", SL_DIALECT_UNKNOWN}, /* two dialects have it */
    {"SELECT 'unclosed", SL_DIALECT_UNKNOWN},
    {"", SL_DIALECT_UNKNOWN},
};

static void words_vote(void **state)
{
    const struct vote_case *row = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_dialect_votes votes = {0};
    sl_dialect_vote(sl_str_from(row->sql), &votes);
    struct sl_dialect_evidence found = sl_dialect_from_votes(&votes, &arena);
    assert_int_equal(found.mode.dialect, row->dialect);
    assert_int_equal(found.reason.len > 0, row->dialect != SL_DIALECT_UNKNOWN);
    sl_arena_release(&arena);
}

static const struct config_case {
    const char *path, *text;
    enum sl_dialect dialect;
} config_cases[] = {
    {"config/database.yml", "default:\n  adapter: mysql2\n", SL_DIALECT_MYSQL},
    {"config/database.yml", "default:\n  adapter: <%= ENV.fetch('A', 'trilogy') %>\n", SL_DIALECT_MYSQL},
    {"config/database.yml", "production:\n  url: postgres://x/y\n", SL_DIALECT_POSTGRES},
    {"config/database.yml", "production:\n  username: mysql\n", SL_DIALECT_UNKNOWN},
    {"Gemfile", "source 'x'\n  gem \"sqlite3\", '~> 1'\n", SL_DIALECT_SQLITE},
    {"Gemfile", "gem 'pghero'\n", SL_DIALECT_UNKNOWN},
    {"a/migration_lock.toml", "provider = \"postgresql\"\n", SL_DIALECT_POSTGRES},
    {"drizzle.config.ts", "export default { dialect: 'sqlite' }\n", SL_DIALECT_SQLITE},
    {"flyway.conf", "flyway.url=jdbc:mariadb://h/d\n", SL_DIALECT_MYSQL},
};

static void configuration_names_dialect(void **state)
{
    const struct config_case *row = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_dialect_evidence found = sl_dialect_from_config(sl_str_from(row->path), sl_str_from(row->text), &arena);
    assert_int_equal(found.mode.dialect, row->dialect);
    sl_arena_release(&arena);
}

static void headers_say_server_and_flavour(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_dialect_evidence found =
        sl_dialect_from_header(SL_STR("-- MySQL dump 10.13\n--\n-- Server version\t8.0.36\n"), &arena);
    assert_int_equal(found.mode.dialect, SL_DIALECT_MYSQL);
    assert_int_equal(found.mode.server_version, 80036);
    assert_false(found.mode.mariadb);
    found = sl_dialect_from_header(SL_STR("-- MariaDB dump\n-- Server version\t10.11.6-MariaDB-0+deb12u1\n"), &arena);
    assert_true(found.mode.mariadb);
    assert_int_equal(found.mode.server_version, 101106);
    found = sl_dialect_from_header(SL_STR("SELECT 1;\n"), &arena);
    assert_int_equal(found.mode.dialect, SL_DIALECT_UNKNOWN);
    sl_arena_release(&arena);
}

static void missing_paths_are_problems_and_the_rest_is_read(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    const sl_str paths[] = {SL_STR_INIT("no/such.sql"),
                            SL_STR_INIT("fixtures/source/layout/numbered/input/sql/report.sql"),
                            SL_STR_INIT("no/**/such.sql")};
    struct sl_discover_options options = {.dialect = SL_DIALECT_MYSQL, .paths = {paths, 3}, .context = SL_CONTEXT_NONE};
    struct sl_discovered found;
    sl_discover(&options, &arena, &found);
    assert_int_equal(found.problems.len, 2);
    assert_string_equal(found.problems.items[0].message.ptr, "There is no file or folder no/such.sql.");
    assert_int_equal(found.sources.len, 1);
    assert_int_equal(found.sources.items[0].mode.dialect, SL_DIALECT_MYSQL);
    assert_true(found.sources.items[0].is_reported);
    sl_arena_release(&arena);
}

static void schema_option_is_first_and_silent_unless_named(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    const sl_str schema[] = {SL_STR_INIT("fixtures/source/layout/numbered/input/sql/report.sql")};
    const sl_str paths[] = {SL_STR_INIT("fixtures/source/layout/numbered/input/sql/migrations")};
    struct sl_discover_options options = {
        .dialect = SL_DIALECT_UNKNOWN, .schema = {schema, 1}, .paths = {paths, 1}, .context = SL_CONTEXT_NONE};
    struct sl_discovered found;
    sl_discover(&options, &arena, &found);
    assert_int_equal(found.problems.len, 0);
    assert_int_equal(found.sources.len, 4);
    assert_int_equal(found.sources.items[0].kind, SL_SOURCE_SCHEMA);
    assert_false(found.sources.items[0].is_reported);
    options.paths = (struct sl_path_list){schema, 1};
    sl_discover(&options, &arena, &found);
    assert_int_equal(found.sources.len, 1);
    assert_true(found.sources.items[0].is_reported);
    assert_int_equal(found.sources.items[0].kind, SL_SOURCE_SCHEMA);
    sl_arena_release(&arena);
}

#define N(rows) (sizeof(rows) / sizeof(rows)[0])

int main(void)
{
    struct CMUnitTest tests[64] = {{0}};
    size_t n = 0;
    for (size_t i = 0; i < N(glob_cases); i++)
        tests[n++] = (struct CMUnitTest){glob_cases[i].pattern, glob_matches, NULL, NULL, (void *)&glob_cases[i]};
    for (size_t i = 0; i < N(path_cases); i++)
        tests[n++] = (struct CMUnitTest){path_cases[i].path, path_is_normalised, NULL, NULL, (void *)&path_cases[i]};
    for (size_t i = 0; i < N(vote_cases); i++)
        tests[n++] = (struct CMUnitTest){vote_cases[i].sql, words_vote, NULL, NULL, (void *)&vote_cases[i]};
    for (size_t i = 0; i < N(config_cases); i++)
        tests[n++] = (struct CMUnitTest){config_cases[i].text, configuration_names_dialect, NULL, NULL,
                                         (void *)&config_cases[i]};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(headers_say_server_and_flavour);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(missing_paths_are_problems_and_the_rest_is_read);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(schema_option_is_first_and_silent_unless_named);
    return _cmocka_run_group_tests("source discovery", tests, n, NULL, NULL);
}
