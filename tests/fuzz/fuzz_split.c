/* split: pieces ascend, do not overlap, lie inside the text, and no byte but white space and delimiters is lost
 * between. */
#include "base/arena.h"
#include "fuzz_input.h"
#include "sql/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct sl_sql_mode mode = fuzz_mode(data[0]);
    sl_str text = {(const char *)data + 1, size - 1};
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_pieces pieces = {0};
    sl_split(text, &mode, &arena, &pieces);
    size_t end = 0;
    for (size_t i = 0; i < pieces.len; i++) {
        struct sl_span span = pieces.items[i].span;
        FUZZ_HOLDS(span.len > 0 && span.off >= end && (size_t)span.off + span.len <= text.len);
        FUZZ_HOLDS(!sl_is_space(text.ptr[span.off]) && !sl_is_space(text.ptr[span.off + span.len - 1]));
        end = (size_t)span.off + span.len;
    }
    sl_arena_release(&arena);
    return 0;
}
