#include "sql/dynamic.h"

/* $tag$ … $tag$: nothing inside is an escape. */
static bool read_dollar(sl_str bytes, uint32_t off, sl_str *value, struct sl_span *inside)
{
    size_t end =
        bytes.len > 1 && bytes.ptr[0] == '$' ? sl_str_find_byte(sl_str_slice(bytes, 1, bytes.len), '$') : SIZE_MAX;
    if (end == SIZE_MAX || bytes.len < 2 * (end + 2))
        return false;
    size_t tag = end + 2;
    *value = sl_str_slice(bytes, tag, bytes.len - 2 * tag);
    *inside = (struct sl_span){.off = off + (uint32_t)tag, .len = (uint32_t)value->len};
    return true;
}

sl_str sl_dynamic_value(sl_str text, const struct sl_token *token, struct sl_arena *arena, struct sl_span *inside)
{
    sl_str value, bytes = sl_str_slice(text, token->off, token->len);
    if (read_dollar(bytes, token->off, &value, inside))
        return value;
    value = sl_lex_decode(text, token, arena);
    *inside = (struct sl_span){.off = token->off, .len = token->len};
    size_t begin = sl_str_find(bytes, value);
    if (value.len > 0 && begin != SIZE_MAX)
        *inside = (struct sl_span){.off = token->off + (uint32_t)begin, .len = (uint32_t)value.len};
    return value;
}

bool sl_dynamic_read(sl_str expression, const struct sl_sql_mode *mode, struct sl_arena *arena, sl_str *value,
                     struct sl_span *inside)
{
    struct sl_tokens tokens;
    sl_lex(expression, mode, arena, &tokens);
    if (tokens.error.len > 0 || tokens.len != 1 || tokens.items[0].kind != SL_TOK_STRING)
        return false;
    *value = sl_dynamic_value(expression, &tokens.items[0], arena, inside);
    return true;
}
