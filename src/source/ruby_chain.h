/*
 * ruby_chain: an ActiveRecord chain on its way to one SQL statement.
 *
 * In:    Entry.where(…).group(…).count, link by link from its root.
 * Out:   clauses, each in a writer of its own, joined at the end into a SELECT, UPDATE, INSERT or DELETE.
 * Owns:  nothing; everything lives in the file arena.
 * Fails: never. A link that is not known leaves the chain open (SL_FRAGMENT_OPEN); it never blocks it.
 * Limits: SL_MAX_CHAIN_DEPTH scopes, variables and sub-selects inside each other; SL_MAX_CHAIN_VALUES values of a row
 * and SL_MAX_CHAIN_OPERANDS lists added up in memory; what is beyond is not followed. Source:
 * ActiveRecord::QueryMethods, Calculations, FinderMethods, Persistence; groupdate's README.
 */
#ifndef SL_SOURCE_RUBY_CHAIN_H
#define SL_SOURCE_RUBY_CHAIN_H

#include "base/limits.h"
#include "source/ruby_file.h"

enum sl_chain_stage {
    SL_CHAIN_NOTHING, /* not a relation of a table that we know */
    SL_CHAIN_RELATION,
    SL_CHAIN_RECORD,  /* one row */
    SL_CHAIN_RECORDS, /* rows in memory, the relation still says which */
    SL_CHAIN_VALUES,  /* values in memory: `value` says of what */
    SL_CHAIN_DONE,    /* the statement was written */
};

enum sl_clause {
    SL_CLAUSE_SELECT,
    SL_CLAUSE_JOIN,
    SL_CLAUSE_WHERE,
    SL_CLAUSE_GROUP,
    SL_CLAUSE_HAVING,
    SL_CLAUSE_ORDER,
    SL_CLAUSE_LIMIT,
    SL_CLAUSE_COUNT,
};

struct sl_ruby_chain {
    struct sl_ruby_file *file;
    const struct sl_syntax *syntax;    /* where the links stand: a scope's are in another file */
    const struct sl_ruby_model *model; /* may be NULL */
    sl_str table;
    enum sl_chain_stage stage;
    struct sl_sql_writer clauses[SL_CLAUSE_COUNT];
    struct sl_sql_writer values[SL_MAX_CHAIN_VALUES]; /* in memory: what each of a row's values is; empty: not known */
    size_t n_values;
    size_t operand, n_operands; /* of a + b + c, lists in memory: the one that this chain goes on with, of how many */
    bool is_distinct;
    bool is_new;            /* Entry.new: saving it inserts */
    bool has_key;           /* the rows are already down to one id */
    bool counts_groups;     /* grouped by a configured wrapper, which counts */
    bool is_written;        /* a statement was emitted for the chain */
    struct sl_span instead; /* what inlined text stands for */
    bool is_redirected;
    uint32_t flags;
    int depth;
    const struct sl_node *whole; /* the chain's node in the file that is read */
    sl_str variable;             /* of a record: the name under which its attributes are set */
    const struct sl_node *scope; /* the code in which that name is valid */
};

/* An empty chain that redirects as `like` does. */
void sl_chain_init(struct sl_ruby_chain *chain, struct sl_ruby_file *file, const struct sl_ruby_chain *like);
void sl_chain_writer(const struct sl_ruby_chain *chain, struct sl_sql_writer *writer);
struct sl_sql_writer *sl_chain_clause(struct sl_ruby_chain *chain, enum sl_clause clause, const char *separator);
/* Applies every link from the root of `node` to `node` itself. */
void sl_chain_follow(struct sl_ruby_chain *chain, const struct sl_node *node);

/* ruby_clause: one link that adds to a clause; false where it is not one. */
bool sl_chain_clause_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method);
/* ruby_wrapper: a method that the configuration names groups by a period of a column; false where it is none. */
bool sl_chain_wrapper_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method);
/* The argument that gives a wrapper its rows; NULL where the call is no such wrapper. */
const struct sl_node *sl_chain_wrapper_rows(const struct sl_ruby_chain *chain, const struct sl_node *call);
/* key: value pairs as a condition. */
void sl_chain_conditions(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, sl_str table,
                         const struct sl_node *pairs);
/* A condition in text, its placeholders filled with the arguments behind it. */
void sl_chain_text_condition(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *text,
                             const struct sl_node *call, size_t first);
/* A column as "table"."column", or the SQL that a string or Arel.sql holds. */
bool sl_chain_expression(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node);
void sl_chain_select_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer);
void sl_chain_emit(struct sl_ruby_chain *chain, const struct sl_sql_writer *writer, const struct sl_node *call,
                   uint32_t flags);
void sl_chain_from_where(struct sl_ruby_chain *chain, struct sl_sql_writer *writer);

/* ruby_value: a Ruby expression as a value of SQL. `column` (may be empty) gives enums their numbers. */
void sl_chain_value(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node,
                    sl_str column);
/* " = v", " IN (…)", " BETWEEN a AND b", " IS NULL" … */
void sl_chain_comparison(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node,
                         sl_str column);
/* date_trunc('month', …) or what the dialect has for it; `inner` is what is cut. */
void sl_chain_bucket(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, sl_str unit,
                     const struct sl_sql_writer *inner, struct sl_span span);

/* ruby_write: update, save, touch, update_all …; false where the link is none of them. */
bool sl_chain_write_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method);
/* Are the ORM's timestamps switched off where the node stands? */
bool sl_chain_timestamps_are_off(const struct sl_ruby_chain *chain, const struct sl_node *node);
/* ruby_insert: the rows that create, insert_all, upsert_all … make. */
void sl_chain_insert_emit(struct sl_ruby_chain *chain, const struct sl_node *call, uint32_t flags);
/* The last value that was assigned to the variable before the node, in its method; NULL where there is none. */
const struct sl_node *sl_chain_assigned_value(const struct sl_ruby_chain *chain, const struct sl_node *node,
                                              sl_str name);
/* ruby_arel: table[:column], Arel.sql, a named function; false where the node is none of them. */
bool sl_chain_arel_expression(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node);
/* table[:column].gt(x).and(…): a condition; false where it is none. */
bool sl_chain_arel_condition(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node);
/* ruby_memory: group_by, tally and the like; false where the link is none of them. */
bool sl_chain_memory_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method);
/* A node that is no chain but computes with the rows of a loop: counts[e.updated_at.to_date] += 1. */
void sl_chain_memory_read(struct sl_ruby_file *file, const struct sl_node *node);
/* count, sum, pluck, first … */
bool sl_chain_terminal_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method);

#endif
