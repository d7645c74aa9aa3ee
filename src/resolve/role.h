/*
 * role: what each time or state column is for, by evidence before names.
 *
 * In:    the catalog after the last statement; observations from writes and configuration.
 * Out:   one role for each column, and the evidence for and against it.
 * Source: docs/how-it-decides.md, "What is a row-touch column".
 */
#ifndef SL_RESOLVE_ROLE_H
#define SL_RESOLVE_ROLE_H

#include "resolve/catalog.h"
#include "resolve/fact.h"

struct sl_roles {
    struct {
        struct sl_fact_column_role *items;
        size_t len, cap;
    } roles;
    struct {
        struct sl_fact_role_evidence *items;
        size_t len, cap;
    } evidence;
};

/* A role that the configuration gives (columns: in .stamplint.yml); beats everything. */
struct sl_configured_role {
    sl_str table, column;
    sl_str role;
    sl_str state;       /* event_time: the state column whose transition it records; may be empty */
    sl_str values_json; /* event_time: JSON array of the state's values; may be empty */
    struct sl_place place;
};

/* Remembers what a write sets, for observed_writes: call it for each statement before the facts go away. */
void sl_role_observe(struct sl_catalog *catalog, const struct sl_statement *statement, const struct sl_facts *facts);

void sl_role_decide(const struct sl_catalog *catalog, const struct sl_configured_role *configured, size_t n_configured,
                    struct sl_arena *run, struct sl_roles *out);

#endif
