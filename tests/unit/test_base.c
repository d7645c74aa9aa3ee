/* base: strings, arena, spans and segment maps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/segmap.h"
#include "base/span.h"
#include "base/str.h"
#include "base/vec.h"

static void position_counts_code_points(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_lines lines;
    sl_lines_init(&lines, &arena, SL_STR("a\r\n\xE8\xB3\x9E b\n"));
    struct sl_position p = sl_lines_position(&lines, 7);
    assert_int_equal(p.line, 2);
    assert_int_equal(p.col, 3);
    assert_true(sl_str_eq(sl_lines_text(&lines, 1), SL_STR("a")));
    p = sl_lines_position(&lines, 1000);
    assert_int_equal(p.line, 3);
    sl_arena_release(&arena);
}

static void segmap_finds_moved_tokens(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_segmap map = {0};
    sl_segmap_add(&map, &arena, (struct sl_segment){0, 4, 20, 4});
    sl_segmap_add(&map, &arena, (struct sl_segment){5, 3, 2, 5});
    sl_segmap_add(&map, &arena, (struct sl_segment){9, 2, 7, 0});
    bool synthetic = true;
    struct sl_span s = sl_segmap_lookup(&map, 1, &synthetic);
    assert_false(synthetic);
    assert_int_equal(s.off, 21);
    s = sl_segmap_lookup(&map, 6, &synthetic);
    assert_int_equal(s.off, 2);
    assert_int_equal(s.len, 5);
    s = sl_segmap_lookup(&map, 9, &synthetic);
    assert_true(synthetic);
    assert_int_equal(s.off, 7);
    sl_arena_release(&arena);
}

static void vec_and_arena_survive_reset(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    for (int round = 0; round < 3; round++) {
        SL_VEC(int) numbers = {0};
        for (int i = 0; i < 100000; i++)
            *SL_VEC_PUSH(&arena, &numbers) = i;
        assert_int_equal(numbers.items[99999], 99999);
        sl_arena_reset(&arena);
    }
    sl_arena_release(&arena);
}

static void numbers_overflow_is_no_number(void **state)
{
    (void)state;
    uint64_t value = 7;
    assert_false(sl_str_to_u64(SL_STR("18446744073709551616"), &value));
    assert_int_equal(value, 7);
    assert_true(sl_str_to_u64(SL_STR("18446744073709551615"), &value));
    assert_false(sl_str_to_u64(SL_STR(""), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(position_counts_code_points),
        cmocka_unit_test(segmap_finds_moved_tokens),
        cmocka_unit_test(vec_and_arena_survive_reset),
        cmocka_unit_test(numbers_overflow_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
