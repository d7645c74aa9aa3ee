#include "base/vec.h"

void *sl_vec_grow(struct sl_arena *arena, void *items, size_t len, size_t *cap, size_t size)
{
    if (len < *cap)
        return items;
    size_t wider = *cap ? *cap * 2 : 8;
    void *moved = sl_arena_alloc_array(arena, wider, size);
    if (len)
        memcpy(moved, items, len * size);
    *cap = wider;
    return moved;
}
