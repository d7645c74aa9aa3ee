#include "source/ruby_syntax.h"

sl_str sl_ruby_method(const struct sl_syntax *syntax, const struct sl_node *node)
{
    if (!node)
        return SL_STR_EMPTY;
    if (node->kind == SL_NODE_IDENTIFIER)
        return sl_node_text(syntax, node);
    if (node->kind != SL_NODE_CALL)
        return SL_STR_EMPTY;
    return sl_node_text(syntax, sl_node_child(node, SL_FIELD_METHOD));
}

bool sl_ruby_method_is(const struct sl_syntax *syntax, const struct sl_node *node, const char *name)
{
    return sl_str_eq(sl_ruby_method(syntax, node), sl_str_from(name));
}

const struct sl_node *sl_ruby_argument(const struct sl_node *call, size_t n)
{
    bool is_bare = call && (call->kind == SL_NODE_ARRAY || call->kind == SL_NODE_HASH);
    const struct sl_node *arguments = is_bare ? call : sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *item = arguments ? arguments->first : NULL; item; item = item->next) {
        if (item->kind == SL_NODE_PAIR || item->kind == SL_NODE_COMMENT || item->kind == SL_NODE_BLOCK_ARGUMENT)
            continue;
        if (n-- == 0)
            return item;
    }
    return NULL;
}

bool sl_ruby_is_list(const struct sl_node *node)
{
    return node && (node->kind == SL_NODE_ARRAY || node->kind == SL_NODE_WORD_ARRAY);
}

const struct sl_node *sl_ruby_pair_first(const struct sl_node *of)
{
    for (const struct sl_node *item = of ? of->first : NULL; item; item = item->next) {
        if (item->kind == SL_NODE_PAIR)
            return item;
    }
    return NULL;
}

const struct sl_node *sl_ruby_pair_next(const struct sl_node *pair)
{
    for (const struct sl_node *item = pair->next; item; item = item->next) {
        if (item->kind == SL_NODE_PAIR)
            return item;
    }
    return NULL;
}

sl_str sl_ruby_pair_key(const struct sl_syntax *syntax, const struct sl_node *pair, struct sl_arena *arena)
{
    return sl_ruby_word(syntax, sl_node_child(pair, SL_FIELD_KEY), arena);
}

static const struct sl_node *pair_value(const struct sl_syntax *syntax, const struct sl_node *of, const char *name)
{
    for (const struct sl_node *pair = sl_ruby_pair_first(of); pair; pair = sl_ruby_pair_next(pair)) {
        const struct sl_node *key = sl_node_child(pair, SL_FIELD_KEY);
        sl_str text = sl_node_text(syntax, key);
        if (key && key->kind == SL_NODE_SYMBOL)
            text = sl_str_slice(text, 1, SIZE_MAX);
        if (sl_str_eq(text, sl_str_from(name)))
            return sl_node_child(pair, SL_FIELD_VALUE);
    }
    return NULL;
}

const struct sl_node *sl_ruby_option(const struct sl_syntax *syntax, const struct sl_node *call, const char *name)
{
    bool is_bare = call && (call->kind == SL_NODE_ARRAY || call->kind == SL_NODE_HASH);
    const struct sl_node *arguments = is_bare ? call : sl_node_child(call, SL_FIELD_ARGUMENTS);
    const struct sl_node *value = pair_value(syntax, arguments, name);
    for (const struct sl_node *item = arguments ? arguments->first : NULL; item && !value; item = item->next) {
        if (item->kind == SL_NODE_HASH)
            value = pair_value(syntax, item, name);
    }
    return value;
}

const struct sl_node *sl_ruby_body(const struct sl_node *owner)
{
    const struct sl_node *body = sl_node_child(owner, SL_FIELD_BODY);
    if (body && body->kind == SL_NODE_BLOCK) /* a lambda's body is a block, whose body holds the statements */
        body = sl_node_child(body, SL_FIELD_BODY);
    return body;
}

const struct sl_node *sl_ruby_statement(const struct sl_node *owner, size_t n)
{
    const struct sl_node *body = sl_ruby_body(owner);
    for (const struct sl_node *item = body ? body->first : NULL; item; item = item->next) {
        if (item->kind == SL_NODE_COMMENT || item->kind == SL_NODE_HEREDOC_BODY)
            continue;
        if (n-- == 0)
            return item;
    }
    return NULL;
}

sl_str sl_ruby_block_parameter(const struct sl_syntax *syntax, const struct sl_node *block, size_t n)
{
    const struct sl_node *parameters = sl_node_child(block, SL_FIELD_PARAMETERS);
    for (const struct sl_node *item = parameters ? parameters->first : NULL; item; item = item->next) {
        if (n-- == 0)
            return item->kind == SL_NODE_IDENTIFIER ? sl_node_text(syntax, item) : SL_STR_EMPTY;
    }
    return SL_STR_EMPTY;
}

const struct sl_node *sl_ruby_above(const struct sl_node *node, enum sl_node_kind kind)
{
    for (const struct sl_node *above = node ? node->parent : NULL; above; above = above->parent) {
        if (above->kind == kind)
            return above;
    }
    return NULL;
}

sl_str sl_ruby_class_at(const struct sl_syntax *syntax, const struct sl_node *node, struct sl_arena *arena)
{
    sl_str name = SL_STR_EMPTY;
    for (const struct sl_node *above = node; above; above = above->parent) {
        if (above->kind != SL_NODE_CLASS && above->kind != SL_NODE_MODULE)
            continue;
        sl_str part = sl_node_text(syntax, sl_node_child(above, SL_FIELD_NAME));
        name = name.len ? sl_arena_printf(arena, "%.*s::%.*s", SL_STR_ARG(part), SL_STR_ARG(name)) : part;
    }
    return name;
}

const struct sl_node *sl_ruby_constant_value(const struct sl_syntax *syntax, sl_str name)
{
    for (const struct sl_node *node = syntax->root; node; node = sl_node_after(syntax->root, node)) {
        const struct sl_node *left = node->kind == SL_NODE_ASSIGNMENT ? sl_node_child(node, SL_FIELD_LEFT) : NULL;
        bool is_name = left && (left->kind == SL_NODE_CONSTANT || left->kind == SL_NODE_IDENTIFIER);
        if (is_name && sl_str_eq(sl_node_text(syntax, left), name))
            return sl_node_child(node, SL_FIELD_RIGHT);
    }
    return NULL;
}

sl_str sl_ruby_word(const struct sl_syntax *syntax, const struct sl_node *node, struct sl_arena *arena)
{
    if (!node)
        return SL_STR_EMPTY;
    if (node->kind == SL_NODE_CONSTANT || node->kind == SL_NODE_SCOPE)
        return sl_node_text(syntax, node);
    if (node->kind == SL_NODE_IDENTIFIER)
        return SL_STR_EMPTY;
    return sl_literal_constant(syntax, node, arena);
}

const char *sl_ruby_now(const struct sl_syntax *syntax, const struct sl_node *node)
{
    static const struct {
        const char *ruby, *sql;
    } nows[] = {
        {"Time.current", "CURRENT_TIMESTAMP"},
        {"Time.now", "CURRENT_TIMESTAMP"},
        {"Time.zone.now", "CURRENT_TIMESTAMP"},
        {"DateTime.now", "CURRENT_TIMESTAMP"},
        {"DateTime.current", "CURRENT_TIMESTAMP"},
        {"Time.now.utc", "CURRENT_TIMESTAMP"},
        {"Time.current.utc", "CURRENT_TIMESTAMP"},
        {"Time.new", "CURRENT_TIMESTAMP"},
        {"Date.today", "CURRENT_DATE"},
        {"Date.current", "CURRENT_DATE"},
        {"Time.zone.today", "CURRENT_DATE"},
        {"Date.yesterday", "CURRENT_DATE"},
        {"Date.tomorrow", "CURRENT_DATE"},
    };
    for (size_t i = 0; i < sizeof nows / sizeof nows[0]; i++) {
        if (sl_node_is(syntax, node, nows[i].ruby))
            return nows[i].sql;
    }
    return NULL;
}
