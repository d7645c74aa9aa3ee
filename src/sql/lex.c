#include "sql/lex.h"

#include "base/limits.h"
#include "base/vec.h"

/* Where an executable comment runs if the server's version is not known: newer than any, but 99999 never runs. */
#define NEWEST_MYSQL 90900u
#define NEWEST_MARIADB 130000u
#define NEVER_VERSION 99999u

struct lexer {
    sl_str text;
    const struct sl_sql_mode *mode;
    struct sl_arena *arena;
    struct sl_tokens *out;
    size_t cap;
    size_t pos;
    bool is_mysql, is_postgres, is_sqlite;
    bool space_before;
    bool in_executable; /* inside an executable comment whose body is code */
    struct {
        uint32_t *items;
        size_t len, cap;
    } open;
};

static inline unsigned char byte_at(const struct lexer *x, size_t off)
{
    return off < x->text.len ? (unsigned char)x->text.ptr[off] : 0;
}

static inline bool is_word_start(unsigned char c)
{
    return sl_is_alpha((char)c) || c == '_' || c >= 0x80;
}

static inline bool is_word_byte(unsigned char c)
{
    return is_word_start(c) || sl_is_digit((char)c) || c == '$';
}

static inline bool is_hex_digit(unsigned char c)
{
    return sl_is_digit((char)c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static void lex_fail(struct lexer *x, const char *message, size_t off, bool is_limit)
{
    if (x->out->error.len > 0)
        return;
    x->out->error = sl_str_from(message);
    x->out->error_off = (uint32_t)off;
    x->out->is_limit = is_limit;
}

static struct sl_token *push(struct lexer *x, enum sl_token_kind kind, size_t off, size_t end)
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

static const struct sl_token *previous(const struct lexer *x)
{
    return x->out->len > 0 ? &x->out->items[x->out->len - 1] : NULL;
}

/* A word that ends an operand, so that % behind it is an operator and ? is one of jsonb's. */
static bool word_ends_operand(const struct lexer *x, const struct sl_token *token)
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

static bool operand_before(const struct lexer *x)
{
    const struct sl_token *token = previous(x);
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

/* End of a line, or of the text. */
static size_t line_end(const struct lexer *x, size_t off)
{
    const char *found = memchr(x->text.ptr + off, '\n', x->text.len - off);
    return found ? (size_t)(found - x->text.ptr) : x->text.len;
}

static size_t block_comment_end(struct lexer *x, size_t start)
{
    size_t depth = 1;
    size_t i = start + 2;
    while (i + 1 < x->text.len) {
        if (x->text.ptr[i] == '*' && x->text.ptr[i + 1] == '/') {
            i += 2;
            if (--depth == 0)
                return i;
        } else if (x->is_postgres && x->text.ptr[i] == '/' && x->text.ptr[i + 1] == '*') {
            depth++;
            i += 2;
        } else {
            i++;
        }
    }
    if (!x->is_sqlite)
        lex_fail(x, "a comment is not closed", start, false);
    return x->text.len;
}

static void add_comment(struct lexer *x, size_t off, size_t end, bool is_hint, bool is_executable)
{
    *SL_VEC_PUSH(x->arena, &x->out->comments) =
        (struct sl_comment){{(uint32_t)off, (uint32_t)(end - off)}, .is_hint = is_hint, .is_executable = is_executable};
}

static bool version_runs(const struct lexer *x, uint32_t version)
{
    uint32_t server = x->mode->server_version;
    if (version == NEVER_VERSION)
        return false;
    if (server == 0)
        server = x->mode->mariadb ? NEWEST_MARIADB : NEWEST_MYSQL;
    /* MariaDB's manual: versions from 50700 to 99999 are MySQL's own and do not run. */
    if (x->mode->mariadb && version >= 50700 && version <= NEVER_VERSION)
        return false;
    return version <= server;
}

/* At slash star bang (or slash star M bang): steps into the body if it runs, else over the comment. */
static void lex_executable(struct lexer *x, size_t start, size_t bang)
{
    size_t i = bang + 1;
    uint32_t version = 0;
    size_t digits = 0;
    while (digits < 6 && sl_is_digit((char)byte_at(x, i + digits)))
        digits++;
    if (digits >= 5) {
        for (size_t k = 0; k < digits; k++)
            version = version * 10 + (uint32_t)(byte_at(x, i + k) - '0');
        i += digits;
    }
    if (version_runs(x, version) && !x->in_executable) {
        add_comment(x, start, i, false, true);
        x->in_executable = true;
        x->pos = i;
        return;
    }
    x->pos = block_comment_end(x, start);
}

static bool lex_block_comment(struct lexer *x)
{
    size_t start = x->pos;
    if (byte_at(x, start + 1) != '*')
        return false;
    x->space_before = true;
    unsigned char third = byte_at(x, start + 2);
    if (x->is_mysql && third == '!') {
        lex_executable(x, start, start + 2);
        return true;
    }
    if (x->is_mysql && x->mode->mariadb && third == 'M' && byte_at(x, start + 3) == '!') {
        lex_executable(x, start, start + 3);
        return true;
    }
    size_t end = block_comment_end(x, start);
    if (third == '+')
        add_comment(x, start, end, true, false);
    x->pos = end;
    return true;
}

static bool lex_dash_comment(struct lexer *x)
{
    if (byte_at(x, x->pos + 1) != '-')
        return false;
    /* MySQL: only before white space, a control character or the end; 1--1 is a difference. */
    if (x->is_mysql && x->pos + 2 < x->text.len && byte_at(x, x->pos + 2) > ' ')
        return false;
    x->pos = line_end(x, x->pos);
    x->space_before = true;
    return true;
}

/* Offset behind the closing quote; doubled quotes and, where they count, backslashes are passed over. */
static size_t quoted_end(struct lexer *x, size_t start, char quote, bool escapes, bool *is_plain)
{
    size_t i = start + 1;
    *is_plain = true;
    while (i < x->text.len) {
        char c = x->text.ptr[i];
        if (c == quote) {
            if (byte_at(x, i + 1) != (unsigned char)quote)
                return i + 1;
            *is_plain = false;
            i += 2;
        } else if (c == '\\') {
            *is_plain = false;
            i += escapes ? 2 : 1;
        } else {
            if (c == '\0')
                *is_plain = false;
            i++;
        }
    }
    lex_fail(x, "a quote is not closed", start, false);
    return x->text.len;
}

static void lex_quoted_name(struct lexer *x, char close)
{
    bool is_plain;
    size_t end = quoted_end(x, x->pos, close, false, &is_plain);
    struct sl_token *token = push(x, SL_TOK_QUOTED, x->pos, end);
    if (is_plain)
        token->flags |= SL_TOKF_PLAIN;
}

/* `start` is the token's begin (a prefix may stand there), `quote` where the quote stands. */
static void lex_string(struct lexer *x, size_t start, size_t quote, bool escapes)
{
    bool is_plain;
    char mark = x->text.ptr[quote];
    size_t end = quoted_end(x, quote, mark, escapes, &is_plain);
    struct sl_token *token = push(x, SL_TOK_STRING, start, end);
    if (is_plain && start == quote && mark == '\'')
        token->flags |= SL_TOKF_PLAIN;
    if (mark == '"')
        token->flags |= SL_TOKF_DOUBLE;
    if (escapes)
        token->flags |= SL_TOKF_ESCAPES;
}

static void lex_quote(struct lexer *x, char quote)
{
    bool escapes = x->is_mysql && !x->mode->no_backslash_escapes;
    if (quote == '\'' || (quote == '"' && x->is_mysql && !x->mode->ansi_quotes))
        lex_string(x, x->pos, x->pos, escapes);
    else
        lex_quoted_name(x, quote);
}

/* x'1F', b'01', n'text', e'\n', u&'…': answers false if the letter starts an ordinary word. */
static bool lex_prefixed(struct lexer *x)
{
    size_t start = x->pos;
    char letter = sl_lower_char(x->text.ptr[start]);
    size_t quote = start + 1;
    if (letter == 'u' && x->is_postgres && byte_at(x, quote) == '&') {
        if (byte_at(x, quote + 1) == '"') {
            bool is_plain;
            push(x, SL_TOK_QUOTED, start, quoted_end(x, quote + 1, '"', false, &is_plain));
            return true;
        }
        quote++;
    }
    if (byte_at(x, quote) != '\'')
        return false;
    if (letter == 'x' || (letter == 'b' && !x->is_sqlite)) {
        bool is_plain;
        push(x, letter == 'x' ? SL_TOK_HEX : SL_TOK_BITS, start, quoted_end(x, quote, '\'', false, &is_plain));
        return true;
    }
    if (letter == 'n' && !x->is_sqlite) {
        lex_string(x, start, quote, x->is_mysql && !x->mode->no_backslash_escapes);
        return true;
    }
    if (x->is_postgres && (letter == 'e' || letter == 'u')) {
        lex_string(x, start, quote, letter == 'e');
        return true;
    }
    return false;
}

static void lex_word(struct lexer *x)
{
    size_t start = x->pos;
    size_t i = start;
    bool is_lower = true;
    while (i < x->text.len && is_word_byte((unsigned char)x->text.ptr[i])) {
        unsigned char c = (unsigned char)x->text.ptr[i];
        is_lower = is_lower && ((c >= 'a' && c <= 'z') || c == '_' || sl_is_digit((char)c));
        i++;
    }
    struct sl_token *token = push(x, SL_TOK_WORD, start, i);
    token->keyword = (uint16_t)sl_keyword_lookup(sl_str_slice(x->text, start, i - start));
    if (is_lower && !sl_is_digit(x->text.ptr[start]))
        token->flags |= SL_TOKF_PLAIN;
}

/* 0x1F and 0b01 if nothing but their digits follows; else 0. */
static size_t radix_end(const struct lexer *x)
{
    size_t i = x->pos;
    unsigned char letter = byte_at(x, i + 1);
    bool is_hex = letter == 'x' || (letter == 'X' && !x->is_mysql);
    bool is_binary = letter == 'b' && !x->is_sqlite;
    if (x->text.ptr[i] != '0' || !(is_hex || is_binary))
        return 0;
    size_t digits = i + 2;
    while (is_hex ? is_hex_digit(byte_at(x, digits)) : byte_at(x, digits) == '0' || byte_at(x, digits) == '1')
        digits++;
    return digits > i + 2 && !is_word_byte(byte_at(x, digits)) ? digits : 0;
}

static size_t digits_end(const struct lexer *x, size_t i)
{
    while (sl_is_digit((char)byte_at(x, i)) ||
           (!x->is_mysql && byte_at(x, i) == '_' && sl_is_digit((char)byte_at(x, i + 1))))
        i++;
    return i;
}

static void lex_number(struct lexer *x)
{
    size_t start = x->pos;
    size_t end = radix_end(x);
    if (end > 0) {
        push(x, byte_at(x, start + 1) == 'b' || byte_at(x, start + 1) == 'B' ? SL_TOK_BITS : SL_TOK_HEX, start, end);
        return;
    }
    end = digits_end(x, start);
    bool has_dot = byte_at(x, end) == '.' && !(x->is_postgres && byte_at(x, end + 1) == '.');
    if (has_dot)
        end = digits_end(x, end + 1);
    unsigned char letter = byte_at(x, end);
    if (letter == 'e' || letter == 'E') {
        size_t sign = byte_at(x, end + 1) == '+' || byte_at(x, end + 1) == '-';
        if (sl_is_digit((char)byte_at(x, end + 1 + sign)))
            end = digits_end(x, end + 1 + sign);
    }
    /* MySQL: 2a and 1e are names, 1.5e is not. */
    if (x->is_mysql && !has_dot && is_word_byte(byte_at(x, end))) {
        lex_word(x);
        return;
    }
    push(x, SL_TOK_NUMBER, start, end);
}

/* Behind `name.`, with nothing between, everything is a name: t.1, t.0x41, t.select. */
static bool behind_name_dot(const struct lexer *x)
{
    if (x->space_before || x->out->len < 2 || !x->is_mysql)
        return false;
    const struct sl_token *dot = &x->out->items[x->out->len - 1];
    return dot->kind == SL_TOK_DOT && dot->off + 1 == x->pos &&
           (dot[-1].kind == SL_TOK_WORD || dot[-1].kind == SL_TOK_QUOTED);
}

static void lex_dot(struct lexer *x)
{
    const struct sl_token *before = previous(x);
    bool behind_name = before && !x->space_before && (before->kind == SL_TOK_WORD || before->kind == SL_TOK_QUOTED);
    if (sl_is_digit((char)byte_at(x, x->pos + 1)) && !behind_name) {
        lex_number(x);
        return;
    }
    if (x->is_postgres && byte_at(x, x->pos + 1) == '.')
        push(x, SL_TOK_OP, x->pos, x->pos + 2)->partner = SL_OP2('.', '.');
    else
        push(x, SL_TOK_DOT, x->pos, x->pos + 1);
}

/* ${name} and #{name}: the end behind the brace if it closes on the same line, else 0. */
static size_t template_end(const struct lexer *x)
{
    if (byte_at(x, x->pos + 1) != '{')
        return 0;
    size_t depth = 0;
    for (size_t i = x->pos + 1; i < x->text.len && x->text.ptr[i] != '\n'; i++) {
        if (x->text.ptr[i] == '{')
            depth++;
        if (x->text.ptr[i] == '}' && --depth == 0)
            return i > x->pos + 2 ? i + 1 : 0;
    }
    return 0;
}

static size_t word_end(const struct lexer *x, size_t i)
{
    while (i < x->text.len && is_word_byte((unsigned char)x->text.ptr[i]))
        i++;
    return i;
}

/* $tag$ … $tag$: the end behind the closing tag, or 0 if no dollar quote starts here. */
static size_t dollar_quote_end(struct lexer *x)
{
    size_t tag_end = x->pos + 1;
    if (sl_is_digit((char)byte_at(x, tag_end)))
        return 0;
    while (is_word_start(byte_at(x, tag_end)) || sl_is_digit((char)byte_at(x, tag_end)))
        tag_end++;
    if (byte_at(x, tag_end) != '$')
        return 0;
    sl_str tag = sl_str_slice(x->text, x->pos, tag_end + 1 - x->pos);
    const char *body = x->text.ptr + tag_end + 1;
    const char *found = memmem(body, x->text.len - tag_end - 1, tag.ptr, tag.len);
    if (found)
        return (size_t)(found - x->text.ptr) + tag.len;
    lex_fail(x, "a dollar quote is not closed", x->pos, false);
    return x->text.len;
}

static void lex_dollar(struct lexer *x)
{
    size_t end = template_end(x);
    if (end > 0) {
        push(x, SL_TOK_PARAM, x->pos, end);
        return;
    }
    if (x->is_postgres) {
        end = dollar_quote_end(x);
        if (end > 0) {
            push(x, SL_TOK_STRING, x->pos, end);
            return;
        }
    }
    end = word_end(x, x->pos + 1);
    if (x->is_mysql && end > x->pos + 1 && !sl_is_digit((char)byte_at(x, x->pos + 1))) {
        lex_word(x);
        return;
    }
    while (x->is_sqlite && end > x->pos + 1 && byte_at(x, end) == ':' && byte_at(x, end + 1) == ':')
        end = word_end(x, end + 2);
    push(x, end > x->pos + 1 ? SL_TOK_PARAM : SL_TOK_UNKNOWN, x->pos, end);
}

/* @v, @`v`, @'v', @"v", @@v, @@global.v; only the first name of a system variable's dotted name. */
static void lex_variable(struct lexer *x)
{
    size_t start = x->pos;
    size_t i = start + 1;
    if (byte_at(x, i) == '@')
        i++;
    unsigned char c = byte_at(x, i);
    bool is_plain;
    if (c == '`' || c == '\'' || c == '"') {
        push(x, SL_TOK_VARIABLE, start, quoted_end(x, i, (char)c, c != '`', &is_plain));
        return;
    }
    size_t end = i;
    while (is_word_byte(byte_at(x, end)) || (byte_at(x, end) == '.' && is_word_byte(byte_at(x, end + 1))))
        end++;
    /* @@global.`x` */
    if (i == start + 2 && byte_at(x, end) == '.' && byte_at(x, end + 1) == '`')
        end = quoted_end(x, end + 1, '`', false, &is_plain);
    if (end == i)
        push(x, SL_TOK_OP, start, start + 1)->partner = SL_OP1('@');
    else
        push(x, SL_TOK_VARIABLE, start, end);
}

/* %s, %d, %(name)s, %1$s where no operand stands before; 0 if it is an operator. */
static size_t percent_param_end(const struct lexer *x)
{
    if (operand_before(x))
        return 0;
    size_t i = x->pos + 1;
    if (byte_at(x, i) == '(') {
        while (i < x->text.len && x->text.ptr[i] != ')' && x->text.ptr[i] != '\n')
            i++;
        if (byte_at(x, i) != ')')
            return 0;
        i++;
    } else if (sl_is_digit((char)byte_at(x, i))) {
        i = digits_end(x, i);
        if (byte_at(x, i) != '$')
            return 0;
        i++;
    }
    unsigned char letter = byte_at(x, i);
    bool is_format = letter == 's' || letter == 'd' || letter == 'i' || letter == 'f' || letter == 'u';
    return is_format && !is_word_byte(byte_at(x, i + 1)) ? i + 1 : 0;
}

/* :name, :1, psql's :'name'; 0 if the colon is something else (a slice, a label). */
static size_t colon_param_end(struct lexer *x)
{
    const struct sl_token *before = previous(x);
    bool is_adjacent = before && !x->space_before;
    if (x->is_mysql && is_adjacent && (before->kind == SL_TOK_WORD || before->kind == SL_TOK_QUOTED))
        return 0; /* label: */
    bool in_square = x->open.len > 0 && x->out->items[x->open.items[x->open.len - 1]].flags & SL_TOKF_SQUARE;
    if (in_square && operand_before(x))
        return 0;
    unsigned char next = byte_at(x, x->pos + 1);
    if (is_word_byte(next))
        return word_end(x, x->pos + 1);
    bool is_plain;
    if (x->is_postgres && (next == '\'' || next == '"') && !operand_before(x))
        return quoted_end(x, x->pos + 1, (char)next, false, &is_plain);
    return 0;
}

static uint32_t op_code(const struct lexer *x, size_t len)
{
    uint32_t code = 0;
    for (size_t i = 0; i < len && i < 3; i++)
        code = code << 8 | byte_at(x, x->pos + i);
    return code;
}

static void push_op(struct lexer *x, size_t len)
{
    uint32_t code = op_code(x, len);
    push(x, SL_TOK_OP, x->pos, x->pos + len)->partner = len <= 3 ? code : 0;
}

/* MySQL and SQLite: the longest operator of a fixed set. */
static void lex_fixed_op(struct lexer *x)
{
    static const char *const longer[] = {
        "<=>", "->>", "->", ":=", "<<", ">>", "<=", ">=", "<>", "!=", "&&", "||", "==", "%%"};
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++) {
        size_t len = strlen(longer[i]);
        if (x->pos + len <= x->text.len && memcmp(x->text.ptr + x->pos, longer[i], len) == 0) {
            push_op(x, len);
            return;
        }
    }
    if (x->is_mysql && x->text.ptr[x->pos] == '\\' && byte_at(x, x->pos + 1) == 'N') { /* \N is NULL */
        push(x, SL_TOK_WORD, x->pos, x->pos + 2)->keyword = SL_KW_NULL;
        return;
    }
    bool is_known = strchr("+-*/%^&|~!<>=:", x->text.ptr[x->pos]) != NULL;
    if (is_known && x->text.ptr[x->pos] != '\0')
        push_op(x, 1);
    else
        push(x, SL_TOK_UNKNOWN, x->pos, x->pos + 1);
}

static bool is_postgres_op_byte(unsigned char c)
{
    return c != 0 && strchr("+-*/<>=~!@#%^&|`?", c) != NULL;
}

/* PostgreSQL 4.1.3: a run of operator characters; it ends before a comment, and with + or - only if the run holds one
 * of ~ ! @ # % ^ & | ` ?. A ? in the run is a placeholder (a=?) unless it is one of jsonb's operators. */
static void lex_postgres_op(struct lexer *x)
{
    size_t len = 0;
    bool may_end_in_sign = false;
    while (is_postgres_op_byte(byte_at(x, x->pos + len))) {
        unsigned char c = byte_at(x, x->pos + len);
        unsigned char next = byte_at(x, x->pos + len + 1);
        bool starts_comment = (c == '-' && next == '-') || (c == '/' && next == '*');
        bool is_placeholder = len > 0 && c == '?' && !(len == 1 && byte_at(x, x->pos) == '@');
        bool is_template = len > 0 && c == '#' && next == '{';
        bool is_named = len > 0 && (c == '@' || c == '%') && is_word_start(next);
        if ((len > 0 && starts_comment) || is_placeholder || is_template || is_named)
            break;
        may_end_in_sign = may_end_in_sign || strchr("~!@#%^&|`?", c) != NULL;
        len++;
    }
    if (len == 0) {
        push(x, SL_TOK_UNKNOWN, x->pos, x->pos + 1);
        return;
    }
    while (len > 1 && !may_end_in_sign && strchr("+-", x->text.ptr[x->pos + len - 1]))
        len--;
    push_op(x, len);
}

/* Over white space and comments. */
static size_t behind_blanks(struct lexer *x, size_t i)
{
    for (;;) {
        if (sl_is_space((char)byte_at(x, i)))
            i++;
        else if (byte_at(x, i) == '/' && byte_at(x, i + 1) == '*')
            i = block_comment_end(x, i);
        else if (byte_at(x, i) == '-' && byte_at(x, i + 1) == '-')
            i = line_end(x, i);
        else
            return i;
    }
}

static void lex_question(struct lexer *x)
{
    if (x->is_postgres && operand_before(x)) {
        unsigned char next = byte_at(x, x->pos + 1);
        bool is_longer = next == '|' || next == '&' || next == '-' || next == '#';
        size_t i = behind_blanks(x, x->pos + 1);
        unsigned char operand = byte_at(x, i);
        bool operand_follows = operand == '\'' || operand == '$' || operand == '(' || operand == '?' ||
                               operand == ':' || operand == '"' || is_word_start(operand);
        if (is_longer || operand_follows) {
            lex_postgres_op(x);
            return;
        }
    }
    push(x, SL_TOK_PARAM, x->pos, x->is_mysql ? x->pos + 1 : digits_end(x, x->pos + 1));
}

static void lex_operator(struct lexer *x)
{
    if (x->is_postgres)
        lex_postgres_op(x);
    else
        lex_fixed_op(x);
}

static void lex_colon(struct lexer *x)
{
    unsigned char next = byte_at(x, x->pos + 1);
    if (next == '=' || (next == ':' && x->is_postgres)) {
        push_op(x, 2);
        return;
    }
    size_t end = colon_param_end(x);
    if (end > 0)
        push(x, SL_TOK_PARAM, x->pos, end);
    else
        push_op(x, 1);
}

static void lex_at(struct lexer *x)
{
    if (x->is_mysql) {
        lex_variable(x);
        return;
    }
    if (is_word_start(byte_at(x, x->pos + 1)) && (x->is_sqlite || !operand_before(x)))
        push(x, SL_TOK_PARAM, x->pos, word_end(x, x->pos + 1));
    else
        lex_operator(x);
}

static void lex_open(struct lexer *x, uint8_t flags)
{
    if (x->open.len >= SL_MAX_NESTING)
        lex_fail(x, "more brackets inside brackets than the limit", x->pos, true);
    *SL_VEC_PUSH(x->arena, &x->open) = x->out->len;
    struct sl_token *token = push(x, SL_TOK_OPEN, x->pos, x->pos + 1);
    token->flags |= flags;
    token->partner = x->out->len - 1;
}

static void lex_close(struct lexer *x, uint8_t flags)
{
    size_t off = x->pos;
    struct sl_token *token = push(x, SL_TOK_CLOSE, off, off + 1);
    token->flags |= flags;
    token->partner = x->out->len - 1;
    if (x->open.len == 0) {
        lex_fail(x, "a closing bracket has no partner", off, false);
        return;
    }
    uint32_t open = x->open.items[--x->open.len];
    if ((x->out->items[open].flags & SL_TOKF_SQUARE) != (token->flags & SL_TOKF_SQUARE))
        lex_fail(x, "a closing bracket has another partner", off, false);
    x->out->items[open].partner = x->out->len - 1;
    token->partner = open;
}

static void lex_hash(struct lexer *x)
{
    size_t end = template_end(x);
    if (end > 0) {
        push(x, SL_TOK_PARAM, x->pos, end);
    } else if (x->is_mysql) {
        x->pos = line_end(x, x->pos);
        x->space_before = true;
    } else {
        lex_operator(x);
    }
}

static void lex_percent(struct lexer *x)
{
    size_t end = percent_param_end(x);
    if (end > 0)
        push(x, SL_TOK_PARAM, x->pos, end);
    else
        lex_operator(x);
}

static void lex_square(struct lexer *x)
{
    if (x->is_sqlite)
        lex_quoted_name(x, ']');
    else if (x->is_postgres)
        lex_open(x, SL_TOKF_SQUARE);
    else
        push(x, SL_TOK_UNKNOWN, x->pos, x->pos + 1);
}

static void lex_punctuation(struct lexer *x, char c)
{
    switch (c) {
    case '(':
        lex_open(x, 0);
        break;
    case ')':
        lex_close(x, 0);
        break;
    case '[':
        lex_square(x);
        break;
    case ']':
        if (x->is_postgres)
            lex_close(x, SL_TOKF_SQUARE);
        else
            push(x, SL_TOK_UNKNOWN, x->pos, x->pos + 1);
        break;
    case ',':
        push(x, SL_TOK_COMMA, x->pos, x->pos + 1);
        break;
    case ';':
        push(x, SL_TOK_SEMICOLON, x->pos, x->pos + 1);
        break;
    case '{':
        push(x, SL_TOK_LBRACE, x->pos, x->pos + 1);
        break;
    case '}':
        push(x, SL_TOK_RBRACE, x->pos, x->pos + 1);
        break;
    default:
        lex_operator(x);
    }
}

static void lex_symbol(struct lexer *x, char c)
{
    switch (c) {
    case '\'':
    case '"':
        lex_quote(x, c);
        break;
    case '`':
        if (x->is_postgres)
            lex_operator(x);
        else
            lex_quoted_name(x, '`');
        break;
    case '.':
        lex_dot(x);
        break;
    case '?':
        lex_question(x);
        break;
    case ':':
        lex_colon(x);
        break;
    case '@':
        lex_at(x);
        break;
    case '$':
        lex_dollar(x);
        break;
    case '#':
        lex_hash(x);
        break;
    case '%':
        lex_percent(x);
        break;
    default:
        lex_punctuation(x, c);
    }
}

static void lex_one(struct lexer *x)
{
    char c = x->text.ptr[x->pos];
    if (sl_is_space(c) || c == '\0') {
        x->pos++;
        x->space_before = true;
    } else if (is_word_start((unsigned char)c)) {
        bool may_be_prefix =
            (x->pos + 1 < x->text.len) && (byte_at(x, x->pos + 1) == '\'' || byte_at(x, x->pos + 1) == '&');
        if (!may_be_prefix || !lex_prefixed(x))
            lex_word(x);
    } else if (sl_is_digit(c)) {
        if (behind_name_dot(x))
            lex_word(x);
        else
            lex_number(x);
    } else if (c == '/' && lex_block_comment(x)) {
        return;
    } else if (c == '-' && lex_dash_comment(x)) {
        return;
    } else if (c == '*' && x->in_executable && byte_at(x, x->pos + 1) == '/') {
        x->in_executable = false;
        x->pos += 2;
        x->space_before = true;
    } else {
        lex_symbol(x, c);
    }
}

void sl_lex(sl_str statement, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_tokens *out)
{
    *out = (struct sl_tokens){.error = SL_STR_EMPTY};
    struct lexer x = {.text = statement,
                      .mode = mode,
                      .arena = arena,
                      .out = out,
                      .is_mysql = mode->dialect == SL_DIALECT_MYSQL,
                      .is_sqlite = mode->dialect == SL_DIALECT_SQLITE};
    x.is_postgres = !x.is_mysql && !x.is_sqlite;
    if (statement.len > SL_MAX_STATEMENT_BYTES) {
        lex_fail(&x, "the statement is longer than the limit", 0, true);
        x.text.len = 0;
    }
    x.cap = x.text.len / 4 + 16;
    out->items = SL_NEW_ARRAY(arena, x.cap, struct sl_token);
    while (x.pos < x.text.len)
        lex_one(&x);
    if (x.open.len > 0)
        lex_fail(&x, "a bracket is not closed", out->items[x.open.items[x.open.len - 1]].off, false);
    push(&x, SL_TOK_END, x.text.len, x.text.len);
    out->len--;
}
