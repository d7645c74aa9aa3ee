/* Keys and indexes, inside a table and on their own. */
#include "sql/lowering.h"

void sl_name_at(struct sl_lowering *l, uint32_t table)
{
    uint32_t pos = l->pos;
    l->pos = table;
    sl_name_qualified(l);
    if (!l->failed)
        l->pos = pos;
}

void sl_index_name(struct sl_lowering *l, uint32_t table)
{
    if (table < l->n_tokens) {
        sl_name_at(l, table);
        sl_insert(l, ".");
    }
    sl_name_any(l);
}

/* The word behind CONSTRAINT [name]. */
static uint32_t behind_constraint_name(const struct sl_lowering *l)
{
    if (!sl_at(l, SL_KW_CONSTRAINT))
        return 0;
    enum sl_keyword next = sl_kw(l, 1);
    if (next == SL_KW_IF) /* MariaDB: CONSTRAINT IF NOT EXISTS c */
        return 5;
    bool is_unnamed = next == SL_KW_PRIMARY || next == SL_KW_UNIQUE || next == SL_KW_FOREIGN || next == SL_KW_CHECK;
    return is_unnamed && sl_kind(l, 1) == SL_TOK_WORD ? 1 : 2;
}

enum sl_key_kind sl_key_kind_here(const struct sl_lowering *l)
{
    switch (sl_kw(l, behind_constraint_name(l))) {
    case SL_KW_PRIMARY:
        return SL_KEY_PRIMARY;
    case SL_KW_UNIQUE:
        return SL_KEY_UNIQUE;
    case SL_KW_FOREIGN:
        return SL_KEY_FOREIGN;
    case SL_KW_CHECK:
        return SL_KEY_CHECK;
    case SL_KW_KEY:
    case SL_KW_INDEX:
        return l->is_sqlite ? SL_KEY_NONE : SL_KEY_PLAIN;
    case SL_KW_FULLTEXT:
    case SL_KW_SPATIAL:
        return SL_KEY_FULLTEXT;
    case SL_KW_VECTOR:
        return sl_kw(l, 1) == SL_KW_KEY || sl_kw(l, 1) == SL_KW_INDEX ? SL_KEY_FULLTEXT : SL_KEY_NONE;
    default:
        return SL_KEY_NONE;
    }
}

static bool has_expression_part(const struct sl_lowering *l)
{
    for (uint32_t i = l->pos; i < l->n_tokens; i++) {
        if (l->tokens[i].kind == SL_TOK_OPEN)
            return l->tokens[i + 1].kind == SL_TOK_OPEN;
        if (l->tokens[i].kind == SL_TOK_COMMA)
            return false;
    }
    return false;
}

bool sl_key_is_index(const struct sl_lowering *l)
{
    enum sl_key_kind kind = sl_key_kind_here(l);
    if (kind == SL_KEY_UNIQUE)
        return has_expression_part(l);
    return kind == SL_KEY_PLAIN || kind == SL_KEY_FULLTEXT;
}

/* USING BTREE, COMMENT 'x', KEY_BLOCK_SIZE = 8, VISIBLE …: how the index is kept, not what is in it. */
static void index_options(struct sl_lowering *l)
{
    for (;;) {
        switch (sl_kw(l, 0)) {
        case SL_KW_USING:
        case SL_KW_TYPE:
            l->pos += 2;
            break;
        case SL_KW_WITH:
            if (sl_kw(l, 1) != SL_KW_PARSER)
                return;
            l->pos += 3;
            break;
        case SL_KW_COMMENT:
        case SL_KW_KEY_BLOCK_SIZE:
        case SL_KW_ENGINE_ATTRIBUTE:
        case SL_KW_SECONDARY_ENGINE_ATTRIBUTE:
            l->pos++;
            sl_skip_op(l, SL_OP1('='));
            sl_skip_any(l);
            break;
        case SL_KW_NOT:
            if (sl_kw(l, 1) != SL_KW_IGNORED)
                return;
            l->pos += 2;
            break;
        case SL_KW_VISIBLE:
        case SL_KW_INVISIBLE:
        case SL_KW_IGNORED:
        case SL_KW_CLUSTERED:
        case SL_KW_NONCLUSTERED:
        case SL_KW_GLOBAL:
        case SL_KW_LOCAL:
            l->pos++;
            break;
        default: /* MariaDB's engine-defined options: name = value */
            if (!sl_at_kind(l, SL_TOK_WORD) || sl_op(l, 1) != SL_OP1('=') || sl_at(l, SL_KW_ALGORITHM) ||
                sl_at(l, SL_KW_LOCK))
                return;
            l->pos += 2;
            sl_skip_any(l);
        }
    }
}

/* The optional name of a key, with IF NOT EXISTS and USING before or behind it; 0 tokens if there is none. */
static uint32_t key_name(struct sl_lowering *l)
{
    uint32_t name = UINT32_MAX;
    if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        l->pos += 3;
    if (!sl_at(l, SL_KW_USING) && !sl_at(l, SL_KW_TYPE) && !sl_at_kind(l, SL_TOK_OPEN)) {
        if (sl_is_name(l, 0))
            name = l->pos++;
        else
            sl_lowering_fail_here(l);
    }
    index_options(l);
    return name;
}

/* SQLite: any expression; the common grammar wants parentheses about all but names. */
static void expression_part(struct sl_lowering *l)
{
    bool is_name = (sl_is_name(l, 0) || sl_at_kind(l, SL_TOK_STRING)) &&
                   (sl_kind(l, 1) == SL_TOK_COMMA || sl_kind(l, 1) == SL_TOK_CLOSE || sl_kw(l, 1) == SL_KW_ASC ||
                    sl_kw(l, 1) == SL_KW_DESC || sl_kw(l, 1) == SL_KW_COLLATE);
    if (is_name) {
        sl_name_any(l);
        if (sl_skip(l, SL_KW_COLLATE))
            sl_step(l);
        return;
    }
    sl_insert(l, "(");
    sl_expr(l);
    sl_insert(l, ")");
}

void sl_key_parts(struct sl_lowering *l)
{
    sl_expect_kind(l, SL_TOK_OPEN);
    do {
        if (l->is_sqlite) {
            expression_part(l);
        } else if (sl_at_kind(l, SL_TOK_OPEN)) {
            sl_keep_token(l);
            sl_expr(l);
            sl_expect_kind(l, SL_TOK_CLOSE);
        } else {
            sl_name_last(l);
            if (sl_at_kind(l, SL_TOK_OPEN))
                sl_skip_any(l);
        }
        if (!sl_skip(l, SL_KW_ASC))
            sl_keep(l, SL_KW_DESC);
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
    sl_expect_kind(l, SL_TOK_CLOSE);
}

/* A constraint takes bare names; WITHOUT OVERLAPS goes. */
static void constraint_parts(struct sl_lowering *l)
{
    sl_expect_kind(l, SL_TOK_OPEN);
    while (!l->failed && !sl_at_kind(l, SL_TOK_CLOSE)) {
        sl_name_last(l);
        if (sl_at_kind(l, SL_TOK_OPEN))
            sl_skip_any(l);
        if (sl_skip(l, SL_KW_COLLATE))
            sl_step(l);
        if (!sl_skip(l, SL_KW_ASC))
            sl_skip(l, SL_KW_DESC);
        if (sl_at(l, SL_KW_WITHOUT))
            l->pos += 2;
        sl_skip(l, SL_KW_AUTOINCREMENT);
        if (!sl_keep_kind(l, SL_TOK_COMMA))
            break;
    }
    sl_expect_kind(l, SL_TOK_CLOSE);
}

void sl_skip_conflict_clause(struct sl_lowering *l)
{
    if (sl_skip2(l, SL_KW_ON, SL_KW_CONFLICT))
        sl_step(l);
}

static void foreign_key(struct sl_lowering *l)
{
    sl_expect_keep(l, SL_KW_FOREIGN);
    sl_expect_keep(l, SL_KW_KEY);
    l->emit.muted++;
    key_name(l);
    l->emit.muted--;
    constraint_parts(l);
    sl_references(l);
}

static void unique_or_primary(struct sl_lowering *l, bool is_named)
{
    bool is_unique = sl_at(l, SL_KW_UNIQUE);
    size_t mark = sl_emit_mark(&l->emit);
    uint32_t first = l->pos++;
    if (!sl_skip(l, SL_KW_KEY))
        sl_skip(l, SL_KW_INDEX);
    uint32_t name = key_name(l);
    if (name != UINT32_MAX && is_unique) {
        if (is_named) /* CONSTRAINT c UNIQUE k (…): the index is called k */
            sl_emit_truncate(&l->emit, mark - 2);
        sl_insert(l, "CONSTRAINT");
        uint32_t pos = l->pos;
        l->pos = name;
        sl_name_any(l);
        l->pos = pos;
    }
    sl_emit_add(&l->emit, is_unique ? SL_STR("UNIQUE") : SL_STR("PRIMARY KEY"), sl_lowering_span(l, first, first + 1));
    constraint_parts(l);
    sl_skip_conflict_clause(l);
    index_options(l);
}

void sl_key_constraint(struct sl_lowering *l)
{
    bool is_named = false;
    if (sl_at(l, SL_KW_CONSTRAINT)) {
        is_named = behind_constraint_name(l) == 2;
        if (is_named)
            sl_keep_token(l);
        else
            l->pos++;
        if (is_named)
            sl_name_any(l);
    }
    switch (sl_key_kind_here(l)) {
    case SL_KEY_UNIQUE:
    case SL_KEY_PRIMARY:
        unique_or_primary(l, is_named);
        return;
    case SL_KEY_FOREIGN:
        foreign_key(l);
        return;
    case SL_KEY_CHECK:
        sl_keep_token(l);
        sl_expect_kind(l, SL_TOK_OPEN);
        sl_expr(l);
        sl_expect_kind(l, SL_TOK_CLOSE);
        sl_skip_conflict_clause(l);
        sl_skip(l, SL_KW_NOT);
        sl_skip(l, SL_KW_ENFORCED);
        return;
    default:
        sl_lowering_fail_here(l);
    }
}

static void using_method(struct sl_lowering *l, enum sl_keyword kind, uint32_t kind_token)
{
    const char *method = kind == SL_KW_FULLTEXT ? "\"fulltext\"" : kind == SL_KW_SPATIAL ? "\"spatial\"" : "\"vector\"";
    if (kind != SL_KW_FULLTEXT && kind != SL_KW_SPATIAL && kind != SL_KW_VECTOR)
        return;
    sl_insert(l, "USING");
    sl_emit_add(&l->emit, sl_str_from(method), sl_lowering_span(l, kind_token, kind_token + 1));
}

void sl_key_index(struct sl_lowering *l, uint32_t table)
{
    uint32_t first = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    uint32_t constraint_name = behind_constraint_name(l) == 2 ? l->pos + 1 : UINT32_MAX;
    l->pos += behind_constraint_name(l);
    uint32_t kind_token = l->pos;
    enum sl_keyword kind = sl_kw(l, 0);
    l->pos++;
    if (!sl_skip(l, SL_KW_KEY))
        sl_skip(l, SL_KW_INDEX);
    uint32_t name = key_name(l);
    if (name == UINT32_MAX)
        name = constraint_name;
    sl_emit_add(&l->emit, kind == SL_KW_UNIQUE ? SL_STR("CREATE UNIQUE INDEX") : SL_STR("CREATE INDEX"),
                sl_lowering_span(l, kind_token, kind_token + 1));
    if (name != UINT32_MAX) {
        uint32_t pos = l->pos;
        l->pos = name;
        sl_name_any(l);
        l->pos = pos;
    }
    sl_insert(l, "ON");
    sl_name_at(l, table);
    using_method(l, kind, kind_token);
    sl_key_parts(l);
    index_options(l);
    sl_lowering_finish_item(l, mark, first);
}

bool sl_lock_clause(struct sl_lowering *l)
{
    if (!sl_at(l, SL_KW_ALGORITHM) && !sl_at(l, SL_KW_LOCK))
        return false;
    uint32_t first = l->pos++;
    sl_skip_op(l, SL_OP1('='));
    uint32_t value = l->pos;
    sl_step(l);
    const char *what = l->tokens[first].keyword == SL_KW_LOCK ? "LOCK" : "ALGORITHM";
    sl_lowering_fact_text(l, SL_FACT_LOCK_CLAUSE, first, l->pos,
                          sl_arena_printf(l->arena, "%s=%.*s", what, SL_STR_ARG(sl_lowering_source(l, value, l->pos))));
    return true;
}

void sl_create_index(struct sl_lowering *l, uint32_t first)
{
    sl_lowering_set_verb(l, "create index");
    size_t mark = sl_emit_mark(&l->emit);
    uint32_t kind_token = l->pos;
    enum sl_keyword kind = sl_kw(l, 0);
    if (!sl_at(l, SL_KW_INDEX) && !sl_at(l, SL_KW_KEY))
        l->pos++;
    l->pos++;
    sl_insert(l, kind == SL_KW_UNIQUE ? "CREATE UNIQUE INDEX" : "CREATE INDEX");
    if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        sl_replace_tokens(l, 3, "IF NOT EXISTS");
    sl_name_last(l);
    index_options(l);
    sl_expect_keep(l, SL_KW_ON);
    sl_name_qualified(l);
    using_method(l, kind, kind_token);
    sl_key_parts(l);
    index_options(l);
    if (l->is_sqlite && sl_keep(l, SL_KW_WHERE))
        sl_expr(l);
    while (sl_lock_clause(l) || sl_skip(l, SL_KW_NOWAIT)) {
    }
    if (sl_skip(l, SL_KW_WAIT))
        sl_step(l);
    sl_lowering_finish_item(l, mark, first);
}
