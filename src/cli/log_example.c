#include "cli/log_example.h"

#include <stdio.h>

#include "base/vec.h"
#include "sql/split.h"

#define LOG_BEGIN_US 1714521600000000 /* 2024-05-01 */

/* Where the statement begins behind its comment lines; reads "-- log:" on the way. */
static size_t skip_comments(sl_str text, struct sl_shape *shape)
{
    sl_str rest = text;
    sl_str line;
    size_t off = 0;
    while (sl_str_next_line(&rest, &line)) {
        sl_str trimmed = sl_str_trim(line);
        if (trimmed.len > 0 && !sl_str_has_prefix(trimmed, SL_STR("--")))
            return off;
        unsigned long long calls = 1, rows = 0, minutes = 0;
        char terminated[128];
        snprintf(terminated, sizeof terminated, "%.*s", SL_STR_ARG(trimmed));
        if (sscanf(terminated, "-- log: calls=%llu rows=%llu minutes=%llu", &calls, &rows, &minutes) > 0) {
            shape->calls = calls;
            shape->rows_affected = rows;
            shape->last_seen_us = LOG_BEGIN_US + (int64_t)minutes * 60000000;
        }
        off = (size_t)(rest.ptr - text.ptr);
    }
    return text.len;
}

static bool is_ddl(sl_str statement)
{
    static const sl_str words[] = {SL_STR_INIT("create"), SL_STR_INIT("alter"), SL_STR_INIT("drop"),
                                   SL_STR_INIT("set ")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (sl_str_has_prefix_nocase(statement, words[i]))
            return true;
    return false;
}

static uint32_t line_of(sl_str text, size_t off)
{
    uint32_t line = 1;
    for (size_t i = 0; i < off; i++)
        line += text.ptr[i] == '\n';
    return line;
}

void sl_log_example_make(sl_str text, enum sl_dialect dialect, struct sl_arena *arena, struct sl_log_example *out)
{
    struct sl_sql_mode mode = {.dialect = dialect};
    struct sl_pieces pieces = {0};
    sl_split(text, &mode, arena, &pieces);
    char *schema = sl_arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        schema[i] = text.ptr[i] == '\n' ? '\n' : ' ';
    *out = (struct sl_log_example){.schema = {schema, text.len}};
    out->digest.shapes = SL_NEW_ARRAY(arena, pieces.len, struct sl_shape);
    for (size_t i = 0; i < pieces.len; i++) {
        struct sl_span span = pieces.items[i].span;
        struct sl_shape shape = {
            .dialect = dialect, .calls = 1, .first_seen_us = LOG_BEGIN_US, .last_seen_us = LOG_BEGIN_US};
        size_t comments = skip_comments(sl_str_slice(text, span.off, span.len), &shape);
        shape.sample = sl_str_slice(text, span.off + comments, span.len - comments);
        if (pieces.items[i].kind != SL_PIECE_STATEMENT || shape.sample.len == 0)
            continue;
        if (is_ddl(shape.sample)) {
            memcpy(schema + span.off, text.ptr + span.off, span.len + (span.off + span.len < text.len));
            continue;
        }
        shape.path = sl_arena_printf(arena, "example.log:%u", line_of(text, span.off + comments));
        out->digest.shapes[out->digest.n_shapes++] = shape;
    }
}

uint32_t sl_log_example_line(sl_str path, uint32_t line)
{
    static const sl_str prefix = SL_STR_INIT("example.log:");
    uint64_t first = 0;
    if (!sl_str_has_prefix(path, prefix) || !sl_str_to_u64(sl_str_slice(path, prefix.len, SIZE_MAX), &first))
        return line;
    return (uint32_t)first + line - 1;
}
