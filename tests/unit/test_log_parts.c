/* The small parts of reading logs: time stamps, prefixes, tags, JSON units, names in place of parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "source/log/fill.h"
#include "source/log/json.h"
#include "source/log/pg_bind.h"
#include "source/log/pg_message.h"
#include "source/log/pg_prefix.h"
#include "source/log/pg_words.h"
#include "source/log/place.h"
#include "source/log/redact.h"
#include "source/log/stamp.h"
#include "source/log/tags.h"
#include "source/shape_lex.h"

struct stamp_case {
    const char *text;
    size_t taken;
    const char *utc;
};

static const struct stamp_case stamps[] = {
    {"2026-11-22T03:00:00.643456Z", 27, "2026-11-22T03:00:00.643456Z"},
    {"2026-11-22T03:00:00.643456+09:00 x", 32, "2026-11-21T18:00:00.643456Z"},
    {"2026-11-22 03:00:00.123 UTC [1]", 27, "2026-11-22T03:00:00.123000Z"},
    {"2026-11-22 03:40:12,263 DEBUG", 29, "2026-11-22T03:40:12.263000Z"},
    {"2000-02-29 23:59:59", 19, "2000-02-29T23:59:59.000000Z"},
    {"1969-12-31 23:59:59.5Z", 22, "1969-12-31T23:59:59.500000Z"},
    {"071015  9:07:24", 15, "2007-10-15T09:07:24.000000Z"},
    {"20261122 03:28:10,vm", 17, "2026-11-22T03:28:10.000000Z"},
    {"2026-13-01 00:00:00", 0, ""},
    {"2026-11-22", 0, ""},
    {"nothing", 0, ""},
};

static void reads_stamp(void **state)
{
    const struct stamp_case *c = *state;
    int64_t us = 0;
    sl_str text = sl_str_from(c->text);
    size_t taken = sl_stamp_iso(text, &us);
    if (taken == 0)
        taken = sl_stamp_compact(text, &us);
    assert_int_equal(taken, c->taken);
    if (c->taken == 0)
        return;
    char utc[32];
    sl_stamp_render(us, utc);
    assert_string_equal(utc, c->utc);
}

struct prefix_case {
    const char *setting, *prefix;
    bool fits;
    const char *user, *database, *application;
    uint64_t session;
};

static const struct prefix_case prefixes[] = {
    {"%m [%p] %q%u@%d ", "2026-11-22 03:00:00.123 UTC [77] app@shop ", true, "app", "shop", "", 77},
    {"%m [%p] %q%u@%d ", "2026-11-22 03:00:00.123 UTC [77] ", true, "", "", "", 77},
    {"%t:%r:%u@%d:[%p]:", "2026-11-22 03:00:00 UTC:db-1.example.com(48808):app@shop:[18762]:", true, "app", "shop", "",
     18762},
    {"%t:%r:%u@%d:[%p]:", "2026-11-22 03:00:00 UTC::@:[18762]:", true, "", "", "", 18762},
    {"%m [%p] %q[user=%u,db=%d,app=%a] ", "2026-11-22 03:00:00.123 CEST [7] [user=app,db=shop,app=job [1 of 2]] ", true,
     "app", "shop", "job [1 of 2]", 7},
    {"%m [%p] %q[user=%u,db=%d,app=%a] ",
     "2026-11-22 03:00:00.123 +02 [7] [user=[unknown],db=[unknown],app=[unknown]] ", true, "", "", "", 7},
    {"%n %c %l %s %u %d %a %r %i %e %Q %% ",
     "1795318431.984 6b02629f.576b 2 2026-11-22 12:33:51 JST app shop admin tool [local] CREATE DATABASE 00000 48705 "
     "% ",
     true, "app", "shop", "admin tool", 0},
    {"%-10u|%5p|", "app       |   77|", true, "app", "", "", 77},
    {"%m [%p] ", "2026-11-22 03:00:00.123 UTC [77] app@shop ", false, "", "", "", 0},
    {"", "", true, "", "", "", 0},
};

static void reads_prefix(void **state)
{
    const struct prefix_case *c = *state;
    struct sl_pg_prefix prefix;
    struct sl_pg_fields fields;
    sl_pg_prefix_compile(sl_str_from(c->setting), &prefix);
    assert_int_equal(sl_pg_prefix_match(&prefix, sl_str_from(c->prefix), &fields), c->fits);
    if (!c->fits)
        return;
    assert_true(sl_str_eq(fields.user, sl_str_from(c->user)));
    assert_true(sl_str_eq(fields.database, sl_str_from(c->database)));
    assert_true(sl_str_eq(fields.application, sl_str_from(c->application)));
    if (c->session)
        assert_int_equal(fields.session, c->session);
}

struct message_case {
    const char *text;
    enum sl_pg_message_kind kind;
    int64_t us; /* -1: none */
    const char *rest;
};

static const struct message_case messages[] = {
    {"duration: 5.250 ms  statement: SELECT 1", SL_PG_MESSAGE_STATEMENT, 5250, "SELECT 1"},
    {"duration: 5.250 ms  execute <unnamed>: SELECT 1", SL_PG_MESSAGE_STATEMENT, 5250, "SELECT 1"},
    {"duration: 5 ms execute a0/C_1: \nSELECT 1", SL_PG_MESSAGE_STATEMENT, 5000, "\nSELECT 1"},
    {"duration: 0.1 ms  bind a0: SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 100, "SELECT 1"},
    {"duration: 0.1 ms  execute fetch from x/y: SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 100, "SELECT 1"},
    {"duration: 0.1 ms", SL_PG_MESSAGE_DURATION, 100, ""},
    {"00000: duration: 0.1 ms", SL_PG_MESSAGE_DURATION, 100, ""},
    {"duration: 0.1 ms  plan:\nQuery Text: SELECT 1", SL_PG_MESSAGE_PLAN, 100, "\nQuery Text: SELECT 1"},
    {"statement: SELECT 1", SL_PG_MESSAGE_STATEMENT, -1, "SELECT 1"},
    {"execute a: SELECT 1", SL_PG_MESSAGE_STATEMENT, -1, "SELECT 1"},
    {"AUDIT: SESSION,1,1", SL_PG_MESSAGE_AUDIT, -1, "SESSION,1,1"},
    {"checkpoint starting: time", SL_PG_MESSAGE_OTHER, -1, "checkpoint starting: time"},
    {"duration: x ms", SL_PG_MESSAGE_OTHER, -1, NULL},
};

static void reads_message(void **state)
{
    const struct message_case *c = *state;
    struct sl_pg_message message;
    sl_pg_message_read(sl_str_from(c->text), &message);
    assert_int_equal(message.kind, c->kind);
    assert_int_equal(message.has_duration ? (int64_t)message.duration_us : -1, c->us);
    if (c->rest)
        assert_string_equal(c->text + message.text_off, c->rest);
}

/* In other languages than English. */
static const struct message_case translated_messages[] = {
    {"Dauer: 5.250 ms  Anweisung: SELECT 1", SL_PG_MESSAGE_STATEMENT, 5250, "SELECT 1"},
    {"Dauer: 5.250 ms  Ausführen <unnamed>: SELECT 1", SL_PG_MESSAGE_STATEMENT, 5250, "SELECT 1"},
    {"Dauer: 5.250 ms  Ausführen Fetch von c: SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 5250, "SELECT 1"},
    {"Dauer: 5.250 ms  Binden a0: SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 5250, "SELECT 1"},
    {"Dauer: 5.250 ms", SL_PG_MESSAGE_DURATION, 5250, ""},
    {"00000: Dauer: 5.250 ms", SL_PG_MESSAGE_DURATION, 5250, ""},
    {"Anweisung: SELECT 1", SL_PG_MESSAGE_STATEMENT, -1, "SELECT 1"},
    {"Ausführen a0/C_1: SELECT 1", SL_PG_MESSAGE_STATEMENT, -1, "SELECT 1"},
    {"duración: 1.5 ms  parse: a0: SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 1500, NULL},
    {"durée : 1.5 ms, instruction : SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"durée : 1.5 ms  exécute a0: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"durée : 1.5 ms, analyse a0 : SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 1500, "SELECT 1"},
    {"durasi: 1.5 ms, perintah: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"durata: 1.5 ms  esecuzione di a0: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"期間: 1.5 ミリ秒  文: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"期間: 1.5 ミリ秒  取り出し実行 c: SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 1500, "SELECT 1"},
    {"ხანგრძლივობა: 1.5 მწმ  გამოსახულება: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"수행시간: 1.5 ms  쿼리실행 a0: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"czas trwania: 1.5 ms  wyrażenie: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"czas trwania: 1.5 ms  wykonanie pobrania z c: SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 1500, "SELECT 1"},
    {"duração: 1.5 ms  comando: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"duração: 1.5 ms  executar a0: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"продолжительность: 1.5 мс, оператор: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"продолжительность: 1.5 мс, сообщение Bind a0: SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 1500, "SELECT 1"},
    {"varaktighet 1.5 ms", SL_PG_MESSAGE_DURATION, 1500, ""},
    {"varaktighet: 1.5 ms  kör a0: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"süre: 1.5 milisaniye  komut: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"тривалість: 1.5 мс, оператор: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"执行时间: 1.5 ms 语句: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"执行时间: 1.5 ms 执行a0: SELECT 1", SL_PG_MESSAGE_STATEMENT, 1500, "SELECT 1"},
    {"执行时间: 1.5 ms 执行FETCH操作c: SELECT 1", SL_PG_MESSAGE_PARSE_BIND, 1500, "SELECT 1"},
    {"Checkpoint beginnt: time", SL_PG_MESSAGE_OTHER, -1, NULL},
    {"Dauer: x ms  Anweisung: SELECT 1", SL_PG_MESSAGE_OTHER, -1, NULL},
    {"Ausführen der Funktion a: SELECT 1", SL_PG_MESSAGE_OTHER, -1, NULL},
    {"duration: 1.5 ms  statement: SELECT 1", SL_PG_MESSAGE_OTHER, -1, NULL},
};

static void reads_translated_message(void **state)
{
    const struct message_case *c = *state;
    struct sl_pg_message message = {0};
    bool is_read = sl_pg_words_read_message(sl_str_from(c->text), &message);
    assert_int_equal(is_read, c->kind != SL_PG_MESSAGE_OTHER);
    assert_int_equal(message.kind, c->kind);
    assert_int_equal(message.has_duration ? (int64_t)message.duration_us : -1, c->us);
    if (c->rest)
        assert_string_equal(c->text + message.text_off, c->rest);
    if (is_read)
        assert_true(sl_pg_words_start_message(sl_str_from(c->text)));
}

struct label_case {
    const char *line;
    enum sl_pg_severity severity;
    const char *prefix, *text;
};

static const struct label_case labels[] = {
    {"a@b FEHLER:  Division durch Null", SL_PG_ERROR, "a@b ", "Division durch Null"},
    {"a@b ANWEISUNG:  SELECT 'LOG:  x'", SL_PG_STATEMENT, "a@b ", "SELECT 'LOG:  x'"},
    {"a@b LOG:  Dauer: 1 ms  Anweisung: SELECT 'FEHLER:  x'", SL_PG_LOG, "a@b ",
     "Dauer: 1 ms  Anweisung: SELECT 'FEHLER:  x'"},
    {"a@b SENTENCIA:  SELECT 1", SL_PG_STATEMENT, "a@b ", "SELECT 1"},
    {"a@b DÉTAIL:  paramètres : $1 = '1'", SL_PG_DETAIL, "a@b ", "paramètres : $1 = '1'"},
    {"a@b INSTRUCTION :  SELECT 1", SL_PG_STATEMENT, "a@b ", "SELECT 1"},
    {"PERNYATAAN:  SELECT 1", SL_PG_STATEMENT, "", "SELECT 1"},
    {"a@b ERRORE:  divisione per zero", SL_PG_ERROR, "a@b ", "divisione per zero"},
    {"a@b 文:  SELECT 1", SL_PG_STATEMENT, "a@b ", "SELECT 1"},
    {"a@b 問い合わせ:  SELECT 1", SL_PG_OTHER, "a@b ", "SELECT 1"},
    {"a@b ჟურნალი:  x", SL_PG_LOG, "a@b ", "x"},
    {"[7] 로그:  x", SL_PG_LOG, "[7] ", "x"},
    {"[7] 쿼리:SELECT 1", SL_PG_OTHER, "[7] ", "SELECT 1"},
    {"[7] DZIENNIK:  x", SL_PG_LOG, "[7] ", "x"},
    {"[7] BŁĄD:  x", SL_PG_ERROR, "[7] ", "x"},
    {"[7] PÂNICO:  x", SL_PG_ERROR, "[7] ", "x"},
    {"[7] COMANDO:  SELECT 1", SL_PG_STATEMENT, "[7] ", "SELECT 1"},
    {"[7] СООБЩЕНИЕ:  x", SL_PG_LOG, "[7] ", "x"},
    {"[7] КОНТЕКСТ:  x", SL_PG_CONTEXT, "[7] ", "x"},
    {"[7] LOGG:  x", SL_PG_LOG, "[7] ", "x"},
    {"[7] FEL:  x", SL_PG_ERROR, "[7] ", "x"},
    {"[7] ÖLÜMCÜL (FATAL):  x", SL_PG_ERROR, "[7] ", "x"},
    {"[7] AYRINTI:x", SL_PG_DETAIL, "[7] ", "x"},
    {"[7] ЗАПИСУВАННЯ:  x", SL_PG_LOG, "[7] ", "x"},
    {"[7] 日志:  x", SL_PG_LOG, "[7] ", "x"},
    {"[7] 致命错误:  x", SL_PG_ERROR, "[7] ", "x"},
    {"[7] ERROR:  x", SL_PG_ERROR, "[7] ", "x"},
    {"[7] XFEL:  x", SL_PG_NONE, NULL, NULL},
    {"Fel:  x", SL_PG_NONE, NULL, NULL},
    {"12:30 FEL", SL_PG_NONE, NULL, NULL},
};

static void finds_label(void **state)
{
    const struct label_case *c = *state;
    size_t word = 0, text = 0;
    sl_str line = sl_str_from(c->line);
    assert_int_equal(sl_pg_words_find_any(line, &word, &text), c->severity);
    if (c->severity == SL_PG_NONE)
        return;
    assert_true(sl_str_eq(sl_str_slice(line, 0, word), sl_str_from(c->prefix)));
    assert_string_equal(c->line + text, c->text);
    size_t colon = sl_str_find_byte(sl_str_slice(line, word, line.len), ':');
    sl_str alone = sl_str_trim(sl_str_slice(line, word, colon)); /* as csvlog has it */
    bool is_primary = c->severity == SL_PG_LOG || c->severity == SL_PG_ERROR;
    if (is_primary)
        assert_int_equal(sl_pg_words_severity(alone), c->severity);
}

struct tags_case {
    const char *comment, *application, *location;
};

static const struct tags_case tags[] = {
    {"application:Lottery,controller:reports,action:daily,line:/app/models/entry.rb:42:in `daily'", "Lottery",
     "app/models/entry.rb:42"},
    {"application:Lottery,controller:reports", "Lottery", "reports"},
    {"controller='reports',action='daily'", "", "reports#daily"},
    {"app='web%20shop',route='%2Freports%2Fdaily'", "web shop", "/reports/daily"},
    {" controller_with_namespace:Api::V1::Forms,action:index,line:/a.rb:60:in `x' ", "", "/a.rb:60"},
    {"job:DailyJob", "", "DailyJob"},
    {"application='it\\'s'", "it's", ""},
    {"a:1,b:2,a:4", "", ""},
    {" hello=world,foo ", "", ""},
    {"just a comment: not a tag, is it", "", ""},
};

static void reads_tags(void **state)
{
    const struct tags_case *c = *state;
    struct sl_buf scratch = {0};
    struct sl_tags got = {0};
    sl_tags_read(sl_str_from(c->comment), &scratch, &got);
    assert_true(sl_str_eq(got.application, sl_str_from(c->application)));
    assert_true(sl_str_eq(got.location, sl_str_from(c->location)));
    sl_buf_release(&scratch);
}

static void binds_parameters(void **state)
{
    (void)state;
    struct sl_buf out = {0};
    assert_true(sl_pg_bind(SL_STR("SELECT '$1', $2, \"$1\" /* $1 */ FROM t WHERE a = $1 AND b = $3"),
                           SL_STR("$1 = 'it''s', $2 = '7'"), &out));
    assert_string_equal(sl_buf_str(&out).ptr, "SELECT '$1', 7, \"$1\" /* $1 */ FROM t WHERE a = 'it''s' AND b = $3");
    assert_false(sl_pg_bind(SL_STR("SELECT 1"), SL_STR("nothing"), &out));
    sl_buf_release(&out);
}

static void finds_json_units(void **state)
{
    (void)state;
    sl_str text =
        SL_STR("{\"events\": [{\"a\": \"}\\\"\"}, {\"b\": [1, {}]}]}\n{\"cut\": \"\n{\"c\": 1}\nnoise\n{\"d\":");
    static const struct {
        enum sl_json_unit kind;
        const char *unit;
    } expected[] = {
        {SL_JSON_UNIT, "{\"a\": \"}\\\"\"}"}, {SL_JSON_UNIT, "{\"b\": [1, {}]}"}, {SL_JSON_DAMAGED, "{\"cut\": \""},
        {SL_JSON_UNIT, "{\"c\": 1}"},         {SL_JSON_DAMAGED, "noise"},         {SL_JSON_NEED_MORE, ""},
    };
    size_t pos = 0;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        sl_str unit = SL_STR_EMPTY;
        assert_int_equal(sl_json_next_unit(text, false, &pos, &unit), expected[i].kind);
        assert_true(expected[i].kind == SL_JSON_NEED_MORE || sl_str_eq(unit, sl_str_from(expected[i].unit)));
    }
}

#define N(array) (sizeof(array) / sizeof(array)[0])
#define ADD(table, field, function)                                                                                    \
    for (size_t i = 0; i < N(table); i++)                                                                              \
        rows[n++] = (struct CMUnitTest)                                                                                \
        {                                                                                                              \
            .name = (table)[i].field, .test_func = (function), .initial_state = (void *)(uintptr_t) & (table)[i]       \
        }

struct fill_case {
    const char *normalised;
    enum sl_dialect dialect;
    const char *filled;
};

static const struct fill_case fills[] = {
    {"update t set a = ?, b = timestamp ? where c = ?", SL_DIALECT_MYSQL,
     "update t set a = ?, b = timestamp '?' where c = ?"},
    {"select * from t where a > timestamp ?", SL_DIALECT_POSTGRES, "select * from t where a > timestamp ?"},
    {"create function f() language plpgsql as ?", SL_DIALECT_POSTGRES, "create function f() language plpgsql as '?'"},
    {"fetch forward ? from c", SL_DIALECT_POSTGRES, "fetch forward 1 from c"},
    {"select a::decimal(?, ?), f(?), cast(b as char(?)) from t", SL_DIALECT_POSTGRES,
     "select a::decimal(1, 1), f(?), cast(b as char(1)) from t"},
    {"select 'as ?', \"as\" ? from t", SL_DIALECT_POSTGRES, "select 'as ?', \"as\" ? from t"},
};

static void fills_placeholders(void **state)
{
    const struct fill_case *c = *state;
    struct sl_buf out = {0};
    sl_log_fill(sl_str_from(c->normalised), c->dialect, &out);
    assert_string_equal(sl_buf_str(&out).ptr, c->filled);
    sl_buf_release(&out);
}

struct secret_case {
    const char *text;
    enum sl_dialect dialect;
    const char *redacted;
};

static const struct secret_case secrets[] = {
    {"CREATE USER a IDENTIFIED BY 's'", SL_DIALECT_MYSQL, "CREATE USER a IDENTIFIED BY '***'"},
    {"ALTER USER a IDENTIFIED BY 'new' REPLACE 'old'", SL_DIALECT_MYSQL,
     "ALTER USER a IDENTIFIED BY '***' REPLACE '***'"},
    {"ALTER USER a IDENTIFIED VIA ed25519 USING PASSWORD('s') OR unix_socket", SL_DIALECT_MYSQL,
     "ALTER USER a IDENTIFIED VIA ed25519 USING PASSWORD('***') OR unix_socket"},
    {"ALTER USER a IDENTIFIED WITH x AS 0x53 REQUIRE SSL", SL_DIALECT_MYSQL,
     "ALTER USER a IDENTIFIED WITH x AS '***' REQUIRE SSL"},
    {"ALTER USER a IDENTIFIED BY 0x53", SL_DIALECT_MYSQL, "ALTER USER a IDENTIFIED BY '***'"},
    {"CREATE USER a IDENTIFIED /* x */ BY \"s\"", SL_DIALECT_MYSQL, "CREATE USER a IDENTIFIED /* x */ BY \"***\""},
    {"SET PASSWORD FOR a = 's'; SELECT 'x'", SL_DIALECT_MYSQL, "SET PASSWORD FOR a = '***'; SELECT 'x'"},
    {"UPDATE u SET pwd = 's', name = 'x'", SL_DIALECT_MYSQL, "UPDATE u SET pwd = '***', name = 'x'"},
    {"SELECT * FROM u WHERE token = 's' AND status = 'won'", SL_DIALECT_MYSQL,
     "SELECT * FROM u WHERE token = '***' AND status = 'won'"},
    {"SELECT * FROM u WHERE \"u\".\"token\" IN ('s', 't') AND \"u\".\"status\" = 'won'", SL_DIALECT_POSTGRES,
     "SELECT * FROM u WHERE \"u\".\"token\" IN ('***', '***') AND \"u\".\"status\" = 'won'"},
    {"INSERT INTO u (\"name\", \"password\", \"status\") VALUES ('a', 's', 'won'), ('b', 't', 'lost')",
     SL_DIALECT_POSTGRES,
     "INSERT INTO u (\"name\", \"password\", \"status\") VALUES ('a', '***', 'won'), ('b', '***', 'lost')"},
    {"ALTER ROLE a PASSWORD $q$s$q$", SL_DIALECT_POSTGRES, "ALTER ROLE a PASSWORD '***'"},
    {"ALTER ROLE a PASSWORD E'a\\'s' VALID UNTIL 'x'", SL_DIALECT_POSTGRES,
     "ALTER ROLE a PASSWORD E'***' VALID UNTIL 'x'"},
    {"SELECT 1 FROM t WHERE a LIKE 'x' ESCAPE '\\' AND b = 'y'", SL_DIALECT_POSTGRES,
     "SELECT 1 FROM t WHERE a LIKE 'x' ESCAPE '\\' AND b = 'y'"},
    {"CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'u', password 's')", SL_DIALECT_POSTGRES,
     "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'u', password '***')"},
    {"SELECT dblink('host=h password=''s'' dbname=d', 'SELECT 1')", SL_DIALECT_POSTGRES,
     "SELECT dblink('host=h password=''***'' dbname=d', 'SELECT 1')"},
    {"SELECT dblink('postgres://u:s@h/d')", SL_DIALECT_POSTGRES, "SELECT dblink('postgres://u:***@h/d')"},
    {"COPY t FROM 's3://b' CREDENTIALS 'aws_access_key_id=A;aws_secret_access_key=s'", SL_DIALECT_POSTGRES,
     "COPY t FROM 's3://b' CREDENTIALS '***'"},
    {"SELECT http('https://h/x?a=1&api_key=s&b=2', '{\"token\": \"s\", \"c\": 3}')", SL_DIALECT_POSTGRES,
     "SELECT http('https://h/x?a=1&api_key=***&b=2', '{\"token\": \"***\", \"c\": 3}')"},
    {"SELECT set_config('app.jwt_secret', 's', false), 'x'", SL_DIALECT_POSTGRES,
     "SELECT set_config('app.jwt_secret', '***', false), 'x'"},
    {"SELECT pgp_sym_decrypt(c, concat('s', 't')), 'x' FROM t", SL_DIALECT_POSTGRES,
     "SELECT pgp_sym_decrypt(c, concat('***', '***')), 'x' FROM t"},
    {"SELECT 1 /* password=s, b='x' */", SL_DIALECT_POSTGRES, "SELECT 1 /* password=***, b='x' */"},
    {"CREATE ROLE a PASSWORD 's", SL_DIALECT_POSTGRES, "CREATE ROLE a PASSWORD '***'"},
};

static void hides_secrets(void **state)
{
    const struct secret_case *c = *state;
    struct sl_buf out = {0};
    sl_redact(sl_str_from(c->text), c->dialect, &out);
    assert_string_equal(sl_buf_str(&out).ptr, c->redacted);
    sl_buf_release(&out);
}

/* The text begins at line 7, column 30 of the log; where does the byte with "^" stand? */
struct place_case {
    const char *text;
    enum sl_log_encoding layout;
    uint32_t line, col;
};

static const struct place_case places[] = {
    {"SELECT ^", SL_LOG_PLAIN, 7, 37},
    {"SELECT\n  ^", SL_LOG_PLAIN, 8, 3},
    {"SELECT \xC3\xA9\xC3\xA9^", SL_LOG_PLAIN, 7, 39},
    {"SELECT\n  ^", SL_LOG_TABBED, 8, 4},
    {"SELECT\n\nFROM\n^", SL_LOG_TABBED, 10, 2},
    {"SELECT \"a\" ^", SL_LOG_CSV, 7, 43},
    {"SELECT \"a\"\n^", SL_LOG_CSV, 8, 1},
    {"SELECT\n\"a\" ^", SL_LOG_JSON, 7, 44},
    {"SELECT\x01 ^", SL_LOG_JSON, 7, 43},
    {"SELECT\n\t'' ^", SL_LOG_BACKSLASH, 7, 43},
    {"a < b ^", SL_LOG_XML, 7, 39},
};

static void places_a_byte(void **state)
{
    const struct place_case *c = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_lines lines;
    sl_str text = sl_str_from(c->text);
    const struct sl_shape shape = {.sample = text, .line = 7, .col = 30, .layout = (uint8_t)c->layout};
    sl_lines_init(&lines, &arena, text);
    sl_log_place(&shape, &arena, &lines);
    struct sl_position got = sl_lines_position(&lines, (uint32_t)sl_str_find_byte(text, '^'));
    assert_int_equal(got.line, c->line);
    assert_int_equal(got.col, c->col);
    sl_arena_release(&arena);
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* What is looked at sixteen bytes at a time ends where byte after byte says. */
static void finds_ends_of_json_strings(void **state)
{
    (void)state;
    static const char bytes[] = "abc\"\\\\";
    unsigned seed = 1;
    for (int round = 0; round < 20000; round++) {
        char text[80] = "{\"";
        size_t n = 2, len = next_random(&seed) % 60;
        size_t key_len = SIZE_MAX;
        bool is_escaped = false;
        for (size_t i = 0; i < len; i++) {
            char c = next_random(&seed) % 8 ? 'a' : bytes[next_random(&seed) % 6];
            if (c == '"' && !is_escaped && key_len == SIZE_MAX)
                key_len = i;
            is_escaped = c == '\\' && !is_escaped;
            text[n++] = c;
        }
        memcpy(text + n, "\":1}", 4);
        bool is_whole = key_len == SIZE_MAX && !is_escaped;
        struct sl_json json;
        struct sl_json_field field;
        assert_true(sl_json_open(&json, (sl_str){text, n + 4}));
        bool found = sl_json_next(&json, &field);
        assert_true(!is_whole || (found && field.key.len == len));
        assert_true(key_len == SIZE_MAX || !found || field.key.len == key_len);
    }
}

static void finds_ends_of_numbers(void **state)
{
    (void)state;
    static const char bytes[] = "0123456789012345678901234567890123456789.eEx+-a_,) ";
    unsigned seed = 7;
    for (int round = 0; round < 20000; round++) {
        char text[64];
        size_t len = 1 + next_random(&seed) % 24;
        memset(text, ' ', sizeof text);
        for (size_t i = 0; i < len; i++)
            text[i] = bytes[next_random(&seed) % (sizeof bytes - 1)];
        const char *with_room = sl_shape_skip_number(text, text + sizeof text);
        const char *without = sl_shape_skip_number(text, text + len);
        assert_ptr_equal(with_room, without);
    }
}

int main(void)
{
    static struct CMUnitTest rows[N(stamps) + N(prefixes) + N(messages) + N(translated_messages) + N(labels) + N(tags) +
                                  N(places) + N(secrets) + N(fills) + 4];
    size_t n = 0;
    ADD(stamps, text, reads_stamp);
    ADD(prefixes, prefix, reads_prefix);
    ADD(messages, text, reads_message);
    ADD(translated_messages, text, reads_translated_message);
    ADD(labels, line, finds_label);
    ADD(tags, comment, reads_tags);
    ADD(places, text, places_a_byte);
    ADD(secrets, text, hides_secrets);
    ADD(fills, normalised, fills_placeholders);
    rows[n++] = (struct CMUnitTest)cmocka_unit_test(binds_parameters);
    rows[n++] = (struct CMUnitTest)cmocka_unit_test(finds_json_units);
    rows[n++] = (struct CMUnitTest)cmocka_unit_test(finds_ends_of_json_strings);
    rows[n++] = (struct CMUnitTest)cmocka_unit_test(finds_ends_of_numbers);
    return _cmocka_run_group_tests("parts of logs", rows, n, NULL, NULL);
}
