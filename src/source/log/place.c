#include "source/log/place.h"

#include "base/vec.h"

/* What envelopes put in front of a line of PostgreSQL's, between two of these, is not in the file. */
#define MARK '\x1e'

/* Characters that the byte takes in the log; 0: it ends the line. */
static uint32_t width_of(enum sl_log_encoding layout, char c)
{
    unsigned char byte = (unsigned char)c;
    if ((byte & 0xC0) == 0x80) /* counted with its first byte */
        return 0;
    switch (layout) {
    case SL_LOG_JSON:
        if (c == '\n' || c == '\r' || c == '\t' || c == '"' || c == '\\')
            return 2;
        return byte < 0x20 ? 6 : 1;
    case SL_LOG_BACKSLASH:
        return c == '\n' || c == '\t' || c == '\\' || c == '\0' ? 2 : 1;
    case SL_LOG_CSV:
        return c == '"' ? 2 : 1;
    case SL_LOG_XML:
        return c == '<' || c == '>' ? 4 : c == '&' ? 5 : c == '"' ? 6 : 1;
    case SL_LOG_PLAIN:
    case SL_LOG_TABBED:
    case SL_LOG_CELL:
        break;
    }
    return 1;
}

/* Moves *at over the byte. True: what follows does not stand right behind it, as it would in a plain file. */
static bool step(struct sl_position *at, enum sl_log_encoding layout, char c)
{
    bool is_one_line = layout == SL_LOG_JSON || layout == SL_LOG_BACKSLASH;
    if (c == '\n' && !is_one_line) {
        at->line++;
        at->col = layout == SL_LOG_TABBED ? 2 : 1;
        return layout == SL_LOG_TABBED;
    }
    uint32_t width = width_of(layout, c);
    at->col += width;
    return width > 1;
}

struct sl_position sl_log_place_start(const struct sl_log_block *block, const struct sl_log_record *record,
                                      sl_str before)
{
    struct sl_position at = {record->line ? record->line : 1, 1 + record->head_col};
    enum sl_log_encoding layout = record->layout ? (enum sl_log_encoding)(record->layout - 1) : record->encoding;
    bool is_there = record->at != UINT32_MAX && record->at >= record->head_len && record->at <= block->len;
    if (!is_there)
        at.col += record->head_len;
    const char *p = block->bytes + (is_there ? record->at - record->head_len : 0);
    while (is_there && record->head_col == 0 && p > block->bytes && p[-1] != '\n')
        p--; /* a row in the middle of a line */
    const char *end = block->bytes + (is_there ? record->at : 0);
    enum sl_log_encoding head = layout == SL_LOG_JSON && record->head_col ? SL_LOG_JSON : SL_LOG_PLAIN;
    for (; p < end; p++) {
        const char *mark = *p == MARK ? memchr(p + 1, MARK, (size_t)(end - p - 1)) : NULL;
        if (mark)
            p = mark;
        else
            step(&at, head, *p);
    }
    for (size_t i = 0; i < before.len; i++)
        step(&at, layout, before.ptr[i]);
    return at;
}

void sl_log_place(const struct sl_shape *shape, struct sl_arena *arena, struct sl_lines *lines)
{
    SL_VEC(struct sl_line_origin) origins = {0};
    struct sl_position at = {shape->line ? shape->line : 1, shape->col ? shape->col : 1};
    *SL_VEC_PUSH(arena, &origins) = (struct sl_line_origin){0, at};
    for (size_t i = 0; i < lines->text.len && origins.len < SL_LOG_MAX_ORIGINS; i++) {
        if (step(&at, (enum sl_log_encoding)shape->layout, lines->text.ptr[i]))
            *SL_VEC_PUSH(arena, &origins) = (struct sl_line_origin){(uint32_t)i + 1, at};
    }
    lines->origins = origins.items;
    lines->n_origins = origins.len;
}
