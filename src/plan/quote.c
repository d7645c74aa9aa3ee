#include "plan/quote.h"

#include "sql/keyword.h"

#define MAX_NAME_BYTES 60

static bool is_plain_word(sl_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || c == '_';
        if (!is_letter && !(i > 0 && sl_is_digit(c)))
            return false;
    }
    return name.len > 0;
}

/* A name that stands without quotes on every version. Words of MySQL are reserved by one version and not by another. */
static bool is_plain_name(enum sl_dialect dialect, sl_str name)
{
    enum sl_keyword keyword = sl_keyword_lookup(name);
    if (!is_plain_word(name))
        return false;
    if (dialect == SL_DIALECT_POSTGRES)
        return sl_keyword_postgres_class(keyword) == 'N' || sl_keyword_postgres_class(keyword) == 'U';
    if (dialect == SL_DIALECT_SQLITE)
        return !sl_keyword_is_sqlite_reserved(keyword);
    return keyword == SL_NOT_A_KEYWORD;
}

sl_str sl_plan_quote_name(enum sl_dialect dialect, sl_str name, struct sl_arena *arena)
{
    if (dialect == SL_DIALECT_MYSQL)
        return sl_arena_copy_quoted(arena, name, '`', "`");
    return is_plain_name(dialect, name) ? name : sl_arena_copy_quoted(arena, name, '"', "\"");
}

sl_str sl_plan_quote_name_if_needed(enum sl_dialect dialect, sl_str name, struct sl_arena *arena)
{
    return is_plain_name(dialect, name) ? name : sl_plan_quote_name(dialect, name, arena);
}

sl_str sl_plan_quote_qualified(enum sl_dialect dialect, sl_str schema, sl_str name, struct sl_arena *arena)
{
    sl_str quoted = sl_plan_quote_name(dialect, name, arena);
    if (!schema.len)
        return quoted;
    return sl_arena_printf(arena, "%.*s.%.*s", SL_STR_ARG(sl_plan_quote_name(dialect, schema, arena)),
                           SL_STR_ARG(quoted));
}

sl_str sl_plan_quote_literal(enum sl_dialect dialect, sl_str text, struct sl_arena *arena)
{
    return sl_arena_copy_quoted(arena, text, '\'', dialect == SL_DIALECT_MYSQL ? "'\\" : "'");
}

sl_str sl_plan_joined_name(sl_str first, sl_str second, sl_str third, struct sl_arena *arena)
{
    sl_str name = first;
    const sl_str rest[] = {second, third};
    for (size_t i = 0; i < 2; i++) {
        if (rest[i].len)
            name = sl_arena_printf(arena, "%.*s%s%.*s", SL_STR_ARG(name), name.len ? "_" : "", SL_STR_ARG(rest[i]));
    }
    if (name.len <= MAX_NAME_BYTES)
        return name;
    uint32_t hash = 2166136261u; /* FNV-1a: two long names that share a beginning stay two */
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
    size_t kept = MAX_NAME_BYTES - 9;
    while (kept > 0 && ((unsigned char)name.ptr[kept] & 0xC0) == 0x80)
        kept--;
    return sl_arena_printf(arena, "%.*s_%08x", (int)kept, name.ptr, hash);
}
