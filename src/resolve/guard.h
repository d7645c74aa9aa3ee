/*
 * guard: a trigger's condition, reduced to what it asks of the row.
 *
 * In:    the expression of WHEN, IF, CASE in a trigger; its names NEW and OLD are the row after and before.
 * Out:   guards that must hold together. A test that cannot be read is SL_GUARD_OTHER and passes.
 * Fails: never; below SL_MAX_AST_DEPTH an expression counts as unread.
 */
#ifndef SL_RESOLVE_GUARD_H
#define SL_RESOLVE_GUARD_H

#include "base/vec.h"
#include "sql/dialect.h"

struct PgQuery__Node;

/* What must hold before the body's assignment is made. Several must hold together. */
enum sl_guard_kind {
    SL_GUARD_ANY_CHANGE,    /* OLD.* IS DISTINCT FROM NEW.*: something of the row changes */
    SL_GUARD_NOT_SET,       /* NEW.T = OLD.T, NEW.T IS NULL: the statement did not set `columns[0]` itself */
    SL_GUARD_COLUMN_CHANGE, /* OLD.s <> NEW.s: one of `columns` changes */
    SL_GUARD_STATE,         /* NEW.s = 'won' …: a test on the values of `columns` */
    SL_GUARD_OTHER,         /* a test that names no column of the row (TG_OP, a setting, a variable) */
    SL_GUARD_EVENT,         /* TG_OP = 'UPDATE': which event; `events` says which */
    SL_GUARD_NO_CHANGE,     /* OLD.* IS NOT DISTINCT FROM NEW.* */
    SL_GUARD_ALWAYS,        /* true */
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
    sl_str value;           /* STATE: the literal that the column is compared with, if it is one test; else empty */
    bool is_old;            /* STATE: OLD's column */
    bool is_different;      /* STATE: must not be `value` */
};

struct sl_guards {
    struct sl_guard *items;
    size_t len, cap;
};

/* Adds the guards of `expr` (of NOT expr). Column names are folded by `dialect`. */
void sl_guard_read(const struct PgQuery__Node *expr, bool is_negated, enum sl_dialect dialect, struct sl_arena *run,
                   struct sl_guards *guards);

#endif
