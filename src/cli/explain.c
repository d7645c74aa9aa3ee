/* stamplint explain RULE, stamplint rules: the rules' own pages. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/rule_example.h"
#include "rule/rule.h"

static enum sl_status load_rules(const struct sl_options *options, struct sl_arena *run, struct sl_rule_set *rules,
                                 struct sl_error *err)
{
    SL_TRY(sl_rule_load_built_in(rules, run, err));
    return options->rules_dir.len ? sl_rule_load_folder(options->rules_dir.ptr, rules, run, err) : SL_OK;
}

static void print_and_release(struct sl_buf *text)
{
    fwrite(text->bytes, 1, text->len, stdout);
    sl_buf_release(text);
}

static enum sl_status run_explain(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                  struct sl_error *err)
{
    struct sl_rule_set rules = {0};
    struct sl_buf text = {0};
    *exit_status = 0;
    if (options->operands.len == 0)
        return sl_error_set(err, SL_ERR_USAGE,
                            "explain needs a rule: 'stamplint explain SL101'; 'stamplint rules' lists them.");
    SL_TRY(load_rules(options, run, &rules, err));
    for (size_t i = 0; i < options->operands.len; i++) {
        const struct sl_rule *rule = sl_rule_find(&rules, options->operands.items[i]);
        if (!rule) {
            sl_buf_release(&text);
            return sl_error_set(err, SL_ERR_USAGE, "There is no rule '%.*s'; 'stamplint rules' lists them.",
                                SL_STR_ARG(options->operands.items[i]));
        }
        sl_rule_render_page(rule, &text);
    }
    print_and_release(&text);
    return SL_OK;
}

struct tally {
    size_t n_rules, n_examples, n_wrong, n_unread;
};

/* Prints the examples of one page that do not hold. */
static enum sl_status test_page(const struct sl_rule_set *rules, const struct sl_rule *rule, struct tally *tally,
                                struct sl_error *err)
{
    struct sl_arena arena;
    enum sl_status status = SL_OK;
    sl_arena_init(&arena);
    for (size_t i = 0; i < rule->examples.len && status == SL_OK; i++) {
        sl_str why = SL_STR_EMPTY;
        if (!sl_rule_example_is_readable(&rule->examples.items[i])) {
            tally->n_unread++;
            continue;
        }
        status = sl_rule_example_run(rules, rule, &rule->examples.items[i], &arena, &why, err);
        tally->n_wrong += why.len > 0;
        tally->n_examples++;
        if (why.len)
            status = sl_output_write_lines(SL_STR_EMPTY, why, err);
    }
    tally->n_rules++;
    sl_arena_release(&arena);
    return status;
}

static enum sl_status test_rules(const struct sl_options *options, const struct sl_rule_set *rules,
                                 struct sl_arena *run, int *exit_status, struct sl_error *err)
{
    struct tally tally = {0};
    for (size_t i = 0; i < rules->len; i++)
        if (rules->items[i].is_built_in == !options->rules_dir.len)
            SL_TRY(test_page(rules, &rules->items[i], &tally, err));
    fflush(stdout);
    sl_output_message(sl_arena_printf(run, "%zu rule%s, %zu example%s, %zu of them wrong", tally.n_rules,
                                      tally.n_rules == 1 ? "" : "s", tally.n_examples, tally.n_examples == 1 ? "" : "s",
                                      tally.n_wrong));
    if (tally.n_unread)
        sl_output_message(sl_arena_printf(
            run, "%zu more are in languages that this build does not read (stamplint --version)", tally.n_unread));
    *exit_status = tally.n_wrong > 0;
    return SL_OK;
}

static enum sl_status run_rules(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                struct sl_error *err)
{
    struct sl_rule_set rules = {0};
    struct sl_buf text = {0};
    *exit_status = 0;
    SL_TRY(load_rules(options, run, &rules, err));
    if (options->test)
        return test_rules(options, &rules, run, exit_status, err);
    sl_rule_render_table(&rules, &text);
    print_and_release(&text);
    return SL_OK;
}

const struct sl_command sl_command_explain = {
    .name = "explain",
    .bit = SL_COMMAND_EXPLAIN,
    .operands = "RULE...",
    .summary = "Prints a rule's page: what it finds, examples, the fix.",
    .run = run_explain,
};

const struct sl_command sl_command_rules = {
    .name = "rules",
    .bit = SL_COMMAND_RULES,
    .operands = "",
    .summary = "Lists the rules, or runs their examples.",
    .run = run_rules,
};
