/* What escapes with a backslash stand for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/escape.h"

static const struct escape_case {
    const char *name;
    sl_str raw;
    enum sl_escapes escapes;
    sl_str meant;
} cases[] = {
    {"nothing to undo", SL_STR_INIT("a b"), SL_ESCAPES_JSON, SL_STR_INIT("a b")},
    {"empty", SL_STR_INIT(""), SL_ESCAPES_JSON, SL_STR_INIT("")},
    {"control characters", SL_STR_INIT("\\n\\t\\r\\b\\f."), SL_ESCAPES_JSON, SL_STR_INIT("\n\t\r\b\f.")},
    {"quote, slash, backslash", SL_STR_INIT("\\\"\\/\\\\n"), SL_ESCAPES_JSON, SL_STR_INIT("\"/\\n")},
    {"one byte of UTF-8", SL_STR_INIT("a\\u003cb"), SL_ESCAPES_JSON, SL_STR_INIT("a<b")},
    {"two bytes", SL_STR_INIT("\\u00E9"), SL_ESCAPES_JSON, SL_STR_INIT("\xC3\xA9")},
    {"three bytes", SL_STR_INIT("\\u20ac"), SL_ESCAPES_JSON, SL_STR_INIT("\xE2\x82\xAC")},
    {"a pair of surrogates", SL_STR_INIT("\\ud83d\\ude00"), SL_ESCAPES_JSON, SL_STR_INIT("\xF0\x9F\x98\x80")},
    {"half a pair", SL_STR_INIT("\\ud83dx"), SL_ESCAPES_JSON, SL_STR_INIT("\xED\xA0\xBDx")},
    {"half a pair, then another character", SL_STR_INIT("\\ud83d\\u0041"), SL_ESCAPES_JSON,
     SL_STR_INIT("\xED\xA0\xBD"
                 "A")},
    {"no four digits", SL_STR_INIT("\\u00g1"), SL_ESCAPES_JSON, SL_STR_INIT("u00g1")},
    {"cut in the digits", SL_STR_INIT("\\u00e"), SL_ESCAPES_JSON, SL_STR_INIT("u00e")},
    {"cut behind the backslash", SL_STR_INIT("a\\"), SL_ESCAPES_JSON, SL_STR_INIT("a\\")},
    {"only JSON has code points", SL_STR_INIT("\\u0041"), SL_ESCAPES_BACKSLASH, SL_STR_INIT("u0041")},
    {"NUL and control Z", SL_STR_INIT("\\0\\Z"), SL_ESCAPES_BACKSLASH, SL_STR_INIT("\0\x1a")},
};

static void is_what_was_meant(void **state)
{
    const struct escape_case *row = *state;
    char out[32];
    assert_true(row->raw.len < sizeof out);
    size_t n = sl_unescape(row->raw, row->escapes, out);
    assert_int_equal(n, row->meant.len);
    assert_memory_equal(out, row->meant.ptr, n);
    assert_true(n <= row->raw.len);
}

int main(void)
{
    struct CMUnitTest tests[sizeof cases / sizeof cases[0]];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, is_what_was_meant, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    return _cmocka_run_group_tests("unescape", tests, sizeof cases / sizeof cases[0], NULL, NULL);
}
