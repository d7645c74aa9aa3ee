/* INSERT, REPLACE, UPDATE, DELETE, LOAD DATA, and how an assignment list is written. */
#include "sql/lowering.h"

#define MULTI "\"mysql:multi\""

/* LOW_PRIORITY, DELAYED, QUICK …: how the server queues the statement. Answers whether IGNORE was among them. */
static bool priorities(struct sl_lowering *l)
{
    bool ignores = false;
    for (;;) {
        switch (sl_kw(l, 0)) {
        case SL_KW_IGNORE:
            sl_lowering_fact(l, SL_FACT_IGNORE, l->pos, l->pos + 1);
            ignores = true;
            break;
        case SL_KW_LOW_PRIORITY:
        case SL_KW_HIGH_PRIORITY:
        case SL_KW_DELAYED:
        case SL_KW_CONCURRENT:
            sl_lowering_fact(l, SL_FACT_HINT, l->pos, l->pos + 1);
            break;
        case SL_KW_QUICK:
            if (!sl_is_name(l, 1) && sl_kw(l, 1) != SL_KW_FROM && sl_kw(l, 1) != SL_KW_IGNORE)
                return ignores;
            sl_lowering_fact(l, SL_FACT_HINT, l->pos, l->pos + 1);
            break;
        default:
            return ignores;
        }
        l->pos++;
    }
}

static void partition_selection(struct sl_lowering *l)
{
    if (!l->is_mysql || !sl_at(l, SL_KW_PARTITION) || sl_kind(l, 1) != SL_TOK_OPEN)
        return;
    uint32_t first = l->pos++;
    sl_skip_any(l);
    sl_lowering_fact(l, SL_FACT_PARTITION, first, l->pos);
}

static void assignment_value(struct sl_lowering *l)
{
    bool is_default = sl_at(l, SL_KW_DEFAULT) && sl_kind(l, 1) != SL_TOK_OPEN;
    if (is_default || (sl_at(l, SL_KW_IGNORE) && l->is_mysql))
        sl_replace_tokens(l, 1, "DEFAULT");
    else
        sl_expr(l);
}

static void equals(struct sl_lowering *l)
{
    if (sl_op(l, 0) == SL_OP1('=') || sl_op(l, 0) == SL_OP2(':', '=') || sl_op(l, 0) == SL_OP2('=', '='))
        sl_replace_tokens(l, 1, "=");
    else
        sl_lowering_fail_here(l);
}

/* a = e, b = e; SQLite: (a, b) = (…). A qualifier of the target stays for several tables only. */
static void assignments(struct sl_lowering *l, bool keeps_qualifiers)
{
    do {
        if (sl_at_kind(l, SL_TOK_OPEN))
            sl_name_list(l, false);
        else if (keeps_qualifiers)
            sl_name_qualified(l);
        else
            sl_name_last(l);
        equals(l);
        assignment_value(l);
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
}

/* ORDER BY … LIMIT … of a write: RETURNING keeps the columns visible. */
static void order_and_limit(struct sl_lowering *l, bool behind_returning)
{
    if (!sl_at2(l, SL_KW_ORDER, SL_KW_BY) && !sl_at(l, SL_KW_LIMIT))
        return;
    uint32_t first = l->pos;
    sl_insert(l, behind_returning ? ", ( SELECT" : "RETURNING ( SELECT");
    if (sl_at2(l, SL_KW_ORDER, SL_KW_BY)) {
        sl_keep_token(l);
        sl_keep_token(l);
        sl_order_list(l);
    }
    uint32_t limit = l->pos;
    sl_limit(l);
    sl_insert(l, ")");
    sl_str text = l->pos > limit ? sl_lowering_source(l, limit + 1, l->pos) : SL_STR_EMPTY;
    sl_lowering_fact_text(l, SL_FACT_ORDER_LIMIT, first, l->pos, text);
}

static void returning(struct sl_lowering *l, bool has_order)
{
    if (!sl_at(l, SL_KW_RETURNING))
        return;
    if (has_order)
        sl_replace_tokens(l, 1, ",");
    else
        sl_keep_token(l);
    do {
        if (sl_op(l, 0) == SL_OP1('*')) {
            sl_keep_token(l);
            continue;
        }
        sl_expr(l);
        if (sl_keep(l, SL_KW_AS) || sl_at_kind(l, SL_TOK_STRING))
            sl_name_any(l);
        else if (sl_is_name(l, 0)) {
            sl_insert(l, "AS");
            sl_name_any(l);
        }
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
}

static void where_order_returning(struct sl_lowering *l)
{
    if (sl_keep(l, SL_KW_WHERE))
        sl_expr(l);
    size_t mark = sl_emit_mark(&l->emit);
    order_and_limit(l, false);
    returning(l, sl_emit_mark(&l->emit) > mark);
    if (l->is_sqlite) /* RETURNING stands before ORDER BY there */
        order_and_limit(l, true);
}

/* MariaDB: FOR PORTION OF p FROM a TO b: read, a fact; the rows that it leaves alone are told by a WHERE
 * (portion_test). Answers the token behind FROM, or 0. */
static uint32_t portion(struct sl_lowering *l)
{
    if (!sl_at2(l, SL_KW_FOR, SL_KW_PORTION))
        return 0;
    uint32_t first = l->pos;
    l->pos += 3;
    sl_step(l);
    l->emit.muted++;
    sl_expect_skip(l, SL_KW_FROM);
    uint32_t from = l->pos;
    sl_expr_level(l, SL_LEVEL_BIT_OR);
    sl_expect_skip(l, SL_KW_TO);
    sl_expr_level(l, SL_LEVEL_BIT_OR);
    l->emit.muted--;
    sl_lowering_fact(l, SL_FACT_OTHER, first, l->pos);
    return l->failed ? 0 : from;
}

/* WHERE mysql_portion(a, b) [AND (…)]: the tail of a write that reaches a part of the time only. */
static void portion_where(struct sl_lowering *l, uint32_t from)
{
    uint32_t behind = l->pos;
    l->pos = from;
    sl_insert(l, "WHERE mysql_portion(");
    sl_expr_level(l, SL_LEVEL_BIT_OR);
    sl_insert(l, ",");
    sl_expect_skip(l, SL_KW_TO);
    sl_expr_level(l, SL_LEVEL_BIT_OR);
    sl_insert(l, ")");
    if (l->failed)
        return;
    l->pos = behind;
    if (!sl_skip(l, SL_KW_WHERE))
        return;
    sl_insert(l, "AND (");
    sl_expr(l);
    sl_insert(l, ")");
}

/* MariaDB: DELETE HISTORY FROM t [BEFORE SYSTEM_TIME e]: old versions, no row of today. */
static void history_where(struct sl_lowering *l)
{
    sl_insert(l, "WHERE mysql_history(");
    if (sl_skip2(l, SL_KW_BEFORE, SL_KW_SYSTEM_TIME)) {
        if (sl_kind(l, 1) != SL_TOK_END && (sl_at(l, SL_KW_TRANSACTION) || sl_at(l, SL_KW_TIMESTAMP)))
            sl_step(l);
        sl_expr(l);
    }
    sl_insert(l, ")");
}

/* ---- INSERT, REPLACE ---- */

/* SET a = e, b = e → (a, b) VALUES (e, e): read twice, names first. */
static void insert_set(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    sl_insert(l, "(");
    for (int pass = 0; pass < 2 && !l->failed; pass++) {
        l->pos = first;
        do {
            l->emit.muted += pass == 1;
            sl_name_last(l);
            l->emit.muted -= pass == 1;
            l->emit.muted++;
            equals(l);
            l->emit.muted--;
            l->emit.muted += pass == 0;
            assignment_value(l);
            l->emit.muted -= pass == 0;
        } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
        sl_insert(l, pass == 0 ? ") VALUES (" : ")");
    }
}

static void insert_source(struct sl_lowering *l)
{
    bool is_values = (sl_at(l, SL_KW_VALUES) || sl_at(l, SL_KW_VALUE)) &&
                     (sl_kind(l, 1) == SL_TOK_OPEN || sl_kw(l, 1) == SL_KW_ROW || sl_kind(l, 1) == SL_TOK_PARAM);
    if (is_values && sl_kind(l, 1) == SL_TOK_PARAM) { /* VALUES ?: the client library writes the rows */
        sl_replace_tokens(l, 1, "VALUES (");
        sl_param(l);
        sl_insert(l, ")");
    } else if (is_values && !sl_at(l, SL_KW_VALUES)) {
        sl_replace_tokens(l, 1, "VALUES");
        sl_value_rows(l);
    } else if (sl_skip(l, SL_KW_SET)) {
        insert_set(l);
    } else if (sl_at2(l, SL_KW_DEFAULT, SL_KW_VALUES)) {
        /* behind a list of columns the common grammar takes no DEFAULT VALUES */
        sl_replace_tokens(l, 2, l->tokens[l->pos - 1].kind == SL_TOK_CLOSE ? "VALUES (DEFAULT)" : "DEFAULT VALUES");
    } else {
        sl_query(l);
    }
}

/* The last parts of the names in the group at `open`. */
static void read_names(struct sl_lowering *l, uint32_t open, struct sl_names *names)
{
    for (uint32_t i = open + 1; i < l->tokens[open].partner; i++) {
        bool is_last = l->tokens[i + 1].kind == SL_TOK_COMMA || i + 1 == l->tokens[open].partner;
        if (is_last && l->tokens[i].kind != SL_TOK_COMMA)
            *SL_VEC_PUSH(l->arena, names) = sl_lowering_decoded(l, i);
    }
}

/* AS new, AS new (a, b): names of the row that was to be inserted. */
static void row_alias(struct sl_lowering *l)
{
    if (!sl_at(l, SL_KW_AS))
        return;
    uint32_t first = l->pos++;
    l->row_alias = sl_lowering_decoded(l, l->pos);
    sl_step(l);
    if (sl_at_kind(l, SL_TOK_OPEN)) {
        read_names(l, l->pos, &l->row_columns);
        sl_skip_any(l);
    }
    sl_lowering_fact_text(l, SL_FACT_ROW_ALIAS, first, l->pos, l->row_alias);
}

static bool on_duplicate_key(struct sl_lowering *l)
{
    if (!sl_at2(l, SL_KW_ON, SL_KW_DUPLICATE))
        return false;
    uint32_t first = l->pos;
    sl_replace_tokens(l, 4, "ON CONFLICT DO UPDATE SET");
    l->in_on_duplicate = true;
    l->in_excluded_row = l->row_alias.len > 0;
    assignments(l, false);
    l->in_on_duplicate = false;
    l->in_excluded_row = false;
    sl_lowering_fact(l, SL_FACT_ON_DUPLICATE_KEY, first, l->pos);
    return true;
}

/* Of several ON CONFLICT clauses the first that writes, else the first. */
static uint32_t conflict_that_counts(const struct sl_lowering *l)
{
    uint32_t current = l->pos;
    for (uint32_t i = l->pos; i + 1 < l->n_tokens && l->tokens[i].kind != SL_TOK_SEMICOLON; i++) {
        if (l->tokens[i].kind == SL_TOK_OPEN)
            i = l->tokens[i].partner;
        if (l->tokens[i].keyword == SL_KW_ON && l->tokens[i + 1].keyword == SL_KW_CONFLICT)
            current = i;
        if (l->tokens[i].keyword == SL_KW_DO && l->tokens[i + 1].keyword == SL_KW_UPDATE)
            return current;
    }
    return l->pos;
}

/* SQLite: ON CONFLICT [(a, b) [WHERE e]] DO NOTHING | DO UPDATE SET … [WHERE e]; there may be several. */
static void on_conflict(struct sl_lowering *l)
{
    uint32_t kept = conflict_that_counts(l);
    while (!l->failed && sl_at2(l, SL_KW_ON, SL_KW_CONFLICT)) {
        bool is_kept = l->pos == kept;
        l->emit.muted += !is_kept; /* the common grammar takes one */
        sl_keep_token(l);
        sl_keep_token(l);
        if (sl_at_kind(l, SL_TOK_OPEN))
            sl_key_parts(l);
        if (sl_keep(l, SL_KW_WHERE))
            sl_expr(l);
        sl_expect_keep(l, SL_KW_DO);
        if (!sl_keep(l, SL_KW_NOTHING)) {
            sl_expect_keep(l, SL_KW_UPDATE);
            sl_expect_keep(l, SL_KW_SET);
            assignments(l, false);
            if (sl_keep(l, SL_KW_WHERE))
                sl_expr(l);
        }
        l->emit.muted -= !is_kept;
    }
}

/* INSERT OR IGNORE …, SQLite. Answers whether a clash is passed over. */
static bool or_action(struct sl_lowering *l)
{
    if (!l->is_sqlite || !sl_skip(l, SL_KW_OR))
        return false;
    bool ignores = sl_at(l, SL_KW_IGNORE);
    if (ignores)
        sl_lowering_fact(l, SL_FACT_IGNORE, l->pos, l->pos + 1);
    if (sl_at(l, SL_KW_REPLACE))
        sl_lowering_fact(l, SL_FACT_REPLACE, l->pos, l->pos + 1);
    sl_step(l);
    return ignores;
}

void sl_insert_statement(struct sl_lowering *l)
{
    bool is_replace = sl_at(l, SL_KW_REPLACE);
    sl_lowering_set_verb(l, is_replace ? "replace" : "insert");
    if (is_replace)
        sl_lowering_fact(l, SL_FACT_REPLACE, l->pos, l->pos + 1);
    sl_replace_tokens(l, 1, "INSERT INTO");
    bool ignores = l->is_sqlite ? or_action(l) : priorities(l);
    sl_skip(l, SL_KW_INTO);
    l->row_alias = SL_STR_EMPTY;
    sl_name_qualified(l);
    partition_selection(l);
    if (l->is_sqlite && sl_keep(l, SL_KW_AS))
        sl_name_any(l);
    bool has_columns = sl_at_kind(l, SL_TOK_OPEN) && !sl_group_is_query(l, l->pos);
    uint32_t columns = l->pos;
    l->row_columns.len = l->insert_columns.len = 0;
    if (has_columns && sl_kind(l, 1) == SL_TOK_CLOSE)
        l->pos += 2;
    else if (has_columns)
        sl_name_list(l, false);
    insert_source(l);
    row_alias(l);
    if (l->row_columns.len > 0 && has_columns)
        read_names(l, columns, &l->insert_columns);
    bool updates = on_duplicate_key(l);
    if (l->is_sqlite) {
        updates = sl_at2(l, SL_KW_ON, SL_KW_CONFLICT);
        on_conflict(l);
    }
    if (ignores && !updates)
        sl_insert(l, "ON CONFLICT DO NOTHING");
    returning(l, false);
}

/* ---- UPDATE ---- */

static void sqlite_update(struct sl_lowering *l)
{
    sl_keep_token(l);
    or_action(l);
    sl_from_factor(l);
    sl_expect_keep(l, SL_KW_SET);
    assignments(l, false);
    if (sl_keep(l, SL_KW_FROM))
        sl_from_list(l);
    where_order_returning(l);
}

void sl_update_statement(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "update");
    if (l->is_sqlite) {
        sqlite_update(l);
        return;
    }
    uint32_t first = l->pos;
    sl_keep_token(l);
    priorities(l);
    if (sl_from_is_single(l)) {
        sl_from_factor(l);
        uint32_t from = portion(l);
        sl_expect_keep(l, SL_KW_SET);
        assignments(l, false);
        if (from)
            portion_where(l, from);
        where_order_returning(l);
        return;
    }
    /* The tables come behind the assignments in the common grammar. */
    sl_lowering_fact(l, SL_FACT_MULTI_TABLE, first, first + 1);
    sl_insert(l, MULTI);
    uint32_t tables = l->pos;
    l->emit.muted++;
    sl_from_list(l);
    l->emit.muted--;
    uint32_t set = l->pos;
    sl_expect_keep(l, SL_KW_SET);
    assignments(l, true);
    uint32_t behind = l->pos;
    if (l->failed)
        return;
    l->pos = tables;
    sl_insert(l, "FROM");
    sl_from_list(l);
    if (l->pos != set)
        sl_lowering_fail_here(l);
    else
        l->pos = behind;
    where_order_returning(l);
}

/* ---- DELETE ---- */

/* t1, db.t2.*, …: the targets of a DELETE over several tables. */
static void delete_targets(struct sl_lowering *l)
{
    do {
        uint32_t first = l->pos;
        l->emit.muted++;
        sl_skip_kind(l, SL_TOK_DOT);
        sl_name(l);
        while (sl_at_kind(l, SL_TOK_DOT) && sl_op(l, 1) != SL_OP1('*')) {
            sl_step(l);
            sl_name_any(l);
        }
        l->emit.muted--;
        sl_str text = l->failed ? SL_STR_EMPTY : sl_lowering_decoded(l, l->pos - 1);
        sl_lowering_fact_text(l, SL_FACT_DELETE_TARGET, first, l->pos, text);
        if (sl_at_kind(l, SL_TOK_DOT))
            l->pos += 2;
    } while (!l->failed && sl_skip_kind(l, SL_TOK_COMMA));
}

static void multi_delete(struct sl_lowering *l, uint32_t first, enum sl_keyword separator)
{
    sl_lowering_fact(l, SL_FACT_MULTI_TABLE, first, first + 1);
    sl_insert(l, "FROM " MULTI);
    delete_targets(l);
    if (!sl_at(l, separator)) {
        sl_lowering_fail_here(l);
        return;
    }
    sl_replace_tokens(l, 1, "USING");
    sl_from_list(l);
    where_order_returning(l);
}

/* Is it DELETE FROM a, b USING … or DELETE FROM a.* USING …? */
static bool has_using(const struct sl_lowering *l)
{
    for (uint32_t i = l->pos; i < l->n_tokens; i++) {
        const struct sl_token *token = &l->tokens[i];
        if (token->keyword == SL_KW_USING)
            return true;
        bool is_target = token->kind == SL_TOK_COMMA || token->kind == SL_TOK_DOT || token->kind == SL_TOK_QUOTED ||
                         token->kind == SL_TOK_WORD || token->partner == SL_OP1('*');
        if (!is_target || token->keyword == SL_KW_WHERE)
            return false;
    }
    return false;
}

/* DELETE HISTORY FROM t [BEFORE SYSTEM_TIME e]; a table called history is deleted from with a join or a WHERE. */
static bool at_history(const struct sl_lowering *l)
{
    if (!l->is_mysql || !sl_at2(l, SL_KW_HISTORY, SL_KW_FROM))
        return false;
    uint32_t behind = sl_kind(l, 3) == SL_TOK_DOT ? 5 : 3;
    return sl_kind(l, behind) == SL_TOK_END || sl_kind(l, behind) == SL_TOK_SEMICOLON ||
           sl_kw(l, behind) == SL_KW_BEFORE || sl_kw(l, behind) == SL_KW_PARTITION;
}

void sl_delete_statement(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "delete");
    uint32_t first = l->pos;
    sl_keep_token(l);
    if (l->is_mysql)
        priorities(l);
    bool is_history = at_history(l);
    l->pos += is_history;
    if (!sl_at(l, SL_KW_FROM)) {
        multi_delete(l, first, SL_KW_FROM);
        return;
    }
    if (l->is_mysql && has_using(l)) {
        l->pos++;
        multi_delete(l, first, SL_KW_USING);
        return;
    }
    sl_keep_token(l);
    sl_from_factor(l);
    uint32_t from = portion(l);
    if (from)
        portion_where(l, from);
    else if (is_history)
        history_where(l);
    where_order_returning(l);
}

/* ---- LOAD DATA ---- */

static void load_columns(struct sl_lowering *l)
{
    if (!sl_at_kind(l, SL_TOK_OPEN))
        return;
    uint32_t close = l->tokens[l->pos].partner;
    bool has_columns = false;
    size_t mark = sl_emit_mark(&l->emit);
    sl_keep_token(l);
    while (!l->failed && l->pos < close) {
        if (sl_at_kind(l, SL_TOK_VARIABLE)) {
            sl_step(l);
        } else {
            if (has_columns)
                sl_insert(l, ",");
            sl_name_last(l);
            has_columns = true;
        }
        if (!sl_skip_kind(l, SL_TOK_COMMA))
            break;
    }
    sl_expect_kind(l, SL_TOK_CLOSE);
    if (!has_columns)
        sl_emit_truncate(&l->emit, mark);
}

static void load_formats(struct sl_lowering *l)
{
    while (!sl_at_end(l) && !sl_at_kind(l, SL_TOK_OPEN) && !sl_at(l, SL_KW_SET))
        l->pos += (sl_at(l, SL_KW_CHARACTER) || sl_at(l, SL_KW_CHAR)) && sl_kw(l, 1) == SL_KW_SET ? 2 : 1;
}

void sl_load_statement(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "load data");
    uint32_t first = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    while (!sl_at_end(l) && !sl_at_kind(l, SL_TOK_STRING) && !sl_at_kind(l, SL_TOK_PARAM))
        sl_step(l);
    uint32_t file = l->pos;
    sl_step(l);
    if (sl_at(l, SL_KW_REPLACE) || sl_at(l, SL_KW_IGNORE)) {
        sl_lowering_fact(l, sl_at(l, SL_KW_IGNORE) ? SL_FACT_IGNORE : SL_FACT_REPLACE, l->pos, l->pos + 1);
        l->pos++;
    }
    sl_expect_skip(l, SL_KW_INTO);
    sl_expect_skip(l, SL_KW_TABLE);
    sl_emit_add(&l->emit, SL_STR("COPY"), sl_lowering_span(l, first, first + 1));
    uint32_t table = l->pos;
    sl_name_qualified(l);
    partition_selection(l);
    load_formats(l);
    load_columns(l);
    sl_insert(l, "FROM");
    if (l->failed)
        return;
    sl_emit_add(&l->emit,
                l->tokens[file].kind == SL_TOK_STRING ? sl_quote_literal(l->arena, sl_lowering_decoded(l, file))
                                                      : SL_STR("STDIN"),
                sl_lowering_span(l, file, file + 1));
    sl_lowering_fact(l, SL_FACT_LOAD_DATA, first, l->pos);
    sl_lowering_finish_item(l, mark, first);
    if (!sl_at(l, SL_KW_SET))
        return;
    sl_insert(l, "UPDATE \"mysql:load\"");
    sl_keep_token(l);
    assignments(l, false);
    sl_insert(l, "FROM");
    sl_name_at(l, table);
    sl_lowering_finish_item(l, mark, first);
}
