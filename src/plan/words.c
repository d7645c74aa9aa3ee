#include "plan/words.h"

#include <stdio.h>

#include "plan/quote.h"

bool sl_plan_type_is_integer(sl_str type)
{
    return sl_str_has_prefix_nocase(type, SL_STR("int")) || sl_str_has_prefix_nocase(type, SL_STR("bigint"));
}

/* The digits of "datetime(6)", with their brackets; empty if there are none. */
static sl_str fraction_of(sl_str type)
{
    size_t open = sl_str_find_byte(type, '(');
    size_t close = sl_str_find_byte(type, ')');
    return open == SIZE_MAX || close == SIZE_MAX || close < open ? SL_STR_EMPTY
                                                                 : sl_str_slice(type, open, close - open + 1);
}

/* Rails writes UTC, whatever the session's time zone. */
static sl_str now_of(const struct sl_plan_target *target, struct sl_arena *run)
{
    static const char *const epoch[SL_DIALECT_COUNT] = {[SL_DIALECT_POSTGRES] = "extract(epoch FROM now())::bigint",
                                                        [SL_DIALECT_MYSQL] = "UNIX_TIMESTAMP()",
                                                        [SL_DIALECT_SQLITE] = "CAST(strftime('%s', 'now') AS INTEGER)"};
    sl_str type = target->event_type;
    if (sl_plan_type_is_integer(type))
        return sl_str_from(epoch[target->dialect]);
    if (target->dialect == SL_DIALECT_MYSQL) {
        sl_str fraction = fraction_of(type);
        return sl_arena_printf(run, "%s%.*s", target->is_rails ? "UTC_TIMESTAMP" : "NOW",
                               SL_STR_ARG(fraction.len ? fraction : SL_STR("()")));
    }
    if (target->dialect == SL_DIALECT_SQLITE)
        return SL_STR("CURRENT_TIMESTAMP");
    bool has_zone = sl_str_find_nocase(type, SL_STR("with time zone")) != SIZE_MAX ||
                    sl_str_find_nocase(type, SL_STR("timestamptz")) != SIZE_MAX;
    return target->is_rails && !has_zone ? SL_STR("(now() AT TIME ZONE 'UTC')") : SL_STR("now()");
}

void sl_plan_words_init(struct sl_plan_words *words, const struct sl_plan_target *target, struct sl_arena *run)
{
    enum sl_dialect dialect = target->dialect;
    sl_str backfill = sl_plan_joined_name(target->table, target->event, SL_STR("backfill"), run);
    sl_str guard = sl_plan_joined_name(target->table, target->event, SL_STR("once"), run);
    sl_str index =
        target->is_rails ? sl_plan_joined_name(SL_STR("index"), target->table, SL_STR("on"), run) : target->table;
    index = target->is_rails ? sl_plan_joined_name(index, target->event, SL_STR_EMPTY, run)
                             : sl_plan_joined_name(index, target->event, SL_STR("idx"), run);
    *words = (struct sl_plan_words){
        .table = sl_plan_quote_qualified(dialect, target->schema, target->table, run),
        .event = sl_plan_quote_name(dialect, target->event, run),
        .touch = target->touch.column_id ? sl_plan_quote_name(dialect, target->touch.name, run) : SL_STR_EMPTY,
        .birth = target->birth.column_id ? sl_plan_quote_name(dialect, target->birth.name, run) : SL_STR_EMPTY,
        .progress = sl_plan_quote_qualified(dialect, target->schema, backfill, run),
        .routine = sl_plan_quote_qualified(dialect, target->schema, backfill, run),
        .index = sl_plan_quote_name(dialect, index, run),
        .index_plain = index,
        .guard = sl_plan_quote_name(dialect, guard, run),
        .source = target->sources.items[target->source].expression,
        .now = now_of(target, run),
        .when = target->when.text,
        .when_t = sl_when_prefixed(&target->when, "t.", &target->columns, dialect, run),
    };
}

static sl_str key_names(const struct sl_plan_target *target, const char *prefix, const char *suffix,
                        struct sl_arena *run)
{
    sl_str list = SL_STR_EMPTY;
    for (size_t i = 0; i < target->key.len; i++)
        list = sl_arena_printf(run, "%.*s%s%s%.*s%s", SL_STR_ARG(list), i ? ", " : "", prefix,
                               SL_STR_ARG(sl_plan_quote_name(target->dialect, target->key.items[i].name, run)), suffix);
    return list;
}

sl_str sl_plan_key_list(const struct sl_plan_target *target, const char *prefix, struct sl_arena *run)
{
    return key_names(target, prefix, "", run);
}

sl_str sl_plan_key_list_down(const struct sl_plan_target *target, const char *prefix, struct sl_arena *run)
{
    return key_names(target, prefix, " DESC", run);
}

sl_str sl_plan_numbered_list(const struct sl_plan_target *target, const char *stem, struct sl_arena *run)
{
    sl_str list = SL_STR_EMPTY;
    for (size_t i = 0; i < target->key.len; i++)
        list = sl_arena_printf(run, "%.*s%s%s_%zu", SL_STR_ARG(list), i ? ", " : "", stem, i + 1);
    return list;
}

/* MySQL compares rows without the index: a > x OR (a = x AND b >= y), and a >= x for the range. */
static sl_str spelled_bound(const struct sl_plan_target *target, const char *prefix, const char *operator,
                            const char * stem, struct sl_arena *run)
{
    sl_str bound = SL_STR_EMPTY;
    for (size_t i = target->key.len; i-- > 0;) {
        sl_str name = sl_arena_printf(run, "%s%.*s", prefix,
                                      SL_STR_ARG(sl_plan_quote_name(target->dialect, target->key.items[i].name, run)));
        if (i + 1 == target->key.len)
            bound = sl_arena_printf(run, "%.*s %s %s_%zu", SL_STR_ARG(name), operator, stem, i + 1);
        else
            bound = sl_arena_printf(run, "(%.*s %c %s_%zu OR (%.*s = %s_%zu AND %.*s))", SL_STR_ARG(name), *operator,
                                    stem, i + 1, SL_STR_ARG(name), stem, i + 1, SL_STR_ARG(bound));
    }
    return bound;
}

sl_str sl_plan_key_bound(const struct sl_plan_target *target, const char *prefix, const char *operator,
                         const char * stem, struct sl_arena *run)
{
    sl_str names = sl_plan_key_list(target, prefix, run);
    sl_str words = sl_plan_numbered_list(target, stem, run);
    if (target->key.len == 1)
        return sl_arena_printf(run, "%.*s %s %.*s", SL_STR_ARG(names), operator, SL_STR_ARG(words));
    if (target->dialect == SL_DIALECT_MYSQL)
        return spelled_bound(target, prefix, operator, stem, run);
    return sl_arena_printf(run, "(%.*s) %s (%.*s)", SL_STR_ARG(names), operator, SL_STR_ARG(words));
}

sl_str sl_plan_key_equal(const struct sl_plan_target *target, const char *left, const char *right, struct sl_arena *run)
{
    sl_str text = SL_STR_EMPTY;
    for (size_t i = 0; i < target->key.len; i++) {
        sl_str name = sl_plan_quote_name(target->dialect, target->key.items[i].name, run);
        text = sl_arena_printf(run, "%.*s%s%s%.*s = %s%.*s", SL_STR_ARG(text), i ? " AND " : "", left, SL_STR_ARG(name),
                               right, SL_STR_ARG(name));
    }
    return text;
}
