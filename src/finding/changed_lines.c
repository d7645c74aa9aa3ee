#include "finding/changed_lines.h"

#include "base/vec.h"
#include "finding/git.h"

/* A diff while it is read. */
struct diff {
    struct sl_arena *arena;
    struct sl_changed_lines *changed;
    sl_str path;                 /* of the new file; empty: it is deleted */
    uint64_t left_old, left_new; /* lines of the hunk that are still to come */
};

static int octal_digit(char c)
{
    return c >= '0' && c <= '7' ? c - '0' : -1;
}

/* A path that git wrote in quotes: "b/\303\244.sql" with C's escapes. */
static sl_str unquote(struct sl_arena *arena, sl_str quoted)
{
    char *text = sl_arena_alloc(arena, quoted.len + 1);
    size_t len = 0;
    for (size_t i = 1; i < quoted.len && quoted.ptr[i] != '"'; i++) {
        char c = quoted.ptr[i];
        if (c != '\\' || i + 1 >= quoted.len) {
            text[len++] = c;
            continue;
        }
        c = quoted.ptr[++i];
        if (octal_digit(c) >= 0 && i + 2 < quoted.len) {
            text[len++] =
                (char)(octal_digit(c) * 64 + octal_digit(quoted.ptr[i + 1]) * 8 + octal_digit(quoted.ptr[i + 2]));
            i += 2;
            continue;
        }
        static const char from[] = "abfnrtv";
        static const char to[] = "\a\b\f\n\r\t\v";
        const char *at = c ? strchr(from, c) : NULL;
        text[len++] = at ? to[at - from] : c;
    }
    return (sl_str){text, len};
}

/* "+++ b/path", with a TAB behind a path that holds a space. */
static void read_new_path(struct diff *diff, sl_str line)
{
    sl_str path = sl_str_slice(line, 4, SIZE_MAX);
    if (path.len > 0 && path.ptr[0] == '"') {
        path = unquote(diff->arena, path);
    } else {
        path = sl_str_slice(path, 0, sl_str_find_byte(path, '\t'));
        path = sl_arena_copy(diff->arena, path);
    }
    diff->path = sl_str_has_prefix(path, SL_STR("b/")) ? sl_str_slice(path, 2, SIZE_MAX) : SL_STR_EMPTY;
}

/* "12,3" or "12" at the start of *rest. */
static bool read_range(sl_str *rest, uint64_t *start, uint64_t *n)
{
    size_t i = 0;
    while (i < rest->len && sl_is_digit(rest->ptr[i]))
        i++;
    if (!sl_str_to_u64(sl_str_slice(*rest, 0, i), start))
        return false;
    *n = 1;
    *rest = sl_str_slice(*rest, i, SIZE_MAX);
    if (rest->len == 0 || rest->ptr[0] != ',')
        return true;
    i = 1;
    while (i < rest->len && sl_is_digit(rest->ptr[i]))
        i++;
    bool is_number = sl_str_to_u64(sl_str_slice(*rest, 1, i - 1), n);
    *rest = sl_str_slice(*rest, i, SIZE_MAX);
    return is_number;
}

/* "@@ -a,b +c,d @@" */
static void read_hunk(struct diff *diff, sl_str line)
{
    sl_str rest = sl_str_slice(line, 4, SIZE_MAX);
    uint64_t old_start = 0, old_n = 0, new_start = 0, new_n = 0;
    if (!read_range(&rest, &old_start, &old_n) || !sl_str_has_prefix(rest, SL_STR(" +")))
        return;
    rest = sl_str_slice(rest, 2, SIZE_MAX);
    if (!read_range(&rest, &new_start, &new_n) || new_start > UINT32_MAX - 1 || new_n > UINT32_MAX - 1 - new_start)
        return;
    diff->left_old = old_n;
    diff->left_new = new_n;
    if (diff->path.len == 0)
        return;
    struct sl_changed_range range = {.path = diff->path, .first = (uint32_t)new_start};
    range.last = (uint32_t)(new_start + new_n - 1);
    if (new_n == 0) { /* lines went away behind line new_start */
        range.first = (uint32_t)new_start + 1;
        range.last = (uint32_t)new_start;
    }
    *SL_VEC_PUSH(diff->arena, &diff->changed->ranges) = range;
}

/* Takes a line of the hunk's content; false if it is none. */
static bool skip_content(struct diff *diff, sl_str line)
{
    if (diff->left_old == 0 && diff->left_new == 0)
        return false;
    char mark = line.len ? line.ptr[0] : ' ';
    if (mark == '-' && diff->left_old > 0)
        diff->left_old--;
    else if (mark == '+' && diff->left_new > 0)
        diff->left_new--;
    else
        return mark == '\\';
    return true;
}

void sl_changed_lines_parse(sl_str diff_text, struct sl_arena *arena, struct sl_changed_lines *changed)
{
    struct diff diff = {.arena = arena, .changed = changed};
    sl_str line;
    while (sl_str_next_line(&diff_text, &line)) {
        if (skip_content(&diff, line))
            continue;
        if (sl_str_has_prefix(line, SL_STR("+++ ")))
            read_new_path(&diff, line);
        else if (sl_str_has_prefix(line, SL_STR("@@ -")))
            read_hunk(&diff, line);
        else if (sl_str_has_prefix(line, SL_STR("diff --git ")))
            diff.path = SL_STR_EMPTY;
    }
}

/* NUL-separated paths of files that git does not know yet. */
static void add_untracked(sl_str paths, struct sl_arena *arena, struct sl_changed_lines *changed)
{
    while (paths.len > 0) {
        size_t end = sl_str_find_byte(paths, '\0');
        sl_str path = sl_str_slice(paths, 0, end);
        if (path.len > 0)
            *SL_VEC_PUSH(arena, &changed->ranges) =
                (struct sl_changed_range){.path = path, .first = 0, .last = UINT32_MAX};
        paths = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(paths, end + 1, SIZE_MAX);
    }
}

#define SAFE_GIT "git", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false"
#define PLAIN_DIFF                                                                                                     \
    "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-relative", "--submodule=short",      \
        "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", "-U0"

enum sl_status sl_changed_lines_find_base(const char *reference, struct sl_arena *arena, sl_str *commit,
                                          struct sl_error *err)
{
    if (reference[0] == '-' || reference[0] == '\0')
        return sl_error_set(err, SL_ERR_USAGE, "\"%s\" is no reference that git could compare with.", reference);
    const char *peeled = sl_arena_printf(arena, "%s^{commit}", reference).ptr;
    const char *const is_known[] = {SAFE_GIT, "rev-parse", "--verify", "--quiet", peeled, NULL};
    const char *const merge_base[] = {SAFE_GIT, "merge-base", reference, "HEAD", NULL};
    const char *const where[] = {SAFE_GIT, "rev-parse", "--show-toplevel", NULL};
    struct sl_error ignored = {0};
    sl_str output = SL_STR_EMPTY;
    SL_TRY(sl_git_run(where, arena, &output, err)); /* no repository: git says so best */
    if (sl_git_run(is_known, arena, &output, &ignored) != SL_OK)
        return sl_error_set(err, SL_ERR_USAGE, "git knows no revision \"%s\" here; was it fetched?", reference);
    if (sl_git_run(merge_base, arena, &output, &ignored) != SL_OK)
        return sl_error_set(err, SL_ERR_USAGE,
                            "git finds no commit that \"%s\" and HEAD have in common; a shallow clone needs more of "
                            "the history.",
                            reference);
    *commit = sl_arena_copy(arena, sl_str_trim(output));
    return SL_OK;
}

enum sl_status sl_changed_lines_read(const char *reference, struct sl_arena *arena, struct sl_changed_lines *changed,
                                     struct sl_error *err)
{
    sl_str base = SL_STR_EMPTY;
    if (reference)
        SL_TRY(sl_changed_lines_find_base(reference, arena, &base, err));
    const char *const where[] = {SAFE_GIT, "rev-parse", "--show-toplevel", "--show-prefix", NULL};
    const char *const since[] = {SAFE_GIT, PLAIN_DIFF, base.ptr, "--", NULL};
    const char *const staged[] = {SAFE_GIT, PLAIN_DIFF, "--cached", "--", NULL};
    const char *const untracked[] = {SAFE_GIT,      "ls-files", "--others", "--exclude-standard",
                                     "--full-name", "-z",       ":/",       NULL};
    sl_str output = SL_STR_EMPTY;
    SL_TRY(sl_git_run(where, arena, &output, err));
    struct sl_changed_lines read = {0};
    sl_str_next_line(&output, &read.root);
    sl_str_next_line(&output, &read.prefix);
    SL_TRY(sl_git_run(reference ? since : staged, arena, &output, err));
    sl_changed_lines_parse(output, arena, &read);
    if (reference) {
        SL_TRY(sl_git_run(untracked, arena, &output, err));
        add_untracked(output, arena, &read);
    }
    *changed = read;
    return SL_OK;
}

/* Takes the next name between slashes off *path; "" and "." are passed over. */
static bool next_name(sl_str *path, sl_str *name)
{
    while (path->len > 0) {
        size_t slash = sl_str_find_byte(*path, '/');
        *name = sl_str_slice(*path, 0, slash);
        *path = slash == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(*path, slash + 1, SIZE_MAX);
        if (name->len > 0 && !sl_str_eq(*name, SL_STR(".")))
            return true;
    }
    return false;
}

#define MAX_PATH_NAMES 256

/* Pushes the names of `path` behind the n that are there; ".." takes one away. */
static size_t push_names(sl_str path, sl_str *names, size_t n)
{
    sl_str name;
    while (next_name(&path, &name)) {
        if (sl_str_eq(name, SL_STR("..")))
            n -= n > 0;
        else if (n < MAX_PATH_NAMES)
            names[n++] = name;
    }
    return n;
}

/* Is `path`, from the working directory, the file `root_path` of the repository? */
static bool is_same_path(const struct sl_changed_lines *changed, sl_str path, sl_str root_path)
{
    sl_str names[MAX_PATH_NAMES];
    sl_str root_names[MAX_PATH_NAMES];
    size_t n = 0;
    if (path.len > 0 && path.ptr[0] == '/') {
        bool is_below = changed->root.len > 0 && sl_str_has_prefix(path, changed->root) &&
                        path.len > changed->root.len && path.ptr[changed->root.len] == '/';
        if (!is_below)
            return false;
        path = sl_str_slice(path, changed->root.len, SIZE_MAX);
    } else {
        n = push_names(changed->prefix, names, 0);
    }
    n = push_names(path, names, n);
    size_t n_root = push_names(root_path, root_names, 0);
    if (n != n_root)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!sl_str_eq(names[i], root_names[i]))
            return false;
    return true;
}

/* For a gap (first = last + 1) this asks for both its neighbours. */
static bool overlaps(const struct sl_changed_range *range, uint32_t line, uint32_t end_line)
{
    return line <= range->last && range->first <= end_line;
}

bool sl_changed_lines_has(const struct sl_changed_lines *changed, sl_str path, uint32_t line, uint32_t end_line)
{
    for (size_t i = 0; i < changed->ranges.len; i++) {
        const struct sl_changed_range *range = &changed->ranges.items[i];
        if (overlaps(range, line, end_line) && is_same_path(changed, path, range->path))
            return true;
    }
    return false;
}
