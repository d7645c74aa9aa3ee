/* The front end on inputs made to hurt: no crash, and time that grows like the input (n against 2n). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "sql/split.h"
#include "sql/understand.h"

struct pathological_case {
    const char *name;
    enum sl_dialect dialect;
    const char *head, *repeated, *tail;
    unsigned n;
};

#define M SL_DIALECT_MYSQL
#define P SL_DIALECT_POSTGRES
#define L SL_DIALECT_SQLITE

static const struct pathological_case cases[] = {
    {"open parentheses", M, "SELECT ", "(", "", 100000},
    {"closed parentheses", M, "SELECT ", ")", "", 100000},
    {"postgres parentheses", P, "SELECT ", "(", "", 100000},
    {"a sum", M, "SELECT 1", "+a", "", 100000},
    {"postgres sum", P, "SELECT 1", "+a", "", 100000},
    {"postgres concatenation", P, "SELECT ''", "||a", "", 100000},
    {"sqlite concatenation", L, "SELECT ''", "||a", "", 100000},
    {"a chain of equalities", M, "SELECT a", "=b", "", 100000},
    {"signs", M, "SELECT ", "- ", "1", 100000},
    {"NOT", M, "SELECT ", "NOT ", "1", 100000},
    {"postgres NOT", P, "SELECT ", "NOT ", "1", 100000},
    {"bangs", M, "SELECT ", "!", "1", 100000},
    {"OR", M, "SELECT 1 FROM t WHERE a", " OR a=1", "", 50000},
    {"postgres AND", P, "SELECT 1 FROM t WHERE a", " AND a=1", "", 50000},
    {"UNION", M, "SELECT 1", " UNION ALL SELECT 1", "", 20000},
    {"postgres UNION", P, "SELECT 1", " UNION ALL SELECT 1", "", 20000},
    {"joins", M, "SELECT 1 FROM a", " JOIN a", "", 50000},
    {"postgres joins", P, "SELECT 1 FROM a", " CROSS JOIN a", "", 30000},
    {"CASE", M, "SELECT ", "CASE WHEN 1 THEN ", "1", 20000},
    {"postgres CASE", P, "SELECT ", "CASE WHEN 1 THEN ", "1", 20000},
    {"IN list", M, "SELECT a FROM t WHERE a IN (0", ",1", ")", 200000},
    {"postgres IN list", P, "SELECT a FROM t WHERE a IN (0", ",1", ")", 200000},
    {"rows", M, "INSERT INTO t VALUES (0,'x')", ",(1,'x')", "", 50000},
    {"postgres rows", P, "INSERT INTO t VALUES (0,'x')", ",(1,'x')", "", 50000},
    {"columns", M, "SELECT a", ",a", " FROM t", 100000},
    {"placeholders", M, "SELECT ?", ",:a", "", 60000},
    {"strings beside each other", M, "SELECT 'a'", " 'b'", "", 100000},
    {"escaped quotes", M, "SELECT 'a", "\\'", "'", 200000},
    {"an open quote", M, "SELECT '", "a", "", 500000},
    {"an open comment", P, "SELECT /*", "/* ", "", 200000},
    {"casts", P, "SELECT a", "::int", "", 100000},
    {"blocks", M, "CREATE PROCEDURE p() ", "BEGIN ", "", 50000},
    {"IF in a body", M, "CREATE PROCEDURE p() BEGIN ", "IF (a) ", "END", 50000},
    {"keys", M, "CREATE TABLE t (a INT", ",KEY (a)", ")", 20000},
    {"bad columns", M, "CREATE TABLE t (a INT", ",b +", ")", 20000},
    {"clauses", M, "ALTER TABLE t ADD a INT", ",ADD b INT", "", 20000},
    {"queries in queries", M, "", "SELECT * FROM (", "", 60000},
    {"tables in parentheses", M, "SELECT * FROM ", "(", "t", 100000},
    {"statements", M, "", "a;", "", 200000},
    {"dollar signs", P, "SELECT ", "$a ", "", 200000},
    {"templates", M, "SELECT ", "#{ ", "", 200000},
};

static void repeat(const struct pathological_case *c, unsigned n, struct sl_buf *out)
{
    sl_buf_reset(out);
    sl_buf_add(out, sl_str_from(c->head));
    for (unsigned i = 0; i < n; i++)
        sl_buf_add(out, sl_str_from(c->repeated));
    sl_buf_add(out, sl_str_from(c->tail));
}

static double run(const struct pathological_case *c, unsigned n)
{
    struct sl_buf text = {0};
    repeat(c, n, &text);
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = c->dialect};
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    struct sl_pieces pieces = {0};
    sl_split(sl_buf_str(&text), &mode, &arena, &pieces);
    struct sl_understood understood;
    sl_understand(sl_buf_str(&text), &mode, &arena, &understood);
    assert_true(understood.is_ok || understood.error.len > 0);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    sl_arena_release(&arena);
    sl_buf_release(&text);
    return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

static void check(void **state)
{
    const struct pathological_case *c = *state;
    double first = run(c, c->n / 2);
    double second = run(c, c->n);
    /* Short times are noise; long ones must not grow faster than the input. Another try forgives a busy machine. */
    if (second > 0.05 && second > 3 * first) {
        first = run(c, c->n / 2);
        second = run(c, c->n);
    }
    if (second > 0.05 && second > 3 * first)
        fail_msg("%u: %.3f s, %u: %.3f s", c->n / 2, first, c->n, second);
}

/* Each cap lets n pass and names itself at n + 1. */
static void expect_limit(enum sl_dialect dialect, struct pathological_case c, unsigned n_repeated, bool is_ok)
{
    struct sl_buf text = {0};
    repeat(&c, n_repeated, &text);
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = dialect};
    struct sl_understood understood;
    sl_understand(sl_buf_str(&text), &mode, &arena, &understood);
    assert_int_equal(understood.is_ok, is_ok);
    assert_int_equal(understood.is_limit, !is_ok);
    sl_arena_release(&arena);
    sl_buf_release(&text);
}

static void caps_hold_at_n_and_n_plus_1(void **state)
{
    (void)state;
    for (enum sl_dialect d = 0; d < SL_DIALECT_COUNT; d++) {
        expect_limit(d, (struct pathological_case){.head = "SELECT 1", .repeated = " UNION ALL SELECT 1", .tail = ""},
                     SL_MAX_UNION_ARMS - 1, true);
        expect_limit(d, (struct pathological_case){.head = "SELECT 1", .repeated = " UNION ALL SELECT 1", .tail = ""},
                     SL_MAX_UNION_ARMS + 1, false);
        expect_limit(d, (struct pathological_case){.head = "SELECT 1", .repeated = "+1", .tail = ""},
                     SL_MAX_OPERATOR_RUN - 2, true);
        expect_limit(d, (struct pathological_case){.head = "SELECT 1", .repeated = "+1", .tail = ""},
                     SL_MAX_OPERATOR_RUN + 1, false);
    }
}

static void long_statements_name_their_limit(void **state)
{
    (void)state;
    struct pathological_case c = {.head = "SELECT '", .repeated = "a", .tail = "'"};
    expect_limit(M, c, SL_MAX_STATEMENT_BYTES - 9, true);
    expect_limit(M, c, SL_MAX_STATEMENT_BYTES - 8, false);
}

static void brackets_name_their_limit(void **state)
{
    (void)state;
    for (unsigned extra = 0; extra < 2; extra++) {
        struct sl_buf text = {0};
        sl_buf_add(&text, SL_STR("SELECT "));
        for (unsigned i = 0; i < SL_MAX_NESTING + extra; i++)
            sl_buf_add_byte(&text, '(');
        sl_buf_add_byte(&text, '1');
        for (unsigned i = 0; i < SL_MAX_NESTING + extra; i++)
            sl_buf_add_byte(&text, ')');
        for (enum sl_dialect d = 0; d < SL_DIALECT_COUNT; d++) {
            struct sl_arena arena;
            sl_arena_init(&arena);
            struct sl_sql_mode mode = {.dialect = d};
            struct sl_understood understood;
            sl_understand(sl_buf_str(&text), &mode, &arena, &understood);
            assert_int_equal(understood.is_ok, extra == 0);
            assert_int_equal(understood.is_limit, extra == 1);
            sl_arena_release(&arena);
        }
        sl_buf_release(&text);
    }
}

int main(void)
{
    enum { N = sizeof cases / sizeof cases[0], MORE = 3 };
    struct CMUnitTest tests[N + MORE] = {cmocka_unit_test(caps_hold_at_n_and_n_plus_1),
                                         cmocka_unit_test(long_statements_name_their_limit),
                                         cmocka_unit_test(brackets_name_their_limit)};
    for (size_t i = 0; i < N; i++)
        tests[i + MORE] = (struct CMUnitTest){cases[i].name, check, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    return _cmocka_run_group_tests("front end", tests, N + MORE, NULL, NULL);
}
