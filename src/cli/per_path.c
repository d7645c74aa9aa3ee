#include "cli/per_path.h"

#include "graph/query.h"
#include "source/file.h"
#include "source/glob.h"

static const char findings_sql[] = "SELECT finding_id, path, rule, severity FROM finding WHERE status = 'shown'";
static const char update_sql[] = "UPDATE finding SET severity = ?2, status = iif(?3, 'ignored', status)"
                                 " WHERE finding_id = ?1";

/* A finding that changes; found first, for the table is read meanwhile. */
struct change {
    int64_t finding_id;
    const char *severity;
    bool is_off;
};
struct changes {
    struct change *items;
    size_t len, cap;
};

static const struct sl_rule_level *find_level(const struct sl_rule_levels *levels, const struct sl_rule *rule)
{
    for (size_t i = levels->len; i > 0; i--) {
        sl_str word = levels->items[i - 1].rule;
        if (sl_str_eq_nocase(word, rule->id) || sl_str_eq_nocase(word, rule->name))
            return &levels->items[i - 1];
    }
    return NULL;
}

static bool matches(struct sl_session *session, sl_str pattern, sl_str path)
{
    bool is_here = sl_str_eq(session->config.dir, SL_STR("."));
    sl_str from_here = is_here ? pattern : sl_path_join(session->run, session->config.dir, pattern);
    return sl_glob_matches(from_here, path);
}

/* NULL: nothing is said of this rule in this file. */
static const struct sl_rule_level *level_of(struct sl_session *session, const struct sl_rule *rule, sl_str path)
{
    for (size_t i = session->config.per_path.len; i > 0; i--) {
        const struct sl_path_levels *levels = &session->config.per_path.items[i - 1];
        const struct sl_rule_level *level = find_level(&levels->rules, rule);
        if (level && matches(session, levels->pattern, path))
            return level;
    }
    return NULL;
}

static enum sl_status collect(struct sl_session *session, struct changes *changes, struct sl_error *err)
{
    SL_QUERY query = NULL;
    bool has_row = false;
    SL_TRY(sl_query_prepare(session->graph, SL_STR(findings_sql), &query, err));
    SL_TRY(sl_query_step(query, &has_row, err));
    while (has_row) {
        const struct sl_rule *rule = sl_rule_find(&session->rules, sl_query_str(query, 2));
        const struct sl_rule_level *level = rule ? level_of(session, rule, sl_query_str(query, 1)) : NULL;
        if (level) {
            const struct sl_rule_override override = {level->rule, level->level};
            const struct sl_rule_selection here = {.overrides = &override, .n_overrides = 1};
            bool is_off = sl_str_eq(level->level, SL_STR("off"));
            const char *now = sl_arena_copy(session->run, sl_query_str(query, 3)).ptr;
            *SL_VEC_PUSH(session->run, changes) =
                (struct change){sl_query_int(query, 0), is_off ? now : sl_rule_severity(rule, now, &here), is_off};
        }
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    return SL_OK;
}

enum sl_status sl_per_path_apply(struct sl_session *session, struct sl_error *err)
{
    struct changes changes = {0};
    SL_QUERY update = NULL;
    if (session->config.per_path.len == 0)
        return SL_OK;
    SL_TRY(collect(session, &changes, err));
    SL_TRY(sl_query_prepare(session->graph, SL_STR(update_sql), &update, err));
    for (size_t i = 0; i < changes.len; i++) {
        sl_query_reset(update);
        sl_query_bind_int(update, 1, changes.items[i].finding_id);
        sl_query_bind_str(update, 2, sl_str_from(changes.items[i].severity));
        sl_query_bind_int(update, 3, changes.items[i].is_off);
        SL_TRY(sl_query_run(update, err));
    }
    return SL_OK;
}
