/*
 * role_name: what a column's or table's name alone says. The weakest evidence there is.
 *
 * In:    names, folded or not; snake_case and camelCase read alike.
 * Fails: never.
 * Source: column names of 34 mature applications (docs/how-it-decides.md).
 */
#ifndef SL_RESOLVE_ROLE_NAME_H
#define SL_RESOLVE_ROLE_NAME_H

#include "base/str.h"

enum sl_name_role {
    SL_NAME_OTHER,
    SL_NAME_TOUCH,      /* updated_at, dateModified, gmt_modified … */
    SL_NAME_TOUCH_WEAK, /* changed_at and the like: they live on audit tables too */
    SL_NAME_BIRTH,      /* created_at, inserted_at … */
    SL_NAME_EVENT,      /* <participle>_at */
    SL_NAME_EVENT_WEAK, /* another name of a moment: <word>_date, <word>_time */
    SL_NAME_PLANNED,    /* expires_at, due_on: a time that was chosen, not met */
    SL_NAME_REPEATED,   /* last_seen_at: overwritten on purpose */
    SL_NAME_DELETED,    /* deleted_at: the soft delete */
};

enum sl_name_role sl_name_time_role(sl_str column);

/* What the name of a column, or of a query's output, claims to hold. */
struct sl_name_claim {
    bool write;    /* updated_at, last_changed_on, mtime: admits that every write moves it */
    bool moment;   /* ts, timestamp, dt: a time, of nothing in particular */
    bool event;    /* closed_at, hire_date: when one thing happened, and no bookkeeping such as synced_at */
    bool presence; /* last_seen_at, heartbeat: overwritten on purpose, as long as somebody is there */
    bool deadline; /* due_on, sla_until: when something ought to have happened */
};

struct sl_name_claim sl_name_claim(sl_str name);
/* updated_at, updated_on: what ORMs rewrite at every save, by convention alone. */
bool sl_name_is_orm_touch(sl_str column);
/* status, state, order_state …: the value says how far the row has come. */
bool sl_name_is_state(sl_str column);
/* type, kind, role, country …: an enum that is no state. */
bool sl_name_is_sort_of_thing(sl_str column);
/* A participle as a flag: approved, is_paid. */
bool sl_name_is_outcome_flag(sl_str column);
/* orders_log, price_history, audit_entries …: rows are added, never changed. */
bool sl_name_is_audit_table(sl_str table);
bool sl_name_is_audit_schema(sl_str schema);
/* version, revision: beside the id it makes rows immutable. */
bool sl_name_is_version(sl_str column);

#endif
