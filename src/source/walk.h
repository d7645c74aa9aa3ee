/*
 * walk: the files below a folder, always in the same order.
 *
 * In:    a folder (empty: the working directory).
 * Out:   the paths of regular files, ordered by bytes of their names, folder by folder. Version control, dependencies,
 *        build output and hidden folders are passed over; symbolic links to folders are not followed.
 * Owns:  nothing; paths live in the caller's arena.
 * Fails: never; a folder that cannot be opened is reported to the caller, the rest goes on.
 * Limits: SL_MAX_FOLDER_DEPTH.
 */
#ifndef SL_SOURCE_WALK_H
#define SL_SOURCE_WALK_H

#include "base/arena.h"

struct sl_walk_problem {
    sl_str path;
    sl_str message; /* one sentence */
};

struct sl_walk {
    struct {
        sl_str *items;
        size_t len, cap;
    } files;
    struct {
        struct sl_walk_problem *items;
        size_t len, cap;
    } problems;
};

/* A folder of this name is not looked into. */
bool sl_walk_is_passed_over(sl_str name);
/* Adds to *walk. */
void sl_walk_folder(sl_str folder, struct sl_arena *arena, struct sl_walk *walk);

#endif
