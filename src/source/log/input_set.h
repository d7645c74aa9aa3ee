/*
 * input_set: what the inputs of one run are, and what they are to each other, before any of them is read.
 *
 * In:    paths, in the order of the command line.
 * Out:   the inputs that are to be read, by their first time stamps; how many are left out because another one holds
 *        the same: the same file twice, or one PostgreSQL server's events as stderr log, csvlog and jsonlog.
 * Owns:  the feeds that stay open; sl_input_set_release().
 * Fails: an input that cannot be read, or in which nothing is recognised.
 * Must hold: an input is left out only if the one that stands for it covers its time. A file that holds nothing but the
 *        rest of an entry is read as what the other files of its set are: their names differ in digits only.
 */
#ifndef SL_SOURCE_LOG_INPUT_SET_H
#define SL_SOURCE_LOG_INPUT_SET_H

#include "source/log/feed.h"

struct sl_log_input {
    sl_str path;
    const struct sl_log_format *format; /* NULL: empty */
    const struct sl_log_format *alone;  /* what it is if no entry of the file before goes on in it; NULL: the same */
    const struct sl_log_envelope *envelopes[SL_LOG_MAX_ENVELOPES];
    unsigned n_envelopes;
    int64_t first_us, last_us; /* 0: unknown */
    int64_t modified_us;
    uint64_t device, inode, size, head_hash;
    sl_str overlaps; /* path of an input that holds some of the same events */
    sl_str rest_of;  /* path of an input whose format it has, too: its own bytes do not tell */
    unsigned weight; /* of the format */
    bool is_unknown, is_small, is_plain, is_left_out;
    struct sl_feed *open; /* standard input cannot be opened again, and the only input need not be */
};

struct sl_input_set {
    struct sl_arena *arena;
    struct sl_log_input *items;
    size_t len;
    uint64_t n_left_out, total_bytes;
    struct sl_buf description; /* what each input was taken for */
};

SL_NODISCARD enum sl_status sl_input_set_open(struct sl_input_set *set, const sl_str *paths, size_t n_paths,
                                              const struct sl_digest_options *options, struct sl_arena *arena,
                                              struct sl_error *err);
/* Opens the input at `i`, if it is not open. */
SL_NODISCARD enum sl_status sl_input_set_open_feed(struct sl_input_set *set, size_t i,
                                                   const struct sl_digest_options *options, struct sl_error *err);
/* Are both in one folder? */
bool sl_input_is_beside(const struct sl_log_input *a, const struct sl_log_input *b);
/* And do their names differ in numbers only: slow.log, slow.log.1.gz, slow.log-20261122? */
bool sl_input_is_of_one_set(const struct sl_log_input *a, const struct sl_log_input *b);
void sl_input_set_release(struct sl_input_set *set);

#endif
