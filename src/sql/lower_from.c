/* FROM: table references, joins, index hints, derived tables. */
#include "base/limits.h"
#include "sql/lowering.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_LOWERING_DEPTH, in sl_lowering_enter() */

/* Joins that wait for their ON: the last one gets it; what waits in the end is a CROSS JOIN. */
struct waiting {
    size_t *items; /* chunk of the join's words */
    size_t len, cap;
};

static void hint_list(struct sl_lowering *l)
{
    if (!sl_at_kind(l, SL_TOK_OPEN)) {
        sl_lowering_fail_here(l);
        return;
    }
    sl_skip_any(l);
}

static bool is_index_hint(const struct sl_lowering *l, uint32_t ahead)
{
    enum sl_keyword verb = sl_kw(l, ahead);
    enum sl_keyword what = sl_kw(l, ahead + 1);
    return (verb == SL_KW_USE || verb == SL_KW_IGNORE || verb == SL_KW_FORCE) &&
           (what == SL_KW_INDEX || what == SL_KW_KEY || what == SL_KW_INDEXES);
}

/* USE | IGNORE | FORCE  INDEX | KEY [FOR JOIN | ORDER BY | GROUP BY] (…) */
static bool index_hint(struct sl_lowering *l)
{
    if (!is_index_hint(l, 0) || !l->is_mysql)
        return false;
    uint32_t first = l->pos;
    l->pos += 2;
    if (sl_skip(l, SL_KW_FOR) && !sl_skip(l, SL_KW_JOIN))
        l->pos += 2;
    hint_list(l);
    sl_lowering_fact(l, SL_FACT_HINT, first, l->pos);
    return true;
}

/* FOR SYSTEM_TIME AS OF e | BETWEEN a AND b | FROM a TO b | ALL; and AS OF e alone. */
static bool system_time(struct sl_lowering *l)
{
    bool is_for = sl_at2(l, SL_KW_FOR, SL_KW_SYSTEM_TIME);
    if (!is_for && !(sl_at2(l, SL_KW_AS, SL_KW_OF) && !sl_at_end(l) && sl_kind(l, 2) != SL_TOK_COMMA))
        return false;
    uint32_t first = l->pos;
    l->emit.muted++;
    l->pos += is_for ? 2 : 0;
    if (sl_skip2(l, SL_KW_AS, SL_KW_OF)) {
        sl_skip(l, SL_KW_TRANSACTION);
        if (sl_at(l, SL_KW_TIMESTAMP) && sl_kind(l, 1) != SL_TOK_STRING && sl_kind(l, 1) != SL_TOK_OPEN)
            l->pos++;
        sl_expr_level(l, SL_LEVEL_BIT_OR);
    } else if (sl_skip(l, SL_KW_BETWEEN)) {
        sl_expr_level(l, SL_LEVEL_BIT_OR);
        sl_expect_skip(l, SL_KW_AND);
        sl_expr_level(l, SL_LEVEL_BIT_OR);
    } else if (sl_skip(l, SL_KW_FROM)) {
        sl_expr_level(l, SL_LEVEL_BIT_OR);
        sl_expect_skip(l, SL_KW_TO);
        sl_expr_level(l, SL_LEVEL_BIT_OR);
    } else {
        sl_expect_skip(l, SL_KW_ALL);
    }
    l->emit.muted--;
    sl_lowering_fact(l, SL_FACT_OTHER, first, l->pos);
    return true;
}

bool sl_is_join_word(const struct sl_lowering *l, uint32_t ahead)
{
    switch (sl_kw(l, ahead)) {
    case SL_KW_JOIN:
    case SL_KW_INNER:
    case SL_KW_CROSS:
    case SL_KW_LEFT:
    case SL_KW_RIGHT:
    case SL_KW_NATURAL:
        return true;
    case SL_KW_STRAIGHT_JOIN:
        return l->is_mysql;
    case SL_KW_FULL:
        return sl_kw(l, ahead + 1) == SL_KW_JOIN || sl_kw(l, ahead + 1) == SL_KW_OUTER;
    case SL_KW_OUTER:
        return l->is_sqlite;
    default:
        return false;
    }
}

static bool at_table_alias(const struct sl_lowering *l)
{
    if (!sl_is_name(l, 0) && !(l->is_sqlite && sl_at_kind(l, SL_TOK_STRING)))
        return false;
    if (sl_is_join_word(l, 0))
        return false;
    switch (sl_kw(l, 0)) {
    case SL_KW_UNION:
    case SL_KW_EXCEPT:
    case SL_KW_INTERSECT:
    case SL_KW_MINUS: {
        enum sl_keyword next = sl_kw(l, 1);
        return !(next == SL_KW_SELECT || next == SL_KW_ALL || next == SL_KW_DISTINCT || next == SL_KW_VALUES ||
                 next == SL_KW_TABLE || sl_kind(l, 1) == SL_TOK_OPEN);
    }
    case SL_KW_WINDOW:
        return !(sl_is_name(l, 1) && sl_kw(l, 2) == SL_KW_AS);
    case SL_KW_OFFSET: /* MariaDB: FROM t OFFSET 2 ROWS */
        return sl_kind(l, 1) != SL_TOK_NUMBER && sl_kind(l, 1) != SL_TOK_PARAM;
    case SL_KW_INDEXED: /* SQLite */
        return !(l->is_sqlite && sl_kw(l, 1) == SL_KW_BY);
    case SL_KW_RETURNING: /* MariaDB */
    case SL_KW_VALUE:
        return sl_at_end(l) || sl_kind(l, 1) == SL_TOK_COMMA || sl_kw(l, 1) == SL_KW_WHERE ||
               sl_kw(l, 1) == SL_KW_SET || sl_kind(l, 1) == SL_TOK_END || sl_kw(l, 1) == SL_KW_JOIN ||
               sl_kw(l, 1) == SL_KW_ON;
    default:
        return true;
    }
}

static bool table_alias(struct sl_lowering *l)
{
    if (sl_at(l, SL_KW_AS) && sl_kw(l, 1) != SL_KW_OF) {
        sl_keep_token(l);
    } else if (sl_at2(l, SL_KW_AS, SL_KW_OF) &&
               (sl_kind(l, 2) == SL_TOK_COMMA || sl_kind(l, 2) == SL_TOK_END || sl_kind(l, 2) == SL_TOK_CLOSE)) {
        sl_keep_token(l);
    } else if (at_table_alias(l)) {
        sl_insert(l, "AS");
    } else {
        return false;
    }
    if (sl_at_kind(l, SL_TOK_WORD) || sl_at_kind(l, SL_TOK_QUOTED) || sl_at_kind(l, SL_TOK_STRING))
        sl_name_any(l);
    else
        sl_name(l);
    return true;
}

static void table_decoration(struct sl_lowering *l)
{
    while (index_hint(l) || system_time(l)) {
        /* MySQL 5.0: hints with commas between; any other comma is the next table's. */
        if (sl_at_kind(l, SL_TOK_COMMA) && is_index_hint(l, 1))
            l->pos++;
    }
}

static void partition_selection(struct sl_lowering *l)
{
    if (!l->is_mysql || !sl_at(l, SL_KW_PARTITION) || sl_kind(l, 1) != SL_TOK_OPEN)
        return;
    uint32_t first = l->pos++;
    hint_list(l);
    sl_lowering_fact(l, SL_FACT_PARTITION, first, l->pos);
}

/* SQLite: INDEXED BY x, NOT INDEXED. */
static void indexed_by(struct sl_lowering *l)
{
    if (!l->is_sqlite)
        return;
    uint32_t first = l->pos;
    if (sl_skip2(l, SL_KW_INDEXED, SL_KW_BY))
        sl_step(l);
    else if (!sl_skip2(l, SL_KW_NOT, SL_KW_INDEXED))
        return;
    sl_lowering_fact(l, SL_FACT_HINT, first, l->pos);
}

/* The names in COLUMNS (…) from token `at` to `end`, those of NESTED PATH … COLUMNS (…) too, as a list of columns. */
static void json_columns(struct sl_lowering *l, uint32_t at, uint32_t end)
{
    uint32_t pos = l->pos;
    unsigned n = 0;
    for (uint32_t i = at; !l->failed && i < end; i++) {
        bool begins = l->tokens[i].kind == SL_TOK_COMMA ||
                      (l->tokens[i].kind == SL_TOK_OPEN && l->tokens[i - 1].keyword == SL_KW_COLUMNS);
        if (l->tokens[i].kind == SL_TOK_OPEN && !begins)
            i = l->tokens[i].partner; /* of a type: decimal(4, 2) */
        bool is_name = begins && l->tokens[i + 1].keyword != SL_KW_NESTED;
        if (!is_name)
            continue;
        sl_insert(l, n++ ? "," : "(");
        l->pos = i + 1;
        sl_name_any(l);
        sl_insert(l, "\"any\"");
    }
    if (n > 0)
        sl_insert(l, ")");
    l->pos = l->failed ? l->pos : pos;
}

/* JSON_TABLE(e, '$' COLUMNS (…)) AS x: a function; its columns become the alias's column list. */
static void json_table(struct sl_lowering *l)
{
    sl_replace_tokens(l, 1, "\"json_table\"");
    sl_expect_kind(l, SL_TOK_OPEN);
    sl_expr(l);
    sl_expect_kind(l, SL_TOK_COMMA);
    sl_expr(l);
    uint32_t first = l->pos;
    while (!sl_at_kind(l, SL_TOK_CLOSE) && !sl_at_kind(l, SL_TOK_END))
        sl_skip_any(l);
    sl_lowering_fact(l, SL_FACT_OTHER, first, l->pos);
    uint32_t end = l->pos;
    sl_expect_kind(l, SL_TOK_CLOSE);
    if (table_alias(l))
        json_columns(l, first, end);
}

static void derived_table(struct sl_lowering *l)
{
    sl_keep(l, SL_KW_LATERAL);
    uint32_t outer = l->max_height;
    l->max_height = 0;
    sl_query_in_group(l);
    l->max_height = outer > l->max_height + 1 ? outer : l->max_height + 1;
    if (!table_alias(l))
        sl_insert(l, "AS \"mysql:q\"");
    if (sl_at_kind(l, SL_TOK_OPEN))
        sl_name_list(l, false);
}

/* Is the group at `open` one table only: (t), ((t AS x))? */
static bool group_is_single(const struct sl_lowering *l, uint32_t open)
{
    uint32_t close = l->tokens[open].partner;
    for (uint32_t i = open + 1; i < close; i++) {
        const struct sl_token *token = &l->tokens[i];
        if (token->kind == SL_TOK_COMMA)
            return false;
        bool is_join = token->keyword == SL_KW_JOIN || token->keyword == SL_KW_STRAIGHT_JOIN;
        if (token->kind == SL_TOK_WORD && is_join && l->tokens[i - 1].kind != SL_TOK_DOT)
            return false;
        if (token->kind == SL_TOK_OPEN && token->partner > i)
            i = token->partner;
    }
    return true;
}

static void join_chain(struct sl_lowering *l, bool commas_join);

static void group_of_tables(struct sl_lowering *l)
{
    bool is_single = group_is_single(l, l->pos);
    if (!sl_lowering_enter(l))
        return;
    if (is_single) {
        sl_step(l);
        sl_from_factor(l);
        if (!sl_skip_kind(l, SL_TOK_CLOSE))
            sl_lowering_fail_here(l);
    } else {
        sl_expect_kind(l, SL_TOK_OPEN);
        join_chain(l, true);
        sl_expect_kind(l, SL_TOK_CLOSE);
    }
    sl_lowering_leave(l);
    if (l->is_sqlite)
        table_alias(l);
}

/* {OJ a LEFT JOIN b ON …} */
static void odbc_join(struct sl_lowering *l)
{
    l->pos += 2;
    sl_insert(l, "(");
    join_chain(l, true);
    sl_insert(l, ")");
    if (!sl_skip_kind(l, SL_TOK_RBRACE))
        sl_lowering_fail_here(l);
}

static bool at_table_function(const struct sl_lowering *l)
{
    return sl_at_call(l) && !sl_at(l, SL_KW_VALUES);
}

static void plain_table(struct sl_lowering *l)
{
    if (sl_at_kind(l, SL_TOK_STRING) && !l->is_sqlite) {
        sl_lowering_fail_here(l);
        return;
    }
    if (at_table_function(l)) {
        if (sl_at(l, SL_KW_JSON_TABLE)) {
            json_table(l);
            return;
        }
        sl_call(l);
        table_alias(l);
        return;
    }
    sl_name_qualified(l);
    partition_selection(l);
    indexed_by(l);
    if (l->is_mysql)
        table_decoration(l);
    table_alias(l);
    indexed_by(l);
    if (l->is_mysql)
        table_decoration(l);
}

void sl_from_factor(struct sl_lowering *l)
{
    if (sl_at_kind(l, SL_TOK_OPEN)) {
        if (sl_group_is_query(l, l->pos))
            derived_table(l);
        else
            group_of_tables(l);
        return;
    }
    if (sl_at_kind(l, SL_TOK_LBRACE)) {
        odbc_join(l);
        return;
    }
    if (sl_at(l, SL_KW_LATERAL) && sl_kind(l, 1) == SL_TOK_OPEN) {
        derived_table(l);
        return;
    }
    plain_table(l);
}

/* Reads the words of a join; false if there is none. One that may take ON is remembered in *waiting. */
static bool join_words(struct sl_lowering *l, struct waiting *waiting)
{
    if (!sl_is_join_word(l, 0))
        return false;
    bool is_natural = false;
    enum sl_keyword side = SL_NOT_A_KEYWORD;
    uint32_t n = 0;
    for (; sl_is_join_word(l, n) || sl_kw(l, n) == SL_KW_OUTER; n++) {
        enum sl_keyword keyword = sl_kw(l, n);
        is_natural = is_natural || keyword == SL_KW_NATURAL;
        if (keyword == SL_KW_LEFT || keyword == SL_KW_RIGHT || keyword == SL_KW_FULL)
            side = keyword;
        if (keyword == SL_KW_JOIN || keyword == SL_KW_STRAIGHT_JOIN)
            break;
    }
    if (sl_kw(l, n) != SL_KW_JOIN && sl_kw(l, n) != SL_KW_STRAIGHT_JOIN) {
        sl_lowering_fail_here(l);
        return false;
    }
    static const char *const texts[][2] = {
        {"JOIN", "NATURAL JOIN"},
        {"LEFT JOIN", "NATURAL LEFT JOIN"},
        {"RIGHT JOIN", "NATURAL RIGHT JOIN"},
        {"FULL JOIN", "NATURAL FULL JOIN"},
    };
    unsigned row = side == SL_KW_LEFT ? 1 : side == SL_KW_RIGHT ? 2 : side == SL_KW_FULL ? 3 : 0;
    if (!l->emit.muted && !is_natural)
        *SL_VEC_PUSH(l->arena, waiting) = sl_emit_mark(&l->emit);
    sl_replace_tokens(l, n + 1, texts[row][is_natural]);
    return true;
}

/* ON e, USING (…): they belong to the last join that waits. */
static bool join_condition(struct sl_lowering *l, struct waiting *waiting)
{
    bool is_using = sl_at(l, SL_KW_USING) && sl_kind(l, 1) == SL_TOK_OPEN;
    bool is_on = sl_at(l, SL_KW_ON) && !(sl_kw(l, 1) == SL_KW_DUPLICATE && sl_kw(l, 2) == SL_KW_KEY) &&
                 !(sl_kw(l, 1) == SL_KW_CONFLICT);
    if (!is_on && !is_using)
        return false;
    if (waiting->len == 0 && !l->emit.muted) {
        sl_lowering_fail_here(l);
        return false;
    }
    if (waiting->len > 0) {
        size_t join = waiting->items[--waiting->len];
        if (l->emit.items[join].ptr[0] == ',') /* SQLite: FROM a, b ON … */
            sl_emit_rewrite(&l->emit, join, "JOIN");
    }
    sl_keep_token(l);
    if (is_using)
        sl_name_list(l, false);
    else
        sl_expr(l);
    return true;
}

/* A JOIN without ON is a CROSS JOIN. (An outer join without ON is SQLite's: ON TRUE has to stand behind its operand,
 * so it becomes a CROSS JOIN too; no column is lost.) */
static void close_waiting(struct sl_lowering *l, const struct waiting *waiting)
{
    for (size_t i = 0; i < waiting->len; i++) {
        if (l->emit.items[waiting->items[i]].ptr[0] != ',')
            sl_emit_rewrite(&l->emit, waiting->items[i], "CROSS JOIN");
    }
}

static void join_chain(struct sl_lowering *l, bool commas_join)
{
    struct waiting waiting = {0};
    uint32_t n_joins = 0;
    sl_from_factor(l);
    while (!l->failed) {
        if (join_condition(l, &waiting))
            continue;
        bool is_comma = commas_join && sl_at_kind(l, SL_TOK_COMMA);
        bool is_sqlite_comma = l->is_sqlite && !commas_join && sl_at_kind(l, SL_TOK_COMMA);
        if (is_sqlite_comma && !l->emit.muted)
            *SL_VEC_PUSH(l->arena, &waiting) = sl_emit_mark(&l->emit);
        if (is_sqlite_comma)
            sl_keep_token(l);
        else if (is_comma)
            sl_replace_tokens(l, 1, "CROSS JOIN");
        else if (!join_words(l, &waiting))
            break;
        sl_from_factor(l);
        n_joins++;
    }
    close_waiting(l, &waiting);
    l->max_height += n_joins;
    if (l->max_height > SL_MAX_OPERATOR_RUN)
        sl_lowering_fail_limit(l, "more joins than the limit");
}

void sl_from_list(struct sl_lowering *l)
{
    do {
        join_chain(l, false);
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
}

bool sl_from_is_single(const struct sl_lowering *l)
{
    for (uint32_t i = l->pos; i < l->n_tokens; i++) {
        const struct sl_token *token = &l->tokens[i];
        if (token->kind == SL_TOK_SEMICOLON ||
            (token->kind == SL_TOK_WORD && (token->keyword == SL_KW_SET || token->keyword == SL_KW_WHERE)))
            return true;
        if (token->kind == SL_TOK_COMMA || token->kind == SL_TOK_LBRACE)
            return false;
        bool is_join = token->keyword == SL_KW_JOIN || token->keyword == SL_KW_STRAIGHT_JOIN;
        if (token->kind == SL_TOK_WORD && is_join && l->tokens[i > 0 ? i - 1 : 0].kind != SL_TOK_DOT)
            return false;
        if (token->kind == SL_TOK_OPEN && token->partner > i) {
            if (i == l->pos)
                return false;
            i = token->partner;
        }
    }
    return true;
}

/* NOLINTEND(misc-no-recursion) */
