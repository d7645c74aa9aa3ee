/*
 * A log that is rotated anywhere gives what it gives as one file: each sample is cut into two files at every byte. An
 * entry that is cut is put together again; a file that holds nothing but the rest of one is known by its neighbour.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../digest_dump.h"

static char folder[] = "/tmp/sl_test_rotated_XXXXXX";

struct sample {
    const char *name;
    const char *text;
};

#define SLOW_HEAD(second)                                                                                              \
    "# Time: 2026-11-21T00:00:0" second ".000000Z\n# User@Host: app[app] @ web [10.0.0.1]  Id:     8\n"                \
    "# Query_time: 0.001000  Lock_time: 0.000000 Rows_sent: 1  Rows_examined: 2\n"
#define SLOW(second, sql) SLOW_HEAD(second) "SET timestamp=179521920" second ";\n" sql ";\n"
#define SLOW_START                                                                                                     \
    "/usr/sbin/mysqld, Version: 8.0.43 (Source distribution). started with:\nTcp port: 3306  Unix socket: /a/b.sock\n" \
    "Time                 Id Command    Argument\n"
#define GENERAL(second, command, sql) "2026-11-21T00:00:0" second ".000000Z\t    8 " command "\t" sql "\n"
#define STDERR(second, sql) "2026-11-21 00:00:0" second ".123 UTC [42] app@shop " sql "\n"
#define CSV(second, severity, message, detail, query)                                                                  \
    "2026-11-21 00:00:0" second ".123 UTC,\"app\",\"shop\",42,\"10.0.0.1:5\",6560b8a1.42,3,\"SELECT\","                \
    "2026-11-20 23:00:00 UTC,3/7,0," severity ",00000,\"" message "\"," detail ",,,,,," query ",,,\"psql\"\n"
#define JSON(second, severity, rest)                                                                                   \
    "{\"timestamp\":\"2026-11-21 00:00:0" second                                                                       \
    ".123 UTC\",\"user\":\"app\",\"dbname\":\"shop\",\"pid\":42,\"session_id\":\"6560b8a1.42\","                       \
    "\"error_severity\":\"" severity "\"," rest "}\n"

static const struct sample samples[] = {
    {"slow log", SLOW("1", "SELECT 1") SLOW("2", "SELECT a\nFROM t\n\nWHERE b = 'x;'") SLOW("3", "SELECT 2, 3")
                     SLOW("4", "COMMIT")},
    {"slow log with commands",
     SLOW_START SLOW_HEAD("1") "SET timestamp=1795219200;\n# administrator command: Quit;\n" SLOW("2", "SELECT 1")
         SLOW_HEAD("3") "# administrator command: Ping;\n" SLOW_HEAD(
             "4") "use shop;\nSET timestamp=1795219204;\n"
                  "# administrator command: Close stmt;\n" SLOW_START
                      SLOW_HEAD("5") "use shop;\nSET timestamp=1795219205;\nSELECT 2 FROM t;\n" SLOW_HEAD(
                          "6") "SET timestamp=1795219206;\n# administrator command: Quit;\n"},
    {"slow log of MariaDB",
     "# Time: 261121  0:00:01\n# User@Host: app[app] @ localhost []\n# Thread_id: 8  Schema: shop  QC_hit: No\n"
     "# Query_time: 0.001000  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 2\n# Rows_affected: 0  Bytes_sent: 9\n"
     "#\n# explain: id\tselect_type\ttable\n# explain: 1\tSIMPLE\tt\n#\nSET timestamp=1795219201;\nSELECT 1 FROM t;\n"
     "# User@Host: app[app] @ localhost []\n# Thread_id: 8  Schema: shop  QC_hit: No\n"
     "# Query_time: 0.001000  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 2\n# Rows_affected: 0  Bytes_sent: 9\n"
     "SET timestamp=1795219201;\n# administrator command: Quit;\n"
     "# Time: 261121  0:00:02\n# User@Host: app[app] @ localhost []\n# Thread_id: 8  Schema: shop  QC_hit: No\n"
     "# Query_time: 0.001000  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 2\n# Rows_affected: 3  Bytes_sent: 9\n"
     "SET timestamp=1795219202;\nUPDATE t SET a = 1;\n"},
    {"general log", SLOW_START GENERAL("1", "Connect", "app@web on shop using TCP/IP") GENERAL("1", "Query", "SELECT 1")
                        GENERAL("2", "Query", "SELECT a\nFROM t\nWHERE b = 'x'") GENERAL("3", "Init DB", "shop")
                            GENERAL("3", "Prepare", "SELECT ?") GENERAL("3", "Execute", "SELECT 5")
                                GENERAL("4", "Query", "SELECT 2; SELECT 3") GENERAL("4", "Quit", "")},
    {"general log of MariaDB",
     "261121  0:00:01\t     8 Connect\tapp@localhost as anonymous on shop\n\t\t     8 Query\tSELECT 1\n"
     "\t\t     8 Query\tSELECT a\n FROM t\n261121  0:00:02\t     8 Query\tUPDATE t SET a = 1\n\t\t     8 Quit\t\n"},
    {"stderr log", STDERR("1", "LOG:  duration: 1.5 ms  statement: SELECT 1")
                       STDERR("2", "LOG:  duration: 1.5 ms  statement: SELECT a\n\tFROM t\n\tWHERE b = 'x'")
                           STDERR("3", "LOG:  execute a: SELECT $1") STDERR("3", "DETAIL:  parameters: $1 = 'won'")
                               STDERR("3", "LOG:  duration: 2.5 ms") STDERR("4", "LOG:  checkpoint starting: time")
                                   STDERR("4", "ERROR:  relation \"u\" does not exist at character 15") STDERR(
                                       "4", "STATEMENT:  SELECT 9 FROM u") STDERR("5", "LOG:  statement: COMMIT")},
    {"csvlog", CSV("1", "LOG", "duration: 1.5 ms  statement: SELECT 1", "", "")
                   CSV("2", "LOG", "duration: 1.5 ms  statement: SELECT a\nFROM t\nWHERE b = \"\"x\"\"", "", "")
                       CSV("3", "LOG", "execute a: SELECT $1", "\"parameters: $1 = 'won'\"", "")
                           CSV("3", "LOG", "duration: 2.5 ms", "", "")
                               CSV("4", "ERROR", "relation \"\"u\"\" does not exist", "", "\"SELECT 9\nFROM u\"")
                                   CSV("5", "LOG", "statement: COMMIT", "", "")},
    {"jsonlog", JSON("1", "LOG", "\"message\":\"duration: 1.5 ms  statement: SELECT 1\"") JSON(
                    "2", "LOG", "\"message\":\"duration: 1.5 ms  statement: SELECT a\\nFROM t\\nWHERE b = \\\"x\\\"\"")
                    JSON("3", "LOG", "\"message\":\"execute a: SELECT $1\",\"detail\":\"parameters: $1 = 'won'\"")
                        JSON("3", "LOG", "\"message\":\"duration: 2.5 ms\"")
                            JSON("4", "ERROR", "\"message\":\"no relation\",\"statement\":\"SELECT 9\\nFROM u\"")
                                JSON("5", "LOG", "\"message\":\"statement: COMMIT\"")},
};
enum { N_SAMPLES = sizeof samples / sizeof samples[0] };

/* `age` seconds ago, as its time of writing says. */
static void write_file(const char *path, sl_str bytes, int age)
{
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, to), bytes.len);
    assert_int_equal(fclose(to), 0);
    struct timespec times[2] = {{1795300000 - age, 0}, {1795300000 - age, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* What is counted, and the shapes without the places in which they were seen. */
static void render(const sl_str *paths, size_t n, struct sl_buf *out)
{
    struct sl_digest_options options = {.n_jobs = 1};
    struct sl_digest digest;
    struct sl_error err;
    sl_buf_reset(out);
    if (sl_digest_read(paths, n, &options, &digest, &err) != SL_OK) {
        sl_buf_add_printf(out, "%s", err.message);
        return;
    }
    const struct sl_digest_counts *c = &digest.counts;
    dump_count(out, "entries", c->entries);
    dump_count(out, "statements", c->statements);
    dump_count(out, "failed", c->failed);
    dump_count(out, "administrative", c->administrative);
    dump_count(out, "parse_bind", c->parse_bind);
    dump_count(out, "empty", c->empty);
    dump_count(out, "truncated", c->truncated);
    dump_count(out, "ambiguous", c->ambiguous);
    dump_count(out, "unknown_lines", c->unknown_lines);
    for (size_t i = 0; i < digest.n_shapes; i++) {
        digest.shapes[i].line = digest.shapes[i].col = 0;
        dump_shape(out, &digest.shapes[i]);
    }
    sl_digest_release(&digest);
}

/* Files named so that both orders of the command line differ from the order of time. */
static void cut_anywhere(void **state)
{
    const struct sample *sample = *state;
    sl_str whole = sl_str_from(sample->text);
    struct sl_buf want = {0}, got = {0};
    char older[64], newer[64];
    unsigned n_wrong = 0;
    snprintf(older, sizeof older, "%s/a.log.1", folder);
    snprintf(newer, sizeof newer, "%s/a.log", folder);
    write_file(newer, whole, 0);
    sl_str paths[] = {sl_str_from(newer), sl_str_from(older)};
    render(paths, 1, &want);
    for (size_t at = 1; at < whole.len; at++) {
        write_file(older, sl_str_slice(whole, 0, at), 3600);
        write_file(newer, sl_str_slice(whole, at, whole.len), 0);
        render(paths, 2, &got);
        if (sl_str_eq(sl_buf_str(&got), sl_buf_str(&want)))
            continue;
        if (n_wrong++ < 3)
            print_message("cut at %zu, before %.20s: %s\nwanted %s\n", at, sample->text + at, sl_buf_str(&got).ptr,
                          sl_buf_str(&want).ptr);
    }
    unlink(older);
    unlink(newer);
    sl_buf_release(&want);
    sl_buf_release(&got);
    if (n_wrong)
        fail_msg("%u of %zu cuts", n_wrong, whole.len - 1);
}

int main(void)
{
    static struct CMUnitTest tests[N_SAMPLES];
    if (!mkdtemp(folder))
        return 1;
    for (size_t i = 0; i < N_SAMPLES; i++)
        tests[i] = (struct CMUnitTest){samples[i].name, cut_anywhere, NULL, NULL, (void *)(uintptr_t)&samples[i]};
    int failed = _cmocka_run_group_tests("rotated logs", tests, N_SAMPLES, NULL, NULL);
    rmdir(folder);
    return failed;
}
