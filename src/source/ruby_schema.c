/*
 * ruby_schema: schema.rb and the verbs of Rails migrations, written out as DDL of the project's dialect.
 *
 * The verbs are those that 99 % of 6,805 real migrations call; docs of ActiveRecord::ConnectionAdapters::
 * SchemaStatements and TableDefinition. A verb whose table is computed is passed over, and said so.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "source/inflect.h"
#include "source/ruby_columns.h"

/* A block variable that stands for one word after the other: %w[a b].each do |x|. */
struct binding {
    sl_str name, word;
};

struct schema_reading {
    struct sl_ruby_file *file;
    uint32_t flags;
    const struct sl_node *whole; /* the statement that a finding points at */
    SL_VEC(struct binding) bindings;
    int depth;
    bool is_old; /* before Migration[5.0]: timestamps may be NULL */
};

/* The table that columns are added to: inside CREATE TABLE's parentheses, or by ALTER TABLE. */
struct table_context {
    sl_str name;
    struct sl_span name_span;
    sl_str variable; /* |t| */
    bool is_create;
    struct sl_sql_writer *writer; /* of the CREATE TABLE */
    struct sl_sql_writer behind;  /* statements that follow it: indexes */
    unsigned n_columns;
};

typedef void verb_fn(struct schema_reading *r, const struct sl_node *call);

static void statements_read(struct schema_reading *r, const struct sl_node *body);

static const struct sl_syntax *syntax_of(const struct schema_reading *r)
{
    return r->file->syntax;
}

/* The word that a node stands for, block variables and constants looked up; empty where it is computed. */
static sl_str word_of(const struct schema_reading *r, const struct sl_node *node)
{
    if (!node)
        return SL_STR_EMPTY;
    sl_str text = sl_node_text(syntax_of(r), node);
    bool is_name = node->kind == SL_NODE_IDENTIFIER || node->kind == SL_NODE_CONSTANT;
    for (size_t i = r->bindings.len; is_name && i > 0; i--) {
        if (sl_str_eq(r->bindings.items[i - 1].name, text))
            return r->bindings.items[i - 1].word;
    }
    if (is_name) {
        const struct sl_node *value = sl_ruby_constant_value(syntax_of(r), text);
        return value && value->kind != SL_NODE_CONSTANT ? sl_ruby_word(syntax_of(r), value, r->file->arena)
                                                        : SL_STR_EMPTY;
    }
    return sl_ruby_word(syntax_of(r), node, r->file->arena);
}

static void passed_over(struct schema_reading *r, const struct sl_node *node, const char *why)
{
    *SL_VEC_PUSH(r->file->arena, &r->file->reading->facts) = (struct sl_source_fact){
        .kind = SL_SOURCE_FACT_PASSED_OVER, .detail = sl_str_from(why), .span = sl_node_span(node)};
}

static void writer_open(struct schema_reading *r, struct sl_sql_writer *writer)
{
    sl_sql_writer_init(writer, r->file->arena, r->file->source->mode.dialect);
}

static void emit(struct schema_reading *r, const struct sl_sql_writer *writer, const struct sl_node *call)
{
    if (writer->len == 0)
        return;
    struct sl_fragment *fragment = sl_sql_writer_emit(writer, r->file->reading, sl_node_span(call), r->flags);
    fragment->transaction = sl_ruby_transaction_at(r->file, call);
}

/* Rails writes updated_at and updated_on of every record that it saves. */
static void timestamp_fact(struct schema_reading *r, sl_str table, sl_str column, struct sl_span span)
{
    if (!sl_str_eq(column, SL_STR("updated_at")) && !sl_str_eq(column, SL_STR("updated_on")))
        return;
    *SL_VEC_PUSH(r->file->arena, &r->file->reading->facts) =
        (struct sl_source_fact){.kind = SL_SOURCE_FACT_ORM_TIMESTAMP,
                                .table = table,
                                .column = sl_arena_copy(r->file->arena, column),
                                .span = span,
                                .detail = SL_STR("ActiveRecord")};
}

/* The first argument as a table's name; empty (and said so) where it is computed. */
static sl_str table_argument(struct schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *argument = sl_ruby_argument(call, 0);
    sl_str name = word_of(r, argument);
    if (name.len == 0)
        passed_over(r, call, "the name of the table is computed");
    return sl_arena_copy(r->file->arena, name);
}

static struct sl_span argument_span(const struct sl_node *call, size_t n)
{
    const struct sl_node *argument = sl_ruby_argument(call, n);
    return sl_node_span(argument ? argument : call);
}

static void alter_begin(struct schema_reading *r, struct sl_sql_writer *writer, sl_str table, struct sl_span span)
{
    (void)r;
    if (writer->len)
        sl_sql_add(writer, ";\n");
    sl_sql_add(writer, "ALTER TABLE ");
    sl_sql_add_name(writer, table, span);
}

/* --- Columns of create_table and change_table ----------------------------------------------------------------------
 */

static void column_begin(struct schema_reading *r, struct table_context *table)
{
    if (table->is_create) {
        sl_sql_add(table->writer, table->n_columns ? ",\n  " : "\n  ");
    } else {
        alter_begin(r, table->writer, table->name, table->name_span);
        sl_sql_add(table->writer, " ADD COLUMN ");
    }
    table->n_columns++;
}

static void column_add(struct schema_reading *r, struct table_context *table, sl_str name, struct sl_span span,
                       sl_str type, const struct sl_node *call)
{
    if (name.len == 0) {
        passed_over(r, call, "the name of the column is computed");
        return;
    }
    column_begin(r, table);
    sl_ruby_column_write(r->file, table->writer, name, span, type, call);
    timestamp_fact(r, table->name, name, span);
}

static void timestamps_add(struct schema_reading *r, struct table_context *table, const struct sl_node *call)
{
    static const char *const names[] = {"created_at", "updated_at"};
    const struct sl_node *method = sl_node_child(call, SL_FIELD_METHOD);
    const struct sl_node *null = sl_ruby_option(syntax_of(r), call, "null");
    bool is_nullable = null ? null->kind == SL_NODE_TRUE : r->is_old;
    struct sl_span span = sl_node_span(method ? method : call);
    for (size_t i = 0; i < 2; i++) {
        sl_str name = sl_str_from(names[i]);
        column_begin(r, table);
        sl_sql_add_name(table->writer, name, span);
        sl_sql_add(table->writer, " ");
        sl_ruby_type_write(r->file, table->writer, SL_STR("datetime"), call);
        sl_sql_add(table->writer, is_nullable ? "" : " NOT NULL");
        sl_ruby_default_write(r->file, table->writer, sl_ruby_option(syntax_of(r), call, "default"));
        timestamp_fact(r, table->name, name, span);
    }
}

/* t.references :campaign → campaign_id, and campaign_type where it is polymorphic. */
static void reference_add(struct schema_reading *r, struct table_context *table, const struct sl_node *argument,
                          const struct sl_node *call)
{
    sl_str name = word_of(r, argument);
    const struct sl_node *polymorphic = sl_ruby_option(syntax_of(r), call, "polymorphic");
    const struct sl_node *type = sl_ruby_option(syntax_of(r), call, "type");
    sl_str word = type ? word_of(r, type) : SL_STR_EMPTY;
    if (word.len == 0) /* not said, or computed */
        word = SL_STR("bigint");
    if (name.len == 0)
        return;
    sl_str id = sl_arena_printf(r->file->arena, "%.*s_id", SL_STR_ARG(name));
    column_add(r, table, id, sl_node_span(argument), word, call);
    if (polymorphic && polymorphic->kind != SL_NODE_FALSE) {
        column_begin(r, table);
        sl_sql_add_name(table->writer, sl_arena_printf(r->file->arena, "%.*s_type", SL_STR_ARG(name)),
                        sl_node_span(argument));
        sl_sql_add(table->writer, " ");
        sl_ruby_type_write(r->file, table->writer, SL_STR("string"), NULL);
    }
}

/* Rails' own name: index_entries_on_a_and_b; what is no letter of a name is left out. */
static sl_str index_name(struct schema_reading *r, sl_str table, sl_str columns)
{
    sl_str name = sl_arena_printf(r->file->arena, "index_%.*s_on_%.*s", SL_STR_ARG(table), SL_STR_ARG(columns));
    char *out = sl_arena_alloc(r->file->arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        bool is_letter = sl_is_alpha(name.ptr[i]) || sl_is_digit(name.ptr[i]);
        out[i] = is_letter ? name.ptr[i] : '_';
    }
    return (sl_str){out, name.len};
}

/* CREATE [UNIQUE] INDEX name ON table (columns); Rails' own name where none is given. */
static void index_write(struct schema_reading *r, struct sl_sql_writer *writer, sl_str table, struct sl_span table_span,
                        const struct sl_node *columns, const struct sl_node *call)
{
    const struct sl_node *unique = sl_ruby_option(syntax_of(r), call, "unique");
    const struct sl_node *name = sl_ruby_option(syntax_of(r), call, "name");
    const struct sl_node *where = sl_ruby_option(syntax_of(r), call, "where");
    struct sl_sql_writer list;
    writer_open(r, &list);
    sl_str joined = SL_STR_EMPTY;
    bool is_list = columns && (columns->kind == SL_NODE_ARRAY || columns->kind == SL_NODE_WORD_ARRAY);
    for (const struct sl_node *item = is_list ? columns->first : columns; item; item = is_list ? item->next : NULL) {
        sl_str word = word_of(r, item);
        bool is_expression = sl_str_find_byte(word, '(') != SIZE_MAX || sl_str_find_byte(word, ' ') != SIZE_MAX;
        if (word.len == 0)
            continue;
        sl_sql_add(&list, list.len ? ", " : "");
        if (is_expression)
            sl_sql_add_token(&list, word, sl_node_span(item));
        else
            sl_sql_add_name(&list, word, sl_node_span(item));
        joined = sl_arena_printf(r->file->arena, "%.*s%s%.*s", SL_STR_ARG(joined), joined.len ? "_and_" : "",
                                 SL_STR_ARG(word));
    }
    if (list.len == 0)
        return;
    sl_str index = name ? word_of(r, name) : SL_STR_EMPTY;
    if (index.len == 0)
        index = index_name(r, table, joined);
    sl_sql_add(writer, writer->len ? ";\n" : "");
    sl_sql_add(writer, unique && unique->kind == SL_NODE_TRUE ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    sl_sql_add_name(writer, index, sl_node_span(call));
    sl_sql_add(writer, " ON ");
    sl_sql_add_name(writer, table, table_span);
    sl_sql_add(writer, " (");
    sl_sql_add_writer(writer, &list);
    sl_sql_add(writer, ")");
    if (where && sl_literal_is(syntax_of(r), where) && r->file->source->mode.dialect != SL_DIALECT_MYSQL) {
        sl_sql_add(writer, " WHERE ");
        sl_literal_write(syntax_of(r), where, writer);
    }
}

static bool is_one_of(sl_str word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq(word, sl_str_from(words[i])))
            return true;
    }
    return false;
}

static void drop_columns(struct schema_reading *r, struct sl_sql_writer *writer, sl_str table, struct sl_span span,
                         const struct sl_node *call, size_t first)
{
    for (size_t i = first; sl_ruby_argument(call, i); i++) {
        sl_str name = word_of(r, sl_ruby_argument(call, i));
        if (name.len == 0)
            continue;
        alter_begin(r, writer, table, span);
        sl_sql_add(writer, " DROP COLUMN ");
        sl_sql_add_name(writer, name, argument_span(call, i));
    }
}

static void rename_column(struct schema_reading *r, struct sl_sql_writer *writer, sl_str table, struct sl_span span,
                          const struct sl_node *call, size_t first)
{
    sl_str from = word_of(r, sl_ruby_argument(call, first));
    sl_str to = word_of(r, sl_ruby_argument(call, first + 1));
    if (from.len == 0 || to.len == 0)
        return;
    alter_begin(r, writer, table, span);
    sl_sql_add(writer, " RENAME COLUMN ");
    sl_sql_add_name(writer, from, argument_span(call, first));
    sl_sql_add(writer, " TO ");
    sl_sql_add_name(writer, to, argument_span(call, first + 1));
}

static void change_column(struct schema_reading *r, struct sl_sql_writer *writer, sl_str table, struct sl_span span,
                          const struct sl_node *call, size_t first)
{
    sl_str name = word_of(r, sl_ruby_argument(call, first));
    sl_str type = word_of(r, sl_ruby_argument(call, first + 1));
    if (name.len == 0 || type.len == 0)
        return;
    if (r->file->source->mode.dialect == SL_DIALECT_SQLITE)
        return; /* Rails makes the table anew; no statement says that the type changed */
    alter_begin(r, writer, table, span);
    if (r->file->source->mode.dialect == SL_DIALECT_MYSQL) {
        sl_sql_add(writer, " MODIFY COLUMN ");
        sl_ruby_column_write(r->file, writer, name, argument_span(call, first), type, call);
        return;
    }
    sl_sql_add(writer, " ALTER COLUMN ");
    sl_sql_add_name(writer, name, argument_span(call, first));
    sl_sql_add(writer, " TYPE ");
    sl_ruby_type_write(r->file, writer, type, call);
}

/* One call on the block's table: t.string "a", t.index […], t.timestamps … */
static void table_call_read(struct schema_reading *r, struct table_context *table, const struct sl_node *call)
{
    static const char *const ignored[] = {"foreign_key",
                                          "check_constraint",
                                          "exclusion_constraint",
                                          "unique_constraint",
                                          "remove_index",
                                          "remove_foreign_key",
                                          "remove_check_constraint",
                                          "change_null",
                                          "change_default",
                                          "rename_index",
                                          "unique_key",
                                          "comment"};
    sl_str method = sl_ruby_method(syntax_of(r), call);
    struct sl_sql_writer *alter = table->is_create ? &table->behind : table->writer;
    if (is_one_of(method, ignored, sizeof ignored / sizeof ignored[0])) {
        return;
    } else if (sl_str_eq(method, SL_STR("timestamps"))) {
        timestamps_add(r, table, call);
    } else if (sl_str_eq(method, SL_STR("index"))) {
        index_write(r, table->is_create ? &table->behind : table->writer, table->name, table->name_span,
                    sl_ruby_argument(call, 0), call);
    } else if (sl_str_eq(method, SL_STR("references")) || sl_str_eq(method, SL_STR("belongs_to"))) {
        for (size_t i = 0; sl_ruby_argument(call, i); i++)
            reference_add(r, table, sl_ruby_argument(call, i), call);
    } else if (sl_str_eq(method, SL_STR("column"))) {
        const struct sl_node *name = sl_ruby_argument(call, 0);
        sl_str type = word_of(r, sl_ruby_argument(call, 1));
        column_add(r, table, word_of(r, name), argument_span(call, 0), type.len ? type : SL_STR("text"), call);
    } else if (sl_str_eq(method, SL_STR("remove"))) {
        drop_columns(r, alter, table->name, table->name_span, call, 0);
    } else if (sl_str_eq(method, SL_STR("remove_timestamps")) || sl_str_has_prefix(method, SL_STR("remove_"))) {
        passed_over(r, call, "what this removes is not followed");
    } else if (sl_str_eq(method, SL_STR("rename"))) {
        rename_column(r, alter, table->name, table->name_span, call, 0);
    } else if (sl_str_eq(method, SL_STR("change"))) {
        change_column(r, alter, table->name, table->name_span, call, 0);
    } else {
        for (size_t i = 0; sl_ruby_argument(call, i); i++)
            column_add(r, table, word_of(r, sl_ruby_argument(call, i)), argument_span(call, i), method, call);
    }
}

static bool each_words(struct schema_reading *r, const struct sl_node *call, const struct sl_node **list,
                       sl_str *variable);

/* The calls on |t| in the block, loops over words unrolled. */
static void table_block_read(struct schema_reading *r, struct table_context *table, const struct sl_node *block)
{
    const struct sl_node *body = sl_ruby_body(block);
    for (const struct sl_node *item = body ? body->first : NULL; item; item = item->next) {
        const struct sl_node *receiver = sl_node_child(item, SL_FIELD_RECEIVER);
        const struct sl_node *list;
        sl_str variable;
        if (item->kind == SL_NODE_CALL && receiver &&
            sl_str_eq(sl_node_text(syntax_of(r), receiver), table->variable)) {
            table_call_read(r, table, item);
        } else if (item->kind == SL_NODE_CALL && r->depth < 8 && each_words(r, item, &list, &variable)) {
            for (const struct sl_node *word = list->first; word; word = word->next) {
                *SL_VEC_PUSH(r->file->arena, &r->bindings) = (struct binding){variable, word_of(r, word)};
                r->depth++;
                table_block_read(r, table, sl_node_child(item, SL_FIELD_BLOCK)); // NOLINT(misc-no-recursion) depth < 8
                r->depth--;
                r->bindings.len--;
            }
        }
    }
}

/* --- Verbs ----------------------------------------------------------------------------------------------------------
 */

static void primary_key_write(struct schema_reading *r, struct table_context *table, const struct sl_node *call)
{
    const struct sl_node *id = sl_ruby_option(syntax_of(r), call, "id");
    const struct sl_node *key = sl_ruby_option(syntax_of(r), call, "primary_key");
    if ((id && id->kind == SL_NODE_FALSE) || (key && key->kind == SL_NODE_ARRAY))
        return;
    sl_str type = id ? word_of(r, id) : SL_STR_EMPTY;
    sl_str name = key ? word_of(r, key) : SL_STR("id");
    if (id && id->kind == SL_NODE_HASH) {
        for (const struct sl_node *p = sl_ruby_pair_first(id); p; p = sl_ruby_pair_next(p)) {
            if (sl_str_eq(sl_ruby_pair_key(syntax_of(r), p, r->file->arena), SL_STR("type")))
                type = word_of(r, sl_node_child(p, SL_FIELD_VALUE));
        }
    }
    struct sl_span span = key ? sl_node_span(key) : table->name_span;
    column_begin(r, table);
    sl_sql_add_name(table->writer, name.len ? name : SL_STR("id"), span);
    sl_sql_add(table->writer, " ");
    bool is_number = type.len == 0 || sl_str_eq(type, SL_STR("bigint")) || sl_str_eq(type, SL_STR("integer")) ||
                     sl_str_eq(type, SL_STR("serial")) || sl_str_eq(type, SL_STR("primary_key"));
    if (is_number) {
        sl_ruby_type_write(r->file, table->writer, SL_STR("primary_key"), NULL);
        return;
    }
    sl_ruby_type_write(r->file, table->writer, type, call);
    sl_sql_add(table->writer, " PRIMARY KEY");
}

/* primary_key: ["a", "b"] */
static void composite_key_write(struct schema_reading *r, struct table_context *table, const struct sl_node *call)
{
    const struct sl_node *key = sl_ruby_option(syntax_of(r), call, "primary_key");
    if (!key || key->kind != SL_NODE_ARRAY || !key->first)
        return;
    sl_sql_add(table->writer, ",\n  PRIMARY KEY (");
    for (const struct sl_node *item = key->first; item; item = item->next) {
        sl_sql_add_name(table->writer, word_of(r, item), sl_node_span(item));
        sl_sql_add(table->writer, item->next ? ", " : ")");
    }
}

static void table_context_open(struct schema_reading *r, struct table_context *table, const struct sl_node *call,
                               struct sl_sql_writer *writer)
{
    *table =
        (struct table_context){.writer = writer, .name = table_argument(r, call), .name_span = argument_span(call, 0)};
    table->variable = sl_ruby_block_parameter(syntax_of(r), sl_node_child(call, SL_FIELD_BLOCK), 0);
    writer_open(r, writer);
    writer_open(r, &table->behind);
}

static void verb_create_table(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    struct table_context table;
    table_context_open(r, &table, call, &writer);
    if (table.name.len == 0)
        return;
    table.is_create = true;
    sl_sql_add(&writer, "CREATE TABLE ");
    sl_sql_add_name(&writer, table.name, table.name_span);
    sl_sql_add(&writer, " (");
    primary_key_write(r, &table, call);
    table_block_read(r, &table, sl_node_child(call, SL_FIELD_BLOCK));
    composite_key_write(r, &table, call);
    sl_sql_add(&writer, "\n)");
    if (table.behind.len) {
        sl_sql_add(&writer, ";\n");
        sl_sql_add_writer(&writer, &table.behind);
    }
    emit(r, &writer, call);
}

static void verb_change_table(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    struct table_context table;
    table_context_open(r, &table, call, &writer);
    if (table.name.len == 0)
        return;
    table_block_read(r, &table, sl_node_child(call, SL_FIELD_BLOCK));
    emit(r, &writer, call);
}

static void verb_create_join_table(struct schema_reading *r, const struct sl_node *call)
{
    sl_str a = word_of(r, sl_ruby_argument(call, 0));
    sl_str b = word_of(r, sl_ruby_argument(call, 1));
    const struct sl_node *named = sl_ruby_option(syntax_of(r), call, "table_name");
    if (a.len == 0 || b.len == 0)
        return;
    bool in_order = sl_str_cmp(a, b) <= 0;
    sl_str name = named ? word_of(r, named)
                        : sl_arena_printf(r->file->arena, "%.*s_%.*s", SL_STR_ARG(in_order ? a : b),
                                          SL_STR_ARG(in_order ? b : a));
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    struct table_context table = {
        .writer = &writer, .name = name, .name_span = argument_span(call, 0), .is_create = true};
    table.variable = sl_ruby_block_parameter(syntax_of(r), sl_node_child(call, SL_FIELD_BLOCK), 0);
    writer_open(r, &table.behind);
    sl_sql_add(&writer, "CREATE TABLE ");
    sl_sql_add_name(&writer, name, table.name_span);
    sl_sql_add(&writer, " (");
    for (size_t i = 0; i < 2; i++) {
        sl_str singular = sl_inflect_singularize(r->file->arena, i ? b : a);
        column_begin(r, &table);
        sl_sql_add_name(&writer, sl_arena_printf(r->file->arena, "%.*s_id", SL_STR_ARG(singular)),
                        argument_span(call, i));
        sl_sql_add(&writer, " bigint NOT NULL");
    }
    table_block_read(r, &table, sl_node_child(call, SL_FIELD_BLOCK));
    sl_sql_add(&writer, "\n)");
    emit(r, &writer, call);
}

static void verb_add_column(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    struct table_context table = {
        .writer = &writer, .name = table_argument(r, call), .name_span = argument_span(call, 0)};
    sl_str type = word_of(r, sl_ruby_argument(call, 2));
    if (table.name.len == 0)
        return;
    column_add(r, &table, word_of(r, sl_ruby_argument(call, 1)), argument_span(call, 1),
               type.len ? type : SL_STR("text"), call);
    emit(r, &writer, call);
}

static void verb_add_timestamps(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    struct table_context table = {
        .writer = &writer, .name = table_argument(r, call), .name_span = argument_span(call, 0)};
    if (table.name.len == 0)
        return;
    timestamps_add(r, &table, call);
    emit(r, &writer, call);
}

static void verb_add_reference(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    struct table_context table = {
        .writer = &writer, .name = table_argument(r, call), .name_span = argument_span(call, 0)};
    const struct sl_node *argument = sl_ruby_argument(call, 1);
    if (table.name.len == 0 || !argument)
        return;
    reference_add(r, &table, argument, call);
    emit(r, &writer, call);
}

static void verb_add_index(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    sl_str table = table_argument(r, call);
    if (table.len)
        index_write(r, &writer, table, argument_span(call, 0), sl_ruby_argument(call, 1), call);
    emit(r, &writer, call);
}

static void verb_remove_column(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    sl_str table = table_argument(r, call);
    bool is_many = sl_ruby_method_is(syntax_of(r), call, "remove_columns");
    if (table.len == 0)
        return;
    if (is_many) {
        drop_columns(r, &writer, table, argument_span(call, 0), call, 1);
    } else if (word_of(r, sl_ruby_argument(call, 1)).len) { /* a third argument is the type, to undo it */
        alter_begin(r, &writer, table, argument_span(call, 0));
        sl_sql_add(&writer, " DROP COLUMN ");
        sl_sql_add_name(&writer, word_of(r, sl_ruby_argument(call, 1)), argument_span(call, 1));
    }
    emit(r, &writer, call);
}

static void verb_remove_timestamps(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    sl_str table = table_argument(r, call);
    static const char *const names[] = {"created_at", "updated_at"};
    for (size_t i = 0; i < 2 && table.len; i++) {
        alter_begin(r, &writer, table, argument_span(call, 0));
        sl_sql_add(&writer, " DROP COLUMN ");
        sl_sql_add_name(&writer, sl_str_from(names[i]), sl_node_span(call));
    }
    emit(r, &writer, call);
}

static void verb_remove_reference(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    sl_str table = table_argument(r, call);
    sl_str name = word_of(r, sl_ruby_argument(call, 1));
    if (table.len == 0 || name.len == 0)
        return;
    alter_begin(r, &writer, table, argument_span(call, 0));
    sl_sql_add(&writer, " DROP COLUMN ");
    sl_sql_add_name(&writer, sl_arena_printf(r->file->arena, "%.*s_id", SL_STR_ARG(name)), argument_span(call, 1));
    emit(r, &writer, call);
}

static void verb_drop_table(struct schema_reading *r, const struct sl_node *call)
{
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        struct sl_sql_writer writer;
        writer_open(r, &writer);
        sl_str table = word_of(r, sl_ruby_argument(call, i));
        if (table.len == 0)
            continue;
        const struct sl_node *if_exists = sl_ruby_option(syntax_of(r), call, "if_exists");
        sl_sql_add(&writer, if_exists && if_exists->kind == SL_NODE_TRUE ? "DROP TABLE IF EXISTS " : "DROP TABLE ");
        sl_sql_add_name(&writer, table, argument_span(call, i));
        emit(r, &writer, call);
    }
}

static void verb_rename_table(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    sl_str from = table_argument(r, call);
    sl_str to = word_of(r, sl_ruby_argument(call, 1));
    if (from.len == 0 || to.len == 0)
        return;
    alter_begin(r, &writer, from, argument_span(call, 0));
    sl_sql_add(&writer, " RENAME TO ");
    sl_sql_add_name(&writer, to, argument_span(call, 1));
    emit(r, &writer, call);
}

static void verb_rename_column(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    sl_str table = table_argument(r, call);
    if (table.len)
        rename_column(r, &writer, table, argument_span(call, 0), call, 1);
    emit(r, &writer, call);
}

static void verb_change_column(struct schema_reading *r, const struct sl_node *call)
{
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    sl_str table = table_argument(r, call);
    if (table.len)
        change_column(r, &writer, table, argument_span(call, 0), call, 1);
    emit(r, &writer, call);
}

static void verb_change_column_null(struct schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *null = sl_ruby_argument(call, 2);
    sl_str table = table_argument(r, call);
    sl_str name = word_of(r, sl_ruby_argument(call, 1));
    /* MySQL needs the whole definition, which Rails reads from the server; whether NULL is allowed decides no role. */
    if (table.len == 0 || name.len == 0 || !null || r->file->source->mode.dialect != SL_DIALECT_POSTGRES)
        return;
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    alter_begin(r, &writer, table, argument_span(call, 0));
    sl_sql_add(&writer, " ALTER COLUMN ");
    sl_sql_add_name(&writer, name, argument_span(call, 1));
    sl_sql_add(&writer, null->kind == SL_NODE_FALSE ? " SET NOT NULL" : " DROP NOT NULL");
    emit(r, &writer, call);
}

static void verb_change_column_default(struct schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *to = sl_ruby_option(syntax_of(r), call, "to");
    const struct sl_node *value = to ? to : sl_ruby_argument(call, 2);
    sl_str table = table_argument(r, call);
    sl_str name = word_of(r, sl_ruby_argument(call, 1));
    if (table.len == 0 || name.len == 0 || !value || r->file->source->mode.dialect == SL_DIALECT_SQLITE)
        return;
    struct sl_sql_writer writer;
    struct sl_sql_writer definition;
    writer_open(r, &writer);
    writer_open(r, &definition);
    sl_ruby_default_write(r->file, &definition, value);
    alter_begin(r, &writer, table, argument_span(call, 0));
    sl_sql_add(&writer, " ALTER COLUMN ");
    sl_sql_add_name(&writer, name, argument_span(call, 1));
    sl_sql_add(&writer, definition.len ? " SET" : " DROP DEFAULT");
    sl_sql_add_writer(&writer, &definition);
    emit(r, &writer, call);
}

/* CREATE TYPE "status" AS ENUM ('a', 'b') */
static void verb_create_enum(struct schema_reading *r, const struct sl_node *call)
{
    sl_str name = word_of(r, sl_ruby_argument(call, 0));
    const struct sl_node *values = sl_ruby_argument(call, 1);
    if (name.len == 0 || !values || r->file->source->mode.dialect != SL_DIALECT_POSTGRES)
        return;
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    sl_sql_add(&writer, "CREATE TYPE ");
    sl_sql_add_name(&writer, name, argument_span(call, 0));
    sl_sql_add(&writer, " AS ENUM (");
    for (const struct sl_node *item = values->first; item; item = item->next) {
        sl_sql_add_literal(&writer, word_of(r, item), sl_node_span(item));
        sl_sql_add(&writer, item->next ? ", " : "");
    }
    sl_sql_add(&writer, ")");
    emit(r, &writer, call);
}

/* create_view "x", sql_definition: <<~SQL; create_function and create_trigger hold whole statements. */
static void verb_create_view(struct schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *definition = sl_ruby_option(syntax_of(r), call, "sql_definition");
    bool is_view = sl_ruby_method_is(syntax_of(r), call, "create_view");
    sl_str name = word_of(r, sl_ruby_argument(call, 0));
    if (!definition || !sl_literal_is(syntax_of(r), definition))
        return;
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    const struct sl_node *materialized = sl_ruby_option(syntax_of(r), call, "materialized");
    if (is_view) {
        sl_sql_add(&writer,
                   materialized && materialized->kind == SL_NODE_TRUE ? "CREATE MATERIALIZED VIEW " : "CREATE VIEW ");
        sl_sql_add_name(&writer, name, argument_span(call, 0));
        sl_sql_add(&writer, " AS ");
    }
    sl_literal_write(syntax_of(r), definition, &writer);
    emit(r, &writer, call);
}

static void verb_add_foreign_key(struct schema_reading *r, const struct sl_node *call)
{
    sl_str from = table_argument(r, call);
    sl_str to = word_of(r, sl_ruby_argument(call, 1));
    const struct sl_node *column = sl_ruby_option(syntax_of(r), call, "column");
    if (from.len == 0 || to.len == 0 || r->file->source->mode.dialect == SL_DIALECT_SQLITE)
        return;
    sl_str key = column ? word_of(r, column) : SL_STR_EMPTY;
    if (key.len == 0)
        key = sl_arena_printf(r->file->arena, "%.*s_id", SL_STR_ARG(sl_inflect_singularize(r->file->arena, to)));
    struct sl_sql_writer writer;
    writer_open(r, &writer);
    alter_begin(r, &writer, from, argument_span(call, 0));
    sl_sql_add(&writer, " ADD FOREIGN KEY (");
    sl_sql_add_name(&writer, key, column ? sl_node_span(column) : argument_span(call, 1));
    sl_sql_add(&writer, ") REFERENCES ");
    sl_sql_add_name(&writer, to, argument_span(call, 1));
    sl_sql_add(&writer, " (");
    const struct sl_node *primary = sl_ruby_option(syntax_of(r), call, "primary_key");
    sl_sql_add_name(&writer, primary ? word_of(r, primary) : SL_STR("id"), argument_span(call, 1));
    sl_sql_add(&writer, ")");
    emit(r, &writer, call);
}

/* Blocks whose statements run as they stand. */
static void verb_block(struct schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *block = sl_node_child(call, SL_FIELD_BLOCK);
    if (block)
        statements_read(r, sl_ruby_body(block)); // NOLINT(misc-no-recursion) statements_read holds the cap
}

static const struct {
    const char *name;
    verb_fn *read;
} verbs[] = {
    {"create_table", verb_create_table},
    {"create_join_table", verb_create_join_table},
    {"change_table", verb_change_table},
    {"add_column", verb_add_column},
    {"add_timestamps", verb_add_timestamps},
    {"add_reference", verb_add_reference},
    {"add_belongs_to", verb_add_reference},
    {"add_index", verb_add_index},
    {"add_concurrent_index", verb_add_index},
    {"remove_column", verb_remove_column},
    {"remove_columns", verb_remove_column},
    {"remove_timestamps", verb_remove_timestamps},
    {"remove_reference", verb_remove_reference},
    {"remove_belongs_to", verb_remove_reference},
    {"drop_table", verb_drop_table},
    {"rename_table", verb_rename_table},
    {"rename_column", verb_rename_column},
    {"change_column", verb_change_column},
    {"change_column_null", verb_change_column_null},
    {"change_column_default", verb_change_column_default},
    {"create_enum", verb_create_enum},
    {"create_view", verb_create_view},
    {"create_function", verb_create_view},
    {"create_trigger", verb_create_view},
    {"add_foreign_key", verb_add_foreign_key},
    {"safety_assured", verb_block},
    {"up_only", verb_block},
    {"transaction", verb_block},
    {"with_lock_retries", verb_block},
    {"say_with_time", verb_block},
    {"up", verb_block},
    {"reversible", verb_block},
};

/* [%w[a b], [:a, :b], or a constant of them].each do |x| */
static bool each_words(struct schema_reading *r, const struct sl_node *call, const struct sl_node **list,
                       sl_str *variable)
{
    const struct sl_node *receiver = sl_node_child(call, SL_FIELD_RECEIVER);
    const struct sl_node *block = sl_node_child(call, SL_FIELD_BLOCK);
    if (!receiver || !block || !sl_ruby_method_is(syntax_of(r), call, "each"))
        return false;
    if (receiver->kind == SL_NODE_CONSTANT || receiver->kind == SL_NODE_IDENTIFIER)
        receiver = sl_ruby_constant_value(syntax_of(r), sl_node_text(syntax_of(r), receiver));
    while (receiver && receiver->kind == SL_NODE_CALL) /* %w[a b].freeze */
        receiver = sl_node_child(receiver, SL_FIELD_RECEIVER);
    *variable = sl_ruby_block_parameter(syntax_of(r), block, 0);
    *list = receiver;
    return receiver && variable->len && (receiver->kind == SL_NODE_ARRAY || receiver->kind == SL_NODE_WORD_ARRAY);
}

static void each_read(struct schema_reading *r, const struct sl_node *call, const struct sl_node *list, sl_str variable)
{
    for (const struct sl_node *item = list->first; item; item = item->next) {
        *SL_VEC_PUSH(r->file->arena, &r->bindings) = (struct binding){variable, word_of(r, item)};
        verb_block(r, call); // NOLINT(misc-no-recursion) statements_read holds the cap
        r->bindings.len--;
    }
}

static void call_read(struct schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *list;
    sl_str variable;
    if (each_words(r, call, &list, &variable)) {
        each_read(r, call, list, variable); // NOLINT(misc-no-recursion) statements_read holds the cap
        return;
    }
    sl_str method = sl_ruby_method(syntax_of(r), call);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (sl_str_eq(method, sl_str_from(verbs[i].name))) {
            verbs[i].read(r, call); // NOLINT(misc-no-recursion) statements_read holds the cap
            return;
        }
    }
    /* Other blocks (suppress_messages, custom wrappers) run what is in them. */
    if (sl_node_child(call, SL_FIELD_BLOCK) && !sl_node_child(call, SL_FIELD_RECEIVER))
        verb_block(r, call); // NOLINT(misc-no-recursion) statements_read holds the cap
}

/* Both arms of a condition are read, and marked: we do not evaluate it. */
static void condition_read(struct schema_reading *r, const struct sl_node *node)
{
    uint32_t before = r->flags;
    r->flags |= SL_FRAGMENT_CONDITIONAL;
    bool is_modifier = node->kind == SL_NODE_IF_MODIFIER || node->kind == SL_NODE_UNLESS_MODIFIER;
    for (const struct sl_node *child = node->first; child; child = child->next) {
        if (is_modifier && child->field == SL_FIELD_BODY && child->kind == SL_NODE_CALL)
            call_read(r, child); // NOLINT(misc-no-recursion) statements_read holds the cap
        else if (child->field == SL_FIELD_CONSEQUENCE || child->field == SL_FIELD_ALTERNATIVE)
            statements_read(r, child); // NOLINT(misc-no-recursion) it holds the cap
    }
    r->flags = before;
}

static void statements_read(struct schema_reading *r, const struct sl_node *body)
{
    enum { MAX_BLOCKS = 32 }; /* blocks inside blocks */
    if (!body || r->depth >= MAX_BLOCKS)
        return;
    r->depth++;
    for (const struct sl_node *item = body->first; item; item = item->next) {
        if (sl_ruby_is_excluded(r->file, item))
            continue;
        if (item->kind == SL_NODE_CALL)
            call_read(r, item); // NOLINT(misc-no-recursion) MAX_BLOCKS
        else if (item->kind == SL_NODE_IF || item->kind == SL_NODE_UNLESS || item->kind == SL_NODE_IF_MODIFIER ||
                 item->kind == SL_NODE_UNLESS_MODIFIER)
            condition_read(r, item); // NOLINT(misc-no-recursion) MAX_BLOCKS
    }
    r->depth--;
}

/* Migration[4.2], or no number at all: what Rails did before 5.0. */
static bool is_old_migration(const struct sl_ruby_file *file)
{
    size_t at = sl_str_find(file->source->bytes, SL_STR("ActiveRecord::Migration"));
    if (at == SIZE_MAX)
        return false;
    sl_str rest = sl_str_slice(file->source->bytes, at + 23, 4);
    return rest.len < 2 || rest.ptr[0] != '[' || rest.ptr[1] == '4';
}

/* The statements of `def up`, `def change` and `def self.up`; other methods are called from them or not at all. */
static bool is_up_method(const struct sl_syntax *syntax, const struct sl_node *node)
{
    if (node->kind != SL_NODE_METHOD && node->kind != SL_NODE_SINGLETON_METHOD)
        return false;
    const struct sl_node *name = sl_node_child(node, SL_FIELD_NAME);
    return sl_node_is(syntax, name, "up") || sl_node_is(syntax, name, "change");
}

void sl_ruby_schema_read(struct sl_ruby_file *file)
{
    struct schema_reading r = {.file = file, .is_old = is_old_migration(file)};
    for (const struct sl_node *node = file->syntax->root; node;) {
        bool is_define = node->kind == SL_NODE_CALL && sl_ruby_method_is(file->syntax, node, "define") &&
                         sl_node_child(node, SL_FIELD_BLOCK);
        bool is_up = is_up_method(file->syntax, node);
        if (is_define)
            statements_read(&r, sl_ruby_body(sl_node_child(node, SL_FIELD_BLOCK)));
        else if (is_up)
            statements_read(&r, sl_ruby_body(node));
        node = is_define || is_up ? sl_node_after_subtree(file->syntax->root, node)
                                  : sl_node_after(file->syntax->root, node);
    }
}
