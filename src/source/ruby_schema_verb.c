/*
 * ruby_schema_verb: the verbs of migrations, one row of a table each.
 *
 * They are those that 99 % of 6,805 real migrations call; docs of ActiveRecord::ConnectionAdapters::SchemaStatements.
 */
#include "source/inflect.h"
#include "source/ruby_columns.h"
#include "source/ruby_schema.h"

typedef void verb_fn(struct sl_schema_reading *r, const struct sl_node *call);

/* The end of a CREATE TABLE: its constraints, and the statements that follow it. */
static void create_end(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *call)
{
    sl_sql_add_writer(table->writer, &table->constraints);
    sl_sql_add(table->writer, "\n)");
    if (table->behind.len) {
        sl_sql_add(table->writer, ";\n");
        sl_sql_add_writer(table->writer, &table->behind);
    }
    sl_schema_emit(r, table->writer, call);
}

static void verb_create_table(struct sl_schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    struct sl_schema_table table;
    sl_schema_table_init(r, &table, call, &writer);
    if (table.name.len == 0)
        return;
    table.is_create = true;
    sl_sql_add(&writer, "CREATE TABLE ");
    sl_sql_add_name(&writer, table.name, table.name_span);
    sl_sql_add(&writer, " (");
    sl_schema_primary_key_write(r, &table, call);
    sl_schema_table_block_read(r, &table, sl_node_child(call, SL_FIELD_BLOCK));
    sl_schema_composite_key_write(r, &table, call);
    create_end(r, &table, call);
}

static void verb_change_table(struct sl_schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    struct sl_schema_table table;
    sl_schema_table_init(r, &table, call, &writer);
    if (table.name.len == 0)
        return;
    sl_schema_table_block_read(r, &table, sl_node_child(call, SL_FIELD_BLOCK));
    sl_schema_emit(r, &writer, call);
}

/* table_name: of the call, or both names in the order of the alphabet; empty where one is computed. */
static sl_str join_table_name(struct sl_schema_reading *r, const struct sl_node *call)
{
    sl_str a = sl_schema_word(r, sl_ruby_argument(call, 0));
    sl_str b = sl_schema_word(r, sl_ruby_argument(call, 1));
    const struct sl_node *named = sl_ruby_option(r->file->syntax, call, "table_name");
    if (named || a.len == 0 || b.len == 0)
        return named ? sl_schema_word(r, named) : SL_STR_EMPTY;
    bool in_order = sl_str_cmp(a, b) <= 0;
    return sl_arena_printf(r->file->arena, "%.*s_%.*s", SL_STR_ARG(in_order ? a : b), SL_STR_ARG(in_order ? b : a));
}

static void verb_drop_join_table(struct sl_schema_reading *r, const struct sl_node *call)
{
    sl_str name = join_table_name(r, call);
    struct sl_sql_writer writer;
    sl_schema_writer_init(r, &writer);
    if (name.len == 0)
        return;
    sl_sql_add(&writer, "DROP TABLE ");
    sl_sql_add_name(&writer, name, sl_schema_argument_span(call, 0));
    sl_schema_emit(r, &writer, call);
}

static void verb_create_join_table(struct sl_schema_reading *r, const struct sl_node *call)
{
    sl_str a = sl_schema_word(r, sl_ruby_argument(call, 0));
    sl_str b = sl_schema_word(r, sl_ruby_argument(call, 1));
    sl_str name = join_table_name(r, call);
    if (a.len == 0 || b.len == 0 || name.len == 0)
        return;
    struct sl_sql_writer writer;
    sl_schema_writer_init(r, &writer);
    struct sl_schema_table table = {
        .writer = &writer, .name = name, .name_span = sl_schema_argument_span(call, 0), .is_create = true};
    table.variable = sl_ruby_block_parameter(r->file->syntax, sl_node_child(call, SL_FIELD_BLOCK), 0);
    sl_schema_writer_init(r, &table.behind);
    sl_schema_writer_init(r, &table.constraints);
    sl_sql_add(&writer, "CREATE TABLE ");
    sl_sql_add_name(&writer, name, table.name_span);
    sl_sql_add(&writer, " (");
    for (size_t i = 0; i < 2; i++) {
        sl_str singular = sl_inflect_singularize(r->file->arena, i ? b : a);
        sl_schema_column_begin(&table);
        sl_sql_add_name(&writer, sl_arena_printf(r->file->arena, "%.*s_id", SL_STR_ARG(singular)),
                        sl_schema_argument_span(call, i));
        sl_sql_add(&writer, " bigint NOT NULL");
    }
    sl_schema_table_block_read(r, &table, sl_node_child(call, SL_FIELD_BLOCK));
    create_end(r, &table, call);
}

static void verb_add_column(struct sl_schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    sl_schema_writer_init(r, &writer);
    struct sl_schema_table table = {
        .writer = &writer, .name = sl_schema_table_name(r, call), .name_span = sl_schema_argument_span(call, 0)};
    sl_str type = sl_schema_word(r, sl_ruby_argument(call, 2));
    if (table.name.len == 0)
        return;
    sl_schema_column_add(r, &table, sl_schema_word(r, sl_ruby_argument(call, 1)), sl_schema_argument_span(call, 1),
                         type.len ? type : SL_STR("text"), call);
    sl_schema_emit(r, &writer, call);
}

static void verb_add_timestamps(struct sl_schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    sl_schema_writer_init(r, &writer);
    struct sl_schema_table table = {
        .writer = &writer, .name = sl_schema_table_name(r, call), .name_span = sl_schema_argument_span(call, 0)};
    if (table.name.len == 0)
        return;
    sl_schema_timestamps_add(r, &table, call);
    sl_schema_emit(r, &writer, call);
}

static void verb_add_reference(struct sl_schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    sl_schema_writer_init(r, &writer);
    struct sl_schema_table table = {
        .writer = &writer, .name = sl_schema_table_name(r, call), .name_span = sl_schema_argument_span(call, 0)};
    const struct sl_node *argument = sl_ruby_argument(call, 1);
    if (table.name.len == 0 || !argument)
        return;
    sl_schema_reference_add(r, &table, argument, call);
    sl_schema_emit(r, &writer, call);
}

/* Verbs that change one table by clauses of their own: what they write, from the argument behind the table's name. */
static void write_index(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call)
{
    sl_schema_index_write(r, to, sl_ruby_argument(call, 1), call);
}

static void write_remove_index(struct sl_schema_reading *r, const struct sl_schema_target *to,
                               const struct sl_node *call)
{
    sl_schema_index_drop(r, to, sl_ruby_argument(call, 1), call);
}

/* A third argument is the type, to undo it. */
static void write_remove_column(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                const struct sl_node *call)
{
    sl_schema_column_drop(to, sl_schema_word(r, sl_ruby_argument(call, 1)), sl_schema_argument_span(call, 1));
}

static void write_remove_columns(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                 const struct sl_node *call)
{
    sl_schema_columns_drop(r, to, call, 1);
}

static void write_remove_timestamps(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                    const struct sl_node *call)
{
    (void)r;
    sl_schema_timestamps_drop(to, call);
}

static void write_remove_reference(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                   const struct sl_node *call)
{
    sl_schema_references_drop(r, to, call, 1);
}

static void write_rename_table(struct sl_schema_reading *r, const struct sl_schema_target *to,
                               const struct sl_node *call)
{
    sl_str name = sl_schema_word(r, sl_ruby_argument(call, 1));
    if (name.len == 0)
        return;
    sl_schema_alter_begin(to);
    sl_sql_add(to->writer, " RENAME TO ");
    sl_sql_add_name(to->writer, name, sl_schema_argument_span(call, 1));
}

static void write_rename_column(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                const struct sl_node *call)
{
    sl_schema_column_rename(r, to, call, 1);
}

static void write_change_column(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                const struct sl_node *call)
{
    sl_schema_column_change(r, to, call, 1);
}

/* MySQL needs the whole definition, which Rails reads from the server; whether NULL is allowed decides no role. */
static void write_change_null(struct sl_schema_reading *r, const struct sl_schema_target *to,
                              const struct sl_node *call)
{
    const struct sl_node *null = sl_ruby_argument(call, 2);
    sl_str name = sl_schema_word(r, sl_ruby_argument(call, 1));
    if (name.len == 0 || !null || r->file->source->mode.dialect != SL_DIALECT_POSTGRES)
        return;
    sl_schema_alter_begin(to);
    sl_sql_add(to->writer, " ALTER COLUMN ");
    sl_sql_add_name(to->writer, name, sl_schema_argument_span(call, 1));
    sl_sql_add(to->writer, null->kind == SL_NODE_FALSE ? " SET NOT NULL" : " DROP NOT NULL");
}

static void write_change_default(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                 const struct sl_node *call)
{
    const struct sl_node *behind = sl_ruby_option(r->file->syntax, call, "to");
    const struct sl_node *value = behind ? behind : sl_ruby_argument(call, 2);
    sl_str name = sl_schema_word(r, sl_ruby_argument(call, 1));
    if (name.len == 0 || !value || r->file->source->mode.dialect == SL_DIALECT_SQLITE)
        return;
    struct sl_sql_writer definition;
    sl_schema_writer_init(r, &definition);
    sl_ruby_default_write(r->file, &definition, value);
    sl_schema_alter_begin(to);
    sl_sql_add(to->writer, " ALTER COLUMN ");
    sl_sql_add_name(to->writer, name, sl_schema_argument_span(call, 1));
    sl_sql_add(to->writer, definition.len ? " SET" : " DROP DEFAULT");
    sl_sql_add_writer(to->writer, &definition);
}

static void write_foreign_key(struct sl_schema_reading *r, const struct sl_schema_target *to,
                              const struct sl_node *call)
{
    sl_schema_key_add(r, to, call, 1);
}

static void write_remove_foreign_key(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                     const struct sl_node *call)
{
    sl_schema_key_drop(r, to, call, 1);
}

static void verb_drop_table(struct sl_schema_reading *r, const struct sl_node *call)
{
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        struct sl_sql_writer writer;
        sl_schema_writer_init(r, &writer);
        sl_str table = sl_schema_word(r, sl_ruby_argument(call, i));
        if (table.len == 0)
            continue;
        const struct sl_node *if_exists = sl_ruby_option(r->file->syntax, call, "if_exists");
        sl_sql_add(&writer, if_exists && if_exists->kind == SL_NODE_TRUE ? "DROP TABLE IF EXISTS " : "DROP TABLE ");
        sl_sql_add_name(&writer, table, sl_schema_argument_span(call, i));
        sl_schema_emit(r, &writer, call);
    }
}

/* CREATE TYPE "status" AS ENUM ('a', 'b') */
static void verb_create_enum(struct sl_schema_reading *r, const struct sl_node *call)
{
    sl_str name = sl_schema_word(r, sl_ruby_argument(call, 0));
    const struct sl_node *values = sl_ruby_argument(call, 1);
    if (name.len == 0 || !values || r->file->source->mode.dialect != SL_DIALECT_POSTGRES)
        return;
    struct sl_sql_writer writer;
    sl_schema_writer_init(r, &writer);
    sl_sql_add(&writer, "CREATE TYPE ");
    sl_sql_add_name(&writer, name, sl_schema_argument_span(call, 0));
    sl_sql_add(&writer, " AS ENUM (");
    for (const struct sl_node *item = values->first; item; item = item->next) {
        sl_sql_add_literal(&writer, sl_schema_word(r, item), sl_node_span(item));
        sl_sql_add(&writer, item->next ? ", " : "");
    }
    sl_sql_add(&writer, ")");
    sl_schema_emit(r, &writer, call);
}

/* create_view "x", sql_definition: <<~SQL; create_function and create_trigger hold whole statements. */
static void verb_create_view(struct sl_schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *definition = sl_ruby_option(r->file->syntax, call, "sql_definition");
    bool is_view = sl_ruby_method_is(r->file->syntax, call, "create_view");
    sl_str name = sl_schema_word(r, sl_ruby_argument(call, 0));
    if (!definition || !sl_literal_is(r->file->syntax, definition))
        return;
    struct sl_sql_writer writer;
    sl_schema_writer_init(r, &writer);
    const struct sl_node *materialized = sl_ruby_option(r->file->syntax, call, "materialized");
    if (is_view) {
        sl_sql_add(&writer,
                   materialized && materialized->kind == SL_NODE_TRUE ? "CREATE MATERIALIZED VIEW " : "CREATE VIEW ");
        sl_sql_add_name(&writer, name, sl_schema_argument_span(call, 0));
        sl_sql_add(&writer, " AS ");
    }
    sl_literal_write(r->file->syntax, definition, &writer);
    sl_schema_emit(r, &writer, call);
}

/* Blocks whose statements run as they stand. */
static void verb_block(struct sl_schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *block = sl_node_child(call, SL_FIELD_BLOCK);
    if (block)
        sl_schema_statements_read(r, sl_ruby_body(block)); // NOLINT(misc-no-recursion) statements_read holds the cap
}

typedef void clause_fn(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call);

static const struct {
    const char *name;
    verb_fn *read;     /* of a verb that makes its statements itself */
    clause_fn *clause; /* of one that changes the table in its first argument */
} verbs[] = {
    {"create_table", verb_create_table, NULL},
    {"create_join_table", verb_create_join_table, NULL},
    {"drop_join_table", verb_drop_join_table, NULL},
    {"change_table", verb_change_table, NULL},
    {"add_column", verb_add_column, NULL},
    {"add_timestamps", verb_add_timestamps, NULL},
    {"add_reference", verb_add_reference, NULL},
    {"add_belongs_to", verb_add_reference, NULL},
    {"add_index", NULL, write_index},
    {"add_concurrent_index", NULL, write_index},
    {"remove_index", NULL, write_remove_index},
    {"remove_column", NULL, write_remove_column},
    {"remove_columns", NULL, write_remove_columns},
    {"remove_timestamps", NULL, write_remove_timestamps},
    {"remove_reference", NULL, write_remove_reference},
    {"remove_belongs_to", NULL, write_remove_reference},
    {"drop_table", verb_drop_table, NULL},
    {"rename_table", NULL, write_rename_table},
    {"rename_column", NULL, write_rename_column},
    {"change_column", NULL, write_change_column},
    {"change_column_null", NULL, write_change_null},
    {"change_column_default", NULL, write_change_default},
    {"add_foreign_key", NULL, write_foreign_key},
    {"remove_foreign_key", NULL, write_remove_foreign_key},
    {"create_enum", verb_create_enum, NULL},
    {"create_view", verb_create_view, NULL},
    {"create_function", verb_create_view, NULL},
    {"create_trigger", verb_create_view, NULL},
    {"safety_assured", verb_block, NULL},
    {"up_only", verb_block, NULL},
    {"transaction", verb_block, NULL},
    {"with_lock_retries", verb_block, NULL},
    {"say_with_time", verb_block, NULL},
    {"up", verb_block, NULL},
    {"reversible", verb_block, NULL},
};

static void clause_read(struct sl_schema_reading *r, const struct sl_node *call, clause_fn *clause)
{
    struct sl_sql_writer writer;
    sl_schema_writer_init(r, &writer);
    struct sl_schema_target to = {
        .writer = &writer, .table = sl_schema_table_name(r, call), .span = sl_schema_argument_span(call, 0)};
    if (to.table.len)
        clause(r, &to, call);
    sl_schema_emit(r, &writer, call);
}

bool sl_schema_verb_read(struct sl_schema_reading *r, const struct sl_node *call)
{
    sl_str method = sl_ruby_method(r->file->syntax, call);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (!sl_str_eq(method, sl_str_from(verbs[i].name)))
            continue;
        if (verbs[i].clause)
            clause_read(r, call, verbs[i].clause);
        else
            verbs[i].read(r, call); // NOLINT(misc-no-recursion) sl_schema_statements_read holds the cap
        return true;
    }
    return false;
}
