/*
 * base_tree: the files as they were before a change, in a scratch folder.
 *
 * In:    a revision that git knows, in the repository of the working directory.
 * Out:   below `tree`, what stands in the work tree without what differs from the revision: links to the files that are
 *        the same (those that git ignores too: the change did not bring them), and the revision's own version of the
 *        others. The repository's index and work tree stay as they are.
 * Owns:  the scratch folder; sl_base_tree_remove() takes it away. Strings live in the arena that was given.
 * Fails: SL_ERR_IO: no room for it, or with git's own words.
 * Safe:  files that Git LFS holds stay pointers: nothing is downloaded for them.
 */
#ifndef SL_CLI_BASE_TREE_H
#define SL_CLI_BASE_TREE_H

#include "base/arena.h"
#include "base/error.h"

struct sl_base_tree {
    sl_str scratch; /* the folder with everything in it */
    sl_str tree;    /* the repository's root as it was */
    sl_str here;    /* where the working directory stood in it; may not have been there */
    sl_str root;    /* the repository's root as it is */
};

SL_NODISCARD enum sl_status sl_base_tree_make(sl_str revision, struct sl_arena *arena, struct sl_base_tree *out,
                                              struct sl_error *err);
void sl_base_tree_remove(struct sl_base_tree *base);

/* An absolute path below the repository's root as it was on the base; any other is given back. */
sl_str sl_base_tree_path(const struct sl_base_tree *base, struct sl_arena *arena, sl_str path);

#endif
