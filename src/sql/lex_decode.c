/* What a token stands for: quotes and escapes resolved. */
#include "sql/lex.h"

/* MySQL 9.1.1; \% and \_ keep their backslash. */
static char *unescape(char *to, char c)
{
    switch (c) {
    case '0':
        return to;
    case 'b':
        *to = '\b';
        return to + 1;
    case 'n':
        *to = '\n';
        return to + 1;
    case 'r':
        *to = '\r';
        return to + 1;
    case 't':
        *to = '\t';
        return to + 1;
    case 'Z':
        *to = '\x1A';
        return to + 1;
    case '%':
    case '_':
        *to++ = '\\';
        break;
    default:
        break;
    }
    if (c == '\0')
        return to;
    *to = c;
    return to + 1;
}

/* The bytes between the quotes, and what doubled quotes stand for. */
static sl_str token_inside(sl_str bytes, char *quote)
{
    static const sl_str quotes = SL_STR_INIT("'\"`[");
    size_t open = 0;
    while (open < bytes.len && sl_str_find_byte(quotes, bytes.ptr[open]) == SIZE_MAX)
        open++;
    if (open == bytes.len) {
        *quote = '\0';
        return bytes;
    }
    *quote = bytes.ptr[open] == '[' ? ']' : bytes.ptr[open];
    size_t end = bytes.len;
    if (end > open + 1 && bytes.ptr[end - 1] == *quote)
        end--;
    return sl_str_slice(bytes, open + 1, end - open - 1);
}

sl_str sl_lex_decode(sl_str statement, const struct sl_token *token, struct sl_arena *arena)
{
    sl_str bytes = sl_str_slice(statement, token->off, token->len);
    if (token->kind == SL_TOK_WORD || token->kind == SL_TOK_NUMBER)
        return bytes;
    if (token->kind == SL_TOK_STRING && bytes.len > 0 && bytes.ptr[0] == '$')
        return bytes;
    if (token->kind == SL_TOK_VARIABLE && bytes.len > 0 && sl_str_find_byte(bytes, '`') == SIZE_MAX &&
        sl_str_find_byte(bytes, '\'') == SIZE_MAX && sl_str_find_byte(bytes, '"') == SIZE_MAX)
        return sl_str_slice(bytes, 1, bytes.len);
    char quote;
    sl_str inside = token_inside(bytes, &quote);
    if (token->flags & SL_TOKF_PLAIN)
        return inside;
    char *copy = sl_arena_alloc(arena, inside.len + 1);
    char *to = copy;
    for (size_t i = 0; i < inside.len; i++) {
        char c = inside.ptr[i];
        if (c == '\\' && token->flags & SL_TOKF_ESCAPES && i + 1 < inside.len)
            to = unescape(to, inside.ptr[++i]);
        else if (c != '\0')
            *to++ = c;
        if (c == quote && quote != '\0' && i + 1 < inside.len && inside.ptr[i + 1] == quote)
            i++;
    }
    return (sl_str){copy, (size_t)(to - copy)};
}
