/*
 * How many rows a write can be: one by its key, a batch, those that fit a filter, or the table.
 *
 * Only what every row must satisfy counts: the terms that AND joins at the top of WHERE.
 */
#include "base/limits.h"
#include "resolve/effect_private.h"
#include "resolve/truth.h"
#include "resolve/value.h"

struct terms {
    const PgQuery__Node **items;
    size_t len, cap;
};

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_AST_DEPTH */
static void list_terms(const PgQuery__Node *where, struct sl_arena *arena, struct terms *terms, unsigned depth)
{
    if (!where || depth > SL_MAX_AST_DEPTH)
        return;
    if (SL_IS(where, BOOL_EXPR) && where->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
        for (size_t i = 0; i < where->bool_expr->n_args; i++)
            list_terms(where->bool_expr->args[i], arena, terms, depth + 1);
        return;
    }
    *SL_VEC_PUSH(arena, terms) = where;
}

/* SQLite's other names of the key that every table without WITHOUT ROWID has. */
static bool is_rowid(enum sl_dialect dialect, const PgQuery__Node *expr)
{
    sl_str name = dialect == SL_DIALECT_SQLITE ? sl_value_column(expr, NULL) : SL_STR_EMPTY;
    return sl_str_eq_nocase(name, SL_STR("rowid")) || sl_str_eq_nocase(name, SL_STR("_rowid_")) ||
           sl_str_eq_nocase(name, SL_STR("oid"));
}

static const struct sl_column *column_of(const struct sl_table_record *record, enum sl_dialect dialect,
                                         const PgQuery__Node *expr)
{
    sl_str name = sl_value_column(expr, NULL);
    return name.len && record ? sl_table_find_column(&record->table, dialect, name) : NULL;
}

struct key_tests {
    const struct sl_table_record *record;
    enum sl_dialect dialect;
    bool may_have_variables; /* a part of a DO block: a name that is no column of the only table is a variable */
    SL_VEC(const struct sl_column *) equal; /* = something fixed */
    bool has_lower, has_upper;              /* of a key */
    bool has_list;                          /* key IN (…) */
    bool has_limit;                         /* key IN (SELECT … LIMIT n) */
    size_t n_filters;                       /* terms that narrow, of any kind */
    size_t n_nulls;                         /* … of which `c IS NULL`, c being set by this statement */
};

struct column_search {
    const struct key_tests *tests;
    bool has_column;
};

static enum sl_walk visit_column(void *context, PgQuery__Node *node)
{
    struct column_search *search = context;
    if (!SL_IS(node, COLUMN_REF) && !SL_IS(node, SUB_LINK))
        return SL_WALK_CONTINUE;
    if (SL_IS(node, COLUMN_REF) && search->tests->may_have_variables && node->column_ref->n_fields == 1 &&
        !column_of(search->tests->record, search->tests->dialect, node))
        return SL_WALK_CONTINUE;
    search->has_column = true;
    return SL_WALK_ABORT;
}

/* No column of any row, no sub-select: a literal, a parameter, now() …, in a body also a variable. */
static bool is_fixed(const struct key_tests *tests, const PgQuery__Node *expr)
{
    struct column_search search = {.tests = tests};
    (void)sl_ast_walk((PgQuery__Node *)(uintptr_t)expr, visit_column, &search);
    return expr && !search.has_column;
}

/* `id > 0`, `id <> 0`, `id IS NOT NULL`: written to please a safe-updates mode. */
static bool is_open_key_test(const struct sl_table_record *record, enum sl_dialect dialect, const PgQuery__Node *term)
{
    if (SL_IS(term, NULL_TEST) && term->null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL) {
        const struct sl_column *column = column_of(record, dialect, term->null_test->arg);
        return column && column->in_primary_key;
    }
    if (!SL_IS(term, A_EXPR) || term->a_expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP)
        return false;
    const struct sl_column *column = column_of(record, dialect, term->a_expr->lexpr);
    int64_t value;
    sl_str operator= sl_expr_operator(term->a_expr);
    bool is_key = (column && column->in_primary_key) || is_rowid(dialect, term->a_expr->lexpr);
    if (!is_key || !sl_ast_integer(term->a_expr->rexpr, &value))
        return false;
    return value <= 1 &&
           (sl_str_eq(operator, SL_STR(">")) || sl_str_eq(operator, SL_STR(">=")) || sl_str_eq(operator, SL_STR("<>")));
}

static bool is_key_part(const struct sl_column *column)
{
    return column->in_primary_key || column->in_unique_key || sl_str_eq(column->name, SL_STR("id"));
}

static bool select_has_limit(const PgQuery__Node *select)
{
    return SL_IS(select, SELECT_STMT) && select->select_stmt->limit_count;
}

static void read_operator(const struct sl_table_record *record, enum sl_dialect dialect, const PgQuery__AExpr *expr,
                          struct sl_arena *arena, struct key_tests *tests)
{
    const struct sl_column *left = column_of(record, dialect, expr->lexpr);
    const struct sl_column *right = column_of(record, dialect, expr->rexpr);
    const struct sl_column *column = left && is_fixed(tests, expr->rexpr)    ? left
                                     : right && is_fixed(tests, expr->lexpr) ? right
                                                                             : NULL;
    sl_str operator= sl_expr_operator(expr);
    bool is_equal = sl_str_eq(operator, SL_STR("="));
    if (is_equal && left && SL_IS(expr->rexpr, SUB_LINK) && is_key_part(left)) {
        *SL_VEC_PUSH(arena, &tests->equal) = left; /* one value: a scalar sub-select gives no more */
        return;
    }
    if (!column)
        return;
    if (is_equal)
        *SL_VEC_PUSH(arena, &tests->equal) = column;
    if (!is_key_part(column))
        return;
    bool is_flipped = column == right;
    bool is_greater = operator.len && operator.ptr[0] == '>';
    bool is_less = operator.len && operator.ptr[0] == '<' && !sl_str_eq(operator, SL_STR("<>"));
    tests->has_lower |= is_flipped ? is_less : is_greater;
    tests->has_upper |= is_flipped ? is_greater : is_less;
}

static void read_expression_term(const struct sl_table_record *record, enum sl_dialect dialect,
                                 const PgQuery__AExpr *expr, struct sl_arena *arena, struct key_tests *tests)
{
    const struct sl_column *column = column_of(record, dialect, expr->lexpr);
    bool is_key = column && is_key_part(column);
    switch (expr->kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
        read_operator(record, dialect, expr, arena, tests);
        break;
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
        tests->has_list |= is_key && sl_str_eq(sl_expr_operator(expr), SL_STR("="));
        break;
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
        tests->has_list |= is_key && sl_str_eq(sl_expr_operator(expr), SL_STR("="));
        break;
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
        tests->has_lower |= is_key;
        tests->has_upper |= is_key;
        break;
    default:
        break;
    }
}

static bool is_set_by(const PgQuery__Node *write, sl_str name)
{
    if (!SL_IS(write, UPDATE_STMT))
        return false;
    for (size_t i = 0; i < write->update_stmt->n_target_list; i++) {
        const PgQuery__Node *target = write->update_stmt->target_list[i];
        if (SL_IS(target, RES_TARGET) && sl_str_eq_nocase(sl_str_from(target->res_target->name), name))
            return true;
    }
    return false;
}

static void read_term(const struct sl_table_record *record, enum sl_dialect dialect, const PgQuery__Node *term,
                      const PgQuery__Node *write, struct sl_arena *arena, struct key_tests *tests)
{
    if (sl_truth_of(term) == SL_TRUTH_ALWAYS) /* `WHERE true`, `1 = 1`: no row is left out */
        return;
    tests->n_filters += !is_open_key_test(record, dialect, term);
    if (SL_IS(term, A_EXPR))
        read_expression_term(record, dialect, term->a_expr, arena, tests);
    if (SL_IS(term, SUB_LINK) && select_has_limit(term->sub_link->subselect)) {
        const struct sl_column *column = column_of(record, dialect, term->sub_link->testexpr);
        tests->has_limit |= !column || is_key_part(column);
    }
    /* Right after ADD COLUMN every row has NULL there. */
    if (SL_IS(term, NULL_TEST) && term->null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL &&
        is_set_by(write, sl_value_column(term->null_test->arg, NULL)))
        tests->n_nulls++;
}

static bool has_equal(const struct key_tests *tests, sl_str name)
{
    for (size_t i = 0; i < tests->equal.len; i++) {
        if (sl_str_eq(tests->equal.items[i]->name, name))
            return true;
    }
    return false;
}

/* Every column of some key is given: at most one row. */
static bool is_one_row(const struct sl_table_record *record, const struct key_tests *tests)
{
    bool has_key = false;
    for (size_t i = 0; i < record->keys.len; i++) {
        const struct sl_key *key = &record->keys.items[i];
        bool is_whole = !key->is_dropped && !key->is_partial && key->columns.len > 0;
        has_key |= key->is_primary && !key->is_dropped;
        for (size_t c = 0; is_whole && c < key->columns.len; c++)
            is_whole = has_equal(tests, key->columns.items[c]);
        if (is_whole)
            return true;
    }
    return !has_key && (has_equal(tests, SL_STR("id")) || has_equal(tests, SL_STR("uuid")));
}

static const PgQuery__Node *where_of(const PgQuery__Node *write)
{
    if (SL_IS(write, UPDATE_STMT))
        return write->update_stmt->where_clause;
    return SL_IS(write, DELETE_STMT) ? write->delete_stmt->where_clause : NULL;
}

static bool has_order_limit(const struct sl_statement *statement)
{
    for (size_t i = 0; i < statement->lowered->n_facts; i++) {
        const struct sl_fact *fact = &statement->lowered->facts[i];
        if (fact->kind == SL_FACT_ORDER_LIMIT && fact->item == statement->item && fact->text.len > 0)
            return true;
    }
    return false;
}

/* FROM of an UPDATE, USING of a DELETE: the write reaches the rows that join. */
static bool has_join(const PgQuery__Node *write)
{
    if (SL_IS(write, UPDATE_STMT))
        return write->update_stmt->n_from_clause > 0;
    return SL_IS(write, DELETE_STMT) && write->delete_stmt->n_using_clause > 0;
}

/* A join that can leave rows of the target out. MySQL's DELETE t FROM t has no other table; USING a, b without a
 * condition pairs every row with every row. */
static bool has_narrowing_join(const PgQuery__Node *write)
{
    if (!has_join(write))
        return false;
    if (!SL_IS(write, DELETE_STMT))
        return true;
    for (size_t i = 0; i < write->delete_stmt->n_using_clause; i++) {
        if (!SL_IS(write->delete_stmt->using_clause[i], RANGE_VAR))
            return true;
    }
    return false;
}

static const char *scale_of_insert(const PgQuery__InsertStmt *insert)
{
    if (!SL_IS(insert->select_stmt, SELECT_STMT))
        return "row";
    const PgQuery__SelectStmt *select = insert->select_stmt->select_stmt;
    if (select->n_values_lists > 0)
        return select->n_values_lists == 1 ? "row" : "batch";
    if (select->n_from_clause == 0)
        return "row";
    return select->limit_count ? "batch" : select->where_clause ? "filtered" : "table";
}

const char *sl_write_scale(const struct sl_statement *statement, const struct sl_table_record *record,
                           const PgQuery__Node *write)
{
    if (SL_IS(write, INSERT_STMT))
        return scale_of_insert(write->insert_stmt);
    if (SL_IS(write, MERGE_STMT)) /* those of the source that match: a list is a batch */
        return SL_IS(write->merge_stmt->source_relation, RANGE_SUBSELECT) ? "batch" : "filtered";
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct terms terms = {0};
    struct key_tests tests = {.record = record,
                              .dialect = statement->mode.dialect,
                              .may_have_variables =
                                  !has_join(write) && sl_str_eq(statement->lowered->verb, SL_STR("do"))};
    list_terms(where_of(write), &arena, &terms, 0);
    for (size_t i = 0; i < terms.len; i++)
        read_term(record, statement->mode.dialect, terms.items[i], write, &arena, &tests);
    const char *scale = "filtered";
    if (is_one_row(record, &tests))
        scale = "row";
    else if (tests.has_list || tests.has_limit || (tests.has_lower && tests.has_upper) || has_order_limit(statement) ||
             (statement->origin_flags & SL_ORIGIN_BATCHED))
        scale = "batch";
    else if (tests.n_filters == tests.n_nulls && !has_narrowing_join(write))
        scale = "table";
    if (statement->origin_flags & SL_ORIGIN_ROW_BY_ROW && strcmp(scale, "row") == 0)
        scale = "filtered"; /* a row at a time, but all of them */
    sl_arena_release(&arena);
    return scale;
}

/* status = 'applied' in WHERE while status is set to 'won': a row is written once. */
static bool is_other_state(const struct sl_update *update, const struct sl_column *column, const PgQuery__Node *value,
                           struct sl_arena *arena)
{
    const struct sl_update_target *target = sl_update_find(update, column->name);
    sl_str text;
    return target && strcmp(target->value_shape, "literal") == 0 && sl_value_literal(value, arena, &text) &&
           !sl_str_eq(text, target->literal);
}

/* The columns that a term guards; a state test guards every column that is set with it. */
static void read_guard(const struct sl_table_record *record, const PgQuery__Node *term, struct sl_arena *arena,
                       struct sl_update *update)
{
    const struct sl_column *column = NULL;
    bool guards_all = false;
    if (SL_IS(term, NULL_TEST) && term->null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL) {
        column = column_of(record, SL_DIALECT_SQLITE, term->null_test->arg);
    } else if (SL_IS(term, A_EXPR)) {
        const PgQuery__AExpr *expr = term->a_expr;
        const struct sl_column *state = column_of(record, SL_DIALECT_SQLITE, expr->lexpr);
        sl_str operator= sl_expr_operator(expr);
        bool is_different = sl_str_eq(operator, SL_STR("<>")) || sl_str_eq(operator, SL_STR("!=")) ||
                            expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT;
        bool is_equal = expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP && sl_str_eq(operator, SL_STR("="));
        if (state && sl_column_is_state(state) && sl_update_find(update, state->name))
            guards_all = is_different || (is_equal && is_other_state(update, state, expr->rexpr, arena)) ||
                         (expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_IN && !is_different);
    }
    if (column)
        *SL_VEC_PUSH(arena, &update->guarded) = column->name;
    for (size_t i = 0; guards_all && i < update->targets.len; i++)
        *SL_VEC_PUSH(arena, &update->guarded) = update->targets.items[i].column;
}

struct null_search {
    struct sl_arena *arena;
    struct sl_update *update;
};

/* NOT (c IS NOT NULL) */
static sl_str denied_column(const PgQuery__Node *test)
{
    return SL_IS(test, NULL_TEST) && test->null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL
               ? sl_value_column(test->null_test->arg, NULL)
               : SL_STR_EMPTY;
}

/* c <=> NULL, c IS NOT DISTINCT FROM NULL */
static sl_str column_same_as_null(const PgQuery__AExpr *expr)
{
    bool is_same =
        expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT || sl_str_eq(sl_expr_operator(expr), SL_STR("<=>"));
    return is_same && sl_value_is_null(expr->rexpr) ? sl_value_column(expr->lexpr, NULL) : SL_STR_EMPTY;
}

/* `c IS NULL` wherever the rows are chosen: in a sub-select or a CTE that gives their keys, too. */
static enum sl_walk visit_null_test(void *context, PgQuery__Node *node)
{
    struct null_search *search = context;
    if (SL_IS(node, RES_TARGET))
        return SL_WALK_PRUNE; /* a value, not a choice of rows */
    sl_str name = SL_STR_EMPTY;
    if (SL_IS(node, BOOL_EXPR) && node->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR)
        name = denied_column(node->bool_expr->args[0]);
    else if (SL_IS(node, A_EXPR))
        name = column_same_as_null(node->a_expr);
    else if (SL_IS(node, NULL_TEST) && node->null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL)
        name = sl_value_column(node->null_test->arg, NULL);
    else if (sl_str_eq_nocase(sl_value_function(node), SL_STR("isnull")) && node->func_call->n_args == 1)
        name = sl_value_column(node->func_call->args[0], NULL);
    const struct sl_update_target *target = name.len ? sl_update_find(search->update, name) : NULL;
    if (target)
        *SL_VEC_PUSH(search->arena, &search->update->guarded) = target->column;
    return SL_WALK_CONTINUE;
}

void sl_write_guards(const struct sl_table_record *record, const PgQuery__Node *write, struct sl_arena *arena,
                     struct sl_update *update)
{
    struct terms terms = {0};
    list_terms(where_of(write), arena, &terms, 0);
    for (size_t i = 0; i < terms.len; i++)
        read_guard(record, terms.items[i], arena, update);
    struct null_search search = {arena, update};
    (void)sl_ast_walk((PgQuery__Node *)(uintptr_t)write, visit_null_test, &search);
}
