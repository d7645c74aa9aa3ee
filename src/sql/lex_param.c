/* Placeholders of client libraries, MySQL's variables, and the operators that look like them. */
#include "sql/lexer.h"

/* ${name} and #{name}: the end behind the brace if it closes on the same line, else 0. */
static size_t template_end(const struct sl_lexer *x)
{
    if (sl_lexer_byte(x, x->pos + 1) != '{')
        return 0;
    size_t depth = 0;
    for (size_t i = x->pos + 1; i < x->text.len && x->text.ptr[i] != '\n'; i++) {
        if (x->text.ptr[i] == '{')
            depth++;
        if (x->text.ptr[i] == '}' && --depth == 0)
            return i > x->pos + 2 ? i + 1 : 0;
    }
    return 0;
}

size_t sl_lexer_word_end(const struct sl_lexer *x, size_t i)
{
    while (i < x->text.len && sl_lexer_is_word_byte((unsigned char)x->text.ptr[i]))
        i++;
    return i;
}

void sl_lexer_dollar(struct sl_lexer *x)
{
    if (sl_lexer_macro(x))
        return;
    size_t end = template_end(x);
    if (end > 0) {
        sl_lexer_push(x, SL_TOK_PARAM, x->pos, end);
        return;
    }
    if (x->is_postgres) {
        end = sl_lexer_dollar_quote_end(x);
        if (end > 0) {
            sl_lexer_push(x, SL_TOK_STRING, x->pos, end);
            return;
        }
    }
    end = sl_lexer_word_end(x, x->pos + 1);
    if (x->is_mysql && end > x->pos + 1 && !sl_is_digit((char)sl_lexer_byte(x, x->pos + 1))) {
        sl_lexer_word(x);
        return;
    }
    while (x->is_sqlite && end > x->pos + 1 && sl_lexer_byte(x, end) == ':' && sl_lexer_byte(x, end + 1) == ':')
        end = sl_lexer_word_end(x, end + 2);
    sl_lexer_push(x, end > x->pos + 1 ? SL_TOK_PARAM : SL_TOK_UNKNOWN, x->pos, end);
}

/* @v, @`v`, @'v', @"v", @@v, @@global.v; only the first name of a system variable's dotted name. */
static void lex_variable(struct sl_lexer *x)
{
    size_t start = x->pos;
    size_t i = start + 1;
    if (sl_lexer_byte(x, i) == '@')
        i++;
    unsigned char c = sl_lexer_byte(x, i);
    bool is_plain;
    if (c == '`' || c == '\'' || c == '"') {
        sl_lexer_push(x, SL_TOK_VARIABLE, start, sl_lexer_quoted_end(x, i, (char)c, c != '`', &is_plain));
        return;
    }
    size_t end = i;
    while (sl_lexer_is_word_byte(sl_lexer_byte(x, end)) ||
           (sl_lexer_byte(x, end) == '.' && sl_lexer_is_word_byte(sl_lexer_byte(x, end + 1))))
        end++;
    /* @@global.`x` */
    if (i == start + 2 && sl_lexer_byte(x, end) == '.' && sl_lexer_byte(x, end + 1) == '`')
        end = sl_lexer_quoted_end(x, end + 1, '`', false, &is_plain);
    if (end == i)
        sl_lexer_push(x, SL_TOK_OP, start, start + 1)->partner = SL_OP1('@');
    else
        sl_lexer_push(x, SL_TOK_VARIABLE, start, end);
}

/* %s, %d, %(name)s, %1$s where no operand stands before; 0 if it is an operator. */
static size_t percent_param_end(const struct sl_lexer *x)
{
    if (sl_lexer_operand_before(x))
        return 0;
    size_t i = x->pos + 1;
    if (sl_lexer_byte(x, i) == '(') {
        while (i < x->text.len && x->text.ptr[i] != ')' && x->text.ptr[i] != '\n')
            i++;
        if (sl_lexer_byte(x, i) != ')')
            return 0;
        i++;
    } else if (sl_is_digit((char)sl_lexer_byte(x, i))) {
        i = sl_lexer_digits_end(x, i);
        if (sl_lexer_byte(x, i) != '$')
            return 0;
        i++;
    }
    unsigned char letter = sl_lexer_byte(x, i);
    bool is_format = letter == 's' || letter == 'd' || letter == 'i' || letter == 'f' || letter == 'u';
    return is_format && !sl_lexer_is_word_byte(sl_lexer_byte(x, i + 1)) ? i + 1 : 0;
}

/* :name, :1, psql's :'name'; 0 if the colon is something else (a slice, a label). */
static size_t colon_param_end(struct sl_lexer *x)
{
    const struct sl_token *before = sl_lexer_previous(x);
    bool is_adjacent = before && !x->space_before;
    if (x->is_mysql && is_adjacent && (before->kind == SL_TOK_WORD || before->kind == SL_TOK_QUOTED))
        return 0; /* label: */
    bool in_square = x->open.len > 0 && x->out->items[x->open.items[x->open.len - 1]].flags & SL_TOKF_SQUARE;
    if (in_square && sl_lexer_operand_before(x))
        return 0;
    unsigned char next = sl_lexer_byte(x, x->pos + 1);
    if (sl_lexer_is_word_byte(next))
        return sl_lexer_word_end(x, x->pos + 1);
    bool is_plain;
    if (x->is_postgres && (next == '\'' || next == '"') && !sl_lexer_operand_before(x))
        return sl_lexer_quoted_end(x, x->pos + 1, (char)next, false, &is_plain);
    return 0;
}

void sl_lexer_colon(struct sl_lexer *x)
{
    unsigned char next = sl_lexer_byte(x, x->pos + 1);
    if (next == '=' || (next == ':' && x->is_postgres)) {
        sl_lexer_push_op(x, 2);
        return;
    }
    size_t end = colon_param_end(x);
    if (end > 0)
        sl_lexer_push(x, SL_TOK_PARAM, x->pos, end);
    else
        sl_lexer_push_op(x, 1);
}

void sl_lexer_at(struct sl_lexer *x)
{
    if (x->is_mysql) {
        lex_variable(x);
        return;
    }
    if (sl_lexer_is_word_start(sl_lexer_byte(x, x->pos + 1)) && (x->is_sqlite || !sl_lexer_operand_before(x)))
        sl_lexer_push(x, SL_TOK_PARAM, x->pos, sl_lexer_word_end(x, x->pos + 1));
    else
        sl_lexer_operator(x);
}

void sl_lexer_hash(struct sl_lexer *x)
{
    size_t end = template_end(x);
    if (end > 0) {
        sl_lexer_push(x, SL_TOK_PARAM, x->pos, end);
    } else if (x->is_mysql) {
        x->pos = sl_lexer_line_end(x, x->pos);
        x->space_before = true;
    } else {
        sl_lexer_operator(x);
    }
}

void sl_lexer_percent(struct sl_lexer *x)
{
    size_t end = percent_param_end(x);
    if (end > 0)
        sl_lexer_push(x, SL_TOK_PARAM, x->pos, end);
    else
        sl_lexer_operator(x);
}
