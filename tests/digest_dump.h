/*
 * digest_dump: a digest as text, for goldens: what it was taken for, the counts that are not 0, a line a shape.
 */
#ifndef SL_TESTS_DIGEST_DUMP_H
#define SL_TESTS_DIGEST_DUMP_H

#include "source/digest.h"
#include "source/log/stamp.h"

#define DUMPED_TEXT_BYTES 120

static inline void dump_text(struct sl_buf *out, sl_str text)
{
    for (size_t i = 0; i < text.len && i < DUMPED_TEXT_BYTES; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c >= 0x7f)
            sl_buf_add_printf(out, "\\x%02x", c);
        else
            sl_buf_add_byte(out, (char)c);
    }
    if (text.len > DUMPED_TEXT_BYTES)
        sl_buf_add_printf(out, "… (%zu bytes)", text.len);
}

static inline void dump_count(struct sl_buf *out, const char *name, uint64_t value)
{
    if (value)
        sl_buf_add_printf(out, "%s %llu\n", name, (unsigned long long)value);
}

static inline void dump_named(struct sl_buf *out, const char *name, sl_str value)
{
    if (value.len == 0)
        return;
    sl_buf_add_printf(out, " %s=", name);
    dump_text(out, value);
}

static inline void dump_shape(struct sl_buf *out, const struct sl_shape *shape)
{
    sl_buf_add_printf(out, "%llu", (unsigned long long)shape->calls);
    if (shape->failed)
        sl_buf_add_printf(out, " failed=%llu", (unsigned long long)shape->failed);
    if (shape->has_duration)
        sl_buf_add_printf(out, " us=%llu", (unsigned long long)shape->total_us);
    if (shape->first_seen_us) {
        char stamp[32];
        sl_stamp_render(shape->first_seen_us, stamp);
        sl_buf_add_printf(out, " first=%s", stamp);
    }
    dump_named(out, "users", shape->users);
    dump_named(out, "databases", shape->databases);
    dump_named(out, "applications", shape->applications);
    dump_named(out, "location", shape->app_location);
    sl_buf_add_printf(out, " at=%u:%u%s%s%s%s\n    ", shape->line, shape->col, shape->is_truncated ? " truncated" : "",
                      shape->is_normalised ? " normalised" : "", shape->is_sampled ? " sampled" : "",
                      shape->is_ambiguous ? " ambiguous" : "");
    dump_text(out, shape->normalised);
    sl_buf_add_byte(out, '\n');
}

static inline void dump_digest(struct sl_buf *out, const struct sl_digest *digest)
{
    const struct sl_digest_counts *c = &digest->counts;
    size_t colon = sl_str_find(digest->format, SL_STR(": ")); /* the path is another one on every machine */
    sl_buf_add(out, sl_str_slice(digest->format, colon == SIZE_MAX ? 0 : colon + 2, SIZE_MAX));
    sl_buf_add_byte(out, '\n');
    dump_count(out, "entries", c->entries);
    dump_count(out, "statements", c->statements);
    dump_count(out, "failed", c->failed);
    dump_count(out, "administrative", c->administrative);
    dump_count(out, "parse_bind", c->parse_bind);
    dump_count(out, "cached", c->cached);
    dump_count(out, "plans", c->plans);
    dump_count(out, "empty", c->empty);
    dump_count(out, "truncated", c->truncated);
    dump_count(out, "ambiguous", c->ambiguous);
    dump_count(out, "skipped_bytes", c->skipped_bytes);
    dump_count(out, "unknown_lines", c->unknown_lines);
    dump_count(out, "shapes_dropped", c->shapes_dropped);
    dump_count(out, "duplicates", c->duplicates);
    dump_count(out, "damaged", c->damaged);
    dump_count(out, "shapes", digest->n_shapes);
    for (size_t i = 0; i < digest->n_shapes; i++)
        dump_shape(out, &digest->shapes[i]);
}

#endif
