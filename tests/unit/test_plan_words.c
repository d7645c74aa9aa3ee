/* plan: conditions, names, versions, quoting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan/quote.h"
#include "plan/target.h"
#include "plan/version.h"
#include "plan/when.h"

static struct sl_arena run;

static void assert_text(sl_str got, const char *want)
{
    if (!sl_str_eq(got, sl_str_from(want)))
        fail_msg("got  %.*s\nwant %s", SL_STR_ARG(got), want);
}

static const struct when_case {
    const char *name, *text;
    enum sl_dialect dialect;
    int kind; /* -1: refused */
    const char *column, *of_value, *prefixed;
} when_cases[] = {
    {"equals", "status = 'paid'", SL_DIALECT_POSTGRES, SL_WHEN_VALUES, "status", "$1 = 'paid'", "NEW.status = 'paid'"},
    {"list", "status IN ('won', 'lost')", SL_DIALECT_MYSQL, SL_WHEN_VALUES, "status", "$1 IN ('won', 'lost')",
     "NEW.status IN ('won', 'lost')"},
    {"numbers", "state in (2,3)", SL_DIALECT_SQLITE, SL_WHEN_VALUES, "state", "$1 IN (2, 3)", "NEW.state in (2,3)"},
    {"quoted name", "\"Status\" = 'paid'", SL_DIALECT_POSTGRES, SL_WHEN_VALUES, "Status", "$1 = 'paid'",
     "NEW.\"Status\" = 'paid'"},
    {"mysql double quotes are text", "status = \"it's\"", SL_DIALECT_MYSQL, SL_WHEN_VALUES, "status", "$1 = 'it''s'",
     "NEW.status = \"it's\""},
    {"boolean", "approved", SL_DIALECT_POSTGRES, SL_WHEN_TRUE, "approved", "$1", "NEW.approved"},
    {"is true", "approved IS TRUE", SL_DIALECT_POSTGRES, SL_WHEN_TRUE, "approved", "$1", "NEW.approved IS TRUE"},
    {"not null", "outcome IS NOT NULL", SL_DIALECT_SQLITE, SL_WHEN_NOT_NULL, "outcome", "$1 IS NOT NULL",
     "NEW.outcome IS NOT NULL"},
    {"anything else", "status = 'paid' AND lower(outcome) <> 'status'", SL_DIALECT_POSTGRES, SL_WHEN_TEXT, "", NULL,
     "NEW.status = 'paid' AND lower(NEW.outcome) <> 'status'"},
    {"a list with a name in it is no list of values", "status IN ('a', outcome)", SL_DIALECT_POSTGRES, SL_WHEN_TEXT, "",
     NULL, "NEW.status IN ('a', NEW.outcome)"},
    {"open quote", "status = 'paid", SL_DIALECT_POSTGRES, -1, NULL, NULL, NULL},
    {"two statements", "status = 'a'; DROP TABLE x", SL_DIALECT_POSTGRES, -1, NULL, NULL, NULL},
    {"open bracket", "status IN ('a'", SL_DIALECT_POSTGRES, -1, NULL, NULL, NULL},
    {"brackets the wrong way", "1) OR (1", SL_DIALECT_POSTGRES, -1, NULL, NULL, NULL},
    {"empty", "  ", SL_DIALECT_POSTGRES, -1, NULL, NULL, NULL},
};

static void when_is_read(void **state)
{
    const struct when_case *c = *state;
    static sl_str names[] = {SL_STR_INIT("status"), SL_STR_INIT("Status"), SL_STR_INIT("state"),
                             SL_STR_INIT("approved"), SL_STR_INIT("outcome")};
    const struct sl_names columns = {names, 5, 5};
    struct sl_when when;
    struct sl_error err = {0};
    enum sl_status status = sl_when_parse(sl_str_from(c->text), c->dialect, &run, &when, &err);
    assert_int_equal(status, c->kind < 0 ? SL_ERR_USAGE : SL_OK);
    if (c->kind < 0)
        return;
    assert_int_equal(when.kind, c->kind);
    assert_text(when.column, c->column);
    if (c->of_value)
        assert_text(sl_when_of_value(&when, SL_STR("$1"), &run), c->of_value);
    assert_text(sl_when_prefixed(&when, "NEW.", &columns, c->dialect, &run), c->prefixed);
}

static void event_names(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"approved", "approved_at"},
        {"PAID", "paid_at"},
        {"drawn", "drawn_at"},
        {"soft_deleted", "soft_deleted_at"},
        {"winner", ""},
        {"need", ""},
        {"red", ""},
        {"2", ""},
        {"in review", ""},
        {"on_hold", ""},
        {"sent", "sent_at"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_text(sl_plan_event_name(sl_str_from(rows[i][0]), &run), rows[i][1]);
}

static void versions(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        enum sl_dialect dialect;
        bool is_version, is_mariadb;
        uint32_t number;
    } rows[] = {
        {"8.0.36", SL_DIALECT_MYSQL, true, false, 80036},
        {"mysql-5.7", SL_DIALECT_MYSQL, true, false, 50700},
        {"10.11.6-MariaDB-log", SL_DIALECT_MYSQL, true, true, 101106},
        {"mariadb 5.5", SL_DIALECT_MYSQL, true, true, 50500},
        {"11", SL_DIALECT_MYSQL, true, true, 110000},
        {"15.4", SL_DIALECT_POSTGRES, true, false, 150400},
        {"PostgreSQL 9.6.24", SL_DIALECT_POSTGRES, true, false, 90624},
        {"8.100", SL_DIALECT_MYSQL, false, false, 0},
        {"new", SL_DIALECT_MYSQL, false, false, 0},
        {"", SL_DIALECT_MYSQL, false, false, 0},
        {"99999999999", SL_DIALECT_MYSQL, false, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sl_server_version version = {0};
        if (sl_server_version_lookup(sl_str_from(rows[i].words), rows[i].dialect, &version) != rows[i].is_version ||
            version.number != rows[i].number || version.is_mariadb != rows[i].is_mariadb)
            fail_msg("%s: %u %d", rows[i].words, version.number, version.is_mariadb);
    }
}

static void quoting(void **state)
{
    (void)state;
    static const struct {
        enum sl_dialect dialect;
        const char *name, *quoted;
    } rows[] = {
        {SL_DIALECT_POSTGRES, "entries", "entries"},     {SL_DIALECT_POSTGRES, "order", "\"order\""},
        {SL_DIALECT_POSTGRES, "Entries", "\"Entries\""}, {SL_DIALECT_POSTGRES, "a\"b", "\"a\"\"b\""},
        {SL_DIALECT_POSTGRES, "1st", "\"1st\""},         {SL_DIALECT_POSTGRES, "é", "\"é\""},
        {SL_DIALECT_MYSQL, "entries", "`entries`"},      {SL_DIALECT_MYSQL, "a`b", "`a``b`"},
        {SL_DIALECT_SQLITE, "order", "\"order\""},       {SL_DIALECT_SQLITE, "we ird", "\"we ird\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_text(sl_plan_quote_name(rows[i].dialect, sl_str_from(rows[i].name), &run), rows[i].quoted);
    assert_text(sl_plan_quote_literal(SL_DIALECT_MYSQL, SL_STR("a\\'b"), &run), "'a\\\\''b'");
    assert_text(sl_plan_quote_literal(SL_DIALECT_POSTGRES, SL_STR("a\\'b"), &run), "'a\\''b'");
    assert_text(sl_plan_quote_qualified(SL_DIALECT_MYSQL, SL_STR("app"), SL_STR("t"), &run), "`app`.`t`");
}

static void long_names_stay_apart(void **state)
{
    (void)state;
    char long_name[61];
    memset(long_name, 'x', 60);
    long_name[60] = '\0';
    sl_str first = sl_plan_joined_name(sl_str_from(long_name), SL_STR("a_at"), SL_STR("backfill"), &run);
    sl_str second = sl_plan_joined_name(sl_str_from(long_name), SL_STR("b_at"), SL_STR("backfill"), &run);
    assert_true(first.len <= 60 && second.len <= 60);
    assert_false(sl_str_eq(first, second));
    assert_text(sl_plan_joined_name(SL_STR("t"), SL_STR_EMPTY, SL_STR("idx"), &run), "t_idx");
}

int main(void)
{
    enum { N_WHEN = sizeof when_cases / sizeof *when_cases };
    struct CMUnitTest tests[N_WHEN + 4] = {cmocka_unit_test(event_names), cmocka_unit_test(versions),
                                           cmocka_unit_test(quoting), cmocka_unit_test(long_names_stay_apart)};
    for (size_t i = 0; i < N_WHEN; i++)
        tests[4 + i] = (struct CMUnitTest){when_cases[i].name, when_is_read, NULL, NULL, (void *)&when_cases[i]};
    sl_arena_init(&run);
    int failed = _cmocka_run_group_tests("plan_words", tests, N_WHEN + 4, NULL, NULL);
    sl_arena_release(&run);
    return failed;
}
