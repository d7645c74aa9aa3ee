/* rule/page, rule/rule, rule/selection: a page read strictly, rules loaded, rules chosen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "rule/selection.h"

#define FRONT                                                                                                          \
    "---\nid: ACME7\nname: acme-seven\nsummary: Says \nseverity: warning\nconfidence: medium\nstatus: stable\n"        \
    "since: 0.1.0\napplies_to: [sql, query_log]\nmessage: \"a \\\"{subject}\\\" \\\\ b\"\n"
#define BODY                                                                                                           \
    "---\n# Title\n\n## What it finds\n\nText.\n\n## Query\n\n```sql rule\nSELECT 1\n```\n\n## Flagged\n\n"            \
    "```sql mysql\n-- expect: ACME7\nSELECT 2;\n```\n\n```ruby path=app/x.rb code\nx\n```\n\n"                         \
    "## Not flagged\n\n```sql postgres migration\nSELECT 3;\n## no heading\n```\n\n## Fix\n\nDo it.\n"

static void a_page_is_read(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_rule rule;
    struct sl_error err = {0};
    assert_int_equal(sl_rule_page_parse(SL_STR("p.md"), SL_STR(FRONT "default: off\n" BODY), &arena, &rule, &err),
                     SL_OK);
    assert_true(sl_str_eq(rule.id, SL_STR("ACME7")));
    assert_true(sl_str_eq(rule.summary, SL_STR("Says")));
    assert_true(sl_str_eq(rule.message, SL_STR("a \"{subject}\" \\ b")));
    assert_true(sl_str_eq(rule.what, SL_STR("Text.")));
    assert_true(sl_str_eq(rule.fix, SL_STR("Do it.")));
    assert_true(sl_str_eq(rule.query, SL_STR("SELECT 1\n")));
    assert_int_equal(rule.query_line, 22);
    assert_int_equal(rule.message_line, 10);
    assert_int_equal(rule.applies_to, 1u << 2 | 1u << 4);
    assert_false(rule.is_on_by_default);
    assert_int_equal(rule.examples.len, 3);
    assert_true(rule.examples.items[0].is_flagged);
    assert_true(sl_str_eq(rule.examples.items[0].dialect, SL_STR("mysql")));
    assert_int_equal(rule.examples.items[0].line, 28);
    assert_true(sl_str_eq(rule.examples.items[1].path, SL_STR("app/x.rb")));
    assert_true(sl_str_eq(rule.examples.items[1].kind, SL_STR("code")));
    assert_false(rule.examples.items[2].is_flagged);
    assert_true(sl_str_eq(rule.examples.items[2].text, SL_STR("SELECT 3;\n## no heading\n")));
    sl_arena_release(&arena);
}

struct wrong_case {
    const char *name;
    const char *page;
    const char *error;
};

static const struct wrong_case wrongs[] = {
    {"empty", "", "p.md:1: A rule page begins with front matter"},
    {"no front matter", "# Title\n", "p.md:1: A rule page begins with front matter"},
    {"no end", "---\nid: A1\n", "p.md:2: The front matter does not end"},
    {"no key", "---\nhello\n---\n", "p.md:2: A line of the front matter is"},
    {"unknown key", "---\ncolour: red\n---\n", "p.md:2: \"colour\" is no key"},
    {"twice", "---\nid: A1\nid: A2\n---\n", "p.md:3: id stands here twice"},
    {"no value", "---\nid:\n---\n", "p.md:2: This key has no value"},
    {"missing key", "---\nid: A1\n---\n", "p.md:3: The front matter has no name"},
    {"bad id", "---\nid: acme\n---\n", "p.md:2: An id is capital letters"},
    {"id without digits", "---\nid: ACME\n---\n", "p.md:2: An id is capital letters"},
    {"bad name", "---\nname: Not A Name\n---\n", "p.md:2: A name is lower case"},
    {"bad severity", "---\nseverity: fatal\n---\n", "p.md:2: \"fatal\" is not one of error, warning, note"},
    {"bad status", "---\nstatus: new\n---\n", "p.md:2: \"new\" is not one of preview, stable, deprecated, removed"},
    {"bad kind", "---\napplies_to: [sql, web]\n---\n", "p.md:2: \"web\" is no kind of source"},
    {"no list", "---\napplies_to: sql\n---\n", "p.md:2: applies_to is a list"},
    {"empty list", "---\napplies_to: []\n---\n", "p.md:2: applies_to names no kind"},
    {"YAML would read a mapping", "---\nsummary: a: b\n---\n", "p.md:2: Write this value in double quotes"},
    {"YAML would read a flow mapping", "---\nmessage: {subject} moves\n---\n",
     "p.md:2: Write this value in double quotes"},
    {"open quote", "---\nmessage: \"a\n---\n", "p.md:2: The closing double quote"},
    {"text behind the quote", "---\nmessage: \"a\" b\n---\n", "p.md:2: The closing double quote"},
    {"unknown escape", "---\nmessage: \"a\\n\"\n---\n", "p.md:2: Only"},
    {"no section", FRONT "---\n## What it finds\n", "p.md:12: The page has no section \"## Query\""},
    {"no query", FRONT "---\n## What it finds\n## Query\n## Flagged\n## Not flagged\n## Fix\n",
     "p.md:16: The page has no ```sql rule block"},
    {"two queries", FRONT "---\n## Query\n```sql rule\n```\n```sql rule\n```\n", "p.md:15: A rule has one"},
    {"section twice", FRONT "---\n## Query\n## Query\n", "p.md:13: The section \"Query\" stands here twice"},
    {"open block", FRONT "---\n## Query\n```sql rule\nSELECT 1\n", "p.md:13: This code block does not end"},
    {"example without a language", FRONT "---\n## Flagged\n```\nx\n```\n", "p.md:13: An example says its language"},
    {"example with an unknown word", FRONT "---\n## Flagged\n```sql oracle\nx\n```\n",
     "p.md:13: \"oracle\" is neither"},
};

static void wrong_case(void **state)
{
    const struct wrong_case *row = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_rule rule = {.severity = "untouched"};
    struct sl_error err = {0};
    enum sl_status status = sl_rule_page_parse(SL_STR("p.md"), sl_str_from(row->page), &arena, &rule, &err);
    assert_int_equal(status, SL_ERR_CONFIG);
    if (strncmp(err.message, row->error, strlen(row->error)) != 0)
        assert_string_equal(err.message, row->error);
    assert_string_equal(rule.severity, "untouched");
    sl_arena_release(&arena);
}

static void a_removed_rule_is_only_a_page(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_rule rule;
    struct sl_error err = {0};
    sl_str page = SL_STR("---\nid: ACME8\nname: gone\nsummary: s\nseverity: note\nconfidence: low\nstatus: removed\n"
                         "since: 0.1.0\napplies_to: [sql]\nmessage: m\n---\nIt went.\n");
    assert_int_equal(sl_rule_page_parse(SL_STR("p.md"), page, &arena, &rule, &err), SL_OK);
    const sl_str select[] = {SL_STR("ACME8")};
    const struct sl_rule_selection selection = {.select = select, .n_select = 1};
    assert_false(sl_rule_is_enabled(&rule, &selection));
    sl_arena_release(&arena);
}

static void write_page(const char *folder, const char *name, const char *text, size_t len)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    fclose(file);
}

static void remove_page(const char *folder, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(remove(path), 0);
}

static void folders_come_through_the_same_loader(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_error err = {0};
    char folder[] = "/tmp/sl-rules-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct sl_rule_set set = {0};
    assert_int_equal(sl_rule_load_built_in(&set, &arena, &err), SL_OK);
    size_t n_built_in = set.len;
    assert_int_equal(sl_rule_load_folder(folder, &set, &arena, &err), SL_ERR_CONFIG); /* no page in it */
    assert_int_equal(sl_rule_load_folder("/nowhere/at/all", &set, &arena, &err), SL_ERR_IO);
    static const char page[] = FRONT BODY;
    write_page(folder, "acme.md", page, sizeof page - 1);
    write_page(folder, "README.md", "not a rule", 10);
    assert_int_equal(sl_rule_load_folder(folder, &set, &arena, &err), SL_OK);
    assert_int_equal(set.len, n_built_in + 1);
    assert_false(set.items[n_built_in].is_built_in);
    assert_ptr_equal(sl_rule_find(&set, SL_STR("acme7")), &set.items[n_built_in]);
    assert_ptr_equal(sl_rule_find(&set, SL_STR("ACME-seven")), &set.items[n_built_in]);
    assert_null(sl_rule_find(&set, SL_STR("ACME")));
    assert_int_equal(sl_rule_load_folder(folder, &set, &arena, &err), SL_ERR_CONFIG); /* the id is there already */
    assert_non_null(strstr(err.message, "acme.md: the id ACME7 belongs to"));
    remove_page(folder, "acme.md");
    static const char stolen[] = "---\nid: SL001\nname: mine\nsummary: s\nseverity: note\nconfidence: low\n"
                                 "status: stable\nsince: 0.1.0\napplies_to: [sql]\nmessage: m\n" BODY;
    write_page(folder, "mine.md", stolen, sizeof stolen - 1);
    assert_int_equal(sl_rule_load_folder(folder, &set, &arena, &err), SL_ERR_CONFIG);
    assert_non_null(strstr(err.message, "the id SL001 belongs to rules/SL001"));
    char *large = calloc(1, SL_MAX_RULE_PAGE_BYTES + 1);
    assert_non_null(large);
    write_page(folder, "mine.md", large, SL_MAX_RULE_PAGE_BYTES + 1);
    assert_int_equal(sl_rule_load_folder(folder, &set, &arena, &err), SL_ERR_LIMIT);
    write_page(folder, "mine.md", large, SL_MAX_RULE_PAGE_BYTES);
    assert_int_equal(sl_rule_load_folder(folder, &set, &arena, &err), SL_ERR_CONFIG); /* read, and no page */
    free(large);
    remove_page(folder, "mine.md");
    remove_page(folder, "README.md");
    rmdir(folder);
    sl_arena_release(&arena);
}

struct choice_case {
    const char *name;
    const char *select, *ignore; /* one word, or NULL */
    struct sl_rule_override override;
    bool is_on_by_default;
    enum sl_rule_status status;
    bool is_enabled;
};

static const struct choice_case choices[] = {
    {"default", NULL, NULL, {{0}}, true, SL_RULE_STABLE, true},
    {"off by default", NULL, NULL, {{0}}, false, SL_RULE_STABLE, false},
    {"preview", NULL, NULL, {{0}}, true, SL_RULE_PREVIEW, false},
    {"deprecated runs", NULL, NULL, {{0}}, true, SL_RULE_DEPRECATED, true},
    {"selected by id", "acme7", NULL, {{0}}, false, SL_RULE_STABLE, true},
    {"selected by name", "acme-seven", NULL, {{0}}, true, SL_RULE_PREVIEW, true},
    {"a prefix selects what is on", "ACME", NULL, {{0}}, true, SL_RULE_STABLE, true},
    {"a prefix does not select what is off", "ACME", NULL, {{0}}, false, SL_RULE_STABLE, false},
    {"ALL", "ALL", NULL, {{0}}, true, SL_RULE_STABLE, true},
    {"another is selected", "SL101", NULL, {{0}}, true, SL_RULE_STABLE, false},
    {"ignored", NULL, "ACME7", {{0}}, true, SL_RULE_STABLE, false},
    {"ignored by prefix", NULL, "ACME", {{0}}, true, SL_RULE_STABLE, false},
    {"ignored goes before selected", "ACME7", "ACME7", {{0}}, true, SL_RULE_STABLE, false},
    {"configured off", NULL, NULL, {SL_STR_INIT("ACME7"), SL_STR_INIT("off")}, true, SL_RULE_STABLE, false},
    {"configured on", NULL, NULL, {SL_STR_INIT("ACME7"), SL_STR_INIT("note")}, false, SL_RULE_STABLE, true},
    {"configured by name", NULL, NULL, {SL_STR_INIT("acme-seven"), SL_STR_INIT("off")}, true, SL_RULE_STABLE, false},
};

static void choice_case(void **state)
{
    const struct choice_case *row = *state;
    struct sl_rule rule = {.id = SL_STR("ACME7"),
                           .name = SL_STR("acme-seven"),
                           .severity = "warning",
                           .is_on_by_default = row->is_on_by_default,
                           .status = row->status};
    sl_str select = sl_str_from(row->select);
    sl_str ignore = sl_str_from(row->ignore);
    const struct sl_rule_selection selection = {.select = &select,
                                                .n_select = row->select != NULL,
                                                .ignore = &ignore,
                                                .n_ignore = row->ignore != NULL,
                                                .overrides = &row->override,
                                                .n_overrides = row->override.rule.len > 0};
    assert_int_equal(sl_rule_is_enabled(&rule, &selection), row->is_enabled);
}

static void severity_is_configured(void **state)
{
    (void)state;
    const struct sl_rule rule = {.id = SL_STR("ACME7"), .name = SL_STR("acme-seven"), .severity = "error"};
    assert_string_equal(sl_rule_severity(&rule, NULL, NULL), "error");
    assert_string_equal(sl_rule_severity(&rule, "note", NULL), "note");
    const struct sl_rule_override override = {SL_STR("ACME7"), SL_STR("warning")};
    const struct sl_rule_selection selection = {.overrides = &override, .n_overrides = 1};
    assert_string_equal(sl_rule_severity(&rule, NULL, &selection), "warning");
    assert_string_equal(sl_rule_severity(&rule, "error", &selection), "warning");
    assert_string_equal(sl_rule_severity(&rule, "note", &selection), "note");
}

static void unknown_words_are_refused(void **state)
{
    (void)state;
    struct sl_rule rule = {.id = SL_STR("ACME7"), .name = SL_STR("acme-seven")};
    const struct sl_rule_set set = {&rule, 1, 1};
    struct sl_error err = {0};
    const sl_str words[] = {SL_STR("ACME"), SL_STR("ACME8")};
    struct sl_rule_selection selection = {.select = words, .n_select = 1, .ignore = words, .n_ignore = 1};
    assert_int_equal(sl_rule_selection_check(&selection, &set, &err), SL_OK);
    selection.n_select = 2;
    assert_int_equal(sl_rule_selection_check(&selection, &set, &err), SL_ERR_USAGE);
    const struct sl_rule_override overrides[] = {{SL_STR("ACME"), SL_STR("off")}, {SL_STR("ACME7"), SL_STR("loud")}};
    for (size_t i = 0; i < 2; i++) {
        selection = (struct sl_rule_selection){.overrides = &overrides[i], .n_overrides = 1};
        assert_int_equal(sl_rule_selection_check(&selection, &set, &err), SL_ERR_CONFIG);
    }
}

static void pages_and_tables_are_rendered(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_error err = {0};
    struct sl_rule_set set = {0};
    assert_int_equal(sl_rule_add_page(SL_STR("p.md"), SL_STR(FRONT BODY), false, &set, &arena, &err), SL_OK);
    struct sl_buf out = {0};
    sl_rule_render_table(&set, &out);
    assert_string_equal(sl_buf_str(&out).ptr, "ACME7    acme-seven warning  on       Says\n");
    sl_buf_reset(&out);
    sl_rule_render_page(&set.items[0], &out);
    assert_int_equal(sl_str_find(sl_buf_str(&out), SL_STR("ACME7 acme-seven\n\nSays\n\nseverity warning")), 0);
    assert_int_not_equal(sl_str_find(sl_buf_str(&out), SL_STR("## Fix\n\nDo it.\n")), SIZE_MAX);
    assert_int_equal(sl_str_find(sl_buf_str(&out), SL_STR("applies_to")), SIZE_MAX);
    sl_buf_release(&out);
    sl_arena_release(&arena);
}

#define N_WRONGS (sizeof wrongs / sizeof *wrongs)
#define N_CHOICES (sizeof choices / sizeof *choices)

int main(void)
{
    struct CMUnitTest tests[N_WRONGS + N_CHOICES + 6];
    size_t n = 0;
    for (size_t i = 0; i < N_WRONGS; i++)
        tests[n++] = (struct CMUnitTest){wrongs[i].name, wrong_case, NULL, NULL, (void *)&wrongs[i]};
    for (size_t i = 0; i < N_CHOICES; i++)
        tests[n++] = (struct CMUnitTest){choices[i].name, choice_case, NULL, NULL, (void *)&choices[i]};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(a_page_is_read);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(a_removed_rule_is_only_a_page);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(folders_come_through_the_same_loader);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(severity_is_configured);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(unknown_words_are_refused);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(pages_and_tables_are_rendered);
    return _cmocka_run_group_tests("rule_page", tests, n, NULL, NULL);
}
