#include "source/sql_writer.h"

#include "base/vec.h"

void sl_sql_writer_init(struct sl_sql_writer *writer, struct sl_arena *arena, enum sl_dialect dialect)
{
    *writer = (struct sl_sql_writer){.arena = arena, .dialect = dialect};
}

static void writer_reserve(struct sl_sql_writer *writer, size_t more)
{
    if (writer->len + more <= writer->cap)
        return;
    size_t cap = writer->cap ? writer->cap : 128;
    while (cap < writer->len + more)
        cap *= 2;
    char *wider = sl_arena_alloc(writer->arena, cap);
    if (writer->len)
        memcpy(wider, writer->text, writer->len);
    writer->text = wider;
    writer->cap = cap;
}

void sl_sql_add_str(struct sl_sql_writer *writer, sl_str text)
{
    writer_reserve(writer, text.len + 1);
    if (text.len)
        memcpy(writer->text + writer->len, text.ptr, text.len);
    writer->len += text.len;
    writer->text[writer->len] = '\0';
}

void sl_sql_add(struct sl_sql_writer *writer, const char *text)
{
    sl_sql_add_str(writer, sl_str_from(text));
}

void sl_sql_add_token(struct sl_sql_writer *writer, sl_str text, struct sl_span span)
{
    if (writer->is_redirected)
        span = writer->instead;
    if (text.len)
        sl_segmap_add(&writer->map, writer->arena,
                      (struct sl_segment){(uint32_t)writer->len, (uint32_t)text.len, span.off, span.len});
    sl_sql_add_str(writer, text);
}

void sl_sql_add_bytes(struct sl_sql_writer *writer, sl_str bytes, uint32_t src_off)
{
    sl_sql_add_token(writer, bytes, (struct sl_span){src_off, (uint32_t)bytes.len});
}

/* `text` between two quotes, those inside doubled. */
static sl_str quoted(struct sl_sql_writer *writer, sl_str text, char quote, bool doubles_backslash)
{
    char *out = sl_arena_alloc(writer->arena, text.len * 2 + 3);
    size_t len = 0;
    out[len++] = quote;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote || (doubles_backslash && text.ptr[i] == '\\'))
            out[len++] = text.ptr[i];
        out[len++] = text.ptr[i];
    }
    out[len++] = quote;
    return (sl_str){out, len};
}

void sl_sql_add_name(struct sl_sql_writer *writer, sl_str name, struct sl_span span)
{
    char quote = writer->dialect == SL_DIALECT_MYSQL ? '`' : '"';
    size_t dot = sl_str_find_byte(name, '.'); /* schema.table is two names */
    if (dot != SIZE_MAX && dot > 0 && dot + 1 < name.len) {
        sl_sql_add_token(writer, quoted(writer, sl_str_slice(name, 0, dot), quote, false), span);
        sl_sql_add(writer, ".");
        name = sl_str_slice(name, dot + 1, SIZE_MAX);
    }
    sl_sql_add_token(writer, quoted(writer, name, quote, false), span);
}

void sl_sql_add_column(struct sl_sql_writer *writer, sl_str table, sl_str column, struct sl_span span)
{
    if (table.len) {
        sl_sql_add_name(writer, table, span);
        sl_sql_add(writer, ".");
    }
    sl_sql_add_name(writer, column, span);
}

void sl_sql_add_literal(struct sl_sql_writer *writer, sl_str value, struct sl_span span)
{
    sl_sql_add_token(writer, quoted(writer, value, '\'', writer->dialect == SL_DIALECT_MYSQL), span);
}

void sl_sql_add_placeholder(struct sl_sql_writer *writer, struct sl_span span)
{
    sl_sql_add_token(writer, SL_STR(":value"), span);
}

void sl_sql_add_writer(struct sl_sql_writer *writer, const struct sl_sql_writer *other)
{
    for (size_t i = 0; i < other->map.len; i++) {
        struct sl_segment segment = other->map.items[i];
        segment.out_off += (uint32_t)writer->len;
        if (writer->is_redirected) {
            segment.src_off = writer->instead.off;
            segment.src_len = writer->instead.len;
        }
        sl_segmap_add(&writer->map, writer->arena, segment);
    }
    sl_sql_add_str(writer, sl_sql_writer_text(other));
}

void sl_sql_add_slice(struct sl_sql_writer *writer, const struct sl_sql_writer *other, size_t from, size_t to)
{
    sl_str text = sl_sql_writer_text(other);
    size_t at = from;
    for (size_t i = 0; i < other->map.len && at < to; i++) {
        const struct sl_segment *s = &other->map.items[i];
        size_t begin = s->out_off > at ? s->out_off : at;
        size_t end = s->out_off + s->out_len < to ? s->out_off + s->out_len : to;
        if (begin >= end)
            continue;
        sl_sql_add_str(writer, sl_str_slice(text, at, begin - at));
        bool is_exact = s->out_len == s->src_len;
        uint32_t into = is_exact ? (uint32_t)(begin - s->out_off) : 0;
        sl_sql_add_token(writer, sl_str_slice(text, begin, end - begin),
                         (struct sl_span){s->src_off + into, is_exact ? (uint32_t)(end - begin) : s->src_len});
        at = end;
    }
    sl_sql_add_str(writer, sl_str_slice(text, at, to > at ? to - at : 0));
}

sl_str sl_sql_writer_text(const struct sl_sql_writer *writer)
{
    return writer->len ? (sl_str){writer->text, writer->len} : SL_STR_EMPTY;
}

struct sl_fragment *sl_sql_writer_emit(const struct sl_sql_writer *writer, struct sl_reading *reading,
                                       struct sl_span whole, uint32_t flags)
{
    struct sl_segmap map = writer->map;
    if (map.len == 0) /* nothing stands in the source: everything stands for the whole */
        sl_segmap_add(&map, writer->arena, (struct sl_segment){0, (uint32_t)writer->len, whole.off, whole.len});
    struct sl_fragment *fragment = SL_VEC_PUSH(writer->arena, reading);
    *fragment = (struct sl_fragment){
        .text = sl_sql_writer_text(writer), .map = map, .base_off = whole.off, .flags = flags, .whole = whole};
    return fragment;
}
