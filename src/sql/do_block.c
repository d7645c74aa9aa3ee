#include "sql/do_block.h"

#include "sql/dynamic.h"
#include "sql/parse_plpgsql.h"

/*
 * PL/pgSQL keeps the bytes of a statement as they were written, so it is found in the text behind the one before it.
 * One that is a literal with escapes has the place of the literal.
 */
static bool add_part(struct sl_arena *arena, const struct sl_lowered_item *block, const struct sl_plpgsql_step *step,
                     size_t *from, struct sl_lowered_item *part)
{
    sl_str text = step->text, written = step->written;
    size_t off = sl_str_find(sl_str_slice(block->text, *from, block->text.len), written);
    size_t inside = sl_str_find(written, text);
    if (text.len == 0 || off == SIZE_MAX)
        return false;
    off += *from;
    *from = off + written.len;
    if (inside != SIZE_MAX) {
        off += inside;
        written = text;
    }
    struct sl_span source = sl_segmap_lookup(&block->map, (uint32_t)off, NULL);
    if (source.len > written.len)
        source.len = (uint32_t)written.len;
    struct sl_segmap whole = {0};
    sl_segmap_add(&whole, arena, (struct sl_segment){0, (uint32_t)text.len, source.off, source.len});
    *part = sl_dynamic_part(text, &whole, source, arena);
    return true;
}

void sl_do_block_expand(struct sl_arena *arena, struct sl_lowered *lowered)
{
    if (lowered->kind != SL_LOWERED_SQL || lowered->n_items != 1 || !sl_str_eq(lowered->verb, SL_STR("do")) ||
        !sl_str_has_prefix_nocase(lowered->items[0].text, SL_STR("do")))
        return;
    struct sl_plpgsql body;
    sl_parse_plpgsql(lowered->items[0].text, arena, &body);
    if (!body.is_understood)
        return;
    struct sl_lowered_item *items = SL_NEW_ARRAY(arena, body.steps.len + 1, struct sl_lowered_item);
    size_t n = 1, from = 0;
    items[0] = lowered->items[0];
    for (size_t i = 0; i < body.steps.len; i++) {
        const struct sl_plpgsql_step *step = &body.steps.items[i];
        if (step->kind == SL_PLPGSQL_SQL && step->into.len == 0)
            n += add_part(arena, &items[0], step, &from, &items[n]);
    }
    lowered->items = items;
    lowered->n_items = n;
}
