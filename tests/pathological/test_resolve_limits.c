/* Queries that are large in one way: handled in time linear in their size, or refused by a limit that says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <time.h>

#include "base/limits.h"
#include "resolve_fixture.h"

struct growth_case {
    const char *name;
    uint32_t n;
    const char *head, *part, *tail; /* head, n times part, tail; %u in a part is its number */
    const char *close;              /* n times behind tail */
};

static const struct growth_case cases[] = {
    {"nested parentheses", 10000, "SELECT * FROM entries WHERE ", "(", "status = 'x'", ")"},
    {"a hundred thousand ORs", 100000, "SELECT count(*) FROM entries WHERE status = 'x'", " OR id = 1", "", ""},
    {"ORs within the limits", 900, "SELECT count(*) FROM entries WHERE status = 'x'", " OR status = 'a%u'", "", ""},
    {"a run of additions", 1900, "SELECT id", " + id", " FROM entries", ""},
    {"too long a run", 100000, "SELECT id", " - id", " FROM entries", ""},
    {"nested derived tables", 400, "SELECT * FROM ", "(SELECT * FROM ", "entries", ") x"},
    {"too deep in queries", SL_MAX_SCOPE_DEPTH * 4, "SELECT ", "(SELECT ", "1", ")"},
    {"a long IN list", 50000, "SELECT count(*) FROM entries WHERE id IN (0", ", %u", ")", ""},
    {"many joins", 400, "SELECT count(*) FROM entries e", " JOIN entries e%u ON e%u.id = e.id", "", ""},
    {"many UNION arms", 900, "SELECT updated_at FROM entries", " UNION ALL SELECT updated_at FROM entries", "", ""},
    {"nested CASE", 800, "SELECT ", "CASE WHEN id = 1 THEN ", "1", " END"},
    {"nested functions", 900, "SELECT ", "coalesce(", "updated_at", ")"},
};

static sl_str build(struct sl_arena *arena, const struct growth_case *row, uint32_t n)
{
    struct sl_buf text = {0};
    sl_buf_add(&text, sl_str_from(row->head));
    for (uint32_t i = 0; i < n; i++) {
        for (const char *p = row->part; *p; p++) {
            if (p[0] == '%' && p[1] == 'u') {
                sl_buf_add_printf(&text, "%u", i);
                p++;
            } else {
                sl_buf_add_byte(&text, *p);
            }
        }
    }
    sl_buf_add(&text, sl_str_from(row->tail));
    for (uint32_t i = 0; i < n; i++)
        sl_buf_add(&text, sl_str_from(row->close));
    sl_buf_add_byte(&text, ';');
    sl_str built = sl_arena_copy(arena, sl_buf_str(&text));
    sl_buf_release(&text);
    return built;
}

static double run_us(const struct growth_case *row, uint32_t n, bool *said_something)
{
    struct resolve_fixture fixture;
    resolve_fixture_init(&fixture, SL_DIALECT_POSTGRES);
    resolve_fixture_run(
        &fixture, SL_STR("CREATE TABLE entries (id int PRIMARY KEY, status text, updated_at timestamptz);"), NULL);
    sl_str text = build(&fixture.arena, row, n);
    struct sl_buf dump = {0};
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    resolve_fixture_run(&fixture, text, &dump);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    *said_something = dump.len > 0;
    sl_buf_release(&dump);
    resolve_fixture_release(&fixture);
    return (double)(end.tv_sec - begin.tv_sec) * 1e6 + (double)(end.tv_nsec - begin.tv_nsec) / 1e3;
}

/* At n and at 2n: an answer (facts, or the limit that was met), and no more than three times as long. */
static void check_case(void **state)
{
    const struct growth_case *row = *state;
    double best = 1e9;
    bool said = false;
    for (int round = 0; round < 3 && best >= 3; round++) {
        double once = run_us(row, row->n, &said);
        assert_true(said);
        double twice = run_us(row, row->n * 2, &said);
        assert_true(said);
        double ratio = once < 20000 ? 1 : twice / once; /* below 20 ms noise decides */
        best = ratio < best ? ratio : best;
    }
    assert_true(best < 3);
}

int main(void)
{
    struct CMUnitTest tests[sizeof cases / sizeof cases[0]];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tests[i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = check_case, .initial_state = (void *)(uintptr_t)&cases[i]};
    return cmocka_run_group_tests_name("resolve/limits", tests, NULL, NULL);
}
