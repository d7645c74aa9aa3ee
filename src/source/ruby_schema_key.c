/*
 * ruby_schema_key: foreign keys of schema.rb and migrations: add_foreign_key, t.foreign_key, foreign_key: of a
 * reference, and what removes them.
 *
 * A key without name: is named by its columns. That is not Rails' own name (a hash), but the same wherever the key is
 * added and removed.
 */
#include "source/inflect.h"
#include "source/ruby_schema.h"

struct key {
    const struct sl_node *call;
    const struct sl_node *options; /* the call, or the hash of a reference's foreign_key: */
    sl_str parent;
    struct sl_span parent_span;
    sl_str column; /* of a reference; else empty */
    struct sl_span column_span;
};

static const struct sl_node *option(const struct sl_schema_reading *r, const struct key *key, const char *name)
{
    return sl_ruby_option(r->file->syntax, key->options, name);
}

/* order_id of orders, order_shop_id where the parent's key is shop_id. */
static sl_str parent_column_write(struct sl_schema_reading *r, const struct key *key, sl_str of_parent,
                                  struct sl_sql_writer *list)
{
    struct sl_arena *arena = r->file->arena;
    sl_str parent = sl_inflect_singularize(arena, key->parent);
    sl_str name = sl_arena_printf(arena, "%.*s_%.*s", SL_STR_ARG(parent), SL_STR_ARG(of_parent));
    sl_sql_add(list, list->len ? ", " : "");
    sl_sql_add_name(list, name, key->parent_span);
    return name;
}

/* column: of the call, or what Rails takes for it: a column for each of primary_key:. Answers them joined for a name.
 */
static sl_str columns_write(struct sl_schema_reading *r, const struct key *key, struct sl_sql_writer *list)
{
    const struct sl_node *column = option(r, key, "column");
    const struct sl_node *primary = option(r, key, "primary_key");
    if (column)
        return sl_schema_columns_write(r, column, list);
    if (key->column.len) {
        sl_sql_add_name(list, key->column, key->column_span);
        return key->column;
    }
    if (key->parent.len == 0)
        return SL_STR_EMPTY;
    if (!sl_ruby_is_list(primary))
        return parent_column_write(r, key, SL_STR("id"), list);
    sl_str joined = SL_STR_EMPTY;
    for (const struct sl_node *item = primary->first; item; item = item->next) {
        sl_str name = parent_column_write(r, key, sl_schema_word(r, item), list);
        joined = sl_arena_printf(r->file->arena, "%.*s%s%.*s", SL_STR_ARG(joined), joined.len ? "_and_" : "",
                                 SL_STR_ARG(name));
    }
    return joined;
}

/* Empty where it is computed. */
static sl_str name_of(struct sl_schema_reading *r, const struct key *key, sl_str table, sl_str columns)
{
    const struct sl_node *name = option(r, key, "name");
    if (name || columns.len == 0)
        return name ? sl_schema_word(r, name) : SL_STR_EMPTY;
    return sl_arena_printf(r->file->arena, "fk_%.*s_%.*s", SL_STR_ARG(table), SL_STR_ARG(columns));
}

static void action_write(struct sl_schema_reading *r, const struct sl_node *word, const char *event,
                         struct sl_sql_writer *out)
{
    static const struct {
        const char *word, *sql;
    } actions[] = {{"cascade", "CASCADE"}, {"nullify", "SET NULL"}, {"restrict", "RESTRICT"}};
    sl_str said = word ? sl_schema_word(r, word) : SL_STR_EMPTY;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (!sl_str_eq(said, sl_str_from(actions[i].word)))
            continue;
        sl_sql_add(out, event);
        sl_sql_add_token(out, sl_str_from(actions[i].sql), sl_node_span(word));
    }
}

/* As a clause of ALTER TABLE, or among those of the CREATE TABLE. */
static void key_write(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct key *key)
{
    const struct sl_node *primary = option(r, key, "primary_key");
    struct sl_sql_writer columns, of_parent;
    if (key->parent.len == 0 || (!to->constraints && r->file->source->mode.dialect == SL_DIALECT_SQLITE))
        return;
    sl_schema_writer_init(r, &columns);
    sl_schema_writer_init(r, &of_parent);
    sl_str name = name_of(r, key, to->table, columns_write(r, key, &columns));
    if (primary)
        sl_schema_columns_write(r, primary, &of_parent);
    else
        sl_sql_add_name(&of_parent, SL_STR("id"), key->parent_span);
    if (columns.len == 0 || of_parent.len == 0) {
        sl_schema_pass_over(r, key->call, "the columns of the foreign key are computed");
        return;
    }
    struct sl_sql_writer *out = to->constraints ? to->constraints : to->writer;
    if (!to->constraints)
        sl_schema_alter_begin(to);
    sl_sql_add(out, to->constraints ? ",\n  " : " ADD ");
    if (name.len) {
        sl_sql_add(out, "CONSTRAINT ");
        sl_sql_add_name(out, name, sl_node_span(key->call));
        sl_sql_add(out, " ");
    }
    sl_sql_add(out, "FOREIGN KEY (");
    sl_sql_add_writer(out, &columns);
    sl_sql_add(out, ") REFERENCES ");
    sl_sql_add_name(out, key->parent, key->parent_span);
    sl_sql_add(out, " (");
    sl_sql_add_writer(out, &of_parent);
    sl_sql_add(out, ")");
    action_write(r, option(r, key, "on_update"), " ON UPDATE ", out);
    action_write(r, option(r, key, "on_delete"), " ON DELETE ", out);
}

static struct key key_of_call(struct sl_schema_reading *r, const struct sl_node *call, size_t first)
{
    const struct sl_node *parent = sl_ruby_argument(call, first);
    const struct sl_node *named = sl_ruby_option(r->file->syntax, call, "to_table");
    struct key key = {.call = call, .options = call, .parent_span = sl_node_span(parent ? parent : call)};
    key.parent = sl_schema_word(r, parent ? parent : named);
    return key;
}

void sl_schema_key_add(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                       size_t first)
{
    struct key key = key_of_call(r, call, first);
    key_write(r, to, &key);
}

void sl_schema_key_of_reference_add(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                    const struct sl_node *argument, const struct sl_node *call)
{
    const struct sl_node *said = sl_ruby_option(r->file->syntax, call, "foreign_key");
    sl_str name = sl_schema_word(r, argument);
    if (!said || (said->kind != SL_NODE_TRUE && said->kind != SL_NODE_HASH))
        return;
    struct sl_span span = sl_node_span(argument);
    struct key key = {.call = call, .options = said, .parent_span = span, .column_span = span};
    const struct sl_node *to_table = option(r, &key, "to_table");
    key.parent = to_table ? sl_schema_word(r, to_table) : sl_inflect_pluralize(r->file->arena, name);
    key.column = sl_arena_printf(r->file->arena, "%.*s_id", SL_STR_ARG(name));
    key_write(r, to, &key);
}

void sl_schema_key_drop(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                        size_t first)
{
    struct key key = key_of_call(r, call, first);
    struct sl_sql_writer columns;
    sl_schema_writer_init(r, &columns);
    sl_str name = name_of(r, &key, to->table, columns_write(r, &key, &columns));
    enum sl_dialect dialect = r->file->source->mode.dialect;
    if (name.len == 0 || dialect == SL_DIALECT_SQLITE)
        return;
    sl_schema_alter_begin(to);
    sl_sql_add(to->writer, dialect == SL_DIALECT_MYSQL ? " DROP FOREIGN KEY " : " DROP CONSTRAINT ");
    sl_sql_add_name(to->writer, name, sl_node_span(call));
}
