#include "source/log/log.h"

#include <stdlib.h>

struct sl_log_record sl_log_record_at(const struct sl_log_reader *reader, uint64_t off)
{
    return (struct sl_log_record){
        .off = off, .line = reader->line, .path = reader->path, .dialect = (uint8_t)reader->dialect, .calls = 1};
}

void sl_log_emit_text(struct sl_log_reader *reader, const struct sl_log_record *record, sl_str text, uint64_t off)
{
    struct sl_log_block *block = reader->block;
    struct sl_log_record *added = SL_LOG_PUSH(&block->records);
    *added = *record;
    if (text.len > SL_LOG_RECORD_BYTES) {
        text.len = SL_LOG_RECORD_BYTES;
        added->flags |= SL_LOG_TRUNCATED;
    }
    added->text = text.ptr;
    added->len = (uint32_t)text.len;
    if (text.ptr >= reader->bytes && text.ptr < reader->bytes + reader->len)
        off = reader->base + (uint64_t)(text.ptr - reader->bytes);
    bool is_inside = off >= reader->base && off < reader->base + reader->len;
    added->at = is_inside ? (uint32_t)(off - reader->base) : UINT32_MAX;
    added->head_len = off >= record->off && off - record->off < SL_LOG_LINE_BYTES ? (uint32_t)(off - record->off) : 0;
    added->off = off;
}

void sl_log_emit(struct sl_log_reader *reader, const struct sl_log_record *record, uint64_t from, uint64_t to)
{
    sl_log_emit_text(reader, record, sl_log_slice(reader, from, to), from);
}
