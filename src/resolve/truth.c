#include "resolve/truth.h"

#include "base/limits.h"
#include "resolve/value.h"

static enum sl_truth truth(bool value)
{
    return value ? SL_TRUTH_ALWAYS : SL_TRUTH_NEVER;
}

static enum sl_truth opposite(enum sl_truth value)
{
    return value == SL_TRUTH_OPEN ? value : truth(value == SL_TRUTH_NEVER);
}

static enum sl_truth of_constant(const PgQuery__AConst *constant)
{
    if (constant->isnull)
        return SL_TRUTH_NEVER;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL)
        return truth(constant->boolval->boolval);
    return constant->val_case == PG_QUERY__A__CONST__VAL_IVAL ? truth(constant->ival->ival != 0) : SL_TRUTH_OPEN;
}

/* `id = id`, on the same column written twice. */
static bool is_same_column(const PgQuery__AExpr *expr)
{
    sl_str left_qualifier, right_qualifier;
    sl_str left = sl_value_column(expr->lexpr, &left_qualifier), right = sl_value_column(expr->rexpr, &right_qualifier);
    return left.len && sl_str_eq(sl_expr_operator(expr), SL_STR("=")) && sl_str_eq(left, right) &&
           sl_str_eq(left_qualifier, right_qualifier);
}

static enum sl_truth of_numbers(sl_str operator, int64_t a, int64_t b)
{
    const struct {
        sl_str sign;
        bool holds;
    } signs[] = {{SL_STR("="), a == b},  {SL_STR("<>"), a != b}, {SL_STR("!="), a != b}, {SL_STR("<"), a < b},
                 {SL_STR("<="), a <= b}, {SL_STR(">"), a > b},   {SL_STR(">="), a >= b}};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (sl_str_eq(operator, signs[i].sign))
            return truth(signs[i].holds);
    }
    return SL_TRUTH_OPEN;
}

static enum sl_truth of_comparison(const PgQuery__AExpr *expr)
{
    if (expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP)
        return SL_TRUTH_OPEN;
    if (is_same_column(expr))
        return SL_TRUTH_ALWAYS;
    if (!SL_IS(expr->lexpr, A_CONST) || !SL_IS(expr->rexpr, A_CONST))
        return SL_TRUTH_OPEN;
    sl_str operator= sl_expr_operator(expr);
    int64_t a, b;
    if (sl_ast_integer(expr->lexpr, &a) && sl_ast_integer(expr->rexpr, &b))
        return of_numbers(operator, a, b);
    sl_str left = sl_ast_string(expr->lexpr), right = sl_ast_string(expr->rexpr);
    bool is_equality = left.len && right.len && sl_str_eq(operator, SL_STR("="));
    return is_equality ? truth(sl_str_eq(left, right)) : SL_TRUTH_OPEN;
}

static enum sl_truth truth_at(const PgQuery__Node *condition, unsigned depth);

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_AST_DEPTH */
static enum sl_truth of_junction(const PgQuery__BoolExpr *expr, unsigned depth)
{
    if (expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR)
        return opposite(truth_at(expr->args[0], depth + 1));
    /* One of the deciding kind decides; all of the other kind together do too. */
    bool is_or = expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR;
    bool is_open = false;
    for (size_t i = 0; i < expr->n_args; i++) {
        enum sl_truth arm = truth_at(expr->args[i], depth + 1);
        if (arm == truth(is_or))
            return arm;
        is_open |= arm == SL_TRUTH_OPEN;
    }
    return is_open ? SL_TRUTH_OPEN : truth(!is_or);
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_AST_DEPTH */
static enum sl_truth truth_at(const PgQuery__Node *condition, unsigned depth)
{
    while (SL_IS(condition, TYPE_CAST))
        condition = condition->type_cast->arg;
    if (!condition || depth > SL_MAX_AST_DEPTH)
        return SL_TRUTH_OPEN;
    if (SL_IS(condition, A_CONST))
        return of_constant(condition->a_const);
    if (SL_IS(condition, BOOL_EXPR))
        return of_junction(condition->bool_expr, depth);
    return SL_IS(condition, A_EXPR) ? of_comparison(condition->a_expr) : SL_TRUTH_OPEN;
}

enum sl_truth sl_truth_of(const PgQuery__Node *condition)
{
    return truth_at(condition, 0);
}
