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

void sl_dynamic_map_run(struct sl_segmap *runs, struct sl_arena *arena, const struct sl_segmap *map, uint32_t out,
                        struct sl_span inside)
{
    struct sl_span source = sl_segmap_lookup(map, inside.off, NULL);
    if (source.len > inside.len)
        source.len = inside.len;
    if (inside.len > 0)
        sl_segmap_add(runs, arena, (struct sl_segment){out, inside.len, source.off, source.len});
}

struct sl_lowered_item sl_dynamic_part(sl_str statement, const struct sl_segmap *runs, struct sl_span source,
                                       struct sl_arena *arena)
{
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_POSTGRES};
    struct sl_lowered inner;
    sl_lower(statement, &mode, arena, &inner);
    bool is_one = inner.kind == SL_LOWERED_SQL && inner.n_items == 1;
    return (struct sl_lowered_item){.role = SL_ROLE_PART,
                                    .text = is_one ? inner.items[0].text : sl_arena_copy(arena, statement),
                                    .map = is_one ? sl_segmap_compose(&inner.items[0].map, runs, arena) : *runs,
                                    .source = source};
}
