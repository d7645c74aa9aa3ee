/* Quoted names and strings of the three dialects. */
#include "sql/lexer.h"

/* Offset behind the closing quote; doubled quotes and, where they count, backslashes are passed over. */
size_t sl_lexer_quoted_end(struct sl_lexer *x, size_t start, char quote, bool escapes, bool *is_plain)
{
    size_t i = start + 1;
    *is_plain = true;
    while (i < x->text.len) {
        char c = x->text.ptr[i];
        if (c == quote) {
            if (sl_lexer_byte(x, i + 1) != (unsigned char)quote)
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
    sl_lexer_fail(x, "a quote is not closed", start, false);
    return x->text.len;
}

void sl_lexer_quoted_name(struct sl_lexer *x, char close)
{
    bool is_plain;
    size_t end = sl_lexer_quoted_end(x, x->pos, close, false, &is_plain);
    struct sl_token *token = sl_lexer_push(x, SL_TOK_QUOTED, x->pos, end);
    if (is_plain)
        token->flags |= SL_TOKF_PLAIN;
}

/* `start` is the token's begin (a prefix may stand there), `quote` where the quote stands. */
static void lex_string(struct sl_lexer *x, size_t start, size_t quote, bool escapes)
{
    bool is_plain;
    char mark = x->text.ptr[quote];
    size_t end = sl_lexer_quoted_end(x, quote, mark, escapes, &is_plain);
    struct sl_token *token = sl_lexer_push(x, SL_TOK_STRING, start, end);
    if (is_plain && start == quote && mark == '\'')
        token->flags |= SL_TOKF_PLAIN;
    if (mark == '"')
        token->flags |= SL_TOKF_DOUBLE;
    if (escapes)
        token->flags |= SL_TOKF_ESCAPES;
}

void sl_lexer_quote(struct sl_lexer *x, char quote)
{
    bool escapes = x->is_mysql && !x->mode->no_backslash_escapes;
    if (quote == '\'' || (quote == '"' && x->is_mysql && !x->mode->ansi_quotes))
        lex_string(x, x->pos, x->pos, escapes);
    else
        sl_lexer_quoted_name(x, quote);
}

/* x'1F', b'01', n'text', e'\n', u&'…': answers false if the letter starts an ordinary word. */
bool sl_lexer_prefixed(struct sl_lexer *x)
{
    size_t start = x->pos;
    char letter = sl_lower_char(x->text.ptr[start]);
    size_t quote = start + 1;
    if (letter == 'u' && x->is_postgres && sl_lexer_byte(x, quote) == '&') {
        if (sl_lexer_byte(x, quote + 1) == '"') {
            bool is_plain;
            sl_lexer_push(x, SL_TOK_QUOTED, start, sl_lexer_quoted_end(x, quote + 1, '"', false, &is_plain));
            return true;
        }
        quote++;
    }
    if (sl_lexer_byte(x, quote) != '\'')
        return false;
    if (letter == 'x' || (letter == 'b' && !x->is_sqlite)) {
        bool is_plain;
        sl_lexer_push(x, letter == 'x' ? SL_TOK_HEX : SL_TOK_BITS, start,
                      sl_lexer_quoted_end(x, quote, '\'', false, &is_plain));
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

/* $tag$ … $tag$: the end behind the closing tag, or 0 if no dollar quote starts here. */
size_t sl_lexer_dollar_quote_end(struct sl_lexer *x)
{
    size_t tag_end = x->pos + 1;
    if (sl_is_digit((char)sl_lexer_byte(x, tag_end)))
        return 0;
    while (sl_lexer_is_word_start(sl_lexer_byte(x, tag_end)) || sl_is_digit((char)sl_lexer_byte(x, tag_end)))
        tag_end++;
    if (sl_lexer_byte(x, tag_end) != '$')
        return 0;
    sl_str tag = sl_str_slice(x->text, x->pos, tag_end + 1 - x->pos);
    const char *body = x->text.ptr + tag_end + 1;
    const char *found = memmem(body, x->text.len - tag_end - 1, tag.ptr, tag.len);
    if (found)
        return (size_t)(found - x->text.ptr) + tag.len;
    sl_lexer_fail(x, "a dollar quote is not closed", x->pos, false);
    return x->text.len;
}
