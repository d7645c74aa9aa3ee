/*
 * effect_private: what effect.c, effect_update.c and write_scale.c share.
 *
 * An UPDATE of a table is the same thing whoever makes it: the statement, a conflict arm, a foreign key's cascade or a
 * trigger's body. It is described once (struct sl_update) and its effects are found by one function.
 */
#ifndef SL_RESOLVE_EFFECT_PRIVATE_H
#define SL_RESOLVE_EFFECT_PRIVATE_H

#include "resolve/catalog_private.h"
#include "resolve/effect.h"

/* A column that an UPDATE sets. */
struct sl_update_target {
    sl_str column;           /* folded */
    const char *value_shape; /* of fact.h's assignment */
    sl_str literal;          /* value_shape literal: its text */
    bool is_excluded;        /* takes the value of the row that could not be inserted */
    struct sl_place place;
};

struct sl_update {
    const struct sl_table_record *record;
    struct {
        struct sl_update_target *items;
        size_t len, cap;
    } targets;
    struct {
        sl_str *items; /* columns that must be NULL, or in another state, for a row to be written */
        size_t len, cap;
    } guarded;
    bool is_upsert;                 /* the conflict arm of an INSERT */
    bool is_cascade;                /* made by a foreign key */
    bool is_from_orm;               /* made by a callback of the ORM, which does not date it */
    bool is_from_trigger;           /* made by a trigger's body */
    bool is_conditional;            /* ON CONFLICT … DO UPDATE … WHERE something differs */
    const struct sl_trigger *cause; /* is_from_trigger: the trigger */
    struct sl_place cause_place;
};

struct sl_effects {
    const struct sl_statement *statement;
    const struct sl_catalog *catalog;
    struct sl_arena *arena;
    struct sl_facts *facts;
    uint32_t block_id;
    const char *via; /* of the rows being added; see fact.h */
};

/* Rows of facts->effects for one UPDATE of one table, and for what it causes in others. */
void sl_effect_of_update(struct sl_effects *effects, const struct sl_update *update, unsigned depth);
/* What triggers on INSERT or DELETE of `record` write elsewhere (events: enum sl_trigger_event). */
void sl_effect_of_triggers(struct sl_effects *effects, const struct sl_table_record *record, uint32_t event,
                           unsigned depth);
/* ON DELETE SET NULL and SET DEFAULT of the tables that refer to `record`. */
void sl_effect_of_delete(struct sl_effects *effects, const struct sl_table_record *record, unsigned depth);

/* effect_association.c: what the ORM's callbacks write elsewhere when a row of `record` is saved, made or destroyed. */
void sl_effect_of_associations(struct sl_effects *effects, const struct sl_table_record *record, const char *verb);

/* effect_callback.c: the columns of `record` that its own callbacks and setters may fill at this statement's save. */
void sl_effect_of_callbacks(struct sl_effects *effects, const struct sl_table_record *record, bool is_insert);

void sl_effect_add(struct sl_effects *effects, const struct sl_column *column, bool moves, const char *evidence,
                   sl_str reason, struct sl_place place);
/* A column whose moves are worth a row: a time, or named like a last-write time. */
bool sl_effect_is_time(const struct sl_column *column);
const struct sl_update_target *sl_update_find(const struct sl_update *update, sl_str column);

/* write_scale.c: row | batch | filtered | table, from the statement's own WHERE. */
const char *sl_write_scale(const struct sl_statement *statement, const struct sl_table_record *record,
                           const struct PgQuery__Node *write);
/* Columns that the WHERE asks to be NULL, or to hold another value than the statement sets. */
void sl_write_guards(const struct sl_table_record *record, const struct PgQuery__Node *write, struct sl_arena *arena,
                     struct sl_update *update);

#endif
