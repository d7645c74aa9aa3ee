/* What writes tell of the columns they set: remembered for each statement, weighed once at the end. */
#include "resolve/catalog_private.h"
#include "resolve/role.h"

static uint64_t hash_id(uint64_t hash, uint32_t id)
{
    return (hash ^ id) * 1099511628211ull;
}

static bool is_time_value(const char *shape)
{
    return strcmp(shape, "now") == 0 || strcmp(shape, "parameter") == 0 || strcmp(shape, "expression") == 0 ||
           strcmp(shape, "literal") == 0;
}

static bool may_be_time(const struct sl_column *column)
{
    return column->type_class == SL_TYPE_TIME || column->type_class == SL_TYPE_UNKNOWN ||
           column->type_class == SL_TYPE_TEXT || column->type_class == SL_TYPE_INTEGER;
}

/* The set of other columns that a block assigns, as a hash that does not depend on their order. */
static uint64_t shape_of_block(const struct sl_catalog *catalog, const struct sl_facts *facts, uint32_t block_id)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < facts->assignments.len; i++) {
        const struct sl_fact_assignment *assignment = &facts->assignments.items[i];
        const struct sl_column *column = sl_catalog_column(catalog, assignment->column_id);
        if (assignment->block_id == block_id && column && column->type_class != SL_TYPE_TIME)
            sum += hash_id(1469598103934665603ull, assignment->column_id);
    }
    return sum;
}

/* Answers false if this set of columns was seen before. */
static bool add_shape(struct sl_catalog *catalog, struct sl_table_record *record, uint64_t shape)
{
    for (size_t i = 0; i < record->update_shapes.len; i++) {
        if (record->update_shapes.items[i] == shape)
            return false;
    }
    *SL_VEC_PUSH(catalog->run, &record->update_shapes) = shape;
    record->n_update_shapes++;
    return true;
}

/* UPDATE … SET status = 'won', drawn_at = now(): drawn_at is the time of that transition. */
static void link_event(struct sl_catalog *catalog, const struct sl_facts *facts, const struct sl_fact_assignment *time)
{
    struct sl_column_record *event = &catalog->columns.items[time->column_id - 1];
    for (size_t i = 0; i < facts->assignments.len; i++) {
        const struct sl_fact_assignment *state = &facts->assignments.items[i];
        const struct sl_column *column = sl_catalog_column(catalog, state->column_id);
        if (state->block_id != time->block_id || !column || strcmp(state->value_shape, "literal") != 0 ||
            column->type_class == SL_TYPE_TIME || state->value_text.len == 0 || !sl_column_is_state(column))
            continue;
        sl_str value = sl_str_trim(state->value_text);
        if (value.len > 1 && value.ptr[0] == '\'')
            value = sl_str_slice(value, 1, value.len - 2);
        if (value.len == 0 || sl_str_find_byte(value, '"') != SIZE_MAX || sl_str_find_byte(value, '\\') != SIZE_MAX)
            continue;
        event->event_state_column = state->column_id;
        sl_str quoted = sl_arena_printf(catalog->run, "\"%.*s\"", SL_STR_ARG(value));
        if (sl_str_find(event->event_values, quoted) == SIZE_MAX)
            event->event_values =
                event->event_values.len
                    ? sl_arena_printf(catalog->run, "%.*s,%.*s", SL_STR_ARG(event->event_values), SL_STR_ARG(quoted))
                    : quoted;
    }
}

static void observe_update(struct sl_catalog *catalog, const struct sl_facts *facts, uint32_t block_id,
                           uint32_t table_id)
{
    struct sl_table_record *record = sl_catalog_record(catalog, table_id);
    record->n_updates++;
    bool is_new = add_shape(catalog, record, shape_of_block(catalog, facts, block_id));
    for (size_t i = 0; i < facts->assignments.len; i++) {
        const struct sl_fact_assignment *assignment = &facts->assignments.items[i];
        const struct sl_column *column = sl_catalog_column(catalog, assignment->column_id);
        if (assignment->block_id != block_id || !column || column->table_id != table_id || !may_be_time(column) ||
            !is_time_value(assignment->value_shape))
            continue;
        struct sl_column_record *seen = &catalog->columns.items[assignment->column_id - 1];
        if (is_new) {
            seen->n_set_shapes++;
            if (seen->n_set_shapes == 1)
                seen->first_set = assignment->place;
        }
        if (column->type_class == SL_TYPE_TIME || strcmp(assignment->value_shape, "now") == 0)
            link_event(catalog, facts, assignment);
    }
}

void sl_role_observe(struct sl_catalog *catalog, const struct sl_statement *statement, const struct sl_facts *facts)
{
    for (size_t i = 0; i < facts->writes.len; i++) {
        const struct sl_fact_write *write = &facts->writes.items[i];
        struct sl_table_record *record = sl_catalog_record(catalog, write->table_id);
        if (!record)
            continue;
        if (strcmp(write->verb, "update") == 0) {
            observe_update(catalog, facts, write->block_id, write->table_id);
            catalog->n_logged_updates += statement->is_log;
        } else if (strcmp(write->verb, "insert") == 0) {
            record->n_logged_inserts += statement->is_log;
        } else if (strcmp(write->verb, "delete") != 0 && strcmp(write->verb, "truncate") != 0) {
            record->n_updates++; /* an upsert, REPLACE or MERGE may change rows */
        }
    }
}
