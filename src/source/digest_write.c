#include "source/digest.h"
#include "source/log/stamp.h"

/* The bytes of the UTF-8 character at s[i]; 0: not valid there. */
static size_t utf8_len(sl_str s, size_t i)
{
    unsigned char c = (unsigned char)s.ptr[i];
    size_t n = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
    if (n == 0 || i + n > s.len)
        return 0;
    for (size_t k = 1; k < n; k++) {
        if (((unsigned char)s.ptr[i + k] & 0xC0) != 0x80)
            return 0;
    }
    unsigned char second = n > 1 ? (unsigned char)s.ptr[i + 1] : 0;
    bool is_overlong = (c == 0xE0 && second < 0xA0) || (c == 0xF0 && second < 0x90);
    bool is_out = (c == 0xED && second >= 0xA0) || (c == 0xF4 && second >= 0x90);
    return is_overlong || is_out ? 0 : n;
}

static void add_json_string(struct sl_buf *out, sl_str s)
{
    sl_buf_add_byte(out, '"');
    for (size_t i = 0; i < s.len;) {
        char c = s.ptr[i];
        size_t n = utf8_len(s, i);
        if (n == 0) {
            sl_buf_add(out, SL_STR("\xEF\xBF\xBD"));
            i++;
        } else if (c == '"' || c == '\\') {
            sl_buf_add_byte(out, '\\');
            sl_buf_add_byte(out, c);
            i++;
        } else if ((unsigned char)c < 0x20 || c == 0x7f) {
            sl_buf_add_printf(out, "\\u%04x", (unsigned char)c);
            i++;
        } else {
            sl_buf_add(out, sl_str_slice(s, i, n));
            i += n;
        }
    }
    sl_buf_add_byte(out, '"');
}

static void add_text(struct sl_buf *out, const char *key, sl_str value)
{
    if (value.len == 0)
        return;
    sl_buf_add_printf(out, ",\"%s\":", key);
    add_json_string(out, value);
}

static void add_number(struct sl_buf *out, const char *key, uint64_t value)
{
    if (value)
        sl_buf_add_printf(out, ",\"%s\":%llu", key, (unsigned long long)value);
}

static void add_flag(struct sl_buf *out, const char *key, bool value)
{
    if (value)
        sl_buf_add_printf(out, ",\"%s\":true", key);
}

static void add_stamp(struct sl_buf *out, const char *key, int64_t us)
{
    char stamp[32];
    if (us == 0)
        return;
    sl_stamp_render(us, stamp);
    sl_buf_add_printf(out, ",\"%s\":\"%s\"", key, stamp);
}

static void add_header(const struct sl_digest *digest, struct sl_buf *out)
{
    const struct sl_digest_counts *c = &digest->counts;
    uint64_t calls = 0;
    for (size_t i = 0; i < digest->n_shapes; i++)
        calls += digest->shapes[i].calls;
    sl_buf_add_printf(out, "{\"stamplint_digest\":%d,\"hash\":\"xxh3-128\",\"shapes\":%zu", SL_DIGEST_VERSION,
                      digest->n_shapes);
    add_number(out, "statements", c->statements);
    add_number(out, "calls", calls);
    add_number(out, "entries", c->entries);
    add_number(out, "administrative", c->administrative);
    add_number(out, "parse_bind", c->parse_bind);
    add_number(out, "cached", c->cached);
    add_number(out, "empty", c->empty);
    add_number(out, "plans", c->plans);
    add_number(out, "failed", c->failed);
    add_number(out, "truncated", c->truncated);
    add_number(out, "ambiguous", c->ambiguous);
    add_number(out, "damaged", c->damaged);
    add_number(out, "skipped_bytes", c->skipped_bytes);
    add_number(out, "unknown_lines", c->unknown_lines);
    add_number(out, "shapes_dropped", c->shapes_dropped);
    sl_buf_add(out, SL_STR("}\n"));
}

static void add_shape(const struct sl_shape *shape, bool with_samples, struct sl_buf *out)
{
    sl_buf_add_printf(out, "{\"hash\":\"%016llx%016llx\",\"dialect\":\"%s\"", (unsigned long long)shape->hash_hi,
                      (unsigned long long)shape->hash_lo, sl_dialect_name(shape->dialect));
    sl_buf_add_printf(out, ",\"calls\":%llu", (unsigned long long)shape->calls);
    add_number(out, "failed", shape->failed);
    add_number(out, "total_us", shape->total_us);
    add_flag(out, "has_duration", shape->has_duration);
    add_number(out, "rows_sent", shape->rows_sent);
    add_number(out, "rows_examined", shape->rows_examined);
    add_number(out, "rows_affected", shape->rows_affected);
    add_stamp(out, "first_seen", shape->first_seen_us);
    add_stamp(out, "last_seen", shape->last_seen_us);
    add_text(out, "users", shape->users);
    add_text(out, "databases", shape->databases);
    add_text(out, "applications", shape->applications);
    add_text(out, "location", shape->app_location);
    add_flag(out, "truncated", shape->is_truncated);
    add_flag(out, "normalised_log", shape->is_normalised);
    add_flag(out, "sampled", shape->is_sampled);
    add_flag(out, "ambiguous", shape->is_ambiguous);
    if (with_samples)
        add_text(out, "sample", shape->sample);
    add_text(out, "normalised", shape->normalised);
    sl_buf_add(out, SL_STR("}\n"));
}

void sl_digest_write(const struct sl_digest *digest, bool with_samples, struct sl_buf *out)
{
    add_header(digest, out);
    for (size_t i = 0; i < digest->n_shapes; i++)
        add_shape(&digest->shapes[i], with_samples, out);
}
