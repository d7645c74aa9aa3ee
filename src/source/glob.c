#include "source/glob.h"

static bool is_wild(char c)
{
    return c == '*' || c == '?';
}

static sl_str after(sl_str s, size_t n)
{
    return sl_str_slice(s, n, SIZE_MAX);
}

static bool byte_matches(char pattern, char c)
{
    return pattern == c || (pattern == '?' && c != '/');
}

/* A place to come back to: the star that may take one byte more. */
struct star {
    sl_str pattern, path;
    bool crosses_folders;
    bool takes_folders; /* written with a slash behind it: it ends where a folder ends */
    bool is_set;
};

/* Reads the star at the head of *pattern. */
static struct star star_take(sl_str *pattern, sl_str path)
{
    struct star star = {.is_set = true, .path = path};
    star.crosses_folders = sl_str_has_prefix(*pattern, SL_STR("**"));
    star.takes_folders = sl_str_has_prefix(*pattern, SL_STR("**/"));
    *pattern = after(*pattern, star.takes_folders ? 3 : star.crosses_folders ? 2 : 1);
    star.pattern = *pattern;
    return star;
}

/* Lets the star take one byte (or folder) more; false where it may not. */
static bool star_extend(struct star *star, sl_str *pattern, sl_str *path)
{
    if (!star->is_set || star->path.len == 0 || (star->path.ptr[0] == '/' && !star->crosses_folders))
        return false;
    size_t slash = star->takes_folders ? sl_str_find_byte(star->path, '/') : 0;
    if (slash == SIZE_MAX)
        return false;
    star->path = after(star->path, slash + 1);
    *pattern = star->pattern;
    *path = star->path;
    return true;
}

/* One retry point for each kind of star is enough: a later `*` may only be redone inside its folder, and a `**` before
 * it can then take more. */
static bool glob_matches_wholly(sl_str pattern, sl_str path)
{
    struct star single = {0};
    struct star across = {0};
    while (path.len || pattern.len) {
        if (pattern.len && pattern.ptr[0] == '*') {
            bool crosses = sl_str_has_prefix(pattern, SL_STR("**"));
            if (crosses) {
                across = star_take(&pattern, path);
                single = (struct star){0};
            } else {
                single = star_take(&pattern, path);
            }
            continue;
        }
        if (pattern.len && path.len && byte_matches(pattern.ptr[0], path.ptr[0])) {
            pattern = after(pattern, 1);
            path = after(path, 1);
            continue;
        }
        if (star_extend(&single, &pattern, &path))
            continue;
        single = (struct star){0};
        if (!star_extend(&across, &pattern, &path))
            return false;
    }
    return true;
}

bool sl_glob_matches(sl_str pattern, sl_str path)
{
    while (sl_str_has_prefix(pattern, SL_STR("./")))
        pattern = after(pattern, 2);
    while (pattern.len && pattern.ptr[pattern.len - 1] == '/')
        pattern.len--;
    if (sl_str_eq(pattern, SL_STR(".")) || glob_matches_wholly(pattern, path))
        return true;
    bool is_plain = sl_glob_root(pattern).len == pattern.len;
    return is_plain && sl_str_has_prefix(path, pattern) && path.len > pattern.len && path.ptr[pattern.len] == '/';
}

sl_str sl_glob_root(sl_str pattern)
{
    while (sl_str_has_prefix(pattern, SL_STR("./")))
        pattern = after(pattern, 2);
    size_t end = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        if (is_wild(pattern.ptr[i]))
            return sl_str_slice(pattern, 0, end);
        if (pattern.ptr[i] == '/')
            end = i;
    }
    while (pattern.len && pattern.ptr[pattern.len - 1] == '/')
        pattern.len--;
    return pattern;
}
