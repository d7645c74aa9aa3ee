/* Column definitions: type, attributes. What the common grammar has no clause for becomes OPTIONS of the column. */
#include "sql/lowering.h"

void sl_column_option(struct sl_lowering *l, struct sl_column_pass *pass, const char *name, sl_str value,
                      uint32_t first)
{
    if (!pass->writes_options)
        return;
    unsigned muted = l->emit.muted;
    l->emit.muted = muted - 1;
    sl_emit_insert(&l->emit, pass->has_options ? "," : "OPTIONS (", l->tokens[first].off);
    struct sl_span span = sl_lowering_span(l, first, l->pos);
    sl_emit_add(&l->emit, sl_str_from(name), span);
    sl_emit_add(&l->emit, sl_quote_literal(l->arena, value), span);
    pass->has_options = true;
    l->emit.muted = muted;
}

void sl_column_attributes(struct sl_lowering *l, struct sl_column_pass pass, sl_column_attributes_fn *read)
{
    uint32_t behind_type = l->pos;
    pass.writes_options = true;
    l->emit.muted++;
    read(l, &pass);
    l->emit.muted--;
    if (l->failed)
        return;
    if (pass.has_options)
        sl_insert(l, ")");
    l->pos = behind_type;
    pass.writes_options = false;
    read(l, &pass);
}

/* NOW, CURRENT_TIMESTAMP(6) …: any spelling of the time of the write. */
static void skip_now(struct sl_lowering *l)
{
    bool is_word = sl_at_kind(l, SL_TOK_WORD);
    if (!is_word) {
        sl_lowering_fail_here(l);
        return;
    }
    sl_step(l);
    if (sl_at_kind(l, SL_TOK_OPEN))
        sl_skip_any(l);
}

static void default_value(struct sl_lowering *l)
{
    if (sl_kw(l, 1) == SL_KW_VALUE) { /* SERIAL DEFAULT VALUE */
        l->pos += 2;
        return;
    }
    sl_keep_token(l);
    l->no_collate = true;
    struct sl_expr value = sl_expr_level(l, SL_LEVEL_BIT_OR);
    l->no_collate = false;
    sl_expr_wrap(l, &value, SL_BIND_OPERATOR);
}

static bool at_reference_action(const struct sl_lowering *l)
{
    if (!sl_at(l, SL_KW_ON) || !(sl_kw(l, 1) == SL_KW_DELETE || sl_kw(l, 1) == SL_KW_UPDATE))
        return false;
    switch (sl_kw(l, 2)) {
    case SL_KW_CASCADE:
    case SL_KW_RESTRICT:
    case SL_KW_SET:
    case SL_KW_NO:
        return true;
    default:
        return false;
    }
}

static void reference_action(struct sl_lowering *l)
{
    sl_keep_token(l);
    sl_keep_token(l);
    bool is_pair = sl_at(l, SL_KW_SET) || sl_at(l, SL_KW_NO);
    sl_keep_token(l);
    if (is_pair)
        sl_keep_token(l);
}

/* SQLite only: [NOT] DEFERRABLE [INITIALLY …]. */
static void deferrable(struct sl_lowering *l)
{
    bool is_there = sl_at(l, SL_KW_DEFERRABLE) || (sl_at2(l, SL_KW_NOT, SL_KW_DEFERRABLE));
    if (!is_there)
        return;
    sl_skip(l, SL_KW_NOT);
    l->pos++;
    if (sl_skip(l, SL_KW_INITIALLY))
        sl_step(l);
}

void sl_references(struct sl_lowering *l)
{
    sl_expect_keep(l, SL_KW_REFERENCES);
    sl_name_qualified(l);
    if (sl_at_kind(l, SL_TOK_OPEN))
        sl_name_list(l, true);
    for (;;) {
        if (sl_at(l, SL_KW_MATCH)) /* MATCH PARTIAL is an error of PostgreSQL's grammar */
            l->pos += 2;
        else if (at_reference_action(l))
            reference_action(l);
        else
            break;
    }
    deferrable(l);
}

static void check_constraint(struct sl_lowering *l)
{
    sl_keep_token(l);
    sl_expect_kind(l, SL_TOK_OPEN);
    sl_expr(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
    if (sl_at2(l, SL_KW_NOT, SL_KW_ENFORCED))
        l->pos += 2;
    else
        sl_skip(l, SL_KW_ENFORCED);
}

/* [GENERATED ALWAYS] AS (e) [VIRTUAL | STORED | PERSISTENT], AS ROW START */
static void generated(struct sl_lowering *l, struct sl_column_pass *pass)
{
    uint32_t first = l->pos;
    if (sl_skip(l, SL_KW_GENERATED))
        sl_expect_skip(l, SL_KW_ALWAYS);
    uint32_t as = l->pos;
    sl_expect_skip(l, SL_KW_AS);
    if (sl_skip(l, SL_KW_ROW)) {
        bool is_start = sl_at(l, SL_KW_START);
        sl_step(l);
        sl_column_option(l, pass, "generated", is_start ? SL_STR("row start") : SL_STR("row end"), first);
        return;
    }
    sl_emit_add(&l->emit, SL_STR("GENERATED ALWAYS AS"), sl_lowering_span(l, first, as + 1));
    sl_expect_kind(l, SL_TOK_OPEN);
    sl_expr(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
    bool is_stored = sl_at(l, SL_KW_STORED) || sl_at(l, SL_KW_PERSISTENT);
    if (is_stored || sl_at(l, SL_KW_VIRTUAL))
        l->pos++;
    sl_insert(l, "STORED");
    sl_column_option(l, pass, "generated", is_stored ? SL_STR("stored") : SL_STR("virtual"), first);
}

/* The word or string behind COMMENT, COLLATE, CHARACTER SET …, with an optional "=". */
static sl_str option_value(struct sl_lowering *l)
{
    sl_skip_op(l, SL_OP1('='));
    if (sl_at_end(l)) {
        sl_lowering_fail_here(l);
        return SL_STR_EMPTY;
    }
    sl_str value = sl_lowering_decoded(l, l->pos);
    sl_skip_any(l);
    while (sl_at_kind(l, SL_TOK_STRING))
        sl_step(l);
    return value;
}

static void flag(struct sl_lowering *l, struct sl_column_pass *pass, const char *name)
{
    uint32_t first = l->pos++;
    sl_column_option(l, pass, name, SL_STR("true"), first);
}

static void valued(struct sl_lowering *l, struct sl_column_pass *pass, const char *name, uint32_t n_words)
{
    uint32_t first = l->pos;
    l->pos += n_words;
    sl_str value = option_value(l);
    sl_column_option(l, pass, name, value, first);
}

static void on_update(struct sl_lowering *l, struct sl_column_pass *pass)
{
    uint32_t first = l->pos;
    l->pos += 2;
    skip_now(l);
    sl_column_option(l, pass, "on_update", SL_STR("CURRENT_TIMESTAMP"), first);
}

static void position(struct sl_lowering *l, struct sl_column_pass *pass)
{
    uint32_t first = l->pos;
    if (sl_skip(l, SL_KW_FIRST)) {
        sl_column_option(l, pass, "position", SL_STR("first"), first);
        return;
    }
    l->pos++;
    sl_str name = sl_lowering_decoded(l, l->pos);
    sl_step(l);
    sl_column_option(l, pass, "position", sl_arena_printf(l->arena, "after %.*s", SL_STR_ARG(name)), first);
}

/* Attributes that are about storage only: a word, then = value or a group. */
static void storage_attribute(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    sl_step(l);
    if (sl_skip_op(l, SL_OP1('=')))
        sl_skip_any(l);
    else if (sl_at_kind(l, SL_TOK_OPEN))
        sl_skip_any(l);
    sl_lowering_fact(l, SL_FACT_OTHER, first, l->pos);
}

static bool key_attribute(struct sl_lowering *l)
{
    if (sl_at2(l, SL_KW_PRIMARY, SL_KW_KEY)) {
        sl_keep_token(l);
        sl_keep_token(l);
    } else if (sl_at(l, SL_KW_PRIMARY) || sl_at(l, SL_KW_KEY)) {
        sl_replace_tokens(l, 1, "PRIMARY KEY");
    } else if (sl_at(l, SL_KW_UNIQUE)) {
        sl_keep_token(l);
        sl_skip(l, SL_KW_KEY);
    } else {
        return false;
    }
    return true;
}

static bool constraint_attribute(struct sl_lowering *l, struct sl_column_pass *pass)
{
    if (key_attribute(l))
        return true;
    switch (sl_kw(l, 0)) {
    case SL_KW_NOT:
        if (sl_kw(l, 1) != SL_KW_NULL)
            return false;
        sl_keep_token(l);
        sl_keep_token(l);
        return true;
    case SL_KW_NULL:
        sl_keep_token(l);
        return true;
    case SL_KW_DEFAULT:
        default_value(l);
        return true;
    case SL_KW_CONSTRAINT:
        if (sl_kw(l, 1) == SL_KW_CHECK) { /* the name may be left out */
            l->pos++;
            return true;
        }
        sl_keep_token(l);
        sl_name(l);
        return true;
    case SL_KW_CHECK:
        check_constraint(l);
        return true;
    case SL_KW_REFERENCES:
        sl_references(l);
        return true;
    case SL_KW_GENERATED:
    case SL_KW_AS:
        generated(l, pass);
        return true;
    default:
        return false;
    }
}

static bool option_attribute(struct sl_lowering *l, struct sl_column_pass *pass)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_ON:
        if (sl_kw(l, 1) != SL_KW_UPDATE)
            return false;
        on_update(l, pass);
        return true;
    case SL_KW_AUTO_INCREMENT:
        flag(l, pass, "auto_increment");
        return true;
    case SL_KW_UNSIGNED:
        flag(l, pass, "unsigned");
        return true;
    case SL_KW_ZEROFILL:
        flag(l, pass, "zerofill");
        return true;
    case SL_KW_INVISIBLE:
        flag(l, pass, "invisible");
        return true;
    case SL_KW_COMMENT:
        valued(l, pass, "comment", 1);
        return true;
    case SL_KW_COLLATE:
        valued(l, pass, "collation", 1);
        return true;
    case SL_KW_CHARSET:
        valued(l, pass, "charset", 1);
        return true;
    case SL_KW_CHARACTER:
    case SL_KW_CHAR:
        if (sl_kw(l, 1) != SL_KW_SET)
            return false;
        valued(l, pass, "charset", 2);
        return true;
    case SL_KW_FIRST:
    case SL_KW_AFTER:
        position(l, pass);
        return true;
    default:
        return false;
    }
}

static bool storage_word(struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_SIGNED:
    case SL_KW_BINARY:
    case SL_KW_ASCII:
    case SL_KW_UNICODE:
    case SL_KW_BYTE:
    case SL_KW_VISIBLE:
    case SL_KW_ENFORCED:
    case SL_KW_CLUSTERED:
    case SL_KW_NONCLUSTERED:
        l->pos++;
        return true;
    case SL_KW_COLUMN_FORMAT:
    case SL_KW_STORAGE:
    case SL_KW_SRID:
        l->pos += 2;
        return true;
    case SL_KW_WITH:
    case SL_KW_WITHOUT:
        if (sl_kw(l, 1) != SL_KW_SYSTEM)
            return false;
        l->pos += 3;
        return true;
    case SL_KW_SERIAL:
        if (sl_kw(l, 1) != SL_KW_DEFAULT)
            return false;
        l->pos += 3;
        return true;
    default:
        if (!sl_is_name(l, 0) || !sl_at_kind(l, SL_TOK_WORD))
            return false;
        storage_attribute(l);
        return true;
    }
}

static void attributes(struct sl_lowering *l, struct sl_column_pass *pass)
{
    while (!l->failed && !sl_at_end(l) && !sl_at_kind(l, SL_TOK_COMMA) && !sl_at_kind(l, SL_TOK_CLOSE)) {
        if (!constraint_attribute(l, pass) && !option_attribute(l, pass) && !storage_word(l))
            sl_lowering_fail_here(l);
    }
    if (pass->verb)
        sl_column_option(l, pass, "mysql_verb", sl_str_from(pass->verb), pass->definition);
}

static void skip_to_end_of_element(struct sl_lowering *l)
{
    while (!sl_at_end(l) && !sl_at_kind(l, SL_TOK_COMMA) && !sl_at_kind(l, SL_TOK_CLOSE))
        sl_skip_any(l);
}

void sl_column_definition(struct sl_lowering *l, const char *verb)
{
    uint32_t first = l->pos;
    sl_name(l);
    /* MariaDB: a generated column may have no type. */
    if (sl_at(l, SL_KW_AS) || sl_at(l, SL_KW_GENERATED))
        sl_insert(l, "\"any\"");
    else
        sl_type(l);
    sl_column_attributes(l, (struct sl_column_pass){.verb = verb, .definition = first}, attributes);
    if (!l->failed)
        skip_to_end_of_element(l);
}
