/*
 * candidate: one row of a rule's query on its way to a finding. Private to rule/.
 *
 * In:    a result row, its columns found by name.
 * Out:   struct sl_candidate, in the arena of the run of that rule; rows of one rule on one place and subject are one
 *        finding (sl_candidates_merge), which then becomes rows of the graph (emit.c).
 */
#ifndef SL_RULE_CANDIDATE_H
#define SL_RULE_CANDIDATE_H

#include "base/buf.h"
#include "graph/query.h"
#include "graph/write.h"
#include "rule/selection.h"

struct sl_candidate {
    struct sl_place place;
    sl_str path;
    uint32_t statement_id, column_id;
    sl_str statement_fingerprint;
    sl_str subject, table_name, column_name;
    const char *row_severity;   /* NULL: the query did not say */
    const char *row_confidence; /* NULL: the query did not say */
    sl_str message, advice;
    sl_str suggestion_column;
    bool suggestion_exists;
    sl_str affects_json, evidence_json; /* empty: none */
    uint32_t merged_into; /* index + 1 of the candidate that stands for this one; 0 = it stands for itself */
};

/* The queries that all rules of a run share, prepared when first needed. { .graph = … } is a valid start. */
struct sl_candidate_queries {
    struct sl_graph *graph;
    struct sl_query *places[12]; /* by anchor (candidate.c) */
    struct sl_query *evidence, *rule_evidence, *affects;
    struct sl_buf text;
};
void sl_candidate_queries_release(struct sl_candidate_queries *queries);

struct sl_candidate_vec {
    struct sl_candidate *items;
    size_t len, cap;
};

/* Checks the result's columns and the page's templates against them. */
SL_NODISCARD enum sl_status sl_candidate_check(const struct sl_rule *rule, const struct sl_query *query,
                                               struct sl_error *err);
/* Runs the query and adds a candidate for each row that the rule applies to. */
SL_NODISCARD enum sl_status sl_candidates_collect(struct sl_candidate_queries *shared, const struct sl_rule *rule,
                                                  struct sl_query *query, struct sl_arena *arena,
                                                  struct sl_candidate_vec *out, struct sl_error *err);
/* Sorts by place and subject; duplicates point to the one that stands for them. */
void sl_candidates_merge(struct sl_candidate_vec *candidates);

/* Rows of finding, finding_evidence and finding_affects for the merged candidates of one rule. *next_id is the next
 * finding's id. */
SL_NODISCARD enum sl_status sl_candidates_emit(struct sl_candidate_queries *shared, const struct sl_rule *rule,
                                               const struct sl_rule_selection *selection,
                                               const struct sl_candidate_vec *candidates, uint32_t *next_id,
                                               struct sl_error *err);

#endif
