#include "source/shape_pass.h"

/* A comment that may be tags, such as key='value' or key:value. */
static void note_tags(struct sl_shape_pass *s, const char *from, const char *to)
{
    if (to - from < 3 || *from == '!' || *from == '+')
        return;
    if (!memchr(from, ':', (size_t)(to - from)) && !memchr(from, '=', (size_t)(to - from)))
        return;
    s->scan->tags_off = (uint32_t)(from - s->start);
    s->scan->tags_len = (uint32_t)(to - from);
}

/* MySQL's executable comments: what they hold is part of the statement. */
static bool scan_executable_comment(struct sl_shape_pass *s)
{
    const char *p = s->p + 2;
    if (!s->rules->hash_comment || p >= s->end)
        return false;
    if (*p == 'M' && p + 1 < s->end)
        p++;
    if (*p != '!')
        return false;
    p++;
    while (p < s->end && sl_is_digit(*p))
        p++;
    s->p = p;
    s->executable_comment = true;
    return true;
}

/* At "/" "*". */
void sl_shape_pass_comment(struct sl_shape_pass *s)
{
    if (scan_executable_comment(s))
        return;
    const char *from = s->p + 2;
    const char *close = sl_shape_skip_comment(s->p, s->end, s->rules->nested_comments);
    if (!close) {
        sl_shape_pass_run_to_end(s);
        return;
    }
    s->p = close;
    note_tags(s, from, close - 2);
}

void sl_shape_pass_skip_line(struct sl_shape_pass *s)
{
    const char *newline = memchr(s->p, '\n', (size_t)(s->end - s->p));
    s->p = newline ? newline + 1 : s->end;
}

bool sl_shape_pass_is_dash_comment(const struct sl_shape_pass *s)
{
    if (s->end - s->p < 2 || s->p[0] != '-' || s->p[1] != '-')
        return false;
    return !s->rules->dash_needs_space || s->end - s->p == 2 || sl_is_space(s->p[2]);
}
