/* Data types, as columns, casts and routine parameters name them. */
#include "sql/lowering.h"

static void skip_arguments(struct sl_lowering *l)
{
    if (sl_at_kind(l, SL_TOK_OPEN))
        sl_skip_any(l);
}

static void keep_arguments(struct sl_lowering *l)
{
    if (!sl_at_kind(l, SL_TOK_OPEN))
        return;
    sl_keep_token(l);
    sl_expr_list(l);
    sl_expect_kind(l, SL_TOK_CLOSE);
}

/* A type that the common grammar has no keyword for: any name is a type there. */
static void generic_name(struct sl_lowering *l)
{
    const struct sl_token *token = sl_tok(l, 0);
    sl_str bytes = sl_str_slice(l->text, token->off, token->len);
    char class = sl_keyword_postgres_class((enum sl_keyword)token->keyword);
    bool needs_quotes = token->kind != SL_TOK_WORD || class == 'C' || class == 'R' || sl_is_digit(bytes.ptr[0]) ||
                        sl_str_find_byte(bytes, '$') != SIZE_MAX;
    if (needs_quotes && token->kind == SL_TOK_WORD)
        bytes = sl_quote_name(l->arena, sl_arena_copy_lower(l->arena, bytes));
    else if (needs_quotes)
        bytes = sl_quote_name(l->arena, sl_lowering_decoded(l, l->pos));
    sl_emit_add(&l->emit, bytes, (struct sl_span){token->off, token->len});
    sl_step(l);
}

/* CHAR, CHARACTER VARYING, NATIONAL VARCHAR, NCHAR VARYING …; the length stays. */
static void character_type(struct sl_lowering *l)
{
    uint32_t n = 0;
    bool is_varying = false;
    for (;; n++) {
        enum sl_keyword keyword = sl_kw(l, n);
        bool varies = keyword == SL_KW_VARCHAR || keyword == SL_KW_VARYING || keyword == SL_KW_VARCHARACTER ||
                      keyword == SL_KW_NVARCHAR || keyword == SL_KW_VARCHAR2;
        is_varying = is_varying || varies;
        bool belongs = varies || keyword == SL_KW_NATIONAL || keyword == SL_KW_NCHAR ||
                       ((keyword == SL_KW_CHAR || keyword == SL_KW_CHARACTER) && sl_kw(l, n + 1) != SL_KW_SET) ||
                       ((keyword == SL_KW_CHAR || keyword == SL_KW_CHARACTER) && n == 0);
        if (!belongs)
            break;
    }
    sl_replace_tokens(l, n, is_varying ? "varchar" : "char");
    bool has_number = sl_at_kind(l, SL_TOK_OPEN) && sl_kind(l, 1) == SL_TOK_NUMBER && sl_kind(l, 2) == SL_TOK_CLOSE;
    if (has_number)
        keep_arguments(l);
    else
        skip_arguments(l);
}

static void replaced(struct sl_lowering *l, uint32_t n, const char *text)
{
    sl_replace_tokens(l, n, text);
    skip_arguments(l);
}

/* MariaDB's INTERVAL DAY_SECOND(6), TYPE OF t.c, ROW TYPE OF t, ROW(a INT, …). */
static void type_of(struct sl_lowering *l)
{
    sl_replace_tokens(l, 1, "anyelement");
    if (sl_at_kind(l, SL_TOK_OPEN)) {
        sl_skip_any(l);
        return;
    }
    sl_skip(l, SL_KW_TYPE);
    sl_expect_skip(l, SL_KW_OF);
    l->emit.muted++;
    sl_name_qualified(l);
    l->emit.muted--;
}

static void long_type(struct sl_lowering *l)
{
    uint32_t n =
        sl_kw(l, 1) == SL_KW_VARCHAR || sl_kw(l, 1) == SL_KW_VARCHARACTER || sl_kw(l, 1) == SL_KW_VARBINARY ? 2 : 1;
    if ((sl_kw(l, 1) == SL_KW_CHAR || sl_kw(l, 1) == SL_KW_CHARACTER) && sl_kw(l, 2) == SL_KW_VARYING)
        n = 3;
    replaced(l, n, sl_kw(l, 1) == SL_KW_VARBINARY ? "mediumblob" : "mediumtext");
}

/* FLOAT and FLOAT(7,4) have single precision, FLOAT(53) double. */
static void float_type(struct sl_lowering *l)
{
    bool has_bits = sl_kind(l, 1) == SL_TOK_OPEN && sl_kind(l, 2) == SL_TOK_NUMBER && sl_kind(l, 3) == SL_TOK_CLOSE;
    const struct sl_token *bits = sl_tok(l, 2);
    uint64_t n_bits = 0;
    bool is_double = has_bits && sl_str_to_u64(sl_str_slice(l->text, bits->off, bits->len), &n_bits) && n_bits > 24;
    replaced(l, 1, is_double ? "double precision" : "real");
}

static bool mysql_type(struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_LONG:
        long_type(l);
        return true;
    case SL_KW_TYPE:
    case SL_KW_ROW:
        if (sl_kw(l, 1) != SL_KW_OF && sl_kw(l, 1) != SL_KW_TYPE && sl_kind(l, 1) != SL_TOK_OPEN)
            return false;
        type_of(l);
        return true;
    case SL_KW_INTERVAL:
        sl_replace_tokens(l, 1, "interval");
        while (sl_at_kind(l, SL_TOK_WORD))
            sl_step(l);
        skip_arguments(l);
        return true;
    case SL_KW_SIGNED:
    case SL_KW_UNSIGNED:
        sl_keep_token(l);
        if (!sl_skip(l, SL_KW_INTEGER))
            sl_skip(l, SL_KW_INT);
        return true;
    case SL_KW_FIXED:
    case SL_KW_NUMBER:
        sl_replace_tokens(l, 1, "decimal");
        keep_arguments(l);
        return true;
    case SL_KW_MEDIUMINT:
    case SL_KW_MIDDLEINT:
        sl_keep_token(l);
        skip_arguments(l);
        return true;
    case SL_KW_INT1:
        sl_replace_tokens(l, 1, "tinyint");
        keep_arguments(l);
        return true;
    case SL_KW_INT2:
        replaced(l, 1, "smallint");
        return true;
    case SL_KW_INT3:
        replaced(l, 1, "mediumint");
        return true;
    case SL_KW_INT4:
        replaced(l, 1, "integer");
        return true;
    case SL_KW_INT8:
        replaced(l, 1, "bigint");
        return true;
    case SL_KW_FLOAT:
        float_type(l);
        return true;
    case SL_KW_FLOAT4:
        replaced(l, 1, "real");
        return true;
    case SL_KW_REAL: /* MySQL 8.0 manual, "Floating-Point Types": DOUBLE, but for the mode REAL_AS_FLOAT */
    case SL_KW_FLOAT8:
        replaced(l, 1, "double precision");
        return true;
    default:
        return false;
    }
}

void sl_type(struct sl_lowering *l)
{
    if (l->is_sqlite) {
        sl_sqlite_type(l);
        return;
    }
    if (mysql_type(l))
        return;
    switch (sl_kw(l, 0)) {
    case SL_KW_INT:
    case SL_KW_INTEGER:
    case SL_KW_SMALLINT:
    case SL_KW_BIGINT:
    case SL_KW_BOOLEAN:
        sl_keep_token(l);
        skip_arguments(l);
        return;
    case SL_KW_DOUBLE:
        replaced(l, sl_kw(l, 1) == SL_KW_PRECISION ? 2 : 1, "double precision");
        return;
    case SL_KW_CHAR:
    case SL_KW_CHARACTER:
    case SL_KW_NCHAR:
    case SL_KW_NATIONAL:
    case SL_KW_VARCHAR:
    case SL_KW_VARCHARACTER:
    case SL_KW_NVARCHAR:
    case SL_KW_VARCHAR2:
        character_type(l);
        return;
    case SL_KW_DECIMAL:
    case SL_KW_NUMERIC:
    case SL_KW_DEC:
    case SL_KW_TIME:
    case SL_KW_TIMESTAMP:
    case SL_KW_BIT:
        sl_keep_token(l);
        keep_arguments(l);
        return;
    default:
        break;
    }
    if (!sl_at_kind(l, SL_TOK_WORD) && !sl_at_kind(l, SL_TOK_QUOTED)) {
        sl_lowering_fail_here(l);
        return;
    }
    generic_name(l);
    keep_arguments(l);
}
