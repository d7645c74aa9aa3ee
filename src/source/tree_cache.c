#include "source/tree_cache.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"

#ifndef SL_GRAMMARS_ID
#define SL_GRAMMARS_ID ""
#endif

/* Counts up when the cells of a tree change, or what stands around them. */
#define FORMAT "1"

enum { MIN_NEW_SHARE = 16 }; /* the file is written anew when one tree of 16 that a run used was not in it */

/* The file: a head, its entries by key, the cells of one after the other. In the machine's own byte order: a file of
 * another one has a wrong identity. */
struct head {
    char magic[16];
    uint64_t identity; /* of the program and its grammars */
    uint64_t n_entries;
    uint64_t entries_hash;
};

struct entry {
    struct sl_tree_key key;
    uint64_t off; /* in the file; of a new one, in `added` */
    uint64_t hash;
    uint32_t n_cells;
    uint32_t age; /* how often the file was written since a run used it */
};

struct sl_tree_cache {
    struct sl_arena arena;
    sl_str folder, path;
    int file;            /* -1: there is none that can be used */
    struct entry *known; /* of the file, by key */
    size_t n_known;
    SL_VEC(struct entry) added;
    struct sl_buf cells; /* of the added ones */
    size_t n_used;       /* found in the file */
};

static const char magic[16] = "stamplint trees";

static uint64_t identity(void)
{
    static const char program[] = SL_VERSION " " FORMAT " " SL_GRAMMARS_ID;
    return XXH3_64bits_withSeed(program, sizeof program, sizeof(struct sl_tree_cell));
}

struct sl_tree_key sl_tree_key_of(sl_str bytes, int language)
{
    XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.ptr, bytes.len, (uint64_t)language);
    return (struct sl_tree_key){.hi = hash.high64, .lo = hash.low64};
}

static int key_order(const void *a, const void *b)
{
    const struct sl_tree_key *x = a; /* an entry begins with its key */
    const struct sl_tree_key *y = b;
    int order = (x->hi > y->hi) - (x->hi < y->hi);
    return order ? order : (x->lo > y->lo) - (x->lo < y->lo);
}

static bool read_at(int file, void *to, size_t len, uint64_t off)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = pread(file, (char *)to + done, len - done, (off_t)(off + done));
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

/* Takes over the entries of the file; false where it is not one of ours, or not whole. */
static bool entries_read(struct sl_tree_cache *cache)
{
    struct head head;
    struct stat at;
    if (fstat(cache->file, &at) != 0 || !S_ISREG(at.st_mode) || !read_at(cache->file, &head, sizeof head, 0))
        return false;
    size_t n_bytes = (size_t)head.n_entries * sizeof(struct entry);
    if (memcmp(head.magic, magic, sizeof magic) != 0 || head.identity != identity() ||
        head.n_entries > SL_MAX_TREE_CACHE_BYTES / sizeof(struct entry) || (size_t)at.st_size < sizeof head + n_bytes)
        return false;
    cache->known = SL_NEW_ARRAY(&cache->arena, head.n_entries, struct entry);
    cache->n_known = (size_t)head.n_entries;
    return read_at(cache->file, cache->known, n_bytes, sizeof head) &&
           XXH3_64bits(cache->known, n_bytes) == head.entries_hash;
}

struct sl_tree_cache *sl_tree_cache_open(sl_str folder)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_tree_cache *cache = SL_NEW(&arena, struct sl_tree_cache);
    cache->folder = sl_arena_copy(&arena, folder);
    cache->path = sl_arena_printf(&arena, "%.*s/trees", SL_STR_ARG(folder));
    cache->file = open(cache->path.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    cache->arena = arena;
    if (cache->file >= 0 && !entries_read(cache)) {
        close(cache->file);
        cache->file = -1;
        cache->n_known = 0;
    }
    return cache;
}

/* What this run has added: a run that looks at two revisions (--new-only) finds most files twice. */
static bool added_find(const struct sl_tree_cache *cache, struct sl_tree_key key, struct sl_buf *cells)
{
    for (size_t i = 0; i < cache->added.len; i++) {
        const struct entry *entry = &cache->added.items[i];
        if (key_order(&entry->key, &key) != 0)
            continue;
        sl_buf_add(cells, (sl_str){cache->cells.bytes + entry->off, entry->n_cells * sizeof(struct sl_tree_cell)});
        return true;
    }
    return false;
}

bool sl_tree_cache_find(struct sl_tree_cache *cache, struct sl_tree_key key, struct sl_buf *cells)
{
    sl_buf_reset(cells);
    if (!cache)
        return false;
    if (added_find(cache, key, cells))
        return true;
    struct entry *entry = cache->n_known ? bsearch(&key, cache->known, cache->n_known, sizeof *entry, key_order) : NULL;
    if (!entry || entry->n_cells > SL_MAX_TREE_CACHE_BYTES / sizeof(struct sl_tree_cell))
        return false;
    size_t len = entry->n_cells * sizeof(struct sl_tree_cell);
    char *to = sl_buf_reserve(cells, len);
    if (!read_at(cache->file, to, len, entry->off) || XXH3_64bits(to, len) != entry->hash) {
        entry->n_cells = 0; /* and the file's copy is not passed on */
        return false;
    }
    cells->len = len;
    entry->age = 0;
    cache->n_used++;
    return true;
}

void sl_tree_cache_add(struct sl_tree_cache *cache, struct sl_tree_key key, sl_str cells)
{
    if (!cache || cells.len == 0 || cells.len > SL_MAX_TREE_CACHE_BYTES - cache->cells.len)
        return;
    *SL_VEC_PUSH(&cache->arena, &cache->added) = (struct entry){
        .key = key,
        .off = cache->cells.len,
        .hash = XXH3_64bits(cells.ptr, cells.len),
        .n_cells = (uint32_t)(cells.len / sizeof(struct sl_tree_cell)),
    };
    sl_buf_add(&cache->cells, cells);
}

/* --- Writing ---------------------------------------------------------------------------------------------------------
 */

static int age_order(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    int order = (x->age > y->age) - (x->age < y->age);
    return order ? order : key_order(a, b);
}

/* The entries of the file to write: new ones, then those of the old file, latest used first, as far as they fit. */
static size_t entries_choose(struct sl_tree_cache *cache, struct entry *chosen)
{
    size_t n = cache->added.len;
    uint64_t n_bytes = cache->cells.len;
    memcpy(chosen, cache->added.items, n * sizeof *chosen);
    if (cache->n_known)
        qsort(cache->known, cache->n_known, sizeof *cache->known, age_order);
    for (size_t i = 0; i < cache->n_known; i++) {
        const struct entry *entry = &cache->known[i];
        n_bytes += entry->n_cells * sizeof(struct sl_tree_cell);
        if (entry->age >= SL_MAX_TREE_CACHE_AGE || n_bytes > SL_MAX_TREE_CACHE_BYTES)
            break;
        if (entry->n_cells == 0)
            continue;
        chosen[n] = *entry;
        chosen[n++].age++;
    }
    return n;
}

/* Appends the cells of the chosen entries and gives each its new offset. */
static bool cells_gather(struct sl_tree_cache *cache, struct entry *chosen, size_t n, struct sl_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = chosen[i].n_cells * sizeof(struct sl_tree_cell);
        char *to = sl_buf_reserve(out, len);
        if (i < cache->added.len)
            memcpy(to, cache->cells.bytes + chosen[i].off, len);
        else if (!read_at(cache->file, to, len, chosen[i].off))
            return false;
        chosen[i].off = out->len;
        out->len += len;
    }
    return true;
}

/* The whole file's bytes. */
static bool file_make(struct sl_tree_cache *cache, struct sl_buf *out)
{
    size_t most = cache->added.len + cache->n_known;
    struct entry *chosen = SL_NEW_ARRAY(&cache->arena, most, struct entry);
    struct head head = {.identity = identity()};
    memcpy(head.magic, magic, sizeof magic);
    size_t n = entries_choose(cache, chosen);
    sl_buf_reserve(out, sizeof head + n * sizeof *chosen);
    out->len = sizeof head + n * sizeof *chosen;
    if (!cells_gather(cache, chosen, n, out))
        return false;
    qsort(chosen, n, sizeof *chosen, key_order);
    head.n_entries = n;
    head.entries_hash = XXH3_64bits(chosen, n * sizeof *chosen);
    memcpy(out->bytes, &head, sizeof head);
    memcpy(out->bytes + sizeof head, chosen, n * sizeof *chosen);
    return true;
}

static bool file_write(const char *path, sl_str bytes)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0)
        return false;
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t n = write(file, bytes.ptr + done, bytes.len - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return close(file) == 0 && done == bytes.len;
}

static void file_replace(struct sl_tree_cache *cache)
{
    struct sl_buf bytes = {0};
    sl_str beside = sl_arena_printf(&cache->arena, "%.*s.%ld", SL_STR_ARG(cache->path), (long)getpid());
    mkdir(cache->folder.ptr, 0777); /* if it is there, or cannot be made, opening the file will tell */
    unlink(beside.ptr);             /* of a run that was killed */
    if (file_make(cache, &bytes)) {
        bool is_whole = file_write(beside.ptr, sl_buf_str(&bytes));
        if (!is_whole || rename(beside.ptr, cache->path.ptr) != 0)
            unlink(beside.ptr);
    }
    sl_buf_release(&bytes);
}

void sl_tree_cache_close(struct sl_tree_cache *cache)
{
    if (!cache)
        return;
    if (cache->added.len * MIN_NEW_SHARE > cache->n_used)
        file_replace(cache);
    if (cache->file >= 0)
        close(cache->file);
    sl_buf_release(&cache->cells);
    struct sl_arena arena = cache->arena;
    sl_arena_release(&arena);
}
