/*
 * Reads logs into a digest and prints what was found as JSON, with the time it took on standard error.
 *
 *     bench_digest [--jobs N] [--block-bytes N] [--input-format F] [--log-line-prefix P] [--dialect D] [--shapes]
 * [--counts] LOG...
 *
 * "audit" and the options of `stamplint audit` that do not matter here are accepted and ignored, so that programs that
 * time or judge `stamplint audit` can run this in its place, without the parser and the rules behind it.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "source/digest.h"

#define MAX_PATHS 1024

struct arguments {
    struct sl_digest_options options;
    sl_str paths[MAX_PATHS];
    size_t n_paths;
    bool shapes, counts;
};

static unsigned number(const char *text)
{
    uint64_t value = 0;
    return sl_str_to_u64(sl_str_from(text), &value) ? (unsigned)value : 0;
}

static void read_arguments(int argc, char **argv, struct arguments *a)
{
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        bool takes_value = true;
        if (strcmp(arg, "--jobs") == 0)
            a->options.n_jobs = number(value);
        else if (strcmp(arg, "--block-bytes") == 0)
            a->options.block_bytes = number(value);
        else if (strcmp(arg, "--input-format") == 0)
            a->options.input_format = sl_str_from(value);
        else if (strcmp(arg, "--log-line-prefix") == 0)
            a->options.log_line_prefix = sl_str_from(value);
        else if (strcmp(arg, "--dialect") == 0)
            a->options.dialect_is_set = sl_dialect_lookup(sl_str_from(value), &a->options.dialect);
        else if (strcmp(arg, "--format") == 0 || strcmp(arg, "--fail-on") == 0 || strcmp(arg, "--output") == 0)
            (void)value;
        else
            takes_value = false;
        i += takes_value;
        if (takes_value)
            continue;
        a->shapes |= strcmp(arg, "--shapes") == 0;
        a->counts |= strcmp(arg, "--counts") == 0;
        bool is_path = strncmp(arg, "--", 2) != 0 && strcmp(arg, "audit") != 0;
        if (is_path && a->n_paths < MAX_PATHS)
            a->paths[a->n_paths++] = sl_str_from(arg);
    }
}

static void print_shapes(const struct sl_digest *digest)
{
    for (size_t i = 0; i < digest->n_shapes; i++) {
        const struct sl_shape *s = &digest->shapes[i];
        fprintf(stderr,
                "%6llu calls %llu failed %10llu us  users=%.*s db=%.*s app=%.*s loc=%.*s  %.*s:%u @%llu\n    %.*s\n    "
                "| %.*s\n",
                (unsigned long long)s->calls, (unsigned long long)s->failed, (unsigned long long)s->total_us,
                SL_STR_ARG(s->users), SL_STR_ARG(s->databases), SL_STR_ARG(s->applications),
                SL_STR_ARG(s->app_location), SL_STR_ARG(s->path), s->line, (unsigned long long)s->byte_off,
                SL_STR_ARG(s->normalised), SL_STR_ARG(s->sample));
    }
}

static void print_counts(const struct sl_digest *digest)
{
    const struct sl_digest_counts *c = &digest->counts;
    fprintf(stderr,
            "%.*s\nbytes %llu entries %llu statements %llu administrative %llu parse_bind %llu cached %llu empty %llu "
            "truncated %llu ambiguous %llu skipped_bytes %llu unknown_lines %llu failed %llu plans %llu dropped %llu "
            "duplicates %llu damaged %llu shapes %zu\n",
            SL_STR_ARG(digest->format), (unsigned long long)c->bytes, (unsigned long long)c->entries,
            (unsigned long long)c->statements, (unsigned long long)c->administrative, (unsigned long long)c->parse_bind,
            (unsigned long long)c->cached, (unsigned long long)c->empty, (unsigned long long)c->truncated,
            (unsigned long long)c->ambiguous, (unsigned long long)c->skipped_bytes,
            (unsigned long long)c->unknown_lines, (unsigned long long)c->failed, (unsigned long long)c->plans,
            (unsigned long long)c->shapes_dropped, (unsigned long long)c->duplicates, (unsigned long long)c->damaged,
            digest->n_shapes);
}

int main(int argc, char **argv)
{
    static struct arguments a;
    read_arguments(argc, argv, &a);
    struct sl_digest digest;
    struct sl_error error;
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (sl_digest_read(a.paths, a.n_paths, &a.options, &digest, &error) != SL_OK) {
        fprintf(stderr, "bench_digest: %s\n", error.message);
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"summary\":{\"statements\":%llu,\"distinct\":%zu}}\n", (unsigned long long)digest.counts.statements,
           digest.n_shapes);
    if (a.shapes)
        print_shapes(&digest);
    if (a.counts) {
        print_counts(&digest);
        fprintf(stderr, "%.3f s, %.1f MB/s, peak %ld KiB\n", seconds, (double)digest.counts.bytes / 1e6 / seconds,
                usage.ru_maxrss);
    }
    sl_digest_release(&digest);
    return 0;
}
