/* What is decided of the inputs of a run as wholes: formats that are named and are not there, inputs left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/log/detect.h"

#define SLOW_HEAD                                                                                                      \
    "# Time: 2026-11-22T03:00:00.000000Z\n# User@Host: a[a] @  [10.0.0.1]  Id:     8\n"                                \
    "# Query_time: 1.000000  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0\nSET timestamp=1;\n"
#define SLOW_ENTRY SLOW_HEAD "SELECT 1;\n"
#define SLOW_START                                                                                                     \
    "/usr/sbin/mysqld, Version: 8.0.43 (Source distribution). started with:\nTcp port: 3306  Unix socket: /a/b.sock\n" \
    "Time                 Id Command    Argument\n"
#define PG_ENTRY "2026-11-22 03:00:00.000 UTC [7] a@b LOG:  statement: SELECT 1\n"

static enum sl_status read_text(const char *text, const char *format, struct sl_digest *digest, struct sl_error *err)
{
    int fd = memfd_create("log", MFD_CLOEXEC);
    char path[64];
    size_t len = strlen(text);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    sl_str name = sl_str_from(path);
    struct sl_digest_options options = {.input_format = sl_str_from(format), .n_jobs = 1};
    enum sl_status status = sl_digest_read(&name, 1, &options, digest, err);
    close(fd);
    return status;
}

/* A format, named on a file that has nothing of it. Plain SQL is left out: any text may be meant as that. */
static void says_that_format_is_not_there(void **state)
{
    static const struct {
        const char *text, *looks_like;
    } files[] = {
        {"hello\nworld\n", "nor of another that is known here"},
        {SLOW_START SLOW_ENTRY, "it looks like mysql-slow (MySQL slow log)"},
        {PG_ENTRY, "it looks like pg-stderr (PostgreSQL log (stderr))"},
    };
    const struct sl_log_format *format = *state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct sl_digest digest;
        struct sl_error err = {0};
        if (strstr(files[i].looks_like, format->name))
            continue;
        if (read_text(files[i].text, format->name, &digest, &err) != SL_ERR_FORMAT)
            fail_msg("read: %s", files[i].text);
        if (!strstr(err.message, files[i].looks_like) || !strstr(err.message, format->name))
            fail_msg("said: %s", err.message);
    }
}

static void takes_empty_file(void **state)
{
    const struct sl_log_format *format = *state;
    struct sl_digest digest;
    struct sl_error err;
    assert_int_equal(read_text("", format->name, &digest, &err), SL_OK);
    assert_int_equal(digest.counts.statements, 0);
    sl_digest_release(&digest);
}

/* A log in which nothing happened yet has its head only. */
static void takes_head_of_new_log(void **state)
{
    struct sl_digest digest;
    struct sl_error err;
    (void)state;
    static const char *const names[] = {"", "mysql-slow", "mysql-general"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(read_text(SLOW_START, names[i], &digest, &err), SL_OK);
        assert_int_equal(digest.counts.statements, 0);
        sl_digest_release(&digest);
    }
}

struct packed_case {
    const char *name;
    sl_str head;
    const char *advice;
};

static const struct packed_case packed_cases[] = {
    {"xz", SL_STR_INIT("\xfd\x37zXZ\0\0\4\xe6\xd6"), " with xz, which is not read here; use \"xzcat FILE | "},
    {"lz4", SL_STR_INIT("\x04\x22\x4d\x18\x64\x40\xa7\x01"), "lz4cat FILE"},
    {"zip", SL_STR_INIT("PK\x03\x04\x14\0\0\0\x08\0"), "unzip -p FILE"},
    {"7-Zip", SL_STR_INIT("7z\xbc\xaf\x27\x1c\0\4"), "7z x -so FILE"},
    {"compress", SL_STR_INIT("\x1f\x9d\x90\x23"), "gzip -dc FILE"},
    {"RAR", SL_STR_INIT("Rar!\x1a\x07\x01\0"), "unrar p -inul FILE"},
    {"tar", SL_STR_INIT(""), "is a tar archive; use \"tar -xOf FILE | "},
};

/* What is packed otherwise is refused with advice. */
static void refuses_packing(void **state)
{
    const struct packed_case *c = *state;
    char bytes[1024] = "slow.log";
    memcpy(bytes, c->head.ptr, c->head.len);
    if (c->head.len == 0)
        memcpy(bytes + 257, "ustar", 5);
    int fd = memfd_create("log", MFD_CLOEXEC);
    char path[64];
    assert_int_equal(write(fd, bytes, sizeof bytes), sizeof bytes);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    sl_str name = sl_str_from(path);
    struct sl_digest_options options = {.n_jobs = 1};
    struct sl_digest digest;
    struct sl_error err;
    assert_int_equal(sl_digest_read(&name, 1, &options, &digest, &err), SL_ERR_FORMAT);
    if (!strstr(err.message, c->advice))
        fail_msg("said: %s", err.message);
    close(fd);
}

static char folder[] = "/tmp/sl_test_inputs_XXXXXX";

static void write_text(const char *path, const char *text)
{
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    assert_int_equal(fputs(text, to) >= 0, 1);
    assert_int_equal(fclose(to), 0);
}

enum form { STDERR, CSV, JSON };

/* A statement without more is the rest of an entry only behind a file that ends in one. */
static void knows_rest_from_statement(void **state)
{
    static const struct {
        const char *older, *newer;
        unsigned n_statements, n_truncated;
    } rows[] = {
        {SLOW_ENTRY, "SELECT 2 FROM t;\n", 2, 0},
        {SLOW_ENTRY, "SELECT 2 FROM t;\nSELECT 3 FROM t;\n", 3, 0},
        {SLOW_ENTRY SLOW_HEAD "SELECT 2,", "\nupdated_at FROM t;\n", 2, 0},
        {SLOW_ENTRY SLOW_HEAD, "SELECT 2 FROM t;\n", 2, 0},
    };
    (void)state;
    char older[64], newer[64];
    snprintf(older, sizeof older, "%s/log.1", folder);
    snprintf(newer, sizeof newer, "%s/log.2", folder);
    sl_str paths[] = {sl_str_from(older), sl_str_from(newer)};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_text(older, rows[i].older);
        write_text(newer, rows[i].newer);
        struct sl_digest_options options = {.n_jobs = 1};
        struct sl_digest digest;
        struct sl_error err;
        assert_int_equal(sl_digest_read(paths, 2, &options, &digest, &err), SL_OK);
        assert_int_equal(digest.counts.statements, rows[i].n_statements);
        assert_int_equal(digest.counts.truncated, rows[i].n_truncated);
        assert_int_equal(digest.counts.unknown_lines, 0);
        sl_digest_release(&digest);
    }
    unlink(older);
    unlink(newer);
}

/* An event a minute, from minute `from` on. */
struct part {
    const char *name;
    enum form form;
    unsigned from, n;
};

struct forms_case {
    const char *name;
    struct part parts[3];
    unsigned n_statements, n_left_out;
    const char *said;
};

static const struct forms_case forms_cases[] = {
    {"three forms of one log",
     {{"pg.log", STDERR, 0, 5}, {"pg.csv", CSV, 0, 5}, {"pg.json", JSON, 0, 5}},
     5,
     2,
     "pg.json: PostgreSQL log (jsonlog) (not read: "},
    {"two forms, rotated",
     {{"pg-2026-11-22_000000.log.1", STDERR, 0, 5}, {"pg-2026-11-22_000000.json.1", JSON, 0, 5}},
     5,
     1,
     "pg-2026-11-22_000000.json.1 holds the same events)"},
    {"logs of two servers", {{"a.log", STDERR, 0, 5}, {"b.csv", CSV, 0, 5}}, 10, 0, ""},
    {"files of two days", {{"pg-1.log", STDERR, 0, 5}, {"pg-2.csv", CSV, 0, 5}}, 10, 0, ""},
    {"in two folders", {{"x/pg.log", STDERR, 0, 5}, {"pg.csv", CSV, 0, 5}}, 10, 0, ""},
    {"the setting was changed: one behind the other",
     {{"pg.log", STDERR, 0, 5}, {"pg.csv", CSV, 5, 5}},
     10,
     0,
     "(found by its lines)"},
    {"the richer one ends early",
     {{"pg.log", STDERR, 0, 20}, {"pg.csv", CSV, 0, 5}},
     20,
     1,
     "pg.csv: PostgreSQL log (csvlog) (not read: "},
    {"the richer one begins late",
     {{"pg.log", STDERR, 0, 20}, {"pg.csv", CSV, 5, 15}},
     20,
     1,
     "pg.csv: PostgreSQL log (csvlog) (not read: "},
    {"neither covers the other",
     {{"pg.log", STDERR, 0, 10}, {"pg.csv", CSV, 5, 15}},
     25,
     0,
     "some of its events may be those of "},
};

static void write_part(const struct part *part, const char *path)
{
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    for (unsigned i = part->from; i < part->from + part->n; i++) {
        char stamp[40];
        snprintf(stamp, sizeof stamp, "2026-11-22 03:%02u:00.123 UTC", i);
        if (part->form == STDERR)
            fprintf(to, "%s [7] a@b LOG:  duration: 1.5 ms  statement: SELECT %u\n", stamp, i);
        else if (part->form == CSV)
            fprintf(to,
                    "%s,\"a\",\"b\",7,\"[local]\",65.7,1,\"SELECT\",2026-11-22 00:00:00 UTC,3/7,0,LOG,00000,"
                    "\"duration: 1.5 ms  statement: SELECT %u\",,,,,,,,,\"psql\"\n",
                    stamp, i);
        else
            fprintf(to,
                    "{\"timestamp\":\"%s\",\"user\":\"a\",\"dbname\":\"b\",\"pid\":7,\"error_severity\":\"LOG\","
                    "\"message\":\"duration: 1.5 ms  statement: SELECT %u\"}\n",
                    stamp, i);
    }
    assert_int_equal(fclose(to), 0);
}

/* Read in both orders. */
static void reads_one_form(void **state)
{
    const struct forms_case *c = *state;
    char names[3][128];
    sl_str paths[3];
    size_t n = 0;
    for (; n < 3 && c->parts[n].name; n++) {
        snprintf(names[n], sizeof names[n], "%s/%s", folder, c->parts[n].name);
        write_part(&c->parts[n], names[n]);
        paths[n] = sl_str_from(names[n]);
    }
    for (int order = 0; order < 2; order++) {
        struct sl_digest_options options = {.n_jobs = 1};
        struct sl_digest digest;
        struct sl_error err;
        assert_int_equal(sl_digest_read(paths, n, &options, &digest, &err), SL_OK);
        assert_int_equal(digest.counts.statements, c->n_statements);
        assert_int_equal(digest.counts.duplicates, c->n_left_out);
        if (!strstr(digest.format.ptr, c->said))
            fail_msg("said: %.*s", SL_STR_ARG(digest.format));
        sl_digest_release(&digest);
        sl_str first = paths[0];
        paths[0] = paths[n - 1];
        paths[n - 1] = first;
    }
    for (size_t i = 0; i < n; i++)
        unlink(names[i]);
}

int main(void)
{
    static struct CMUnitTest tests[128];
    static char names[128][64];
    size_t n = 0;
    for (size_t i = 0; sl_log_formats[i]; i++) {
        const struct sl_log_format *format = sl_log_formats[i];
        void *state = (void *)(uintptr_t)format;
        if (format->refusal)
            continue;
        if (strcmp(format->name, "sql") != 0) {
            snprintf(names[n], sizeof names[n], "nothing of %s", format->name);
            tests[n] = (struct CMUnitTest){names[n], says_that_format_is_not_there, NULL, NULL, state};
            n++;
        }
        snprintf(names[n], sizeof names[n], "an empty %s", format->name);
        tests[n] = (struct CMUnitTest){names[n], takes_empty_file, NULL, NULL, state};
        n++;
    }
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(takes_head_of_new_log);
    for (size_t i = 0; i < sizeof packed_cases / sizeof packed_cases[0]; i++)
        tests[n++] =
            (struct CMUnitTest){packed_cases[i].name, refuses_packing, NULL, NULL, (void *)(uintptr_t)&packed_cases[i]};
    char inner[64];
    if (!mkdtemp(folder))
        return 1;
    snprintf(inner, sizeof inner, "%s/x", folder);
    if (mkdir(inner, 0700) != 0)
        return 1;
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(knows_rest_from_statement);
    for (size_t i = 0; i < sizeof forms_cases / sizeof forms_cases[0]; i++)
        tests[n++] =
            (struct CMUnitTest){forms_cases[i].name, reads_one_form, NULL, NULL, (void *)(uintptr_t)&forms_cases[i]};
    int failed = _cmocka_run_group_tests("inputs of logs", tests, n, NULL, NULL);
    rmdir(inner);
    rmdir(folder);
    return failed;
}
