/*
 * lowering_case: one row is one statement, its mode and the common text it must become.
 *
 * `mode` is a dialect, then any of: ansi pipes noescape mariadb version=N. `expected` is the items joined by ";\n", or
 * "<admin>", "<transaction>", "<error> …". Every lowered text must parse.
 */
#ifndef SL_TESTS_LOWERING_CASE_H
#define SL_TESTS_LOWERING_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sql/understand.h"

struct lowering_case {
    const char *name, *mode, *sql, *expected;
};

static inline struct sl_sql_mode lowering_mode(const char *words)
{
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_POSTGRES};
    sl_str all = sl_str_from(words);
    size_t end = sl_str_find_byte(all, ' ');
    assert_true(sl_dialect_lookup(sl_str_slice(all, 0, end == SIZE_MAX ? all.len : end), &mode.dialect));
    mode.ansi_quotes = strstr(words, "ansi") != NULL;
    mode.pipes_as_concat = strstr(words, "pipes") != NULL;
    mode.no_backslash_escapes = strstr(words, "noescape") != NULL;
    mode.mariadb = strstr(words, "mariadb") != NULL;
    const char *version = strstr(words, "version=");
    mode.server_version = version ? (uint32_t)strtoul(version + 8, NULL, 10) : 0;
    return mode;
}

static inline void lowering_check(void **state)
{
    const struct lowering_case *c = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = lowering_mode(c->mode);
    struct sl_understood u;
    sl_understand(sl_str_from(c->sql), &mode, &arena, &u);
    sl_str got = u.lowered;
    if (!u.is_ok)
        got = sl_arena_printf(&arena, "<error> %.*s", SL_STR_ARG(u.error));
    else if (u.lower.kind != SL_LOWERED_SQL)
        got = sl_arena_printf(&arena, "<%.*s>", SL_STR_ARG(u.kind));
    assert_string_equal(sl_arena_copy(&arena, got).ptr, c->expected);
    sl_arena_release(&arena);
}

#define LOWERING_CASES_MAIN(cases)                                                                                     \
    int main(void)                                                                                                     \
    {                                                                                                                  \
        enum { N = sizeof(cases) / sizeof(cases)[0] };                                                                 \
        struct CMUnitTest tests[N];                                                                                    \
        for (size_t i = 0; i < N; i++)                                                                                 \
            tests[i] =                                                                                                 \
                (struct CMUnitTest){(cases)[i].name, lowering_check, NULL, NULL, (void *)(uintptr_t) & (cases)[i]};    \
        return _cmocka_run_group_tests("lowering", tests, N, NULL, NULL);                                              \
    }

#endif
