/*
 * digest: a query log reduced to its distinct statement shapes.
 *
 * In:    one or many logs (files, rotated sets, compressed, standard input, digests).
 * Out:   one sl_shape for each distinct statement shape, worst total time first, and the counts of what was read.
 *        The size follows the number of shapes, not the size of the log.
 * Owns:  sl_digest_release() gives everything back.
 * Fails: unreadable input, a log in which nothing was recognised (SL_ERR_FORMAT), both as one sentence. Damage inside
 *        a log is counted, never an error.
 * Source: the log grammars of MySQL, MariaDB and PostgreSQL servers; docs/logs.md.
 */
#ifndef SL_SOURCE_DIGEST_H
#define SL_SOURCE_DIGEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "sql/dialect.h"

struct sl_shape {
    uint64_t hash_hi, hash_lo; /* XXH3-128 of the shape's normalised bytes */
    enum sl_dialect dialect;
    sl_str sample; /* one execution's text, literals and all; redacted of secrets; capped */
    sl_str normalised;
    uint64_t calls; /* executions */
    uint64_t failed;
    uint64_t total_us; /* 0 where the log has no durations: see has_duration */
    bool has_duration;
    uint64_t rows_sent, rows_examined, rows_affected;
    int64_t first_seen_us, last_seen_us;   /* Unix time in microseconds; 0 = unknown */
    sl_str users, databases, applications; /* up to a few, comma separated */
    sl_str app_location;                   /* "app/models/entry.rb:42" from sqlcommenter or marginalia; may be empty */
    sl_str path;                           /* the log, line and byte of the sample */
    uint32_t line, col;
    uint8_t layout; /* enum sl_log_encoding: how the sample stands in the log, for places inside it */
    uint64_t byte_off;
    bool is_truncated, is_normalised, is_sampled, is_ambiguous;
};

struct sl_digest_counts {
    uint64_t bytes, entries, statements;
    uint64_t administrative, parse_bind, cached, empty, truncated, ambiguous, skipped_bytes, unknown_lines;
    uint64_t failed;         /* executions that ended in an error */
    uint64_t plans;          /* auto_explain's copies of statements that were counted already */
    uint64_t shapes_dropped; /* executions of shapes beyond the limit of distinct shapes: counted, not analysed */
    uint64_t duplicates;     /* inputs that hold what another one holds */
    uint64_t damaged;        /* compressed inputs that end early or do not unpack */
};

struct sl_digest {
    struct sl_arena arena;
    struct sl_shape *shapes;
    size_t n_shapes;
    unsigned n_jobs; /* that read it, and may work on its shapes */
    struct sl_digest_counts counts;
    sl_str format; /* what the inputs were taken for, and how that was decided; for people */
    sl_str damage; /* what could not be unpacked: a sentence a line, an input each; empty: all could */
};

struct sl_digest_options {
    sl_str input_format;    /* empty or "auto": detect */
    sl_str log_line_prefix; /* empty: find out */
    enum sl_dialect dialect;
    unsigned n_jobs;     /* 0: number of processors */
    size_t block_bytes;  /* what is read at a time, 0: as much as is fast; the result does not depend on it */
    bool dialect_is_set; /* dialect was asked for; otherwise a log of any dialect (Rails, Django, SQL) is looked at */
    /* Called now and then, from any thread but never two at a time. total is 0 where it is not known. May be NULL. */
    void (*on_progress)(void *context, uint64_t done_bytes, uint64_t total_bytes);
    void *progress_context;
};

/* paths[i] may be "-". *out is filled on success only. */
SL_NODISCARD enum sl_status sl_digest_read(const sl_str *paths, size_t n_paths, const struct sl_digest_options *options,
                                           struct sl_digest *out, struct sl_error *err);
void sl_digest_release(struct sl_digest *digest);

/* The version of the written form; readers accept any, fields are only ever added. */
#define SL_DIGEST_VERSION 1

/*
 * Adds the digest as NDJSON: a header line with the counts, then a line a shape. Without samples it holds no literals
 * but those of state predicates and buckets. sl_digest_read() reads it as a log; reading several adds them up.
 */
void sl_digest_write(const struct sl_digest *digest, bool with_samples, struct sl_buf *out);

#endif
