/*
 * fixtures/source/<reader>/<case>/: input/ is what stamplint would be run in, expected.txt what discovery and the
 * readers make of it (tests/source_dump.h). A new case is a new folder. SL_UPDATE_GOLDEN=1 rewrites expected.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "../source_dump.h"
#include "base/vec.h"
#include "source/file.h"
#include "source/syntax.h"

struct fixture {
    sl_str folder, name;
};

/* An "options" file beside input/ may hold `context all`, `path a/b` and `mapped WORD` lines. */
struct fixture_options {
    struct sl_discover_options discover;
    sl_str word;
};

static void read_options(sl_str folder, struct sl_arena *arena, struct fixture_options *options)
{
    struct sl_error err;
    sl_str text;
    options->discover = (struct sl_discover_options){.dialect = SL_DIALECT_UNKNOWN, .context = SL_CONTEXT_SCHEMA};
    options->word = SL_STR_EMPTY;
    sl_str path = sl_path_join(arena, folder, SL_STR("options"));
    if (!sl_file_is_regular(path) || sl_file_read(path, arena, &text, &err) != SL_OK)
        return;
    SL_VEC(sl_str) paths = {0};
    SL_VEC(sl_str) schema = {0};
    sl_str line;
    while (sl_str_next_line(&text, &line)) {
        size_t space = sl_str_find_byte(line, ' ');
        sl_str key = sl_str_slice(line, 0, space);
        sl_str value = sl_str_trim(sl_str_slice(line, space, SIZE_MAX));
        if (sl_str_eq(key, SL_STR("path")))
            *SL_VEC_PUSH(arena, &paths) = value;
        else if (sl_str_eq(key, SL_STR("schema")))
            *SL_VEC_PUSH(arena, &schema) = value;
        else if (sl_str_eq(key, SL_STR("context")))
            options->discover.context = value.ptr[0] == 'a' ? SL_CONTEXT_ALL : SL_CONTEXT_NONE;
        else if (sl_str_eq(key, SL_STR("dialect")))
            assert_true(sl_dialect_lookup(value, &options->discover.dialect));
        else if (sl_str_eq(key, SL_STR("mapped")))
            options->word = value;
        else
            fail_msg("unknown option line");
    }
    options->discover.paths = (struct sl_path_list){paths.items, paths.len};
    options->discover.schema = (struct sl_path_list){schema.items, schema.len};
}

static void compare(sl_str expected_path, const char *got, size_t got_len, struct sl_arena *arena)
{
    if (getenv("SL_UPDATE_GOLDEN") && !getenv("CI")) {
        FILE *to = fopen(expected_path.ptr, "w");
        assert_non_null(to);
        assert_int_equal(fwrite(got, 1, got_len, to), got_len);
        assert_int_equal(fclose(to), 0);
        return;
    }
    struct sl_error err;
    sl_str expected = SL_STR_EMPTY;
    if (sl_file_read(expected_path, arena, &expected, &err) != SL_OK)
        fail_msg("%s", err.message);
    assert_string_equal(got, expected.ptr);
}

static void reads_as_expected(void **state)
{
    const struct fixture *fixture = *state;
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct fixture_options options;
    read_options(fixture->folder, &arena, &options);
    assert_int_equal(chdir(sl_path_join(&arena, fixture->folder, SL_STR("input")).ptr), 0);
    struct sl_discovered found;
    sl_discover(&options.discover, &arena, &found);
    for (size_t i = 0; i < found.sources.len; i++) {
        enum sl_language language = sl_language_of_path(found.sources.items[i].path);
        if (language != SL_LANGUAGE_NONE && !sl_syntax_has_language(language)) {
            sl_arena_release(&arena);
            skip(); /* this build was made without it */
        }
    }
    char *got = NULL;
    size_t got_len = 0;
    FILE *out = open_memstream(&got, &got_len);
    source_dump_all(out, &found, &arena, 0, options.word);
    fclose(out);
    compare(sl_path_join(&arena, fixture->folder, SL_STR("expected.txt")), got, got_len, &arena);
    free(got);
    sl_arena_release(&arena);
}

static void list_folders(sl_str folder, struct sl_arena *arena, struct fixture **items, size_t *len, size_t *cap)
{
    struct dirent **names = NULL;
    int n = scandir(folder.ptr, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        sl_str path = sl_path_join(arena, folder, sl_str_from(names[i]->d_name));
        if (names[i]->d_name[0] != '.' && sl_file_is_directory(path)) {
            *items = sl_vec_grow(arena, *items, *len, cap, sizeof **items);
            (*items)[(*len)++] = (struct fixture){path, sl_path_base(path)};
        }
        free(names[i]);
    }
    free(names);
}

int main(void)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct fixture *readers = NULL;
    struct fixture *cases = NULL;
    size_t n_readers = 0;
    size_t n_cases = 0;
    size_t cap_readers = 0;
    size_t cap_cases = 0;
    list_folders(SL_STR(SL_SOURCE_DIR "/fixtures/source"), &arena, &readers, &n_readers, &cap_readers);
    for (size_t i = 0; i < n_readers; i++)
        list_folders(readers[i].folder, &arena, &cases, &n_cases, &cap_cases);
    struct CMUnitTest *tests = SL_NEW_ARRAY(&arena, n_cases + 1, struct CMUnitTest);
    for (size_t i = 0; i < n_cases; i++) {
        sl_str name = sl_str_slice(cases[i].folder, sizeof(SL_SOURCE_DIR "/fixtures/source"), SIZE_MAX);
        tests[i] = (struct CMUnitTest){.name = name.ptr, .test_func = reads_as_expected, .initial_state = &cases[i]};
    }
    int failed = n_cases ? _cmocka_run_group_tests("source fixtures", tests, n_cases, NULL, NULL) : 1;
    sl_arena_release(&arena);
    return failed;
}
