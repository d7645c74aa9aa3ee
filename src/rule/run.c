#include "rule/run.h"

#include <stdio.h>

#include "graph/settle.h"
#include "rule/candidate.h"
#include "rule/need.h"

/* Says in whose page the trouble is. */
static enum sl_status blame_page(const struct sl_rule *rule, enum sl_status status, struct sl_error *err)
{
    if (status != SL_ERR_GRAPH && status != SL_ERR_LIMIT)
        return status;
    struct sl_error inner = *err;
    return sl_error_set(err, status == SL_ERR_GRAPH ? SL_ERR_CONFIG : status, "%.*s:%u: %.900s", SL_STR_ARG(rule->path),
                        rule->query_line, inner.message);
}

static enum sl_status prepare_rule(struct sl_graph *graph, const struct sl_rule *rule, struct sl_query **query,
                                   struct sl_error *err)
{
    enum sl_status status = sl_query_prepare_guarded(graph, rule->query, query, err);
    if (status != SL_OK)
        return blame_page(rule, status, err);
    return sl_candidate_check(rule, *query, err);
}

enum sl_status sl_rule_check_queries(struct sl_graph *graph, const struct sl_rule_set *set, struct sl_error *err)
{
    for (size_t i = 0; i < set->len; i++) {
        SL_QUERY query = NULL;
        if (set->items[i].status != SL_RULE_REMOVED)
            SL_TRY(prepare_rule(graph, &set->items[i], &query, err));
    }
    return SL_OK;
}

enum sl_status sl_rule_add_rows(struct sl_graph *graph, const struct sl_rule_set *set,
                                const struct sl_rule_selection *selection, struct sl_error *err)
{
    for (size_t i = 0; i < set->len; i++) {
        const struct sl_rule *rule = &set->items[i];
        struct sl_rule_row row = {.rule_id = rule->id,
                                  .name = rule->name,
                                  .summary = rule->summary,
                                  .since = rule->since,
                                  .what = rule->what,
                                  .fix = rule->fix,
                                  .severity = rule->severity,
                                  .confidence = rule->confidence,
                                  .status = sl_rule_status_name(rule->status),
                                  .is_built_in = rule->is_built_in,
                                  .is_enabled = sl_rule_is_enabled(rule, selection)};
        SL_TRY(sl_graph_add_rule(graph, &row, err));
    }
    return SL_OK;
}

static enum sl_status run_rule(struct sl_candidate_queries *shared, const struct sl_rule *rule, struct sl_query *query,
                               const struct sl_rule_selection *selection, uint32_t *next_id, struct sl_error *err)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_candidate_vec candidates = {0};
    enum sl_status status = sl_candidates_collect(shared, rule, query, &arena, &candidates, err);
    sl_candidates_merge(&candidates);
    if (status == SL_OK)
        status = sl_candidates_emit(shared, rule, selection, &candidates, next_id, err);
    sl_arena_release(&arena);
    return blame_page(rule, status, err);
}

static bool runs_in(const struct sl_rule *rule, const struct sl_rule_selection *selection, enum sl_rule_phase phase)
{
    return rule->phase == phase && sl_rule_is_enabled(rule, selection);
}

/* The facts are complete: what the queries share is computed once. */
static enum sl_status settle(struct sl_graph *graph, const struct sl_rule_set *set, const bool *runs,
                             struct sl_arena *arena, struct sl_error *err)
{
    sl_str *texts = SL_NEW_ARRAY(arena, set->len, sl_str);
    size_t n = 0;
    for (size_t i = 0; i < set->len; i++)
        if (runs[i])
            texts[n++] = set->items[i].query;
    return sl_graph_settle(graph, texts, n, err);
}

/* All queries are compiled before the first one runs: a wrong page is found before there are results. */
static enum sl_status prepare_rules(struct sl_graph *graph, const struct sl_rule_set *set, const bool *runs,
                                    struct sl_query **queries, struct sl_error *err)
{
    for (size_t i = 0; i < set->len; i++)
        if (runs[i])
            SL_TRY(prepare_rule(graph, &set->items[i], &queries[i], err));
    return SL_OK;
}

static enum sl_status run_queries(struct sl_graph *graph, const struct sl_rule_set *set,
                                  const struct sl_rule_selection *selection, struct sl_query **queries,
                                  struct sl_error *err)
{
    int64_t last_id = 0;
    SL_TRY(sl_graph_query_int(graph, SL_STR("SELECT max(finding_id) FROM finding"), 0, &last_id, err));
    uint32_t next_id = (uint32_t)last_id + 1;
    struct sl_candidate_queries shared = {.graph = graph};
    enum sl_status status = SL_OK;
    for (size_t i = 0; i < set->len && status == SL_OK; i++)
        if (queries[i])
            status = run_rule(&shared, &set->items[i], queries[i], selection, &next_id, err);
    sl_candidate_queries_release(&shared);
    return status;
}

enum sl_status sl_rule_run(struct sl_graph *graph, const struct sl_rule_set *set,
                           const struct sl_rule_selection *selection, enum sl_rule_phase phase, struct sl_error *err)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_query **queries = SL_NEW_ARRAY(&arena, set->len, struct sl_query *);
    bool *runs = SL_NEW_ARRAY(&arena, set->len, bool);
    for (size_t i = 0; i < set->len; i++)
        runs[i] = runs_in(&set->items[i], selection, phase);
    enum sl_status status = sl_rule_find_needless(graph, set, runs, err);
    if (status == SL_OK)
        status = settle(graph, set, runs, &arena, err);
    if (status == SL_OK)
        status = prepare_rules(graph, set, runs, queries, err);
    if (status == SL_OK)
        status = run_queries(graph, set, selection, queries, err);
    for (size_t i = 0; i < set->len; i++)
        sl_query_close(queries[i]);
    sl_arena_release(&arena);
    return status;
}
