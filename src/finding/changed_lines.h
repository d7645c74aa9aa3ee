/*
 * changed_lines: which lines of which files a change touches, from git.
 *
 * In:    the output of `git diff -U0`, or a repository and what to compare with.
 * Out:   ranges of lines of the new files. Where lines were only deleted, the gap between their neighbours is changed.
 * Owns:  nothing; ranges live in the arena that was given.
 * Fails: SL_ERR_USAGE for a reference that looks like an option; SL_ERR_IO with git's own words.
 * Safe:  git runs without a shell, without external diff or text conversion programs and without its file system
 * monitor.
 */
#ifndef SL_FINDING_CHANGED_LINES_H
#define SL_FINDING_CHANGED_LINES_H

#include "base/arena.h"

struct sl_changed_range {
    sl_str path;          /* from the repository's root */
    uint32_t first, last; /* first > last: the gap between `last` and `first` */
};

struct sl_changed_lines {
    sl_str root;   /* the repository's root; empty: paths are taken as they are */
    sl_str prefix; /* the working directory below it: "app/" or empty */
    struct {
        struct sl_changed_range *items;
        size_t len, cap;
    } ranges;
};

/* Adds the ranges of a diff made with -U0 and the prefixes a/ and b/. */
void sl_changed_lines_parse(sl_str diff, struct sl_arena *arena, struct sl_changed_lines *changed);

/* The commit at which HEAD's branch left `reference`. SL_ERR_USAGE where git knows none. */
SL_NODISCARD enum sl_status sl_changed_lines_find_base(const char *reference, struct sl_arena *arena, sl_str *commit,
                                                       struct sl_error *err);

/* What changed in the working tree since HEAD's branch left `reference` (untracked files are changed as a whole), or,
 * with `reference` NULL, what is staged. */
SL_NODISCARD enum sl_status sl_changed_lines_read(const char *reference, struct sl_arena *arena,
                                                  struct sl_changed_lines *changed, struct sl_error *err);

/* Does the change touch the lines [line, end_line] of `path` (as shown to people: from the working directory)? */
bool sl_changed_lines_has(const struct sl_changed_lines *changed, sl_str path, uint32_t line, uint32_t end_line);

#endif
