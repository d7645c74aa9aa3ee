#include "source/log/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#ifdef SL_HAVE_BZIP2
#include <bzlib.h>
#endif

#include "base/arena.h"

static enum sl_status fill(struct sl_input *input, struct sl_error *err)
{
    input->raw_from = input->raw_to = 0;
    while (input->raw_to < SL_INPUT_BYTES && !input->raw_ended) {
        ssize_t n = read(input->fd, input->raw + input->raw_to, SL_INPUT_BYTES - input->raw_to);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sl_error_set(err, SL_ERR_IO, "cannot read %s: %s.", input->path, strerror(errno));
        if (n == 0)
            input->raw_ended = true;
        input->raw_to += (size_t)n;
        if (input->raw_to >= 4)
            break;
    }
    input->n_raw += input->raw_to;
    return SL_OK;
}

static enum sl_input_packing packing_of(const char *bytes, size_t len)
{
    static const struct {
        sl_str magic;
        enum sl_input_packing packing;
    } magics[] = {
        {SL_STR_INIT("\x1f\x8b"), SL_INPUT_GZIP},
        {SL_STR_INIT("\x28\xb5\x2f\xfd"), SL_INPUT_ZSTD},
        {SL_STR_INIT("BZh"), SL_INPUT_BZIP2},
    };
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (sl_str_has_prefix((sl_str){bytes, len}, magics[i].magic))
            return magics[i].packing;
    }
    return SL_INPUT_PLAIN;
}

static enum sl_status start_unpacker(struct sl_input *input, struct sl_error *err)
{
    switch (input->packing) {
    case SL_INPUT_GZIP: {
        z_stream *z = calloc(1, sizeof *z);
        if (!z || inflateInit2(z, 15 + 32) != Z_OK)
            sl_out_of_memory();
        input->unpacker = z;
        return SL_OK;
    }
    case SL_INPUT_ZSTD:
        input->unpacker = ZSTD_createDStream();
        if (!input->unpacker)
            sl_out_of_memory();
        /* A frame may ask for 2 GiB of window; ours is what a default build of zstd makes. */
        ZSTD_DCtx_setParameter(input->unpacker, ZSTD_d_windowLogMax, 27);
        return SL_OK;
    case SL_INPUT_BZIP2:
#ifdef SL_HAVE_BZIP2
        input->unpacker = calloc(1, sizeof(bz_stream));
        if (!input->unpacker || BZ2_bzDecompressInit(input->unpacker, 0, 0) != BZ_OK)
            sl_out_of_memory();
        return SL_OK;
#else
        return sl_error_set(err, SL_ERR_FORMAT,
                            "%s is compressed with bzip2, which this build cannot read; "
                            "use \"bzcat FILE | stamplint audit -\".",
                            input->path);
#endif
    case SL_INPUT_PLAIN:
        break;
    }
    (void)err;
    return SL_OK;
}

enum sl_status sl_input_open(struct sl_input *input, sl_str path, struct sl_error *err)
{
    *input = (struct sl_input){.fd = -1};
    bool is_stdin = sl_str_eq(path, SL_STR("-"));
    snprintf(input->path, sizeof input->path, "%.*s", is_stdin ? 14 : SL_STR_ARG(path));
    if (is_stdin)
        snprintf(input->path, sizeof input->path, "standard input");
    input->fd = is_stdin ? STDIN_FILENO : open(input->path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (input->fd < 0 || fstat(input->fd, &info) != 0)
        return sl_error_set(err, SL_ERR_IO, "cannot open %s: %s.", input->path, strerror(errno));
    if (S_ISDIR(info.st_mode)) {
        sl_input_close(input);
        return sl_error_set(err, SL_ERR_IO, "cannot read %s: it is a directory; name the log files in it.",
                            input->path);
    }
    input->is_regular = S_ISREG(info.st_mode);
    input->file_size = input->is_regular ? (uint64_t)info.st_size : 0;
    input->device = (uint64_t)info.st_dev;
    input->inode = (uint64_t)info.st_ino;
    input->modified_us = (int64_t)info.st_mtim.tv_sec * 1000000;
    input->raw = malloc(SL_INPUT_BYTES);
    if (!input->raw)
        sl_out_of_memory();
    enum sl_status status = fill(input, err);
    if (status == SL_OK) {
        input->packing = packing_of(input->raw, input->raw_to);
        status = start_unpacker(input, err);
    }
    if (status != SL_OK)
        sl_input_close(input);
    return status;
}

/* One step of a decompressor: how many bytes went in and came out. */
struct step {
    size_t taken, made;
    bool member_ended, failed;
};

static struct step unzip_step(struct sl_input *input, char *bytes, size_t size)
{
    z_stream *z = input->unpacker;
    size_t given = input->raw_to - input->raw_from;
    z->next_in = (unsigned char *)input->raw + input->raw_from;
    z->avail_in = (unsigned)given;
    z->next_out = (unsigned char *)bytes;
    z->avail_out = (unsigned)size;
    int rc = inflate(z, Z_NO_FLUSH);
    struct step step = {given - z->avail_in, size - z->avail_out, rc == Z_STREAM_END,
                        rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR};
    if (step.member_ended)
        inflateReset(z);
    return step;
}

static struct step unzstd_step(struct sl_input *input, char *bytes, size_t size)
{
    ZSTD_inBuffer in = {input->raw + input->raw_from, input->raw_to - input->raw_from, 0};
    ZSTD_outBuffer out = {bytes, size, 0};
    size_t rc = ZSTD_decompressStream(input->unpacker, &out, &in);
    return (struct step){in.pos, out.pos, rc == 0, ZSTD_isError(rc) != 0};
}

#ifdef SL_HAVE_BZIP2
static struct step unbzip2_step(struct sl_input *input, char *bytes, size_t size)
{
    bz_stream *b = input->unpacker;
    size_t given = input->raw_to - input->raw_from;
    b->next_in = input->raw + input->raw_from;
    b->avail_in = (unsigned)given;
    b->next_out = bytes;
    b->avail_out = (unsigned)size;
    int rc = BZ2_bzDecompress(b);
    struct step step = {given - b->avail_in, size - b->avail_out, rc == BZ_STREAM_END,
                        rc != BZ_OK && rc != BZ_STREAM_END};
    if (step.member_ended) {
        BZ2_bzDecompressEnd(b);
        memset(b, 0, sizeof *b);
        if (BZ2_bzDecompressInit(b, 0, 0) != BZ_OK)
            sl_out_of_memory();
    }
    return step;
}
#endif

static struct step unpack_step(struct sl_input *input, char *bytes, size_t size)
{
    if (input->packing == SL_INPUT_GZIP)
        return unzip_step(input, bytes, size);
#ifdef SL_HAVE_BZIP2
    if (input->packing == SL_INPUT_BZIP2)
        return unbzip2_step(input, bytes, size);
#endif
    return unzstd_step(input, bytes, size);
}

/* Between members: zero padding ends the stream, other bytes that start no member are damage. */
static bool next_member_follows(struct sl_input *input)
{
    while (input->raw_from < input->raw_to && input->raw[input->raw_from] == '\0')
        input->raw_from++;
    if (input->raw_from == input->raw_to)
        return true; /* the next bytes tell */
    enum sl_input_packing next = packing_of(input->raw + input->raw_from, input->raw_to - input->raw_from);
    /* The magic may be cut by the end of the buffer; its first byte is enough then. */
    bool is_cut = input->raw_to - input->raw_from < 4 && !input->raw_ended;
    return next == input->packing || is_cut;
}

static enum sl_status unpack(struct sl_input *input, char *bytes, size_t size, size_t *n, struct sl_error *err)
{
    *n = 0;
    while (*n == 0 && !input->is_damaged) {
        if (input->raw_from == input->raw_to) {
            if (!input->raw_ended)
                SL_TRY(fill(input, err));
            if (input->raw_from == input->raw_to) {
                input->is_damaged = !input->is_between_members;
                return SL_OK;
            }
        }
        struct step step = unpack_step(input, bytes, size);
        input->raw_from += step.taken;
        *n = step.made;
        input->is_damaged = step.failed;
        input->is_between_members = step.member_ended;
        if (step.member_ended && !next_member_follows(input)) {
            input->is_damaged = true; /* stops after these bytes */
            return SL_OK;
        }
    }
    return SL_OK;
}

enum sl_status sl_input_read(struct sl_input *input, char *bytes, size_t size, size_t *n, struct sl_error *err)
{
    if (input->packing != SL_INPUT_PLAIN)
        return unpack(input, bytes, size, n, err);
    size_t ready = input->raw_to - input->raw_from;
    if (ready) {
        *n = ready < size ? ready : size;
        memcpy(bytes, input->raw + input->raw_from, *n);
        input->raw_from += *n;
        return SL_OK;
    }
    for (;;) {
        ssize_t got = read(input->fd, bytes, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return sl_error_set(err, SL_ERR_IO, "cannot read %s: %s.", input->path, strerror(errno));
        *n = (size_t)got;
        input->n_raw += (size_t)got;
        return SL_OK;
    }
}

void sl_input_close(struct sl_input *input)
{
    if (input->packing == SL_INPUT_GZIP && input->unpacker) {
        inflateEnd(input->unpacker);
        free(input->unpacker);
    }
    if (input->packing == SL_INPUT_ZSTD && input->unpacker)
        ZSTD_freeDStream(input->unpacker);
#ifdef SL_HAVE_BZIP2
    if (input->packing == SL_INPUT_BZIP2 && input->unpacker) {
        BZ2_bzDecompressEnd(input->unpacker);
        free(input->unpacker);
    }
#endif
    if (input->fd > STDERR_FILENO)
        close(input->fd);
    free(input->raw);
    input->raw = NULL;
    input->unpacker = NULL;
    input->fd = -1;
}
