#include "graph/pool.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/sanitizer.h"

#ifdef SL_HAS_ASAN

void sl_pool_install(void) {}

#else

/* Sizes: multiples of 16 up to 256, then eight steps for each doubling, so that no more than an eighth is wasted. */
enum {
    STEP = 16,
    STEPS_BITS = 3,
    N_SMALL = 16,
    POOL_MAX_BYTES = 32 * 1024,
    N_CLASSES = N_SMALL + 7 * (1 << STEPS_BITS),
    CHUNK_BYTES = 128 * 1024,
};

/* In front of each block; 8 bytes, as SQLite's alignment is. */
struct block {
    uint64_t n_bytes; /* of the user */
};

static struct {
    void *free_blocks[N_CLASSES]; /* each begins with the address of the next */
    char *chunk;
    size_t chunk_left;
} pool;

static int round_up(int n_bytes)
{
    if (n_bytes <= STEP * N_SMALL)
        return (n_bytes + STEP - 1) / STEP * STEP;
    int step = 1 << (31 - __builtin_clz((unsigned)n_bytes - 1) - STEPS_BITS);
    return (n_bytes + step - 1) & ~(step - 1);
}

/* Of a size that round_up() gave. */
static size_t class_of(uint64_t n_bytes)
{
    if (n_bytes <= STEP * N_SMALL)
        return n_bytes / STEP - 1;
    int log = 31 - __builtin_clz((unsigned)n_bytes - 1); /* 8 for 257 to 512 */
    return N_SMALL + (size_t)(log - 8) * (1 << STEPS_BITS) + (((unsigned)n_bytes - 1) >> (log - STEPS_BITS)) -
           (1 << STEPS_BITS);
}

static void *chunk_take(size_t n_bytes)
{
    if (pool.chunk_left < n_bytes) {
        pool.chunk = malloc(CHUNK_BYTES);
        pool.chunk_left = pool.chunk ? CHUNK_BYTES : 0;
        if (!pool.chunk)
            return NULL;
    }
    void *taken = pool.chunk;
    pool.chunk += n_bytes;
    pool.chunk_left -= n_bytes;
    return taken;
}

static void *pool_alloc(int n_bytes)
{
    size_t rounded = (size_t)round_up(n_bytes);
    if (rounded <= POOL_MAX_BYTES && pool.free_blocks[class_of(rounded)]) {
        void **kept = pool.free_blocks[class_of(rounded)];
        pool.free_blocks[class_of(rounded)] = *kept;
        return kept;
    }
    size_t whole = sizeof(struct block) + rounded;
    struct block *block = rounded <= POOL_MAX_BYTES ? chunk_take(whole) : malloc(whole);
    if (!block)
        return NULL;
    block->n_bytes = rounded;
    return block + 1;
}

static struct block *block_of(void *user)
{
    return (struct block *)user - 1;
}

static int pool_size(void *user)
{
    return user ? (int)block_of(user)->n_bytes : 0;
}

static void pool_free(void *user)
{
    struct block *block = block_of(user);
    if (block->n_bytes > POOL_MAX_BYTES) {
        free(block);
        return;
    }
    void **kept = user;
    *kept = pool.free_blocks[class_of(block->n_bytes)];
    pool.free_blocks[class_of(block->n_bytes)] = kept;
}

static void *pool_realloc(void *user, int n_bytes)
{
    int had = pool_size(user);
    if (n_bytes <= had)
        return user;
    if (had > POOL_MAX_BYTES) {
        size_t rounded = (size_t)round_up(n_bytes);
        struct block *block = realloc(block_of(user), sizeof *block + rounded);
        if (block)
            block->n_bytes = rounded;
        return block ? block + 1 : NULL;
    }
    void *grown = pool_alloc(n_bytes);
    if (!grown)
        return NULL;
    memcpy(grown, user, (size_t)had);
    pool_free(user);
    return grown;
}

static int pool_init(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void pool_shutdown(void *context)
{
    (void)context;
}

void sl_pool_install(void)
{
    static const sqlite3_mem_methods methods = {pool_alloc, pool_free, pool_realloc,  pool_size,
                                                round_up,   pool_init, pool_shutdown, NULL};
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

#endif
