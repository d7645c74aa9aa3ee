/* ruby_read: the links that end a relation by reading it, in the database or in memory. */
#include "source/ruby_chain.h"

/* FROM … JOIN … WHERE … */
void sl_chain_from_where(struct sl_ruby_chain *chain, struct sl_sql_writer *writer)
{
    sl_sql_add(writer, " FROM ");
    sl_sql_add_name(writer, chain->table, chain->is_redirected ? chain->instead : sl_node_span(chain->whole));
    if (chain->clauses[SL_CLAUSE_JOIN].len) {
        sl_sql_add(writer, " ");
        sl_sql_add_writer(writer, &chain->clauses[SL_CLAUSE_JOIN]);
    }
    if (chain->clauses[SL_CLAUSE_WHERE].len) {
        sl_sql_add(writer, " WHERE ");
        sl_sql_add_writer(writer, &chain->clauses[SL_CLAUSE_WHERE]);
    }
}

static void tail_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer)
{
    static const struct {
        enum sl_clause clause;
        const char *keyword;
    } tail[] = {{SL_CLAUSE_GROUP, " GROUP BY "},
                {SL_CLAUSE_HAVING, " HAVING "},
                {SL_CLAUSE_ORDER, " ORDER BY "},
                {SL_CLAUSE_LIMIT, " LIMIT "}};
    for (size_t i = 0; i < sizeof tail / sizeof tail[0]; i++) {
        if (chain->clauses[tail[i].clause].len == 0)
            continue;
        sl_sql_add(writer, tail[i].keyword);
        sl_sql_add_writer(writer, &chain->clauses[tail[i].clause]);
    }
}

void sl_chain_select_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer)
{
    sl_sql_add(writer, chain->is_distinct ? "SELECT DISTINCT " : "SELECT ");
    if (chain->clauses[SL_CLAUSE_SELECT].len)
        sl_sql_add_writer(writer, &chain->clauses[SL_CLAUSE_SELECT]);
    else if (chain->clauses[SL_CLAUSE_GROUP].len)
        sl_sql_add_writer(writer, &chain->clauses[SL_CLAUSE_GROUP]);
    else
        sl_sql_add(writer, "*");
    sl_sql_add(writer, chain->counts_groups ? ", COUNT(*)" : "");
    sl_chain_from_where(chain, writer);
    tail_write(chain, writer);
}

void sl_chain_emit(struct sl_ruby_chain *chain, const struct sl_sql_writer *writer, const struct sl_node *call,
                   uint32_t flags)
{
    if (chain->is_written && chain->depth > 0)
        return; /* a part of another statement */
    chain->is_written = true;
    const struct sl_node *shown = chain->is_redirected || !call ? chain->whole : call;
    flags |= chain->flags | sl_ruby_flags_at(chain->file, chain->whole) | SL_FRAGMENT_ORM;
    struct sl_fragment *fragment = sl_sql_writer_emit(writer, chain->file->reading, sl_node_span(shown), flags);
    fragment->transaction = sl_ruby_transaction_at(chain->file, chain->whole);
    fragment->database = chain->model ? chain->model->database : SL_STR_EMPTY;
}

/* --- Aggregates -----------------------------------------------------------------------------------------------------
 */

static const char *aggregate_of(const struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    static const struct {
        const char *method, *sql;
    } aggregates[] = {{"count", "COUNT("},       {"size", "COUNT("},       {"sum", "SUM("},
                      {"average", "AVG("},       {"minimum", "MIN("},      {"maximum", "MAX("},
                      {"async_count", "COUNT("}, {"async_sum", "SUM("},    {"async_minimum", "MIN("},
                      {"async_maximum", "MAX("}, {"async_average", "AVG("}};
    if (sl_str_eq(method, SL_STR("calculate")))
        method = sl_ruby_word(chain->syntax, sl_ruby_argument(call, 0), chain->file->arena);
    for (size_t i = 0; i < sizeof aggregates / sizeof aggregates[0]; i++) {
        if (sl_str_eq(method, sl_str_from(aggregates[i].method)))
            return aggregates[i].sql;
    }
    return NULL;
}

/* SELECT key, COUNT(*) … GROUP BY key */
static bool aggregate_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    const char *function = aggregate_of(chain, call, method);
    if (!function || sl_node_child(call, SL_FIELD_BLOCK))
        return false;
    const struct sl_node *column = sl_ruby_argument(call, sl_str_eq(method, SL_STR("calculate")) ? 1 : 0);
    struct sl_sql_writer writer;
    struct sl_sql_writer inner;
    sl_chain_writer(chain, &writer);
    sl_chain_writer(chain, &inner);
    const struct sl_node *name = sl_node_child(call, SL_FIELD_METHOD);
    struct sl_span span = sl_node_span(name ? name : call);
    sl_sql_add(&writer, "SELECT ");
    if (chain->clauses[SL_CLAUSE_GROUP].len) {
        sl_sql_add_writer(&writer, &chain->clauses[SL_CLAUSE_GROUP]);
        sl_sql_add(&writer, ", ");
    }
    sl_sql_add_token(&writer, sl_str_from(function), span);
    sl_sql_add(&writer, chain->is_distinct && column ? "DISTINCT " : "");
    if (column && sl_chain_expression(chain, &inner, column))
        sl_sql_add_writer(&writer, &inner);
    else if (!column && chain->clauses[SL_CLAUSE_SELECT].len && function[0] == 'C' && chain->is_distinct) {
        sl_sql_add(&writer, "DISTINCT ");
        sl_sql_add_writer(&writer, &chain->clauses[SL_CLAUSE_SELECT]);
    } else
        sl_sql_add(&writer, function[0] == 'C' ? "*" : ":value");
    sl_sql_add(&writer, ")");
    sl_chain_from_where(chain, &writer);
    tail_write(chain, &writer);
    sl_chain_emit(chain, &writer, call, 0);
    chain->stage = SL_CHAIN_DONE;
    return true;
}

/* --- Values and rows ------------------------------------------------------------------------------------------------
 */

static void pluck_link(struct sl_ruby_chain *chain, const struct sl_node *call)
{
    chain->clauses[SL_CLAUSE_SELECT].len = 0;
    chain->clauses[SL_CLAUSE_SELECT].map.len = 0;
    chain->n_values = 0;
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        struct sl_sql_writer one;
        sl_chain_writer(chain, &one);
        if (sl_chain_expression(chain, &one, sl_ruby_argument(call, i)))
            sl_sql_add_writer(sl_chain_clause(chain, SL_CLAUSE_SELECT, ", "), &one);
        if (i < SL_MAX_CHAIN_VALUES)
            chain->values[chain->n_values++] = one;
    }
    chain->stage = SL_CHAIN_VALUES;
}

/* find(id), find_by(…), first …: one row. */
static bool row_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    static const char *const by_condition[] = {"find_by",           "find_by!",          "exists?",
                                               "find_sole_by",      "find_or_create_by", "find_or_create_by!",
                                               "create_or_find_by", "create_or_find_by!"};
    static const char *const by_order[] = {"first", "last", "take", "first!", "last!", "take!", "sole", "second"};
    static const char *const inserts[] = {"new", "build", "create", "create!"};
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    if (sl_str_is_one_of(method, by_condition, sizeof by_condition / sizeof by_condition[0])) {
        struct sl_sql_writer condition;
        sl_chain_writer(chain, &condition);
        const struct sl_node *text = sl_ruby_argument(call, 0);
        if (text && sl_literal_is(chain->syntax, text))
            sl_chain_text_condition(chain, &condition, text, call, 1);
        else if (arguments)
            sl_chain_conditions(chain, &condition, chain->table, arguments);
        if (condition.len)
            sl_sql_add_writer(sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND "), &condition);
    } else if (sl_str_has_prefix(method, SL_STR("find_by_")) && !sl_str_has_prefix(method, SL_STR("find_by_sql"))) {
        struct sl_sql_writer *where = sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND ");
        sl_str column = sl_str_slice(method, 8, SIZE_MAX);
        if (column.len && column.ptr[column.len - 1] == '!')
            column.len--;
        sl_sql_add_column(where, chain->table, column, sl_node_span(call));
        sl_sql_add(where, " = :value");
    } else if (sl_str_eq(method, SL_STR("find"))) {
        struct sl_sql_writer *where = sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND ");
        sl_sql_add_column(where, chain->table, SL_STR("id"), sl_node_span(call));
        sl_sql_add(where, " = :id");
        chain->has_key = true;
    } else if (sl_str_is_one_of(method, inserts, sizeof inserts / sizeof inserts[0])) {
        chain->is_new = true;
    } else if (sl_str_is_one_of(method, by_order, sizeof by_order / sizeof by_order[0])) {
        struct sl_sql_writer *limit = &chain->clauses[SL_CLAUSE_LIMIT];
        if (limit->len == 0)
            sl_sql_add(limit, "1");
    } else {
        return false;
    }
    chain->stage = SL_CHAIN_RECORD;
    return true;
}

bool sl_chain_terminal_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    static const char *const loops[] = {"each",       "find_each",  "map",         "flat_map",   "each_with_index",
                                        "each_entry", "filter_map", "each_record", "in_batches", "find_in_batches",
                                        "select",     "reject",     "sort_by",     "collect"};
    if (chain->stage == SL_CHAIN_RELATION && aggregate_link(chain, call, method))
        return true;
    if (chain->stage == SL_CHAIN_RELATION && (sl_str_eq(method, SL_STR("pluck")) || sl_str_eq(method, SL_STR("pick")) ||
                                              sl_str_eq(method, SL_STR("async_pluck")))) {
        pluck_link(chain, call);
        return true;
    }
    if (chain->stage == SL_CHAIN_RELATION && row_link(chain, call, method))
        return true;
    bool is_clause = sl_str_eq(method, SL_STR("select")) && !sl_node_child(call, SL_FIELD_BLOCK);
    if (is_clause || !sl_str_is_one_of(method, loops, sizeof loops / sizeof loops[0]))
        return false;
    /* what is done to each row is read where it is done; the relation stays what it is */
    if (sl_str_eq(method, SL_STR("in_batches")))
        chain->flags |= SL_FRAGMENT_BATCHED;
    else if (chain->stage == SL_CHAIN_RELATION)
        chain->stage = SL_CHAIN_RECORDS;
    return true;
}
