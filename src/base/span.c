#include "base/span.h"

#include "base/vec.h"

static bool is_utf8_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static uint32_t count_points(sl_str text, size_t from, size_t to)
{
    uint32_t n = 0;
    for (size_t i = from; i < to; i++)
        n += !is_utf8_continuation(text.ptr[i]);
    return n;
}

static uint32_t *count_strides(struct sl_arena *arena, sl_str text)
{
    size_t n = text.len / SL_LINES_STRIDE + 1;
    uint32_t *n_points = SL_NEW_ARRAY(arena, n, uint32_t);
    for (size_t i = 1; i < n; i++)
        n_points[i] = n_points[i - 1] + count_points(text, (i - 1) * SL_LINES_STRIDE, i * SL_LINES_STRIDE);
    return n_points;
}

/* Code points before byte `off`. A whole stride of as many characters as bytes needs no counting. */
static uint32_t points_before(const struct sl_lines *lines, uint32_t off)
{
    size_t stride = off / SL_LINES_STRIDE;
    size_t start = stride * SL_LINES_STRIDE;
    bool is_whole = start + SL_LINES_STRIDE <= lines->text.len;
    if (is_whole && lines->n_points[stride + 1] - lines->n_points[stride] == SL_LINES_STRIDE)
        return lines->n_points[stride] + (uint32_t)(off - start);
    return lines->n_points[stride] + count_points(lines->text, start, off);
}

void sl_lines_init(struct sl_lines *lines, struct sl_arena *arena, sl_str text)
{
    SL_VEC(uint32_t) starts = {0};
    *SL_VEC_PUSH(arena, &starts) = 0;
    const char *p = text.ptr;
    const char *end = text.ptr + text.len;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        p++;
        *SL_VEC_PUSH(arena, &starts) = (uint32_t)(p - text.ptr);
    }
    *lines = (struct sl_lines){.text = text, .start_off = starts.items, .n_lines = starts.len};
    lines->n_points = count_strides(arena, text);
}

/* The position in the text itself. */
static struct sl_position position_in_text(const struct sl_lines *lines, uint32_t off)
{
    if (off > lines->text.len)
        off = (uint32_t)lines->text.len;
    size_t line = sl_vec_last_at(lines->start_off, lines->n_lines, sizeof *lines->start_off, off);
    uint32_t start = lines->start_off[line];
    uint32_t col = 1 + points_before(lines, off) - points_before(lines, start);
    /* a line that begins inside a character counts that byte */
    col += off > start && is_utf8_continuation(lines->text.ptr[start]);
    return (struct sl_position){.line = (uint32_t)line + 1, .col = col};
}

/* The last origin at or before `off`. */
static const struct sl_line_origin *origin_of(const struct sl_lines *lines, uint32_t off)
{
    return &lines->origins[sl_vec_last_at(lines->origins, lines->n_origins, sizeof *lines->origins, off)];
}

struct sl_position sl_lines_position(const struct sl_lines *lines, uint32_t off)
{
    struct sl_position here = position_in_text(lines, off);
    if (lines->n_origins == 0)
        return here;
    const struct sl_line_origin *origin = origin_of(lines, off);
    struct sl_position from = position_in_text(lines, origin->off);
    if (here.line == from.line)
        return (struct sl_position){origin->at.line, origin->at.col + here.col - from.col};
    return (struct sl_position){origin->at.line + here.line - from.line, here.col};
}

sl_str sl_lines_text(const struct sl_lines *lines, uint32_t line)
{
    if (line == 0 || line > lines->n_lines)
        return SL_STR_EMPTY;
    sl_str rest = sl_str_slice(lines->text, lines->start_off[line - 1], SIZE_MAX);
    sl_str text = SL_STR_EMPTY;
    sl_str_next_line(&rest, &text);
    return text;
}
