/*
 * The state predicate: a literal or boolean test on a column of the row that is neither a key nor a time. Which of
 * them tell a *state* (and not whose the row is, or what kind of thing it is) is decided by structure and type first,
 * by the last word of the name where these do not say. Source: docs/how-it-decides.md, "The state predicate".
 */
#include <stdio.h>

#include "base/buf.h"
#include "resolve/resolver.h"
#include "resolve/role_name.h"

/* Last words that sl_name_is_state() leaves alone because alone they are no role of a column; a test on one still tells
 * how far a row has come. */
static const sl_str more_state_words[] = {
    SL_STR_INIT("workflow"), SL_STR_INIT("statuses"), SL_STR_INIT("st"),
    SL_STR_INIT("stat"),     SL_STR_INIT("reason"),   SL_STR_INIT("step"),
    SL_STR_INIT("stage"),    SL_STR_INIT("result"),   SL_STR_INIT("resolution"),
};

/* The last word of a name that says whose the row is, where from, what it is called; sl_name_is_sort_of_thing() knows
 * what kind of thing it is. */
static const sl_str dimension_words[] = {
    SL_STR_INIT("id"),      SL_STR_INIT("ids"),         SL_STR_INIT("uuid"),        SL_STR_INIT("guid"),
    SL_STR_INIT("key"),     SL_STR_INIT("code"),        SL_STR_INIT("sku"),         SL_STR_INIT("no"),
    SL_STR_INIT("number"),  SL_STR_INIT("class"),       SL_STR_INIT("city"),        SL_STR_INIT("zip"),
    SL_STR_INIT("lang"),    SL_STR_INIT("tenant"),      SL_STR_INIT("org"),         SL_STR_INIT("organization"),
    SL_STR_INIT("account"), SL_STR_INIT("team"),        SL_STR_INIT("group"),       SL_STR_INIT("owner"),
    SL_STR_INIT("author"),  SL_STR_INIT("user"),        SL_STR_INIT("username"),    SL_STR_INIT("by"),
    SL_STR_INIT("device"),  SL_STR_INIT("email"),       SL_STR_INIT("name"),        SL_STR_INIT("title"),
    SL_STR_INIT("slug"),    SL_STR_INIT("url"),         SL_STR_INIT("path"),        SL_STR_INIT("version"),
    SL_STR_INIT("env"),     SL_STR_INIT("environment"), SL_STR_INIT("domain"),      SL_STR_INIT("host"),
    SL_STR_INIT("ip"),      SL_STR_INIT("queue"),       SL_STR_INIT("dept"),        SL_STR_INIT("department"),
    SL_STR_INIT("branch"),  SL_STR_INIT("shop"),        SL_STR_INIT("store"),       SL_STR_INIT("vendor"),
    SL_STR_INIT("brand"),   SL_STR_INIT("model"),       SL_STR_INIT("hash"),        SL_STR_INIT("token"),
    SL_STR_INIT("body"),    SL_STR_INIT("text"),        SL_STR_INIT("description"), SL_STR_INIT("note"),
    SL_STR_INIT("notes"),   SL_STR_INIT("comment"),     SL_STR_INIT("label"),       SL_STR_INIT("tag"),
    SL_STR_INIT("locked"),
};

/* Flags that say what kind of row it is, whatever happens to it. */
static const sl_str kind_flags[] = {
    SL_STR_INIT("test"),    SL_STR_INIT("admin"),  SL_STR_INIT("internal"),  SL_STR_INIT("public"),
    SL_STR_INIT("private"), SL_STR_INIT("system"), SL_STR_INIT("demo"),      SL_STR_INIT("default"),
    SL_STR_INIT("staff"),   SL_STR_INIT("bot"),    SL_STR_INIT("superuser"), SL_STR_INIT("primary"),
};

/* Values that are stages in a row's life: they tell a state whatever the column is called ("column_name = 'Done'"). */
static const sl_str state_values[] = {
    SL_STR_INIT("done"),        SL_STR_INIT("won"),         SL_STR_INIT("lost"),    SL_STR_INIT("paid"),
    SL_STR_INIT("sold"),        SL_STR_INIT("sent"),        SL_STR_INIT("open"),    SL_STR_INIT("active"),
    SL_STR_INIT("pending"),     SL_STR_INIT("draft"),       SL_STR_INIT("winner"),  SL_STR_INIT("loser"),
    SL_STR_INIT("complete"),    SL_STR_INIT("success"),     SL_STR_INIT("failure"), SL_STR_INIT("cancel"),
    SL_STR_INIT("in progress"), SL_STR_INIT("in_progress"), SL_STR_INIT("todo"),    SL_STR_INIT("ready"),
    SL_STR_INIT("live"),        SL_STR_INIT("void"),        SL_STR_INIT("running"), SL_STR_INIT("shipping"),
    SL_STR_INIT("withdrawn"),   SL_STR_INIT("hidden"),      SL_STR_INIT("overdue"), SL_STR_INIT("processing"),
};

static const sl_str deletion_words[] = {
    SL_STR_INIT("deleted"), SL_STR_INIT("removed"),   SL_STR_INIT("discarded"), SL_STR_INIT("trashed"),
    SL_STR_INIT("del"),     SL_STR_INIT("destroyed"), SL_STR_INIT("hidden"),
};

static bool is_in(const sl_str *words, size_t n, sl_str word)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq_nocase(words[i], word))
            return true;
    }
    return false;
}

#define IS_IN(words, word) is_in((words), sizeof(words) / sizeof((words)[0]), (word))

/* "lottery_status" and "lotteryStatus" end in "status"; a name that is all one word is that word. */
static sl_str last_word(sl_str name)
{
    for (size_t i = name.len; i > 1; i--) {
        char c = name.ptr[i - 1];
        if (c == '_' || c == '-' || c == ' ')
            return sl_str_slice(name, i, name.len - i);
        bool is_hump = c >= 'A' && c <= 'Z' && name.ptr[i - 2] >= 'a' && name.ptr[i - 2] <= 'z';
        if (is_hump)
            return sl_str_slice(name, i - 1, name.len - i + 1);
    }
    return name;
}

static bool is_state_name(sl_str name)
{
    return sl_name_is_state(name) || IS_IN(more_state_words, last_word(name));
}

static bool is_dimension(sl_str name)
{
    return sl_name_is_sort_of_thing(name) || IS_IN(dimension_words, last_word(name));
}

static bool is_state_key(sl_str name)
{
    static const sl_str suffixes[] = {SL_STR_INIT("status_id"), SL_STR_INIT("state_id"), SL_STR_INIT("stage_id"),
                                      SL_STR_INIT("phase_id"),  SL_STR_INIT("statusid"), SL_STR_INIT("status_code")};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (sl_str_has_suffix(name, suffixes[i]))
            return true;
    }
    return false;
}

static bool is_time_name(sl_str name)
{
    static const sl_str words[] = {SL_STR_INIT("at"),       SL_STR_INIT("on"),        SL_STR_INIT("date"),
                                   SL_STR_INIT("time"),     SL_STR_INIT("day"),       SL_STR_INIT("datetime"),
                                   SL_STR_INIT("ts"),       SL_STR_INIT("timestamp"), SL_STR_INIT("created"),
                                   SL_STR_INIT("modified"), SL_STR_INIT("updated")};
    return IS_IN(words, last_word(name));
}

static bool is_time(const struct sl_column *column)
{
    if (column->type_class == SL_TYPE_TIME)
        return true;
    bool may_be_time = column->type_class != SL_TYPE_BOOL && column->type_class != SL_TYPE_ENUM;
    return may_be_time && is_time_name(column->name);
}

/* done, is_paid, suspended, has_shipped: a name that answers yes or no. */
static bool is_flag_name(sl_str name)
{
    sl_str last = last_word(name);
    bool has_verb = sl_str_has_prefix_nocase(name, SL_STR("is")) || sl_str_has_prefix_nocase(name, SL_STR("has")) ||
                    sl_str_has_prefix_nocase(name, SL_STR("was"));
    return has_verb || sl_str_has_suffix(last, SL_STR("ed")) || sl_str_has_suffix(last, SL_STR("en")) ||
           sl_str_has_suffix(last, SL_STR("done")) || sl_str_eq_nocase(last, SL_STR("active")) ||
           sl_str_eq_nocase(last, SL_STR("paid")) || sl_str_eq_nocase(last, SL_STR("won")) ||
           sl_str_eq_nocase(last, SL_STR("sent")) || sl_str_eq_nocase(last, SL_STR("sold"));
}

struct test {
    const char *operator;
    const char *value_kind;
    sl_str values;   /* JSON array */
    bool is_ordered; /* <, >, BETWEEN */
    bool is_yes_no;  /* the literals are 0 or 1, true or false */
    bool is_false;   /* … and all of them mean no */
    bool is_stage;   /* a literal is a stage in a row's life: 'Done', 'shipped' */
};

static bool is_word(const char *word, const char *expected)
{
    return strcmp(word, expected) == 0;
}

static bool is_negative(const struct test *test)
{
    if (is_word(test->operator, "is_false") || is_word(test->operator, "is_null"))
        return true;
    bool is_unequal = is_word(test->operator, "<>") || is_word(test->operator, "not_in");
    return test->is_yes_no && test->is_false != is_unequal;
}

/* x IS NOT NULL says that something happened to the row where x is filled in later: a verdict, a winner, a time. */
static bool is_outcome_test(const struct sl_column *column)
{
    if (column->in_primary_key || column->is_not_null)
        return false;
    sl_str last = last_word(column->name);
    if (is_time(column))
        return !IS_IN(deletion_words, sl_str_slice(column->name, 0, column->name.len > 3 ? column->name.len - 3 : 0)) &&
               !sl_str_has_prefix_nocase(column->name, SL_STR("updated")) &&
               !sl_str_has_prefix_nocase(column->name, SL_STR("modified")) &&
               !sl_str_has_prefix_nocase(column->name, SL_STR("created"));
    bool is_parent = sl_str_has_prefix_nocase(column->name, SL_STR("parent"));
    bool is_key = sl_str_eq_nocase(last, SL_STR("id"));
    return !is_parent && (is_key || !is_dimension(column->name));
}

static bool is_state(const struct sl_column *column, const struct test *test)
{
    sl_str last = last_word(column->name);
    if (is_word(test->operator, "is_not_null"))
        return is_outcome_test(column);
    if (column->in_primary_key || is_time(column))
        return false;
    bool is_named = is_state_name(column->name) || is_state_key(column->name);
    if (is_word(test->operator, "is_null") || test->is_ordered)
        return is_named;
    if (IS_IN(deletion_words, last))
        return !is_negative(test);
    if (IS_IN(kind_flags, last))
        return false;
    bool is_truth =
        column->type_class == SL_TYPE_BOOL || is_word(test->operator, "is_true") || is_word(test->operator, "is_false");
    if (is_named || is_truth || test->is_stage)
        return true;
    if (is_dimension(column->name) || column->in_foreign_key)
        return false;
    if (column->type_class == SL_TYPE_ENUM || column->is_orm_enum)
        return true;
    if (is_word(test->value_kind, "boolean"))
        return true;
    if (!is_word(test->value_kind, "literal"))
        return false;
    if (column->type_class == SL_TYPE_INTEGER || column->type_class == SL_TYPE_NUMBER || test->is_yes_no)
        return test->is_yes_no && is_flag_name(column->name);
    return true;
}

static struct sl_place place_of_use(const struct sl_fact_column_use *use)
{
    return use->place;
}

static void emit(struct sl_resolver *r, const struct sl_context *context, const struct sl_fact_column_use *use,
                 const struct test *test)
{
    const struct sl_column *column = sl_catalog_column(r->catalog, use->column_id);
    bool is_value_test = !is_word(test->operator, "is_null") && !is_word(test->operator, "is_not_null");
    if (!column || (is_time(column) && is_value_test))
        return;
    struct sl_fact_state_predicate row = {
        .block_id = context->block->block_id,
        .column_id = use->column_id,
        .operator= test->operator,
        .value_kind = test->value_kind,
        .values = test->values,
        .clause = context->condition,
        .place = place_of_use(use),
        .aggregate_ordinal = context->aggregate_ordinal,
        .via_block = use->via_block,
        .is_state = is_state(column, test),
    };
    *SL_VEC_PUSH(r->arena, &context->block->predicates) = row;
    if (r->view_depth == 0)
        *SL_VEC_PUSH(r->arena, &r->facts->predicates) = row;
}

/* The one column of the block that `range` tests; NULL if there is none or an aggregate stands around it. */
static const struct sl_fact_column_use *tested(struct sl_resolver *r, const struct sl_context *context,
                                               struct sl_met_range range)
{
    const struct sl_fact_column_use *one = NULL;
    for (size_t i = range.first; i < range.end; i++) {
        const struct sl_fact_column_use *use = &r->facts->uses.items[i];
        if (use->block_id != context->block->block_id || !use->column_id || use->aggregate || use->via_aggregate)
            return NULL;
        if (!one)
            one = use;
    }
    return one;
}

static void json_string(struct sl_buf *json, sl_str s)
{
    sl_buf_add_byte(json, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\')
            sl_buf_add_byte(json, '\\');
        if (c < 0x20)
            sl_buf_add_printf(json, "\\u%04x", c);
        else
            sl_buf_add_byte(json, (char)c);
    }
    sl_buf_add_byte(json, '"');
}

struct literals {
    struct sl_buf json;
    size_t n, n_yes, n_no, n_boolean, n_stages;
};

static bool is_stage_value(sl_str text)
{
    bool is_participle = text.len > 4 && sl_str_has_suffix(text, SL_STR("ed"));
    bool is_upper_participle = text.len > 4 && sl_str_has_suffix(text, SL_STR("ED"));
    return is_participle || is_upper_participle || IS_IN(state_values, text);
}

static void note_yes_no(struct literals *literals, sl_str text)
{
    static const sl_str yes[] = {SL_STR_INIT("1"), SL_STR_INIT("true"), SL_STR_INIT("t"), SL_STR_INIT("yes"),
                                 SL_STR_INIT("y")};
    static const sl_str no[] = {SL_STR_INIT("0"), SL_STR_INIT("false"), SL_STR_INIT("f"), SL_STR_INIT("no"),
                                SL_STR_INIT("n")};
    literals->n_yes += IS_IN(yes, text);
    literals->n_no += IS_IN(no, text);
}

static enum sl_walk add_literal(struct literals *literals, sl_str text, bool is_text)
{
    if (literals->n++)
        sl_buf_add_byte(&literals->json, ',');
    json_string(&literals->json, text);
    note_yes_no(literals, text);
    literals->n_stages += is_text && is_stage_value(text);
    return SL_WALK_CONTINUE;
}

static enum sl_walk collect_literal(void *pointer, PgQuery__Node *node)
{
    struct literals *literals = pointer;
    if (SL_IS(node, COLUMN_REF)) /* on the side without columns: SQLite's "text" */
        return add_literal(literals, sl_column_name_of(node->column_ref).name, true);
    if (!SL_IS(node, A_CONST))
        return SL_WALK_CONTINUE;
    const PgQuery__AConst *constant = node->a_const;
    char number[24];
    sl_str text;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_SVAL) {
        text = sl_str_from(constant->sval->sval);
    } else if (constant->val_case == PG_QUERY__A__CONST__VAL_FVAL) {
        text = sl_str_from(constant->fval->fval);
    } else if (constant->val_case == PG_QUERY__A__CONST__VAL_IVAL) {
        int len = snprintf(number, sizeof number, "%d", constant->ival->ival);
        text = (sl_str){number, (size_t)len};
    } else if (constant->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL) {
        text = constant->boolval->boolval ? SL_STR("true") : SL_STR("false");
        literals->n_boolean++;
    } else {
        return SL_WALK_CONTINUE;
    }
    return add_literal(literals, text, constant->val_case == PG_QUERY__A__CONST__VAL_SVAL);
}

static void read_values(struct sl_resolver *r, PgQuery__Node *node, unsigned met, struct test *test)
{
    struct literals literals = {0};
    sl_buf_add_byte(&literals.json, '[');
    if (met & SL_MET_LITERAL)
        sl_ast_walk(node, collect_literal, &literals);
    sl_buf_add_byte(&literals.json, ']');
    test->values = sl_arena_copy(r->arena, sl_buf_str(&literals.json));
    sl_buf_release(&literals.json);
    test->is_yes_no = literals.n > 0 && literals.n_yes + literals.n_no == literals.n;
    test->is_false = literals.n > 0 && literals.n_no == literals.n;
    test->is_stage = literals.n_stages > 0;
    if (literals.n == 0)
        test->value_kind = met & SL_MET_PARAMETER ? "parameter" : met & SL_MET_NULL ? "null" : NULL;
    else if (literals.n_boolean == literals.n)
        test->value_kind = "boolean";
    else
        test->value_kind = "literal";
}

static const char *operator_word(const PgQuery__AExpr *expr, bool is_negated, bool *is_ordered)
{
    sl_str symbol = sl_ast_last_string(expr->name, expr->n_name);
    bool is_not = (sl_str_eq(symbol, SL_STR("<>")) || sl_str_has_prefix(symbol, SL_STR("!"))) != is_negated;
    *is_ordered = false;
    switch ((int)expr->kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL:
        return is_not ? "not_in" : "in";
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
        return is_not ? "other" : "like";
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
        return is_negated ? "=" : "<>";
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
        return is_negated ? "<>" : "=";
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
        *is_ordered = true;
        return "other";
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
        break;
    default:
        return NULL;
    }
    if (sl_str_eq(symbol, SL_STR("=")) || sl_str_eq(symbol, SL_STR("<=>")) || sl_str_eq(symbol, SL_STR("<>")) ||
        sl_str_eq(symbol, SL_STR("!=")))
        return is_not ? "<>" : "=";
    if (sl_str_find_byte(symbol, '~') != SIZE_MAX)
        return is_not ? "other" : "like";
    *is_ordered = sl_str_has_prefix(symbol, SL_STR("<")) || sl_str_has_prefix(symbol, SL_STR(">"));
    return *is_ordered ? "other" : NULL;
}

void sl_predicate_compare(struct sl_resolver *r, const struct sl_context *context, const PgQuery__AExpr *expr,
                          struct sl_met_range left, struct sl_met_range right)
{
    if (!context->condition)
        return;
    bool is_swapped = left.first == left.end && right.first < right.end;
    struct sl_met_range side = is_swapped ? right : left;
    struct sl_met_range other = is_swapped ? left : right;
    const struct sl_fact_column_use *use = other.first == other.end ? tested(r, context, side) : NULL;
    if (!use || (other.met & (SL_MET_NOW | SL_MET_SUBQUERY)))
        return;
    struct test test = {.value_kind = NULL, .values = SL_STR_EMPTY};
    test.operator= operator_word(expr, context->is_negated, &test.is_ordered);
    if (!test.operator)
        return;
    read_values(r, is_swapped ? expr->lexpr : expr->rexpr, other.met, &test);
    if (test.value_kind)
        emit(r, context, use, &test);
}

void sl_predicate_case_arm(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range arg,
                           struct sl_met_range value, PgQuery__Node *value_node)
{
    const struct sl_fact_column_use *use =
        context->condition && value.first == value.end ? tested(r, context, arg) : NULL;
    if (!use)
        return;
    struct test test = {.operator= "=", .values = SL_STR_EMPTY};
    read_values(r, value_node, value.met, &test);
    if (test.value_kind)
        emit(r, context, use, &test);
}

void sl_predicate_null_test(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range arg,
                            bool is_null)
{
    const struct sl_fact_column_use *use = context->condition ? tested(r, context, arg) : NULL;
    if (!use)
        return;
    struct test test = {.operator= is_null ? "is_null" : "is_not_null", .value_kind = "null", .values = SL_STR_EMPTY};
    emit(r, context, use, &test);
}

void sl_predicate_truth(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range arg, bool is_true)
{
    const struct sl_fact_column_use *use = context->condition ? tested(r, context, arg) : NULL;
    if (!use)
        return;
    struct test test = {.operator= is_true ? "is_true" : "is_false", .value_kind = "boolean", .values = SL_STR_EMPTY};
    emit(r, context, use, &test);
}

void sl_predicate_call(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range call,
                       PgQuery__Node *node)
{
    bool has_value = (call.met & (SL_MET_LITERAL | SL_MET_PARAMETER)) && !(call.met & (SL_MET_NOW | SL_MET_SUBQUERY));
    const struct sl_fact_column_use *use = context->condition && has_value ? tested(r, context, call) : NULL;
    if (!use || use->bound)
        return;
    /* what the function asks is not known: only a column that is called a state counts, as for < and > */
    struct test test = {.operator= "other", .is_ordered = true, .values = SL_STR_EMPTY};
    read_values(r, node, call.met, &test);
    if (test.value_kind)
        emit(r, context, use, &test);
}

void sl_predicate_inherit(struct sl_resolver *r, struct sl_block *block, const struct sl_block *source)
{
    for (size_t i = 0; i < source->predicates.len; i++) {
        struct sl_fact_state_predicate row = source->predicates.items[i];
        row.inherited_from = source->block_id;
        row.block_id = block->block_id;
        row.via_block = 0; /* told of the block it was written in */
        *SL_VEC_PUSH(r->arena, &block->predicates) = row;
        if (r->view_depth == 0)
            *SL_VEC_PUSH(r->arena, &r->facts->predicates) = row;
    }
}
