/* Function calls, INTERVAL, window clauses: everything that starts with a name and a parenthesis. */
#include "sql/lowering.h"

/* Reserved words that are functions when "(" follows. */
static bool is_function_word(const struct sl_lowering *l, enum sl_keyword keyword)
{
    if (l->is_sqlite)
        return !sl_keyword_is_sqlite_reserved(keyword) || keyword == SL_KW_LEFT || keyword == SL_KW_RIGHT;
    switch (keyword) {
    case SL_KW_LEFT:
    case SL_KW_RIGHT:
    case SL_KW_REPLACE:
    case SL_KW_INSERT:
    case SL_KW_IF:
    case SL_KW_MOD:
    case SL_KW_CHAR:
    case SL_KW_REPEAT:
    case SL_KW_DATABASE:
    case SL_KW_SCHEMA:
    case SL_KW_VALUES:
    case SL_KW_UTC_DATE:
    case SL_KW_UTC_TIME:
    case SL_KW_UTC_TIMESTAMP:
    case SL_KW_CURRENT_DATE:
    case SL_KW_CURRENT_TIME:
    case SL_KW_CURRENT_TIMESTAMP:
    case SL_KW_CURRENT_USER:
    case SL_KW_LOCALTIME:
    case SL_KW_LOCALTIMESTAMP:
    case SL_KW_CONVERT:
    case SL_KW_DEFAULT:
    case SL_KW_INTERVAL:
    case SL_KW_MATCH:
        return true;
    default:
        return !sl_keyword_is_mysql_reserved(keyword);
    }
}

/* MATCH a, b AGAINST needs no parenthesis; NEXT VALUE FOR has none. */
static bool at_bare_call(const struct sl_lowering *l)
{
    if (!l->is_mysql)
        return false;
    bool is_sequence =
        (sl_at(l, SL_KW_NEXT) || sl_at(l, SL_KW_PREVIOUS)) && sl_kw(l, 1) == SL_KW_VALUE && sl_kw(l, 2) == SL_KW_FOR;
    return is_sequence || sl_at(l, SL_KW_MATCH);
}

bool sl_at_call(const struct sl_lowering *l)
{
    if (at_bare_call(l))
        return true;
    uint32_t ahead = 0;
    while (sl_kind(l, ahead + 1) == SL_TOK_DOT &&
           (sl_kind(l, ahead + 2) == SL_TOK_WORD || sl_kind(l, ahead + 2) == SL_TOK_QUOTED))
        ahead += 2;
    if (sl_kind(l, ahead + 1) != SL_TOK_OPEN)
        return false;
    return ahead > 0 || sl_kind(l, 0) == SL_TOK_QUOTED || is_function_word(l, sl_kw(l, 0));
}

/* ---- INTERVAL ---- */

static bool is_unit(enum sl_keyword keyword)
{
    switch (keyword) {
    case SL_KW_MICROSECOND:
    case SL_KW_SECOND:
    case SL_KW_MINUTE:
    case SL_KW_HOUR:
    case SL_KW_DAY:
    case SL_KW_WEEK:
    case SL_KW_MONTH:
    case SL_KW_QUARTER:
    case SL_KW_YEAR:
    case SL_KW_SECOND_MICROSECOND:
    case SL_KW_MINUTE_MICROSECOND:
    case SL_KW_MINUTE_SECOND:
    case SL_KW_HOUR_MICROSECOND:
    case SL_KW_HOUR_SECOND:
    case SL_KW_HOUR_MINUTE:
    case SL_KW_DAY_MICROSECOND:
    case SL_KW_DAY_SECOND:
    case SL_KW_DAY_MINUTE:
    case SL_KW_DAY_HOUR:
    case SL_KW_YEAR_MONTH:
    case SL_KW_SQL_TSI_SECOND:
    case SL_KW_SQL_TSI_MINUTE:
    case SL_KW_SQL_TSI_HOUR:
    case SL_KW_SQL_TSI_DAY:
    case SL_KW_SQL_TSI_WEEK:
    case SL_KW_SQL_TSI_MONTH:
    case SL_KW_SQL_TSI_QUARTER:
    case SL_KW_SQL_TSI_YEAR:
    case SL_KW_SQL_TSI_MICROSECOND:
        return true;
    default:
        return false;
    }
}

/* INTERVAL (a, b, …) is a function; INTERVAL (a) DAY is not. */
bool sl_at_interval(const struct sl_lowering *l)
{
    if (!l->is_mysql || !sl_at(l, SL_KW_INTERVAL))
        return false;
    if (sl_kind(l, 1) != SL_TOK_OPEN)
        return true;
    uint32_t behind = sl_behind_group(l, l->pos + 1);
    for (uint32_t i = l->pos + 2; i + 1 < behind; i++) {
        if (l->tokens[i].kind == SL_TOK_COMMA)
            return false;
        if (l->tokens[i].kind == SL_TOK_OPEN && l->tokens[i].partner > i)
            i = l->tokens[i].partner;
    }
    return true; /* INTERVAL (a) + b DAY */
}

static void unit_literal(struct sl_lowering *l)
{
    if (!is_unit(sl_kw(l, 0))) {
        sl_lowering_fail_here(l);
        return;
    }
    const struct sl_token *token = sl_tok(l, 0);
    sl_str unit = sl_arena_copy_lower(l->arena, sl_str_slice(l->text, token->off, token->len));
    if (sl_str_has_prefix(unit, SL_STR("sql_tsi_")))
        unit = sl_str_slice(unit, 8, unit.len);
    sl_emit_add(&l->emit, sl_quote_literal(l->arena, unit), (struct sl_span){token->off, token->len});
    l->pos++;
}

void sl_interval(struct sl_lowering *l)
{
    sl_replace_tokens(l, 1, "mysql_interval");
    sl_emit_insert_tight(&l->emit, "(", sl_off(l));
    sl_expr(l);
    sl_insert(l, ",");
    unit_literal(l);
    sl_insert(l, ")");
}

/* ---- calls with a syntax of their own ---- */

static void open(struct sl_lowering *l)
{
    if (!sl_at_kind(l, SL_TOK_OPEN)) {
        sl_lowering_fail_here(l);
        return;
    }
    const struct sl_token *token = sl_tok(l, 0);
    sl_emit_add(&l->emit, SL_STR("("), (struct sl_span){token->off, token->len});
    if (!l->emit.muted)
        l->emit.items[l->emit.len - 1].is_tight = true;
    l->pos++;
}

static void close(struct sl_lowering *l)
{
    sl_expect_kind(l, SL_TOK_CLOSE);
}

/* The name of a function, in lower case where it has to be quoted. */
static void function_name(struct sl_lowering *l)
{
    const struct sl_token *token = sl_tok(l, 0);
    if (token->kind != SL_TOK_WORD) {
        sl_name_any(l);
        return;
    }
    sl_str bytes = sl_str_slice(l->text, token->off, token->len);
    switch (token->keyword) {
    case SL_KW_COALESCE: /* nodes of their own in the common grammar, with the same arguments */
    case SL_KW_GREATEST:
    case SL_KW_LEAST:
    case SL_KW_NULLIF:
        if (sl_kind(l, 2) == SL_TOK_CLOSE) /* without arguments a plain function only */
            bytes = sl_quote_name(l->arena, sl_arena_copy_lower(l->arena, bytes));
        break;
    default: {
        char class = sl_keyword_postgres_class((enum sl_keyword)token->keyword);
        bool is_odd = bytes.ptr[0] == '$' || sl_is_digit(bytes.ptr[0]);
        if (class == 'C' || class == 'R' || is_odd)
            bytes = sl_quote_name(l->arena, sl_arena_copy_lower(l->arena, bytes));
    }
    }
    sl_emit_add(&l->emit, bytes, (struct sl_span){token->off, token->len});
    l->pos++;
}

/* Words behind the last argument that only change how the value looks. */
static void skip_to_close(struct sl_lowering *l, enum sl_fact_kind kind)
{
    uint32_t first = l->pos;
    while (!l->failed && !sl_at_kind(l, SL_TOK_CLOSE) && !sl_at_kind(l, SL_TOK_END))
        sl_skip_any(l);
    if (l->pos > first)
        sl_lowering_fact(l, kind, first, l->pos);
}

static void call_cast(struct sl_lowering *l)
{
    sl_replace_tokens(l, 1, "CAST");
    open(l);
    sl_expr(l);
    while (sl_at(l, SL_KW_AT)) { /* CAST(e AT TIME ZONE 'x' AS DATETIME) */
        sl_keep_token(l);
        sl_expect_keep(l, SL_KW_TIME);
        sl_expect_keep(l, SL_KW_ZONE);
        sl_skip(l, SL_KW_INTERVAL);
        sl_string(l);
    }
    sl_expect_keep(l, SL_KW_AS);
    sl_type(l);
    skip_to_close(l, SL_FACT_OTHER);
    close(l);
}

static void call_convert(struct sl_lowering *l)
{
    uint32_t at = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    sl_replace_tokens(l, 1, "CAST");
    open(l);
    sl_expr(l);
    if (sl_at(l, SL_KW_USING)) {
        sl_emit_rewrite(&l->emit, mark, "mysql_convert");
        sl_replace_tokens(l, 1, ",");
        const struct sl_token *token = sl_tok(l, 0);
        sl_emit_add(&l->emit, sl_quote_literal(l->arena, sl_lowering_decoded(l, l->pos)),
                    (struct sl_span){token->off, token->len});
        sl_step(l);
    } else if (sl_at_kind(l, SL_TOK_COMMA)) {
        sl_replace_tokens(l, 1, "AS");
        sl_type(l);
        skip_to_close(l, SL_FACT_OTHER);
    } else {
        l->pos = at;
        sl_lowering_fail_here(l);
    }
    close(l);
}

static void call_extract(struct sl_lowering *l)
{
    sl_keep_token(l);
    open(l);
    if (sl_kw(l, 1) == SL_KW_FROM)
        unit_literal(l);
    sl_expect_keep(l, SL_KW_FROM);
    sl_expr(l);
    close(l);
}

/* POSITION(a IN b): the common grammar takes operands without IN and logic there. */
static void call_position(struct sl_lowering *l)
{
    size_t mark = sl_emit_mark(&l->emit);
    function_name(l);
    open(l);
    struct sl_expr first = sl_expr_level(l, SL_LEVEL_BIT_OR);
    if (sl_at(l, SL_KW_IN)) {
        sl_emit_rewrite(&l->emit, mark, "position"); /* it was quoted as a plain function's name */
        sl_expr_wrap(l, &first, SL_BIND_OPERATOR);
        sl_keep_token(l);
        struct sl_expr second = sl_expr_level(l, SL_LEVEL_ANY);
        sl_expr_wrap(l, &second, SL_BIND_OPERATOR);
    } else {
        while (sl_keep_kind(l, SL_TOK_COMMA))
            sl_expr(l);
    }
    close(l);
}

/* SUBSTRING(a, b, c), SUBSTRING(a FROM b FOR c), SUBSTR and MID too. */
static void call_substring(struct sl_lowering *l)
{
    size_t mark = sl_emit_mark(&l->emit);
    sl_replace_tokens(l, 1, "substr");
    open(l);
    sl_expr(l);
    if (sl_at(l, SL_KW_FROM)) {
        sl_emit_rewrite(&l->emit, mark, "substring");
        sl_keep_token(l);
        sl_expr(l);
        if (sl_keep(l, SL_KW_FOR))
            sl_expr(l);
    } else {
        while (sl_keep_kind(l, SL_TOK_COMMA))
            sl_expr(l);
    }
    close(l);
}

static void call_trim(struct sl_lowering *l)
{
    sl_keep_token(l);
    open(l);
    bool has_side = sl_keep(l, SL_KW_BOTH) || sl_keep(l, SL_KW_LEADING) || sl_keep(l, SL_KW_TRAILING);
    if (!(has_side && sl_at(l, SL_KW_FROM)))
        sl_expr(l);
    if (sl_keep(l, SL_KW_FROM))
        sl_expr(l);
    while (sl_keep_kind(l, SL_TOK_COMMA)) /* SQLite: TRIM(a, b) */
        sl_expr(l);
    close(l);
}

/* CHAR(77, 121 USING utf8) and others whose arguments end in words. */
static void call_with_tail(struct sl_lowering *l)
{
    function_name(l);
    open(l);
    if (!sl_at_kind(l, SL_TOK_CLOSE))
        sl_expr_list(l);
    skip_to_close(l, SL_FACT_OTHER);
    close(l);
}

/* TIMESTAMPDIFF(MONTH, a, b): the unit is no column. */
static void call_with_unit(struct sl_lowering *l)
{
    function_name(l);
    open(l);
    unit_literal(l);
    while (sl_keep_kind(l, SL_TOK_COMMA))
        sl_expr(l);
    close(l);
}

/* GET_FORMAT(DATE, 'USA'), NEXTVAL(db.s): the first argument is a name that is no column. */
static void call_with_name(struct sl_lowering *l)
{
    function_name(l);
    open(l);
    uint32_t first = l->pos;
    l->emit.muted++;
    sl_name_any(l);
    while (sl_skip_kind(l, SL_TOK_DOT))
        sl_name_any(l);
    l->emit.muted--;
    sl_emit_add(&l->emit, sl_quote_literal(l->arena, sl_lowering_source(l, first, l->pos)),
                sl_lowering_span(l, first, l->pos));
    while (sl_keep_kind(l, SL_TOK_COMMA))
        sl_expr(l);
    close(l);
}

static void call_match(struct sl_lowering *l)
{
    sl_replace_tokens(l, 1, "mysql_match");
    bool in_group = sl_at_kind(l, SL_TOK_OPEN);
    sl_emit_insert_tight(&l->emit, "(", sl_off(l));
    l->pos += in_group;
    sl_expr_list(l);
    if (in_group && !sl_skip_kind(l, SL_TOK_CLOSE))
        sl_lowering_fail_here(l);
    sl_insert(l, ")");
    if (!sl_at(l, SL_KW_AGAINST)) {
        sl_lowering_fail_here(l);
        return;
    }
    sl_replace_tokens(l, 1, "@@");
    sl_expect_kind(l, SL_TOK_OPEN);
    sl_expr_level(l, SL_LEVEL_BIT_OR);
    skip_to_close(l, SL_FACT_OTHER);
    close(l);
}

/* VALUES(c): the row that was to be inserted. */
static void call_values(struct sl_lowering *l)
{
    bool is_excluded = l->in_on_duplicate;
    if (is_excluded) {
        sl_replace_tokens(l, 2, "excluded");
        sl_insert(l, ".");
        sl_name_last(l);
        if (!sl_skip_kind(l, SL_TOK_CLOSE))
            sl_lowering_fail_here(l);
        return;
    }
    sl_replace_tokens(l, 1, "mysql_values");
    open(l);
    sl_expr(l);
    close(l);
}

static void call_default(struct sl_lowering *l)
{
    sl_replace_tokens(l, 1, "mysql_default");
    open(l);
    sl_expr(l);
    close(l);
}

/* CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP(6) */
static void call_current(struct sl_lowering *l)
{
    sl_keep_token(l);
    bool has_precision = sl_kind(l, 1) == SL_TOK_NUMBER && !sl_at(l, SL_KW_CURRENT_DATE);
    if (has_precision) {
        open(l);
        sl_number(l);
        close(l);
        return;
    }
    sl_skip_any(l);
}

static void call_sequence(struct sl_lowering *l)
{
    sl_replace_tokens(l, 3, "mysql_next_value");
    sl_emit_insert_tight(&l->emit, "(", sl_off(l));
    uint32_t first = l->pos;
    l->emit.muted++;
    sl_name_qualified(l);
    l->emit.muted--;
    sl_emit_add(&l->emit, sl_quote_literal(l->arena, sl_lowering_source(l, first, l->pos)),
                sl_lowering_span(l, first, l->pos));
    sl_insert(l, ")");
}

/* SQLite: RAISE(ABORT, 'message'), RAISE(IGNORE) */
static void call_raise(struct sl_lowering *l)
{
    function_name(l);
    open(l);
    const struct sl_token *token = sl_tok(l, 0);
    sl_emit_add(&l->emit, sl_quote_literal(l->arena, sl_lowering_decoded(l, l->pos)),
                (struct sl_span){token->off, token->len});
    sl_step(l);
    while (sl_keep_kind(l, SL_TOK_COMMA))
        sl_expr(l);
    close(l);
}

/* ---- the ordinary call ---- */

static void argument(struct sl_lowering *l)
{
    if (sl_op(l, 0) == SL_OP1('*') && (sl_kind(l, 1) == SL_TOK_CLOSE || sl_kind(l, 1) == SL_TOK_COMMA)) {
        sl_keep_token(l);
        return;
    }
    if (sl_at(l, SL_KW_SELECT) || sl_at(l, SL_KW_WITH)) { /* SQLite: f(SELECT …) */
        sl_insert(l, "(");
        sl_query(l);
        sl_insert(l, ")");
        return;
    }
    sl_expr(l);
    if (sl_skip(l, SL_KW_AS) || (l->is_mysql && sl_is_name(l, 0))) /* loadable functions: f(a AS b) */
        sl_step(l);
}

static void arguments(struct sl_lowering *l)
{
    while (sl_at(l, SL_KW_ALL) || sl_at(l, SL_KW_DISTINCT) || (l->is_mysql && sl_at(l, SL_KW_DISTINCTROW))) {
        if (sl_at(l, SL_KW_ALL))
            l->pos++;
        else
            sl_replace_tokens(l, 1, "DISTINCT");
    }
    if (sl_at_kind(l, SL_TOK_CLOSE))
        return;
    if (!sl_at2(l, SL_KW_ORDER, SL_KW_BY)) {
        do {
            argument(l);
        } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
    }
    if (sl_at2(l, SL_KW_ORDER, SL_KW_BY)) {
        sl_keep_token(l);
        sl_keep_token(l);
        sl_order_list(l);
    }
    if (sl_at(l, SL_KW_SEPARATOR)) {
        uint32_t first = l->pos++;
        sl_skip_any(l);
        while (sl_at_kind(l, SL_TOK_STRING))
            sl_step(l);
        sl_lowering_fact(l, SL_FACT_SEPARATOR, first, l->pos);
    }
    if (sl_at(l, SL_KW_LIMIT))
        skip_to_close(l, SL_FACT_OTHER);
}

static void skip_nulls_and_from(struct sl_lowering *l)
{
    if (sl_at(l, SL_KW_FROM) && (sl_kw(l, 1) == SL_KW_FIRST || sl_kw(l, 1) == SL_KW_LAST) && l->is_mysql)
        l->pos += 2;
    if ((sl_at(l, SL_KW_RESPECT) || sl_at(l, SL_KW_IGNORE)) && sl_kw(l, 1) == SL_KW_NULLS)
        l->pos += 2;
}

/* FILTER (WHERE …), WITHIN GROUP (…), OVER w, OVER (…). */
static void call_tail(struct sl_lowering *l)
{
    if (sl_at2(l, SL_KW_WITHIN, SL_KW_GROUP)) {
        sl_keep_token(l);
        sl_keep_token(l);
        sl_expect_kind(l, SL_TOK_OPEN);
        sl_expect_keep(l, SL_KW_ORDER);
        sl_expect_keep(l, SL_KW_BY);
        sl_order_list(l);
        close(l);
    }
    if (sl_at(l, SL_KW_FILTER) && sl_kind(l, 1) == SL_TOK_OPEN) {
        sl_keep_token(l);
        sl_keep_token(l);
        sl_expect_keep(l, SL_KW_WHERE);
        sl_expr(l);
        close(l);
    }
    skip_nulls_and_from(l);
    if (!sl_at(l, SL_KW_OVER) || !(sl_kind(l, 1) == SL_TOK_OPEN || sl_is_name(l, 1)))
        return;
    sl_keep_token(l);
    if (sl_at_kind(l, SL_TOK_OPEN))
        sl_window_spec(l);
    else
        sl_name_any(l);
}

static void call_plain(struct sl_lowering *l)
{
    function_name(l);
    while (sl_at_kind(l, SL_TOK_DOT)) {
        sl_keep_token(l);
        sl_name_any(l);
    }
    open(l);
    if (!sl_at_kind(l, SL_TOK_CLOSE))
        arguments(l);
    close(l);
    call_tail(l);
}

static bool mysql_call(struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_CONVERT:
        call_convert(l);
        return true;
    case SL_KW_CHAR:
    case SL_KW_WEIGHT_STRING:
    case SL_KW_JSON_VALUE:
        call_with_tail(l);
        return true;
    case SL_KW_TIMESTAMPADD:
    case SL_KW_TIMESTAMPDIFF:
        call_with_unit(l);
        return true;
    case SL_KW_GET_FORMAT:
    case SL_KW_NEXTVAL: /* MariaDB: the argument names a sequence */
    case SL_KW_LASTVAL:
    case SL_KW_SETVAL:
        call_with_name(l);
        return true;
    case SL_KW_MATCH:
        call_match(l);
        return true;
    case SL_KW_VALUE:
    case SL_KW_VALUES:
        call_values(l);
        return true;
    case SL_KW_DEFAULT:
        call_default(l);
        return true;
    case SL_KW_CURRENT_DATE:
    case SL_KW_CURRENT_TIME:
    case SL_KW_CURRENT_TIMESTAMP:
    case SL_KW_CURRENT_USER:
    case SL_KW_CURRENT_ROLE:
    case SL_KW_LOCALTIME:
    case SL_KW_LOCALTIMESTAMP:
        call_current(l);
        return true;
    case SL_KW_NEXT:
    case SL_KW_PREVIOUS:
        call_sequence(l);
        return true;
    default:
        return false;
    }
}

enum sl_binding sl_call(struct sl_lowering *l)
{
    if (sl_kind(l, 1) == SL_TOK_DOT) {
        call_plain(l);
        return SL_BIND_PRIMARY;
    }
    if (l->is_mysql && (sl_kind(l, 1) == SL_TOK_OPEN || at_bare_call(l))) {
        bool is_match = sl_at(l, SL_KW_MATCH);
        if (mysql_call(l))
            return is_match ? SL_BIND_OPERATOR : SL_BIND_PRIMARY;
    }
    switch (sl_kw(l, 0)) {
    case SL_KW_CAST:
        call_cast(l);
        break;
    case SL_KW_RAISE:
        if (l->is_sqlite)
            call_raise(l);
        else
            call_plain(l);
        break;
    case SL_KW_EXTRACT:
        call_extract(l);
        break;
    case SL_KW_POSITION:
        call_position(l);
        break;
    case SL_KW_SUBSTRING:
    case SL_KW_SUBSTR:
    case SL_KW_MID:
        call_substring(l);
        break;
    case SL_KW_TRIM:
        call_trim(l);
        break;
    default:
        call_plain(l);
    }
    return SL_BIND_PRIMARY;
}

/* ---- windows ---- */

enum bound { BOUND_UNBOUNDED_BEFORE, BOUND_BEFORE, BOUND_CURRENT, BOUND_AFTER, BOUND_UNBOUNDED_AFTER };

static enum bound frame_bound(struct sl_lowering *l)
{
    if (sl_keep(l, SL_KW_UNBOUNDED)) {
        if (sl_keep(l, SL_KW_PRECEDING))
            return BOUND_UNBOUNDED_BEFORE;
        sl_expect_keep(l, SL_KW_FOLLOWING);
        return BOUND_UNBOUNDED_AFTER;
    }
    if (sl_at2(l, SL_KW_CURRENT, SL_KW_ROW)) {
        sl_keep_token(l);
        sl_keep_token(l);
        return BOUND_CURRENT;
    }
    sl_expr_level(l, SL_LEVEL_BIT_OR);
    if (sl_keep(l, SL_KW_PRECEDING))
        return BOUND_BEFORE;
    sl_expect_keep(l, SL_KW_FOLLOWING);
    return BOUND_AFTER;
}

static void frame(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    sl_keep_token(l);
    enum bound start;
    enum bound end = BOUND_CURRENT;
    bool is_between = sl_keep(l, SL_KW_BETWEEN);
    start = frame_bound(l);
    if (is_between) {
        sl_expect_keep(l, SL_KW_AND);
        end = frame_bound(l);
    }
    if (sl_keep(l, SL_KW_EXCLUDE)) {
        while (sl_at_kind(l, SL_TOK_WORD))
            sl_keep_token(l);
    }
    /* MariaDB's grammar lets frames pass that no row can be in; PostgreSQL's does not. */
    bool is_impossible = start == BOUND_UNBOUNDED_AFTER || end == BOUND_UNBOUNDED_BEFORE || (end < start && !l->failed);
    if (is_impossible) {
        sl_emit_truncate(&l->emit, mark);
        sl_lowering_fact(l, SL_FACT_OTHER, first, l->pos);
    }
}

void sl_window_spec(struct sl_lowering *l)
{
    sl_expect_kind(l, SL_TOK_OPEN);
    bool is_clause = sl_at(l, SL_KW_PARTITION) || sl_at(l, SL_KW_ORDER) || sl_at(l, SL_KW_ROWS) ||
                     sl_at(l, SL_KW_RANGE) || (sl_at(l, SL_KW_GROUPS));
    if (!is_clause && !sl_at_kind(l, SL_TOK_CLOSE))
        sl_name(l);
    if (sl_at2(l, SL_KW_PARTITION, SL_KW_BY)) {
        sl_keep_token(l);
        sl_keep_token(l);
        do {
            sl_expr(l);
            if (!sl_skip(l, SL_KW_ASC)) /* MariaDB lets an order pass here */
                sl_skip(l, SL_KW_DESC);
        } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
    }
    if (sl_at2(l, SL_KW_ORDER, SL_KW_BY)) {
        sl_keep_token(l);
        sl_keep_token(l);
        sl_order_list(l);
    }
    if (sl_at(l, SL_KW_ROWS) || sl_at(l, SL_KW_RANGE) || sl_at(l, SL_KW_GROUPS))
        frame(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
}
