/* digest: what holds for every log: merging, jobs, order, duplicates, limits, secrets, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "../digest_dump.h"
#include "source/log/fold.h"

static char folder[] = "/tmp/sl_test_digest_XXXXXX";
static int n_files;

/* A file of its own with these bytes. */
static sl_str write_file(struct sl_arena *arena, sl_str bytes)
{
    sl_str path = sl_arena_printf(arena, "%s/%d.log", folder, n_files++);
    FILE *to = fopen(path.ptr, "w");
    assert_non_null(to);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, to), bytes.len);
    assert_int_equal(fclose(to), 0);
    return path;
}

static void add_slow_entry(struct sl_buf *log, const char *stamp, const char *user, const char *sql)
{
    sl_buf_add_printf(log,
                      "# Time: %s\n# User@Host: %s[%s] @  [10.0.0.1]  Id:     8\n# Query_time: 0.001000  Lock_time: "
                      "0.000000 Rows_sent: 1  Rows_examined: 2\n%s;\n",
                      stamp, user, user, sql);
}

static void read_paths(const sl_str *paths, size_t n, unsigned n_jobs, struct sl_digest *digest)
{
    struct sl_digest_options options = {.n_jobs = n_jobs};
    struct sl_error err;
    if (sl_digest_read(paths, n, &options, digest, &err) != SL_OK)
        fail_msg("%s", err.message);
}

/* The digest without what depends on the file: names, lines and samples. */
static void render_shapes(const struct sl_digest *digest, struct sl_buf *out)
{
    sl_buf_add_printf(out, "statements %llu\n", (unsigned long long)digest->counts.statements);
    for (size_t i = 0; i < digest->n_shapes; i++) {
        struct sl_shape shape = digest->shapes[i];
        shape.line = shape.col = 0;
        dump_shape(out, &shape);
    }
}

static void big_log(struct sl_buf *log, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char sql[300], stamp[40];
        static const char *const states[] = {"winner", "loser", "applied"};
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM t%u WHERE status = '%s' AND name = 'n%u'\n  AND id IN (%u, 2)",
                 i % 50, states[i % 3], i, i);
        snprintf(stamp, sizeof stamp, "2026-11-22T03:%02u:%02u.000000Z", i / 60 % 60, i % 60);
        add_slow_entry(log, stamp, i % 7 ? "app" : "batch", sql);
    }
}

static void does_not_depend_on_jobs(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf log = {0}, one = {0}, many = {0};
    big_log(&log, 20000);
    sl_str path = write_file(&arena, sl_buf_str(&log));
    for (unsigned jobs = 1; jobs <= 8; jobs += 7) {
        struct sl_digest digest;
        read_paths(&path, 1, jobs, &digest);
        assert_int_equal(digest.counts.statements, 20000);
        assert_int_equal(digest.n_shapes, 150);
        dump_digest(jobs == 1 ? &one : &many, &digest);
        sl_digest_release(&digest);
    }
    assert_string_equal(sl_buf_str(&one).ptr, sl_buf_str(&many).ptr);
    sl_buf_release(&log);
    sl_buf_release(&one);
    sl_buf_release(&many);
    sl_arena_release(&arena);
}

static void digests_add_up(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf a = {0}, b = {0}, written_a = {0}, written_b = {0}, direct = {0}, merged = {0};
    big_log(&a, 500);
    big_log(&b, 300);
    add_slow_entry(&b, "2026-11-23T00:00:00.000000Z", "app",
                   "SELECT \"it's \\\\ \xE9\" /* controller:reports,action:daily */");
    sl_str logs[] = {write_file(&arena, sl_buf_str(&a)), write_file(&arena, sl_buf_str(&b))};
    struct sl_digest digest;
    read_paths(logs, 2, 1, &digest);
    render_shapes(&digest, &direct);
    sl_digest_release(&digest);
    read_paths(&logs[0], 1, 1, &digest);
    sl_digest_write(&digest, false, &written_a);
    sl_digest_release(&digest);
    read_paths(&logs[1], 1, 1, &digest);
    sl_digest_write(&digest, false, &written_b);
    sl_digest_release(&digest);
    assert_true(sl_str_find(sl_buf_str(&written_a), SL_STR("n17")) == SIZE_MAX); /* no literals */
    sl_str digests[] = {write_file(&arena, sl_buf_str(&written_a)), write_file(&arena, sl_buf_str(&written_b))};
    read_paths(digests, 2, 1, &digest);
    render_shapes(&digest, &merged);
    sl_digest_release(&digest);
    assert_string_equal(sl_buf_str(&direct).ptr, sl_buf_str(&merged).ptr);
    struct sl_buf *all[] = {&a, &b, &written_a, &written_b, &direct, &merged};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sl_buf_release(all[i]);
    sl_arena_release(&arena);
}

static void same_file_counts_once(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf log = {0};
    big_log(&log, 10);
    sl_str first = write_file(&arena, sl_buf_str(&log));
    sl_str copy = write_file(&arena, sl_buf_str(&log));
    sl_str paths[] = {first, first, copy};
    struct sl_digest digest;
    read_paths(paths, 3, 2, &digest);
    assert_int_equal(digest.counts.statements, 10);
    assert_int_equal(digest.counts.duplicates, 2);
    sl_digest_release(&digest);
    sl_buf_release(&log);
    sl_arena_release(&arena);
}

/* The first sample is that of the older file, whatever the order of the arguments. */
static void rotated_files_are_read_in_the_order_of_time(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf old = {0}, new = {0};
    add_slow_entry(&old, "2026-11-21T00:00:00.000000Z", "app", "SELECT 1 FROM old_table_first");
    add_slow_entry(&old, "2026-11-21T00:00:01.000000Z", "app", "SELECT * FROM t WHERE id = 1");
    add_slow_entry(&new, "2026-11-22T00:00:00.000000Z", "app", "SELECT * FROM t WHERE id = 2");
    sl_str paths[] = {write_file(&arena, sl_buf_str(&new)), write_file(&arena, sl_buf_str(&old))};
    struct sl_digest digest;
    read_paths(paths, 2, 2, &digest);
    assert_int_equal(digest.n_shapes, 2);
    assert_string_equal(digest.shapes[0].sample.ptr, "SELECT * FROM t WHERE id = 1");
    assert_int_equal(digest.shapes[0].calls, 2);
    sl_digest_release(&digest);
    sl_buf_release(&old);
    sl_buf_release(&new);
    sl_arena_release(&arena);
}

#define SLOW(second, sql)                                                                                              \
    "# Time: 2026-11-21T00:00:0" second ".000000Z\n# User@Host: app[app] @ web [10.0.0.1]  Id:     8\n"                \
    "# Query_time: 0.001000  Lock_time: 0.000000 Rows_sent: 1  Rows_examined: 2\nSET timestamp=1795219200;\n" sql      \
    ";\n"
#define GENERAL(second, sql) "2026-11-21T00:00:0" second ".000000Z\t    8 Query\t" sql "\n"
#define STDERR(second, sql)                                                                                            \
    "2026-11-21 00:00:0" second ".123 UTC [42] app@shop LOG:  duration: 1.5 ms  statement: " sql "\n"
#define CSV(second, sql)                                                                                               \
    "2026-11-21 00:00:0" second ".123 UTC,\"app\",\"shop\",42,\"10.0.0.1:5\",6560b8a1.42,3,\"SELECT\","                \
    "2026-11-20 23:00:00 UTC,3/7,0,LOG,00000,\"duration: 1.5 ms  statement: " sql "\",,,,,,,,,\"psql\"\n"

/* Cut anywhere in the middle half, the two files hold what the one held. */
static const char *const rotated[] = {
    SLOW("1", "SELECT 1") SLOW("2", "SELECT a\nFROM t\nWHERE b = 'x'") SLOW("3", "SELECT 2, 3") SLOW("4", "COMMIT"),
    GENERAL("1", "SELECT 1") GENERAL("2", "SELECT a\nFROM t\nWHERE b = 'x'") GENERAL("3", "SELECT 2, 3")
        GENERAL("4", "COMMIT"),
    STDERR("1", "SELECT 1") STDERR("2", "SELECT a\n\tFROM t\n\tWHERE b = 'LOG:  x'") STDERR("3", "SELECT 2, 3")
        STDERR("4", "COMMIT"),
    CSV("1", "SELECT 1") CSV("2", "SELECT a\nFROM t\nWHERE b = \"\"x\"\"") CSV("3", "SELECT 2, 3") CSV("4", "COMMIT"),
};

static void entries_go_on_in_the_next_file(void **state)
{
    sl_str whole = sl_str_from(*(const char *const *)*state);
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf want = {0}, got = {0};
    struct sl_digest digest;
    sl_str path = write_file(&arena, whole);
    read_paths(&path, 1, 1, &digest);
    assert_int_equal(digest.counts.statements, 4);
    render_shapes(&digest, &want);
    sl_digest_release(&digest);
    for (size_t at = whole.len / 4; at < whole.len * 3 / 4; at += 5) {
        sl_str paths[] = {write_file(&arena, sl_str_slice(whole, 0, at)),
                          write_file(&arena, sl_str_slice(whole, at, whole.len))};
        read_paths(paths, 2, 2, &digest);
        sl_buf_reset(&got);
        render_shapes(&digest, &got);
        if (!sl_str_eq(sl_buf_str(&got), sl_buf_str(&want)))
            fail_msg("cut at %zu: %s\nwanted %s", at, sl_buf_str(&got).ptr, sl_buf_str(&want).ptr);
        sl_digest_release(&digest);
    }
    sl_buf_release(&want);
    sl_buf_release(&got);
    sl_arena_release(&arena);
}

/* A file that ends in the middle of a statement before one that begins with an entry: two statements, one of them cut.
 */
static void a_whole_file_is_not_the_rest_of_another(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    sl_str first = SL_STR(SLOW("1", "SELECT 1") SLOW("2", "SELECT a FROM t WHERE b"));
    sl_str paths[] = {write_file(&arena, sl_str_slice(first, 0, first.len - 8)),
                      write_file(&arena, SL_STR(SLOW("3", "SELECT 2")))};
    struct sl_digest digest;
    read_paths(paths, 2, 1, &digest);
    assert_int_equal(digest.counts.statements, 3);
    assert_int_equal(digest.counts.truncated, 1);
    sl_digest_release(&digest);
    sl_arena_release(&arena);
}

/* Not more shapes than a column has states; a column of many values has none. */
static void states_are_told_apart_and_bounded(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf log = {0};
    for (int i = 0; i < 400; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT 1 FROM t WHERE status = '%s' AND color = 'c%d'", i % 2 ? "winner" : "loser",
                 i);
        add_slow_entry(&log, "2026-11-21T00:00:00.000000Z", "app", sql);
    }
    sl_str path = write_file(&arena, sl_buf_str(&log));
    struct sl_digest digest;
    read_paths(&path, 1, 1, &digest);
    assert_int_equal(digest.n_shapes, 2);
    assert_string_equal(digest.shapes[0].normalised.ptr, "select ? from t where status = 'loser' and color = ?");
    assert_string_equal(digest.shapes[1].normalised.ptr, "select ? from t where status = 'winner' and color = ?");
    assert_int_equal(digest.shapes[0].calls, 200);
    sl_digest_release(&digest);
    sl_buf_release(&log);
    sl_arena_release(&arena);
}

static void variants_of_one_statement_are_bounded(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf log = {0};
    for (int i = 0; i < 8000; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT 1 FROM t WHERE a = %d AND b = %d AND c = %d", i % 20, i / 20 % 20, i / 400);
        add_slow_entry(&log, "2026-11-21T00:00:00.000000Z", "app", sql);
    }
    sl_str path = write_file(&arena, sl_buf_str(&log));
    struct sl_digest digest;
    read_paths(&path, 1, 1, &digest);
    assert_int_equal(digest.n_shapes, 1);
    assert_int_equal(digest.shapes[0].calls, 8000);
    sl_digest_release(&digest);
    sl_buf_release(&log);
    sl_arena_release(&arena);
}

/* At the limit all shapes are there; beyond it executions are counted and nothing else. */
static void shapes_are_bounded(void **state)
{
    (void)state;
    for (unsigned beyond = 0; beyond <= 1; beyond++) {
        struct sl_arena arena;
        sl_arena_init(&arena);
        struct sl_buf log = {0};
        for (unsigned i = 0; i < SL_FOLD_MAX_SHAPES + beyond; i++) {
            char sql[60];
            snprintf(sql, sizeof sql, "SELECT c%u FROM t", i);
            add_slow_entry(&log, "2026-11-21T00:00:00.000000Z", "app", sql);
        }
        sl_str path = write_file(&arena, sl_buf_str(&log));
        struct sl_digest digest;
        read_paths(&path, 1, 2, &digest);
        assert_int_equal(digest.counts.statements, SL_FOLD_MAX_SHAPES + beyond);
        assert_int_equal(digest.n_shapes, SL_FOLD_MAX_SHAPES);
        assert_int_equal(digest.counts.shapes_dropped, beyond);
        sl_digest_release(&digest);
        sl_buf_release(&log);
        sl_arena_release(&arena);
    }
}

static void secrets_do_not_leave(void **state)
{
    (void)state;
    static const char *const statements[] = {
        "CREATE USER app@localhost IDENTIFIED BY 's3cret'",
        "ALTER USER app IDENTIFIED WITH mysql_native_password BY 's3cret'",
        "SET PASSWORD FOR app = PASSWORD('s3cret')",
        "CREATE ROLE app LOGIN ENCRYPTED PASSWORD 's3cret'",
        "CHANGE MASTER TO MASTER_PASSWORD = 's3cret', MASTER_USER = 'x'",
        "SELECT dblink_connect('host=db user=app password=s3cret dbname=x')",
        "SELECT dblink_connect_u('postgres://app:s3cret@db/x')",
        "GRANT ALL ON *.* TO app IDENTIFIED BY PASSWORD \"s3cret\"",
        "UPDATE users SET password = 's3cret' WHERE id = 1",
    };
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf log = {0}, written = {0};
    size_t n = sizeof statements / sizeof statements[0];
    for (size_t i = 0; i < n; i++)
        add_slow_entry(&log, "2026-11-21T00:00:00.000000Z", "app", statements[i]);
    sl_str path = write_file(&arena, sl_buf_str(&log));
    struct sl_digest digest;
    read_paths(&path, 1, 1, &digest);
    assert_int_equal(digest.n_shapes, n);
    sl_digest_write(&digest, true, &written);
    assert_true(sl_str_find(sl_buf_str(&written), SL_STR("s3cret")) == SIZE_MAX);
    assert_true(sl_str_find(sl_buf_str(&written), SL_STR("***")) != SIZE_MAX);
    sl_digest_release(&digest);
    sl_buf_release(&log);
    sl_buf_release(&written);
    sl_arena_release(&arena);
}

/* A statement on one line of `mib` MiB between two others. */
static void huge_line(struct sl_buf *log, size_t mib)
{
    add_slow_entry(log, "2026-11-21T00:00:00.000000Z", "app", "SELECT 1 FROM a");
    sl_buf_add(log, SL_STR("# Time: 2026-11-21T00:00:01.000000Z\n# User@Host: a[a] @  [10.0.0.1]  Id:     8\n"
                           "# Query_time: 1.000000  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0\n"
                           "INSERT INTO t VALUES ("));
    size_t len = mib * 1024 * 1024;
    memset(sl_buf_reserve(log, len), '1', len);
    log->len += len;
    sl_buf_add(log, SL_STR(");\n"));
    add_slow_entry(log, "2026-11-21T00:00:02.000000Z", "app", "SELECT 1 FROM b");
}

static void a_huge_line_survives(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf log = {0};
    huge_line(&log, 20);
    sl_str path = write_file(&arena, sl_buf_str(&log));
    struct sl_digest digest;
    read_paths(&path, 1, 2, &digest);
    assert_int_equal(digest.counts.statements, 3);
    assert_int_equal(digest.counts.truncated, 1);
    assert_int_equal(digest.n_shapes, 3);
    assert_true(digest.shapes[0].is_truncated);
    assert_true(digest.counts.skipped_bytes > 10u * 1024 * 1024);
    sl_digest_release(&digest);
    sl_buf_release(&log);
    sl_arena_release(&arena);
}

static void a_cut_gzip_gives_what_came(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf log = {0};
    big_log(&log, 3000);
    sl_str path = sl_arena_printf(&arena, "%s/cut.log.gz", folder);
    gzFile gz = gzopen(path.ptr, "wb");
    assert_int_equal(gzwrite(gz, log.bytes, (unsigned)log.len), (int)log.len);
    gzclose(gz);
    struct stat info;
    assert_int_equal(stat(path.ptr, &info), 0);
    assert_int_equal(truncate(path.ptr, info.st_size / 2), 0);
    struct sl_digest digest;
    read_paths(&path, 1, 1, &digest);
    assert_int_equal(digest.counts.damaged, 1);
    assert_true(digest.counts.statements > 1000 && digest.counts.statements < 3000);
    sl_digest_release(&digest);
    sl_buf_release(&log);
    sl_arena_release(&arena);
}

struct refusal {
    const char *path, *format;
    enum sl_status status;
    const char *says;
};

static void refuses_what_cannot_be_read(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    sl_str prose = write_file(&arena, SL_STR("nothing\nto see\nhere\n"));
    const struct refusal refusals[] = {
        {"/nonexistent/x.log", "", SL_ERR_IO, "No such file"},
        {folder, "", SL_ERR_IO, "is a directory"},
        {prose.ptr, "", SL_ERR_FORMAT, "nothing in "},
        {prose.ptr, "mysql-slaw", SL_ERR_USAGE, "mysql-slow"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct sl_digest_options options = {.input_format = sl_str_from(refusals[i].format)};
        struct sl_digest digest;
        struct sl_error err = {0};
        sl_str path = sl_str_from(refusals[i].path);
        assert_int_equal(sl_digest_read(&path, 1, &options, &digest, &err), refusals[i].status);
        assert_non_null(strstr(err.message, refusals[i].says));
    }
    sl_arena_release(&arena);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    for (int i = 0; i < n_files; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%d.log", folder, i);
        unlink(path);
    }
    char cut[100];
    snprintf(cut, sizeof cut, "%s/cut.log.gz", folder);
    unlink(cut);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_not_depend_on_jobs),
        cmocka_unit_test(digests_add_up),
        cmocka_unit_test(same_file_counts_once),
        cmocka_unit_test(rotated_files_are_read_in_the_order_of_time),
        {"slow log cut anywhere", entries_go_on_in_the_next_file, NULL, NULL, (void *)&rotated[0]},
        {"general log cut anywhere", entries_go_on_in_the_next_file, NULL, NULL, (void *)&rotated[1]},
        {"stderr log cut anywhere", entries_go_on_in_the_next_file, NULL, NULL, (void *)&rotated[2]},
        {"csvlog cut anywhere", entries_go_on_in_the_next_file, NULL, NULL, (void *)&rotated[3]},
        cmocka_unit_test(a_whole_file_is_not_the_rest_of_another),
        cmocka_unit_test(states_are_told_apart_and_bounded),
        cmocka_unit_test(variants_of_one_statement_are_bounded),
        cmocka_unit_test(shapes_are_bounded),
        cmocka_unit_test(secrets_do_not_leave),
        cmocka_unit_test(a_huge_line_survives),
        cmocka_unit_test(a_cut_gzip_gives_what_came),
        cmocka_unit_test(refuses_what_cannot_be_read),
    };
    return cmocka_run_group_tests_name("digest", tests, make_folder, remove_folder);
}
