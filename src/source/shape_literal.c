#include "source/shape_pass.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "source/shape_words.h"

/* The column's name without quotes. */
static sl_str column_name(const struct sl_shape_pass *s)
{
    sl_str name = sl_shape_pass_slice(s, s->column_off, s->column_len);
    if (name.len >= 2 && (name.ptr[0] == '`' || name.ptr[0] == '"' || name.ptr[0] == '['))
        name = sl_str_slice(name, 1, name.len - 2);
    return name;
}

/* Makes `literal` a slot if its column and its bytes allow it; the normalised bytes hold "?" in its place. */
static bool add_slot(struct sl_shape_pass *s, sl_str literal)
{
    struct sl_shape_scan *scan = s->scan;
    if (scan->n_slots == SL_SHAPE_SLOTS || s->column_len == 0 || !sl_shape_is_state_name(column_name(s)))
        return false;
    struct sl_shape_slot *slot = &scan->slots[scan->n_slots++];
    sl_str name = column_name(s);
    slot->off = (uint32_t)(s->out - s->base);
    slot->len = (uint32_t)literal.len;
    slot->column_hash = XXH3_64bits(name.ptr, name.len);
    memcpy(slot->literal, literal.ptr, literal.len);
    if (literal.ptr[0] == '"') /* MySQL's "x" is 'x' */
        slot->literal[0] = slot->literal[literal.len - 1] = '\'';
    slot->value_hash = XXH3_64bits(slot->literal, literal.len);
    *s->out++ = '?';
    return true;
}

/* A "-" in front of a number is part of it, unless something stands before that it could be subtracted from. */
static void take_sign(struct sl_shape_pass *s)
{
    bool is_sign = s->last == SL_SHAPE_OPERATOR && s->operator_len == 1 && s->out[-1] == '-';
    if (!is_sign || s->before == SL_SHAPE_WORD || s->before == SL_SHAPE_LITERAL || s->before == SL_SHAPE_CLOSE)
        return;
    s->out--;
    if (s->before != SL_SHAPE_GLUE && s->before != SL_SHAPE_NONE)
        s->out--; /* the space */
    s->last = s->before;
    s->column_len = 0;
}

/* A literal from `from` to s->p: kept, a slot, or "?". */
static void pass_literal(struct sl_shape_pass *s, const char *from)
{
    sl_str literal = {from, (size_t)(s->p - from)};
    bool is_number = sl_is_digit(*from);
    if (is_number)
        take_sign(s);
    sl_shape_pass_space(s);
    bool keeps = (s->keeps & 1) || SL_SHAPE_LAST_IS(s, "zone");
    if (keeps && !is_number && literal.len <= SL_SHAPE_SLOT_BYTES && s->values_depth < 0) {
        memcpy(s->out, literal.ptr, literal.len);
        s->out += literal.len;
    } else if (!sl_shape_is_state_value(literal) || !add_slot(s, literal)) {
        *s->out++ = '?';
    }
    sl_shape_pass_end_literal(s);
}

void sl_shape_pass_string(struct sl_shape_pass *s, const char *from, bool backslash)
{
    const char *close = sl_shape_skip_quoted(s->p, s->end, backslash);
    if (close)
        s->p = close;
    else
        sl_shape_pass_run_to_end(s);
    pass_literal(s, from);
}

/* GROUP BY 1, 2; varchar(20) of a table that is made: numbers that are no data. */
static bool is_structure(const struct sl_shape_pass *s, sl_str number)
{
    if (number.len > 3 || !sl_is_digit(number.ptr[number.len - 1]))
        return false;
    bool is_item = s->last == SL_SHAPE_COMMA || (s->last == SL_SHAPE_WORD && SL_SHAPE_LAST_IS(s, "by"));
    if (is_item && s->by_depth == s->depth + 1)
        return true;
    bool is_argument = s->depth > 0 && (s->last == SL_SHAPE_COMMA || s->last == SL_SHAPE_GLUE);
    return is_argument && s->out - s->base > 8 &&
           (memcmp(s->base, "create t", 8) == 0 || memcmp(s->base, "alter ta", 8) == 0);
}

void sl_shape_pass_number(struct sl_shape_pass *s)
{
    const char *from = s->p;
    s->p = sl_shape_skip_number(s->p, s->end);
    sl_str number = {from, (size_t)(s->p - from)};
    if (is_structure(s, number)) {
        sl_shape_pass_space(s);
        memcpy(s->out, number.ptr, number.len);
        s->out += number.len;
        sl_shape_pass_end_literal(s);
        return;
    }
    pass_literal(s, from);
}

/* IN ('won', 'lost'): up to four states in one slot. */
static bool keep_state_list(struct sl_shape_pass *s, const char *close, unsigned n_items)
{
    uint32_t off, len;
    bool negated = s->previous_len > 0 && SL_SHAPE_LAST_IS(s, "in") &&
                   sl_str_eq(sl_shape_pass_slice(s, s->previous_off, s->previous_len), SL_STR("not"));
    if (negated || n_items > 4 || close - s->p > SL_SHAPE_SLOT_BYTES * 4)
        return false; /* NOT IN is rare; its column was two words ago */
    off = s->previous_off, len = s->previous_len;
    char text[SL_SHAPE_SLOT_LIST_BYTES];
    size_t n = 0;
    for (const char *p = s->p + 1; p < close - 1;) {
        if (*p == ',' || sl_is_space(*p)) {
            p++;
            continue;
        }
        const char *q =
            *p == '\'' || *p == '"' ? sl_shape_skip_quoted(p, close, false) : sl_shape_skip_number(p, close);
        if (!q || q == p || !sl_shape_is_state_value((sl_str){p, (size_t)(q - p)}))
            return false;
        if (n) {
            text[n++] = ',';
            text[n++] = ' ';
        }
        memcpy(text + n, p, (size_t)(q - p));
        n += (size_t)(q - p);
        p = q;
    }
    s->column_off = off;
    s->column_len = len;
    char *out = s->out;
    *s->out++ = ' ';
    *s->out++ = '(';
    if (n == 0 || !add_slot(s, (sl_str){text, n})) {
        s->out = out;
        return false;
    }
    *s->out++ = ')';
    return true;
}

/* IN (1, 2, 3), VALUES (1, 'x'), ARRAY[1, 2]: "(?)". */
bool sl_shape_pass_list(struct sl_shape_pass *s)
{
    unsigned n_items = 0;
    const char *close = sl_shape_skip_list(s->p, s->end, s->rules, &n_items);
    if (!close || n_items == 0)
        return false;
    if (!SL_SHAPE_LAST_IS(s, "in") || !keep_state_list(s, close, n_items)) {
        if (!SL_SHAPE_LAST_IS(s, "array"))
            *s->out++ = ' ';
        *s->out++ = *s->p;
        *s->out++ = '?';
        *s->out++ = close[-1];
    }
    s->p = close;
    s->last = SL_SHAPE_CLOSE;
    s->column_len = 0;
    return true;
}

/* Rows behind the first one of VALUES say nothing new. */
void sl_shape_pass_skip_rows(struct sl_shape_pass *s)
{
    for (;;) {
        const char *p = sl_shape_skip_blank(s->p, s->end, s->rules);
        if (p >= s->end || *p != ',')
            return;
        p = sl_shape_skip_blank(p + 1, s->end, s->rules);
        if (p >= s->end || *p != '(')
            return;
        unsigned n_items;
        const char *close = sl_shape_skip_list(p, s->end, s->rules, &n_items);
        if (!close)
            close = sl_shape_skip_group(p, s->end, s->rules);
        if (!close) {
            sl_shape_pass_run_to_end(s);
            return;
        }
        s->p = close;
    }
}
