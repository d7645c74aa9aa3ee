#include "finding/frame.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/span.h"
#include "graph/query.h"

/* The source that is open at the moment. */
struct frames {
    struct sl_arena arena;
    int64_t source_id;
    bool has_lines;
    struct sl_lines lines;
    struct sl_buf text; /* of the frame */
    struct sl_query *findings, *update;
};

enum column {
    FINDING_ID,
    SOURCE_ID,
    PATH,
    N_BYTES,
    LINE,
    END_LINE,
    IS_LOG,
    STATEMENT_LINE,
    STATEMENT_COL,
    STATEMENT_TEXT,
    OFF,
    COL
};
static const char findings_sql[] =
    "SELECT f.finding_id, f.source_id, source.path, source.n_bytes, f.line, f.end_line, source.kind = 'query_log',"
    " s.line, s.col, s.text, f.off - s.off, f.col FROM finding AS f JOIN source USING (source_id)"
    " LEFT JOIN statement AS s ON s.statement_id = f.statement_id"
    " WHERE f.status = 'shown' AND f.frame IS NULL AND f.line > 0 ORDER BY f.source_id, f.finding_id";
static const char update_sql[] = "UPDATE finding SET frame = ?2, frame_line = ?3, frame_col = ?4 WHERE finding_id = ?1";

static bool read_all(int file, char *bytes, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = read(file, bytes + done, len - done);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

/* The bytes of the file, if it still is the one that was read. */
static bool read_source(const char *path, size_t n_bytes, struct sl_arena *arena, sl_str *bytes)
{
    if (n_bytes == 0 || n_bytes > SL_MAX_FILE_BYTES)
        return false;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return false;
    struct stat info;
    bool is_same = fstat(file, &info) == 0 && S_ISREG(info.st_mode) && (size_t)info.st_size == n_bytes;
    char *text = is_same ? sl_arena_alloc(arena, n_bytes) : NULL;
    bool is_read = text && read_all(file, text, n_bytes);
    close(file);
    *bytes = (sl_str){text, n_bytes};
    return is_read;
}

static void open_source(struct frames *frames)
{
    int64_t source_id = sl_query_int(frames->findings, SOURCE_ID);
    if (frames->source_id == source_id)
        return;
    sl_arena_reset(&frames->arena);
    frames->source_id = source_id;
    frames->has_lines = false;
    if (sl_query_int(frames->findings, IS_LOG))
        return;
    sl_str path = sl_arena_copy(&frames->arena, sl_query_str(frames->findings, PATH));
    sl_str bytes;
    if (!read_source(path.ptr, (size_t)sl_query_int(frames->findings, N_BYTES), &frames->arena, &bytes))
        return;
    sl_lines_init(&frames->lines, &frames->arena, bytes);
    frames->has_lines = true;
}

/* Adds `line` cut to SL_MAX_FRAME_LINE_BYTES. */
static void add_line(struct frames *frames, sl_str line)
{
    sl_buf_add(&frames->text, sl_str_slice(line, 0, SL_MAX_FRAME_LINE_BYTES));
    sl_buf_add_byte(&frames->text, '\n');
}

static void frame_from_source(struct frames *frames, int64_t line, int64_t end_line)
{
    for (int64_t i = line; i <= end_line && i < line + SL_MAX_FRAME_LINES; i++)
        if (i <= (int64_t)frames->lines.n_lines)
            add_line(frames, sl_lines_text(&frames->lines, (uint32_t)i));
}

/* The statement's text begins at its own line and column: spaces stand for what was before it. */
static void frame_from_statement(struct frames *frames, int64_t line, int64_t end_line)
{
    const struct sl_query *row = frames->findings;
    sl_str rest = sl_query_str(row, STATEMENT_TEXT);
    int64_t number = sl_query_int(row, STATEMENT_LINE);
    bool is_first = true;
    sl_str text;
    for (; sl_str_next_line(&rest, &text) && number <= end_line; number++, is_first = false) {
        if (number < line || number >= line + SL_MAX_FRAME_LINES)
            continue;
        for (int64_t i = 1; is_first && i < sl_query_int(row, STATEMENT_COL) && i < SL_MAX_FRAME_LINE_BYTES; i++)
            sl_buf_add_byte(&frames->text, ' ');
        add_line(frames, text);
    }
}

/*
 * A log's statement stands behind other things, or on one line with escapes: the lines of its text are shown, from the
 * one with the place on, and *col is where in the log that line's first character is.
 */
static void frame_from_log(struct frames *frames, int64_t line, int64_t end_line, int64_t *col)
{
    const struct sl_query *row = frames->findings;
    sl_str text = sl_query_str(row, STATEMENT_TEXT);
    int64_t off = sl_query_int(row, OFF);
    if (off < 0 || (uint64_t)off > text.len)
        return;
    size_t from = (size_t)off, n_before = 0;
    while (from > 0 && text.ptr[from - 1] != '\n')
        n_before += ((unsigned char)text.ptr[--from] & 0xc0) != 0x80;
    *col = sl_query_int(row, COL) - (int64_t)n_before;
    sl_str rest = sl_str_slice(text, from, text.len), shown;
    for (int64_t i = line; i <= end_line && i < line + SL_MAX_FRAME_LINES && sl_str_next_line(&rest, &shown); i++)
        add_line(frames, shown);
}

static enum sl_status fill_one(struct frames *frames, struct sl_error *err)
{
    const struct sl_query *row = frames->findings;
    open_source(frames);
    int64_t line = sl_query_int(row, LINE);
    int64_t end_line = sl_query_int(row, END_LINE);
    int64_t col = 1;
    sl_buf_reset(&frames->text);
    if (frames->has_lines)
        frame_from_source(frames, line, end_line);
    else if (sl_query_int(row, IS_LOG))
        frame_from_log(frames, line, end_line, &col);
    else
        frame_from_statement(frames, line, end_line);
    if (frames->text.len == 0)
        return SL_OK;
    sl_query_bind_int(frames->update, 1, sl_query_int(row, FINDING_ID));
    sl_query_bind_str(frames->update, 2, sl_buf_str(&frames->text));
    sl_query_bind_int(frames->update, 3, line);
    sl_query_bind_int(frames->update, 4, col);
    return sl_query_run(frames->update, err);
}

static enum sl_status fill_all(struct sl_graph *graph, struct frames *frames, struct sl_error *err)
{
    SL_TRY(sl_query_prepare(graph, SL_STR(findings_sql), &frames->findings, err));
    SL_TRY(sl_query_prepare(graph, SL_STR(update_sql), &frames->update, err));
    bool has_row = false;
    SL_TRY(sl_query_step(frames->findings, &has_row, err));
    while (has_row) {
        SL_TRY(fill_one(frames, err));
        SL_TRY(sl_query_step(frames->findings, &has_row, err));
    }
    return SL_OK;
}

enum sl_status sl_frame_fill(struct sl_graph *graph, struct sl_error *err)
{
    struct frames frames = {.source_id = -1};
    sl_arena_init(&frames.arena);
    enum sl_status status = fill_all(graph, &frames, err);
    sl_query_close(frames.findings);
    sl_query_close(frames.update);
    sl_buf_release(&frames.text);
    sl_arena_release(&frames.arena);
    return status;
}
