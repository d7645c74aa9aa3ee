#include "source/ruby_file.h"

#include "base/limits.h"
#include "base/vec.h"

/* `def down`, `dir.down { … }`, `revert do … end`: what undoes a migration. */
static bool goes_down(const struct sl_syntax *syntax, const struct sl_node *node)
{
    if (node->kind == SL_NODE_METHOD || node->kind == SL_NODE_SINGLETON_METHOD)
        return sl_node_is(syntax, sl_node_child(node, SL_FIELD_NAME), "down");
    if (node->kind != SL_NODE_CALL || !sl_node_child(node, SL_FIELD_BLOCK))
        return false;
    bool has_receiver = sl_node_child(node, SL_FIELD_RECEIVER) != NULL;
    return sl_ruby_method_is(syntax, node, has_receiver ? "down" : "revert");
}

static void mentions_read(struct sl_ruby_file *file)
{
    const struct sl_syntax *syntax = file->syntax;
    for (const struct sl_node *node = syntax->root; node; node = sl_node_after(syntax->root, node)) {
        bool is_name = node->kind == SL_NODE_IDENTIFIER || node->kind == SL_NODE_INSTANCE_VARIABLE;
        const struct sl_node *left = node->kind == SL_NODE_ASSIGNMENT ? sl_node_child(node, SL_FIELD_LEFT) : NULL;
        if (left)
            *SL_VEC_PUSH(file->arena, &file->assignments) = (struct sl_ruby_mention){sl_node_text(syntax, left), node};
        if (is_name && node->field == SL_FIELD_RECEIVER && node->parent->kind == SL_NODE_CALL)
            *SL_VEC_PUSH(file->arena, &file->receivers) = (struct sl_ruby_mention){sl_node_text(syntax, node), node};
    }
}

size_t sl_ruby_mention_at(const struct sl_ruby_mentions *mentions, uint32_t off)
{
    size_t low = 0;
    size_t high = mentions->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mentions->items[middle].node->off < off)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void sl_ruby_file_init(struct sl_ruby_file *file, const struct sl_source *source, const struct sl_syntax *syntax,
                       struct sl_arena *arena, struct sl_reading *reading)
{
    *file = (struct sl_ruby_file){.source = source, .syntax = syntax, .arena = arena, .reading = reading};
    mentions_read(file);
    size_t is_migration = sl_str_find(source->bytes, SL_STR("ActiveRecord::Migration"));
    file->is_migration = source->layout == SL_LAYOUT_RAILS || is_migration != SIZE_MAX;
    if (!file->is_migration)
        return;
    bool is_switched_off = sl_str_find(source->bytes, SL_STR("disable_ddl_transaction!")) != SIZE_MAX;
    file->has_ddl_transaction = source->mode.dialect != SL_DIALECT_MYSQL && !is_switched_off;
    for (const struct sl_node *node = syntax->root; node;) {
        bool is_down = goes_down(syntax, node);
        if (is_down)
            *SL_VEC_PUSH(arena, &file->excluded) = sl_node_span(node);
        node = is_down ? sl_node_after_subtree(syntax->root, node) : sl_node_after(syntax->root, node);
    }
}

bool sl_ruby_is_excluded(const struct sl_ruby_file *file, const struct sl_node *node)
{
    for (size_t i = 0; i < file->excluded.len; i++) {
        struct sl_span span = file->excluded.items[i];
        if (node->off >= span.off && node->off < span.off + span.len)
            return true;
    }
    return false;
}

static bool is_batching(const struct sl_ruby_file *file, const struct sl_node *call)
{
    static const char *const names[] = {"in_batches",       "find_in_batches",
                                        "each_slice",       "in_groups_of",
                                        "each_batch",       "step",
                                        "each_batch_range", "queue_batch_background_migration"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sl_ruby_method_is(file->syntax, call, names[i]))
            return true;
    }
    /* in_batches.each { … }, in_batches(of: 1000).each_record { … } */
    const struct sl_node *receiver = sl_node_child(call, SL_FIELD_RECEIVER);
    return receiver && sl_ruby_method_is(file->syntax, receiver, "in_batches");
}

/* A loop that goes on until an UPDATE … LIMIT touched nothing. */
static bool is_loop(const struct sl_ruby_file *file, const struct sl_node *node)
{
    return strcmp(node->type, "while") == 0 || strcmp(node->type, "until") == 0 ||
           strcmp(node->type, "while_modifier") == 0 || strcmp(node->type, "until_modifier") == 0 ||
           (node->kind == SL_NODE_CALL && sl_ruby_method_is(file->syntax, node, "loop"));
}

uint32_t sl_ruby_flags_at(const struct sl_ruby_file *file, const struct sl_node *node)
{
    uint32_t flags = 0;
    const struct sl_node *above = node->parent;
    for (int up = 0; above && up < SL_MAX_AST_DEPTH; up++, above = above->parent) {
        bool is_condition = above->kind == SL_NODE_IF || above->kind == SL_NODE_UNLESS ||
                            above->kind == SL_NODE_IF_MODIFIER || above->kind == SL_NODE_UNLESS_MODIFIER;
        if (is_condition && file->is_migration)
            flags |= SL_FRAGMENT_CONDITIONAL;
        if (is_loop(file, above) || (above->kind == SL_NODE_CALL && is_batching(file, above)))
            flags |= SL_FRAGMENT_BATCHED;
    }
    return flags;
}

uint32_t sl_ruby_transaction_at(const struct sl_ruby_file *file, const struct sl_node *node)
{
    for (const struct sl_node *above = node->parent; above; above = above->parent) {
        bool is_call = above->kind == SL_NODE_CALL && sl_node_child(above, SL_FIELD_BLOCK);
        bool is_locked = is_call && sl_ruby_method_is(file->syntax, above, "with_lock");
        if (is_locked || (is_call && sl_ruby_method_is(file->syntax, above, "transaction")))
            return 2 + above->off; /* unlike the number of the file's own */
    }
    return file->has_ddl_transaction ? 1 : 0;
}

const struct sl_node *sl_ruby_block_of(const struct sl_ruby_file *file, const struct sl_node *node, const char *method)
{
    for (const struct sl_node *above = node->parent; above; above = above->parent) {
        if (above->kind == SL_NODE_CALL && sl_node_child(above, SL_FIELD_BLOCK) &&
            sl_ruby_method_is(file->syntax, above, method))
            return above;
    }
    return NULL;
}
