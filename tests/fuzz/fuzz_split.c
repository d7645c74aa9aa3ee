/* split: pieces ascend, do not overlap, lie inside the text, and no byte but white space and delimiters is lost
 * between. */
#include "fuzz_input.h"
#include "sql/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input;
    if (!fuzz_input_open(&input, data, size))
        return 0;
    sl_str text = input.text;
    struct sl_pieces pieces = {0};
    sl_split(text, &input.mode, &input.arena, &pieces);
    size_t end = 0;
    for (size_t i = 0; i < pieces.len; i++) {
        struct sl_span span = pieces.items[i].span;
        FUZZ_HOLDS(span.len > 0 && span.off >= end && (size_t)span.off + span.len <= text.len);
        FUZZ_HOLDS(!sl_is_space(text.ptr[span.off]) && !sl_is_space(text.ptr[span.off + span.len - 1]));
        end = (size_t)span.off + span.len;
    }
    sl_arena_release(&input.arena);
    return 0;
}
