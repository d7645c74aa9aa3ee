#include "source/log/pg_bind.h"

#include "source/log/stamp.h"
#include "source/shape_lex.h"

/* $1 = 'it''s', $2 = NULL → values[0], values[1]. False if that is not what it is. */
static bool read_values(sl_str s, sl_str *values)
{
    bool has_any = false;
    while (s.len && s.ptr[0] == '$') {
        uint64_t number;
        size_t n = sl_stamp_decimal(sl_str_slice(s, 1, 6), 0, &number);
        sl_str rest = sl_str_slice(s, 1 + n, s.len);
        if (n == 0 || number < 1 || number > SL_PG_MAX_BINDS || !sl_str_has_prefix(rest, SL_STR(" = ")))
            return false;
        rest = sl_str_slice(rest, 3, rest.len);
        size_t len = 4; /* NULL: the parameter stays, so that it makes no shape of its own */
        if (rest.len && rest.ptr[0] == '\'') {
            const char *end = sl_shape_skip_quoted(rest.ptr, rest.ptr + rest.len, false);
            if (!end)
                return has_any;
            len = (size_t)(end - rest.ptr);
            values[number - 1] = sl_str_slice(rest, 0, len);
        }
        has_any = true;
        s = sl_str_slice(rest, len, rest.len);
        while (s.len && (s.ptr[0] == ',' || sl_is_space(s.ptr[0])))
            s = sl_str_slice(s, 1, s.len);
    }
    return has_any;
}

/* Behind the quote, comment or dollar quote that opens at p; p itself if none does. */
static const char *opaque_end(const char *p, const char *end, const struct sl_shape_rules *rules)
{
    const char *q = p;
    bool is_open = false;
    if (*p == '\'' || *p == '"')
        q = sl_shape_skip_quoted(p, end, false);
    else if (*p == '/' || *p == '-')
        q = sl_shape_skip_blank(p, end, rules);
    else if (*p == '$') {
        q = sl_shape_skip_dollar(p, end, &is_open);
        if (!is_open)
            q = p;
    }
    return q ? q : end;
}

/* A whole number needs no quotes: 7 is more use to a reader than '7'. */
static sl_str without_quotes(sl_str value)
{
    sl_str inner = sl_str_slice(value, 1, value.len >= 2 ? value.len - 2 : 0);
    for (size_t i = 0; i < inner.len; i++) {
        if (!sl_is_digit(inner.ptr[i]))
            return value;
    }
    return inner.len && inner.len < 19 ? inner : value;
}

bool sl_pg_bind(sl_str text, sl_str parameters, struct sl_buf *out)
{
    sl_str values[SL_PG_MAX_BINDS] = {0};
    if (!read_values(parameters, values))
        return false;
    const struct sl_shape_rules *rules = sl_shape_rules(SL_DIALECT_POSTGRES);
    const char *p = text.ptr, *end = p + text.len;
    while (p < end) {
        uint64_t number;
        sl_str digits = {p + 1, (size_t)(end - p - 1 < 6 ? end - p - 1 : 6)};
        size_t n = *p == '$' ? sl_stamp_decimal(digits, 0, &number) : 0;
        if (n && number >= 1 && number <= SL_PG_MAX_BINDS && values[number - 1].len) {
            sl_buf_add(out, without_quotes(values[number - 1]));
            p += 1 + n;
            continue;
        }
        const char *q = opaque_end(p, end, rules);
        q = q > p ? q : p + 1;
        sl_buf_add(out, (sl_str){p, (size_t)(q - p)});
        p = q;
    }
    return true;
}
