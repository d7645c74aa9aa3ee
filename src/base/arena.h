/*
 * arena: memory that is given back all at once.
 *
 * Three arenas with nested lives: run ⊃ file ⊃ statement. A pointer may point into its own or a longer life, never
 * into a shorter one. There is no free; sl_arena_reset() keeps the blocks for the next statement and poisons them
 * under AddressSanitizer, so that a pointer that outlived its statement is found. With SL_DEBUG_ARENA every
 * allocation is a malloc of its own, for tools that look at the bounds of single objects.
 *
 * Fails: never. Out of memory prints one sentence and exits with status 2 (the one exit outside cli/ and main.c).
 */
#ifndef SL_BASE_ARENA_H
#define SL_BASE_ARENA_H

#include "base/error.h"
#include "base/str.h"

struct sl_arena_block;

struct sl_arena {
    struct sl_arena_block *first;   /* all blocks, in the order in which they were made */
    struct sl_arena_block *current; /* the block that is being filled */
    size_t used;                    /* bytes taken of `current` */
};

void sl_arena_init(struct sl_arena *arena);
/* Forgets all allocations; keeps up to SL_ARENA_KEEP_BYTES of blocks. */
void sl_arena_reset(struct sl_arena *arena);
void sl_arena_release(struct sl_arena *arena);

/* `size` zeroed bytes, aligned for any type. */
void *sl_arena_alloc(struct sl_arena *arena, size_t size);
/* n * size zeroed bytes; an overflow counts as out of memory. */
void *sl_arena_alloc_array(struct sl_arena *arena, size_t n, size_t size);
/* A copy with a NUL behind it that is not counted in len. */
sl_str sl_arena_copy(struct sl_arena *arena, sl_str s);
/* The same with ASCII letters in lower case. */
sl_str sl_arena_copy_lower(struct sl_arena *arena, sl_str s);
/* The same between two `quote`s, the bytes of `doubled` written twice; NUL bytes are left out, no server takes them. */
sl_str sl_arena_copy_quoted(struct sl_arena *arena, sl_str s, char quote, const char *doubled);
SL_PRINTF(2, 3)
sl_str sl_arena_printf(struct sl_arena *arena, const char *format, ...);

/* The one exit for an allocation that the machine cannot serve. */
_Noreturn void sl_out_of_memory(void);

#define SL_NEW(arena, type) ((type *)sl_arena_alloc((arena), sizeof(type)))
#define SL_NEW_ARRAY(arena, n, type) ((type *)sl_arena_alloc_array((arena), (n), sizeof(type)))

#endif
