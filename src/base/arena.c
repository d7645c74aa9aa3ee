#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/sanitizer.h"

#ifdef SL_HAS_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

struct sl_arena_block {
    struct sl_arena_block *next;
    size_t size;
    alignas(max_align_t) char bytes[];
};

_Noreturn void sl_out_of_memory(void)
{
    fputs("stamplint: out of memory\n", stderr);
    exit(2);
}

void sl_arena_init(struct sl_arena *arena)
{
    *arena = (struct sl_arena){0};
}

static struct sl_arena_block *block_new(size_t size)
{
    struct sl_arena_block *block = malloc(sizeof *block + size);
    if (!block)
        sl_out_of_memory();
    block->next = NULL;
    block->size = size;
    POISON(block->bytes, size);
    return block;
}

static void blocks_free(struct sl_arena_block *block)
{
    while (block) {
        struct sl_arena_block *next = block->next;
        UNPOISON(block->bytes, block->size);
        free(block);
        block = next;
    }
}

void sl_arena_reset(struct sl_arena *arena)
{
    size_t kept = 0;
#ifdef SL_DEBUG_ARENA
    const size_t keep = 0;
#else
    const size_t keep = SL_ARENA_KEEP_BYTES;
#endif
    struct sl_arena_block **link = &arena->first;
    while (*link && kept + (*link)->size <= keep) {
        kept += (*link)->size;
        POISON((*link)->bytes, (*link)->size);
        link = &(*link)->next;
    }
    blocks_free(*link);
    *link = NULL;
    arena->current = arena->first;
    arena->used = 0;
}

void sl_arena_release(struct sl_arena *arena)
{
    blocks_free(arena->first);
    sl_arena_init(arena);
}

/* Makes `current` a block with room for `size`: the next kept one if it is large enough, else a new one behind it. */
static void arena_advance(struct sl_arena *arena, size_t size)
{
    struct sl_arena_block *next = arena->current ? arena->current->next : arena->first;
    if (!next || next->size < size) {
#ifdef SL_DEBUG_ARENA
        struct sl_arena_block *block = block_new(size);
#else
        struct sl_arena_block *block = block_new(size > SL_ARENA_BLOCK_BYTES ? size : SL_ARENA_BLOCK_BYTES);
#endif
        block->next = next;
        if (arena->current)
            arena->current->next = block;
        else
            arena->first = block;
        next = block;
    }
    arena->current = next;
    arena->used = 0;
}

void *sl_arena_alloc(struct sl_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        sl_out_of_memory();
    size_t rounded = (size + align - 1) / align * align;
    if (rounded == 0)
        rounded = align;
    if (!arena->current || arena->current->size - arena->used < rounded)
        arena_advance(arena, rounded);
    void *p = arena->current->bytes + arena->used;
    arena->used += rounded;
    UNPOISON(p, size);
    return memset(p, 0, size);
}

void *sl_arena_alloc_array(struct sl_arena *arena, size_t n, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(n, size, &total))
        sl_out_of_memory();
    return sl_arena_alloc(arena, total);
}

sl_str sl_arena_copy(struct sl_arena *arena, sl_str s)
{
    char *p = sl_arena_alloc(arena, s.len + 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return (sl_str){p, s.len};
}

sl_str sl_arena_copy_lower(struct sl_arena *arena, sl_str s)
{
    char *p = sl_arena_alloc(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        p[i] = sl_lower_char(s.ptr[i]);
    return (sl_str){p, s.len};
}

sl_str sl_arena_copy_quoted(struct sl_arena *arena, sl_str s, char quote, const char *doubled)
{
    char *start = sl_arena_alloc(arena, s.len * 2 + 3);
    char *to = start;
    *to++ = quote;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\0')
            continue;
        if (strchr(doubled, s.ptr[i]))
            *to++ = s.ptr[i];
        *to++ = s.ptr[i];
    }
    *to++ = quote;
    *to = '\0';
    return (sl_str){start, (size_t)(to - start)};
}

sl_str sl_arena_printf(struct sl_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        return SL_STR_EMPTY;
    char *p = sl_arena_alloc(arena, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(p, (size_t)len + 1, format, args);
    va_end(args);
    return (sl_str){p, (size_t)len};
}
