#include "source/log/block.h"

#include <stdlib.h>
#include <string.h>

/* What is left over is part of an entry: there is room for most of them. */
#define HEAD_BYTES (32u * 1024)
#define KEEP_BYTES (4u * SL_LOG_BLOCK_BYTES)

void *sl_log_grow(void *items, size_t n, size_t *cap, size_t size)
{
    if (n <= *cap)
        return items;
    *cap = n * 2 + 256;
    items = realloc(items, *cap * size);
    if (!items)
        sl_out_of_memory();
    return items;
}

void sl_log_block_init(struct sl_log_block *block)
{
    *block = (struct sl_log_block){0};
    sl_arena_init(&block->arena);
}

void sl_log_block_reset(struct sl_log_block *block)
{
    if (block->cap > KEEP_BYTES) {
        free(block->memory);
        block->memory = NULL;
        block->cap = 0;
    }
    block->bytes = block->memory ? block->memory + HEAD_BYTES : NULL;
    block->len = block->records.len = block->pieces.len = block->slots.len = block->anchors.len = 0;
    block->n_input_bytes = 0;
    block->is_last = false;
    sl_buf_reset(&block->side);
    sl_arena_reset(&block->arena);
}

void sl_log_block_release(struct sl_log_block *block)
{
    free(block->memory);
    free(block->records.items);
    free(block->pieces.items);
    free(block->slots.items);
    free(block->anchors.items);
    sl_buf_release(&block->side);
    sl_arena_release(&block->arena);
}

/* Memory of `cap` bytes, the block's own at `head` in it. */
static void move_to(struct sl_log_block *block, size_t cap, size_t head)
{
    char *memory = malloc(cap);
    if (!memory)
        sl_out_of_memory();
    if (block->len)
        memcpy(memory + head, block->bytes, block->len);
    free(block->memory);
    block->memory = memory;
    block->cap = cap;
    block->bytes = memory + head;
}

char *sl_log_block_room(struct sl_log_block *block, size_t more)
{
    size_t head = block->memory ? (size_t)(block->bytes - block->memory) : HEAD_BYTES;
    size_t needed = head + block->len + more;
    if (!block->memory || needed > block->cap)
        move_to(block, needed, head);
    return block->bytes + block->len;
}

void sl_log_block_prepend(struct sl_log_block *block, sl_str bytes, const struct sl_log_anchors *anchors)
{
    if (!block->memory || bytes.len > (size_t)(block->bytes - block->memory))
        move_to(block, HEAD_BYTES + bytes.len + block->len, HEAD_BYTES + bytes.len);
    block->bytes -= bytes.len;
    block->len += bytes.len;
    block->base -= bytes.len;
    if (bytes.len)
        memcpy(block->bytes, bytes.ptr, bytes.len);
    struct sl_log_anchors *all = &block->anchors;
    all->items = sl_log_grow(all->items, all->len + anchors->len, &all->cap, sizeof *all->items);
    if (anchors->len) {
        memmove(all->items + anchors->len, all->items, all->len * sizeof *all->items);
        memcpy(all->items, anchors->items, anchors->len * sizeof *all->items);
    }
    all->len += anchors->len;
}

void sl_log_anchors_add(struct sl_log_anchors *anchors, struct sl_log_anchor anchor)
{
    *SL_LOG_PUSH(anchors) = anchor;
}

size_t sl_log_anchors_find(const struct sl_log_anchors *anchors, uint64_t stream_off)
{
    size_t lo = 0, hi = anchors->len;
    while (lo + 1 < hi) {
        size_t mid = (lo + hi) / 2;
        if (anchors->items[mid].stream_off <= stream_off)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}
