/* ruby_clause: the links of a chain that add to a clause of its statement. */
#include "source/inflect.h"
#include "source/ruby_chain.h"

/* --- Expressions ----------------------------------------------------------------------------------------------------
 */

bool sl_chain_expression(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node)
{
    if (node->kind == SL_NODE_SYMBOL || node->kind == SL_NODE_KEY || node->kind == SL_NODE_BARE_WORD) {
        sl_str name = sl_ruby_word(chain->syntax, node, chain->file->arena);
        const struct sl_ruby_association *to = sl_project_association(chain->model, name);
        if (to && !to->is_many) /* group(:campaign) is group(:campaign_id) */
            name = to->foreign_key.len ? to->foreign_key
                                       : sl_arena_printf(chain->file->arena, "%.*s_id", SL_STR_ARG(name));
        sl_sql_add_column(writer, chain->table, name, sl_node_span(node));
        return name.len > 0;
    }
    if (sl_literal_is(chain->syntax, node)) {
        if (!sl_literal_write(chain->syntax, node, writer))
            chain->flags |= SL_FRAGMENT_OPEN;
        return writer->len > 0;
    }
    return sl_chain_arel_expression(chain, writer, node); // NOLINT(misc-no-recursion) it holds the cap
}

/* Every argument as an expression of one clause. */
static void expressions_add(struct sl_ruby_chain *chain, enum sl_clause clause, const struct sl_node *call)
{
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        const struct sl_node *argument = sl_ruby_argument(call, i);
        bool is_list = sl_ruby_is_list(argument);
        for (const struct sl_node *item = is_list ? argument->first : argument; item;
             item = is_list ? item->next : NULL) {
            struct sl_sql_writer one;
            sl_chain_writer(chain, &one);
            if (sl_chain_expression(chain, &one, item))
                sl_sql_add_writer(sl_chain_clause(chain, clause, ", "), &one);
            else
                chain->flags |= SL_FRAGMENT_OPEN;
        }
    }
}

/* --- Conditions -----------------------------------------------------------------------------------------------------
 */

/* The table that a key of nested conditions means: an association of the model, else a table's own name. */
static sl_str table_of_key(const struct sl_ruby_chain *chain, sl_str key)
{
    const struct sl_project *project = chain->file->source->project;
    const struct sl_ruby_association *to = sl_project_association(chain->model, key);
    if (to && to->table.len)
        return to->table;
    sl_str known = sl_project_table(project, key);
    return known.len ? known : key;
}

static void condition_pair(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, sl_str table,
                           const struct sl_node *pair)
{
    const struct sl_node *key = sl_node_child(pair, SL_FIELD_KEY);
    const struct sl_node *value = sl_node_child(pair, SL_FIELD_VALUE);
    sl_str name = sl_ruby_pair_key(chain->syntax, pair, chain->file->arena);
    if (name.len == 0)
        return;
    size_t dot = sl_str_find_byte(name, '.');
    if (dot != SIZE_MAX) { /* "entries.updated_at" => … */
        table = sl_str_slice(name, 0, dot);
        name = sl_str_slice(name, dot + 1, SIZE_MAX);
    }
    const struct sl_ruby_association *to = sl_project_association(chain->model, name);
    bool is_own = sl_str_eq(table, chain->table);
    if (to && is_own && !to->is_many)
        name = to->foreign_key.len ? to->foreign_key : sl_arena_printf(chain->file->arena, "%.*s_id", SL_STR_ARG(name));
    sl_sql_add_column(writer, table, name, sl_node_span(key));
    if (value)
        sl_chain_comparison(chain, writer, value, is_own ? name : SL_STR_EMPTY);
    else /* where(status:) */
        sl_sql_add_token(writer, SL_STR(" = :value"), sl_node_span(key));
}

void sl_chain_conditions(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, sl_str table,
                         const struct sl_node *pairs)
{
    const char *separator = "";
    for (const struct sl_node *pair = sl_ruby_pair_first(pairs); pair; pair = sl_ruby_pair_next(pair)) {
        const struct sl_node *value = sl_node_child(pair, SL_FIELD_VALUE);
        sl_str key = sl_ruby_pair_key(chain->syntax, pair, chain->file->arena);
        if (key.len == 0)
            continue;
        sl_sql_add(writer, separator);
        separator = " AND ";
        bool is_nested = value && value->kind == SL_NODE_HASH && sl_ruby_pair_first(value);
        if (!is_nested) {
            condition_pair(chain, writer, table, pair);
            continue;
        }
        sl_str other = table_of_key(chain, key);
        const char *inner = "";
        for (const struct sl_node *p = sl_ruby_pair_first(value); p; p = sl_ruby_pair_next(p)) {
            sl_sql_add(writer, inner);
            inner = " AND ";
            condition_pair(chain, writer, other, p);
        }
    }
}

/* The value of `name:` among the arguments behind a text; NULL where there is none. */
static const struct sl_node *named_value(const struct sl_ruby_chain *chain, const struct sl_node *call, sl_str name)
{
    return sl_ruby_option(chain->syntax, call, sl_arena_copy(chain->file->arena, name).ptr);
}

static void bound_value(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *value)
{
    bool is_list = sl_ruby_is_list(value);
    const char *separator = "";
    for (const struct sl_node *item = is_list ? value->first : value; item; item = is_list ? item->next : NULL) {
        sl_sql_add(writer, separator);
        separator = ", ";
        if (item->kind == SL_NODE_BARE_WORD)
            sl_sql_add_literal(writer, sl_node_text(chain->syntax, item), sl_node_span(item));
        else
            sl_chain_value(chain, writer, item, SL_STR_EMPTY);
    }
}

void sl_chain_text_condition(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *text,
                             const struct sl_node *call, size_t first)
{
    struct sl_sql_writer raw;
    sl_chain_writer(chain, &raw);
    if (!sl_literal_write(chain->syntax, text, &raw))
        chain->flags |= SL_FRAGMENT_OPEN;
    sl_str s = sl_sql_writer_text(&raw);
    size_t done = 0;
    bool in_quote = false;
    for (size_t i = 0; i < s.len; i++) {
        in_quote ^= s.ptr[i] == '\'';
        bool is_named = s.ptr[i] == ':' && i + 1 < s.len && (sl_is_alpha(s.ptr[i + 1]) || s.ptr[i + 1] == '_') &&
                        (i == 0 || (s.ptr[i - 1] != ':' && !sl_is_word_char(s.ptr[i - 1])));
        if (in_quote || (s.ptr[i] != '?' && !is_named))
            continue;
        size_t end = i + 1;
        while (is_named && end < s.len && sl_is_word_char(s.ptr[end]))
            end++;
        const struct sl_node *value =
            is_named ? named_value(chain, call, sl_str_slice(s, i + 1, end - i - 1)) : sl_ruby_argument(call, first++);
        if (!value)
            continue;
        sl_sql_add_slice(writer, &raw, done, i);
        bound_value(chain, writer, value);
        done = end;
        i = end - 1;
    }
    sl_sql_add_slice(writer, &raw, done, s.len);
}

/* The arguments of where, having, find_by: pairs, a hash, a text with values, an array of them. */
static bool condition_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer, const struct sl_node *call)
{
    const struct sl_node *first = sl_ruby_argument(call, 0);
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    if (first && first->kind == SL_NODE_ARRAY && first->first && sl_literal_is(chain->syntax, first->first)) {
        call = first; /* where(["a = ?", 1]) */
        first = first->first;
    }
    if (first && sl_literal_is(chain->syntax, first)) {
        sl_sql_add(writer, "(");
        sl_chain_text_condition(chain, writer, first, call, 1);
        sl_sql_add(writer, ")");
        return writer->len > 2;
    }
    if (!first || first->kind == SL_NODE_HASH)
        sl_chain_conditions(chain, writer, chain->table, first ? first : arguments);
    else if (sl_chain_arel_condition(chain, writer, first))
        return true;
    if (writer->len == 0 && first)
        chain->flags |= SL_FRAGMENT_OPEN;
    return writer->len > 0;
}

static void where_add(struct sl_ruby_chain *chain, const struct sl_node *call, const char *open, const char *close)
{
    struct sl_sql_writer condition;
    sl_chain_writer(chain, &condition);
    if (!condition_write(chain, &condition, call))
        return;
    struct sl_sql_writer *where = sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND ");
    sl_sql_add(where, open);
    sl_sql_add_writer(where, &condition);
    sl_sql_add(where, close);
}

/* or(other), merge(other): the conditions of another chain, with their own table. */
static void other_add(struct sl_ruby_chain *chain, const struct sl_node *call, bool is_or)
{
    const struct sl_node *argument = sl_ruby_argument(call, 0);
    if (!argument || chain->depth >= 4)
        return;
    struct sl_ruby_chain other;
    sl_chain_init(&other, chain->file, chain);
    other.depth = chain->depth + 1;
    other.is_written = true;
    sl_chain_follow(&other, argument); // NOLINT(misc-no-recursion) depth
    struct sl_sql_writer *theirs = &other.clauses[SL_CLAUSE_WHERE];
    if (theirs->len == 0) {
        chain->flags |= SL_FRAGMENT_OPEN;
        return;
    }
    struct sl_sql_writer *ours = &chain->clauses[SL_CLAUSE_WHERE];
    if (!is_or) {
        sl_sql_add_writer(sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND "), theirs);
        return;
    }
    struct sl_sql_writer both;
    sl_chain_writer(chain, &both);
    sl_sql_add(&both, "((");
    sl_sql_add_writer(&both, ours);
    sl_sql_add(&both, ours->len ? ") OR (" : "TRUE) OR (");
    sl_sql_add_writer(&both, theirs);
    sl_sql_add(&both, "))");
    *ours = both;
}

/* --- Joins ----------------------------------------------------------------------------------------------------------
 */

static void join_association(struct sl_ruby_chain *chain, const struct sl_node *node, const char *kind)
{
    sl_str name = sl_ruby_word(chain->syntax, node, chain->file->arena);
    const struct sl_project *project = chain->file->source->project;
    const struct sl_ruby_association *to = sl_project_association(chain->model, name);
    sl_str table = table_of_key(chain, name);
    if (name.len == 0 || (to && to->is_polymorphic))
        return;
    if (!to && sl_project_table(project, table).len == 0)
        table = sl_inflect_pluralize(chain->file->arena, table);
    bool is_ours = to && !to->is_many; /* belongs_to, as far as has_one is not told apart: the key is on our side */
    sl_str key = to && to->foreign_key.len ? to->foreign_key
                 : is_ours                 ? sl_arena_printf(chain->file->arena, "%.*s_id", SL_STR_ARG(name))
                                           : sl_project_foreign_key(chain->model, chain->table, chain->file->arena);
    struct sl_sql_writer *join = sl_chain_clause(chain, SL_CLAUSE_JOIN, " ");
    sl_sql_add(join, kind);
    sl_sql_add_name(join, table, sl_node_span(node));
    sl_sql_add(join, " ON ");
    sl_sql_add_column(join, is_ours ? table : chain->table, SL_STR("id"), sl_node_span(node));
    sl_sql_add(join, " = ");
    sl_sql_add_column(join, is_ours ? chain->table : table, key, sl_node_span(node));
}

static void joins_add(struct sl_ruby_chain *chain, const struct sl_node *call, const char *kind)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *item = arguments ? arguments->first : NULL; item; item = item->next) {
        if (sl_literal_is(chain->syntax, item))
            sl_literal_write(chain->syntax, item, sl_chain_clause(chain, SL_CLAUSE_JOIN, " "));
        else if (item->kind == SL_NODE_SYMBOL)
            join_association(chain, item, kind);
        else if (item->kind == SL_NODE_PAIR && sl_node_child(item, SL_FIELD_KEY))
            join_association(chain, sl_node_child(item, SL_FIELD_KEY), kind);
        else
            chain->flags |= SL_FRAGMENT_OPEN;
    }
}

/* --- Order, groups --------------------------------------------------------------------------------------------------
 */

static void order_add(struct sl_ruby_chain *chain, const struct sl_node *call)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *item = arguments ? arguments->first : NULL; item; item = item->next) {
        struct sl_sql_writer one;
        sl_chain_writer(chain, &one);
        if (item->kind == SL_NODE_PAIR) {
            const struct sl_node *direction = sl_node_child(item, SL_FIELD_VALUE);
            sl_str way = sl_ruby_word(chain->syntax, direction, chain->file->arena);
            sl_str name = sl_ruby_pair_key(chain->syntax, item, chain->file->arena);
            if (name.len == 0)
                continue;
            sl_sql_add_column(&one, chain->table, name, sl_node_span(sl_node_child(item, SL_FIELD_KEY)));
            sl_sql_add(&one, sl_str_eq_nocase(way, SL_STR("desc")) ? " DESC" : "");
        } else if (!sl_chain_expression(chain, &one, item)) {
            continue;
        }
        sl_sql_add_writer(sl_chain_clause(chain, SL_CLAUSE_ORDER, ", "), &one);
    }
}

/* groupdate: group_by_day(:updated_at), group_by_period(:day, :updated_at) */
static bool groupdate_add(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    static const char *const units[] = {"second",       "minute",        "hour",           "day",         "week",
                                        "month",        "quarter",       "year",           "day_of_week", "hour_of_day",
                                        "day_of_month", "month_of_year", "minute_of_hour", "day_of_year"};
    if (!sl_str_has_prefix(method, SL_STR("group_by_")))
        return false;
    sl_str unit = sl_str_slice(method, 9, SIZE_MAX);
    bool is_period = sl_str_eq(unit, SL_STR("period"));
    const struct sl_node *column = sl_ruby_argument(call, is_period ? 1 : 0);
    if (is_period)
        unit = sl_ruby_word(chain->syntax, sl_ruby_argument(call, 0), chain->file->arena);
    if (!sl_str_is_one_of(unit, units, sizeof units / sizeof units[0]))
        unit = is_period ? SL_STR("day") : SL_STR_EMPTY;
    if (unit.len == 0 || !column)
        return false;
    size_t of = sl_str_find(unit, SL_STR("_of_"));
    if (of != SIZE_MAX)
        unit = sl_str_slice(unit, 0, of);
    struct sl_sql_writer inner;
    sl_chain_writer(chain, &inner);
    if (!sl_chain_expression(chain, &inner, column))
        return false;
    sl_chain_bucket(chain, sl_chain_clause(chain, SL_CLAUSE_GROUP, ", "), unit, &inner, sl_node_span(column));
    return true;
}

static void limit_add(struct sl_ruby_chain *chain, const struct sl_node *call)
{
    const struct sl_node *n = sl_ruby_argument(call, 0);
    if (!n || n->kind == SL_NODE_NIL || chain->clauses[SL_CLAUSE_LIMIT].len)
        return;
    struct sl_sql_writer *limit = sl_chain_clause(chain, SL_CLAUSE_LIMIT, "");
    sl_chain_value(chain, limit, n, SL_STR_EMPTY);
}

/* except(:select), unscope(:order): the clause is gone. What is taken out of a condition is not known: open. */
static bool except_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    static const struct {
        const char *name;
        enum sl_clause clause;
    } clauses[] = {{"select", SL_CLAUSE_SELECT}, {"where", SL_CLAUSE_WHERE}, {"group", SL_CLAUSE_GROUP},
                   {"having", SL_CLAUSE_HAVING}, {"order", SL_CLAUSE_ORDER}, {"limit", SL_CLAUSE_LIMIT}};
    if (!sl_str_eq(method, SL_STR("except")) && !sl_str_eq(method, SL_STR("unscope")))
        return false;
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        sl_str name = sl_ruby_word(chain->syntax, sl_ruby_argument(call, i), chain->file->arena);
        for (size_t k = 0; k < sizeof clauses / sizeof clauses[0]; k++) {
            if (sl_str_eq(name, sl_str_from(clauses[k].name)))
                sl_chain_writer(chain, &chain->clauses[clauses[k].clause]);
        }
    }
    if (!sl_ruby_argument(call, 0))
        chain->flags |= SL_FRAGMENT_OPEN;
    return true;
}

/* --- The links ------------------------------------------------------------------------------------------------------
 */

static bool link_where(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    if (sl_str_eq(method, SL_STR("where")) || sl_str_eq(method, SL_STR("rewhere")) ||
        sl_str_eq(method, SL_STR("where!")) || sl_str_eq(method, SL_STR("find_or_initialize_by")) ||
        sl_str_eq(method, SL_STR("invert_where")))
        where_add(chain, call, "", "");
    else if (sl_str_eq(method, SL_STR("not")))
        where_add(chain, call, "NOT (", ")");
    else if (sl_str_eq(method, SL_STR("or")) || sl_str_eq(method, SL_STR("merge")) || sl_str_eq(method, SL_STR("and")))
        other_add(chain, call, sl_str_eq(method, SL_STR("or"))); // NOLINT(misc-no-recursion) depth
    else
        return false;
    if (sl_str_eq(method, SL_STR("find_or_initialize_by")))
        chain->stage = SL_CHAIN_RECORD;
    return true;
}

static bool link_join(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    if (sl_str_eq(method, SL_STR("joins")) || sl_str_eq(method, SL_STR("eager_load")))
        joins_add(chain, call, "INNER JOIN ");
    else if (sl_str_eq(method, SL_STR("left_joins")) || sl_str_eq(method, SL_STR("left_outer_joins")))
        joins_add(chain, call, "LEFT JOIN ");
    else
        return false;
    return true;
}

static bool link_select(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    bool has_block = sl_node_child(call, SL_FIELD_BLOCK) != NULL;
    if (sl_str_eq(method, SL_STR("select")) && has_block)
        return false;
    if (sl_str_eq(method, SL_STR("select")) || sl_str_eq(method, SL_STR("reselect")))
        expressions_add(chain, SL_CLAUSE_SELECT, call);
    else if (sl_str_eq(method, SL_STR("group")) || sl_str_eq(method, SL_STR("regroup")))
        expressions_add(chain, SL_CLAUSE_GROUP, call);
    else if (sl_str_eq(method, SL_STR("distinct")) || sl_str_eq(method, SL_STR("uniq")))
        chain->is_distinct = true;
    else
        return false;
    return true;
}

static bool link_order(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    if (sl_str_eq(method, SL_STR("order")) || sl_str_eq(method, SL_STR("reorder"))) {
        order_add(chain, call);
    } else if (sl_str_eq(method, SL_STR("limit"))) {
        limit_add(chain, call);
    } else if (sl_str_eq(method, SL_STR("having"))) {
        struct sl_sql_writer condition;
        sl_chain_writer(chain, &condition);
        if (condition_write(chain, &condition, call))
            sl_sql_add_writer(sl_chain_clause(chain, SL_CLAUSE_HAVING, " AND "), &condition);
    } else {
        return false;
    }
    return true;
}

bool sl_chain_clause_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    static const char *const ignored[] = {
        "all",        "includes",           "preload",     "references",    "readonly",       "lock",
        "unscoped",   "strict_loading",     "annotate",    "load",          "reload",         "to_a",
        "extending",  "optimizer_hints",    "create_with", "offset",        "reverse_order",  "to_ary",
        "records",    "in_order_of",        "load_async",  "current_scope", "scoped",         "itself",
        "tap",        "with_deleted",       "kept",        "none",          "default_scoped", "relation",
        "connection", "sanitize_sql_array", "page",        "per",           "paginate"};
    if (sl_str_is_one_of(method, ignored, sizeof ignored / sizeof ignored[0])) {
        if (sl_str_eq(method, SL_STR("to_a")) || sl_str_eq(method, SL_STR("records")))
            chain->stage = SL_CHAIN_RECORDS;
        return true;
    }
    return except_link(chain, call, method) || link_where(chain, call, method) || link_select(chain, call, method) ||
           link_order(chain, call, method) || link_join(chain, call, method) || groupdate_add(chain, call, method);
}
