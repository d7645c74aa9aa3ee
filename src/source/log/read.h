/*
 * read: the first two stages. Takes the inputs one after the other, fills blocks with their bytes, finds the records.
 *
 * In:    the inputs in the order of their first time stamps; the same file given twice is read once.
 * Out:   blocks, until reading->ended.
 * Owns:  the open feed, the reader's state, the bytes of an entry that goes on in the next block.
 */
#ifndef SL_SOURCE_LOG_READ_H
#define SL_SOURCE_LOG_READ_H

#include "source/log/input_set.h"

/* Blocks that may be filled before the one that is scanned is done. */
#define SL_LOG_FILLED_AHEAD 4u

struct sl_log_reading {
    const struct sl_digest_options *options;
    struct sl_arena arena;
    struct sl_input_set inputs;
    size_t next_input;
    sl_str *paths; /* of the inputs in their order */
    struct sl_log_names names;
    struct sl_digest_counts counts;
    uint64_t n_counted;   /* before the input that is open */
    uint64_t n_records;   /* of it */
    struct sl_buf damage; /* of inputs: a sentence a line */
    struct sl_feed *feed;
    struct sl_log_reader reader;
    struct sl_buf carry;
    struct sl_log_anchors carry_anchors;
    uint64_t n_input_bytes;
    bool ended;
};

/* Opens every input once to look at its head. */
SL_NODISCARD enum sl_status sl_log_reading_open(struct sl_log_reading *reading, const sl_str *paths, size_t n_paths,
                                                const struct sl_digest_options *options, struct sl_error *err);
/*
 * Fills an empty block with the next bytes of the open input, decompressed and out of their envelopes; opens the next
 * input if none is open. May run while another thread scans an earlier block, but not behind a block that is the last
 * of its input, nor while sl_log_reading_fills_ahead() is false: then every filled block must have been scanned.
 */
SL_NODISCARD enum sl_status sl_log_reading_fill(struct sl_log_reading *reading, struct sl_log_block *block,
                                                struct sl_error *err);
/* False while an entry has grown so large that the rest of its line may have to be dropped. Not while scanning. */
bool sl_log_reading_fills_ahead(const struct sl_log_reading *reading);
/* Finds the records of a filled block. Blocks are scanned in the order in which they were filled. */
SL_NODISCARD enum sl_status sl_log_reading_scan(struct sl_log_reading *reading, struct sl_log_block *block,
                                                struct sl_error *err);
void sl_log_reading_close(struct sl_log_reading *reading);

#endif
