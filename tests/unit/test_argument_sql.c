/* argument_sql: which queries a statement hands to a function as text, and where they stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sql/argument_sql.h"

#define MAX_PARTS 2

/* `marks`: a word of each part, as the part has it and as the statement has it at the place that the map gives. */
static const struct argument_case {
    const char *name, *text;
    const char *parts[MAX_PARTS + 1];
    const char *marks[MAX_PARTS];
} cases[] = {
    {"escaped quotes",
     "SELECT * FROM crosstab('SELECT a FROM t WHERE s = ''x'' AND bb > 1') AS ct(a int)",
     {"SELECT a FROM t WHERE s = 'x' AND bb > 1"},
     {"bb"}},
    {"dollar quotes",
     "SELECT * FROM crosstab($q$SELECT cc FROM t$q$, $q$VALUES (17)$q$) AS ct(a int)",
     {"SELECT cc FROM t", "VALUES (17)"},
     {"cc", "17"}},
    {"cast and schema",
     "SELECT * FROM public.crosstab2('SELECT cc FROM t'::text, 'SELECT dd FROM u')",
     {"SELECT cc FROM t", "SELECT dd FROM u"},
     {"cc", "dd"}},
    {"in a view",
     "CREATE VIEW v AS SELECT * FROM crosstabn('SELECT cc FROM t') AS ct(a int)",
     {"SELECT cc FROM t"},
     {"cc"}},
    {"only the first argument is run",
     "SELECT query_to_xml('SELECT cc FROM t', true, false, 'select')",
     {"SELECT cc FROM t"},
     {"cc"}},
    {"put together at run time", "SELECT * FROM crosstab('SELECT a FROM t WHERE ' || x) AS ct(a int)", {0}, {0}},
    {"a number of columns", "SELECT * FROM crosstab('SELECT cc FROM t', 3) AS ct(a int)", {"SELECT cc FROM t"}, {"cc"}},
    {"a table of that name", "SELECT 'SELECT 1' FROM crosstab", {0}, {0}},
    {"a text that says so", "SELECT 'crosstab(''SELECT 1'')'", {0}, {0}},
    {"cut off", "SELECT crosstab('SELECT 1'", {0}, {0}},
};

static void parts_are_as_expected(void **state)
{
    const struct argument_case *c = *state;
    const struct sl_sql_mode mode = {.dialect = SL_DIALECT_POSTGRES};
    sl_str text = sl_str_from(c->text);
    struct sl_arena arena;
    struct sl_lowered lowered;
    sl_arena_init(&arena);
    sl_lower(text, &mode, &arena, &lowered);
    sl_argument_sql_expand(&arena, &lowered);
    size_t n = 0;
    for (; c->parts[n]; n++) {
        assert_true(lowered.n_items > n + 1);
        const struct sl_lowered_item *part = &lowered.items[n + 1];
        assert_int_equal(part->role, SL_ROLE_PART);
        assert_string_equal(part->text.ptr, c->parts[n]);
        sl_str mark = sl_str_from(c->marks[n]);
        struct sl_span span = sl_segmap_lookup(&part->map, (uint32_t)sl_str_find(part->text, mark), NULL);
        assert_true(sl_str_eq(sl_str_slice(text, span.off, span.len), mark));
    }
    assert_int_equal(lowered.n_items, lowered.kind == SL_LOWERED_SQL ? n + 1 : 0);
    sl_arena_release(&arena);
}

int main(void)
{
    struct CMUnitTest tests[sizeof cases / sizeof *cases];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        tests[i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = parts_are_as_expected, .initial_state = (void *)(uintptr_t)&cases[i]};
    return _cmocka_run_group_tests("argument_sql", tests, sizeof tests / sizeof *tests, NULL, NULL);
}
