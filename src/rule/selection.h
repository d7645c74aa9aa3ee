/*
 * selection: which rules run, and at which severity.
 *
 * In:    --select, --ignore (ids, names, prefixes of ids, "ALL") and the configuration's rules: {SL107: warning}.
 * Out:   sl_rule_is_enabled(), sl_rule_severity().
 * Rules: an exact id or name selects a rule whatever its default; a prefix or ALL selects those on by default. A
 *        severity in the configuration turns a rule on, "off" turns it off; --select and --ignore come after it.
 *        Rules in preview run only when selected exactly; removed ones never.
 * Fails: SL_ERR_USAGE, SL_ERR_CONFIG where a word means no rule.
 */
#ifndef SL_RULE_SELECTION_H
#define SL_RULE_SELECTION_H

#include "rule/rule.h"

struct sl_rule_override {
    sl_str rule;     /* id or name */
    sl_str severity; /* error | warning | note | off */
};

struct sl_rule_selection {
    const sl_str *select;
    size_t n_select;
    const sl_str *ignore;
    size_t n_ignore;
    const struct sl_rule_override *overrides;
    size_t n_overrides;
};

SL_NODISCARD enum sl_status sl_rule_selection_check(const struct sl_rule_selection *selection,
                                                    const struct sl_rule_set *set, struct sl_error *err);
/* `selection` may be NULL: the defaults. */
bool sl_rule_is_enabled(const struct sl_rule *rule, const struct sl_rule_selection *selection);
/* The severity of a row of this rule for which its query said `row` (NULL: nothing). A configured severity takes the
 * page's place; a row that the query itself calls less than the page's severity stays at most that. */
const char *sl_rule_severity(const struct sl_rule *rule, const char *row, const struct sl_rule_selection *selection);
/* 3 error, 2 warning, 1 note. */
int sl_rule_severity_rank(const char *severity);

#endif
