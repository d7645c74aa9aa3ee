#include "source/project.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/vec.h"
#include "source/file.h"
#include "source/inflect.h"
#include "source/ruby_syntax.h"

enum { MAX_PARENTS = 32 }; /* superclasses above a model; a circle ends there */

/* --- Tables --------------------------------------------------------------------------------------------------------
 */

/* The name behind "create_table " or "CREATE TABLE ", with its quotes and schema taken off. */
static sl_str table_name_at(sl_str s)
{
    for (;;) {
        size_t i = 0;
        while (i < s.len && (sl_is_space(s.ptr[i]) || strchr("\"'`:([", s.ptr[i])))
            i++;
        s = sl_str_slice(s, i, SIZE_MAX);
        size_t len = 0;
        while (len < s.len && sl_is_name_char(s.ptr[len]))
            len++;
        sl_str name = sl_str_slice(s, 0, len);
        sl_str rest = sl_str_slice(s, len, SIZE_MAX);
        bool is_clause = sl_str_eq_nocase(name, SL_STR("if")) || sl_str_eq_nocase(name, SL_STR("not")) ||
                         sl_str_eq_nocase(name, SL_STR("exists"));
        size_t quote = rest.len && strchr("\"`]", rest.ptr[0]) && rest.ptr[0] ? 1 : 0;
        bool has_schema = rest.len > quote && rest.ptr[quote] == '.';
        if (len == 0 || (!is_clause && !has_schema))
            return name;
        s = sl_str_slice(rest, has_schema ? quote + 1 : 0, SIZE_MAX);
    }
}

static void tables_read(struct sl_project *project, sl_str bytes, sl_str word)
{
    size_t from = 0;
    for (;;) {
        sl_str rest = sl_str_slice(bytes, from, SIZE_MAX);
        size_t at = sl_str_find(rest, word);
        if (at == SIZE_MAX)
            return;
        from += at + word.len;
        sl_str name = table_name_at(sl_str_slice(bytes, from, 256));
        if (name.len)
            *SL_VEC_PUSH(project->arena, &project->tables) = name;
    }
}

static int table_order(const void *a, const void *b)
{
    return sl_str_cmp(*(const sl_str *)a, *(const sl_str *)b);
}

sl_str sl_project_table(const struct sl_project *project, sl_str name)
{
    if (!project || project->tables.len == 0)
        return SL_STR_EMPTY;
    const sl_str *exact = bsearch(&name, project->tables.items, project->tables.len, sizeof name, table_order);
    if (exact)
        return *exact;
    for (size_t i = 0; i < project->tables.len; i++) {
        if (sl_inflect_is_same_name(project->tables.items[i], name))
            return project->tables.items[i];
    }
    return SL_STR_EMPTY;
}

/* The first name on the line of each ON UPDATE CURRENT_TIMESTAMP. */
static void touch_columns_read(struct sl_project *project, sl_str bytes)
{
    sl_str marker = SL_STR("ON UPDATE CURRENT_TIMESTAMP");
    sl_str line;
    if (sl_str_find(bytes, marker) == SIZE_MAX && sl_str_find(bytes, SL_STR("on update current_timestamp")) == SIZE_MAX)
        return;
    while (sl_str_next_line(&bytes, &line)) {
        if (sl_str_find_nocase(line, marker) == SIZE_MAX)
            continue;
        size_t quote = sl_str_find_byte(line, '"'); /* t.timestamp "at", default: -> { … } */
        sl_str from = quote == SIZE_MAX ? line : sl_str_slice(line, quote, SIZE_MAX);
        sl_str name = table_name_at(from);
        if (name.len > 2)
            *SL_VEC_PUSH(project->arena, &project->touch_columns) = name;
    }
}

bool sl_project_names_touch(const struct sl_project *project, sl_str text)
{
    for (size_t i = 0; project && i < project->touch_columns.len; i++) {
        if (sl_str_find(text, project->touch_columns.items[i]) != SIZE_MAX)
            return true;
    }
    return false;
}

/* --- Models --------------------------------------------------------------------------------------------------------
 */

struct model_reading {
    struct sl_project *project;
    const struct sl_source *source;
    const struct sl_syntax *syntax;
};

static sl_str word_of(const struct model_reading *r, const struct sl_node *node)
{
    return sl_ruby_word(r->syntax, node, r->project->arena);
}

static void scope_read(struct model_reading *r, struct sl_ruby_model *model, const struct sl_node *call)
{
    const struct sl_node *lambda = sl_ruby_argument(call, 1);
    sl_str name = word_of(r, sl_ruby_argument(call, 0));
    if (name.len == 0)
        return;
    if (lambda && lambda->kind == SL_NODE_CALL) /* lambda { … }, proc { … } */
        lambda = sl_node_child(lambda, SL_FIELD_BLOCK);
    const struct sl_node *body = lambda && !sl_ruby_statement(lambda, 1) ? sl_ruby_statement(lambda, 0) : NULL;
    *SL_VEC_PUSH(r->project->arena, &model->scopes) = (struct sl_ruby_scope){name, r->syntax, body};
}

/* def self.name: one expression that is a chain works like a scope. */
static void class_method_read(struct model_reading *r, struct sl_ruby_model *model, const struct sl_node *method)
{
    const struct sl_node *body = sl_ruby_statement(method, 1) ? NULL : sl_ruby_statement(method, 0);
    sl_str name = sl_node_text(r->syntax, sl_node_child(method, SL_FIELD_NAME));
    if (body && name.len)
        *SL_VEC_PUSH(r->project->arena, &model->scopes) = (struct sl_ruby_scope){name, r->syntax, body};
}

static void enum_value_add(struct model_reading *r, struct sl_ruby_enum *to, size_t cap, sl_str name, sl_str value,
                           const struct sl_node *node)
{
    if (to->n_values < cap && name.len)
        to->values[to->n_values++] =
            (struct sl_ruby_enum_value){sl_arena_copy(r->project->arena, name), value, sl_node_span(node)};
}

/* { won: 0 }, [:won, :lost], %w[won lost] */
static void enum_values_read(struct model_reading *r, struct sl_ruby_enum *to, const struct sl_node *values)
{
    struct sl_arena *arena = r->project->arena;
    size_t cap = 0;
    for (const struct sl_node *item = values->first; item; item = item->next)
        cap++;
    to->values = SL_NEW_ARRAY(arena, cap + 1, struct sl_ruby_enum_value);
    unsigned number = 0;
    for (const struct sl_node *item = values->first; item; item = item->next) {
        if (item->kind == SL_NODE_COMMENT)
            continue;
        if (item->kind != SL_NODE_PAIR) {
            enum_value_add(r, to, cap, word_of(r, item), sl_arena_printf(arena, "%u", number++), item);
            continue;
        }
        const struct sl_node *value = sl_node_child(item, SL_FIELD_VALUE);
        sl_str text = sl_node_text(r->syntax, value);
        if (value && value->kind != SL_NODE_INTEGER)
            text = sl_arena_printf(arena, "'%.*s'", SL_STR_ARG(word_of(r, value)));
        enum_value_add(r, to, cap, sl_ruby_pair_key(r->syntax, item, arena), text, item);
    }
}

static void enum_add(struct model_reading *r, struct sl_ruby_model *model, sl_str column, const struct sl_node *values,
                     const struct sl_node *prefix)
{
    if (column.len == 0 || !values)
        return;
    while (values->kind == SL_NODE_CALL && sl_node_child(values, SL_FIELD_RECEIVER)) /* {…}.freeze */
        values = sl_node_child(values, SL_FIELD_RECEIVER);
    if (values->kind != SL_NODE_HASH && values->kind != SL_NODE_ARRAY && values->kind != SL_NODE_WORD_ARRAY)
        return;
    struct sl_ruby_enum *to = SL_VEC_PUSH(r->project->arena, &model->enums);
    to->column = sl_arena_copy(r->project->arena, column);
    to->prefix = SL_STR_EMPTY;
    if (prefix && prefix->kind != SL_NODE_FALSE) {
        sl_str word = prefix->kind == SL_NODE_TRUE ? column : word_of(r, prefix);
        to->prefix = sl_arena_printf(r->project->arena, "%.*s_", SL_STR_ARG(word));
    }
    enum_values_read(r, to, values);
}

/* enum :status, { won: 0 }   enum status: { won: 0 }   enum :status, won: 0, lost: 1 */
static void enum_read(struct model_reading *r, struct sl_ruby_model *model, const struct sl_node *call)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    const struct sl_node *first = sl_ruby_argument(call, 0);
    if (first && first->kind != SL_NODE_HASH) {
        const struct sl_node *values = sl_ruby_argument(call, 1);
        enum_add(r, model, word_of(r, first), values ? values : arguments, sl_ruby_option(r->syntax, call, "prefix"));
        return;
    }
    const struct sl_node *of = first ? first : arguments;
    for (const struct sl_node *pair = sl_ruby_pair_first(of); pair; pair = sl_ruby_pair_next(pair)) {
        sl_str key = sl_ruby_pair_key(r->syntax, pair, r->project->arena);
        if (key.len && key.ptr[0] != '_')
            enum_add(r, model, key, sl_node_child(pair, SL_FIELD_VALUE), sl_ruby_option(r->syntax, call, "_prefix"));
    }
}

static void association_read(struct model_reading *r, struct sl_ruby_model *model, const struct sl_node *call,
                             bool is_many)
{
    struct sl_ruby_association *to = SL_VEC_PUSH(r->project->arena, &model->associations);
    const struct sl_node *touch = sl_ruby_option(r->syntax, call, "touch");
    const struct sl_node *polymorphic = sl_ruby_option(r->syntax, call, "polymorphic");
    to->name = word_of(r, sl_ruby_argument(call, 0));
    to->class_name = word_of(r, sl_ruby_option(r->syntax, call, "class_name"));
    to->foreign_key = word_of(r, sl_ruby_option(r->syntax, call, "foreign_key"));
    to->is_many = is_many;
    to->is_polymorphic = polymorphic && polymorphic->kind == SL_NODE_TRUE;
    to->span = sl_node_span(call);
    to->touch = SL_STR_EMPTY;
    if (touch && touch->kind == SL_NODE_TRUE)
        to->touch = SL_STR("updated_at");
    else if (touch && touch->kind == SL_NODE_SYMBOL)
        to->touch = word_of(r, touch);
}

/* self.table_name = "x", self.abstract_class = true, self.record_timestamps = false */
static void setting_read(struct model_reading *r, struct sl_ruby_model *model, const struct sl_node *assignment)
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

static void model_call_read(struct model_reading *r, struct sl_ruby_model *model, const struct sl_node *call)
{
    sl_str method = sl_ruby_method(r->syntax, call);
    if (sl_node_child(call, SL_FIELD_RECEIVER))
        return;
    if (sl_str_eq(method, SL_STR("scope")))
        scope_read(r, model, call);
    else if (sl_str_eq(method, SL_STR("enum")))
        enum_read(r, model, call);
    else if (sl_str_eq(method, SL_STR("has_many")) || sl_str_eq(method, SL_STR("has_and_belongs_to_many")))
        association_read(r, model, call, true);
    else if (sl_str_eq(method, SL_STR("belongs_to")) || sl_str_eq(method, SL_STR("has_one")))
        association_read(r, model, call, false);
}

/* class << self: its methods are class methods. */
static void singleton_read(struct model_reading *r, struct sl_ruby_model *model, const struct sl_node *singleton)
{
    const struct sl_node *body = sl_ruby_body(singleton);
    for (const struct sl_node *item = body ? body->first : NULL; item; item = item->next) {
        if (item->kind == SL_NODE_METHOD)
            class_method_read(r, model, item);
    }
}

static void class_read(struct model_reading *r, const struct sl_node *node)
{
    const struct sl_node *superclass = sl_node_child(node, SL_FIELD_SUPERCLASS);
    struct sl_ruby_model *model = SL_VEC_PUSH(r->project->arena, &r->project->models);
    model->name = sl_ruby_class_at(r->syntax, node, r->project->arena);
    model->base = sl_inflect_demodulize(model->name);
    model->superclass = superclass && superclass->first ? sl_node_text(r->syntax, superclass->first) : SL_STR_EMPTY;
    model->table = SL_STR_EMPTY;
    model->source = r->source;
    const struct sl_node *body = sl_ruby_body(node);
    for (const struct sl_node *item = body ? body->first : NULL; item; item = item->next) {
        if (item->kind == SL_NODE_CALL)
            model_call_read(r, model, item);
        else if (item->kind == SL_NODE_ASSIGNMENT)
            setting_read(r, model, item);
        else if (item->kind == SL_NODE_SINGLETON_METHOD)
            class_method_read(r, model, item);
        else if (item->kind == SL_NODE_SINGLETON_CLASS)
            singleton_read(r, model, item);
    }
}

/* Could the file define a model? Asked before it is parsed. */
static bool may_define_model(sl_str bytes)
{
    static const char *const words[] = {
        "ApplicationRecord", "ActiveRecord::Base", "belongs_to ", "has_many ", "self.table_name", "scope :", "enum ",
        "Record\n"};
    if (sl_str_find(bytes, SL_STR("class ")) == SIZE_MAX)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_find(bytes, sl_str_from(words[i])) != SIZE_MAX)
            return true;
    }
    return false;
}

static void models_read(struct sl_project *project, const struct sl_source *source)
{
    struct sl_syntax *tree = SL_NEW(project->arena, struct sl_syntax);
    sl_syntax_parse(SL_LANGUAGE_RUBY, source->bytes, source->trees, project->arena, tree);
    if (!tree->root)
        return;
    *SL_VEC_PUSH(project->arena, &project->trees) = *tree;
    struct model_reading r = {project, source, tree};
    for (const struct sl_node *node = tree->root; node; node = sl_node_after(tree->root, node)) {
        if (node->kind == SL_NODE_CLASS)
            class_read(&r, node);
    }
}

/* --- Lookups -------------------------------------------------------------------------------------------------------
 */

const struct sl_ruby_model *sl_project_model(const struct sl_project *project, sl_str class_name)
{
    const struct sl_ruby_model *by_last_part = NULL;
    if (sl_str_has_prefix(class_name, SL_STR("::")))
        class_name = sl_str_slice(class_name, 2, SIZE_MAX);
    sl_str base = sl_inflect_demodulize(class_name);
    for (size_t i = 0; project && i < project->models.len; i++) {
        const struct sl_ruby_model *model = &project->models.items[i];
        if (!model->is_record && !model->is_abstract)
            continue;
        if (sl_str_eq(model->name, class_name))
            return model;
        bool is_same_end = base.len == class_name.len && sl_str_eq(model->base, base);
        if (!by_last_part && is_same_end)
            by_last_part = model;
    }
    return by_last_part;
}

const struct sl_ruby_model *sl_project_model_of_table(const struct sl_project *project, sl_str table)
{
    const struct sl_ruby_model *found = NULL;
    for (size_t i = 0; table.len && project && i < project->models.len; i++) {
        const struct sl_ruby_model *model = &project->models.items[i];
        if (!model->is_record || !sl_str_eq(model->table, table))
            continue;
        /* the class that the table is named for, rather than one of its subclasses */
        if (!found || (found->superclass.len && sl_project_parent(project, found) == model))
            found = model;
    }
    return found;
}

const struct sl_ruby_model *sl_project_parent(const struct sl_project *project, const struct sl_ruby_model *model)
{
    (void)project;
    return model->parent;
}

const struct sl_ruby_scope *sl_project_scope(const struct sl_project *project, const struct sl_ruby_model *model,
                                             sl_str name)
{
    for (int up = 0; model && up < MAX_PARENTS; up++) {
        for (size_t i = 0; i < model->scopes.len; i++) {
            if (sl_str_eq(model->scopes.items[i].name, name))
                return &model->scopes.items[i];
        }
        model = sl_project_parent(project, model);
    }
    return NULL;
}

const struct sl_ruby_association *sl_project_association(const struct sl_project *project,
                                                         const struct sl_ruby_model *model, sl_str name)
{
    for (int up = 0; model && up < MAX_PARENTS; up++) {
        for (size_t i = 0; i < model->associations.len; i++) {
            if (sl_str_eq(model->associations.items[i].name, name))
                return &model->associations.items[i];
        }
        model = sl_project_parent(project, model);
    }
    return NULL;
}

const struct sl_ruby_enum *sl_project_enum(const struct sl_project *project, const struct sl_ruby_model *model,
                                           sl_str column)
{
    for (int up = 0; model && up < MAX_PARENTS; up++) {
        for (size_t i = 0; i < model->enums.len; i++) {
            if (sl_str_eq(model->enums.items[i].column, column))
                return &model->enums.items[i];
        }
        model = sl_project_parent(project, model);
    }
    return NULL;
}

const struct sl_wrapper *sl_project_wrapper(const struct sl_project *project, sl_str method)
{
    for (size_t i = 0; project && project->wrappers && i < project->wrappers->len; i++) {
        if (sl_str_eq(project->wrappers->items[i].method, method))
            return &project->wrappers->items[i];
    }
    return NULL;
}

sl_str sl_project_foreign_key(const struct sl_ruby_model *model, sl_str table, struct sl_arena *arena)
{
    sl_str owner =
        model ? sl_inflect_underscore(arena, model->base) : sl_inflect_singularize(arena, table);
    return sl_arena_printf(arena, "%.*s_id", SL_STR_ARG(owner));
}

const struct sl_syntax *sl_project_tree(const struct sl_project *project, sl_str bytes)
{
    for (size_t i = 0; project && i < project->trees.len; i++) {
        if (project->trees.items[i].bytes.ptr == bytes.ptr && bytes.len)
            return &project->trees.items[i];
    }
    return NULL;
}

/* --- Which classes are records, and their tables -------------------------------------------------------------------
 */

static bool is_record_base(sl_str superclass)
{
    return sl_str_eq(superclass, SL_STR("ApplicationRecord")) || sl_str_eq(superclass, SL_STR("ActiveRecord::Base")) ||
           sl_str_eq(superclass, SL_STR("::ApplicationRecord")) ||
           sl_str_eq(superclass, SL_STR("::ActiveRecord::Base"));
}

static bool reaches_record_base(const struct sl_project *project, const struct sl_ruby_model *model)
{
    for (int up = 0; model && up < MAX_PARENTS; up++) {
        if (is_record_base(model->superclass) || model->is_abstract)
            return true;
        model = sl_project_parent(project, model);
    }
    return false;
}

/* The table of a class by name: its own plural, with its modules in front where only that exists. */
static sl_str table_by_name(const struct sl_project *project, sl_str class_name)
{
    sl_str plain = sl_inflect_table(project->arena, class_name);
    sl_str known = sl_project_table(project, plain);
    if (known.len)
        return known;
    sl_str path = sl_inflect_pluralize(project->arena, sl_inflect_underscore(project->arena, class_name));
    sl_str joined = sl_arena_copy(project->arena, path);
    for (size_t i = 0; i < joined.len; i++) {
        if (joined.ptr[i] == '/')
            ((char *)joined.ptr)[i] = '_'; /* our own copy */
    }
    known = sl_project_table(project, joined);
    return known.len ? known : plain;
}

/* The topmost class of a hierarchy that is not abstract names the table (single table inheritance). */
static sl_str table_of_model(const struct sl_project *project, const struct sl_ruby_model *model)
{
    for (int up = 0; up < MAX_PARENTS; up++) {
        if (model->has_table_name)
            return model->table;
        const struct sl_ruby_model *parent = sl_project_parent(project, model);
        bool is_top = !parent || parent->is_abstract || is_record_base(model->superclass) ||
                      !reaches_record_base(project, parent) || is_record_base(parent->name);
        if (is_top)
            return table_by_name(project, model->name);
        model = parent;
    }
    return SL_STR_EMPTY;
}

/* has_many :shipments in Spree::Order means Spree::Shipment before any other Shipment. */
static const struct sl_ruby_model *model_of_association(const struct sl_project *project,
                                                        const struct sl_ruby_model *owner,
                                                        const struct sl_ruby_association *a)
{
    sl_str singular = a->is_many ? sl_inflect_singularize(project->arena, a->name) : a->name;
    sl_str modules = sl_str_slice(owner->name, 0, owner->name.len - owner->base.len);
    const struct sl_ruby_model *found = NULL;
    for (size_t i = 0; i < project->models.len; i++) {
        const struct sl_ruby_model *model = &project->models.items[i];
        sl_str base = model->base;
        if (!model->is_record || !sl_inflect_is_same_name(base, singular))
            continue;
        bool is_beside = sl_str_eq(sl_str_slice(model->name, 0, model->name.len - base.len), modules);
        if (is_beside)
            return model;
        found = found ? found : model;
    }
    return found;
}

static void associations_resolve(struct sl_project *project, struct sl_ruby_model *model)
{
    for (size_t i = 0; i < model->associations.len; i++) {
        struct sl_ruby_association *a = &model->associations.items[i];
        if (a->is_polymorphic)
            continue;
        const struct sl_ruby_model *other = a->class_name.len ? sl_project_model(project, a->class_name) : NULL;
        if (other) {
            a->table = other->table;
        } else if (a->class_name.len) {
            a->table = table_by_name(project, a->class_name);
        } else if ((other = model_of_association(project, model, a))) {
            a->table = other->table;
        } else {
            sl_str plural = a->is_many ? a->name : sl_inflect_pluralize(project->arena, a->name);
            sl_str known = sl_project_table(project, plural);
            a->table = known.len ? known : plural;
        }
    }
}

static const struct sl_ruby_model *parent_find(const struct sl_project *project, const struct sl_ruby_model *model)
{
    sl_str name = model->superclass;
    sl_str base = sl_inflect_demodulize(name);
    const struct sl_ruby_model *by_last_part = NULL;
    for (size_t i = 0; name.len && i < project->models.len; i++) {
        const struct sl_ruby_model *other = &project->models.items[i];
        if (other == model)
            continue;
        if (sl_str_eq(other->name, name))
            return other;
        if (sl_str_eq(other->base, base))
            by_last_part = other;
    }
    return by_last_part;
}

static void models_resolve(struct sl_project *project)
{
    for (size_t i = 0; i < project->models.len; i++)
        project->models.items[i].parent = parent_find(project, &project->models.items[i]);
    for (size_t i = 0; i < project->models.len; i++) {
        struct sl_ruby_model *model = &project->models.items[i];
        model->is_record = !model->is_abstract && reaches_record_base(project, model);
    }
    for (size_t i = 0; i < project->models.len; i++) {
        struct sl_ruby_model *model = &project->models.items[i];
        if (model->is_record)
            model->table = table_of_model(project, model);
    }
    for (size_t i = 0; i < project->models.len; i++)
        associations_resolve(project, &project->models.items[i]);
}

const struct sl_project *sl_project_load(struct sl_source *sources, size_t n, const struct sl_wrappers *wrappers,
                                         struct sl_arena *run)
{
    struct sl_error left_for_later;
    for (size_t i = 0; i < n; i++) {
        bool is_ruby = sl_language_of_path(sources[i].path) == SL_LANGUAGE_RUBY;
        bool says_something = is_ruby || sources[i].kind == SL_SOURCE_SCHEMA || sources[i].kind == SL_SOURCE_MIGRATION;
        if (says_something && sl_source_load(&sources[i], run, &left_for_later) != SL_OK)
            sources[i].bytes = SL_STR_EMPTY;
    }
    return sl_project_read(sources, n, wrappers, run);
}

const struct sl_project *sl_project_read(struct sl_source *sources, size_t n, const struct sl_wrappers *wrappers,
                                         struct sl_arena *run)
{
    struct sl_project *project = SL_NEW(run, struct sl_project);
    project->arena = run;
    project->wrappers = wrappers;
    for (size_t i = 0; i < n; i++) {
        struct sl_source *source = &sources[i];
        source->project = project;
        if (source->kind != SL_SOURCE_CODE) {
            tables_read(project, source->bytes, SL_STR("create_table"));
            tables_read(project, source->bytes, SL_STR("CREATE TABLE"));
            tables_read(project, source->bytes, SL_STR("create table"));
            touch_columns_read(project, source->bytes);
        }
        bool is_ruby = sl_language_of_path(source->path) == SL_LANGUAGE_RUBY;
        if (is_ruby && source->kind == SL_SOURCE_CODE && may_define_model(source->bytes))
            models_read(project, source);
    }
    if (project->tables.len)
        qsort(project->tables.items, project->tables.len, sizeof *project->tables.items, table_order);
    models_resolve(project);
    return project;
}
