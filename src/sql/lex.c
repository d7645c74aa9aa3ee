#include "sql/lex.h"

#include "base/limits.h"
#include "sql/lexer.h"

void sl_lexer_fail(struct sl_lexer *x, const char *message, size_t off, bool is_limit)
{
    if (x->out->error.len > 0)
        return;
    x->out->error = sl_str_from(message);
    x->out->error_off = (uint32_t)off;
    x->out->is_limit = is_limit;
}

struct sl_token *sl_lexer_push(struct sl_lexer *x, enum sl_token_kind kind, size_t off, size_t end)
{
    struct sl_tokens *out = x->out;
    size_t len = out->len;
    out->items = sl_vec_grow(x->arena, out->items, len, &x->cap, sizeof *out->items);
    struct sl_token *token = &out->items[len];
    out->len++;
    *token = (struct sl_token){.kind = (uint8_t)kind,
                               .flags = x->space_before ? SL_TOKF_SPACE_BEFORE : 0,
                               .off = (uint32_t)off,
                               .len = (uint32_t)(end - off)};
    x->pos = end;
    x->space_before = false;
    return token;
}

const struct sl_token *sl_lexer_previous(const struct sl_lexer *x)
{
    return x->out->len > 0 ? &x->out->items[x->out->len - 1] : NULL;
}

/* A word that ends an operand, so that % behind it is an operator and ? is one of jsonb's. */
static bool word_ends_operand(const struct sl_lexer *x, const struct sl_token *token)
{
    switch (token->keyword) {
    case SL_NOT_A_KEYWORD:
    case SL_KW_NULL:
    case SL_KW_TRUE:
    case SL_KW_FALSE:
    case SL_KW_END:
        return true;
    case SL_KW_BY:
    case SL_KW_SET:
    case SL_KW_ESCAPE:
    case SL_KW_OFFSET:
    case SL_KW_RETURNING:
    case SL_KW_ROWS:
        return false;
    default:
        break;
    }
    if (x->is_mysql)
        return !sl_keyword_is_mysql_reserved(token->keyword);
    if (x->is_sqlite)
        return !sl_keyword_is_sqlite_reserved(token->keyword);
    char class = sl_keyword_postgres_class(token->keyword);
    return class == 'N' || class == 'U';
}

bool sl_lexer_operand_before(const struct sl_lexer *x)
{
    const struct sl_token *token = sl_lexer_previous(x);
    if (!token)
        return false;
    switch (token->kind) {
    case SL_TOK_WORD:
        return word_ends_operand(x, token);
    case SL_TOK_QUOTED:
    case SL_TOK_STRING:
    case SL_TOK_NUMBER:
    case SL_TOK_HEX:
    case SL_TOK_BITS:
    case SL_TOK_PARAM:
    case SL_TOK_VARIABLE:
    case SL_TOK_CLOSE:
        return true;
    default:
        return false;
    }
}

void sl_lexer_word(struct sl_lexer *x)
{
    size_t start = x->pos;
    size_t i = start;
    bool is_lower = true;
    while (i < x->text.len && sl_lexer_is_word_byte((unsigned char)x->text.ptr[i])) {
        unsigned char c = (unsigned char)x->text.ptr[i];
        is_lower = is_lower && ((c >= 'a' && c <= 'z') || c == '_' || sl_is_digit((char)c));
        i++;
    }
    struct sl_token *token = sl_lexer_push(x, SL_TOK_WORD, start, i);
    token->keyword = (uint16_t)sl_keyword_lookup(sl_str_slice(x->text, start, i - start));
    if (is_lower && !sl_is_digit(x->text.ptr[start]))
        token->flags |= SL_TOKF_PLAIN;
}

/* 0x1F and 0b01 if nothing but their digits follows; else 0. */
static size_t radix_end(const struct sl_lexer *x)
{
    size_t i = x->pos;
    unsigned char letter = sl_lexer_byte(x, i + 1);
    bool is_hex = letter == 'x' || (letter == 'X' && !x->is_mysql);
    bool is_binary = letter == 'b' && !x->is_sqlite;
    if (x->text.ptr[i] != '0' || !(is_hex || is_binary))
        return 0;
    size_t digits = i + 2;
    while (is_hex ? sl_hex_digit((char)sl_lexer_byte(x, digits)) >= 0
                  : sl_lexer_byte(x, digits) == '0' || sl_lexer_byte(x, digits) == '1')
        digits++;
    return digits > i + 2 && !sl_lexer_is_word_byte(sl_lexer_byte(x, digits)) ? digits : 0;
}

size_t sl_lexer_digits_end(const struct sl_lexer *x, size_t i)
{
    while (sl_is_digit((char)sl_lexer_byte(x, i)) ||
           (!x->is_mysql && sl_lexer_byte(x, i) == '_' && sl_is_digit((char)sl_lexer_byte(x, i + 1))))
        i++;
    return i;
}

static void lex_number(struct sl_lexer *x)
{
    size_t start = x->pos;
    size_t end = radix_end(x);
    if (end > 0) {
        sl_lexer_push(
            x, sl_lexer_byte(x, start + 1) == 'b' || sl_lexer_byte(x, start + 1) == 'B' ? SL_TOK_BITS : SL_TOK_HEX,
            start, end);
        return;
    }
    end = sl_lexer_digits_end(x, start);
    bool has_dot = sl_lexer_byte(x, end) == '.' && !(x->is_postgres && sl_lexer_byte(x, end + 1) == '.');
    if (has_dot)
        end = sl_lexer_digits_end(x, end + 1);
    unsigned char letter = sl_lexer_byte(x, end);
    if (letter == 'e' || letter == 'E') {
        size_t sign = sl_lexer_byte(x, end + 1) == '+' || sl_lexer_byte(x, end + 1) == '-';
        if (sl_is_digit((char)sl_lexer_byte(x, end + 1 + sign)))
            end = sl_lexer_digits_end(x, end + 1 + sign);
    }
    /* MySQL: 2a and 1e are names, 1.5e is not. */
    if (x->is_mysql && !has_dot && sl_lexer_is_word_byte(sl_lexer_byte(x, end))) {
        sl_lexer_word(x);
        return;
    }
    sl_lexer_push(x, SL_TOK_NUMBER, start, end);
}

/* Behind `name.`, with nothing between, everything is a name: t.1, t.0x41, t.select. */
static bool behind_name_dot(const struct sl_lexer *x)
{
    if (x->space_before || x->out->len < 2 || !x->is_mysql)
        return false;
    const struct sl_token *dot = &x->out->items[x->out->len - 1];
    return dot->kind == SL_TOK_DOT && dot->off + 1 == x->pos &&
           (dot[-1].kind == SL_TOK_WORD || dot[-1].kind == SL_TOK_QUOTED);
}

static void lex_dot(struct sl_lexer *x)
{
    const struct sl_token *before = sl_lexer_previous(x);
    bool behind_name = before && !x->space_before && (before->kind == SL_TOK_WORD || before->kind == SL_TOK_QUOTED);
    if (sl_is_digit((char)sl_lexer_byte(x, x->pos + 1)) && !behind_name) {
        lex_number(x);
        return;
    }
    if (x->is_postgres && sl_lexer_byte(x, x->pos + 1) == '.')
        sl_lexer_push(x, SL_TOK_OP, x->pos, x->pos + 2)->partner = SL_OP2('.', '.');
    else
        sl_lexer_push(x, SL_TOK_DOT, x->pos, x->pos + 1);
}

static void lex_open(struct sl_lexer *x, uint8_t flags)
{
    if (x->open.len >= SL_MAX_NESTING)
        sl_lexer_fail(x, "more brackets inside brackets than the limit", x->pos, true);
    *SL_VEC_PUSH(x->arena, &x->open) = x->out->len;
    struct sl_token *token = sl_lexer_push(x, SL_TOK_OPEN, x->pos, x->pos + 1);
    token->flags |= flags;
    token->partner = x->out->len - 1;
}

static void lex_close(struct sl_lexer *x, uint8_t flags)
{
    size_t off = x->pos;
    struct sl_token *token = sl_lexer_push(x, SL_TOK_CLOSE, off, off + 1);
    token->flags |= flags;
    token->partner = x->out->len - 1;
    if (x->open.len == 0) {
        sl_lexer_fail(x, "a closing bracket has no partner", off, false);
        return;
    }
    uint32_t open = x->open.items[--x->open.len];
    if ((x->out->items[open].flags & SL_TOKF_SQUARE) != (token->flags & SL_TOKF_SQUARE))
        sl_lexer_fail(x, "a closing bracket has another partner", off, false);
    x->out->items[open].partner = x->out->len - 1;
    token->partner = open;
}

static void lex_square(struct sl_lexer *x)
{
    if (x->is_sqlite)
        sl_lexer_quoted_name(x, ']');
    else if (x->is_postgres)
        lex_open(x, SL_TOKF_SQUARE);
    else
        sl_lexer_push(x, SL_TOK_UNKNOWN, x->pos, x->pos + 1);
}

static void lex_punctuation(struct sl_lexer *x, char c)
{
    switch (c) {
    case '(':
        lex_open(x, 0);
        break;
    case ')':
        lex_close(x, 0);
        break;
    case '[':
        if (!sl_lexer_optional_part(x))
            lex_square(x);
        break;
    case ']':
        if (sl_lexer_optional_part(x))
            break;
        if (x->is_postgres)
            lex_close(x, SL_TOKF_SQUARE);
        else
            sl_lexer_push(x, SL_TOK_UNKNOWN, x->pos, x->pos + 1);
        break;
    case ',':
        sl_lexer_push(x, SL_TOK_COMMA, x->pos, x->pos + 1);
        break;
    case ';':
        sl_lexer_push(x, SL_TOK_SEMICOLON, x->pos, x->pos + 1);
        break;
    case '{':
        if (sl_lexer_brace(x))
            break;
        sl_lexer_push(x, SL_TOK_LBRACE, x->pos, x->pos + 1);
        break;
    case '}':
        sl_lexer_push(x, SL_TOK_RBRACE, x->pos, x->pos + 1);
        break;
    default:
        sl_lexer_operator(x);
    }
}

static void lex_symbol(struct sl_lexer *x, char c)
{
    switch (c) {
    case '\'':
    case '"':
        sl_lexer_quote(x, c);
        break;
    case '`':
        if (x->is_postgres)
            sl_lexer_operator(x);
        else
            sl_lexer_quoted_name(x, '`');
        break;
    case '.':
        lex_dot(x);
        break;
    case '?':
        sl_lexer_question(x);
        break;
    case ':':
        sl_lexer_colon(x);
        break;
    case '@':
        sl_lexer_at(x);
        break;
    case '$':
        sl_lexer_dollar(x);
        break;
    case '#':
        sl_lexer_hash(x);
        break;
    case '%':
        sl_lexer_percent(x);
        break;
    default:
        lex_punctuation(x, c);
    }
}

static void lex_one(struct sl_lexer *x)
{
    char c = x->text.ptr[x->pos];
    if (sl_is_space(c) || c == '\0') {
        x->pos++;
        x->space_before = true;
    } else if (sl_lexer_is_word_start((unsigned char)c)) {
        bool may_be_prefix =
            (x->pos + 1 < x->text.len) && (sl_lexer_byte(x, x->pos + 1) == '\'' || sl_lexer_byte(x, x->pos + 1) == '&');
        if (!may_be_prefix || !sl_lexer_prefixed(x))
            sl_lexer_word(x);
    } else if (sl_is_digit(c)) {
        if (behind_name_dot(x))
            sl_lexer_word(x);
        else
            lex_number(x);
    } else if (c == '/' && sl_lexer_block_comment(x)) {
        return;
    } else if (c == '-' && sl_lexer_dash_comment(x)) {
        return;
    } else if (c == '*' && x->in_executable && sl_lexer_byte(x, x->pos + 1) == '/') {
        x->in_executable = false;
        x->pos += 2;
        x->space_before = true;
    } else {
        lex_symbol(x, c);
    }
}

bool sl_token_is_word(sl_str statement, const struct sl_token *token, const char *word)
{
    return token->kind == SL_TOK_WORD &&
           sl_str_eq_nocase(sl_str_slice(statement, token->off, token->len), sl_str_from(word));
}

void sl_lex(sl_str statement, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_tokens *out)
{
    *out = (struct sl_tokens){.error = SL_STR_EMPTY};
    struct sl_lexer x = {.text = statement,
                         .mode = mode,
                         .arena = arena,
                         .out = out,
                         .is_mysql = mode->dialect == SL_DIALECT_MYSQL,
                         .is_sqlite = mode->dialect == SL_DIALECT_SQLITE};
    x.is_postgres = !x.is_mysql && !x.is_sqlite;
    if (statement.len > SL_MAX_STATEMENT_BYTES) {
        sl_lexer_fail(&x, "the statement is longer than the limit", 0, true);
        x.text.len = 0;
    }
    x.cap = x.text.len / 4 + 16;
    out->items = SL_NEW_ARRAY(arena, x.cap, struct sl_token);
    while (x.pos < x.text.len)
        lex_one(&x);
    if (x.open.len > 0)
        sl_lexer_fail(&x, "a bracket is not closed", out->items[x.open.items[x.open.len - 1]].off, false);
    sl_lexer_push(&x, SL_TOK_END, x.text.len, x.text.len);
    out->len--;
}
