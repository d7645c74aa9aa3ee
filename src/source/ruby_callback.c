#include "source/ruby_callback.h"

#include "base/vec.h"

/* --- What stands in a class body -----------------------------------------------------------------------------------
 */

enum hook_on { ON_INSERT = 1, ON_UPDATE = 2, ON_BOTH = ON_INSERT | ON_UPDATE };

static const struct hook {
    const char *name;
    unsigned on;
    bool takes_on;   /* on: :create */
    bool is_written; /* the row is: only what writes it again counts */
} hooks[] = {
    {"before_validation", ON_BOTH, true, false}, {"after_validation", ON_BOTH, true, false},
    {"before_save", ON_BOTH, false, false},      {"around_save", ON_BOTH, false, false},
    {"before_create", ON_INSERT, false, false},  {"around_create", ON_INSERT, false, false},
    {"before_update", ON_UPDATE, false, false},  {"around_update", ON_UPDATE, false, false},
    {"after_save", ON_BOTH, false, true},        {"after_create", ON_INSERT, false, true},
    {"after_update", ON_UPDATE, false, true},
};

static const struct hook *hook_of(sl_str method)
{
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
        if (sl_str_eq(method, sl_str_from(hooks[i].name)))
            return &hooks[i];
    }
    return NULL;
}

void sl_ruby_callback_read(const struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *call)
{
    if (hook_of(sl_ruby_method(r->syntax, call)))
        *SL_VEC_PUSH(r->project->arena, &model->callbacks) = (struct sl_ruby_code){SL_STR_EMPTY, r->syntax, call};
}

void sl_ruby_method_read(const struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *node)
{
    if (node->kind == SL_NODE_CALL)
        node = sl_ruby_argument(node, 0);
    sl_str name = node && node->kind == SL_NODE_METHOD ? sl_node_text(r->syntax, sl_node_child(node, SL_FIELD_NAME))
                                                       : SL_STR_EMPTY;
    if (name.len)
        *SL_VEC_PUSH(r->project->arena, &model->methods) = (struct sl_ruby_code){name, r->syntax, node};
}

/* --- What a body assigns -------------------------------------------------------------------------------------------
 */

struct body {
    const struct sl_syntax *syntax;
    const struct sl_node *owner; /* method, block or lambda */
    sl_str record;               /* the block's name for it, beside self; may be empty */
    bool is_certain;             /* it is always reached */
    unsigned depth;
};

/* The bodies of one callback, and what they were found to fill. */
struct callback {
    const struct sl_ruby_model *model;
    struct sl_arena *arena;
    struct sl_ruby_fills *out;
    size_t first;             /* of its fills in `out` */
    struct sl_ruby_fill fill; /* without its column */
    bool is_written;
    struct body bodies[SL_RUBY_MAX_CALLBACK_BODIES];
    size_t n_bodies;
};

static void body_add(struct callback *callback, const struct body *body)
{
    for (size_t i = 0; i < callback->n_bodies; i++) {
        if (callback->bodies[i].owner == body->owner)
            return;
    }
    if (body->owner && callback->n_bodies < SL_RUBY_MAX_CALLBACK_BODIES)
        callback->bodies[callback->n_bodies++] = *body;
}

static const struct sl_ruby_code *method_find(const struct sl_ruby_model *model, sl_str name)
{
    for (size_t d = 0; name.len && d < model->definers.len; d++) {
        const struct sl_ruby_model *definer = model->definers.items[d];
        for (size_t i = 0; i < definer->methods.len; i++) {
            if (sl_str_eq(definer->methods.items[i].name, name))
                return &definer->methods.items[i];
        }
    }
    return NULL;
}

static void method_follow(struct callback *callback, sl_str name, unsigned depth, bool is_certain)
{
    const struct sl_ruby_code *method = depth <= SL_RUBY_MAX_CALLBACK_DEPTH ? method_find(callback->model, name) : NULL;
    if (method)
        body_add(callback, &(struct body){method->syntax, method->node, SL_STR_EMPTY, is_certain, depth});
}

/* return, next: what stands behind may not be reached. */
static bool is_left_early(const struct sl_node *top)
{
    for (const struct sl_node *node = top; node; node = sl_node_after(top, node)) {
        if (strcmp(node->type, "return") == 0 || strcmp(node->type, "next") == 0)
            return true;
    }
    return false;
}

/* A statement of the body itself, under no condition. */
static bool is_reached(const struct body *body, const struct sl_node *node)
{
    const struct sl_node *top = sl_ruby_body(body->owner);
    return body->is_certain && node->parent == top && top->kind == SL_NODE_BLOCK_BODY;
}

/* One row a column; of several assignments none is certain. */
static void fill_add(struct callback *callback, sl_str column, const struct sl_node *value, bool is_always)
{
    for (size_t i = callback->first; i < callback->out->len; i++) {
        if (sl_str_eq(callback->out->items[i].column, column)) {
            callback->out->items[i].is_always = false;
            return;
        }
    }
    bool is_cleared = value && value->kind == SL_NODE_NIL;
    if (column.len == 0 || is_cleared || sl_str_eq(column, callback->fill.setter_of))
        return;
    struct sl_ruby_fill *fill = SL_VEC_PUSH(callback->arena, callback->out);
    *fill = callback->fill;
    fill->column = column;
    fill->is_always &= is_always;
}

static bool is_record(const struct body *body, const struct sl_node *node)
{
    return node && (node->kind == SL_NODE_SELF ||
                    (body->record.len && sl_str_eq(sl_node_text(body->syntax, node), body->record)));
}

/* self.x, self[:x], entry.x: x; empty for anything else. */
static sl_str target_column(const struct callback *callback, const struct body *body, const struct sl_node *target)
{
    if (target->kind == SL_NODE_CALL && is_record(body, sl_node_child(target, SL_FIELD_RECEIVER)))
        return sl_ruby_method(body->syntax, target);
    if (target->kind == SL_NODE_ELEMENT && is_record(body, sl_node_child(target, SL_FIELD_OBJECT)))
        return sl_ruby_word(body->syntax, sl_node_item(target, 0), callback->arena);
    return SL_STR_EMPTY;
}

static void assignment_collect(struct callback *callback, const struct body *body, const struct sl_node *node)
{
    const struct sl_node *left = sl_node_child(node, SL_FIELD_LEFT);
    const struct sl_node *value = sl_node_child(node, SL_FIELD_RIGHT);
    if (!left || callback->is_written)
        return;
    while (value && value->kind == SL_NODE_ASSIGNMENT) /* self.a = self.b = Time.current */
        value = sl_node_child(value, SL_FIELD_RIGHT);
    const char *now = sl_ruby_now(body->syntax, value);
    bool is_always =
        node->kind == SL_NODE_ASSIGNMENT && now && strcmp(now, "CURRENT_TIMESTAMP") == 0 && is_reached(body, node);
    sl_str column = target_column(callback, body, left);
    fill_add(callback, column, value, is_always);
    if (column.len)
        method_follow(callback, sl_arena_printf(callback->arena, "%.*s=", SL_STR_ARG(column)), body->depth + 1, false);
    if (left->kind != SL_NODE_OTHER)
        return;
    for (const struct sl_node *item = left->first; item; item = item->next) /* self.a, self.b = x, y */
        fill_add(callback, target_column(callback, body, item), NULL, false);
}

enum assigner_form { ONE_NAME, PAIRS, NAMES };

static const struct assigner {
    const char *name;
    enum assigner_form form;
    bool writes; /* a statement of its own */
} assigners[] = {
    {"write_attribute", ONE_NAME, false},
    {"_write_attribute", ONE_NAME, false},
    {"assign_attributes", PAIRS, false},
    {"update_attribute", ONE_NAME, true},
    {"update_column", ONE_NAME, true},
    {"update_columns", PAIRS, true},
    {"update", PAIRS, true},
    {"update!", PAIRS, true},
    {"touch", NAMES, true},
};

static void assigner_collect(struct callback *callback, const struct body *body, const struct sl_node *call,
                             const struct assigner *assigner)
{
    const struct sl_node *first = sl_ruby_argument(call, 0);
    if (callback->is_written && !assigner->writes)
        return;
    if (assigner->form == ONE_NAME && first)
        fill_add(callback, sl_ruby_word(body->syntax, first, callback->arena), sl_ruby_argument(call, 1), false);
    for (size_t i = 0; assigner->form == NAMES && sl_ruby_argument(call, i); i++)
        fill_add(callback, sl_ruby_word(body->syntax, sl_ruby_argument(call, i), callback->arena), NULL, false);
    const struct sl_node *of = first && first->kind == SL_NODE_HASH ? first : sl_node_child(call, SL_FIELD_ARGUMENTS);
    const struct sl_node *pair = assigner->form == PAIRS ? sl_ruby_pair_first(of) : NULL;
    for (; pair; pair = sl_ruby_pair_next(pair))
        fill_add(callback, sl_ruby_pair_key(body->syntax, pair, callback->arena), sl_node_child(pair, SL_FIELD_VALUE),
                 false);
}

/* A call of the record's own: one that assigns, or a method that may. */
static void call_collect(struct callback *callback, const struct body *body, const struct sl_node *node)
{
    const struct sl_node *receiver = sl_node_child(node, SL_FIELD_RECEIVER);
    bool is_part = node->kind == SL_NODE_IDENTIFIER && (node->field == SL_FIELD_METHOD || node->field == SL_FIELD_LEFT);
    if (is_part || (receiver && !is_record(body, receiver)))
        return;
    sl_str name = sl_ruby_method(body->syntax, node);
    for (size_t i = 0; i < sizeof assigners / sizeof assigners[0]; i++) {
        if (sl_str_eq(name, sl_str_from(assigners[i].name))) {
            assigner_collect(callback, body, node, &assigners[i]);
            return;
        }
    }
    method_follow(callback, name, body->depth + 1, is_reached(body, node));
}

static void body_collect(struct callback *callback, struct body *body)
{
    const struct sl_node *top = sl_ruby_body(body->owner);
    body->is_certain = body->is_certain && !is_left_early(top);
    for (const struct sl_node *node = top; node; node = sl_node_after(top, node)) {
        if (node->kind == SL_NODE_ASSIGNMENT || node->kind == SL_NODE_OPERATOR_ASSIGNMENT)
            assignment_collect(callback, body, node);
        else if (node->kind == SL_NODE_CALL || node->kind == SL_NODE_IDENTIFIER)
            call_collect(callback, body, node);
    }
}

static void bodies_collect(struct callback *callback)
{
    for (size_t i = 0; i < callback->n_bodies; i++) { /* more are added behind */
        struct body body = callback->bodies[i];
        body_collect(callback, &body);
    }
}

/* --- Callbacks and setters -----------------------------------------------------------------------------------------
 */

/* on: :create, on: %i[create update] */
static unsigned on_option(const struct sl_syntax *syntax, const struct sl_node *call, struct sl_arena *arena)
{
    const struct sl_node *value = sl_ruby_option(syntax, call, "on");
    bool is_list = value && (value->kind == SL_NODE_ARRAY || value->kind == SL_NODE_WORD_ARRAY);
    unsigned on = 0;
    for (const struct sl_node *item = is_list ? value->first : value; item; item = is_list ? item->next : NULL) {
        sl_str word = sl_ruby_word(syntax, item, arena);
        on |= sl_str_eq(word, SL_STR("create")) ? ON_INSERT : sl_str_eq(word, SL_STR("update")) ? ON_UPDATE : 0;
    }
    return on ? on : ON_BOTH;
}

/* if: :new_record?, unless: :persisted? */
static unsigned asked_for(const struct sl_syntax *syntax, const struct sl_node *call, struct sl_arena *arena)
{
    sl_str holds = sl_ruby_word(syntax, sl_ruby_option(syntax, call, "if"), arena);
    sl_str fails = sl_ruby_word(syntax, sl_ruby_option(syntax, call, "unless"), arena);
    if (sl_str_eq(holds, SL_STR("new_record?")) || sl_str_eq(fails, SL_STR("persisted?")))
        return ON_INSERT;
    if (sl_str_eq(holds, SL_STR("persisted?")) || sl_str_eq(fails, SL_STR("new_record?")))
        return ON_UPDATE;
    return ON_BOTH;
}

/* A model below another one of the same table (single table inheritance) speaks for some of the rows only. */
static bool is_of_all_rows(const struct sl_ruby_model *model)
{
    return !model->parent || !model->parent->is_record;
}

static void code_collect(const struct callback *like, const struct sl_syntax *syntax, const struct sl_node *owner)
{
    struct callback callback = *like;
    callback.first = like->out->len;
    sl_str record = owner->kind == SL_NODE_METHOD ? SL_STR_EMPTY : sl_ruby_block_parameter(syntax, owner, 0);
    body_add(&callback, &(struct body){syntax, owner, record, like->fill.is_always, 0});
    bodies_collect(&callback);
}

static void callback_collect(struct callback *like, const struct sl_ruby_code *code)
{
    const struct sl_syntax *syntax = code->syntax;
    const struct sl_node *call = code->node;
    const struct hook *hook = hook_of(sl_ruby_method(syntax, call));
    unsigned on = hook->on & asked_for(syntax, call, like->arena);
    if (hook->takes_on)
        on &= on_option(syntax, call, like->arena);
    bool is_conditional = sl_ruby_option(syntax, call, "if") || sl_ruby_option(syntax, call, "unless");
    like->is_written = hook->is_written;
    like->fill = (struct sl_ruby_fill){.by = sl_str_from(hook->name),
                                       .on_insert = on & ON_INSERT,
                                       .on_update = on & ON_UPDATE,
                                       .is_always = !is_conditional && is_of_all_rows(like->model),
                                       .span = sl_node_span(sl_node_child(call, SL_FIELD_METHOD))};
    const struct sl_node *block = sl_node_child(call, SL_FIELD_BLOCK);
    if (block)
        code_collect(like, syntax, block);
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        const struct sl_node *argument = sl_ruby_argument(call, i);
        const struct sl_node *lambda = argument->kind == SL_NODE_CALL     ? sl_node_child(argument, SL_FIELD_BLOCK)
                                       : argument->kind == SL_NODE_LAMBDA ? argument
                                                                          : NULL;
        if (lambda) {
            code_collect(like, syntax, lambda);
            continue;
        }
        sl_str name = argument->kind == SL_NODE_SYMBOL || argument->kind == SL_NODE_STRING
                          ? sl_ruby_word(syntax, argument, like->arena)
                          : SL_STR_EMPTY;
        const struct sl_ruby_code *method = method_find(like->model, name);
        if (!method)
            continue;
        struct callback named = *like;
        named.fill.by = sl_arena_printf(like->arena, "%s :%.*s", hook->name, SL_STR_ARG(name));
        named.fill.span = sl_node_span(argument);
        code_collect(&named, method->syntax, method->node);
    }
}

/* def status=(value); self.won_at = …; super; end */
static void setter_collect(struct callback *like, const struct sl_ruby_code *method)
{
    sl_str name = method->name;
    bool is_setter = name.len > 1 && name.ptr[name.len - 1] == '=' && sl_is_name_char(name.ptr[name.len - 2]);
    if (!is_setter)
        return;
    like->is_written = false;
    like->fill = (struct sl_ruby_fill){.by = name,
                                       .setter_of = sl_str_slice(name, 0, name.len - 1),
                                       .on_insert = true,
                                       .on_update = true,
                                       .span = sl_node_span(sl_node_child(method->node, SL_FIELD_NAME))};
    code_collect(like, method->syntax, method->node);
}

void sl_ruby_fills_find(const struct sl_ruby_model *model, const struct sl_ruby_model *definer, struct sl_arena *arena,
                        struct sl_ruby_fills *out)
{
    struct callback like = {.model = model, .arena = arena, .out = out};
    for (size_t i = 0; i < definer->callbacks.len; i++)
        callback_collect(&like, &definer->callbacks.items[i]);
    for (size_t i = 0; i < definer->methods.len; i++)
        setter_collect(&like, &definer->methods.items[i]);
}
