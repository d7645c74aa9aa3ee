#include "base/limits.h"
#include "resolve/resolver.h"
#include "resolve/role_name.h"
#include "sql/parse.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_AST_DEPTH and SL_MAX_SCOPE_DEPTH */

static struct sl_met_range nothing(struct sl_resolver *r)
{
    return (struct sl_met_range){.first = r->facts->uses.len, .end = r->facts->uses.len};
}

static void join_range(struct sl_met_range *all, struct sl_met_range more)
{
    all->end = more.end;
    all->met |= more.met & ~(unsigned)SL_MET_BOOLEAN;
}

static struct sl_fact_column_use *use_add(struct sl_resolver *r, struct sl_block *owner)
{
    *SL_VEC_PUSH(r->arena, &r->use_owner) = owner;
    return SL_VEC_PUSH(r->arena, &r->facts->uses);
}

static bool may_trace(struct sl_resolver *r, size_t n)
{
    r->n_lineage += n;
    if (r->n_lineage <= SL_MAX_LINEAGE_ORIGINS)
        return true;
    r->limited = "derived columns lead to more base columns than SL_MAX_LINEAGE_ORIGINS";
    return false;
}

/* The rows of one derived column, as uses of this block. */
static void emit_origins(struct sl_resolver *r, const struct sl_context *context, const struct sl_found *found,
                         const sl_use_vec *origins, uint32_t via_block, struct sl_place place)
{
    if (!may_trace(r, origins->len))
        return;
    for (size_t i = 0; i < origins->len; i++) {
        struct sl_fact_column_use use = sl_shape_compose(&origins->items[i], via_block);
        use.use_id = r->ids->next_use++;
        use.block_id = context->block->block_id;
        use.place = place;
        if (found->resolution[0] != 'e')
            use.resolution = found->resolution;
        *use_add(r, found->owner) = use;
    }
}

static bool is_time_use(struct sl_resolver *r, const struct sl_fact_column_use *use)
{
    const struct sl_column *column = sl_catalog_column(r->catalog, use->column_id);
    return column && (column->type_class == SL_TYPE_TIME || sl_name_time_role(column->name) != SL_NAME_OTHER);
}

/*
 * A generated column that is made of a time is that time, wrapped as its expression says: the uses of the expression,
 * as if it were written here. False for other columns.
 */
static bool emit_generated(struct sl_resolver *r, const struct sl_context *context, const struct sl_found *found,
                           struct sl_place place)
{
    if (found->column->generated_text.len == 0 || !found->relation || r->view_depth >= SL_MAX_SCOPE_DEPTH)
        return false;
    struct sl_parsed parsed;
    sl_parse(sl_arena_printf(r->arena, "SELECT %.*s", SL_STR_ARG(found->column->generated_text)), r->arena, &parsed);
    PgQuery__Node *select = sl_ast_first_statement(parsed.tree);
    if (!SL_IS(select, SELECT_STMT) || select->select_stmt->n_target_list != 1)
        return false;
    struct sl_block *row = SL_NEW(r->arena, struct sl_block);
    row->block_id = context->block->block_id;
    row->depth = found->owner ? found->owner->depth : context->block->depth;
    *SL_VEC_PUSH(r->arena, &row->relations) = *found->relation;
    struct sl_context inner = {.block = row};
    size_t first = r->facts->uses.len;
    r->view_depth++;
    (void)sl_resolve_expression(r, &inner, select->select_stmt->target_list[0]->res_target->val);
    r->view_depth--;
    bool has_time = false;
    for (size_t i = first; i < r->facts->uses.len; i++) {
        r->facts->uses.items[i].place = place;
        has_time |= is_time_use(r, &r->facts->uses.items[i]);
    }
    if (!has_time)
        r->facts->uses.len = r->use_owner.len = first;
    return has_time;
}

struct sl_met_range sl_use_emit(struct sl_resolver *r, const struct sl_context *context, const struct sl_found *found,
                                sl_str name, struct sl_place place)
{
    struct sl_met_range range = nothing(r);
    if (found->output) {
        uint32_t via = found->relation->source ? found->relation->source->block_id : 0;
        emit_origins(r, context, found, &found->output->origins, via, place);
    } else if (found->column && emit_generated(r, context, found, place)) {
        range.end = r->facts->uses.len;
    } else if (found->column) {
        *use_add(r, found->owner) = (struct sl_fact_column_use){
            .use_id = r->ids->next_use++,
            .block_id = context->block->block_id,
            .column_id = found->column->column_id,
            .shape = "bare",
            .name = name,
            .resolution = found->resolution,
            .place = place,
        };
    } else if (!found->relation) {
        /* A name that nothing in sight has: said so, with no column to point at. */
        *use_add(r, found->owner) = (struct sl_fact_column_use){
            .use_id = r->ids->next_use++,
            .block_id = context->block->block_id,
            .shape = "bare",
            .name = name,
            .resolution = "unknown",
            .place = place,
        };
    }
    range.end = r->facts->uses.len;
    range.met = SL_MET_COLUMN;
    return range;
}

void sl_use_place_in_clause(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range,
                            const char *clause, uint32_t key_ordinal, sl_str output_name, const char *sort)
{
    for (size_t i = range.first; i < range.end; i++) {
        struct sl_fact_column_use *use = &r->facts->uses.items[i];
        if (use->clause || use->block_id != block->block_id)
            continue;
        use->clause = clause;
        use->key_ordinal = key_ordinal;
        use->output_name = output_name;
        use->sort = sort;
    }
}

struct sl_met_range sl_use_repeat(struct sl_resolver *r, const struct sl_block *block, const struct sl_output *output)
{
    struct sl_met_range range = nothing(r);
    for (size_t i = output->first_use; i < output->end_use; i++) {
        struct sl_fact_column_use use = r->facts->uses.items[i];
        bool is_item = use.block_id == block->block_id && use.clause && strcmp(use.clause, "select") == 0;
        if (!is_item || !may_trace(r, 1))
            continue;
        struct sl_block *owner = r->use_owner.items[i];
        use.use_id = r->ids->next_use++;
        use.clause = NULL;
        *use_add(r, owner) = use;
    }
    range.end = r->facts->uses.len;
    return range;
}

static const struct sl_output *find_alias(struct sl_resolver *r, const struct sl_block *block, sl_str name)
{
    for (size_t i = 0; i < block->outputs.len; i++) {
        const struct sl_output *output = &block->outputs.items[i];
        if (output->expression && sl_names_equal(r->dialect, output->name, name))
            return output;
    }
    return NULL;
}

static bool is_whole_row(struct sl_resolver *r, const struct sl_block *block, sl_str name)
{
    for (const struct sl_block *b = block; b; b = b->scope) {
        for (size_t i = 0; i < b->relations.len; i++) {
            if (sl_names_equal(r->dialect, b->relations.items[i].alias, name))
                return true;
        }
    }
    return false;
}

static bool is_variable(struct sl_resolver *r, sl_str name)
{
    for (size_t i = 0; i < r->variables.len; i++) {
        if (sl_names_equal(r->dialect, r->variables.items[i], name))
            return true;
    }
    return false;
}

/* SQLite reads "word" as text where no column has that name (sqlite.org, "Double-quoted String Literals"). */
static bool is_sqlite_string(struct sl_resolver *r, const struct sl_column_name *name, const PgQuery__ColumnRef *ref)
{
    if (r->dialect != SL_DIALECT_SQLITE || name->qualifier.len || ref->location < 0)
        return false;
    sl_str token = sl_statement_token(r->statement, (uint32_t)ref->location);
    return token.len && token.ptr[0] == '"';
}

static struct sl_met_range resolve_column(struct sl_resolver *r, const struct sl_context *context,
                                          const PgQuery__ColumnRef *ref)
{
    struct sl_column_name name = sl_column_name_of(ref);
    struct sl_block *block = context->block;
    if (name.is_star || name.name.len == 0)
        return nothing(r);
    bool may_be_alias = context->alias_use != SL_ALIAS_NO && name.qualifier.len == 0 && block->is_aliases_ready;
    const struct sl_output *alias = may_be_alias ? find_alias(r, block, name.name) : NULL;
    if (alias && (context->alias_use == SL_ALIAS_FIRST || !sl_scope_has_column(r, block, name.name)))
        return sl_use_repeat(r, block, alias);
    if (name.qualifier.len == 0 && is_variable(r, name.name) && !sl_scope_has_column(r, block, name.name)) {
        struct sl_met_range range = nothing(r);
        range.met = SL_MET_PARAMETER;
        return range;
    }
    struct sl_found found = sl_scope_lookup(r, block, name.schema, name.qualifier, name.name);
    bool is_unknown = !found.column && !found.output;
    if (is_unknown && is_sqlite_string(r, &name, ref)) {
        struct sl_met_range range = nothing(r);
        range.met = SL_MET_LITERAL;
        return range;
    }
    if (is_unknown && name.qualifier.len == 0 && is_whole_row(r, block, name.name))
        return nothing(r);
    return sl_use_emit(r, context, &found, name.name, sl_name_place(r->statement, ref->location));
}

static struct sl_met_range resolve_list(struct sl_resolver *r, const struct sl_context *context, PgQuery__Node **nodes,
                                        size_t n)
{
    struct sl_met_range all = nothing(r);
    for (size_t i = 0; i < n; i++)
        join_range(&all, sl_resolve_expression(r, context, nodes[i]));
    return all;
}

static struct sl_context inner_value(const struct sl_context *context)
{
    struct sl_context inner = *context;
    inner.condition = NULL;
    inner.is_negated = false;
    return inner;
}

static struct sl_met_range resolve_constant(struct sl_resolver *r, const PgQuery__AConst *constant)
{
    struct sl_met_range range = nothing(r);
    range.met = constant->isnull ? SL_MET_NULL : SL_MET_LITERAL;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_SVAL &&
        sl_str_eq_nocase(sl_str_from(constant->sval->sval), SL_STR("now")))
        range.met = SL_MET_NOW;
    return range;
}

static struct sl_met_range resolve_bool(struct sl_resolver *r, const struct sl_context *context,
                                        const PgQuery__BoolExpr *expr)
{
    struct sl_met_range all = nothing(r);
    struct sl_context inner = *context;
    if (expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR)
        inner.is_negated = !inner.is_negated;
    for (size_t i = 0; i < expr->n_args; i++)
        join_range(&all, sl_resolve_condition(r, &inner, expr->args[i]));
    all.met |= SL_MET_BOOLEAN;
    return all;
}

struct sl_met_range sl_resolve_condition(struct sl_resolver *r, const struct sl_context *context, PgQuery__Node *node)
{
    struct sl_met_range range = sl_resolve_expression(r, context, node);
    if (SL_IS(node, COLUMN_REF))
        sl_predicate_truth(r, context, range, !context->is_negated);
    else if (SL_IS(node, FUNC_CALL))
        sl_predicate_call(r, context, range, node);
    return range;
}

static struct sl_met_range resolve_case(struct sl_resolver *r, const struct sl_context *context,
                                        const PgQuery__CaseExpr *expr)
{
    struct sl_met_range all = nothing(r);
    struct sl_context value = inner_value(context);
    struct sl_context when = value;
    /* In WHERE, what a branch tests before it says yes is a test of the row like any other. */
    when.condition = context->aggregate ? "case" : context->is_negated ? NULL : context->condition;
    struct sl_met_range arg = sl_resolve_expression(r, &value, expr->arg);
    join_range(&all, arg);
    for (size_t i = 0; i < expr->n_args; i++) {
        if (!SL_IS(expr->args[i], CASE_WHEN))
            continue;
        PgQuery__CaseWhen *arm = expr->args[i]->case_when;
        struct sl_met_range test =
            expr->arg ? sl_resolve_expression(r, &value, arm->expr) : sl_resolve_condition(r, &when, arm->expr);
        if (expr->arg) {
            sl_predicate_case_arm(r, &when, arg, test, arm->expr);
            sl_shape_compare(r, context, arg, test, "equal");
        }
        struct sl_met_range result = sl_resolve_expression(r, &value, arm->result);
        sl_shape_wrap(r, context->block, result, "function", "case", NULL);
        sl_shape_mark_choice(r, context, test, result);
        join_range(&all, test);
        join_range(&all, result);
    }
    struct sl_met_range rest = sl_resolve_expression(r, &value, expr->defresult);
    sl_shape_wrap(r, context->block, rest, "function", "case", NULL);
    join_range(&all, rest);
    all.met &= ~(unsigned)(SL_MET_NOW);
    return all;
}

/* IN (SELECT …), EXISTS and scalar sub-queries. */
static struct sl_met_range resolve_sublink(struct sl_resolver *r, const struct sl_context *context,
                                           const PgQuery__SubLink *link)
{
    struct sl_context value = inner_value(context);
    struct sl_block *block = context->block;
    struct sl_met_range test = sl_resolve_expression(r, &value, link->testexpr);
    struct sl_block *source =
        sl_resolve_query_node(r, link->subselect, block, block, block->ctes, "subquery", SL_STR_EMPTY);
    bool is_scalar = link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK;
    struct sl_met_range inner = nothing(r);
    inner.met = SL_MET_SUBQUERY;
    if (source && is_scalar && source->outputs.len == 1) {
        struct sl_found found = {.resolution = "exact", .owner = block};
        emit_origins(r, &value, &found, &source->outputs.items[0].origins, source->block_id,
                     link->location >= 0 ? sl_statement_place(r->statement, (uint32_t)link->location)
                                         : sl_block_fact(r, source)->place);
        inner.end = r->facts->uses.len;
    }
    bool is_semi_join = link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK ||
                        link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK;
    if (source && is_semi_join && context->condition && !context->is_negated)
        sl_predicate_inherit(r, block, source);
    if (link->testexpr)
        sl_shape_compare(r, context, test, inner, context->is_negated ? "not_equal" : "equal");
    test.end = inner.end;
    test.met |= inner.met | (is_scalar ? 0 : SL_MET_BOOLEAN);
    return test;
}

static bool is_product(const PgQuery__AExpr *expr)
{
    return sl_str_eq(sl_ast_last_string(expr->name, expr->n_name), SL_STR("*"));
}

/* (a, b) = (c, d) is a = c AND b = d. */
static bool is_row_equality(const PgQuery__AExpr *expr)
{
    return expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP && SL_IS(expr->lexpr, ROW_EXPR) &&
           SL_IS(expr->rexpr, ROW_EXPR) && expr->lexpr->row_expr->n_args == expr->rexpr->row_expr->n_args &&
           sl_str_eq(sl_ast_last_string(expr->name, expr->n_name), SL_STR("="));
}

static struct sl_met_range resolve_operator(struct sl_resolver *r, const struct sl_context *context,
                                            const PgQuery__AExpr *expr);

static struct sl_met_range resolve_row_equality(struct sl_resolver *r, const struct sl_context *context,
                                                const PgQuery__AExpr *expr)
{
    struct sl_met_range all = nothing(r);
    PgQuery__AExpr pair = *expr;
    for (size_t i = 0; i < expr->lexpr->row_expr->n_args; i++) {
        pair.lexpr = expr->lexpr->row_expr->args[i];
        pair.rexpr = expr->rexpr->row_expr->args[i];
        join_range(&all, resolve_operator(r, context, &pair));
    }
    all.met |= SL_MET_BOOLEAN;
    return all;
}

static struct sl_met_range resolve_operator(struct sl_resolver *r, const struct sl_context *context,
                                            const PgQuery__AExpr *expr)
{
    if (is_row_equality(expr))
        return resolve_row_equality(r, context, expr);
    struct sl_context value = inner_value(context);
    /* SUM((a = 1) * (b > 2)): truth values multiplied are an AND; COUNT(NULLIF(c, false)) counts where c holds. */
    if (context->aggregate && (is_product(expr) || expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF))
        value.condition = context->condition;
    struct sl_met_range left = sl_resolve_expression(r, &value, expr->lexpr);
    struct sl_met_range right = sl_resolve_expression(r, &value, expr->rexpr);
    unsigned more = sl_shape_operator(r, context, expr, left, right);
    sl_predicate_compare(r, context, expr, left, right);
    struct sl_met_range all = left;
    all.met &= ~(unsigned)SL_MET_BOOLEAN;
    join_range(&all, right);
    if (sl_str_eq(sl_ast_last_string(expr->name, expr->n_name), SL_STR("-")))
        all.met &= ~(unsigned)SL_MET_AHEAD; /* now() + a - b: no telling */
    all.met |= more;
    return all;
}

static struct sl_met_range resolve_cast(struct sl_resolver *r, const struct sl_context *context,
                                        const PgQuery__TypeCast *cast)
{
    struct sl_met_range range = sl_resolve_expression(r, context, cast->arg);
    if (cast->type_name)
        sl_shape_cast(r, context->block, range, cast->type_name);
    return range;
}

static struct sl_met_range resolve_value_function(struct sl_resolver *r, const PgQuery__SQLValueFunction *function)
{
    struct sl_met_range range = nothing(r);
    range.met = function->op < PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE ? SL_MET_NOW : SL_MET_FUNCTION;
    return range;
}

static struct sl_met_range resolve_named(struct sl_resolver *r, const struct sl_context *context, PgQuery__Node **args,
                                         size_t n, const char *function)
{
    struct sl_context value = inner_value(context);
    struct sl_met_range all = resolve_list(r, &value, args, n);
    sl_shape_wrap(r, context->block, all, "function", function, NULL);
    all.met |= SL_MET_FUNCTION;
    return all;
}

struct child_visit {
    struct sl_resolver *r;
    const struct sl_context *context;
    struct sl_met_range all;
};

static enum sl_walk visit_child(void *pointer, PgQuery__Node *node)
{
    struct child_visit *visit = pointer;
    join_range(&visit->all, sl_resolve_expression(visit->r, visit->context, node));
    return SL_WALK_PRUNE;
}

/* Node kinds that add nothing of their own: rows, arrays, lists, indirection, COLLATE, kinds of newer grammars. */
static struct sl_met_range resolve_children(struct sl_resolver *r, const struct sl_context *context,
                                            PgQuery__Node *node)
{
    struct sl_context value = inner_value(context);
    struct child_visit visit = {r, &value, nothing(r)};
    sl_ast_walk_children(node, visit_child, &visit);
    return visit.all;
}

static struct sl_met_range resolve_test(struct sl_resolver *r, const struct sl_context *context, PgQuery__Node *node)
{
    struct sl_context value = inner_value(context);
    bool is_null_test = SL_IS(node, NULL_TEST);
    struct sl_met_range range =
        sl_resolve_expression(r, &value, is_null_test ? node->null_test->arg : node->boolean_test->arg);
    if (is_null_test) {
        bool is_null = node->null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL;
        sl_predicate_null_test(r, context, range, is_null != context->is_negated);
        sl_shape_wrap(r, context->block, range, "null_test", NULL, NULL);
    } else {
        PgQuery__BoolTestType type = node->boolean_test->booltesttype;
        bool is_true = type == PG_QUERY__BOOL_TEST_TYPE__IS_TRUE || type == PG_QUERY__BOOL_TEST_TYPE__IS_NOT_FALSE;
        sl_predicate_truth(r, context, range, is_true != context->is_negated);
    }
    range.met = SL_MET_BOOLEAN;
    return range;
}

/* (t).c is t.c where t is a relation in sight; else a part of a value. */
static struct sl_met_range resolve_indirection(struct sl_resolver *r, const struct sl_context *context,
                                               PgQuery__Node *node)
{
    const PgQuery__AIndirection *part = node->a_indirection;
    if (!SL_IS(part->arg, COLUMN_REF) || part->arg->column_ref->n_fields != 1 || part->n_indirection != 1 ||
        !SL_IS(part->indirection[0], STRING) ||
        !is_whole_row(r, context->block, sl_column_name_of(part->arg->column_ref).name))
        return resolve_children(r, context, node);
    PgQuery__ColumnRef ref = *part->arg->column_ref;
    PgQuery__Node *fields[2] = {ref.fields[0], part->indirection[0]};
    ref.fields = fields;
    ref.n_fields = 2;
    return resolve_column(r, context, &ref);
}

static struct sl_met_range resolve_kind(struct sl_resolver *r, const struct sl_context *context, PgQuery__Node *node)
{
    struct sl_met_range range = nothing(r);
    switch ((int)node->node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
        return resolve_column(r, context, node->column_ref);
    case PG_QUERY__NODE__NODE_A_CONST:
        return resolve_constant(r, node->a_const);
    case PG_QUERY__NODE__NODE_PARAM_REF:
        range.met = SL_MET_PARAMETER;
        return range;
    case PG_QUERY__NODE__NODE_FUNC_CALL:
        return sl_resolve_call(r, context, node->func_call);
    case PG_QUERY__NODE__NODE_A_EXPR:
        return resolve_operator(r, context, node->a_expr);
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
        return resolve_bool(r, context, node->bool_expr);
    case PG_QUERY__NODE__NODE_CASE_EXPR:
        return resolve_case(r, context, node->case_expr);
    case PG_QUERY__NODE__NODE_SUB_LINK:
        return resolve_sublink(r, context, node->sub_link);
    case PG_QUERY__NODE__NODE_TYPE_CAST:
        return resolve_cast(r, context, node->type_cast);
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
        return resolve_value_function(r, node->sqlvalue_function);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
        return resolve_named(r, context, node->coalesce_expr->args, node->coalesce_expr->n_args, "coalesce");
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
        return resolve_named(r, context, node->min_max_expr->args, node->min_max_expr->n_args,
                             node->min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_LEAST ? "least" : "greatest");
    case PG_QUERY__NODE__NODE_NULL_TEST:
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
        return resolve_test(r, context, node);
    case PG_QUERY__NODE__NODE_SELECT_STMT: {
        struct sl_block *block = context->block;
        sl_resolve_query_node(r, node, block, block, block->ctes, "subquery", SL_STR_EMPTY);
        range.end = r->facts->uses.len;
        range.met = SL_MET_SUBQUERY;
        return range;
    }
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
        return resolve_indirection(r, context, node);
    case PG_QUERY__NODE__NODE_TYPE_NAME:
    case PG_QUERY__NODE__NODE_STRING:
    case PG_QUERY__NODE__NODE_INTEGER:
        return range;
    default:
        return resolve_children(r, context, node);
    }
}

// Depth is capped here for the whole file.
struct sl_met_range sl_resolve_expression(struct sl_resolver *r, const struct sl_context *context, PgQuery__Node *node)
{
    if (!node)
        return nothing(r);
    if (r->ast_depth >= SL_MAX_AST_DEPTH) {
        r->limited = "an expression nests deeper than SL_MAX_AST_DEPTH";
        return nothing(r);
    }
    r->ast_depth++;
    struct sl_met_range range = resolve_kind(r, context, node);
    r->ast_depth--;
    return range;
}

/* NOLINTEND(misc-no-recursion) */
