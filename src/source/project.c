#include "source/project.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/vec.h"
#include "source/file.h"
#include "source/inflect.h"
#include "source/ruby_model.h"

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
        if (!found || (found->superclass.len && found->parent == model))
            found = model;
    }
    return found;
}

const struct sl_ruby_scope *sl_project_scope(const struct sl_ruby_model *model, sl_str name)
{
    for (size_t d = 0; model && d < model->definers.len; d++) {
        const struct sl_ruby_model *definer = model->definers.items[d];
        for (size_t i = 0; i < definer->scopes.len; i++) {
            if (sl_str_eq(definer->scopes.items[i].name, name))
                return &definer->scopes.items[i];
        }
    }
    return NULL;
}

const struct sl_ruby_association *sl_project_association(const struct sl_ruby_model *model, sl_str name)
{
    for (size_t d = 0; model && d < model->definers.len; d++) {
        const struct sl_ruby_model *definer = model->definers.items[d];
        for (size_t i = 0; i < definer->associations.len; i++) {
            if (sl_str_eq(definer->associations.items[i].name, name))
                return &definer->associations.items[i];
        }
    }
    return NULL;
}

const struct sl_ruby_enum *sl_project_enum(const struct sl_ruby_model *model, sl_str column)
{
    for (size_t d = 0; model && d < model->definers.len; d++) {
        const struct sl_ruby_model *definer = model->definers.items[d];
        for (size_t i = 0; i < definer->enums.len; i++) {
            if (sl_str_eq(definer->enums.items[i].column, column))
                return &definer->enums.items[i];
        }
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

/* The value whose method, between the enum's prefix and suffix, is called `method`. */
static const struct sl_ruby_enum_value *value_of_method(const struct sl_ruby_enum *known, sl_str method)
{
    size_t around = known->prefix.len + known->suffix.len;
    if (method.len <= around || !sl_str_has_prefix(method, known->prefix) || !sl_str_has_suffix(method, known->suffix))
        return NULL;
    sl_str name = sl_str_slice(method, known->prefix.len, method.len - around);
    for (size_t i = 0; i < known->n_values; i++) {
        if (sl_str_eq(known->values[i].method, name))
            return &known->values[i];
    }
    return NULL;
}

const struct sl_ruby_enum_value *sl_project_enum_method(const struct sl_ruby_model *model, sl_str method,
                                                        const struct sl_ruby_enum **of)
{
    for (size_t d = 0; model && d < model->definers.len; d++) {
        const struct sl_ruby_model *definer = model->definers.items[d];
        for (size_t i = 0; i < definer->enums.len; i++) {
            const struct sl_ruby_enum_value *value = value_of_method(&definer->enums.items[i], method);
            if (!value)
                continue;
            *of = &definer->enums.items[i];
            return value;
        }
    }
    return NULL;
}

sl_str sl_project_foreign_key(const struct sl_ruby_model *model, sl_str table, struct sl_arena *arena)
{
    sl_str owner = model ? sl_inflect_underscore(arena, model->base) : sl_inflect_singularize(arena, table);
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

static bool reaches_record_base(const struct sl_ruby_model *model)
{
    for (int up = 0; model && up < MAX_PARENTS; up++) {
        if (is_record_base(model->superclass) || model->is_abstract)
            return true;
        model = model->parent;
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
        const struct sl_ruby_model *parent = model->parent;
        bool is_top = !parent || parent->is_abstract || is_record_base(model->superclass) ||
                      !reaches_record_base(parent) || is_record_base(parent->name);
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
        a->model = other ? other->name : SL_STR_EMPTY;
        if (other) {
            a->table = other->table;
        } else if (a->class_name.len) {
            a->table = table_by_name(project, a->class_name);
        } else if ((other = model_of_association(project, model, a))) {
            a->table = other->table;
            a->model = other->name;
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

/* The module that `name` means in the class: inside its own modules first, then by its last part. */
static const struct sl_ruby_model *module_of(const struct sl_project *project, const struct sl_ruby_model *owner,
                                             sl_str name)
{
    if (sl_str_has_prefix(name, SL_STR("::")))
        name = sl_str_slice(name, 2, SIZE_MAX);
    const struct sl_ruby_model *found = NULL;
    size_t best = 0;
    for (size_t i = 0; i < project->models.len; i++) {
        const struct sl_ruby_model *model = &project->models.items[i];
        bool is_named = model->is_module && sl_str_has_suffix(model->name, name) &&
                        (model->name.len == name.len || model->name.ptr[model->name.len - name.len - 1] == ':');
        if (!is_named)
            continue;
        sl_str modules = sl_str_slice(model->name, 0, model->name.len - name.len);
        size_t fit = modules.len == 0 ? 2 : sl_str_has_prefix(owner->name, modules) ? 2 + modules.len : 1;
        if (fit > best) {
            found = model;
            best = fit;
        }
    }
    return found;
}

static void definer_add(struct sl_project *project, struct sl_ruby_model *model, const struct sl_ruby_model *definer)
{
    for (size_t i = 0; i < model->definers.len; i++) {
        if (model->definers.items[i] == definer)
            return;
    }
    *SL_VEC_PUSH(project->arena, &model->definers) = definer;
    /* what a module includes comes behind it */
    for (size_t i = 0; definer->is_module == false && i < definer->includes.len; i++) {
        const struct sl_ruby_model *module = module_of(project, definer, definer->includes.items[i]);
        if (module)
            *SL_VEC_PUSH(project->arena, &model->definers) = module;
        for (size_t k = 0; module && k < module->includes.len; k++) {
            const struct sl_ruby_model *inner = module_of(project, module, module->includes.items[k]);
            if (inner)
                *SL_VEC_PUSH(project->arena, &model->definers) = inner;
        }
    }
}

/* Itself and its superclasses, each with its modules; the nearest that names a database names the model's. */
static void definers_resolve(struct sl_project *project, struct sl_ruby_model *model)
{
    const struct sl_ruby_model *up = model;
    for (int n = 0; up && n < MAX_PARENTS; n++, up = up->parent)
        definer_add(project, model, up);
    for (size_t i = 0; i < model->definers.len && model->database.len == 0; i++)
        model->database = model->definers.items[i]->database;
}

static void models_resolve(struct sl_project *project)
{
    for (size_t i = 0; i < project->models.len; i++)
        project->models.items[i].parent = parent_find(project, &project->models.items[i]);
    for (size_t i = 0; i < project->models.len; i++) {
        struct sl_ruby_model *model = &project->models.items[i];
        model->is_record = !model->is_abstract && reaches_record_base(model);
    }
    for (size_t i = 0; i < project->models.len; i++) {
        struct sl_ruby_model *model = &project->models.items[i];
        if (model->is_record)
            model->table = table_of_model(project, model);
        if (model->is_record || model->is_abstract)
            definers_resolve(project, model);
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
        if (is_ruby && source->kind == SL_SOURCE_CODE && sl_ruby_model_may_stand(source->bytes))
            sl_ruby_models_read(project, source);
    }
    if (project->tables.len)
        qsort(project->tables.items, project->tables.len, sizeof *project->tables.items, table_order);
    models_resolve(project);
    return project;
}
