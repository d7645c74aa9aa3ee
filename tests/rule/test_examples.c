/* The examples of every rule page, through the whole pipeline (cli/rule_example): one test an example. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/vec.h"
#include "cli/rule_example.h"

struct example {
    const struct sl_rule *rule;
    const struct sl_rule_example *text;
    const char *name;
};

static struct sl_arena pages;
static struct sl_rule_set rules;

static void example_holds(void **state)
{
    const struct example *example = *state;
    if (!sl_rule_example_is_readable(example->text))
        skip();
    struct sl_arena run;
    struct sl_error err = {0};
    sl_str why = SL_STR_EMPTY;
    sl_arena_init(&run);
    enum sl_status status = sl_rule_example_run(&rules, example->rule, example->text, &run, &why, &err);
    if (status != SL_OK)
        fail_msg("%s", err.message);
    if (why.len)
        fail_msg("%.*s", SL_STR_ARG(why));
    sl_arena_release(&run);
}

/* Each rule shows what it finds and what it leaves alone. */
static void every_rule_has_both_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < rules.len; i++) {
        const struct sl_rule *rule = &rules.items[i];
        size_t n[2] = {0, 0};
        for (size_t j = 0; j < rule->examples.len; j++)
            n[rule->examples.items[j].is_flagged]++;
        if (rule->status != SL_RULE_REMOVED && (n[0] == 0 || n[1] == 0))
            fail_msg("%.*s has no flagged or no unflagged example", SL_STR_ARG(rule->path));
    }
}

int main(void)
{
    struct sl_error err = {0};
    sl_arena_init(&pages);
    if (sl_rule_load_built_in(&rules, &pages, &err) != SL_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    SL_VEC(struct CMUnitTest) tests = {0};
    *SL_VEC_PUSH(&pages, &tests) = (struct CMUnitTest)cmocka_unit_test(every_rule_has_both_kinds);
    for (size_t i = 0; i < rules.len; i++) {
        const struct sl_rule *rule = &rules.items[i];
        for (size_t j = 0; j < rule->examples.len; j++) {
            struct example *example = SL_NEW(&pages, struct example);
            sl_str name = sl_arena_printf(&pages, "%.*s:%u", SL_STR_ARG(rule->path), rule->examples.items[j].line);
            *example = (struct example){rule, &rule->examples.items[j], name.ptr};
            *SL_VEC_PUSH(&pages, &tests) = (struct CMUnitTest){example->name, example_holds, NULL, NULL, example};
        }
    }
    int n_failed = _cmocka_run_group_tests("rule examples", tests.items, tests.len, NULL, NULL);
    sl_arena_release(&pages);
    return n_failed;
}
