/*
 * layout: which migration tool a file was written for, which part of it goes up, and what comes first.
 *
 * In:    a path, the beginning of its bytes, and what lies in the folders around it.
 * Out:   the layout, a sort key (bytes compare as the tool orders its files), whether the file goes down only.
 * Owns:  nothing; keys live in the caller's arena.
 * Fails: never; a file of no known tool has SL_LAYOUT_NONE.
 * Source: each tool's own documentation of names and comments; the table is at the end of layout.c.
 */
#ifndef SL_SOURCE_LAYOUT_H
#define SL_SOURCE_LAYOUT_H

#include "source/source.h"

struct sl_layout_answer {
    enum sl_layout layout;
    bool goes_down;   /* undo, revert, down: not a source */
    bool is_baseline; /* holds what all files of the series with a lower or equal key do */
    sl_str series;    /* files of one series are ordered by key, series by name */
    sl_str key;
};

struct sl_layout_index;

/* What was seen of folders so far; lives in `arena`. */
struct sl_layout_index *sl_layout_index_new(struct sl_arena *arena);

/* `head` is the beginning of the file's bytes. */
void sl_layout_lookup(struct sl_layout_index *index, sl_str path, sl_str head, struct sl_layout_answer *answer);

/* "flyway", "golang-migrate" … "none". */
const char *sl_layout_name(enum sl_layout layout);

/* `version` as a key: runs of digits compare as numbers, the rest as bytes. */
sl_str sl_layout_number_key(struct sl_arena *arena, sl_str version);

/* Calls for each part of `bytes` that goes up, in order; `transaction` counts from 1, 0 where there is none. */
typedef void sl_layout_part_fn(void *closure, struct sl_span part, uint32_t transaction);
void sl_layout_each_up_part(enum sl_layout layout, sl_str bytes, sl_layout_part_fn *each, void *closure);

#endif
