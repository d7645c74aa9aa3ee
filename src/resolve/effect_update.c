/*
 * What an UPDATE of a table moves: by its own words, by ON UPDATE, by triggers, by the ORM; and what it causes in
 * other tables through foreign keys and trigger bodies.
 */
#include "resolve/effect_private.h"
#include "resolve/role_name.h"
#include "resolve/touch_trigger.h"

/* Writes caused by writes: cascades and trigger bodies, one inside the other. */
enum { SL_MAX_CAUSED_WRITES = 4 };

bool sl_effect_is_time(const struct sl_column *column)
{
    if (column->is_dropped || column->is_generated)
        return false;
    if (column->type_class == SL_TYPE_TIME || column->on_update_now || column->is_orm_timestamp)
        return true;
    enum sl_name_role name = sl_name_time_role(column->name);
    bool may_be = column->type_class != SL_TYPE_BOOL && column->type_class != SL_TYPE_ENUM;
    return may_be &&
           (name == SL_NAME_TOUCH || name == SL_NAME_TOUCH_WEAK || name == SL_NAME_EVENT || name == SL_NAME_BIRTH);
}

void sl_effect_add(struct sl_effects *effects, const struct sl_column *column, bool moves, const char *evidence,
                   sl_str reason, struct sl_place place)
{
    *SL_VEC_PUSH(effects->arena, &effects->facts->effects) =
        (struct sl_fact_write_effect){.table_id = column->table_id,
                                      .column_id = column->column_id,
                                      .moves = moves,
                                      .evidence = evidence,
                                      .reason = reason,
                                      .evidence_place = place,
                                      .block_id = effects->block_id,
                                      .via = effects->via};
}

const struct sl_update_target *sl_update_find(const struct sl_update *update, sl_str column)
{
    for (size_t i = 0; i < update->targets.len; i++) {
        if (sl_str_eq(update->targets.items[i].column, column))
            return &update->targets.items[i];
    }
    return NULL;
}

static bool is_self(const struct sl_update_target *target)
{
    return strcmp(target->value_shape, "self") == 0 && !target->is_excluded;
}

static bool changes(const struct sl_update *update, sl_str column)
{
    const struct sl_update_target *target = sl_update_find(update, column);
    return target && !is_self(target);
}

static bool changes_anything(const struct sl_update *update)
{
    for (size_t i = 0; i < update->targets.len; i++) {
        if (!is_self(&update->targets.items[i]))
            return true;
    }
    return false;
}

static bool any_changes(const struct sl_update *update, const struct sl_guard *guard)
{
    for (size_t i = 0; i < guard->columns.len; i++) {
        if (changes(update, guard->columns.items[i]))
            return true;
    }
    return false;
}

/* NEW.status = 'won' while the statement sets another literal. */
static bool is_other_value(const struct sl_update *update, const struct sl_guard *guard)
{
    if (guard->value.len == 0 || guard->columns.len != 1 || guard->is_old || guard->is_different)
        return false;
    const struct sl_update_target *target = sl_update_find(update, guard->columns.items[0]);
    return target && strcmp(target->value_shape, "literal") == 0 && !sl_str_eq(target->literal, guard->value);
}

/* NEW.s = 'won' AND OLD.s <> 'won': the two can only hold together where s changes. */
static bool is_transition(const struct sl_guards *guards, const struct sl_guard *after)
{
    for (size_t i = 0; i < guards->len; i++) {
        const struct sl_guard *before = &guards->items[i];
        if (before->kind == SL_GUARD_STATE && before->is_old && before->columns.len == 1 && before->value.len &&
            sl_str_eq(before->columns.items[0], after->columns.items[0]) &&
            sl_str_eq(before->value, after->value) == before->is_different)
            return true;
    }
    return false;
}

static bool needs_change(const struct sl_guards *guards, const struct sl_guard *guard)
{
    return guard->columns.len == 1 && guard->value.len && !guard->is_old && !guard->is_different &&
           is_transition(guards, guard);
}

/* NULL if the guards may let the write through; else why they do not. */
static const char *stopped_by_guards(const struct sl_update *update, const struct sl_guards *guards)
{
    for (size_t i = 0; i < guards->len; i++) {
        const struct sl_guard *guard = &guards->items[i];
        switch (guard->kind) {
        case SL_GUARD_ANY_CHANGE:
            if (update->is_upsert)
                return "the trigger asks for a change, and the row that came may be the same";
            if (!changes_anything(update))
                return "no value changes, and the trigger asks for a change";
            break;
        case SL_GUARD_NO_CHANGE:
            if (changes_anything(update))
                return "the trigger asks for a row that does not change";
            break;
        case SL_GUARD_NOT_SET:
            if (any_changes(update, guard))
                return "the trigger leaves a value alone that the statement sets";
            break;
        case SL_GUARD_COLUMN_CHANGE:
            if (!any_changes(update, guard))
                return "the trigger asks for a change of other columns";
            break;
        case SL_GUARD_STATE:
            if (is_other_value(update, guard))
                return "the trigger asks for another value";
            if (needs_change(guards, guard) && !any_changes(update, guard))
                return "the trigger asks for a change of other columns";
            break;
        case SL_GUARD_EVENT:
            if (!(guard->events & SL_EVENT_UPDATE))
                return "the trigger does nothing at UPDATE";
            break;
        case SL_GUARD_NEVER:
            return "the trigger's condition is never true";
        case SL_GUARD_OTHER:
        case SL_GUARD_ALWAYS:
            break;
        }
    }
    return NULL;
}

/* NULL if the trigger fires for this UPDATE; else why not. */
static const char *stopped_trigger(const struct sl_effects *effects, const struct sl_trigger *trigger,
                                   const struct sl_update *update)
{
    if (update->is_cascade && effects->statement->mode.dialect == SL_DIALECT_MYSQL)
        return "a cascade of MySQL's foreign keys fires no trigger";
    if (trigger->fires == SL_FIRES_DISABLED)
        return "the trigger is disabled here";
    if (effects->catalog->is_replica_role && trigger->fires == SL_FIRES_ORIGIN)
        return "session_replication_role is replica here";
    if (!effects->catalog->is_replica_role && trigger->fires == SL_FIRES_REPLICA)
        return "the trigger fires on replicas only";
    for (size_t i = 0; i < trigger->columns.len; i++) {
        if (sl_update_find(update, trigger->columns.items[i]))
            return stopped_by_guards(update, &trigger->guards);
    }
    return trigger->columns.len ? "the trigger is for UPDATE OF other columns"
                                : stopped_by_guards(update, &trigger->guards);
}

static sl_str name_reason(const struct sl_effects *effects, const struct sl_trigger *trigger, const char *why)
{
    return sl_arena_printf(effects->arena, "%.*s%s%s", SL_STR_ARG(trigger->name), why ? ": " : "", why ? why : "");
}

/* A BEFORE trigger that gives the old value back keeps the column whatever the statement says. */
static const struct sl_trigger *keeping_trigger(const struct sl_effects *effects, const struct sl_update *update,
                                                const struct sl_column *column)
{
    for (size_t i = 0; i < update->record->triggers.len; i++) {
        const struct sl_trigger *trigger = &effects->catalog->triggers.items[update->record->triggers.items[i]];
        const struct sl_routine_body *body = trigger->is_dropped ? NULL : sl_trigger_body(effects->catalog, trigger);
        if (!body || trigger->timing != SL_TIMING_BEFORE || !(trigger->events & SL_EVENT_UPDATE) ||
            stopped_trigger(effects, trigger, update))
            continue;
        for (size_t a = 0; a < body->assignments.len; a++) {
            const struct sl_trigger_assignment *assignment = &body->assignments.items[a];
            if (assignment->table.len == 0 && assignment->value == SL_VALUE_OLD && assignment->guards.len == 0 &&
                sl_str_eq(assignment->column, column->name))
                return trigger;
        }
    }
    return NULL;
}

/* What the triggers do to the column: moved, held (with the first reason), or nothing. */
static bool find_touch(struct sl_effects *effects, const struct sl_update *update, const struct sl_touches *touches,
                       const struct sl_column *column)
{
    const struct sl_trigger *stopped = NULL;
    const char *reason = NULL;
    for (size_t i = 0; i < touches->len; i++) {
        const struct sl_touch *touch = &touches->items[i];
        if (!sl_str_eq(touch->assignment->column, column->name))
            continue;
        const char *why = stopped_trigger(effects, touch->trigger, update);
        if (!why)
            why = stopped_by_guards(update, &touch->assignment->guards);
        if (!why && touch->kind == SL_TOUCH_GUARDED)
            why = "the trigger fills it only while it is empty";
        if (!why && update->is_conditional)
            why = "only rows are written in which something differs";
        if (!why) {
            sl_effect_add(effects, column, true, "trigger", name_reason(effects, touch->trigger, NULL),
                          touch->trigger->place);
            return true;
        }
        stopped = touch->trigger;
        reason = why;
    }
    if (stopped && !changes(update, column->name)) {
        sl_effect_add(effects, column, false, "trigger", name_reason(effects, stopped, reason), stopped->place);
        return true;
    }
    return false;
}

static bool is_guarded(const struct sl_update *update, sl_str column)
{
    for (size_t i = 0; i < update->guarded.len; i++) {
        if (sl_str_eq(update->guarded.items[i], column))
            return true;
    }
    return false;
}

static void add_explicit(struct sl_effects *effects, const struct sl_update *update,
                         const struct sl_update_target *target, const struct sl_column *column)
{
    if (is_self(target))
        sl_effect_add(effects, column, false, "explicit", SL_STR("the statement sets it to itself"), target->place);
    else if (strcmp(target->value_shape, "guarded") == 0)
        sl_effect_add(effects, column, false, "explicit", SL_STR("it changes only under the value's own condition"),
                      target->place);
    else if (is_guarded(update, column->name))
        sl_effect_add(effects, column, false, "explicit", SL_STR("only rows are written that do not have it yet"),
                      target->place);
    else if (update->is_conditional)
        sl_effect_add(effects, column, false, "explicit", SL_STR("only rows are written in which something differs"),
                      target->place);
    else
        sl_effect_add(effects, column, true, "explicit", SL_STR_EMPTY, target->place);
}

static bool is_orm_touch(const struct sl_effects *effects, const struct sl_update *update,
                         const struct sl_column *column)
{
    if (!(effects->statement->origin_flags & SL_ORIGIN_ORM) || update->is_cascade || update->is_from_trigger ||
        update->is_from_orm || (effects->statement->origin_flags & SL_ORIGIN_NO_ORM_TOUCH))
        return false;
    return (column->is_orm_timestamp && sl_name_time_role(column->name) != SL_NAME_BIRTH) ||
           sl_name_is_orm_touch(column->name);
}

static void find_on_update(struct sl_effects *effects, const struct sl_update *update, const struct sl_column *column)
{
    const char *evidence = column->on_update_implicit ? "implicit_timestamp" : "on_update_clause";
    if (update->is_cascade)
        sl_effect_add(effects, column, false, "cascade",
                      SL_STR("a cascade of the foreign key leaves ON UPDATE columns alone"), column->on_update_place);
    else if (!changes_anything(update))
        sl_effect_add(effects, column, false, evidence, SL_STR("no value changes"), column->on_update_place);
    else if (update->is_conditional)
        sl_effect_add(effects, column, false, evidence, SL_STR("only rows are written in which something differs"),
                      column->on_update_place);
    else
        sl_effect_add(effects, column, true, evidence, SL_STR_EMPTY, column->on_update_place);
}

static void find_column(struct sl_effects *effects, const struct sl_update *update, const struct sl_touches *touches,
                        const struct sl_column *column)
{
    const struct sl_trigger *keeper = keeping_trigger(effects, update, column);
    if (keeper) {
        sl_effect_add(effects, column, false, "trigger",
                      name_reason(effects, keeper, "the trigger gives the old value back"), keeper->place);
        return;
    }
    if (find_touch(effects, update, touches, column))
        return;
    const struct sl_update_target *target = sl_update_find(update, column->name);
    if (target && !update->is_cascade)
        add_explicit(effects, update, target, column);
    else if (column->on_update_now)
        find_on_update(effects, update, column);
    else if (is_orm_touch(effects, update, column))
        sl_effect_add(effects, column, true, "orm_timestamps", SL_STR_EMPTY, column->orm_place);
}

/* ---- What it causes elsewhere. ---- */

static bool is_referenced(const struct sl_foreign_key *key, const struct sl_table_record *parent, sl_str column)
{
    for (size_t i = 0; i < key->parent_columns.len; i++) {
        if (sl_str_eq(key->parent_columns.items[i], column))
            return true;
    }
    if (key->parent_columns.len > 0)
        return false;
    const struct sl_column *found = sl_record_find_column(parent, column);
    return found && found->in_primary_key;
}

static bool refers_to(const struct sl_catalog *catalog, const struct sl_foreign_key *key,
                      const struct sl_table_record *parent)
{
    const struct sl_table_record *child = sl_catalog_record(catalog, key->child_id);
    if (key->is_dropped || !child || !sl_str_eq(child->table.database, parent->table.database))
        return false;
    return key->parent_id ? key->parent_id == parent->table.table_id : sl_str_eq(key->parent, parent->table.name);
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_CAUSED_WRITES */
static void cascade(struct sl_effects *effects, const struct sl_foreign_key *key, enum sl_key_action action,
                    unsigned depth)
{
    const struct sl_table_record *child = sl_catalog_record(effects->catalog, key->child_id);
    if (!child || child->table.is_dropped || action == SL_KEY_ACTION_NONE)
        return;
    struct sl_update update = {.record = child, .is_cascade = true, .cause_place = key->place};
    for (size_t i = 0; i < key->columns.len; i++)
        *SL_VEC_PUSH(effects->arena, &update.targets) = (struct sl_update_target){
            .column = key->columns.items[i], .value_shape = "expression", .literal = SL_STR_EMPTY, .place = key->place};
    sl_effect_of_update(effects, &update, depth + 1);
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_CAUSED_WRITES */
static void cascade_update(struct sl_effects *effects, const struct sl_update *update, unsigned depth)
{
    for (size_t i = 0; i < effects->catalog->foreign_keys.len; i++) {
        const struct sl_foreign_key *key = &effects->catalog->foreign_keys.items[i];
        bool is_hit = false;
        for (size_t t = 0; refers_to(effects->catalog, key, update->record) && t < update->targets.len; t++)
            is_hit |= !is_self(&update->targets.items[t]) &&
                      is_referenced(key, update->record, update->targets.items[t].column);
        if (is_hit)
            cascade(effects, key, key->on_update, depth);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_CAUSED_WRITES */
void sl_effect_of_delete(struct sl_effects *effects, const struct sl_table_record *record, unsigned depth)
{
    for (size_t i = 0; i < effects->catalog->foreign_keys.len; i++) {
        const struct sl_foreign_key *key = &effects->catalog->foreign_keys.items[i];
        if (refers_to(effects->catalog, key, record) && key->on_delete != SL_KEY_ACTION_CASCADE)
            cascade(effects, key, key->on_delete, depth);
    }
}

/* The columns that a body's UPDATEs of one other table set, as one UPDATE. */
static void add_body_target(struct sl_effects *effects, struct sl_update *update,
                            const struct sl_trigger_assignment *assignment)
{
    *SL_VEC_PUSH(effects->arena, &update->targets) =
        (struct sl_update_target){.column = assignment->column,
                                  .value_shape = assignment->value == SL_VALUE_NOW       ? "now"
                                                 : assignment->value == SL_VALUE_GUARDED ? "guarded"
                                                 : assignment->value == SL_VALUE_SELF    ? "self"
                                                                                         : "expression",
                                  .literal = SL_STR_EMPTY,
                                  .place = assignment->place};
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_CAUSED_WRITES */
static void run_body(struct sl_effects *effects, const struct sl_table_record *record, const struct sl_trigger *trigger,
                     const struct sl_routine_body *body, const struct sl_update *source, unsigned depth)
{
    for (size_t i = 0; i < body->assignments.len; i++) {
        const struct sl_trigger_assignment *first = &body->assignments.items[i];
        bool is_own = first->table.len == 0 || (first->is_own_row && sl_str_eq(first->table, record->table.name));
        bool is_repeat = i > 0 && sl_str_eq(first->table, body->assignments.items[i - 1].table);
        if (is_own || is_repeat || (source && stopped_by_guards(source, &first->guards)))
            continue;
        const struct sl_table_record *other = sl_catalog_find_record(effects->catalog, effects->statement->mode.dialect,
                                                                     first->table_schema, first->table);
        if (!other)
            continue;
        struct sl_update update = {
            .record = other, .is_from_trigger = true, .cause = trigger, .cause_place = trigger->place};
        for (size_t k = i; k < body->assignments.len && sl_str_eq(body->assignments.items[k].table, first->table); k++)
            add_body_target(effects, &update, &body->assignments.items[k]);
        sl_effect_of_update(effects, &update, depth + 1);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_CAUSED_WRITES */
static void run_triggers(struct sl_effects *effects, const struct sl_table_record *record, uint32_t event,
                         const struct sl_update *source, unsigned depth)
{
    for (size_t i = 0; i < record->triggers.len; i++) {
        const struct sl_trigger *trigger = &effects->catalog->triggers.items[record->triggers.items[i]];
        const struct sl_routine_body *body = trigger->is_dropped ? NULL : sl_trigger_body(effects->catalog, trigger);
        if (!body || !(trigger->events & event))
            continue;
        bool is_off = source ? stopped_trigger(effects, trigger, source) != NULL
                             : trigger->fires == SL_FIRES_DISABLED ||
                                   (effects->catalog->is_replica_role && trigger->fires == SL_FIRES_ORIGIN);
        if (!is_off)
            run_body(effects, record, trigger, body, source, depth);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_CAUSED_WRITES */
void sl_effect_of_triggers(struct sl_effects *effects, const struct sl_table_record *record, uint32_t event,
                           unsigned depth)
{
    run_triggers(effects, record, event, NULL, depth);
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_CAUSED_WRITES */
void sl_effect_of_update(struct sl_effects *effects, const struct sl_update *update, unsigned depth)
{
    if (depth > SL_MAX_CAUSED_WRITES)
        return;
    struct sl_touches touches = {0};
    const char *via = effects->via;
    effects->via = update->is_cascade        ? "cascade"
                   : update->is_from_trigger ? "trigger"
                   : update->is_from_orm     ? "association"
                                             : NULL;
    sl_touch_list(effects->catalog, update->record->table.table_id, effects->arena, &touches);
    for (size_t i = 0; i < update->record->table.columns.len; i++) {
        const struct sl_column *column = &update->record->table.columns.items[i];
        if (sl_effect_is_time(column))
            find_column(effects, update, &touches, column);
    }
    cascade_update(effects, update, depth);
    run_triggers(effects, update->record, SL_EVENT_UPDATE, update, depth);
    effects->via = via;
}
