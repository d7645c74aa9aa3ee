/*
 * catalog_private: the catalog's insides, for catalog*.c, trigger.c, role.c and effect.c only.
 *
 * Owns:  everything in the run arena. Tables are allocated one by one and never move; the columns of a table are a
 *        vector and may move when one is added: hold ids or (table, index) over a change.
 * Rules: names are folded when they come in (sl_catalog_fold) and compared byte by byte afterwards.
 */
#ifndef SL_RESOLVE_CATALOG_PRIVATE_H
#define SL_RESOLVE_CATALOG_PRIVATE_H

#include "resolve/catalog.h"
#include "resolve/catalog_orm.h"
#include "resolve/fact.h"
#include "resolve/trigger.h"

/* A primary or unique key. Names, not ids: a key may come before its columns are known. */
struct sl_key {
    sl_str name;
    bool is_primary, is_dropped, is_partial;
    SL_VEC(sl_str) columns;
};

enum sl_key_action {
    SL_KEY_ACTION_NONE, /* NO ACTION, RESTRICT */
    SL_KEY_ACTION_CASCADE,
    SL_KEY_ACTION_SET_NULL,
    SL_KEY_ACTION_SET_DEFAULT,
};

struct sl_foreign_key {
    sl_str name;
    uint32_t child_id;            /* the table that refers */
    sl_str parent_schema, parent; /* by name: the parent may be made later, or be renamed */
    uint32_t parent_id;           /* once it was found; else 0 */
    SL_VEC(sl_str) columns;
    SL_VEC(sl_str) parent_columns; /* empty: the parent's primary key */
    enum sl_key_action on_update, on_delete;
    bool is_dropped;
    struct sl_place place;
};

/* A table with what only resolve/ needs to know of it. */
struct sl_table_record {
    struct sl_table table; /* first: a const struct sl_table * of the catalog is one of these */
    uint32_t hash;
    struct sl_table_record *next_of_name; /* same bucket of the name table */
    SL_VEC(struct sl_key) keys;
    SL_VEC(uint32_t) parents; /* INHERITS, PARTITION OF */
    SL_VEC(uint32_t) children;
    bool is_partition, is_partitioned;
    SL_VEC(uint32_t) triggers; /* indexes into catalog->triggers */
    uint32_t n_updates;        /* statements seen by sl_role_observe */
    uint32_t n_logged_inserts; /* … INSERTs of a query log */
    uint32_t n_update_shapes;  /* … UPDATEs with different sets of columns */
    struct {
        uint64_t *items;
        size_t len, cap;
    } update_shapes;          /* hashes of the sets of columns */
    bool is_update_forbidden; /* trigger, rule or REVOKE */
    struct sl_place forbidden_place;
    const char *forbidden_by;
};

/* What writes did to a column, over the run. Parallel to column ids. */
struct sl_column_record {
    uint32_t table_id;
    uint32_t index;
    uint32_t n_set_shapes; /* UPDATEs with different sets of other columns that set it to a time */
    struct sl_place first_set;
    uint32_t event_state_column; /* set together with this column */
    sl_str event_values;         /* … to these values: "a","b" */
};

struct sl_type_record {
    sl_str name;
    enum sl_type_class type_class;
};

struct sl_source_copy {
    uint32_t source_id;
    struct sl_lines *lines;
};

struct sl_catalog {
    struct sl_arena *run;
    SL_VEC(struct sl_table_record *) tables; /* by table_id - 1 */
    SL_VEC(struct sl_column_record) columns; /* by column_id - 1 */
    struct sl_table_record **buckets;
    size_t n_buckets;
    SL_VEC(struct sl_foreign_key) foreign_keys;
    SL_VEC(struct sl_trigger) triggers;
    SL_VEC(struct sl_function) functions;
    SL_VEC(struct sl_type_record) types;
    SL_VEC(struct sl_fact_ddl_change) changes;
    SL_VEC(struct sl_orm_fact) orm_facts;
    SL_VEC(sl_str) search_path;
    struct sl_database database;           /* whose statements are read */
    SL_VEC(struct sl_source_copy) sources; /* of views, kept for their places */
    bool is_replica_role;                  /* session_replication_role = replica */
    bool has_local_replica_role;           /* ... by SET LOCAL: until the transaction ends */
    bool has_implicit_timestamps;          /* MySQL: explicit_defaults_for_timestamp = OFF */
    uint32_t session_source;               /* session settings end with the source that made them */
    uint32_t n_logged_updates;             /* UPDATEs of query logs */
};

/* The name as the dialect compares it, cut where PostgreSQL's parser cuts it, in the run arena. */
sl_str sl_catalog_fold(const struct sl_catalog *catalog, enum sl_dialect dialect, sl_str name);

struct sl_table_record *sl_catalog_record(const struct sl_catalog *catalog, uint32_t table_id);
struct sl_table_record *sl_catalog_find_record(const struct sl_catalog *catalog, enum sl_dialect dialect, sl_str schema,
                                               sl_str name);
/* The column of a folded name that is not dropped, or NULL. */
struct sl_column *sl_record_find_column(const struct sl_table_record *record, sl_str folded);
struct sl_column *sl_catalog_column_mutable(const struct sl_catalog *catalog, uint32_t column_id);

/* A new table; one that is alive under the same name is replaced (an inferred one is taken over). */
struct sl_table_record *sl_catalog_add_table(struct sl_catalog *catalog, enum sl_dialect dialect, sl_str schema,
                                             sl_str name);
struct sl_column *sl_catalog_add_column(struct sl_catalog *catalog, struct sl_table_record *record, sl_str folded);
void sl_catalog_rename_table(struct sl_catalog *catalog, struct sl_table_record *record, sl_str schema, sl_str name);

/* catalog_type.c: the type class of a type's name ("timestamptz", "enum", a domain or enum type of the catalog); the
 * words and the class of a column's type. */
struct PgQuery__TypeName;
enum sl_type_class sl_catalog_type_class(const struct sl_catalog *catalog, sl_str name);
void sl_catalog_set_type(const struct sl_catalog *catalog, enum sl_dialect dialect, struct sl_column *column,
                         const struct PgQuery__TypeName *type);

/* catalog_column.c: what a column definition says. */
struct PgQuery__ColumnDef;
struct PgQuery__Constraint;
struct PgQuery__RangeVar;
struct PgQuery__Node;
void sl_catalog_define_column(struct sl_catalog *catalog, const struct sl_statement *statement,
                              struct sl_table_record *record, const struct PgQuery__ColumnDef *def);
void sl_catalog_add_constraint(struct sl_catalog *catalog, const struct sl_statement *statement,
                               struct sl_table_record *record, const struct PgQuery__Constraint *constraint,
                               sl_str column);
sl_str sl_default_text(const struct sl_catalog *catalog, const struct PgQuery__Node *expr);
void sl_catalog_add_key(struct sl_catalog *catalog, struct sl_table_record *record, sl_str name,
                        struct PgQuery__Node **columns, size_t n_columns, bool is_primary, bool is_partial,
                        enum sl_dialect dialect);

/* catalog_table.c */
struct PgQuery__CreateStmt;
void sl_catalog_create_table(struct sl_catalog *catalog, const struct sl_statement *statement,
                             const struct PgQuery__CreateStmt *stmt, enum sl_relation_kind kind);

/* catalog_alter.c */
struct PgQuery__AlterTableStmt;
struct PgQuery__RenameStmt;
struct PgQuery__DropStmt;
struct PgQuery__AlterObjectSchemaStmt;
void sl_catalog_alter_table(struct sl_catalog *catalog, const struct sl_statement *statement,
                            const struct PgQuery__AlterTableStmt *stmt);
void sl_catalog_rename(struct sl_catalog *catalog, const struct sl_statement *statement,
                       const struct PgQuery__RenameStmt *stmt);
void sl_catalog_drop(struct sl_catalog *catalog, const struct sl_statement *statement,
                     const struct PgQuery__DropStmt *stmt);
void sl_catalog_move_schema(struct sl_catalog *catalog, const struct sl_statement *statement,
                            const struct PgQuery__AlterObjectSchemaStmt *stmt);

/* catalog_view.c */
struct PgQuery__ViewStmt;
struct PgQuery__CreateTableAsStmt;
void sl_catalog_create_view(struct sl_catalog *catalog, const struct sl_statement *statement,
                            const struct PgQuery__ViewStmt *stmt);
void sl_catalog_create_table_as(struct sl_catalog *catalog, const struct sl_statement *statement,
                                const struct PgQuery__CreateTableAsStmt *stmt);

/* catalog_session.c: SET …, from the AST or from the bytes of a statement that has none. */
struct PgQuery__VariableSetStmt;
void sl_catalog_set_variable(struct sl_catalog *catalog, const struct sl_statement *statement,
                             const struct PgQuery__VariableSetStmt *stmt);
bool sl_catalog_apply_admin(struct sl_catalog *catalog, const struct sl_statement *statement);
void sl_catalog_apply_transaction(struct sl_catalog *catalog, const struct sl_statement *statement);
/* Settings of one source's session do not reach the next source. */
void sl_catalog_enter_source(struct sl_catalog *catalog, uint32_t source_id);

/* A row of what the statement did; `name` and `detail` are copied. The statement's lock clauses are added to detail. */
void sl_catalog_add_change(struct sl_catalog *catalog, const struct sl_statement *statement, const char *change,
                           uint32_t table_id, uint32_t column_id, sl_str name, sl_str detail);

/* By name and type: a column whose value says how far the row has come. */
bool sl_column_is_state(const struct sl_column *column);

/* The table of a RangeVar, or NULL. */
struct sl_table_record *sl_catalog_find_range(const struct sl_catalog *catalog, const struct sl_statement *statement,
                                              const struct PgQuery__RangeVar *range);
/* The table of a RangeVar, made as inferred if it is not known; NULL for the reserved names of lowering. */
struct sl_table_record *sl_catalog_range_record(struct sl_catalog *catalog, const struct sl_statement *statement,
                                                const struct PgQuery__RangeVar *range, bool infer);

#endif
