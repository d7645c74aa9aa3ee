/*
 * block: a part of a log's stream on its way through the stages of a run.
 *
 * In:    filled with bytes of the stream; then what the block before left over is put in front of them.
 * Out:   the records that a reader finds in the bytes; what the shape pass says of each.
 * Owns:  everything in it; sl_log_block_release(). sl_log_block_reset() empties it and keeps the memory.
 * Limits: behind an entry that made it larger than KEEP_BYTES, sl_log_block_reset() gives the memory back.
 */
#ifndef SL_SOURCE_LOG_BLOCK_H
#define SL_SOURCE_LOG_BLOCK_H

#include "base/arena.h"
#include "base/buf.h"

/* Bytes of the stream that one block is filled with. */
#define SL_LOG_BLOCK_BYTES (512u * 1024)

struct sl_log_record;

/* One statement of a record, as the shape pass saw it. */
struct sl_log_piece {
    uint64_t hash_hi, hash_lo;
    uint32_t off, len; /* in the decoded text */
    uint32_t slots_from;
    uint16_t n_slots;
    bool is_blank, is_unclosed;
    uint32_t tags_off, tags_len; /* in the block's side bytes */
};

struct sl_log_slot {
    uint64_t column_hash, value_hash;
};

/* Where the clean stream's bytes come from. */
struct sl_log_anchor {
    uint64_t stream_off, file_off;
    uint32_t line; /* 0: the stream is the file's bytes */
    uint32_t col;  /* of the unit's text in that line */
    bool is_json;  /* its line ends are written as escapes */
    bool is_new_file;
};

struct sl_log_anchors {
    struct sl_log_anchor *items;
    size_t len, cap;
};

struct sl_log_block {
    char *memory; /* room for what is put in front, then the bytes */
    size_t cap;
    char *bytes;
    size_t len;
    uint64_t base; /* stream offset of bytes[0] */
    bool is_last;  /* of its input */
    struct {
        struct sl_log_record *items;
        size_t len, cap;
    } records;
    struct {
        struct sl_log_piece *items;
        size_t len, cap;
    } pieces;
    struct {
        struct sl_log_slot *items;
        size_t len, cap;
    } slots;
    struct sl_log_anchors anchors; /* in the order of the stream */
    struct sl_buf side;            /* of the shape pass: comments with tags */
    struct sl_arena arena;         /* of the reader: texts that had to be put together */
    uint64_t n_input_bytes;        /* read from the file for this block, for progress */
};

void sl_log_block_init(struct sl_log_block *block);
void sl_log_block_reset(struct sl_log_block *block);
void sl_log_block_release(struct sl_log_block *block);

/* Where `more` bytes may be written behind those that are there; the caller then adds to `len`. */
char *sl_log_block_room(struct sl_log_block *block, size_t more);
/* Bytes of the stream that come directly before the block's. */
void sl_log_block_prepend(struct sl_log_block *block, sl_str bytes, const struct sl_log_anchors *anchors);

void sl_log_anchors_add(struct sl_log_anchors *anchors, struct sl_log_anchor anchor);
/* Index of the last one at or before `stream_off`; 0 if there is none. */
size_t sl_log_anchors_find(const struct sl_log_anchors *anchors, uint64_t stream_off);

/* The next element of a block's array, not yet filled in; `array` has the fields items, len and cap. */
#define SL_LOG_PUSH(array)                                                                                             \
    ((array)->items = sl_log_grow((array)->items, (array)->len + 1, &(array)->cap, sizeof *(array)->items),            \
     &(array)->items[(array)->len++])

/* Room for n items; like realloc() it may move them. */
void *sl_log_grow(void *items, size_t n, size_t *cap, size_t size);

#endif
