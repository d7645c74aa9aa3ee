/* Comments, and those of MySQL whose body runs. */
#include "sql/lexer.h"

/* Where an executable comment runs if the server's version is not known: newer than any, but 99999 never runs. */
#define NEWEST_MYSQL 90900u
#define NEWEST_MARIADB 130000u
#define NEVER_VERSION 99999u

/* End of a line, or of the text. */
size_t sl_lexer_line_end(const struct sl_lexer *x, size_t off)
{
    const char *found = memchr(x->text.ptr + off, '\n', x->text.len - off);
    return found ? (size_t)(found - x->text.ptr) : x->text.len;
}

size_t sl_lexer_comment_end(struct sl_lexer *x, size_t start)
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
        sl_lexer_fail(x, "a comment is not closed", start, false);
    return x->text.len;
}

static void add_comment(struct sl_lexer *x, size_t off, size_t end, bool is_hint)
{
    *SL_VEC_PUSH(x->arena, &x->out->comments) =
        (struct sl_comment){{(uint32_t)off, (uint32_t)(end - off)}, .is_hint = is_hint};
}

static bool version_runs(const struct sl_lexer *x, uint32_t version)
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
static void lex_executable(struct sl_lexer *x, size_t start, size_t bang)
{
    size_t i = bang + 1;
    uint32_t version = 0;
    size_t digits = 0;
    while (digits < 6 && sl_is_digit((char)sl_lexer_byte(x, i + digits)))
        digits++;
    if (digits >= 5) {
        for (size_t k = 0; k < digits; k++)
            version = version * 10 + (uint32_t)(sl_lexer_byte(x, i + k) - '0');
        i += digits;
    }
    if (version_runs(x, version) && !x->in_executable) {
        add_comment(x, start, i, false);
        x->in_executable = true;
        x->pos = i;
        return;
    }
    x->pos = sl_lexer_comment_end(x, start);
}

bool sl_lexer_block_comment(struct sl_lexer *x)
{
    size_t start = x->pos;
    if (sl_lexer_byte(x, start + 1) != '*')
        return false;
    x->space_before = true;
    unsigned char third = sl_lexer_byte(x, start + 2);
    if (x->is_mysql && third == '!') {
        lex_executable(x, start, start + 2);
        return true;
    }
    if (x->is_mysql && x->mode->mariadb && third == 'M' && sl_lexer_byte(x, start + 3) == '!') {
        lex_executable(x, start, start + 3);
        return true;
    }
    size_t end = sl_lexer_comment_end(x, start);
    if (third == '+')
        add_comment(x, start, end, true);
    x->pos = end;
    return true;
}

bool sl_lexer_dash_comment(struct sl_lexer *x)
{
    if (sl_lexer_byte(x, x->pos + 1) != '-')
        return false;
    /* MySQL: only before white space, a control character or the end; 1--1 is a difference. */
    if (x->is_mysql && x->pos + 2 < x->text.len && sl_lexer_byte(x, x->pos + 2) > ' ')
        return false;
    x->pos = sl_lexer_line_end(x, x->pos);
    x->space_before = true;
    return true;
}
