/* report/escape: what a byte of an input becomes on its way out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "report/escape.h"

enum target { LINE, FRAME, HTML, MARKDOWN, GITHUB, GITHUB_PROPERTY, JSON };

struct escape_case {
    const char *name;
    enum target target;
    const char *in;
    const char *out;
};

static const struct escape_case cases[] = {
    {"plain text stays", LINE, "SELECT 賞 FROM ä", "SELECT 賞 FROM ä"},
    {"escape character", LINE, "\033[31mred", "\\x1b[31mred"},
    {"line ends and tabs", LINE, "a\nb\tc\rd", "a\\nb\\tc\\x0dd"},
    {"delete", LINE, "\x7f", "\\x7f"},
    {"C1 control", LINE,
     "\xC2\x9B"
     "31m",
     "\\u{9b}31m"},
    {"no UTF-8", LINE, "a\xff\xC3", "a\\xff\\xc3"},
    {"surrogate", LINE, "\xED\xA0\x80", "\\xed\\xa0\\x80"},
    {"right-to-left override", LINE,
     "a\xE2\x80\xAE"
     "b",
     "a\\u{202e}b"},
    {"zero width space", LINE,
     "a\xE2\x80\x8B"
     "b",
     "a\\u{200b}b"},
    {"line separator", LINE, "\xE2\x80\xA8", "\\u{2028}"},
    {"tab in a frame", FRAME, "a\tb\t\tc", "a   b       c"},
    {"escape in a frame", FRAME, "\033c", "\\x1bc"},
    {"markup", HTML, "<b a=\"x\" b='y'>&amp;", "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;"},
    {"lines stay in a page", HTML, "a\n\tb", "a\n\tb"},
    {"control in a page", HTML, "a\x01\r", "a\\x01\\x0d"},
    {"emphasis", MARKDOWN, "*a* [x](y) #1", "\\*a\\* \\[x\\](y) \\#1"},
    {"code span", MARKDOWN, "`updated_at` *moves*", "`updated_at` \\*moves\\*"},
    {"lone backtick", MARKDOWN, "a ` <b>*", "a \\` &lt;b\\>\\*"},
    {"double backtick", MARKDOWN, "``<b>", "\\`\\`&lt;b\\>"},
    {"backtick over lines", MARKDOWN, "`a\nb`", "\\`a b\\`"},
    {"underscore in a word", MARKDOWN, "updated_at _x_", "updated_at \\_x\\_"},
    {"tag", MARKDOWN, "<script>", "&lt;script\\>"},
    {"workflow command", GITHUB, "a\n::error::b%0A", "a%0A::error::b%250A"},
    {"complete JSON", JSON, "[{\"a\":\"\\u001b\"},\n1]", "[{\"a\":\"\\u001b\"},\n1]"},
    {"delete and override in JSON", JSON, "\"\x7f\xE2\x80\xAE\"", "\"\\u007f\\u202e\""},
    {"beyond the first plane in JSON", JSON, "\"\xF3\xA0\x81\x81\"", "\"\\udb40\\udc41\""},
    {"no UTF-8 in JSON", JSON, "\"\xff\"", "\"\\ufffd\""},
    {"property", GITHUB_PROPERTY, "a:b,c\rd", "a%3Ab%2Cc%0Dd"},
};

static void escape_case(void **state)
{
    const struct escape_case *row = *state;
    struct sl_buf out = {0};
    sl_str in = sl_str_from(row->in);
    switch (row->target) {
    case JSON:
        sl_escape_json(in, &out);
        break;
    case LINE:
        sl_escape_line(in, &out);
        break;
    case FRAME:
        sl_escape_frame(in, &out);
        break;
    case HTML:
        sl_escape_html(in, &out);
        break;
    case MARKDOWN:
        sl_escape_markdown(in, &out);
        break;
    default:
        sl_escape_github(in, row->target == GITHUB_PROPERTY, &out);
    }
    assert_string_equal(sl_buf_str(&out).ptr, row->out);
    sl_buf_release(&out);
}

static void a_frame_knows_its_columns(void **state)
{
    (void)state;
    assert_int_equal(sl_escape_frame_width(SL_STR("abc")), 3);
    assert_int_equal(sl_escape_frame_width(SL_STR("抽選")), 4);
    assert_int_equal(sl_escape_frame_width(SL_STR("a\tb")), 5);
    assert_int_equal(sl_escape_frame_width(SL_STR("a\xCC\x88")), 1);
    assert_int_equal(sl_escape_frame_width(SL_STR("\033")), 4);
    assert_int_equal(sl_escape_frame_width(SL_STR_EMPTY), 0);
}

/* Whatever the byte, nothing that a terminal obeys comes out. */
static void every_byte_is_visible(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        struct sl_buf out = {0};
        sl_escape_line((sl_str){&c, 1}, &out);
        assert_true(out.len > 0);
        for (size_t i = 0; i < out.len; i++)
            assert_in_range(out.bytes[i], 0x20, 0x7e);
        sl_buf_release(&out);
    }
}

#define N_CASES (sizeof cases / sizeof *cases)

int main(void)
{
    struct CMUnitTest tests[N_CASES + 2];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, escape_case, NULL, NULL, (void *)&cases[i]};
    tests[N_CASES] = (struct CMUnitTest)cmocka_unit_test(a_frame_knows_its_columns);
    tests[N_CASES + 1] = (struct CMUnitTest)cmocka_unit_test(every_byte_is_visible);
    return _cmocka_run_group_tests("escape", tests, N_CASES + 2, NULL, NULL);
}
