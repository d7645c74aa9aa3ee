#include <assert.h>

#include "base/limits.h"
#include "resolve/resolver.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_AST_DEPTH and SL_MAX_SCOPE_DEPTH */

/* $__timeGroupAlias(t, …) and $__time(t) of Grafana write "AS time", too. */
static bool is_time_macro(const PgQuery__FuncCall *call)
{
    sl_str name = sl_ast_last_string(call->funcname, call->n_funcname);
    return sl_str_has_prefix(name, SL_STR("$__")) &&
           (sl_str_has_suffix(name, SL_STR("Alias")) || sl_str_eq_nocase(name, SL_STR("$__time")) ||
            sl_str_eq_nocase(name, SL_STR("$__timeEpoch")));
}

static sl_str output_name(struct sl_resolver *r, const PgQuery__ResTarget *target)
{
    if (target->name && target->name[0])
        return sl_str_from(target->name);
    const PgQuery__Node *value = target->val;
    while (SL_IS(value, TYPE_CAST))
        value = value->type_cast->arg;
    if (SL_IS(value, COLUMN_REF))
        return sl_column_name_of(value->column_ref).name;
    if (SL_IS(value, FUNC_CALL) && is_time_macro(value->func_call))
        return SL_STR("time");
    if (SL_IS(value, FUNC_CALL) && r->dialect == SL_DIALECT_POSTGRES)
        return sl_ast_last_string(value->func_call->funcname, value->func_call->n_funcname);
    return SL_STR_EMPTY;
}

static void add_star_column(struct sl_resolver *r, struct sl_block *block, const struct sl_found *found, sl_str name,
                            struct sl_place place)
{
    struct sl_context context = {.block = block};
    struct sl_met_range range = sl_use_emit(r, &context, found, name, place);
    sl_use_place_in_clause(r, block, range, "select", 0, name, NULL);
    struct sl_output output = {.name = name, .first_use = range.first, .end_use = range.end, .is_star = true};
    sl_lineage_origins(r, block, range, &output);
    *SL_VEC_PUSH(r->arena, &block->outputs) = output;
}

/* `*` and `t.*`: one output for each column that the relations are known to have. */
static void resolve_star(struct sl_resolver *r, struct sl_block *block, const PgQuery__ColumnRef *ref)
{
    sl_str qualifier = sl_column_name_of(ref).qualifier;
    struct sl_place place = sl_name_place(r->statement, ref->location);
    for (size_t i = 0; i < block->relations.len; i++) {
        struct sl_relation relation = block->relations.items[i];
        if (relation.is_excluded || (qualifier.len && !sl_names_equal(r->dialect, relation.alias, qualifier)))
            continue;
        struct sl_found found = {.resolution = "exact", .owner = block, .relation = &relation};
        for (size_t c = 0; c < relation.outputs.len; c++) {
            found.output = &relation.outputs.items[c];
            if (qualifier.len || !sl_relation_is_merged(r, &relation, found.output->name))
                add_star_column(r, block, &found, found.output->name, place);
        }
        found.output = NULL;
        for (size_t c = 0; !relation.source && relation.table && c < relation.table->columns.len; c++) {
            found.column = &relation.table->columns.items[c];
            bool is_shown = !found.column->is_dropped && !found.column->is_inferred;
            if (is_shown && (qualifier.len || !sl_relation_is_merged(r, &relation, found.column->name)))
                add_star_column(r, block, &found, found.column->name, place);
        }
    }
}

static bool is_star(const PgQuery__Node *value)
{
    return SL_IS(value, COLUMN_REF) && sl_column_name_of(value->column_ref).is_star;
}

static void resolve_targets(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **targets, size_t n,
                            const char *clause)
{
    for (size_t i = 0; i < n; i++) {
        if (!SL_IS(targets[i], RES_TARGET))
            continue;
        const PgQuery__ResTarget *target = targets[i]->res_target;
        if (is_star(target->val)) {
            resolve_star(r, block, target->val->column_ref);
            continue;
        }
        struct sl_context context = {.block = block};
        struct sl_output output = {.name = output_name(r, target), .expression = target->val};
        struct sl_met_range range = sl_resolve_expression(r, &context, target->val);
        sl_use_place_in_clause(r, block, range, clause, 0, output.name, NULL);
        output.first_use = range.first;
        output.end_use = range.end;
        sl_lineage_origins(r, block, range, &output);
        *SL_VEC_PUSH(r->arena, &block->outputs) = output;
    }
    block->is_aliases_ready = true;
}

void sl_resolve_returning(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **list, size_t n)
{
    resolve_targets(r, block, list, n, "returning");
}

static const struct sl_output *output_by_ordinal(const struct sl_block *block, const PgQuery__Node *node)
{
    int64_t ordinal = 0;
    if (!sl_ast_integer(node, &ordinal) || ordinal < 1 || (uint64_t)ordinal > block->outputs.len)
        return NULL;
    assert(block->outputs.items); /* as many as its length says */
    return &block->outputs.items[ordinal - 1];
}

static const struct sl_output *output_by_alias(struct sl_resolver *r, const struct sl_block *block, sl_str name)
{
    for (size_t i = 0; name.len && i < block->outputs.len; i++) {
        if (sl_names_equal(r->dialect, block->outputs.items[i].name, name))
            return &block->outputs.items[i];
    }
    return NULL;
}

static sl_str bare_name(const PgQuery__Node *node)
{
    if (!SL_IS(node, COLUMN_REF) || node->column_ref->n_fields != 1)
        return SL_STR_EMPTY;
    return sl_column_name_of(node->column_ref).name;
}

/* Whether the output is more than the column of its own name. */
static bool is_wrapped(struct sl_resolver *r, const struct sl_output *output)
{
    if (SL_IS(output->expression, COLUMN_REF))
        return false;
    for (size_t i = output->first_use; i < output->end_use; i++) {
        if (strcmp(r->facts->uses.items[i].shape, "bare") != 0)
            return true;
    }
    return false;
}

static void mark_ambiguous(struct sl_resolver *r, struct sl_met_range range)
{
    for (size_t i = range.first; i < range.end; i++)
        r->facts->uses.items[i].resolution = "ambiguous";
}

/*
 * One grouping key. An ordinal is the output; a bare name is the input column first, in all three engines. Where an
 * output of that name wraps the column, the author means the output: that reading is added, as ambiguous.
 */
static void resolve_key(struct sl_resolver *r, struct sl_block *block, PgQuery__Node *node, uint32_t ordinal)
{
    const struct sl_output *output = output_by_ordinal(block, node);
    sl_str name = bare_name(node);
    const struct sl_output *alias = output ? NULL : output_by_alias(r, block, name);
    bool is_input = name.len && sl_scope_has_column(r, block, name);
    if (alias && !is_input)
        output = alias;
    struct sl_met_range range;
    if (output) {
        range = sl_use_repeat(r, block, output);
    } else {
        struct sl_context context = {.block = block,
                                     .alias_use = r->dialect == SL_DIALECT_POSTGRES ? SL_ALIAS_NO : SL_ALIAS_LAST};
        range = sl_resolve_expression(r, &context, node);
    }
    sl_str key_name = output ? output->name : name;
    sl_use_place_in_clause(r, block, range, "group_by", ordinal, key_name, NULL);
    if (!output && alias && is_wrapped(r, alias)) {
        struct sl_met_range meant = sl_use_repeat(r, block, alias);
        mark_ambiguous(r, meant);
        sl_use_place_in_clause(r, block, meant, "group_by", ordinal, alias->name, NULL);
    }
}

// GROUPING SETS nest; depth is capped by SL_MAX_AST_DEPTH.
static void resolve_keys(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **keys, size_t n,
                         uint32_t *ordinal)
{
    if (r->ast_depth >= SL_MAX_AST_DEPTH) {
        r->limited = "grouping sets nest deeper than SL_MAX_AST_DEPTH";
        return;
    }
    r->ast_depth++;
    for (size_t i = 0; i < n; i++) {
        if (SL_IS(keys[i], GROUPING_SET))
            resolve_keys(r, block, keys[i]->grouping_set->content, keys[i]->grouping_set->n_content, ordinal);
        else if (SL_IS(keys[i], ROW_EXPR))
            resolve_keys(r, block, keys[i]->row_expr->args, keys[i]->row_expr->n_args, ordinal);
        else if (keys[i])
            resolve_key(r, block, keys[i], ++*ordinal);
    }
    r->ast_depth--;
}

/* ORDER BY and DISTINCT ON: an ordinal, then an output's name, then an expression. */
static void resolve_sort_key(struct sl_resolver *r, struct sl_block *block, PgQuery__Node *node, const char *clause,
                             uint32_t ordinal, const char *sort)
{
    const struct sl_output *output = output_by_ordinal(block, node);
    if (!output)
        output = output_by_alias(r, block, bare_name(node));
    struct sl_met_range range;
    if (output && output->first_use < output->end_use) {
        range = sl_use_repeat(r, block, output);
    } else if (output) {
        return; /* a constant, or a count */
    } else {
        struct sl_context context = {.block = block,
                                     .alias_use = r->dialect == SL_DIALECT_POSTGRES ? SL_ALIAS_NO
                                                  : r->dialect == SL_DIALECT_MYSQL  ? SL_ALIAS_FIRST
                                                                                    : SL_ALIAS_LAST};
        range = sl_resolve_expression(r, &context, node);
    }
    sl_use_place_in_clause(r, block, range, clause, ordinal, output ? output->name : SL_STR_EMPTY, sort);
}

static void resolve_sort(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!SL_IS(items[i], SORT_BY))
            continue;
        bool is_desc = items[i]->sort_by->sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
        resolve_sort_key(r, block, items[i]->sort_by->node, "order_by", (uint32_t)i + 1, is_desc ? "desc" : "asc");
    }
}

static void resolve_where(struct sl_resolver *r, struct sl_block *block, PgQuery__Node *where)
{
    struct sl_context context = {.block = block, .condition = "where"};
    if (r->dialect == SL_DIALECT_SQLITE)
        context.alias_use = SL_ALIAS_LAST;
    struct sl_met_range range = sl_resolve_condition(r, &context, where);
    sl_use_place_in_clause(r, block, range, "where", 0, SL_STR_EMPTY, NULL);
}

static void resolve_having(struct sl_resolver *r, struct sl_block *block, PgQuery__Node *having)
{
    struct sl_context context = {.block = block, .condition = "having"};
    if (r->dialect == SL_DIALECT_MYSQL)
        context.alias_use = SL_ALIAS_FIRST;
    else if (r->dialect == SL_DIALECT_SQLITE)
        context.alias_use = SL_ALIAS_LAST;
    struct sl_met_range range = sl_resolve_condition(r, &context, having);
    sl_use_place_in_clause(r, block, range, "having", 0, SL_STR_EMPTY, NULL);
}

static void resolve_distinct(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (items[i] && items[i]->node_case != PG_QUERY__NODE__NODE__NOT_SET)
            resolve_sort_key(r, block, items[i], "distinct_on", (uint32_t)i + 1, NULL);
    }
    sl_block_fact(r, block)->has_distinct = n > 0;
}

static void resolve_limit(struct sl_resolver *r, struct sl_block *block, PgQuery__Node *limit)
{
    struct sl_context context = {.block = block};
    struct sl_met_range range = sl_resolve_expression(r, &context, limit);
    sl_use_place_in_clause(r, block, range, "limit", 0, SL_STR_EMPTY, NULL);
}

/* What may stand behind a SELECT and behind a set operation. */
static void resolve_tail(struct sl_resolver *r, struct sl_block *block, const PgQuery__SelectStmt *select)
{
    resolve_sort(r, block, select->sort_clause, select->n_sort_clause);
    resolve_limit(r, block, select->limit_count);
    resolve_limit(r, block, select->limit_offset);
    struct sl_fact_query_block *fact = sl_block_fact(r, block);
    fact->has_order = select->n_sort_clause > 0;
    fact->has_limit = select->limit_count != NULL;
    fact->has_locking = select->n_locking_clause > 0;
}

static void resolve_values(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **lists, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!SL_IS(lists[i], LIST))
            continue;
        PgQuery__List *list = lists[i]->list;
        for (size_t c = 0; c < list->n_items; c++) {
            struct sl_context context = {.block = block};
            struct sl_met_range range = sl_resolve_expression(r, &context, list->items[c]);
            sl_use_place_in_clause(r, block, range, "values", 0, SL_STR_EMPTY, NULL);
            if (block->outputs.len <= c)
                SL_VEC_PUSH(r->arena, &block->outputs)->name = sl_arena_printf(r->arena, "column%zu", c + 1);
            sl_lineage_origins(r, block, range, &block->outputs.items[c]);
        }
    }
}

static void resolve_plain(struct sl_resolver *r, struct sl_block *block, PgQuery__SelectStmt *select)
{
    block->windows = select->window_clause;
    block->n_windows = select->n_window_clause;
    for (size_t i = 0; i < select->n_from_clause; i++) {
        size_t first = block->relations.len;
        sl_resolve_from(r, block, select->from_clause[i], first ? "cross" : "from");
    }
    sl_block_fact(r, block)->has_grouping = select->n_group_clause > 0;
    resolve_targets(r, block, select->target_list, select->n_target_list, "select");
    resolve_where(r, block, select->where_clause);
    uint32_t ordinal = 0;
    resolve_keys(r, block, select->group_clause, select->n_group_clause, &ordinal);
    resolve_having(r, block, select->having_clause);
    resolve_distinct(r, block, select->distinct_clause, select->n_distinct_clause);
}

static bool is_set_operation(const PgQuery__SelectStmt *select)
{
    return select->op == PG_QUERY__SET_OPERATION__SETOP_UNION ||
           select->op == PG_QUERY__SET_OPERATION__SETOP_INTERSECT ||
           select->op == PG_QUERY__SET_OPERATION__SETOP_EXCEPT;
}

static bool is_plain_arm_chain(const PgQuery__SelectStmt *select)
{
    return is_set_operation(select) && !select->with_clause && !select->n_sort_clause && !select->limit_count &&
           !select->limit_offset;
}

static void merge_arm(struct sl_resolver *r, struct sl_block *block, const struct sl_block *arm)
{
    *SL_VEC_PUSH(r->arena, &r->facts->relations) = (struct sl_fact_block_relation){
        .block_id = block->block_id, .source_block = arm->block_id, .alias = SL_STR_EMPTY, .join = "from"};
    bool is_first = block->outputs.len == 0;
    for (size_t i = 0; i < arm->outputs.len; i++) {
        if (is_first)
            SL_VEC_PUSH(r->arena, &block->outputs)->name = arm->outputs.items[i].name;
        if (i >= block->outputs.len)
            break;
        for (size_t k = 0; k < arm->outputs.items[i].origins.len; k++)
            sl_lineage_add(r, &block->outputs.items[i], &arm->outputs.items[i].origins.items[k]);
    }
    sl_predicate_inherit(r, block, arm);
}

/* The first arm of a recursive query says what columns its own name has in the later ones. */
static void publish_recursion(struct sl_resolver *r, struct sl_block *block)
{
    struct sl_cte *self = block->self;
    if (!self || self->outputs.len)
        return;
    for (size_t i = 0; i < block->outputs.len; i++)
        *SL_VEC_PUSH(r->arena, &self->outputs) = block->outputs.items[i];
    for (size_t i = 0; i < self->n_names && i < self->outputs.len; i++)
        self->outputs.items[i].name = sl_ast_string(self->names[i]);
    sl_block_fact(r, block)->is_recursive = true;
}

static void resolve_arms(struct sl_resolver *r, struct sl_block *block, PgQuery__SelectStmt *select)
{
    SL_VEC(PgQuery__SelectStmt *) arms = {0};
    PgQuery__SelectStmt *left = select;
    do {
        *SL_VEC_PUSH(r->arena, &arms) = left->rarg;
        left = left->larg;
    } while (left && is_plain_arm_chain(left));
    *SL_VEC_PUSH(r->arena, &arms) = left;
    for (size_t i = arms.len; i-- > 0;) {
        if (!arms.items[i])
            continue;
        struct sl_block *arm =
            sl_resolve_select(r, arms.items[i], block, block->scope, block->ctes, "arm", SL_STR_EMPTY);
        merge_arm(r, block, arm);
        publish_recursion(r, block);
    }
}

struct sl_block *sl_resolve_select(struct sl_resolver *r, PgQuery__SelectStmt *select, struct sl_block *parent,
                                   struct sl_block *scope, struct sl_cte *ctes, const char *kind, sl_str name)
{
    struct sl_block *block = sl_block_new(r, parent, scope, kind, name, -1);
    block->ctes = ctes;
    block->self = r->pending_cte;
    r->pending_cte = NULL;
    if (block->depth > SL_MAX_SCOPE_DEPTH) {
        r->limited = "queries nest deeper than SL_MAX_SCOPE_DEPTH";
        return block;
    }
    sl_resolve_with(r, select->with_clause, block);
    if (is_set_operation(select))
        resolve_arms(r, block, select);
    else if (select->n_values_lists)
        resolve_values(r, block, select->values_lists, select->n_values_lists);
    else
        resolve_plain(r, block, select);
    resolve_tail(r, block, select);
    return block;
}

static void copy_cte_outputs(struct sl_resolver *r, struct sl_cte *cte, const PgQuery__CommonTableExpr *expr)
{
    cte->outputs.len = 0;
    for (size_t i = 0; cte->block && i < cte->block->outputs.len; i++) {
        struct sl_output output = cte->block->outputs.items[i];
        if (i < expr->n_aliascolnames)
            output.name = sl_ast_string(expr->aliascolnames[i]);
        *SL_VEC_PUSH(r->arena, &cte->outputs) = output;
    }
}

void sl_resolve_with(struct sl_resolver *r, PgQuery__WithClause *with, struct sl_block *block)
{
    for (size_t i = 0; with && i < with->n_ctes; i++) {
        if (!SL_IS(with->ctes[i], COMMON_TABLE_EXPR))
            continue;
        const PgQuery__CommonTableExpr *expr = with->ctes[i]->common_table_expr;
        struct sl_cte *cte = SL_NEW(r->arena, struct sl_cte);
        *cte = (struct sl_cte){.up = block->ctes,
                               .name = sl_str_from(expr->ctename),
                               .names = expr->aliascolnames,
                               .n_names = expr->n_aliascolnames};
        struct sl_cte *visible = block->ctes;
        if (with->recursive) {
            visible = cte;
            r->pending_cte = cte;
        }
        cte->block = sl_resolve_query_node(r, expr->ctequery, block, block->scope, visible, "cte", cte->name);
        r->pending_cte = NULL;
        copy_cte_outputs(r, cte, expr);
        block->ctes = cte;
    }
}

/* NOLINTEND(misc-no-recursion) */
