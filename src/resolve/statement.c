#include "resolve/statement.h"

/* Does the segment stand for source bytes one to one, and hold the byte? */
static bool is_verbatim(const struct sl_segment *segment, uint32_t out_off)
{
    return segment->out_len == segment->src_len && out_off >= segment->out_off &&
           out_off - segment->out_off < segment->out_len;
}

/* [off, off+len) of the statement's own bytes → the source's bytes. */
static struct sl_span to_source(const struct sl_statement *statement, struct sl_span span)
{
    const struct sl_segmap *map = statement->fragment_map;
    uint32_t fragment_off = statement->statement_off + span.off;
    if (!map || map->len == 0)
        return (struct sl_span){.off = statement->fragment_off + fragment_off, .len = span.len};
    struct sl_span first = sl_segmap_lookup(map, fragment_off, NULL);
    if (span.len <= 1)
        return first;
    uint32_t last_off = fragment_off + span.len - 1;
    const struct sl_segment *begin = sl_segmap_segment_at(map, fragment_off);
    const struct sl_segment *end = sl_segmap_segment_at(map, last_off);
    struct sl_span last = sl_segmap_lookup(map, last_off, NULL);
    if (is_verbatim(end, last_off) || last.len == 0)
        last.len = 1;
    if (begin == end && is_verbatim(begin, fragment_off) && is_verbatim(end, last_off))
        return (struct sl_span){.off = first.off, .len = span.len};
    uint32_t len = last.off + last.len - first.off;
    if (last.off + last.len > first.off && len >= first.len && len <= span.len * 4 + 64)
        first.len = len > span.len && first.len >= span.len ? first.len : len;
    return first;
}

static struct sl_place place_of(const struct sl_statement *statement, struct sl_span span)
{
    struct sl_position begin = sl_lines_position(statement->lines, span.off);
    struct sl_position end = sl_lines_position(statement->lines, span.off + span.len);
    return (struct sl_place){.source_id = statement->source_id,
                             .off = span.off,
                             .len = span.len,
                             .line = begin.line,
                             .col = begin.col,
                             .end_line = end.line,
                             .end_col = end.col};
}

static struct sl_span token_span(const struct sl_statement *statement, uint32_t out_off)
{
    const struct sl_lowered_item *item = &statement->lowered->items[statement->item];
    return to_source(statement, sl_segmap_lookup(&item->map, out_off, NULL));
}

struct sl_place sl_statement_place(const struct sl_statement *statement, uint32_t out_off)
{
    return place_of(statement, token_span(statement, out_off));
}

struct sl_place sl_statement_source_place(const struct sl_statement *statement, struct sl_span span)
{
    return place_of(statement, to_source(statement, span));
}

struct sl_place sl_statement_whole(const struct sl_statement *statement)
{
    struct sl_span whole = {.off = 0, .len = statement->statement_len};
    if (statement->item != SL_NO_ITEM && statement->lowered->items[statement->item].source.len > 0)
        whole = statement->lowered->items[statement->item].source;
    return place_of(statement, to_source(statement, whole));
}

sl_str sl_statement_token(const struct sl_statement *statement, uint32_t out_off)
{
    struct sl_span span = token_span(statement, out_off);
    return sl_str_slice(statement->source_text, span.off, span.len);
}
