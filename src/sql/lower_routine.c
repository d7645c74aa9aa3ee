/*
 * Triggers, procedures, functions, events: a header, then every SQL statement and condition of the body as an item.
 * Control flow is flattened; names that DECLARE and parameters make are remembered, because they are no columns.
 */
#include "sql/lowering.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_LOWERING_DEPTH, in sl_lowering_enter() */

static bool at_body_end(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_END:
    case SL_KW_ELSE:
    case SL_KW_ELSEIF:
    case SL_KW_ELSIF:
    case SL_KW_UNTIL:
    case SL_KW_WHEN:
    case SL_KW_EXCEPTION:
        return true;
    default:
        return sl_at_kind(l, SL_TOK_END);
    }
}

static void skip_to_semicolon(struct sl_lowering *l)
{
    while (!sl_at_end(l))
        sl_skip_any(l);
}

/* A statement of the body that is not understood costs itself only. */
static void guarded(struct sl_lowering *l, void (*read)(struct sl_lowering *l))
{
    struct sl_checkpoint before = sl_lowering_checkpoint(l);
    read(l);
    if (l->failed_by_limit || (!l->failed && (sl_at_end(l) || at_body_end(l))))
        return;
    if (!l->failed)
        sl_lowering_fail_here(l);
    sl_str why = l->error;
    sl_lowering_restore(l, before);
    uint32_t first = l->pos;
    skip_to_semicolon(l);
    sl_lowering_fact_text(l, SL_FACT_OTHER, first, l->pos, sl_arena_printf(l->arena, "body: %.*s", SL_STR_ARG(why)));
}

static void sql_statement(struct sl_lowering *l)
{
    l->role = SL_ROLE_BODY;
    sl_statement(l);
    l->role = SL_ROLE_BODY;
}

/* An expression of control flow: SELECT e. */
void sl_body_condition(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    sl_insert(l, "SELECT");
    sl_expr(l);
    enum sl_lowered_role role = l->role;
    l->role = SL_ROLE_CONDITION;
    sl_lowering_finish_item(l, mark, first);
    l->role = role;
}

static void body_statement(struct sl_lowering *l);

static void statements(struct sl_lowering *l)
{
    while (!l->failed && !at_body_end(l)) {
        if (sl_skip_kind(l, SL_TOK_SEMICOLON))
            continue;
        body_statement(l);
        if (!l->failed && !sl_at_kind(l, SL_TOK_SEMICOLON) && !at_body_end(l))
            sl_lowering_fail_here(l);
    }
}

/* END [IF | LOOP | …] [label] */
static void end_of(struct sl_lowering *l, enum sl_keyword what)
{
    sl_expect_skip(l, SL_KW_END);
    if (what != SL_NOT_A_KEYWORD)
        sl_skip(l, what);
    if ((sl_at_kind(l, SL_TOK_WORD) || sl_at_kind(l, SL_TOK_QUOTED)) && !at_body_end(l))
        sl_step(l);
}

/* EXCEPTION WHEN … THEN of MariaDB's Oracle mode is not read: the block is passed over to its END. */
static void block(struct sl_lowering *l)
{
    l->pos++;
    if (sl_at2(l, SL_KW_NOT, SL_KW_ATOMIC))
        l->pos += 2;
    statements(l);
    end_of(l, SL_NOT_A_KEYWORD);
}

/* condition THEN statements */
static void branch(struct sl_lowering *l)
{
    sl_body_condition(l);
    sl_expect_skip(l, SL_KW_THEN);
    statements(l);
}

static void last_branch(struct sl_lowering *l, enum sl_keyword end)
{
    if (sl_skip(l, SL_KW_ELSE))
        statements(l);
    end_of(l, end);
}

static void if_statement(struct sl_lowering *l)
{
    l->pos++;
    branch(l);
    while (!l->failed && (sl_skip(l, SL_KW_ELSEIF) || sl_skip(l, SL_KW_ELSIF)))
        branch(l);
    last_branch(l, SL_KW_IF);
}

static void case_statement(struct sl_lowering *l)
{
    l->pos++;
    if (!sl_at(l, SL_KW_WHEN))
        sl_body_condition(l);
    while (!l->failed && sl_skip(l, SL_KW_WHEN))
        branch(l);
    last_branch(l, SL_KW_CASE);
}

static void while_statement(struct sl_lowering *l)
{
    l->pos++;
    sl_body_condition(l);
    if (!sl_skip(l, SL_KW_DO))
        sl_expect_skip(l, SL_KW_LOOP);
    statements(l);
    sl_expect_skip(l, SL_KW_END);
    if (!sl_skip(l, SL_KW_WHILE))
        sl_skip(l, SL_KW_LOOP);
    if (!sl_at_end(l) && !at_body_end(l))
        sl_step(l);
}

static void repeat_statement(struct sl_lowering *l)
{
    l->pos++;
    statements(l);
    sl_expect_skip(l, SL_KW_UNTIL);
    sl_body_condition(l);
    end_of(l, SL_KW_REPEAT);
}

/* MariaDB: FOR i IN 1..10 DO … END FOR, FOR r IN (SELECT …) DO … END FOR */
static void for_statement(struct sl_lowering *l)
{
    l->pos++;
    sl_lowering_add_variable(l, l->pos);
    sl_step(l);
    sl_expect_skip(l, SL_KW_IN);
    if (sl_at_kind(l, SL_TOK_OPEN) && sl_group_is_query(l, l->pos)) {
        uint32_t first = l->pos;
        size_t mark = sl_emit_mark(&l->emit);
        sl_query(l);
        sl_lowering_finish_item(l, mark, first);
    }
    while (!sl_at(l, SL_KW_DO) && !sl_at(l, SL_KW_LOOP) && !sl_at_end(l))
        sl_skip_any(l);
    sl_step(l);
    statements(l);
    end_of(l, SL_KW_FOR);
}

/* NOT FOUND, SQLEXCEPTION, SQLSTATE [VALUE] '02000', 1062, a name */
static void handler_condition(struct sl_lowering *l)
{
    if (sl_skip2(l, SL_KW_NOT, SL_KW_FOUND))
        return;
    if (sl_skip(l, SL_KW_SQLSTATE))
        sl_skip(l, SL_KW_VALUE);
    sl_step(l);
}

/* DECLARE c CURSOR FOR q; HANDLER FOR cond stmt; CONDITION; a, b type DEFAULT e */
static void declare(struct sl_lowering *l)
{
    l->pos++;
    if (sl_kw(l, 1) == SL_KW_HANDLER) {
        l->pos += 2;
        sl_expect_skip(l, SL_KW_FOR);
        do {
            handler_condition(l);
        } while (sl_skip_kind(l, SL_TOK_COMMA));
        body_statement(l);
        return;
    }
    if (sl_kw(l, 1) == SL_KW_CONDITION) {
        skip_to_semicolon(l);
        return;
    }
    do {
        sl_lowering_add_variable(l, l->pos);
        sl_step(l);
    } while (sl_skip_kind(l, SL_TOK_COMMA));
    if (sl_at(l, SL_KW_CURSOR)) {
        while (!sl_at(l, SL_KW_FOR) && !sl_at_end(l))
            sl_skip_any(l);
        sl_step(l);
        if (sl_at_query(l))
            sql_statement(l);
        else
            skip_to_semicolon(l); /* a prepared statement's name */
        return;
    }
    while (!sl_at_end(l) && !sl_at(l, SL_KW_DEFAULT) && sl_op(l, 0) != SL_OP2(':', '='))
        sl_skip_any(l);
    if (sl_at_end(l))
        return;
    sl_step(l);
    sl_body_condition(l);
}

static void return_statement(struct sl_lowering *l)
{
    l->pos++;
    if (!sl_at_end(l))
        sl_body_condition(l);
}

/* Statements of the language around SQL that hold none. */
static bool is_control(enum sl_keyword keyword)
{
    switch (keyword) {
    case SL_KW_LEAVE:
    case SL_KW_ITERATE:
    case SL_KW_OPEN:
    case SL_KW_FETCH:
    case SL_KW_CLOSE:
    case SL_KW_SIGNAL:
    case SL_KW_RESIGNAL:
    case SL_KW_GET:
    case SL_KW_EXIT:
    case SL_KW_CONTINUE:
    case SL_KW_GOTO:
        return true;
    default:
        return false;
    }
}

static void unlabeled(struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_BEGIN:
        block(l);
        return;
    case SL_KW_IF:
        if_statement(l);
        return;
    case SL_KW_CASE:
        case_statement(l);
        return;
    case SL_KW_WHILE:
        while_statement(l);
        return;
    case SL_KW_REPEAT:
        repeat_statement(l);
        return;
    case SL_KW_LOOP:
        l->pos++;
        statements(l);
        end_of(l, SL_KW_LOOP);
        return;
    case SL_KW_FOR:
        for_statement(l);
        return;
    case SL_KW_DECLARE:
        guarded(l, declare);
        return;
    case SL_KW_RETURN:
        guarded(l, return_statement);
        return;
    default:
        if (is_control(sl_kw(l, 0)))
            skip_to_semicolon(l);
        else
            guarded(l, sql_statement);
    }
}

/* BEGIN … END, IF …: one statement of a body. */
static void body_statement(struct sl_lowering *l)
{
    if (!sl_lowering_enter(l))
        return;
    bool is_label = (sl_at_kind(l, SL_TOK_WORD) || sl_at_kind(l, SL_TOK_QUOTED)) && sl_op(l, 1) == SL_OP1(':');
    if (is_label)
        l->pos += 2;
    unlabeled(l);
    sl_lowering_leave(l);
}

/* MariaDB: BEGIN NOT ATOMIC … END, IF …, outside of a routine. */
void sl_compound_statement(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "compound");
    l->kind = SL_LOWERED_SQL;
    l->role = SL_ROLE_BODY;
    l->in_routine = true;
    body_statement(l);
    l->in_routine = false;
}

/* ---- headers ---- */

void sl_header_name(struct sl_lowering *l, sl_str *schema, sl_str *name)
{
    uint32_t first = l->pos;
    l->emit.muted++;
    sl_name_qualified(l);
    l->emit.muted--;
    if (l->failed)
        return;
    *name = sl_lowering_decoded(l, l->pos - 1);
    *schema = l->pos - first >= 3 ? sl_lowering_decoded(l, l->pos - 3) : SL_STR_EMPTY;
}

/* ([IN | OUT | INOUT] name type, …) */
static void parameters(struct sl_lowering *l)
{
    if (!sl_skip_kind(l, SL_TOK_OPEN)) {
        sl_lowering_fail_here(l);
        return;
    }
    while (!l->failed && !sl_at_kind(l, SL_TOK_CLOSE)) {
        bool has_mode = (sl_at(l, SL_KW_IN) || sl_at(l, SL_KW_OUT) || sl_at(l, SL_KW_INOUT));
        l->pos += has_mode;
        sl_lowering_add_variable(l, l->pos);
        while (!sl_at_kind(l, SL_TOK_COMMA) && !sl_at_kind(l, SL_TOK_CLOSE) && !sl_at_end(l))
            sl_skip_any(l);
        if (!sl_skip_kind(l, SL_TOK_COMMA))
            break;
    }
    if (!sl_skip_kind(l, SL_TOK_CLOSE))
        sl_lowering_fail_here(l);
}

/* DETERMINISTIC, READS SQL DATA, COMMENT 'x', SQL SECURITY INVOKER … */
static void characteristics(struct sl_lowering *l)
{
    for (;;) {
        switch (sl_kw(l, 0)) {
        case SL_KW_NOT:
        case SL_KW_DETERMINISTIC:
        case SL_KW_MODIFIES:
        case SL_KW_READS:
        case SL_KW_CONTAINS:
        case SL_KW_NO:
        case SL_KW_SQL:
        case SL_KW_DATA:
        case SL_KW_SECURITY:
        case SL_KW_DEFINER:
        case SL_KW_INVOKER:
            l->pos++;
            break;
        case SL_KW_LANGUAGE:
        case SL_KW_COMMENT:
            l->pos += 2;
            break;
        default:
            return;
        }
    }
}

static bool at_characteristic(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_NOT:
    case SL_KW_DETERMINISTIC:
    case SL_KW_MODIFIES:
    case SL_KW_READS:
    case SL_KW_CONTAINS:
    case SL_KW_NO:
    case SL_KW_SQL:
    case SL_KW_LANGUAGE:
    case SL_KW_COMMENT:
        return true;
    default:
        return false;
    }
}

static bool at_body_start(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_BEGIN:
    case SL_KW_RETURN:
    case SL_KW_IF:
    case SL_KW_CASE:
    case SL_KW_SELECT:
    case SL_KW_INSERT:
    case SL_KW_UPDATE:
    case SL_KW_DELETE:
    case SL_KW_CALL:
    case SL_KW_DO:
    case SL_KW_WHILE:
    case SL_KW_LOOP:
    case SL_KW_REPEAT:
        return true;
    case SL_KW_SET:
        return l->tokens[l->pos - 1].keyword != SL_KW_CHARACTER && l->tokens[l->pos - 1].keyword != SL_KW_CHAR &&
               sl_kind(l, 1) != SL_TOK_OPEN;
    default:
        return false;
    }
}

/* RETURNS type: up to the characteristics or the body. */
static void returned_type(struct sl_lowering *l)
{
    if (!sl_skip(l, SL_KW_RETURNS) && !sl_skip(l, SL_KW_RETURN))
        return;
    sl_step(l);
    while (!sl_at_end(l) && !at_characteristic(l) && !at_body_start(l)) {
        bool is_label = sl_op(l, 1) == SL_OP1(':');
        if (is_label)
            return;
        sl_skip_any(l);
    }
}

static void trigger_header(struct sl_lowering *l)
{
    struct sl_routine *r = &l->routine;
    r->timing = sl_at(l, SL_KW_BEFORE) ? SL_STR("before") : SL_STR("after");
    if (!sl_skip(l, SL_KW_BEFORE))
        sl_expect_skip(l, SL_KW_AFTER);
    r->event = sl_at(l, SL_KW_INSERT) ? SL_STR("insert") : sl_at(l, SL_KW_DELETE) ? SL_STR("delete") : SL_STR("update");
    while (!sl_at(l, SL_KW_ON) && !sl_at_end(l)) /* MariaDB 12: INSERT OR UPDATE */
        sl_step(l);
    sl_expect_skip(l, SL_KW_ON);
    sl_header_name(l, &r->table_schema, &r->table);
    sl_expect_skip(l, SL_KW_FOR);
    sl_expect_skip(l, SL_KW_EACH);
    sl_expect_skip(l, SL_KW_ROW);
    if (sl_skip(l, SL_KW_FOLLOWS) || sl_skip(l, SL_KW_PRECEDES))
        sl_step(l);
}

static void event_header(struct sl_lowering *l)
{
    while (!sl_at_end(l) && !sl_at(l, SL_KW_DO))
        sl_skip_any(l);
    sl_expect_skip(l, SL_KW_DO);
}

static void header(struct sl_lowering *l, enum sl_keyword what)
{
    if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        l->pos += 3;
    sl_header_name(l, &l->routine.schema, &l->routine.name);
    if (what == SL_KW_TRIGGER) {
        trigger_header(l);
        return;
    }
    if (what == SL_KW_EVENT) {
        event_header(l);
        return;
    }
    parameters(l);
    if (what == SL_KW_FUNCTION)
        returned_type(l);
    characteristics(l);
    if (!sl_skip(l, SL_KW_AS)) /* Oracle mode: AS, IS */
        sl_skip(l, SL_KW_IS);
}

void sl_create_routine(struct sl_lowering *l)
{
    static const struct {
        enum sl_keyword word;
        const char *kind, *verb;
    } kinds[] = {{SL_KW_TRIGGER, "trigger", "create trigger"},
                 {SL_KW_PROCEDURE, "procedure", "create procedure"},
                 {SL_KW_FUNCTION, "function", "create function"},
                 {SL_KW_EVENT, "event", "create event"}};
    unsigned k = 0;
    while (!sl_at(l, kinds[k].word) && k < 3)
        k++;
    sl_lowering_set_verb(l, kinds[k].verb);
    l->pos++;
    bool is_loadable = false; /* CREATE FUNCTION f RETURNS STRING SONAME 'x.so' */
    for (uint32_t i = l->pos; i < l->pos + 8 && i < l->n_tokens; i++)
        is_loadable = is_loadable || l->tokens[i].keyword == SL_KW_SONAME;
    if (is_loadable) {
        sl_set_aside(l, SL_LOWERED_ADMIN);
        return;
    }
    l->routine = (struct sl_routine){.present = true, .kind = sl_str_from(kinds[k].kind), .when_item = UINT32_MAX};
    header(l, kinds[k].word);
    if (l->failed)
        return;
    l->kind = SL_LOWERED_SQL;
    l->role = SL_ROLE_BODY;
    l->in_routine = true;
    body_statement(l);
    l->in_routine = false;
}

/* NOLINTEND(misc-no-recursion) */
