/* lex: tokens of each dialect. A row spells the kinds: w word, q quoted, s string, n number, x hex, b bits, p param,
 * v variable, o operator, ( ) [ ] , ; . { }, u unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lowering_case.h"
#include "sql/lex.h"

struct lex_case {
    const char *name, *mode, *sql, *expected;
};

static const struct lex_case cases[] = {
    {"double quotes by mode", "mysql", "a \"b\"", "a:w \"b\":s"},
    {"double quotes by mode, ANSI", "mysql ansi", "a \"b\"", "a:w \"b\":q"},
    {"backslash", "mysql", "'a\\'b' c", "'a\\'b':s c:w"},
    {"backslash is ordinary", "mysql noescape", "'a\\' c", "'a\\':s c:w"},
    {"numbers", "mysql", "1 1.5 .5 1e5 1.5e-3 1. 5", "1:n 1.5:n .5:n 1e5:n 1.5e-3:n 1.:n 5:n"},
    {"names that begin with digits", "mysql", "2a 1e 0xZ 0b2", "2a:w 1e:w 0xZ:w 0b2:w"},
    {"radix literals", "mysql", "0x1F 0b01 x'1f' b'01' N'x'", "0x1F:x 0b01:b x'1f':x b'01':b N'x':s"},
    {"behind a dot", "mysql", "t.5 t.1e5 t.0x41 .5", "t:w .:. 5:w t:w .:. 1e5:w t:w .:. 0x41:w .5:n"},
    {"variables", "mysql", "@a @`b c` @'d' @@e @@global.f u@h", "@a:v @`b c`:v @'d':v @@e:v @@global.f:v u:w @h:v"},
    {"operators", "mysql", "a<=>b->>c->d:=e<<f&&g||h!=i",
     "a:w <=>:o b:w ->>:o c:w ->:o d:w :=:o e:w <<:o f:w &&:o g:w ||:o h:w !=:o i:w"},
    {"label and placeholder", "mysql", "l: :x :1 a:=b", "l:w ::o :x:p :1:p a:w :=:o b:w"},
    {"templates", "mysql", "?, #{a.b}, ${c}, %s, %(d)s", "?:p ,:, #{a.b}:p ,:, ${c}:p ,:, %s:p ,:, %(d)s:p"},
    {"percent behind an operand", "mysql", "a %s, 5 %s (1) %s = %s",
     "a:w %:o s:w ,:, 5:n %:o s:w (:( 1:n ):) %:o s:w =:o %s:p"},
    {"dashes", "mysql", "1--1 -- c\n2--", "1:n -:o -:o 1:n 2:n"},
    {"executable comment", "mysql", "a /*!40000 b */ c", "a:w b:w c:w"},
    {"null", "mysql", "\\N", "\\N:w"},
    {"postgres operators", "postgres", "a@>b a->-1 a= -1 a=?",
     "a:w @>:o b:w a:w ->:o -:o 1:n a:w =:o -:o 1:n a:w =:o ?:p"},
    {"postgres slices and casts", "postgres", "a[1:n]::int :x", "a:w [:[ 1:n ::o n:w ]:] :::o int:w :x:p"},
    {"postgres strings", "postgres", "E'a\\'b' U&'x' $$a'b$$ $t$ $$ $t$ $1 'a\\'",
     "E'a\\'b':s U&'x':s $$a'b$$:s $t$ $$ $t$:s $1:p 'a\\':s"},
    {"postgres jsonb", "postgres", "a ? 'b' a ?| b ? ?", "a:w ?:o 'b':s a:w ?|:o b:w ?:o ?:p"},
    {"sqlite", "sqlite", "[a] \"b\" `c` ?1 $d @e 0x1F a==b", "[a]:q \"b\":q `c`:q ?1:p $d:p @e:p 0x1F:x a:w ==:o b:w"},
};

static char letter_of(const struct sl_token *token, sl_str text)
{
    if (token->kind == SL_TOK_OPEN || token->kind == SL_TOK_CLOSE)
        return text.ptr[token->off];
    static const char by_kind[] = {
        [SL_TOK_WORD] = 'w',   [SL_TOK_QUOTED] = 'q', [SL_TOK_STRING] = 's',    [SL_TOK_NUMBER] = 'n',
        [SL_TOK_HEX] = 'x',    [SL_TOK_BITS] = 'b',   [SL_TOK_PARAM] = 'p',     [SL_TOK_VARIABLE] = 'v',
        [SL_TOK_OP] = 'o',     [SL_TOK_COMMA] = ',',  [SL_TOK_SEMICOLON] = ';', [SL_TOK_DOT] = '.',
        [SL_TOK_LBRACE] = '{', [SL_TOK_RBRACE] = '}', [SL_TOK_UNKNOWN] = 'u'};
    return by_kind[token->kind];
}

static void check(void **state)
{
    const struct lex_case *c = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = lowering_mode(c->mode);
    struct sl_tokens tokens;
    sl_str text = sl_str_from(c->sql);
    sl_lex(text, &mode, &arena, &tokens);
    assert_int_equal(tokens.error.len, 0);
    assert_int_equal(tokens.items[tokens.len].kind, SL_TOK_END);
    sl_str got = SL_STR_EMPTY;
    for (uint32_t i = 0; i < tokens.len; i++) {
        const struct sl_token *t = &tokens.items[i];
        got = sl_arena_printf(&arena, "%.*s%s%.*s:%c", SL_STR_ARG(got), i ? " " : "", (int)t->len, text.ptr + t->off,
                              letter_of(t, text));
    }
    assert_string_equal(got.ptr, c->expected);
    sl_arena_release(&arena);
}

static void keywords_are_found(void **state)
{
    (void)state;
#define SL_KEYWORD_LENGTH(n)
#define SL_KEYWORD(word, pg, mysql, sqlite) assert_int_equal(sl_keyword_lookup(SL_STR(#word)), SL_KW_##word);
#include "sql/keyword.def"
#undef SL_KEYWORD
#undef SL_KEYWORD_LENGTH
    assert_int_equal(sl_keyword_lookup(SL_STR("SeLeCt")), SL_KW_SELECT);
    assert_int_equal(sl_keyword_lookup(SL_STR("drawed_at")), SL_NOT_A_KEYWORD);
    assert_int_equal(sl_keyword_lookup(SL_STR("")), SL_NOT_A_KEYWORD);
}

static void errors_have_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        uint32_t off;
    } bad[] = {{"SELECT 'a", 7}, {"SELECT (a", 7}, {"SELECT a)", 8}, {"SELECT /* a", 7}, {"SELECT `a", 7}};
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_MYSQL};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sl_tokens tokens;
        sl_lex(sl_str_from(bad[i].sql), &mode, &arena, &tokens);
        assert_true(tokens.error.len > 0);
        assert_int_equal(tokens.error_off, bad[i].off);
    }
    sl_arena_release(&arena);
}

static void brackets_know_their_partner(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_MYSQL};
    struct sl_tokens tokens;
    sl_lex(SL_STR("(a (b) c)"), &mode, &arena, &tokens);
    assert_int_equal(tokens.items[0].partner, 6);
    assert_int_equal(tokens.items[6].partner, 0);
    assert_int_equal(tokens.items[2].partner, 4);
    sl_arena_release(&arena);
}

static const struct decode_case {
    const char *name;
    enum sl_dialect dialect;
    const char *sql, *meant; /* of the first token */
} decoded[] = {
    {"a word is itself", SL_DIALECT_MYSQL, "Abc", "Abc"},
    {"a quoted name", SL_DIALECT_MYSQL, "`a b`", "a b"},
    {"a doubled back quote", SL_DIALECT_MYSQL, "`a``b`", "a`b"},
    {"a name in brackets", SL_DIALECT_SQLITE, "[a b]", "a b"},
    {"a doubled quote", SL_DIALECT_POSTGRES, "'it''s'", "it's"},
    {"a backslash is a character on postgres", SL_DIALECT_POSTGRES, "'a\\n'", "a\\n"},
    {"mysql's escapes", SL_DIALECT_MYSQL, "'\\b\\n\\r\\t\\Z.'", "\b\n\r\t\x1A."},
    {"NUL is dropped", SL_DIALECT_MYSQL, "'a\\0b'", "ab"},
    {"patterns keep their backslash", SL_DIALECT_MYSQL, "'\\%\\_'", "\\%\\_"},
    {"any other is itself", SL_DIALECT_MYSQL, "'\\q\\'\\\\'", "q'\\"},
    {"a variable", SL_DIALECT_MYSQL, "@`a b`", "a b"},
};

static void token_stands_for(void **state)
{
    const struct decode_case *row = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = row->dialect};
    struct sl_tokens tokens;
    sl_str sql = sl_str_from(row->sql);
    sl_lex(sql, &mode, &arena, &tokens);
    assert_int_equal(tokens.error.len, 0);
    assert_int_equal(tokens.len, 1);
    sl_str got = sl_lex_decode(sql, &tokens.items[0], &arena);
    assert_int_equal(got.len, sl_str_from(row->meant).len);
    assert_memory_equal(got.ptr, row->meant, got.len);
    sl_arena_release(&arena);
}

int main(void)
{
    enum { M = sizeof decoded / sizeof decoded[0], N = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[N + 3 + M] = {cmocka_unit_test(keywords_are_found), cmocka_unit_test(errors_have_a_place),
                                          cmocka_unit_test(brackets_know_their_partner)};
    for (size_t i = 0; i < N; i++)
        tests[i + 3] = (struct CMUnitTest){cases[i].name, check, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    for (size_t i = 0; i < M; i++)
        tests[N + 3 + i] =
            (struct CMUnitTest){decoded[i].name, token_stands_for, NULL, NULL, (void *)(uintptr_t)&decoded[i]};
    return _cmocka_run_group_tests("lex", tests, N + 3 + M, NULL, NULL);
}
