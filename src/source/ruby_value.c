/* ruby_value: Ruby expressions as values and expressions of SQL. */
#include "base/limits.h"
#include "source/inflect.h"
#include "source/ruby_chain.h"
#include "source/ruby_columns.h"

static sl_str method_of(const struct sl_ruby_chain *chain, const struct sl_node *node)
{
    return sl_ruby_method(chain->syntax, node);
}

static bool text_is(const struct sl_ruby_chain *chain, const struct sl_node *node, const char *text)
{
    return sl_node_is(chain->syntax, node, text);
}

static bool unit_of(sl_str method, const char **unit)
{
    static const char *const units[] = {"second", "minute", "hour", "day", "week", "month", "year"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        sl_str name = sl_str_from(units[i]);
        bool is_plural = method.len == name.len + 1 && method.ptr[name.len] == 's' && sl_str_has_prefix(method, name);
        *unit = units[i];
        if (is_plural || sl_str_eq(method, name))
            return true;
    }
    return false;
}

/* 2.weeks.ago, 1.day.from_now: the moment, in the words of the dialect. */
static bool moment_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node)
{
    sl_str method = method_of(chain, node);
    bool is_past = sl_str_eq(method, SL_STR("ago"));
    const struct sl_node *length = sl_node_child(node, SL_FIELD_RECEIVER);
    const struct sl_node *number = sl_node_child(length, SL_FIELD_RECEIVER);
    const char *unit;
    bool is_moment = (is_past || sl_str_eq(method, SL_STR("from_now"))) && length && number &&
                     unit_of(method_of(chain, length), &unit);
    if (!is_moment)
        return false;
    bool is_number = number->kind == SL_NODE_INTEGER;
    sl_str n = is_number ? sl_node_text(chain->syntax, number) : SL_STR("1");
    const char *sign = is_past ? "-" : "+";
    struct sl_arena *arena = chain->file->arena;
    sl_str text;
    if (writer->dialect == SL_DIALECT_MYSQL)
        text = sl_arena_printf(arena, "CURRENT_TIMESTAMP %s INTERVAL %.*s %s", sign, SL_STR_ARG(n), unit);
    else if (writer->dialect == SL_DIALECT_SQLITE)
        text = sl_arena_printf(arena, "datetime('now', '%s%.*s %s')", sign, SL_STR_ARG(n), unit);
    else
        text = sl_arena_printf(arena, "CURRENT_TIMESTAMP %s INTERVAL '%.*s %s'", sign, SL_STR_ARG(n), unit);
    sl_sql_add_token(writer, text, sl_node_span(node));
    return true;
}

/* Entry.statuses[:won]: the word in brackets; NULL for anything else. */
static const struct sl_node *enum_reference(const struct sl_ruby_chain *chain, const struct sl_node *node,
                                            const struct sl_ruby_enum **of)
{
    const struct sl_node *map = node->kind == SL_NODE_ELEMENT ? sl_node_child(node, SL_FIELD_OBJECT) : NULL;
    const struct sl_node *owner = map && map->kind == SL_NODE_CALL ? sl_node_child(map, SL_FIELD_RECEIVER) : NULL;
    const struct sl_project *project = chain->file->source->project;
    if (!map || (owner && owner->kind != SL_NODE_CONSTANT && owner->kind != SL_NODE_SCOPE))
        return NULL;
    const struct sl_ruby_model *model =
        owner ? sl_project_model(project, sl_node_text(chain->syntax, owner)) : chain->model;
    sl_str column = sl_inflect_singularize(chain->file->arena, method_of(chain, map));
    *of = column.len ? sl_project_enum(model, column) : NULL;
    return *of ? sl_node_item(node, 0) : NULL;
}

static bool enum_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node,
                       sl_str column)
{
    const struct sl_ruby_enum *of = NULL;
    const struct sl_node *referred = enum_reference(chain, node, &of);
    if (!referred)
        of = sl_project_enum(chain->model, column);
    sl_str word = sl_ruby_word(chain->syntax, referred ? referred : node, chain->file->arena);
    for (size_t i = 0; of && word.len && i < of->n_values; i++) {
        if (!sl_str_eq(of->values[i].name, word))
            continue;
        sl_sql_add_token(writer, of->values[i].value, sl_node_span(node));
        return true;
    }
    return false;
}

/* A chain in parentheses, where it selects from a table that we know. */
static bool subselect_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node)
{
    if (node->kind != SL_NODE_CALL || chain->depth >= SL_MAX_CHAIN_DEPTH)
        return false;
    struct sl_ruby_chain inner;
    sl_chain_init(&inner, chain->file, chain);
    inner.depth = chain->depth + 1;
    inner.is_written = true;       /* it is part of ours, not a statement of its own */
    sl_chain_follow(&inner, node); // NOLINT(misc-no-recursion) SL_MAX_CHAIN_DEPTH
    bool is_select =
        inner.stage == SL_CHAIN_RELATION && inner.clauses[SL_CLAUSE_WHERE].len + inner.clauses[SL_CLAUSE_SELECT].len;
    if (!is_select)
        return false;
    if (inner.clauses[SL_CLAUSE_SELECT].len == 0)
        sl_sql_add_column(sl_chain_clause(&inner, SL_CLAUSE_SELECT, ", "), inner.table, SL_STR("id"),
                          sl_node_span(node));
    sl_chain_select_write(&inner, writer); // NOLINT(misc-no-recursion) SL_MAX_CHAIN_DEPTH
    return true;
}

void sl_chain_value(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node,
                    sl_str column)
{
    const char *now = sl_ruby_now(chain->syntax, node);
    if (now) {
        sl_sql_add_token(writer, sl_str_from(now), sl_node_span(node));
        return;
    }
    if (enum_write(chain, writer, node, column) || moment_write(chain, writer, node))
        return;
    bool is_plain_text = (node->kind != SL_NODE_STRING && node->kind != SL_NODE_SYMBOL) ||
                         sl_ruby_word(chain->syntax, node, chain->file->arena).len > 0 || node->len == 2;
    struct sl_ruby_file place = *chain->file;
    place.syntax = chain->syntax;
    if (is_plain_text && sl_ruby_literal_write(&place, writer, node))
        return;
    if (node->kind == SL_NODE_CALL && text_is(chain, sl_node_child(node, SL_FIELD_RECEIVER), "Arel") &&
        sl_str_eq(method_of(chain, node), SL_STR("sql")) && sl_ruby_argument(node, 0)) {
        sl_literal_write(chain->syntax, sl_ruby_argument(node, 0), writer);
        return;
    }
    sl_sql_add_placeholder(writer, sl_node_span(node));
}

static void range_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node,
                        sl_str column)
{
    const struct sl_node *begin = sl_node_child(node, SL_FIELD_BEGIN);
    const struct sl_node *end = sl_node_child(node, SL_FIELD_END);
    bool is_open_ended = text_is(chain, sl_node_child(node, SL_FIELD_OPERATOR), "...");
    if (begin && begin->kind == SL_NODE_NIL)
        begin = NULL;
    if (end && end->kind == SL_NODE_NIL)
        end = NULL;
    if (begin && end && !is_open_ended) {
        sl_sql_add(writer, " BETWEEN ");
        sl_chain_value(chain, writer, begin, column);
        sl_sql_add(writer, " AND ");
        sl_chain_value(chain, writer, end, column);
        return;
    }
    struct sl_sql_writer left = *writer; /* the column, for the second bound */
    size_t start = writer->len;
    while (start && !sl_is_space(writer->text[start - 1]) && writer->text[start - 1] != '(')
        start--;
    sl_str name = sl_str_slice(sl_sql_writer_text(&left), start, SIZE_MAX);
    if (begin) {
        sl_sql_add(writer, " >= ");
        sl_chain_value(chain, writer, begin, column);
    }
    if (begin && end) {
        sl_sql_add(writer, " AND ");
        sl_sql_add_token(writer, name, sl_node_span(node->parent));
    }
    if (end) {
        sl_sql_add(writer, is_open_ended ? " < " : " <= ");
        sl_chain_value(chain, writer, end, column);
    }
}

/* Date.current.all_day, time.all_month …: between its first and its last moment. */
static bool all_period_write(struct sl_sql_writer *writer, sl_str method, const struct sl_node *node)
{
    if (!sl_str_has_prefix(method, SL_STR("all_")))
        return false;
    sl_sql_add(writer, " BETWEEN ");
    sl_sql_add_placeholder(writer, sl_node_span(node));
    sl_sql_add(writer, " AND ");
    sl_sql_add_placeholder(writer, sl_node_span(node));
    return true;
}

void sl_chain_comparison(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node,
                         sl_str column)
{
    while (node->kind == SL_NODE_PARENTHESES && sl_node_item(node, 0))
        node = sl_node_item(node, 0);
    if (node->kind == SL_NODE_NIL) {
        sl_sql_add_token(writer, SL_STR(" IS NULL"), sl_node_span(node));
        return;
    }
    if (node->kind == SL_NODE_RANGE) {
        range_write(chain, writer, node, column);
        return;
    }
    if (all_period_write(writer, method_of(chain, node), node))
        return;
    if (node->kind == SL_NODE_ARRAY || node->kind == SL_NODE_WORD_ARRAY) {
        sl_sql_add(writer, " IN (");
        const char *separator = "";
        for (const struct sl_node *item = node->first; item; item = item->next) {
            if (item->kind == SL_NODE_COMMENT)
                continue;
            sl_sql_add(writer, separator);
            separator = ", ";
            if (item->kind == SL_NODE_BARE_WORD && !enum_write(chain, writer, item, column))
                sl_sql_add_literal(writer, sl_node_text(chain->syntax, item), sl_node_span(item));
            else if (item->kind != SL_NODE_BARE_WORD)
                sl_chain_value(chain, writer, item, column);
        }
        sl_sql_add(writer, *separator ? ")" : "NULL)");
        return;
    }
    struct sl_sql_writer inner;
    sl_chain_writer(chain, &inner);
    if (subselect_write(chain, &inner, node)) { // NOLINT(misc-no-recursion) SL_MAX_CHAIN_DEPTH
        sl_sql_add(writer, " IN (");
        sl_sql_add_writer(writer, &inner);
        sl_sql_add(writer, ")");
        return;
    }
    sl_sql_add(writer, " = ");
    sl_chain_value(chain, writer, node, column);
}

/* --- Buckets --------------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *unit;
    const char *format; /* of MySQL's DATE_FORMAT and SQLite's strftime */
} formats[] = {
    {"second", "%Y-%m-%d %H:%i:%s"},
    {"minute", "%Y-%m-%d %H:%i"},
    {"hour", "%Y-%m-%d %H"},
    {"day", "%Y-%m-%d"},
    {"week", "%Y-%u"},
    {"month", "%Y-%m"},
    {"quarter", "%Y-%m"},
    {"year", "%Y"},
};

void sl_chain_bucket(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, sl_str unit,
                     const struct sl_sql_writer *inner, struct sl_span span)
{
    const char *format = "%Y-%m-%d";
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (sl_str_eq(unit, sl_str_from(formats[i].unit)))
            format = formats[i].format;
    }
    struct sl_arena *arena = chain->file->arena;
    if (writer->dialect == SL_DIALECT_POSTGRES) {
        sl_sql_add_token(writer, sl_arena_printf(arena, "date_trunc('%.*s', ", SL_STR_ARG(unit)), span);
        sl_sql_add_writer(writer, inner);
        sl_sql_add(writer, ")");
    } else if (writer->dialect == SL_DIALECT_MYSQL) {
        sl_sql_add_token(writer, SL_STR("DATE_FORMAT("), span);
        sl_sql_add_writer(writer, inner);
        sl_sql_add_str(writer, sl_arena_printf(arena, ", '%s')", format));
    } else {
        sl_sql_add_token(writer, sl_arena_printf(arena, "strftime('%s', ", format), span);
        sl_sql_add_writer(writer, inner);
        sl_sql_add(writer, ")");
    }
}
