/* The tables, columns and roles of the catalog. */
#include "graph/row.h"
#include "graph/write.h"
#include "resolve/role_name.h"

static const char *relation_kind_name(enum sl_relation_kind kind)
{
    switch (kind) {
    case SL_RELATION_TABLE:
        return "table";
    case SL_RELATION_VIEW:
        return "view";
    case SL_RELATION_MATERIALIZED_VIEW:
        return "materialized_view";
    case SL_RELATION_FOREIGN_TABLE:
        return "foreign_table";
    }
    return "table";
}

static const char *type_class_name(enum sl_type_class type_class)
{
    static const char *const names[] = {
        [SL_TYPE_UNKNOWN] = "unknown", [SL_TYPE_TIME] = "time",   [SL_TYPE_BOOL] = "bool",
        [SL_TYPE_ENUM] = "enum",       [SL_TYPE_TEXT] = "text",   [SL_TYPE_INTEGER] = "integer",
        [SL_TYPE_NUMBER] = "number",   [SL_TYPE_OTHER] = "other",
    };
    return names[type_class];
}

static enum sl_status add_column(struct sl_graph *graph, const struct sl_column *column, struct sl_error *err)
{
    sl_str name = column->written.len ? column->written : column->name;
    struct sl_name_claim claim = sl_name_claim(name);
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_COLUMN, &row, err));
    sl_row_put_int(&row, column->column_id);
    sl_row_put_int(&row, column->table_id);
    sl_row_put_text(&row, name);
    sl_row_put_text(&row, column->type);
    sl_row_put_word(&row, type_class_name(column->type_class));
    sl_row_put_int(&row, column->is_not_null);
    sl_row_put_int(&row, column->is_generated);
    sl_row_put_int(&row, column->is_auto_increment);
    sl_row_put_text_or_null(&row, column->comment);
    sl_row_put_int(&row, claim.write);
    sl_row_put_int(&row, claim.moment);
    sl_row_put_int(&row, claim.presence);
    sl_row_put_int(&row, claim.deadline);
    sl_row_put_int(&row, column->in_primary_key);
    sl_row_put_int(&row, column->in_unique_key);
    sl_row_put_int(&row, column->in_foreign_key);
    sl_row_put_text_or_null(&row, column->default_text);
    sl_row_put_int(&row, column->default_is_now);
    sl_row_put_int(&row, column->on_update_now);
    sl_row_put_int(&row, column->is_inferred);
    sl_row_put_int(&row, column->is_dropped);
    sl_row_put_id(&row, column->made_by);
    sl_row_put_id(&row, column->made.line ? column->made.source_id : 0);
    sl_row_put_place(&row, &column->made);
    return sl_row_end(&row, err);
}

enum sl_status sl_graph_add_table(struct sl_graph *graph, const struct sl_table *table, struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_TABLE, &row, err));
    sl_row_put_int(&row, table->table_id);
    sl_row_put_text(&row, table->database);
    sl_row_put_text(&row, table->written_schema.len ? table->written_schema : table->schema);
    sl_row_put_text(&row, table->written.len ? table->written : table->name);
    sl_row_put_word(&row, relation_kind_name(table->kind));
    sl_row_put_int(&row, table->is_inferred);
    sl_row_put_int(&row, table->is_dropped);
    sl_row_put_id(&row, table->made_by);
    sl_row_put_id(&row, table->made.line ? table->made.source_id : 0);
    sl_row_put_id(&row, table->made.line);
    sl_row_put_id(&row, table->made.col);
    SL_TRY(sl_row_end(&row, err));
    for (size_t i = 0; i < table->columns.len; i++)
        SL_TRY(add_column(graph, &table->columns.items[i], err));
    return SL_OK;
}

static enum sl_status set_role(struct sl_graph *graph, sqlite3_stmt *update, const struct sl_fact_column_role *role,
                               struct sl_error *err)
{
    sqlite3_bind_int64(update, 1, role->column_id);
    sqlite3_bind_text(update, 2, role->role, -1, SQLITE_STATIC);
    sqlite3_bind_text(update, 3, role->confidence, -1, SQLITE_STATIC);
    if (role->event_state_column)
        sqlite3_bind_int64(update, 4, role->event_state_column);
    sl_str values = sl_graph_clean_text(graph, role->event_values);
    if (values.len)
        sqlite3_bind_text(update, 5, values.ptr, (int)values.len, SQLITE_TRANSIENT);
    sqlite3_bind_text(update, 6, role->name_role ? role->name_role : "other", -1, SQLITE_STATIC);
    int code = sqlite3_step(update);
    enum sl_status status = code == SQLITE_DONE ? SL_OK : sl_graph_refuse(graph, "set a column's role", err);
    sqlite3_reset(update);
    sqlite3_clear_bindings(update);
    return status;
}

static enum sl_status set_roles(struct sl_graph *graph, const struct sl_roles *roles, struct sl_error *err)
{
    sqlite3_stmt *update = NULL;
    if (sqlite3_prepare_v2(graph->db,
                           "UPDATE db_column SET role = ?2, confidence = ?3, event_state_column = ?4,"
                           " event_values = ?5, name_role = ?6 WHERE column_id = ?1",
                           -1, &update, NULL) != SQLITE_OK)
        return sl_graph_refuse(graph, "set the columns' roles", err);
    enum sl_status status = SL_OK;
    for (size_t i = 0; i < roles->roles.len && status == SL_OK; i++)
        status = set_role(graph, update, &roles->roles.items[i], err);
    sqlite3_finalize(update);
    return status;
}

static enum sl_status add_role_evidence(struct sl_graph *graph, const struct sl_fact_role_evidence *evidence,
                                        struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_ROLE_EVIDENCE, &row, err));
    sl_row_put_int(&row, evidence->column_id);
    sl_row_put_word(&row, evidence->kind);
    sl_row_put_int(&row, evidence->is_against);
    sl_row_put_text_or_null(&row, evidence->detail);
    sl_row_put_id(&row, evidence->statement_id);
    sl_row_put_id(&row, evidence->place.line ? evidence->place.source_id : 0);
    sl_row_put_place(&row, &evidence->place);
    return sl_row_end(&row, err);
}

enum sl_status sl_graph_add_roles(struct sl_graph *graph, const struct sl_roles *roles, struct sl_error *err)
{
    SL_TRY(set_roles(graph, roles, err));
    for (size_t i = 0; i < roles->evidence.len; i++)
        SL_TRY(add_role_evidence(graph, &roles->evidence.items[i], err));
    return SL_OK;
}

enum sl_status sl_graph_add_ddl_change(struct sl_graph *graph, const struct sl_fact_ddl_change *change,
                                       struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_DDL_CHANGE, &row, err));
    sl_row_put_id(&row, change->statement_id);
    sl_row_put_id(&row, change->table_id);
    sl_row_put_id(&row, change->column_id);
    sl_row_put_word(&row, change->change);
    sl_row_put_text(&row, change->name);
    sl_row_put_text(&row, change->detail);
    return sl_row_end(&row, err);
}

/* The value of an enum as the graph's other values are: without the quotes of SQL. */
static sl_str bare_value(sl_str value)
{
    bool is_quoted = value.len > 1 && value.ptr[0] == '\'' && value.ptr[value.len - 1] == '\'';
    return is_quoted ? sl_str_slice(value, 1, value.len - 2) : value;
}

enum sl_status sl_graph_add_orm_fact(struct sl_graph *graph, const struct sl_catalog *catalog,
                                     const struct sl_orm_fact *fact, struct sl_error *err)
{
    static const char *const kinds[] = {
        [SL_ORM_ENUM_VALUE] = "enum_value",
        [SL_ORM_TOUCHES] = "touches",
        [SL_ORM_COUNTS] = "counts",
        [SL_ORM_FILLS] = "fills",
        [SL_ORM_TIMESTAMPS_LEFT_OFF] = "timestamps_left_off",
    };
    struct sl_row row;
    uint32_t column_id = sl_orm_fact_column(catalog, fact);
    bool is_fill = fact->kind == SL_ORM_FILLS;
    if (is_fill && column_id == 0)
        return SL_OK; /* an attribute that is no column: self.password = … */
    SL_TRY(sl_row_begin(graph, SL_INSERT_ORM_FACT, &row, err));
    sl_row_put_word(&row, kinds[fact->kind]);
    sl_row_put_id(&row, sl_orm_fact_table(catalog, fact));
    sl_row_put_id(&row, column_id);
    sl_row_put_text_or_null(&row, is_fill ? fact->by : fact->name);
    sl_row_put_text_or_null(&row, bare_value(fact->value));
    sl_row_put_int(&row, fact->place.source_id);
    sl_row_put_certain_place(&row, &fact->place);
    return sl_row_end(&row, err);
}
