/*
 * shape: a statement's text reduced to what stays the same when it runs again with other values.
 *
 * In:    the bytes of one statement (or of a packet of several), its dialect.
 * Out:   normalised bytes: literals and placeholders are "?", literal lists and VALUES rows one "(?)", words in lower
 *        case, single spaces, no comments. Two texts with equal normalised bytes have one shape.
 * Kept:  a short literal that a column which is no key and no time is compared with or set to (`status = 'winner'`)
 *        is a slot: the normalised bytes hold a "?", and the caller decides whether its value tells shapes apart.
 * Literals that choose a bucket (date_trunc('day', …), AT TIME ZONE 'Asia/Tokyo') always stay. Owns:  its buffer;
 * sl_shape_scan_release(). Fails: never. An unclosed quote or comment runs to the end of the text and is_unclosed is
 * set. Not here: what a statement means. One pass over the bytes, no grammar.
 */
#ifndef SL_SOURCE_SHAPE_H
#define SL_SOURCE_SHAPE_H

#include "base/buf.h"
#include "sql/dialect.h"

/* State literals told apart in one statement; later ones are folded. */
#define SL_SHAPE_SLOTS 8
#define SL_SHAPE_SLOT_BYTES 32

/* IN ('a', 'b', 'c', 'd') is one slot. */
#define SL_SHAPE_SLOT_LIST_BYTES (SL_SHAPE_SLOT_BYTES * 4 + 16)

struct sl_shape_slot {
    uint32_t off; /* of the slot's "?" in the normalised bytes */
    uint32_t len; /* of its literal */
    char literal[SL_SHAPE_SLOT_LIST_BYTES];
    uint64_t column_hash; /* of the column's name without its table */
    uint64_t value_hash;
};

struct sl_shape_scan {
    struct sl_buf normalised;
    struct sl_shape_slot slots[SL_SHAPE_SLOTS];
    unsigned n_slots;
    uint64_t hash_hi, hash_lo;   /* XXH3-128 of the normalised bytes */
    uint32_t consumed;           /* bytes of the text that belong to the first statement and its ";" */
    uint32_t tags_off, tags_len; /* the last comment that looks like tags, without its delimiters */
    bool is_unclosed;
    bool is_blank; /* nothing but white space and comments */
};

/*
 * Scans the first statement of `text`. With `splits`, it ends at a ";" outside of quotes that more text follows, unless
 * the statement is a routine with a body; without, every ";" is a byte like others.
 */
void sl_shape_scan(struct sl_shape_scan *scan, sl_str text, enum sl_dialect dialect, bool splits);
/* Adds `text` to *out with literal lists cut to their first three items and VALUES to its first three rows. */
void sl_shape_shorten(sl_str text, enum sl_dialect dialect, struct sl_buf *out);
void sl_shape_scan_release(struct sl_shape_scan *scan);

#endif
