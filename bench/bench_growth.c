/*
 * Reads the logs of tests/pathological/log_cases.h at n and at 2n, with one job: time must grow like the input.
 *
 *     bench_growth [TIMES] [NAME]     TIMES: how many times larger than in the test (default 4); NAME: only these
 *
 * Prints each case with its size, its speed and the ratio; ends with 1 if a ratio is above 3.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../tests/pathological/log_cases.h"
#include "source/digest.h"

static double read_log(const struct log_case *c, unsigned n, size_t *size)
{
    struct sl_buf text = {0};
    log_case_build(c, n, &text);
    *size = text.len;
    int fd = memfd_create("log", MFD_CLOEXEC);
    if (fd < 0 || write(fd, text.bytes, text.len) != (ssize_t)text.len)
        abort();
    sl_buf_release(&text);
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    sl_str path = sl_str_from(name);
    struct sl_digest_options options = {.input_format = sl_str_from(c->format), .n_jobs = 1};
    struct sl_digest digest;
    struct sl_error error;
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    if (sl_digest_read(&path, 1, &options, &digest, &error) == SL_OK)
        sl_digest_release(&digest);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    close(fd);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

int main(int argc, char **argv)
{
    unsigned times = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 4;
    bool is_linear = true;
    for (size_t i = 0; i < N_LOG_CASES; i++) {
        const struct log_case *c = &log_cases[i];
        if (argc > 2 && !strstr(c->name, argv[2]))
            continue;
        size_t size;
        double once = read_log(c, c->n * times, &size);
        double twice = read_log(c, c->n * times * 2, &size);
        if (twice > 3 * once) { /* another try forgives a busy machine */
            once = read_log(c, c->n * times, &size);
            twice = read_log(c, c->n * times * 2, &size);
        }
        bool fits = twice < 0.02 || twice <= 3 * once;
        is_linear &= fits;
        printf("%-36s %8.1f MB %8.1f MB/s %6.2fx%s\n", c->name, (double)size / 1e6, (double)size / 1e6 / twice,
               twice / once, fits ? "" : "  NOT LINEAR");
        fflush(stdout);
    }
    return !is_linear;
}
