/*
 * span: a range of bytes in a source, and where it stands for people.
 *
 * `_off` is a 0-based byte offset. `line` and `col` are 1-based; a column counts Unicode code points (invalid bytes
 * count one each), as ARCHITECTURE.md fixes it for JSON. A line ends at "\n"; a "\r" before it belongs to the line end.
 */
#ifndef SL_BASE_SPAN_H
#define SL_BASE_SPAN_H

#include "base/arena.h"

struct sl_span {
    uint32_t off;
    uint32_t len;
};

struct sl_position {
    uint32_t line;
    uint32_t col;
};

/* The bytes of a text from `off` on stand at `at` in a file, up to the next one. */
struct sl_line_origin {
    uint32_t off;
    struct sl_position at;
};

/* Where each line of a text starts. */
struct sl_lines {
    sl_str text;
    uint32_t *start_off;
    size_t n_lines;
    uint32_t *n_points; /* code points before byte i * SL_LINES_STRIDE: columns of very long lines stay cheap */
    /* Of a text that was taken out of a file: ascending, the first at 0. None: the text is the file. */
    const struct sl_line_origin *origins;
    size_t n_origins;
};

enum { SL_LINES_STRIDE = 1024 };

/* The array lives in `arena`; `text` is borrowed. */
void sl_lines_init(struct sl_lines *lines, struct sl_arena *arena, sl_str text);
/* Where it stands in the file: offsets behind the end give the position behind the last character. */
struct sl_position sl_lines_position(const struct sl_lines *lines, uint32_t off);
/* Line `line` (1-based) without its end; empty if there is none. */
sl_str sl_lines_text(const struct sl_lines *lines, uint32_t line);

#endif
