/*
 * input: the bytes of a log file, whatever it is packed in.
 *
 * In:    a path, or "-" for standard input. gzip (several members), zstd (several frames) and, where the library was
 *        there at build time, bzip2 are known by their first bytes, not by their names.
 * Out:   sl_input_read() answers bytes until 0.
 * Owns:  the file and the decompressor; sl_input_close().
 * Fails: a file that cannot be opened or read is an error. A compressed stream that ends early or is damaged is not:
 *        what came before is delivered and is_damaged is set.
 * Limits: reads ahead SL_INPUT_BYTES.
 */
#ifndef SL_SOURCE_LOG_INPUT_H
#define SL_SOURCE_LOG_INPUT_H

#include "base/error.h"
#include "base/str.h"

#define SL_INPUT_BYTES (128u * 1024)

enum sl_input_packing {
    SL_INPUT_PLAIN,
    SL_INPUT_GZIP,
    SL_INPUT_ZSTD,
    SL_INPUT_BZIP2,
};

struct sl_input {
    int fd;
    char path[4096]; /* for messages */
    enum sl_input_packing packing;
    void *unpacker;
    char *raw; /* SL_INPUT_BYTES: bytes of the file that were not unpacked yet */
    size_t raw_from, raw_to;
    uint64_t n_raw;     /* bytes read from the file */
    uint64_t file_size; /* 0: unknown */
    uint64_t device, inode;
    int64_t modified_us;
    bool raw_ended, is_between_members, is_damaged, is_regular;
};

SL_NODISCARD enum sl_status sl_input_open(struct sl_input *input, sl_str path, struct sl_error *err);
/* Up to `size` bytes; *n is 0 at the end only. */
SL_NODISCARD enum sl_status sl_input_read(struct sl_input *input, char *bytes, size_t size, size_t *n,
                                          struct sl_error *err);
void sl_input_close(struct sl_input *input);

#endif
