/* resolve/shape: what functions, casts and operators of each dialect do to a column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "resolve_fixture.h"

struct shape_case {
    const char *name;
    enum sl_dialect dialect;
    const char *expression; /* over entries.t, entries.c (times), entries.s */
    const char *expected;   /* the use of t, without clause and place */
};

#define P SL_DIALECT_POSTGRES
#define M SL_DIALECT_MYSQL
#define L SL_DIALECT_SQLITE

static const struct shape_case cases[] = {
    {"bare", P, "t", "bare"},
    {"cast to date", P, "t::date", "bucket functions=date bucket=day"},
    {"cast to text", P, "t::text", "cast functions=text"},
    {"cast to short text", P, "t::varchar(10)", "bucket functions=varchar bucket=other"},
    {"date_trunc", P, "date_trunc('quarter', t)", "bucket functions=date_trunc bucket=quarter"},
    {"date_trunc with zone", P, "date_trunc('day', t, 'UTC')", "bucket functions=date_trunc bucket=day"},
    {"at time zone", P, "t AT TIME ZONE 'UTC'", "function functions=timezone"},
    {"zone, then date", P, "(t AT TIME ZONE 'UTC')::date", "bucket functions=date,timezone bucket=day"},
    {"extract", P, "extract(isodow FROM t)", "bucket functions=extract bucket=day"},
    {"epoch is no bucket", P, "extract(epoch FROM t)", "function functions=extract"},
    {"to_char month", P, "to_char(t, 'YYYY-MM')", "bucket functions=to_char bucket=month"},
    {"to_char with literal text", P, "to_char(t, 'IYYY-\"Week\"IW')", "bucket functions=to_char bucket=week"},
    {"to_char quarter", P, "to_char(t, 'YYYY\"Q\"Q')", "bucket functions=to_char bucket=quarter"},
    {"date_bin", P, "date_bin('15 minutes', t, '2020-01-01')", "bucket functions=date_bin bucket=other"},
    {"epoch slots", P, "floor(extract(epoch FROM t) / 300)", "bucket functions=floor,extract bucket=other"},
    {"outermost bucket counts", P, "date_trunc('month', t::date)", "bucket functions=date_trunc,date bucket=month"},
    {"coalesce", P, "coalesce(c, t)", "function functions=coalesce"},
    {"greatest", P, "greatest(t, c)", "function functions=greatest"},
    {"interval", P, "t + interval '9 hours'", "arithmetic"},
    {"difference", P, "t - c", "difference with=column other=entries.c"},
    {"age of two", P, "age(t, c)", "difference with=column other=entries.c"},
    {"age of one", P, "age(t)", "difference with=now"},
    {"now minus", P, "now() - t", "difference with=now"},
    {"difference in epochs", P, "extract(epoch FROM t) - extract(epoch FROM c)",
     "difference functions=extract with=column other=entries.c"},
    {"lower bound", P, "t >= now() - interval '1 day'", "comparison bound=lower with=now_offset"},
    {"upper bound seen from the right", P, "$1 > t", "comparison bound=upper with=parameter"},
    {"day equal", P, "t::date = current_date", "comparison functions=date bucket=day bound=equal with=now"},
    {"null test", P, "t IS NULL", "null_test"},
    {"another column", P, "t > c", "comparison bound=lower with=column other=entries.c"},
    {"another column, moved", P, "t < c + interval '1 day'",
     "comparison bound=upper with=column_offset other=entries.c"},
    {"difference, compared", P, "t - c > interval '1 day'", "difference bound=lower with=column other=entries.c"},
    {"not in", P, "t NOT IN ($1, $2)", "comparison bound=not_equal with=parameter"},
    {"is distinct from", P, "t IS DISTINCT FROM c", "comparison bound=not_equal with=column other=entries.c"},
    {"pattern", P, "t::text LIKE '2024-05%'", "pattern functions=text bound=equal with=literal"},
    {"case value", P, "CASE WHEN s = 'x' THEN t END", "function functions=case"},
    {"max", P, "max(t)", "bare aggregate=max"},
    {"function around an aggregate", P, "date_trunc('day', max(t))", "bare aggregate=max"},
    {"filtered", P, "max(t) FILTER (WHERE s = 'x')", "bare aggregate=max filtered"},
    {"chosen", P, "max(CASE WHEN s = 'x' THEN t END)", "function functions=case aggregate=max filtered"},
    {"truth, added up", P, "sum((t > now())::int)", "comparison bound=lower with=now aggregate=sum boolean_sum"},
    {"lag", P, "lag(t) OVER (ORDER BY c)", "bare window=lag"},
    {"DATE()", M, "DATE(t)", "bucket functions=date bucket=day"},
    {"DATE_FORMAT month", M, "DATE_FORMAT(t, '%Y-%m')", "bucket functions=date_format bucket=month"},
    {"DATE_FORMAT %i is the minute", M, "DATE_FORMAT(t, '%H:%i')", "bucket functions=date_format bucket=minute"},
    {"DATE_FORMAT %M is a month", M, "DATE_FORMAT(t, '%M')", "bucket functions=date_format bucket=month"},
    {"YEARWEEK", M, "YEARWEEK(t, 1)", "bucket functions=yearweek bucket=week"},
    {"FROM_UNIXTIME of a number", M, "FROM_UNIXTIME(t)", "function functions=from_unixtime"},
    {"FROM_UNIXTIME with format", M, "FROM_UNIXTIME(t, '%Y-%m-%d')", "bucket functions=from_unixtime bucket=day"},
    {"EXTRACT compound", M, "EXTRACT(YEAR_MONTH FROM t)", "bucket functions=extract bucket=month"},
    {"LEFT", M, "LEFT(t, 7)", "bucket functions=left bucket=month"},
    {"CAST AS DATE", M, "CAST(t AS DATE)", "bucket functions=date bucket=day"},
    {"CONVERT_TZ", M, "DATE(CONVERT_TZ(t, '+00:00', '+08:00'))", "bucket functions=date,convert_tz bucket=day"},
    {"DIV", M, "UNIX_TIMESTAMP(t) DIV 3600", "bucket functions=unix_timestamp bucket=other"},
    {"TIMESTAMPDIFF", M, "TIMESTAMPDIFF(HOUR, c, t)", "difference with=column other=entries.c"},
    {"DATEDIFF", M, "DATEDIFF(t, c)", "difference with=column other=entries.c"},
    {"PERIOD_DIFF", M, "PERIOD_DIFF(EXTRACT(YEAR_MONTH FROM t), EXTRACT(YEAR_MONTH FROM c))",
     "difference functions=extract bucket=month with=column other=entries.c"},
    {"INTERVAL before now", M, "t > NOW() - INTERVAL 7 DAY", "comparison bound=lower with=now_offset"},
    {"DATE_SUB", M, "t > DATE_SUB(NOW(), INTERVAL 7 DAY)", "comparison bound=lower with=now_offset"},
    {"IF under COUNT", M, "COUNT(IF(t > NOW(), 1, NULL))",
     "comparison bound=lower with=now aggregate=count boolean_sum"},
    {"strftime", L, "strftime('%Y-%W', t)", "bucket functions=strftime bucket=week"},
    {"strftime epoch", L, "strftime('%s', t)", "function functions=strftime"},
    {"strftime %M is the minute", L, "strftime('%M', t)", "bucket functions=strftime bucket=minute"},
    {"date with modifier", L, "date(t, 'start of month')", "bucket functions=date bucket=month"},
    {"datetime is no bucket", L, "datetime(t, 'localtime')", "function functions=datetime"},
    {"julianday pair", L, "julianday(t) - julianday(c)", "difference functions=julianday with=column other=entries.c"},
    {"date of now", L, "t >= date('now', '-7 days')", "comparison bound=lower with=now_offset"},
    {"substr", L, "substr(t, 1, 10)", "bucket functions=substr bucket=day"},
    {"Django", L, "django_datetime_trunc('month', t, 'UTC', 'UTC')",
     "bucket functions=django_datetime_trunc bucket=month"},
    {"scalar max", L, "max(t, c)", "function functions=max"},
};

static void check_case(void **state)
{
    const struct shape_case *row = *state;
    struct resolve_fixture fixture;
    resolve_fixture_init(&fixture, row->dialect);
    resolve_fixture_run(&fixture, SL_STR("CREATE TABLE entries (id INTEGER PRIMARY KEY, s TEXT, t TEXT, c TEXT);"),
                        NULL);
    struct sl_buf dump = {0};
    sl_str query = sl_arena_printf(&fixture.arena, "SELECT %s FROM entries;", row->expression);
    resolve_fixture_run(&fixture, query, &dump);
    sl_str text = sl_buf_str(&dump);
    size_t at = sl_str_find(text, SL_STR("select entries.t "));
    if (at == SIZE_MAX) {
        print_error("%.*s", SL_STR_ARG(text));
        fail();
    }
    at += strlen("select entries.t ");
    sl_str rest = sl_str_slice(text, at, text.len - at), line = SL_STR_EMPTY;
    sl_str_next_line(&rest, &line);
    size_t end = sl_str_find(line, SL_STR(" as="));
    if (end == SIZE_MAX)
        end = sl_str_find(line, SL_STR(" @"));
    assert_string_equal(sl_arena_copy(&fixture.arena, sl_str_slice(line, 0, end)).ptr, row->expected);
    sl_buf_release(&dump);
    resolve_fixture_release(&fixture);
}

int main(void)
{
    struct CMUnitTest tests[sizeof cases / sizeof cases[0]];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tests[i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = check_case, .initial_state = (void *)(uintptr_t)&cases[i]};
    return cmocka_run_group_tests_name("resolve/shape", tests, NULL, NULL);
}
