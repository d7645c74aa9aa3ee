/* ruby_model: the classes of a file that are, or may be, records; and the modules that they include. */
#include "source/ruby_model.h"

#include "base/vec.h"
#include "source/inflect.h"
#include "source/ruby_callback.h"

static sl_str word_of(const struct sl_model_reading *r, const struct sl_node *node)
{
    return sl_ruby_word(r->syntax, node, r->project->arena);
}

/* The one expression of the lambda behind a name, or NULL. */
static const struct sl_node *lambda_body(const struct sl_node *call)
{
    const struct sl_node *lambda = sl_ruby_argument(call, 1);
    if (lambda && lambda->kind == SL_NODE_CALL) /* lambda { … }, proc { … } */
        lambda = sl_node_child(lambda, SL_FIELD_BLOCK);
    return lambda && !sl_ruby_statement(lambda, 1) ? sl_ruby_statement(lambda, 0) : NULL;
}

static void scope_read(struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *call)
{
    sl_str name = word_of(r, sl_ruby_argument(call, 0));
    if (name.len == 0)
        return;
    const struct sl_node *body = lambda_body(call);
    *SL_VEC_PUSH(r->project->arena, &model->scopes) = (struct sl_ruby_scope){name, r->syntax, body};
}

/* def self.name: one expression that is a chain works like a scope. */
static void class_method_read(struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *method)
{
    const struct sl_node *body = sl_ruby_statement(method, 1) ? NULL : sl_ruby_statement(method, 0);
    sl_str name = sl_node_text(r->syntax, sl_node_child(method, SL_FIELD_NAME));
    if (body && name.len)
        *SL_VEC_PUSH(r->project->arena, &model->scopes) = (struct sl_ruby_scope){name, r->syntax, body};
}

/* counter_cache: true, :x, { column: :x }: the column of the other table. */
static sl_str counter_of(struct sl_model_reading *r, const struct sl_ruby_model *model, const struct sl_node *call)
{
    const struct sl_node *counter = sl_ruby_option(r->syntax, call, "counter_cache");
    if (counter && counter->kind == SL_NODE_HASH) {
        const struct sl_node *column = NULL;
        for (const struct sl_node *pair = sl_ruby_pair_first(counter); pair; pair = sl_ruby_pair_next(pair)) {
            if (sl_str_eq(sl_ruby_pair_key(r->syntax, pair, r->project->arena), SL_STR("column")))
                column = sl_node_child(pair, SL_FIELD_VALUE);
        }
        if (column)
            return word_of(r, column);
    }
    if (!counter || counter->kind == SL_NODE_FALSE)
        return SL_STR_EMPTY;
    if (counter->kind == SL_NODE_SYMBOL || counter->kind == SL_NODE_STRING)
        return word_of(r, counter);
    return sl_arena_printf(r->project->arena, "%.*s_count",
                           SL_STR_ARG(sl_inflect_table(r->project->arena, sl_inflect_demodulize(model->name))));
}

static void association_read(struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *call,
                             bool is_many)
{
    struct sl_ruby_association *to = SL_VEC_PUSH(r->project->arena, &model->associations);
    const struct sl_node *touch = sl_ruby_option(r->syntax, call, "touch");
    const struct sl_node *polymorphic = sl_ruby_option(r->syntax, call, "polymorphic");
    to->name = word_of(r, sl_ruby_argument(call, 0));
    to->class_name = word_of(r, sl_ruby_option(r->syntax, call, "class_name"));
    to->foreign_key = word_of(r, sl_ruby_option(r->syntax, call, "foreign_key"));
    to->is_many = is_many;
    to->scope = (struct sl_ruby_scope){to->name, r->syntax, lambda_body(call)};
    to->is_polymorphic = polymorphic && polymorphic->kind == SL_NODE_TRUE;
    to->span = sl_node_span(call);
    to->as = word_of(r, sl_ruby_option(r->syntax, call, "as"));
    to->counter = counter_of(r, model, call);
    to->touch = SL_STR_EMPTY;
    if (touch && touch->kind == SL_NODE_TRUE)
        to->touch = SL_STR("updated_at");
    else if (touch && touch->kind == SL_NODE_SYMBOL)
        to->touch = word_of(r, touch);
}

/* self.table_name = "x", self.abstract_class = true, self.record_timestamps = false */
static void setting_read(struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *assignment)
{
    const struct sl_node *left = sl_node_child(assignment, SL_FIELD_LEFT);
    const struct sl_node *right = sl_node_child(assignment, SL_FIELD_RIGHT);
    const struct sl_node *receiver = sl_node_child(left, SL_FIELD_RECEIVER);
    if (!left || !right || !receiver || receiver->kind != SL_NODE_SELF)
        return;
    if (sl_ruby_method_is(r->syntax, left, "table_name")) {
        model->table = word_of(r, right);
        model->has_table_name = model->table.len > 0;
    }
    if (sl_ruby_method_is(r->syntax, left, "abstract_class"))
        model->is_abstract = right->kind == SL_NODE_TRUE;
    if (sl_ruby_method_is(r->syntax, left, "record_timestamps"))
        model->records_no_timestamps = right->kind == SL_NODE_FALSE;
}

/* connects_to database: { writing: :animals, reading: :animals_replica }, connects_to shards: { one: { writing: … } }
 */
static void database_read(struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *call)
{
    const struct sl_node *name = sl_ruby_argument(call, 0); /* establish_connection :animals */
    const struct sl_node *roles = sl_ruby_option(r->syntax, call, "database");
    for (const struct sl_node *pair = sl_ruby_pair_first(roles); pair; pair = sl_ruby_pair_next(pair)) {
        if (sl_str_eq(sl_ruby_pair_key(r->syntax, pair, r->project->arena), SL_STR("writing")))
            name = sl_node_child(pair, SL_FIELD_VALUE);
    }
    if (name && (name->kind == SL_NODE_SYMBOL || name->kind == SL_NODE_STRING))
        model->database = word_of(r, name);
}

static void includes_read(struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *call)
{
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        sl_str name = word_of(r, sl_ruby_argument(call, i));
        if (name.len)
            *SL_VEC_PUSH(r->project->arena, &model->includes) = name;
    }
}

static void model_call_read(struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *call)
{
    sl_str method = sl_ruby_method(r->syntax, call);
    if (sl_node_child(call, SL_FIELD_RECEIVER))
        return;
    if (sl_str_eq(method, SL_STR("scope")))
        scope_read(r, model, call);
    else if (sl_str_eq(method, SL_STR("enum")))
        sl_ruby_enum_read(r, model, call);
    else if (sl_str_eq(method, SL_STR("has_many")) || sl_str_eq(method, SL_STR("has_and_belongs_to_many")))
        association_read(r, model, call, true);
    else if (sl_str_eq(method, SL_STR("belongs_to")) || sl_str_eq(method, SL_STR("has_one")))
        association_read(r, model, call, false);
    else if (sl_str_eq(method, SL_STR("include")))
        includes_read(r, model, call);
    else if (sl_str_eq(method, SL_STR("connects_to")) || sl_str_eq(method, SL_STR("establish_connection")))
        database_read(r, model, call);
    sl_ruby_callback_read(r, model, call);
    sl_ruby_method_read(r, model, call);
}

/* class << self, class_methods do, module ClassMethods: their methods are class methods. */
static void class_methods_read(struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *owner)
{
    const struct sl_node *body = sl_ruby_body(owner);
    for (const struct sl_node *item = body ? body->first : NULL; item; item = item->next) {
        if (item->kind == SL_NODE_METHOD)
            class_method_read(r, model, item);
    }
}

static void body_read(struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *body)
{
    for (const struct sl_node *item = body ? body->first : NULL; item; item = item->next) {
        if (item->kind == SL_NODE_CALL)
            model_call_read(r, model, item);
        else if (item->kind == SL_NODE_METHOD)
            sl_ruby_method_read(r, model, item);
        else if (item->kind == SL_NODE_ASSIGNMENT)
            setting_read(r, model, item);
        else if (item->kind == SL_NODE_SINGLETON_METHOD)
            class_method_read(r, model, item);
        else if (item->kind == SL_NODE_SINGLETON_CLASS)
            class_methods_read(r, model, item);
    }
}

static struct sl_ruby_model *model_add(struct sl_model_reading *r, const struct sl_node *node)
{
    struct sl_ruby_model *model = SL_VEC_PUSH(r->project->arena, &r->project->models);
    model->name = sl_ruby_class_at(r->syntax, node, r->project->arena);
    model->base = sl_inflect_demodulize(model->name);
    model->superclass = model->table = model->database = SL_STR_EMPTY;
    model->source = r->source;
    return model;
}

static void class_read(struct sl_model_reading *r, const struct sl_node *node)
{
    const struct sl_node *superclass = sl_node_child(node, SL_FIELD_SUPERCLASS);
    struct sl_ruby_model *model = model_add(r, node);
    if (superclass && superclass->first)
        model->superclass = sl_node_text(r->syntax, superclass->first);
    body_read(r, model, sl_ruby_body(node));
}

/* included do … end, class_methods do … end of a concern: what they hold is said of each class that includes it. */
static void module_read(struct sl_model_reading *r, const struct sl_node *node)
{
    const struct sl_node *body = sl_ruby_body(node);
    struct sl_ruby_model *model = NULL;
    for (const struct sl_node *item = body ? body->first : NULL; item; item = item->next) {
        const struct sl_node *block = item->kind == SL_NODE_CALL ? sl_node_child(item, SL_FIELD_BLOCK) : NULL;
        bool is_included = block && sl_ruby_method_is(r->syntax, item, "included");
        bool is_methods =
            (block && sl_ruby_method_is(r->syntax, item, "class_methods")) ||
            (item->kind == SL_NODE_MODULE && sl_node_is(r->syntax, sl_node_child(item, SL_FIELD_NAME), "ClassMethods"));
        bool is_include = sl_ruby_method_is(r->syntax, item, "include");
        if (!model && (is_included || is_methods || is_include)) {
            model = model_add(r, node);
            model->is_module = true;
        }
        if (is_included)
            body_read(r, model, sl_ruby_body(block));
        else if (is_methods)
            class_methods_read(r, model, block ? block : item);
        else if (is_include)
            includes_read(r, model, item);
    }
    for (const struct sl_node *item = model && body ? body->first : NULL; item; item = item->next) {
        if (item->kind == SL_NODE_METHOD || item->kind == SL_NODE_CALL)
            sl_ruby_method_read(r, model, item);
    }
}

/* Could the file define a model? Asked before it is parsed. */
bool sl_ruby_model_may_stand(sl_str bytes)
{
    static const char *const words[] = {"ApplicationRecord",
                                        "ActiveRecord::Base",
                                        "belongs_to ",
                                        "has_many ",
                                        "self.table_name",
                                        "scope :",
                                        "enum ",
                                        "Record\n",
                                        "included do",
                                        "class_methods",
                                        "ClassMethods"};
    static const char *const callbacks[] = {"before_save", "before_validation", "before_create", "before_update"};
    if (sl_str_find(bytes, SL_STR("class ")) == SIZE_MAX && sl_str_find(bytes, SL_STR("module ")) == SIZE_MAX)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_find(bytes, sl_str_from(words[i])) != SIZE_MAX)
            return true;
    }
    bool may_call_back = sl_str_find(bytes, SL_STR("before_")) != SIZE_MAX; /* one search for most files */
    for (size_t i = 0; may_call_back && i < sizeof callbacks / sizeof callbacks[0]; i++) {
        if (sl_str_find(bytes, sl_str_from(callbacks[i])) != SIZE_MAX)
            return true;
    }
    return false;
}

void sl_ruby_models_read(struct sl_project *project, const struct sl_source *source)
{
    struct sl_syntax *tree = SL_NEW(project->arena, struct sl_syntax);
    sl_syntax_parse_source(source, SL_LANGUAGE_RUBY, project->arena, tree);
    if (!tree->root)
        return;
    *SL_VEC_PUSH(project->arena, &project->trees) = *tree;
    struct sl_model_reading r = {project, source, tree};
    for (const struct sl_node *node = tree->root; node; node = sl_node_after(tree->root, node)) {
        if (node->kind == SL_NODE_CLASS)
            class_read(&r, node);
        else if (node->kind == SL_NODE_MODULE)
            module_read(&r, node);
    }
}
