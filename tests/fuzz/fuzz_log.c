/*
 * Any bytes as a log of any format: jobs 1 and 4 give the same digest, every record's bytes lie inside the input and
 * the reader has looked at every byte when it ends (asserted in source/log/read.c). The first byte chooses the format.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/log/detect.h"
#undef NDEBUG
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static sl_str format_of(uint8_t choice)
{
    size_t n = 0;
    while (sl_log_formats[n])
        n++;
    size_t i = choice % (n * 2); /* half of the time detection decides */
    return i < n ? sl_str_from(sl_log_formats[i]->name) : SL_STR_EMPTY;
}

static bool digest_of(sl_str path, sl_str format, unsigned n_jobs, size_t size, struct sl_buf *out)
{
    struct sl_digest_options options = {.input_format = format, .n_jobs = n_jobs};
    struct sl_digest digest;
    struct sl_error err = {0};
    if (sl_digest_read(&path, 1, &options, &digest, &err) != SL_OK) {
        assert(err.message[0] != '\0');
        return false;
    }
    for (size_t i = 0; i < digest.n_shapes; i++)
        assert(digest.counts.bytes != size || digest.shapes[i].byte_off <= size || digest.counts.damaged);
    sl_digest_write(&digest, true, out);
    sl_digest_release(&digest);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    int fd = memfd_create("log", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
        abort();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct sl_buf one = {0}, four = {0};
    sl_str format = format_of(data[0]);
    bool is_read = digest_of(sl_str_from(path), format, 1, size - 1, &one);
    assert(digest_of(sl_str_from(path), format, 4, size - 1, &four) == is_read);
    assert(one.len == four.len && (one.len == 0 || memcmp(one.bytes, four.bytes, one.len) == 0));
    sl_buf_release(&one);
    sl_buf_release(&four);
    close(fd);
    return 0;
}
