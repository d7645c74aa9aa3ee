/* Statements come back in their order and as one thread would have made them, however many threads work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/buf.h"
#include "sql/ahead.h"

enum { N_TEXTS = 400 };

/* Statements of every outcome: SQL of one item and of several, administration, what is not understood. */
static sl_str text_of(struct sl_arena *arena, unsigned i)
{
    switch (i % 5) {
    case 0:
        return sl_arena_printf(arena, "SELECT `a%u` FROM t WHERE b = %u", i, i);
    case 1:
        return sl_arena_printf(arena, "SET @x%u = 1", i);
    case 2:
        return sl_arena_printf(arena, "SELEKT %u", i);
    case 3:
        return sl_arena_printf(arena, "CREATE TRIGGER r%u BEFORE UPDATE ON t FOR EACH ROW BEGIN SET NEW.a = %u; END", i,
                               i);
    default:
        return sl_arena_printf(arena, "INSERT INTO t%u VALUES (1) ON DUPLICATE KEY UPDATE a = %u", i, i);
    }
}

static void dump(const struct sl_prepared *prepared, struct sl_buf *out)
{
    sl_buf_add_printf(out, "%d %.*s\n", prepared->lowered.kind, SL_STR_ARG(prepared->lowered.verb));
    for (size_t i = 0; i < prepared->lowered.n_items; i++) {
        sl_buf_add(out, prepared->lowered.items[i].text);
        sl_buf_add_printf(out, " %d\n", prepared->parsed && prepared->parsed[i].tree ? 1 : 0);
    }
}

static void run(const struct sl_ahead_text *texts, size_t n_texts, unsigned n_jobs, struct sl_buf *out)
{
    struct sl_ahead *ahead = sl_ahead_open(texts, n_texts, n_jobs);
    const struct sl_prepared *prepared;
    size_t n = 0;
    for (; (prepared = sl_ahead_next(ahead)) != NULL; n++)
        dump(prepared, out);
    assert_int_equal(n, n_texts);
    sl_ahead_close(ahead);
}

static void jobs_change_nothing(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_ahead_text *texts = SL_NEW_ARRAY(&arena, N_TEXTS, struct sl_ahead_text);
    for (unsigned i = 0; i < N_TEXTS; i++)
        texts[i] = (struct sl_ahead_text){text_of(&arena, i), {.dialect = SL_DIALECT_MYSQL}};
    struct sl_buf expected = {0};
    for (unsigned i = 0; i < N_TEXTS; i++) {
        struct sl_prepared prepared;
        sl_prepare(texts[i].text, &texts[i].mode, &arena, &prepared);
        dump(&prepared, &expected);
    }
    for (unsigned n_jobs = 1; n_jobs <= 4; n_jobs++) {
        struct sl_buf got = {0};
        run(texts, N_TEXTS, n_jobs, &got);
        assert_int_equal(got.len, expected.len);
        assert_memory_equal(got.bytes, expected.bytes, expected.len);
        sl_buf_release(&got);
    }
    sl_buf_release(&expected);
    sl_arena_release(&arena);
}

/* The rest is given up: an error elsewhere ended the run. */
static void closes_before_the_end(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_ahead_text *texts = SL_NEW_ARRAY(&arena, N_TEXTS, struct sl_ahead_text);
    for (unsigned i = 0; i < N_TEXTS; i++)
        texts[i] = (struct sl_ahead_text){text_of(&arena, i), {.dialect = SL_DIALECT_MYSQL}};
    for (unsigned given = 0; given < 4; given++) {
        struct sl_ahead *ahead = sl_ahead_open(texts, N_TEXTS, 3);
        for (unsigned i = 0; i < given; i++)
            assert_non_null(sl_ahead_next(ahead));
        sl_ahead_close(ahead);
    }
    struct sl_ahead *none = sl_ahead_open(texts, 0, 3);
    assert_null(sl_ahead_next(none));
    sl_ahead_close(none);
    sl_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(jobs_change_nothing), cmocka_unit_test(closes_before_the_end)};
    return cmocka_run_group_tests_name("sql/ahead", tests, NULL, NULL);
}
