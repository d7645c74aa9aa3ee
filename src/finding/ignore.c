#include "finding/ignore.h"

#include "base/vec.h"
#include "finding/comment.h"
#include "graph/query.h"
#include "graph/write.h"

/* Lines of code that may stand between a marker and the statement that it means ("execute <<~SQL", "def up"). */
#define MAX_LINES_BETWEEN 3

/* A main statement of the source. */
struct extent {
    uint32_t statement_id, off, end, line, end_line;
};

struct extents {
    struct extent *items; /* by off */
    size_t len, cap;
};

static enum sl_status read_extents(struct sl_graph *graph, uint32_t source_id, struct sl_arena *arena,
                                   struct extents *extents, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT statement_id, off, off + len, line, end_line FROM statement"
                                   " WHERE source_id = ?1 AND role = 'main' ORDER BY off, statement_id"),
                            &query, err));
    sl_query_bind_int(query, 1, source_id);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    while (has_row) {
        *SL_VEC_PUSH(arena, extents) = (struct extent){
            (uint32_t)sl_query_int(query, 0), (uint32_t)sl_query_int(query, 1), (uint32_t)sl_query_int(query, 2),
            (uint32_t)sl_query_int(query, 3), (uint32_t)sl_query_int(query, 4)};
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    return SL_OK;
}

static bool is_comment_or_empty(sl_str line)
{
    static const sl_str openers[] = {SL_STR_INIT("--"), SL_STR_INIT("#"), SL_STR_INIT("//"), SL_STR_INIT("/*"),
                                     SL_STR_INIT("*")};
    line = sl_str_trim(line);
    if (line.len == 0)
        return true;
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
        if (sl_str_has_prefix(line, openers[i]))
            return true;
    return false;
}

static bool is_near(const struct sl_lines *lines, uint32_t marker_line, uint32_t statement_line)
{
    uint32_t n = 0;
    for (uint32_t line = marker_line + 1; line < statement_line && n <= MAX_LINES_BETWEEN; line++)
        n += !is_comment_or_empty(sl_lines_text(lines, line));
    return n <= MAX_LINES_BETWEEN;
}

/* The statement that a marker at `off` means, or 0: the smallest one around it, else one that ends on its line, else
 * the next one. */
static uint32_t statement_at(const struct extents *extents, const struct sl_lines *lines, uint32_t off, uint32_t line)
{
    const struct extent *around = NULL;
    const struct extent *before = NULL;
    const struct extent *after = NULL;
    for (size_t i = 0; i < extents->len && !after; i++) {
        const struct extent *e = &extents->items[i];
        if (e->off <= off && off < e->end && (!around || e->end - e->off < around->end - around->off))
            around = e;
        if (e->end <= off && e->end_line == line)
            before = e;
        if (e->off > off)
            after = e;
    }
    if (around)
        return around->statement_id;
    if (before)
        return before->statement_id;
    return after && is_near(lines, line, after->line) ? after->statement_id : 0;
}

static sl_str upper(struct sl_arena *arena, sl_str s)
{
    char *text = sl_arena_alloc(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        text[i] = (char)(s.ptr[i] >= 'a' && s.ptr[i] <= 'z' ? s.ptr[i] - 32 : s.ptr[i]);
    return (sl_str){text, s.len};
}

static const char *const kinds[] = {
    [SL_MARKER_IGNORE] = "ignore", [SL_MARKER_IGNORE_FILE] = "ignore_file", [SL_MARKER_ACK] = "ack"};

static enum sl_status add_markers(struct sl_graph *graph, uint32_t source_id, const struct sl_lines *lines,
                                  const struct sl_markers *markers, struct sl_arena *arena, struct sl_error *err)
{
    struct extents extents = {0};
    SL_TRY(read_extents(graph, source_id, arena, &extents, err));
    for (size_t i = 0; i < markers->len; i++) {
        const struct sl_marker *marker = &markers->items[i];
        struct sl_position begin = sl_lines_position(lines, marker->span.off);
        struct sl_position end = sl_lines_position(lines, marker->span.off + marker->span.len);
        struct sl_ignore_row row = {
            .kind = kinds[marker->kind],
            .rule = upper(arena, marker->rule),
            .reason = marker->reason,
            .place = {source_id, marker->span.off, marker->span.len, begin.line, begin.col, end.line, end.col}};
        if (marker->kind != SL_MARKER_IGNORE_FILE)
            row.statement_id = statement_at(&extents, lines, marker->span.off, begin.line);
        SL_TRY(sl_graph_add_ignore(graph, &row, err));
    }
    return SL_OK;
}

enum sl_status sl_ignore_add(struct sl_graph *graph, uint32_t source_id, const struct sl_lines *lines,
                             struct sl_error *err)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_markers markers = {0};
    sl_comment_scan(lines->text, &arena, &markers);
    enum sl_status status = SL_OK;
    if (markers.len > 0)
        status = add_markers(graph, source_id, lines, &markers, &arena, err);
    sl_arena_release(&arena);
    return status;
}

/* A finding on a body or a part belongs to the main statement above it too. */
#define SILENCES                                                                                                       \
    "(i.kind = 'ignore_file' AND i.source_id = f.source_id OR i.kind = 'ignore' AND i.statement_id IN ("               \
    " WITH RECURSIVE up(id) AS (SELECT f.statement_id UNION SELECT s.parent_id FROM statement AS s JOIN up"            \
    "  ON s.statement_id = up.id WHERE s.parent_id IS NOT NULL) SELECT id FROM up)) AND i.rule = f.rule"

enum sl_status sl_ignore_apply(struct sl_graph *graph, struct sl_error *err)
{
    int64_t n = 0;
    SL_TRY(sl_graph_query_int(graph, SL_STR("SELECT count(*) FROM ignore WHERE kind <> 'ack'"), 0, &n, err));
    if (n == 0)
        return SL_OK;
    return sl_graph_run(graph,
                        "UPDATE finding AS f SET status = 'ignored' WHERE f.status = 'shown' AND EXISTS"
                        " (SELECT 1 FROM ignore AS i WHERE " SILENCES ");"
                        "UPDATE ignore AS i SET is_used = 1 WHERE EXISTS"
                        " (SELECT 1 FROM finding AS f WHERE f.status = 'ignored' AND " SILENCES ")",
                        err);
}
