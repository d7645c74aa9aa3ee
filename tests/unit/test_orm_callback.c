/* What a model's callbacks make of a save: effects of the statement, the role of a column that each save rewrites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "resolve/catalog_orm.h"
#include "resolve/effect.h"
#include "resolve/resolve.h"
#include "unit/catalog_run.h"

#define TABLE                                                                                                          \
    "CREATE TABLE t (id int PRIMARY KEY, n int, status text, won_at timestamptz, created_at timestamptz,"              \
    " updated_at timestamptz)"
#define SAVE (SL_ORIGIN_ORM | SL_ORIGIN_CALLBACKS | SL_ORIGIN_SAVE)

enum fill { FILL_INSERT = 1, FILL_UPDATE = 2, FILL_BOTH = 3, FILL_ALWAYS = 4 };

struct callback_case {
    const char *name;
    unsigned fill; /* enum fill */
    const char *column, *setter_of;
    uint32_t origin_flags;
    const char *write;
    const char *want; /* of the column: "fills", "moves", another evidence, or "none" */
    const char *role;
};

static const struct callback_case cases[] = {
    {"a save", FILL_BOTH, "won_at", "", SAVE, "UPDATE t SET n = 1 WHERE id = 1", "fills callback", "event_time"},
    {"a creation", FILL_BOTH, "won_at", "", SAVE, "INSERT INTO t (n) VALUES (1)", "fills callback", "event_time"},
    {"before_create and an update", FILL_INSERT, "won_at", "", SAVE, "UPDATE t SET n = 1 WHERE id = 1", "none",
     "event_time"},
    {"before_create and a creation", FILL_INSERT, "won_at", "", SAVE, "INSERT INTO t (n) VALUES (1)", "fills callback",
     "event_time"},
    {"before_update and a creation", FILL_UPDATE, "won_at", "", SAVE, "INSERT INTO t (n) VALUES (1)", "none",
     "event_time"},
    {"update_all", FILL_BOTH, "won_at", "", SL_ORIGIN_ORM | SL_ORIGIN_NO_ORM_TOUCH, "UPDATE t SET n = 1", "none",
     "event_time"},
    {"touch runs other callbacks", FILL_BOTH, "won_at", "", SL_ORIGIN_ORM | SL_ORIGIN_CALLBACKS,
     "UPDATE t SET updated_at = now() WHERE id = 1", "none", "event_time"},
    {"SQL", FILL_BOTH, "won_at", "", 0, "UPDATE t SET n = 1 WHERE id = 1", "none", "event_time"},
    {"a destruction", FILL_BOTH, "won_at", "", SAVE, "DELETE FROM t WHERE id = 1", "none", "event_time"},
    {"another table", FILL_BOTH, "won_at", "", SAVE, "UPDATE o SET won_at = NULL WHERE id = 1", "none", "event_time"},
    {"a setter that is called", FILL_BOTH, "won_at", "status", SAVE, "UPDATE t SET status = 'won' WHERE id = 1",
     "fills callback", "event_time"},
    {"a setter that is not called", FILL_BOTH, "won_at", "status", SAVE, "UPDATE t SET n = 1 WHERE id = 1", "none",
     "event_time"},
    {"the statement sets it", FILL_BOTH, "won_at", "", SAVE, "UPDATE t SET won_at = now() WHERE id = 1",
     "moves explicit", "event_time"},
    {"always", FILL_BOTH | FILL_ALWAYS, "won_at", "", SAVE, "UPDATE t SET n = 1 WHERE id = 1", "moves callback",
     "row_touch"},
    {"always, a creation", FILL_BOTH | FILL_ALWAYS, "won_at", "", SAVE, "INSERT INTO t (n) VALUES (1)",
     "fills callback", "row_touch"},
    {"always, where a row is made", FILL_INSERT | FILL_ALWAYS, "won_at", "", SAVE, "INSERT INTO t (n) VALUES (1)",
     "fills callback", "event_time"},
    {"always, a time of birth", FILL_BOTH | FILL_ALWAYS, "created_at", "", SAVE, "UPDATE t SET n = 1 WHERE id = 1",
     "moves callback", "row_birth"},
    {"what the ORM dates anyway", FILL_BOTH, "updated_at", "", SAVE, "UPDATE t SET n = 1 WHERE id = 1",
     "moves orm_timestamps", "row_touch"},
    {"no time", FILL_BOTH, "n", "", SAVE, "UPDATE t SET status = 'won' WHERE id = 1", "none", "other"},
};

static void callback_does_as_expected(void **state)
{
    const struct callback_case *c = *state;
    struct catalog_run run;
    catalog_run_init(&run);
    struct sl_orm_fact fact = {.kind = SL_ORM_FILLS,
                               .table = SL_STR("t"),
                               .column = sl_str_from(c->column),
                               .name = sl_str_from(c->setter_of),
                               .by = SL_STR("before_save :fill"),
                               .on_insert = c->fill & FILL_INSERT,
                               .on_update = c->fill & FILL_UPDATE,
                               .is_always = c->fill & FILL_ALWAYS};
    sl_catalog_add_orm_fact(run.catalog, &fact);
    catalog_run_sql(&run, SL_DIALECT_POSTGRES, TABLE "\n--\nCREATE TABLE o (id int PRIMARY KEY, won_at timestamptz)");
    struct sl_statement *statement = catalog_run_statement(&run, SL_DIALECT_POSTGRES, sl_str_from(c->write));
    statement->origin_flags = c->origin_flags;
    struct sl_fact_ids ids = {0};
    struct sl_facts facts = {0};
    const char *limited;
    sl_resolve(statement, run.catalog, &ids, &run.arena, &facts, &limited);
    sl_effect_find(statement, run.catalog, &run.arena, &facts);
    const struct sl_column *column = catalog_run_column(&run, SL_DIALECT_POSTGRES, "t", c->column);
    sl_str got = SL_STR("none");
    size_t n_effects = 0;
    for (size_t i = 0; i < facts.effects.len; i++) {
        const struct sl_fact_write_effect *effect = &facts.effects.items[i];
        if (effect->column_id != column->column_id)
            continue;
        n_effects++;
        got = sl_arena_printf(&run.arena, "%s %s", effect->moves ? "moves" : "fills", effect->evidence);
        if (strcmp(effect->evidence, "callback") == 0)
            assert_true(sl_str_eq(effect->reason, SL_STR("before_save :fill")));
    }
    if (!sl_str_eq(got, sl_str_from(c->want)) || n_effects > 1)
        fail_msg("%s: %.*s (%zu), wanted %s", c->name, SL_STR_ARG(got), n_effects, c->want);
    assert_string_equal(catalog_run_role(&run, column), c->role);
    sl_arena_release(&run.arena);
}

int main(void)
{
    enum { N_CASES = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[N_CASES];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] =
            (struct CMUnitTest){cases[i].name, callback_does_as_expected, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    return _cmocka_run_group_tests("orm_callback", tests, N_CASES, NULL, NULL);
}
