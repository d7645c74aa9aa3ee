/* split: where statements begin and end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "sql/split.h"

struct split_case {
    const char *name;
    enum sl_dialect dialect;
    const char *text;
    const char *expected; /* pieces joined by "|"; S statement, C client command, D copy data, # comment, ! unclosed */
};

#define M SL_DIALECT_MYSQL
#define P SL_DIALECT_POSTGRES
#define L SL_DIALECT_SQLITE

static const struct split_case cases[] = {
    {"two statements", M, "SELECT 1; SELECT 2", "S:SELECT 1|S:SELECT 2"},
    {"empty statements vanish", M, ";; ;\n", ""},
    {"leading comment belongs to the statement", M, "-- note\nSELECT 1;", "S:-- note\nSELECT 1"},
    {"comment alone", M, "SELECT 1;\n-- bye\n", "S:SELECT 1|#:-- bye"},
    {"semicolon in quotes", M, "SELECT ';', \";\", `;`;SELECT 2", "S:SELECT ';', \";\", `;`|S:SELECT 2"},
    {"backslash escapes a quote", M, "SELECT 'a\\';b'; SELECT 2", "S:SELECT 'a\\';b'|S:SELECT 2"},
    {"backslash is ordinary in PostgreSQL", P, "SELECT 'a\\'; SELECT 2", "S:SELECT 'a\\'|S:SELECT 2"},
    {"E string escapes", P, "SELECT E'a\\';b'; SELECT 2", "S:SELECT E'a\\';b'|S:SELECT 2"},
    {"dashes need a blank in MySQL", M, "SELECT 1--1; SELECT 2", "S:SELECT 1--1|S:SELECT 2"},
    {"hash comment", M, "SELECT 1 # ; not an end\n; SELECT 2", "S:SELECT 1 # ; not an end|S:SELECT 2"},
    {"executable comment is content", M, "/*!40101 SET NAMES utf8 */; SELECT 1",
     "S:/*!40101 SET NAMES utf8 */|S:SELECT 1"},
    {"delimiter", M, "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nSELECT 2;",
     "C:DELIMITER //|S:CREATE PROCEDURE p() BEGIN SELECT 1; END|C:DELIMITER ;|S:SELECT 2"},
    {"mysqlbinlog delimiter", M, "DELIMITER /*!*/;\nSET a=1\n/*!*/;\nSELECT 2\n/*!*/;\nDELIMITER ;\n",
     "C:DELIMITER /*!*/;|S:SET a=1|S:SELECT 2|C:DELIMITER ;"},
    {"vertical output ends a statement", M, "SELECT 1\\G\nSELECT 2\\g SELECT 3", "S:SELECT 1|S:SELECT 2|S:SELECT 3"},
    {"body without delimiter", M, "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END; SELECT 3",
     "S:CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END|S:SELECT 3"},
    {"nested blocks", M,
     "CREATE TRIGGER t BEFORE UPDATE ON x FOR EACH ROW BEGIN IF NEW.a > 1 THEN SET NEW.b = 2; END IF; WHILE 1 DO "
     "SELECT "
     "1; END WHILE; END; SELECT 3",
     "S:CREATE TRIGGER t BEFORE UPDATE ON x FOR EACH ROW BEGIN IF NEW.a > 1 THEN SET NEW.b = 2; END IF; WHILE 1 DO "
     "SELECT 1; END WHILE; END|S:SELECT 3"},
    {"IF function is no block", M,
     "CREATE PROCEDURE p() BEGIN SELECT IF(a, 1, 2); SET x = (SELECT IF (a, 1, 2)); END; SELECT 3",
     "S:CREATE PROCEDURE p() BEGIN SELECT IF(a, 1, 2); SET x = (SELECT IF (a, 1, 2)); END|S:SELECT 3"},
    {"IF EXISTS in a body", M,
     "CREATE PROCEDURE p() BEGIN DROP TABLE IF EXISTS a; CREATE TABLE IF NOT EXISTS b (c INT); END; SELECT 3",
     "S:CREATE PROCEDURE p() BEGIN DROP TABLE IF EXISTS a; CREATE TABLE IF NOT EXISTS b (c INT); END|S:SELECT 3"},
    {"IF with parentheses is a block", M,
     "CREATE PROCEDURE p() BEGIN IF (a > 1) AND (b) THEN SELECT 1; END IF; END; SELECT 3",
     "S:CREATE PROCEDURE p() BEGIN IF (a > 1) AND (b) THEN SELECT 1; END IF; END|S:SELECT 3"},
    {"CASE expression in a body", M,
     "CREATE FUNCTION f() RETURNS INT BEGIN RETURN CASE WHEN 1 THEN IF(1,2,3) ELSE 4 END; END; SELECT 3",
     "S:CREATE FUNCTION f() RETURNS INT BEGIN RETURN CASE WHEN 1 THEN IF(1,2,3) ELSE 4 END; END|S:SELECT 3"},
    {"a column called event", M, "CREATE TABLE t (event INT); SELECT 1", "S:CREATE TABLE t (event INT)|S:SELECT 1"},
    {"BEGIN of a transaction", M, "BEGIN; UPDATE t SET a = 1; COMMIT;", "S:BEGIN|S:UPDATE t SET a = 1|S:COMMIT"},
    {"body without BEGIN", M, "CREATE TRIGGER t AFTER INSERT ON x FOR EACH ROW SET @a = 1; SELECT 2",
     "S:CREATE TRIGGER t AFTER INSERT ON x FOR EACH ROW SET @a = 1|S:SELECT 2"},
    {"unclosed body", M, "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2;",
     "S!:CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2;"},
    {"unclosed quote", M, "SELECT 'a; SELECT 2", "S!:SELECT 'a; SELECT 2"},
    {"GO lines", M, "SELECT 1\nGO\nSELECT 2\ngo\n", "S:SELECT 1|C:GO|S:SELECT 2|C:go"},
    {"slash lines", M, "SELECT 1;\n/\nSELECT 4\n/\n2", "S:SELECT 1|C:/|S:SELECT 4\n/\n2"},
    {"template is no comment", M, "SELECT #{id}; SELECT 2", "S:SELECT #{id}|S:SELECT 2"},
    {"dollar quotes", P, "CREATE FUNCTION f() RETURNS int AS $x$ BEGIN; END $x$ LANGUAGE sql; SELECT 2",
     "S:CREATE FUNCTION f() RETURNS int AS $x$ BEGIN; END $x$ LANGUAGE sql|S:SELECT 2"},
    {"BEGIN ATOMIC", P, "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3",
     "S:CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END|S:SELECT 3"},
    {"nested comments", P, "SELECT 1 /* a /* ; */ ; */; SELECT 2", "S:SELECT 1 /* a /* ; */ ; */|S:SELECT 2"},
    {"rule with statements in parentheses", P, "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
     "S:CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)|S:SELECT 3"},
    {"templates hold quotes and semicolons", P,
     "{# don't #}SELECT {{ f('a;b') }} FROM t{% if x == ';' %};{% endif %} SELECT 2",
     "S:SELECT {{ f('a;b') }} FROM t{% if x == ';' %}|S:SELECT 2"},
    {"psql copies a query", P, "\\copy (SELECT ')' FROM t) TO 'x.csv' CSV\n\\copy t TO 'y'\nSELECT 1;",
     "C:\\copy|S:(SELECT ')' FROM t)|C:TO 'x.csv' CSV|C:\\copy t TO 'y'|S:SELECT 1"},
    {"psql commands", P, "\\connect db\nSELECT 1;\n\\echo ; x\nSELECT 2 \\gexec\nSELECT 3;",
     "C:\\connect db|S:SELECT 1|C:\\echo ; x|S:SELECT 2|S:SELECT 3"},
    {"copy data", P, "COPY t (a) FROM stdin;\n1;\n2'\n\\.\nSELECT 1;", "S:COPY t (a) FROM stdin|D:1;\n2'|S:SELECT 1"},
    {"copy data with CRLF", P, "COPY t FROM stdin;\r\n1\r\n\\.\r\nSELECT 1;", "S:COPY t FROM stdin|D:1|S:SELECT 1"},
    {"sqlite trigger", L,
     "CREATE TRIGGER t AFTER UPDATE ON x BEGIN UPDATE y SET a = CASE b WHEN 1 THEN 2 END; END; SELECT 1",
     "S:CREATE TRIGGER t AFTER UPDATE ON x BEGIN UPDATE y SET a = CASE b WHEN 1 THEN 2 END; END|S:SELECT 1"},
    {"sqlite shell command", L, ".mode csv\nSELECT [a;b];", "C:.mode csv|S:SELECT [a;b]"},
    {"byte order mark", M, "\xEF\xBB\xBFSELECT 1;", "S:SELECT 1"},
    {"CRLF", M, "SELECT 1;\r\nSELECT 2;\r\n", "S:SELECT 1|S:SELECT 2"},
};

static void describe(const struct split_case *c, char *out, size_t room)
{
    static const char letters[] = {[SL_PIECE_STATEMENT] = 'S',
                                   [SL_PIECE_CLIENT_COMMAND] = 'C',
                                   [SL_PIECE_COPY_DATA] = 'D',
                                   [SL_PIECE_COMMENT] = '#'};
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_sql_mode mode = {.dialect = c->dialect};
    struct sl_pieces pieces = {0};
    sl_str text = sl_str_from(c->text);
    sl_split(text, &mode, &arena, &pieces);
    size_t used = 0;
    size_t last_end = 0;
    out[0] = '\0';
    for (size_t i = 0; i < pieces.len; i++) {
        const struct sl_piece *p = &pieces.items[i];
        assert_true(p->span.off >= last_end && p->span.off + p->span.len <= text.len);
        last_end = p->span.off + p->span.len;
        used += (size_t)snprintf(out + used, room - used, "%s%c%s:%.*s", i ? "|" : "", letters[p->kind],
                                 p->unclosed ? "!" : "", (int)p->span.len, text.ptr + p->span.off);
    }
    sl_arena_release(&arena);
}

static void check(void **state)
{
    const struct split_case *c = *state;
    char got[4096];
    describe(c, got, sizeof got);
    assert_string_equal(got, c->expected);
}

int main(void)
{
    enum { N = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[N];
    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, check, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    return _cmocka_run_group_tests("split", tests, N, NULL, NULL);
}
