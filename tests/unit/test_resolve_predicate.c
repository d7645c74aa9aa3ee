/* resolve/predicate: which tests on a column tell the state of the row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "resolve_fixture.h"

struct predicate_case {
    const char *name;
    enum sl_dialect dialect;
    const char *column; /* its definition */
    const char *condition;
    const char *expected; /* the dumped predicate without the clause; "" for none */
};

#define P SL_DIALECT_POSTGRES
#define M SL_DIALECT_MYSQL
#define L SL_DIALECT_SQLITE

static const struct predicate_case cases[] = {
    {"status equals a literal", P, "status text", "status = 'won'", "state t.status = literal [\"won\"]"},
    {"the other way round", P, "status text", "'won' = status", "state t.status = literal [\"won\"]"},
    {"in a list", P, "status text", "status IN ('won', 'lost')", "state t.status in literal [\"won\",\"lost\"]"},
    {"not in a list", P, "status text", "status NOT IN ('won')", "state t.status not_in literal [\"won\"]"},
    {"not equal, negated", P, "status text", "NOT status <> 'won'", "state t.status = literal [\"won\"]"},
    {"any of an array", P, "status text", "status = ANY ($1)", "state t.status in parameter"},
    {"a parameter against a status", M, "status VARCHAR(9)", "status = ?", "state t.status = parameter"},
    {"a parameter against anything else", M, "tier VARCHAR(9)", "tier = ?", "test t.tier = parameter"},
    {"a magic number", M, "order_status INT", "order_status > 2", "state t.order_status other literal [\"2\"]"},
    {"a number that is an amount", M, "amount INT", "amount > 2", "test t.amount other literal [\"2\"]"},
    {"a status key", P, "status_id int", "status_id = 3", "state t.status_id = literal [\"3\"]"},
    {"a tenant key", P, "tenant_id int", "tenant_id = 3", "test t.tenant_id = literal [\"3\"]"},
    {"the primary key", P, "k int PRIMARY KEY", "k = 3", "test t.k = literal [\"3\"]"},
    {"a bare boolean", P, "done boolean", "done", "state t.done is_true boolean"},
    {"a bare boolean, negated", P, "done boolean", "NOT done", "state t.done is_false boolean"},
    {"is true", P, "done boolean", "done IS TRUE", "state t.done is_true boolean"},
    {"a flag in an integer", L, "suspended INTEGER", "suspended = 1", "state t.suspended = literal [\"1\"]"},
    {"a count that is one", L, "quantity INTEGER", "quantity = 1", "test t.quantity = literal [\"1\"]"},
    {"a flag of the row's kind", P, "is_test boolean", "is_test = false", "test t.is_test = boolean [\"false\"]"},
    {"not deleted", M, "deleted TINYINT(1)", "deleted = 0", "test t.deleted = literal [\"0\"]"},
    {"deleted", M, "deleted TINYINT(1)", "deleted = 1", "state t.deleted = literal [\"1\"]"},
    {"deleted_at is null", P, "deleted_at timestamptz", "deleted_at IS NULL", "test t.deleted_at is_null null"},
    {"an outcome", P, "verdict text", "verdict IS NOT NULL", "state t.verdict is_not_null null"},
    {"the winner's key", P, "winner_id int", "winner_id IS NOT NULL", "state t.winner_id is_not_null null"},
    {"the parent's key", P, "parent_id int", "parent_id IS NOT NULL", "test t.parent_id is_not_null null"},
    {"an event's time", P, "drawn_at timestamptz", "drawn_at IS NOT NULL", "state t.drawn_at is_not_null null"},
    {"the touch itself", P, "updated_at timestamptz", "updated_at IS NOT NULL", "test t.updated_at is_not_null null"},
    {"a type", M, "event_type VARCHAR(9)", "event_type = 'refund'", "test t.event_type = literal [\"refund\"]"},
    {"a country", P, "country text", "country = 'NO'", "test t.country = literal [\"NO\"]"},
    {"a role", P, "role text", "role = 'admin'", "test t.role = literal [\"admin\"]"},
    {"a word nobody listed", P, "disposition text", "disposition = 'kept'", "state t.disposition = literal [\"kept\"]"},
    {"a pattern", P, "reason text", "reason LIKE 'fraud%'", "state t.reason like literal [\"fraud%\"]"},
    {"a column named after nothing, a value that is a stage", P, "column_name text", "column_name = 'Done'",
     "state t.column_name = literal [\"Done\"]"},
    {"an enumeration", M, "lane ENUM('a','b')", "lane = 'a'", "state t.lane = literal [\"a\"]"},
    {"a time is no state", P, "created_at timestamptz", "created_at > '2024-01-01'", ""},
    {"two columns are no state", P, "status text, other text", "status = other", ""},
    {"camel case", P, "\"lotteryStatus\" text", "\"lotteryStatus\" = 'won'",
     "state t.lotteryStatus = literal [\"won\"]"},
    {"a function around it", P, "status text", "lower(status) = 'won'", "state t.status = literal [\"won\"]"},
};

static void check_case(void **state)
{
    const struct predicate_case *row = *state;
    struct resolve_fixture fixture;
    resolve_fixture_init(&fixture, row->dialect);
    sl_str table = sl_arena_printf(&fixture.arena, "CREATE TABLE t (%s);", row->column);
    resolve_fixture_run(&fixture, table, NULL);
    struct sl_buf dump = {0};
    resolve_fixture_run(&fixture, sl_arena_printf(&fixture.arena, "SELECT 1 FROM t WHERE %s;", row->condition), &dump);
    sl_str rest = sl_buf_str(&dump), line = SL_STR_EMPTY, found = SL_STR_EMPTY;
    while (sl_str_next_line(&rest, &line)) {
        if (sl_str_has_prefix(line, SL_STR("  state ")) || sl_str_has_prefix(line, SL_STR("  test ")))
            found = sl_str_slice(line, 2, sl_str_find(line, SL_STR(" in where")) - 2);
    }
    assert_string_equal(sl_arena_copy(&fixture.arena, found).ptr, row->expected);
    sl_buf_release(&dump);
    resolve_fixture_release(&fixture);
}

int main(void)
{
    struct CMUnitTest tests[sizeof cases / sizeof cases[0]];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tests[i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = check_case, .initial_state = (void *)(uintptr_t)&cases[i]};
    return cmocka_run_group_tests_name("resolve/predicate", tests, NULL, NULL);
}
