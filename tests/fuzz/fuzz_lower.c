/* lower: segments ascend and lie inside both texts, facts and positions inside the source, every word of the output is
 * in the map, and the same input gives the same output. */
#include "fuzz_input.h"
#include "sql/understand.h"

static void check_map(const struct sl_lowered_item *item, sl_str text)
{
    size_t end = 0;
    for (size_t i = 0; i < item->map.len; i++) {
        const struct sl_segment *segment = &item->map.items[i];
        /* Between segments stand blanks and parentheses, in PostgreSQL's statements comments too. */
        FUZZ_HOLDS(segment->out_off >= end);
        end = (size_t)segment->out_off + segment->out_len;
        FUZZ_HOLDS(end <= item->text.len);
        FUZZ_HOLDS((size_t)segment->src_off + segment->src_len <= text.len);
    }
    FUZZ_HOLDS((size_t)item->source.off + item->source.len <= text.len);
}

static void check_words(const struct sl_lowered_item *item, enum sl_dialect dialect)
{
    size_t next = 0;
    for (size_t i = 0; i < item->text.len && dialect != SL_DIALECT_POSTGRES; i++) {
        while (next < item->map.len && i >= (size_t)item->map.items[next].out_off + item->map.items[next].out_len)
            next++;
        bool is_covered = next < item->map.len && i >= item->map.items[next].out_off;
        FUZZ_HOLDS(is_covered || item->text.ptr[i] == ' ' || item->text.ptr[i] == '(');
    }
}

static void check_lowered(const struct sl_lowered *lowered, sl_str text, enum sl_dialect dialect)
{
    FUZZ_HOLDS(lowered->error_off <= text.len);
    for (size_t i = 0; i < lowered->n_items; i++) {
        check_map(&lowered->items[i], text);
        check_words(&lowered->items[i], dialect);
    }
    for (size_t i = 0; i < lowered->n_facts; i++)
        FUZZ_HOLDS((size_t)lowered->facts[i].span.off + lowered->facts[i].span.len <= text.len);
}

static void check_same(const struct sl_lowered *a, const struct sl_lowered *b)
{
    FUZZ_HOLDS(a->kind == b->kind && a->n_items == b->n_items && a->n_facts == b->n_facts);
    for (size_t i = 0; i < a->n_items; i++)
        FUZZ_HOLDS(sl_str_eq(a->items[i].text, b->items[i].text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input;
    if (!fuzz_input_open(&input, data, size))
        return 0;
    sl_str text = input.text;
    struct sl_understood understood;
    sl_understand(text, &input.mode, &input.arena, &understood);
    FUZZ_HOLDS(understood.error_off <= text.len);
    FUZZ_HOLDS(understood.is_ok == (understood.error.len == 0));
    check_lowered(&understood.lower, text, input.mode.dialect);
    struct sl_lowered again;
    sl_lower(text, &input.mode, &input.arena, &again);
    check_same(&understood.lower, &again);
    sl_arena_release(&input.arena);
    return 0;
}
