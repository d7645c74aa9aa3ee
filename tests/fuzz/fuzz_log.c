/*
 * Any bytes as a log of any format; the first byte chooses the format. What must hold:
 * the result depends neither on the number of jobs nor on how many bytes are read at a time;
 * every record's text lies in the bytes that were read, and says where in the input it comes from;
 * the reader has looked at every byte when it ends (asserted in source/log/read.c);
 * bytes that are read are never nothing: an entry, or counted as passed over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/log/detect.h"
#include "source/log/read.h"
#undef NDEBUG
#include <assert.h>

#define SMALL_BLOCK_BYTES 61

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static sl_str format_of(uint8_t choice)
{
    size_t n = 0;
    while (sl_log_formats[n])
        n++;
    size_t i = choice % (n * 2); /* half of the time detection decides */
    return i < n ? sl_str_from(sl_log_formats[i]->name) : SL_STR_EMPTY;
}

static bool digest_of(sl_str path, const struct sl_digest_options *options, struct sl_buf *out)
{
    struct sl_digest digest;
    struct sl_error err = {0};
    if (sl_digest_read(&path, 1, options, &digest, &err) != SL_OK) {
        assert(err.message[0] != '\0');
        return false;
    }
    sl_digest_write(&digest, true, out);
    sl_digest_release(&digest);
    return true;
}

static void check_record(const struct sl_log_block *block, const struct sl_log_record *record, uint64_t n_bytes)
{
    assert(record->len <= SL_LOG_RECORD_BYTES);
    assert(record->off <= n_bytes);
    if (record->len == 0)
        return;
    uintptr_t text = (uintptr_t)record->text, block_from = (uintptr_t)block->bytes;
    bool is_in_block = text >= block_from && text < block_from + block->len;
    if (is_in_block)
        assert(text + record->len <= block_from + block->len);
    for (uint32_t i = 0; i < record->len; i += 4096) /* a sanitizer sees what lies outside of everything */
        assert(record->text[i] == record->text[i]);
    assert(record->text[record->len - 1] == record->text[record->len - 1]);
}

/* Spaces and NULs: a log in which nothing happened. */
static bool is_empty_log(sl_str input)
{
    for (size_t i = 0; i < input.len; i++) {
        if (input.ptr[i] != '\0' && !sl_is_space(input.ptr[i]))
            return false;
    }
    return true;
}

/* Reads without shaping; answers whether anything was counted. */
static void check_records(sl_str path, const struct sl_digest_options *options, sl_str input)
{
    bool is_blank = is_empty_log(input);
    struct sl_log_reading reading;
    struct sl_error err;
    if (sl_log_reading_open(&reading, &path, 1, options, &err) != SL_OK)
        return;
    /* Of what comes out of a decompressor, offsets count the bytes that came out. */
    uint64_t end = sl_packing_of(input) != SL_PACKING_NONE ? UINT64_MAX : input.len;
    struct sl_log_block block;
    sl_log_block_init(&block);
    size_t n_records = 0;
    while (!reading.ended && sl_log_reading_fill(&reading, &block, &err) == SL_OK &&
           sl_log_reading_scan(&reading, &block, &err) == SL_OK) {
        for (size_t i = 0; i < block.records.len; i++)
            check_record(&block, &block.records.items[i], end);
        n_records += block.records.len;
        sl_log_block_reset(&block);
    }
    const struct sl_digest_counts *c = &reading.counts;
    assert(is_blank || n_records || c->entries || c->administrative || c->parse_bind || c->cached || c->empty ||
           c->skipped_bytes || c->unknown_lines || c->plans || c->damaged || c->bytes == 0);
    sl_log_block_release(&block);
    sl_log_reading_close(&reading);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    int fd = memfd_create("log", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
        abort();
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    sl_str path = sl_str_from(name), text = {(const char *)data + 1, size - 1};
    struct sl_digest_options options = {.input_format = format_of(data[0]), .n_jobs = 1};
    struct sl_buf one = {0}, four = {0};
    bool is_read = digest_of(path, &options, &one);
    options.block_bytes = SMALL_BLOCK_BYTES;
    if (is_read)
        check_records(path, &options, text);
    options.n_jobs = 4;
    assert(digest_of(path, &options, &four) == is_read);
    assert(one.len == four.len && (one.len == 0 || memcmp(one.bytes, four.bytes, one.len) == 0));
    sl_buf_release(&one);
    sl_buf_release(&four);
    close(fd);
    return 0;
}
