#include "finding/base_tree.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "finding/git.h"

static enum sl_status make_scratch(struct sl_arena *arena, struct sl_base_tree *base, struct sl_error *err)
{
    const char *folder = getenv("TMPDIR");
    sl_str scratch = sl_arena_printf(arena, "%s/stamplint-base-XXXXXX", folder && *folder ? folder : "/tmp");
    if (!mkdtemp((char *)scratch.ptr))
        return sl_error_set(err, SL_ERR_IO, "%s cannot be made: %s.", scratch.ptr, strerror(errno));
    base->scratch = scratch;
    base->tree = sl_arena_printf(arena, "%s/tree", scratch.ptr);
    /* An empty .git marks the root of a project for whoever looks for one upwards. */
    if (mkdir(base->tree.ptr, 0700) != 0 || mkdir(sl_arena_printf(arena, "%s/.git", base->tree.ptr).ptr, 0700) != 0)
        return sl_error_set(err, SL_ERR_IO, "%s cannot be made: %s.", base->tree.ptr, strerror(errno));
    return SL_OK;
}

static enum sl_status check_out(sl_str revision, struct sl_arena *arena, struct sl_base_tree *base,
                                struct sl_error *err)
{
    const char *index = sl_arena_printf(arena, "%s/index", base->scratch.ptr).ptr;
    const char *prefix = sl_arena_printf(arena, "--prefix=%s/", base->tree.ptr).ptr;
    /* checkout-index works from the repository's root; elsewhere it would leave out what lies outside. */
    const char *const where[] = {"git", "rev-parse", "--show-toplevel", "--show-prefix", NULL};
    sl_str output = SL_STR_EMPTY, root = SL_STR_EMPTY, here = SL_STR_EMPTY;
    SL_TRY(sl_git_run(where, arena, &output, err));
    sl_str_next_line(&output, &root);
    sl_str_next_line(&output, &here);
    base->root = sl_arena_copy(arena, root);
    base->here = sl_arena_printf(arena, "%s/%.*s", base->tree.ptr, SL_STR_ARG(here));
    const char *const read_tree[] = {"git",       "-C", base->root.ptr, "-c", "core.fsmonitor=false",
                                     "read-tree", "--", revision.ptr,   NULL};
    const char *const checkout[] = {"git",
                                    "-C",
                                    base->root.ptr,
                                    "-c",
                                    "core.fsmonitor=false",
                                    "-c",
                                    "core.sparseCheckout=false",
                                    "-c",
                                    "filter.lfs.smudge=",
                                    "-c",
                                    "filter.lfs.process=",
                                    "-c",
                                    "filter.lfs.required=false",
                                    "checkout-index",
                                    "--all",
                                    "--quiet",
                                    prefix,
                                    NULL};
    SL_TRY(sl_git_run_with_index(read_tree, index, arena, &output, err));
    return sl_git_run_with_index(checkout, index, arena, &output, err);
}

static int remove_one(const char *path, const struct stat *at, int kind, struct FTW *place)
{
    (void)at, (void)kind, (void)place;
    return remove(path) != 0 && errno != ENOENT;
}

void sl_base_tree_remove(struct sl_base_tree *base)
{
    if (base->scratch.len > 0)
        nftw(base->scratch.ptr, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    *base = (struct sl_base_tree){0};
}

enum sl_status sl_base_tree_make(sl_str revision, struct sl_arena *arena, struct sl_base_tree *out,
                                 struct sl_error *err)
{
    struct sl_base_tree base = {0};
    enum sl_status status = make_scratch(arena, &base, err);
    if (status == SL_OK)
        status = check_out(revision, arena, &base, err);
    if (status != SL_OK)
        sl_base_tree_remove(&base);
    else
        *out = base;
    return status;
}

sl_str sl_base_tree_path(const struct sl_base_tree *base, struct sl_arena *arena, sl_str path)
{
    bool is_below = base->root.len > 0 && sl_str_has_prefix(path, base->root) &&
                    (path.len == base->root.len || path.ptr[base->root.len] == '/');
    if (!is_below)
        return path;
    return sl_arena_printf(arena, "%s%.*s", base->tree.ptr, SL_STR_ARG(sl_str_slice(path, base->root.len, SIZE_MAX)));
}
