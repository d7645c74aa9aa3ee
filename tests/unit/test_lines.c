/* base/span: columns of long lines, counted in code points from marks every SL_LINES_STRIDE bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/span.h"

static uint32_t slow_column(sl_str text, uint32_t off)
{
    uint32_t start = off;
    while (start > 0 && text.ptr[start - 1] != '\n')
        start--;
    uint32_t col = 1;
    for (uint32_t i = start; i < off; i++)
        col += ((unsigned char)text.ptr[i] & 0xc0) != 0x80 || i == start;
    return col;
}

static void long_lines_count_as_short_ones(void **state)
{
    (void)state;
    struct sl_buf text = {0};
    for (int i = 0; i < 3000; i++)
        sl_buf_add(&text, i % 700 == 699 ? SL_STR("\n\xB3") : i % 3 ? SL_STR("a") : SL_STR("\xE8\xB3\x9E"));
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_lines lines;
    sl_lines_init(&lines, &arena, sl_buf_str(&text));
    for (uint32_t off = 0; off <= text.len; off += 13)
        assert_int_equal(sl_lines_position(&lines, off).col, slow_column(sl_buf_str(&text), off));
    for (uint32_t off = SL_LINES_STRIDE - 2; off <= SL_LINES_STRIDE + 2; off++)
        assert_int_equal(sl_lines_position(&lines, off).col, slow_column(sl_buf_str(&text), off));
    sl_arena_release(&arena);
    sl_buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_lines_count_as_short_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
