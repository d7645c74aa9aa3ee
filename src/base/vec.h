/*
 * vec: a growing array in an arena.
 *
 *     struct sl_use_vec { struct sl_use *items; size_t len, cap; };
 *     *SL_VEC_PUSH(arena, &vec) = (struct sl_use){…};
 *
 * Any struct with the fields items, len and cap is a vector. Growing leaves the old array in the arena, so a pointer
 * to an element stays readable but stale: hold indexes while you push.
 */
#ifndef SL_BASE_VEC_H
#define SL_BASE_VEC_H

#include "base/arena.h"

#define SL_VEC(type)                                                                                                   \
    struct {                                                                                                           \
        type *items;                                                                                                   \
        size_t len;                                                                                                    \
        size_t cap;                                                                                                    \
    }

/* Answers the address of one new zeroed element behind the last. */
#define SL_VEC_PUSH(arena, vec)                                                                                        \
    ((vec)->items = sl_vec_grow((arena), (vec)->items, (vec)->len, &(vec)->cap, sizeof *(vec)->items),                 \
     &(vec)->items[(vec)->len++])

/* Which of `len` > 0 elements, sorted by the offset that each begins with, is the last at or before `off`; the first
 * one where none is. */
static inline size_t sl_vec_last_at(const void *items, size_t len, size_t size, uint32_t off)
{
    size_t low = 0;
    size_t high = len;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        uint32_t start;
        memcpy(&start, (const char *)items + middle * size, sizeof start);
        if (start <= off)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* For SL_VEC_PUSH: items with room for len + 1 elements. */
void *sl_vec_grow(struct sl_arena *arena, void *items, size_t len, size_t *cap, size_t size);

#endif
