#include "source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/vec.h"

enum { PATH_BYTES = 4096 };

/* The path with a NUL behind it; false where it does not fit or holds a NUL. The empty path is ".". */
static bool path_terminate(sl_str path, char out[PATH_BYTES])
{
    if (path.len == 0)
        path = SL_STR(".");
    if (path.len >= PATH_BYTES || sl_str_find_byte(path, '\0') != SIZE_MAX)
        return false;
    memcpy(out, path.ptr, path.len);
    out[path.len] = '\0';
    return true;
}

static enum sl_status file_fail(struct sl_error *err, sl_str path, int reason)
{
    char text[128];
    return sl_error_set(err, SL_ERR_IO, "%.*s cannot be read: %s.", SL_STR_ARG(path),
                        strerror_r(reason, text, sizeof text));
}

static void close_handle(int *handle)
{
    if (*handle >= 0)
        close(*handle);
}

/* Reads up to `size` bytes; answers how many there were, or -1. */
static ssize_t read_fully(int handle, char *to, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = read(handle, to + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

static enum sl_status file_read_some(sl_str path, size_t max_bytes, bool must_fit, struct sl_arena *arena,
                                     sl_str *bytes, struct sl_error *err)
{
    char name[PATH_BYTES];
    if (!path_terminate(path, name))
        return sl_error_set(err, SL_ERR_IO, "The path of %zu bytes is not one that can be opened.", path.len);
    __attribute__((cleanup(close_handle))) int handle = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status;
    if (handle < 0 || fstat(handle, &status) != 0)
        return file_fail(err, path, errno);
    if (!S_ISREG(status.st_mode))
        return sl_error_set(err, SL_ERR_IO, "%.*s is not a regular file.", SL_STR_ARG(path));
    size_t size = (size_t)status.st_size;
    if (size > max_bytes && must_fit)
        return sl_error_set(err, SL_ERR_LIMIT, "%.*s has %zu bytes, and a file that is read whole may have %zu.",
                            SL_STR_ARG(path), size, max_bytes);
    if (size > max_bytes)
        size = max_bytes;
    char *to = sl_arena_alloc(arena, size + 1);
    ssize_t n = read_fully(handle, to, size);
    if (n < 0)
        return file_fail(err, path, errno);
    to[n] = '\0';
    *bytes = (sl_str){to, (size_t)n};
    return SL_OK;
}

enum sl_status sl_file_read_head(sl_str path, size_t max_bytes, struct sl_arena *arena, sl_str *bytes,
                                 struct sl_error *err)
{
    return file_read_some(path, max_bytes, false, arena, bytes, err);
}

enum sl_status sl_file_read(sl_str path, struct sl_arena *arena, sl_str *bytes, struct sl_error *err)
{
    return file_read_some(path, SL_MAX_FILE_BYTES, true, arena, bytes, err);
}

bool sl_file_is_regular(sl_str path)
{
    char name[PATH_BYTES];
    struct stat status;
    return path_terminate(path, name) && stat(name, &status) == 0 && S_ISREG(status.st_mode);
}

bool sl_file_is_directory(sl_str path)
{
    char name[PATH_BYTES];
    struct stat status;
    return path_terminate(path, name) && stat(name, &status) == 0 && S_ISDIR(status.st_mode);
}

sl_str sl_path_base(sl_str path)
{
    for (size_t i = path.len; i > 0; i--) {
        if (path.ptr[i - 1] == '/')
            return sl_str_slice(path, i, SIZE_MAX);
    }
    return path;
}

sl_str sl_path_parent(sl_str path)
{
    for (size_t i = path.len; i > 0; i--) {
        if (path.ptr[i - 1] == '/')
            return sl_str_slice(path, 0, i == 1 ? 1 : i - 1);
    }
    return SL_STR_EMPTY;
}

sl_str sl_path_join(struct sl_arena *arena, sl_str folder, sl_str name)
{
    if (folder.len == 0)
        return sl_arena_copy(arena, name);
    bool has_slash = folder.ptr[folder.len - 1] == '/';
    size_t len = folder.len + !has_slash + name.len;
    char *path = sl_arena_alloc(arena, len + 1);
    memcpy(path, folder.ptr, folder.len);
    path[folder.len] = '/';
    memcpy(path + len - name.len, name.ptr, name.len);
    return (sl_str){path, len};
}

bool sl_path_has_folder(sl_str path, sl_str name)
{
    size_t start = 0;
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] != '/')
            continue;
        if (sl_str_eq(sl_str_slice(path, start, i - start), name))
            return true;
        start = i + 1;
    }
    return false;
}

/* Adds one component to the cleaned path of `len` bytes; answers its new length. */
static size_t path_add_component(char *out, size_t len, bool absolute, sl_str part)
{
    if (part.len == 0 || sl_str_eq(part, SL_STR(".")))
        return len;
    sl_str so_far = {out, len};
    bool has_parent = len > (absolute ? 1u : 0u) && !sl_str_eq(sl_path_base(so_far), SL_STR(".."));
    if (sl_str_eq(part, SL_STR("..")) && has_parent)
        return sl_path_parent(so_far).len;
    if (len && out[len - 1] != '/')
        out[len++] = '/';
    memcpy(out + len, part.ptr, part.len);
    return len + part.len;
}

sl_str sl_path_normalise(struct sl_arena *arena, sl_str cwd, sl_str path)
{
    char *out = sl_arena_alloc(arena, path.len + 2);
    bool absolute = path.len && path.ptr[0] == '/';
    size_t len = 0;
    if (absolute)
        out[len++] = '/';
    size_t start = 0;
    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.ptr[i] != '/')
            continue;
        len = path_add_component(out, len, absolute, sl_str_slice(path, start, i - start));
        start = i + 1;
    }
    sl_str clean = {out, len};
    if (absolute && cwd.len && sl_str_eq(clean, cwd))
        return SL_STR_EMPTY;
    bool is_below = cwd.len && sl_str_has_prefix(clean, cwd) && clean.len > cwd.len && clean.ptr[cwd.len] == '/';
    clean = absolute && is_below ? sl_str_slice(clean, cwd.len + 1, SIZE_MAX) : clean;
    return sl_arena_copy(arena, clean);
}
