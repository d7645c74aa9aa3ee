#include "plan/edit.h"

#include "base/buf.h"
#include "base/span.h"

#define CONTEXT_LINES 3

void sl_edits_add(struct sl_edits *edits, struct sl_arena *arena, struct sl_edit edit)
{
    for (size_t i = 0; i < edits->len; i++) {
        if (edits->items[i].off == edit.off)
            return;
    }
    *SL_VEC_PUSH(arena, edits) = edit;
    for (size_t i = edits->len - 1; i > 0 && edits->items[i - 1].off > edits->items[i].off; i--) {
        struct sl_edit later = edits->items[i - 1];
        edits->items[i - 1] = edits->items[i];
        edits->items[i] = later;
    }
}

/* Does it add lines of its own, and leave the line that it stands before as it is? */
static bool is_line(const struct sl_edit *edit)
{
    return edit->len == 0 && sl_str_has_suffix(edit->text, SL_STR("\n"));
}

/* The bytes [off, end) with the edits that lie in them; added lines only if they are wanted. */
static void add_edited(struct sl_buf *out, sl_str bytes, size_t off, size_t end, const struct sl_edits *edits,
                       bool with_lines)
{
    for (size_t i = 0; i < edits->len; i++) {
        const struct sl_edit *edit = &edits->items[i];
        bool is_inside = edit->off >= off && (edit->off < end || (edit->off == end && end == bytes.len));
        if (!is_inside || (!with_lines && is_line(edit)))
            continue;
        sl_buf_add(out, sl_str_slice(bytes, off, edit->off - off));
        sl_buf_add(out, edit->text);
        off = edit->off + edit->len;
    }
    sl_buf_add(out, sl_str_slice(bytes, off, end - off));
}

sl_str sl_edits_apply(sl_str bytes, const struct sl_edits *edits, struct sl_arena *arena)
{
    struct sl_buf out = {0};
    add_edited(&out, bytes, 0, bytes.len, edits, true);
    sl_str result = sl_arena_copy(arena, sl_buf_str(&out));
    sl_buf_release(&out);
    return result;
}

static uint32_t line_end(const struct sl_lines *lines, uint32_t line)
{
    return line < lines->n_lines ? lines->start_off[line] : (uint32_t)lines->text.len;
}

/* Line `line` (1-based) behind `mark`, edited or not; a last line without an end is said to have none. */
static void add_line(struct sl_buf *out, const struct sl_lines *lines, uint32_t line, char mark,
                     const struct sl_edits *edits)
{
    static const struct sl_edits none = {0};
    uint32_t start = lines->start_off[line - 1];
    uint32_t end = line_end(lines, line);
    sl_buf_add_byte(out, mark);
    add_edited(out, lines->text, start, end, mark == '+' ? edits : &none, false);
    if (end == start || lines->text.ptr[end - 1] != '\n')
        sl_buf_add(out, SL_STR("\n\\ No newline at end of file\n"));
}

static bool is_changed(const struct sl_lines *lines, uint32_t line, const struct sl_edits *edits)
{
    for (size_t i = 0; i < edits->len; i++) {
        if (!is_line(&edits->items[i]) && sl_lines_position(lines, edits->items[i].off).line == line)
            return true;
    }
    return false;
}

/* The lines that edits add before `line`; answers how many (none are written where `out` is NULL). */
static uint32_t add_new_lines(struct sl_buf *out, const struct sl_lines *lines, uint32_t line,
                              const struct sl_edits *edits)
{
    uint32_t n = 0;
    for (size_t i = 0; i < edits->len; i++) {
        const struct sl_edit *edit = &edits->items[i];
        if (!is_line(edit) || edit->off != lines->start_off[line - 1])
            continue;
        sl_str rest = edit->text;
        sl_str added;
        for (; sl_str_next_line(&rest, &added); n++) {
            if (out)
                sl_buf_add_printf(out, "+%.*s\n", SL_STR_ARG(added));
        }
    }
    return n;
}

/* One hunk: lines [first, last]. Runs of changed lines are shown removed first, then added. *n_added counts the lines
 * that the hunks so far have added. */
static void add_hunk(struct sl_buf *out, const struct sl_lines *lines, uint32_t first, uint32_t last,
                     const struct sl_edits *edits, uint32_t *n_added)
{
    uint32_t n = last - first + 1;
    uint32_t n_new = 0;
    for (uint32_t line = first; line <= last; line++)
        n_new += add_new_lines(NULL, lines, line, edits);
    sl_buf_add_printf(out, "@@ -%u,%u +%u,%u @@\n", first, n, first + *n_added, n + n_new);
    *n_added += n_new;
    for (uint32_t line = first; line <= last;) {
        add_new_lines(out, lines, line, edits);
        if (!is_changed(lines, line, edits)) {
            add_line(out, lines, line++, ' ', edits);
            continue;
        }
        uint32_t end = line;
        do
            add_line(out, lines, end++, '-', edits);
        while (end <= last && is_changed(lines, end, edits) && !add_new_lines(NULL, lines, end, edits));
        for (; line < end; line++)
            add_line(out, lines, line, '+', edits);
    }
}

sl_str sl_edits_diff(sl_str path, sl_str bytes, const struct sl_edits *edits, struct sl_arena *arena)
{
    struct sl_lines lines;
    struct sl_buf out = {0};
    sl_lines_init(&lines, arena, bytes);
    uint32_t n_lines = (uint32_t)lines.n_lines;
    if (n_lines > 1 && lines.start_off[n_lines - 1] == bytes.len)
        n_lines--; /* behind the last line end there is no line */
    uint32_t n_added = 0;
    sl_buf_add_printf(&out, "--- a/%.*s\n+++ b/%.*s\n", SL_STR_ARG(path), SL_STR_ARG(path));
    for (size_t i = 0; i < edits->len;) {
        uint32_t line = sl_lines_position(&lines, edits->items[i].off).line;
        uint32_t first = line > CONTEXT_LINES ? line - CONTEXT_LINES : 1;
        uint32_t last = line;
        for (; i < edits->len; i++) {
            uint32_t next = sl_lines_position(&lines, edits->items[i].off).line;
            if (next > last + 2 * CONTEXT_LINES)
                break;
            last = next;
        }
        last = last + CONTEXT_LINES < n_lines ? last + CONTEXT_LINES : n_lines;
        add_hunk(&out, &lines, first, last, edits, &n_added);
    }
    sl_str diff = sl_arena_copy(arena, sl_buf_str(&out));
    sl_buf_release(&out);
    return diff;
}
