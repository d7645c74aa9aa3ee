/* SQLite's statements: queries and writes share the code of MySQL's; definitions are its own. */
#include "sql/lowering.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_LOWERING_DEPTH, in sl_lowering_enter() */

/* ---- types: any words, or none ---- */

static bool starts_constraint(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_CONSTRAINT:
    case SL_KW_PRIMARY:
    case SL_KW_NOT:
    case SL_KW_NULL:
    case SL_KW_UNIQUE:
    case SL_KW_CHECK:
    case SL_KW_DEFAULT:
    case SL_KW_COLLATE:
    case SL_KW_REFERENCES:
    case SL_KW_AS:
    case SL_KW_ON:
    case SL_KW_AUTOINCREMENT:
    case SL_KW_DEFERRABLE:
        return true;
    case SL_KW_GENERATED:
        return sl_kw(l, 1) == SL_KW_ALWAYS;
    default:
        return false;
    }
}

static bool at_type_word(const struct sl_lowering *l)
{
    uint8_t kind = sl_kind(l, 0);
    return (kind == SL_TOK_WORD || kind == SL_TOK_QUOTED || kind == SL_TOK_STRING) && !starts_constraint(l);
}

/* Types whose name the common grammar knows, by their one word. */
static const char *known_type(enum sl_keyword keyword)
{
    switch (keyword) {
    case SL_KW_INT:
    case SL_KW_INTEGER:
        return "integer";
    case SL_KW_BIGINT:
        return "bigint";
    case SL_KW_SMALLINT:
        return "smallint";
    case SL_KW_REAL:
        return "real";
    case SL_KW_FLOAT:
        return "float";
    case SL_KW_DOUBLE:
        return "double precision";
    case SL_KW_BOOLEAN:
        return "boolean";
    case SL_KW_TIMESTAMP:
        return "timestamp";
    case SL_KW_TIME:
        return "time";
    case SL_KW_VARCHAR:
        return "varchar";
    case SL_KW_DECIMAL:
    case SL_KW_NUMERIC:
        return "numeric";
    default:
        return NULL;
    }
}

/* The words of a type: [first, the cursor), as written but for what quotes one of them. */
static sl_str type_words(struct sl_lowering *l, uint32_t first)
{
    while (at_type_word(l))
        sl_step(l);
    return l->pos == first + 1 ? sl_lowering_decoded(l, first) : sl_lowering_source(l, first, l->pos);
}

static void quoted_type(struct sl_lowering *l, uint32_t first, sl_str words)
{
    sl_emit_add(&l->emit, sl_quote_name(l->arena, sl_arena_copy_lower(l->arena, words)),
                sl_lowering_span(l, first, l->pos));
}

void sl_sqlite_type(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    const char *known = known_type(sl_kw(l, 0));
    sl_str words = type_words(l, first);
    if (l->pos == first) {
        sl_insert(l, "\"any\"");
        return;
    }
    bool is_known = known && (l->pos == first + 1 || (l->tokens[first].keyword == SL_KW_DOUBLE && l->pos == first + 2));
    if (is_known)
        sl_emit_add(&l->emit, sl_str_from(known), sl_lowering_span(l, first, l->pos));
    else
        quoted_type(l, first, words);
    if (sl_at_kind(l, SL_TOK_OPEN)) /* the length binds nothing in SQLite */
        sl_skip_any(l);
}

/* A column's type is what was written, INT no INTEGER and VARCHAR(10) no VARCHAR: quoted where the common grammar would
 * read another name. It takes FLOAT for DOUBLE PRECISION. */
static void column_type(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    enum sl_keyword keyword = sl_kw(l, 0);
    const char *known = known_type(keyword);
    sl_str words = type_words(l, first);
    bool has_length = l->pos > first && sl_at_kind(l, SL_TOK_OPEN);
    bool keeps = known && keyword != SL_KW_FLOAT && sl_str_eq_nocase(words, sl_str_from(known));
    if (l->pos == first || (keeps && !has_length)) {
        l->pos = first;
        sl_sqlite_type(l);
        return;
    }
    quoted_type(l, first, words);
    if (!has_length)
        return;
    sl_keep_token(l);
    sl_expr_list(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
}

/* ---- columns ---- */

/* A literal, a sign and a number, (e), or a word that stands for its own text. */
static void default_value(struct sl_lowering *l)
{
    sl_keep_token(l);
    if (sl_at_kind(l, SL_TOK_OPEN)) {
        sl_keep_token(l);
        sl_expr(l);
        sl_expect_kind(l, SL_TOK_CLOSE);
        return;
    }
    enum sl_keyword keyword = sl_kw(l, 0);
    bool is_value_word = keyword == SL_KW_NULL || keyword == SL_KW_TRUE || keyword == SL_KW_FALSE ||
                         keyword == SL_KW_CURRENT_TIME || keyword == SL_KW_CURRENT_DATE ||
                         keyword == SL_KW_CURRENT_TIMESTAMP;
    bool is_name = sl_at_kind(l, SL_TOK_QUOTED) || (sl_at_kind(l, SL_TOK_WORD) && !is_value_word);
    if (is_name) {
        const struct sl_token *token = sl_tok(l, 0);
        sl_emit_add(&l->emit, sl_quote_literal(l->arena, sl_lowering_decoded(l, l->pos)),
                    (struct sl_span){token->off, token->len});
        l->pos++;
        return;
    }
    l->no_collate = true;
    sl_expr_level(l, SL_LEVEL_SIGN);
    l->no_collate = false;
}

static void primary_key(struct sl_lowering *l, struct sl_column_pass *pass)
{
    sl_keep_token(l);
    sl_expect_keep(l, SL_KW_KEY);
    if (!sl_skip(l, SL_KW_ASC))
        sl_skip(l, SL_KW_DESC);
    sl_skip_conflict_clause(l);
    if (sl_at(l, SL_KW_AUTOINCREMENT)) {
        uint32_t at = l->pos++;
        sl_column_option(l, pass, "auto_increment", SL_STR("true"), at);
    }
}

static void generated(struct sl_lowering *l, struct sl_column_pass *pass)
{
    uint32_t first = l->pos;
    if (sl_skip(l, SL_KW_GENERATED))
        sl_expect_skip(l, SL_KW_ALWAYS);
    sl_expect_skip(l, SL_KW_AS);
    sl_insert(l, "GENERATED ALWAYS AS");
    sl_expect_kind(l, SL_TOK_OPEN);
    sl_expr(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
    bool is_stored = sl_at(l, SL_KW_STORED);
    if (is_stored || sl_at(l, SL_KW_VIRTUAL))
        l->pos++;
    sl_insert(l, "STORED");
    sl_column_option(l, pass, "generated", is_stored ? SL_STR("stored") : SL_STR("virtual"), first);
}

static void constraint(struct sl_lowering *l, struct sl_column_pass *pass)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_CONSTRAINT:
        sl_keep_token(l);
        sl_name_any(l);
        /* PostgreSQL names no DEFAULT and COLLATE; a name alone is left over in SQLite. */
        break;
    case SL_KW_PRIMARY:
        primary_key(l, pass);
        break;
    case SL_KW_NOT:
        sl_keep_token(l);
        sl_expect_keep(l, SL_KW_NULL);
        sl_skip_conflict_clause(l);
        break;
    case SL_KW_NULL:
    case SL_KW_UNIQUE:
        sl_keep_token(l);
        sl_skip_conflict_clause(l);
        break;
    case SL_KW_CHECK:
        sl_keep_token(l);
        sl_expect_kind(l, SL_TOK_OPEN);
        sl_expr(l);
        sl_expect_kind(l, SL_TOK_CLOSE);
        sl_skip_conflict_clause(l);
        break;
    case SL_KW_DEFAULT:
        default_value(l);
        break;
    case SL_KW_COLLATE: {
        uint32_t first = l->pos++;
        sl_str name = sl_lowering_decoded(l, l->pos);
        sl_step(l);
        sl_column_option(l, pass, "collation", name, first);
        break;
    }
    case SL_KW_REFERENCES:
        sl_references(l);
        break;
    case SL_KW_GENERATED:
    case SL_KW_AS:
        generated(l, pass);
        break;
    default:
        sl_lowering_fail_here(l);
    }
}

/* CONSTRAINT c is said of what follows; where nothing of the common grammar follows, it goes. */
static bool constraint_name_is_idle(const struct sl_lowering *l)
{
    if (!sl_at(l, SL_KW_CONSTRAINT))
        return false;
    enum sl_keyword next = sl_kw(l, 2);
    return next == SL_KW_COLLATE || next == SL_KW_CONSTRAINT || sl_kind(l, 2) == SL_TOK_COMMA ||
           sl_kind(l, 2) == SL_TOK_CLOSE;
}

static void constraints(struct sl_lowering *l, struct sl_column_pass *pass)
{
    while (!l->failed && !sl_at_end(l) && !sl_at_kind(l, SL_TOK_COMMA) && !sl_at_kind(l, SL_TOK_CLOSE)) {
        if (constraint_name_is_idle(l))
            l->pos += 2;
        else
            constraint(l, pass);
    }
}

static void column(struct sl_lowering *l)
{
    sl_name(l);
    column_type(l);
    sl_column_attributes(l, (struct sl_column_pass){0}, constraints);
}

/* ---- tables ---- */

static bool at_table_constraint(const struct sl_lowering *l)
{
    enum sl_keyword keyword = sl_kw(l, 0);
    return keyword == SL_KW_CONSTRAINT || keyword == SL_KW_PRIMARY || keyword == SL_KW_UNIQUE ||
           keyword == SL_KW_CHECK || keyword == SL_KW_FOREIGN;
}

static void element(struct sl_lowering *l, bool *needs_comma)
{
    struct sl_checkpoint before = sl_lowering_checkpoint(l);
    if (*needs_comma)
        sl_insert(l, ",");
    if (at_table_constraint(l)) {
        sl_key_constraint(l);
        while (!l->failed && at_table_constraint(l)) { /* the comma between them may be left out */
            sl_insert(l, ",");
            sl_key_constraint(l);
        }
    } else {
        column(l);
    }
    if (!sl_at_kind(l, SL_TOK_COMMA) && !sl_at_kind(l, SL_TOK_CLOSE))
        sl_lowering_fail_here(l);
    if (!l->failed || l->failed_by_limit) {
        *needs_comma = true;
        return;
    }
    sl_pass_over_element(l, before);
}

static bool at_temporary(const struct sl_lowering *l)
{
    return sl_at(l, SL_KW_TEMP) || sl_at(l, SL_KW_TEMPORARY);
}

static void if_not_exists(struct sl_lowering *l)
{
    if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        sl_replace_tokens(l, 3, "IF NOT EXISTS");
}

static void create_table(struct sl_lowering *l, uint32_t first, bool is_temporary)
{
    sl_lowering_set_verb(l, "create table");
    size_t mark = sl_emit_mark(&l->emit);
    l->pos++;
    sl_emit_add(&l->emit, is_temporary ? SL_STR("CREATE TEMPORARY TABLE") : SL_STR("CREATE TABLE"),
                sl_lowering_span(l, first, l->pos));
    if_not_exists(l);
    sl_name_qualified(l);
    if (sl_keep(l, SL_KW_AS)) {
        sl_query(l);
        sl_lowering_finish_item(l, mark, first);
        return;
    }
    bool needs_comma = false;
    sl_expect_kind(l, SL_TOK_OPEN);
    do {
        element(l, &needs_comma);
    } while (!l->failed && sl_skip_kind(l, SL_TOK_COMMA));
    sl_expect_kind(l, SL_TOK_CLOSE);
    uint32_t options = l->pos;
    while (!sl_at_end(l) && !l->failed) { /* WITHOUT ROWID, STRICT */
        if (sl_at_kind(l, SL_TOK_WORD) || sl_at_kind(l, SL_TOK_COMMA))
            sl_step(l);
        else
            sl_lowering_fail_here(l);
    }
    if (l->pos > options)
        sl_lowering_fact(l, SL_FACT_TABLE_OPTION, options, l->pos);
    sl_lowering_finish_item(l, mark, first);
}

/* ---- triggers ---- */

static void trigger_columns(struct sl_lowering *l)
{
    SL_VEC(sl_str) columns = {0};
    if (!sl_skip(l, SL_KW_OF))
        return;
    do {
        *SL_VEC_PUSH(l->arena, &columns) = sl_lowering_decoded(l, l->pos);
        sl_step(l);
    } while (sl_skip_kind(l, SL_TOK_COMMA));
    l->routine.columns = columns.items;
    l->routine.n_columns = columns.len;
}

static void trigger_timing(struct sl_lowering *l)
{
    l->routine.timing = SL_STR("before"); /* SQLite's default */
    if (sl_skip(l, SL_KW_AFTER))
        l->routine.timing = SL_STR("after");
    else if (sl_skip2(l, SL_KW_INSTEAD, SL_KW_OF))
        l->routine.timing = SL_STR("instead of");
    else
        sl_skip(l, SL_KW_BEFORE);
    const struct sl_token *event = sl_tok(l, 0);
    l->routine.event = sl_arena_copy_lower(l->arena, sl_str_slice(l->text, event->off, event->len));
    sl_step(l);
    trigger_columns(l);
}

static void trigger_when(struct sl_lowering *l)
{
    if (!sl_skip(l, SL_KW_WHEN))
        return;
    l->routine.when_item = (uint32_t)l->items.len;
    sl_body_condition(l);
}

static void create_trigger(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "create trigger");
    l->pos++;
    if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        l->pos += 3;
    l->routine = (struct sl_routine){.present = true, .kind = SL_STR("trigger"), .when_item = UINT32_MAX};
    sl_header_name(l, &l->routine.schema, &l->routine.name);
    trigger_timing(l);
    sl_expect_skip(l, SL_KW_ON);
    sl_header_name(l, &l->routine.table_schema, &l->routine.table);
    if (sl_skip(l, SL_KW_FOR)) {
        sl_expect_skip(l, SL_KW_EACH);
        sl_expect_skip(l, SL_KW_ROW);
    }
    trigger_when(l);
    sl_expect_skip(l, SL_KW_BEGIN);
    if (l->failed)
        return;
    l->kind = SL_LOWERED_SQL;
    l->in_routine = true;
    while (!l->failed && !sl_at(l, SL_KW_END)) {
        l->role = SL_ROLE_BODY;
        sl_sqlite_statement(l);
        if (!sl_skip_kind(l, SL_TOK_SEMICOLON) && !sl_at(l, SL_KW_END))
            sl_lowering_fail_here(l);
    }
    sl_expect_skip(l, SL_KW_END);
    l->in_routine = false;
}

/* ---- the rest ---- */

static void create(struct sl_lowering *l)
{
    uint32_t first = l->pos++;
    bool is_temporary = at_temporary(l);
    l->pos += is_temporary;
    switch (sl_kw(l, 0)) {
    case SL_KW_TABLE:
        create_table(l, first, is_temporary);
        return;
    case SL_KW_VIEW:
        sl_create_view(l, first, false);
        return;
    case SL_KW_INDEX:
    case SL_KW_UNIQUE:
        sl_create_index(l, first);
        return;
    case SL_KW_TRIGGER:
        create_trigger(l);
        return;
    case SL_KW_VIRTUAL: /* the module decides what its columns are */
        sl_lowering_set_verb(l, "create virtual table");
        sl_set_aside(l, SL_LOWERED_ADMIN);
        return;
    default:
        sl_lowering_fail_here(l);
    }
}

static void alter_rename(struct sl_lowering *l)
{
    sl_keep_token(l);
    if (sl_at(l, SL_KW_TO)) {
        sl_keep_token(l);
        sl_name(l);
        return;
    }
    if (sl_kw(l, 1) != SL_KW_TO)
        sl_skip(l, SL_KW_COLUMN);
    sl_insert(l, "COLUMN");
    sl_name(l);
    sl_expect_keep(l, SL_KW_TO);
    sl_name(l);
}

static void alter(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "alter table");
    uint32_t first = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    sl_keep_token(l);
    sl_expect_keep(l, SL_KW_TABLE);
    sl_name_qualified(l);
    if (sl_at(l, SL_KW_RENAME)) {
        alter_rename(l);
    } else if (sl_at(l, SL_KW_ADD)) {
        sl_keep_token(l);
        sl_skip(l, SL_KW_COLUMN);
        sl_insert(l, "COLUMN");
        column(l);
    } else if (sl_at(l, SL_KW_DROP)) {
        sl_keep_token(l);
        if (!sl_at_end(l) && sl_kind(l, 1) != SL_TOK_END)
            sl_skip(l, SL_KW_COLUMN);
        sl_insert(l, "COLUMN");
        sl_name(l);
    } else {
        sl_lowering_fail_here(l);
    }
    sl_lowering_finish_item(l, mark, first);
}

static void query_or_write(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    sl_with_statement(l);
    sl_lowering_finish_item(l, mark, first);
}

void sl_sqlite_statement(struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_CREATE:
        create(l);
        return;
    case SL_KW_ALTER:
        alter(l);
        return;
    case SL_KW_DROP:
        sl_drop_statement(l);
        return;
    case SL_KW_EXPLAIN:
        sl_explain_statement(l);
        return;
    case SL_KW_BEGIN:
    case SL_KW_COMMIT:
    case SL_KW_END:
    case SL_KW_ROLLBACK:
    case SL_KW_SAVEPOINT:
    case SL_KW_RELEASE:
        sl_set_aside(l, SL_LOWERED_TRANSACTION);
        return;
    case SL_KW_PRAGMA:
    case SL_KW_ATTACH:
    case SL_KW_DETACH:
    case SL_KW_VACUUM:
    case SL_KW_ANALYZE:
    case SL_KW_REINDEX:
        sl_set_aside(l, SL_LOWERED_ADMIN);
        return;
    default:
        query_or_write(l);
    }
}

/* NOLINTEND(misc-no-recursion) */
