/*
 * Expressions: the source's own precedence decides the structure; parentheses are put in where the common grammar
 * would bind differently. So a reader of the AST sees the tree that the server sees.
 */
#include "base/limits.h"
#include "sql/lowering.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_LOWERING_DEPTH, in sl_lowering_enter() */

void sl_expr_wrap(struct sl_lowering *l, struct sl_expr *expr, enum sl_binding least)
{
    if (expr->binding >= least)
        return;
    sl_emit_open_at(&l->emit, expr->mark);
    sl_insert(l, ")");
    expr->binding = SL_BIND_PRIMARY;
}

/* ---- right-hand sides ---- */

static void keep_operator(struct sl_lowering *l, const struct sl_operator *row)
{
    if (row->text)
        sl_replace_tokens(l, row->n_tokens, row->text);
    else
        sl_keep_token(l);
}

static bool is_elidable_literal(const struct sl_token *token)
{
    return token->kind == SL_TOK_STRING || token->kind == SL_TOK_NUMBER || token->kind == SL_TOK_HEX ||
           token->kind == SL_TOK_BITS || token->kind == SL_TOK_PARAM || token->keyword == SL_KW_NULL;
}

/* Behind the limit, the literals up to the next element that is none, or to the closing parenthesis. */
static void elide_literals(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    unsigned n = 0;
    while (sl_at_kind(l, SL_TOK_COMMA) && is_elidable_literal(sl_tok(l, 1)) &&
           (sl_kind(l, 2) == SL_TOK_COMMA || sl_kind(l, 2) == SL_TOK_CLOSE)) {
        l->pos += 2;
        n++;
    }
    if (n > 0)
        sl_lowering_fact_text(l, SL_FACT_ELIDED, first, l->pos, sl_arena_printf(l->arena, "%u", n));
}

static void in_list(struct sl_lowering *l)
{
    sl_expect_kind(l, SL_TOK_OPEN);
    if (sl_at_kind(l, SL_TOK_CLOSE))
        sl_insert(l, "NULL"); /* SQLite: x IN () */
    for (unsigned n = 1; !l->failed && !sl_at_kind(l, SL_TOK_CLOSE); n++) {
        sl_expr(l);
        if (n >= SL_MAX_LIST_LITERALS)
            elide_literals(l);
        if (!sl_keep_kind(l, SL_TOK_COMMA))
            break;
    }
    sl_expect_kind(l, SL_TOK_CLOSE);
}

static void in_operand(struct sl_lowering *l)
{
    if (sl_at_kind(l, SL_TOK_OPEN)) {
        if (sl_group_is_query(l, l->pos))
            sl_query_in_group(l);
        else
            in_list(l);
        return;
    }
    if (l->is_sqlite && sl_is_name(l, 0)) { /* x IN t, x IN f(1) */
        sl_insert(l, "(SELECT * FROM");
        sl_name_qualified(l);
        if (sl_at_kind(l, SL_TOK_OPEN)) {
            sl_keep_token(l);
            if (!sl_at_kind(l, SL_TOK_CLOSE))
                sl_expr_list(l);
            sl_expect_kind(l, SL_TOK_CLOSE);
        }
        sl_insert(l, ")");
        return;
    }
    /* x IN ?: the client library puts the list in. */
    sl_insert(l, "(");
    sl_expr_level(l, SL_LEVEL_SIGN);
    sl_insert(l, ")");
}

static uint32_t higher(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void between_operands(struct sl_lowering *l, const struct sl_operator *row)
{
    struct sl_expr low = sl_expr_level(l, row->right);
    sl_expr_wrap(l, &low, SL_BIND_OPERATOR);
    sl_expect_keep(l, SL_KW_AND);
    /* The upper bound may be a predicate itself: a BETWEEN 1 AND b LIKE c. */
    struct sl_expr high = sl_expr_level(l, l->is_sqlite ? row->right : SL_LEVEL_PREDICATE);
    sl_expr_wrap(l, &high, SL_BIND_OPERATOR);
}

static void like_operands(struct sl_lowering *l, const struct sl_operator *row)
{
    struct sl_expr pattern = sl_expr_level(l, row->right);
    sl_expr_wrap(l, &pattern, SL_BIND_OPERATOR);
    if (sl_keep(l, SL_KW_ESCAPE)) {
        struct sl_expr escape = sl_expr_level(l, row->right);
        sl_expr_wrap(l, &escape, SL_BIND_OPERATOR);
    }
}

/* IS [NOT] NULL, TRUE, FALSE, UNKNOWN; SQLite: IS any expression, IS [NOT] DISTINCT FROM. */
static enum sl_binding is_operand(struct sl_lowering *l)
{
    uint32_t negated = sl_kw(l, 1) == SL_KW_NOT;
    enum sl_keyword what = sl_kw(l, 1 + negated);
    uint32_t n = 2 + negated;
    bool is_plain =
        what == SL_KW_NULL || (!l->is_sqlite && (what == SL_KW_TRUE || what == SL_KW_FALSE || what == SL_KW_UNKNOWN));
    if (is_plain) {
        const char *const texts[][2] = {{"IS NULL", "IS NOT NULL"},
                                        {"IS TRUE", "IS NOT TRUE"},
                                        {"IS FALSE", "IS NOT FALSE"},
                                        {"IS UNKNOWN", "IS NOT UNKNOWN"}};
        unsigned row = what == SL_KW_NULL ? 0 : what == SL_KW_TRUE ? 1 : what == SL_KW_FALSE ? 2 : 3;
        sl_replace_tokens(l, n, texts[row][negated]);
        return SL_BIND_IS;
    }
    if (!l->is_sqlite) {
        l->pos++;
        sl_lowering_fail_here(l);
        return SL_BIND_IS;
    }
    bool is_distinct = what == SL_KW_DISTINCT && sl_kw(l, 2 + negated) == SL_KW_FROM;
    bool says_differs = is_distinct ? !negated : negated;
    sl_replace_tokens(l, (is_distinct ? 3 : 1) + negated, says_differs ? "IS DISTINCT FROM" : "IS NOT DISTINCT FROM");
    struct sl_expr right = sl_expr_level(l, SL_LEVEL_PREDICATE);
    sl_expr_wrap(l, &right, SL_BIND_COMPARE);
    return SL_BIND_IS;
}

static void member_operand(struct sl_lowering *l)
{
    sl_replace_tokens(l, sl_kw(l, 1) == SL_KW_OF ? 2 : 1, "= ANY");
    sl_expect_kind(l, SL_TOK_OPEN);
    sl_expr(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
}

static void binary_operand(struct sl_lowering *l, const struct sl_operator *row)
{
    uint32_t at = l->pos;
    keep_operator(l, row);
    if (l->tokens[at].keyword == SL_KW_XOR)
        sl_lowering_fact(l, SL_FACT_XOR, at, at + 1);
    enum sl_keyword quantifier = sl_kw(l, 0);
    bool is_quantified = row->binding == SL_BIND_COMPARE && sl_kind(l, 1) == SL_TOK_OPEN && !l->is_sqlite &&
                         (quantifier == SL_KW_ANY || quantifier == SL_KW_ALL || quantifier == SL_KW_SOME);
    if (is_quantified) {
        sl_keep_token(l);
        sl_query_in_group(l);
        return;
    }
    struct sl_expr right = sl_expr_level(l, row->right);
    bool is_logic = row->binding <= SL_BIND_AND;
    sl_expr_wrap(l, &right, is_logic ? row->binding : row->binding + 1);
}

static void collate_operand(struct sl_lowering *l)
{
    sl_keep_token(l);
    if (sl_at_kind(l, SL_TOK_STRING) || sl_at_kind(l, SL_TOK_WORD) || sl_at_kind(l, SL_TOK_QUOTED))
        sl_name_any(l);
    else
        sl_lowering_fail_here(l);
}

/* Reads operator and right-hand side; answers how tightly the whole binds. */
static enum sl_binding right_hand_side(struct sl_lowering *l, const struct sl_operator *row)
{
    switch (row->operands) {
    case SL_OPERANDS_IN:
        keep_operator(l, row);
        in_operand(l);
        break;
    case SL_OPERANDS_BETWEEN:
        keep_operator(l, row);
        between_operands(l, row);
        break;
    case SL_OPERANDS_LIKE:
        keep_operator(l, row);
        like_operands(l, row);
        break;
    case SL_OPERANDS_IS:
        return is_operand(l);
    case SL_OPERANDS_POSTFIX:
        keep_operator(l, row);
        break;
    case SL_OPERANDS_MEMBER:
        member_operand(l);
        break;
    case SL_OPERANDS_COLLATE:
        collate_operand(l);
        break;
    case SL_OPERANDS_BINARY:
        binary_operand(l, row);
        break;
    }
    return row->binding;
}

/* What the left operand must bind at least as tightly as. Left-associative levels of the common grammar take their
 * like on the left; comparisons, IN and IS do not associate there. */
static enum sl_binding left_needs(enum sl_binding binding)
{
    bool associates = binding <= SL_BIND_AND || binding >= SL_BIND_OPERATOR;
    return associates ? binding : binding + 1;
}

/* ---- operands ---- */

static enum sl_binding row_or_group(struct sl_lowering *l)
{
    if (sl_group_is_query(l, l->pos)) {
        sl_query_in_group(l);
        return SL_BIND_PRIMARY;
    }
    sl_keep_token(l);
    sl_expr_list(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
    return SL_BIND_PRIMARY;
}

static void case_expression(struct sl_lowering *l)
{
    sl_keep_token(l);
    if (!sl_at(l, SL_KW_WHEN))
        sl_expr(l);
    if (!sl_at(l, SL_KW_WHEN))
        sl_lowering_fail_here(l);
    while (sl_keep(l, SL_KW_WHEN)) {
        sl_expr(l);
        sl_expect_keep(l, SL_KW_THEN);
        sl_expr(l);
    }
    if (sl_keep(l, SL_KW_ELSE))
        sl_expr(l);
    sl_expect_keep(l, SL_KW_END);
}

/* {d '2024-01-01'}, {fn now()}: the braces say nothing. */
static enum sl_binding odbc_escape(struct sl_lowering *l)
{
    sl_step(l);
    if (!sl_at_kind(l, SL_TOK_WORD))
        sl_lowering_fail_here(l);
    sl_step(l);
    struct sl_expr inner = sl_expr_level(l, SL_LEVEL_ANY);
    sl_expr_wrap(l, &inner, SL_BIND_PRIMARY);
    if (!sl_skip_kind(l, SL_TOK_RBRACE))
        sl_lowering_fail_here(l);
    return SL_BIND_PRIMARY;
}

/* @a := e is a call, so that both stay visible. */
static enum sl_binding variable(struct sl_lowering *l)
{
    if (sl_op(l, 1) != SL_OP2(':', '=')) {
        sl_param(l);
        return SL_BIND_PRIMARY;
    }
    sl_insert(l, "mysql_assign");
    sl_emit_insert_tight(&l->emit, "(", sl_off(l));
    sl_param(l);
    sl_replace_tokens(l, 1, ",");
    sl_expr(l);
    sl_insert(l, ")");
    return SL_BIND_PRIMARY;
}

/* INSERT … AS new (m, n) ON DUPLICATE KEY UPDATE a = m: m is a column of the row that was to be inserted. */
static bool row_column(struct sl_lowering *l)
{
    uint32_t name = l->pos;
    if (sl_kind(l, 1) == SL_TOK_DOT) {
        if (!sl_str_eq_nocase(sl_lowering_decoded(l, name), l->row_alias))
            return false;
        name += 2;
    }
    for (size_t i = 0; i < l->row_columns.len; i++) {
        if (!sl_str_eq_nocase(sl_lowering_decoded(l, name), l->row_columns.items[i]))
            continue;
        sl_str column = i < l->insert_columns.len ? l->insert_columns.items[i] : l->row_columns.items[i];
        sl_insert(l, "excluded");
        sl_insert(l, ".");
        sl_emit_add(&l->emit, sl_quote_name(l->arena, column), sl_lowering_span(l, name, name + 1));
        l->pos = name + 1;
        return true;
    }
    return false;
}

/* a, t.a, db.t.a, t.* */
static enum sl_binding column_reference(struct sl_lowering *l)
{
    if (l->in_excluded_row && row_column(l))
        return SL_BIND_PRIMARY;
    const struct sl_token *token = sl_tok(l, 0);
    sl_str bytes = sl_str_slice(l->text, token->off, token->len);
    bool is_excluded = l->in_excluded_row && sl_kind(l, 1) == SL_TOK_DOT && sl_str_eq_nocase(bytes, l->row_alias);
    if (is_excluded)
        sl_replace_tokens(l, 1, "excluded");
    else
        sl_name_any(l);
    while (sl_at_kind(l, SL_TOK_DOT)) {
        sl_keep_token(l);
        if (sl_op(l, 0) == SL_OP1('*')) {
            sl_keep_token(l);
            return SL_BIND_PRIMARY;
        }
        if (sl_at_kind(l, SL_TOK_WORD) || sl_at_kind(l, SL_TOK_QUOTED) ||
            (l->is_sqlite && sl_at_kind(l, SL_TOK_STRING)))
            sl_name_any(l);
        else
            sl_lowering_fail_here(l);
    }
    return SL_BIND_PRIMARY;
}

static enum sl_binding typed_literal(struct sl_lowering *l)
{
    sl_keep_token(l);
    sl_string(l);
    return SL_BIND_PRIMARY;
}

/* Functions that MySQL calls without parentheses: a bare name would be a column. */
static const char *bare_function(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_CURRENT_DATE:
        return "CURRENT_DATE";
    case SL_KW_CURRENT_TIME:
        return "CURRENT_TIME";
    case SL_KW_CURRENT_TIMESTAMP:
        return "CURRENT_TIMESTAMP";
    case SL_KW_LOCALTIME:
        return l->is_mysql ? "LOCALTIME" : NULL;
    case SL_KW_LOCALTIMESTAMP:
        return l->is_mysql ? "LOCALTIMESTAMP" : NULL;
    case SL_KW_CURRENT_USER:
        return l->is_mysql ? "CURRENT_USER" : NULL;
    case SL_KW_UTC_DATE:
        return l->is_mysql ? "utc_date()" : NULL;
    case SL_KW_UTC_TIME:
        return l->is_mysql ? "utc_time()" : NULL;
    case SL_KW_UTC_TIMESTAMP:
        return l->is_mysql ? "utc_timestamp()" : NULL;
    default:
        return NULL;
    }
}

static enum sl_binding word_operand(struct sl_lowering *l)
{
    if (sl_is_introducer(l, 0)) {
        l->pos++;
        if (sl_at_kind(l, SL_TOK_STRING))
            sl_string(l);
        else
            sl_hex_or_bits(l);
        return SL_BIND_PRIMARY;
    }
    if (sl_at_interval(l)) {
        sl_interval(l);
        return SL_BIND_PRIMARY;
    }
    if (sl_at_call(l))
        return sl_call(l);
    bool is_literal = sl_at(l, SL_KW_NULL) || sl_at(l, SL_KW_TRUE) || sl_at(l, SL_KW_FALSE);
    if (sl_kind(l, 1) != SL_TOK_DOT && (is_literal || bare_function(l))) {
        const char *function = bare_function(l);
        if (function)
            sl_replace_tokens(l, 1, function);
        else if (sl_at(l, SL_KW_NULL)) /* \N too */
            sl_replace_tokens(l, 1, "NULL");
        else
            sl_keep_token(l);
        return SL_BIND_PRIMARY;
    }
    bool is_typed = l->is_mysql && sl_kind(l, 1) == SL_TOK_STRING &&
                    (sl_at(l, SL_KW_DATE) || sl_at(l, SL_KW_TIME) || sl_at(l, SL_KW_TIMESTAMP));
    if (is_typed)
        return typed_literal(l);
    if (sl_is_name(l, 0) || sl_kind(l, 1) == SL_TOK_DOT)
        return column_reference(l);
    sl_lowering_fail_here(l);
    return SL_BIND_PRIMARY;
}

static enum sl_binding keyword_operand(struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_CASE:
        case_expression(l);
        return SL_BIND_PRIMARY;
    case SL_KW_EXISTS:
        if (sl_kind(l, 1) != SL_TOK_OPEN)
            break;
        sl_keep_token(l);
        sl_query_in_group(l);
        return SL_BIND_PRIMARY;
    case SL_KW_ROW:
        if (sl_kind(l, 1) != SL_TOK_OPEN || !l->is_mysql)
            break;
        sl_keep_token(l);
        return row_or_group(l);
    case SL_KW_DEFAULT: /* the value; DEFAULT(c) is a call */
        if (sl_kind(l, 1) == SL_TOK_OPEN)
            break;
        sl_keep_token(l);
        return SL_BIND_PRIMARY;
    default:
        break;
    }
    return word_operand(l);
}

static enum sl_binding operand(struct sl_lowering *l)
{
    switch (sl_kind(l, 0)) {
    case SL_TOK_WORD:
        return keyword_operand(l);
    case SL_TOK_QUOTED:
        return sl_at_call(l) ? sl_call(l) : column_reference(l);
    case SL_TOK_STRING:
        if (l->is_sqlite && sl_kind(l, 1) == SL_TOK_DOT) /* 'table'.'column' */
            return column_reference(l);
        sl_string(l);
        return SL_BIND_PRIMARY;
    case SL_TOK_NUMBER:
        sl_number(l);
        return SL_BIND_PRIMARY;
    case SL_TOK_HEX:
    case SL_TOK_BITS:
        sl_hex_or_bits(l);
        return SL_BIND_PRIMARY;
    case SL_TOK_PARAM:
        sl_param(l);
        return SL_BIND_PRIMARY;
    case SL_TOK_VARIABLE:
        return variable(l);
    case SL_TOK_OPEN:
        return row_or_group(l);
    case SL_TOK_LBRACE:
        return odbc_escape(l);
    case SL_TOK_DOT: /* .t.c: t of the current database */
        sl_step(l);
        return column_reference(l);
    default:
        sl_lowering_fail_here(l);
        return SL_BIND_PRIMARY;
    }
}

/* Signs, ~, NOT, !, BINARY. */
static bool prefixed(struct sl_lowering *l, struct sl_expr *expr)
{
    uint32_t op = sl_op(l, 0);
    if (op == SL_OP1('-') || op == SL_OP1('+') || op == SL_OP1('~')) {
        enum sl_binding binding = op == SL_OP1('~') ? SL_BIND_OPERATOR : SL_BIND_SIGN;
        sl_keep_token(l);
        struct sl_expr inner = sl_expr_level(l, SL_LEVEL_SIGN);
        sl_expr_wrap(l, &inner, binding + (binding == SL_BIND_OPERATOR));
        *expr = (struct sl_expr){binding, inner.height + 1, expr->mark};
        return true;
    }
    if (op == SL_OP1('!') && l->is_mysql) {
        sl_replace_tokens(l, 1, "NOT");
        struct sl_expr inner = sl_expr_level(l, SL_LEVEL_SIGN);
        sl_expr_wrap(l, &inner, SL_BIND_PRIMARY);
        *expr = (struct sl_expr){SL_BIND_NOT, inner.height + 1, expr->mark};
        return true;
    }
    if (sl_at(l, SL_KW_NOT)) {
        sl_keep_token(l);
        struct sl_expr inner = sl_expr_level(l, SL_LEVEL_NOT);
        sl_expr_wrap(l, &inner, SL_BIND_NOT);
        *expr = (struct sl_expr){SL_BIND_NOT, inner.height + 1, expr->mark};
        return true;
    }
    if (l->is_mysql && sl_at(l, SL_KW_BINARY) && sl_kind(l, 1) != SL_TOK_DOT) {
        sl_lowering_fact(l, SL_FACT_BINARY, l->pos, l->pos + 1);
        l->pos++;
        *expr = sl_expr_level(l, SL_LEVEL_SIGN);
        return true;
    }
    return false;
}

/* Counts the height over what the operand held inside (groups, calls, subqueries). */
static struct sl_expr counted_operand(struct sl_lowering *l)
{
    struct sl_expr expr = {.binding = SL_BIND_PRIMARY, .mark = sl_emit_mark(&l->emit)};
    uint32_t outer = l->max_height;
    l->max_height = 0;
    if (!prefixed(l, &expr)) {
        expr.binding = operand(l);
        expr.height = l->max_height + 1;
    }
    l->max_height = outer;
    return expr;
}

static void check_height(struct sl_lowering *l, const struct sl_expr *expr)
{
    if (expr->height > SL_MAX_OPERATOR_RUN)
        sl_lowering_fail_limit(l, "more operators in a row than the limit");
    l->max_height = higher(l->max_height, expr->height);
}

struct sl_expr sl_expr_level(struct sl_lowering *l, enum sl_level level)
{
    struct sl_expr expr = {.binding = SL_BIND_PRIMARY, .mark = sl_emit_mark(&l->emit)};
    if (!sl_lowering_enter(l))
        return expr;
    uint32_t outer = l->max_height;
    expr = counted_operand(l);
    struct sl_operator row;
    while (!l->failed && sl_operator_find(l, &row) && row.level >= level) {
        /* Chains of AND and of OR are one flat node. */
        bool is_flat = row.binding <= SL_BIND_AND && row.binding == expr.binding;
        sl_expr_wrap(l, &expr, left_needs(row.binding));
        l->max_height = 0;
        expr.binding = right_hand_side(l, &row);
        expr.height = is_flat ? higher(expr.height, l->max_height + 1) : higher(expr.height, l->max_height) + 1;
        if (expr.height > SL_MAX_OPERATOR_RUN)
            break;
    }
    l->max_height = outer;
    check_height(l, &expr);
    sl_lowering_leave(l);
    return expr;
}

void sl_expr(struct sl_lowering *l)
{
    sl_expr_level(l, SL_LEVEL_ANY);
}

void sl_expr_list(struct sl_lowering *l)
{
    do {
        sl_expr(l);
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
}

/* NOLINTEND(misc-no-recursion) */
