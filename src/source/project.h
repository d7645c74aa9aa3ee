/*
 * project: what the files of a run say about each other. Rails models (class → table, scopes, enums, associations) and
 * the names of the tables.
 *
 * In:    all sources of a run, their bytes loaded (schema and Ruby ones at least).
 * Out:   an index that readers ask while they lower ORM calls; it is handed to them through sl_source.project.
 * Owns:  nothing; the index and the syntax trees that it keeps live in the arena that was passed (run), and borrow the
 *        sources' bytes, which must live as long.
 * Fails: never.
 * Source: ActiveRecord's naming rules (ModelSchema.table_name), its associations guide.
 */
#ifndef SL_SOURCE_PROJECT_H
#define SL_SOURCE_PROJECT_H

#include "source/source.h"
#include "source/syntax.h"
#include "source/wrapper.h"

struct sl_ruby_enum_value {
    sl_str name;
    sl_str method; /* the name as part of a method's: won_at_last of "won at last" */
    sl_str value;  /* as SQL: 0 or 'won' */
    struct sl_span span;
};

struct sl_ruby_enum {
    sl_str column;
    sl_str prefix, suffix; /* of the methods that Rails makes: "" or "status_", "_status" */
    struct sl_ruby_enum_value *values;
    size_t n_values;
};

struct sl_ruby_scope {
    sl_str name;
    const struct sl_syntax *syntax; /* of the file that it stands in */
    const struct sl_node *body;     /* one expression, or NULL */
};

/* A method of the model's rows, or a call in its class body. */
struct sl_ruby_code {
    sl_str name; /* of the method */
    const struct sl_syntax *syntax;
    const struct sl_node *node;
};

struct sl_ruby_association {
    sl_str name;
    sl_str class_name; /* what class_name: says, else empty */
    sl_str table;      /* filled when all models are known */
    sl_str model;      /* the class behind it; empty: none that is known */
    sl_str foreign_key;
    sl_str touch;   /* column of the other table that is touched; empty: none */
    sl_str counter; /* column of the other table that counts the rows; empty: none */
    sl_str as;      /* has_many :comments, as: :commentable */
    bool is_many, is_polymorphic;
    struct sl_ruby_scope scope; /* has_many :won, -> { where(status: "won") }; body NULL: none */
    struct sl_span span;
};

struct sl_ruby_model {
    sl_str name; /* with its modules: "Admin::Entry" */
    sl_str base; /* without: "Entry" */
    sl_str superclass;
    const struct sl_ruby_model *parent; /* the model that `superclass` names; NULL: none that we know */
    sl_str table;
    sl_str database; /* connects_to, establish_connection; of a superclass too; empty: the main one */
    bool is_abstract, has_table_name, is_record;
    bool is_module;             /* a concern: its parts belong to the classes that include it */
    bool records_no_timestamps; /* self.record_timestamps = false in the class body */
    const struct sl_source *source;
    struct {
        struct sl_ruby_scope *items;
        size_t len, cap;
    } scopes;
    struct {
        struct sl_ruby_enum *items;
        size_t len, cap;
    } enums;
    struct {
        struct sl_ruby_association *items;
        size_t len, cap;
    } associations;
    struct {
        sl_str *items; /* modules, as written */
        size_t len, cap;
    } includes;
    struct {
        struct sl_ruby_code *items; /* before_save :x … */
        size_t len, cap;
    } callbacks;
    struct {
        struct sl_ruby_code *items; /* def x */
        size_t len, cap;
    } methods;
    struct {
        const struct sl_ruby_model **items; /* itself, its modules, its superclasses and theirs: nearest first */
        size_t len, cap;
    } definers;
};

struct sl_project {
    struct {
        sl_str *items;
        size_t len, cap;
    } touch_columns; /* names that a schema gives ON UPDATE CURRENT_TIMESTAMP */
    struct sl_arena *arena;
    const struct sl_wrappers *wrappers; /* may be NULL */
    struct {
        struct sl_ruby_model *items;
        size_t len, cap;
    } models;
    struct {
        sl_str *items;
        size_t len, cap;
    } tables;
    struct {
        struct sl_syntax *items;
        size_t len, cap;
    } trees;
};

/* Loads what the index is made of (schemas, migrations, Ruby) into the run arena, and reads it. Such a source keeps its
 * bytes: sl_source_load() finds them there. A file that cannot be read is left for sl_source_load() to report. */
const struct sl_project *sl_project_load(struct sl_source *sources, size_t n, const struct sl_wrappers *wrappers,
                                         struct sl_arena *run);

/* The same for sources whose bytes are loaded. `sources` get their project pointer set. */
const struct sl_project *sl_project_read(struct sl_source *sources, size_t n, const struct sl_wrappers *wrappers,
                                         struct sl_arena *run);

/* The lookups take NULL for the project too, and answer NULL or the empty string. */
const struct sl_ruby_model *sl_project_model(const struct sl_project *project, sl_str class_name);
const struct sl_ruby_model *sl_project_model_of_table(const struct sl_project *project, sl_str table);
/* The table as its schema spells it, underscores apart; empty where no schema names it. */
sl_str sl_project_table(const struct sl_project *project, sl_str name);
/* Of a model, its superclasses and their modules; of NULL, NULL. */
const struct sl_ruby_scope *sl_project_scope(const struct sl_ruby_model *model, sl_str name);
const struct sl_ruby_association *sl_project_association(const struct sl_ruby_model *model, sl_str name);
const struct sl_ruby_enum *sl_project_enum(const struct sl_ruby_model *model, sl_str column);
/* The configured method of that name, or NULL. */
const struct sl_wrapper *sl_project_wrapper(const struct sl_project *project, sl_str method);
/* The enum value behind entry.status_won?, Entry.status_won …, `method` without ?, ! or not_; NULL where there is none.
 */
const struct sl_ruby_enum_value *sl_project_enum_method(const struct sl_ruby_model *model, sl_str method,
                                                        const struct sl_ruby_enum **of);
/* Does the text hold the name of a column that a schema gives ON UPDATE? */
bool sl_project_names_touch(const struct sl_project *project, sl_str text);
/* The tree of a file that the index had to parse, or NULL. */
const struct sl_syntax *sl_project_tree(const struct sl_project *project, sl_str bytes);
/* What other tables call the key of this model's rows: "order_id" of Spree::Order. */
sl_str sl_project_foreign_key(const struct sl_ruby_model *model, sl_str table, struct sl_arena *arena);

#endif
