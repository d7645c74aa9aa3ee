#include "resolve/dump_roles.h"

static void dump_place(const struct sl_place *place, const sl_str *paths, size_t n_paths, struct sl_buf *out)
{
    if (place->line == 0 || place->source_id == 0 || place->source_id > n_paths)
        return;
    sl_buf_add_printf(out, " at %.*s:%u", SL_STR_ARG(paths[place->source_id - 1]), place->line);
}

static void dump_evidence(const struct sl_fact_role_evidence *evidence, const sl_str *paths, size_t n_paths,
                          struct sl_buf *out)
{
    sl_buf_add_printf(out, "  %c %s", evidence->is_against ? '-' : '+', evidence->kind);
    if (evidence->detail.len)
        sl_buf_add_printf(out, " (%.*s)", SL_STR_ARG(evidence->detail));
    dump_place(&evidence->place, paths, n_paths, out);
    sl_buf_add_byte(out, '\n');
}

static void dump_role(const struct sl_catalog *catalog, const struct sl_fact_column_role *role, struct sl_buf *out)
{
    const struct sl_column *column = sl_catalog_column(catalog, role->column_id);
    const struct sl_table *table = sl_catalog_table(catalog, column->table_id);
    if (table->schema.len)
        sl_buf_add_printf(out, "%.*s.", SL_STR_ARG(table->schema));
    sl_buf_add_printf(out, "%.*s.%.*s %s %s", SL_STR_ARG(table->name), SL_STR_ARG(column->name), role->role,
                      role->confidence);
    const struct sl_column *state = sl_catalog_column(catalog, role->event_state_column);
    if (state)
        sl_buf_add_printf(out, " of %.*s", SL_STR_ARG(state->name));
    if (role->event_values.len)
        sl_buf_add_printf(out, " %.*s", SL_STR_ARG(role->event_values));
    if (table->is_dropped || column->is_dropped)
        sl_buf_add(out, SL_STR(" dropped"));
    sl_buf_add_byte(out, '\n');
}

void sl_roles_dump(const struct sl_catalog *catalog, const struct sl_roles *roles, const sl_str *paths, size_t n_paths,
                   struct sl_buf *out)
{
    /* The evidence of a column stands together (role.c): where it begins, by column_id. */
    struct sl_arena scratch;
    sl_arena_init(&scratch);
    uint32_t n_columns = 0;
    for (size_t i = 0; i < roles->evidence.len; i++)
        n_columns = roles->evidence.items[i].column_id > n_columns ? roles->evidence.items[i].column_id : n_columns;
    size_t *first = SL_NEW_ARRAY(&scratch, (size_t)n_columns + 1, size_t);
    for (size_t i = roles->evidence.len; i > 0; i--)
        first[roles->evidence.items[i - 1].column_id] = i;
    for (size_t i = 0; i < roles->roles.len; i++) {
        uint32_t column_id = roles->roles.items[i].column_id;
        dump_role(catalog, &roles->roles.items[i], out);
        size_t next = column_id <= n_columns && first[column_id] ? first[column_id] - 1 : roles->evidence.len;
        for (; next < roles->evidence.len && roles->evidence.items[next].column_id == column_id; next++)
            dump_evidence(&roles->evidence.items[next], paths, n_paths, out);
    }
    sl_arena_release(&scratch);
}
