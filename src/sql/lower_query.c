/* Queries: WITH, set operators, SELECT and its clauses, VALUES rows, ORDER BY, LIMIT, locks. */
#include "base/limits.h"
#include "sql/lowering.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_LOWERING_DEPTH, in sl_lowering_enter() */

static bool starts_query(enum sl_keyword keyword, const struct sl_lowering *l, uint32_t index)
{
    if (keyword == SL_KW_SELECT || keyword == SL_KW_WITH)
        return true;
    if (keyword == SL_KW_VALUES && l->in_on_duplicate) /* VALUES(c) is no query there */
        return false;
    if (keyword == SL_KW_VALUES)
        return l->is_sqlite || l->tokens[index + 1].keyword == SL_KW_ROW || l->tokens[index + 1].kind == SL_TOK_OPEN;
    return keyword == SL_KW_TABLE && l->is_mysql;
}

static enum sl_keyword keyword_of(const struct sl_token *token)
{
    return token->kind == SL_TOK_WORD ? (enum sl_keyword)token->keyword : SL_NOT_A_KEYWORD;
}

static bool is_set_operator(enum sl_keyword keyword)
{
    return keyword == SL_KW_UNION || keyword == SL_KW_EXCEPT || keyword == SL_KW_INTERSECT || keyword == SL_KW_MINUS;
}

/* Behind a query in parentheses: is the whole still a query? ((SELECT 1) UNION …), ((SELECT 1)) but not ((SELECT 1) +
 * 1). */
static bool continues_query(const struct sl_lowering *l, uint32_t index, uint32_t close)
{
    if (index >= close)
        return true;
    enum sl_keyword keyword = keyword_of(&l->tokens[index]);
    return is_set_operator(keyword) || keyword == SL_KW_ORDER || keyword == SL_KW_LIMIT;
}

bool sl_group_is_query(const struct sl_lowering *l, uint32_t open)
{
    uint32_t close = l->tokens[open].partner;
    uint32_t inner = open + 1;
    while (inner < close && l->tokens[inner].kind == SL_TOK_OPEN) {
        if (!continues_query(l, sl_behind_group(l, inner), close))
            return false;
        close = l->tokens[inner].partner;
        inner++;
    }
    return inner < l->n_tokens && starts_query(keyword_of(&l->tokens[inner]), l, inner);
}

bool sl_at_query(const struct sl_lowering *l)
{
    if (sl_at_kind(l, SL_TOK_OPEN))
        return sl_group_is_query(l, l->pos);
    return starts_query(sl_kw(l, 0), l, l->pos);
}

void sl_query_in_group(struct sl_lowering *l)
{
    sl_expect_kind(l, SL_TOK_OPEN);
    sl_query(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
}

/* ---- SELECT ---- */

static bool is_select_option(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_HIGH_PRIORITY:
    case SL_KW_STRAIGHT_JOIN:
    case SL_KW_SQL_SMALL_RESULT:
    case SL_KW_SQL_BIG_RESULT:
    case SL_KW_SQL_CALC_FOUND_ROWS:
        return l->is_mysql;
    case SL_KW_SQL_BUFFER_RESULT:
    case SL_KW_SQL_CACHE:
    case SL_KW_SQL_NO_CACHE: /* not reserved: a column of that name has a comma or a dot behind it */
        return l->is_mysql && sl_kind(l, 1) != SL_TOK_COMMA && sl_kind(l, 1) != SL_TOK_DOT &&
               sl_kw(l, 1) != SL_KW_FROM && sl_kw(l, 1) != SL_KW_AS && sl_kind(l, 1) != SL_TOK_END;
    default:
        return false;
    }
}

static void select_options(struct sl_lowering *l)
{
    bool is_distinct = false;
    for (;;) {
        if (is_select_option(l)) {
            sl_lowering_fact(l, SL_FACT_HINT, l->pos, l->pos + 1);
            l->pos++;
        } else if (sl_at(l, SL_KW_DISTINCT) ||
                   (l->is_mysql && (sl_at(l, SL_KW_DISTINCTROW) || sl_at(l, SL_KW_UNIQUE)))) {
            if (is_distinct)
                l->pos++;
            else
                sl_replace_tokens(l, 1, "DISTINCT");
            is_distinct = true;
        } else if (!sl_skip(l, SL_KW_ALL)) {
            return;
        }
    }
}

static bool at_bare_alias(const struct sl_lowering *l)
{
    if (sl_at_kind(l, SL_TOK_STRING))
        return true;
    enum sl_keyword keyword = sl_kw(l, 0);
    if (is_set_operator(keyword)) {
        enum sl_keyword next = sl_kw(l, 1);
        return !(next == SL_KW_SELECT || next == SL_KW_ALL || next == SL_KW_DISTINCT || next == SL_KW_VALUES ||
                 next == SL_KW_TABLE || sl_kind(l, 1) == SL_TOK_OPEN) &&
               sl_is_name(l, 0);
    }
    if (keyword == SL_KW_WINDOW && sl_is_name(l, 1) && sl_kw(l, 2) == SL_KW_AS)
        return false;
    return sl_is_name(l, 0) && !sl_is_join_word(l, 0);
}

static void select_item(struct sl_lowering *l)
{
    if (sl_op(l, 0) == SL_OP1('*')) {
        sl_keep_token(l);
        return;
    }
    sl_expr(l);
    if (sl_at(l, SL_KW_AS)) {
        sl_keep_token(l);
        if (sl_at_kind(l, SL_TOK_STRING) || sl_at_kind(l, SL_TOK_WORD) || sl_at_kind(l, SL_TOK_QUOTED))
            sl_name_any(l);
        else
            sl_name(l);
    } else if (at_bare_alias(l)) {
        sl_insert(l, "AS");
        sl_name_any(l);
    }
}

static bool ends_into(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_FROM:
    case SL_KW_FOR:
    case SL_KW_LOCK:
    case SL_KW_UNION:
    case SL_KW_WHERE:
    case SL_KW_ORDER:
    case SL_KW_LIMIT:
    case SL_KW_GROUP:
    case SL_KW_HAVING:
        return true;
    default:
        return sl_at_end(l) || sl_at_kind(l, SL_TOK_CLOSE);
    }
}

/* INTO @a, @b / OUTFILE …: read, a fact. */
static void lower_into(struct sl_lowering *l)
{
    uint32_t first = l->pos++;
    while (!ends_into(l))
        sl_skip_any(l);
    sl_lowering_fact(l, SL_FACT_INTO, first, l->pos);
}

/* PROCEDURE ANALYSE (…) */
static void procedure_clause(struct sl_lowering *l)
{
    if (!sl_at(l, SL_KW_PROCEDURE))
        return;
    uint32_t first = l->pos++;
    while (!sl_at_end(l) && !sl_at_kind(l, SL_TOK_CLOSE) && !is_set_operator(sl_kw(l, 0)))
        sl_skip_any(l);
    sl_lowering_fact(l, SL_FACT_OTHER, first, l->pos);
}

void sl_order_list(struct sl_lowering *l)
{
    do {
        sl_expr(l);
        if (!sl_keep(l, SL_KW_ASC))
            sl_keep(l, SL_KW_DESC);
        if (sl_at(l, SL_KW_NULLS)) {
            sl_keep_token(l);
            sl_keep_token(l);
        }
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
}

static void group_by(struct sl_lowering *l)
{
    if (!sl_at2(l, SL_KW_GROUP, SL_KW_BY))
        return;
    sl_keep_token(l);
    sl_keep_token(l);
    do {
        sl_expr(l);
        if (!sl_skip(l, SL_KW_ASC)) /* MySQL 5.7 */
            sl_skip(l, SL_KW_DESC);
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
    if (sl_at2(l, SL_KW_WITH, SL_KW_ROLLUP) || sl_at2(l, SL_KW_WITH, SL_KW_CUBE)) {
        sl_lowering_fact(l, SL_FACT_ROLLUP, l->pos, l->pos + 2);
        l->pos += 2;
    }
}

static void window_clause(struct sl_lowering *l)
{
    if (!sl_at(l, SL_KW_WINDOW) || !sl_is_name(l, 1))
        return;
    sl_keep_token(l);
    do {
        sl_name_any(l);
        sl_expect_keep(l, SL_KW_AS);
        sl_window_spec(l);
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
}

static void select_core(struct sl_lowering *l)
{
    sl_expect_keep(l, SL_KW_SELECT);
    select_options(l);
    do {
        select_item(l);
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
    if (sl_at(l, SL_KW_INTO))
        lower_into(l);
    if (sl_at2(l, SL_KW_FROM, SL_KW_DUAL) && sl_kind(l, 2) != SL_TOK_COMMA && l->is_mysql)
        l->pos += 2;
    else if (sl_keep(l, SL_KW_FROM))
        sl_from_list(l);
    if (sl_keep(l, SL_KW_WHERE))
        sl_expr(l);
    group_by(l);
    if (sl_keep(l, SL_KW_HAVING))
        sl_expr(l);
    window_clause(l);
}

/* ---- VALUES ---- */

static bool row_holds_query(const struct sl_lowering *l, uint32_t open)
{
    for (uint32_t i = open; i < l->tokens[open].partner; i++) {
        if (l->tokens[i].kind == SL_TOK_WORD && l->tokens[i].keyword == SL_KW_SELECT)
            return true;
    }
    return false;
}

static void value_row(struct sl_lowering *l)
{
    sl_skip(l, SL_KW_ROW);
    sl_expect_kind(l, SL_TOK_OPEN);
    if (sl_at_kind(l, SL_TOK_CLOSE))
        sl_insert(l, "DEFAULT");
    while (!l->failed && !sl_at_kind(l, SL_TOK_CLOSE)) {
        if (sl_at(l, SL_KW_IGNORE) && (sl_kind(l, 1) == SL_TOK_COMMA || sl_kind(l, 1) == SL_TOK_CLOSE))
            sl_replace_tokens(l, 1, "DEFAULT"); /* MariaDB */
        else
            sl_expr(l);
        if (!sl_keep_kind(l, SL_TOK_COMMA))
            break;
    }
    sl_expect_kind(l, SL_TOK_CLOSE);
}

/* Rows beyond the limit look like the ones before: they are counted, unless a query stands in them. */
static void elide_rows(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    unsigned n = 0;
    while (sl_at_kind(l, SL_TOK_COMMA)) {
        uint32_t open = l->pos + 1 + (sl_kw(l, 1) == SL_KW_ROW);
        if (l->tokens[open].kind != SL_TOK_OPEN || row_holds_query(l, open))
            break;
        l->pos = sl_behind_group(l, open);
        n++;
    }
    if (n > 0)
        sl_lowering_fact_text(l, SL_FACT_ELIDED, first, l->pos, sl_arena_printf(l->arena, "%u", n));
}

void sl_value_rows(struct sl_lowering *l)
{
    for (unsigned n = 1; !l->failed; n++) {
        value_row(l);
        if (n >= SL_MAX_LIST_LITERALS)
            elide_rows(l);
        if (!sl_keep_kind(l, SL_TOK_COMMA))
            return;
    }
}

/* ---- set operators, WITH, what follows a query ---- */

/* Does the query in the group at `open` have ORDER BY or LIMIT of its own? */
static bool group_is_ordered(const struct sl_lowering *l, uint32_t open)
{
    uint32_t close = l->tokens[open].partner;
    for (uint32_t i = open + 1; i < close; i++) {
        enum sl_keyword keyword = keyword_of(&l->tokens[i]);
        if (keyword == SL_KW_ORDER || keyword == SL_KW_LIMIT || keyword == SL_KW_WITH)
            return true;
        if (l->tokens[i].kind == SL_TOK_OPEN && l->tokens[i].partner > i) {
            bool is_whole = i == open + 1 && l->tokens[i].partner + 1 == close;
            if (is_whole)
                close = l->tokens[i].partner;
            else
                i = l->tokens[i].partner;
        }
    }
    return false;
}

static bool at_tail(enum sl_keyword keyword)
{
    return keyword == SL_KW_ORDER || keyword == SL_KW_LIMIT || keyword == SL_KW_FOR || keyword == SL_KW_LOCK ||
           keyword == SL_KW_OFFSET || keyword == SL_KW_FETCH;
}

/* (SELECT … LIMIT 1) ORDER BY …: the common grammar refuses the second clause. */
static void term_in_group(struct sl_lowering *l)
{
    uint32_t behind = sl_behind_group(l, l->pos);
    bool is_wrapped =
        at_tail(keyword_of(&l->tokens[behind < l->n_tokens ? behind : l->n_tokens])) && group_is_ordered(l, l->pos);
    if (is_wrapped)
        sl_insert(l, "SELECT * FROM");
    if (sl_lowering_enter(l)) {
        sl_query_in_group(l);
        sl_lowering_leave(l);
    }
    if (is_wrapped)
        sl_insert(l, "AS \"mysql:q\"");
}

static void query_term(struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_SELECT:
        select_core(l);
        return;
    case SL_KW_VALUES:
        sl_keep_token(l);
        sl_value_rows(l);
        return;
    case SL_KW_TABLE:
        sl_keep_token(l);
        sl_name_qualified(l);
        return;
    default:
        break;
    }
    if (sl_at_kind(l, SL_TOK_OPEN))
        term_in_group(l);
    else
        sl_lowering_fail_here(l);
}

static void limit_number(struct sl_lowering *l)
{
    sl_expr_level(l, SL_LEVEL_BIT_OR);
}

/* LIMIT a, b → OFFSET a LIMIT b, which keeps the order of the tokens. */
void sl_limit(struct sl_lowering *l)
{
    if (!sl_at(l, SL_KW_LIMIT))
        return;
    if (sl_at2(l, SL_KW_LIMIT, SL_KW_ROWS)) { /* MariaDB: LIMIT ROWS EXAMINED n */
        l->pos += 3;
        sl_step(l);
        return;
    }
    size_t mark = sl_emit_mark(&l->emit);
    sl_keep_token(l);
    limit_number(l);
    if (sl_at_kind(l, SL_TOK_COMMA)) {
        sl_emit_rewrite(&l->emit, mark, "OFFSET");
        sl_replace_tokens(l, 1, "LIMIT");
        limit_number(l);
    } else if (sl_keep(l, SL_KW_OFFSET)) {
        limit_number(l);
    }
    if (sl_at2(l, SL_KW_ROWS, SL_KW_EXAMINED)) {
        l->pos += 2;
        sl_step(l);
    }
}

/* MariaDB 10.6: OFFSET n ROWS FETCH FIRST m ROWS ONLY, as PostgreSQL has it. */
static void offset_fetch(struct sl_lowering *l)
{
    if (sl_keep(l, SL_KW_OFFSET)) {
        limit_number(l);
        if (!sl_skip(l, SL_KW_ROW))
            sl_skip(l, SL_KW_ROWS);
    }
    if (!sl_at(l, SL_KW_FETCH) || !(sl_kw(l, 1) == SL_KW_FIRST || sl_kw(l, 1) == SL_KW_NEXT))
        return;
    sl_replace_tokens(l, 2, "FETCH FIRST");
    if (!sl_at(l, SL_KW_ROW) && !sl_at(l, SL_KW_ROWS)) {
        sl_insert(l, "(");
        limit_number(l);
        sl_insert(l, ")");
    }
    sl_keep_token(l);
    if (!sl_keep(l, SL_KW_ONLY))
        while (sl_at(l, SL_KW_WITH) || sl_at(l, SL_KW_TIES))
            sl_keep_token(l);
}

static void lock_tail(struct sl_lowering *l)
{
    if (sl_keep(l, SL_KW_OF)) {
        do {
            sl_name_qualified(l);
        } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
    }
    if (sl_keep(l, SL_KW_NOWAIT))
        return;
    if (sl_at2(l, SL_KW_SKIP, SL_KW_LOCKED)) {
        sl_keep_token(l);
        sl_keep_token(l);
    } else if (sl_skip(l, SL_KW_WAIT)) {
        sl_step(l);
    }
}

static void locking(struct sl_lowering *l)
{
    for (;;) {
        if (sl_at2(l, SL_KW_FOR, SL_KW_UPDATE) || sl_at2(l, SL_KW_FOR, SL_KW_SHARE)) {
            sl_keep_token(l);
            sl_keep_token(l);
            lock_tail(l);
        } else if (sl_at2(l, SL_KW_LOCK, SL_KW_IN)) {
            sl_replace_tokens(l, 4, "FOR SHARE");
            lock_tail(l);
        } else {
            return;
        }
    }
}

static void query_tail(struct sl_lowering *l)
{
    if (sl_at2(l, SL_KW_ORDER, SL_KW_BY)) {
        sl_keep_token(l);
        sl_keep_token(l);
        sl_order_list(l);
    }
    sl_limit(l);
    offset_fetch(l);
    procedure_clause(l);
    if (sl_at(l, SL_KW_INTO))
        lower_into(l);
    locking(l);
    if (sl_at(l, SL_KW_INTO))
        lower_into(l);
    sl_skip2(l, SL_KW_WITH, SL_KW_ROLLUP);
}

static void keep_set_operator(struct sl_lowering *l)
{
    sl_replace_tokens(l, 1, sl_at(l, SL_KW_UNION) ? "UNION" : sl_at(l, SL_KW_INTERSECT) ? "INTERSECT" : "EXCEPT");
    if (!sl_keep(l, SL_KW_ALL) && !sl_skip(l, SL_KW_DISTINCT))
        sl_skip(l, SL_KW_DISTINCTROW);
}

static void cte(struct sl_lowering *l)
{
    sl_name(l);
    if (sl_at_kind(l, SL_TOK_OPEN))
        sl_name_list(l, false);
    sl_expect_keep(l, SL_KW_AS);
    if (sl_keep(l, SL_KW_NOT))
        sl_expect_keep(l, SL_KW_MATERIALIZED);
    else
        sl_keep(l, SL_KW_MATERIALIZED);
    sl_query_in_group(l);
    if (sl_at(l, SL_KW_CYCLE)) { /* MariaDB: CYCLE a, b RESTRICT */
        while (!sl_at_end(l) && !sl_skip(l, SL_KW_RESTRICT))
            sl_step(l);
    }
}

void sl_with(struct sl_lowering *l)
{
    if (!sl_keep(l, SL_KW_WITH))
        return;
    sl_keep(l, SL_KW_RECURSIVE);
    do {
        cte(l);
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
}

void sl_query(struct sl_lowering *l)
{
    if (!sl_lowering_enter(l))
        return;
    sl_with(l);
    size_t first = sl_emit_mark(&l->emit);
    query_term(l);
    uint32_t n_arms = 1;
    while (!l->failed && is_set_operator(sl_kw(l, 0))) {
        /* SQLite takes its set operators from left to right; in the common grammar INTERSECT comes first. */
        if (l->is_sqlite && n_arms > 1 && sl_at(l, SL_KW_INTERSECT)) {
            sl_emit_open_at(&l->emit, first);
            sl_insert(l, ")");
        }
        keep_set_operator(l);
        query_term(l);
        if (++n_arms > SL_MAX_UNION_ARMS)
            sl_lowering_fail_limit(l, "more arms of UNION than the limit");
    }
    query_tail(l);
    l->max_height += n_arms;
    if (l->max_height > SL_MAX_OPERATOR_RUN)
        sl_lowering_fail_limit(l, "deeper nesting than the limit");
    sl_lowering_leave(l);
}

/* NOLINTEND(misc-no-recursion) */
