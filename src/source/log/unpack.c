#include "source/log/unpack.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#ifdef SL_HAVE_BZIP2
#include <bzlib.h>
#endif

#include "base/arena.h"

/* Flags, extra flags and operating system as RFC 1952 knows them. */
static bool is_gzip_head(sl_str s)
{
    unsigned char flags = (unsigned char)s.ptr[3], extra = (unsigned char)s.ptr[8], os = (unsigned char)s.ptr[9];
    return sl_str_has_prefix(s, SL_STR("\x1f\x8b\x08")) && (flags & 0xe0) == 0 &&
           (extra == 0 || extra == 2 || extra == 4) && (os <= 13 || os == 255);
}

static bool is_skippable_frame(sl_str s)
{
    return s.len >= 4 && ((unsigned char)s.ptr[0] & 0xf0) == 0x50 && memcmp(s.ptr + 1, "\x2a\x4d\x18", 3) == 0;
}

/* The frame's descriptor has a bit that is always 0. */
static bool is_zstd_head(sl_str s)
{
    return is_skippable_frame(s) || (sl_str_has_prefix(s, SL_STR("\x28\xb5\x2f\xfd")) && (s.ptr[4] & 0x08) == 0);
}

/* A level, and the mark of a block or of the end. */
static bool is_bzip2_head(sl_str s)
{
    return sl_str_has_prefix(s, SL_STR("BZh")) && s.ptr[3] >= '1' && s.ptr[3] <= '9' &&
           (memcmp(s.ptr + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
            memcmp(s.ptr + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

static const struct {
    const char *name;
    sl_str magic;
    sl_str tails[2]; /* what stands behind the first byte of a head: looked for */
    bool (*is_head)(sl_str s);
} packings[] = {
    [SL_PACKING_GZIP] = {"gzip", SL_STR_INIT("\x1f\x8b"), {SL_STR_INIT("\x8b\x08")}, is_gzip_head},
    [SL_PACKING_ZSTD] = {"zstd",
                         SL_STR_INIT("\x28\xb5\x2f\xfd"),
                         {SL_STR_INIT("\xb5\x2f\xfd"), SL_STR_INIT("\x2a\x4d\x18")},
                         is_zstd_head},
    [SL_PACKING_BZIP2] = {"bzip2", SL_STR_INIT("BZh"), {SL_STR_INIT("Zh")}, is_bzip2_head},
};

enum sl_packing sl_packing_of(sl_str head)
{
    if (is_skippable_frame(head)) /* pzstd begins with one */
        return SL_PACKING_ZSTD;
    for (unsigned i = SL_PACKING_GZIP; i < sizeof packings / sizeof packings[0]; i++) {
        if (sl_str_has_prefix(head, packings[i].magic))
            return (enum sl_packing)i;
    }
    return SL_PACKING_NONE;
}

const char *sl_packing_name(enum sl_packing packing)
{
    return packings[packing].name;
}

enum sl_status sl_unpack_refuse(sl_str head, const char *path, struct sl_error *err)
{
    static const struct {
        sl_str magic;
        const char *name, *command;
    } others[] = {
        {SL_STR_INIT("\xfd\x37zXZ"), "xz", "xzcat"},       {SL_STR_INIT("\x04\x22\x4d\x18"), "lz4", "lz4cat"},
        {SL_STR_INIT("PK\x03\x04"), "zip", "unzip -p"},    {SL_STR_INIT("7z\xbc\xaf\x27"), "7-Zip", "7z x -so"},
        {SL_STR_INIT("\x1f\x9d"), "compress", "gzip -dc"}, {SL_STR_INIT("Rar!\x1a"), "RAR", "unrar p -inul"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (sl_str_has_prefix(head, others[i].magic))
            return sl_error_set(
                err, SL_ERR_FORMAT,
                "%s is compressed with %s, which is not read here; use \"%s FILE | stamplint audit -\".", path,
                others[i].name, others[i].command);
    }
    return SL_OK;
}

/* The first head in `bytes` whose tail is this one. */
static size_t find_head(enum sl_packing packing, sl_str bytes, sl_str tail)
{
    size_t from = 1;
    while (from + SL_UNPACK_HEAD_BYTES <= bytes.len + 1) {
        size_t at = sl_str_find(sl_str_slice(bytes, from, bytes.len), tail);
        if (at == SIZE_MAX)
            return SIZE_MAX;
        size_t head = from + at - 1;
        if (head + SL_UNPACK_HEAD_BYTES > bytes.len)
            return SIZE_MAX;
        if (packings[packing].is_head(sl_str_slice(bytes, head, SL_UNPACK_HEAD_BYTES)))
            return head;
        from += at + 1;
    }
    return SIZE_MAX;
}

size_t sl_unpack_find(enum sl_packing packing, sl_str bytes)
{
    size_t first = SIZE_MAX;
    for (unsigned i = 0; i < 2 && packings[packing].tails[i].len; i++) {
        size_t at = find_head(packing, bytes, packings[packing].tails[i]);
        first = at < first ? at : first;
    }
    return first;
}

static void open_gzip(void **unpacker)
{
    z_stream *z = calloc(1, sizeof *z);
    if (!z || inflateInit2(z, 15 + 16) != Z_OK)
        sl_out_of_memory();
    *unpacker = z;
}

/*
 * A call that fails says nothing of what it has unpacked before: at most one block is given at a time, as many bytes as
 * the call before asked for.
 */
struct zstd {
    ZSTD_DStream *stream;
    size_t wanted;
    bool holds_output; /* there may be more than there was room for */
};
#define ZSTD_FIRST_WANTED 5u

static void open_zstd(void **unpacker)
{
    struct zstd *z = calloc(1, sizeof *z);
    if (!z || !(z->stream = ZSTD_createDStream()))
        sl_out_of_memory();
    ZSTD_DCtx_setParameter(z->stream, ZSTD_d_windowLogMax, 27); /* a frame may ask for 2 GiB */
    z->wanted = ZSTD_FIRST_WANTED;
    *unpacker = z;
}

#ifdef SL_HAVE_BZIP2
static void open_bzip2(void **unpacker)
{
    *unpacker = calloc(1, sizeof(bz_stream));
    if (!*unpacker || BZ2_bzDecompressInit(*unpacker, 0, 0) != BZ_OK)
        sl_out_of_memory();
}
#endif

enum sl_status sl_unpack_open(enum sl_packing packing, const char *path, void **unpacker, struct sl_error *err)
{
    switch (packing) {
    case SL_PACKING_GZIP:
        open_gzip(unpacker);
        return SL_OK;
    case SL_PACKING_ZSTD:
        open_zstd(unpacker);
        return SL_OK;
    case SL_PACKING_BZIP2:
#ifdef SL_HAVE_BZIP2
        open_bzip2(unpacker);
        return SL_OK;
#else
        return sl_error_set(err, SL_ERR_FORMAT,
                            "%s is compressed with bzip2, which this build cannot read; "
                            "use \"bzcat FILE | stamplint audit -\".",
                            path);
#endif
    case SL_PACKING_NONE:
        break;
    }
    (void)path;
    (void)err;
    return SL_OK;
}

static struct sl_unpack_step step_gzip(z_stream *z, sl_str in, char *bytes, size_t size)
{
    z->next_in = (unsigned char *)(uintptr_t)in.ptr;
    z->avail_in = (unsigned)in.len;
    z->next_out = (unsigned char *)bytes;
    z->avail_out = (unsigned)size;
    int rc = inflate(z, Z_NO_FLUSH);
    struct sl_unpack_step step = {in.len - z->avail_in, size - z->avail_out, rc == Z_STREAM_END,
                                  rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR};
    if (step.member_ended)
        inflateReset(z);
    return step;
}

static struct sl_unpack_step call_zstd(struct zstd *z, sl_str from, char *bytes, size_t size)
{
    ZSTD_inBuffer in = {from.ptr, from.len < z->wanted ? from.len : z->wanted, 0};
    ZSTD_outBuffer out = {bytes, size, 0};
    size_t rc = ZSTD_decompressStream(z->stream, &out, &in);
    z->wanted = ZSTD_isError(rc) || rc == 0 ? ZSTD_FIRST_WANTED : rc;
    z->holds_output = out.pos == size;
    return (struct sl_unpack_step){in.pos, out.pos, rc == 0, ZSTD_isError(rc) != 0};
}

static struct sl_unpack_step step_zstd(struct zstd *z, sl_str in, char *bytes, size_t size)
{
    struct sl_unpack_step step = {0};
    if (z->holds_output)
        step = call_zstd(z, SL_STR_EMPTY, bytes, size);
    if (step.made || step.member_ended || step.failed)
        return step;
    return call_zstd(z, in, bytes, size);
}

#ifdef SL_HAVE_BZIP2
static struct sl_unpack_step step_bzip2(bz_stream *b, sl_str in, char *bytes, size_t size)
{
    b->next_in = (char *)(uintptr_t)in.ptr;
    b->avail_in = (unsigned)in.len;
    b->next_out = bytes;
    b->avail_out = (unsigned)size;
    int rc = BZ2_bzDecompress(b);
    struct sl_unpack_step step = {in.len - b->avail_in, size - b->avail_out, rc == BZ_STREAM_END,
                                  rc != BZ_OK && rc != BZ_STREAM_END};
    if (step.member_ended)
        sl_unpack_restart(SL_PACKING_BZIP2, b);
    return step;
}
#endif

struct sl_unpack_step sl_unpack_step(enum sl_packing packing, void *unpacker, sl_str in, char *bytes, size_t size)
{
    struct sl_unpack_step step;
    if (packing == SL_PACKING_GZIP)
        step = step_gzip(unpacker, in, bytes, size);
#ifdef SL_HAVE_BZIP2
    else if (packing == SL_PACKING_BZIP2)
        step = step_bzip2(unpacker, in, bytes, size);
#endif
    else
        step = step_zstd(unpacker, in, bytes, size);
    bool is_stuck = in.len > 0 && step.taken == 0 && step.made == 0 && !step.member_ended;
    step.failed |= is_stuck;
    return step;
}

void sl_unpack_restart(enum sl_packing packing, void *unpacker)
{
    if (packing == SL_PACKING_GZIP)
        inflateReset(unpacker);
    if (packing == SL_PACKING_ZSTD) {
        struct zstd *z = unpacker;
        ZSTD_DCtx_reset(z->stream, ZSTD_reset_session_only);
        z->wanted = ZSTD_FIRST_WANTED;
        z->holds_output = false;
    }
#ifdef SL_HAVE_BZIP2
    if (packing == SL_PACKING_BZIP2) {
        BZ2_bzDecompressEnd(unpacker);
        memset(unpacker, 0, sizeof(bz_stream));
        if (BZ2_bzDecompressInit(unpacker, 0, 0) != BZ_OK)
            sl_out_of_memory();
    }
#endif
}

void sl_unpack_close(enum sl_packing packing, void *unpacker)
{
    if (!unpacker)
        return;
    if (packing == SL_PACKING_GZIP) {
        inflateEnd(unpacker);
        free(unpacker);
    }
    if (packing == SL_PACKING_ZSTD) {
        ZSTD_freeDStream(((struct zstd *)unpacker)->stream);
        free(unpacker);
    }
#ifdef SL_HAVE_BZIP2
    if (packing == SL_PACKING_BZIP2) {
        BZ2_bzDecompressEnd(unpacker);
        free(unpacker);
    }
#endif
}
