/*
 * What a template engine would put into the text before a server sees it: Jinja's {{ … }}, {% … %} and {# … #} (dbt,
 * Superset, Redash), Metabase's [[ … ]], Grafana's $__macros.
 *
 * {{ ref('orders') }} and {{ source('app', 'orders') }} are the name in them, {{ this }} a name; other expressions are
 * placeholders. Blocks, comments and the brackets of optional parts are blanks: what they hold counts as if it always
 * ran.
 */
#include "sql/lexer.h"

/* How far a template's end is looked for. */
enum { MAX_TEMPLATE_BYTES = 4096 };

/* Behind the two bytes `close` after `start`, quotes passed over; 0 if they do not come. */
static size_t template_close(const struct sl_lexer *x, size_t start, const char *close, bool has_quotes)
{
    char quote = 0;
    for (size_t i = start; i + 1 < x->text.len && i < start + MAX_TEMPLATE_BYTES; i++) {
        char c = x->text.ptr[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (has_quotes && (c == '\'' || c == '"'))
            quote = c;
        else if (c == close[0] && x->text.ptr[i + 1] == close[1])
            return i + 2;
    }
    return 0;
}

static void add_blank(struct sl_lexer *x, size_t off, size_t end)
{
    *SL_VEC_PUSH(x->arena, &x->out->blanks) = (struct sl_span){(uint32_t)off, (uint32_t)(end - off)};
    x->space_before = true;
    x->pos = end;
}

/* `[off, end)` is the token, all around it up to `behind` a blank. */
static void push_inside(struct sl_lexer *x, enum sl_token_kind kind, size_t off, size_t end, size_t behind)
{
    add_blank(x, x->pos, off);
    struct sl_token *token = sl_lexer_push(x, kind, off, end);
    if (kind == SL_TOK_QUOTED)
        token->flags |= SL_TOKF_PLAIN;
    add_blank(x, end, behind);
}

/* The last literal of ref('package', 'model'): [*off, *end) with its quotes. */
static bool last_literal(const struct sl_lexer *x, size_t from, size_t to, size_t *off, size_t *end)
{
    bool found = false;
    for (size_t i = from; i < to; i++) {
        char c = x->text.ptr[i];
        if (c != '\'' && c != '"')
            continue;
        const char *close = memchr(x->text.ptr + i + 1, c, to - i - 1);
        if (!close)
            return found;
        *off = i;
        i = (size_t)(close - x->text.ptr);
        *end = i + 1;
        found = *end > *off + 2;
    }
    return found;
}

static bool starts_with(sl_str text, const char *word)
{
    return sl_str_has_prefix(text, sl_str_from(word));
}

/* {{ … }} from x->pos to `end`. */
static void read_expression(struct sl_lexer *x, size_t end)
{
    size_t from = x->pos + 2, to = end - 2, off, close;
    while (from < to && (sl_is_space(x->text.ptr[from]) || x->text.ptr[from] == '-'))
        from++;
    sl_str expression = sl_str_trim(sl_str_slice(x->text, from, to - from));
    bool is_name = starts_with(expression, "ref(") || starts_with(expression, "source(") ||
                   starts_with(expression, "ref (") || starts_with(expression, "source (");
    if (is_name && last_literal(x, from, to, &off, &close)) {
        push_inside(x, SL_TOK_QUOTED, off, close, end);
        return;
    }
    if (sl_str_eq(expression, SL_STR("this"))) {
        push_inside(x, SL_TOK_WORD, from, from + 4, end);
        return;
    }
    bool says_nothing = starts_with(expression, "config(") || starts_with(expression, "config (") ||
                        !sl_lexer_previous(x); /* a macro before the statement */
    if (says_nothing)
        add_blank(x, x->pos, end);
    else
        sl_lexer_push(x, SL_TOK_PARAM, x->pos, end);
}

bool sl_lexer_brace(struct sl_lexer *x)
{
    unsigned char next = sl_lexer_byte(x, x->pos + 1);
    char close[2] = {next == '{' ? '}' : (char)next, '}'};
    if (next != '{' && next != '%' && next != '#')
        return false;
    size_t end = template_close(x, x->pos + 2, close, next != '#');
    if (end == 0)
        return false;
    if (next == '{')
        read_expression(x, end);
    else
        add_blank(x, x->pos, end);
    return true;
}

bool sl_lexer_optional_part(struct sl_lexer *x)
{
    char c = x->text.ptr[x->pos];
    if (sl_lexer_byte(x, x->pos + 1) != (unsigned char)c)
        return false;
    if (c == '[') {
        size_t end = template_close(x, x->pos + 2, "]]", true);
        size_t inner = template_close(x, x->pos + 2, "{{", true);
        if (end == 0 || inner == 0 || inner > end)
            return false;
        x->n_optional++;
    } else if (x->n_optional > 0) {
        x->n_optional--;
    } else {
        return false;
    }
    add_blank(x, x->pos, x->pos + 2);
    return true;
}

bool sl_lexer_macro(struct sl_lexer *x)
{
    if (!starts_with(sl_str_slice(x->text, x->pos, 3), "$__"))
        return false;
    size_t end = sl_lexer_word_end(x, x->pos + 3);
    if (end == x->pos + 3 || sl_lexer_byte(x, end) == '$')
        return false; /* $__$ opens a dollar quote */
    bool is_call = sl_lexer_byte(x, end) == '(';
    sl_lexer_push(x, is_call ? SL_TOK_QUOTED : SL_TOK_PARAM, x->pos, end);
    return true;
}
