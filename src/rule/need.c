#include "rule/need.h"

#include "base/buf.h"
#include "graph/query.h"
#include "graph/settle.h"

static bool has_needs(const struct sl_rule_set *set, const bool *runs, size_t i)
{
    return runs[i] && set->items[i].needs.len > 0;
}

static void add_test(struct sl_buf *sql, const struct sl_rule *rule)
{
    sl_buf_add_printf(sql, "%s EXISTS (SELECT 1 FROM %.*s)", sql->len ? "," : "SELECT", SL_STR_ARG(rule->needs));
}

/* Together they do not compile: whose is wrong? */
static enum sl_status blame(struct sl_graph *graph, const struct sl_rule_set *set, const bool *runs,
                            struct sl_error *err)
{
    for (size_t i = 0; i < set->len; i++) {
        const struct sl_rule *rule = &set->items[i];
        struct sl_buf sql = {0};
        SL_QUERY query = NULL;
        struct sl_error inner = {0};
        if (!has_needs(set, runs, i))
            continue;
        add_test(&sql, rule);
        enum sl_status status = sl_query_prepare_guarded(graph, sl_buf_str(&sql), &query, &inner);
        sl_buf_release(&sql);
        if (status != SL_OK)
            return sl_error_set(err, SL_ERR_CONFIG, "%.*s:%u: %.900s", SL_STR_ARG(rule->path), rule->needs_line,
                                inner.message);
    }
    return err->status;
}

static enum sl_status ask(struct sl_graph *graph, const struct sl_rule_set *set, bool *runs, sl_str sql,
                          struct sl_error *err)
{
    SL_QUERY query = NULL;
    if (sl_query_prepare_guarded(graph, sql, &query, err) != SL_OK)
        return blame(graph, set, runs, err);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    int column = 0;
    for (size_t i = 0; i < set->len; i++)
        runs[i] = has_needs(set, runs, i) ? sl_query_int(query, column++) != 0 : runs[i];
    return SL_OK;
}

enum sl_status sl_rule_find_needless(struct sl_graph *graph, const struct sl_rule_set *set, bool *runs,
                                     struct sl_error *err)
{
    struct sl_buf sql = {0};
    for (size_t i = 0; i < set->len; i++) {
        if (has_needs(set, runs, i))
            add_test(&sql, &set->items[i]);
    }
    if (sql.len == 0)
        return SL_OK;
    sl_str text = sl_buf_str(&sql);
    enum sl_status status = sl_graph_settle(graph, &text, 1, err);
    if (status == SL_OK)
        status = ask(graph, set, runs, text, err);
    sl_buf_release(&sql);
    return status;
}

static enum sl_status has_row(struct sl_graph *graph, sl_str sql, bool *has, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare_guarded(graph, sql, &query, err));
    return sl_query_step(query, has, err);
}

static enum sl_status judge(struct sl_graph *graph, const struct sl_rule *rule, bool *is_wrong, struct sl_error *err)
{
    struct sl_buf sql = {0};
    bool is_there = true;
    sl_buf_add_printf(&sql, "SELECT 1 FROM %.*s", SL_STR_ARG(rule->needs));
    enum sl_status status = has_row(graph, sl_buf_str(&sql), &is_there, err);
    sl_buf_release(&sql);
    if (status == SL_OK && !is_there)
        status = has_row(graph, rule->query, is_wrong, err);
    return status;
}

enum sl_status sl_rule_find_wrong_needs(struct sl_graph *graph, const struct sl_rule_set *set,
                                        const struct sl_rule **wrong, struct sl_error *err)
{
    *wrong = NULL;
    for (size_t i = 0; i < set->len && !*wrong; i++) {
        const struct sl_rule *rule = &set->items[i];
        bool is_wrong = false;
        if (rule->needs.len > 0 && rule->status != SL_RULE_REMOVED && rule->phase == SL_RULE_PHASE_FACTS)
            SL_TRY(judge(graph, rule, &is_wrong, err));
        if (is_wrong)
            *wrong = rule;
    }
    return SL_OK;
}
