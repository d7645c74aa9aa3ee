#include "source/shape.h"
#include "source/shape_lex.h"

#define KEPT_ITEMS 3
#define KEPT_ROWS 3

/* The position behind the first KEPT_ITEMS items of the literal list at p, at depth one. */
static const char *kept_end(const char *p, const char *close, const struct sl_shape_rules *rules)
{
    unsigned items = 0, depth = 0;
    const char *q = p;
    while (q < close) {
        if (*q == '\'' || *q == '"') {
            const char *end = sl_shape_skip_quoted(q, close, rules->backslash);
            q = end ? end : close;
            continue;
        }
        depth += *q == '(';
        depth -= *q == ')';
        if (*q == ',' && depth == 1 && ++items == KEPT_ITEMS)
            return q;
        q++;
    }
    return close - 1;
}

/* The end of the quoted string or comment at p; NULL if none starts there. */
static const char *opaque_end(const char *p, const char *end, const struct sl_shape_rules *rules)
{
    const char *q = NULL;
    bool is_open = false;
    if (*p == '\'' || *p == '"' || *p == '`') {
        q = sl_shape_skip_quoted(p, end, rules->backslash);
        return q ? q : end;
    }
    if (*p == '$' && rules->dollar_quotes) {
        q = sl_shape_skip_dollar(p, end, &is_open);
        return is_open ? (q ? q : end) : NULL;
    }
    if (*p == '/' || *p == '-' || *p == '#') {
        q = sl_shape_skip_blank(p, end, rules);
        return q > p ? q : NULL;
    }
    return NULL;
}

/* Behind KEPT_ROWS rows of VALUES: the position behind the last row. */
static const char *skip_more_rows(const char *p, const char *end, const struct sl_shape_rules *rules)
{
    for (;;) {
        const char *q = sl_shape_skip_blank(p, end, rules);
        if (q >= end || *q != ',')
            return p;
        q = sl_shape_skip_blank(q + 1, end, rules);
        if (q >= end || *q != '(')
            return p;
        const char *close = sl_shape_skip_group(q, end, rules);
        if (!close)
            return end;
        p = close;
    }
}

static bool ends_with_values(const char *start, const char *p)
{
    while (p > start && sl_is_space(p[-1]))
        p--;
    return p - start >= 6 && sl_str_eq_nocase((sl_str){p - 6, 6}, SL_STR("values"));
}

/* At the "(" behind VALUES: adds the first rows. Answers where the text goes on. */
static const char *add_rows(const char *p, const char *end, const struct sl_shape_rules *rules, struct sl_buf *out)
{
    for (unsigned row = 0; row < KEPT_ROWS; row++) {
        const char *close = sl_shape_skip_group(p, end, rules);
        if (!close)
            close = end;
        sl_buf_add(out, (sl_str){p, (size_t)(close - p)});
        const char *next = sl_shape_skip_blank(close, end, rules);
        p = close;
        if (next >= end || *next != ',')
            return p;
        next = sl_shape_skip_blank(next + 1, end, rules);
        if (next >= end || *next != '(')
            return p;
        if (row + 1 < KEPT_ROWS)
            sl_buf_add(out, SL_STR(", "));
        p = row + 1 < KEPT_ROWS ? next : close;
    }
    return skip_more_rows(p, end, rules);
}

void sl_shape_shorten(sl_str text, enum sl_dialect dialect, struct sl_buf *out)
{
    const struct sl_shape_rules *rules = sl_shape_rules(dialect);
    const char *p = text.ptr, *end = p + text.len;
    while (p < end) {
        const char *q = opaque_end(p, end, rules);
        unsigned n_items = 0;
        if (!q && *p == '(' && ends_with_values(text.ptr, p)) {
            p = add_rows(p, end, rules, out);
            continue;
        }
        const char *close = !q && *p == '(' ? sl_shape_skip_list(p, end, rules, &n_items) : NULL;
        if (close && n_items > KEPT_ITEMS) {
            q = kept_end(p, close, rules);
            sl_buf_add(out, (sl_str){p, (size_t)(q - p)});
            sl_buf_add_byte(out, ')');
            p = close;
            continue;
        }
        if (!q)
            q = p + 1;
        sl_buf_add(out, (sl_str){p, (size_t)(q - p)});
        p = q;
    }
}
