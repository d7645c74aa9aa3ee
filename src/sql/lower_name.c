/* Identifiers, literals, placeholders: tokens that stand for themselves. */
#include "sql/lowering.h"

/* Variables are numbered apart from placeholders, so that a reader of the AST can tell them. */
#define FIRST_VARIABLE 1000001u

static const char *const charsets[] = {
    "armscii8", "ascii", "big5",    "binary", "cp1250",  "cp1251", "cp1256", "cp1257",  "cp850",    "cp852",  "cp866",
    "cp932",    "dec8",  "eucjpms", "euckr",  "gb18030", "gb2312", "gbk",    "geostd8", "greek",    "hebrew", "hp8",
    "keybcs2",  "koi8r", "koi8u",   "latin1", "latin2",  "latin5", "latin7", "macce",   "macroman", "sjis",   "swe7",
    "tis620",   "ucs2",  "ujis",    "utf16",  "utf16le", "utf32",  "utf8",   "utf8mb3", "utf8mb4",
};

bool sl_is_introducer(const struct sl_lowering *l, uint32_t ahead)
{
    const struct sl_token *token = sl_tok(l, ahead);
    if (!l->is_mysql || token->kind != SL_TOK_WORD || l->text.ptr[token->off] != '_')
        return false;
    uint8_t next = sl_kind(l, ahead + 1);
    if (next != SL_TOK_STRING && next != SL_TOK_HEX && next != SL_TOK_BITS)
        return false;
    sl_str name = sl_str_slice(l->text, token->off + 1, token->len - 1);
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
        if (sl_str_eq_nocase(name, sl_str_from(charsets[i])))
            return true;
    }
    return false;
}

bool sl_is_name(const struct sl_lowering *l, uint32_t ahead)
{
    const struct sl_token *token = sl_tok(l, ahead);
    if (token->kind == SL_TOK_QUOTED)
        return true;
    if (token->kind != SL_TOK_WORD)
        return false;
    if (l->is_sqlite)
        return !sl_keyword_is_sqlite_reserved((enum sl_keyword)token->keyword);
    return !sl_keyword_is_mysql_reserved((enum sl_keyword)token->keyword);
}

sl_str sl_quote_literal(struct sl_arena *arena, sl_str value)
{
    return sl_arena_copy_quoted(arena, value, '\'', "'");
}

sl_str sl_quote_name(struct sl_arena *arena, sl_str name)
{
    /* PostgreSQL has no empty name; MySQL lets an alias be one. */
    return name.len == 0 ? SL_STR("\" \"") : sl_arena_copy_quoted(arena, name, '"', "\"");
}

void sl_name_any(struct sl_lowering *l)
{
    const struct sl_token *token = sl_tok(l, 0);
    sl_str bytes = sl_str_slice(l->text, token->off, token->len);
    bool as_it_stands =
        (token->kind == SL_TOK_WORD && token->flags & SL_TOKF_PLAIN &&
         sl_keyword_postgres_class((enum sl_keyword)token->keyword) == 'N') ||
        (token->kind == SL_TOK_QUOTED && token->flags & SL_TOKF_PLAIN && bytes.ptr[0] == '"' && bytes.len > 2);
    if (!as_it_stands && !l->emit.muted)
        bytes = sl_quote_name(l->arena, sl_lex_decode(l->text, token, l->arena));
    sl_emit_add(&l->emit, bytes, (struct sl_span){token->off, token->len});
    sl_step(l);
}

void sl_name(struct sl_lowering *l)
{
    /* A placeholder where a name is wanted is a template of the host language: ${table}. */
    if (sl_at_kind(l, SL_TOK_PARAM)) {
        sl_replace_tokens(l, 1, "\"mysql:param\"");
        return;
    }
    bool is_qualifier = sl_at_kind(l, SL_TOK_WORD) && sl_kind(l, 1) == SL_TOK_DOT;
    if (sl_is_name(l, 0) || is_qualifier || (l->is_sqlite && sl_at_kind(l, SL_TOK_STRING)))
        sl_name_any(l);
    else
        sl_lowering_fail_here(l);
}

static bool at_name_part(const struct sl_lowering *l)
{
    return sl_at_kind(l, SL_TOK_WORD) || sl_at_kind(l, SL_TOK_QUOTED);
}

void sl_name_qualified(struct sl_lowering *l)
{
    sl_skip_kind(l, SL_TOK_DOT); /* MySQL: .t is t of the current database */
    sl_name(l);
    while (sl_at_kind(l, SL_TOK_DOT)) {
        sl_keep_token(l);
        if (at_name_part(l) || (l->is_sqlite && sl_at_kind(l, SL_TOK_STRING)))
            sl_name_any(l);
        else
            sl_lowering_fail_here(l);
    }
}

void sl_name_last(struct sl_lowering *l)
{
    sl_skip_kind(l, SL_TOK_DOT);
    while (sl_kind(l, 1) == SL_TOK_DOT && at_name_part(l))
        l->pos += 2;
    if (l->pos > 0 && l->tokens[l->pos - 1].kind == SL_TOK_DOT && at_name_part(l))
        sl_name_any(l);
    else
        sl_name(l);
}

void sl_name_list(struct sl_lowering *l, bool with_lengths)
{
    sl_expect_kind(l, SL_TOK_OPEN);
    while (!l->failed && !sl_at_kind(l, SL_TOK_CLOSE)) {
        sl_name_last(l);
        if (with_lengths && sl_at_kind(l, SL_TOK_OPEN))
            sl_skip_any(l);
        if (with_lengths && (sl_skip(l, SL_KW_ASC) || sl_skip(l, SL_KW_DESC)))
            continue;
        if (!sl_keep_kind(l, SL_TOK_COMMA))
            break;
    }
    sl_expect_kind(l, SL_TOK_CLOSE);
}

static bool at_string(const struct sl_lowering *l, uint32_t ahead)
{
    return sl_kind(l, ahead) == SL_TOK_STRING;
}

void sl_string(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    const struct sl_token *token = sl_tok(l, 0);
    if (token->flags & SL_TOKF_PLAIN && !(l->is_mysql && at_string(l, 1))) {
        sl_keep_token(l);
        return;
    }
    struct sl_chunk whole = {.src_off = token->off};
    SL_VEC(char) value = {0};
    while (at_string(l, 0)) {
        sl_str part = sl_lowering_decoded(l, l->pos);
        for (size_t i = 0; i < part.len && !l->emit.muted; i++)
            *SL_VEC_PUSH(l->arena, &value) = part.ptr[i];
        sl_step(l);
        if (!l->is_mysql)
            break;
    }
    whole.src_len = sl_lowering_span(l, first, l->pos).len;
    sl_emit_add(&l->emit, sl_quote_literal(l->arena, (sl_str){value.items, value.len}),
                (struct sl_span){whole.src_off, whole.src_len});
}

/* SQLite's 1_000 is 1000. */
void sl_number(struct sl_lowering *l)
{
    const struct sl_token *token = sl_tok(l, 0);
    sl_str digits = sl_str_slice(l->text, token->off, token->len);
    if (sl_str_find_byte(digits, '_') == SIZE_MAX) {
        sl_keep_token(l);
        return;
    }
    sl_emit_add(&l->emit, sl_number_digits(digits, l->arena), (struct sl_span){token->off, token->len});
    sl_step(l);
}

sl_str sl_number_digits(sl_str number, struct sl_arena *arena)
{
    char *digits = sl_arena_alloc(arena, number.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < number.len; i++) {
        if (number.ptr[i] != '_')
            digits[n++] = number.ptr[i];
    }
    return (sl_str){digits, n};
}

/* 0x1F, x'1F' → X'1F'; 0b1, b'1' → B'1'. */
void sl_hex_or_bits(struct sl_lowering *l)
{
    const struct sl_token *token = sl_tok(l, 0);
    sl_str bytes = sl_str_slice(l->text, token->off, token->len);
    char letter = token->kind == SL_TOK_HEX ? 'X' : 'B';
    sl_str digits = bytes.ptr[0] == '0' ? sl_str_slice(bytes, 2, bytes.len) : sl_lex_decode(l->text, token, l->arena);
    sl_emit_add(&l->emit, sl_arena_printf(l->arena, "%c'%.*s'", letter, SL_STR_ARG(digits)),
                (struct sl_span){token->off, token->len});
    sl_step(l);
}

void sl_param(struct sl_lowering *l)
{
    const struct sl_token *token = sl_tok(l, 0);
    struct sl_span span = {token->off, token->len};
    sl_emit_add(&l->emit, sl_arena_printf(l->arena, "$%u", (unsigned)token->partner), span);
    bool is_variable = token->kind == SL_TOK_VARIABLE;
    struct sl_fact *fact =
        sl_lowering_fact(l, is_variable ? SL_FACT_VARIABLE : SL_FACT_PLACEHOLDER, l->pos, l->pos + 1);
    if (is_variable)
        fact->text = sl_lowering_decoded(l, l->pos);
    fact->param = token->partner;
    sl_step(l);
}

/* ---- numbering ---- */

struct names {
    const struct sl_token **slots;
    size_t n_slots;
};

static bool is_numbered(const struct sl_token *token)
{
    return token->kind == SL_TOK_PARAM || token->kind == SL_TOK_VARIABLE;
}

static size_t hash_bytes(sl_str s)
{
    size_t hash = 5381;
    for (size_t i = 0; i < s.len; i++)
        hash = hash * 33 ^ (unsigned char)sl_lower_char(s.ptr[i]);
    return hash;
}

/* The earlier token of the same spelling, or NULL; `token` is remembered then. */
static const struct sl_token *find_earlier(struct names *names, sl_str text, const struct sl_token *token)
{
    sl_str name = sl_str_slice(text, token->off, token->len);
    for (size_t i = hash_bytes(name);; i++) {
        const struct sl_token **slot = &names->slots[i & (names->n_slots - 1)];
        if (!*slot) {
            *slot = token;
            return NULL;
        }
        if (sl_str_eq_nocase(sl_str_slice(text, (*slot)->off, (*slot)->len), name))
            return *slot;
    }
}

/* $7 and ?7 say their number themselves; 0 if the token does not, or says one that cannot be. */
static uint32_t own_number(sl_str text, const struct sl_token *token)
{
    uint64_t number;
    if (token->kind != SL_TOK_PARAM || (text.ptr[token->off] != '$' && text.ptr[token->off] != '?'))
        return 0;
    if (!sl_str_to_u64(sl_str_slice(text, token->off + 1, token->len - 1), &number) || number >= FIRST_VARIABLE)
        return 0;
    return (uint32_t)number;
}

static bool is_anonymous(sl_str text, const struct sl_token *token)
{
    char first = text.ptr[token->off];
    return token->len == 1 || (first == '%' && token->len == 2);
}

void sl_number_params(struct sl_lowering *l, struct sl_tokens *tokens)
{
    size_t n = 0;
    uint32_t next = 1;
    for (uint32_t i = 0; i < tokens->len; i++) {
        n += is_numbered(&tokens->items[i]);
        uint32_t own = is_numbered(&tokens->items[i]) ? own_number(l->text, &tokens->items[i]) : 0;
        next = own >= next ? own + 1 : next;
    }
    if (n == 0)
        return;
    struct names names = {.n_slots = 8};
    while (names.n_slots < n * 2)
        names.n_slots *= 2;
    names.slots = SL_NEW_ARRAY(l->arena, names.n_slots, const struct sl_token *);
    uint32_t next_variable = FIRST_VARIABLE;
    for (uint32_t i = 0; i < tokens->len; i++) {
        struct sl_token *token = &tokens->items[i];
        if (!is_numbered(token))
            continue;
        uint32_t own = own_number(l->text, token);
        const struct sl_token *earlier =
            own || is_anonymous(l->text, token) ? NULL : find_earlier(&names, l->text, token);
        uint32_t *counter = token->kind == SL_TOK_VARIABLE ? &next_variable : &next;
        token->partner = own ? own : earlier ? earlier->partner : (*counter)++;
    }
}
