#include "source/log/pg_message.h"

#include "source/log/stamp.h"

static bool take(sl_str *s, sl_str word)
{
    if (!sl_str_has_prefix(*s, word))
        return false;
    *s = sl_str_slice(*s, word.len, s->len);
    return true;
}

static void skip_spaces(sl_str *s)
{
    while (s->len && (s->ptr[0] == ' ' || s->ptr[0] == '\t'))
        *s = sl_str_slice(*s, 1, s->len);
}

/* "execute NAME[/PORTAL]: ", "execute fetch from NAME: ", "bind NAME: ", "parse NAME: " */
static enum sl_pg_message_kind read_verb(sl_str *s, struct sl_pg_message *out)
{
    enum sl_pg_message_kind kind;
    if (take(s, SL_STR("statement: ")))
        return SL_PG_MESSAGE_STATEMENT;
    out->is_fetch = take(s, SL_STR("execute fetch from "));
    if (out->is_fetch || take(s, SL_STR("parse ")) || take(s, SL_STR("bind "))) {
        kind = SL_PG_MESSAGE_PARSE_BIND;
    } else if (take(s, SL_STR("execute "))) {
        kind = SL_PG_MESSAGE_STATEMENT;
        out->is_execute = true;
    } else {
        return SL_PG_MESSAGE_OTHER;
    }
    size_t colon = sl_str_find(sl_str_slice(*s, 0, 300), SL_STR(": "));
    if (colon == SIZE_MAX) /* "execute a0:" with an empty statement */
        colon = sl_str_find_byte(sl_str_slice(*s, 0, 300), ':');
    if (colon == SIZE_MAX)
        return SL_PG_MESSAGE_OTHER;
    *s = sl_str_slice(*s, colon + 2 <= s->len ? colon + 2 : s->len, s->len);
    return kind;
}

/* "00000: " of log_error_verbosity = verbose. */
static void skip_sqlstate(sl_str *s)
{
    if (s->len < 7 || s->ptr[5] != ':' || s->ptr[6] != ' ' || sl_str_has_prefix(*s, SL_STR("AUDIT")))
        return;
    for (int i = 0; i < 5; i++) {
        if (!sl_is_digit(s->ptr[i]) && !(s->ptr[i] >= 'A' && s->ptr[i] <= 'Z'))
            return;
    }
    *s = sl_str_slice(*s, 7, s->len);
    skip_spaces(s);
}

void sl_pg_message_read(sl_str message, struct sl_pg_message *out)
{
    *out = (struct sl_pg_message){0};
    sl_str rest = message;
    skip_sqlstate(&rest);
    if (take(&rest, SL_STR("AUDIT: "))) {
        out->kind = SL_PG_MESSAGE_AUDIT;
    } else if (take(&rest, SL_STR("duration: "))) {
        uint64_t us;
        size_t n = sl_stamp_decimal(rest, 3, &us);
        rest = sl_str_slice(rest, n, rest.len);
        if (n == 0 || !take(&rest, SL_STR(" ms")))
            return;
        out->has_duration = true;
        out->duration_us = us;
        skip_spaces(&rest);
        if (rest.len == 0 || rest.ptr[0] == '\n' || rest.ptr[0] == '\r')
            out->kind = SL_PG_MESSAGE_DURATION;
        else if (take(&rest, SL_STR("plan:")))
            out->kind = SL_PG_MESSAGE_PLAN;
        else
            out->kind = read_verb(&rest, out);
    } else {
        out->kind = read_verb(&rest, out);
    }
    out->text_off = (size_t)(rest.ptr - message.ptr);
}

/* Up to the line of the plan's top node or of its parameters. */
static sl_str until_plan(sl_str text)
{
    size_t end = 0;
    sl_str rest = text, line;
    while (sl_str_next_line(&rest, &line)) {
        bool first = end == 0;
        if (!first && (sl_str_find(line, SL_STR("(cost=")) != SIZE_MAX ||
                       sl_str_has_prefix(sl_str_trim(line), SL_STR("Query Parameters:")) ||
                       sl_str_find(line, SL_STR("(actual time=")) != SIZE_MAX))
            break;
        end = (size_t)(line.ptr + line.len - text.ptr);
        if (end == 0)
            end = 1;
    }
    return sl_str_slice(text, 0, end);
}

sl_str sl_pg_plan_text(sl_str plan, enum sl_log_encoding *encoding)
{
    sl_str head = sl_str_slice(plan, 0, 400);
    size_t at = sl_str_find(head, SL_STR("\"Query Text\": \""));
    if (at != SIZE_MAX) {
        sl_str rest = sl_str_slice(plan, at + 15, plan.len);
        size_t i = 0;
        while (i < rest.len && rest.ptr[i] != '"')
            i += rest.ptr[i] == '\\' ? 2 : 1;
        *encoding = SL_LOG_JSON;
        return sl_str_slice(rest, 0, i);
    }
    at = sl_str_find(head, SL_STR("<Query-Text>"));
    if (at != SIZE_MAX) {
        sl_str rest = sl_str_slice(plan, at + 12, plan.len);
        *encoding = SL_LOG_XML;
        return sl_str_slice(rest, 0, sl_str_find(rest, SL_STR("</Query-Text>")));
    }
    *encoding = SL_LOG_PLAIN;
    at = sl_str_find(head, SL_STR("Query Text: "));
    if (at == SIZE_MAX)
        return SL_STR_EMPTY;
    sl_str rest = sl_str_slice(plan, at + 12, plan.len);
    if (rest.len && rest.ptr[0] == '"' && at > 0) { /* YAML */
        size_t i = 1;
        while (i < rest.len && rest.ptr[i] != '"')
            i += rest.ptr[i] == '\\' ? 2 : 1;
        *encoding = SL_LOG_JSON;
        return sl_str_slice(rest, 1, i - 1);
    }
    return until_plan(rest);
}
