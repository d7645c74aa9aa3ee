#include "source/log/tags.h"

#include "source/log/text.h"

static bool is_key_byte(char c)
{
    return sl_is_alpha(c) || sl_is_digit(c) || c == '_' || c == '-' || c == '.' || c == '%';
}

static size_t key_len(sl_str s)
{
    size_t n = 0;
    while (n < s.len && is_key_byte(s.ptr[n]))
        n++;
    return n;
}

/* \x → x, then %41 → A and %% → %. */
static void add_decoded(struct sl_buf *scratch, sl_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '\\' && i + 1 < value.len) {
            c = value.ptr[++i];
        } else if (c == '%' && i + 1 < value.len && value.ptr[i + 1] == '%') {
            i++;
        }
        if (c == '%' && i + 2 < value.len && sl_hex_digit(value.ptr[i + 1]) >= 0 &&
            sl_hex_digit(value.ptr[i + 2]) >= 0) {
            c = (char)(sl_hex_digit(value.ptr[i + 1]) * 16 + sl_hex_digit(value.ptr[i + 2]));
            i += 2;
        }
        sl_buf_add_byte(scratch, c);
    }
}

/* The end of a marginalia value: a comma with another key and a colon behind it. */
static size_t plain_value_len(sl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != ',')
            continue;
        sl_str rest = sl_str_slice(s, i + 1, s.len);
        size_t n = key_len(rest);
        if (n && n < rest.len && (rest.ptr[n] == ':' || rest.ptr[n] == '='))
            return i;
    }
    return s.len;
}

static size_t quoted_value_len(sl_str s)
{
    size_t i = 1;
    while (i < s.len && s.ptr[i] != '\'')
        i += s.ptr[i] == '\\' ? 2 : 1;
    return i < s.len ? i + 1 : s.len;
}

/* Takes the next tag off *rest; its value is decoded into *scratch behind what is there. False at the end. */
static bool next_tag(sl_str *rest, struct sl_buf *scratch, sl_str *key, sl_str *value)
{
    while (rest->len) {
        *rest = sl_str_trim(*rest);
        size_t n = key_len(*rest);
        char mark = n < rest->len ? rest->ptr[n] : '\0';
        if (n == 0 || (mark != '=' && mark != ':')) {
            size_t comma = sl_str_find_byte(*rest, ',');
            *rest = comma == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(*rest, comma + 1, rest->len);
            continue;
        }
        *key = sl_str_slice(*rest, 0, n);
        sl_str after = sl_str_slice(*rest, n + 1, rest->len);
        bool quoted = mark == '=' && after.len && after.ptr[0] == '\'';
        size_t len = quoted ? quoted_value_len(after) : plain_value_len(after);
        sl_str raw = sl_str_slice(after, 0, len);
        size_t from = scratch->len;
        if (quoted)
            add_decoded(scratch, sl_str_slice(raw, 1, raw.len >= 2 ? raw.len - 2 : 0));
        else if (mark == '=' && sl_str_find_byte(raw, ',') != SIZE_MAX)
            sl_buf_add(scratch, sl_str_slice(raw, 0, sl_str_find_byte(raw, ',')));
        else
            sl_buf_add(scratch, sl_str_trim(raw));
        *value = sl_str_slice(sl_buf_str(scratch), from, scratch->len);
        *rest = sl_str_slice(after, len, after.len);
        if (rest->len && rest->ptr[0] == ',')
            *rest = sl_str_slice(*rest, 1, rest->len);
        return true;
    }
    return false;
}

/* "/app/models/entry.rb:42:in `daily'" → "app/models/entry.rb:42": marginalia cuts the application's root off. */
static sl_str without_method(sl_str place)
{
    if (sl_str_has_prefix(place, SL_STR("/app/")) || sl_str_has_prefix(place, SL_STR("/lib/")))
        place = sl_str_slice(place, 1, place.len);
    size_t method = sl_str_find(place, SL_STR(":in "));
    return method == SIZE_MAX ? place : sl_str_slice(place, 0, method);
}

enum tag {
    TAG_APPLICATION,
    TAG_LINE,
    TAG_CONTROLLER,
    TAG_ACTION,
    TAG_JOB,
    TAG_ROUTE,
    TAG_COUNT,
};

static const struct {
    const char *key;
    enum tag tag;
} known[] = {
    {"application", TAG_APPLICATION},
    {"app", TAG_APPLICATION},
    {"db_driver", TAG_COUNT},
    {"line", TAG_LINE},
    {"source_location", TAG_LINE},
    {"file", TAG_LINE},
    {"controller", TAG_CONTROLLER},
    {"namespaced_controller", TAG_CONTROLLER},
    {"controller_with_namespace", TAG_CONTROLLER},
    {"action", TAG_ACTION},
    {"job", TAG_JOB},
    {"route", TAG_ROUTE},
    {"func", TAG_ROUTE},
};

static enum tag tag_of(sl_str key)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (sl_str_eq_nocase(key, sl_str_from(known[i].key)))
            return known[i].tag;
    }
    return TAG_COUNT;
}

bool sl_tags_read(sl_str comment, struct sl_buf *scratch, struct sl_tags *tags)
{
    sl_buf_reset(scratch);
    size_t off[TAG_COUNT] = {0}, len[TAG_COUNT] = {0};
    sl_str key, value;
    while (next_tag(&comment, scratch, &key, &value)) {
        enum tag tag = tag_of(key);
        if (tag == TAG_COUNT || value.len == 0)
            continue;
        off[tag] = (size_t)(value.ptr - scratch->bytes);
        len[tag] = value.len;
    }
    size_t from = scratch->len;
    bool has_controller = len[TAG_CONTROLLER] || len[TAG_ACTION];
    if (has_controller) {
        /* controller#action; either may be missing */
        sl_buf_reserve(scratch, len[TAG_CONTROLLER] + len[TAG_ACTION] + 1);
        sl_buf_add(scratch, (sl_str){scratch->bytes + off[TAG_CONTROLLER], len[TAG_CONTROLLER]});
        if (len[TAG_ACTION])
            sl_buf_add_byte(scratch, '#');
        sl_buf_add(scratch, (sl_str){scratch->bytes + off[TAG_ACTION], len[TAG_ACTION]});
    }
    sl_str all = sl_buf_str(scratch);
    tags->application = sl_str_slice(all, off[TAG_APPLICATION], len[TAG_APPLICATION]);
    if (len[TAG_LINE])
        tags->location = without_method(sl_str_slice(all, off[TAG_LINE], len[TAG_LINE]));
    else if (has_controller)
        tags->location = sl_str_slice(all, from, all.len);
    else if (len[TAG_JOB])
        tags->location = sl_str_slice(all, off[TAG_JOB], len[TAG_JOB]);
    else
        tags->location = sl_str_slice(all, off[TAG_ROUTE], len[TAG_ROUTE]);
    return tags->application.len || tags->location.len;
}
