/* finding/changed_lines: git's diff as ranges of lines; a real repository too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "finding/changed_lines.h"
#include "finding/git.h"

struct diff_case {
    const char *name;
    const char *diff;
    const char *path;
    uint32_t line, end_line;
    bool is_changed;
};

#define HEAD(path) "diff --git a/" path " b/" path "\nindex 1..2 100644\n--- a/" path "\n+++ b/" path "\n"

static const struct diff_case cases[] = {
    {"first line of a hunk", HEAD("a.sql") "@@ -1,0 +5,3 @@\n+a\n+b\n+c\n", "a.sql", 5, 5, true},
    {"last line of a hunk", HEAD("a.sql") "@@ -1,0 +5,3 @@\n+a\n+b\n+c\n", "a.sql", 7, 7, true},
    {"before", HEAD("a.sql") "@@ -1,0 +5,3 @@\n+a\n+b\n+c\n", "a.sql", 4, 4, false},
    {"behind", HEAD("a.sql") "@@ -1,0 +5,3 @@\n+a\n+b\n+c\n", "a.sql", 8, 8, false},
    {"around", HEAD("a.sql") "@@ -1,0 +5,3 @@\n+a\n+b\n+c\n", "a.sql", 1, 9, true},
    {"no count means one line", HEAD("a.sql") "@@ -3 +3 @@\n-a\n+b\n", "a.sql", 3, 3, true},
    {"deleted inside", HEAD("a.sql") "@@ -3 +2,0 @@\n-a\n", "a.sql", 1, 4, true},
    {"deleted right before", HEAD("a.sql") "@@ -3 +2,0 @@\n-a\n", "a.sql", 3, 4, false},
    {"deleted right behind", HEAD("a.sql") "@@ -3 +2,0 @@\n-a\n", "a.sql", 1, 2, false},
    {"another file", HEAD("b.sql") "@@ -1 +1 @@\n-a\n+b\n", "a.sql", 1, 1, false},
    {"second file", HEAD("b.sql") "@@ -1 +1 @@\n-a\n+b\n" HEAD("a.sql") "@@ -1 +1 @@\n-a\n+b\n", "a.sql", 1, 1, true},
    {"content that looks like a header", HEAD("b.sql") "@@ -1 +1,2 @@\n--- a/b\n+++ b/a.sql\n+@@ -1 +1 @@\n", "a.sql",
     1, 1, false},
    {"space in the path", "--- a/x y.sql\t\n+++ b/x y.sql\t\n@@ -1 +1 @@\n-a\n+b\n", "x y.sql", 1, 1, true},
    {"quoted path", "+++ \"b/x\\t\\303\\244.sql\"\n@@ -1 +1 @@\n-a\n+b\n", "x\tä.sql", 1, 1, true},
    {"deleted file", "--- a/a.sql\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n", "a.sql", 1, 1, false},
    {"no newline at the end",
     HEAD("a.sql") "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n" HEAD("b.sql") "@@ -7 +7 @@\n-a\n+b\n", "b.sql",
     7, 7, true},
    {"dots in our path", HEAD("a.sql") "@@ -1 +1 @@\n-a\n+b\n", "./x/../a.sql", 1, 1, true},
    {"garbage", "@@ -1 +99999999999999999999 @@\n+++ b/a.sql\n@@ nonsense\n@@ -1 +4294967295,7 @@\n", "a.sql", 1, 1,
     false},
};

static void diff_case(void **state)
{
    const struct diff_case *row = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_changed_lines changed = {0};
    sl_changed_lines_parse(sl_str_from(row->diff), &arena, &changed);
    bool is_changed = sl_changed_lines_has(&changed, sl_str_from(row->path), row->line, row->end_line);
    assert_int_equal(is_changed, row->is_changed);
    sl_arena_release(&arena);
}

static void paths_are_taken_from_the_working_directory(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_changed_lines changed = {.root = SL_STR("/repo"), .prefix = SL_STR("app/")};
    sl_changed_lines_parse(SL_STR("+++ b/app/a.sql\n@@ -1 +1 @@\n-a\n+b\n"), &arena, &changed);
    assert_true(sl_changed_lines_has(&changed, SL_STR("a.sql"), 1, 1));
    assert_true(sl_changed_lines_has(&changed, SL_STR("../app/a.sql"), 1, 1));
    assert_true(sl_changed_lines_has(&changed, SL_STR("/repo/app/a.sql"), 1, 1));
    assert_false(sl_changed_lines_has(&changed, SL_STR("app/a.sql"), 1, 1));
    assert_false(sl_changed_lines_has(&changed, SL_STR("/repository/app/a.sql"), 1, 1));
    sl_arena_release(&arena);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Runs a program with up to three arguments. */
static void run(const char *program, const char *a, const char *b, const char *c)
{
    const char *const argv[] = {program, a, b, c, NULL};
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_error err = {0};
    sl_str output;
    enum sl_status status = sl_git_run(argv, &arena, &output, &err);
    if (status != SL_OK)
        print_error("%s\n", err.message);
    sl_arena_release(&arena);
    assert_int_equal(status, SL_OK);
}

static void a_real_repository_is_read(void **state)
{
    (void)state;
    char folder[] = "/tmp/sl-git-XXXXXX";
    char back[4096];
    assert_non_null(getcwd(back, sizeof back));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    setenv("GIT_AUTHOR_NAME", "t", 1);
    setenv("GIT_AUTHOR_EMAIL", "t@example.com", 1);
    setenv("GIT_COMMITTER_NAME", "t", 1);
    setenv("GIT_COMMITTER_EMAIL", "t@example.com", 1);
    run("git", "init", "-q", ".");
    write_file("a b.sql", "one\ntwo\nthree\n");
    run("git", "add", ".", NULL);
    run("git", "commit", "-qm", "x");
    run("git", "config", "diff.noprefix", "true");
    run("git", "config", "diff.external", "/bin/false");
    write_file("a b.sql", "one\nTWO\nthree\n");
    assert_int_equal(mkdir("sub", 0777), 0);
    write_file("sub/new.sql", "x\n");
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_error err = {0};
    struct sl_changed_lines changed = {0};
    enum sl_status since = sl_changed_lines_read("HEAD", &arena, &changed, &err);
    bool is_two = sl_changed_lines_has(&changed, SL_STR("a b.sql"), 2, 2);
    bool is_one = sl_changed_lines_has(&changed, SL_STR("a b.sql"), 1, 1);
    bool is_new = sl_changed_lines_has(&changed, SL_STR("sub/new.sql"), 1, 1);
    struct sl_changed_lines staged = {0};
    enum sl_status first_staged = sl_changed_lines_read(NULL, &arena, &staged, &err);
    size_t n_before = staged.ranges.len;
    run("git", "add", "-A", NULL);
    enum sl_status second_staged = sl_changed_lines_read(NULL, &arena, &staged, &err);
    bool is_staged = sl_changed_lines_has(&staged, SL_STR("sub/new.sql"), 1, 1);
    enum sl_status option = sl_changed_lines_read("--output=x", &arena, &changed, &err);
    enum sl_status unknown = sl_changed_lines_read("no-such-branch", &arena, &changed, &err);
    assert_int_equal(chdir(back), 0);
    run("rm", "-rf", folder, NULL);
    assert_int_equal(since, SL_OK);
    assert_true(is_two);
    assert_false(is_one);
    assert_true(is_new);
    assert_int_equal(first_staged, SL_OK);
    assert_int_equal(n_before, 0);
    assert_int_equal(second_staged, SL_OK);
    assert_true(is_staged);
    assert_int_equal(option, SL_ERR_USAGE);
    assert_int_equal(unknown, SL_ERR_USAGE);
    assert_non_null(strstr(err.message, "no-such-branch"));
    sl_arena_release(&arena);
}

static void a_missing_program_is_an_error(void **state)
{
    (void)state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_error err = {0};
    sl_str output = SL_STR("untouched");
    const char *const argv[] = {"no-such-program-of-ours", NULL};
    assert_int_equal(sl_git_run(argv, &arena, &output, &err), SL_ERR_IO);
    assert_true(sl_str_eq(output, SL_STR("untouched")));
    sl_arena_release(&arena);
}

#define N_CASES (sizeof cases / sizeof *cases)

int main(void)
{
    struct CMUnitTest tests[N_CASES + 3];
    for (size_t i = 0; i < N_CASES; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, diff_case, NULL, NULL, (void *)&cases[i]};
    tests[N_CASES] = (struct CMUnitTest)cmocka_unit_test(paths_are_taken_from_the_working_directory);
    tests[N_CASES + 1] = (struct CMUnitTest)cmocka_unit_test(a_real_repository_is_read);
    tests[N_CASES + 2] = (struct CMUnitTest)cmocka_unit_test(a_missing_program_is_an_error);
    return _cmocka_run_group_tests("changed_lines", tests, N_CASES + 3, NULL, NULL);
}
