#include "resolve/write_targets.h"

#include "base/limits.h"
#include "resolve/value.h"

/* excluded.c is the row that was to be inserted: taking its value is no way to keep the old one. */
static bool is_excluded(struct sl_resolver *r, const PgQuery__ColumnRef *ref)
{
    return sl_names_equal(r->dialect, sl_column_name_of(ref).qualifier, SL_STR("excluded"));
}

struct choice_test {
    struct sl_resolver *r;
    sl_str column;
    bool asks_itself; /* of the column's own value, or for a difference: the choice keeps what must stay */
};

static enum sl_walk visit_choice_test(void *pointer, PgQuery__Node *node)
{
    struct choice_test *test = pointer;
    if (SL_IS(node, COLUMN_REF) &&
        sl_names_equal(test->r->dialect, sl_column_name_of(node->column_ref).name, test->column))
        test->asks_itself = true;
    else if (SL_IS(node, BOOL_EXPR) && node->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR)
        test->asks_itself = true;
    else if (SL_IS(node, A_EXPR)) {
        sl_str operator= sl_ast_last_string(node->a_expr->name, node->a_expr->n_name);
        test->asks_itself |= node->a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT ||
                             sl_str_eq(operator, SL_STR("<>")) || sl_str_eq(operator, SL_STR("!=")) ||
                             sl_str_eq(operator, SL_STR("<=>"));
    }
    return test->asks_itself ? SL_WALK_ABORT : SL_WALK_CONTINUE;
}

/* CASE WHEN status = 'won' THEN now() ELSE x END, IF(…): x is set to now in some rows, whatever x was in them. */
static bool is_open_choice(struct sl_resolver *r, PgQuery__Node *value, sl_str column)
{
    struct choice_test test = {.r = r, .column = column};
    bool has_now = false;
    if (SL_IS(value, CASE_EXPR)) {
        (void)sl_ast_walk(value->case_expr->arg, visit_choice_test, &test);
        has_now = sl_value_is_now(value->case_expr->defresult);
        for (size_t i = 0; i < value->case_expr->n_args; i++) {
            if (!SL_IS(value->case_expr->args[i], CASE_WHEN))
                continue;
            (void)sl_ast_walk(value->case_expr->args[i]->case_when->expr, visit_choice_test, &test);
            has_now |= sl_value_is_now(value->case_expr->args[i]->case_when->result);
        }
    } else if (SL_IS(value, FUNC_CALL) && value->func_call->n_args == 3 &&
               (sl_str_eq_nocase(sl_value_function(value), SL_STR("if")) ||
                sl_str_eq_nocase(sl_value_function(value), SL_STR("iif")))) {
        (void)sl_ast_walk(value->func_call->args[0], visit_choice_test, &test);
        has_now = sl_value_is_now(value->func_call->args[1]) || sl_value_is_now(value->func_call->args[2]);
    }
    return has_now && !test.asks_itself;
}

/* What the value of an assignment is, seen from its column. */
static const char *value_shape(struct sl_resolver *r, PgQuery__Node *value, struct sl_met_range range,
                               uint32_t column_id, uint32_t *value_column)
{
    *value_column = 0;
    for (size_t i = range.first; i < range.end && !*value_column; i++)
        *value_column = r->facts->uses.items[i].column_id;
    bool is_bare = SL_IS(value, COLUMN_REF);
    if (SL_IS(value, SET_TO_DEFAULT))
        return "default";
    if (is_bare && *value_column)
        return *value_column == column_id && !is_excluded(r, value->column_ref) ? "self" : "column";
    bool mentions_self = false;
    for (size_t i = range.first; i < range.end; i++)
        mentions_self |= r->facts->uses.items[i].column_id == column_id && column_id;
    bool is_guard =
        SL_IS(value, COALESCE_EXPR) || SL_IS(value, CASE_EXPR) || (SL_IS(value, FUNC_CALL) && mentions_self);
    if (mentions_self && is_guard) {
        const struct sl_column *column = sl_catalog_column(r->catalog, column_id);
        return column && is_open_choice(r, value, column->name) ? "now" : "guarded";
    }
    if (range.first < range.end || (range.met & SL_MET_SUBQUERY))
        return "expression";
    if (range.met & SL_MET_NOW)
        return "now";
    if (range.met & SL_MET_PARAMETER)
        return "parameter";
    if (range.met & SL_MET_LITERAL)
        return "literal";
    return range.met & SL_MET_NULL ? "null" : "expression";
}

static sl_str value_text(struct sl_resolver *r, PgQuery__Node *value)
{
    if (SL_IS(value, TYPE_CAST))
        value = value->type_cast->arg;
    sl_str text = sl_ast_string(value);
    int64_t number = 0;
    if (text.len)
        return text;
    if (sl_ast_integer(value, &number))
        return sl_arena_printf(r->arena, "%lld", (long long)number);
    if (SL_IS(value, A_CONST) && value->a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL)
        return value->a_const->boolval->boolval ? SL_STR("true") : SL_STR("false");
    if (SL_IS(value, A_CONST) && value->a_const->val_case == PG_QUERY__A__CONST__VAL_FVAL)
        return sl_str_from(value->a_const->fval->fval);
    return SL_STR_EMPTY;
}

static void add_assignment(struct sl_resolver *r, const struct sl_block *block, const struct sl_found *target,
                           const char *arm, PgQuery__Node *value, struct sl_met_range range, struct sl_place place)
{
    if (!target->column)
        return;
    struct sl_fact_assignment row = {.block_id = block->block_id,
                                     .column_id = target->column->column_id,
                                     .arm = arm,
                                     .value_text = value_text(r, value),
                                     .place = place};
    row.value_shape = value_shape(r, value, range, row.column_id, &row.value_column);
    *SL_VEC_PUSH(r->arena, &r->facts->assignments) = row;
}

/* A view's column that is a plain column of a table: an updatable view hands the write on. */
static const struct sl_column *column_behind_view(struct sl_resolver *r, const struct sl_relation *relation,
                                                  sl_str name)
{
    for (size_t i = 0; relation->source && i < relation->outputs.len; i++) {
        const struct sl_output *output = &relation->outputs.items[i];
        if (sl_names_equal(r->dialect, output->name, name) && output->origins.len == 1 &&
            strcmp(output->origins.items[0].shape, "bare") == 0 && !output->origins.items[0].aggregate)
            return sl_catalog_column(r->catalog, output->origins.items[0].column_id);
    }
    return NULL;
}

/* `SET a.x = …`: MySQL's multi-table form names the relation first. */
static struct sl_found find_target(struct sl_resolver *r, struct sl_block *block, const PgQuery__ResTarget *target,
                                   const struct sl_relation *relation)
{
    sl_str qualifier = SL_STR_EMPTY;
    sl_str name = sl_str_from(target->name);
    if (target->n_indirection && SL_IS(target->indirection[target->n_indirection - 1], STRING) && !relation) {
        qualifier = name;
        name = sl_ast_string(target->indirection[target->n_indirection - 1]);
    } else if (target->n_indirection && SL_IS(target->indirection[0], STRING) && relation &&
               sl_names_equal(r->dialect, relation->alias, name)) {
        name = sl_ast_string(target->indirection[0]);
    }
    if (relation && relation->table) {
        struct sl_found found = {.resolution = "exact", .owner = block, .relation = relation};
        found.column = column_behind_view(r, relation, name);
        if (!found.column)
            found.column = sl_table_find_column(relation->table, r->dialect, name);
        bool may_infer = !found.column && (relation->table->is_inferred || relation->table->columns.len == 0);
        if (may_infer)
            found.column = sl_catalog_infer_column(r->catalog, r->dialect, relation->table, name);
        return found;
    }
    return sl_scope_lookup(r, block, SL_STR_EMPTY, qualifier, name);
}

static PgQuery__Node *multi_value(PgQuery__Node *value)
{
    if (!SL_IS(value, MULTI_ASSIGN_REF))
        return value;
    PgQuery__Node *source = value->multi_assign_ref->source;
    int32_t index = value->multi_assign_ref->colno - 1;
    if (SL_IS(source, ROW_EXPR) && index >= 0 && (size_t)index < source->row_expr->n_args)
        return source->row_expr->args[index];
    return index == 0 ? source : NULL;
}

static void resolve_set(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **targets, size_t n,
                        const struct sl_relation *relation, const char *arm, const char *clause)
{
    for (size_t i = 0; i < n; i++) {
        if (!SL_IS(targets[i], RES_TARGET))
            continue;
        const PgQuery__ResTarget *target = targets[i]->res_target;
        PgQuery__Node *value = multi_value(target->val);
        struct sl_context context = {.block = block};
        struct sl_found found = find_target(r, block, target, relation);
        struct sl_place place = sl_name_place(r->statement, target->location);
        struct sl_met_range set = sl_use_emit(r, &context, &found, sl_str_from(target->name), place);
        sl_use_place_in_clause(r, block, set, "set_target", 0, SL_STR_EMPTY, NULL);
        struct sl_met_range range = sl_resolve_expression(r, &context, value);
        sl_str set_name = found.column ? found.column->name : sl_str_from(target->name);
        sl_use_place_in_clause(r, block, range, clause, 0, set_name, NULL);
        add_assignment(r, block, &found, arm, value, range, place);
    }
}

static void resolve_where(struct sl_resolver *r, struct sl_block *block, PgQuery__Node *where, const char *clause)
{
    struct sl_context context = {.block = block, .condition = "where"};
    struct sl_met_range range = sl_resolve_condition(r, &context, where);
    sl_use_place_in_clause(r, block, range, clause, 0, SL_STR_EMPTY, NULL);
}

/* UPDATE/DELETE … ORDER BY x LIMIT n is lowered to RETURNING (SELECT ORDER BY x LIMIT n): an order, not an output. */
static bool resolve_order_limit(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **list, size_t n)
{
    PgQuery__Node *value = n == 1 && SL_IS(list[0], RES_TARGET) ? list[0]->res_target->val : NULL;
    if (!SL_IS(value, SUB_LINK) || !SL_IS(value->sub_link->subselect, SELECT_STMT))
        return false;
    const PgQuery__SelectStmt *select = value->sub_link->subselect->select_stmt;
    if (select->n_target_list || select->n_from_clause || r->dialect == SL_DIALECT_POSTGRES)
        return false;
    struct sl_context context = {.block = block};
    for (size_t i = 0; i < select->n_sort_clause; i++) {
        bool is_desc = select->sort_clause[i]->sort_by->sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
        struct sl_met_range range = sl_resolve_expression(r, &context, select->sort_clause[i]->sort_by->node);
        sl_use_place_in_clause(r, block, range, "order_by", (uint32_t)i + 1, SL_STR_EMPTY, is_desc ? "desc" : "asc");
    }
    sl_block_fact(r, block)->has_order = select->n_sort_clause > 0;
    sl_block_fact(r, block)->has_limit = select->limit_count != NULL;
    return true;
}

static void resolve_result(struct sl_resolver *r, struct sl_block *block, PgQuery__Node **list, size_t n)
{
    if (!resolve_order_limit(r, block, list, n))
        sl_resolve_returning(r, block, list, n);
}

static size_t add_target(struct sl_resolver *r, struct sl_block *block, PgQuery__RangeVar *var)
{
    if (!var || !sl_relation_add_table(r, block, var, "target"))
        return SIZE_MAX;
    return block->relations.len - 1;
}

static const struct sl_relation *relation_at(const struct sl_block *block, size_t index)
{
    return index == SIZE_MAX ? NULL : &block->relations.items[index];
}

static void resolve_update(struct sl_resolver *r, struct sl_block *block, const PgQuery__UpdateStmt *update)
{
    sl_resolve_with(r, update->with_clause, block);
    size_t target = add_target(r, block, update->relation);
    for (size_t i = 0; i < update->n_from_clause; i++)
        sl_resolve_from(r, block, update->from_clause[i], "from");
    resolve_set(r, block, update->target_list, update->n_target_list, relation_at(block, target), "update",
                "set_value");
    resolve_where(r, block, update->where_clause, "where");
    resolve_result(r, block, update->returning_list, update->n_returning_list);
}

static void resolve_delete(struct sl_resolver *r, struct sl_block *block, const PgQuery__DeleteStmt *statement)
{
    sl_resolve_with(r, statement->with_clause, block);
    add_target(r, block, statement->relation);
    for (size_t i = 0; i < statement->n_using_clause; i++)
        sl_resolve_from(r, block, statement->using_clause[i], "from");
    resolve_where(r, block, statement->where_clause, "where");
    resolve_result(r, block, statement->returning_list, statement->n_returning_list);
}

static sl_str *insert_columns(struct sl_resolver *r, const struct sl_relation *target, PgQuery__Node **cols,
                              size_t n_cols, size_t *n)
{
    size_t n_all = n_cols ? n_cols : target && target->table ? target->table->columns.len : 0;
    sl_str *names = SL_NEW_ARRAY(r->arena, n_all + 1, sl_str);
    *n = 0;
    for (size_t i = 0; i < n_all; i++) {
        if (n_cols) {
            names[(*n)++] = SL_IS(cols[i], RES_TARGET) ? sl_str_from(cols[i]->res_target->name) : SL_STR_EMPTY;
            continue;
        }
        const struct sl_column *column = &target->table->columns.items[i];
        if (!column->is_dropped && !column->is_generated)
            names[(*n)++] = column->name;
    }
    return names;
}

static struct sl_found find_column(struct sl_resolver *r, struct sl_block *block, const struct sl_relation *target,
                                   sl_str name)
{
    struct sl_found found = {.resolution = "exact", .owner = block, .relation = target};
    if (!target || !target->table)
        return found;
    found.column = sl_table_find_column(target->table, r->dialect, name);
    if (!found.column && (target->table->is_inferred || target->table->columns.len == 0))
        found.column = sl_catalog_infer_column(r->catalog, r->dialect, target->table, name);
    return found;
}

static void use_insert_columns(struct sl_resolver *r, struct sl_block *block, const struct sl_relation *target,
                               PgQuery__Node **cols, size_t n_cols)
{
    struct sl_context context = {.block = block};
    for (size_t i = 0; i < n_cols; i++) {
        if (!SL_IS(cols[i], RES_TARGET))
            continue;
        sl_str name = sl_str_from(cols[i]->res_target->name);
        struct sl_found found = find_column(r, block, target, name);
        struct sl_place place = sl_name_place(r->statement, cols[i]->res_target->location);
        struct sl_met_range range = sl_use_emit(r, &context, &found, name, place);
        sl_use_place_in_clause(r, block, range, "set_target", 0, SL_STR_EMPTY, NULL);
    }
}

/* The first row speaks for all: lowering elides the rest of a long list, and their shapes agree. */
static void insert_values(struct sl_resolver *r, struct sl_block *block, const struct sl_relation *target,
                          const PgQuery__SelectStmt *select, const sl_str *names, size_t n_names)
{
    for (size_t row = 0; row < select->n_values_lists; row++) {
        PgQuery__Node *list = select->values_lists[row];
        for (size_t i = 0; SL_IS(list, LIST) && i < list->list->n_items; i++) {
            struct sl_context context = {.block = block};
            struct sl_met_range range = sl_resolve_expression(r, &context, list->list->items[i]);
            sl_use_place_in_clause(r, block, range, "values", 0, i < n_names ? names[i] : SL_STR_EMPTY, NULL);
            if (row > 0 || i >= n_names)
                continue;
            struct sl_found found = find_column(r, block, target, names[i]);
            int32_t location = sl_ast_location(list->list->items[i]);
            add_assignment(r, block, &found, "insert", list->list->items[i], range,
                           location >= 0 ? sl_statement_place(r->statement, (uint32_t)location)
                                         : sl_statement_whole(r->statement));
        }
    }
}

static void insert_query(struct sl_resolver *r, struct sl_block *block, const struct sl_relation *target,
                         PgQuery__Node *query, const sl_str *names, size_t n_names)
{
    struct sl_block *source =
        sl_resolve_select(r, query->select_stmt, block, block->scope, block->ctes, "select", SL_STR_EMPTY);
    sl_lineage_emit(r, source, target ? target->table : NULL, names, n_names);
    for (size_t i = 0; i < source->outputs.len && i < n_names; i++) {
        const struct sl_output *output = &source->outputs.items[i];
        struct sl_found found = find_column(r, block, target, names[i]);
        if (!found.column)
            continue;
        bool is_bare = output->origins.len == 1 && strcmp(output->origins.items[0].shape, "bare") == 0 &&
                       !output->origins.items[0].aggregate;
        *SL_VEC_PUSH(r->arena, &r->facts->assignments) = (struct sl_fact_assignment){
            .block_id = block->block_id,
            .column_id = found.column->column_id,
            .arm = "insert",
            .value_shape = is_bare ? "column" : "expression",
            .value_column = is_bare ? output->origins.items[0].column_id : 0,
            .value_text = SL_STR_EMPTY,
            .place = output->origins.len ? output->origins.items[0].place : sl_statement_whole(r->statement),
        };
    }
}

static void resolve_conflict(struct sl_resolver *r, struct sl_block *block, const PgQuery__OnConflictClause *conflict,
                             size_t target)
{
    if (!conflict)
        return;
    struct sl_context context = {.block = block};
    for (size_t i = 0; conflict->infer && i < conflict->infer->n_index_elems; i++) {
        PgQuery__Node *elem = conflict->infer->index_elems[i];
        struct sl_met_range range = sl_resolve_expression(r, &context, elem);
        sl_use_place_in_clause(r, block, range, "conflict_target", 0, SL_STR_EMPTY, NULL);
    }
    if (target != SIZE_MAX) { /* excluded.c: a column of the same table, of the row that was to be inserted */
        struct sl_relation excluded = *relation_at(block, target);
        excluded.alias = SL_STR("excluded");
        excluded.schema = SL_STR_EMPTY;
        excluded.is_excluded = true;
        *SL_VEC_PUSH(r->arena, &block->relations) = excluded;
    }
    resolve_set(r, block, conflict->target_list, conflict->n_target_list, relation_at(block, target), "on_conflict",
                "conflict_set");
    resolve_where(r, block, conflict->where_clause, "conflict_where");
}

static void resolve_insert(struct sl_resolver *r, struct sl_block *block, const PgQuery__InsertStmt *insert)
{
    sl_resolve_with(r, insert->with_clause, block);
    size_t target = SIZE_MAX;
    PgQuery__Node *source = insert->select_stmt;
    bool is_values =
        SL_IS(source, SELECT_STMT) && source->select_stmt->n_values_lists && !source->select_stmt->with_clause;
    size_t n_names = 0;
    if (insert->relation && sl_relation_add_table(r, block, insert->relation, "target"))
        target = block->relations.len - 1;
    sl_str *names = insert_columns(r, relation_at(block, target), insert->cols, insert->n_cols, &n_names);
    use_insert_columns(r, block, relation_at(block, target), insert->cols, insert->n_cols);
    if (is_values)
        insert_values(r, block, relation_at(block, target), source->select_stmt, names, n_names);
    else if (SL_IS(source, SELECT_STMT))
        insert_query(r, block, relation_at(block, target), source, names, n_names);
    resolve_conflict(r, block, insert->on_conflict_clause, target);
    sl_resolve_returning(r, block, insert->returning_list, insert->n_returning_list);
}

static void resolve_merge_arm(struct sl_resolver *r, struct sl_block *block, const PgQuery__MergeWhenClause *when,
                              const struct sl_relation *target)
{
    struct sl_context context = {.block = block, .condition = "where"};
    struct sl_met_range test = sl_resolve_condition(r, &context, when->condition);
    sl_use_place_in_clause(r, block, test, "where", 0, SL_STR_EMPTY, NULL);
    if (when->command_type == PG_QUERY__CMD_TYPE__CMD_UPDATE) {
        resolve_set(r, block, when->target_list, when->n_target_list, target, "merge", "set_value");
        return;
    }
    use_insert_columns(r, block, target, when->target_list, when->n_target_list);
    context.condition = NULL;
    for (size_t i = 0; i < when->n_values; i++) {
        struct sl_met_range range = sl_resolve_expression(r, &context, when->values[i]);
        sl_use_place_in_clause(r, block, range, "values", 0, SL_STR_EMPTY, NULL);
    }
}

static void resolve_merge(struct sl_resolver *r, struct sl_block *block, const PgQuery__MergeStmt *merge)
{
    sl_resolve_with(r, merge->with_clause, block);
    size_t target = add_target(r, block, merge->relation);
    sl_resolve_from(r, block, merge->source_relation, "from");
    struct sl_context context = {.block = block, .condition = "join_on"};
    struct sl_met_range on = sl_resolve_condition(r, &context, merge->join_condition);
    sl_use_place_in_clause(r, block, on, "join_on", 0, SL_STR_EMPTY, NULL);
    for (size_t i = 0; i < merge->n_merge_when_clauses; i++) {
        if (SL_IS(merge->merge_when_clauses[i], MERGE_WHEN_CLAUSE))
            resolve_merge_arm(r, block, merge->merge_when_clauses[i]->merge_when_clause, relation_at(block, target));
    }
}

static const char *write_kind(const PgQuery__Node *node)
{
    switch ((int)node->node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT:
        return "insert";
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
        return "update";
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        return "delete";
    case PG_QUERY__NODE__NODE_MERGE_STMT:
        return "merge";
    default:
        return NULL;
    }
}

struct sl_block *sl_resolve_write(struct sl_resolver *r, PgQuery__Node *node,
                                  struct sl_block *parent, // NOLINT(misc-no-recursion): SL_MAX_SCOPE_DEPTH
                                  struct sl_block *scope, struct sl_cte *ctes)
{
    const char *kind = write_kind(node);
    if (!kind || (parent && parent->depth >= SL_MAX_SCOPE_DEPTH))
        return NULL;
    struct sl_block *block = sl_block_new(r, parent, scope, kind, SL_STR_EMPTY, -1);
    block->ctes = ctes;
    if (SL_IS(node, INSERT_STMT))
        resolve_insert(r, block, node->insert_stmt);
    else if (SL_IS(node, UPDATE_STMT))
        resolve_update(r, block, node->update_stmt);
    else if (SL_IS(node, DELETE_STMT))
        resolve_delete(r, block, node->delete_stmt);
    else
        resolve_merge(r, block, node->merge_stmt);
    return block;
}
