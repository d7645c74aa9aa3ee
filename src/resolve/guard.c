#include "resolve/guard.h"

#include "base/limits.h"
#include "resolve/value.h"

/* Which columns of NEW and OLD an expression names, and whether it names the whole rows. */
struct row_names {
    struct sl_arena *run;
    enum sl_dialect dialect;
    SL_VEC(sl_str) columns;
    bool has_new, has_old, has_new_row, has_old_row, has_event;
};

static bool is_row(sl_str name, const char *row)
{
    return sl_str_eq_nocase(name, sl_str_from(row));
}

static void add_name(struct row_names *names, sl_str name)
{
    name =
        names->dialect == SL_DIALECT_POSTGRES ? sl_arena_copy(names->run, name) : sl_arena_copy_lower(names->run, name);
    for (size_t i = 0; i < names->columns.len; i++) {
        if (sl_str_eq(names->columns.items[i], name))
            return;
    }
    *SL_VEC_PUSH(names->run, &names->columns) = name;
}

static enum sl_walk visit_name(void *context, PgQuery__Node *node)
{
    struct row_names *names = context;
    if (!SL_IS(node, COLUMN_REF))
        return SL_WALK_CONTINUE;
    sl_str qualifier, name = sl_value_column(node, &qualifier);
    bool is_star = name.len == 0;
    if (qualifier.len == 0 || is_star) {
        sl_str row = is_star ? qualifier : name;
        names->has_new_row |= is_row(row, "new");
        names->has_old_row |= is_row(row, "old");
        names->has_event |= is_row(row, "tg_op");
        return SL_WALK_CONTINUE;
    }
    if (!is_row(qualifier, "new") && !is_row(qualifier, "old"))
        return SL_WALK_CONTINUE;
    names->has_new |= is_row(qualifier, "new");
    names->has_old |= is_row(qualifier, "old");
    add_name(names, name);
    return SL_WALK_CONTINUE;
}

static struct row_names names_of(const PgQuery__Node *expr, enum sl_dialect dialect, struct sl_arena *run)
{
    struct row_names names = {.run = run, .dialect = dialect};
    (void)sl_ast_walk((PgQuery__Node *)(uintptr_t)expr, visit_name, &names);
    return names;
}

static struct sl_guard *add_guard(struct sl_arena *run, struct sl_guards *guards, enum sl_guard_kind kind,
                                  const struct row_names *names)
{
    struct sl_guard *guard = SL_VEC_PUSH(run, guards);
    guard->kind = kind;
    guard->value = SL_STR_EMPTY;
    for (size_t i = 0; names && i < names->columns.len; i++)
        *SL_VEC_PUSH(run, &guard->columns) = names->columns.items[i];
    return guard;
}

static uint32_t event_of(sl_str text)
{
    if (sl_str_eq_nocase(text, SL_STR("insert")))
        return SL_EVENT_INSERT;
    if (sl_str_eq_nocase(text, SL_STR("update")))
        return SL_EVENT_UPDATE;
    return sl_str_eq_nocase(text, SL_STR("delete")) ? SL_EVENT_DELETE : 0;
}

struct events {
    uint32_t bits;
};

static enum sl_walk visit_event(void *context, PgQuery__Node *node)
{
    if (SL_IS(node, A_CONST))
        ((struct events *)context)->bits |= event_of(sl_ast_string(node));
    return SL_WALK_CONTINUE;
}

/* TG_OP = 'UPDATE', TG_OP IN ('INSERT', 'UPDATE'), TG_OP <> 'DELETE'. */
static void add_event(const PgQuery__Node *expr, bool is_equal, struct sl_arena *run, struct sl_guards *guards)
{
    struct events events = {0};
    (void)sl_ast_walk((PgQuery__Node *)(uintptr_t)expr, visit_event, &events);
    uint32_t all = SL_EVENT_INSERT | SL_EVENT_UPDATE | SL_EVENT_DELETE;
    add_guard(run, guards, SL_GUARD_EVENT, NULL)->events = is_equal ? events.bits : all & ~events.bits;
}

enum relation { REL_EQUAL, REL_DIFFERENT, REL_OTHER };

/* What a comparison says, NOT already taken in. `<=>` is MySQL's IS NOT DISTINCT FROM. */
static enum relation relation_of(const PgQuery__AExpr *expr, bool is_negated)
{
    sl_str operator= sl_expr_operator(expr);
    enum relation relation = REL_OTHER;
    if (expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT)
        relation = REL_DIFFERENT;
    else if (expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT)
        relation = REL_EQUAL;
    else if (expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_IN || expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP)
        relation = sl_str_eq(operator, SL_STR("=")) || sl_str_eq(operator, SL_STR("<=>"))   ? REL_EQUAL
                   : sl_str_eq(operator, SL_STR("<>")) || sl_str_eq(operator, SL_STR("!=")) ? REL_DIFFERENT
                                                                                            : REL_OTHER;
    if (relation == REL_OTHER || !is_negated)
        return relation;
    return relation == REL_EQUAL ? REL_DIFFERENT : REL_EQUAL;
}

/* NEW.t <= OLD.t: the statement did not set it forward. */
static enum relation relation_of_order(const PgQuery__AExpr *expr, bool is_negated)
{
    sl_str operator= sl_expr_operator(expr);
    sl_str qualifier;
    (void)sl_value_column(expr->lexpr, &qualifier);
    bool is_forward = is_row(qualifier, "new");
    sl_str same = is_forward ? SL_STR("<=") : SL_STR(">="), later = is_forward ? SL_STR(">") : SL_STR("<");
    if (!sl_str_eq(operator, same) && !sl_str_eq(operator, later))
        return REL_OTHER;
    return sl_str_eq(operator, same) != is_negated ? REL_EQUAL : REL_DIFFERENT;
}

static void read_comparison(const PgQuery__Node *node, bool is_negated, enum sl_dialect dialect, struct sl_arena *run,
                            struct sl_guards *guards)
{
    const PgQuery__AExpr *expr = node->a_expr;
    struct row_names names = names_of(node, dialect, run);
    enum relation relation = relation_of(expr, is_negated);
    if (relation == REL_OTHER && names.has_new && names.has_old && names.columns.len == 1)
        relation = relation_of_order(expr, is_negated);
    if (names.has_event && names.columns.len == 0) {
        add_event(node, relation == REL_EQUAL, run, guards);
    } else if (names.has_new_row && names.has_old_row) {
        add_guard(run, guards, relation == REL_EQUAL ? SL_GUARD_NO_CHANGE : SL_GUARD_ANY_CHANGE, &names);
    } else if (names.columns.len == 0) {
        add_guard(run, guards, SL_GUARD_OTHER, NULL);
    } else if (names.has_new && names.has_old && relation != REL_OTHER) {
        add_guard(run, guards, relation == REL_EQUAL ? SL_GUARD_NOT_SET : SL_GUARD_COLUMN_CHANGE, &names);
    } else {
        struct sl_guard *guard = add_guard(run, guards, SL_GUARD_STATE, &names);
        sl_str qualifier;
        bool is_plain = sl_value_column(expr->lexpr, &qualifier).len && relation != REL_OTHER;
        guard->is_old = is_row(qualifier, "old");
        guard->is_different = relation == REL_DIFFERENT;
        if (!is_plain || !sl_value_literal(expr->rexpr, run, &guard->value))
            guard->value = SL_STR_EMPTY;
    }
}

static void read_at(const PgQuery__Node *expr, bool is_negated, enum sl_dialect dialect, struct sl_arena *run,
                    struct sl_guards *guards, unsigned depth);

/* One of several tests must hold: a guard of its own only if all that can hold at an UPDATE are of one kind. */
/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_AST_DEPTH */
static void read_any(PgQuery__Node **args, size_t n, bool is_negated, enum sl_dialect dialect, struct sl_arena *run,
                     struct sl_guards *guards, unsigned depth)
{
    struct sl_guard any = {.kind = SL_GUARD_NEVER, .value = SL_STR_EMPTY};
    for (size_t i = 0; i < n; i++) {
        struct sl_guards arm = {0};
        read_at(args[i], is_negated, dialect, run, &arm, depth + 1);
        bool skips_update = false;
        enum sl_guard_kind kind = SL_GUARD_ALWAYS;
        for (size_t g = 0; g < arm.len; g++) {
            const struct sl_guard *guard = &arm.items[g];
            if (guard->kind == SL_GUARD_EVENT) {
                skips_update |= !(guard->events & SL_EVENT_UPDATE);
                continue;
            }
            /* Within an arm the narrowest test decides. */
            kind = kind == SL_GUARD_ALWAYS || guard->kind == SL_GUARD_STATE ? guard->kind : kind;
            for (size_t c = 0; c < guard->columns.len; c++)
                *SL_VEC_PUSH(run, &any.columns) = guard->columns.items[c];
        }
        if (skips_update)
            continue;
        if (kind == SL_GUARD_ALWAYS || kind == SL_GUARD_OTHER)
            return; /* this arm may hold whatever the row is: no guard */
        any.kind = any.kind == SL_GUARD_NEVER || any.kind == kind                   ? kind
                   : any.kind == SL_GUARD_ANY_CHANGE || kind == SL_GUARD_ANY_CHANGE ? SL_GUARD_ANY_CHANGE
                                                                                    : SL_GUARD_STATE;
    }
    *SL_VEC_PUSH(run, guards) = any;
}

static void read_null_test(const PgQuery__Node *expr, enum sl_dialect dialect, struct sl_arena *run,
                           struct sl_guards *guards)
{
    struct row_names names = names_of(expr, dialect, run);
    add_guard(run, guards, names.columns.len ? SL_GUARD_STATE : SL_GUARD_OTHER, &names);
}

static bool is_boolean(const PgQuery__Node *expr, bool *value)
{
    while (SL_IS(expr, TYPE_CAST))
        expr = expr->type_cast->arg;
    if (!SL_IS(expr, A_CONST) || expr->a_const->isnull)
        return false;
    if (expr->a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL)
        *value = expr->a_const->boolval->boolval;
    else if (expr->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL)
        *value = expr->a_const->ival->ival != 0;
    else
        return false;
    return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_AST_DEPTH */
static void read_boolean(const PgQuery__BoolExpr *expr, bool is_negated, enum sl_dialect dialect, struct sl_arena *run,
                         struct sl_guards *guards, unsigned depth)
{
    if (expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR) {
        read_at(expr->args[0], !is_negated, dialect, run, guards, depth + 1);
        return;
    }
    bool is_and = (expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) != is_negated;
    if (!is_and) {
        read_any(expr->args, expr->n_args, is_negated, dialect, run, guards, depth);
        return;
    }
    for (size_t i = 0; i < expr->n_args; i++)
        read_at(expr->args[i], is_negated, dialect, run, guards, depth + 1);
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_AST_DEPTH */
static void read_at(const PgQuery__Node *expr, bool is_negated, enum sl_dialect dialect, struct sl_arena *run,
                    struct sl_guards *guards, unsigned depth)
{
    bool value;
    if (!expr || depth > SL_MAX_AST_DEPTH) {
        add_guard(run, guards, SL_GUARD_OTHER, NULL);
    } else if (is_boolean(expr, &value)) {
        if (value == is_negated)
            add_guard(run, guards, SL_GUARD_NEVER, NULL);
    } else if (SL_IS(expr, BOOL_EXPR)) {
        read_boolean(expr->bool_expr, is_negated, dialect, run, guards, depth);
    } else if (SL_IS(expr, A_EXPR)) {
        read_comparison(expr, is_negated, dialect, run, guards);
    } else {
        read_null_test(expr, dialect, run, guards);
    }
}

void sl_guard_read(const PgQuery__Node *expr, bool is_negated, enum sl_dialect dialect, struct sl_arena *run,
                   struct sl_guards *guards)
{
    read_at(expr, is_negated, dialect, run, guards, 0);
}
