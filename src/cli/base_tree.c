#include "cli/base_tree.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/vec.h"
#include "finding/git.h"
#include "source/file.h"
#include "source/walk.h"

/* A path of the repository that differs from the revision. */
struct change {
    sl_str path;
    bool was_there; /* the revision has it: its version is checked out */
};
struct changes {
    struct change *items;
    size_t len, cap;
};

/* ---- what differs ---- */

static void add_change(struct changes *changes, struct sl_arena *arena, sl_str path, bool was_there)
{
    if (path.len)
        *SL_VEC_PUSH(arena, changes) = (struct change){sl_arena_copy(arena, path), was_there};
}

static sl_str next_field(sl_str *rest)
{
    size_t end = sl_str_find_byte(*rest, '\0');
    sl_str field = sl_str_slice(*rest, 0, end);
    *rest = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(*rest, end + 1, SIZE_MAX);
    return field;
}

static int change_order(const void *a, const void *b)
{
    return sl_str_cmp(((const struct change *)a)->path, ((const struct change *)b)->path);
}

static enum sl_status find_changes(const struct sl_base_tree *base, sl_str revision, struct sl_arena *arena,
                                   struct changes *changes, struct sl_error *err)
{
    const char *const diff[] = {"git",
                                "-C",
                                base->root.ptr,
                                "-c",
                                "core.fsmonitor=false",
                                "diff",
                                "--name-status",
                                "-z",
                                "--no-renames",
                                "--no-ext-diff",
                                "--no-textconv",
                                "--ignore-submodules",
                                revision.ptr,
                                "--",
                                NULL};
    const char *const untracked[] = {"git",      "-C",       base->root.ptr,       "-c", "core.fsmonitor=false",
                                     "ls-files", "--others", "--exclude-standard", "-z", NULL};
    sl_str output = SL_STR_EMPTY;
    SL_TRY(sl_git_run(diff, arena, &output, err));
    while (output.len) {
        sl_str status = next_field(&output);
        add_change(changes, arena, next_field(&output), !sl_str_eq(status, SL_STR("A")));
    }
    SL_TRY(sl_git_run(untracked, arena, &output, err));
    while (output.len)
        add_change(changes, arena, next_field(&output), false);
    if (changes->len)
        qsort(changes->items, changes->len, sizeof *changes->items, change_order);
    return SL_OK;
}

static bool is_changed(const struct changes *changes, sl_str path)
{
    const struct change key = {.path = path};
    return changes->len && bsearch(&key, changes->items, changes->len, sizeof key, change_order);
}

static bool has_changes_below(const struct changes *changes, sl_str folder)
{
    size_t low = 0, high = changes->len; /* the first path behind "folder/" */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sl_str_cmp(changes->items[middle].path, folder) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < changes->len && sl_str_has_prefix(changes->items[low].path, folder); low++)
        if (changes->items[low].path.ptr[folder.len] == '/')
            return true;
    return false;
}

/* ---- what is the same ---- */

/* A folder that is to be mirrored, from the root. */
struct pending {
    sl_str folder;
    unsigned depth;
};
struct mirror {
    const struct sl_base_tree *base;
    const struct changes *changes;
    struct sl_arena *arena;
    struct {
        struct pending *items;
        size_t len, cap;
    } stack;
};

static sl_str below(struct mirror *mirror, sl_str root, sl_str path)
{
    return sl_arena_printf(mirror->arena, "%.*s/%.*s", SL_STR_ARG(root), SL_STR_ARG(path));
}

static enum sl_status mirror_entry(struct mirror *mirror, struct pending now, const struct dirent *item,
                                   struct sl_error *err)
{
    sl_str name = sl_str_from(item->d_name);
    bool is_nothing = sl_str_eq(name, SL_STR(".")) || sl_str_eq(name, SL_STR("..")) || sl_str_eq(name, SL_STR(".git"));
    if (is_nothing)
        return SL_OK;
    sl_str path = now.folder.len ? sl_path_join(mirror->arena, now.folder, name) : sl_arena_copy(mirror->arena, name);
    sl_str from = below(mirror, mirror->base->root, path), to = below(mirror, mirror->base->tree, path);
    struct stat at;
    if (is_changed(mirror->changes, path) || lstat(from.ptr, &at) != 0)
        return SL_OK;
    /* A folder that a walk passes over is looked into only if somebody names it: a link will do; never where something
     * is checked out below it, for that would be written through the link. */
    bool is_walked = S_ISDIR(at.st_mode) && ((!sl_walk_is_passed_over(name) && now.depth < SL_MAX_FOLDER_DEPTH) ||
                                             has_changes_below(mirror->changes, path));
    if (is_walked)
        *SL_VEC_PUSH(mirror->arena, &mirror->stack) = (struct pending){path, now.depth + 1};
    if ((is_walked ? mkdir(to.ptr, 0700) : symlink(from.ptr, to.ptr)) != 0)
        return sl_error_set(err, SL_ERR_IO, "%s cannot be made: %s.", to.ptr, strerror(errno));
    return SL_OK;
}

static enum sl_status mirror_tree(struct mirror *mirror, struct sl_error *err)
{
    *SL_VEC_PUSH(mirror->arena, &mirror->stack) = (struct pending){SL_STR_EMPTY, 0};
    while (mirror->stack.len) {
        struct pending now = mirror->stack.items[--mirror->stack.len];
        DIR *handle = opendir(below(mirror, mirror->base->root, now.folder).ptr);
        if (!handle) /* what today's run cannot read either, and says so */
            continue;
        enum sl_status status = SL_OK;
        for (struct dirent *item = readdir(handle); item && status == SL_OK; item = readdir(handle))
            status = mirror_entry(mirror, now, item, err);
        closedir(handle);
        SL_TRY(status);
    }
    return SL_OK;
}

/* ---- what was different ---- */

#define MAX_PATHS_A_CALL 200

static enum sl_status check_out(const struct sl_base_tree *base, sl_str revision, const struct changes *changes,
                                struct sl_arena *arena, struct sl_error *err)
{
    const char *index = sl_arena_printf(arena, "%s/index", base->scratch.ptr).ptr;
    const char *prefix = sl_arena_printf(arena, "--prefix=%s/", base->tree.ptr).ptr;
    const char *const read_tree[] = {"git",       "-C", base->root.ptr, "-c", "core.fsmonitor=false",
                                     "read-tree", "--", revision.ptr,   NULL};
    const char *checkout[20 + MAX_PATHS_A_CALL] = {"git",
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
                                                   "--quiet",
                                                   "--force",
                                                   prefix,
                                                   "--"};
    size_t n_words = 0;
    while (checkout[n_words])
        n_words++;
    sl_str output = SL_STR_EMPTY;
    SL_TRY(sl_git_run_with_index(read_tree, index, arena, &output, err));
    for (size_t i = 0; i < changes->len;) {
        size_t n = n_words;
        for (; i < changes->len && n < n_words + MAX_PATHS_A_CALL; i++)
            if (changes->items[i].was_there)
                checkout[n++] = changes->items[i].path.ptr;
        checkout[n] = NULL;
        if (n > n_words)
            SL_TRY(sl_git_run_with_index(checkout, index, arena, &output, err));
    }
    return SL_OK;
}

/* ---- the scratch folder ---- */

/* Memory, where there is some: the folder holds links and the few files that differ. */
static const char *scratch_parent(void)
{
    const char *folder = getenv("TMPDIR");
    if (folder && *folder)
        return folder;
    return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

static enum sl_status make_scratch(struct sl_arena *arena, struct sl_base_tree *base, struct sl_error *err)
{
    sl_str scratch = sl_arena_printf(arena, "%s/stamplint-base-XXXXXX", scratch_parent());
    if (!mkdtemp((char *)scratch.ptr))
        return sl_error_set(err, SL_ERR_IO, "%s cannot be made: %s.", scratch.ptr, strerror(errno));
    base->scratch = scratch;
    base->tree = sl_arena_printf(arena, "%s/tree", scratch.ptr);
    return mkdir(base->tree.ptr, 0700) == 0
               ? SL_OK
               : sl_error_set(err, SL_ERR_IO, "%s cannot be made: %s.", base->tree.ptr, strerror(errno));
}

static enum sl_status find_root(struct sl_arena *arena, struct sl_base_tree *base, struct sl_error *err)
{
    const char *const where[] = {"git", "rev-parse", "--show-toplevel", "--show-prefix", NULL};
    sl_str output = SL_STR_EMPTY, root = SL_STR_EMPTY, here = SL_STR_EMPTY;
    SL_TRY(sl_git_run(where, arena, &output, err));
    sl_str_next_line(&output, &root);
    sl_str_next_line(&output, &here);
    base->root = sl_arena_copy(arena, root);
    base->here = sl_arena_printf(arena, "%s/%.*s", base->tree.ptr, SL_STR_ARG(here));
    return SL_OK;
}

/* An empty .git marks the root of a project for whoever looks for one upwards: a folder, or a file as in a worktree. */
static enum sl_status mark_root(struct sl_arena *arena, const struct sl_base_tree *base, struct sl_error *err)
{
    const char *mark = sl_arena_printf(arena, "%s/.git", base->tree.ptr).ptr;
    bool is_folder = sl_file_is_directory(sl_arena_printf(arena, "%s/.git", base->root.ptr));
    FILE *file = is_folder ? NULL : fopen(mark, "wbe");
    bool is_made = is_folder ? mkdir(mark, 0700) == 0 : file && fclose(file) == 0;
    return is_made ? SL_OK : sl_error_set(err, SL_ERR_IO, "%s cannot be made: %s.", mark, strerror(errno));
}

static enum sl_status fill(sl_str revision, struct sl_arena *arena, struct sl_base_tree *base, struct sl_error *err)
{
    struct changes changes = {0};
    SL_TRY(make_scratch(arena, base, err));
    SL_TRY(find_root(arena, base, err));
    SL_TRY(mark_root(arena, base, err));
    SL_TRY(find_changes(base, revision, arena, &changes, err));
    struct mirror mirror = {.base = base, .changes = &changes, .arena = arena};
    SL_TRY(mirror_tree(&mirror, err));
    return check_out(base, revision, &changes, arena, err);
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
    enum sl_status status = fill(revision, arena, &base, err);
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
