/* What a type is: its class, and its words as the people of its dialect write them. */
#include "resolve/catalog_private.h"

#include "resolve/value.h"

static const struct {
    const char *name;
    enum sl_type_class type_class;
} type_classes[] = {
    {"timestamp", SL_TYPE_TIME},      {"timestamptz", SL_TYPE_TIME},
    {"date", SL_TYPE_TIME},           {"datetime", SL_TYPE_TIME},
    {"time", SL_TYPE_TIME},           {"timetz", SL_TYPE_TIME},
    {"year", SL_TYPE_TIME},           {"datetimeoffset", SL_TYPE_TIME},
    {"bool", SL_TYPE_BOOL},           {"boolean", SL_TYPE_BOOL},
    {"enum", SL_TYPE_ENUM},           {"text", SL_TYPE_TEXT},
    {"varchar", SL_TYPE_TEXT},        {"bpchar", SL_TYPE_TEXT},
    {"char", SL_TYPE_TEXT},           {"tinytext", SL_TYPE_TEXT},
    {"mediumtext", SL_TYPE_TEXT},     {"longtext", SL_TYPE_TEXT},
    {"citext", SL_TYPE_TEXT},         {"name", SL_TYPE_TEXT},
    {"nvarchar", SL_TYPE_TEXT},       {"nchar", SL_TYPE_TEXT},
    {"clob", SL_TYPE_TEXT},           {"string", SL_TYPE_TEXT},
    {"character", SL_TYPE_TEXT},      {"int", SL_TYPE_INTEGER},
    {"integer", SL_TYPE_INTEGER},     {"int2", SL_TYPE_INTEGER},
    {"int4", SL_TYPE_INTEGER},        {"int8", SL_TYPE_INTEGER},
    {"bigint", SL_TYPE_INTEGER},      {"smallint", SL_TYPE_INTEGER},
    {"tinyint", SL_TYPE_INTEGER},     {"mediumint", SL_TYPE_INTEGER},
    {"serial", SL_TYPE_INTEGER},      {"bigserial", SL_TYPE_INTEGER},
    {"smallserial", SL_TYPE_INTEGER}, {"serial4", SL_TYPE_INTEGER},
    {"serial8", SL_TYPE_INTEGER},     {"numeric", SL_TYPE_NUMBER},
    {"decimal", SL_TYPE_NUMBER},      {"float4", SL_TYPE_NUMBER},
    {"float8", SL_TYPE_NUMBER},       {"double", SL_TYPE_NUMBER},
    {"float", SL_TYPE_NUMBER},        {"double precision", SL_TYPE_NUMBER},
    {"real", SL_TYPE_NUMBER},         {"money", SL_TYPE_NUMBER},
    {"fixed", SL_TYPE_NUMBER},
};

enum sl_type_class sl_catalog_type_class(const struct sl_catalog *catalog, sl_str name)
{
    for (size_t i = catalog->types.len; i > 0; i--) {
        if (sl_str_eq_nocase(catalog->types.items[i - 1].name, name))
            return catalog->types.items[i - 1].type_class;
    }
    for (size_t i = 0; i < sizeof type_classes / sizeof type_classes[0]; i++) {
        if (sl_str_eq_nocase(name, sl_str_from(type_classes[i].name)))
            return type_classes[i].type_class;
    }
    return name.len ? SL_TYPE_OTHER : SL_TYPE_UNKNOWN;
}

/* The common grammar's inner names, where the dialect's people write another. */
static const struct {
    const char *inner;
    const char *words[SL_DIALECT_COUNT]; /* NULL: the same */
} type_words[] = {
    {"int2", {[SL_DIALECT_POSTGRES] = "smallint", [SL_DIALECT_MYSQL] = "smallint", [SL_DIALECT_SQLITE] = "smallint"}},
    {"int4", {[SL_DIALECT_POSTGRES] = "integer", [SL_DIALECT_MYSQL] = "int", [SL_DIALECT_SQLITE] = "integer"}},
    {"int8", {[SL_DIALECT_POSTGRES] = "bigint", [SL_DIALECT_MYSQL] = "bigint", [SL_DIALECT_SQLITE] = "bigint"}},
    {"float4", {[SL_DIALECT_POSTGRES] = "real", [SL_DIALECT_MYSQL] = "float", [SL_DIALECT_SQLITE] = "real"}},
    {"float8",
     {[SL_DIALECT_POSTGRES] = "double precision",
      [SL_DIALECT_MYSQL] = "double",
      [SL_DIALECT_SQLITE] = "double precision"}},
    {"bool", {[SL_DIALECT_POSTGRES] = "boolean", [SL_DIALECT_MYSQL] = "boolean", [SL_DIALECT_SQLITE] = "boolean"}},
    {"bpchar", {[SL_DIALECT_POSTGRES] = "char", [SL_DIALECT_MYSQL] = "char", [SL_DIALECT_SQLITE] = "char"}},
    {"varbit", {[SL_DIALECT_POSTGRES] = "bit varying"}},
    {"numeric", {[SL_DIALECT_MYSQL] = "decimal"}},
};

static sl_str words_of(enum sl_dialect dialect, sl_str inner)
{
    for (size_t i = 0; i < sizeof type_words / sizeof type_words[0]; i++) {
        const char *words = type_words[i].words[dialect];
        if (words && sl_str_eq(inner, sl_str_from(type_words[i].inner)))
            return sl_str_from(words);
    }
    return inner;
}

static sl_str type_name(const PgQuery__TypeName *type)
{
    return type && type->n_names ? sl_node_string(type->names[type->n_names - 1]) : SL_STR_EMPTY;
}

/* "(10,2)", "('a','b')" (only MySQL's types have texts); empty if the type has none. */
static sl_str modifiers_of(const PgQuery__TypeName *type, sl_str name, struct sl_arena *run)
{
    sl_str list = SL_STR_EMPTY;
    /* PostgreSQL's grammar puts the mask of an interval's fields before its precision */
    for (size_t i = sl_str_eq(name, SL_STR("interval")) ? 1 : 0; i < type->n_typmods; i++) {
        sl_str modifier;
        if (!sl_value_literal(type->typmods[i], run, &modifier))
            continue;
        if (type->typmods[i]->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL)
            modifier = sl_arena_copy_quoted(run, modifier, '\'', "'\\");
        list = sl_arena_printf(run, "%.*s%s%.*s", SL_STR_ARG(list), list.len ? "," : "", SL_STR_ARG(modifier));
    }
    return list.len ? sl_arena_printf(run, "(%.*s)", SL_STR_ARG(list)) : list;
}

static sl_str type_text(const struct sl_catalog *catalog, enum sl_dialect dialect, const PgQuery__TypeName *type)
{
    sl_str name = type_name(type);
    sl_str words = words_of(dialect, name);
    if (!name.len)
        return SL_STR_EMPTY;
    return sl_arena_printf(catalog->run, "%.*s%.*s%s", SL_STR_ARG(words),
                           SL_STR_ARG(modifiers_of(type, name, catalog->run)), type->n_array_bounds ? "[]" : "");
}

/* tinyint(1) is MySQL's boolean. */
static enum sl_type_class class_of(const struct sl_catalog *catalog, const PgQuery__TypeName *type)
{
    sl_str name = type_name(type), width;
    if (sl_str_eq_nocase(name, SL_STR("tinyint")) && type->n_typmods == 1 &&
        sl_value_literal(type->typmods[0], catalog->run, &width) && sl_str_eq(width, SL_STR("1")))
        return SL_TYPE_BOOL;
    if (type && type->n_array_bounds)
        return SL_TYPE_OTHER;
    return sl_catalog_type_class(catalog, name);
}

void sl_catalog_set_type(const struct sl_catalog *catalog, enum sl_dialect dialect, struct sl_column *column,
                         const PgQuery__TypeName *type)
{
    column->type = type_text(catalog, dialect, type);
    column->type_class = class_of(catalog, type);
}
