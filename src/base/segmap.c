#include "base/segmap.h"

#include <assert.h>

#include "base/vec.h"

void sl_segmap_add(struct sl_segmap *map, struct sl_arena *arena, struct sl_segment segment)
{
    assert(map->len == 0 || map->items[map->len - 1].out_off + map->items[map->len - 1].out_len <= segment.out_off);
    *SL_VEC_PUSH(arena, map) = segment;
}

const struct sl_segment *sl_segmap_segment_at(const struct sl_segmap *map, uint32_t out_off)
{
    return &map->items[sl_vec_last_at(map->items, map->len, sizeof *map->items, out_off)];
}

struct sl_span sl_segmap_lookup(const struct sl_segmap *map, uint32_t out_off, bool *synthetic)
{
    if (synthetic)
        *synthetic = false;
    if (map->len == 0)
        return (struct sl_span){.off = out_off, .len = 0};
    const struct sl_segment *found = sl_segmap_segment_at(map, out_off);
    if (synthetic)
        *synthetic = found->src_len == 0;
    if (found->out_len == found->src_len && out_off > found->out_off && out_off < found->out_off + found->out_len) {
        uint32_t into = out_off - found->out_off;
        return (struct sl_span){.off = found->src_off + into, .len = found->src_len - into};
    }
    return (struct sl_span){.off = found->src_off, .len = found->src_len};
}

struct sl_segmap sl_segmap_compose(const struct sl_segmap *outer, const struct sl_segmap *inner, struct sl_arena *arena)
{
    struct sl_segmap composed = {0};
    for (size_t i = 0; i < outer->len; i++) {
        const struct sl_segment *segment = &outer->items[i];
        bool synthetic = false;
        struct sl_span source = sl_segmap_lookup(inner, segment->src_off, &synthetic);
        if (segment->src_len == 0 || synthetic)
            source.len = 0;
        else if (source.len > segment->src_len)
            source.len = segment->src_len;
        sl_segmap_add(&composed, arena,
                      (struct sl_segment){segment->out_off, segment->out_len, source.off, source.len});
    }
    return composed;
}
