#include "rule/candidate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/vec.h"
#include "rule/template.h"

/* Where a finding can stand, in the order in which they are tried. Each query answers statement_id, column_id,
 * source_id, path, kind, fingerprint, off, len, line, col, end_line, end_col for the id ?1. */
struct anchor {
    const char *column;
    sl_str sql;
};

#define PLACE_OR_STATEMENT(t)                                                                                          \
    " s.source_id, source.path, source.kind, s.fingerprint, iif(" t ".line > 0, " t ".off, s.off),"                    \
    " iif(" t ".line > 0, " t ".len, s.len), iif(" t ".line > 0, " t ".line, s.line),"                                 \
    " iif(" t ".line > 0, " t ".col, s.col), iif(" t ".line > 0, " t ".end_line, s.end_line),"                         \
    " iif(" t ".line > 0, " t ".end_col, s.end_col)"
#define FROM_STATEMENT_PART(t, key)                                                                                    \
    " FROM " t " JOIN statement AS s USING (statement_id) JOIN source ON source.source_id = s.source_id"               \
    " WHERE " t "." key " = ?1"

static const struct anchor anchors[] = {
    {"use_id", SL_STR_INIT("SELECT s.statement_id, column_use.column_id," PLACE_OR_STATEMENT("column_use")
                               FROM_STATEMENT_PART("column_use", "use_id"))},
    {"assignment_id", SL_STR_INIT("SELECT s.statement_id, assignment.column_id," PLACE_OR_STATEMENT("assignment")
                                      FROM_STATEMENT_PART("assignment", "assignment_id"))},
    {"write_id",
     SL_STR_INIT("SELECT s.statement_id, NULL," PLACE_OR_STATEMENT("write") FROM_STATEMENT_PART("write", "write_id"))},
    {"ignore_id",
     SL_STR_INIT("SELECT NULL, NULL, i.source_id, source.path, source.kind, i.kind || ' ' || coalesce(i.rule, '') ||"
                 " ' ' || coalesce(i.reason, ''), i.off, i.len, i.line, i.col, i.end_line, i.end_col"
                 " FROM ignore AS i JOIN source USING (source_id) WHERE ignore_id = ?1")},
    {"statement_id",
     SL_STR_INIT("SELECT s.statement_id, NULL, s.source_id, source.path, source.kind, s.fingerprint, s.off, s.len,"
                 " s.line, s.col, s.end_line, s.end_col"
                 " FROM statement AS s JOIN source USING (source_id) WHERE s.statement_id = ?1")},
    {"orm_fact_id",
     SL_STR_INIT("SELECT NULL, o.column_id, o.source_id, source.path, source.kind, o.kind, o.off, o.len, o.line, o.col,"
                 " o.end_line, o.end_col FROM orm_fact AS o JOIN source USING (source_id) WHERE orm_fact_id = ?1")},
    /* A column that no DDL made stands where it is used first. */
    {"column_id",
     SL_STR_INIT("SELECT c.statement_id, c.column_id, c.source_id, source.path, source.kind, '', c.off, c.len, c.line,"
                 " c.col, c.end_line, c.end_col"
                 " FROM db_column AS c JOIN source USING (source_id) WHERE c.column_id = ?1 AND c.line > 0"
                 " UNION ALL SELECT * FROM (SELECT s.statement_id, column_use.column_id," PLACE_OR_STATEMENT(
                     "column_use") FROM_STATEMENT_PART("column_use", "column_id") " ORDER BY use_id LIMIT 1)"
                                                                                  " LIMIT 1")},
};
#define N_ANCHORS (sizeof anchors / sizeof *anchors)

/* The indexes of the columns that we know, -1 where the query does not return them. */
struct columns {
    int anchor[N_ANCHORS];
    int subject, column_id, severity, confidence, suggestion_column, suggestion_exists, advice, affects, evidence;
};

static struct columns find_columns(const struct sl_query *query)
{
    struct columns columns = {
        .subject = sl_query_find_column(query, "subject"),
        .column_id = sl_query_find_column(query, "column_id"),
        .severity = sl_query_find_column(query, "severity"),
        .confidence = sl_query_find_column(query, "confidence"),
        .suggestion_column = sl_query_find_column(query, "suggestion_column"),
        .suggestion_exists = sl_query_find_column(query, "suggestion_exists"),
        .advice = sl_query_find_column(query, "advice"),
        .affects = sl_query_find_column(query, "affects_statements"),
        .evidence = sl_query_find_column(query, "evidence_json"),
    };
    for (size_t i = 0; i < N_ANCHORS; i++)
        columns.anchor[i] = sl_query_find_column(query, anchors[i].column);
    return columns;
}

/* `table.column` → its halves; a subject without a dot is a table. */
static void split_subject(sl_str subject, sl_str *table, sl_str *column)
{
    const char *dot = subject.len ? memrchr(subject.ptr, '.', subject.len) : NULL;
    size_t at = dot ? (size_t)(dot - subject.ptr) : subject.len;
    *table = sl_str_slice(subject, 0, at);
    *column = sl_str_slice(subject, at + 1, SIZE_MAX);
}

struct values {
    const struct sl_query *query;
    bool has_row; /* false: only whether the name exists */
    sl_str table, column;
};

static bool find_value(void *context, sl_str name, sl_str *value)
{
    struct values *values = context;
    if (sl_str_eq(name, SL_STR("table")) || sl_str_eq(name, SL_STR("column"))) {
        *value = name.len == 5 ? values->table : values->column;
        return true;
    }
    char terminated[64];
    if (name.len >= sizeof terminated)
        return false;
    snprintf(terminated, sizeof terminated, "%.*s", SL_STR_ARG(name));
    int column = sl_query_find_column(values->query, terminated);
    if (column < 0)
        return false;
    *value = values->has_row ? sl_query_str(values->query, column) : SL_STR_EMPTY;
    return true;
}

static enum sl_status check_template(const struct sl_rule *rule, sl_str text, uint32_t line,
                                     const struct sl_query *query, struct sl_error *err)
{
    struct values values = {.query = query};
    sl_str unknown;
    if (!sl_template_find_unknown(text, find_value, &values, &unknown))
        return SL_OK;
    return sl_error_set(err, SL_ERR_CONFIG, "%.*s:%u: {%.*s} is no column that the query returns.",
                        SL_STR_ARG(rule->path), line, SL_STR_ARG(unknown));
}

enum sl_status sl_candidate_check(const struct sl_rule *rule, const struct sl_query *query, struct sl_error *err)
{
    struct columns columns = find_columns(query);
    bool has_anchor = false;
    for (size_t i = 0; i < N_ANCHORS; i++)
        has_anchor |= columns.anchor[i] >= 0;
    if (!has_anchor || columns.subject < 0)
        return sl_error_set(err, SL_ERR_CONFIG,
                            "%.*s:%u: the query must return subject and one of use_id, assignment_id, write_id,"
                            " ignore_id, statement_id, orm_fact_id, column_id.",
                            SL_STR_ARG(rule->path), rule->query_line);
    SL_TRY(check_template(rule, rule->message, rule->message_line, query, err));
    return check_template(rule, rule->advice, rule->advice_line, query, err);
}

_Static_assert(N_ANCHORS <= sizeof((struct sl_candidate_queries *)0)->places / sizeof(struct sl_query *),
               "a query for each anchor");

void sl_candidate_queries_release(struct sl_candidate_queries *queries)
{
    for (size_t i = 0; i < N_ANCHORS; i++)
        sl_query_close(queries->places[i]);
    sl_query_close(queries->evidence);
    sl_query_close(queries->rule_evidence);
    sl_query_close(queries->affects);
    sl_buf_release(&queries->text);
}

static bool applies_to(const struct sl_rule *rule, sl_str kind)
{
    for (int i = 0; sl_rule_source_kinds[i]; i++)
        if (sl_str_eq(kind, sl_str_from(sl_rule_source_kinds[i])))
            return rule->applies_to & 1u << i;
    return false;
}

/* Fills the place from the first anchor that has a value; *found false where the rule does not apply to that source. */
static enum sl_status find_place(struct sl_candidate_queries *shared, const struct sl_rule *rule,
                                 const struct sl_query *row, const struct columns *columns, struct sl_arena *arena,
                                 struct sl_candidate *candidate, bool *found, struct sl_error *err)
{
    *found = false;
    size_t i = 0;
    while (i < N_ANCHORS && sl_query_is_null(row, columns->anchor[i]))
        i++;
    if (i == N_ANCHORS)
        return sl_error_set(err, SL_ERR_CONFIG, "%.*s:%u: the query returned a row without a place.",
                            SL_STR_ARG(rule->path), rule->query_line);
    if (!shared->places[i])
        SL_TRY(sl_query_prepare(shared->graph, anchors[i].sql, &shared->places[i], err));
    struct sl_query *query = shared->places[i];
    sl_query_reset(query);
    sl_query_bind_int(query, 1, sl_query_int(row, columns->anchor[i]));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    if (!has_row || !applies_to(rule, sl_query_str(query, 4)))
        return SL_OK;
    candidate->statement_id = (uint32_t)sl_query_int(query, 0);
    candidate->column_id = (uint32_t)sl_query_int(query, 1);
    candidate->path = sl_arena_copy(arena, sl_query_str(query, 3));
    candidate->statement_fingerprint = sl_arena_copy(arena, sl_query_str(query, 5));
    candidate->place = (struct sl_place){.source_id = (uint32_t)sl_query_int(query, 2),
                                         .off = (uint32_t)sl_query_int(query, 6),
                                         .len = (uint32_t)sl_query_int(query, 7),
                                         .line = (uint32_t)sl_query_int(query, 8),
                                         .col = (uint32_t)sl_query_int(query, 9),
                                         .end_line = (uint32_t)sl_query_int(query, 10),
                                         .end_col = (uint32_t)sl_query_int(query, 11)};
    *found = true;
    return SL_OK;
}

/* The text up to the first empty line, on one line. */
static void add_first_paragraph(sl_str text, struct sl_buf *out)
{
    sl_str line;
    while (sl_str_next_line(&text, &line) && (line = sl_str_trim(line)).len > 0) {
        if (out->len > 0)
            sl_buf_add_byte(out, ' ');
        sl_buf_add(out, line);
    }
}

static void fill_texts(const struct sl_rule *rule, const struct sl_query *row, const struct columns *columns,
                       struct sl_arena *arena, struct sl_candidate *candidate)
{
    struct values values = {
        .query = row, .has_row = true, .table = candidate->table_name, .column = candidate->column_name};
    struct sl_buf text = {0};
    sl_template_render(rule->message, find_value, &values, &text);
    candidate->message = sl_arena_copy(arena, sl_buf_str(&text));
    sl_buf_reset(&text);
    if (!sl_query_is_null(row, columns->advice))
        sl_buf_add(&text, sl_query_str(row, columns->advice));
    else if (rule->advice.len > 0)
        sl_template_render(rule->advice, find_value, &values, &text);
    else
        add_first_paragraph(rule->fix, &text);
    candidate->advice = sl_arena_copy(arena, sl_buf_str(&text));
    sl_buf_release(&text);
}

static enum sl_status fill_words(const struct sl_rule *rule, const struct sl_query *row, const struct columns *columns,
                                 struct sl_candidate *candidate, struct sl_error *err)
{
    candidate->row_severity = sl_rule_severity_lookup(sl_query_str(row, columns->severity));
    candidate->row_confidence = sl_rule_confidence_lookup(sl_query_str(row, columns->confidence));
    if (!sl_query_is_null(row, columns->severity) && !candidate->row_severity)
        return sl_error_set(err, SL_ERR_CONFIG, "%.*s:%u: the query returned the severity \"%.*s\".",
                            SL_STR_ARG(rule->path), rule->query_line, SL_STR_ARG(sl_query_str(row, columns->severity)));
    if (!sl_query_is_null(row, columns->confidence) && !candidate->row_confidence)
        return sl_error_set(err, SL_ERR_CONFIG, "%.*s:%u: the query returned the confidence \"%.*s\".",
                            SL_STR_ARG(rule->path), rule->query_line,
                            SL_STR_ARG(sl_query_str(row, columns->confidence)));
    return SL_OK;
}

static enum sl_status collect_row(struct sl_candidate_queries *shared, const struct sl_rule *rule,
                                  const struct sl_query *row, const struct columns *columns, struct sl_arena *arena,
                                  struct sl_candidate_vec *out, struct sl_error *err)
{
    struct sl_candidate candidate = {0};
    bool found = false;
    SL_TRY(find_place(shared, rule, row, columns, arena, &candidate, &found, err));
    if (!found)
        return SL_OK;
    SL_TRY(fill_words(rule, row, columns, &candidate, err));
    if (!sl_query_is_null(row, columns->column_id))
        candidate.column_id = (uint32_t)sl_query_int(row, columns->column_id);
    candidate.subject = sl_arena_copy(arena, sl_query_str(row, columns->subject));
    split_subject(candidate.subject, &candidate.table_name, &candidate.column_name);
    candidate.suggestion_column = sl_arena_copy(arena, sl_query_str(row, columns->suggestion_column));
    candidate.suggestion_exists = sl_query_int(row, columns->suggestion_exists) != 0;
    candidate.affects_json = sl_arena_copy(arena, sl_query_str(row, columns->affects));
    candidate.evidence_json = sl_arena_copy(arena, sl_query_str(row, columns->evidence));
    fill_texts(rule, row, columns, arena, &candidate);
    *SL_VEC_PUSH(arena, out) = candidate;
    return SL_OK;
}

enum sl_status sl_candidates_collect(struct sl_candidate_queries *shared, const struct sl_rule *rule,
                                     struct sl_query *query, struct sl_arena *arena, struct sl_candidate_vec *out,
                                     struct sl_error *err)
{
    struct columns columns = find_columns(query);
    bool has_row = true;
    enum sl_status status = sl_query_step(query, &has_row, err);
    while (status == SL_OK && has_row) {
        status = collect_row(shared, rule, query, &columns, arena, out, err);
        if (status == SL_OK)
            status = sl_query_step(query, &has_row, err);
    }
    return status;
}

static int compare_u32(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_place(const struct sl_candidate *a, const struct sl_candidate *b)
{
    int order = compare_u32(a->place.source_id, b->place.source_id);
    if (order == 0)
        order = compare_u32(a->place.off, b->place.off);
    if (order == 0)
        order = compare_u32(a->place.line, b->place.line);
    if (order == 0)
        order = compare_u32(a->place.len, b->place.len);
    return order ? order : sl_str_cmp(a->subject, b->subject);
}

static int rank(const struct sl_candidate *candidate)
{
    return candidate->row_severity ? sl_rule_severity_rank(candidate->row_severity) : 4;
}

/* Worst first within one place; then by text, so that the order of the rows does not matter. */
static int compare_candidates(const void *left, const void *right)
{
    const struct sl_candidate *a = left;
    const struct sl_candidate *b = right;
    int order = compare_place(a, b);
    if (order == 0)
        order = rank(b) - rank(a);
    return order ? order : sl_str_cmp(a->message, b->message);
}

void sl_candidates_merge(struct sl_candidate_vec *candidates)
{
    if (candidates->len == 0)
        return;
    qsort(candidates->items, candidates->len, sizeof *candidates->items, compare_candidates);
    uint32_t leader = 0;
    for (uint32_t i = 1; i < candidates->len; i++) {
        if (compare_place(&candidates->items[leader], &candidates->items[i]) == 0)
            candidates->items[i].merged_into = leader + 1;
        else
            leader = i;
    }
}
