/*
 * read: the first stage. Takes the inputs one after the other and fills blocks with records.
 *
 * In:    the inputs in the order of their first time stamps; the same file given twice is read once.
 * Out:   blocks, until reading->ended.
 * Owns:  the open feed, the reader's state, the bytes of an entry that goes on in the next block.
 */
#ifndef SL_SOURCE_LOG_READ_H
#define SL_SOURCE_LOG_READ_H

#include "source/log/feed.h"

struct sl_log_input {
    sl_str path;
    int64_t first_us;
    uint64_t device, inode, size, head_hash;
    bool is_duplicate;
    struct sl_feed *open; /* standard input cannot be opened again, and the only input need not be */
};

struct sl_log_reading {
    const struct sl_digest_options *options;
    struct sl_arena arena;
    struct sl_log_input *inputs;
    size_t n_inputs, next_input;
    sl_str *paths; /* of the inputs in their order */
    struct sl_log_names names;
    struct sl_digest_counts counts;
    uint64_t n_counted;        /* before the input that is open */
    uint64_t n_records;        /* of it */
    struct sl_buf description; /* what each input was taken for */
    struct sl_buf damage;      /* of inputs: a sentence a line */
    struct sl_feed *feed;
    struct sl_log_reader reader;
    struct sl_buf carry;
    uint64_t carry_base;
    struct sl_log_anchor *carry_anchors;
    size_t n_carry_anchors, cap_carry_anchors;
    uint64_t n_input_bytes, total_bytes;
    bool ended;
};

/* Opens every input once to look at its head. */
SL_NODISCARD enum sl_status sl_log_reading_open(struct sl_log_reading *reading, const sl_str *paths, size_t n_paths,
                                                const struct sl_digest_options *options, struct sl_error *err);
/* Fills one empty block. */
SL_NODISCARD enum sl_status sl_log_reading_next(struct sl_log_reading *reading, struct sl_log_block *block,
                                                struct sl_error *err);
void sl_log_reading_close(struct sl_log_reading *reading);

#endif
