/*
 * emit: the text of one common statement, piece by piece, and where each piece came from.
 *
 * In:    chunks in output order: tokens of the source, and text that was put in near a source byte.
 * Out:   one string, chunks joined by a blank (which also keeps operators apart: "! -1"), and its segment map. Every
 *        chunk is a segment; those that were put in have src_len 0.
 * Owns:  nothing; chunks, text and map live in the arena.
 * Fails: never.
 */
#ifndef SL_SQL_EMIT_H
#define SL_SQL_EMIT_H

#include "base/segmap.h"

struct sl_chunk {
    const char *ptr;
    uint32_t len;
    uint32_t src_off, src_len;
    uint32_t n_open; /* parentheses put in before it, see sl_emit_open_at */
    bool is_tight;   /* no blank before it */
};

struct sl_emit {
    struct sl_arena *arena;
    struct sl_chunk *items;
    size_t len, cap;
    unsigned muted; /* > 0: everything that is added is dropped */
};

void sl_emit_init(struct sl_emit *emit, struct sl_arena *arena);
/* Where the next chunk will stand; for sl_emit_open_at and sl_emit_truncate. */
size_t sl_emit_mark(const struct sl_emit *emit);
/* `text` must live as long as the arena. */
void sl_emit_add(struct sl_emit *emit, sl_str text, struct sl_span source);
/* Text that stands nowhere in the source, put in near `src_off`. */
void sl_emit_insert(struct sl_emit *emit, const char *text, uint32_t src_off);
/* The same with no blank before it. */
void sl_emit_insert_tight(struct sl_emit *emit, const char *text, uint32_t src_off);
/* Puts "(" before the chunk at `mark`, if there is one. */
void sl_emit_open_at(struct sl_emit *emit, size_t mark);
/* Gives the chunk at `mark` another text: what a construct is shows only behind its first word. */
void sl_emit_rewrite(struct sl_emit *emit, size_t mark, const char *text);
void sl_emit_truncate(struct sl_emit *emit, size_t mark);
/* Writes the chunks from `mark` on to *text (a NUL behind it) and *map, and forgets them. */
void sl_emit_write(struct sl_emit *emit, size_t mark, sl_str *text, struct sl_segmap *map);

#endif
