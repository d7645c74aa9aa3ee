#include "source/ruby_schema.h"

#include "base/limits.h"
#include "base/vec.h"

/* NOLINTBEGIN(misc-no-recursion): capped by SL_MAX_SCHEMA_BLOCKS */

/* The word that a node stands for, block variables and constants looked up; empty where it is computed. */
sl_str sl_schema_word(const struct sl_schema_reading *r, const struct sl_node *node)
{
    if (!node)
        return SL_STR_EMPTY;
    sl_str text = sl_node_text(r->file->syntax, node);
    bool is_name = node->kind == SL_NODE_IDENTIFIER || node->kind == SL_NODE_CONSTANT;
    for (size_t i = r->bindings.len; is_name && i > 0; i--) {
        if (sl_str_eq(r->bindings.items[i - 1].name, text))
            return r->bindings.items[i - 1].word;
    }
    if (is_name) {
        const struct sl_node *value = sl_ruby_constant_value(r->file->syntax, text);
        return value && value->kind != SL_NODE_CONSTANT ? sl_ruby_word(r->file->syntax, value, r->file->arena)
                                                        : SL_STR_EMPTY;
    }
    return sl_ruby_word(r->file->syntax, node, r->file->arena);
}

void sl_schema_pass_over(struct sl_schema_reading *r, const struct sl_node *node, const char *why)
{
    *SL_VEC_PUSH(r->file->arena, &r->file->reading->facts) = (struct sl_source_fact){
        .kind = SL_SOURCE_FACT_PASSED_OVER, .detail = sl_str_from(why), .span = sl_node_span(node)};
}

void sl_schema_writer_init(struct sl_schema_reading *r, struct sl_sql_writer *writer)
{
    sl_sql_writer_init(writer, r->file->arena, r->file->source->mode.dialect);
}

void sl_schema_emit(struct sl_schema_reading *r, const struct sl_sql_writer *writer, const struct sl_node *call)
{
    if (writer->len == 0)
        return;
    struct sl_fragment *fragment = sl_sql_writer_emit(writer, r->file->reading, sl_node_span(call), r->flags);
    fragment->runs_off = r->runs_off;
    fragment->transaction = sl_ruby_transaction_at(r->file, call);
}

/* Rails writes updated_at and updated_on of every record that it saves. */
void sl_schema_timestamp_fact(struct sl_schema_reading *r, sl_str table, sl_str column, struct sl_span span)
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
sl_str sl_schema_table_name(struct sl_schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *argument = sl_ruby_argument(call, 0);
    sl_str name = sl_schema_word(r, argument);
    if (name.len == 0)
        sl_schema_pass_over(r, call, "the name of the table is computed");
    return sl_arena_copy(r->file->arena, name);
}

struct sl_span sl_schema_argument_span(const struct sl_node *call, size_t n)
{
    const struct sl_node *argument = sl_ruby_argument(call, n);
    return sl_node_span(argument ? argument : call);
}

/* [%w[a b], [:a, :b], or a constant of them].each do |x| */
bool sl_schema_each_words(struct sl_schema_reading *r, const struct sl_node *call, const struct sl_node **list,
                          sl_str *variable)
{
    const struct sl_node *receiver = sl_node_child(call, SL_FIELD_RECEIVER);
    const struct sl_node *block = sl_node_child(call, SL_FIELD_BLOCK);
    if (!receiver || !block || !sl_ruby_method_is(r->file->syntax, call, "each"))
        return false;
    if (receiver->kind == SL_NODE_CONSTANT || receiver->kind == SL_NODE_IDENTIFIER)
        receiver = sl_ruby_constant_value(r->file->syntax, sl_node_text(r->file->syntax, receiver));
    while (receiver && receiver->kind == SL_NODE_CALL) /* %w[a b].freeze */
        receiver = sl_node_child(receiver, SL_FIELD_RECEIVER);
    *variable = sl_ruby_block_parameter(r->file->syntax, block, 0);
    *list = receiver;
    return variable->len && sl_ruby_is_list(receiver);
}

static void block_read(struct sl_schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *block = sl_node_child(call, SL_FIELD_BLOCK);
    if (block)
        sl_schema_statements_read(r, sl_ruby_body(block));
}

static void each_read(struct sl_schema_reading *r, const struct sl_node *call, const struct sl_node *list,
                      sl_str variable)
{
    for (const struct sl_node *item = list->first; item; item = item->next) {
        sl_str word = sl_schema_word(r, item);
        *SL_VEC_PUSH(r->file->arena, &r->bindings) = (struct sl_schema_binding){variable, word};
        block_read(r, call);
        r->bindings.len--;
    }
}

/* def add_stuff(table) of the same file; what goes up or down is no helper. */
static const struct sl_node *helper_method(const struct sl_schema_reading *r, sl_str name)
{
    const struct sl_syntax *syntax = r->file->syntax;
    static const char *const parts[] = {"up", "down", "change"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (name.len == 0 || sl_str_eq(name, sl_str_from(parts[i])))
            return NULL;
    }
    for (const struct sl_node *n = syntax->root; n; n = sl_node_after(syntax->root, n)) {
        bool is_method = n->kind == SL_NODE_METHOD || n->kind == SL_NODE_SINGLETON_METHOD;
        if (is_method && sl_str_eq(sl_node_text(syntax, sl_node_child(n, SL_FIELD_NAME)), name))
            return n;
    }
    return NULL;
}

/* Runs it with the words of the call in its parameters. */
static bool helper_read(struct sl_schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *method =
        sl_node_child(call, SL_FIELD_RECEIVER) ? NULL : helper_method(r, sl_ruby_method(r->file->syntax, call));
    if (!method)
        return false;
    size_t n_before = r->bindings.len;
    uint32_t runs_before = r->runs_off;
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        sl_str name = sl_ruby_block_parameter(r->file->syntax, method, i);
        sl_str word = sl_schema_word(r, sl_ruby_argument(call, i));
        if (name.len)
            *SL_VEC_PUSH(r->file->arena, &r->bindings) = (struct sl_schema_binding){name, word};
    }
    r->runs_off = runs_before ? runs_before : call->off;
    sl_schema_statements_read(r, sl_ruby_body(method));
    r->runs_off = runs_before;
    r->bindings.len = n_before;
    return true;
}

static void call_read(struct sl_schema_reading *r, const struct sl_node *call)
{
    const struct sl_node *list;
    sl_str variable;
    if (sl_schema_each_words(r, call, &list, &variable)) {
        each_read(r, call, list, variable);
        return;
    }
    if (sl_schema_verb_read(r, call) || helper_read(r, call))
        return;
    /* Other blocks (suppress_messages, custom wrappers) run what is in them. */
    if (!sl_node_child(call, SL_FIELD_RECEIVER))
        block_read(r, call);
}

/* Both arms of a condition are read, and marked: we do not evaluate it. */
static void condition_read(struct sl_schema_reading *r, const struct sl_node *node)
{
    uint32_t before = r->flags;
    r->flags |= SL_FRAGMENT_CONDITIONAL;
    bool is_modifier = node->kind == SL_NODE_IF_MODIFIER || node->kind == SL_NODE_UNLESS_MODIFIER;
    for (const struct sl_node *child = node->first; child; child = child->next) {
        if (is_modifier && child->field == SL_FIELD_BODY &&
            (child->kind == SL_NODE_CALL || child->kind == SL_NODE_IDENTIFIER))
            call_read(r, child);
        else if (child->field == SL_FIELD_CONSEQUENCE || child->field == SL_FIELD_ALTERNATIVE)
            sl_schema_statements_read(r, child);
    }
    r->flags = before;
}

void sl_schema_statements_read(struct sl_schema_reading *r, const struct sl_node *body)
{
    if (!body || r->depth >= SL_MAX_SCHEMA_BLOCKS)
        return;
    r->depth++;
    for (const struct sl_node *item = body->first; item; item = item->next) {
        if (sl_ruby_is_excluded(r->file, item))
            continue;
        if (item->kind == SL_NODE_CALL || item->kind == SL_NODE_IDENTIFIER)
            call_read(r, item);
        else if (item->kind == SL_NODE_IF || item->kind == SL_NODE_UNLESS || item->kind == SL_NODE_IF_MODIFIER ||
                 item->kind == SL_NODE_UNLESS_MODIFIER)
            condition_read(r, item);
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
    struct sl_schema_reading r = {.file = file, .is_old = is_old_migration(file)};
    for (const struct sl_node *node = file->syntax->root; node;) {
        bool is_define = node->kind == SL_NODE_CALL && sl_ruby_method_is(file->syntax, node, "define") &&
                         sl_node_child(node, SL_FIELD_BLOCK);
        bool is_up = is_up_method(file->syntax, node);
        if (is_define)
            sl_schema_statements_read(&r, sl_ruby_body(sl_node_child(node, SL_FIELD_BLOCK)));
        else if (is_up)
            sl_schema_statements_read(&r, sl_ruby_body(node));
        node = is_define || is_up ? sl_node_after_subtree(file->syntax->root, node)
                                  : sl_node_after(file->syntax->root, node);
    }
}

/* NOLINTEND(misc-no-recursion) */
