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
#include "resolve/statement.h"

/* What must hold before the body's assignment is made. Several of one assignment must hold together. */
enum sl_guard_kind {
    SL_GUARD_ANY_CHANGE,    /* OLD.* IS DISTINCT FROM NEW.*: something of the row changes */
    SL_GUARD_NOT_SET,       /* NEW.T = OLD.T, NEW.T IS NULL: the statement did not set `columns[0]` itself */
    SL_GUARD_COLUMN_CHANGE, /* OLD.s <> NEW.s: one of `columns` changes */
    SL_GUARD_STATE,         /* NEW.s = 'won' …: a test on the values of `columns` */
    SL_GUARD_OTHER,         /* a test that names no column of the row (TG_OP, a setting, a variable) */
    SL_GUARD_EVENT,         /* TG_OP = 'UPDATE': which event; `events` says which */
    SL_GUARD_NEVER,         /* false */
};

enum sl_trigger_event {
    SL_EVENT_INSERT = 1 << 0,
    SL_EVENT_UPDATE = 1 << 1,
    SL_EVENT_DELETE = 1 << 2,
};

struct sl_guard {
    enum sl_guard_kind kind;
    SL_VEC(sl_str) columns; /* folded */
    uint32_t events;        /* for EVENT: the events that pass */
    sl_str value;           /* STATE: the literal that NEW.column must equal, if it is one test; else empty */
};

enum sl_trigger_value {
    SL_VALUE_NOW,
    SL_VALUE_OLD,        /* OLD.x: takes the change back, so the column stays */
    SL_VALUE_GUARDED,    /* COALESCE(NEW.x, now()), IF(NEW.s <> OLD.s, NOW(), OLD.x) */
    SL_VALUE_PARAMETER,  /* the statement's own value */
    SL_VALUE_OTHER,
};

struct sl_trigger_assignment {
    sl_str column; /* folded */
    enum sl_trigger_value value;
    SL_VEC(struct sl_guard) guards;
    sl_str table_schema, table; /* empty: the row of the trigger; else UPDATE table SET column … in the body */
    bool is_own_row;            /* … and that statement writes the trigger's row (WHERE id = NEW.id) */
    struct sl_place place;
};

/* A trigger function or body, reduced to what matters for times. */
struct sl_routine_body {
    SL_VEC(struct sl_trigger_assignment) assignments;
    SL_VEC(struct sl_guard) forbid_guards; /* of forbids */
    bool forbids;        /* raises an exception, or returns NULL, whatever the row says */
    bool is_opaque;      /* holds dynamic SQL, another language or calls that were not followed */
    bool is_known;       /* the body was read */
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
    SL_VEC(sl_str) columns;         /* UPDATE OF …; empty: any */
    SL_VEC(struct sl_guard) guards; /* WHEN … */
    sl_str function_schema, function; /* PostgreSQL: looked up when it fires; empty: own_body */
    SL_VEC(sl_str) arguments;       /* … EXECUTE FUNCTION f('updated_at') */
    struct sl_routine_body own_body;
    enum { SL_FIRES_ORIGIN, SL_FIRES_DISABLED, SL_FIRES_REPLICA, SL_FIRES_ALWAYS } fires;
    bool is_dropped;
    struct sl_place place;
    uint32_t made_by;
    uint32_t disabled_by; /* the statement that switched it off or dropped it; 0 = it is on */
    struct sl_place disabled_place;
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
void sl_catalog_rename_trigger(struct sl_catalog *catalog, uint32_t table_id, sl_str name, sl_str new_name);
/* ALTER TABLE … ENABLE/DISABLE TRIGGER name; an empty name means all of the table. */
void sl_catalog_switch_trigger(struct sl_catalog *catalog, const struct sl_statement *statement, uint32_t table_id,
                               sl_str name, int fires);

/* What the trigger does: its own body, or its function's as it stands now. NULL if that is not known. */
const struct sl_routine_body *sl_trigger_body(const struct sl_catalog *catalog, const struct sl_trigger *trigger);

#endif
