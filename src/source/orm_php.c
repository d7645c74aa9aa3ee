/*
 * orm_php: Laravel. Eloquent chains (Entry::where(…)->update(…)) and the query builder (DB::table('entries')->…).
 *
 * Eloquent's mass update writes updated_at; the query builder's does not. Source: Laravel's documentation of Eloquent,
 * of the query builder, and Illuminate\Database\Eloquent\Builder::update.
 */
#include "base/vec.h"
#include "source/inflect.h"
#include "source/orm_statement.h"

/* NOLINTBEGIN(misc-no-recursion): one level, raw() of a string */

enum { MAX_LINKS = 64 };

struct php_chain {
    struct sl_orm_statement sql;
    const struct sl_node *links[MAX_LINKS]; /* from the last call to the first */
    size_t n_links;
    bool is_record;   /* $entry->… */
    bool has_columns; /* a clause that is worth a statement */
};

static sl_str name_of(const struct php_chain *chain, const struct sl_node *call)
{
    return sl_node_text(chain->sql.syntax, sl_node_child(call, SL_FIELD_NAME));
}

/* The n-th argument, taken out of its argument node. */
static const struct sl_node *argument(const struct sl_node *call, size_t n)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *item = arguments ? arguments->first : NULL; item; item = item->next) {
        if (item->kind != SL_NODE_COMMENT && n-- == 0)
            return strcmp(item->type, "argument") == 0 && item->first ? item->first : item;
    }
    return NULL;
}

static sl_str word_of(const struct php_chain *chain, const struct sl_node *node)
{
    bool is_string = node && node->kind == SL_NODE_STRING;
    return is_string ? sl_literal_constant(chain->sql.syntax, node, chain->sql.arena) : SL_STR_EMPTY;
}

/* 'updated_at', DB::raw('DATE(updated_at)'): as SQL. */
static bool expression_write(struct php_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node,
                             bool is_raw)
{
    bool is_raw_call = node->kind == SL_NODE_SCOPED_CALL && sl_str_eq(name_of(chain, node), SL_STR("raw"));
    if (is_raw_call && argument(node, 0))
        return expression_write(chain, writer, argument(node, 0), true);
    if (!sl_literal_is(chain->sql.syntax, node))
        return false;
    if (is_raw) {
        sl_literal_write(chain->sql.syntax, node, writer);
        return true;
    }
    sl_str column = word_of(chain, node);
    size_t as = sl_str_find_nocase(column, SL_STR(" as "));
    if (sl_str_eq(column, SL_STR("*")) || sl_str_has_suffix(column, SL_STR(".*")))
        sl_sql_add_token(writer, SL_STR("*"), sl_node_span(node));
    else if (column.len)
        sl_orm_column(&chain->sql, writer, sl_str_slice(column, 0, as), sl_node_span(node));
    if (as != SIZE_MAX) { /* 'updated_at as day' */
        sl_sql_add(writer, " AS ");
        sl_sql_add_name(writer, sl_str_slice(column, as + 4, SIZE_MAX), sl_node_span(node));
    }
    return column.len > 0;
}

/* groupBy('day'): a column or the alias of a selected expression. Which, SQL's own rules say, if no table is named. */
static bool key_write(struct php_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node)
{
    sl_str name = word_of(chain, node);
    if (name.len == 0 || sl_str_find_byte(name, '.') != SIZE_MAX)
        return expression_write(chain, writer, node, false);
    sl_sql_add_name(writer, name, sl_node_span(node));
    return true;
}

static void expressions_add(struct php_chain *chain, struct sl_sql_writer *clause, const struct sl_node *call,
                            bool is_raw)
{
    for (size_t i = 0; argument(call, i); i++) {
        struct sl_sql_writer one;
        sl_sql_writer_init(&one, chain->sql.arena, clause->dialect);
        bool is_key = clause == &chain->sql.group && !is_raw;
        if (!(is_key ? key_write(chain, &one, argument(call, i))
                     : expression_write(chain, &one, argument(call, i), is_raw))) {
            chain->sql.flags |= SL_FRAGMENT_OPEN;
            continue;
        }
        sl_orm_next(clause, ", ");
        sl_sql_add_writer(clause, &one);
        chain->has_columns = true;
        if (is_raw) /* what follows are the values of its placeholders */
            return;
    }
}

static void list_write(struct php_chain *chain, struct sl_sql_writer *where, const struct sl_node *list,
                       const char *between)
{
    const char *separator = "";
    for (const struct sl_node *item = list->kind == SL_NODE_ARRAY ? list->first : NULL; item; item = item->next) {
        sl_sql_add(where, separator);
        separator = between;
        sl_orm_value(&chain->sql, where, item->first && item->kind == SL_NODE_PAIR ? item->first : item);
    }
    if (*separator == '\0')
        sl_sql_add(where, strcmp(between, ", ") == 0 ? ":value" : ":value AND :value");
}

/* where(['status' => 'won', 'campaign_id' => 3]) */
static bool where_array(struct php_chain *chain, const struct sl_node *array)
{
    bool has_any = false;
    for (const struct sl_node *pair = array->kind == SL_NODE_ARRAY ? array->first : NULL; pair; pair = pair->next) {
        const struct sl_node *key = pair->first;
        sl_str column = key && key->next ? word_of(chain, key) : SL_STR_EMPTY;
        if (column.len == 0)
            continue;
        sl_orm_next(&chain->sql.where, " AND ");
        sl_orm_column(&chain->sql, &chain->sql.where, column, sl_node_span(key));
        sl_sql_add(&chain->sql.where, " = ");
        sl_orm_value(&chain->sql, &chain->sql.where, key->next);
        chain->has_columns = has_any = true;
    }
    return has_any;
}

/* What may follow `where`, with a column as the first argument. */
static bool is_where_kind(sl_str kind)
{
    static const char *const kinds[] = {"",        "Not",  "Null",  "NotNull", "In",  "NotIn",
                                        "Between", "Date", "Month", "Year",    "Day", "Raw"};
    return sl_str_is_one_of(kind, kinds, sizeof kinds / sizeof kinds[0]);
}

/* whereUserId(3): the rest is the name of a column, unless the builder has a method of that name. */
static bool is_dynamic_where(sl_str kind)
{
    static const char *const others[] = {"Key",       "KeyNot", "Has",      "DoesntHave",   "Exists",
                                         "NotExists", "Column", "Relation", "BelongsTo",    "FullText",
                                         "Any",       "All",    "None",     "HasMorph",     "MorphedTo",
                                         "Time",      "Like",   "NotLike",  "JsonContains", "JsonLength"};
    bool is_name = kind.len > 1 && sl_lower_char(kind.ptr[0]) != kind.ptr[0];
    return is_name && !is_where_kind(kind) && !sl_str_is_one_of(kind, others, sizeof others / sizeof others[0]);
}

/* where('a', 1), where('a', '>=', 1), whereNull('a'), whereIn('a', […]), whereDate('a', …) … */
static bool where_link(struct php_chain *chain, const struct sl_node *call, sl_str method)
{
    struct sl_sql_writer *where = &chain->sql.where;
    const struct sl_node *first = argument(call, 0);
    bool is_or = sl_str_has_prefix(method, SL_STR("or"));
    sl_str kind = sl_str_slice(method, is_or ? 7 : 5, SIZE_MAX);
    if (!sl_str_has_prefix(method, SL_STR("where")) && !sl_str_has_prefix(method, SL_STR("orWhere")))
        return false;
    bool is_dynamic = first && !argument(call, 1) && is_dynamic_where(kind);
    sl_str column = is_dynamic            ? sl_inflect_underscore(chain->sql.arena, kind)
                    : is_where_kind(kind) ? word_of(chain, first)
                                          : SL_STR_EMPTY; /* whereHas('campaign') names no column */
    bool is_raw = sl_str_eq(kind, SL_STR("Raw"));
    if (!first || (!is_raw && column.len == 0)) {
        if (!first || kind.len || is_or || !where_array(chain, first))
            chain->sql.flags |= SL_FRAGMENT_OPEN;
        return true;
    }
    sl_orm_next(where, is_or ? " OR " : " AND ");
    chain->has_columns = true;
    if (is_raw) {
        sl_sql_add(where, "(");
        sl_literal_write(chain->sql.syntax, first, where);
        sl_sql_add(where, ")");
        return true;
    }
    bool is_part = sl_str_eq(kind, SL_STR("Date")) || sl_str_eq(kind, SL_STR("Month")) ||
                   sl_str_eq(kind, SL_STR("Year")) || sl_str_eq(kind, SL_STR("Day"));
    bool is_date = sl_str_eq(kind, SL_STR("Date"));
    if (is_part)
        sl_sql_add_str(where, is_date ? SL_STR("DATE(")
                                      : sl_arena_printf(chain->sql.arena, "EXTRACT(%.*s FROM ", SL_STR_ARG(kind)));
    sl_orm_column(&chain->sql, where, column, sl_node_span(first));
    sl_sql_add(where, is_part ? ")" : "");
    const struct sl_node *second = argument(call, 1);
    const struct sl_node *third = argument(call, 2);
    if (sl_str_eq(kind, SL_STR("Null")) || sl_str_eq(kind, SL_STR("NotNull"))) {
        sl_sql_add(where, kind.len == 4 ? " IS NULL" : " IS NOT NULL");
    } else if (sl_str_eq(kind, SL_STR("In")) || sl_str_eq(kind, SL_STR("NotIn"))) {
        sl_sql_add(where, kind.len == 2 ? " IN (" : " NOT IN (");
        if (second)
            list_write(chain, where, second, ", ");
        sl_sql_add(where, second ? ")" : "NULL)");
    } else if (sl_str_eq(kind, SL_STR("Between"))) {
        sl_sql_add(where, " BETWEEN ");
        list_write(chain, where, second ? second : first, " AND ");
    } else {
        sl_str op = third ? word_of(chain, second) : SL_STR("=");
        const struct sl_node *value = is_dynamic ? first : third ? third : second;
        sl_sql_add(where, " ");
        bool is_not = sl_str_eq(kind, SL_STR("Not"));
        sl_sql_add_str(where, is_not ? SL_STR("<>") : op.len ? op : SL_STR("="));
        sl_sql_add(where, " ");
        if (value)
            sl_orm_value(&chain->sql, where, value);
        else
            sl_sql_add(where, ":value");
    }
    return true;
}

static void set_add(struct php_chain *chain, sl_str column, struct sl_span span, const struct sl_node *value)
{
    if (column.len == 0)
        return;
    sl_orm_next(&chain->sql.set, ", ");
    sl_sql_add_name(&chain->sql.set, column, span);
    sl_sql_add(&chain->sql.set, " = ");
    bool is_raw = value && value->kind == SL_NODE_SCOPED_CALL && sl_str_eq(name_of(chain, value), SL_STR("raw"));
    if (is_raw)
        expression_write(chain, &chain->sql.set, value, true);
    else if (value)
        sl_orm_value(&chain->sql, &chain->sql.set, value);
    else
        sl_sql_add(&chain->sql.set, ":value");
}

/* update(['note' => 'foo']) */
static void set_read(struct php_chain *chain, const struct sl_node *array)
{
    for (const struct sl_node *pair = array && array->kind == SL_NODE_ARRAY ? array->first : NULL; pair;
         pair = pair->next) {
        const struct sl_node *key = pair->first;
        if (key && key->next)
            set_add(chain, word_of(chain, key), sl_node_span(key), key->next);
    }
}

/* $entry->note = 'foo'; before $entry->save(). */
static void assigned_before(struct php_chain *chain, const struct sl_node *call, sl_str variable)
{
    const struct sl_node *top = call;
    for (const struct sl_node *above = call; above; above = above->parent) {
        top = above;
        if (strcmp(above->type, "compound_statement") == 0)
            break;
    }
    for (const struct sl_node *n = top; n && n->off < call->off; n = sl_node_after(top, n)) {
        const struct sl_node *left = n->kind == SL_NODE_ASSIGNMENT ? sl_node_child(n, SL_FIELD_LEFT) : NULL;
        if (!left || strcmp(left->type, "member_access_expression") != 0 ||
            !sl_str_eq(sl_node_text(chain->sql.syntax, sl_node_child(left, SL_FIELD_OBJECT)), variable))
            continue;
        const struct sl_node *name = sl_node_child(left, SL_FIELD_NAME);
        const struct sl_node *right = sl_node_child(n, SL_FIELD_RIGHT);
        sl_str text = sl_node_text(chain->sql.syntax, name);
        if (sl_str_eq(text, SL_STR("timestamps")) && right &&
            sl_str_eq_nocase(sl_node_text(chain->sql.syntax, right), SL_STR("false")))
            chain->sql.flags |= SL_FRAGMENT_NO_ORM_TOUCH;
        else if (name)
            set_add(chain, text, sl_node_span(name), right);
    }
}

static bool is_in_loop(const struct php_chain *chain, const struct sl_node *node)
{
    for (const struct sl_node *above = node->parent; above; above = above->parent) {
        sl_str method = above->kind == SL_NODE_MEMBER_CALL ? name_of(chain, above) : SL_STR_EMPTY;
        bool is_each = sl_str_eq(method, SL_STR("each")) || sl_str_eq(method, SL_STR("map")) ||
                       sl_str_eq(method, SL_STR("eachById")) || sl_str_eq(method, SL_STR("chunk")) ||
                       sl_str_eq(method, SL_STR("chunkById"));
        if (is_each || strcmp(above->type, "foreach_statement") == 0)
            return true;
        if (strcmp(above->type, "method_declaration") == 0)
            return false;
    }
    return false;
}

/* Without the timestamps: Entry::withoutTimestamps(fn () => …), toBase(). */
static bool is_without_timestamps(const struct php_chain *chain, const struct sl_node *node)
{
    for (const struct sl_node *above = node->parent; above; above = above->parent) {
        if (above->kind == SL_NODE_SCOPED_CALL && sl_str_eq(name_of(chain, above), SL_STR("withoutTimestamps")))
            return true;
    }
    return false;
}

static bool write_link(struct php_chain *chain, const struct sl_node *call, sl_str method)
{
    const struct sl_node *name = sl_node_child(call, SL_FIELD_NAME);
    struct sl_span span = sl_node_span(name ? name : call);
    bool is_save = sl_str_eq(method, SL_STR("save")) || sl_str_eq(method, SL_STR("push")) ||
                   sl_str_eq(method, SL_STR("saveQuietly")) || sl_str_eq(method, SL_STR("saveOrFail"));
    bool is_update = sl_str_eq(method, SL_STR("update")) || sl_str_eq(method, SL_STR("updateQuietly")) ||
                     sl_str_eq(method, SL_STR("forceFill"));
    bool is_step = sl_str_eq(method, SL_STR("increment")) || sl_str_eq(method, SL_STR("decrement"));
    bool is_touch = sl_str_eq(method, SL_STR("touch")) && (chain->is_record || chain->n_links > 1);
    if (is_without_timestamps(chain, call))
        chain->sql.flags |= SL_FRAGMENT_NO_ORM_TOUCH;
    if (chain->is_record && is_in_loop(chain, call))
        chain->sql.flags |= SL_FRAGMENT_ROW_BY_ROW;
    if (sl_str_eq(method, SL_STR("delete")) || sl_str_eq(method, SL_STR("forceDelete"))) {
        sl_orm_emit_delete(&chain->sql, span);
        return true;
    }
    if (is_update && !argument(call, 0)) { /* Updater::update(): a method of a class that is no model */
        return false;
    } else if (is_update) {
        set_read(chain, argument(call, 0));
    } else if (is_save && chain->is_record) {
        assigned_before(chain, call, sl_node_text(chain->sql.syntax, sl_node_child(call, SL_FIELD_OBJECT)));
    } else if (is_step) {
        sl_str column = word_of(chain, argument(call, 0));
        if (column.len == 0)
            return false;
        sl_sql_add_name(&chain->sql.set, column, sl_node_span(argument(call, 0)));
        sl_sql_add(&chain->sql.set, " = ");
        sl_sql_add_name(&chain->sql.set, column, sl_node_span(argument(call, 0)));
        sl_sql_add(&chain->sql.set, " + 1");
        set_read(chain, argument(call, 2));
    } else if (!is_touch) {
        return false;
    }
    sl_orm_emit_update(&chain->sql, span);
    return true;
}

static bool clause_link(struct php_chain *chain, const struct sl_node *call, sl_str method)
{
    if (sl_str_eq(method, SL_STR("select")) || sl_str_eq(method, SL_STR("addSelect")) ||
        sl_str_eq(method, SL_STR("selectRaw")))
        expressions_add(chain, &chain->sql.select, call, sl_str_has_suffix(method, SL_STR("Raw")));
    else if (sl_str_eq(method, SL_STR("groupBy")) || sl_str_eq(method, SL_STR("groupByRaw")))
        expressions_add(chain, &chain->sql.group, call, sl_str_has_suffix(method, SL_STR("Raw")));
    else if (sl_str_eq(method, SL_STR("orderByRaw")))
        expressions_add(chain, &chain->sql.order, call, true);
    else if (sl_str_eq(method, SL_STR("orderBy")) || sl_str_eq(method, SL_STR("orderByDesc")) ||
             sl_str_eq(method, SL_STR("latest"))) {
        struct sl_sql_writer one;
        sl_sql_writer_init(&one, chain->sql.arena, chain->sql.order.dialect);
        if (argument(call, 0) && key_write(chain, &one, argument(call, 0))) {
            sl_orm_next(&chain->sql.order, ", ");
            sl_sql_add_writer(&chain->sql.order, &one);
        }
    } else if (sl_str_eq(method, SL_STR("toBase")) || sl_str_eq(method, SL_STR("getQuery")))
        chain->sql.flags |= SL_FRAGMENT_NO_ORM_TOUCH;
    else
        return false;
    return true;
}

/* count(), sum('x'), max('updated_at') */
static bool aggregate_link(struct php_chain *chain, const struct sl_node *call, sl_str method)
{
    static const char *const names[] = {"count", "sum", "avg", "min", "max"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!sl_str_eq(method, sl_str_from(names[i])))
            continue;
        sl_orm_next(&chain->sql.select, ", ");
        sl_sql_add_token(&chain->sql.select, sl_str_from(names[i]), sl_node_span(call));
        sl_sql_add(&chain->sql.select, "(");
        if (!argument(call, 0) || !expression_write(chain, &chain->sql.select, argument(call, 0), false))
            sl_sql_add(&chain->sql.select, i == 0 ? "*" : ":value");
        sl_sql_add(&chain->sql.select, ")");
        chain->has_columns = true;
        return true;
    }
    return false;
}

/* --- Grouping in memory ---------------------------------------------------------------------------------------------
 */

/* What format('Y-m') and its like cut a moment to; empty: the method cuts nothing. */
static const char *cut_of(const struct php_chain *chain, const struct sl_node *call)
{
    static const struct {
        const char *method, *unit;
    } cuts[] = {{"toDateString", "day"}, {"startOfDay", "day"},   {"toFormattedDateString", "day"},
                {"startOfWeek", "week"}, {"weekOfYear", "week"},  {"startOfMonth", "month"},
                {"startOfYear", "year"}, {"startOfHour", "hour"}, {"startOfQuarter", "quarter"},
                {"endOfMonth", "month"}, {"isoFormat", "day"}};
    sl_str method = name_of(chain, call);
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        if (sl_str_eq(method, sl_str_from(cuts[i].method)))
            return cuts[i].unit;
    }
    if (!sl_str_eq(method, SL_STR("format")) || !argument(call, 0))
        return "";
    static const struct {
        const char *letters, *unit;
    } finest[] = {{"HhGgis", "hour"}, {"djDlNwz", "day"}, {"W", "week"}, {"mMnF", "month"}, {"Yy", "year"}};
    sl_str format = word_of(chain, argument(call, 0));
    for (size_t i = 0; i < sizeof finest / sizeof finest[0]; i++) {
        for (size_t at = 0; at < format.len; at++) {
            if (strchr(finest[i].letters, format.ptr[at]))
                return finest[i].unit;
        }
    }
    return "";
}

/* ->get()->groupBy(fn ($e) => $e->updated_at->format('Y-m')): SELECT …, COUNT(*) … GROUP BY it. */
static bool memory_group(struct php_chain *chain, const struct sl_node *call)
{
    const struct sl_node *closure = argument(call, 0);
    bool is_closure = closure && (sl_str_has_prefix(sl_str_from(closure->type), SL_STR("anonymous_function")) ||
                                  strcmp(closure->type, "arrow_function") == 0);
    for (const struct sl_node *n = is_closure ? closure : NULL; n; n = sl_node_after(closure, n)) {
        const struct sl_node *object = n->kind == SL_NODE_MEMBER_CALL ? sl_node_child(n, SL_FIELD_OBJECT) : NULL;
        const struct sl_node *name = object && strcmp(object->type, "member_access_expression") == 0
                                         ? sl_node_child(object, SL_FIELD_NAME)
                                         : NULL;
        const char *unit = name ? cut_of(chain, n) : "";
        if (*unit == '\0')
            continue;
        struct sl_sql_writer key;
        bool is_day = strcmp(unit, "day") == 0;
        sl_sql_writer_init(&key, chain->sql.arena, chain->sql.select.dialect);
        sl_sql_add_str(&key, is_day ? SL_STR("DATE(") : sl_arena_printf(chain->sql.arena, "EXTRACT(%s FROM ", unit));
        sl_orm_column(&chain->sql, &key, sl_node_text(chain->sql.syntax, name), sl_node_span(name));
        sl_sql_add(&key, ")");
        sl_sql_writer_init(&chain->sql.select, chain->sql.arena, key.dialect);
        sl_sql_add_writer(&chain->sql.select, &key);
        sl_sql_add(&chain->sql.select, ", COUNT(*)");
        sl_sql_writer_init(&chain->sql.order, chain->sql.arena, key.dialect);
        chain->sql.group = key;
        chain->sql.flags |= SL_FRAGMENT_GROUPED_IN_MEMORY;
        chain->has_columns = true;
        return true;
    }
    return false;
}

/* --- Roots ----------------------------------------------------------------------------------------------------------
 */

/* self:: and static:: in a class that extends a model. */
static sl_str class_around(const struct php_chain *chain, const struct sl_node *node)
{
    static const char *const bases[] = {"Model", "Authenticatable", "Pivot"};
    const struct sl_node *above = node->parent;
    while (above && strcmp(above->type, "class_declaration") != 0)
        above = above->parent;
    for (const struct sl_node *part = above ? above->first : NULL; part; part = part->next) {
        sl_str base = strcmp(part->type, "base_clause") == 0 ? sl_node_text(chain->sql.syntax, part) : SL_STR_EMPTY;
        for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
            if (base.len && sl_str_has_suffix(base, sl_str_from(bases[i])))
                return sl_node_text(chain->sql.syntax, sl_node_child(above, SL_FIELD_NAME));
        }
    }
    return SL_STR_EMPTY;
}

static const struct sl_node *function_around(const struct sl_node *node)
{
    const struct sl_node *above = node->parent;
    while (above && above->parent && strcmp(above->type, "method_declaration") != 0 &&
           strcmp(above->type, "function_definition") != 0)
        above = above->parent;
    return above;
}

/* The calls from the last to the first; the node that the first is called on. */
static const struct sl_node *links_collect(struct php_chain *chain, const struct sl_node *node)
{
    while (node && node->kind == SL_NODE_MEMBER_CALL && chain->n_links < MAX_LINKS - 1) {
        chain->links[chain->n_links++] = node;
        node = sl_node_child(node, SL_FIELD_OBJECT);
    }
    if (node && node->kind == SL_NODE_SCOPED_CALL)
        chain->links[chain->n_links++] = node;
    return node;
}

/* Does the call end a query: is its result no query any more? */
static bool is_terminal(const struct php_chain *chain, const struct sl_node *call)
{
    static const char *const names[] = {"get",       "all",         "first",   "find",   "count",     "sum",
                                        "avg",       "min",         "max",     "pluck",  "paginate",  "exists",
                                        "update",    "delete",      "value",   "cursor", "increment", "each",
                                        "decrement", "firstOrFail", "groupBy", "chunk"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sl_str_eq(name_of(chain, call), sl_str_from(names[i])))
            return true;
    }
    return false;
}

/* Does the call's result stay a query? A scope may be called anything, so may what loads a record: it is no query then.
 */
static bool is_builder(const struct php_chain *chain, const struct sl_node *call)
{
    static const char *const prefixes[] = {"where",    "orWhere",  "select",   "addSelect", "orderBy", "groupBy",
                                           "having",   "join",     "leftJoin", "rightJoin", "with",    "query",
                                           "newQuery", "table",    "latest",   "oldest",    "limit",   "take",
                                           "skip",     "distinct", "from",     "when",      "on",      "scope"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (sl_str_has_prefix(name_of(chain, call), sl_str_from(prefixes[i])))
            return true;
    }
    return false;
}

/* $query = Entry::where(…); $query->where(…); $query->count(): the links of all three. The root of the first. */
static const struct sl_node *query_collect(struct php_chain *chain, const struct sl_node *variable)
{
    const struct sl_syntax *syntax = chain->sql.syntax;
    const struct sl_node *scope = function_around(variable);
    const struct sl_node *calls[MAX_LINKS];
    size_t n = 0;
    sl_str name = sl_node_text(syntax, variable);
    for (const struct sl_node *node = scope; node && node->off < variable->off; node = sl_node_after(scope, node)) {
        if (node->off + node->len > variable->off || n >= MAX_LINKS)
            continue;
        bool is_assignment = node->kind == SL_NODE_ASSIGNMENT;
        if (is_assignment && sl_str_eq(sl_node_text(syntax, sl_node_child(node, SL_FIELD_LEFT)), name)) {
            n = 0;
            calls[n++] = sl_node_child(node, SL_FIELD_RIGHT);
        } else if (n && node->kind == SL_NODE_MEMBER_CALL && node->parent &&
                   strcmp(node->parent->type, "expression_statement") == 0) {
            const struct sl_node *object = node;
            while (object && object->kind == SL_NODE_MEMBER_CALL)
                object = sl_node_child(object, SL_FIELD_OBJECT);
            if (object && sl_str_eq(sl_node_text(syntax, object), name))
                calls[n++] = node;
        }
    }
    const struct sl_node *root = NULL;
    for (size_t i = n; i > 0; i--) {
        size_t first = chain->n_links;
        root = calls[i - 1] ? links_collect(chain, calls[i - 1]) : NULL;
        for (size_t k = first; k < chain->n_links; k++) {
            if (!is_builder(chain, chain->links[k]))
                return NULL;
        }
    }
    return root && root->kind == SL_NODE_SCOPED_CALL ? root : NULL;
}

/* Entry::…, DB::table('entries')…, $entry->… */
static bool root_read(struct php_chain *chain, const struct sl_node *root)
{
    if (root->kind == SL_NODE_SCOPED_CALL) {
        sl_str scope = sl_node_text(chain->sql.syntax, sl_node_child(root, SL_FIELD_SCOPE));
        bool is_facade = sl_str_eq(scope, SL_STR("DB")) || sl_str_has_suffix(scope, SL_STR("\\DB"));
        bool is_builder = is_facade && sl_str_eq(name_of(chain, root), SL_STR("table"));
        if (is_builder) {
            chain->sql.table = word_of(chain, argument(root, 0));
            chain->sql.flags |= SL_FRAGMENT_NO_ORM_TOUCH;
            chain->n_links--; /* table() is no clause */
            return chain->sql.table.len > 0;
        }
        if (sl_str_eq(scope, SL_STR("self")) || sl_str_eq(scope, SL_STR("static")))
            scope = class_around(chain, root);
        chain->sql.table = sl_orm_class_table(chain->sql.source, scope, chain->sql.arena);
        return chain->sql.table.len > 0 && !is_facade;
    }
    if (root->kind != SL_NODE_IDENTIFIER || chain->n_links != 1)
        return false;
    sl_str variable = sl_node_text(chain->sql.syntax, root);
    const struct sl_project *project = chain->sql.source->project;
    chain->is_record = true;
    chain->sql.is_one_row = true;
    chain->sql.table = variable.len > 1 && project && project->tables.len
                           ? sl_orm_table(chain->sql.source, sl_str_slice(variable, 1, SIZE_MAX), chain->sql.arena)
                           : SL_STR_EMPTY;
    return chain->sql.table.len > 0;
}

static void chain_read(struct php_chain *chain)
{
    bool is_written = false;
    bool is_loaded = false;
    for (size_t i = chain->n_links; i > 0 && !is_written; i--) {
        const struct sl_node *call = chain->links[i - 1];
        sl_str method = name_of(chain, call);
        if (is_loaded) { /* what follows is done in memory */
            if (sl_str_eq(method, SL_STR("groupBy")) || sl_str_eq(method, SL_STR("countBy")))
                memory_group(chain, call);
            continue;
        }
        is_loaded = sl_str_eq(method, SL_STR("get")) || (sl_str_eq(method, SL_STR("all")) && !argument(call, 0));
        if (where_link(chain, call, method) || clause_link(chain, call, method) || aggregate_link(chain, call, method))
            continue;
        is_written = write_link(chain, call, method);
        if (!is_written && !is_builder(chain, call) && !is_terminal(chain, call))
            chain->sql.flags |= SL_FRAGMENT_OPEN;
        if (sl_str_has_prefix(method, SL_STR("chunk")) || sl_str_has_prefix(method, SL_STR("lazy")))
            chain->sql.flags |= SL_FRAGMENT_BATCHED;
    }
    if (!is_written && chain->has_columns && !chain->is_record)
        sl_orm_emit_select(&chain->sql);
}

/* `$query = Entry::where(…)`, and later `$query->…`: the later chain is the statement. */
static bool is_continued(const struct php_chain *chain, const struct sl_node *node)
{
    const struct sl_syntax *syntax = chain->sql.syntax;
    const struct sl_node *assignment = node->parent;
    if (!assignment || assignment->kind != SL_NODE_ASSIGNMENT || node->field != SL_FIELD_RIGHT ||
        is_terminal(chain, node))
        return false;
    const struct sl_node *scope = function_around(node);
    sl_str name = sl_node_text(syntax, sl_node_child(assignment, SL_FIELD_LEFT));
    for (const struct sl_node *n = sl_node_after_subtree(scope, node); n; n = sl_node_after(scope, n)) {
        if (n->kind == SL_NODE_MEMBER_CALL && sl_str_eq(sl_node_text(syntax, sl_node_child(n, SL_FIELD_OBJECT)), name))
            return true;
    }
    return false;
}

void sl_php_read(const struct sl_source *source, const struct sl_syntax *syntax, struct sl_arena *file,
                 struct sl_reading *reading)
{
    for (const struct sl_node *node = syntax->root; node; node = sl_node_after(syntax->root, node)) {
        bool is_call = node->kind == SL_NODE_MEMBER_CALL || node->kind == SL_NODE_SCOPED_CALL;
        bool is_link = node->field == SL_FIELD_OBJECT && node->parent && node->parent->kind == SL_NODE_MEMBER_CALL;
        if (!is_call || is_link)
            continue;
        struct php_chain *chain = SL_NEW(file, struct php_chain);
        sl_orm_begin(&chain->sql, source, syntax, file, reading, node);
        const struct sl_node *root = links_collect(chain, node);
        size_t own = chain->n_links;
        bool is_variable = root && root->kind == SL_NODE_IDENTIFIER && own && is_terminal(chain, node);
        const struct sl_node *query = is_variable ? query_collect(chain, root) : NULL;
        if (query)
            root = query;
        else
            chain->n_links = own;
        if (root && !is_continued(chain, node) && root_read(chain, root))
            chain_read(chain);
    }
}

/* NOLINTEND(misc-no-recursion) */
