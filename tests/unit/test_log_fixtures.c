/*
 * fixtures/log/<format>/<case>/: input.* is a log, expected.txt what the digest of it holds (tests/digest_dump.h), or
 * why it is refused. An "options" file may hold `prefix …`, `format …` and `dialect …` lines. Every case is read with
 * one job and with four: the digests must be the same bytes. SL_UPDATE_GOLDEN=1 rewrites expected.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "../digest_dump.h"
#include "base/vec.h"

#define FIXTURES SL_SOURCE_DIR "/fixtures/log"

struct fixture {
    char folder[512];
    char name[256];
};

static char *read_file(const char *path)
{
    FILE *from = fopen(path, "r");
    if (!from)
        return NULL;
    static char text[1 << 20];
    size_t n = fread(text, 1, sizeof text - 1, from);
    fclose(from);
    text[n] = '\0';
    return text;
}

static void find_input(const struct fixture *fixture, char *path, size_t size)
{
    struct dirent **names = NULL;
    int n = scandir(fixture->folder, &names, NULL, alphasort);
    path[0] = '\0';
    for (int i = 0; i < n; i++) {
        if (strncmp(names[i]->d_name, "input.", 6) == 0)
            snprintf(path, size, "%s/%s", fixture->folder, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    assert_true(path[0] != '\0');
}

static void read_options(const struct fixture *fixture, struct sl_digest_options *options, struct sl_arena *arena)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/options", fixture->folder);
    char *text = read_file(path);
    sl_str rest = sl_str_from(text), line;
    while (sl_str_next_line(&rest, &line)) {
        size_t space = sl_str_find_byte(line, ' ');
        sl_str key = sl_str_slice(line, 0, space);
        sl_str value = sl_arena_copy(arena, sl_str_slice(line, space + 1, SIZE_MAX));
        if (sl_str_eq(key, SL_STR("prefix")))
            options->log_line_prefix = value;
        else if (sl_str_eq(key, SL_STR("format")))
            options->input_format = value;
        else if (sl_str_eq(key, SL_STR("dialect")))
            options->dialect_is_set = sl_dialect_lookup(value, &options->dialect);
        else
            fail_msg("unknown option line");
    }
}

static void render(const struct fixture *fixture, unsigned n_jobs, struct sl_buf *out)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_digest_options options = {.n_jobs = n_jobs};
    read_options(fixture, &options, &arena);
    char path[1024];
    find_input(fixture, path, sizeof path);
    sl_str paths[] = {sl_str_from(path)};
    struct sl_digest digest;
    struct sl_error err;
    enum sl_status status = sl_digest_read(paths, 1, &options, &digest, &err);
    if (status == SL_OK) {
        dump_digest(out, &digest);
        sl_digest_release(&digest);
    } else {
        sl_str message = sl_str_from(err.message);
        size_t at = sl_str_find(message, paths[0]);
        assert_true(at != SIZE_MAX);
        sl_buf_add_printf(out, "status %d: %.*sINPUT%s\n", status, (int)at, err.message,
                          err.message + at + paths[0].len);
    }
    sl_arena_release(&arena);
}

static void reads_as_expected(void **state)
{
    const struct fixture *fixture = *state;
    struct sl_buf one = {0}, four = {0};
    render(fixture, 1, &one);
    render(fixture, 4, &four);
    assert_string_equal(sl_buf_str(&one).ptr, sl_buf_str(&four).ptr);
    char path[1024];
    snprintf(path, sizeof path, "%s/expected.txt", fixture->folder);
    if (getenv("SL_UPDATE_GOLDEN") && !getenv("CI")) {
        FILE *to = fopen(path, "w");
        assert_non_null(to);
        assert_int_equal(fwrite(one.bytes, 1, one.len, to), one.len);
        assert_int_equal(fclose(to), 0);
    }
    char *expected = read_file(path);
    assert_non_null(expected);
    assert_string_equal(sl_buf_str(&one).ptr, expected);
    sl_buf_release(&one);
    sl_buf_release(&four);
}

static bool is_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder)
        closedir(folder);
    return folder != NULL;
}

static void list_cases(const char *format, struct sl_arena *arena, struct fixture **cases, size_t *len, size_t *cap)
{
    char folder[400];
    snprintf(folder, sizeof folder, "%s/%s", FIXTURES, format);
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        struct fixture fixture;
        snprintf(fixture.folder, sizeof fixture.folder, "%s/%.100s", folder, names[i]->d_name);
        snprintf(fixture.name, sizeof fixture.name, "%.100s/%.100s", format, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && is_folder(fixture.folder)) {
            *cases = sl_vec_grow(arena, *cases, *len, cap, sizeof **cases);
            (*cases)[(*len)++] = fixture;
        }
        free(names[i]);
    }
    free(names);
}

int main(void)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct fixture *cases = NULL;
    size_t n_cases = 0, cap = 0;
    struct dirent **formats = NULL;
    int n = scandir(FIXTURES, &formats, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (formats[i]->d_name[0] != '.')
            list_cases(formats[i]->d_name, &arena, &cases, &n_cases, &cap);
        free(formats[i]);
    }
    free(formats);
    struct CMUnitTest *tests = SL_NEW_ARRAY(&arena, n_cases + 1, struct CMUnitTest);
    for (size_t i = 0; i < n_cases; i++)
        tests[i] =
            (struct CMUnitTest){.name = cases[i].name, .test_func = reads_as_expected, .initial_state = &cases[i]};
    int failed = n_cases ? _cmocka_run_group_tests("log fixtures", tests, n_cases, NULL, NULL) : 1;
    sl_arena_release(&arena);
    return failed;
}
