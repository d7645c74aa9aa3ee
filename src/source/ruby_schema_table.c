/* ruby_schema_table: what stands in the block of create_table and change_table, and the clauses that verbs share. */
#include "base/vec.h"
#include "source/ruby_columns.h"
#include "source/ruby_schema.h"

/* NOLINTBEGIN(misc-no-recursion): capped by MAX_LOOPS */

enum { MAX_LOOPS = 8 }; /* each inside each, in one table's block */

/* --- Columns of create_table and change_table ----------------------------------------------------------------------
 */

void sl_schema_column_begin(struct sl_schema_table *table)
{
    if (table->is_create) {
        sl_sql_add(table->writer, table->n_columns ? ",\n  " : "\n  ");
    } else {
        sl_schema_alter_begin(
            &(struct sl_schema_target){.writer = table->writer, .table = table->name, .span = table->name_span});
        sl_sql_add(table->writer, " ADD COLUMN ");
    }
    table->n_columns++;
}

void sl_schema_column_add(struct sl_schema_reading *r, struct sl_schema_table *table, sl_str name, struct sl_span span,
                          sl_str type, const struct sl_node *call)
{
    if (name.len == 0) {
        sl_schema_pass_over(r, call, "the name of the column is computed");
        return;
    }
    sl_schema_column_begin(table);
    sl_ruby_column_write(r->file, table->writer, name, span, type, call);
    sl_schema_timestamp_fact(r, table->name, name, span);
}

void sl_schema_timestamps_add(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *call)
{
    static const char *const names[] = {"created_at", "updated_at"};
    const struct sl_node *method = sl_node_child(call, SL_FIELD_METHOD);
    const struct sl_node *null = sl_ruby_option(r->file->syntax, call, "null");
    bool is_nullable = null ? null->kind == SL_NODE_TRUE : r->is_old;
    struct sl_span span = sl_node_span(method ? method : call);
    for (size_t i = 0; i < 2; i++) {
        sl_str name = sl_str_from(names[i]);
        sl_schema_column_begin(table);
        sl_sql_add_name(table->writer, name, span);
        sl_sql_add(table->writer, " ");
        sl_ruby_type_write(r->file, table->writer, SL_STR("datetime"), call);
        sl_sql_add(table->writer, is_nullable ? "" : " NOT NULL");
        sl_ruby_default_write(r->file, table->writer, sl_ruby_option(r->file->syntax, call, "default"));
        sl_schema_timestamp_fact(r, table->name, name, span);
    }
}

/* Where what is about the table, but no column of it, goes. */
static struct sl_schema_target target_of(struct sl_schema_table *table)
{
    return (struct sl_schema_target){.writer = table->is_create ? &table->behind : table->writer,
                                     .constraints = table->is_create ? &table->constraints : NULL,
                                     .table = table->name,
                                     .span = table->name_span};
}

/* t.references :campaign → campaign_id, and campaign_type where it is polymorphic. */
void sl_schema_reference_add(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *argument,
                             const struct sl_node *call)
{
    sl_str name = sl_schema_word(r, argument);
    const struct sl_node *polymorphic = sl_ruby_option(r->file->syntax, call, "polymorphic");
    const struct sl_node *type = sl_ruby_option(r->file->syntax, call, "type");
    sl_str word = type ? sl_schema_word(r, type) : SL_STR_EMPTY;
    if (word.len == 0) /* not said, or computed */
        word = SL_STR("bigint");
    if (name.len == 0)
        return;
    sl_str id = sl_arena_printf(r->file->arena, "%.*s_id", SL_STR_ARG(name));
    sl_schema_column_add(r, table, id, sl_node_span(argument), word, call);
    if (polymorphic && polymorphic->kind != SL_NODE_FALSE) {
        sl_schema_column_begin(table);
        sl_sql_add_name(table->writer, sl_arena_printf(r->file->arena, "%.*s_type", SL_STR_ARG(name)),
                        sl_node_span(argument));
        sl_sql_add(table->writer, " ");
        sl_ruby_type_write(r->file, table->writer, SL_STR("string"), NULL);
    }
    struct sl_schema_target to = target_of(table);
    sl_schema_key_of_reference_add(r, &to, argument, call);
}

/* --- Indexes -------------------------------------------------------------------------------------------------------
 */

/* Rails' own name: index_entries_on_a_and_b; what is no letter of a name is left out. */
static sl_str index_name(struct sl_schema_reading *r, sl_str table, sl_str columns)
{
    sl_str name = sl_arena_printf(r->file->arena, "index_%.*s_on_%.*s", SL_STR_ARG(table), SL_STR_ARG(columns));
    char *out = sl_arena_alloc(r->file->arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        bool is_letter = sl_is_alpha(name.ptr[i]) || sl_is_digit(name.ptr[i]);
        out[i] = is_letter ? name.ptr[i] : '_';
    }
    return (sl_str){out, name.len};
}

sl_str sl_schema_columns_write(struct sl_schema_reading *r, const struct sl_node *columns, struct sl_sql_writer *list)
{
    sl_str joined = SL_STR_EMPTY;
    bool is_list = sl_ruby_is_list(columns);
    for (const struct sl_node *item = is_list ? columns->first : columns; item; item = is_list ? item->next : NULL) {
        sl_str word = sl_schema_word(r, item);
        bool is_expression = sl_str_find_byte(word, '(') != SIZE_MAX || sl_str_find_byte(word, ' ') != SIZE_MAX;
        if (word.len == 0)
            continue;
        if (list) {
            sl_sql_add(list, list->len ? ", " : "");
            if (is_expression)
                sl_sql_add_token(list, word, sl_node_span(item));
            else
                sl_sql_add_name(list, word, sl_node_span(item));
        }
        joined = sl_arena_printf(r->file->arena, "%.*s%s%.*s", SL_STR_ARG(joined), joined.len ? "_and_" : "",
                                 SL_STR_ARG(word));
    }
    return joined;
}

/* name: of the call, or the one that Rails gives. */
static sl_str name_of_index(struct sl_schema_reading *r, const struct sl_node *call, sl_str table, sl_str joined)
{
    const struct sl_node *name = sl_ruby_option(r->file->syntax, call, "name");
    sl_str index = name ? sl_schema_word(r, name) : SL_STR_EMPTY;
    return index.len || joined.len == 0 ? index : index_name(r, table, joined);
}

void sl_schema_index_write(struct sl_schema_reading *r, const struct sl_schema_target *to,
                           const struct sl_node *columns, const struct sl_node *call)
{
    const struct sl_node *unique = sl_ruby_option(r->file->syntax, call, "unique");
    const struct sl_node *where = sl_ruby_option(r->file->syntax, call, "where");
    struct sl_sql_writer list;
    sl_schema_writer_init(r, &list);
    sl_str joined = sl_schema_columns_write(r, columns, &list);
    if (list.len == 0)
        return;
    sl_sql_add(to->writer, to->writer->len ? ";\n" : "");
    sl_sql_add(to->writer, unique && unique->kind == SL_NODE_TRUE ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    sl_sql_add_name(to->writer, name_of_index(r, call, to->table, joined), sl_node_span(call));
    sl_sql_add(to->writer, " ON ");
    sl_sql_add_name(to->writer, to->table, to->span);
    sl_sql_add(to->writer, " (");
    sl_sql_add_writer(to->writer, &list);
    sl_sql_add(to->writer, ")");
    if (where && sl_literal_is(r->file->syntax, where) && r->file->source->mode.dialect != SL_DIALECT_MYSQL) {
        sl_sql_add(to->writer, " WHERE ");
        sl_literal_write(r->file->syntax, where, to->writer);
    }
}

void sl_schema_index_drop(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *columns,
                          const struct sl_node *call)
{
    const struct sl_node *named = columns ? columns : sl_ruby_option(r->file->syntax, call, "column");
    sl_str name = name_of_index(r, call, to->table, sl_schema_columns_write(r, named, NULL));
    if (name.len == 0)
        return;
    sl_sql_add(to->writer, to->writer->len ? ";\n" : "");
    sl_sql_add(to->writer, "DROP INDEX ");
    sl_sql_add_name(to->writer, name, sl_node_span(call));
    if (r->file->source->mode.dialect != SL_DIALECT_MYSQL)
        return;
    sl_sql_add(to->writer, " ON ");
    sl_sql_add_name(to->writer, to->table, to->span);
}

/* --- Clauses of ALTER TABLE ----------------------------------------------------------------------------------------
 */

void sl_schema_alter_begin(const struct sl_schema_target *to)
{
    if (to->writer->len)
        sl_sql_add(to->writer, ";\n");
    sl_sql_add(to->writer, "ALTER TABLE ");
    sl_sql_add_name(to->writer, to->table, to->span);
}

void sl_schema_column_drop(const struct sl_schema_target *to, sl_str column, struct sl_span span)
{
    if (column.len == 0)
        return;
    sl_schema_alter_begin(to);
    sl_sql_add(to->writer, " DROP COLUMN ");
    sl_sql_add_name(to->writer, column, span);
}

void sl_schema_columns_drop(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                            size_t first)
{
    for (size_t i = first; sl_ruby_argument(call, i); i++)
        sl_schema_column_drop(to, sl_schema_word(r, sl_ruby_argument(call, i)), sl_schema_argument_span(call, i));
}

void sl_schema_timestamps_drop(const struct sl_schema_target *to, const struct sl_node *call)
{
    sl_schema_column_drop(to, SL_STR("created_at"), sl_node_span(call));
    sl_schema_column_drop(to, SL_STR("updated_at"), sl_node_span(call));
}

void sl_schema_references_drop(struct sl_schema_reading *r, const struct sl_schema_target *to,
                               const struct sl_node *call, size_t first)
{
    const struct sl_node *polymorphic = sl_ruby_option(r->file->syntax, call, "polymorphic");
    for (size_t i = first; sl_ruby_argument(call, i); i++) {
        sl_str name = sl_schema_word(r, sl_ruby_argument(call, i));
        struct sl_span span = sl_schema_argument_span(call, i);
        if (name.len == 0)
            continue;
        sl_schema_column_drop(to, sl_arena_printf(r->file->arena, "%.*s_id", SL_STR_ARG(name)), span);
        if (polymorphic && polymorphic->kind != SL_NODE_FALSE)
            sl_schema_column_drop(to, sl_arena_printf(r->file->arena, "%.*s_type", SL_STR_ARG(name)), span);
    }
}

void sl_schema_column_rename(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                             size_t first)
{
    sl_str from = sl_schema_word(r, sl_ruby_argument(call, first));
    sl_str name = sl_schema_word(r, sl_ruby_argument(call, first + 1));
    if (from.len == 0 || name.len == 0)
        return;
    sl_schema_alter_begin(to);
    sl_sql_add(to->writer, " RENAME COLUMN ");
    sl_sql_add_name(to->writer, from, sl_schema_argument_span(call, first));
    sl_sql_add(to->writer, " TO ");
    sl_sql_add_name(to->writer, name, sl_schema_argument_span(call, first + 1));
}

void sl_schema_column_change(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                             size_t first)
{
    sl_str name = sl_schema_word(r, sl_ruby_argument(call, first));
    sl_str type = sl_schema_word(r, sl_ruby_argument(call, first + 1));
    enum sl_dialect dialect = r->file->source->mode.dialect;
    /* SQLite: Rails makes the table anew; no statement says that the type changed. */
    if (name.len == 0 || type.len == 0 || dialect == SL_DIALECT_SQLITE)
        return;
    sl_schema_alter_begin(to);
    if (dialect == SL_DIALECT_MYSQL) {
        sl_sql_add(to->writer, " MODIFY COLUMN ");
        sl_ruby_column_write(r->file, to->writer, name, sl_schema_argument_span(call, first), type, call);
        return;
    }
    sl_sql_add(to->writer, " ALTER COLUMN ");
    sl_sql_add_name(to->writer, name, sl_schema_argument_span(call, first));
    sl_sql_add(to->writer, " TYPE ");
    sl_ruby_type_write(r->file, to->writer, type, call);
}

/* --- Calls on the block's table ------------------------------------------------------------------------------------
 */

/* What one call on |t| is about: the table whose block it is, and where statements of their own go. */
struct block_call {
    struct sl_schema_reading *r;
    struct sl_schema_table *table;
    struct sl_schema_target behind;
    const struct sl_node *call;
};

static void read_timestamps(const struct block_call *c)
{
    sl_schema_timestamps_add(c->r, c->table, c->call);
}

static void read_index(const struct block_call *c)
{
    sl_schema_index_write(c->r, &c->behind, sl_ruby_argument(c->call, 0), c->call);
}

static void read_references(const struct block_call *c)
{
    for (size_t i = 0; sl_ruby_argument(c->call, i); i++)
        sl_schema_reference_add(c->r, c->table, sl_ruby_argument(c->call, i), c->call);
}

static void read_column(const struct block_call *c)
{
    sl_str type = sl_schema_word(c->r, sl_ruby_argument(c->call, 1));
    sl_schema_column_add(c->r, c->table, sl_schema_word(c->r, sl_ruby_argument(c->call, 0)),
                         sl_schema_argument_span(c->call, 0), type.len ? type : SL_STR("text"), c->call);
}

static void read_remove(const struct block_call *c)
{
    sl_schema_columns_drop(c->r, &c->behind, c->call, 0);
}

static void read_remove_timestamps(const struct block_call *c)
{
    sl_schema_timestamps_drop(&c->behind, c->call);
}

static void read_remove_references(const struct block_call *c)
{
    sl_schema_references_drop(c->r, &c->behind, c->call, 0);
}

static void read_remove_index(const struct block_call *c)
{
    sl_schema_index_drop(c->r, &c->behind, sl_ruby_argument(c->call, 0), c->call);
}

static void read_rename(const struct block_call *c)
{
    sl_schema_column_rename(c->r, &c->behind, c->call, 0);
}

static void read_change(const struct block_call *c)
{
    sl_schema_column_change(c->r, &c->behind, c->call, 0);
}

static void read_foreign_key(const struct block_call *c)
{
    sl_schema_key_add(c->r, &c->behind, c->call, 0);
}

static void read_remove_foreign_key(const struct block_call *c)
{
    sl_schema_key_drop(c->r, &c->behind, c->call, 0);
}

/* t.string "a", "b": any other method is a type. */
static void read_columns_of_type(const struct block_call *c)
{
    sl_str type = sl_ruby_method(c->r->file->syntax, c->call);
    for (size_t i = 0; sl_ruby_argument(c->call, i); i++)
        sl_schema_column_add(c->r, c->table, sl_schema_word(c->r, sl_ruby_argument(c->call, i)),
                             sl_schema_argument_span(c->call, i), type, c->call);
}

static const struct {
    const char *method;
    void (*read)(const struct block_call *c); /* NULL: it changes nothing that is asked of the catalog */
} block_calls[] = {
    {"timestamps", read_timestamps},
    {"index", read_index},
    {"references", read_references},
    {"belongs_to", read_references},
    {"column", read_column},
    {"remove", read_remove},
    {"remove_timestamps", read_remove_timestamps},
    {"remove_references", read_remove_references},
    {"remove_belongs_to", read_remove_references},
    {"remove_index", read_remove_index},
    {"rename", read_rename},
    {"change", read_change},
    {"foreign_key", read_foreign_key},
    {"remove_foreign_key", read_remove_foreign_key},
    {"check_constraint", NULL},
    {"remove_check_constraint", NULL},
    {"exclusion_constraint", NULL},
    {"remove_exclusion_constraint", NULL},
    {"unique_constraint", NULL},
    {"remove_unique_constraint", NULL},
    {"unique_key", NULL},
    {"change_null", NULL},
    {"change_default", NULL},
    {"rename_index", NULL},
    {"comment", NULL},
};

static void table_call_read(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *call)
{
    struct block_call c = {.r = r, .table = table, .behind = target_of(table), .call = call};
    sl_str method = sl_ruby_method(r->file->syntax, call);
    for (size_t i = 0; i < sizeof block_calls / sizeof block_calls[0]; i++) {
        if (!sl_str_eq(method, sl_str_from(block_calls[i].method)))
            continue;
        if (block_calls[i].read)
            block_calls[i].read(&c);
        return;
    }
    read_columns_of_type(&c);
}

/* The calls on |t| in the block, loops over words unrolled. */
void sl_schema_table_block_read(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *block)
{
    const struct sl_node *body = sl_ruby_body(block);
    for (const struct sl_node *item = body ? body->first : NULL; item; item = item->next) {
        const struct sl_node *receiver = sl_node_child(item, SL_FIELD_RECEIVER);
        const struct sl_node *list;
        sl_str variable;
        if (item->kind == SL_NODE_CALL && receiver &&
            sl_str_eq(sl_node_text(r->file->syntax, receiver), table->variable)) {
            table_call_read(r, table, item);
        } else if (item->kind == SL_NODE_CALL && r->depth < MAX_LOOPS &&
                   sl_schema_each_words(r, item, &list, &variable)) {
            for (const struct sl_node *word = list->first; word; word = word->next) {
                *SL_VEC_PUSH(r->file->arena, &r->bindings) =
                    (struct sl_schema_binding){variable, sl_schema_word(r, word)};
                r->depth++;
                sl_schema_table_block_read(r, table, sl_node_child(item, SL_FIELD_BLOCK));
                r->depth--;
                r->bindings.len--;
            }
        }
    }
}

void sl_schema_primary_key_write(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *call)
{
    const struct sl_node *id = sl_ruby_option(r->file->syntax, call, "id");
    const struct sl_node *key = sl_ruby_option(r->file->syntax, call, "primary_key");
    if ((id && id->kind == SL_NODE_FALSE) || sl_ruby_is_list(key))
        return;
    sl_str type = id ? sl_schema_word(r, id) : SL_STR_EMPTY;
    sl_str name = key ? sl_schema_word(r, key) : SL_STR("id");
    if (id && id->kind == SL_NODE_HASH) {
        for (const struct sl_node *p = sl_ruby_pair_first(id); p; p = sl_ruby_pair_next(p)) {
            if (sl_str_eq(sl_ruby_pair_key(r->file->syntax, p, r->file->arena), SL_STR("type")))
                type = sl_schema_word(r, sl_node_child(p, SL_FIELD_VALUE));
        }
    }
    struct sl_span span = key ? sl_node_span(key) : table->name_span;
    sl_schema_column_begin(table);
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
void sl_schema_composite_key_write(struct sl_schema_reading *r, struct sl_schema_table *table,
                                   const struct sl_node *call)
{
    const struct sl_node *key = sl_ruby_option(r->file->syntax, call, "primary_key");
    struct sl_sql_writer list;
    sl_schema_writer_init(r, &list);
    if (!sl_ruby_is_list(key) || sl_schema_columns_write(r, key, &list).len == 0)
        return;
    sl_sql_add(table->writer, ",\n  PRIMARY KEY (");
    sl_sql_add_writer(table->writer, &list);
    sl_sql_add(table->writer, ")");
}

void sl_schema_table_init(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *call,
                          struct sl_sql_writer *writer)
{
    *table = (struct sl_schema_table){
        .writer = writer, .name = sl_schema_table_name(r, call), .name_span = sl_schema_argument_span(call, 0)};
    table->variable = sl_ruby_block_parameter(r->file->syntax, sl_node_child(call, SL_FIELD_BLOCK), 0);
    sl_schema_writer_init(r, writer);
    sl_schema_writer_init(r, &table->behind);
    sl_schema_writer_init(r, &table->constraints);
}

/* NOLINTEND(misc-no-recursion) */
