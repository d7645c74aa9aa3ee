/* ruby_write: the links of a chain that write: which columns, which rows, and whether the ORM touches its timestamps.
 */
#include "base/vec.h"
#include "source/inflect.h"
#include "source/ruby_chain.h"

enum write_form {
    WRITE_PAIRS, /* update(note: 'foo') */
    WRITE_TEXT,  /* update_all("note = 'foo'") */
    WRITE_ONE,   /* update_attribute(:note, 'foo') */
    WRITE_SAVE,  /* save: what was assigned before */
    WRITE_TOUCH, /* touch, touch(:drawn_at) */
    WRITE_STEP,  /* increment!(:count) */
    WRITE_TOGGLE,
    WRITE_COUNTERS, /* update_counters(id, count: 1) */
    WRITE_COUNTER,  /* increment_counter(:count, id) */
    WRITE_RESET,    /* reset_counters(id, :entries) */
    WRITE_INSERT,
    WRITE_DELETE,
};

enum { ON_RELATION = 1, ON_RECORD = 2 };

static const struct write_method {
    const char *name;
    enum write_form form;
    unsigned on;
    bool touches; /* the ORM moves its timestamps */
} writes[] = {
    {"update_all", WRITE_TEXT, ON_RELATION, false},
    {"update", WRITE_PAIRS, ON_RELATION | ON_RECORD, true},
    {"update!", WRITE_PAIRS, ON_RELATION | ON_RECORD, true},
    {"update_attributes", WRITE_PAIRS, ON_RECORD, true},
    {"update_attributes!", WRITE_PAIRS, ON_RECORD, true},
    {"update_attribute", WRITE_ONE, ON_RECORD, true},
    {"update_attribute!", WRITE_ONE, ON_RECORD, true},
    {"update_column", WRITE_ONE, ON_RECORD, false},
    {"update_columns", WRITE_PAIRS, ON_RECORD, false},
    {"save", WRITE_SAVE, ON_RECORD, true},
    {"save!", WRITE_SAVE, ON_RECORD, true},
    {"touch", WRITE_TOUCH, ON_RECORD, true},
    {"touch_all", WRITE_TOUCH, ON_RELATION, true},
    {"increment!", WRITE_STEP, ON_RECORD, false},
    {"decrement!", WRITE_STEP, ON_RECORD, false},
    {"toggle!", WRITE_TOGGLE, ON_RECORD, true},
    {"update_counters", WRITE_COUNTERS, ON_RELATION, false},
    {"increment_counter", WRITE_COUNTER, ON_RELATION, false},
    {"decrement_counter", WRITE_COUNTER, ON_RELATION, false},
    {"reset_counters", WRITE_RESET, ON_RELATION, false},
    {"create", WRITE_INSERT, ON_RELATION, true},
    {"create!", WRITE_INSERT, ON_RELATION, true},
    {"insert", WRITE_INSERT, ON_RELATION, true},
    {"insert!", WRITE_INSERT, ON_RELATION, true},
    {"insert_all", WRITE_INSERT, ON_RELATION, true},
    {"insert_all!", WRITE_INSERT, ON_RELATION, true},
    {"upsert", WRITE_INSERT, ON_RELATION, true},
    {"upsert_all", WRITE_INSERT, ON_RELATION, true},
    {"delete_all", WRITE_DELETE, ON_RELATION, false},
    {"destroy_all", WRITE_DELETE, ON_RELATION, false},
    {"delete_by", WRITE_DELETE, ON_RELATION, false},
    {"destroy_by", WRITE_DELETE, ON_RELATION, false},
    {"destroy", WRITE_DELETE, ON_RECORD, false},
    {"destroy!", WRITE_DELETE, ON_RECORD, false},
    {"delete", WRITE_DELETE, ON_RECORD, false},
};

static const struct write_method *write_method(sl_str method)
{
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        if (sl_str_eq(method, sl_str_from(writes[i].name)))
            return &writes[i];
    }
    return NULL;
}

/* --- Are timestamps switched off here? ------------------------------------------------------------------------------
 */

/* Entry.record_timestamps = x says nothing of other models. */
static bool is_setting_of(const struct sl_ruby_chain *chain, const struct sl_node *setting)
{
    const struct sl_node *owner = sl_node_child(setting, SL_FIELD_RECEIVER);
    sl_str name = owner ? sl_node_text(chain->file->syntax, owner) : SL_STR_EMPTY;
    const struct sl_ruby_model *of = sl_project_model(chain->file->source->project, name);
    return !of || !of->is_record || of->is_abstract || of == chain->model;
}

/* The last `….record_timestamps = x` before the node decides. */
bool sl_chain_timestamps_are_off(const struct sl_ruby_chain *chain, const struct sl_node *node)
{
    bool is_off = chain->model && chain->model->records_no_timestamps;
    if (sl_str_find(chain->file->source->bytes, SL_STR("record_timestamps")) == SIZE_MAX)
        return is_off;
    const struct sl_syntax *syntax = chain->file->syntax;
    for (const struct sl_node *n = syntax->root; n && n->off < node->off; n = sl_node_after(syntax->root, n)) {
        const struct sl_node *left = n->kind == SL_NODE_ASSIGNMENT ? sl_node_child(n, SL_FIELD_LEFT) : NULL;
        const struct sl_node *right = sl_node_child(n, SL_FIELD_RIGHT);
        if (left && right && sl_ruby_method_is(syntax, left, "record_timestamps") && is_setting_of(chain, left))
            is_off = right->kind == SL_NODE_FALSE;
    }
    return is_off;
}

static bool option_is(const struct sl_ruby_chain *chain, const struct sl_node *call, const char *name,
                      enum sl_node_kind kind)
{
    const struct sl_node *value = sl_ruby_option(chain->syntax, call, name);
    return value && value->kind == kind;
}

/* What adds to a number touches only where it is asked to. */
static bool is_counting(enum write_form form)
{
    return form == WRITE_STEP || form == WRITE_COUNTERS || form == WRITE_COUNTER || form == WRITE_RESET;
}

/* A migration's own class of that name (class Entry < ActiveRecord::Base inside it) knows no callbacks. */
static bool is_migrations_own(const struct sl_ruby_chain *chain)
{
    const struct sl_syntax *syntax = chain->file->syntax;
    if (!chain->file->is_migration)
        return false;
    for (const struct sl_node *n = syntax->root; n && chain->model; n = sl_node_after(syntax->root, n)) {
        const struct sl_node *name = n->kind == SL_NODE_CLASS ? sl_node_child(n, SL_FIELD_NAME) : NULL;
        if (name && sl_str_eq(sl_node_text(syntax, name), chain->model->base))
            return true;
    }
    return chain->model == NULL;
}

/* update, save, create, touch, destroy run the record's callbacks, and with them the touches of what it belongs to;
 * update_all, update_columns and delete do not, nor does a block of no_touching. */
static uint32_t callback_flags(const struct sl_ruby_chain *chain, const struct write_method *write)
{
    static const char *const without[] = {"insert",     "insert!", "insert_all", "insert_all!", "upsert",
                                          "upsert_all", "delete",  "delete_all", "delete_by",   "touch_all"};
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
        if (strcmp(write->name, without[i]) == 0)
            return 0;
    }
    if ((!write->touches && write->form != WRITE_DELETE) || is_migrations_own(chain))
        return 0;
    uint32_t flags = write->form == WRITE_TOUCH || write->form == WRITE_DELETE ? 0 : SL_FRAGMENT_SAVE;
    return sl_ruby_block_of(chain->file, chain->whole, "no_touching") ? flags : flags | SL_FRAGMENT_CALLBACKS;
}

static uint32_t touch_flags(const struct sl_ruby_chain *chain, const struct sl_node *call,
                            const struct write_method *write)
{
    bool touches = write->touches;
    if (is_counting(write->form))
        touches = sl_ruby_option(chain->syntax, call, "touch") && !option_is(chain, call, "touch", SL_NODE_FALSE);
    if (write->form == WRITE_SAVE && option_is(chain, call, "touch", SL_NODE_FALSE))
        touches = false;
    bool is_off = write->form != WRITE_TOUCH && sl_chain_timestamps_are_off(chain, call);
    return touches && !is_off ? 0 : SL_FRAGMENT_NO_ORM_TOUCH;
}

/* --- What is set ----------------------------------------------------------------------------------------------------
 */

static void assignment_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, sl_str column,
                             const struct sl_node *key, const struct sl_node *value)
{
    if (column.len == 0)
        return;
    const struct sl_ruby_association *to = sl_project_association(chain->model, column);
    if (to && !to->is_many)
        column =
            to->foreign_key.len ? to->foreign_key : sl_arena_printf(chain->file->arena, "%.*s_id", SL_STR_ARG(column));
    sl_sql_add(set, set->len ? ", " : "");
    sl_sql_add_name(set, column, sl_node_span(key));
    sl_sql_add(set, " = ");
    if (value)
        sl_chain_value(chain, set, value, column);
    else
        sl_sql_add_placeholder(set, sl_node_span(key));
}

static void pairs_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, const struct sl_node *pairs)
{
    for (const struct sl_node *pair = sl_ruby_pair_first(pairs); pair; pair = sl_ruby_pair_next(pair)) {
        sl_str column = sl_ruby_pair_key(chain->syntax, pair, chain->file->arena);
        assignment_write(chain, set, column, sl_node_child(pair, SL_FIELD_KEY), sl_node_child(pair, SL_FIELD_VALUE));
    }
}

static const struct sl_node *pairs_of(const struct sl_node *call)
{
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        if (sl_ruby_argument(call, i)->kind == SL_NODE_HASH)
            return sl_ruby_argument(call, i);
    }
    return sl_node_child(call, SL_FIELD_ARGUMENTS);
}

/* Is this node `variable.name` (or, inside a model's method, just `name`)? Then its name. */
static const struct sl_node *attribute_of(const struct sl_ruby_chain *chain, const struct sl_node *node)
{
    if (!node || chain->variable.len == 0)
        return NULL;
    bool is_self = sl_str_eq(chain->variable, SL_STR("self"));
    if (is_self && node->kind == SL_NODE_IDENTIFIER)
        return node;
    const struct sl_node *receiver = node->kind == SL_NODE_CALL ? sl_node_child(node, SL_FIELD_RECEIVER) : NULL;
    bool is_bare = node->kind == SL_NODE_CALL && !receiver && is_self && !sl_node_child(node, SL_FIELD_ARGUMENTS);
    if (!is_bare && (!receiver || !sl_str_eq(sl_node_text(chain->syntax, receiver), chain->variable)))
        return NULL;
    return sl_node_child(node, SL_FIELD_METHOD);
}

/* e.drawed_at ||= now keeps what is there. */
static void kept_assignment_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, const struct sl_node *name,
                                  const struct sl_node *value)
{
    sl_sql_add(set, set->len ? ", " : "");
    sl_sql_add_name(set, sl_node_text(chain->syntax, name), sl_node_span(name));
    sl_sql_add(set, " = COALESCE(");
    sl_sql_add_name(set, sl_node_text(chain->syntax, name), sl_node_span(name));
    sl_sql_add(set, ", ");
    sl_chain_value(chain, set, value, SL_STR_EMPTY);
    sl_sql_add(set, ")");
}

/* The end of the last write of the record before `save`: what was assigned before that is written already. */
static uint32_t written_before(const struct sl_ruby_chain *chain, const struct sl_node *save)
{
    static const char *const own_writes[] = {"save", "save!", "update", "update!", "update_columns", "reload"};
    uint32_t end = 0;
    for (const struct sl_node *n = chain->scope; n && n->off < save->off; n = sl_node_after(chain->scope, n)) {
        const struct sl_node *name = n->kind == SL_NODE_CALL ? attribute_of(chain, n) : NULL;
        for (size_t i = 0; name && i < sizeof own_writes / sizeof own_writes[0]; i++) {
            if (sl_node_is(chain->syntax, name, own_writes[i]) && n->off + n->len < save->off + save->len)
                end = n->off + n->len;
        }
    }
    return end;
}

/* What was assigned to the record between `from_off` in its scope and its save. */
static void assigned_before_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, const struct sl_node *save,
                                  uint32_t from_off)
{
    const struct sl_node *top = chain->scope;
    for (const struct sl_node *n = top; n && n->off < save->off; n = sl_node_after(top, n)) {
        if (n->off < from_off)
            continue;
        const struct sl_node *left = sl_node_child(n, SL_FIELD_LEFT);
        const struct sl_node *right = sl_node_child(n, SL_FIELD_RIGHT);
        const struct sl_node *name = left && left->kind == SL_NODE_CALL ? attribute_of(chain, left) : NULL;
        bool assigns = n->kind == SL_NODE_ASSIGNMENT || n->kind == SL_NODE_OPERATOR_ASSIGNMENT;
        if (assigns && name && right && n->kind == SL_NODE_OPERATOR_ASSIGNMENT &&
            sl_node_is(chain->syntax, sl_node_child(n, SL_FIELD_OPERATOR), "||="))
            kept_assignment_write(chain, set, name, right);
        else if (assigns && name && right)
            assignment_write(chain, set, sl_node_text(chain->syntax, name), name,
                             n->kind == SL_NODE_ASSIGNMENT ? right : NULL);
        name = attribute_of(chain, n);
        bool is_bulk = name && (sl_node_is(chain->syntax, name, "assign_attributes") ||
                                sl_node_is(chain->syntax, name, "attributes="));
        if (is_bulk)
            pairs_write(chain, set, pairs_of(n));
    }
}

static void touch_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, const struct sl_node *call)
{
    const struct sl_node *method = sl_node_child(call, SL_FIELD_METHOD);
    struct sl_span span = sl_node_span(method ? method : call);
    for (size_t i = 0; sl_ruby_argument(call, i); i++) {
        sl_str name = sl_ruby_word(chain->syntax, sl_ruby_argument(call, i), chain->file->arena);
        if (name.len == 0)
            continue;
        sl_sql_add(set, set->len ? ", " : "");
        sl_sql_add_name(set, name, sl_node_span(sl_ruby_argument(call, i)));
        sl_sql_add(set, " = CURRENT_TIMESTAMP");
    }
    sl_sql_add(set, set->len ? ", " : "");
    sl_sql_add_name(set, SL_STR("updated_at"), span);
    sl_sql_add(set, " = CURRENT_TIMESTAMP");
}

/* increment!(:count), toggle!(:flag): from the value that is there. */
static void step_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, const struct sl_node *call,
                       bool is_toggle)
{
    const struct sl_node *argument = sl_ruby_argument(call, 0);
    sl_str name = sl_ruby_word(chain->syntax, argument, chain->file->arena);
    if (name.len == 0)
        return;
    struct sl_span span = sl_node_span(argument);
    sl_sql_add_name(set, name, span);
    sl_sql_add(set, is_toggle ? " = NOT " : " = ");
    sl_sql_add_name(set, name, span);
    sl_sql_add(set, is_toggle ? "" : " + 1");
}

static void counter_write(struct sl_sql_writer *set, sl_str name, struct sl_span span)
{
    if (name.len == 0)
        return;
    sl_sql_add(set, set->len ? ", " : "");
    sl_sql_add_name(set, name, span);
    sl_sql_add(set, " = ");
    sl_sql_add_name(set, name, span);
    sl_sql_add(set, " + 1");
}

static void counters_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, const struct sl_node *call)
{
    for (const struct sl_node *pair = sl_ruby_pair_first(pairs_of(call)); pair; pair = sl_ruby_pair_next(pair)) {
        sl_str name = sl_ruby_pair_key(chain->syntax, pair, chain->file->arena);
        if (!sl_str_eq(name, SL_STR("touch")))
            counter_write(set, name, sl_node_span(sl_node_child(pair, SL_FIELD_KEY)));
    }
}

/* reset_counters(id, :entries): entries_count is counted anew. */
static void reset_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, const struct sl_node *call)
{
    for (size_t i = 1; sl_ruby_argument(call, i); i++) {
        sl_str name = sl_ruby_word(chain->syntax, sl_ruby_argument(call, i), chain->file->arena);
        if (name.len == 0)
            continue;
        bool is_column = sl_str_has_suffix(name, SL_STR("_count"));
        sl_sql_add(set, set->len ? ", " : "");
        sl_sql_add_name(set, is_column ? name : sl_arena_printf(chain->file->arena, "%.*s_count", SL_STR_ARG(name)),
                        sl_node_span(sl_ruby_argument(call, i)));
        sl_sql_add(set, " = ");
        sl_sql_add_placeholder(set, sl_node_span(sl_ruby_argument(call, i)));
    }
}

/* touch: :drawn_at, touch: %i[a b] beside a counter: those columns too. */
static void named_touches_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, const struct sl_node *call)
{
    const struct sl_node *named = sl_ruby_option(chain->syntax, call, "touch");
    bool is_list = named && (named->kind == SL_NODE_ARRAY || named->kind == SL_NODE_WORD_ARRAY);
    for (const struct sl_node *item = is_list ? named->first : named; item; item = is_list ? item->next : NULL) {
        bool is_word = item->kind == SL_NODE_SYMBOL || item->kind == SL_NODE_STRING || item->kind == SL_NODE_BARE_WORD;
        sl_str name = is_word ? sl_ruby_word(chain->syntax, item, chain->file->arena) : SL_STR_EMPTY;
        if (name.len == 0)
            continue;
        sl_sql_add(set, set->len ? ", " : "");
        sl_sql_add_name(set, name, sl_node_span(item));
        sl_sql_add(set, " = CURRENT_TIMESTAMP");
    }
}

static void set_write(struct sl_ruby_chain *chain, struct sl_sql_writer *set, const struct sl_node *call,
                      enum write_form form)
{
    const struct sl_node *first = sl_ruby_argument(call, 0);
    switch (form) {
    case WRITE_TEXT:
        if (first && first->kind == SL_NODE_ARRAY && first->first) {
            call = first; /* update_all(["a = ?", 1]) */
            first = first->first;
        }
        if (first && sl_literal_is(chain->syntax, first))
            sl_chain_text_condition(chain, set, first, call, 1);
        else
            pairs_write(chain, set, pairs_of(call));
        break;
    case WRITE_PAIRS:
        pairs_write(chain, set, pairs_of(call));
        if (set->len && chain->stage == SL_CHAIN_RECORD && sl_node_child(call, SL_FIELD_RECEIVER) &&
            !sl_ruby_method_is(chain->syntax, call, "update_columns"))
            assigned_before_write(chain, set, call, written_before(chain, call)); /* update() saves the whole record */
        break;
    case WRITE_ONE:
        assignment_write(chain, set, sl_ruby_word(chain->syntax, first, chain->file->arena), first ? first : call,
                         sl_ruby_argument(call, 1));
        break;
    case WRITE_SAVE:
        assigned_before_write(chain, set, call, 0);
        break;
    case WRITE_TOUCH:
        touch_write(chain, set, call);
        break;
    case WRITE_STEP:
    case WRITE_TOGGLE:
        step_write(chain, set, call, form == WRITE_TOGGLE);
        break;
    case WRITE_COUNTERS:
        counters_write(chain, set, call);
        break;
    case WRITE_COUNTER:
        counter_write(set, sl_ruby_word(chain->syntax, first, chain->file->arena), sl_node_span(first ? first : call));
        break;
    case WRITE_RESET:
        reset_write(chain, set, call);
        break;
    default:
        break;
    }
    if (set->len && is_counting(form))
        named_touches_write(chain, set, call);
}

/* --- Which rows -----------------------------------------------------------------------------------------------------
 */

/* `record.drawed_at`, `record.drawed_at.nil?`, `!record.x`, `record.status == 'won'` as a test of the row. */
static bool guard_write(struct sl_ruby_chain *chain, struct sl_sql_writer *where, const struct sl_node *condition,
                        bool is_true)
{
    while (condition && condition->kind == SL_NODE_PARENTHESES)
        condition = sl_node_item(condition, 0);
    if (condition && condition->kind == SL_NODE_UNARY &&
        sl_str_has_prefix(sl_node_text(chain->syntax, condition), SL_STR("!"))) {
        condition = condition->first && condition->first->field == SL_FIELD_OPERATOR ? condition->first->next
                                                                                     : condition->first;
        is_true = !is_true;
    }
    if (!condition)
        return false;
    if (condition->kind == SL_NODE_BINARY &&
        sl_node_is(chain->syntax, sl_node_child(condition, SL_FIELD_OPERATOR), "==")) {
        const struct sl_node *name = attribute_of(chain, sl_node_child(condition, SL_FIELD_LEFT));
        if (!name || !sl_node_child(condition, SL_FIELD_RIGHT))
            return false;
        sl_sql_add(where, is_true ? "" : "NOT (");
        sl_sql_add_column(where, chain->table, sl_node_text(chain->syntax, name), sl_node_span(name));
        sl_chain_comparison(chain, where, sl_node_child(condition, SL_FIELD_RIGHT), sl_node_text(chain->syntax, name));
        sl_sql_add(where, is_true ? "" : ")");
        return true;
    }
    if (sl_ruby_method_is(chain->syntax, condition, "nil?") || sl_ruby_method_is(chain->syntax, condition, "blank?")) {
        condition = sl_node_child(condition, SL_FIELD_RECEIVER);
        is_true = !is_true;
    } else if (sl_ruby_method_is(chain->syntax, condition, "present?")) {
        condition = sl_node_child(condition, SL_FIELD_RECEIVER);
    }
    const struct sl_node *name = attribute_of(chain, condition);
    sl_str column = name ? sl_node_text(chain->syntax, name) : SL_STR_EMPTY;
    if (column.len && column.ptr[column.len - 1] == '?')
        column.len--;
    const struct sl_ruby_enum *of = NULL;
    const struct sl_ruby_enum_value *stage = name ? sl_project_enum_method(chain->model, column, &of) : NULL;
    if (stage) { /* if entry.winner? */
        sl_sql_add_column(where, chain->table, of->column, sl_node_span(name));
        sl_sql_add(where, is_true ? " = " : " <> ");
        sl_sql_add_token(where, stage->value, sl_node_span(name));
        return true;
    }
    bool is_time = sl_str_has_suffix(column, SL_STR("_at")) || sl_str_has_suffix(column, SL_STR("_on")) ||
                   sl_str_has_suffix(column, SL_STR("_date"));
    if (!is_time) /* of other attributes we do not know whether they are columns, nor what counts as true */
        return false;
    sl_sql_add_column(where, chain->table, column, sl_node_span(name));
    sl_sql_add(where, is_true ? " IS NOT NULL" : " IS NULL");
    return true;
}

/* The tests of a condition that must all hold: a && b where it is true, a || b where it is false. */
static void guard_add(struct sl_ruby_chain *chain, const struct sl_node *condition, bool is_true)
{
    enum { MAX_TESTS = 16 };
    for (int n = 0; condition && n < MAX_TESTS; n++) {
        const struct sl_node *op =
            condition->kind == SL_NODE_BINARY ? sl_node_child(condition, SL_FIELD_OPERATOR) : NULL;
        bool is_and = sl_node_is(chain->syntax, op, "&&") || sl_node_is(chain->syntax, op, "and");
        bool is_or = sl_node_is(chain->syntax, op, "||") || sl_node_is(chain->syntax, op, "or");
        bool is_joined = is_true ? is_and : is_or;
        struct sl_sql_writer guard;
        sl_chain_writer(chain, &guard);
        const struct sl_node *test = is_joined ? sl_node_child(condition, SL_FIELD_RIGHT) : condition;
        if (guard_write(chain, &guard, test, is_true))
            sl_sql_add_writer(sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND "), &guard);
        condition = is_joined ? sl_node_child(condition, SL_FIELD_LEFT) : NULL;
    }
}

static bool leaves(const struct sl_ruby_chain *chain, const struct sl_node *body)
{
    sl_str text = sl_node_text(chain->syntax, body);
    return sl_str_has_prefix(text, SL_STR("return")) || sl_str_has_prefix(text, SL_STR("next")) ||
           sl_str_has_prefix(text, SL_STR("raise"));
}

/* Conditions on the record around the write, and `return if record.x` before it. */
static void guards_add(struct sl_ruby_chain *chain, const struct sl_node *call)
{
    const struct sl_node *below = call;
    for (const struct sl_node *above = call->parent; above && chain->variable.len;
         below = above, above = above->parent) {
        bool is_unless = above->kind == SL_NODE_UNLESS || above->kind == SL_NODE_UNLESS_MODIFIER;
        bool is_if = above->kind == SL_NODE_IF || above->kind == SL_NODE_IF_MODIFIER;
        if ((is_if || is_unless) && below->field != SL_FIELD_CONDITION)
            guard_add(chain, sl_node_child(above, SL_FIELD_CONDITION), is_if != (below->field == SL_FIELD_ALTERNATIVE));
        for (const struct sl_node *before = above->first; before && before != below; before = before->next) {
            bool is_modifier = before->kind == SL_NODE_IF_MODIFIER || before->kind == SL_NODE_UNLESS_MODIFIER;
            if (is_modifier && leaves(chain, sl_node_child(before, SL_FIELD_BODY)))
                guard_add(chain, sl_node_child(before, SL_FIELD_CONDITION), before->kind == SL_NODE_UNLESS_MODIFIER);
        }
        if (above == chain->scope)
            return;
    }
}

static void record_where_add(struct sl_ruby_chain *chain, const struct sl_node *call)
{
    if (!chain->has_key) {
        struct sl_sql_writer *where = sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND ");
        sl_sql_add_column(where, chain->table, SL_STR("id"), sl_node_span(call));
        sl_sql_add(where, " = :id");
    }
    guards_add(chain, call);
}

static void where_write(struct sl_ruby_chain *chain, struct sl_sql_writer *writer)
{
    bool needs_select = chain->clauses[SL_CLAUSE_JOIN].len || chain->clauses[SL_CLAUSE_LIMIT].len;
    if (needs_select && !(chain->stage == SL_CHAIN_RECORD)) { /* Rails: WHERE id IN (SELECT id …) */
        struct sl_ruby_chain inner = *chain;
        inner.clauses[SL_CLAUSE_SELECT].len = 0;
        inner.clauses[SL_CLAUSE_SELECT].map.len = 0;
        struct sl_sql_writer select;
        sl_chain_writer(chain, &select);
        sl_sql_add_column(&inner.clauses[SL_CLAUSE_SELECT], chain->table, SL_STR("id"), sl_node_span(chain->whole));
        sl_chain_select_write(&inner, &select);
        sl_sql_add(writer, " WHERE ");
        sl_sql_add_name(writer, SL_STR("id"), sl_node_span(chain->whole));
        sl_sql_add(writer, " IN (");
        sl_sql_add_writer(writer, &select);
        sl_sql_add(writer, ")");
    } else if (chain->clauses[SL_CLAUSE_WHERE].len) {
        sl_sql_add(writer, " WHERE ");
        sl_sql_add_writer(writer, &chain->clauses[SL_CLAUSE_WHERE]);
    }
}

/* --- Statements -----------------------------------------------------------------------------------------------------
 */

static void delete_emit(struct sl_ruby_chain *chain, const struct sl_node *call, const struct write_method *write)
{
    struct sl_sql_writer writer;
    sl_chain_writer(chain, &writer);
    const struct sl_node *pairs = sl_node_child(call, SL_FIELD_ARGUMENTS);
    if (sl_ruby_pair_first(pairs) && chain->stage == SL_CHAIN_RELATION)
        sl_chain_conditions(chain, sl_chain_clause(chain, SL_CLAUSE_WHERE, " AND "), chain->table, pairs);
    if (chain->stage == SL_CHAIN_RECORD)
        record_where_add(chain, call);
    sl_sql_add_token(&writer, SL_STR("DELETE FROM "), sl_node_span(call));
    sl_sql_add_name(&writer, chain->table, sl_node_span(call));
    where_write(chain, &writer);
    sl_chain_emit(chain, &writer, call, SL_FRAGMENT_NO_ORM_TOUCH | callback_flags(chain, write));
}

/* Entry.update(5, note: 'x'), update_counters(5, count: 1), increment_counter(:count, 5): the class, and which row. */
static bool names_rows(const struct sl_ruby_chain *chain, const struct sl_node *call, enum write_form form)
{
    const struct sl_node *row = sl_ruby_argument(call, form == WRITE_COUNTER ? 1 : 0);
    bool may = is_counting(form) || (form == WRITE_PAIRS && chain->stage == SL_CHAIN_RELATION);
    return may && form != WRITE_STEP && row && row->kind != SL_NODE_HASH;
}

static void update_emit(struct sl_ruby_chain *chain, const struct sl_node *call, const struct write_method *write)
{
    struct sl_sql_writer set;
    sl_chain_writer(chain, &set);
    set_write(chain, &set, call, write->form);
    uint32_t flags = touch_flags(chain, call, write) | callback_flags(chain, write);
    bool sets_nothing_known = set.len == 0;
    if (sets_nothing_known && (flags & SL_FRAGMENT_NO_ORM_TOUCH))
        return;
    const struct sl_node *method = sl_node_child(call, SL_FIELD_METHOD);
    if (sets_nothing_known) {
        sl_sql_add_name(&set, SL_STR("updated_at"), sl_node_span(method ? method : call));
        sl_sql_add(&set, " = CURRENT_TIMESTAMP");
        flags |= SL_FRAGMENT_OPEN;
    }
    bool is_each = chain->stage == SL_CHAIN_RELATION && write->form == WRITE_PAIRS &&
                   !names_rows(chain, call, write->form); /* Relation#update saves row by row */
    if (is_each)
        flags |= SL_FRAGMENT_ROW_BY_ROW;
    if (chain->stage == SL_CHAIN_RECORD || names_rows(chain, call, write->form))
        record_where_add(chain, call);
    struct sl_sql_writer writer;
    sl_chain_writer(chain, &writer);
    sl_sql_add_token(&writer, SL_STR("UPDATE "), sl_node_span(call));
    sl_sql_add_name(&writer, chain->table, sl_node_span(call));
    sl_sql_add(&writer, " SET ");
    sl_sql_add_writer(&writer, &set);
    where_write(chain, &writer);
    sl_chain_emit(chain, &writer, call, flags);
}

/* entry.status_won!: update!(status: :won). */
static bool enum_bang_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    const struct sl_ruby_enum *of = NULL;
    bool is_bang = chain->stage == SL_CHAIN_RECORD && method.len > 1 && method.ptr[method.len - 1] == '!';
    const struct sl_ruby_enum_value *value =
        is_bang ? sl_project_enum_method(chain->model, sl_str_slice(method, 0, method.len - 1), &of) : NULL;
    if (!value)
        return false;
    const struct write_method *write = write_method(SL_STR("update!"));
    const struct sl_node *name = sl_node_child(call, SL_FIELD_METHOD);
    struct sl_span span = sl_node_span(name ? name : call);
    struct sl_sql_writer writer;
    sl_chain_writer(chain, &writer);
    record_where_add(chain, call);
    sl_sql_add_token(&writer, SL_STR("UPDATE "), sl_node_span(call));
    sl_sql_add_name(&writer, chain->table, sl_node_span(call));
    sl_sql_add(&writer, " SET ");
    sl_sql_add_name(&writer, of->column, span);
    sl_sql_add(&writer, " = ");
    sl_sql_add_token(&writer, value->value, span);
    where_write(chain, &writer);
    sl_chain_emit(chain, &writer, call, touch_flags(chain, call, write) | callback_flags(chain, write));
    chain->stage = SL_CHAIN_DONE;
    return true;
}

/* Entry.find_each(&:touch): what is done to each row. */
static const struct write_method *each_write(const struct sl_ruby_chain *chain, const struct sl_node *call)
{
    static const char *const loops[] = {"each", "find_each", "map", "each_record"};
    bool is_loop = false;
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++)
        is_loop |= sl_ruby_method_is(chain->syntax, call, loops[i]);
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    for (const struct sl_node *item = is_loop && arguments ? arguments->first : NULL; item; item = item->next) {
        if (item->kind != SL_NODE_BLOCK_ARGUMENT || !item->first)
            continue;
        const struct write_method *write = write_method(sl_ruby_word(chain->syntax, item->first, chain->file->arena));
        return write && (write->on & ON_RECORD) ? write : NULL;
    }
    return NULL;
}

bool sl_chain_write_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    if (enum_bang_link(chain, call, method))
        return true;
    bool is_relation = chain->stage == SL_CHAIN_RELATION || chain->stage == SL_CHAIN_RECORDS;
    const struct write_method *write = is_relation ? each_write(chain, call) : NULL;
    if (write) {
        chain->flags |= SL_FRAGMENT_ROW_BY_ROW;
        chain->stage = SL_CHAIN_RECORD;
        is_relation = false;
    } else {
        write = write_method(method);
    }
    if (!write || !(write->on & (is_relation ? ON_RELATION : ON_RECORD)) || chain->stage == SL_CHAIN_VALUES)
        return false;
    /* After a link that we do not know, what can be one row is one (find_by_slug(…).update): never take it for a whole
     * table. */
    bool is_open = is_relation && (chain->flags & SL_FRAGMENT_OPEN);
    if (is_open && (write->on & ON_RECORD))
        chain->stage = SL_CHAIN_RECORD;
    else if (is_open && chain->clauses[SL_CLAUSE_WHERE].len == 0 && write->form != WRITE_INSERT)
        sl_sql_add_placeholder(sl_chain_clause(chain, SL_CLAUSE_WHERE, ""), sl_node_span(call));
    bool is_touch_off = write->form == WRITE_TOUCH && sl_ruby_block_of(chain->file, chain->whole, "no_touching");
    if (write->form == WRITE_INSERT || (write->form == WRITE_SAVE && chain->is_new))
        sl_chain_insert_emit(chain, call, callback_flags(chain, write));
    else if (write->form == WRITE_DELETE)
        delete_emit(chain, call, write);
    else if (!is_touch_off)
        update_emit(chain, call, write);
    chain->stage = write->form == WRITE_INSERT ? SL_CHAIN_RECORD : SL_CHAIN_DONE;
    return true;
}
