#include "sql/lower.h"

#include "sql/dynamic.h"
#include "sql/lowering.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_LOWERING_DEPTH, in sl_lowering_enter() */

static void lower_text(sl_str statement, const struct sl_sql_mode *mode, struct sl_arena *arena, bool is_literal,
                       struct sl_lowered *out);

void sl_set_aside(struct sl_lowering *l, enum sl_lowered_kind kind)
{
    if (l->verb.len == 0) {
        const struct sl_token *token = sl_tok(l, 0);
        l->verb = sl_arena_copy_lower(l->arena, sl_str_slice(l->text, token->off, token->len));
    }
    if (l->kind == SL_LOWERED_EMPTY)
        l->kind = kind;
    while (!sl_at_end(l))
        sl_step(l);
}

/* One common statement out of one source statement. */
static void single(struct sl_lowering *l, void (*read)(struct sl_lowering *l))
{
    uint32_t first = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    read(l);
    sl_lowering_finish_item(l, mark, first);
}

static void query_statement(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "select");
    sl_query(l);
}

/* Behind WITH …: the statement that it belongs to. */
void sl_with_statement(struct sl_lowering *l)
{
    sl_with(l);
    switch (sl_kw(l, 0)) {
    case SL_KW_UPDATE:
        sl_update_statement(l);
        return;
    case SL_KW_DELETE:
        sl_delete_statement(l);
        return;
    case SL_KW_INSERT:
    case SL_KW_REPLACE:
        sl_insert_statement(l);
        return;
    default:
        query_statement(l);
    }
}

static void call_statement(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "call");
    sl_keep_token(l);
    sl_name_qualified(l);
    if (!sl_at_kind(l, SL_TOK_OPEN)) {
        sl_insert(l, "( )");
        return;
    }
    sl_keep_token(l);
    if (!sl_at_kind(l, SL_TOK_CLOSE))
        sl_expr_list(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
}

/* DO e, e evaluates and forgets. */
static void do_statement(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "do");
    sl_replace_tokens(l, 1, "SELECT");
    sl_expr_list(l);
}

static bool is_explained(enum sl_keyword keyword)
{
    return keyword == SL_KW_SELECT || keyword == SL_KW_WITH || keyword == SL_KW_UPDATE || keyword == SL_KW_DELETE ||
           keyword == SL_KW_INSERT || keyword == SL_KW_REPLACE || keyword == SL_KW_TABLE || keyword == SL_KW_VALUES;
}

void sl_explain_statement(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    uint32_t i = l->pos + 1;
    bool is_other =
        l->tokens[first].keyword == SL_KW_ANALYZE && sl_kw(l, 1) != SL_KW_FORMAT && !is_explained(sl_kw(l, 1));
    is_other = is_other || (l->tokens[first].keyword == SL_KW_ANALYZE && sl_kw(l, 1) == SL_KW_TABLE);
    for (; i < l->n_tokens && i < first + 6; i++) { /* EXTENDED, PARTITIONS, FORMAT = JSON, ANALYZE, QUERY PLAN */
        const struct sl_token *token = &l->tokens[i];
        if (token->kind == SL_TOK_OPEN || (token->kind == SL_TOK_WORD && is_explained((enum sl_keyword)token->keyword)))
            break;
        is_other = is_other || token->kind == SL_TOK_DOT || token->keyword == SL_KW_FOR;
    }
    l->pos = i;
    bool is_statement = !is_other && i < l->n_tokens && i < first + 6 &&
                        (is_explained(sl_kw(l, 0)) || (sl_at_kind(l, SL_TOK_OPEN) && sl_group_is_query(l, i)));
    if (!is_statement) {
        l->pos = first;
        sl_set_aside(l, SL_LOWERED_ADMIN);
        return;
    }
    sl_lowering_set_verb(l, "explain");
    size_t mark = sl_emit_mark(&l->emit);
    sl_emit_add(&l->emit, SL_STR("EXPLAIN"), sl_lowering_span(l, first, first + 1));
    switch (sl_kw(l, 0)) {
    case SL_KW_UPDATE:
    case SL_KW_DELETE:
    case SL_KW_INSERT:
    case SL_KW_REPLACE:
    case SL_KW_WITH:
        sl_with_statement(l);
        break;
    default:
        sl_query(l);
    }
    sl_lowering_finish_item(l, mark, first);
}

/* ---- PREPARE and EXECUTE IMMEDIATE ---- */

/* The statement in the literal at the cursor, lowered by itself; its items stand where the literal stands. */
static void literal_statement(struct sl_lowering *l, enum sl_lowered_role role)
{
    struct sl_span inside;
    struct sl_lowered inner;
    sl_str value = sl_dynamic_value(l->text, sl_tok(l, 0), l->arena, &inside);
    lower_text(value, l->mode, l->arena, true, &inner);
    if (inner.kind == SL_LOWERED_NOT_UNDERSTOOD) {
        sl_lowering_fact_text(l, SL_FACT_OTHER, l->pos, l->pos + 1,
                              sl_arena_printf(l->arena, "prepared: %.*s", SL_STR_ARG(inner.error)));
        return;
    }
    struct sl_segmap map = {0};
    sl_segmap_add(&map, l->arena, (struct sl_segment){0, (uint32_t)value.len, inside.off, inside.len});
    for (size_t i = 0; i < inner.n_facts; i++) {
        struct sl_fact *fact = SL_VEC_PUSH(l->arena, &l->facts);
        *fact = inner.facts[i];
        fact->item += (uint32_t)l->items.len;
        fact->span = sl_segmap_lookup(&map, fact->span.off, NULL);
    }
    for (size_t i = 0; i < inner.n_items; i++) {
        struct sl_lowered_item *item = SL_VEC_PUSH(l->arena, &l->items);
        *item = inner.items[i];
        item->role = role;
        item->map = sl_segmap_compose(&inner.items[i].map, &map, l->arena);
        item->source = inside;
    }
    if (inner.n_items > 0)
        l->kind = SL_LOWERED_SQL;
}

/* PREPARE s FROM '…', EXECUTE IMMEDIATE '…'. What a variable holds is not known from the text. */
static void dynamic_statement(struct sl_lowering *l)
{
    bool is_immediate = sl_at(l, SL_KW_EXECUTE);
    uint32_t at = l->pos + (is_immediate ? 2 : 3);
    bool is_form = is_immediate ? sl_kw(l, 1) == SL_KW_IMMEDIATE : sl_kw(l, 2) == SL_KW_FROM;
    bool is_literal = is_form && at < l->n_tokens && l->tokens[at].kind == SL_TOK_STRING &&
                      (at + 1 == l->n_tokens || l->tokens[at + 1].kind == SL_TOK_SEMICOLON ||
                       l->tokens[at + 1].keyword == SL_KW_USING);
    if (!is_literal || l->is_literal) {
        sl_set_aside(l, SL_LOWERED_ADMIN);
        return;
    }
    sl_lowering_set_verb(l, is_immediate ? "execute" : "prepare");
    l->pos = at;
    literal_statement(l, l->role);
    sl_set_aside(l, SL_LOWERED_ADMIN);
}

/* ---- SET ---- */

/* ON, ALL, TRADITIONAL …: a word that is a setting's value, no column. */
static bool at_plain_setting(const struct sl_lowering *l)
{
    uint8_t kind = sl_kind(l, 0);
    bool is_one = kind == SL_TOK_WORD || kind == SL_TOK_STRING || kind == SL_TOK_NUMBER || kind == SL_TOK_VARIABLE;
    return is_one &&
           (sl_kind(l, 1) == SL_TOK_COMMA || sl_kind(l, 1) == SL_TOK_SEMICOLON || sl_kind(l, 1) == SL_TOK_END);
}

/* SET NEW.c = e: a write to the row of the trigger. */
static void set_new_column(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    sl_insert(l, "UPDATE \"mysql:new\" SET");
    sl_name_last(l);
    if (sl_op(l, 0) != SL_OP1('=') && sl_op(l, 0) != SL_OP2(':', '='))
        sl_lowering_fail_here(l);
    sl_replace_tokens(l, 1, "=");
    sl_expr(l);
    sl_lowering_finish_item(l, mark, first);
}

static void set_value(struct sl_lowering *l, uint32_t first)
{
    if (!sl_skip_op(l, SL_OP1('=')) && !sl_skip_op(l, SL_OP2(':', '='))) {
        sl_lowering_fail_here(l);
        return;
    }
    if (at_plain_setting(l)) {
        sl_step(l);
        return;
    }
    size_t mark = sl_emit_mark(&l->emit);
    sl_insert(l, "SELECT");
    sl_expr(l);
    sl_lowering_finish_item(l, mark, first);
}

static void set_one(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    bool is_new = l->in_routine && sl_at(l, SL_KW_NEW) && sl_kind(l, 1) == SL_TOK_DOT;
    if (is_new) {
        set_new_column(l);
        return;
    }
    if (sl_at_kind(l, SL_TOK_VARIABLE)) {
        sl_step(l);
    } else {
        if (sl_at(l, SL_KW_GLOBAL) || sl_at(l, SL_KW_SESSION) || sl_at(l, SL_KW_LOCAL) || sl_at(l, SL_KW_PERSIST) ||
            sl_at(l, SL_KW_PERSIST_ONLY))
            l->pos += sl_op(l, 1) == 0;
        l->emit.muted++;
        sl_name_qualified(l);
        l->emit.muted--;
    }
    set_value(l, first);
}

static bool sets_session(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_NAMES:
    case SL_KW_CHARACTER:
    case SL_KW_CHARSET:
    case SL_KW_CHAR:
    case SL_KW_PASSWORD:
    case SL_KW_ROLE:
    case SL_KW_DEFAULT:
    case SL_KW_RESOURCE:
    case SL_KW_TRANSACTION:
        return sl_op(l, 1) == 0 || sl_at(l, SL_KW_PASSWORD);
    default:
        return sl_kw(l, 1) == SL_KW_TRANSACTION;
    }
}

/* MariaDB: SET STATEMENT a = b FOR statement */
static void set_statement_for(struct sl_lowering *l)
{
    while (!sl_at_end(l) && !sl_at(l, SL_KW_FOR))
        sl_skip_any(l);
    sl_expect_skip(l, SL_KW_FOR);
    l->verb = SL_STR_EMPTY;
    sl_statement(l);
}

static void set_statement(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "set");
    uint32_t first = l->pos++;
    if (sl_at(l, SL_KW_STATEMENT)) {
        set_statement_for(l);
        return;
    }
    if (sets_session(l)) {
        l->pos = first;
        sl_set_aside(l, SL_LOWERED_ADMIN);
        return;
    }
    do {
        set_one(l);
    } while (!l->failed && sl_skip_kind(l, SL_TOK_COMMA));
    if (!l->failed && l->kind == SL_LOWERED_EMPTY)
        l->kind = SL_LOWERED_ADMIN;
}

/* ---- dispatch ---- */

static bool is_administration(enum sl_keyword keyword)
{
    switch (keyword) {
    case SL_KW_SHOW:
    case SL_KW_GRANT:
    case SL_KW_REVOKE:
    case SL_KW_USE:
    case SL_KW_FLUSH:
    case SL_KW_RESET:
    case SL_KW_KILL:
    case SL_KW_LOCK:
    case SL_KW_UNLOCK:
    case SL_KW_CHECK:
    case SL_KW_CHECKSUM:
    case SL_KW_OPTIMIZE:
    case SL_KW_REPAIR:
    case SL_KW_DEALLOCATE:
    case SL_KW_HANDLER:
    case SL_KW_INSTALL:
    case SL_KW_UNINSTALL:
    case SL_KW_CACHE:
    case SL_KW_PURGE:
    case SL_KW_CHANGE:
    case SL_KW_STOP:
    case SL_KW_BINLOG:
    case SL_KW_HELP:
    case SL_KW_SHUTDOWN:
    case SL_KW_RESTART:
    case SL_KW_CLONE:
    case SL_KW_IMPORT:
    case SL_KW_SIGNAL:
    case SL_KW_RESIGNAL:
    case SL_KW_GET:
    case SL_KW_BACKUP:
    case SL_KW_DELIMITER:
        return true;
    default:
        return false;
    }
}

static bool is_transaction(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_COMMIT:
    case SL_KW_ROLLBACK:
    case SL_KW_SAVEPOINT:
    case SL_KW_RELEASE:
    case SL_KW_XA:
        return true;
    case SL_KW_START:
        return sl_kw(l, 1) == SL_KW_TRANSACTION;
    case SL_KW_BEGIN:
        return !l->in_routine &&
               (sl_kw(l, 1) == SL_KW_WORK || sl_kind(l, 1) == SL_TOK_END || sl_kind(l, 1) == SL_TOK_SEMICOLON);
    default:
        return false;
    }
}

static bool is_compound(enum sl_keyword keyword)
{
    return keyword == SL_KW_BEGIN || keyword == SL_KW_IF || keyword == SL_KW_CASE || keyword == SL_KW_LOOP ||
           keyword == SL_KW_WHILE || keyword == SL_KW_REPEAT || keyword == SL_KW_FOR;
}

static bool definition_statement(struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_CREATE:
        sl_create_statement(l);
        return true;
    case SL_KW_ALTER:
        sl_alter_statement(l);
        return true;
    case SL_KW_DROP:
        sl_drop_statement(l);
        return true;
    case SL_KW_RENAME:
        sl_rename_statement(l);
        return true;
    case SL_KW_TRUNCATE:
        sl_truncate_statement(l);
        return true;
    default:
        return false;
    }
}

static void other_statement(struct sl_lowering *l)
{
    enum sl_keyword keyword = sl_kw(l, 0);
    if (definition_statement(l))
        return;
    if (is_transaction(l)) {
        sl_set_aside(l, SL_LOWERED_TRANSACTION);
    } else if (keyword == SL_KW_EXPLAIN || keyword == SL_KW_DESCRIBE || keyword == SL_KW_DESC ||
               keyword == SL_KW_ANALYZE) {
        sl_explain_statement(l);
    } else if (keyword == SL_KW_LOAD && (sl_kw(l, 1) == SL_KW_DATA || sl_kw(l, 1) == SL_KW_XML)) {
        sl_load_statement(l);
    } else if (keyword == SL_KW_PREPARE || keyword == SL_KW_EXECUTE) {
        dynamic_statement(l);
    } else if (is_administration(keyword) || keyword == SL_KW_START || keyword == SL_KW_LOAD) {
        sl_set_aside(l, SL_LOWERED_ADMIN);
    } else if (is_compound(keyword)) {
        sl_compound_statement(l);
    } else {
        sl_lowering_fail_here(l);
    }
}

static void mysql_statement(struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_SELECT:
    case SL_KW_VALUES:
    case SL_KW_TABLE:
        single(l, query_statement);
        return;
    case SL_KW_WITH:
    case SL_KW_INSERT:
    case SL_KW_REPLACE:
    case SL_KW_UPDATE:
    case SL_KW_DELETE:
        single(l, sl_with_statement);
        return;
    case SL_KW_CALL:
        single(l, call_statement);
        return;
    case SL_KW_DO:
        single(l, do_statement);
        return;
    case SL_KW_SET:
        set_statement(l);
        return;
    default:
        break;
    }
    if (sl_at_kind(l, SL_TOK_OPEN) || sl_at_kind(l, SL_TOK_LBRACE))
        single(l, query_statement);
    else
        other_statement(l);
}

void sl_statement(struct sl_lowering *l)
{
    if (l->is_sqlite)
        sl_sqlite_statement(l);
    else
        mysql_statement(l);
}

static void statements(struct sl_lowering *l)
{
    while (!l->failed && !sl_at_kind(l, SL_TOK_END)) {
        if (sl_skip_kind(l, SL_TOK_SEMICOLON))
            continue;
        l->role = l->items.len == 0 ? SL_ROLE_MAIN : SL_ROLE_PART;
        sl_statement(l);
        while (l->routine.present && (sl_at_kind(l, SL_TOK_OP) || sl_at_kind(l, SL_TOK_UNKNOWN)))
            sl_step(l); /* a delimiter of some client that was left behind the body */
        if (!l->failed && !sl_at_end(l))
            sl_lowering_fail_here(l);
    }
}

static void comment_facts(struct sl_lowering *l, const struct sl_tokens *tokens)
{
    for (size_t i = 0; i < tokens->comments.len; i++) {
        const struct sl_comment *comment = &tokens->comments.items[i];
        struct sl_fact *fact = SL_VEC_PUSH(l->arena, &l->facts);
        *fact = (struct sl_fact){.kind = comment->is_hint ? SL_FACT_HINT : SL_FACT_EXECUTABLE_COMMENT,
                                 .span = comment->span,
                                 .text = sl_str_slice(l->text, comment->span.off, comment->span.len)};
    }
}

static void lex_failure(struct sl_lowering *l, const struct sl_tokens *tokens)
{
    l->failed = true;
    l->failed_by_limit = tokens->is_limit;
    l->error = tokens->error;
    l->error_off = tokens->error_off;
}

static void fill(struct sl_lowering *l, struct sl_lowered *out)
{
    *out = (struct sl_lowered){.kind = l->kind,
                               .verb = l->verb,
                               .items = l->items.items,
                               .n_items = l->items.len,
                               .facts = l->facts.items,
                               .n_facts = l->facts.len,
                               .routine = l->routine,
                               .error = SL_STR_EMPTY,
                               .is_limit = l->failed_by_limit};
    out->routine.variables = l->variables.items;
    out->routine.n_variables = l->variables.len;
    if (!l->failed)
        return;
    out->kind = SL_LOWERED_NOT_UNDERSTOOD;
    out->n_items = 0;
    out->n_facts = 0;
    out->routine = (struct sl_routine){0};
    out->error = l->error;
    out->error_off = l->error_off;
    sl_fallback(l, &out->fallback);
    if (out->verb.len == 0)
        out->verb = out->fallback.verb;
}

static void lower_text(sl_str statement, const struct sl_sql_mode *mode, struct sl_arena *arena, bool is_literal,
                       struct sl_lowered *out)
{
    struct sl_tokens tokens;
    sl_lex(statement, mode, arena, &tokens);
    struct sl_lowering l = {.text = statement,
                            .mode = mode,
                            .arena = arena,
                            .tokens = tokens.items,
                            .n_tokens = tokens.len,
                            .kind = SL_LOWERED_EMPTY,
                            .verb = SL_STR_EMPTY,
                            .row_alias = SL_STR_EMPTY,
                            .is_literal = is_literal,
                            .is_mysql = mode->dialect == SL_DIALECT_MYSQL,
                            .is_sqlite = mode->dialect == SL_DIALECT_SQLITE};
    sl_emit_init(&l.emit, arena);
    comment_facts(&l, &tokens);
    if (tokens.error.len > 0) {
        lex_failure(&l, &tokens);
    } else {
        sl_number_params(&l, &tokens);
        if (l.is_mysql || l.is_sqlite)
            statements(&l);
        else
            sl_lower_postgres(&l, &tokens);
    }
    fill(&l, out);
}

void sl_lower(sl_str statement, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_lowered *out)
{
    lower_text(statement, mode, arena, false, out);
}

/* NOLINTEND(misc-no-recursion) */
