/* Operators: a fixed set in MySQL and SQLite, runs of operator characters in PostgreSQL. */
#include "sql/lexer.h"

static uint32_t op_code(const struct sl_lexer *x, size_t len)
{
    uint32_t code = 0;
    for (size_t i = 0; i < len && i < 3; i++)
        code = code << 8 | sl_lexer_byte(x, x->pos + i);
    return code;
}

void sl_lexer_push_op(struct sl_lexer *x, size_t len)
{
    uint32_t code = op_code(x, len);
    sl_lexer_push(x, SL_TOK_OP, x->pos, x->pos + len)->partner = len <= 3 ? code : 0;
}

/* MySQL and SQLite: the longest operator of a fixed set. */
static void lex_fixed_op(struct sl_lexer *x)
{
    static const char *const longer[] = {
        "<=>", "->>", "->", ":=", "<<", ">>", "<=", ">=", "<>", "!=", "&&", "||", "==", "%%"};
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++) {
        size_t len = strlen(longer[i]);
        if (x->pos + len <= x->text.len && memcmp(x->text.ptr + x->pos, longer[i], len) == 0) {
            sl_lexer_push_op(x, len);
            return;
        }
    }
    if (x->is_mysql && x->text.ptr[x->pos] == '\\' && sl_lexer_byte(x, x->pos + 1) == 'N') { /* \N is NULL */
        sl_lexer_push(x, SL_TOK_WORD, x->pos, x->pos + 2)->keyword = SL_KW_NULL;
        return;
    }
    bool is_known = strchr("+-*/%^&|~!<>=:", x->text.ptr[x->pos]) != NULL;
    if (is_known && x->text.ptr[x->pos] != '\0')
        sl_lexer_push_op(x, 1);
    else
        sl_lexer_push(x, SL_TOK_UNKNOWN, x->pos, x->pos + 1);
}

static bool is_postgres_op_byte(unsigned char c)
{
    return c != 0 && strchr("+-*/<>=~!@#%^&|`?", c) != NULL;
}

/* PostgreSQL 4.1.3: a run of operator characters; it ends before a comment, and with + or - only if the run holds one
 * of ~ ! @ # % ^ & | ` ?. A ? in the run is a placeholder (a=?) unless it is one of jsonb's operators. */
static void lex_postgres_op(struct sl_lexer *x)
{
    size_t len = 0;
    bool may_end_in_sign = false;
    while (is_postgres_op_byte(sl_lexer_byte(x, x->pos + len))) {
        unsigned char c = sl_lexer_byte(x, x->pos + len);
        unsigned char next = sl_lexer_byte(x, x->pos + len + 1);
        bool starts_comment = (c == '-' && next == '-') || (c == '/' && next == '*');
        bool is_placeholder = len > 0 && c == '?' && !(len == 1 && sl_lexer_byte(x, x->pos) == '@');
        bool is_template = len > 0 && c == '#' && next == '{';
        bool is_named = len > 0 && (c == '@' || c == '%') && sl_lexer_is_word_start(next);
        if ((len > 0 && starts_comment) || is_placeholder || is_template || is_named)
            break;
        may_end_in_sign = may_end_in_sign || strchr("~!@#%^&|`?", c) != NULL;
        len++;
    }
    if (len == 0) {
        sl_lexer_push(x, SL_TOK_UNKNOWN, x->pos, x->pos + 1);
        return;
    }
    while (len > 1 && !may_end_in_sign && strchr("+-", x->text.ptr[x->pos + len - 1]))
        len--;
    sl_lexer_push_op(x, len);
}

/* Over white space and comments. */
static size_t behind_blanks(struct sl_lexer *x, size_t i)
{
    for (;;) {
        if (sl_is_space((char)sl_lexer_byte(x, i)))
            i++;
        else if (sl_lexer_byte(x, i) == '/' && sl_lexer_byte(x, i + 1) == '*')
            i = sl_lexer_comment_end(x, i);
        else if (sl_lexer_byte(x, i) == '-' && sl_lexer_byte(x, i + 1) == '-')
            i = sl_lexer_line_end(x, i);
        else
            return i;
    }
}

void sl_lexer_question(struct sl_lexer *x)
{
    if (x->is_postgres && sl_lexer_operand_before(x)) {
        unsigned char next = sl_lexer_byte(x, x->pos + 1);
        bool is_longer = next == '|' || next == '&' || next == '-' || next == '#';
        size_t i = behind_blanks(x, x->pos + 1);
        unsigned char operand = sl_lexer_byte(x, i);
        bool operand_follows = operand == '\'' || operand == '$' || operand == '(' || operand == '?' ||
                               operand == ':' || operand == '"' || sl_lexer_is_word_start(operand);
        if (is_longer || operand_follows) {
            lex_postgres_op(x);
            return;
        }
    }
    sl_lexer_push(x, SL_TOK_PARAM, x->pos, x->is_mysql ? x->pos + 1 : sl_lexer_digits_end(x, x->pos + 1));
}

void sl_lexer_operator(struct sl_lexer *x)
{
    if (x->is_postgres)
        lex_postgres_op(x);
    else
        lex_fixed_op(x);
}
