/* ALTER TABLE: each clause becomes a statement of its own, so that one that is not understood poisons only itself. */
#include "sql/lowering.h"

static void skip_clause(struct sl_lowering *l)
{
    while (!sl_at_end(l) && !sl_at_kind(l, SL_TOK_COMMA))
        sl_skip_any(l);
}

/* A clause without AST: remembered as it stands. */
static void clause_fact(struct sl_lowering *l, enum sl_fact_kind kind)
{
    uint32_t first = l->pos;
    skip_clause(l);
    sl_lowering_fact(l, kind, first, l->pos);
}

static void begin(struct sl_lowering *l, uint32_t table)
{
    sl_insert(l, "ALTER TABLE");
    sl_name_at(l, table);
}

static void skip_if_exists(struct sl_lowering *l)
{
    if (sl_at2(l, SL_KW_IF, SL_KW_EXISTS))
        l->pos += 2;
    else if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        l->pos += 3;
}

static void keep_if(struct sl_lowering *l)
{
    if (sl_at2(l, SL_KW_IF, SL_KW_EXISTS))
        sl_replace_tokens(l, 2, "IF EXISTS");
    else if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        sl_replace_tokens(l, 3, "IF NOT EXISTS");
}

/* Behind ADD [COLUMN]; `at` is the verb's token. */
static void add_one_column(struct sl_lowering *l, uint32_t table, uint32_t at)
{
    size_t mark = sl_emit_mark(&l->emit);
    begin(l, table);
    sl_emit_add(&l->emit, SL_STR("ADD COLUMN"), sl_lowering_span(l, at, at + 1));
    keep_if(l);
    sl_column_definition(l, NULL);
    sl_lowering_finish_item(l, mark, at);
}

static void add_key(struct sl_lowering *l, uint32_t table, uint32_t at)
{
    if (sl_key_is_index(l)) {
        sl_key_index(l, table);
        return;
    }
    size_t mark = sl_emit_mark(&l->emit);
    begin(l, table);
    sl_emit_add(&l->emit, SL_STR("ADD"), sl_lowering_span(l, at, at + 1));
    /* CONSTRAINT IF NOT EXISTS c …: MariaDB */
    if (sl_at(l, SL_KW_CONSTRAINT) && sl_kw(l, 1) == SL_KW_IF) {
        sl_keep_token(l);
        skip_if_exists(l);
        sl_name_any(l);
    }
    sl_key_constraint(l);
    sl_lowering_finish_item(l, mark, at);
}

static void add_group(struct sl_lowering *l, uint32_t table, uint32_t at)
{
    l->pos++;
    do {
        if (sl_key_kind_here(l) != SL_KEY_NONE)
            add_key(l, table, at);
        else
            add_one_column(l, table, at);
    } while (!l->failed && sl_skip_kind(l, SL_TOK_COMMA));
    if (!sl_skip_kind(l, SL_TOK_CLOSE))
        sl_lowering_fail_here(l);
}

static void clause_add(struct sl_lowering *l, uint32_t table)
{
    uint32_t at = l->pos;
    enum sl_keyword next = sl_kw(l, 1);
    bool is_partition = next == SL_KW_PARTITION && sl_kind(l, 2) != SL_TOK_DOT;
    bool is_other = (next == SL_KW_SYSTEM && sl_kw(l, 2) == SL_KW_VERSIONING) ||
                    (next == SL_KW_PERIOD && (sl_kw(l, 2) == SL_KW_FOR || sl_kw(l, 2) == SL_KW_IF));
    if (is_partition || is_other) {
        clause_fact(l, is_partition ? SL_FACT_PARTITION : SL_FACT_OTHER);
        return;
    }
    l->pos++;
    if (sl_key_kind_here(l) != SL_KEY_NONE) {
        add_key(l, table, at);
        return;
    }
    sl_skip(l, SL_KW_COLUMN);
    uint32_t group = l->pos + (sl_at(l, SL_KW_IF) ? 3 : 0);
    if (l->tokens[group < l->n_tokens ? group : l->n_tokens].kind == SL_TOK_OPEN) {
        l->pos = group;
        add_group(l, table, at);
    } else {
        add_one_column(l, table, at);
    }
}

static void drop_object(struct sl_lowering *l, uint32_t table, uint32_t at, uint32_t n_words, const char *what)
{
    size_t mark = sl_emit_mark(&l->emit);
    begin(l, table);
    l->pos += n_words;
    sl_emit_add(&l->emit, sl_str_from(what), sl_lowering_span(l, at, l->pos));
    keep_if(l);
    sl_name_any(l);
    if (!sl_skip(l, SL_KW_RESTRICT))
        sl_skip(l, SL_KW_CASCADE);
    sl_lowering_finish_item(l, mark, at);
}

static void drop_index(struct sl_lowering *l, uint32_t table, uint32_t at)
{
    size_t mark = sl_emit_mark(&l->emit);
    l->pos += 2;
    sl_emit_add(&l->emit, SL_STR("DROP INDEX"), sl_lowering_span(l, at, l->pos));
    keep_if(l);
    sl_index_name(l, table);
    sl_lowering_finish_item(l, mark, at);
}

static void drop_primary_key(struct sl_lowering *l, uint32_t table, uint32_t at)
{
    size_t mark = sl_emit_mark(&l->emit);
    begin(l, table);
    sl_replace_tokens(l, 3, "DROP CONSTRAINT \"PRIMARY\"");
    sl_lowering_finish_item(l, mark, at);
}

static void clause_drop(struct sl_lowering *l, uint32_t table)
{
    uint32_t at = l->pos;
    bool names_word = sl_kind(l, 2) == SL_TOK_END || sl_kind(l, 2) == SL_TOK_COMMA || sl_kind(l, 2) == SL_TOK_SEMICOLON;
    enum sl_keyword what = names_word ? SL_NOT_A_KEYWORD : sl_kw(l, 1);
    switch (what) {
    case SL_KW_PRIMARY:
        drop_primary_key(l, table, at);
        return;
    case SL_KW_INDEX:
    case SL_KW_KEY:
        drop_index(l, table, at);
        return;
    case SL_KW_FOREIGN:
        drop_object(l, table, at, 3, "DROP CONSTRAINT");
        return;
    case SL_KW_CONSTRAINT:
    case SL_KW_CHECK:
        drop_object(l, table, at, 2, "DROP CONSTRAINT");
        return;
    case SL_KW_PARTITION:
        clause_fact(l, SL_FACT_PARTITION);
        return;
    case SL_KW_SYSTEM:
    case SL_KW_PERIOD:
        clause_fact(l, SL_FACT_OTHER);
        return;
    case SL_KW_COLUMN:
        drop_object(l, table, at, 2, "DROP COLUMN");
        return;
    default:
        drop_object(l, table, at, 1, "DROP COLUMN");
    }
}

static void rename_to(struct sl_lowering *l, uint32_t table, uint32_t at)
{
    if (!sl_skip(l, SL_KW_TO) && !sl_skip(l, SL_KW_AS))
        sl_skip_op(l, SL_OP1('='));
    sl_rename_table(l, table, at);
}

static void rename_column(struct sl_lowering *l, uint32_t table, uint32_t at, uint32_t from, uint32_t to)
{
    size_t mark = sl_emit_mark(&l->emit);
    uint32_t pos = l->pos;
    begin(l, table);
    sl_emit_add(&l->emit, SL_STR("RENAME COLUMN"), sl_lowering_span(l, at, at + 1));
    l->pos = from;
    sl_name_any(l);
    sl_insert(l, "TO");
    l->pos = to;
    sl_name_any(l);
    sl_lowering_finish_item(l, mark, at);
    l->pos = pos;
}

static void clause_rename(struct sl_lowering *l, uint32_t table)
{
    uint32_t at = l->pos++;
    bool is_pair = sl_kw(l, 2) == SL_KW_TO || sl_kw(l, 4) == SL_KW_TO;
    if (sl_at(l, SL_KW_COLUMN) && is_pair) {
        l->pos++;
        skip_if_exists(l);
        uint32_t from = l->pos++;
        sl_expect_skip(l, SL_KW_TO);
        uint32_t to = l->pos;
        sl_step(l);
        rename_column(l, table, at, from, to);
        return;
    }
    if ((sl_at(l, SL_KW_INDEX) || sl_at(l, SL_KW_KEY)) && is_pair) {
        size_t mark = sl_emit_mark(&l->emit);
        l->pos++;
        sl_emit_add(&l->emit, SL_STR("ALTER INDEX"), sl_lowering_span(l, at, l->pos));
        keep_if(l);
        sl_index_name(l, table);
        sl_insert(l, "RENAME");
        sl_expect_keep(l, SL_KW_TO);
        sl_name_any(l);
        sl_lowering_finish_item(l, mark, at);
        return;
    }
    rename_to(l, table, at);
}

/* MODIFY c def, CHANGE a b def: the whole definition anew. */
static void clause_redefine(struct sl_lowering *l, uint32_t table)
{
    uint32_t at = l->pos;
    bool is_change = sl_at(l, SL_KW_CHANGE);
    l->pos++;
    sl_skip(l, SL_KW_COLUMN);
    skip_if_exists(l);
    if (is_change) {
        uint32_t from = l->pos++;
        sl_str old_name = sl_lowering_decoded(l, from);
        if (!sl_str_eq_nocase(old_name, sl_lowering_decoded(l, l->pos)))
            rename_column(l, table, at, from, l->pos);
    }
    size_t mark = sl_emit_mark(&l->emit);
    begin(l, table);
    sl_emit_add(&l->emit, SL_STR("ADD COLUMN"), sl_lowering_span(l, at, at + 1));
    sl_column_definition(l, is_change ? "change" : "modify");
    sl_lowering_finish_item(l, mark, at);
}

/* ALTER [COLUMN] c SET DEFAULT e | DROP DEFAULT | SET VISIBLE; ALTER INDEX, CHECK, CONSTRAINT … */
static void clause_alter(struct sl_lowering *l, uint32_t table)
{
    uint32_t at = l->pos;
    enum sl_keyword what = sl_kw(l, 1);
    bool is_key = (what == SL_KW_INDEX || what == SL_KW_KEY || what == SL_KW_CHECK || what == SL_KW_CONSTRAINT);
    uint32_t verb = l->pos + 1 + (what == SL_KW_COLUMN);
    while (verb < l->n_tokens && !(l->tokens[verb].keyword == SL_KW_DEFAULT))
        verb++;
    if (is_key || verb >= l->n_tokens) {
        clause_fact(l, SL_FACT_OTHER);
        return;
    }
    size_t mark = sl_emit_mark(&l->emit);
    begin(l, table);
    l->pos++;
    sl_skip(l, SL_KW_COLUMN);
    sl_emit_add(&l->emit, SL_STR("ALTER COLUMN"), sl_lowering_span(l, at, l->pos));
    skip_if_exists(l);
    sl_name(l);
    if (sl_at2(l, SL_KW_DROP, SL_KW_DEFAULT)) {
        sl_keep_token(l);
        sl_keep_token(l);
    } else {
        sl_expect_keep(l, SL_KW_SET);
        sl_expect_keep(l, SL_KW_DEFAULT);
        sl_expr(l);
    }
    sl_lowering_finish_item(l, mark, at);
}

static bool is_partition_upkeep(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_TRUNCATE:
    case SL_KW_REORGANIZE:
    case SL_KW_EXCHANGE:
    case SL_KW_COALESCE:
    case SL_KW_ANALYZE:
    case SL_KW_CHECK:
    case SL_KW_OPTIMIZE:
    case SL_KW_REBUILD:
    case SL_KW_REPAIR:
    case SL_KW_REMOVE:
    case SL_KW_DISCARD:
    case SL_KW_IMPORT:
    case SL_KW_CONVERT:
        return sl_kw(l, 1) == SL_KW_PARTITION || sl_kw(l, 1) == SL_KW_PARTITIONING;
    default:
        return false;
    }
}

/* REORGANIZE PARTITION p INTO (…), p1, p2: commas do not end it. */
static void partition_upkeep(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    while (!sl_at_end(l))
        sl_skip_any(l);
    sl_lowering_fact(l, SL_FACT_PARTITION, first, l->pos);
}

/* ORDER BY a, b DESC: its commas look like those between clauses. */
static void clause_order(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    l->pos += 2;
    l->emit.muted++;
    sl_order_list(l);
    l->emit.muted--;
    sl_lowering_fact(l, SL_FACT_OTHER, first, l->pos);
}

static void clause_other(struct sl_lowering *l)
{
    uint32_t at = l->pos;
    if (sl_lock_clause(l))
        return;
    if (sl_at2(l, SL_KW_PARTITION, SL_KW_BY)) {
        l->emit.muted++;
        sl_partition_by(l);
        l->emit.muted--;
        sl_lowering_fact(l, SL_FACT_PARTITION, at, l->pos);
        return;
    }
    if (is_partition_upkeep(l)) {
        partition_upkeep(l);
        return;
    }
    bool is_option = sl_op(l, 1) == SL_OP1('=') || sl_op(l, 2) == SL_OP1('=') || sl_at(l, SL_KW_COMMENT) ||
                     sl_at(l, SL_KW_ENGINE) || sl_at(l, SL_KW_AUTO_INCREMENT) || sl_at(l, SL_KW_DEFAULT);
    if (is_option && sl_table_option(l))
        return;
    if (sl_at_kind(l, SL_TOK_WORD))
        clause_fact(l, SL_FACT_OTHER);
    else
        sl_lowering_fail_here(l);
}

static void clause(struct sl_lowering *l, uint32_t table)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_ADD:
        clause_add(l, table);
        return;
    case SL_KW_DROP:
        clause_drop(l, table);
        return;
    case SL_KW_RENAME:
        clause_rename(l, table);
        return;
    case SL_KW_MODIFY:
    case SL_KW_CHANGE:
        clause_redefine(l, table);
        return;
    case SL_KW_ALTER:
        clause_alter(l, table);
        return;
    case SL_KW_ORDER:
        clause_order(l);
        return;
    default:
        clause_other(l);
    }
}

static void guarded_clause(struct sl_lowering *l, uint32_t table, uint32_t *n_failed)
{
    struct sl_checkpoint before = sl_lowering_checkpoint(l);
    clause(l, table);
    bool is_done = sl_at_kind(l, SL_TOK_COMMA) || sl_at_end(l) || sl_at(l, SL_KW_PARTITION) || sl_at(l, SL_KW_REMOVE) ||
                   sl_at_kind(l, SL_TOK_WORD);
    if ((!l->failed && is_done) || l->failed_by_limit)
        return;
    if (!l->failed)
        sl_lowering_fail_here(l);
    sl_str why = l->error;
    uint32_t why_off = l->error_off;
    sl_lowering_restore(l, before);
    uint32_t first = l->pos;
    skip_clause(l);
    sl_lowering_fact_text(l, SL_FACT_OTHER, first, l->pos, why);
    l->error = why;
    l->error_off = why_off;
    ++*n_failed;
}

void sl_alter_table(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "alter table");
    size_t mark = sl_emit_mark(&l->emit);
    size_t n_items = l->items.len;
    uint32_t n_failed = 0;
    uint32_t n_clauses = 0;
    skip_if_exists(l);
    uint32_t table = l->pos;
    l->emit.muted++;
    sl_name_qualified(l);
    l->emit.muted--;
    if (sl_skip(l, SL_KW_WAIT))
        sl_step(l);
    sl_skip(l, SL_KW_NOWAIT);
    while (!l->failed && !sl_at_end(l)) {
        guarded_clause(l, table, &n_failed);
        sl_skip_kind(l, SL_TOK_COMMA);
        n_clauses++;
    }
    sl_emit_truncate(&l->emit, mark);
    bool nothing_understood = n_failed > 0 && n_failed == n_clauses;
    if (nothing_understood && !l->failed) {
        sl_str why = l->error;
        uint32_t why_off = l->error_off;
        sl_lowering_fail(l, "");
        l->error = why;
        l->error_off = why_off;
    } else if (l->items.len == n_items && !l->failed && l->kind == SL_LOWERED_EMPTY) {
        l->kind = SL_LOWERED_ADMIN; /* options and partitions only */
    }
}
