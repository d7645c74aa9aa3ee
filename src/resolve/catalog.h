/*
 * catalog: the tables and columns known from DDL, with what happened to them, in migration order.
 *
 * In:    statements in the order of execution: sl_catalog_apply() takes each DDL statement's effect. A statement is
 *        resolved and judged against the catalog as it stands at that point.
 * Out:   lookups by name, folded as the dialect folds them; columns with types, defaults, keys, and the facts that
 *        roles are decided from (role.h); views and functions with their definitions for lineage.
 * Owns:  everything it keeps, in the run arena. Statements and their AST may go away after apply.
 * Fails: never; an ALTER of an unknown table makes the table known as inferred.
 * Not here: which columns a query means (scope), what a write moves (effect), roles (role).
 */
#ifndef SL_RESOLVE_CATALOG_H
#define SL_RESOLVE_CATALOG_H

#include "base/vec.h"
#include "resolve/statement.h"

enum sl_relation_kind {
    SL_RELATION_TABLE,
    SL_RELATION_VIEW,
    SL_RELATION_MATERIALIZED_VIEW,
    SL_RELATION_FOREIGN_TABLE,
};

enum sl_type_class {
    SL_TYPE_UNKNOWN,
    SL_TYPE_TIME, /* date, timestamp, datetime, timestamptz, time */
    SL_TYPE_BOOL,
    SL_TYPE_ENUM,
    SL_TYPE_TEXT,
    SL_TYPE_INTEGER,
    SL_TYPE_NUMBER,
    SL_TYPE_OTHER,
};

struct sl_column {
    uint32_t column_id; /* the graph's key */
    uint32_t table_id;
    sl_str name;    /* folded */
    sl_str written; /* the name as its definition spells it: for people and for the graph */
    sl_str type;    /* in the words of its dialect: "bigint", "int unsigned", "varchar(10)"; SQLite: as written */
    enum sl_type_class type_class;
    bool is_not_null, is_generated, is_auto_increment;
    sl_str comment; /* empty: none */
    bool in_primary_key, in_unique_key, in_foreign_key;
    bool is_dropped;
    bool is_inferred;        /* seen only in queries: no DDL made it */
    sl_str default_text;     /* empty: none */
    sl_str generated_text;   /* is_generated: the expression in the common grammar; empty if it is not known */
    bool default_is_now;     /* CURRENT_TIMESTAMP, now(), datetime('now') … */
    bool on_update_now;      /* MySQL ON UPDATE CURRENT_TIMESTAMP */
    bool on_update_implicit; /* … because of explicit_defaults_for_timestamp = OFF */
    bool is_orm_timestamp;   /* an ORM writes it on every save */
    bool is_orm_enum;        /* an ORM gives its values names (catalog_orm) */
    struct sl_place made;    /* the column's definition */
    struct sl_place on_update_place;
    uint32_t on_update_by; /* the statement that gave it ON UPDATE; 0 if it has none */
    struct sl_place orm_place;
    uint32_t made_by; /* statement_id */
};

struct sl_table {
    uint32_t table_id;
    sl_str database;                /* of a project with several; empty: the main one */
    sl_str schema, name;            /* folded; schema empty if none was written */
    sl_str written_schema, written; /* the same as the definition spells them */
    enum sl_relation_kind kind;
    struct {
        struct sl_column *items;
        size_t len, cap;
    } columns;
    bool is_dropped, is_inferred, is_temporary;
    struct sl_place made;
    uint32_t made_by;
    /* views: the defining query in common text, kept in the run arena, parsed again where lineage needs it */
    struct sl_statement *definition;
};

struct sl_fact_ddl_change; /* fact.h */
struct sl_catalog;         /* private to catalog.c and its sisters: see catalog_private.h */

struct sl_catalog *sl_catalog_new(struct sl_arena *run);

/* Whose tables names mean. A project with several databases has several catalogs in this one: in a schema or migration
 * a name means a table of its own database and of no other. Code and SQL files do not always say which database they
 * speak to (is_open): a name that the database lacks means the one table of that name in the others. */
struct sl_database {
    sl_str name; /* empty: the main one */
    bool is_open;
};
/* Answers what was entered before. The name must live as long as the catalog. */
struct sl_database sl_catalog_enter_database(struct sl_catalog *catalog, struct sl_database database);

/*
 * Applies a DDL statement (and SET session_replication_role, …); others are ignored. Answers whether it was DDL.
 * Call it for every statement after it was judged: also for a routine header (node NULL), whose body items it reads
 * itself, and for one without items (SL_LOWERED_ADMIN), where a MySQL SET is read from the bytes.
 */
bool sl_catalog_apply(struct sl_catalog *catalog, const struct sl_statement *statement);

/* An ORM writes table.column on every save (schema.rb's t.timestamps, a model). */
void sl_catalog_add_orm_timestamp(struct sl_catalog *catalog, sl_str table, sl_str column, struct sl_place place);

/* The table that `name` means now, or NULL. `schema` may be empty: the search order of the dialect. */
const struct sl_table *sl_catalog_find_table(const struct sl_catalog *catalog, enum sl_dialect dialect, sl_str schema,
                                             sl_str name);
/* The column, or NULL; `name` folds by the dialect. */
const struct sl_column *sl_table_find_column(const struct sl_table *table, enum sl_dialect dialect, sl_str name);

/* A table that queries use and no DDL made; the same answer for the same name. */
const struct sl_table *sl_catalog_infer_table(struct sl_catalog *catalog, enum sl_dialect dialect, sl_str schema,
                                              sl_str name);
/* A column of an inferred table (or of a table whose DDL was not understood). */
const struct sl_column *sl_catalog_infer_column(struct sl_catalog *catalog, enum sl_dialect dialect,
                                                const struct sl_table *table, sl_str name);

/* All tables in the order in which they were made, dropped ones too. */
size_t sl_catalog_table_count(const struct sl_catalog *catalog);
const struct sl_table *sl_catalog_table_at(const struct sl_catalog *catalog, size_t index);
/* By id; ids are 1-based and run-wide. */
const struct sl_column *sl_catalog_column(const struct sl_catalog *catalog, uint32_t column_id);
const struct sl_table *sl_catalog_table(const struct sl_catalog *catalog, uint32_t table_id);

/* What the statements did, in order: drops, switched triggers, gained and lost ON UPDATE (fact.h has the words). */
size_t sl_catalog_change_count(const struct sl_catalog *catalog);
const struct sl_fact_ddl_change *sl_catalog_change_at(const struct sl_catalog *catalog, size_t index);

#endif
