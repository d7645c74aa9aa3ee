#include "base/limits.h"
#include "resolve/resolver.h"
#include "sql/parse.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_AST_DEPTH and SL_MAX_SCOPE_DEPTH */

static const sl_str system_schemas[] = {
    SL_STR_INIT("information_schema"),
    SL_STR_INIT("pg_catalog"),
    SL_STR_INIT("performance_schema"),
    SL_STR_INIT("mysql"),
    SL_STR_INIT("sys"),
    SL_STR_INIT("pg_toast"),
};

static bool is_system_relation(sl_str schema, sl_str name)
{
    for (size_t i = 0; i < sizeof system_schemas / sizeof system_schemas[0]; i++) {
        if (sl_str_eq_nocase(schema, system_schemas[i]))
            return true;
    }
    return schema.len == 0 &&
           (sl_str_has_prefix_nocase(name, SL_STR("pg_stat")) || sl_str_has_prefix_nocase(name, SL_STR("sqlite_")));
}

static void emit_relation(struct sl_resolver *r, const struct sl_block *block, const struct sl_relation *relation)
{
    *SL_VEC_PUSH(r->arena, &r->facts->relations) = (struct sl_fact_block_relation){
        .block_id = block->block_id,
        .table_id = relation->table ? relation->table->table_id : 0,
        .source_block = relation->source ? relation->source->block_id : 0,
        .alias = relation->alias,
        .join = relation->join,
    };
}

static sl_str alias_name(const PgQuery__Alias *alias, sl_str otherwise)
{
    return alias && alias->aliasname && alias->aliasname[0] ? sl_str_from(alias->aliasname) : otherwise;
}

static void rename_outputs(sl_output_vec *outputs, PgQuery__Node *const *names, size_t n_names)
{
    for (size_t i = 0; i < n_names && i < outputs->len; i++)
        outputs->items[i].name = sl_ast_string(names[i]);
}

static sl_output_vec copy_outputs(struct sl_resolver *r, const sl_output_vec *outputs)
{
    sl_output_vec copy = {0};
    for (size_t i = 0; i < outputs->len; i++)
        *SL_VEC_PUSH(r->arena, &copy) = outputs->items[i];
    return copy;
}

static void add_outputs(struct sl_resolver *r, struct sl_block *block, struct sl_relation *relation,
                        struct sl_block *source, const PgQuery__Alias *alias)
{
    relation->source = source;
    if (source)
        relation->outputs = copy_outputs(r, &source->outputs);
    if (alias)
        rename_outputs(&relation->outputs, alias->colnames, alias->n_colnames);
    emit_relation(r, block, relation);
    if (source)
        sl_predicate_inherit(r, block, source);
}

static struct sl_cte *find_cte(struct sl_resolver *r, const struct sl_block *block, sl_str name)
{
    for (struct sl_cte *cte = block->ctes; cte; cte = cte->up) {
        if (sl_names_equal(r->dialect, cte->name, name))
            return cte;
    }
    return NULL;
}

static void view_query(PgQuery__Node *node, PgQuery__Node **query, PgQuery__Node ***names, size_t *n_names)
{
    *query = NULL;
    *n_names = 0;
    if (SL_IS(node, VIEW_STMT)) {
        *query = node->view_stmt->query;
        *names = node->view_stmt->aliases;
        *n_names = node->view_stmt->n_aliases;
        return;
    }
    if (!SL_IS(node, CREATE_TABLE_AS_STMT))
        return;
    *query = node->create_table_as_stmt->query;
    if (node->create_table_as_stmt->into) {
        *names = node->create_table_as_stmt->into->col_names;
        *n_names = node->create_table_as_stmt->into->n_col_names;
    }
}

/* The block of a view's definition. Its places are in another statement, so its uses are not this statement's rows. */
static struct sl_block *resolve_view(struct sl_resolver *r, struct sl_block *block, const struct sl_table *view)
{
    const struct sl_statement *definition = view->definition;
    struct sl_parsed parsed;
    sl_parse(definition->lowered->items[definition->item].text, r->arena, &parsed);
    PgQuery__Node *query = NULL;
    PgQuery__Node **names = NULL;
    size_t n_names = 0;
    view_query(sl_ast_first_statement(parsed.tree), &query, &names, &n_names);
    if (!query)
        return NULL;
    const struct sl_statement *reader = r->statement;
    size_t n_uses = r->facts->uses.len;
    r->statement = definition;
    r->view_depth++;
    struct sl_database reader_database =
        sl_catalog_enter_database(r->catalog, (struct sl_database){.name = view->database, .is_open = true});
    /* The view's own scope is the top: it sees neither the CTEs nor the relations of its reader. */
    struct sl_block *source = sl_resolve_query_node(r, query, block, NULL, NULL, "view", view->name);
    sl_catalog_enter_database(r->catalog, reader_database);
    r->view_depth--;
    r->statement = reader;
    r->facts->uses.len = n_uses;
    r->use_owner.len = n_uses;
    if (source)
        rename_outputs(&source->outputs, names, n_names);
    return source;
}

/* Predefined relations that lowering writes for what the common grammar lacks. */
static bool is_lowering_relation(sl_str name)
{
    return sl_str_has_prefix(name, SL_STR("mysql:"));
}

struct sl_relation *sl_relation_add_table(struct sl_resolver *r, struct sl_block *block, PgQuery__RangeVar *var,
                                          const char *join)
{
    sl_str schema = sl_str_from(var->schemaname);
    sl_str name = sl_str_from(var->relname);
    if (is_lowering_relation(name))
        return NULL;
    struct sl_relation relation = {.alias = alias_name(var->alias, name), .join = join};
    if (!var->alias)
        relation.schema = schema;
    struct sl_cte *cte = schema.len ? NULL : find_cte(r, block, name);
    struct sl_block *source = NULL;
    if (cte) {
        relation.outputs = copy_outputs(r, &cte->outputs);
        source = cte->block;
        relation.is_opaque = cte->block == NULL;
    } else if (is_system_relation(schema, name)) {
        relation.is_opaque = true;
    } else {
        relation.table = sl_catalog_find_table(r->catalog, r->dialect, schema, name);
        if (!relation.table)
            relation.table = sl_catalog_infer_table(r->catalog, r->dialect, schema, name);
        bool is_derived = relation.table->definition && relation.table->kind != SL_RELATION_TABLE;
        if (is_derived && block->depth < SL_MAX_SCOPE_DEPTH)
            source = resolve_view(r, block, relation.table);
    }
    if (source && !cte)
        relation.outputs = copy_outputs(r, &source->outputs);
    relation.source = source;
    if (var->alias)
        rename_outputs(&relation.outputs, var->alias->colnames, var->alias->n_colnames);
    emit_relation(r, block, &relation);
    if (source)
        sl_predicate_inherit(r, block, source);
    struct sl_relation *added = SL_VEC_PUSH(r->arena, &block->relations);
    *added = relation;
    return added;
}

static void from_subselect(struct sl_resolver *r, struct sl_block *block, const PgQuery__RangeSubselect *sub,
                           const char *join)
{
    sl_str name = alias_name(sub->alias, SL_STR_EMPTY);
    struct sl_block *scope = sub->lateral ? block : block->scope;
    struct sl_block *source = sl_resolve_query_node(r, sub->subquery, block, scope, block->ctes, "derived", name);
    struct sl_relation relation = {.alias = name, .join = sub->lateral ? "lateral" : join, .is_opaque = source == NULL};
    add_outputs(r, block, &relation, source, sub->alias);
    *SL_VEC_PUSH(r->arena, &block->relations) = relation;
}

/* A function in FROM: its arguments may use what stands left of it; its columns are known if the alias lists them. */
static void from_function(struct sl_resolver *r, struct sl_block *block, const PgQuery__RangeFunction *function,
                          const char *join)
{
    struct sl_context context = {.block = block, .clause = "join_on"};
    for (size_t i = 0; i < function->n_functions; i++) {
        struct sl_met_range range = sl_resolve_expression(r, &context, function->functions[i]);
        sl_use_place_in_clause(r, block, range, "join_on", 0, SL_STR_EMPTY, NULL);
    }
    struct sl_relation relation = {.alias = alias_name(function->alias, SL_STR_EMPTY), .join = join};
    for (size_t i = 0; function->alias && i < function->alias->n_colnames; i++)
        SL_VEC_PUSH(r->arena, &relation.outputs)->name = sl_ast_string(function->alias->colnames[i]);
    for (size_t i = 0; i < function->n_coldeflist; i++) {
        if (SL_IS(function->coldeflist[i], COLUMN_DEF))
            SL_VEC_PUSH(r->arena, &relation.outputs)->name = sl_str_from(function->coldeflist[i]->column_def->colname);
    }
    if (relation.outputs.len == 0) /* SELECT day FROM generate_series(…) AS day */
        SL_VEC_PUSH(r->arena, &relation.outputs)->name = relation.alias;
    relation.is_opaque = function->n_coldeflist == 0;
    add_outputs(r, block, &relation, NULL, NULL);
    *SL_VEC_PUSH(r->arena, &block->relations) = relation;
}

static const char *join_word(PgQuery__JoinType type, bool has_condition)
{
    switch (type) {
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT:
        return "left";
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT:
        return "right";
    case PG_QUERY__JOIN_TYPE__JOIN_FULL:
        return "full";
    default:
        return has_condition ? "inner" : "cross";
    }
}

/* USING (name) and NATURAL: unqualified, the column is the left one. */
static void merge_column(struct sl_resolver *r, struct sl_block *block, size_t right_first, sl_str name)
{
    for (size_t i = right_first; i < block->relations.len; i++)
        *SL_VEC_PUSH(r->arena, &block->relations.items[i].merged) = name;
}

static bool left_has(struct sl_resolver *r, struct sl_block *block, size_t right_first, sl_str name)
{
    size_t len = block->relations.len;
    block->relations.len = right_first;
    bool has = sl_scope_has_column(r, block, name);
    block->relations.len = len;
    return has;
}

static void merge_natural(struct sl_resolver *r, struct sl_block *block, size_t right_first)
{
    for (size_t i = right_first; i < block->relations.len; i++) {
        struct sl_relation *right = &block->relations.items[i];
        for (size_t c = 0; c < right->outputs.len; c++) {
            if (left_has(r, block, right_first, right->outputs.items[c].name))
                *SL_VEC_PUSH(r->arena, &right->merged) = right->outputs.items[c].name;
        }
        for (size_t c = 0; !right->source && right->table && c < right->table->columns.len; c++) {
            sl_str name = right->table->columns.items[c].name;
            if (left_has(r, block, right_first, name))
                *SL_VEC_PUSH(r->arena, &right->merged) = name;
        }
    }
}

static void use_side(struct sl_resolver *r, struct sl_block *block, sl_str name, size_t first, size_t end)
{
    struct sl_context context = {.block = block};
    size_t visible = block->first_visible, len = block->relations.len;
    block->first_visible = first;
    block->relations.len = end;
    struct sl_found found = sl_scope_lookup(r, block, SL_STR_EMPTY, SL_STR_EMPTY, name);
    block->first_visible = visible;
    block->relations.len = len;
    struct sl_met_range range = sl_use_emit(r, &context, &found, name, sl_statement_whole(r->statement));
    sl_use_place_in_clause(r, block, range, "join_on", 0, SL_STR_EMPTY, NULL);
}

static void use_merged(struct sl_resolver *r, struct sl_block *block, PgQuery__Node *name_node, size_t left_first,
                       size_t right_first)
{
    sl_str name = sl_ast_string(name_node);
    use_side(r, block, name, left_first, right_first);
    use_side(r, block, name, right_first, block->relations.len);
    merge_column(r, block, right_first, name);
}

static void from_join(struct sl_resolver *r, struct sl_block *block, const PgQuery__JoinExpr *join, const char *outer)
{
    size_t left_first = block->relations.len;
    const char *word = join_word(join->jointype, join->quals || join->n_using_clause || join->is_natural);
    sl_resolve_from(r, block, join->larg, outer);
    size_t right_first = block->relations.len;
    sl_resolve_from(r, block, join->rarg, word);
    if (join->is_natural)
        merge_natural(r, block, right_first);
    for (size_t i = 0; i < join->n_using_clause; i++)
        use_merged(r, block, join->using_clause[i], left_first, right_first);
    if (!join->quals)
        return;
    /* ON sees the two sides of its join, not what stands left of them in the FROM list. */
    size_t visible = block->first_visible;
    block->first_visible = left_first > visible ? left_first : visible;
    struct sl_context context = {.block = block, .clause = "join_on", .condition = "join_on"};
    struct sl_met_range range = sl_resolve_expression(r, &context, join->quals);
    sl_use_place_in_clause(r, block, range, "join_on", 0, SL_STR_EMPTY, NULL);
    block->first_visible = visible;
}

// Depth: JOIN nests to the left once for each join; capped by SL_MAX_AST_DEPTH.
void sl_resolve_from(struct sl_resolver *r, struct sl_block *block, PgQuery__Node *item, const char *join)
{
    if (!item)
        return;
    if (r->ast_depth >= SL_MAX_AST_DEPTH) {
        r->limited = "joins nest deeper than SL_MAX_AST_DEPTH";
        return;
    }
    r->ast_depth++;
    if (SL_IS(item, RANGE_VAR))
        sl_relation_add_table(r, block, item->range_var, join);
    else if (SL_IS(item, RANGE_SUBSELECT))
        from_subselect(r, block, item->range_subselect, join);
    else if (SL_IS(item, JOIN_EXPR))
        from_join(r, block, item->join_expr, join);
    else if (SL_IS(item, RANGE_FUNCTION))
        from_function(r, block, item->range_function, join);
    else if (SL_IS(item, RANGE_TABLE_SAMPLE))
        sl_resolve_from(r, block, item->range_table_sample->relation, join);
    else
        *SL_VEC_PUSH(r->arena, &block->relations) =
            (struct sl_relation){.alias = SL_STR_EMPTY, .is_opaque = true, .join = join};
    r->ast_depth--;
}

/* NOLINTEND(misc-no-recursion) */
