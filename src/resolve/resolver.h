/*
 * resolver: what the files of name resolution share while one statement is resolved. Private to resolve/.
 *
 * The pieces, in reading order:
 *   resolve.c    statements: which parts are queries, and what a write targets
 *   query.c      SELECT: WITH, FROM, the clauses in the order in which names become visible, set operations
 *   relation.c   FROM items → relations: tables, CTEs, derived tables, views, functions
 *   scope.c      a name → a column of one of the relations in sight
 *   expression.c walks expressions; emits one use for each column met and hands shapes upward
 *   shape.c      what functions, casts and operators do to a column: buckets, bounds, differences
 *   predicate.c  tests on a column that say which state the row is in
 *   lineage.c    result columns down to base columns
 *
 * Uses are rows of the facts from the moment in which a name is met; the operators around it then add to these rows on
 * the way up. A walk answers with the range of rows that it made, so a parent sees exactly what lies below it.
 */
#ifndef SL_RESOLVE_RESOLVER_H
#define SL_RESOLVE_RESOLVER_H

#include "resolve/resolve.h"

struct sl_block;

typedef SL_VEC(struct sl_fact_column_use) sl_use_vec;

/* One result column: its name and the base columns behind it, as uses whose block is the one that made them. */
struct sl_output {
    sl_str name; /* folded by the dialect; empty if it has none */
    sl_use_vec origins;
    PgQuery__Node *expression; /* what GROUP BY 1 or an alias stands for; NULL for a column out of a star */
    size_t first_use, end_use; /* the uses in facts that the item made */
    bool is_star;
};

typedef SL_VEC(struct sl_output) sl_output_vec;

struct sl_relation {
    sl_str alias;                 /* or the table's name */
    sl_str schema;                /* as written; empty if none, or if there is an alias */
    const struct sl_table *table; /* NULL for a derived one */
    struct sl_block *source;      /* the block of a derived table, CTE or view; else NULL */
    sl_output_vec outputs;        /* of `source` or VALUES or a function's column list, renamed by the alias' columns */
    bool is_opaque;               /* a function or an unknown thing: it may have any column */
    bool is_excluded;             /* the row that ON CONFLICT could not insert */
    const char *join;
    SL_VEC(sl_str) merged; /* columns that USING or NATURAL shows once: hidden here */
};

/* A named query in sight. */
struct sl_cte {
    struct sl_cte *up;
    sl_str name;
    struct sl_block *block; /* NULL while a recursive query refers to itself */
    sl_output_vec outputs;
    PgQuery__Node *const *names; /* WITH name (a, b) */
    size_t n_names;
};

/* A query block while it is resolved. */
struct sl_block {
    uint32_t block_id;
    size_t fact;            /* index in facts->blocks */
    struct sl_block *scope; /* where names go that are not found here; NULL at the top */
    struct sl_cte *ctes;    /* innermost first */
    SL_VEC(struct sl_relation) relations;
    size_t first_visible; /* relations before this one are not in sight yet (left side of a join's ON) */
    sl_output_vec outputs;
    SL_VEC(struct sl_fact_state_predicate) predicates; /* its own and inherited ones: what its readers inherit */
    struct sl_cte *self;                               /* the recursive CTE that this block defines; else NULL */
    bool is_aliases_ready;                             /* outputs may be looked up by alias */
    uint32_t depth;
    PgQuery__Node **windows; /* WINDOW clause */
    size_t n_windows;
    PgQuery__SelectStmt *select; /* NULL unless kind is a SELECT */
};

struct sl_resolver {
    const struct sl_statement *statement; /* the one that places belong to: a view's while in its definition */
    struct sl_catalog *catalog;
    struct sl_fact_ids *ids;
    struct sl_arena *arena;
    struct sl_facts *facts;
    enum sl_dialect dialect;
    const char *limited;
    uint32_t view_depth; /* > 0 while inside a definition that has its own statement: rows are made, then taken back */
    uint32_t ast_depth;
    size_t n_lineage;                    /* origins copied so far, against SL_MAX_LINEAGE_ORIGINS */
    SL_VEC(sl_str) variables;            /* parameters and variables of the routine around: no columns */
    struct sl_cte *pending_cte;          /* the recursive CTE whose block comes next */
    SL_VEC(struct sl_block *) use_owner; /* beside facts->uses: the block whose relation the column belongs to */
};

/* What was met below a node of an expression. */
enum sl_met {
    SL_MET_NOW = 1 << 0,
    SL_MET_LITERAL = 1 << 1,
    SL_MET_PARAMETER = 1 << 2,
    SL_MET_SUBQUERY = 1 << 3,
    SL_MET_ARITHMETIC = 1 << 4,
    SL_MET_FUNCTION = 1 << 5,
    SL_MET_NULL = 1 << 6,
    SL_MET_BOOLEAN = 1 << 7, /* the node's value is a truth value */
    SL_MET_WINDOW = 1 << 8,
    SL_MET_AGGREGATE = 1 << 9,
    SL_MET_AHEAD = 1 << 11,  /* now and more: a moment to come */
    SL_MET_COLUMN = 1 << 10, /* a column, of which no base column may be known */
};

/* Uses [first, end) of facts->uses and what else was met. */
struct sl_met_range {
    size_t first, end;
    unsigned met;
};

/* Whether an unqualified name may mean an output of the same block. */
enum sl_alias_use {
    SL_ALIAS_NO,
    SL_ALIAS_LAST,  /* input columns first */
    SL_ALIAS_FIRST, /* outputs first */
};

/* Where an expression stands. Copied and narrowed on the way down. */
struct sl_context {
    struct sl_block *block;
    const char *clause;
    const char *condition; /* state predicates may be here: where | join_on | having | filter | case; else NULL */
    const char *aggregate; /* the aggregate around */
    uint32_t aggregate_ordinal;
    bool is_negated;
    enum sl_alias_use alias_use;
};

/* resolve.c */
struct sl_block *sl_block_new(struct sl_resolver *r, struct sl_block *parent, struct sl_block *scope, const char *kind,
                              sl_str name, int32_t location);
struct sl_fact_query_block *sl_block_fact(struct sl_resolver *r, const struct sl_block *block);

/* query.c: a SELECT, VALUES or set operation inside `parent` (NULL at the top), names going on in `scope`. */
struct sl_block *sl_resolve_select(struct sl_resolver *r, PgQuery__SelectStmt *select, struct sl_block *parent,
                                   struct sl_block *scope, struct sl_cte *ctes, const char *kind, sl_str name);
void sl_resolve_with(struct sl_resolver *r, PgQuery__WithClause *with, struct sl_block *block);
void sl_resolve_returning(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **list, size_t n);
/* A data-modifying or selecting node in a CTE, PREPARE, EXPLAIN …; NULL if it is neither. (resolve.c) */
struct sl_block *sl_resolve_query_node(struct sl_resolver *r, PgQuery__Node *node, struct sl_block *parent,
                                       struct sl_block *scope, struct sl_cte *ctes, const char *kind, sl_str name);

/* relation.c */
void sl_resolve_from(struct sl_resolver *r, struct sl_block *block, PgQuery__Node *item, const char *join);
struct sl_relation *sl_relation_add_table(struct sl_resolver *r, struct sl_block *block, PgQuery__RangeVar *var,
                                          const char *join);
/* The predicates of `source` hold for whoever reads it. */
void sl_predicate_inherit(struct sl_resolver *r, struct sl_block *block, const struct sl_block *source);

/* scope.c */
/* USING or NATURAL shows the column once, of another relation. */
bool sl_relation_is_merged(struct sl_resolver *r, const struct sl_relation *relation, sl_str name);
struct sl_found {
    const char *resolution; /* exact | ambiguous | unknown */
    struct sl_block *owner;
    const struct sl_relation *relation;
    const struct sl_column *column; /* a table's column */
    const struct sl_output *output; /* a derived relation's column */
};
/* The column that qualifier.name means in `block`, outer blocks after inner ones. Qualifier parts may be empty. A name
 * that no relation is known to have is inferred into the one table that may have it, or is unknown. */
struct sl_found sl_scope_lookup(struct sl_resolver *r, struct sl_block *block, sl_str schema, sl_str qualifier,
                                sl_str name);
/* Only the block's own relations, and only what they are known to have. */
bool sl_scope_has_column(struct sl_resolver *r, const struct sl_block *block, sl_str name);
bool sl_names_equal(enum sl_dialect dialect, sl_str a, sl_str b);
/* schema.qualifier.name of a ColumnRef; is_star for `*` and `t.*`. */
struct sl_column_name {
    sl_str schema, qualifier, name;
    bool is_star;
};
struct sl_column_name sl_column_name_of(const PgQuery__ColumnRef *ref);
/* The place of a possibly qualified name that starts at `location`. */
struct sl_place sl_name_place(const struct sl_statement *statement, int32_t location);

/* expression.c */
struct sl_met_range sl_resolve_expression(struct sl_resolver *r, const struct sl_context *context, PgQuery__Node *node);
/* The same where a truth value is wanted: a bare column is a test of itself. */
struct sl_met_range sl_resolve_condition(struct sl_resolver *r, const struct sl_context *context, PgQuery__Node *node);
/* A use of `found`, with the origins of a derived column below it. */
struct sl_met_range sl_use_emit(struct sl_resolver *r, const struct sl_context *context, const struct sl_found *found,
                                sl_str name, struct sl_place place);
/* The uses of a select item once more, for GROUP BY 1 or an alias; they have no clause yet. */
struct sl_met_range sl_use_repeat(struct sl_resolver *r, const struct sl_block *block, const struct sl_output *output);
/* Sets clause, key, output name and sort direction of the rows in `range` that have no clause yet. */
void sl_use_place_in_clause(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range,
                            const char *clause, uint32_t key_ordinal, sl_str output_name, const char *sort);

/* call.c: functions, aggregates, windows. */
struct sl_met_range sl_resolve_call(struct sl_resolver *r, const struct sl_context *context,
                                    const PgQuery__FuncCall *call);

/* shape.c: what a node does to the uses below it. Answers what the node itself adds to `met`. */
unsigned sl_shape_function(struct sl_resolver *r, const struct sl_context *context, const PgQuery__FuncCall *call,
                           sl_str name, const struct sl_met_range *args);
unsigned sl_shape_operator(struct sl_resolver *r, const struct sl_context *context, const PgQuery__AExpr *expr,
                           struct sl_met_range left, struct sl_met_range right);
/* Adds `function` to the wrapping functions; NULL arguments change nothing. */
void sl_shape_wrap(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range, const char *shape,
                   const char *function, const char *bucket);
void sl_shape_cast(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range,
                   const PgQuery__TypeName *type);
void sl_shape_compare(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range side,
                      struct sl_met_range other, const char *bound);
/* Under an aggregate: `test` decides whether `result` counts. */
void sl_shape_mark_choice(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range test,
                          struct sl_met_range result);
/* A reference to a derived column: what was done inside, as the start of what is done outside. */
struct sl_fact_column_use sl_shape_compose(const struct sl_fact_column_use *inner, uint32_t via_block);

/* function_table.c */
/* count, sum, avg …: the word for column_use.aggregate, or NULL. */
const char *sl_shape_aggregate(sl_str name, bool is_distinct);
/* The bucket that a call makes of its argument, or NULL. */
const char *sl_shape_bucket(sl_str name, const PgQuery__FuncCall *call, enum sl_dialect dialect);
/* Grafana's macro for "within the time that is shown". */
bool sl_shape_is_range(sl_str name);
bool sl_shape_is_now(sl_str name, size_t n_args);
bool sl_shape_is_difference(sl_str name, size_t n_args);
/* Adds an interval to a time: the result is a time like the first argument. */
bool sl_shape_is_shift(sl_str name);

/* predicate.c */
void sl_predicate_compare(struct sl_resolver *r, const struct sl_context *context, const PgQuery__AExpr *expr,
                          struct sl_met_range left, struct sl_met_range right);
/* CASE arg WHEN value. */
void sl_predicate_case_arm(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range arg,
                           struct sl_met_range value, PgQuery__Node *value_node);
void sl_predicate_null_test(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range arg,
                            bool is_null);
/* A call that is a condition: FIND_IN_SET(status, 'paid,sent'). */
void sl_predicate_call(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range call,
                       PgQuery__Node *node);
void sl_predicate_truth(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range arg, bool is_true);

/* lineage.c */
void sl_lineage_emit(struct sl_resolver *r, const struct sl_block *block, const struct sl_table *target,
                     const sl_str *target_columns, size_t n_target_columns);
void sl_lineage_add(struct sl_resolver *r, struct sl_output *output, const struct sl_fact_column_use *use);
/* The uses in [first, end) that belong to `block`, as origins of an output. */
void sl_lineage_origins(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range,
                        struct sl_output *output);

#endif
