#include "sql/ast.h"

#include "base/limits.h"

struct walk {
    sl_ast_visit visit;
    void *context;
    uint32_t depth;
    bool one_level, aborted, too_deep;
};

static void walk_message(struct walk *walk, ProtobufCMessage *message);

/* The message that a Node wraps: all members of the union are pointers to messages. */
static ProtobufCMessage *node_message(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE__NOT_SET ? NULL : (ProtobufCMessage *)(void *)node->alias;
}

// Depth is capped by SL_MAX_AST_DEPTH.
static void walk_node(struct walk *walk, PgQuery__Node *node) // NOLINT(misc-no-recursion)
{
    if (walk->depth >= SL_MAX_AST_DEPTH) {
        walk->too_deep = true;
        return;
    }
    enum sl_walk answer = walk->visit(walk->context, node);
    walk->aborted |= answer == SL_WALK_ABORT;
    if (answer != SL_WALK_CONTINUE || walk->one_level)
        return;
    walk->depth++;
    walk_message(walk, node_message(node));
    walk->depth--;
}

static void walk_child(struct walk *walk, ProtobufCMessage *child) // NOLINT(misc-no-recursion): see walk_node
{
    if (!child || walk->aborted)
        return;
    if (child->descriptor == &pg_query__node__descriptor) {
        walk_node(walk, (PgQuery__Node *)(void *)child);
        return;
    }
    if (walk->depth >= SL_MAX_AST_DEPTH) {
        walk->too_deep = true;
        return;
    }
    walk->depth++;
    walk_message(walk, child);
    walk->depth--;
}

static void walk_message(struct walk *walk, ProtobufCMessage *message) // NOLINT(misc-no-recursion): see walk_node
{
    if (!message)
        return;
    const char *base = (const char *)message;
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    for (unsigned i = 0; i < descriptor->n_fields && !walk->aborted; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t n = *(const size_t *)(const void *)(base + field->quantifier_offset);
            ProtobufCMessage **items = *(ProtobufCMessage * *const *)(const void *)(base + field->offset);
            for (size_t k = 0; k < n; k++)
                walk_child(walk, items[k]);
            continue;
        }
        bool is_unset = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
                        *(const uint32_t *)(const void *)(base + field->quantifier_offset) != field->id;
        if (!is_unset)
            walk_child(walk, *(ProtobufCMessage *const *)(const void *)(base + field->offset));
    }
}

enum sl_walked sl_ast_walk(PgQuery__Node *node, sl_ast_visit visit, void *context)
{
    struct walk walk = {.visit = visit, .context = context};
    if (node)
        walk_node(&walk, node);
    if (walk.aborted)
        return SL_WALKED_ABORTED;
    return walk.too_deep ? SL_WALKED_TOO_DEEP : SL_WALKED_ALL;
}

bool sl_ast_walk_children(PgQuery__Node *node, sl_ast_visit visit, void *context)
{
    struct walk walk = {.visit = visit, .context = context, .one_level = true};
    if (node)
        walk_message(&walk, node_message(node));
    return !walk.aborted;
}

sl_str sl_ast_string(const PgQuery__Node *node)
{
    if (SL_IS(node, STRING))
        return sl_str_from(node->string->sval);
    if (SL_IS(node, A_CONST) && node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL)
        return sl_str_from(node->a_const->sval->sval);
    return SL_STR_EMPTY;
}

sl_str sl_ast_last_string(PgQuery__Node *const *names, size_t n_names)
{
    return n_names ? sl_ast_string(names[n_names - 1]) : SL_STR_EMPTY;
}

int32_t sl_ast_location(const PgQuery__Node *node)
{
    ProtobufCMessage *message = node ? node_message(node) : NULL;
    if (!message)
        return -1;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, "location");
    if (!field || field->type != PROTOBUF_C_TYPE_INT32)
        return -1;
    return *(const int32_t *)(const void *)((const char *)message + field->offset);
}

bool sl_ast_integer(const PgQuery__Node *node, int64_t *value)
{
    if (!SL_IS(node, A_CONST) || node->a_const->val_case != PG_QUERY__A__CONST__VAL_IVAL)
        return false;
    *value = node->a_const->ival->ival;
    return true;
}

PgQuery__Node *sl_ast_first_statement(const PgQuery__ParseResult *tree)
{
    return tree && tree->n_stmts ? tree->stmts[0]->stmt : NULL;
}
