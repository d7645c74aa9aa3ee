#include "source/digest.h"

#include <unistd.h>

#include "source/log/run.h"

static unsigned job_count(const struct sl_digest_options *options)
{
    if (options->n_jobs)
        return options->n_jobs;
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (unsigned)n;
}

/* What the readers and the fold counted, each for itself. */
static struct sl_digest_counts sum(const struct sl_digest_counts *a, const struct sl_digest_counts *b)
{
    struct sl_digest_counts total = *a;
    total.entries += b->entries;
    total.statements += b->statements;
    total.administrative += b->administrative;
    total.parse_bind += b->parse_bind;
    total.cached += b->cached;
    total.empty += b->empty;
    total.truncated += b->truncated;
    total.ambiguous += b->ambiguous;
    total.skipped_bytes += b->skipped_bytes;
    total.unknown_lines += b->unknown_lines;
    total.failed += b->failed;
    total.plans += b->plans;
    total.shapes_dropped += b->shapes_dropped;
    total.duplicates += b->duplicates;
    total.damaged += b->damaged;
    return total;
}

enum sl_status sl_digest_read(const sl_str *paths, size_t n_paths, const struct sl_digest_options *options,
                              struct sl_digest *out, struct sl_error *err)
{
    struct sl_log_reading reading;
    SL_TRY(sl_log_reading_open(&reading, paths, n_paths, options, err));
    struct sl_fold fold;
    sl_fold_init(&fold);
    enum sl_status status = sl_log_run(&reading, &fold, job_count(options), err);
    struct sl_digest_counts counts = sum(&reading.counts, &fold.counts);
    if (status == SL_OK) {
        *out = (struct sl_digest){0};
        sl_fold_finish(&fold, &reading.names, reading.paths, out);
        out->counts = counts;
        out->n_jobs = job_count(options);
        out->format = sl_arena_copy(&out->arena, sl_buf_str(&reading.inputs.description));
        out->damage = sl_arena_copy(&out->arena, sl_buf_str(&reading.damage));
    }
    sl_fold_release(&fold);
    sl_log_reading_close(&reading);
    return status;
}

void sl_digest_release(struct sl_digest *digest)
{
    sl_arena_release(&digest->arena);
    digest->shapes = NULL;
    digest->n_shapes = 0;
}
