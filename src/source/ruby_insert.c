/* ruby_insert: rows that a chain makes: create, insert_all, upsert_all; from hashes, lists of them, and code that makes
 * one hash a row. */
#include "base/vec.h"
#include "source/ruby_chain.h"

enum { MAX_ROWS = 20 }; /* of a literal list: the rest has the same columns */

enum insert_kind { INSERT_RECORD, INSERT_ROWS, UPSERT_ROWS };

static const struct {
    const char *method;
    enum insert_kind kind;
} inserts[] = {
    {"create", INSERT_RECORD},   {"create!", INSERT_RECORD},   {"insert", INSERT_ROWS}, {"insert!", INSERT_ROWS},
    {"insert_all", INSERT_ROWS}, {"insert_all!", INSERT_ROWS}, {"upsert", UPSERT_ROWS}, {"upsert_all", UPSERT_ROWS},
};

/* What is made of the rows: their columns are those of the first. */
struct insert {
    struct sl_ruby_chain *chain;
    const struct sl_node *call;
    const struct sl_node *list;  /* of hashes; NULL: there is one row, or what makes the rows */
    const struct sl_node *first; /* the pairs of the first row; NULL where they are not known */
    SL_VEC(sl_str) columns;
    SL_VEC(const struct sl_node *) keys;
};

/* Options of insert_all and upsert_all, which stand beside a row that is given without braces. */
static bool is_option(sl_str key)
{
    static const char *const options[] = {"unique_by", "on_duplicate",      "update_only",
                                          "returning", "record_timestamps", "validate"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (sl_str_eq(key, sl_str_from(options[i])))
            return true;
    }
    return false;
}

/* rows, rows = xs.map { |x| { status: x } }, [{ … }, …]: the hash that one row is made of. */
static const struct sl_node *row_behind(const struct sl_ruby_chain *chain, const struct sl_node *node,
                                        const struct sl_node **list)
{
    enum { MAX_STEPS = 6 };
    for (int i = 0; node && i < MAX_STEPS; i++) {
        const struct sl_node *block = node->kind == SL_NODE_CALL ? sl_node_child(node, SL_FIELD_BLOCK) : NULL;
        if (node->kind == SL_NODE_HASH)
            return node;
        if (sl_ruby_is_list(node)) {
            *list = node;
            node = node->first;
        } else if (block) {
            const struct sl_node *last = NULL;
            for (size_t n = 0; sl_ruby_statement(block, n); n++)
                last = sl_ruby_statement(block, n);
            *list = NULL;
            node = last;
        } else if (node->kind == SL_NODE_CALL && sl_node_child(node, SL_FIELD_RECEIVER)) {
            node = sl_node_child(node, SL_FIELD_RECEIVER); /* .to_a, .compact, .freeze */
        } else {
            node = sl_chain_assigned_value(chain, node, sl_node_text(chain->syntax, node));
        }
    }
    return NULL;
}

static sl_str column_of_key(const struct sl_ruby_chain *chain, sl_str key)
{
    const struct sl_ruby_association *to = sl_project_association(chain->model, key);
    if (!to || to->is_many)
        return key;
    return to->foreign_key.len ? to->foreign_key : sl_arena_printf(chain->file->arena, "%.*s_id", SL_STR_ARG(key));
}

static void columns_read(struct insert *insert)
{
    struct sl_ruby_chain *chain = insert->chain;
    bool has_options = insert->first && insert->first->kind == SL_NODE_ARGUMENTS;
    for (const struct sl_node *pair = sl_ruby_pair_first(insert->first); pair; pair = sl_ruby_pair_next(pair)) {
        sl_str key = sl_ruby_pair_key(chain->syntax, pair, chain->file->arena);
        if (key.len == 0 || (has_options && is_option(key)))
            continue;
        *SL_VEC_PUSH(chain->file->arena, &insert->columns) =
            sl_arena_copy(chain->file->arena, column_of_key(chain, key));
        *SL_VEC_PUSH(chain->file->arena, &insert->keys) = sl_node_child(pair, SL_FIELD_KEY);
    }
}

static bool has_column(const struct insert *insert, sl_str name)
{
    for (size_t i = 0; i < insert->columns.len; i++) {
        if (sl_str_eq(insert->columns.items[i], name))
            return true;
    }
    return false;
}

/* The value of the column in one row's pairs, as SQL. */
static void value_write(const struct insert *insert, struct sl_sql_writer *writer, const struct sl_node *row, size_t n)
{
    struct sl_ruby_chain *chain = insert->chain;
    size_t at = 0;
    bool has_options = row->kind == SL_NODE_ARGUMENTS;
    for (const struct sl_node *pair = sl_ruby_pair_first(row); pair; pair = sl_ruby_pair_next(pair)) {
        sl_str key = sl_ruby_pair_key(chain->syntax, pair, chain->file->arena);
        const struct sl_node *value = sl_node_child(pair, SL_FIELD_VALUE);
        if (key.len == 0 || (has_options && is_option(key)) || at++ != n)
            continue;
        if (value)
            sl_chain_value(chain, writer, value, insert->columns.items[n]);
        else
            sl_sql_add_placeholder(writer, sl_node_span(pair));
        return;
    }
    sl_sql_add(writer, "DEFAULT");
}

static void row_write(const struct insert *insert, struct sl_sql_writer *writer, const struct sl_node *row)
{
    sl_sql_add(writer, "(");
    for (size_t i = 0; i < insert->columns.len; i++) {
        sl_sql_add(writer, i ? ", " : "");
        value_write(insert, writer, row, i);
    }
    sl_sql_add(writer, ")");
}

static void rows_write(const struct insert *insert, struct sl_sql_writer *writer)
{
    struct sl_ruby_chain *chain = insert->chain;
    sl_sql_add_token(writer, SL_STR("INSERT INTO "), sl_node_span(insert->call));
    sl_sql_add_name(writer, chain->table, sl_node_span(insert->call));
    sl_sql_add(writer, " (");
    for (size_t i = 0; i < insert->columns.len; i++) {
        sl_sql_add(writer, i ? ", " : "");
        sl_sql_add_name(writer, insert->columns.items[i], sl_node_span(insert->keys.items[i]));
    }
    sl_sql_add(writer, ") VALUES ");
    if (!insert->list) {
        row_write(insert, writer, insert->first);
        return;
    }
    unsigned n_rows = 0;
    for (const struct sl_node *row = insert->list->first; row && n_rows < MAX_ROWS; row = row->next) {
        if (row->kind != SL_NODE_HASH)
            continue;
        sl_sql_add(writer, n_rows++ ? ", " : "");
        row_write(insert, writer, row);
    }
}

/* --- What an upsert does to the rows that are there -----------------------------------------------------------------
 */

/* unique_by: :a, %i[a b]; an index's name says nothing of its columns; without it, the primary key. */
static bool is_conflict_column(const struct insert *insert, sl_str column)
{
    const struct sl_ruby_chain *chain = insert->chain;
    const struct sl_node *by = sl_ruby_option(chain->syntax, insert->call, "unique_by");
    for (const struct sl_node *item = sl_ruby_is_list(by) ? by->first : by; item;
         item = sl_ruby_is_list(by) ? item->next : NULL) {
        if (sl_str_eq(sl_ruby_word(chain->syntax, item, chain->file->arena), column))
            return true;
    }
    return sl_str_eq(column, SL_STR("id"));
}

static void conflict_target_write(const struct insert *insert, struct sl_sql_writer *writer)
{
    const struct sl_ruby_chain *chain = insert->chain;
    const struct sl_node *by = sl_ruby_option(chain->syntax, insert->call, "unique_by");
    sl_str word = by && !sl_ruby_is_list(by) ? sl_ruby_word(chain->syntax, by, chain->file->arena) : SL_STR_EMPTY;
    bool is_index = sl_str_has_prefix(word, SL_STR("index_")) || sl_str_has_prefix(word, SL_STR("idx_"));
    struct sl_span span = sl_node_span(by ? by : insert->call);
    sl_sql_add(writer, "(");
    size_t n = 0;
    for (const struct sl_node *item = sl_ruby_is_list(by) ? by->first : NULL; item; item = item->next) {
        sl_sql_add(writer, n++ ? ", " : "");
        sl_sql_add_name(writer, sl_ruby_word(chain->syntax, item, chain->file->arena), sl_node_span(item));
    }
    if (n == 0)
        sl_sql_add_name(writer, word.len && !is_index ? word : SL_STR("id"), span);
    sl_sql_add(writer, ")");
}

/* update_only: :a, [:a, :b]; without it every column that is no part of the key, created_at apart. */
static bool is_updated(const struct insert *insert, sl_str column)
{
    const struct sl_ruby_chain *chain = insert->chain;
    const struct sl_node *only = sl_ruby_option(chain->syntax, insert->call, "update_only");
    if (!only)
        return !is_conflict_column(insert, column) && !sl_str_eq(column, SL_STR("created_at"));
    for (const struct sl_node *item = sl_ruby_is_list(only) ? only->first : only; item;
         item = sl_ruby_is_list(only) ? item->next : NULL) {
        if (sl_str_eq(sl_ruby_word(chain->syntax, item, chain->file->arena), column))
            return true;
    }
    return false;
}

static void new_value_write(const struct insert *insert, struct sl_sql_writer *writer, size_t n)
{
    bool is_mysql = writer->dialect == SL_DIALECT_MYSQL;
    sl_sql_add(writer, is_mysql ? "VALUES(" : "excluded.");
    sl_sql_add_name(writer, insert->columns.items[n], sl_node_span(insert->keys.items[n]));
    sl_sql_add(writer, is_mysql ? ")" : "");
}

/* Since Rails 7 the last write is dated where something else changes. */
static void touch_write(const struct insert *insert, struct sl_sql_writer *writer)
{
    struct sl_ruby_chain *chain = insert->chain;
    struct sl_span span = sl_node_span(insert->call);
    size_t n = 0;
    sl_sql_add_name(writer, SL_STR("updated_at"), span);
    sl_sql_add(writer, " = CASE WHEN ");
    for (size_t i = 0; i < insert->columns.len; i++) {
        if (!is_updated(insert, insert->columns.items[i]))
            continue;
        sl_sql_add(writer, n++ ? " OR " : "");
        sl_sql_add_column(writer, chain->table, insert->columns.items[i], sl_node_span(insert->keys.items[i]));
        sl_sql_add(writer, " <> ");
        new_value_write(insert, writer, i);
    }
    sl_sql_add(writer, n ? "" : ":old <> :new");
    sl_sql_add(writer, " THEN CURRENT_TIMESTAMP ELSE ");
    sl_sql_add_column(writer, chain->table, SL_STR("updated_at"), span);
    sl_sql_add(writer, " END");
}

static bool option_is(const struct insert *insert, const char *name, enum sl_node_kind kind)
{
    const struct sl_node *value = sl_ruby_option(insert->chain->syntax, insert->call, name);
    return value && value->kind == kind;
}

/* The SET list; on_duplicate: Arel.sql("…") gives it as text, and nothing is added to it. */
static void update_write(const struct insert *insert, struct sl_sql_writer *set)
{
    struct sl_ruby_chain *chain = insert->chain;
    const struct sl_node *text = sl_ruby_option(chain->syntax, insert->call, "on_duplicate");
    if (text && text->kind == SL_NODE_CALL) {
        sl_chain_expression(chain, set, text);
        return;
    }
    for (size_t i = 0; i < insert->columns.len; i++) {
        if (!is_updated(insert, insert->columns.items[i]))
            continue;
        sl_sql_add(set, set->len ? ", " : "");
        sl_sql_add_name(set, insert->columns.items[i], sl_node_span(insert->keys.items[i]));
        sl_sql_add(set, " = ");
        new_value_write(insert, set, i);
    }
    bool is_dated = !has_column(insert, SL_STR("updated_at")) &&
                    !option_is(insert, "record_timestamps", SL_NODE_FALSE) &&
                    !sl_chain_timestamps_are_off(chain, insert->call);
    if (!is_dated)
        return;
    sl_sql_add(set, set->len ? ", " : "");
    touch_write(insert, set);
}

static void conflict_write(const struct insert *insert, struct sl_sql_writer *writer)
{
    const struct sl_node *mode = sl_ruby_option(insert->chain->syntax, insert->call, "on_duplicate");
    sl_str word = mode ? sl_ruby_word(insert->chain->syntax, mode, insert->chain->file->arena) : SL_STR_EMPTY;
    bool skips = sl_str_eq(word, SL_STR("skip"));
    struct sl_sql_writer set;
    sl_chain_writer(insert->chain, &set);
    if (!skips)
        update_write(insert, &set);
    if (writer->dialect == SL_DIALECT_MYSQL) {
        sl_sql_add(writer, set.len ? " ON DUPLICATE KEY UPDATE " : "");
    } else {
        sl_sql_add(writer, " ON CONFLICT ");
        conflict_target_write(insert, writer);
        sl_sql_add(writer, set.len ? " DO UPDATE SET " : " DO NOTHING");
    }
    sl_sql_add_writer(writer, &set);
}

/* --- The link -------------------------------------------------------------------------------------------------------
 */

/* A column that stands for those that are not known. */
static void unknown_columns_stand_in(struct insert *insert)
{
    struct sl_arena *arena = insert->chain->file->arena;
    *SL_VEC_PUSH(arena, &insert->columns) = SL_STR("id");
    *SL_VEC_PUSH(arena, &insert->keys) = insert->call;
    insert->chain->flags |= SL_FRAGMENT_OPEN;
}

static bool insert_kind_of(sl_str method, enum insert_kind *kind)
{
    for (size_t i = 0; i < sizeof inserts / sizeof inserts[0]; i++) {
        *kind = inserts[i].kind;
        if (sl_str_eq(method, sl_str_from(inserts[i].method)))
            return true;
    }
    return false;
}

void sl_chain_insert_emit(struct sl_ruby_chain *chain, const struct sl_node *call, uint32_t flags)
{
    enum insert_kind kind = INSERT_RECORD;
    insert_kind_of(sl_ruby_method(chain->syntax, call), &kind);
    struct insert insert = {.chain = chain, .call = call};
    const struct sl_node *argument = sl_ruby_argument(call, 0);
    insert.first = argument ? row_behind(chain, argument, &insert.list) : sl_node_child(call, SL_FIELD_ARGUMENTS);
    columns_read(&insert);
    bool is_unknown = insert.columns.len == 0;
    if (is_unknown && kind != UPSERT_ROWS)
        return;
    struct sl_sql_writer writer;
    sl_chain_writer(chain, &writer);
    if (is_unknown) {
        unknown_columns_stand_in(&insert);
        sl_sql_add_token(&writer, SL_STR("INSERT INTO "), sl_node_span(call));
        sl_sql_add_name(&writer, chain->table, sl_node_span(call));
        sl_sql_add(&writer, " (");
        sl_sql_add_name(&writer, SL_STR("id"), sl_node_span(call));
        sl_sql_add(&writer, ") VALUES (:rows)");
    } else {
        rows_write(&insert, &writer);
    }
    if (kind == UPSERT_ROWS) {
        conflict_write(&insert, &writer);
        flags |= SL_FRAGMENT_NO_ORM_TOUCH; /* what dates the rows is in the statement */
    }
    sl_chain_emit(chain, &writer, call, flags);
}
