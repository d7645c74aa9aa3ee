/* What is decided of the inputs of a run as wholes: formats that are named and are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/log/detect.h"

#define SLOW_ENTRY                                                                                                     \
    "# Time: 2026-11-22T03:00:00.000000Z\n# User@Host: a[a] @  [10.0.0.1]  Id:     8\n"                                \
    "# Query_time: 1.000000  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0\nSET timestamp=1;\nSELECT 1;\n"
#define SLOW_START                                                                                                     \
    "/usr/sbin/mysqld, Version: 8.0.43 (Source distribution). started with:\nTcp port: 3306  Unix socket: /a/b.sock\n" \
    "Time                 Id Command    Argument\n"
#define PG_ENTRY "2026-11-22 03:00:00.000 UTC [7] a@b LOG:  statement: SELECT 1\n"

static enum sl_status read_text(const char *text, const char *format, struct sl_digest *digest, struct sl_error *err)
{
    int fd = memfd_create("log", MFD_CLOEXEC);
    char path[64];
    size_t len = strlen(text);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    sl_str name = sl_str_from(path);
    struct sl_digest_options options = {.input_format = sl_str_from(format), .n_jobs = 1};
    enum sl_status status = sl_digest_read(&name, 1, &options, digest, err);
    close(fd);
    return status;
}

/* A format, named on a file that has nothing of it. Plain SQL is left out: any text may be meant as that. */
static void says_that_format_is_not_there(void **state)
{
    static const struct {
        const char *text, *looks_like;
    } files[] = {
        {"hello\nworld\n", "nor of another that is known here"},
        {SLOW_START SLOW_ENTRY, "it looks like mysql-slow (MySQL slow log)"},
        {PG_ENTRY, "it looks like pg-stderr (PostgreSQL log (stderr))"},
    };
    const struct sl_log_format *format = *state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct sl_digest digest;
        struct sl_error err = {0};
        if (strstr(files[i].looks_like, format->name))
            continue;
        if (read_text(files[i].text, format->name, &digest, &err) != SL_ERR_FORMAT)
            fail_msg("read: %s", files[i].text);
        if (!strstr(err.message, files[i].looks_like) || !strstr(err.message, format->name))
            fail_msg("said: %s", err.message);
    }
}

static void takes_empty_file(void **state)
{
    const struct sl_log_format *format = *state;
    struct sl_digest digest;
    struct sl_error err;
    assert_int_equal(read_text("", format->name, &digest, &err), SL_OK);
    assert_int_equal(digest.counts.statements, 0);
    sl_digest_release(&digest);
}

/* A log in which nothing happened yet has its head only. */
static void takes_head_of_new_log(void **state)
{
    struct sl_digest digest;
    struct sl_error err;
    (void)state;
    static const char *const names[] = {"", "mysql-slow", "mysql-general"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(read_text(SLOW_START, names[i], &digest, &err), SL_OK);
        assert_int_equal(digest.counts.statements, 0);
        sl_digest_release(&digest);
    }
}

int main(void)
{
    static struct CMUnitTest tests[128];
    static char names[128][64];
    size_t n = 0;
    for (size_t i = 0; sl_log_formats[i]; i++) {
        const struct sl_log_format *format = sl_log_formats[i];
        void *state = (void *)(uintptr_t)format;
        if (format->refusal)
            continue;
        if (strcmp(format->name, "sql") != 0) {
            snprintf(names[n], sizeof names[n], "nothing of %s", format->name);
            tests[n] = (struct CMUnitTest){names[n], says_that_format_is_not_there, NULL, NULL, state};
            n++;
        }
        snprintf(names[n], sizeof names[n], "an empty %s", format->name);
        tests[n] = (struct CMUnitTest){names[n], takes_empty_file, NULL, NULL, state};
        n++;
    }
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(takes_head_of_new_log);
    return _cmocka_run_group_tests("inputs of logs", tests, n, NULL, NULL);
}
