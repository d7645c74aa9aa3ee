/*
 * fact: the plain rows that resolve/ hands to graph/. Facts only, no verdicts.
 *
 * Each struct is one row of the table of the same name in graph/schema.sql, which documents the columns; the words in
 * `const char *` fields are those of its CHECK constraints and are static strings. sl_str fields borrow from the
 * statement arena. Ids are 1-based; 0 means NULL. Whoever adds a field adds it in three places: here, in schema.sql,
 * and in graph/write.c.
 */
#ifndef SL_RESOLVE_FACT_H
#define SL_RESOLVE_FACT_H

#include "resolve/statement.h"

struct sl_fact_query_block {
    uint32_t block_id;
    uint32_t parent_id; /* the block around it; 0 = outermost */
    const char *kind; /* select | arm | cte | derived | subquery | view | function | update | delete | insert | merge */
    sl_str name;      /* CTE or derived table's name, view's name */
    bool has_count_star; /* count(*), count() */
    bool has_grouping, has_aggregate, has_count, has_distinct, has_limit, has_order, has_locking, is_recursive;
    struct sl_place place;
};

struct sl_fact_block_relation {
    uint32_t block_id;
    uint32_t table_id;     /* 0 if it is a derived table */
    uint32_t source_block; /* block_id of the derived table, CTE or view body; 0 if it is a table */
    sl_str alias;
    const char *join; /* from | inner | left | right | full | cross | lateral | target */
};

struct sl_fact_column_use {
    uint32_t use_id;
    uint32_t block_id;
    uint32_t column_id;
    const char *clause; /* select | where | join_on | group_by | having | order_by | partition_by | window_order |
                           window_frame | filter | distinct_on | aggregate_order | set_target | set_value | values |
                           conflict_target | conflict_set | conflict_where | returning | limit | ddl | condition */
    const char
        *shape; /* bare | bucket | function | cast | arithmetic | comparison | difference | null_test | pattern */
    const char *bucket;         /* NULL | second | minute | hour | day | week | month | quarter | year | other */
    const char *bound;          /* NULL | lower | upper | both | equal | not_equal */
    const char *compared_with;  /* NULL | literal | parameter | now | now_offset | now_ahead (later than now) | column |
                                   column_offset (c + interval) | subquery | expression */
    uint32_t compared_column;   /* the other column of a comparison or difference; 0 = none */
    sl_str functions;           /* wrapping functions, outermost first, comma separated, lower case */
    const char *aggregate;      /* NULL | count | count_distinct | sum | avg | min | max | list | other: it feeds */
    bool aggregate_filtered;    /* that aggregate has FILTER or a CASE around it */
    sl_str window_function;     /* lag, row_number …: the function whose OVER () holds the use */
    const char *sort;           /* NULL | asc | desc */
    uint32_t key_ordinal;       /* 1-based grouping or sort key that holds the use; 0 = none */
    sl_str output_name;         /* the select item's output name that holds or aliases it */
    uint32_t via_block;         /* reached through the output of this inner block (lineage); 0 = directly */
    const char *via_aggregate;  /* the aggregate inside via_block that made the derived column; NULL = none */
    bool is_subtracted;         /* difference: it stands on the right of the minus */
    bool in_boolean_sum;        /* inside CASE/IF/boolean under an aggregate */
    uint32_t aggregate_ordinal; /* tells the aggregates of one statement apart; 0 = none */
    sl_str name;                /* as written, for a name that is not resolved */
    const char *resolution;     /* exact | ambiguous | unknown */
    struct sl_place place;
};

struct sl_fact_state_predicate {
    uint32_t block_id;
    uint32_t column_id;
    const char *operator;    /* = | <> | in | not_in | like | is_true | is_false | is_null | is_not_null | other */
    const char *value_kind;  /* literal | parameter | boolean | null | column */
    sl_str values;           /* literals, comma separated, as JSON array text */
    const char *clause;      /* where | join_on | having | filter | case */
    uint32_t inherited_from; /* the inner block that it comes from; 0 = its own */
    struct sl_place place;
    uint32_t aggregate_ordinal; /* filter, case: the aggregate that it belongs to, as in column_use; 0 = the block */
    uint32_t via_block;         /* it tests the output of this inner block; 0 = a column directly */
    bool is_state;              /* tells a state of the row, as far as structure and names say (predicate.c) */
};

struct sl_fact_assignment {
    uint32_t block_id;
    uint32_t column_id;
    const char *arm;         /* update | insert | on_conflict | merge | trigger | load */
    const char *value_shape; /* now | self | column | literal | null | default | parameter | guarded | expression */
    uint32_t value_column;   /* the column it is taken from; 0 = none */
    sl_str value_text;
    struct sl_place place;
};

struct sl_fact_lineage_edge {
    uint32_t block_id;       /* the block whose output it is */
    uint32_t output_ordinal; /* 1-based */
    sl_str output_name;
    uint32_t column_id; /* base column */
    sl_str functions;
    const char *bucket;
    const char *aggregate;
    uint32_t target_column; /* the column of the view, CTAS or INSERT target that it fills; 0 = none */
    struct sl_place place;
};

struct sl_fact_write {
    uint32_t block_id;
    uint32_t table_id;
    const char *verb;  /* insert | update | delete | replace | upsert | merge | truncate | drop | load */
    const char *scale; /* row | batch | filtered | table: how many rows it can be */
    struct sl_place place;
};

struct sl_fact_write_effect {
    uint32_t table_id;    /* the column's table: not that of the write for cascades and triggers on other tables */
    uint32_t column_id;   /* a time column that the database or the ORM rewrites, or the statement sets */
    bool moves;           /* false: it would, but this statement keeps it (and `reason` says how); callback: it may */
    const char *evidence; /* explicit | on_update_clause | implicit_timestamp | trigger | orm_timestamps | cascade |
                             replace | default (a copy of rows leaves it to DEFAULT now()) | callback (the ORM's model
                             fills it, and `reason` says in what: before_save :set_drawn_at) */
    sl_str reason;
    struct sl_place evidence_place;
    uint32_t block_id; /* the write that causes it */
    const char *via;   /* NULL | cascade | trigger | association: the row is written by a foreign key, by a trigger's
                          body,   by the ORM for a row that belongs to it */
};

/* What a statement did to the catalog, where rules ask for it: one row a clause. Catalog-wide, in order. */
struct sl_fact_ddl_change {
    uint32_t statement_id;
    uint32_t table_id;  /* 0: a database or schema, or a table that was not known */
    uint32_t column_id; /* 0: the table as such */
    const char *change; /* add_column | drop_column | change_column | drop_table | drop_view | drop_schema |
                           drop_database | truncate | empty_partition | gain_on_update | lose_on_update | create_trigger
                           | drop_trigger | disable_trigger | enable_trigger | replica_role_on | replica_role_off */
    sl_str name;        /* the object's name as written: table, column, trigger … */
    sl_str detail;      /* words: not_null default_now algorithm=copy lock=exclusive type, blank separated */
};

struct sl_facts {
    struct {
        struct sl_fact_query_block *items;
        size_t len, cap;
    } blocks;
    struct {
        struct sl_fact_block_relation *items;
        size_t len, cap;
    } relations;
    struct {
        struct sl_fact_column_use *items;
        size_t len, cap;
    } uses;
    struct {
        struct sl_fact_state_predicate *items;
        size_t len, cap;
    } predicates;
    struct {
        struct sl_fact_assignment *items;
        size_t len, cap;
    } assignments;
    struct {
        struct sl_fact_lineage_edge *items;
        size_t len, cap;
    } lineage;
    struct {
        struct sl_fact_write *items;
        size_t len, cap;
    } writes;
    struct {
        struct sl_fact_write_effect *items;
        size_t len, cap;
    } effects;
};

/* Run-wide counters for ids that resolve/ gives. */
struct sl_fact_ids {
    uint32_t next_block, next_use;
};

/* Roles of the catalog's columns, decided once after the last statement (resolve/role.h). */
struct sl_fact_role_evidence {
    uint32_t column_id;
    const char *kind; /* on_update_clause | implicit_timestamp | trigger | orm_timestamps | observed_writes | config |
                         name and against row_touch: forbidden_update | version_table | audit_table | key |
                         never_updated | state_trigger (a trigger sets it with a state, so it is a dedicated column) */
    bool is_against;
    sl_str detail;
    struct sl_place place;
    uint32_t statement_id; /* the statement that makes it so (CREATE TRIGGER, ALTER … ON UPDATE); 0 = none */
};

struct sl_fact_column_role {
    uint32_t column_id;
    const char *role;       /* row_birth | row_touch | event_time | state | other */
    const char *confidence; /* high: DDL, ORM, configuration; medium: observed writes, a plain name; low: a weak name */
    uint32_t event_state_column; /* event_time: the state column whose transition it records; 0 = not known */
    sl_str event_values;         /* event_time: JSON array of that state's values; empty = not known */
    const char *name_role; /* by the name alone: touch | touch_weak | birth | event | event_weak | planned | repeated |
                              deleted | state | other; NULL = other */
};

#endif
