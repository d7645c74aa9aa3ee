/* What readers of code lean on: Rails' names, and which string literals are SQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "source/inflect.h"
#include "source/literal.h"

static const struct name_case {
    const char *class_name, *table;
} name_cases[] = {
    {"Entry", "entries"},
    {"LotteryEntry", "lottery_entries"},
    {"Admin::User", "users"},
    {"Person", "people"},
    {"Status", "statuses"},
    {"HTTPRequest", "http_requests"},
    {"Category", "categories"},
    {"Box", "boxes"},
    {"Day", "days"},
    {"Analysis", "analyses"},
    {"News", "news"},
    {"Child", "children"},
    {"SalesPerson", "sales_people"},
    {"Equipment", "equipment"},
    {"Datum", "data"},
    {"Half", "halves"},
};

static void class_names_its_table(void **state)
{
    const struct name_case *row = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    sl_str table = sl_inflect_table(&arena, sl_str_from(row->class_name));
    assert_true(sl_str_eq(table, sl_str_from(row->table)));
    sl_arena_release(&arena);
}

static const struct name_case singular_cases[] = {
    {"entry", "entries"}, {"person", "people"}, {"status", "statuses"}, {"address", "addresses"},
    {"box", "boxes"},     {"news", "news"},     {"day", "days"},        {"child", "children"},
};

static void plural_gives_its_singular_back(void **state)
{
    const struct name_case *row = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    assert_true(sl_str_eq(sl_inflect_singularize(&arena, sl_str_from(row->table)), sl_str_from(row->class_name)));
    sl_arena_release(&arena);
}

static const struct sql_case {
    const char *text;
    bool is_sql;
} sql_cases[] = {
    {"SELECT a FROM b", true},
    {"select count(*) from entries where x = 1", true},
    {"  -- why\n SELECT DISTINCT a, b AS c FROM d e WHERE f", true},
    {"Select a colour from the list", false},
    {"select project from subaddress of ADDR found", false},
    {"SELECT 1", false},
    {"select", false},
    {"truncate", false},
    {"TRUNCATE TABLE entries", true},
    {"update your settings", false},
    {"UPDATE entries SET a = 1", true},
    {"delete-course-from-campaign", false},
    {"DELETE FROM entries", true},
    {"INSERT INTO a (b) VALUES (1)", true},
    {"insert into the slot", false},
    {"WITH a AS (SELECT 1) SELECT * FROM a", true},
    {"with regards as (I said", false},
    {"CREATE TABLE a (b int)", true},
    {"Create table reservations", false},
    {"drop-shadow", false},
    {"", false},
};

static void two_anchors_make_sql(void **state)
{
    const struct sql_case *row = *state;
    assert_int_equal(sl_literal_is_sql(sl_str_from(row->text)), row->is_sql);
}

#define N(rows) (sizeof(rows) / sizeof(rows)[0])

int main(void)
{
    struct CMUnitTest tests[64] = {{0}};
    size_t n = 0;
    for (size_t i = 0; i < N(name_cases); i++)
        tests[n++] =
            (struct CMUnitTest){name_cases[i].class_name, class_names_its_table, NULL, NULL, (void *)&name_cases[i]};
    for (size_t i = 0; i < N(singular_cases); i++)
        tests[n++] = (struct CMUnitTest){singular_cases[i].table, plural_gives_its_singular_back, NULL, NULL,
                                         (void *)&singular_cases[i]};
    for (size_t i = 0; i < N(sql_cases); i++)
        tests[n++] = (struct CMUnitTest){sql_cases[i].text, two_anchors_make_sql, NULL, NULL, (void *)&sql_cases[i]};
    return _cmocka_run_group_tests("source code", tests, n, NULL, NULL);
}
