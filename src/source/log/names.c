#include "source/log/names.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define N_SLOTS 65536u /* a power of two, well above SL_LOG_MAX_NAMES */

void sl_log_names_init(struct sl_log_names *names)
{
    *names = (struct sl_log_names){0};
    sl_arena_init(&names->arena);
    names->items = SL_NEW_ARRAY(&names->arena, SL_LOG_MAX_NAMES + 1, sl_str);
    names->slots = SL_NEW_ARRAY(&names->arena, N_SLOTS, uint16_t);
    names->items[0] = SL_STR_EMPTY;
    names->len = 1;
}

void sl_log_names_release(struct sl_log_names *names)
{
    sl_arena_release(&names->arena);
    *names = (struct sl_log_names){0};
}

uint16_t sl_log_names_add(struct sl_log_names *names, sl_str name)
{
    if (name.len == 0)
        return 0;
    if (name.len > SL_LOG_NAME_BYTES)
        name.len = SL_LOG_NAME_BYTES;
    uint16_t *recent = &names->recent[(name.len * 5 + (unsigned char)name.ptr[name.len - 1]) % 16];
    if (sl_str_eq(names->items[*recent], name))
        return *recent;
    size_t slot = XXH3_64bits(name.ptr, name.len) & (N_SLOTS - 1);
    while (names->slots[slot]) {
        uint16_t number = names->slots[slot];
        if (sl_str_eq(names->items[number], name))
            return *recent = number;
        slot = (slot + 1) & (N_SLOTS - 1);
    }
    if (names->len > SL_LOG_MAX_NAMES)
        return 0;
    uint16_t number = (uint16_t)names->len++;
    names->items[number] = sl_arena_copy(&names->arena, name);
    names->slots[slot] = number;
    return *recent = number;
}

sl_str sl_log_names_text(const struct sl_log_names *names, uint16_t number)
{
    return number < names->len ? names->items[number] : SL_STR_EMPTY;
}
