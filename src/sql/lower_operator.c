/* lower_operator: which operator stands at the cursor, how tightly it binds in its dialect and in the common grammar.
 */
#include "sql/lowering.h"

static bool symbol_operator(const struct sl_lowering *l, struct sl_operator *row)
{
    switch (sl_op(l, 0)) {
    case SL_OP1('='):
        *row = (struct sl_operator){SL_LEVEL_COMPARE, SL_LEVEL_PREDICATE, SL_BIND_COMPARE, SL_OPERANDS_BINARY, 1, NULL};
        return true;
    case SL_OP2('=', '='):
        *row = (struct sl_operator){SL_LEVEL_COMPARE, SL_LEVEL_PREDICATE, SL_BIND_COMPARE, SL_OPERANDS_BINARY, 1, "="};
        return l->is_sqlite;
    case SL_OP2('!', '='):
    case SL_OP2('<', '>'):
        *row = (struct sl_operator){SL_LEVEL_COMPARE, SL_LEVEL_PREDICATE, SL_BIND_COMPARE, SL_OPERANDS_BINARY, 1, "<>"};
        return true;
    case SL_OP1('<'):
    case SL_OP1('>'):
    case SL_OP2('<', '='):
    case SL_OP2('>', '='):
        *row = (struct sl_operator){SL_LEVEL_COMPARE, SL_LEVEL_PREDICATE, SL_BIND_COMPARE, SL_OPERANDS_BINARY, 1, NULL};
        /* SQLite binds < tighter than =. */
        if (l->is_sqlite)
            row->level = SL_LEVEL_PREDICATE, row->right = SL_LEVEL_BIT_OR;
        return true;
    case SL_OP3('<', '=', '>'):
        *row =
            (struct sl_operator){SL_LEVEL_COMPARE, SL_LEVEL_PREDICATE, SL_BIND_OPERATOR, SL_OPERANDS_BINARY, 1, NULL};
        return l->is_mysql;
    case SL_OP1('|'):
        *row = (struct sl_operator){SL_LEVEL_BIT_OR, SL_LEVEL_BIT_AND, SL_BIND_OPERATOR, SL_OPERANDS_BINARY, 1, NULL};
        return true;
    case SL_OP1('&'):
        *row = (struct sl_operator){SL_LEVEL_BIT_AND, SL_LEVEL_SHIFT, SL_BIND_OPERATOR, SL_OPERANDS_BINARY, 1, NULL};
        break;
    case SL_OP2('<', '<'):
    case SL_OP2('>', '>'):
        *row = (struct sl_operator){SL_LEVEL_SHIFT, SL_LEVEL_ADD, SL_BIND_OPERATOR, SL_OPERANDS_BINARY, 1, NULL};
        break;
    default:
        return false;
    }
    /* SQLite: & | << >> share a level. */
    if (l->is_sqlite)
        row->level = SL_LEVEL_BIT_OR, row->right = SL_LEVEL_ADD;
    return true;
}

static bool arithmetic_operator(const struct sl_lowering *l, struct sl_operator *row)
{
    switch (sl_op(l, 0)) {
    case SL_OP1('+'):
    case SL_OP1('-'):
        *row = (struct sl_operator){SL_LEVEL_ADD, SL_LEVEL_MULTIPLY, SL_BIND_ADD, SL_OPERANDS_BINARY, 1, NULL};
        return true;
    case SL_OP1('*'):
    case SL_OP1('/'):
    case SL_OP1('%'):
        *row = (struct sl_operator){SL_LEVEL_MULTIPLY, SL_LEVEL_BIT_XOR, SL_BIND_MULTIPLY, SL_OPERANDS_BINARY, 1, NULL};
        return true;
    case SL_OP2('%', '%'):
        *row = (struct sl_operator){SL_LEVEL_MULTIPLY, SL_LEVEL_BIT_XOR, SL_BIND_MULTIPLY, SL_OPERANDS_BINARY, 1, "%"};
        return true;
    case SL_OP1('^'):
        *row = (struct sl_operator){SL_LEVEL_BIT_XOR, SL_LEVEL_CONCAT, SL_BIND_POWER, SL_OPERANDS_BINARY, 1, NULL};
        return l->is_mysql;
    case SL_OP2('-', '>'):
    case SL_OP3('-', '>', '>'):
        *row = (struct sl_operator){SL_LEVEL_COLLATE, SL_LEVEL_COLLATE, SL_BIND_OPERATOR, SL_OPERANDS_BINARY, 1, NULL};
        if (l->is_sqlite)
            row->level = SL_LEVEL_CONCAT, row->right = SL_LEVEL_SIGN;
        return true;
    case SL_OP2('&', '&'):
        *row = (struct sl_operator){SL_LEVEL_AND, SL_LEVEL_NOT, SL_BIND_AND, SL_OPERANDS_BINARY, 1, "AND"};
        return l->is_mysql;
    case SL_OP2('|', '|'):
        if (l->is_mysql && !l->mode->pipes_as_concat)
            *row = (struct sl_operator){SL_LEVEL_OR, SL_LEVEL_XOR, SL_BIND_OR, SL_OPERANDS_BINARY, 1, "OR"};
        else
            *row = (struct sl_operator){SL_LEVEL_CONCAT, SL_LEVEL_SIGN, SL_BIND_OPERATOR, SL_OPERANDS_BINARY, 1, NULL};
        return true;
    default:
        return false;
    }
}

/* [NOT] IN, BETWEEN, LIKE, REGEXP, GLOB …; `negated` is 1 behind NOT. */
static bool predicate_operator(const struct sl_lowering *l, uint32_t negated, struct sl_operator *row)
{
    uint8_t n = (uint8_t)(1 + negated);
    enum sl_level level = l->is_sqlite ? SL_LEVEL_COMPARE : SL_LEVEL_PREDICATE;
    enum sl_level right = l->is_sqlite ? SL_LEVEL_PREDICATE : SL_LEVEL_BIT_OR;
    switch (sl_kw(l, negated)) {
    case SL_KW_IN:
        *row = (struct sl_operator){level, right, SL_BIND_IN, SL_OPERANDS_IN, n, negated ? "NOT IN" : "IN"};
        return true;
    case SL_KW_BETWEEN:
        *row =
            (struct sl_operator){level, right, SL_BIND_IN, SL_OPERANDS_BETWEEN, n, negated ? "NOT BETWEEN" : "BETWEEN"};
        return true;
    case SL_KW_LIKE:
        *row = (struct sl_operator){level, right, SL_BIND_IN, SL_OPERANDS_LIKE, n, negated ? "NOT LIKE" : "LIKE"};
        return true;
    case SL_KW_ILIKE:
        *row = (struct sl_operator){level, right, SL_BIND_IN, SL_OPERANDS_LIKE, n, negated ? "NOT ILIKE" : "ILIKE"};
        return sl_kind(l, n) == SL_TOK_STRING || sl_kind(l, n) == SL_TOK_PARAM;
    case SL_KW_REGEXP:
    case SL_KW_RLIKE:
        *row = (struct sl_operator){level, right, SL_BIND_OPERATOR, SL_OPERANDS_BINARY, n, negated ? "!~" : "~"};
        return true;
    case SL_KW_GLOB:
        *row = (struct sl_operator){level, right, SL_BIND_OPERATOR, SL_OPERANDS_BINARY, n, negated ? "!~~" : "~~"};
        return l->is_sqlite;
    case SL_KW_MATCH:
        *row = (struct sl_operator){level, right, SL_BIND_OPERATOR, SL_OPERANDS_BINARY, n, negated ? "!@@" : "@@"};
        return l->is_sqlite;
    default:
        return false;
    }
}

static bool sqlite_operator(const struct sl_lowering *l, struct sl_operator *row)
{
    if (sl_at(l, SL_KW_ISNULL) || sl_at(l, SL_KW_NOTNULL) || sl_at2(l, SL_KW_NOT, SL_KW_NULL)) {
        bool is_null = sl_at(l, SL_KW_ISNULL);
        *row =
            (struct sl_operator){SL_LEVEL_COMPARE,    SL_LEVEL_PREDICATE,          SL_BIND_IS,
                                 SL_OPERANDS_POSTFIX, sl_at(l, SL_KW_NOT) ? 2 : 1, is_null ? "IS NULL" : "IS NOT NULL"};
        return true;
    }
    return false;
}

static bool mysql_operator(const struct sl_lowering *l, struct sl_operator *row)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_XOR:
        *row = (struct sl_operator){SL_LEVEL_XOR, SL_LEVEL_AND, SL_BIND_OR, SL_OPERANDS_BINARY, 1, "OR"};
        return true;
    case SL_KW_DIV:
        *row = (struct sl_operator){SL_LEVEL_MULTIPLY, SL_LEVEL_BIT_XOR, SL_BIND_MULTIPLY, SL_OPERANDS_BINARY, 1, "/"};
        return true;
    case SL_KW_MOD:
        *row = (struct sl_operator){SL_LEVEL_MULTIPLY, SL_LEVEL_BIT_XOR, SL_BIND_MULTIPLY, SL_OPERANDS_BINARY, 1, "%"};
        return true;
    case SL_KW_SOUNDS:
        *row = (struct sl_operator){SL_LEVEL_PREDICATE, SL_LEVEL_BIT_OR, SL_BIND_COMPARE, SL_OPERANDS_BINARY, 2, "="};
        return sl_kw(l, 1) == SL_KW_LIKE;
    case SL_KW_MEMBER:
        *row = (struct sl_operator){SL_LEVEL_PREDICATE, SL_LEVEL_BIT_OR, SL_BIND_COMPARE, SL_OPERANDS_MEMBER, 1, NULL};
        return sl_kw(l, 1) == SL_KW_OF || sl_kind(l, 1) == SL_TOK_OPEN;
    default:
        return false;
    }
}

static bool word_operator(const struct sl_lowering *l, struct sl_operator *row)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_OR:
        *row = (struct sl_operator){SL_LEVEL_OR, SL_LEVEL_XOR, SL_BIND_OR, SL_OPERANDS_BINARY, 1, NULL};
        return true;
    case SL_KW_AND:
        *row = (struct sl_operator){SL_LEVEL_AND, SL_LEVEL_NOT, SL_BIND_AND, SL_OPERANDS_BINARY, 1, NULL};
        return true;
    case SL_KW_IS:
        *row = (struct sl_operator){SL_LEVEL_COMPARE, SL_LEVEL_PREDICATE, SL_BIND_IS, SL_OPERANDS_IS, 1, NULL};
        return true;
    case SL_KW_COLLATE:
        *row = (struct sl_operator){SL_LEVEL_COLLATE, SL_LEVEL_COLLATE, SL_BIND_COLLATE, SL_OPERANDS_COLLATE, 1, NULL};
        return !l->no_collate;
    case SL_KW_NOT:
        if (predicate_operator(l, 1, row))
            return true;
        return l->is_sqlite && sqlite_operator(l, row);
    case SL_NOT_A_KEYWORD:
        return false;
    default:
        if (predicate_operator(l, 0, row))
            return true;
        return l->is_sqlite ? sqlite_operator(l, row) : mysql_operator(l, row);
    }
}

bool sl_operator_find(const struct sl_lowering *l, struct sl_operator *row)
{
    uint8_t kind = sl_kind(l, 0);
    if (kind == SL_TOK_OP)
        return symbol_operator(l, row) || arithmetic_operator(l, row);
    return kind == SL_TOK_WORD && word_operator(l, row);
}
