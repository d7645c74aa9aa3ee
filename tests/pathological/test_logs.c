/*
 * Logs made to hurt: each is read to its end, what is not understood is counted, and neither the number of jobs nor the
 * size of the blocks changes the result. Whether time grows like the input is measured by bench/bench_growth.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log_cases.h"
#include "source/digest.h"

static int open_log(sl_str bytes, char *path, size_t size)
{
    int fd = memfd_create("log", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
    snprintf(path, size, "/proc/self/fd/%d", fd);
    return fd;
}

static enum sl_status read_log(const char *path, const char *format, unsigned n_jobs, size_t block_bytes,
                               struct sl_digest_counts *counts, struct sl_buf *written)
{
    sl_str name = sl_str_from(path);
    struct sl_digest_options options = {
        .input_format = sl_str_from(format), .n_jobs = n_jobs, .block_bytes = block_bytes};
    struct sl_digest digest;
    struct sl_error error;
    enum sl_status status = sl_digest_read(&name, 1, &options, &digest, &error);
    if (status != SL_OK)
        return status;
    *counts = digest.counts;
    sl_digest_write(&digest, true, written);
    sl_digest_release(&digest);
    return status;
}

static void check_counts(const struct log_case *c, const struct sl_digest_counts *counts, size_t size)
{
    assert_int_equal(counts->bytes, size);
    if (counts->statements < c->n_statements)
        fail_msg("%llu statements", (unsigned long long)counts->statements);
    if (c->counts & COUNT_SKIPPED)
        assert_true(counts->skipped_bytes > 0);
    if (c->counts & COUNT_UNKNOWN)
        assert_true(counts->unknown_lines > 0);
    if (c->counts & COUNT_TRUNCATED)
        assert_true(counts->truncated > 0);
    /* One way or another every log leaves a trace. */
    assert_true(counts->entries + counts->administrative + counts->skipped_bytes + counts->unknown_lines > 0);
}

static void check(void **state)
{
    const struct log_case *c = *state;
    struct sl_buf text = {0}, one = {0}, two = {0};
    struct sl_digest_counts counts = {0};
    char path[64];
    log_case_build(c, c->n, &text);
    int fd = open_log(sl_buf_str(&text), path, sizeof path);
    enum sl_status status = read_log(path, c->format, 1, 0, &counts, &one);
    assert_int_equal(status, c->counts & COUNT_REFUSED ? SL_ERR_FORMAT : SL_OK);
    if (status == SL_OK)
        check_counts(c, &counts, text.len);
    assert_int_equal(read_log(path, c->format, 3, 0, &counts, &two), status);
    assert_int_equal(one.len, two.len);
    if (one.len)
        assert_memory_equal(one.bytes, two.bytes, one.len);
    close(fd);
    sl_buf_release(&text);
    sl_buf_release(&one);
    sl_buf_release(&two);
}

int main(void)
{
    struct CMUnitTest tests[N_LOG_CASES];
    for (size_t i = 0; i < N_LOG_CASES; i++)
        tests[i] = (struct CMUnitTest){log_cases[i].name, check, NULL, NULL, (void *)(uintptr_t)&log_cases[i]};
    return _cmocka_run_group_tests("logs", tests, N_LOG_CASES, NULL, NULL);
}
