#include "plan/when.h"

#include "base/buf.h"
#include "plan/quote.h"
#include "sql/understand.h"

static bool is_name(const struct sl_token *token)
{
    return token->kind == SL_TOK_WORD || token->kind == SL_TOK_QUOTED;
}

static bool is_text(sl_str text, const struct sl_token *token, const char *bytes)
{
    return token->kind != SL_TOK_END && sl_str_eq(sl_str_slice(text, token->off, token->len), sl_str_from(bytes));
}

static bool is_literal(sl_str text, const struct sl_token *token)
{
    return token->kind == SL_TOK_STRING || token->kind == SL_TOK_NUMBER || sl_token_is_word(text, token, "TRUE") ||
           sl_token_is_word(text, token, "FALSE");
}

static void add_value(sl_str text, const struct sl_token *token, enum sl_dialect dialect, struct sl_arena *arena,
                      struct sl_names *values)
{
    sl_str literal = sl_str_slice(text, token->off, token->len);
    if (token->kind == SL_TOK_STRING)
        literal = sl_plan_quote_literal(dialect, sl_lex_decode(text, token, arena), arena);
    *SL_VEC_PUSH(arena, values) = literal;
}

/* column IN ( literal, … ): tokens from the bracket on; answers whether it was that and nothing behind. */
static bool read_list(sl_str text, const struct sl_tokens *tokens, enum sl_dialect dialect, struct sl_arena *arena,
                      struct sl_names *values)
{
    uint32_t i = 2;
    if (tokens->items[i++].kind != SL_TOK_OPEN)
        return false;
    while (i < tokens->len && is_literal(text, &tokens->items[i])) {
        add_value(text, &tokens->items[i++], dialect, arena, values);
        if (tokens->items[i].kind != SL_TOK_COMMA)
            break;
        i++;
    }
    return values->len > 0 && tokens->items[i].kind == SL_TOK_CLOSE && i + 1 == tokens->len;
}

/* Which of the simple conditions it is; leaves SL_WHEN_TEXT where it is none. */
static void classify(sl_str text, const struct sl_tokens *tokens, enum sl_dialect dialect, struct sl_arena *arena,
                     struct sl_when *when)
{
    const struct sl_token *t = tokens->items;
    if (tokens->len == 0 || !is_name(&t[0]))
        return;
    sl_str column = sl_lex_decode(text, &t[0], arena);
    struct sl_names values = {0};
    if (tokens->len == 1)
        when->kind = SL_WHEN_TRUE;
    else if (tokens->len == 3 && (sl_token_is_word(text, &t[1], "IS") || is_text(text, &t[1], "=")) &&
             sl_token_is_word(text, &t[2], "TRUE"))
        when->kind = SL_WHEN_TRUE;
    else if (tokens->len == 3 && (is_text(text, &t[1], "=") || is_text(text, &t[1], "==")) && is_literal(text, &t[2])) {
        add_value(text, &t[2], dialect, arena, &values);
        when->kind = SL_WHEN_VALUES;
    } else if (tokens->len == 4 && sl_token_is_word(text, &t[1], "IS") && sl_token_is_word(text, &t[2], "NOT") &&
               sl_token_is_word(text, &t[3], "NULL"))
        when->kind = SL_WHEN_NOT_NULL;
    else if (tokens->len >= 5 && sl_token_is_word(text, &t[1], "IN") &&
             read_list(text, tokens, dialect, arena, &values))
        when->kind = SL_WHEN_VALUES;
    if (when->kind == SL_WHEN_TEXT)
        return;
    when->column = column;
    when->values = values;
}

enum sl_status sl_when_parse(sl_str text, enum sl_dialect dialect, struct sl_arena *arena, struct sl_when *out,
                             struct sl_error *err)
{
    struct sl_when when = {.kind = SL_WHEN_TEXT, .text = sl_str_trim(text)};
    struct sl_sql_mode mode = {.dialect = dialect};
    struct sl_tokens tokens = {0};
    sl_lex(when.text, &mode, arena, &tokens);
    if (tokens.error.len || tokens.len == 0)
        return sl_error_set(err, SL_ERR_USAGE, "'%.*s' is no condition: %.*s.", SL_STR_ARG(text),
                            SL_STR_ARG(tokens.error.len ? tokens.error : SL_STR("it is empty")));
    int depth = 0;
    for (uint32_t i = 0; i < tokens.len && depth >= 0; i++) {
        depth += (tokens.items[i].kind == SL_TOK_OPEN) - (tokens.items[i].kind == SL_TOK_CLOSE);
        if (tokens.items[i].kind == SL_TOK_SEMICOLON)
            depth = -1;
    }
    if (depth != 0)
        return sl_error_set(err, SL_ERR_USAGE, "'%.*s' is not one condition: mind brackets and semicolons.",
                            SL_STR_ARG(text));
    struct sl_understood parsed = {0};
    sl_understand(sl_arena_printf(arena, "SELECT 1 FROM x WHERE (%.*s)", SL_STR_ARG(when.text)), &mode, arena, &parsed);
    if (!parsed.is_ok)
        return sl_error_set(err, SL_ERR_USAGE, "'%.*s' is no condition of %s.", SL_STR_ARG(when.text),
                            sl_dialect_name(dialect));
    classify(when.text, &tokens, dialect, arena, &when);
    *out = when;
    return SL_OK;
}

void sl_when_from_values(sl_str column, const struct sl_names *values, enum sl_dialect dialect, struct sl_arena *arena,
                         struct sl_when *out)
{
    struct sl_when when = {.kind = SL_WHEN_VALUES, .column = column, .values = *values};
    sl_str name = sl_plan_quote_name(dialect, column, arena);
    when.text = sl_when_of_value(&when, name, arena);
    *out = when;
}

static bool has_name(const struct sl_names *names, sl_str name)
{
    for (size_t i = 0; i < names->len; i++) {
        if (sl_str_eq_nocase(names->items[i], name))
            return true;
    }
    return false;
}

sl_str sl_when_prefixed(const struct sl_when *when, const char *prefix, const struct sl_names *columns,
                        enum sl_dialect dialect, struct sl_arena *arena)
{
    struct sl_sql_mode mode = {.dialect = dialect};
    struct sl_tokens tokens = {0};
    sl_lex(when->text, &mode, arena, &tokens);
    struct sl_buf text = {0};
    size_t copied = 0;
    for (uint32_t i = 0; i < tokens.len; i++) {
        const struct sl_token *token = &tokens.items[i];
        bool is_part = i > 0 && tokens.items[i - 1].kind == SL_TOK_DOT;
        bool is_call = tokens.items[i + 1].kind == SL_TOK_OPEN || tokens.items[i + 1].kind == SL_TOK_DOT;
        if (!is_name(token) || is_part || is_call || !has_name(columns, sl_lex_decode(when->text, token, arena)))
            continue;
        sl_buf_add(&text, sl_str_slice(when->text, copied, token->off - copied));
        sl_buf_add(&text, sl_str_from(prefix));
        copied = token->off;
    }
    sl_buf_add(&text, sl_str_slice(when->text, copied, SIZE_MAX));
    sl_str result = sl_arena_copy(arena, sl_buf_str(&text));
    sl_buf_release(&text);
    return result;
}

/* Without its quotes: an ORM writes '1' into an integer, and means 1. TRUE and FALSE are numbers outside PostgreSQL. */
static sl_str bare_value(sl_str literal)
{
    bool is_quoted = literal.len > 1 && literal.ptr[0] == '\'' && literal.ptr[literal.len - 1] == '\'';
    if (is_quoted)
        return sl_str_slice(literal, 1, literal.len - 2);
    return sl_str_eq_nocase(literal, SL_STR("TRUE"))    ? SL_STR("1")
           : sl_str_eq_nocase(literal, SL_STR("FALSE")) ? SL_STR("0")
                                                        : literal;
}

bool sl_when_has_value(const struct sl_when *when, sl_str value)
{
    for (size_t i = 0; when->kind == SL_WHEN_VALUES && i < when->values.len; i++) {
        if (sl_str_eq(bare_value(when->values.items[i]), bare_value(value)))
            return true;
    }
    return false;
}

sl_str sl_when_of_value(const struct sl_when *when, sl_str expression, struct sl_arena *arena)
{
    if (when->kind == SL_WHEN_TRUE)
        return expression;
    if (when->kind == SL_WHEN_NOT_NULL)
        return sl_arena_printf(arena, "%.*s IS NOT NULL", SL_STR_ARG(expression));
    if (when->values.len == 1)
        return sl_arena_printf(arena, "%.*s = %.*s", SL_STR_ARG(expression), SL_STR_ARG(when->values.items[0]));
    sl_str list = SL_STR_EMPTY;
    for (size_t i = 0; i < when->values.len; i++)
        list = sl_arena_printf(arena, "%.*s%s%.*s", SL_STR_ARG(list), i ? ", " : "", SL_STR_ARG(when->values.items[i]));
    return sl_arena_printf(arena, "%.*s IN (%.*s)", SL_STR_ARG(expression), SL_STR_ARG(list));
}
