#include "cli/cache.h"

#include <limits.h>
#include <unistd.h>

#include "base/limits.h"
#include "source/file.h"

/* A path that was written in a file of `folder`. */
static sl_str path_from(sl_str folder, sl_str path, struct sl_arena *run)
{
    bool is_absolute = path.len && path.ptr[0] == '/';
    return is_absolute ? sl_arena_copy(run, path) : sl_path_join(run, folder, path);
}

/* What a .git that is a file says: "gitdir: …" of a worktree or a submodule. */
static sl_str git_dir_of_file(sl_str path, struct sl_arena *run)
{
    static const sl_str key = SL_STR_INIT("gitdir:");
    struct sl_error not_told;
    sl_str bytes;
    if (sl_file_read_head(path, SL_HEAD_BYTES, run, &bytes, &not_told) != SL_OK || !sl_str_has_prefix(bytes, key))
        return SL_STR_EMPTY;
    sl_str dir = sl_str_trim(sl_str_slice(bytes, key.len, SIZE_MAX));
    return path_from(sl_path_parent(path), dir, run);
}

/* The nearest git directory at or above the working directory; empty: none. */
static sl_str git_dir_find(struct sl_arena *run)
{
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here))
        return SL_STR_EMPTY;
    for (sl_str folder = sl_str_from(here); folder.len; folder = sl_path_parent(folder)) {
        sl_str path = sl_path_join(run, folder, SL_STR(".git"));
        if (sl_file_is_directory(path))
            return path;
        if (sl_file_is_regular(path))
            return git_dir_of_file(path, run);
        if (folder.len == 1)
            break;
    }
    return SL_STR_EMPTY;
}

sl_str sl_cache_folder(const struct sl_options *options, const struct sl_config *config, struct sl_arena *run)
{
    if (options->no_cache || sl_str_eq(config->cache, SL_STR("off")))
        return SL_STR_EMPTY;
    if (config->cache.len)
        return path_from(config->dir, config->cache, run);
    sl_str git_dir = git_dir_find(run);
    return git_dir.len ? sl_path_join(run, git_dir, SL_STR("stamplint")) : SL_STR_EMPTY;
}
