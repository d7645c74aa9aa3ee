/*
 * Our own digests, read as a log: one object a line, the first one {"stamplint_digest":1,…}.
 *
 * See digest_write.c for the fields. Adding up digests gives what reading their logs together would have given, apart
 * from samples, which are those of the first digest.
 */
#include "source/log/fill.h"
#include "source/log/formats.h"
#include "source/log/json.h"
#include "source/log/stamp.h"
#include "source/log/text.h"

static uint64_t number(sl_str object, const char *key)
{
    struct sl_json_field field;
    uint64_t value = 0;
    if (sl_json_find(object, sl_str_from(key), &field) && field.type == SL_JSON_WORD)
        sl_stamp_decimal(field.value, 0, &value);
    return value;
}

static bool is_true(sl_str object, const char *key)
{
    struct sl_json_field field;
    return sl_json_find(object, sl_str_from(key), &field) && sl_str_eq(field.value, SL_STR("true"));
}

/* A string in the block's arena. */
static sl_str text(struct sl_log_reader *reader, sl_str object, const char *key)
{
    struct sl_json_field field;
    if (!sl_json_find(object, sl_str_from(key), &field) || field.type != SL_JSON_STRING)
        return SL_STR_EMPTY;
    struct sl_buf scratch = {0};
    sl_str decoded = sl_arena_copy(&reader->block->arena, sl_log_text_decode(SL_LOG_JSON, field.value, &scratch));
    sl_buf_release(&scratch);
    return decoded;
}

/* The counts of the logs that the digest was made from, where no shape carries them. */
static void add_counts(struct sl_log_reader *reader, sl_str header)
{
    struct sl_digest_counts *counts = reader->counts;
    counts->entries += number(header, "entries");
    counts->administrative += number(header, "administrative");
    counts->parse_bind += number(header, "parse_bind");
    counts->cached += number(header, "cached");
    counts->plans += number(header, "plans");
    counts->skipped_bytes += number(header, "skipped_bytes");
    counts->unknown_lines += number(header, "unknown_lines");
    counts->empty += number(header, "empty");
    counts->shapes_dropped += number(header, "shapes_dropped");
    counts->damaged += number(header, "damaged");
    counts->truncated += number(header, "truncated");
    counts->ambiguous += number(header, "ambiguous");
    counts->failed += number(header, "failed");
    /* Statements that no shape counts (or, for packets of several, counts twice): the difference may be negative. */
    counts->statements += number(header, "statements") - number(header, "calls");
}

/* A normalised statement with literals where no parameter can stand. */
static sl_str filled(struct sl_log_reader *reader, sl_str normalised, enum sl_dialect dialect)
{
    struct sl_buf out = {0};
    sl_log_fill(normalised, dialect, &out);
    sl_str sql = sl_arena_copy(&reader->block->arena, sl_buf_str(&out));
    sl_buf_release(&out);
    return sql;
}

static void add_shape(struct sl_log_reader *reader, sl_str line, uint64_t off)
{
    struct sl_log_record record = sl_log_record_at(reader, off);
    enum sl_dialect dialect;
    sl_str sql = text(reader, line, "sample");
    if (sl_dialect_lookup(text(reader, line, "dialect"), &dialect))
        record.dialect = (uint8_t)dialect;
    if (sql.len == 0)
        sql = filled(reader, text(reader, line, "normalised"), (enum sl_dialect)record.dialect);
    record.line--;
    record.calls = number(line, "calls");
    record.failed = number(line, "failed");
    record.duration_us = number(line, "total_us");
    record.flags = (is_true(line, "has_duration") ? SL_LOG_HAS_DURATION : 0u) |
                   (is_true(line, "truncated") ? SL_LOG_TRUNCATED : 0u) |
                   (is_true(line, "normalised_log") ? SL_LOG_NORMALISED : 0u) |
                   (is_true(line, "sampled") ? SL_LOG_SAMPLED : 0u) |
                   (is_true(line, "ambiguous") ? SL_LOG_AMBIGUOUS : 0u);
    /* The header has counted them, once for each entry: the shape must not count itself again. */
    reader->counts->truncated -= is_true(line, "truncated");
    reader->counts->ambiguous -= is_true(line, "ambiguous");
    reader->counts->failed -= record.failed;
    record.rows_sent = number(line, "rows_sent");
    record.rows_examined = number(line, "rows_examined");
    record.rows_affected = number(line, "rows_affected");
    sl_stamp_iso(text(reader, line, "first_seen"), &record.first_us);
    sl_stamp_iso(text(reader, line, "last_seen"), &record.last_us);
    record.user = sl_log_names_add(reader->names, text(reader, line, "users"));
    record.database = sl_log_names_add(reader->names, text(reader, line, "databases"));
    record.application = sl_log_names_add(reader->names, text(reader, line, "applications"));
    record.location = sl_log_names_add(reader->names, text(reader, line, "location"));
    sl_log_emit_text(reader, &record, sql, off);
}

static void scan(struct sl_log_reader *reader)
{
    sl_str line;
    uint64_t off;
    while (sl_log_next_line(reader, &line, &off)) {
        struct sl_json_field field;
        line = sl_log_chomp(line);
        if (sl_json_find(line, SL_STR("normalised"), &field))
            add_shape(reader, line, off);
        else if (sl_json_find(line, SL_STR("stamplint_digest"), &field))
            add_counts(reader, line);
        else
            reader->counts->unknown_lines += line.len > 0;
    }
}

static unsigned weigh_head(sl_str head)
{
    return sl_str_has_prefix(head, SL_STR("{\"stamplint_digest\":")) ? 200000 : 0;
}

const struct sl_log_format sl_log_digest_lines = {
    .name = "digest",
    .title = "stamplint digest",
    .dialect = SL_DIALECT_POSTGRES, /* each line says its own */
    .weigh_head = weigh_head,
    .scan = scan,
};
