#include "rule/selection.h"

static bool is_exact(const struct sl_rule *rule, sl_str word)
{
    return sl_str_eq_nocase(rule->id, word) || sl_str_eq_nocase(rule->name, word);
}

static bool is_prefix(const struct sl_rule *rule, sl_str word)
{
    return sl_str_eq_nocase(word, SL_STR("ALL")) || (word.len > 0 && sl_str_has_prefix_nocase(rule->id, word));
}

static bool means_a_rule(const struct sl_rule_set *set, sl_str word)
{
    for (size_t i = 0; i < set->len; i++)
        if (is_exact(&set->items[i], word) || is_prefix(&set->items[i], word))
            return true;
    return false;
}

static enum sl_status check_words(const char *option, const sl_str *words, size_t n, const struct sl_rule_set *set,
                                  struct sl_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!means_a_rule(set, words[i]))
            return sl_error_set(err, SL_ERR_USAGE, "%s: \"%.*s\" is no rule; `stamplint rules` lists them.", option,
                                SL_STR_ARG(words[i]));
    return SL_OK;
}

enum sl_status sl_rule_selection_check(const struct sl_rule_selection *selection, const struct sl_rule_set *set,
                                       struct sl_error *err)
{
    SL_TRY(check_words("--select", selection->select, selection->n_select, set, err));
    SL_TRY(check_words("--ignore", selection->ignore, selection->n_ignore, set, err));
    for (size_t i = 0; i < selection->n_overrides; i++) {
        const struct sl_rule_override *override = &selection->overrides[i];
        if (!sl_rule_find(set, override->rule))
            return sl_error_set(err, SL_ERR_CONFIG, "rules: \"%.*s\" is no rule; `stamplint rules` lists them.",
                                SL_STR_ARG(override->rule));
        if (!sl_rule_severity_lookup(override->severity) && !sl_str_eq(override->severity, SL_STR("off")))
            return sl_error_set(err, SL_ERR_CONFIG, "rules: %.*s is error, warning, note or off, not \"%.*s\".",
                                SL_STR_ARG(override->rule), SL_STR_ARG(override->severity));
    }
    return SL_OK;
}

static const struct sl_rule_override *find_override(const struct sl_rule *rule,
                                                    const struct sl_rule_selection *selection)
{
    for (size_t i = selection ? selection->n_overrides : 0; i > 0; i--)
        if (is_exact(rule, selection->overrides[i - 1].rule))
            return &selection->overrides[i - 1];
    return NULL;
}

static bool is_on_without_options(const struct sl_rule *rule, const struct sl_rule_selection *selection)
{
    const struct sl_rule_override *override = find_override(rule, selection);
    if (override)
        return !sl_str_eq(override->severity, SL_STR("off"));
    return rule->is_on_by_default && rule->status != SL_RULE_PREVIEW;
}

bool sl_rule_is_enabled(const struct sl_rule *rule, const struct sl_rule_selection *selection)
{
    if (rule->status == SL_RULE_REMOVED)
        return false;
    bool is_on = is_on_without_options(rule, selection);
    if (!selection)
        return is_on;
    for (size_t i = 0; i < selection->n_ignore; i++)
        if (is_exact(rule, selection->ignore[i]) || is_prefix(rule, selection->ignore[i]))
            return false;
    if (selection->n_select == 0)
        return is_on;
    for (size_t i = 0; i < selection->n_select; i++)
        if (is_exact(rule, selection->select[i]) || (is_on && is_prefix(rule, selection->select[i])))
            return true;
    return false;
}

int sl_rule_severity_rank(const char *severity)
{
    return strcmp(severity, "error") == 0 ? 3 : strcmp(severity, "warning") == 0 ? 2 : 1;
}

const char *sl_rule_severity(const struct sl_rule *rule, const char *row, const struct sl_rule_selection *selection)
{
    const struct sl_rule_override *override = find_override(rule, selection);
    const char *severity = override ? sl_rule_severity_lookup(override->severity) : NULL;
    if (!severity)
        return row ? row : rule->severity;
    bool is_lowered = row && sl_rule_severity_rank(row) < sl_rule_severity_rank(rule->severity);
    return is_lowered && sl_rule_severity_rank(row) < sl_rule_severity_rank(severity) ? row : severity;
}
