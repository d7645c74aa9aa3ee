/* plan/repoint, plan/edit: reports' files with the event column, as diffs and on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "plan/repoint.h"
#include "source/file.h"

static struct sl_arena run;

static void assert_text(sl_str got, const char *want)
{
    if (!sl_str_eq(got, sl_str_from(want)))
        fail_msg("got\n%.*s\nwant\n%s", SL_STR_ARG(got), want);
}

/* A use of updated_at is marked in the text by [ and ]: the span that the graph gives. */
static const struct repoint_case {
    const char *name;
    enum sl_dialect dialect;
    const char *event, *marked;
    const char *want; /* NULL: refused */
} cases[] = {
    {"plain", SL_DIALECT_POSTGRES, "drawn_at", "SELECT date([updated_at]) FROM e GROUP BY date([updated_at])",
     "SELECT date(drawn_at) FROM e GROUP BY date(drawn_at)"},
    {"qualified, the span is the qualifier", SL_DIALECT_POSTGRES, "drawn_at", "SELECT date([e].updated_at) FROM e",
     "SELECT date(e.drawn_at) FROM e"},
    {"qualified, the span is all", SL_DIALECT_POSTGRES, "drawn_at", "SELECT date([e.updated_at]) FROM e",
     "SELECT date(e.drawn_at) FROM e"},
    {"quotes stay", SL_DIALECT_MYSQL, "drawn_at", "SELECT DATE(`e`.[`updated_at`])", "SELECT DATE(`e`.`drawn_at`)"},
    {"quotes come where they must", SL_DIALECT_POSTGRES, "order", "SELECT date([updated_at])",
     "SELECT date(\"order\")"},
    {"another case", SL_DIALECT_MYSQL, "drawn_at", "SELECT DATE([UPDATED_AT])", "SELECT DATE(drawn_at)"},
    {"a Ruby symbol", SL_DIALECT_POSTGRES, "drawn_at", "Entry.group_by_day([:updated_at]).count",
     "Entry.group_by_day(:drawn_at).count"},
    {"not another column of a longer name", SL_DIALECT_POSTGRES, "drawn_at", "SELECT date([last_updated_at])", NULL},
    {"another name stands there", SL_DIALECT_POSTGRES, "drawn_at", "SELECT date([touched]) FROM e", NULL},
    {"no use", SL_DIALECT_POSTGRES, "drawn_at", "SELECT 1", NULL},
    {"one use twice is one edit", SL_DIALECT_POSTGRES, "drawn_at", "SELECT [updated_at[]]", "SELECT drawn_at"},
};

/* Takes the marks out and makes the uses. */
static sl_str unmark(const char *marked, struct sl_plan_report *report)
{
    char *text = sl_arena_alloc(&run, strlen(marked) + 1);
    uint32_t open[4];
    size_t depth = 0;
    uint32_t len = 0;
    for (const char *at = marked; *at; at++) {
        if (*at == '[')
            open[depth++] = len;
        else if (*at == ']') {
            uint32_t off = open[--depth];
            if (off == len)
                off -= 10; /* the same name once more */
            *SL_VEC_PUSH(&run, &report->uses) =
                (struct sl_plan_use){.off = off, .len = len - off, .line = 1, .is_exact = true};
        } else {
            text[len++] = *at;
        }
    }
    return (sl_str){text, len};
}

static void report_is_repointed(void **state)
{
    const struct repoint_case *c = *state;
    struct sl_plan_report report = {.source_kind = SL_STR("sql"), .is_select = true};
    struct sl_edits edits = {0};
    sl_str reason = SL_STR_EMPTY;
    sl_str bytes = unmark(c->marked, &report);
    report.n_source_bytes = (uint32_t)bytes.len;
    const struct sl_plan_target target = {
        .dialect = c->dialect, .event = sl_str_from(c->event), .touch = {.column_id = 1, .name = SL_STR("updated_at")}};
    bool done = sl_repoint_report(&target, &report, bytes, &run, &edits, &reason);
    assert_int_equal(done, c->want != NULL);
    if (done)
        assert_text(sl_edits_apply(bytes, &edits, &run), c->want);
    else
        assert_true(reason.len > 0);
}

static void changed_source_is_refused(void **state)
{
    (void)state;
    struct sl_plan_report report = {.source_kind = SL_STR("sql")};
    struct sl_edits edits = {0};
    sl_str reason = SL_STR_EMPTY;
    sl_str bytes = unmark("SELECT [updated_at]", &report);
    report.n_source_bytes = (uint32_t)bytes.len + 1;
    const struct sl_plan_target target = {.event = SL_STR("drawn_at"),
                                          .touch = {.column_id = 1, .name = SL_STR("updated_at")}};
    assert_false(sl_repoint_report(&target, &report, bytes, &run, &edits, &reason));
    assert_text(reason, "the file has changed since it was read");
}

static void diffs(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        struct sl_edit edits[2];
        const char *want;
    } rows[] = {
        {"a\nb\nc\nd\nold\nf\ng\nh\ni\n",
         {{8, 3, SL_STR_INIT("new")}},
         "--- a/x.sql\n+++ b/x.sql\n@@ -2,7 +2,7 @@\n b\n c\n d\n-old\n+new\n f\n g\n h\n"},
        {"old",
         {{0, 3, SL_STR_INIT("new")}},
         "--- a/x.sql\n+++ b/x.sql\n@@ -1,1 +1,1 @@\n-old\n\\ No newline at end of file\n+new\n\\ No newline at end of "
         "file\n"},
        {"old old\n",
         {{0, 3, SL_STR_INIT("n")}, {4, 3, SL_STR_INIT("m")}},
         "--- a/x.sql\n+++ b/x.sql\n@@ -1,1 +1,1 @@\n-old old\n+n m\n"},
        {"old\n1\n2\n3\n4\n5\n6\n7\nold\n",
         {{0, 3, SL_STR_INIT("n")}, {18, 3, SL_STR_INIT("m")}},
         "--- a/x.sql\n+++ b/x.sql\n@@ -1,4 +1,4 @@\n-old\n+n\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-old\n+m\n"},
        {"a\nb\nc\nd\ne\nf\ng\nh\nold\n",
         {{2, 0, SL_STR_INIT("new\n")}, {16, 3, SL_STR_INIT("m")}},
         "--- a/x.sql\n+++ b/x.sql\n@@ -1,5 +1,6 @@\n a\n+new\n b\n c\n d\n e\n@@ -6,4 +7,4 @@\n f\n g\n "
         "h\n-old\n+m\n"},
        {"old",
         {{3, 0, SL_STR_INIT("er")}},
         "--- a/x.sql\n+++ b/x.sql\n@@ -1,1 +1,1 @@\n-old\n\\ No newline at end of file\n+older\n\\ No newline at end "
         "of file\n"},
        {"old\r\nold\r\n",
         {{0, 3, SL_STR_INIT("n")}, {5, 3, SL_STR_INIT("m")}},
         "--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1,2 @@\n-old\r\n-old\r\n+n\r\n+m\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sl_edits edits = {0};
        for (size_t e = 2; e-- > 0;) {
            if (rows[i].edits[e].text.len)
                sl_edits_add(&edits, &run, rows[i].edits[e]);
        }
        assert_text(sl_edits_diff(SL_STR("x.sql"), sl_str_from(rows[i].bytes), &edits, &run), rows[i].want);
    }
}

static void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void files_are_written_once(void **state)
{
    (void)state;
    char folder[] = "/tmp/sl-repoint-XXXXXX";
    assert_non_null(mkdtemp(folder));
    sl_str path = sl_arena_printf(&run, "%s/report.sql", folder);
    put_file(path.ptr, "SELECT updated_at\n");
    assert_int_equal(chmod(path.ptr, 0640), 0);
    struct sl_plan_report report = {
        .path = path, .source_kind = SL_STR("sql"), .is_select = true, .line = 1, .n_source_bytes = 18};
    *SL_VEC_PUSH(&run, &report.uses) = (struct sl_plan_use){.off = 7, .len = 10, .line = 1, .is_exact = true};
    struct sl_plan_target target = {.event = SL_STR("drawn_at"),
                                    .touch = {.column_id = 1, .name = SL_STR("updated_at")}};
    *SL_VEC_PUSH(&run, &target.reports) = report;
    struct sl_repairs repairs = {0};
    struct sl_names left_out = {0};
    struct sl_error err = {0};
    struct stat info;
    sl_repoint_find(&target, true, &run, &repairs, &left_out);
    assert_int_equal(repairs.len, 1);
    put_file(path.ptr, "SELECT updated_at \n"); /* somebody edits it meanwhile */
    assert_int_equal(sl_repair_write(&repairs.items[0], &run, &err), SL_ERR_IO);
    assert_non_null(strstr(err.message, "has changed since it was read"));
    put_file(path.ptr, "SELECT updated_at\n");
    assert_int_equal(sl_repair_write(&repairs.items[0], &run, &err), SL_OK);
    sl_str now;
    assert_int_equal(sl_file_read(path, &run, &now, &err), SL_OK);
    assert_text(now, "SELECT drawn_at\n");
    assert_int_equal(stat(path.ptr, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(sl_repair_write(&repairs.items[0], &run, &err), SL_ERR_IO); /* twice is once */
    unlink(path.ptr);
    rmdir(folder);
}

static void doubts(void **state)
{
    (void)state;
    static const struct {
        struct sl_plan_report report;
        const char *part; /* of the doubt; NULL: safe */
    } rows[] = {
        {{.is_select = true}, NULL},
        {{.is_select = false}, "no plain query"},
        {{.is_select = true, .is_grouped_in_memory = true}, "grouped in the program"},
        {{.is_select = true, .renames_result = true}, "changes its name"},
        {{.is_select = true, .reads_other_states = true}, "does not test"},
    };
    const struct sl_plan_target target = {.event = SL_STR("drawn_at"), .touch = {.name = SL_STR("updated_at")}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sl_str doubt = sl_repoint_doubt(&target, &rows[i].report, &run);
        assert_int_equal(doubt.len > 0, rows[i].part != NULL);
        if (rows[i].part)
            assert_true(sl_str_find(doubt, sl_str_from(rows[i].part)) != SIZE_MAX);
    }
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 4] = {cmocka_unit_test(changed_source_is_refused), cmocka_unit_test(diffs),
                                      cmocka_unit_test(files_are_written_once), cmocka_unit_test(doubts)};
    for (size_t i = 0; i < N; i++)
        tests[4 + i] = (struct CMUnitTest){cases[i].name, report_is_repointed, NULL, NULL, (void *)&cases[i]};
    sl_arena_init(&run);
    int failed = _cmocka_run_group_tests("plan_repoint", tests, N + 4, NULL, NULL);
    sl_arena_release(&run);
    return failed;
}
