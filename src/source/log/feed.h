/*
 * feed: one input as a stream of clean blocks.
 *
 * In:    a path.
 * Out:   sl_feed_open() reads the head and finds out envelopes and format; sl_feed_fill() adds clean bytes to a block.
 * Owns:  the input, the envelopes' state; sl_feed_close().
 * Fails: as sl_input; a head in which no format is recognised is SL_ERR_FORMAT.
 */
#ifndef SL_SOURCE_LOG_FEED_H
#define SL_SOURCE_LOG_FEED_H

#include "source/log/envelope.h"
#include "source/log/input.h"
#include "source/log/log.h"

struct sl_feed {
    struct sl_input input;
    struct sl_buf head; /* raw bytes that detection has read */
    size_t head_from;
    const struct sl_log_envelope *envelopes[SL_LOG_MAX_ENVELOPES];
    struct sl_log_unwrap unwraps[SL_LOG_MAX_ENVELOPES];
    struct sl_buf pending[SL_LOG_MAX_ENVELOPES]; /* input of each envelope that is no complete unit yet */
    unsigned n_envelopes;
    const struct sl_log_format *format; /* NULL: the input is empty, or is_unknown */
    bool is_unknown;
    unsigned weight;          /* of the format */
    struct sl_buf clean_head; /* what the format's begin looks at */
    bool is_unlike_format;    /* named by an option, and its head has nothing of it, or more of another one */
    const struct sl_log_format *looks_like; /* of such an input: what detection would say; NULL: nothing known */
    int64_t first_us;                       /* first time stamp in the head; 0: none */
    uint64_t clean_off;                     /* stream offset of the next clean byte */
    uint64_t clean_base; /* stream offset of the first one: a rotated file goes on with the one before */
    uint64_t n_dropped;  /* bytes dropped from overlong lines: file offset − stream offset of a plain stream */
    bool raw_ended, ended;
};

SL_NODISCARD enum sl_status sl_feed_open(struct sl_feed *feed, sl_str path, const struct sl_digest_options *options,
                                         struct sl_error *err);
/* Fills an empty block with about n_bytes; block->is_last when none follow. */
SL_NODISCARD enum sl_status sl_feed_fill(struct sl_feed *feed, size_t n_bytes, struct sl_log_block *block,
                                         struct sl_error *err);
/*
 * `carry` holds an unfinished line that is too long: drops the middle of that line from carry and stream, up to its
 * last bytes. Answers the bytes dropped and where in carry the gap is.
 */
SL_NODISCARD enum sl_status sl_feed_cut_line(struct sl_feed *feed, struct sl_buf *carry, uint64_t *n_dropped,
                                             size_t *gap_at, struct sl_error *err);
/* The year in which the file was last written: for time stamps that have none. */
int sl_feed_year(const struct sl_feed *feed);
void sl_feed_close(struct sl_feed *feed);

#endif
