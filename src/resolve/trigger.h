/*
 * trigger: what a trigger does to the row when a write fires it.
 *
 * In:    CREATE TRIGGER with its function (PostgreSQL) or body (MySQL, SQLite), in the order of execution.
 * Out:   the assignments that the body makes, each with the conditions on its way, the writes to other rows, and
 *        whether it forbids the write.
 * Owns:  everything in the run arena.
 * Not here: whether a given write fires it (effect), what role its columns get (role).
 */
#ifndef SL_RESOLVE_TRIGGER_H
#define SL_RESOLVE_TRIGGER_H

#include "base/vec.h"
#include "resolve/guard.h"
#include "resolve/statement.h"

enum sl_trigger_value {
    SL_VALUE_NOW,
    SL_VALUE_OLD,       /* OLD.x: takes the change back, so the column stays */
    SL_VALUE_GUARDED,   /* COALESCE(NEW.x, now()), IF(NEW.s <> OLD.s, NOW(), OLD.x) */
    SL_VALUE_PARAMETER, /* the statement's own value */
    SL_VALUE_SELF,      /* UPDATE other SET x = x */
    SL_VALUE_OTHER,
};

struct sl_trigger_assignment {
    sl_str column; /* folded */
    enum sl_trigger_value value;
    struct sl_guards guards;
    sl_str table_schema, table; /* empty: the row of the trigger; else UPDATE table SET column … in the body */
    bool is_own_row;            /* … and that statement writes the trigger's row (WHERE id = NEW.id) */
    struct sl_place place;
};

/* A trigger function or body, reduced to what matters for times. */
struct sl_routine_body {
    SL_VEC(struct sl_trigger_assignment) assignments;
    struct sl_guards forbid_guards;
    bool forbids; /* raises an exception under forbid_guards */
    struct sl_guards cancel_guards;
    bool cancels;           /* returns NULL under cancel_guards: a BEFORE trigger leaves the row as it was */
    SL_VEC(sl_str) inserts; /* tables that the body writes rows to */
    bool is_opaque;         /* holds dynamic SQL, another language or calls that were not followed */
    bool is_known;          /* the body was read */
};

struct sl_function {
    sl_str schema, name; /* folded */
    struct sl_routine_body body;
    struct sl_place place;
    bool is_dropped;
};

struct sl_trigger {
    sl_str name; /* folded */
    uint32_t table_id;
    enum { SL_TIMING_BEFORE, SL_TIMING_AFTER, SL_TIMING_INSTEAD_OF } timing;
    uint32_t events; /* enum sl_trigger_event */
    bool is_for_each_row;
    SL_VEC(sl_str) columns;           /* UPDATE OF …; empty: any */
    struct sl_guards guards;          /* WHEN … */
    sl_str function_schema, function; /* PostgreSQL: looked up when it fires; empty: own_body */
    SL_VEC(sl_str) arguments;         /* … EXECUTE FUNCTION f('updated_at') */
    struct sl_routine_body own_body;
    enum { SL_FIRES_ORIGIN, SL_FIRES_DISABLED, SL_FIRES_REPLICA, SL_FIRES_ALWAYS } fires;
    bool is_dropped;
    struct sl_place place;
    uint32_t made_by;
};

struct sl_catalog;
struct PgQuery__CreateTrigStmt;
struct PgQuery__CreateFunctionStmt;
struct PgQuery__RuleStmt;

void sl_catalog_create_trigger(struct sl_catalog *catalog, const struct sl_statement *statement,
                               const struct PgQuery__CreateTrigStmt *stmt);
void sl_catalog_create_function(struct sl_catalog *catalog, const struct sl_statement *statement,
                                const struct PgQuery__CreateFunctionStmt *stmt);
/* The header of a MySQL or SQLite trigger, whose body is in statement->lowered->items. */
void sl_catalog_create_lowered_trigger(struct sl_catalog *catalog, const struct sl_statement *statement);
void sl_catalog_create_rule(struct sl_catalog *catalog, const struct sl_statement *statement,
                            const struct PgQuery__RuleStmt *stmt);

void sl_catalog_drop_trigger(struct sl_catalog *catalog, const struct sl_statement *statement, sl_str table_schema,
                             sl_str table, sl_str name);
void sl_catalog_drop_function(struct sl_catalog *catalog, sl_str schema, sl_str name);
/* DROP FUNCTION … CASCADE takes the function's triggers along; call it while the function is still there. */
void sl_catalog_drop_triggers_of(struct sl_catalog *catalog, const struct sl_statement *statement, sl_str function);
void sl_catalog_rename_trigger(struct sl_catalog *catalog, uint32_t table_id, sl_str name, sl_str new_name);
/* ALTER TABLE … ENABLE/DISABLE TRIGGER name; an empty name means all of the table. */
void sl_catalog_switch_trigger(struct sl_catalog *catalog, const struct sl_statement *statement, uint32_t table_id,
                               sl_str name, int fires);

/* What the trigger does: its own body, or its function's as it stands now. NULL if that is not known. */
const struct sl_routine_body *sl_trigger_body(const struct sl_catalog *catalog, const struct sl_trigger *trigger);

#endif
