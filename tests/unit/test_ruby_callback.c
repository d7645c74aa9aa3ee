/* ruby_callback: how far a callback is followed. What is read of one is in fixtures/source/ruby/callbacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/buf.h"
#include "source/model_fact.h"
#include "source/ruby_callback.h"

/* A model whose callback calls `n` methods that assign a column each. */
static void model_text(struct sl_buf *text, unsigned n)
{
    sl_buf_add(text, SL_STR("class Draw < ApplicationRecord\n  before_save :all\n  def all\n"));
    for (unsigned i = 0; i < n; i++)
        sl_buf_add_printf(text, "    fill%u\n", i);
    sl_buf_add(text, SL_STR("    self.own_at = Time.current\n  end\n"));
    for (unsigned i = 0; i < n; i++)
        sl_buf_add_printf(text, "  def fill%u\n    self.at%u = Time.current\n    all\n  end\n", i, i);
    sl_buf_add(text, SL_STR("end\n"));
}

static size_t count_fills(unsigned n_methods)
{
    struct sl_arena arena;
    struct sl_buf text = {0};
    struct sl_reading reading = {0};
    sl_arena_init(&arena);
    model_text(&text, n_methods);
    struct sl_source source = {.path = SL_STR("app/models/draw.rb"),
                               .kind = SL_SOURCE_CODE,
                               .bytes = sl_arena_copy(&arena, sl_buf_str(&text))};
    sl_project_read(&source, 1, NULL, &arena);
    sl_model_fact_read(&source, &arena, &reading);
    size_t n = 0;
    for (size_t i = 0; i < reading.facts.len; i++)
        n += reading.facts.items[i].kind == SL_SOURCE_FACT_FILLS;
    sl_buf_release(&text);
    sl_arena_release(&arena);
    return n;
}

static void bodies_have_a_limit(void **state)
{
    (void)state;
    if (!sl_syntax_has_language(SL_LANGUAGE_RUBY))
        skip(); /* this build was made without it */
    enum { MOST = SL_RUBY_MAX_CALLBACK_BODIES };
    assert_int_equal(count_fills(0), 1);
    assert_int_equal(count_fills(MOST - 1), MOST); /* the callback's own, and the methods */
    assert_int_equal(count_fills(MOST), MOST);
    assert_int_equal(count_fills(2 * MOST), MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bodies_have_a_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
