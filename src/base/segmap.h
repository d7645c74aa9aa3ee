/*
 * segmap: where each byte of a rewritten text came from.
 *
 * Lowering (sql/lower) and readers that build SQL from code (source/) write a new text; a segment says that the bytes
 * [out_off, out_off + out_len) stand for the bytes [src_off, src_off + src_len) of the text before. Segments ascend in
 * out_off and do not overlap; they need not ascend in src_off (UPDATE … JOIN moves clauses). A segment with
 * src_len 0 is synthetic: it was inserted near src_off. Output bytes in no segment are white space or punctuation.
 *
 * Maps compose: Ruby → SQL text → common grammar.
 */
#ifndef SL_BASE_SEGMAP_H
#define SL_BASE_SEGMAP_H

#include "base/span.h"

struct sl_segment {
    uint32_t out_off, out_len; /* out_off first: sl_vec_last_at() */
    uint32_t src_off, src_len;
};

/* A vector of base/vec.h. */
struct sl_segmap {
    struct sl_segment *items;
    size_t len;
    size_t cap;
};

/* Adds a segment behind the last; out_off must not lie before the end of the last one. */
void sl_segmap_add(struct sl_segmap *map, struct sl_arena *arena, struct sl_segment segment);

/*
 * The source bytes that output byte out_off stands for: the whole source token of its segment where lengths differ,
 * else the exact rest of the token. `*synthetic` (may be NULL) says that nothing stands there in the source. An offset
 * between segments gives the segment before it; an empty map is the identity with length 0.
 */
struct sl_span sl_segmap_lookup(const struct sl_segmap *map, uint32_t out_off, bool *synthetic);

/* The last segment that begins at or before out_off; the map is not empty. */
const struct sl_segment *sl_segmap_segment_at(const struct sl_segmap *map, uint32_t out_off);

/* The map of output to innermost source for `outer` (out → mid) over `inner` (mid → src), in `arena`. */
struct sl_segmap sl_segmap_compose(const struct sl_segmap *outer, const struct sl_segmap *inner,
                                   struct sl_arena *arena);

#endif
