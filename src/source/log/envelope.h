/*
 * envelope: what shippers and clouds wrap around the lines of a log.
 *
 * In:    bytes of the wrapped stream.
 * Out:   the bytes that were inside, with where each unit came from.
 * Owns:  nothing. State of an envelope between two calls lives in struct sl_log_unwrap.
 * Fails: never. A unit that is not understood is dropped and its bytes are counted as skipped.
 *
 * Envelopes nest (a Kubernetes node writes CRI lines around docker's JSON around PostgreSQL's stderr): detection takes
 * off one after the other, up to SL_LOG_MAX_ENVELOPES.
 */
#ifndef SL_SOURCE_LOG_ENVELOPE_H
#define SL_SOURCE_LOG_ENVELOPE_H

#include "base/buf.h"
#include "source/digest.h"

#define SL_LOG_MAX_ENVELOPES 3

/* Where unwrapped bytes came from: offsets in the stream before and behind. */
struct sl_log_unit {
    uint64_t out_off, in_off;
    uint32_t line; /* of the wrapped stream */
    uint32_t col;  /* in that line */
};

struct sl_log_unwrap {
    struct sl_buf out;
    uint64_t out_base; /* offset of out.bytes[0] */
    uint64_t in_base;  /* offset of the first byte given to unwrap */
    uint32_t line;     /* line of that byte */
    uint32_t col;      /* set by the envelope: column of what it adds next; 0: 1 */
    struct {
        struct sl_log_unit *items;
        size_t len, cap;
    } units;
    uint64_t skipped_bytes, unknown_lines;
    int year;     /* for stamps without one */
    bool is_head; /* only the head of the stream is looked at: nothing may be held back */
    bool is_big_endian;
    void *state; /* of the envelope; freed with free() */
};

struct sl_log_envelope {
    const char *name;
    const char *title;
    /* Does the head of the stream look like this envelope? */
    bool (*is_like)(sl_str head);
    /* Unwraps the complete units of `in`; answers the bytes taken. at_end: all of them. */
    size_t (*unwrap)(struct sl_log_unwrap *unwrap, sl_str in, bool at_end);
    bool is_json; /* a text of several lines stands on one */
};

/* In the order in which they are tried; ends with NULL. */
extern const struct sl_log_envelope *const sl_log_envelopes[];

/* For envelopes: adds bytes that came from `in_off` bytes into the input of this call. */
void sl_log_unwrap_add(struct sl_log_unwrap *unwrap, size_t in_off, sl_str bytes);
void sl_log_unwrap_release(struct sl_log_unwrap *unwrap);

#endif
