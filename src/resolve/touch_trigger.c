#include "resolve/touch_trigger.h"

#include "base/limits.h"

static bool has_name(const sl_str *names, size_t n, sl_str name)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq(names[i], name))
            return true;
    }
    return false;
}

/* The list names every column that holds data: all but keys, generated ones, defaults of birth and the target. */
static bool covers_data(const struct sl_table_record *record, const sl_str *names, size_t n, sl_str target)
{
    size_t n_data = 0;
    for (size_t i = 0; i < record->table.columns.len; i++) {
        const struct sl_column *column = &record->table.columns.items[i];
        if (column->is_dropped || column->is_generated || column->in_primary_key || sl_str_eq(column->name, target) ||
            (column->type_class == SL_TYPE_TIME && column->default_is_now))
            continue;
        if (!has_name(names, n, column->name))
            return false;
        n_data++;
    }
    return n_data > 0;
}

static enum sl_touch_kind kind_of_guards(const struct sl_table_record *record, const struct sl_guards *guards,
                                         sl_str target)
{
    for (size_t i = 0; i < guards->len; i++) {
        const struct sl_guard *guard = &guards->items[i];
        switch (guard->kind) {
        case SL_GUARD_STATE:
            if (guard->columns.len == 1 && sl_str_eq(guard->columns.items[0], target))
                return SL_TOUCH_GUARDED; /* IF NEW.x IS NULL THEN NEW.x := now() */
            return SL_TOUCH_WITH_STATE;
        case SL_GUARD_COLUMN_CHANGE:
            if (!covers_data(record, guard->columns.items, guard->columns.len, target))
                return SL_TOUCH_WITH_STATE;
            break;
        default:
            break;
        }
    }
    return SL_TOUCH_EVERY_WRITE;
}

static bool is_never(const struct sl_guards *guards)
{
    for (size_t i = 0; i < guards->len; i++) {
        const struct sl_guard *guard = &guards->items[i];
        if (guard->kind == SL_GUARD_NEVER || (guard->kind == SL_GUARD_EVENT && !(guard->events & SL_EVENT_UPDATE)))
            return true;
    }
    return false;
}

/* The body writes this table's row: NEW.x in time, or an UPDATE of the row that fired it. */
static bool writes_row(const struct sl_table_record *record, const struct sl_trigger *trigger,
                       const struct sl_trigger_assignment *assignment)
{
    if (assignment->table.len == 0)
        return trigger->is_for_each_row && trigger->timing == SL_TIMING_BEFORE;
    return assignment->is_own_row && sl_str_eq(assignment->table, record->table.name);
}

/* One of the named columns is neither a state nor the target: the trigger tells of changes, not of an event. */
static bool names_data(const struct sl_table_record *record, const sl_str *names, size_t n, sl_str target)
{
    for (size_t i = 0; i < n; i++) {
        const struct sl_column *column = sl_record_find_column(record, names[i]);
        if (column && !sl_column_is_state(column) && !sl_str_eq(column->name, target))
            return true;
    }
    return false;
}

static bool guards_name_data(const struct sl_table_record *record, const struct sl_guards *guards, sl_str target)
{
    for (size_t i = 0; i < guards->len; i++) {
        const struct sl_guard *guard = &guards->items[i];
        if (guard->kind == SL_GUARD_COLUMN_CHANGE &&
            names_data(record, guard->columns.items, guard->columns.len, target))
            return true;
    }
    return false;
}

static void list_of_trigger(const struct sl_table_record *record, const struct sl_trigger *trigger,
                            const struct sl_routine_body *body, struct sl_arena *arena, struct sl_touches *touches)
{
    for (size_t i = 0; i < body->assignments.len; i++) {
        const struct sl_trigger_assignment *assignment = &body->assignments.items[i];
        if ((assignment->value != SL_VALUE_NOW && assignment->value != SL_VALUE_GUARDED) ||
            !writes_row(record, trigger, assignment) || is_never(&assignment->guards))
            continue;
        enum sl_touch_kind kind = kind_of_guards(record, &trigger->guards, assignment->column);
        enum sl_touch_kind inner = kind_of_guards(record, &assignment->guards, assignment->column);
        if (assignment->value == SL_VALUE_GUARDED || inner == SL_TOUCH_GUARDED)
            kind = SL_TOUCH_GUARDED;
        else if (inner == SL_TOUCH_WITH_STATE)
            kind = SL_TOUCH_WITH_STATE;
        if (kind == SL_TOUCH_EVERY_WRITE && trigger->columns.len > 0 &&
            !covers_data(record, trigger->columns.items, trigger->columns.len, assignment->column))
            kind = SL_TOUCH_WITH_STATE;
        bool asks_for_data = names_data(record, trigger->columns.items, trigger->columns.len, assignment->column) ||
                             guards_name_data(record, &trigger->guards, assignment->column) ||
                             guards_name_data(record, &assignment->guards, assignment->column);
        *SL_VEC_PUSH(arena, touches) = (struct sl_touch){
            .trigger = trigger, .assignment = assignment, .kind = kind, .asks_for_data = asks_for_data};
    }
}

void sl_touch_list(const struct sl_catalog *catalog, uint32_t table_id, struct sl_arena *arena,
                   struct sl_touches *touches)
{
    const struct sl_table_record *record = sl_catalog_record(catalog, table_id);
    for (unsigned depth = 0; record && depth < SL_MAX_SCOPE_DEPTH; depth++) {
        for (size_t i = 0; i < record->triggers.len; i++) {
            const struct sl_trigger *trigger = &catalog->triggers.items[record->triggers.items[i]];
            const struct sl_routine_body *body = trigger->is_dropped ? NULL : sl_trigger_body(catalog, trigger);
            if (body && (trigger->events & SL_EVENT_UPDATE))
                list_of_trigger(sl_catalog_record(catalog, table_id), trigger, body, arena, touches);
        }
        if (!record->is_partition || record->parents.len == 0)
            return;
        record = sl_catalog_record(catalog, record->parents.items[record->parents.len - 1]);
    }
}
