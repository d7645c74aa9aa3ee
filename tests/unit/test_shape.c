/* shape: texts that have one shape, and texts that have not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "source/shape.h"

#define MY SL_DIALECT_MYSQL
#define PG SL_DIALECT_POSTGRES
#define LITE SL_DIALECT_SQLITE

struct shape_case {
    const char *name;
    enum sl_dialect dialect;
    const char *text;
    const char *normalised; /* slots folded */
    const char *slots;      /* their literals, in order, with a space between */
};

static const struct shape_case cases[] = {
    {"case and white space", PG, "SELECT  *\n\tFROM\tEntries ;", "select * from entries", ""},
    {"numbers", PG, "SELECT 1, -2, 1.5e-3, .5, 0x1F FROM t", "select ?, ?, ?, ?, ? from t", ""},
    {"sign of a number", PG, "SELECT a - 1, (-1), a = -1 FROM t", "select a - ?, (?), a = ? from t", ""},
    {"ordinals stay", PG, "SELECT a, 7 FROM t GROUP BY 1, b, 2 HAVING c > 3 ORDER BY 2 DESC, 1 LIMIT 10",
     "select a, ? from t group by 1, b, 2 having c > ? order by 2 desc, 1 limit ?", ""},
    {"ordinals of the outer query", MY,
     "SELECT f(1, 2) FROM (SELECT x FROM y ORDER BY 1, 2) z WHERE a IN (SELECT g(1, 2)) LIMIT 1, 2",
     "select f(?, ?) from (select x from y order by 1, 2) z where a in (select g(?, ?)) limit ?, ?", ""},
    {"arguments in an ordering are no ordinals", MY, "SELECT a FROM t ORDER BY FIELD(a, 3, 1), 2",
     "select a from t order by field(a, ?, ?), 2", ""},
    {"limit behind an ordering", MY, "SELECT a FROM t ORDER BY a LIMIT 5, 10", "select a from t order by a limit ?, ?",
     ""},
    {"sizes of columns that are made", MY,
     "CREATE TABLE t (a VARCHAR(20) DEFAULT 'x', b DECIMAL(10,2), c INT DEFAULT 7)",
     "create table t(a varchar(20) default ?, b decimal(10, 2), c int default ?)", ""},
    {"system variables", MY, "SET @@session.sql_mode = 'x', @a := 1, @b = @@c",
     "set @@session.sql_mode = ?, @a := ?, @b = @@c", "'x'"},
    {"column named with digits", PG, "SELECT t1.c2 FROM t1", "select t1.c2 from t1", ""},
    {"strings of postgres", PG, "SELECT 'it''s', 'a\\', E'a\\'b', $$x;y$$, $q$ $$ $q$", "select ?, ?, ?, ?, ?", ""},
    {"strings of mysql", MY, "SELECT 'it\\'s', \"a;b\", N'x', _utf8mb4'y', X'00'", "select ?, ?, ?, ?, ?", ""},
    {"identifiers of postgres", PG, "SELECT \"Order\".\"id\" FROM \"Order\"", "select \"Order\".\"id\" from \"Order\"",
     ""},
    {"identifiers of mysql", MY, "SELECT `a``b`.`c` FROM `a``b`", "select `a``b`.`c` from `a``b`", ""},
    {"identifiers of sqlite", LITE, "SELECT [a b] FROM \"t\" WHERE `c` IS NULL",
     "select [a b] from \"t\" where `c` is null", ""},
    {"list of numbers", PG, "DELETE FROM t WHERE id IN (1, 2,3 , -4)", "delete from t where id in (?)", ""},
    {"list of one", PG, "DELETE FROM t WHERE id IN (1)", "delete from t where id in (?)", ""},
    {"list of strings with brackets", MY, "SELECT * FROM t WHERE name IN ('a)', \"b')\", 'c\\')')",
     "select * from t where name in (?)", ""},
    {"list of rows", PG, "SELECT * FROM t WHERE (a, b) IN ((1, 'x'), (2, 'y'))", "select * from t where (a, b) in (?)",
     ""},
    {"list with a column is no list", PG, "SELECT * FROM t WHERE a IN (1, b, 2)",
     "select * from t where a in (?, b, ?)", ""},
    {"subquery is no list", PG, "SELECT * FROM t WHERE a IN (SELECT 1)", "select * from t where a in (select ?)", ""},
    {"array of literals", PG, "SELECT * FROM t WHERE a = ANY(ARRAY[1,2,3])", "select * from t where a = any(array[?])",
     ""},
    {"rows of values", MY, "INSERT INTO t (a,b) VALUES (1,'x'),(2,'y'), (3,NULL)", "insert into t(a, b) values (?)",
     ""},
    {"rows with functions", MY,
     "INSERT INTO t VALUES (1, NOW(), NULL), (2, NOW(), DEFAULT) ON DUPLICATE KEY UPDATE a = VALUES(a)",
     "insert into t values (?, now(), ?) on duplicate key update a = values (a)", ""},
    {"comments", PG, "/* a */ SELECT 1 -- b\n , 2 /* c /* nested */ */", "select ?, ?", ""},
    {"comments of mysql", MY, "SELECT 1 # b\n , a--1, 2 -- c\n", "select ?, a - ?, ?", ""},
    {"executable comment", MY, "SELECT /*!40001 SQL_NO_CACHE */ * FROM t", "select sql_no_cache * from t", ""},
    {"placeholders", PG, "SELECT ? , $1, :name, %s, %(name)s FROM t WHERE a::int = b",
     "select ?, ?, ?, ?, ? from t where a::int = b", ""},
    {"state", PG, "SELECT 1 FROM t WHERE status = 'winner' AND kind <> 3",
     "select ? from t where status = ? and kind <> ?", "'winner' 3"},
    {"state in a qualified column", MY, "SELECT 1 FROM t WHERE `t`.`status` = \"winner\"",
     "select ? from t where `t`.`status` = ?", "'winner'"},
    {"state of any language", MY, "SELECT 1 FROM t WHERE status = '\xE5\xBD\x93\xE9\x81\xB8'",
     "select ? from t where status = ?", "'\xE5\xBD\x93\xE9\x81\xB8'"},
    {"states in a list", PG, "SELECT 1 FROM t WHERE status IN ('a','b')", "select ? from t where status in (?)",
     "'a', 'b'"},
    {"function in a list is no column", PG, "SELECT 1 FROM t WHERE lower(status) IN ('a', 'b')",
     "select ? from t where lower(status) in (?)", ""},
    {"state that is set", PG, "UPDATE t SET status = 'won', updated_at = '2019-01-01'",
     "update t set status = ?, updated_at = ?", "'won'"},
    {"key is no state", PG, "SELECT 1 FROM t WHERE id = 5 AND user_id = 7 AND uuid = 'abc'",
     "select ? from t where id = ? and user_id = ? and uuid = ?", ""},
    {"time is no state", PG, "SELECT 1 FROM t WHERE created_at = 'yesterday' AND day > 'monday'",
     "select ? from t where created_at = ? and day > ?", ""},
    {"person is no state", PG, "SELECT 1 FROM t WHERE email = 'bob' AND first_name = 'bob'",
     "select ? from t where email = ? and first_name = ?", ""},
    {"sentence is no state", PG, "SELECT 1 FROM t WHERE note = 'to be'", "select ? from t where note = ?", ""},
    {"bucket", PG, "SELECT date_trunc('day', a AT TIME ZONE 'Asia/Tokyo') FROM t",
     "select date_trunc('day', a at time zone 'Asia/Tokyo') from t", ""},
    {"bucket of mysql", MY, "SELECT DATE_FORMAT(a, '%Y-%m') FROM t", "select date_format(a, '%Y-%m') from t", ""},
    {"digest text", MY, "SELECT COUNT ( * ) FROM `t` WHERE `a` IN (...) AND `b` = ?",
     "select count(*) from `t` where `a` in (?) and `b` = ?", ""},
    {"unclosed string", PG, "SELECT 'abc", "select ?", ""},
    {"unclosed comment", PG, "SELECT 1 /* abc", "select ?", ""},
    {"nothing", PG, " /* only a comment */ ", "", ""},
    {"json operators", PG, "SELECT a->>'b', c#>d, e@>f FROM t", "select a ->> ?, c #> d, e @> f from t", ""},
};

static void has_shape(void **state)
{
    const struct shape_case *c = *state;
    struct sl_shape_scan scan = {0};
    sl_shape_scan(&scan, sl_str_from(c->text), c->dialect, false);
    assert_string_equal(sl_buf_str(&scan.normalised).ptr, c->normalised);
    struct sl_buf slots = {0};
    for (unsigned i = 0; i < scan.n_slots; i++) {
        assert_int_equal(scan.normalised.bytes[scan.slots[i].off], '?');
        if (i)
            sl_buf_add_byte(&slots, ' ');
        sl_buf_add(&slots, (sl_str){scan.slots[i].literal, scan.slots[i].len});
    }
    assert_string_equal(sl_buf_str(&slots).ptr, c->slots);
    sl_buf_release(&slots);
    sl_shape_scan_release(&scan);
}

/* Normalised bytes are their own shape: digests are read again from them. */
static void is_its_own_shape(void **state)
{
    const struct shape_case *c = *state;
    struct sl_shape_scan scan = {0}, again = {0};
    sl_shape_scan(&scan, sl_str_from(c->text), c->dialect, false);
    sl_shape_scan(&again, sl_buf_str(&scan.normalised), c->dialect, false);
    assert_string_equal(sl_buf_str(&again.normalised).ptr, sl_buf_str(&scan.normalised).ptr);
    assert_true(scan.hash_lo == again.hash_lo && scan.hash_hi == again.hash_hi);
    sl_shape_scan_release(&scan);
    sl_shape_scan_release(&again);
}

struct split_case {
    const char *name;
    enum sl_dialect dialect;
    const char *text;
    const char *pieces; /* normalised, with " | " between */
};

static const struct split_case splits[] = {
    {"packet", MY, "SELECT 1; UPDATE t SET a = 2;  ", "select ? | update t set a = ?"},
    {"semicolons in quotes", MY, "SELECT ';', \";\", `a;b` /* ; */; SELECT 2", "select ?, ?, `a;b` | select ?"},
    {"comment behind", MY, "SELECT 1;\n# Time: x", "select ? | "},
    {"routine", MY, "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
     "create procedure p() begin select ?; select ?; end"},
    {"dollar quotes", PG, "DO $$ BEGIN; END $$; SELECT 1", "do ? | select ?"},
    {"empty statements", PG, ";; SELECT 1;;", " | select ?"},
};

static void splits_as_expected(void **state)
{
    const struct split_case *c = *state;
    struct sl_shape_scan scan = {0};
    struct sl_buf got = {0};
    sl_str rest = sl_str_from(c->text);
    bool is_first = true;
    while (is_first || rest.len) {
        sl_shape_scan(&scan, rest, c->dialect, true);
        if (!is_first)
            sl_buf_add(&got, SL_STR(" | "));
        sl_buf_add(&got, sl_buf_str(&scan.normalised));
        assert_true(scan.consumed > 0);
        rest = sl_str_slice(rest, scan.consumed, rest.len);
        is_first = false;
    }
    assert_string_equal(sl_buf_str(&got).ptr, c->pieces);
    sl_buf_release(&got);
    sl_shape_scan_release(&scan);
}

static void shortens_lists_and_rows(void **state)
{
    (void)state;
    struct sl_buf out = {0};
    sl_shape_shorten(SL_STR("SELECT * FROM t WHERE id IN (1, 2, 3, 4, 5) AND f(a, b, c, d)"), PG, &out);
    assert_string_equal(sl_buf_str(&out).ptr, "SELECT * FROM t WHERE id IN (1, 2, 3) AND f(a, b, c, d)");
    sl_buf_reset(&out);
    sl_shape_shorten(SL_STR("INSERT INTO t VALUES (1,')'),(2,NOW()),(3,'x'),(4,'y'),(5,'z') RETURNING id"), PG, &out);
    assert_string_equal(sl_buf_str(&out).ptr, "INSERT INTO t VALUES (1,')'), (2,NOW()), (3,'x') RETURNING id");
    sl_buf_release(&out);
}

#define N(array) (sizeof(array) / sizeof(array)[0])

int main(void)
{
    static struct CMUnitTest tests[2 * N(cases) + N(splits) + 1];
    size_t n = 0;
    for (size_t i = 0; i < N(cases); i++) {
        tests[n++] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = has_shape, .initial_state = (void *)(uintptr_t)&cases[i]};
        tests[n++] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = is_its_own_shape, .initial_state = (void *)(uintptr_t)&cases[i]};
    }
    for (size_t i = 0; i < N(splits); i++)
        tests[n++] = (struct CMUnitTest){
            .name = splits[i].name, .test_func = splits_as_expected, .initial_state = (void *)(uintptr_t)&splits[i]};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(shortens_lists_and_rows);
    return _cmocka_run_group_tests("shape", tests, n, NULL, NULL);
}
