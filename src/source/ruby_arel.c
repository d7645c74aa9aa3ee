/* ruby_arel: Arel's nodes, as far as people write them by hand: columns, comparisons, and, or, named functions. */
#include "source/ruby_chain.h"

/* NOLINTBEGIN(misc-no-recursion): capped by MAX_NESTING */

enum { MAX_NESTING = 16 }; /* conditions inside each other */

static bool is_arel_sql(const struct sl_ruby_chain *chain, const struct sl_node *node)
{
    return node->kind == SL_NODE_CALL && sl_ruby_method_is(chain->syntax, node, "sql") &&
           sl_node_is(chain->syntax, sl_node_child(node, SL_FIELD_RECEIVER), "Arel");
}

/* Entry.arel_table, arel_table, a variable that was given one; an empty string for anything else. */
static sl_str arel_table(const struct sl_ruby_chain *chain, const struct sl_node *node)
{
    const struct sl_project *project = chain->file->source->project;
    if (node->kind == SL_NODE_IDENTIFIER && !sl_ruby_method_is(chain->syntax, node, "arel_table"))
        node = sl_chain_assigned_value(chain, node, sl_node_text(chain->syntax, node));
    if (!node || !sl_ruby_method_is(chain->syntax, node, "arel_table"))
        return SL_STR_EMPTY;
    const struct sl_node *owner = sl_node_child(node, SL_FIELD_RECEIVER);
    const struct sl_ruby_model *model = owner ? sl_project_model(project, sl_node_text(chain->syntax, owner)) : NULL;
    return model ? model->table : chain->table;
}

/* Entry.arel_table[:updated_at] */
static sl_str arel_column(const struct sl_ruby_chain *chain, const struct sl_node *node, sl_str *table)
{
    const struct sl_node *object = node->kind == SL_NODE_ELEMENT ? sl_node_child(node, SL_FIELD_OBJECT) : NULL;
    *table = object ? arel_table(chain, object) : SL_STR_EMPTY;
    const struct sl_node *name = table->len ? sl_node_item(node, 0) : NULL;
    return name ? sl_ruby_word(chain->syntax, name, chain->file->arena) : SL_STR_EMPTY;
}

/* Arel::Nodes::NamedFunction.new("DATE", [t[:updated_at]]) */
static bool named_function(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node)
{
    const struct sl_node *owner = node->kind == SL_NODE_CALL ? sl_node_child(node, SL_FIELD_RECEIVER) : NULL;
    bool is_function = owner && sl_ruby_method_is(chain->syntax, node, "new") &&
                       sl_str_has_suffix(sl_node_text(chain->syntax, owner), SL_STR("NamedFunction"));
    const struct sl_node *list = is_function ? sl_ruby_argument(node, 1) : NULL;
    sl_str name =
        is_function ? sl_ruby_word(chain->syntax, sl_ruby_argument(node, 0), chain->file->arena) : SL_STR_EMPTY;
    if (!list || list->kind != SL_NODE_ARRAY || name.len == 0 || chain->depth >= MAX_NESTING)
        return false;
    sl_sql_add_token(writer, name, sl_node_span(sl_ruby_argument(node, 0)));
    sl_sql_add(writer, "(");
    chain->depth++;
    for (const struct sl_node *item = list->first; item; item = item->next) {
        struct sl_sql_writer one;
        sl_chain_writer(chain, &one);
        sl_sql_add(writer, item == list->first ? "" : ", ");
        if (sl_chain_expression(chain, &one, item))
            sl_sql_add_writer(writer, &one);
        else
            sl_chain_value(chain, writer, item, SL_STR_EMPTY);
    }
    chain->depth--;
    sl_sql_add(writer, ")");
    return true;
}

bool sl_chain_arel_expression(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node)
{
    sl_str table;
    if (is_arel_sql(chain, node) && sl_ruby_argument(node, 0)) {
        if (!sl_literal_is(chain->syntax, sl_ruby_argument(node, 0)))
            return false;
        if (!sl_literal_write(chain->syntax, sl_ruby_argument(node, 0), writer))
            chain->flags |= SL_FRAGMENT_OPEN;
        return writer->len > 0;
    }
    if (named_function(chain, writer, node))
        return true;
    sl_str column = arel_column(chain, node, &table);
    if (column.len)
        sl_sql_add_column(writer, table, column, sl_node_span(node));
    return column.len > 0;
}

static const struct {
    const char *method, *operator;
} comparisons[] = {
    {"gt", " > "},    {"gteq", " >= "},      {"lt", " < "},
    {"lteq", " <= "}, {"matches", " LIKE "}, {"does_not_match", " NOT LIKE "},
};

/* What stands behind the column: = x, IN (…), > x, BETWEEN a AND b; false where the method is no comparison. */
static bool comparison_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *call,
                             sl_str column)
{
    sl_str method = sl_ruby_method(chain->syntax, call);
    const struct sl_node *value = sl_ruby_argument(call, 0);
    if (!value)
        return false;
    bool is_same =
        sl_str_eq(method, SL_STR("eq")) || sl_str_eq(method, SL_STR("in")) || sl_str_eq(method, SL_STR("between"));
    if (is_same) { /* nil, a list, a range are told apart as where(column: …) does */
        sl_chain_comparison(chain, writer, value, column);
        return true;
    }
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        if (!sl_str_eq(method, sl_str_from(comparisons[i].method)))
            continue;
        sl_sql_add(writer, comparisons[i].operator);
        sl_chain_value(chain, writer, value, column);
        return true;
    }
    return false;
}

static bool is_negation(sl_str method, sl_str *positive)
{
    *positive = sl_str_eq(method, SL_STR("not_eq"))   ? SL_STR("eq")
                : sl_str_eq(method, SL_STR("not_in")) ? SL_STR("in")
                                                      : SL_STR_EMPTY;
    return positive->len > 0;
}

static bool column_test(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *call)
{
    const struct sl_node *left = sl_node_child(call, SL_FIELD_RECEIVER);
    struct sl_sql_writer test;
    sl_chain_writer(chain, &test);
    sl_str table;
    sl_str column = left ? arel_column(chain, left, &table) : SL_STR_EMPTY;
    if (!left || !sl_chain_arel_expression(chain, &test, left))
        return false;
    sl_str positive;
    bool is_not = is_negation(sl_ruby_method(chain->syntax, call), &positive);
    const struct sl_node *value = sl_ruby_argument(call, 0);
    if (is_not && value)
        sl_chain_comparison(chain, &test, value, column);
    else if (is_not || !comparison_write(chain, &test, call, column))
        return false;
    sl_sql_add(writer, is_not ? "NOT (" : "");
    sl_sql_add_writer(writer, &test);
    sl_sql_add(writer, is_not ? ")" : "");
    return true;
}

bool sl_chain_arel_condition(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node)
{
    while (node && node->kind == SL_NODE_PARENTHESES)
        node = sl_node_item(node, 0);
    if (!node || node->kind != SL_NODE_CALL || chain->depth >= MAX_NESTING)
        return false;
    bool is_and = sl_ruby_method_is(chain->syntax, node, "and");
    bool is_or = sl_ruby_method_is(chain->syntax, node, "or");
    const struct sl_node *left = sl_node_child(node, SL_FIELD_RECEIVER);
    const struct sl_node *right = sl_ruby_argument(node, 0);
    if (!is_and && !is_or)
        return column_test(chain, writer, node);
    struct sl_sql_writer first;
    struct sl_sql_writer second;
    sl_chain_writer(chain, &first);
    sl_chain_writer(chain, &second);
    chain->depth++;
    bool is_both =
        left && right && sl_chain_arel_condition(chain, &first, left) && sl_chain_arel_condition(chain, &second, right);
    chain->depth--;
    if (!is_both)
        return false;
    sl_sql_add(writer, is_or ? "((" : "");
    sl_sql_add_writer(writer, &first);
    sl_sql_add(writer, is_or ? ") OR (" : " AND ");
    sl_sql_add_writer(writer, &second);
    sl_sql_add(writer, is_or ? "))" : "");
    return true;
}

/* NOLINTEND(misc-no-recursion) */
