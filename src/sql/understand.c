#include "sql/understand.h"

static sl_str kind_name(const struct sl_lowered *lower)
{
    switch (lower->kind) {
    case SL_LOWERED_ADMIN:
        return SL_STR("admin");
    case SL_LOWERED_TRANSACTION:
        return SL_STR("transaction");
    case SL_LOWERED_EMPTY:
        return SL_STR("empty");
    case SL_LOWERED_SQL:
    case SL_LOWERED_NOT_UNDERSTOOD:
        break;
    }
    return lower->verb;
}

static sl_str joined_items(const struct sl_lowered *lower, struct sl_arena *arena)
{
    static const sl_str separator = SL_STR_INIT(";\n");
    size_t room = 1;
    for (size_t i = 0; i < lower->n_items; i++)
        room += lower->items[i].text.len + separator.len;
    char *start = sl_arena_alloc(arena, room);
    char *to = start;
    for (size_t i = 0; i < lower->n_items; i++) {
        if (i > 0) {
            memcpy(to, separator.ptr, separator.len);
            to += separator.len;
        }
        memcpy(to, lower->items[i].text.ptr, lower->items[i].text.len);
        to += lower->items[i].text.len;
    }
    return (sl_str){start, (size_t)(to - start)};
}

void sl_understand(sl_str statement, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_understood *out)
{
    *out = (struct sl_understood){.error = SL_STR_EMPTY, .lowered = SL_STR_EMPTY};
    sl_lower(statement, mode, arena, &out->lower);
    out->kind = kind_name(&out->lower);
    if (out->lower.kind == SL_LOWERED_NOT_UNDERSTOOD) {
        out->error = out->lower.error;
        out->error_off = out->lower.error_off;
        out->is_limit = out->lower.is_limit;
        return;
    }
    out->is_ok = true;
    out->lowered = joined_items(&out->lower, arena);
    if (out->lower.n_items == 0)
        return;
    out->parsed = SL_NEW_ARRAY(arena, out->lower.n_items, struct sl_parsed);
    for (size_t i = 0; i < out->lower.n_items; i++) {
        const struct sl_lowered_item *item = &out->lower.items[i];
        sl_parse(item->text, arena, &out->parsed[i]);
        if (out->parsed[i].tree || !out->is_ok)
            continue;
        out->is_ok = false;
        out->error = out->parsed[i].error;
        out->is_limit = out->parsed[i].is_limit;
        out->error_off = sl_segmap_lookup(&item->map, out->parsed[i].error_off, NULL).off;
    }
}
