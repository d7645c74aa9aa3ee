#include "source/ruby_chain.h"

#include "base/limits.h"
#include "base/vec.h"
#include "source/inflect.h"

/* NOLINTBEGIN(misc-no-recursion): capped by SL_MAX_CHAIN_DEPTH and SL_MAX_AST_DEPTH */

void sl_chain_init(struct sl_ruby_chain *chain, struct sl_ruby_file *file, const struct sl_ruby_chain *like)
{
    *chain =
        (struct sl_ruby_chain){.file = file, .syntax = file->syntax, .table = SL_STR_EMPTY, .variable = SL_STR_EMPTY};
    if (like) {
        chain->syntax = like->syntax;
        chain->instead = like->instead;
        chain->is_redirected = like->is_redirected;
        chain->whole = like->whole;
        chain->depth = like->depth;
        chain->operand = like->operand;
    }
    for (size_t i = 0; i < SL_CLAUSE_COUNT; i++)
        sl_chain_writer(chain, &chain->clauses[i]);
}

void sl_chain_writer(const struct sl_ruby_chain *chain, struct sl_sql_writer *writer)
{
    sl_sql_writer_init(writer, chain->file->arena, chain->file->source->mode.dialect);
    writer->is_redirected = chain->is_redirected;
    writer->instead = chain->instead;
}

struct sl_sql_writer *sl_chain_clause(struct sl_ruby_chain *chain, enum sl_clause clause, const char *separator)
{
    struct sl_sql_writer *writer = &chain->clauses[clause];
    writer->is_redirected = chain->is_redirected;
    writer->instead = chain->instead;
    if (writer->len)
        sl_sql_add(writer, separator);
    return writer;
}

/* Copies the clauses of `from` into a chain that has none. */
static void chain_copy(struct sl_ruby_chain *chain, const struct sl_ruby_chain *from)
{
    chain->model = from->model;
    chain->table = from->table;
    chain->stage = from->stage;
    chain->is_distinct = from->is_distinct;
    chain->is_new = from->is_new;
    chain->n_values = from->n_values;
    if (from->n_operands > chain->n_operands)
        chain->n_operands = from->n_operands;
    chain->has_key = from->has_key;
    chain->counts_groups = from->counts_groups;
    chain->flags |= from->flags;
    if (from->variable.len)
        chain->variable = from->variable, chain->scope = from->scope;
    for (size_t i = 0; i < SL_CLAUSE_COUNT; i++)
        sl_sql_add_writer(&chain->clauses[i], &from->clauses[i]);
    for (size_t i = 0; i < from->n_values; i++)
        chain->values[i] = from->values[i];
}

/* --- Roots ----------------------------------------------------------------------------------------------------------
 */

static const struct sl_project *project_of(const struct sl_ruby_chain *chain)
{
    return chain->file->source->project;
}

static bool set_table(struct sl_ruby_chain *chain, sl_str table, enum sl_chain_stage stage)
{
    chain->table = table;
    chain->model = sl_project_model_of_table(project_of(chain), table);
    chain->stage = table.len ? stage : SL_CHAIN_NOTHING;
    return table.len > 0;
}

/* Stripe::Charge is no row of "charges" where no record lives in Stripe. */
static bool is_of_records(const struct sl_project *project, sl_str name)
{
    sl_str base = sl_inflect_demodulize(name);
    sl_str outer = sl_str_slice(name, 0, name.len - base.len); /* "Stripe::" */
    bool is_found = outer.len == 0 || sl_str_eq(outer, SL_STR("::"));
    for (size_t i = 0; !is_found && project && i < project->models.len; i++)
        is_found = project->models.items[i].is_record && sl_str_has_prefix(project->models.items[i].name, outer);
    return is_found;
}

static void root_constant(struct sl_ruby_chain *chain, sl_str name)
{
    const struct sl_project *project = project_of(chain);
    const struct sl_ruby_model *model = sl_project_model(project, name);
    if (model) {
        set_table(chain, model->table, SL_CHAIN_RELATION);
        chain->model = model;
        return;
    }
    struct sl_arena *arena = chain->file->arena;
    sl_str guess = sl_inflect_table(arena, name);
    sl_str known = sl_project_table(project, sl_inflect_table_of_path(arena, name));
    if (known.len == 0 && is_of_records(project, name))
        known = sl_project_table(project, guess);
    bool knows_nothing = !project || (project->tables.len == 0 && project->models.len == 0);
    bool is_shouted = name.len > 1 && sl_lower_char(name.ptr[1]) != name.ptr[1]; /* A_CONSTANT is no class */
    set_table(chain, known.len ? known : knows_nothing && !is_shouted ? guess : SL_STR_EMPTY, SL_CHAIN_RELATION);
}

/* A variable or method that is called like a table or one of its rows. */
static bool root_by_name(struct sl_ruby_chain *chain, sl_str name)
{
    const struct sl_project *project = project_of(chain);
    if (name.len && name.ptr[0] == '@')
        name = sl_str_slice(name, 1, SIZE_MAX);
    if (sl_str_has_prefix(name, SL_STR("current_")))
        name = sl_str_slice(name, 8, SIZE_MAX);
    sl_str plural = sl_inflect_pluralize(chain->file->arena, name);
    bool is_plural = sl_str_eq(plural, name);
    return set_table(chain, sl_project_table(project, plural), is_plural ? SL_CHAIN_RELATION : SL_CHAIN_RECORD);
}

/* The model whose class body the node stands in, and whether `self` is the class there. */
static const struct sl_ruby_model *model_at(const struct sl_ruby_chain *chain, const struct sl_node *node,
                                            bool *is_class)
{
    *is_class = true;
    bool in_method = false;
    for (const struct sl_node *above = node->parent; above; above = above->parent) {
        if (above->kind == SL_NODE_METHOD && !in_method) {
            *is_class = false;
            in_method = true;
        }
        if (above->kind == SL_NODE_SINGLETON_METHOD)
            in_method = true;
        if (above->kind == SL_NODE_SINGLETON_CLASS)
            *is_class = true;
        if (above->kind == SL_NODE_CLASS)
            break;
    }
    sl_str name = sl_ruby_class_at(chain->syntax, node, chain->file->arena);
    return name.len ? sl_project_model(project_of(chain), name) : NULL;
}

static bool root_self(struct sl_ruby_chain *chain, const struct sl_node *node)
{
    bool is_class;
    const struct sl_ruby_model *model = model_at(chain, node, &is_class);
    if (!model)
        return false;
    set_table(chain, model->table, is_class ? SL_CHAIN_RELATION : SL_CHAIN_RECORD);
    chain->model = model;
    chain->variable = SL_STR("self");
    chain->scope = sl_ruby_above(node, SL_NODE_METHOD);
    return true;
}

/* The code in which a local variable lives: its method, else the file. */
static const struct sl_node *code_around(const struct sl_ruby_chain *chain, const struct sl_node *node)
{
    for (const struct sl_node *above = node->parent; above; above = above->parent) {
        if (above->kind == SL_NODE_METHOD || above->kind == SL_NODE_SINGLETON_METHOD || above->kind == SL_NODE_CLASS)
            return above;
    }
    return chain->syntax->root;
}

/* The last `name = …` before the node, in its method; for @name in the whole file, and behind it if nowhere before. */
const struct sl_node *sl_chain_assigned_value(const struct sl_ruby_chain *chain, const struct sl_node *node,
                                              sl_str name)
{
    const struct sl_ruby_mentions *all = &chain->file->assignments;
    if (chain->syntax != chain->file->syntax) /* a scope in another file: its variables are its parameters */
        return NULL;
    bool is_instance = name.len && name.ptr[0] == '@';
    uint32_t from_off = is_instance ? 0 : code_around(chain, node)->off;
    size_t at = sl_ruby_mention_at(all, node->off);
    for (size_t i = at; i > 0 && all->items[i - 1].node->off >= from_off; i--) {
        const struct sl_node *assignment = all->items[i - 1].node;
        bool is_before = assignment->off + assignment->len <= node->off;
        if (is_before && sl_str_eq(all->items[i - 1].name, name))
            return sl_node_child(assignment, SL_FIELD_RIGHT);
    }
    for (size_t i = at; is_instance && i < all->len; i++) {
        if (sl_str_eq(all->items[i].name, name))
            return sl_node_child(all->items[i].node, SL_FIELD_RIGHT);
    }
    return NULL;
}

static const struct sl_node *block_with_parameter(const struct sl_ruby_chain *chain, const struct sl_node *node,
                                                  sl_str name)
{
    for (const struct sl_node *above = node->parent; above; above = above->parent) {
        if (above->kind == SL_NODE_METHOD || above->kind == SL_NODE_SINGLETON_METHOD)
            return NULL;
        bool has = above->kind == SL_NODE_BLOCK && sl_str_eq(sl_ruby_block_parameter(chain->syntax, above, 0), name);
        if (has)
            return above;
    }
    return NULL;
}

/* Entry.find_each { |e| … }: e is one row of what the block's call loops over. */
static bool root_block_parameter(struct sl_ruby_chain *chain, const struct sl_node *block, sl_str name)
{
    const struct sl_node *call = block->parent;
    const struct sl_node *receiver = sl_node_child(call, SL_FIELD_RECEIVER);
    if (!receiver || chain->depth >= SL_MAX_CHAIN_DEPTH)
        return false;
    struct sl_ruby_chain owner;
    sl_chain_init(&owner, chain->file, chain);
    owner.depth = chain->depth + 1;
    owner.is_written = true;
    sl_chain_follow(&owner, receiver);
    if (owner.stage == SL_CHAIN_NOTHING || owner.stage == SL_CHAIN_DONE || owner.stage == SL_CHAIN_VALUES)
        return false;
    bool is_batch =
        sl_ruby_method_is(chain->syntax, call, "in_batches") ||
        (sl_ruby_method_is(chain->syntax, call, "each") && sl_ruby_method_is(chain->syntax, receiver, "in_batches")) ||
        sl_ruby_method_is(chain->syntax, call, "each_batch");
    bool is_group = sl_ruby_method_is(chain->syntax, call, "find_in_batches") ||
                    sl_ruby_method_is(chain->syntax, call, "each_slice");
    bool is_same = sl_ruby_method_is(chain->syntax, call, "tap") || sl_ruby_method_is(chain->syntax, call, "then");
    chain_copy(chain, &owner);
    chain->variable = name;
    chain->scope = block;
    if (is_batch || is_group)
        chain->flags |= SL_FRAGMENT_BATCHED;
    if (is_same)
        return true;
    chain->stage = is_batch ? SL_CHAIN_RELATION : is_group ? SL_CHAIN_RECORDS : SL_CHAIN_RECORD;
    if (chain->stage == SL_CHAIN_RECORD && owner.stage != SL_CHAIN_RECORD)
        chain->flags |= SL_FRAGMENT_ROW_BY_ROW;
    return true;
}

static void root_variable(struct sl_ruby_chain *chain, const struct sl_node *node)
{
    sl_str name = sl_node_text(chain->syntax, node);
    const struct sl_node *block = block_with_parameter(chain, node, name);
    if (block && root_block_parameter(chain, block, name))
        return;
    const struct sl_node *value = block ? NULL : sl_chain_assigned_value(chain, node, name);
    if (value && chain->depth < SL_MAX_CHAIN_DEPTH) {
        struct sl_ruby_chain from;
        sl_chain_init(&from, chain->file, chain);
        from.depth = chain->depth + 1;
        from.is_written = true;
        sl_chain_follow(&from, value);
        if (from.stage != SL_CHAIN_NOTHING && from.stage != SL_CHAIN_DONE) {
            chain_copy(chain, &from);
            chain->variable = name;
            chain->scope = code_around(chain, node);
            return;
        }
    }
}

/* after_create { update!(note: "x") }: what a block in a class body writes without a receiver is the record. */
static bool is_callback(const struct sl_node *node, sl_str method)
{
    static const char *const writes[] = {"update",           "update!",        "save",          "save!",  "touch",
                                         "update_attribute", "update_columns", "update_column", "destroy"};
    bool is_write = false;
    for (size_t i = 0; !is_write && i < sizeof writes / sizeof writes[0]; i++)
        is_write = sl_str_eq(method, sl_str_from(writes[i]));
    for (const struct sl_node *above = node->parent; is_write && above; above = above->parent) {
        if (above->kind == SL_NODE_METHOD || above->kind == SL_NODE_SINGLETON_METHOD || above->kind == SL_NODE_CLASS)
            return false;
        if (above->kind == SL_NODE_BLOCK)
            return true;
    }
    return false;
}

static void chain_link(struct sl_ruby_chain *chain, const struct sl_node *call);

/* A name that no assignment explains: an association or scope of the model around it, else what it is called like. */
static void root_name(struct sl_ruby_chain *chain, const struct sl_node *node)
{
    sl_str name = sl_ruby_method(chain->syntax, node);
    if (name.len == 0) /* @name */
        name = sl_node_text(chain->syntax, node);
    bool is_class;
    const struct sl_ruby_model *model = model_at(chain, node, &is_class);
    bool is_own = sl_project_association(model, name) || sl_project_scope(model, name);
    bool is_call = node->kind == SL_NODE_CALL;
    if ((is_own || (model && (is_call || is_class))) && root_self(chain, node)) {
        if (is_class && is_callback(node, name))
            chain->stage = SL_CHAIN_RECORD;
        chain_link(chain, node);
        if (!is_own || is_call)
            return;
    } else if (!root_by_name(chain, name)) {
        return;
    } else if (chain->stage == SL_CHAIN_RELATION) {
        chain->flags |= SL_FRAGMENT_OPEN; /* which of its rows, we do not know */
    }
    chain->variable = name;
    const struct sl_node *block = block_with_parameter(chain, node, name);
    chain->scope = block ? block : code_around(chain, node);
}

/* report_by_day(Entry.winner, :updated_at): the rows of its argument, grouped. */
static bool root_wrapper(struct sl_ruby_chain *chain, const struct sl_node *root)
{
    const struct sl_node *rows = sl_chain_wrapper_rows(chain, root);
    if (!rows || chain->depth >= SL_MAX_CHAIN_DEPTH)
        return false;
    chain->depth++;
    sl_chain_follow(chain, rows);
    chain->depth--;
    return sl_chain_wrapper_link(chain, root, sl_ruby_method(chain->syntax, root));
}

/* stories + votes + comments: lists joined in memory, of which this chain goes on with one. */
static void root_operand(struct sl_ruby_chain *chain, const struct sl_node *binary)
{
    const struct sl_node *operands[SL_MAX_CHAIN_OPERANDS];
    size_t n = 0;
    while (binary && binary->kind == SL_NODE_BINARY && n + 1 < SL_MAX_CHAIN_OPERANDS &&
           sl_node_is(chain->syntax, sl_node_child(binary, SL_FIELD_OPERATOR), "+")) {
        operands[n++] = sl_node_child(binary, SL_FIELD_RIGHT);
        binary = sl_node_child(binary, SL_FIELD_LEFT);
    }
    operands[n++] = binary;
    const struct sl_node *own = chain->operand < n ? operands[n - 1 - chain->operand] : NULL;
    if (n < 2 || !own || chain->depth >= SL_MAX_CHAIN_DEPTH)
        return;
    bool was_written = chain->is_written;
    chain->n_operands = n;
    chain->is_written = true; /* an operand by itself is a chain of its own */
    chain->depth++;
    sl_chain_follow(chain, own);
    chain->depth--;
    chain->is_written = was_written;
}

/* Finds out what the root is: a class, a variable, an association, the class around it. */
static void chain_root(struct sl_ruby_chain *chain, const struct sl_node *root)
{
    if (root_wrapper(chain, root))
        return;
    switch (root->kind) {
    case SL_NODE_CONSTANT:
    case SL_NODE_SCOPE:
        root_constant(chain, sl_node_text(chain->syntax, root));
        break;
    case SL_NODE_SELF:
        root_self(chain, root);
        break;
    case SL_NODE_INSTANCE_VARIABLE:
    case SL_NODE_IDENTIFIER:
        root_variable(chain, root);
        if (chain->stage == SL_CHAIN_NOTHING)
            root_name(chain, root);
        break;
    case SL_NODE_PARENTHESES:
        if (sl_node_item(root, 0) && chain->depth < SL_MAX_CHAIN_DEPTH) {
            chain->depth++;
            sl_chain_follow(chain, sl_node_item(root, 0));
            chain->depth--;
        }
        break;
    case SL_NODE_BINARY:
        root_operand(chain, root);
        break;
    case SL_NODE_CALL: /* without receiver: a method of the class around it */
        root_name(chain, root);
        break;
    default:
        break;
    }
}

/* --- Links ----------------------------------------------------------------------------------------------------------
 */

static void scope_inline(struct sl_ruby_chain *chain, const struct sl_ruby_scope *scope, const struct sl_node *call)
{
    if (!scope->body || chain->depth >= SL_MAX_CHAIN_DEPTH) {
        chain->flags |= SL_FRAGMENT_OPEN;
        return;
    }
    const struct sl_syntax *syntax = chain->syntax;
    bool was_redirected = chain->is_redirected;
    struct sl_span was_instead = chain->instead;
    const struct sl_node *name = sl_node_child(call, SL_FIELD_METHOD);
    if (!was_redirected)
        chain->instead = sl_node_span(name ? name : call);
    chain->is_redirected = true;
    chain->syntax = scope->syntax;
    chain->depth++;
    sl_chain_follow(chain, scope->body);
    chain->depth--;
    chain->syntax = syntax;
    chain->is_redirected = was_redirected;
    chain->instead = was_instead;
}

/* Entry.won, Entry.not_won, where enum status: { won: 0 } makes such scopes. */
static bool enum_scope(struct sl_ruby_chain *chain, sl_str method, const struct sl_node *call)
{
    bool is_not = sl_str_has_prefix(method, SL_STR("not_"));
    sl_str wanted = is_not ? sl_str_slice(method, 4, SIZE_MAX) : method;
    const struct sl_ruby_enum *of = NULL;
    const struct sl_ruby_enum_value *value = sl_project_enum_method(chain->model, wanted, &of);
    if (!value)
        return false;
    const struct sl_node *name = sl_node_child(call, SL_FIELD_METHOD);
    struct sl_span span = sl_node_span(name ? name : call);
    struct sl_sql_writer *where = sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND ");
    sl_sql_add_column(where, chain->table, of->column, span);
    sl_sql_add(where, is_not ? " <> " : " = ");
    sl_sql_add_token(where, value->value, span);
    return true;
}

/* record.entries, record.campaign: rows of another table. */
static void association_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    const struct sl_ruby_association *to = sl_project_association(chain->model, method);
    sl_str table = to ? to->table : SL_STR_EMPTY;
    sl_str plural = sl_inflect_pluralize(chain->file->arena, method);
    bool is_plural = sl_str_eq(plural, method);
    if (!to && !sl_node_child(call, SL_FIELD_ARGUMENTS))
        table = sl_project_table(project_of(chain), plural);
    sl_str owner = chain->table;
    const struct sl_ruby_model *owner_model = chain->model;
    uint32_t flags = chain->flags;
    struct sl_ruby_chain fresh;
    sl_chain_init(&fresh, chain->file, chain);
    fresh.is_written = chain->is_written;
    fresh.depth = chain->depth;
    fresh.flags = flags & ~(uint32_t)SL_FRAGMENT_ROW_BY_ROW;
    bool is_many = to ? to->is_many : is_plural;
    set_table(&fresh, table, is_many ? SL_CHAIN_RELATION : SL_CHAIN_RECORD);
    if (to && to->model.len && fresh.stage != SL_CHAIN_NOTHING)
        fresh.model = sl_project_model(project_of(chain), to->model);
    *chain = fresh;
    if (!to || !is_many || table.len == 0)
        return;
    sl_str key = to->foreign_key.len ? to->foreign_key : sl_project_foreign_key(owner_model, owner, chain->file->arena);
    struct sl_sql_writer *where = sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND ");
    const struct sl_node *name = sl_node_child(call, SL_FIELD_METHOD);
    sl_sql_add_column(where, chain->table, key, sl_node_span(name ? name : call));
    sl_sql_add(where, " = :id");
    if (to->scope.body)
        scope_inline(chain, &to->scope, call);
}

static void relation_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    if (sl_chain_clause_link(chain, call, method))
        return;
    const struct sl_ruby_scope *scope = sl_project_scope(chain->model, method);
    if (scope)
        scope_inline(chain, scope, call);
    else if (!enum_scope(chain, method, call))
        chain->flags |= SL_FRAGMENT_OPEN;
}

static void chain_link(struct sl_ruby_chain *chain, const struct sl_node *call)
{
    sl_str method = sl_ruby_method(chain->syntax, call);
    bool is_relation = chain->stage == SL_CHAIN_RELATION;
    bool is_in_memory = chain->stage == SL_CHAIN_RECORDS || chain->stage == SL_CHAIN_VALUES;
    if (chain->stage == SL_CHAIN_NOTHING || chain->stage == SL_CHAIN_DONE || method.len == 0)
        return;
    if (sl_chain_wrapper_link(chain, call, method) || sl_chain_write_link(chain, call, method))
        return;
    if ((is_relation || is_in_memory) && sl_chain_memory_link(chain, call, method))
        return;
    if (sl_chain_terminal_link(chain, call, method))
        return;
    if (is_relation)
        relation_link(chain, call, method);
    else if (chain->stage == SL_CHAIN_RECORD)
        association_link(chain, call, method);
    else if (!is_in_memory)
        chain->stage = SL_CHAIN_NOTHING;
}

void sl_chain_follow(struct sl_ruby_chain *chain, const struct sl_node *node)
{
    SL_VEC(const struct sl_node *) links = {0};
    const struct sl_node *root = node;
    while (root->kind == SL_NODE_CALL && sl_node_child(root, SL_FIELD_RECEIVER) && links.len < SL_MAX_AST_DEPTH &&
           !sl_chain_wrapper_rows(chain, root)) {
        *SL_VEC_PUSH(chain->file->arena, &links) = root;
        root = sl_node_child(root, SL_FIELD_RECEIVER);
    }
    bool is_inlined = chain->stage == SL_CHAIN_RELATION; /* a scope's body works on the chain that calls it */
    bool is_implicit = root->kind == SL_NODE_CALL || root->kind == SL_NODE_IDENTIFIER;
    if (!is_inlined)
        chain_root(chain, root);
    else if (is_implicit)
        chain_link(chain, root);
    for (size_t i = links.len; i > 0; i--)
        chain_link(chain, links.items[i - 1]);
}

/* NOLINTEND(misc-no-recursion) */
