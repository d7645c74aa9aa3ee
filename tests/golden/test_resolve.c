/*
 * Uses and lineage of fixtures/resolve/<case>/input.sql (its first line names the dialect, its second what it shows),
 * against schema.sql beside it: the dump must be expected.uses. SL_UPDATE_GOLDEN=1 rewrites it, not where CI is set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>

#include "resolve_fixture.h"

#define FOLDER SL_SOURCE_DIR "/fixtures/resolve"

static bool read_file(const char *folder, const char *name, struct sl_buf *out)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s/%s", FOLDER, folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t n = 0;
    do {
        n = fread(sl_buf_reserve(out, 4096), 1, 4096, file);
        out->len += n;
    } while (n > 0);
    fclose(file);
    return true;
}

static void write_file(const char *folder, sl_str text)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s/expected.uses", FOLDER, folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static enum sl_dialect dialect_of(sl_str input)
{
    sl_str line = SL_STR_EMPTY;
    enum sl_dialect dialect = SL_DIALECT_UNKNOWN;
    sl_str_next_line(&input, &line);
    assert_true(sl_str_has_prefix(line, SL_STR("-- dialect: ")));
    assert_true(sl_dialect_lookup(sl_str_trim(sl_str_slice(line, 12, line.len)), &dialect));
    sl_str_next_line(&input, &line);
    assert_true(sl_str_has_prefix(line, SL_STR("-- shows: ")));
    return dialect;
}

static void check_case(void **state)
{
    const char *name = *state;
    struct sl_buf input = {0}, schema = {0}, expected = {0}, actual = {0};
    assert_true(read_file(name, "input.sql", &input));
    struct resolve_fixture fixture;
    resolve_fixture_init(&fixture, dialect_of(sl_buf_str(&input)));
    if (read_file(name, "schema.sql", &schema))
        resolve_fixture_run(&fixture, sl_buf_str(&schema), NULL);
    resolve_fixture_run(&fixture, sl_buf_str(&input), &actual);
    if (getenv("SL_UPDATE_GOLDEN") && !getenv("CI"))
        write_file(name, sl_buf_str(&actual));
    assert_true(read_file(name, "expected.uses", &expected));
    assert_string_equal(sl_buf_str(&actual).ptr, sl_buf_str(&expected).ptr);
    resolve_fixture_release(&fixture);
    sl_buf_release(&input);
    sl_buf_release(&schema);
    sl_buf_release(&expected);
    sl_buf_release(&actual);
}

static int is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(void)
{
    struct dirent **entries = NULL;
    int n = scandir(FOLDER, &entries, is_case, alphasort);
    if (n < 60) {
        fprintf(stderr, "%s: %d cases; there should be 60 or more\n", FOLDER, n);
        return 1;
    }
    struct CMUnitTest *tests = calloc((size_t)n, sizeof *tests);
    for (int i = 0; tests && i < n; i++)
        tests[i] = (struct CMUnitTest){
            .name = entries[i]->d_name, .test_func = check_case, .initial_state = entries[i]->d_name};
    int failed = _cmocka_run_group_tests("golden/resolve", tests, (size_t)n, NULL, NULL);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    free(tests);
    return failed;
}
