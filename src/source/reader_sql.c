/* reader_sql: a file that is SQL already. Each part that goes up is one fragment, whose bytes are the source's own. */
#include "base/vec.h"
#include "source/language.h"
#include "source/layout.h"
#include "source/readers.h"

bool sl_sql_claims(const struct sl_source *source)
{
    return source->kind != SL_SOURCE_QUERY_LOG && sl_language_of_path(source->path) == SL_LANGUAGE_NONE;
}

struct part_closure {
    const struct sl_source *source;
    struct sl_arena *file;
    struct sl_reading *reading;
};

static void add_part(void *closure, struct sl_span part, uint32_t transaction)
{
    const struct part_closure *to = closure;
    *SL_VEC_PUSH(to->file, to->reading) = (struct sl_fragment){
        .text = sl_str_slice(to->source->bytes, part.off, part.len),
        .base_off = part.off,
        .transaction = transaction,
        .whole = part,
    };
}

enum sl_status sl_sql_read(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                           struct sl_error *err)
{
    (void)err;
    struct part_closure closure = {source, file, reading};
    sl_layout_each_up_part(source->layout, source->bytes, add_part, &closure);
    return SL_OK;
}
