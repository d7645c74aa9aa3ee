#include "source/ruby_columns.h"

static const struct {
    const char *ruby;
    const char *sql[SL_DIALECT_COUNT]; /* NULL: the same word */
} types[] = {
    {"string", {"character varying", "varchar(255)", "varchar"}},
    {"integer", {"integer", "int", "integer"}},
    {"bigint", {"bigint", "bigint", "bigint"}},
    {"primary_key",
     {"bigserial PRIMARY KEY", "bigint AUTO_INCREMENT PRIMARY KEY", "integer PRIMARY KEY AUTOINCREMENT"}},
    {"datetime", {"timestamp", "datetime", "datetime"}},
    {"timestamp", {"timestamp", "timestamp", "timestamp"}},
    {"timestamptz", {"timestamptz", "timestamp", "timestamptz"}},
    {"binary", {"bytea", "blob", "blob"}},
    {"boolean", {"boolean", "tinyint(1)", "boolean"}},
    {"float", {"double precision", "double", "float"}},
    {"decimal", {"numeric", "decimal", "decimal"}},
    {"serial", {"serial", "int AUTO_INCREMENT", "integer"}},
    {"bigserial", {"bigserial", "bigint AUTO_INCREMENT", "integer"}},
    {"virtual", {"text", "text", "text"}},
    {"attachment", {"text", "text", "text"}},
    {"unsigned_integer", {"bigint", "int unsigned", "integer"}},
    {"unsigned_bigint", {"numeric", "bigint unsigned", "integer"}},
};

static sl_str dialect_type(const struct sl_ruby_file *file, sl_str type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (sl_str_eq(type, sl_str_from(types[i].ruby)))
            return sl_str_from(types[i].sql[file->source->mode.dialect]);
    }
    return type;
}

static bool type_is(sl_str type, const char *name)
{
    return sl_str_eq(type, sl_str_from(name));
}

/* (10), (10,2): length, or precision and scale. */
static void size_write(struct sl_ruby_file *file, struct sl_sql_writer *writer, sl_str type, const struct sl_node *call)
{
    const struct sl_node *limit = sl_ruby_option(file->syntax, call, "limit");
    const struct sl_node *precision = sl_ruby_option(file->syntax, call, "precision");
    const struct sl_node *scale = sl_ruby_option(file->syntax, call, "scale");
    bool has_length = type_is(type, "string") || type_is(type, "varchar") || type_is(type, "char");
    bool has_precision = type_is(type, "decimal") || type_is(type, "numeric") || type_is(type, "datetime") ||
                         type_is(type, "timestamp") || type_is(type, "timestamptz") || type_is(type, "time");
    const struct sl_node *first = has_length ? limit : has_precision ? precision : NULL;
    if (!first || first->kind != SL_NODE_INTEGER)
        return;
    sl_sql_add(writer, "(");
    sl_sql_add_bytes(writer, sl_node_text(file->syntax, first), first->off);
    if (scale && scale->kind == SL_NODE_INTEGER) {
        sl_sql_add(writer, ", ");
        sl_sql_add_bytes(writer, sl_node_text(file->syntax, scale), scale->off);
    }
    sl_sql_add(writer, ")");
}

void sl_ruby_type_write(struct sl_ruby_file *file, struct sl_sql_writer *writer, sl_str type,
                        const struct sl_node *call)
{
    const struct sl_node *limit = sl_ruby_option(file->syntax, call, "limit");
    const struct sl_node *array = sl_ruby_option(file->syntax, call, "array");
    const struct sl_node *enum_type = sl_ruby_option(file->syntax, call, "enum_type");
    sl_str word = dialect_type(file, type);
    bool is_wide = type_is(type, "integer") && limit && sl_node_is(file->syntax, limit, "8");
    bool is_sized_string = type_is(type, "string") && limit && limit->kind == SL_NODE_INTEGER;
    if (enum_type) {
        sl_sql_add_name(writer, sl_ruby_word(file->syntax, enum_type, file->arena), sl_node_span(enum_type));
    } else if (type_is(type, "enum")) {
        sl_sql_add(writer, "text");
    } else {
        sl_sql_add_str(writer, is_wide ? SL_STR("bigint") : is_sized_string ? SL_STR("varchar") : word);
        size_write(file, writer, type, call);
    }
    if (array && array->kind == SL_NODE_TRUE)
        sl_sql_add(writer, "[]");
}

bool sl_ruby_literal_write(struct sl_ruby_file *file, struct sl_sql_writer *writer, const struct sl_node *value)
{
    struct sl_span span = sl_node_span(value);
    sl_str text = sl_node_text(file->syntax, value);
    switch (value->kind) {
    case SL_NODE_INTEGER:
    case SL_NODE_FLOAT: {
        char *digits = sl_arena_alloc(file->arena, text.len + 1);
        size_t len = 0;
        for (size_t i = 0; i < text.len; i++) { /* 1_000 */
            if (text.ptr[i] != '_')
                digits[len++] = text.ptr[i];
        }
        sl_sql_add_token(writer, (sl_str){digits, len}, span);
        return true;
    }
    case SL_NODE_UNARY:
        if (text.len < 2 || !sl_is_digit(text.ptr[1]))
            return false;
        sl_sql_add_token(writer, text, span);
        return true;
    case SL_NODE_TRUE:
        sl_sql_add_token(writer, SL_STR("TRUE"), span);
        return true;
    case SL_NODE_FALSE:
        sl_sql_add_token(writer, SL_STR("FALSE"), span);
        return true;
    case SL_NODE_NIL:
        sl_sql_add_token(writer, SL_STR("NULL"), span);
        return true;
    case SL_NODE_STRING:
    case SL_NODE_SYMBOL:
        sl_sql_add_literal(writer, sl_ruby_word(file->syntax, value, file->arena), span);
        return true;
    default:
        return false;
    }
}

void sl_ruby_default_write(struct sl_ruby_file *file, struct sl_sql_writer *writer, const struct sl_node *value)
{
    if (!value || value->kind == SL_NODE_NIL)
        return;
    if (value->kind == SL_NODE_LAMBDA) { /* -> { "now()" }: SQL as it stands */
        const struct sl_node *text = sl_ruby_statement(value, 0);
        if (!text || !sl_literal_is(file->syntax, text))
            return;
        sl_sql_add(writer, " DEFAULT ");
        sl_literal_write(file->syntax, text, writer);
        return;
    }
    bool is_literal = value->kind == SL_NODE_STRING || value->kind == SL_NODE_SYMBOL ||
                      value->kind == SL_NODE_INTEGER || value->kind == SL_NODE_FLOAT || value->kind == SL_NODE_TRUE ||
                      value->kind == SL_NODE_FALSE;
    if (!is_literal)
        return;
    sl_sql_add(writer, " DEFAULT ");
    sl_ruby_literal_write(file, writer, value);
}

void sl_ruby_column_write(struct sl_ruby_file *file, struct sl_sql_writer *writer, sl_str name,
                          struct sl_span name_span, sl_str type, const struct sl_node *call)
{
    const struct sl_node *null = sl_ruby_option(file->syntax, call, "null");
    const struct sl_node *as = sl_ruby_option(file->syntax, call, "as");
    const struct sl_node *real_type = sl_ruby_option(file->syntax, call, "type");
    if (type_is(type, "virtual") && real_type)
        type = sl_ruby_word(file->syntax, real_type, file->arena);
    sl_sql_add_name(writer, name, name_span);
    sl_sql_add(writer, " ");
    sl_ruby_type_write(file, writer, type, call);
    if (as && sl_literal_is(file->syntax, as)) {
        sl_sql_add(writer, " GENERATED ALWAYS AS (");
        sl_literal_write(file->syntax, as, writer);
        sl_sql_add(writer, ") STORED");
        return;
    }
    if (null && null->kind == SL_NODE_FALSE)
        sl_sql_add(writer, " NOT NULL");
    sl_ruby_default_write(file, writer, sl_ruby_option(file->syntax, call, "default"));
}
