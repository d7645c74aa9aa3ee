#include "resolve/value.h"

#include "base/limits.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_AST_DEPTH and SL_MAX_SCOPE_DEPTH */

sl_str sl_node_string(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? sl_str_from(node->string->sval) : SL_STR_EMPTY;
}

sl_str sl_value_column(const PgQuery__Node *expr, sl_str *qualifier)
{
    if (qualifier)
        *qualifier = SL_STR_EMPTY;
    if (!expr || expr->node_case != PG_QUERY__NODE__NODE_COLUMN_REF)
        return SL_STR_EMPTY;
    const PgQuery__ColumnRef *ref = expr->column_ref;
    if (qualifier && ref->n_fields > 1)
        *qualifier = sl_node_string(ref->fields[ref->n_fields - 2]);
    return ref->n_fields ? sl_node_string(ref->fields[ref->n_fields - 1]) : SL_STR_EMPTY;
}

sl_str sl_value_function(const PgQuery__Node *expr)
{
    if (!expr || expr->node_case != PG_QUERY__NODE__NODE_FUNC_CALL || expr->func_call->n_funcname == 0)
        return SL_STR_EMPTY;
    return sl_node_string(expr->func_call->funcname[expr->func_call->n_funcname - 1]);
}

sl_str sl_expr_operator(const PgQuery__AExpr *expr)
{
    return expr->n_name ? sl_node_string(expr->name[expr->n_name - 1]) : SL_STR_EMPTY;
}

/* Functions that answer the current time when they have no argument that says another. */
static const char *const now_functions[] = {
    "now",
    "current_timestamp",
    "transaction_timestamp",
    "statement_timestamp",
    "clock_timestamp",
    "localtime",
    "localtimestamp",
    "timeofday",
    "sysdate",
    "utc_timestamp",
    "utc_date",
    "utc_time",
    "curdate",
    "curtime",
    "current_date",
    "current_time",
    "unix_timestamp",
    "getdate",
    "sysdatetime",
    "unixepoch",
};
/* SQLite's functions of time: now when they say 'now', or say nothing. */
static const char *const time_functions[] = {"datetime", "date", "time", "julianday", "strftime", "unixepoch"};
/* They keep the moment, in another spelling. */
static const char *const wrapping_functions[] = {
    "timezone",     "date_trunc",    "to_char",        "extract",   "date_part",     "cast",
    "date_format",  "convert_tz",    "date",           "timestamp", "cast_to",       "round",
    "floor",        "trunc",         "strftime",       "time",      "mysql_convert", "pg_catalog",
    "to_timestamp", "from_unixtime", "unix_timestamp", "coalesce",  "ifnull",
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static bool is_now_at(const PgQuery__Node *expr, unsigned depth);

static bool is_string_now(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
           node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL &&
           sl_str_eq_nocase(sl_str_trim(sl_str_from(node->a_const->sval->sval)), SL_STR("now"));
}

static bool is_const(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_A_CONST;
}

/* All arguments are constants but at least one, which is now. */
static bool has_now_among_constants(PgQuery__Node **args, size_t n, unsigned depth)
{
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        if (is_now_at(args[i], depth))
            found = true;
        else if (!is_const(args[i]))
            return false;
    }
    return found;
}

/* A modifier such as '+1 day' moves the moment; 'localtime', 'utc', 'unixepoch', 'subsec' do not. */
static bool has_shift(PgQuery__Node **args, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_const(args[i]) || args[i]->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL)
            continue;
        sl_str text = sl_str_trim(sl_str_from(args[i]->a_const->sval->sval));
        if (text.len > 1 && (text.ptr[0] == '+' || text.ptr[0] == '-') && sl_is_digit(text.ptr[1]))
            return true;
    }
    return false;
}

static bool is_now_call(const PgQuery__FuncCall *call, sl_str name, unsigned depth)
{
    if (sl_str_is_one_of_nocase(name, time_functions, COUNT(time_functions))) {
        for (size_t i = 0; i < call->n_args; i++) {
            if (is_string_now(call->args[i]))
                return !has_shift(call->args, call->n_args);
        }
    }
    if (sl_str_is_one_of_nocase(name, now_functions, COUNT(now_functions)) &&
        (call->n_args == 0 || (call->n_args == 1 && is_const(call->args[0]) && !is_string_now(call->args[0]) &&
                               call->args[0]->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL)))
        return true;
    return sl_str_is_one_of_nocase(name, wrapping_functions, COUNT(wrapping_functions)) &&
           has_now_among_constants(call->args, call->n_args, depth + 1);
}

static bool is_now_operation(const PgQuery__AExpr *expr, unsigned depth)
{
    /* epoch * 1000 is now in milliseconds; now() + interval is another moment. */
    sl_str operator= sl_expr_operator(expr);
    if (expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP ||
        !(sl_str_eq(operator, SL_STR("*")) || sl_str_eq(operator, SL_STR("/"))))
        return false;
    return (is_now_at(expr->lexpr, depth + 1) && is_const(expr->rexpr)) ||
           (is_const(expr->lexpr) && is_now_at(expr->rexpr, depth + 1));
}

static bool is_now_at(const PgQuery__Node *expr, unsigned depth)
{
    if (!expr || depth > SL_MAX_AST_DEPTH)
        return false;
    switch (expr->node_case) {
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
        return expr->sqlvalue_function->op >= PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE &&
               expr->sqlvalue_function->op <= PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N;
    case PG_QUERY__NODE__NODE_FUNC_CALL:
        return is_now_call(expr->func_call, sl_value_function(expr), depth);
    case PG_QUERY__NODE__NODE_TYPE_CAST:
        return is_now_at(expr->type_cast->arg, depth + 1) || is_string_now(expr->type_cast->arg);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
        return is_now_at(expr->collate_clause->arg, depth + 1);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
        return expr->coalesce_expr->n_args && is_now_at(expr->coalesce_expr->args[0], depth + 1);
    case PG_QUERY__NODE__NODE_A_EXPR:
        return is_now_operation(expr->a_expr, depth);
    default:
        return false;
    }
}

bool sl_value_is_now(const PgQuery__Node *expr)
{
    return is_now_at(expr, 0);
}

bool sl_value_is_null(const PgQuery__Node *expr)
{
    while (expr && expr->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        expr = expr->type_cast->arg;
    return is_const(expr) && expr->a_const->isnull;
}

bool sl_value_literal(const PgQuery__Node *expr, struct sl_arena *arena, sl_str *text)
{
    while (expr && expr->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        expr = expr->type_cast->arg;
    if (!is_const(expr) || expr->a_const->isnull)
        return false;
    switch (expr->a_const->val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
        *text = sl_arena_printf(arena, "%d", expr->a_const->ival->ival);
        return true;
    case PG_QUERY__A__CONST__VAL_FVAL:
        *text = sl_arena_copy(arena, sl_str_from(expr->a_const->fval->fval));
        return true;
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
        *text = expr->a_const->boolval->boolval ? SL_STR("true") : SL_STR("false");
        return true;
    case PG_QUERY__A__CONST__VAL_SVAL:
        *text = sl_arena_copy(arena, sl_str_from(expr->a_const->sval->sval));
        return true;
    case PG_QUERY__A__CONST__VAL_BSVAL:
        *text = sl_arena_copy(arena, sl_str_from(expr->a_const->bsval->bsval));
        return true;
    default:
        return false;
    }
}

/* NOLINTEND(misc-no-recursion) */
