/* sql/ast and resolve: the caps on recursion, at n and at n + 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/limits.h"
#include "resolve_fixture.h"

static enum sl_walk count_node(void *context, PgQuery__Node *node)
{
    (void)node;
    ++*(uint32_t *)context;
    return SL_WALK_CONTINUE;
}

/* A chain of `n` lists, each the only item of the one above it. */
static PgQuery__Node *chain(struct sl_arena *arena, uint32_t n)
{
    PgQuery__Node *below = NULL;
    for (uint32_t i = 0; i < n; i++) {
        PgQuery__List *list = SL_NEW(arena, PgQuery__List);
        pg_query__list__init(list);
        list->items = SL_NEW_ARRAY(arena, 1, PgQuery__Node *);
        list->items[0] = below;
        list->n_items = below != NULL;
        PgQuery__Node *node = SL_NEW(arena, PgQuery__Node);
        pg_query__node__init(node);
        node->node_case = PG_QUERY__NODE__NODE_LIST;
        node->list = list;
        below = node;
    }
    return below;
}

static void walk_stops_at_the_cap(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    uint32_t n = 0;
    assert_int_equal(sl_ast_walk(chain(&arena, SL_MAX_AST_DEPTH), count_node, &n), SL_WALKED_ALL);
    assert_int_equal(n, SL_MAX_AST_DEPTH);
    n = 0;
    assert_int_equal(sl_ast_walk(chain(&arena, SL_MAX_AST_DEPTH + 1), count_node, &n), SL_WALKED_TOO_DEEP);
    assert_int_equal(n, SL_MAX_AST_DEPTH);
    sl_arena_release(&arena);
}

static enum sl_walk abort_at_three(void *context, PgQuery__Node *node)
{
    (void)node;
    return ++*(uint32_t *)context == 3 ? SL_WALK_ABORT : SL_WALK_CONTINUE;
}

static enum sl_walk prune_at_two(void *context, PgQuery__Node *node)
{
    (void)node;
    return ++*(uint32_t *)context == 2 ? SL_WALK_PRUNE : SL_WALK_CONTINUE;
}

static void visitors_abort_and_prune(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    uint32_t n = 0;
    assert_int_equal(sl_ast_walk(chain(&arena, 10), abort_at_three, &n), SL_WALKED_ABORTED);
    assert_int_equal(n, 3);
    n = 0;
    assert_int_equal(sl_ast_walk(chain(&arena, 10), prune_at_two, &n), SL_WALKED_ALL);
    assert_int_equal(n, 2);
    n = 0;
    assert_true(sl_ast_walk_children(chain(&arena, 10), count_node, &n));
    assert_int_equal(n, 1);
    sl_arena_release(&arena);
}

/* `n` queries, each in the FROM clause of the one around it. */
static bool is_limited(uint32_t n)
{
    struct resolve_fixture fixture;
    resolve_fixture_init(&fixture, SL_DIALECT_POSTGRES);
    struct sl_buf text = {0}, dump = {0};
    for (uint32_t i = 1; i < n; i++)
        sl_buf_add(&text, SL_STR("SELECT id FROM ("));
    sl_buf_add(&text, SL_STR("SELECT id FROM entries"));
    for (uint32_t i = 1; i < n; i++)
        sl_buf_add(&text, SL_STR(") x"));
    sl_buf_add(&text, SL_STR(";"));
    resolve_fixture_run(&fixture, SL_STR("CREATE TABLE entries (id int PRIMARY KEY);"), NULL);
    resolve_fixture_run(&fixture, sl_buf_str(&text), &dump);
    bool is_said = sl_str_find(sl_buf_str(&dump), SL_STR("limited: queries nest deeper than")) != SIZE_MAX;
    sl_buf_release(&text);
    sl_buf_release(&dump);
    resolve_fixture_release(&fixture);
    return is_said;
}

static void queries_nest_to_the_cap(void **state)
{
    (void)state;
    assert_false(is_limited(SL_MAX_SCOPE_DEPTH));
    assert_true(is_limited(SL_MAX_SCOPE_DEPTH + 1));
}

/* Each CTE mentions the one before it four times: without a cap the origins grow as 4^n. */
static void lineage_says_where_it_stops(void **state)
{
    (void)state;
    struct resolve_fixture fixture;
    resolve_fixture_init(&fixture, SL_DIALECT_POSTGRES);
    struct sl_buf text = {0}, dump = {0};
    sl_buf_add(&text, SL_STR("WITH c0 AS (SELECT id AS a FROM entries)"));
    for (int i = 1; i < 40; i++)
        sl_buf_add_printf(&text, ", c%d AS (SELECT f%d(a) + g%d(a) + h%d(a) + k%d(a) AS a FROM c%d)", i, i, i, i, i,
                          i - 1);
    sl_buf_add(&text, SL_STR(" SELECT a FROM c39;"));
    resolve_fixture_run(&fixture, SL_STR("CREATE TABLE entries (id int PRIMARY KEY);"), NULL);
    resolve_fixture_run(&fixture, sl_buf_str(&text), &dump);
    assert_true(sl_str_find(sl_buf_str(&dump), SL_STR("SL_MAX_LINEAGE_ORIGINS")) != SIZE_MAX);
    sl_buf_release(&text);
    sl_buf_release(&dump);
    resolve_fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk_stops_at_the_cap),
        cmocka_unit_test(visitors_abort_and_prune),
        cmocka_unit_test(queries_nest_to_the_cap),
        cmocka_unit_test(lineage_says_where_it_stops),
    };
    return cmocka_run_group_tests_name("resolve/depth", tests, NULL, NULL);
}
