/*
 * ruby_memory: what code computes of rows that it has loaded: group_by, tally, counting in a hash, durations.
 *
 * A relation that is grouped in memory reads its columns as one grouped by the database does, so it becomes the same
 * SQL, marked SL_FRAGMENT_GROUPED_IN_MEMORY. Source: Enumerable, ActiveSupport's calculations of times.
 */
#include "source/ruby_chain.h"

/* Methods of a time that cut it, and into what. */
static const struct {
    const char *method, *unit;
} cuts[] = {
    {"to_date", "day"},
    {"beginning_of_day", "day"},
    {"at_beginning_of_day", "day"},
    {"end_of_day", "day"},
    {"midnight", "day"},
    {"strftime", "day"},
    {"to_fs", "day"},
    {"to_formatted_s", "day"},
    {"beginning_of_week", "week"},
    {"cweek", "week"},
    {"beginning_of_month", "month"},
    {"end_of_month", "month"},
    {"at_beginning_of_month", "month"},
    {"month", "month"},
    {"beginning_of_year", "year"},
    {"year", "year"},
    {"beginning_of_hour", "hour"},
    {"hour", "hour"},
    {"wday", "day"},
    {"day", "day"},
    {"yday", "day"},
    {"beginning_of_quarter", "quarter"},
    {"all_day", "day"},
};

/* strftime("%Y-%m") cuts to the month. */
static const char *strftime_unit(const struct sl_ruby_chain *chain, const struct sl_node *call)
{
    sl_str format = sl_node_text(chain->syntax, sl_ruby_argument(call, 0));
    static const struct {
        const char *directives, *unit;
    } finest[] = {{"HIklMSTR", "hour"}, {"dejDFxuwaA", "day"}, {"VUW", "week"}, {"mbB", "month"}, {"YyCG", "year"}};
    for (size_t i = 0; i < sizeof finest / sizeof finest[0]; i++) {
        for (size_t at = 0; at + 1 < format.len; at++) {
            bool is_flag = format.ptr[at] == '%' && format.ptr[at + 1] == '-' && at + 2 < format.len;
            char directive = format.ptr[at + (is_flag ? 2 : 1)];
            if (format.ptr[at] == '%' && strchr(finest[i].directives, directive))
                return finest[i].unit;
        }
    }
    return "day";
}

static const char *cut_unit(sl_str method)
{
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        if (sl_str_eq(method, sl_str_from(cuts[i].method)))
            return cuts[i].unit;
    }
    return NULL;
}

/* A cut value as SQL. */
static void cut_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_sql_writer *inner,
                      const char *unit, struct sl_span span)
{
    if (!unit)
        sl_sql_add_writer(writer, inner);
    else if (strcmp(unit, "day") == 0)
        sl_sql_add(writer, "DATE("), sl_sql_add_writer(writer, inner), sl_sql_add(writer, ")");
    else
        sl_chain_bucket(chain, writer, sl_str_from(unit), inner, span);
}

/* --- What a block says of one row -----------------------------------------------------------------------------------
 */

/* The n-th parameter's name; `it` and _1, _2 … where the block names none. */
static bool is_parameter(const struct sl_ruby_chain *chain, const struct sl_node *block, const struct sl_node *node,
                         size_t n)
{
    if (!node || node->kind != SL_NODE_IDENTIFIER)
        return false;
    sl_str text = sl_node_text(chain->syntax, node);
    sl_str name = sl_ruby_block_parameter(chain->syntax, block, n);
    if (name.len || sl_ruby_block_parameter(chain->syntax, block, 0).len)
        return name.len && sl_str_eq(text, name);
    return (n == 0 && sl_str_eq(text, SL_STR("it"))) ||
           (text.len == 2 && text.ptr[0] == '_' && text.ptr[1] == (char)('1' + n));
}

/* Which of several values `row.first`, `row[1]`, `row.last` is; SIZE_MAX where it is none. */
static size_t value_index(const struct sl_ruby_chain *chain, const struct sl_node *node)
{
    sl_str method = sl_ruby_method(chain->syntax, node);
    if (sl_str_eq(method, SL_STR("first")))
        return 0;
    if (sl_str_eq(method, SL_STR("last")))
        return chain->n_values - 1;
    const struct sl_node *object = sl_node_child(node, SL_FIELD_OBJECT);
    const struct sl_node *index = node->kind == SL_NODE_ELEMENT && object ? object->next : NULL;
    bool is_digit = index && index->kind == SL_NODE_INTEGER && index->len == 1;
    return is_digit ? (size_t)(sl_node_text(chain->syntax, index).ptr[0] - '0') : SIZE_MAX;
}

/* The value in memory that the node is; NULL where it is none. */
static const struct sl_sql_writer *value_of(const struct sl_ruby_chain *chain, const struct sl_node *block,
                                            const struct sl_node *node)
{
    size_t n = SIZE_MAX;
    if (chain->n_values == 1) {
        n = is_parameter(chain, block, node, 0) ? 0 : SIZE_MAX;
    } else if (sl_ruby_block_parameter(chain->syntax, block, 1).len == 0) {
        const struct sl_node *row = sl_node_child(node, SL_FIELD_RECEIVER);
        if (!row)
            row = sl_node_child(node, SL_FIELD_OBJECT);
        n = row && is_parameter(chain, block, row, 0) ? value_index(chain, node) : SIZE_MAX;
    }
    for (size_t i = 0; chain->n_values > 1 && n == SIZE_MAX && i < chain->n_values; i++) {
        if (is_parameter(chain, block, node, i) && sl_ruby_block_parameter(chain->syntax, block, 1).len)
            n = i;
    }
    return n < chain->n_values && chain->values[n].len ? &chain->values[n] : NULL;
}

/* `e.updated_at.in_time_zone.to_date`: the column and how it is cut. True where it was understood. */
static bool expression_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node,
                             const struct sl_node *block, bool *is_cut)
{
    const char *unit = NULL;
    const struct sl_node *cut = NULL;
    for (int depth = 0; node && depth < 16; depth++) {
        const struct sl_node *receiver = sl_node_child(node, SL_FIELD_RECEIVER);
        const struct sl_sql_writer *value = chain->n_values ? value_of(chain, block, node) : NULL;
        bool is_column = chain->n_values == 0 && receiver && is_parameter(chain, block, receiver, 0) &&
                         !sl_node_child(node, SL_FIELD_ARGUMENTS);
        struct sl_sql_writer inner;
        sl_chain_writer(chain, &inner);
        if (value) {
            sl_sql_add_writer(&inner, value);
        } else if (is_column) {
            const struct sl_node *name = sl_node_child(node, SL_FIELD_METHOD);
            sl_sql_add_column(&inner, chain->table, sl_node_text(chain->syntax, name), sl_node_span(name));
        } else {
            sl_str method = sl_ruby_method(chain->syntax, node);
            if (!unit && cut_unit(method)) {
                bool is_format = sl_str_eq(method, SL_STR("strftime"));
                unit = is_format ? strftime_unit(chain, node) : cut_unit(method);
                cut = sl_node_child(node, SL_FIELD_METHOD);
            }
            node = receiver;
            continue;
        }
        cut_write(chain, writer, &inner, unit, sl_node_span(cut ? cut : node));
        *is_cut |= unit != NULL;
        return true;
    }
    return false;
}

/* (&:updated_at), (&:to_date), (&:first): what the symbol makes of a row. */
static bool symbol_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *symbol)
{
    sl_str name = sl_ruby_word(chain->syntax, symbol, chain->file->arena);
    bool is_end = sl_str_eq(name, SL_STR("first")) || sl_str_eq(name, SL_STR("last"));
    if (chain->n_values == 1 && cut_unit(name)) {
        cut_write(chain, writer, &chain->values[0], cut_unit(name), sl_node_span(symbol));
    } else if (chain->n_values > 1 && is_end) {
        sl_sql_add_writer(writer, &chain->values[name.len == 5 ? 0 : chain->n_values - 1]);
    } else if (chain->n_values == 0 && name.len) {
        sl_sql_add_column(writer, chain->table, name, sl_node_span(symbol));
    }
    return writer->len > 0;
}

/* The values that a call's block makes of each row: one, or those of an array. 0: none that is understood. */
static size_t block_values(struct sl_ruby_chain *chain, const struct sl_node *call,
                           struct sl_sql_writer values[SL_MAX_CHAIN_VALUES])
{
    size_t n = 0;
    size_t understood = 0;
    bool is_cut = false;
    sl_chain_writer(chain, &values[0]);
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *item = arguments ? arguments->first : NULL; item; item = item->next) {
        if (item->kind == SL_NODE_BLOCK_ARGUMENT && item->first && item->first->kind == SL_NODE_SYMBOL)
            return symbol_write(chain, &values[0], item->first);
    }
    const struct sl_node *block = sl_node_child(call, SL_FIELD_BLOCK);
    const struct sl_node *body = block && !sl_ruby_statement(block, 1) ? sl_ruby_statement(block, 0) : NULL;
    bool is_list = body && body->kind == SL_NODE_ARRAY;
    for (const struct sl_node *item = is_list ? body->first : body; item && n < SL_MAX_CHAIN_VALUES;
         item = is_list ? item->next : NULL) {
        sl_chain_writer(chain, &values[n]);
        understood += expression_write(chain, &values[n++], item, block, &is_cut);
    }
    return understood ? n : 0;
}

/* --- Links ----------------------------------------------------------------------------------------------------------
 */

/* SELECT keys, COUNT(*) … GROUP BY keys */
static void group_emit(struct sl_ruby_chain *chain, const struct sl_sql_writer *keys, size_t n,
                       const struct sl_node *call)
{
    struct sl_sql_writer writer;
    size_t written = 0;
    sl_chain_writer(chain, &writer);
    sl_sql_add(&writer, "SELECT ");
    for (size_t i = 0; i < n; i++) {
        if (keys[i].len == 0)
            continue;
        sl_sql_add_writer(&writer, &keys[i]);
        sl_sql_add(&writer, ", ");
        written++;
    }
    sl_sql_add(&writer, "COUNT(*)");
    sl_chain_from_where(chain, &writer);
    sl_sql_add(&writer, " GROUP BY 1");
    for (size_t i = 1; i < written; i++)
        sl_sql_add_str(&writer, sl_arena_printf(chain->file->arena, ", %zu", i + 1));
    sl_chain_emit(chain, &writer, call, SL_FRAGMENT_GROUPED_IN_MEMORY);
    chain->stage = SL_CHAIN_DONE;
}

bool sl_chain_memory_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    struct sl_sql_writer values[SL_MAX_CHAIN_VALUES];
    bool has_unit = sl_str_has_prefix(method, SL_STR("group_by_"));
    bool is_group = sl_str_eq(method, SL_STR("group_by")) || sl_str_eq(method, SL_STR("chunk_by")) ||
                    (has_unit && sl_node_child(call, SL_FIELD_BLOCK));
    bool is_tally_by = sl_str_eq(method, SL_STR("tally_by"));
    bool is_map = sl_str_eq(method, SL_STR("map")) || sl_str_eq(method, SL_STR("collect")) ||
                  sl_str_eq(method, SL_STR("filter_map"));
    if (sl_str_eq(method, SL_STR("tally"))) {
        for (size_t i = 0; i < chain->n_values; i++) {
            if (chain->values[i].len == 0)
                continue;
            group_emit(chain, chain->values, chain->n_values, call);
            return true;
        }
        return false;
    }
    size_t n = is_group || is_tally_by || is_map ? block_values(chain, call, values) : 0;
    if (n == 0)
        return false;
    if (is_map) {
        for (size_t i = 0; i < n; i++)
            chain->values[i] = values[i];
        chain->n_values = n;
        chain->stage = SL_CHAIN_VALUES;
        return true;
    }
    if (has_unit) {
        struct sl_sql_writer cut;
        sl_chain_writer(chain, &cut);
        sl_chain_bucket(chain, &cut, sl_str_slice(method, 9, SIZE_MAX), &values[0], sl_node_span(call));
        values[0] = cut;
    }
    group_emit(chain, values, n, call);
    return true;
}

/* --- Loops ----------------------------------------------------------------------------------------------------------
 */

/* Follows what the block's call loops over; true where it is rows, or values of them. */
static bool loop_follow(struct sl_ruby_chain *chain, struct sl_ruby_file *file, const struct sl_node *block)
{
    const struct sl_node *call = block->parent;
    const struct sl_node *over = call ? sl_node_child(call, SL_FIELD_RECEIVER) : NULL;
    if (!over)
        return false;
    sl_chain_init(chain, file, NULL);
    chain->whole = call;
    chain->is_written = true; /* the loop's own statement is not ours to write */
    chain->depth = 1;
    sl_chain_follow(chain, over);
    chain->is_written = false;
    return chain->stage == SL_CHAIN_RELATION || chain->stage == SL_CHAIN_RECORDS || chain->stage == SL_CHAIN_VALUES;
}

/* counts[e.updated_at.to_date] += 1 */
static void counter_read(struct sl_ruby_file *file, const struct sl_node *node)
{
    const struct sl_node *left = sl_node_child(node, SL_FIELD_LEFT);
    const struct sl_node *object = left && left->kind == SL_NODE_ELEMENT ? sl_node_child(left, SL_FIELD_OBJECT) : NULL;
    const struct sl_node *index = object ? object->next : NULL;
    if (!index || !sl_node_is(file->syntax, sl_node_child(node, SL_FIELD_OPERATOR), "+="))
        return;
    for (const struct sl_node *block = node->parent; block && block->kind != SL_NODE_METHOD; block = block->parent) {
        struct sl_ruby_chain chain;
        struct sl_sql_writer key;
        bool is_cut = false;
        if (block->kind != SL_NODE_BLOCK || !loop_follow(&chain, file, block))
            continue;
        sl_chain_writer(&chain, &key);
        if (expression_write(&chain, &key, index, block, &is_cut) && is_cut) {
            group_emit(&chain, &key, 1, block->parent);
            return;
        }
    }
}

/* Is the difference asked whether it is long (an "edited" mark), rather than told? */
static bool is_compared(const struct sl_syntax *syntax, const struct sl_node *node)
{
    static const char *const comparisons[] = {"<", ">", "<=", ">=", "==", "!="};
    for (const struct sl_node *above = node->parent; above; above = above->parent) {
        bool is_wrapping = above->kind == SL_NODE_PARENTHESES || above->kind == SL_NODE_BINARY ||
                           (above->kind == SL_NODE_CALL && !sl_node_child(above, SL_FIELD_ARGUMENTS));
        if (!is_wrapping)
            return false;
        const struct sl_node *op = above->kind == SL_NODE_BINARY ? sl_node_child(above, SL_FIELD_OPERATOR) : NULL;
        for (size_t i = 0; op && i < sizeof comparisons / sizeof comparisons[0]; i++) {
            if (sl_node_is(syntax, op, comparisons[i]))
                return true;
        }
    }
    return false;
}

/* The name of a moment that a record has: `e.updated_at`. */
static const struct sl_node *moment_of(const struct sl_syntax *syntax, const struct sl_node *node)
{
    sl_str name = sl_ruby_method(syntax, node);
    bool is_moment = sl_str_has_suffix(name, SL_STR("_at")) || sl_str_has_suffix(name, SL_STR("_on"));
    const struct sl_node *receiver = node && is_moment ? sl_node_child(node, SL_FIELD_RECEIVER) : NULL;
    return receiver && receiver->kind == SL_NODE_IDENTIFIER ? sl_node_child(node, SL_FIELD_METHOD) : NULL;
}

/* e.updated_at - e.created_at, for each row of a relation. */
static void duration_read(struct sl_ruby_file *file, const struct sl_node *node)
{
    const struct sl_syntax *syntax = file->syntax;
    const struct sl_node *left = sl_node_child(node, SL_FIELD_LEFT);
    const struct sl_node *right = sl_node_child(node, SL_FIELD_RIGHT);
    const struct sl_node *end = moment_of(syntax, left);
    const struct sl_node *begin = moment_of(syntax, right);
    if (!end || !begin || !sl_node_is(syntax, sl_node_child(node, SL_FIELD_OPERATOR), "-") || is_compared(syntax, node))
        return;
    const struct sl_node *row = sl_node_child(left, SL_FIELD_RECEIVER);
    sl_str name = sl_node_text(syntax, row);
    if (!sl_str_eq(name, sl_node_text(syntax, sl_node_child(right, SL_FIELD_RECEIVER))))
        return;
    for (const struct sl_node *block = node->parent; block && block->kind != SL_NODE_METHOD; block = block->parent) {
        struct sl_ruby_chain chain;
        struct sl_sql_writer writer;
        if (block->kind != SL_NODE_BLOCK || !sl_str_eq(sl_ruby_block_parameter(syntax, block, 0), name))
            continue;
        if (!loop_follow(&chain, file, block) || chain.stage == SL_CHAIN_VALUES)
            return;
        sl_chain_writer(&chain, &writer);
        sl_sql_add(&writer, "SELECT ");
        sl_sql_add_column(&writer, chain.table, sl_node_text(syntax, end), sl_node_span(end));
        sl_sql_add(&writer, " - ");
        sl_sql_add_column(&writer, chain.table, sl_node_text(syntax, begin), sl_node_span(begin));
        sl_chain_from_where(&chain, &writer);
        chain.whole = node;
        sl_chain_emit(&chain, &writer, node, 0);
        return;
    }
}

void sl_chain_memory_read(struct sl_ruby_file *file, const struct sl_node *node)
{
    if (node->kind == SL_NODE_OPERATOR_ASSIGNMENT)
        counter_read(file, node);
    else if (node->kind == SL_NODE_BINARY)
        duration_read(file, node);
}
