/*
 * orm_php: Laravel. Eloquent chains (Entry::where(…)->update(…)) and the query builder (DB::table('entries')->…).
 *
 * Eloquent's mass update writes updated_at; the query builder's does not. Source: Laravel's documentation of Eloquent,
 * of the query builder, and Illuminate\Database\Eloquent\Builder::update.
 */
#include "base/vec.h"
#include "source/orm_statement.h"

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
        return expression_write(chain, writer, argument(node, 0),
                                true); // NOLINT(misc-no-recursion) one level: raw of a string
    if (!sl_literal_is(chain->sql.syntax, node))
        return false;
    if (is_raw) {
        sl_literal_write(chain->sql.syntax, node, writer);
        return true;
    }
    sl_str column = word_of(chain, node);
    if (column.len)
        sl_orm_column(&chain->sql, writer, column, sl_node_span(node));
    return column.len > 0;
}

static void expressions_add(struct php_chain *chain, struct sl_sql_writer *clause, const struct sl_node *call,
                            bool is_raw)
{
    for (size_t i = 0; argument(call, i); i++) {
        struct sl_sql_writer one;
        sl_sql_writer_init(&one, chain->sql.arena, clause->dialect);
        if (!expression_write(chain, &one, argument(call, i), is_raw)) {
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

/* where('a', 1), where('a', '>=', 1), whereNull('a'), whereIn('a', […]), whereDate('a', …) … */
static bool where_link(struct php_chain *chain, const struct sl_node *call, sl_str method)
{
    struct sl_sql_writer *where = &chain->sql.where;
    const struct sl_node *first = argument(call, 0);
    bool is_or = sl_str_has_prefix(method, SL_STR("or"));
    sl_str kind = sl_str_slice(method, is_or ? 7 : 5, SIZE_MAX);
    if (!sl_str_has_prefix(method, SL_STR("where")) && !sl_str_has_prefix(method, SL_STR("orWhere")))
        return false;
    sl_str column = word_of(chain, first);
    bool is_raw = sl_str_eq(kind, SL_STR("Raw"));
    if (!first || (!is_raw && column.len == 0)) {
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
        const struct sl_node *value = third ? third : second;
        sl_sql_add(where, " ");
        sl_sql_add_str(where, op.len ? op : SL_STR("="));
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
        if (argument(call, 0) && expression_write(chain, &one, argument(call, 0), false)) {
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

/* Entry::…, DB::table('entries')…, $entry->… */
static bool root_read(struct php_chain *chain, const struct sl_node *root)
{
    if (root->kind == SL_NODE_SCOPED_CALL) {
        sl_str scope = sl_node_text(chain->sql.syntax, sl_node_child(root, SL_FIELD_SCOPE));
        bool is_builder = sl_str_eq(scope, SL_STR("DB")) && sl_str_eq(name_of(chain, root), SL_STR("table"));
        if (is_builder) {
            chain->sql.table = word_of(chain, argument(root, 0));
            chain->sql.flags |= SL_FRAGMENT_NO_ORM_TOUCH;
            chain->n_links--; /* table() is no clause */
            return chain->sql.table.len > 0;
        }
        chain->sql.table = sl_orm_class_table(chain->sql.source, scope, chain->sql.arena);
        return chain->sql.table.len > 0 && !sl_str_eq(scope, SL_STR("DB"));
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
    for (size_t i = chain->n_links; i > 0 && !is_written; i--) {
        const struct sl_node *call = chain->links[i - 1];
        sl_str method = name_of(chain, call);
        if (where_link(chain, call, method) || clause_link(chain, call, method) || aggregate_link(chain, call, method))
            continue;
        is_written = write_link(chain, call, method);
        if (sl_str_has_prefix(method, SL_STR("chunk")) || sl_str_has_prefix(method, SL_STR("lazy")))
            chain->sql.flags |= SL_FRAGMENT_BATCHED;
    }
    if (!is_written && chain->has_columns && !chain->is_record)
        sl_orm_emit_select(&chain->sql);
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
        const struct sl_node *root = node;
        while (root && root->kind == SL_NODE_MEMBER_CALL && chain->n_links < MAX_LINKS - 1) {
            chain->links[chain->n_links++] = root;
            root = sl_node_child(root, SL_FIELD_OBJECT);
        }
        if (root && root->kind == SL_NODE_SCOPED_CALL)
            chain->links[chain->n_links++] = root;
        if (root && root_read(chain, root))
            chain_read(chain);
    }
}
