#include "sql/emit.h"

#include "base/vec.h"

void sl_emit_init(struct sl_emit *emit, struct sl_arena *arena)
{
    *emit = (struct sl_emit){.arena = arena};
}

size_t sl_emit_mark(const struct sl_emit *emit)
{
    return emit->len;
}

static struct sl_chunk *push(struct sl_emit *emit)
{
    return SL_VEC_PUSH(emit->arena, emit);
}

void sl_emit_add(struct sl_emit *emit, sl_str text, struct sl_span source)
{
    if (emit->muted || text.len == 0)
        return;
    *push(emit) =
        (struct sl_chunk){.ptr = text.ptr, .len = (uint32_t)text.len, .src_off = source.off, .src_len = source.len};
}

void sl_emit_insert(struct sl_emit *emit, const char *text, uint32_t src_off)
{
    sl_emit_add(emit, sl_str_from(text), (struct sl_span){.off = src_off, .len = 0});
}

void sl_emit_insert_tight(struct sl_emit *emit, const char *text, uint32_t src_off)
{
    if (emit->muted)
        return;
    sl_emit_insert(emit, text, src_off);
    emit->items[emit->len - 1].is_tight = true;
}

void sl_emit_open_at(struct sl_emit *emit, size_t mark)
{
    if (!emit->muted && mark < emit->len)
        emit->items[mark].n_open++;
}

void sl_emit_rewrite(struct sl_emit *emit, size_t mark, const char *text)
{
    if (emit->muted)
        return;
    emit->items[mark].ptr = text;
    emit->items[mark].len = (uint32_t)strlen(text);
}

void sl_emit_truncate(struct sl_emit *emit, size_t mark)
{
    if (mark < emit->len)
        emit->len = mark;
}

static bool is_lone(const struct sl_chunk *chunk, char c)
{
    return chunk->len == 1 && chunk->ptr[0] == c;
}

static bool wants_blank(const struct sl_chunk *before, const struct sl_chunk *chunk)
{
    bool is_opened = before->ptr[before->len - 1] == '(';
    if (chunk->n_open > 0)
        return !is_opened;
    if (chunk->is_tight || is_lone(chunk, ',') || chunk->ptr[0] == ')' || is_lone(chunk, '.'))
        return false;
    return !is_opened && !is_lone(before, '.');
}

void sl_emit_write(struct sl_emit *emit, size_t mark, sl_str *text, struct sl_segmap *map)
{
    size_t room = 1;
    for (size_t i = mark; i < emit->len; i++)
        room += emit->items[i].len + emit->items[i].n_open + 1;
    char *start = sl_arena_alloc(emit->arena, room);
    char *to = start;
    size_t n = emit->len > mark ? emit->len - mark : 0;
    *map = (struct sl_segmap){.items = SL_NEW_ARRAY(emit->arena, n, struct sl_segment), .cap = n};
    for (size_t i = mark; i < emit->len; i++) {
        const struct sl_chunk *chunk = &emit->items[i];
        if (i > mark && wants_blank(&chunk[-1], chunk))
            *to++ = ' ';
        memset(to, '(', chunk->n_open);
        to += chunk->n_open;
        map->items[map->len++] =
            (struct sl_segment){(uint32_t)(to - start), chunk->len, chunk->src_off, chunk->src_len};
        memcpy(to, chunk->ptr, chunk->len);
        to += chunk->len;
    }
    *text = (sl_str){start, (size_t)(to - start)};
    sl_emit_truncate(emit, mark);
}
