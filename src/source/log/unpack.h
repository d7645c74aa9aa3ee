/*
 * unpack: the decompressors behind one step, and where their data may start.
 *
 * In:    bytes of a compressed file, a part at a time.
 * Out:   the bytes that were packed in them.
 * Owns:  sl_unpack_open() makes the decompressor's state; sl_unpack_close().
 * Fails: a packing that this build cannot read is SL_ERR_FORMAT. Broken data is an answer of the step.
 * Limits: a zstd window of 128 MiB, what a default build of zstd makes at most.
 * Source: RFC 1952 (gzip), RFC 8878 (zstd, skippable frames), the block marks of bzip2.
 * Not here: what to do about broken data (input).
 */
#ifndef SL_SOURCE_LOG_UNPACK_H
#define SL_SOURCE_LOG_UNPACK_H

#include "base/error.h"
#include "base/str.h"

enum sl_packing {
    SL_PACKING_NONE,
    SL_PACKING_GZIP,
    SL_PACKING_ZSTD,
    SL_PACKING_BZIP2,
};

/* Bytes that tell whether a member starts with them. */
#define SL_UNPACK_HEAD_BYTES 10u

struct sl_unpack_step {
    size_t taken, made;
    bool member_ended, failed;
};

/* What the first bytes of a file show. */
enum sl_packing sl_packing_of(sl_str head);
/* SL_ERR_FORMAT, with advice, for what is packed in a way that no build reads. */
SL_NODISCARD enum sl_status sl_unpack_refuse(sl_str head, const char *path, struct sl_error *err);
/* gzip, zstd, bzip2 */
const char *sl_packing_name(enum sl_packing packing);
/*
 * Offset of the first member that may start in `bytes`, its SL_UNPACK_HEAD_BYTES within them; SIZE_MAX if there is
 * none. Such bytes may stand inside a member by chance, or because it packs packed data.
 */
size_t sl_unpack_find(enum sl_packing packing, sl_str bytes);

SL_NODISCARD enum sl_status sl_unpack_open(enum sl_packing packing, const char *path, void **unpacker,
                                           struct sl_error *err);
/* Unpacks some of `in`. With no input: what is left to come out of what went in. */
struct sl_unpack_step sl_unpack_step(enum sl_packing packing, void *unpacker, sl_str in, char *bytes, size_t size);
/* The next bytes are a member's first, whatever came before. */
void sl_unpack_restart(enum sl_packing packing, void *unpacker);
void sl_unpack_close(enum sl_packing packing, void *unpacker);

#endif
