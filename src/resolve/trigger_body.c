#include "resolve/trigger_body.h"

#include "base/limits.h"
#include "resolve/value.h"
#include "sql/parse.h"
#include "sql/parse_plpgsql.h"

/* One body while it is read. */
struct body_reader {
    const struct sl_statement *statement;
    struct sl_arena *run;
    struct sl_routine_body *body;
    const struct sl_plpgsql *plpgsql; /* its variables; NULL for lowered bodies */
    struct sl_place place;
};

static PgQuery__Node *parse_one(struct sl_arena *run, sl_str text)
{
    struct sl_parsed parsed;
    sl_parse(text, run, &parsed);
    return parsed.tree ? sl_ast_first_statement(parsed.tree) : NULL;
}

static const PgQuery__Node *selected_value(const PgQuery__Node *node)
{
    if (!SL_IS(node, SELECT_STMT) || node->select_stmt->n_target_list == 0 ||
        !SL_IS(node->select_stmt->target_list[0], RES_TARGET))
        return NULL;
    return node->select_stmt->target_list[0]->res_target->val;
}

static const PgQuery__Node *parse_expression(struct sl_arena *run, sl_str text)
{
    return selected_value(parse_one(run, sl_arena_printf(run, "SELECT %.*s", SL_STR_ARG(text))));
}

static sl_str fold(const struct body_reader *reader, sl_str name)
{
    return reader->statement->mode.dialect == SL_DIALECT_POSTGRES ? sl_arena_copy(reader->run, name)
                                                                  : sl_arena_copy_lower(reader->run, name);
}

static bool is_row(sl_str name, const char *row)
{
    return sl_str_eq_nocase(name, sl_str_from(row));
}

/* NEW.column or OLD.column itself. */
static bool is_row_column(const PgQuery__Node *expr, const char *row, sl_str column)
{
    sl_str qualifier, name = sl_value_column(expr, &qualifier);
    return name.len && is_row(qualifier, row) && sl_str_eq_nocase(name, column);
}

static bool is_kept(const PgQuery__Node *expr, sl_str column)
{
    return is_row_column(expr, "old", column) || is_row_column(expr, "new", column);
}

/* ts timestamptz := now(); … NEW.updated_at := ts */
static bool is_now_variable(const struct body_reader *reader, const PgQuery__Node *expr)
{
    sl_str qualifier, name = sl_value_column(expr, &qualifier);
    if (!reader->plpgsql || name.len == 0 || qualifier.len)
        return false;
    for (size_t i = 0; i < reader->plpgsql->variables.len; i++) {
        const struct sl_plpgsql_variable *variable = &reader->plpgsql->variables.items[i];
        if (variable->value.len && sl_str_eq_nocase(variable->name, name))
            return sl_value_is_now(parse_expression(reader->run, variable->value));
    }
    return false;
}

static bool is_now(const struct body_reader *reader, const PgQuery__Node *expr)
{
    return sl_value_is_now(expr) || is_now_variable(reader, expr);
}

/* Either arm of a choice is now, the other keeps the column: the condition is a guard. */
static bool read_choice(const struct body_reader *reader, const PgQuery__Node *test, const PgQuery__Node *yes,
                        const PgQuery__Node *no, struct sl_trigger_assignment *assignment)
{
    enum sl_dialect dialect = reader->statement->mode.dialect;
    if (is_now(reader, yes) && is_kept(no, assignment->column)) {
        sl_guard_read(test, false, dialect, reader->run, &assignment->guards);
    } else if (is_now(reader, no) && is_kept(yes, assignment->column)) {
        sl_guard_read(test, true, dialect, reader->run, &assignment->guards);
    } else {
        return false;
    }
    assignment->value = SL_VALUE_NOW;
    return true;
}

static bool read_conditional(const struct body_reader *reader, const PgQuery__Node *expr,
                             struct sl_trigger_assignment *assignment)
{
    if (SL_IS(expr, CASE_EXPR) && !expr->case_expr->arg && expr->case_expr->n_args == 1 &&
        SL_IS(expr->case_expr->args[0], CASE_WHEN)) {
        const PgQuery__CaseWhen *when = expr->case_expr->args[0]->case_when;
        return read_choice(reader, when->expr, when->result, expr->case_expr->defresult, assignment);
    }
    sl_str function = sl_value_function(expr);
    if ((sl_str_eq_nocase(function, SL_STR("if")) || sl_str_eq_nocase(function, SL_STR("iif"))) &&
        expr->func_call->n_args == 3) {
        PgQuery__Node **args = expr->func_call->args;
        return read_choice(reader, args[0], args[1], args[2], assignment);
    }
    return false;
}

static bool is_fallback(const PgQuery__Node *expr)
{
    sl_str function = sl_value_function(expr);
    return SL_IS(expr, COALESCE_EXPR) || sl_str_eq_nocase(function, SL_STR("ifnull")) ||
           sl_str_eq_nocase(function, SL_STR("nvl"));
}

static bool mentions_now(const PgQuery__Node *expr)
{
    sl_str function = sl_value_function(expr);
    if (!sl_str_eq_nocase(function, SL_STR("greatest")) && !SL_IS(expr, MIN_MAX_EXPR))
        return false;
    PgQuery__Node **args = SL_IS(expr, MIN_MAX_EXPR) ? expr->min_max_expr->args : expr->func_call->args;
    size_t n = SL_IS(expr, MIN_MAX_EXPR) ? expr->min_max_expr->n_args : expr->func_call->n_args;
    for (size_t i = 0; i < n; i++) {
        if (sl_value_is_now(args[i]))
            return true;
    }
    return false;
}

/* A column of that name of whatever row is written: not of NEW or OLD. */
static bool is_own_column(const PgQuery__Node *expr, sl_str column)
{
    sl_str qualifier, name = sl_value_column(expr, &qualifier);
    return sl_str_eq_nocase(name, column) && !is_row(qualifier, "new") && !is_row(qualifier, "old");
}

static void classify(const struct body_reader *reader, const PgQuery__Node *expr,
                     struct sl_trigger_assignment *assignment)
{
    if (is_now(reader, expr) || mentions_now(expr))
        assignment->value = SL_VALUE_NOW;
    else if (is_row_column(expr, "old", assignment->column))
        assignment->value = SL_VALUE_OLD;
    else if (is_row_column(expr, "new", assignment->column))
        assignment->value = SL_VALUE_PARAMETER;
    else if (assignment->table.len > 0 && is_own_column(expr, assignment->column))
        assignment->value = SL_VALUE_SELF;
    else if (read_conditional(reader, expr, assignment))
        return;
    else
        assignment->value = is_fallback(expr) ? SL_VALUE_GUARDED : SL_VALUE_OTHER;
}

static struct sl_trigger_assignment *add_assignment(struct body_reader *reader, sl_str column,
                                                    const struct sl_guards *guards)
{
    struct sl_trigger_assignment *assignment = SL_VEC_PUSH(reader->run, &reader->body->assignments);
    assignment->column = fold(reader, column);
    assignment->table = assignment->table_schema = SL_STR_EMPTY;
    assignment->place = reader->place;
    for (size_t i = 0; i < guards->len; i++)
        *SL_VEC_PUSH(reader->run, &assignment->guards) = guards->items[i];
    return assignment;
}

static enum sl_walk visit_row(void *context, PgQuery__Node *node)
{
    sl_str qualifier, name = sl_value_column(node, &qualifier);
    if (name.len && (is_row(qualifier, "new") || is_row(qualifier, "old"))) {
        *(bool *)context = true;
        return SL_WALK_ABORT;
    }
    return SL_WALK_CONTINUE;
}

/* UPDATE in the body. "mysql:new" stands for SET NEW.c = e. */
static void read_update(struct body_reader *reader, const PgQuery__UpdateStmt *stmt, const struct sl_guards *guards)
{
    const PgQuery__RangeVar *relation = stmt->relation;
    sl_str table = relation ? sl_str_from(relation->relname) : SL_STR_EMPTY;
    sl_str schema = relation ? sl_str_from(relation->schemaname) : SL_STR_EMPTY;
    bool is_own_row = false;
    (void)sl_ast_walk(stmt->where_clause, visit_row, &is_own_row);
    for (size_t i = 0; i < stmt->n_target_list; i++) {
        if (!SL_IS(stmt->target_list[i], RES_TARGET))
            continue;
        const PgQuery__ResTarget *target = stmt->target_list[i]->res_target;
        sl_str column = sl_str_from(target->name);
        if (sl_str_eq(table, SL_STR("mysql:new")) && target->n_indirection == 1 && is_row(column, "new"))
            column = sl_node_string(target->indirection[0]);
        struct sl_trigger_assignment *assignment = add_assignment(reader, column, guards);
        if (!sl_str_has_prefix(table, SL_STR("mysql:"))) {
            assignment->table = fold(reader, table);
            assignment->table_schema = fold(reader, schema);
            assignment->is_own_row = is_own_row;
        }
        classify(reader, target->val, assignment);
    }
}

static void read_sql(struct body_reader *reader, const PgQuery__Node *node, const struct sl_guards *guards)
{
    if (SL_IS(node, UPDATE_STMT))
        read_update(reader, node->update_stmt, guards);
    else if (SL_IS(node, INSERT_STMT) && node->insert_stmt->relation)
        *SL_VEC_PUSH(reader->run, &reader->body->inserts) =
            fold(reader, sl_str_from(node->insert_stmt->relation->relname));
}

/* ---- PL/pgSQL ---- */

/* NEW.x := e → target "x" and the text of e; false for other targets. *is_row: NEW := e. */
static bool split_assignment(sl_str text, sl_str *column, sl_str *value, bool *is_whole_row)
{
    size_t equal = sl_str_find_byte(text, '=');
    *is_whole_row = false;
    if (equal == SIZE_MAX)
        return false;
    *value = sl_str_slice(text, equal + 1, text.len);
    sl_str target = sl_str_slice(text, 0, equal);
    if (sl_str_has_suffix(target, SL_STR(":")))
        target.len--;
    target = sl_str_trim(target);
    if (is_row(target, "new")) {
        *is_whole_row = true;
        return false;
    }
    if (!sl_str_has_prefix_nocase(target, SL_STR("new.")))
        return false;
    *column = sl_str_trim(sl_str_slice(target, 4, target.len));
    if (column->len > 1 && column->ptr[0] == '"')
        *column = sl_str_slice(*column, 1, column->len - 2);
    return column->len > 0;
}

static void read_conditions(const struct body_reader *reader, uint32_t index, struct sl_guards *guards)
{
    for (; index != SL_PLPGSQL_ALWAYS; index = reader->plpgsql->conditions.items[index].outer) {
        const struct sl_plpgsql_condition *condition = &reader->plpgsql->conditions.items[index];
        sl_guard_read(parse_expression(reader->run, condition->text), condition->is_negated,
                      reader->statement->mode.dialect, reader->run, guards);
    }
}

static void append_guards(struct sl_arena *run, struct sl_guards *to, const struct sl_guards *from)
{
    for (size_t i = 0; i < from->len; i++)
        *SL_VEC_PUSH(run, to) = from->items[i];
}

/* Where the text of a step stands: PL/pgSQL keeps the bytes as they were written. */
static void find_place(struct body_reader *reader, sl_str text)
{
    const struct sl_lowered_item *item = &reader->statement->lowered->items[reader->statement->item];
    size_t off = text.len ? sl_str_find(item->text, text) : SIZE_MAX;
    if (off == SIZE_MAX)
        return;
    reader->place = sl_statement_place(reader->statement, (uint32_t)off);
    uint32_t rest = reader->place.len;
    if (rest > text.len) {
        reader->place.len = (uint32_t)text.len;
        struct sl_position end = sl_lines_position(reader->statement->lines, reader->place.off + reader->place.len);
        reader->place.end_line = end.line;
        reader->place.end_col = end.col;
    }
}

static void read_assignment(struct body_reader *reader, const struct sl_plpgsql_step *step,
                            const struct sl_guards *guards)
{
    sl_str column, value;
    bool is_whole_row;
    if (!split_assignment(step->text, &column, &value, &is_whole_row)) {
        reader->body->is_opaque |= is_whole_row;
        return;
    }
    if (column.ptr[-1] != '"')
        column = sl_arena_copy_lower(reader->run, column);
    struct sl_trigger_assignment *assignment = add_assignment(reader, column, guards);
    classify(reader, parse_expression(reader->run, value), assignment);
}

static void read_step(struct body_reader *reader, const struct sl_plpgsql_step *step)
{
    struct sl_guards guards = {0};
    read_conditions(reader, step->condition, &guards);
    find_place(reader, step->written);
    const PgQuery__Node *node;
    switch (step->kind) {
    case SL_PLPGSQL_ASSIGN:
        read_assignment(reader, step, &guards);
        break;
    case SL_PLPGSQL_SQL:
        node = parse_one(reader->run, step->text);
        if (sl_str_has_prefix(step->into, SL_STR("new."))) {
            struct sl_trigger_assignment *assignment =
                add_assignment(reader, sl_str_slice(step->into, 4, step->into.len), &guards);
            classify(reader, selected_value(node), assignment);
        }
        read_sql(reader, node, &guards);
        break;
    case SL_PLPGSQL_RETURN:
        if (sl_str_eq_nocase(sl_str_trim(step->text), SL_STR("null")) ||
            sl_str_eq_nocase(sl_str_trim(step->text), SL_STR("old"))) {
            reader->body->cancels = true;
            append_guards(reader->run, &reader->body->cancel_guards, &guards);
        }
        break;
    case SL_PLPGSQL_RAISE:
        reader->body->forbids = true;
        append_guards(reader->run, &reader->body->forbid_guards, &guards);
        break;
    case SL_PLPGSQL_DYNAMIC:
        reader->body->is_opaque = true;
        break;
    }
}

void sl_trigger_body_read_plpgsql(const struct sl_statement *statement, struct sl_arena *run,
                                  struct sl_routine_body *body)
{
    struct sl_plpgsql plpgsql;
    sl_parse_plpgsql(statement->lowered->items[statement->item].text, run, &plpgsql);
    struct body_reader reader = {.statement = statement, .run = run, .body = body, .plpgsql = &plpgsql};
    reader.place = sl_statement_whole(statement);
    for (size_t i = 0; i < plpgsql.steps.len; i++)
        read_step(&reader, &plpgsql.steps.items[i]);
    body->is_known = plpgsql.is_understood;
    body->is_opaque |= !plpgsql.is_understood;
}

/* ---- MySQL and SQLite: items in the order of the text, conditions among them ---- */

struct open_condition {
    const PgQuery__Node *test;
    bool is_negated;
    bool is_first; /* of its IF or CASE; END IF closes back to it */
};

struct condition_stack {
    SL_VEC(struct open_condition) open;
};

static struct sl_place item_place(const struct sl_statement *statement, uint32_t item)
{
    struct sl_statement of_item = *statement;
    of_item.item = item;
    return sl_statement_whole(&of_item);
}

static bool next_word(sl_str *rest, sl_str *word)
{
    while (rest->len > 0) {
        if (sl_str_has_prefix(*rest, SL_STR("--")) || rest->ptr[0] == '#') {
            sl_str line;
            (void)sl_str_next_line(rest, &line);
            continue;
        }
        if (sl_str_has_prefix(*rest, SL_STR("/*"))) {
            size_t end = sl_str_find(*rest, SL_STR("*/"));
            *rest = sl_str_slice(*rest, end == SIZE_MAX ? rest->len : end + 2, rest->len);
            continue;
        }
        size_t len = 0;
        while (len < rest->len && (sl_is_alpha(rest->ptr[len]) || rest->ptr[len] == '_'))
            len++;
        if (len > 0) {
            *word = sl_str_slice(*rest, 0, len);
            *rest = sl_str_slice(*rest, len, rest->len);
            return true;
        }
        *rest = sl_str_slice(*rest, 1, rest->len);
    }
    return false;
}

static void close_group(struct condition_stack *stack)
{
    while (stack->open.len > 0 && !stack->open.items[--stack->open.len].is_first)
        ;
}

static void negate_top(struct condition_stack *stack)
{
    if (stack->open.len > 0)
        stack->open.items[stack->open.len - 1].is_negated = true;
}

/* The words between two items: which conditions end, which turn. Answers whether the next condition opens a group. */
static bool read_words(struct condition_stack *stack, sl_str gap)
{
    sl_str word, before = SL_STR_EMPTY;
    bool opens = true;
    bool is_in_case = false;
    while (next_word(&gap, &word)) {
        bool ends = sl_str_eq_nocase(before, SL_STR("end"));
        static const char *const groups[] = {"if", "case", "while", "repeat"};
        for (size_t i = 0; ends && i < sizeof groups / sizeof groups[0]; i++) {
            if (sl_str_eq_nocase(word, sl_str_from(groups[i])))
                close_group(stack);
        }
        if (!ends && sl_str_eq_nocase(word, SL_STR("case"))) {
            opens = is_in_case = true;
        } else if (sl_str_eq_nocase(word, SL_STR("else"))) {
            negate_top(stack);
        } else if (sl_str_eq_nocase(word, SL_STR("elseif")) ||
                   (sl_str_eq_nocase(word, SL_STR("when")) && !is_in_case)) {
            negate_top(stack);
            opens = false;
        } else if (!ends && sl_str_eq_nocase(word, SL_STR("if"))) {
            opens = true;
        }
        before = word;
    }
    return opens;
}

static sl_str gap_before(const struct sl_statement *statement, const struct sl_place *previous,
                         const struct sl_place *place)
{
    uint32_t begin = previous->line ? previous->off + previous->len : place->off;
    if (begin > place->off)
        return SL_STR_EMPTY;
    return sl_str_slice(statement->source_text, begin, place->off - begin);
}

static void stack_guards(const struct body_reader *reader, const struct condition_stack *stack,
                         struct sl_guards *guards)
{
    for (size_t i = 0; i < stack->open.len; i++)
        sl_guard_read(stack->open.items[i].test, stack->open.items[i].is_negated, reader->statement->mode.dialect,
                      reader->run, guards);
}

static void read_signals(struct body_reader *reader, const struct condition_stack *stack, sl_str gap)
{
    sl_str word;
    while (next_word(&gap, &word)) {
        if (!sl_str_eq_nocase(word, SL_STR("signal")))
            continue;
        reader->body->forbids = true;
        stack_guards(reader, stack, &reader->body->forbid_guards);
    }
}

/* SELECT RAISE(ABORT, '…') of SQLite. */
static bool is_raise(const PgQuery__Node *node)
{
    sl_str function = sl_value_function(selected_value(node));
    return sl_str_eq_nocase(function, SL_STR("raise"));
}

static void read_item(struct body_reader *reader, struct condition_stack *stack, const PgQuery__Node *node)
{
    struct sl_guards guards = {0};
    stack_guards(reader, stack, &guards);
    if (is_raise(node)) {
        reader->body->forbids = true;
        append_guards(reader->run, &reader->body->forbid_guards, &guards);
        return;
    }
    read_sql(reader, node, &guards);
}

void sl_trigger_body_read_lowered(const struct sl_statement *statement, struct sl_arena *run, struct sl_guards *when,
                                  struct sl_routine_body *body)
{
    const struct sl_lowered *lowered = statement->lowered;
    struct body_reader reader = {.statement = statement, .run = run, .body = body};
    struct condition_stack stack = {0};
    struct sl_place previous = {0};
    body->is_known = true;
    for (uint32_t i = 0; i < lowered->n_items; i++) {
        const struct sl_lowered_item *item = &lowered->items[i];
        if (item->role != SL_ROLE_BODY && item->role != SL_ROLE_CONDITION)
            continue;
        const PgQuery__Node *node = parse_one(run, item->text);
        if (i == lowered->routine.when_item) {
            sl_guard_read(selected_value(node), false, statement->mode.dialect, run, when);
            continue;
        }
        reader.place = item_place(statement, i);
        sl_str gap = gap_before(statement, &previous, &reader.place);
        bool opens = read_words(&stack, gap);
        read_signals(&reader, &stack, gap);
        previous = reader.place;
        if (item->role == SL_ROLE_CONDITION)
            *SL_VEC_PUSH(run, &stack.open) = (struct open_condition){selected_value(node), false, opens};
        else
            read_item(&reader, &stack, node);
        body->is_opaque |= !node;
    }
    /* SIGNAL is no statement of the common grammar: it stands between the items, or alone. */
    struct sl_place whole = sl_statement_whole(statement);
    uint32_t begin = previous.line ? previous.off + previous.len : whole.off;
    uint32_t end = whole.off + whole.len;
    read_signals(&reader, &stack, sl_str_slice(statement->source_text, begin, end > begin ? end - begin : 0));
}
