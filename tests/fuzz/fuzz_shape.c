/*
 * The shape pass on any bytes: it ends, stays inside, its slots are where it says, and normalised bytes are their own
 * shape. The first byte chooses the dialect and whether packets are split.
 */
#include "source/shape.h"
#undef NDEBUG
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sl_shape_scan *scan, sl_str text)
{
    assert(scan->consumed <= text.len);
    assert(scan->consumed > 0 || text.len == 0);
    for (unsigned i = 0; i < scan->n_slots; i++) {
        assert(scan->slots[i].off < scan->normalised.len);
        assert(scan->normalised.bytes[scan->slots[i].off] == '?');
        assert(i == 0 || scan->slots[i].off > scan->slots[i - 1].off);
    }
    assert((uint64_t)scan->tags_off + scan->tags_len <= text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    enum sl_dialect dialect = (enum sl_dialect)(data[0] % (SL_DIALECT_COUNT + 1));
    bool splits = data[0] & 0x80;
    sl_str rest = {(const char *)data + 1, size - 1};
    struct sl_shape_scan scan = {0}, again = {0};
    struct sl_buf shorter = {0};
    sl_shape_shorten(rest, dialect, &shorter);
    do {
        sl_shape_scan(&scan, rest, dialect, splits);
        check(&scan, rest);
        sl_shape_scan(&again, sl_buf_str(&scan.normalised), dialect, false);
        check(&again, sl_buf_str(&scan.normalised));
        rest = sl_str_slice(rest, scan.consumed, rest.len);
    } while (rest.len && splits);
    sl_shape_scan_release(&scan);
    sl_shape_scan_release(&again);
    sl_buf_release(&shorter);
    return 0;
}
