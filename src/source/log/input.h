/*
 * input: the bytes of a log file, whatever it is packed in.
 *
 * In:    a path, or "-" for standard input. gzip (several members), zstd (several frames) and, where the library was
 *        there at build time, bzip2 are known by their first bytes, not by their names.
 * Out:   sl_input_read() answers bytes until 0.
 * Owns:  the file and the decompressor; sl_input_close().
 * Fails: a file that cannot be opened or read is an error. A compressed stream that ends early or is damaged is not:
 *        what came before is delivered, then what the next member holds, behind a line end and a NUL, which readers
 *        take for a hole in the log; sl_input_describe_damage() says what happened.
 * Must hold: a member that begins inside one that breaks off is found again, and nothing of what the broken one would
 *        make of its bytes is delivered. A whole member is never given up for bytes in it that look like a start.
 * Limits: reads ahead SL_INPUT_BYTES; so far a broken member is followed before it counts as whole. Behind
 *        SL_INPUT_MAX_BREAKS broken places the rest of the file is passed over.
 */
#ifndef SL_SOURCE_LOG_INPUT_H
#define SL_SOURCE_LOG_INPUT_H

#include "base/buf.h"
#include "source/log/unpack.h"

#define SL_INPUT_BYTES (256u * 1024)

#define SL_INPUT_MAX_BREAKS 1000u

enum sl_input_place {
    SL_INPUT_IN_MEMBER,
    SL_INPUT_BETWEEN, /* behind the end of a member */
    SL_INPUT_LOST,    /* behind damage: the start of the next member is looked for */
};

struct sl_input {
    int fd;
    char path[4096]; /* for messages */
    enum sl_packing packing;
    void *unpacker;
    enum sl_input_place place;
    char *raw; /* SL_INPUT_BYTES: bytes of the file that were not unpacked yet */
    size_t raw_from, raw_to;
    size_t raw_checked;  /* no member starts before it, but the one that is being read */
    bool is_start_ahead; /* one may start at raw_checked */
    struct sl_buf held;  /* unpacked, to be delivered first */
    size_t held_from;
    uint64_t n_raw;     /* bytes read from the file */
    uint64_t file_size; /* 0: unknown */
    uint64_t device, inode;
    int64_t modified_us;
    uint64_t n_breaks, first_break_off; /* places where the packed data is broken */
    uint64_t n_passed_over;             /* bytes that belong to no member */
    bool raw_ended, is_cut_off, is_damaged, is_regular;
};

SL_NODISCARD enum sl_status sl_input_open(struct sl_input *input, sl_str path, struct sl_error *err);
/* Up to `size` bytes; *n is 0 at the end only. */
SL_NODISCARD enum sl_status sl_input_read(struct sl_input *input, char *bytes, size_t size, size_t *n,
                                          struct sl_error *err);
/* Adds a sentence and a line end if the input is damaged. */
void sl_input_describe_damage(const struct sl_input *input, struct sl_buf *out);
void sl_input_close(struct sl_input *input);

#endif
