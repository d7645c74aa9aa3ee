#include "source/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/vec.h"
#include "source/file.h"

static const char *const passed_over[] = {
    "node_modules", "vendor", "bower_components", "build",         "dist",   "target", "tmp",       "log", "coverage",
    "__pycache__",  "venv",   "third_party",      "site-packages", "_build", "deps",   "bazel-out",
};

bool sl_walk_is_passed_over(sl_str name)
{
    if (name.ptr[0] == '.')
        return true;
    for (size_t i = 0; i < sizeof passed_over / sizeof passed_over[0]; i++) {
        if (sl_str_eq(name, sl_str_from(passed_over[i])))
            return true;
    }
    return false;
}

struct entry {
    sl_str name;
    bool is_folder;
};

struct entries {
    struct entry *items;
    size_t len, cap;
};

static int entry_order(const void *a, const void *b)
{
    return sl_str_cmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void close_folder(DIR **handle)
{
    if (*handle)
        closedir(*handle);
}

/* What an entry is; a symbolic link counts as the regular file behind it, and as nothing where it leads to a folder. */
static mode_t entry_type(DIR *handle, const struct dirent *item)
{
    struct stat status;
    if (item->d_type == DT_REG || item->d_type == DT_DIR)
        return item->d_type == DT_REG ? S_IFREG : S_IFDIR;
    if (fstatat(dirfd(handle), item->d_name, &status, 0) != 0)
        return 0;
    bool is_link = item->d_type == DT_LNK;
    return is_link && S_ISDIR(status.st_mode) ? 0 : status.st_mode & S_IFMT;
}

static void read_entries(sl_str folder, struct sl_arena *arena, struct sl_walk *walk, struct entries *entries)
{
    sl_str name = sl_arena_copy(arena, folder.len ? folder : SL_STR("."));
    __attribute__((cleanup(close_folder))) DIR *handle = opendir(name.ptr);
    if (!handle) {
        sl_str message = sl_arena_printf(arena, "%.*s cannot be read: %s.", SL_STR_ARG(name), strerror(errno));
        *SL_VEC_PUSH(arena, &walk->problems) = (struct sl_walk_problem){folder, message};
        return;
    }
    for (struct dirent *item = readdir(handle); item; item = readdir(handle)) {
        mode_t type = entry_type(handle, item);
        bool is_folder = type == S_IFDIR;
        if (item->d_name[0] == '.' || (!is_folder && type != S_IFREG))
            continue;
        if (is_folder && sl_walk_is_passed_over(sl_str_from(item->d_name)))
            continue;
        *SL_VEC_PUSH(arena, entries) = (struct entry){sl_arena_copy(arena, sl_str_from(item->d_name)), is_folder};
    }
    if (entries->len)
        qsort(entries->items, entries->len, sizeof *entries->items, entry_order);
}

struct pending {
    sl_str folder;
    unsigned depth;
};

void sl_walk_folder(sl_str folder, struct sl_arena *arena, struct sl_walk *walk)
{
    SL_VEC(struct pending) stack = {0};
    *SL_VEC_PUSH(arena, &stack) = (struct pending){folder, 0};
    while (stack.len) {
        struct pending now = stack.items[--stack.len];
        struct entries entries = {0};
        read_entries(now.folder, arena, walk, &entries);
        for (size_t i = 0; i < entries.len; i++) {
            if (!entries.items[i].is_folder)
                *SL_VEC_PUSH(arena, &walk->files) = sl_path_join(arena, now.folder, entries.items[i].name);
        }
        for (size_t i = entries.len; i > 0 && now.depth < SL_MAX_FOLDER_DEPTH; i--) {
            if (entries.items[i - 1].is_folder)
                *SL_VEC_PUSH(arena, &stack) =
                    (struct pending){sl_path_join(arena, now.folder, entries.items[i - 1].name), now.depth + 1};
        }
    }
}
