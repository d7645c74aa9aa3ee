#include "cli/logs.h"

#include <time.h>
#include <unistd.h>

#include "base/vec.h"
#include "cli/output.h"
#include "source/glob.h"
#include "source/walk.h"

/* The progress line: redrawn at most ten times a second. */
struct progress {
    int64_t begun_ms, drawn_ms;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void draw_progress(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
    struct progress *progress = context;
    int64_t now = now_ms();
    if (now - progress->drawn_ms < 100 || now - progress->begun_ms < 300)
        return;
    progress->drawn_ms = now;
    double seconds = (double)(now - progress->begun_ms) / 1000;
    double rate = (double)done_bytes / seconds;
    fprintf(stderr, "\r\033[K%.1f MB", (double)done_bytes / 1e6);
    if (total_bytes > 0)
        fprintf(stderr, " of %.1f MB", (double)total_bytes / 1e6);
    fprintf(stderr, ", %.0f MB/s", rate / 1e6);
    if (total_bytes > done_bytes && rate > 0)
        fprintf(stderr, ", %.0f s left", (double)(total_bytes - done_bytes) / rate);
    fflush(stderr);
}

/* --jobs N as a number; 0 lets the digest choose. */
static enum sl_status read_jobs(sl_str word, unsigned *jobs, struct sl_error *err)
{
    uint64_t number = 0;
    if (word.len && (!sl_str_to_u64(word, &number) || number == 0 || number > 1024))
        return sl_error_set(err, SL_ERR_USAGE, "--jobs takes a number from 1 to 1024, not '%.*s'.", SL_STR_ARG(word));
    *jobs = (unsigned)number;
    return SL_OK;
}

enum sl_status sl_logs_expand(const sl_str *patterns, size_t n, struct sl_arena *run, struct sl_str_list *files,
                              struct sl_error *err)
{
    for (size_t i = 0; i < n; i++) {
        sl_str pattern = patterns[i];
        size_t before = files->len;
        if (!memchr(pattern.ptr, '*', pattern.len) && !memchr(pattern.ptr, '?', pattern.len)) {
            *SL_VEC_PUSH(run, files) = pattern;
            continue;
        }
        struct sl_walk walk = {0};
        sl_walk_folder(sl_glob_root(pattern), run, &walk);
        for (size_t k = 0; k < walk.files.len; k++) {
            if (sl_glob_matches(pattern, walk.files.items[k]))
                *SL_VEC_PUSH(run, files) = walk.files.items[k];
        }
        if (files->len == before)
            return sl_error_set(err, SL_ERR_IO, "No file matches \"%.*s\", which `usage` of the configuration names.",
                                SL_STR_ARG(pattern));
    }
    return SL_OK;
}

enum sl_status sl_logs_read(const struct sl_options *options, enum sl_dialect dialect, const sl_str *paths,
                            size_t n_paths, struct sl_digest *out, struct sl_error *err)
{
    struct progress progress = {.begun_ms = now_ms()};
    bool shows_progress = !options->quiet && isatty(STDERR_FILENO);
    struct sl_digest_options how = {
        .input_format = options->input_format,
        .log_line_prefix = options->log_line_prefix,
        .dialect = dialect,
        .dialect_is_set = dialect != SL_DIALECT_UNKNOWN,
        .on_progress = shows_progress ? draw_progress : NULL,
        .progress_context = &progress,
    };
    if (n_paths == 0)
        return sl_error_set(err, SL_ERR_USAGE, "A log to read is missing; \"-\" is standard input.");
    SL_TRY(read_jobs(options->jobs, &how.n_jobs, err));
    enum sl_status status = sl_digest_read(paths, n_paths, &how, out, err);
    if (progress.drawn_ms)
        fputs("\r\033[K", stderr);
    if (status != SL_OK)
        return status;
    if (!options->quiet)
        sl_output_message(out->format);
    sl_str rest = out->damage, line;
    while (sl_str_next_line(&rest, &line))
        sl_output_message(line);
    return SL_OK;
}
