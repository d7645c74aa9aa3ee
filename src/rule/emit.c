/* Merged candidates → rows of finding, finding_evidence, finding_affects. */
#include <stdio.h>
#include <xxhash.h>

#include "rule/candidate.h"

/* What a finding says of a column's evidence: before the column's name and behind it. */
static const struct {
    sl_str kind, before, after;
} sentences[] = {
    {SL_STR_INIT("on_update_clause"), SL_STR_INIT("`"), SL_STR_INIT("` is rewritten by ON UPDATE CURRENT_TIMESTAMP")},
    {SL_STR_INIT("implicit_timestamp"), SL_STR_INIT("`"),
     SL_STR_INIT("` is the table's first TIMESTAMP, which the server rewrites on every update")},
    {SL_STR_INIT("trigger"), SL_STR_INIT("a trigger sets `"), SL_STR_INIT("` on every update")},
    {SL_STR_INIT("orm_timestamps"), SL_STR_INIT("the ORM sets `"), SL_STR_INIT("` on every save")},
    {SL_STR_INIT("observed_writes"), SL_STR_INIT("updates of other columns set `"), SL_STR_INIT("` too")},
    {SL_STR_INIT("config"), SL_STR_INIT("the configuration gives `"), SL_STR_INIT("` its role")},
    {SL_STR_INIT("name"), SL_STR_INIT("`"), SL_STR_INIT("` has its role by its name alone")},
};
#define N_SENTENCES (sizeof sentences / sizeof *sentences)

static const char evidence_sql[] =
    "SELECT e.kind, coalesce(e.detail, ''), source.path, e.source_id, e.off, e.len, e.line, e.col, c.name"
    " FROM role_evidence AS e JOIN db_column AS c USING (column_id) LEFT JOIN source ON source.source_id = e.source_id"
    " WHERE e.column_id = ?1 AND NOT e.is_against"
    " AND (e.kind <> 'name' OR NOT EXISTS (SELECT 1 FROM role_evidence AS o WHERE o.column_id = ?1"
    "      AND NOT o.is_against AND o.kind <> 'name'))"
    " ORDER BY CASE e.kind WHEN 'on_update_clause' THEN 1 WHEN 'implicit_timestamp' THEN 2 WHEN 'trigger' THEN 3"
    "  WHEN 'orm_timestamps' THEN 4 WHEN 'observed_writes' THEN 5 WHEN 'config' THEN 6 ELSE 7 END,"
    "  e.source_id, e.off, e.detail LIMIT 8";

static const char rule_evidence_sql[] =
    "INSERT INTO finding_evidence (finding_id, ordinal, kind, detail, path, line, col, off, len)"
    " SELECT ?1, ?2 + j.key, coalesce(j.value ->> 'kind', 'other'),"
    "  nullif(coalesce(j.value ->> 'detail', '') || coalesce(', ' || source.path || ':' ||"
    "   coalesce(j.value ->> 'line', s.line), ''), ''),"
    "  source.path, coalesce(j.value ->> 'line', s.line), coalesce(j.value ->> 'col', s.col),"
    "  coalesce(j.value ->> 'off', s.off), coalesce(j.value ->> 'len', s.len)"
    " FROM json_each(?3) AS j LEFT JOIN statement AS s ON s.statement_id = j.value ->> 'statement_id'"
    " LEFT JOIN source ON source.source_id = coalesce(j.value ->> 'source_id', s.source_id) ORDER BY j.key";

static const char affects_sql[] =
    "INSERT OR IGNORE INTO finding_affects (finding_id, statement_id, path, line, col, fingerprint, calls,"
    " app_location)"
    " SELECT ?1, s.statement_id, source.path, s.line, s.col, s.fingerprint, s.calls,"
    " s.app_location"
    " FROM json_each(?2) AS j JOIN statement AS s ON s.statement_id = j.value JOIN source USING (source_id)";

struct emitter {
    struct sl_candidate_queries *shared;
    const struct sl_rule *rule;
    const struct sl_rule_selection *selection;
};

/* The finding's id over moved lines and renamed files: nothing of the place goes in. Findings with the same
 * fingerprint are told apart by their number (finding/baseline). */
static void fingerprint_of(struct emitter *emitter, const struct sl_candidate *candidate, char out[33])
{
    const sl_str parts[] = {emitter->rule->id, candidate->subject, candidate->statement_fingerprint};
    sl_buf_reset(&emitter->shared->text);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        sl_buf_add(&emitter->shared->text, parts[i]);
        sl_buf_add_byte(&emitter->shared->text, 0);
    }
    XXH128_hash_t hash = XXH3_128bits(emitter->shared->text.bytes, emitter->shared->text.len);
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
}

static void write_sentence(struct sl_buf *text, sl_str kind, sl_str detail, sl_str column)
{
    sl_buf_reset(text);
    if (detail.len > 0 && sl_str_eq(kind, SL_STR("trigger"))) {
        sl_buf_add_printf(text, "trigger `%.*s` sets `%.*s` on every update", SL_STR_ARG(detail), SL_STR_ARG(column));
        return;
    }
    if (detail.len > 0) {
        sl_buf_add_printf(text, "`%.*s`: %.*s", SL_STR_ARG(column), SL_STR_ARG(detail));
        return;
    }
    size_t i = 0;
    while (i < N_SENTENCES && !sl_str_eq(kind, sentences[i].kind))
        i++;
    if (i == N_SENTENCES) {
        sl_buf_add_printf(text, "`%.*s`: %.*s", SL_STR_ARG(column), SL_STR_ARG(kind));
    } else {
        sl_buf_add(text, sentences[i].before);
        sl_buf_add(text, column);
        sl_buf_add(text, sentences[i].after);
    }
}

/* Adds the column's role_evidence; *n is how many rows there are. */
static enum sl_status add_role_evidence(struct emitter *emitter, uint32_t finding_id, uint32_t column_id, uint32_t *n,
                                        struct sl_error *err)
{
    struct sl_query *query = emitter->shared->evidence;
    sl_query_reset(query);
    sl_query_bind_int(query, 1, column_id);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    while (has_row) {
        write_sentence(&emitter->shared->text, sl_query_str(query, 0), sl_query_str(query, 1), sl_query_str(query, 8));
        sl_str path = sl_query_str(query, 2);
        struct sl_evidence_row row = {.finding_id = finding_id,
                                      .ordinal = ++*n,
                                      .kind = sl_query_str(query, 0),
                                      .path = path,
                                      .place = {.source_id = (uint32_t)sl_query_int(query, 3),
                                                .off = (uint32_t)sl_query_int(query, 4),
                                                .len = (uint32_t)sl_query_int(query, 5),
                                                .line = (uint32_t)sl_query_int(query, 6),
                                                .col = (uint32_t)sl_query_int(query, 7)}};
        if (path.len > 0 && row.place.line > 0)
            sl_buf_add_printf(&emitter->shared->text, ", %.*s:%u", SL_STR_ARG(path), row.place.line);
        row.detail = sl_buf_str(&emitter->shared->text);
        SL_TRY(sl_graph_add_evidence(emitter->shared->graph, &row, err));
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    return SL_OK;
}

static enum sl_status add_rule_evidence(struct emitter *emitter, uint32_t finding_id, uint32_t n, sl_str json,
                                        struct sl_error *err)
{
    if (json.len == 0)
        return SL_OK;
    sl_query_bind_int(emitter->shared->rule_evidence, 1, finding_id);
    sl_query_bind_int(emitter->shared->rule_evidence, 2, (int64_t)n + 1);
    sl_query_bind_str(emitter->shared->rule_evidence, 3, json);
    return sl_query_run(emitter->shared->rule_evidence, err);
}

static enum sl_status add_affects(struct emitter *emitter, uint32_t finding_id, sl_str json, struct sl_error *err)
{
    if (json.len == 0)
        return SL_OK;
    sl_query_bind_int(emitter->shared->affects, 1, finding_id);
    sl_query_bind_str(emitter->shared->affects, 2, json);
    return sl_query_run(emitter->shared->affects, err);
}

static const char *one_step_lower(const char *severity)
{
    return sl_rule_severity_rank(severity) == 3 ? "warning" : "note";
}

/* Is the name all that the column's role rests on? */
static enum sl_status rests_on_name(struct emitter *emitter, uint32_t column_id, bool *by_name, struct sl_error *err)
{
    *by_name = false;
    struct sl_query *query = emitter->shared->evidence;
    sl_query_reset(query);
    sl_query_bind_int(query, 1, column_id);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    *by_name = has_row && sl_str_eq(sl_query_str(query, 0), SL_STR("name"));
    return SL_OK;
}

/* What the query says goes before what the page says. Where the query is silent and the role rests on a name alone, the
 * confidence is low and the severity one step lower. */
static enum sl_status weigh(struct emitter *emitter, const struct sl_candidate *candidate, struct sl_finding_row *row,
                            struct sl_error *err)
{
    bool by_name = false;
    if (!candidate->row_severity || !candidate->row_confidence)
        SL_TRY(rests_on_name(emitter, candidate->column_id, &by_name, err));
    const char *said = candidate->row_severity;
    if (!said && by_name)
        said = one_step_lower(emitter->rule->severity);
    row->severity = sl_rule_severity(emitter->rule, said, emitter->selection);
    row->confidence = candidate->row_confidence ? candidate->row_confidence
                      : by_name                 ? "low"
                                                : emitter->rule->confidence;
    return SL_OK;
}

static enum sl_status emit_one(struct emitter *emitter, const struct sl_candidate *candidate, uint32_t finding_id,
                               struct sl_error *err)
{
    char fingerprint[33];
    fingerprint_of(emitter, candidate, fingerprint);
    struct sl_finding_row row = {.finding_id = finding_id,
                                 .rule = emitter->rule->id,
                                 .name = emitter->rule->name,
                                 .message = candidate->message,
                                 .advice = candidate->advice,
                                 .path = candidate->path,
                                 .table_name = candidate->table_name,
                                 .column_name = candidate->column_name,
                                 .subject = candidate->subject,
                                 .fingerprint = sl_str_from(fingerprint),
                                 .statement_id = candidate->statement_id,
                                 .place = candidate->place,
                                 .suggestion_column = candidate->suggestion_column,
                                 .suggestion_exists = candidate->suggestion_exists};
    SL_TRY(weigh(emitter, candidate, &row, err));
    SL_TRY(sl_graph_add_finding(emitter->shared->graph, &row, err));
    uint32_t n_evidence = 0;
    SL_TRY(add_role_evidence(emitter, finding_id, candidate->column_id, &n_evidence, err));
    return add_rule_evidence(emitter, finding_id, n_evidence, candidate->evidence_json, err);
}

static enum sl_status prepare_shared(struct sl_candidate_queries *shared, struct sl_error *err)
{
    if (shared->evidence)
        return SL_OK;
    SL_TRY(sl_query_prepare(shared->graph, SL_STR(evidence_sql), &shared->evidence, err));
    SL_TRY(sl_query_prepare(shared->graph, SL_STR(rule_evidence_sql), &shared->rule_evidence, err));
    return sl_query_prepare(shared->graph, SL_STR(affects_sql), &shared->affects, err);
}

static enum sl_status emit_all(struct emitter *emitter, const struct sl_candidate_vec *candidates, uint32_t *next_id,
                               struct sl_error *err)
{
    uint32_t finding_id = 0;
    for (size_t i = 0; i < candidates->len; i++) {
        const struct sl_candidate *candidate = &candidates->items[i];
        if (!candidate->merged_into) {
            finding_id = (*next_id)++;
            SL_TRY(emit_one(emitter, candidate, finding_id, err));
        }
        SL_TRY(add_affects(emitter, finding_id, candidate->affects_json, err));
    }
    return SL_OK;
}

enum sl_status sl_candidates_emit(struct sl_candidate_queries *shared, const struct sl_rule *rule,
                                  const struct sl_rule_selection *selection, const struct sl_candidate_vec *candidates,
                                  uint32_t *next_id, struct sl_error *err)
{
    if (candidates->len == 0)
        return SL_OK;
    struct emitter emitter = {.shared = shared, .rule = rule, .selection = selection};
    SL_TRY(prepare_shared(shared, err));
    return emit_all(&emitter, candidates, next_id, err);
}
