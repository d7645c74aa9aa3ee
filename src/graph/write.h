/*
 * write: rows into the graph.
 *
 * In:    rows whose fields are the columns of the table of the same name in schema.sql; facts of resolve/fact.h.
 *        Ids are 1-based and given by the caller; 0 is NULL. Words in `const char *` fields are those of the CHECKs.
 * Out:   rows. Texts are made valid UTF-8 on the way in, so that JSON built from the graph is valid.
 * Fails: SL_ERR_GRAPH with the table's name, where SQLite refuses a row.
 */
#ifndef SL_GRAPH_WRITE_H
#define SL_GRAPH_WRITE_H

#include "graph/graph.h"
#include "resolve/catalog_orm.h"
#include "resolve/fact.h"
#include "resolve/role.h"

struct sl_source_row {
    uint32_t source_id;
    sl_str path;
    const char *kind;    /* schema | migration | sql | code | query_log */
    const char *dialect; /* postgres | mysql | sqlite */
    bool is_reported;
    uint64_t n_bytes;
};

struct sl_statement_row {
    uint32_t statement_id;
    uint32_t parent_id;
    const char *role; /* main | part | body | condition */
    const char *kind; /* "select" …; "not_understood" */
    struct sl_place place;
    sl_str fingerprint;
    sl_str text; /* as written; cut at SL_MAX_STATEMENT_TEXT_BYTES */
    bool is_understood;
    uint32_t transaction;
    uint32_t origin_flags; /* enum sl_origin_flag */
    /* A log only: */
    bool is_log;
    uint64_t calls, total_us, rows_affected;
    bool has_duration;                                   /* false: total_us is unknown */
    int64_t first_seen_us, last_seen_us;                 /* 0 = unknown */
    sl_str users, databases, applications, app_location; /* empty = unknown */
};

struct sl_ignore_row {
    const char *kind; /* ignore | ignore_file | ack */
    uint32_t statement_id;
    sl_str rule; /* empty for an ack */
    sl_str reason;
    struct sl_place place;
};

struct sl_diagnostic_row {
    uint32_t source_id;
    uint32_t statement_id;
    const char *kind; /* not_understood | passed_over | limit */
    sl_str message;
    uint32_t line, col;
};

struct sl_statement_fact_row {
    uint32_t statement_id;
    const char *kind;
    sl_str text;
    uint32_t param; /* 0 = NULL */
    struct sl_place place;
};

struct sl_log_coverage_row {
    sl_str format;
    uint64_t bytes, entries, statements, failed, administrative, parse_bind, cached, empty, truncated, ambiguous,
        shapes_dropped, unknown_lines, skipped_bytes, repeated, damaged, duplicates;
};

struct sl_rule_row {
    sl_str rule_id, name, summary, since, what, fix;
    const char *severity, *confidence, *status;
    bool is_built_in, is_enabled;
};

struct sl_finding_row {
    uint32_t finding_id;
    sl_str rule, name, message, advice, path, table_name, column_name, subject, fingerprint;
    const char *severity, *confidence;
    uint32_t statement_id;
    struct sl_place place;
    sl_str suggestion_column; /* empty: none */
    bool suggestion_exists;
};

struct sl_evidence_row {
    uint32_t finding_id;
    uint32_t ordinal;
    sl_str kind, detail, path;
    struct sl_place place; /* line 0: nowhere */
};

SL_NODISCARD enum sl_status sl_graph_add_source(struct sl_graph *graph, const struct sl_source_row *row,
                                                struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_statement(struct sl_graph *graph, const struct sl_statement_row *row,
                                                   struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_facts(struct sl_graph *graph, uint32_t statement_id,
                                               const struct sl_facts *facts, struct sl_error *err);
/* The whole catalog with its roles, once, after the last statement. `roles` may be NULL: every column is `other`. */
SL_NODISCARD enum sl_status sl_graph_add_catalog(struct sl_graph *graph, const struct sl_catalog *catalog,
                                                 const struct sl_roles *roles, struct sl_error *err);
/* The two halves of it. */
SL_NODISCARD enum sl_status sl_graph_add_table(struct sl_graph *graph, const struct sl_table *table,
                                               struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_roles(struct sl_graph *graph, const struct sl_roles *roles,
                                               struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_orm_fact(struct sl_graph *graph, const struct sl_catalog *catalog,
                                                  const struct sl_orm_fact *fact, struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_ddl_change(struct sl_graph *graph, const struct sl_fact_ddl_change *change,
                                                    struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_ignore(struct sl_graph *graph, const struct sl_ignore_row *row,
                                                struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_diagnostic(struct sl_graph *graph, const struct sl_diagnostic_row *row,
                                                    struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_statement_fact(struct sl_graph *graph, const struct sl_statement_fact_row *row,
                                                        struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_log_coverage(struct sl_graph *graph, const struct sl_log_coverage_row *row,
                                                      struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_rule(struct sl_graph *graph, const struct sl_rule_row *row,
                                              struct sl_error *err);
/* Calls, times and last seen are taken from the statement's row. */
SL_NODISCARD enum sl_status sl_graph_add_finding(struct sl_graph *graph, const struct sl_finding_row *row,
                                                 struct sl_error *err);
SL_NODISCARD enum sl_status sl_graph_add_evidence(struct sl_graph *graph, const struct sl_evidence_row *row,
                                                  struct sl_error *err);

#endif
