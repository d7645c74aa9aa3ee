/*
 * orm_python: Django. Query sets (Entry.objects.filter(…).update(…)) and the saving of instances.
 *
 * QuerySet.update() and bulk_update() skip auto_now fields, Model.save() writes them; save(update_fields=[…]) writes
 * only what is listed. Source: Django's QuerySet and Model documentation.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "source/orm_statement.h"

/* NOLINTBEGIN(misc-no-recursion): capped by SL_MAX_CHAIN_DEPTH */

enum { MAX_LINKS = 64 };

struct python_chain {
    struct sl_orm_statement sql;
    const struct sl_node *links[MAX_LINKS]; /* calls, from the last to the first */
    size_t n_links;
    bool has_columns;
    bool has_aggregate; /* without one, values() selects and does not group */
    /* annotate(day=TruncDate('updated_at')): names that stand for expressions */
    struct {
        struct annotation {
            sl_str name;
            struct sl_sql_writer expression;
        } * items;
        size_t len, cap;
    } annotations;
};

/* `filter` of Entry.objects.filter(…). */
static sl_str method_of(const struct python_chain *chain, const struct sl_node *call)
{
    const struct sl_node *function = sl_node_child(call, SL_FIELD_FUNCTION);
    if (!function)
        return SL_STR_EMPTY;
    const struct sl_node *name =
        function->kind == SL_NODE_ATTRIBUTE ? sl_node_child(function, SL_FIELD_ATTRIBUTE) : function;
    return sl_node_text(chain->sql.syntax, name);
}

static bool method_is(const struct python_chain *chain, const struct sl_node *call, const char *name)
{
    return sl_str_eq(method_of(chain, call), sl_str_from(name));
}

static const struct sl_node *first_argument(const struct sl_node *call)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    return arguments ? sl_node_item(arguments, 0) : NULL;
}

static const struct sl_node *next_pair(const struct sl_node *from)
{
    while (from && from->kind != SL_NODE_PAIR)
        from = from->next;
    return from;
}

static const struct sl_node *keyword(const struct python_chain *chain, const struct sl_node *call, const char *name)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *pair = next_pair(arguments ? arguments->first : NULL); pair;
         pair = next_pair(pair->next)) {
        if (sl_node_is(chain->sql.syntax, sl_node_child(pair, SL_FIELD_NAME), name))
            return sl_node_child(pair, SL_FIELD_VALUE);
    }
    return NULL;
}

/* updated_at__gte=x → updated_at >= x; the text of a lookup's end and what it means. */
static const struct {
    const char *lookup, *function, *op;
} lookups[] = {
    {"gte", "", " >= "},
    {"gt", "", " > "},
    {"lte", "", " <= "},
    {"lt", "", " < "},
    {"exact", "", " = "},
    {"iexact", "", " = "},
    {"in", "", " IN "},
    {"isnull", "", " IS "},
    {"range", "", " BETWEEN "},
    {"date", "DATE(", " = "},
    {"year", "EXTRACT(year FROM ", " = "},
    {"month", "EXTRACT(month FROM ", " = "},
    {"day", "EXTRACT(day FROM ", " = "},
    {"contains", "", " LIKE "},
    {"startswith", "", " LIKE "},
};

static void tuple_write(struct python_chain *chain, struct sl_sql_writer *where, const struct sl_node *value,
                        const char *between)
{
    const char *separator = "";
    bool is_list = value->first && !sl_node_child(value, SL_FIELD_FUNCTION) && value->kind != SL_NODE_STRING &&
                   value->kind != SL_NODE_ATTRIBUTE;
    for (const struct sl_node *item = is_list ? value->first : NULL; item; item = item->next) {
        sl_sql_add(where, separator);
        separator = between;
        sl_orm_value(&chain->sql, where, item);
    }
    if (*separator == '\0')
        sl_sql_add(where, strcmp(between, ", ") == 0 ? ":value" : ":value AND :value");
}

static void condition_write(struct python_chain *chain, struct sl_sql_writer *where, const struct sl_node *key,
                            const struct sl_node *value)
{
    sl_str name = sl_node_text(chain->sql.syntax, key);
    const char *function = "";
    const char *op = " = ";
    for (;;) {
        size_t at = sl_str_find(name, SL_STR("__"));
        if (at == SIZE_MAX || at == 0)
            break;
        sl_str rest = sl_str_slice(name, at + 2, SIZE_MAX);
        size_t found = SIZE_MAX;
        for (size_t i = 0; i < sizeof lookups / sizeof lookups[0]; i++) {
            sl_str lookup = sl_str_from(lookups[i].lookup);
            bool is_prefix = sl_str_has_prefix(rest, lookup) && (rest.len == lookup.len || rest.ptr[lookup.len] == '_');
            if (is_prefix && (found == SIZE_MAX || lookup.len > strlen(lookups[found].lookup)))
                found = i;
        }
        if (found == SIZE_MAX) { /* another table's column: campaign__status */
            chain->sql.flags |= SL_FRAGMENT_OPEN;
            sl_sql_add(where, ":condition");
            return;
        }
        if (*lookups[found].function)
            function = lookups[found].function;
        op = lookups[found].op;
        size_t used = at + 2 + strlen(lookups[found].lookup);
        sl_str tail = sl_str_slice(name, used, SIZE_MAX); /* __gte of updated_at__date__gte */
        name = sl_arena_printf(chain->sql.arena, "%.*s%.*s", (int)at, name.ptr, SL_STR_ARG(tail));
    }
    sl_sql_add(where, function);
    if (sl_str_eq(name, SL_STR("pk")))
        name = SL_STR("id");
    sl_orm_column(&chain->sql, where, name, sl_node_span(key));
    sl_sql_add(where, *function ? ")" : "");
    bool is_null_test = strcmp(op, " IS ") == 0;
    if (is_null_test)
        sl_sql_add(where, value->kind == SL_NODE_FALSE ? " IS NOT NULL" : " IS NULL");
    else if (value->kind == SL_NODE_NIL)
        sl_sql_add(where, " IS NULL");
    else if (strcmp(op, " IN ") == 0)
        sl_sql_add(where, " IN ("), tuple_write(chain, where, value, ", "), sl_sql_add(where, ")");
    else if (strcmp(op, " BETWEEN ") == 0)
        sl_sql_add(where, op), tuple_write(chain, where, value, " AND ");
    else
        sl_sql_add(where, op), sl_orm_value(&chain->sql, where, value);
}

static bool q_write(struct python_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node, int depth);

/* status="won", Q(…) | Q(…): the arguments of filter() or Q() as one condition. */
static bool conditions_write(struct python_chain *chain, struct sl_sql_writer *writer, const struct sl_node *call,
                             int depth)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    bool has_any = false;
    for (const struct sl_node *item = arguments ? arguments->first : NULL; item; item = item->next) {
        const struct sl_node *key = sl_node_child(item, SL_FIELD_NAME);
        const struct sl_node *value = sl_node_child(item, SL_FIELD_VALUE);
        struct sl_sql_writer one;
        sl_sql_writer_init(&one, chain->sql.arena, writer->dialect);
        if (item->kind == SL_NODE_PAIR && key && value)
            condition_write(chain, &one, key, value);
        else if (!q_write(chain, &one, item, depth))
            continue;
        sl_sql_add(writer, has_any ? " AND " : "");
        sl_sql_add_writer(writer, &one);
        has_any = true;
    }
    return has_any;
}

/* Q(status="won"), ~Q(…), Q(…) | Q(…) */
static bool q_write(struct python_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node, int depth)
{
    const struct sl_syntax *syntax = chain->sql.syntax;
    const struct sl_node *op = sl_node_child(node, SL_FIELD_OPERATOR);
    bool is_or = node->kind == SL_NODE_BINARY && sl_node_is(syntax, op, "|");
    bool is_and = node->kind == SL_NODE_BINARY && sl_node_is(syntax, op, "&");
    struct sl_sql_writer left;
    struct sl_sql_writer right;
    sl_sql_writer_init(&left, chain->sql.arena, writer->dialect);
    sl_sql_writer_init(&right, chain->sql.arena, writer->dialect);
    bool is_known = false;
    if (depth >= SL_MAX_CHAIN_DEPTH) {
        is_known = false;
    } else if (is_or || is_and) {
        bool has_left = q_write(chain, &left, sl_node_child(node, SL_FIELD_LEFT), depth + 1);
        bool has_right = q_write(chain, &right, sl_node_child(node, SL_FIELD_RIGHT), depth + 1);
        is_known = has_left && has_right;
        if (is_and && has_left != has_right) { /* half of an AND is still true of its rows */
            sl_sql_add_writer(writer, has_left ? &left : &right);
            chain->sql.flags |= SL_FRAGMENT_OPEN;
            return true;
        }
    } else if (node->kind == SL_NODE_CALL && method_is(chain, node, "Q")) {
        is_known = conditions_write(chain, &left, node, depth + 1);
    } else if (node->kind == SL_NODE_PARENTHESES && node->first) {
        return q_write(chain, writer, node->first, depth + 1);
    }
    if (!is_known) {
        chain->sql.flags |= SL_FRAGMENT_OPEN;
        return false;
    }
    sl_sql_add(writer, "(");
    sl_sql_add_writer(writer, &left);
    if (is_or || is_and) {
        sl_sql_add(writer, is_or ? " OR " : " AND ");
        sl_sql_add_writer(writer, &right);
    }
    sl_sql_add(writer, ")");
    return true;
}

static void filter_link(struct python_chain *chain, const struct sl_node *call, bool is_exclude)
{
    struct sl_sql_writer condition;
    sl_sql_writer_init(&condition, chain->sql.arena, chain->sql.where.dialect);
    if (!conditions_write(chain, &condition, call, 0))
        return;
    sl_orm_next(&chain->sql.where, " AND ");
    sl_sql_add(&chain->sql.where, is_exclude ? "NOT (" : "");
    sl_sql_add_writer(&chain->sql.where, &condition);
    sl_sql_add(&chain->sql.where, is_exclude ? ")" : "");
    chain->has_columns = true;
}

static const struct {
    const char *name, *sql;
    bool aggregates;
} functions[] = {
    {"TruncDate", "DATE(", false},
    {"TruncDay", "DATE(", false},
    {"TruncMonth", "EXTRACT(month FROM ", false},
    {"TruncWeek", "EXTRACT(week FROM ", false},
    {"TruncYear", "EXTRACT(year FROM ", false},
    {"TruncHour", "EXTRACT(hour FROM ", false},
    {"TruncQuarter", "EXTRACT(quarter FROM ", false},
    {"ExtractMonth", "EXTRACT(month FROM ", false},
    {"ExtractYear", "EXTRACT(year FROM ", false},
    {"ExtractDay", "EXTRACT(day FROM ", false},
    {"ExtractWeek", "EXTRACT(week FROM ", false},
    {"ExtractHour", "EXTRACT(hour FROM ", false},
    {"Count", "COUNT(", true},
    {"Sum", "SUM(", true},
    {"Avg", "AVG(", true},
    {"Min", "MIN(", true},
    {"Max", "MAX(", true},
};

/* What stands before the argument: DATE( for Trunc('updated_at', 'day'). Empty: a function that is not known. */
static sl_str function_of(const struct python_chain *chain, const struct sl_node *call, bool *is_aggregate)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        *is_aggregate = functions[i].aggregates;
        if (method_is(chain, call, functions[i].name))
            return sl_str_from(functions[i].sql);
    }
    *is_aggregate = false;
    const struct sl_node *unit = first_argument(call) ? first_argument(call)->next : NULL;
    bool cuts = method_is(chain, call, "Trunc") || method_is(chain, call, "Extract");
    if (!cuts || !unit || unit->kind != SL_NODE_STRING)
        return SL_STR_EMPTY;
    sl_str name = sl_literal_constant(chain->sql.syntax, unit, chain->sql.arena);
    if (method_is(chain, call, "Trunc") && (sl_str_eq(name, SL_STR("day")) || sl_str_eq(name, SL_STR("date"))))
        return SL_STR("DATE(");
    return sl_arena_printf(chain->sql.arena, "EXTRACT(%.*s FROM ", SL_STR_ARG(name));
}

/* 'updated_at', F('updated_at') - F('created'), ExpressionWrapper(…), TruncDate(…), Count('id', filter=Q(…)) */
static bool expression_write(struct python_chain *chain, struct sl_sql_writer *writer, const struct sl_node *node,
                             bool *is_aggregate, int depth)
{
    const struct sl_syntax *syntax = chain->sql.syntax;
    bool is_inner = false;
    if (!node || depth >= SL_MAX_CHAIN_DEPTH)
        return false;
    if (node->kind == SL_NODE_STRING) {
        sl_str column = sl_literal_constant(syntax, node, chain->sql.arena);
        if (column.len == 0 || sl_str_find(column, SL_STR("__")) != SIZE_MAX) /* another table's */
            return false;
        if (sl_str_eq(column, SL_STR("*")))
            sl_sql_add(writer, "*");
        else
            sl_orm_column(&chain->sql, writer, column, sl_node_span(node));
        return true;
    }
    if (node->kind == SL_NODE_BINARY) {
        struct sl_sql_writer right;
        sl_sql_writer_init(&right, chain->sql.arena, writer->dialect);
        const struct sl_node *op = sl_node_child(node, SL_FIELD_OPERATOR);
        bool is_known = sl_node_is(syntax, op, "-") || sl_node_is(syntax, op, "+");
        bool has_both = is_known &&
                        expression_write(chain, writer, sl_node_child(node, SL_FIELD_LEFT), &is_inner, depth + 1) &&
                        expression_write(chain, &right, sl_node_child(node, SL_FIELD_RIGHT), &is_inner, depth + 1);
        sl_sql_add(writer, sl_node_is(syntax, op, "-") ? " - " : " + ");
        sl_sql_add_writer(writer, &right);
        *is_aggregate |= is_inner;
        return has_both;
    }
    if (node->kind != SL_NODE_CALL)
        return false;
    if (method_is(chain, node, "F") || method_is(chain, node, "ExpressionWrapper"))
        return expression_write(chain, writer, first_argument(node), is_aggregate, depth + 1);
    sl_str function = function_of(chain, node, is_aggregate);
    const struct sl_node *filter = function.len ? keyword(chain, node, "filter") : NULL;
    struct sl_sql_writer inner;
    struct sl_sql_writer condition;
    sl_sql_writer_init(&inner, chain->sql.arena, writer->dialect);
    sl_sql_writer_init(&condition, chain->sql.arena, writer->dialect);
    if (function.len == 0 || !expression_write(chain, &inner, first_argument(node), &is_inner, depth + 1))
        return false;
    bool is_filtered = filter && q_write(chain, &condition, filter, 0);
    sl_sql_add_token(writer, function, sl_node_span(sl_node_child(node, SL_FIELD_FUNCTION)));
    if (is_filtered) {
        sl_sql_add(writer, "CASE WHEN ");
        sl_sql_add_writer(writer, &condition);
        sl_sql_add(writer, " THEN ");
    }
    if (is_filtered && sl_str_eq(sl_sql_writer_text(&inner), SL_STR("*")))
        sl_sql_add(writer, "1");
    else
        sl_sql_add_writer(writer, &inner);
    sl_sql_add(writer, is_filtered ? " END)" : ")");
    return true;
}

static void annotate_link(struct python_chain *chain, const struct sl_node *call)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *item = arguments ? arguments->first : NULL; item; item = item->next) {
        const struct sl_node *value = item->kind == SL_NODE_PAIR ? sl_node_child(item, SL_FIELD_VALUE) : item;
        struct sl_sql_writer expression;
        bool is_aggregate = false;
        sl_sql_writer_init(&expression, chain->sql.arena, chain->sql.select.dialect);
        if (value->kind == SL_NODE_STRING || !expression_write(chain, &expression, value, &is_aggregate, 0))
            continue;
        sl_orm_next(&chain->sql.select, ", ");
        sl_sql_add_writer(&chain->sql.select, &expression);
        chain->has_columns = true;
        chain->has_aggregate |= is_aggregate;
        if (!is_aggregate && item->kind == SL_NODE_PAIR)
            *SL_VEC_PUSH(chain->sql.arena, &chain->annotations) =
                (struct annotation){sl_node_text(chain->sql.syntax, sl_node_child(item, SL_FIELD_NAME)), expression};
    }
}

/* values('day'): the key of the aggregates that follow. */
static void values_link(struct python_chain *chain, const struct sl_node *call)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *item = arguments ? arguments->first : NULL; item; item = item->next) {
        sl_str name = item->kind == SL_NODE_STRING ? sl_literal_constant(chain->sql.syntax, item, chain->sql.arena)
                                                   : SL_STR_EMPTY;
        const struct sl_sql_writer *known = NULL;
        if (name.len == 0)
            continue;
        for (size_t i = 0; i < chain->annotations.len; i++) {
            if (sl_str_eq(chain->annotations.items[i].name, name))
                known = &chain->annotations.items[i].expression;
        }
        bool is_date = sl_str_has_suffix(name, SL_STR("__date"));
        sl_orm_next(&chain->sql.group, ", ");
        if (known) {
            sl_sql_add_writer(&chain->sql.group, known);
        } else {
            sl_sql_add(&chain->sql.group, is_date ? "DATE(" : "");
            sl_orm_column(&chain->sql, &chain->sql.group, is_date ? sl_str_slice(name, 0, name.len - 6) : name,
                          sl_node_span(item));
            sl_sql_add(&chain->sql.group, is_date ? ")" : "");
        }
    }
}

static void set_add(struct python_chain *chain, const struct sl_node *name, const struct sl_node *value)
{
    sl_orm_next(&chain->sql.set, ", ");
    sl_sql_add_name(&chain->sql.set, sl_node_text(chain->sql.syntax, name), sl_node_span(name));
    sl_sql_add(&chain->sql.set, " = ");
    sl_orm_value(&chain->sql, &chain->sql.set, value);
}

static void update_link(struct python_chain *chain, const struct sl_node *call)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *pair = next_pair(arguments ? arguments->first : NULL); pair;
         pair = next_pair(pair->next)) {
        if (sl_node_child(pair, SL_FIELD_NAME) && sl_node_child(pair, SL_FIELD_VALUE))
            set_add(chain, sl_node_child(pair, SL_FIELD_NAME), sl_node_child(pair, SL_FIELD_VALUE));
    }
    chain->sql.flags |= SL_FRAGMENT_NO_ORM_TOUCH;
    if (chain->sql.set.len)
        sl_orm_emit_update(&chain->sql, sl_node_span(call));
}

static const struct sl_node *function_around(const struct sl_node *node)
{
    const struct sl_node *above = node->parent;
    while (above && above->parent && strcmp(above->type, "function_definition") != 0)
        above = above->parent;
    return above;
}

/* What the variable was last set to before `use`, in its function. */
static const struct sl_node *assigned_value(const struct python_chain *chain, const struct sl_node *use)
{
    const struct sl_node *scope = function_around(use);
    const struct sl_node *found = NULL;
    sl_str name = sl_node_text(chain->sql.syntax, use);
    for (const struct sl_node *n = scope; n && n->off < use->off; n = sl_node_after(scope, n)) {
        bool is_before = n->kind == SL_NODE_ASSIGNMENT && n->off + n->len <= use->off;
        if (is_before && sl_str_eq(sl_node_text(chain->sql.syntax, sl_node_child(n, SL_FIELD_LEFT)), name))
            found = sl_node_child(n, SL_FIELD_RIGHT);
    }
    return found;
}

/* Is it a method of a query set? For any other no variable is looked up. */
static bool is_query_method(sl_str method)
{
    static const char *const names[] = {"filter", "exclude", "get",    "annotate", "aggregate", "values", "values_list",
                                        "count",  "update",  "delete", "order_by", "distinct",  "first",  "exists"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sl_str_eq(method, sl_str_from(names[i])))
            return true;
    }
    return false;
}

/* `qs = Entry.objects.filter(…)`, and later `qs.annotate(…)`: the later chain is the statement. */
static bool is_continued(const struct sl_syntax *syntax, const struct sl_node *node)
{
    const struct sl_node *assignment = node->parent;
    if (!assignment || assignment->kind != SL_NODE_ASSIGNMENT || node->field != SL_FIELD_RIGHT)
        return false;
    const struct sl_node *scope = function_around(node);
    sl_str name = sl_node_text(syntax, sl_node_child(assignment, SL_FIELD_LEFT));
    for (const struct sl_node *n = sl_node_after_subtree(scope, node); n; n = sl_node_after(scope, n)) {
        bool is_call = n->kind == SL_NODE_ATTRIBUTE && n->parent && n->parent->kind == SL_NODE_CALL;
        if (is_call && sl_str_eq(sl_node_text(syntax, sl_node_child(n, SL_FIELD_OBJECT)), name) &&
            is_query_method(sl_node_text(syntax, sl_node_child(n, SL_FIELD_ATTRIBUTE))))
            return true;
    }
    return false;
}

/* The calls between Entry.objects and the end; false where the chain is no query set. */
static bool chain_collect(struct python_chain *chain, const struct sl_node *node)
{
    while (node && chain->n_links < MAX_LINKS) {
        if (node->kind == SL_NODE_IDENTIFIER && chain->n_links && is_query_method(method_of(chain, chain->links[0]))) {
            node = assigned_value(chain, node); /* an assignment before the last one: the offsets fall */
            continue;
        }
        if (node->kind == SL_NODE_PARENTHESES) {
            node = node->first;
            continue;
        }
        if (node->kind != SL_NODE_CALL)
            break;
        const struct sl_node *function = sl_node_child(node, SL_FIELD_FUNCTION);
        if (!function || function->kind != SL_NODE_ATTRIBUTE)
            return false;
        chain->links[chain->n_links++] = node;
        node = sl_node_child(function, SL_FIELD_OBJECT);
    }
    bool is_manager = node && node->kind == SL_NODE_ATTRIBUTE &&
                      sl_node_is(chain->sql.syntax, sl_node_child(node, SL_FIELD_ATTRIBUTE), "objects");
    if (!is_manager)
        return false;
    sl_str class_name = sl_node_text(chain->sql.syntax, sl_node_child(node, SL_FIELD_OBJECT));
    chain->sql.table = sl_orm_class_table(chain->sql.source, class_name, chain->sql.arena);
    return chain->sql.table.len > 0;
}

/* Applies the links; true where one of them wrote a statement. */
static bool chain_apply(struct python_chain *chain)
{
    for (size_t i = chain->n_links; i > 0; i--) {
        const struct sl_node *call = chain->links[i - 1];
        sl_str method = method_of(chain, call);
        if (sl_str_eq(method, SL_STR("filter")) || sl_str_eq(method, SL_STR("get")) ||
            sl_str_eq(method, SL_STR("exclude"))) {
            filter_link(chain, call, sl_str_eq(method, SL_STR("exclude")));
        } else if (sl_str_eq(method, SL_STR("annotate")) || sl_str_eq(method, SL_STR("aggregate"))) {
            annotate_link(chain, call);
        } else if (sl_str_eq(method, SL_STR("values")) || sl_str_eq(method, SL_STR("values_list"))) {
            values_link(chain, call);
        } else if (sl_str_eq(method, SL_STR("count"))) {
            sl_orm_next(&chain->sql.select, ", ");
            sl_sql_add(&chain->sql.select, "COUNT(*)");
            chain->has_aggregate = true;
        } else if (sl_str_eq(method, SL_STR("update"))) {
            update_link(chain, call);
            return true;
        } else if (sl_str_eq(method, SL_STR("delete"))) {
            sl_orm_emit_delete(&chain->sql, sl_node_span(call));
            return true;
        }
    }
    return false;
}

/* --- for e in Entry.objects.filter(…): e.note = 'foo'; e.save() -----------------------------------------------------
 */

static void assigned_before(struct python_chain *chain, const struct sl_node *top, uint32_t from_off,
                            const struct sl_node *save, sl_str variable)
{
    for (const struct sl_node *n = top; n && n->off < save->off; n = sl_node_after(top, n)) {
        const struct sl_node *left = n->kind == SL_NODE_ASSIGNMENT ? sl_node_child(n, SL_FIELD_LEFT) : NULL;
        bool is_attribute = left && left->kind == SL_NODE_ATTRIBUTE &&
                            sl_str_eq(sl_node_text(chain->sql.syntax, sl_node_child(left, SL_FIELD_OBJECT)), variable);
        if (is_attribute && n->off > from_off && sl_node_child(left, SL_FIELD_ATTRIBUTE) &&
            sl_node_child(n, SL_FIELD_RIGHT))
            set_add(chain, sl_node_child(left, SL_FIELD_ATTRIBUTE), sl_node_child(n, SL_FIELD_RIGHT));
    }
}

/* The query set that the variable's row comes from: of a loop around, or of an assignment before. */
static const struct sl_node *row_origin(const struct python_chain *chain, const struct sl_node *save, sl_str variable,
                                        const struct sl_node **scope, bool *is_loop)
{
    const struct sl_node *found = NULL;
    for (const struct sl_node *above = save->parent; above; above = above->parent) {
        *scope = above;
        bool is_own = above->kind == SL_NODE_FOR && sl_node_is(chain->sql.syntax, sl_node_child(above, SL_FIELD_LEFT),
                                                               sl_arena_copy(chain->sql.arena, variable).ptr);
        if (is_own) {
            *is_loop = true;
            return sl_node_child(above, SL_FIELD_RIGHT);
        }
        if (strcmp(above->type, "function_definition") == 0)
            break;
    }
    for (const struct sl_node *n = *scope; n && n->off < save->off; n = sl_node_after(*scope, n)) {
        if (n->kind == SL_NODE_ASSIGNMENT &&
            sl_str_eq(sl_node_text(chain->sql.syntax, sl_node_child(n, SL_FIELD_LEFT)), variable))
            found = sl_node_child(n, SL_FIELD_RIGHT);
    }
    return found;
}

static void save_read(struct python_chain *chain, const struct sl_node *call)
{
    const struct sl_node *object = sl_node_child(sl_node_child(call, SL_FIELD_FUNCTION), SL_FIELD_OBJECT);
    if (!object || object->kind != SL_NODE_IDENTIFIER)
        return;
    sl_str variable = sl_node_text(chain->sql.syntax, object);
    const struct sl_node *scope = call;
    bool is_loop = false;
    const struct sl_node *origin = row_origin(chain, call, variable, &scope, &is_loop);
    if (!origin || !chain_collect(chain, origin))
        return;
    chain_apply(chain);
    chain->sql.is_one_row = true;
    chain->sql.flags |= is_loop ? SL_FRAGMENT_ROW_BY_ROW : 0;
    const struct sl_node *fields = keyword(chain, call, "update_fields");
    if (fields && sl_str_find(sl_node_text(chain->sql.syntax, fields), SL_STR("updated")) == SIZE_MAX)
        chain->sql.flags |= SL_FRAGMENT_NO_ORM_TOUCH;
    assigned_before(chain, scope, origin->off, call, variable);
    sl_orm_emit_update(&chain->sql, sl_node_span(call));
}

static void select_emit(struct python_chain *chain)
{
    if (!chain->has_aggregate && chain->sql.group.len) { /* values() alone */
        chain->sql.select = chain->sql.group;
        sl_sql_writer_init(&chain->sql.group, chain->sql.arena, chain->sql.select.dialect);
    }
    sl_orm_emit_select(&chain->sql);
}

void sl_python_read(const struct sl_source *source, const struct sl_syntax *syntax, struct sl_arena *file,
                    struct sl_reading *reading)
{
    for (const struct sl_node *node = syntax->root; node; node = sl_node_after(syntax->root, node)) {
        if (node->kind != SL_NODE_CALL)
            continue;
        struct python_chain *chain = SL_NEW(file, struct python_chain);
        sl_orm_begin(&chain->sql, source, syntax, file, reading, node);
        bool is_link = node->field == SL_FIELD_OBJECT && node->parent && node->parent->kind == SL_NODE_ATTRIBUTE;
        if (method_is(chain, node, "save")) {
            save_read(chain, node);
            continue;
        }
        if (!is_link && !is_continued(syntax, node) && chain_collect(chain, node) && !chain_apply(chain) &&
            (chain->has_columns || chain->sql.group.len))
            select_emit(chain);
    }
}

/* NOLINTEND(misc-no-recursion) */
