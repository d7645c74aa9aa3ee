/*
 * tree_cache: the syntax trees of files that were parsed in an earlier run, kept in one file beside the repository.
 *
 * In:    a folder (made when there is something to keep), the bytes of a source and the grammar that reads them.
 * Out:   the cells of their tree (struct sl_tree_cell), exactly as parsing gives them. A tree depends on nothing but
 * the bytes, the grammar and this program's format, and the key is a 128-bit hash of these: an edited file has another
 *        key, so no time stamps are looked at and nothing can be stale.
 * Owns:  its memory and the file that it holds open. Trees that are found are copied to the caller's buffer.
 * Fails: never. A file that is missing, of another version, cut off or damaged is an empty cache, a tree whose checksum
 *        is wrong is one that is not there, and what cannot be written is left: the run parses, and says the same.
 * Limits: SL_MAX_TREE_CACHE_BYTES; what was used longest ago goes first.
 * Several processes: the file is written beside and renamed into place, whole. The last one wins.
 */
#ifndef SL_SOURCE_TREE_CACHE_H
#define SL_SOURCE_TREE_CACHE_H

#include "base/arena.h"
#include "base/buf.h"

/* One node, in the order of a walk that goes down before it goes on. The first one is the root, its own parent. */
struct sl_tree_cell {
    uint32_t off, len;
    uint32_t parent; /* index of a cell before this one */
    uint16_t symbol; /* of the grammar */
    uint8_t field;   /* of the parent, by the grammar's number; 0: none */
    uint8_t is_missing;
};

struct sl_tree_key {
    uint64_t hi, lo;
};

struct sl_tree_key sl_tree_key_of(sl_str bytes, int language);

struct sl_tree_cache;

/* `folder` holds the file "trees", or will. */
struct sl_tree_cache *sl_tree_cache_open(sl_str folder);
/* Writes the file if enough of it is new, and gives everything back. NULL is allowed, here and below. */
void sl_tree_cache_close(struct sl_tree_cache *cache);

/* Fills `cells` (emptied first) with the tree of that key; false, and empty, if it is not there. */
bool sl_tree_cache_find(struct sl_tree_cache *cache, struct sl_tree_key key, struct sl_buf *cells);
void sl_tree_cache_add(struct sl_tree_cache *cache, struct sl_tree_key key, sl_str cells);

#endif
