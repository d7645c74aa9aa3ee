/* What can be said about a statement that was not understood: verb, first table, columns near WHERE. Low confidence. */
#include "sql/lowering.h"

#define MOST_COLUMNS 64

static bool is_name_token(const struct sl_lowering *l, const struct sl_token *token)
{
    if (token->kind == SL_TOK_QUOTED)
        return true;
    enum sl_keyword keyword = (enum sl_keyword)token->keyword;
    if (token->kind != SL_TOK_WORD)
        return false;
    if (l->is_mysql)
        return !sl_keyword_is_mysql_reserved(keyword);
    return l->is_sqlite ? !sl_keyword_is_sqlite_reserved(keyword) : sl_keyword_postgres_class(keyword) != 'R';
}

/* The last part of the name at token i; *behind is the token after it. */
static sl_str last_part(const struct sl_lowering *l, uint32_t i, uint32_t *behind)
{
    while (i + 2 < l->n_tokens && l->tokens[i + 1].kind == SL_TOK_DOT &&
           (l->tokens[i + 2].kind == SL_TOK_WORD || l->tokens[i + 2].kind == SL_TOK_QUOTED))
        i += 2;
    *behind = i + 1;
    return sl_lowering_decoded(l, i);
}

static bool introduces_table(const struct sl_token *token)
{
    switch (token->keyword) {
    case SL_KW_FROM:
    case SL_KW_INTO:
    case SL_KW_UPDATE:
    case SL_KW_TABLE:
    case SL_KW_JOIN:
        return true;
    default:
        return false;
    }
}

static bool ends_where(const struct sl_token *token)
{
    switch (token->keyword) {
    case SL_KW_GROUP:
    case SL_KW_ORDER:
    case SL_KW_LIMIT:
    case SL_KW_UNION:
    case SL_KW_HAVING:
        return true;
    default:
        return token->kind == SL_TOK_SEMICOLON;
    }
}

static void where_columns(const struct sl_lowering *l, uint32_t i, struct sl_fallback *out)
{
    out->columns = SL_NEW_ARRAY(l->arena, MOST_COLUMNS, sl_str);
    while (i < l->n_tokens && !ends_where(&l->tokens[i]) && out->n_columns < MOST_COLUMNS) {
        uint32_t behind = i + 1;
        if (is_name_token(l, &l->tokens[i])) {
            sl_str name = last_part(l, i, &behind);
            if (l->tokens[behind].kind != SL_TOK_OPEN)
                out->columns[out->n_columns++] = name;
        }
        i = behind;
    }
}

void sl_fallback(const struct sl_lowering *l, struct sl_fallback *out)
{
    *out = (struct sl_fallback){.verb = SL_STR_EMPTY, .table = SL_STR_EMPTY};
    uint32_t i = 0;
    while (i < l->n_tokens && l->tokens[i].kind != SL_TOK_WORD)
        i++;
    if (i == l->n_tokens)
        return;
    out->verb = sl_arena_copy_lower(l->arena, sl_lowering_decoded(l, i));
    for (; i < l->n_tokens; i++) {
        const struct sl_token *token = &l->tokens[i];
        if (token->kind != SL_TOK_WORD)
            continue;
        uint32_t behind;
        if (out->table.len == 0 && introduces_table(token) && is_name_token(l, &l->tokens[i + 1]))
            out->table = last_part(l, i + 1, &behind);
        if (token->keyword == SL_KW_WHERE) {
            where_columns(l, i + 1, out);
            return;
        }
    }
}
