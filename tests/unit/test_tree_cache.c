/* source/tree_cache: what was kept comes back exactly, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "source/tree_cache.h"

enum { N_TREES = 5 };

static char folder[64], file[80];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/sl_tree_cache_XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(file, sizeof file, "%s/trees", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(file);
    return rmdir(folder);
}

static struct sl_tree_cache *cache_open(void)
{
    return sl_tree_cache_open(sl_str_from(folder));
}

static struct sl_tree_key key_of(int number)
{
    return sl_tree_key_of((sl_str){(const char *)&number, sizeof number}, 1);
}

/* The tree of a number: as many cells, and one. */
static void cells_make(int number, struct sl_buf *cells)
{
    sl_buf_reset(cells);
    for (uint32_t i = 0; i <= (uint32_t)number; i++) {
        struct sl_tree_cell cell = {.off = i, .len = (uint32_t)number, .parent = i / 2, .symbol = (uint16_t)(i + 3)};
        sl_buf_add(cells, (sl_str){(const char *)&cell, sizeof cell});
    }
}

/* Was it found? Then it is the one that was added. */
static bool is_found(struct sl_tree_cache *cache, int number)
{
    struct sl_buf want = {0};
    struct sl_buf got = {0};
    cells_make(number, &want);
    bool found = sl_tree_cache_find(cache, key_of(number), &got);
    if (found)
        assert_true(sl_str_eq(sl_buf_str(&got), sl_buf_str(&want)));
    else
        assert_int_equal(got.len, 0);
    sl_buf_release(&want);
    sl_buf_release(&got);
    return found;
}

static void number_add(struct sl_tree_cache *cache, int number)
{
    struct sl_buf cells = {0};
    cells_make(number, &cells);
    sl_tree_cache_add(cache, key_of(number), sl_buf_str(&cells));
    sl_buf_release(&cells);
}

/* A run that meets the numbers from..to-1, and parses what the cache lacks; answers how many that were. */
static int run_over(int from, int to)
{
    struct sl_tree_cache *cache = cache_open();
    int n_parsed = 0;
    for (int i = from; i < to; i++) {
        if (is_found(cache, i))
            continue;
        number_add(cache, i);
        assert_true(is_found(cache, i));
        n_parsed++;
    }
    sl_tree_cache_close(cache);
    return n_parsed;
}

static void file_read(struct sl_buf *bytes)
{
    FILE *in = fopen(file, "rb");
    assert_non_null(in);
    for (int c = fgetc(in); c != EOF; c = fgetc(in))
        sl_buf_add_byte(bytes, (char)c);
    fclose(in);
}

static void file_put(const char *bytes, size_t len)
{
    FILE *out = fopen(file, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, len, out), len);
    assert_int_equal(fclose(out), 0);
}

static void trees_are_found_again(void **state)
{
    (void)state;
    assert_int_equal(run_over(0, N_TREES), N_TREES);
    assert_int_equal(run_over(0, N_TREES), 0);
    assert_int_equal(run_over(0, 2 * N_TREES), N_TREES);
    assert_int_equal(run_over(0, 2 * N_TREES), 0);
}

static void language_is_part_of_the_key(void **state)
{
    (void)state;
    struct sl_tree_key one = sl_tree_key_of(SL_STR("a = 1"), 1);
    struct sl_tree_key two = sl_tree_key_of(SL_STR("a = 1"), 2);
    assert_true(one.hi != two.hi || one.lo != two.lo);
}

static void no_cache_finds_nothing(void **state)
{
    (void)state;
    assert_false(is_found(NULL, 1));
    number_add(NULL, 1);
    sl_tree_cache_close(NULL);
}

/* One bit of any byte is wrong: the version, a count, a key, an offset, a cell. */
static void damaged_files_give_right_trees_or_none(void **state)
{
    (void)state;
    struct sl_buf bytes = {0};
    run_over(0, N_TREES);
    file_read(&bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        bytes.bytes[i] ^= (char)(1 << i % 8);
        file_put(bytes.bytes, bytes.len);
        bytes.bytes[i] ^= (char)(1 << i % 8);
        struct sl_tree_cache *cache = cache_open();
        int n = 0;
        for (int k = 0; k < N_TREES; k++)
            n += is_found(cache, k);
        assert_true(n < N_TREES);
        sl_tree_cache_close(cache);
    }
    sl_buf_release(&bytes);
}

static void cut_files_give_right_trees_or_none(void **state)
{
    (void)state;
    struct sl_buf bytes = {0};
    run_over(0, N_TREES);
    file_read(&bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        file_put(bytes.bytes, len);
        assert_true(run_over(0, N_TREES) > 0);
        assert_int_equal(run_over(0, N_TREES), 0); /* it was written anew */
    }
    sl_buf_release(&bytes);
}

static void few_new_trees_do_not_rewrite_the_file(void **state)
{
    (void)state;
    struct stat before;
    struct stat after;
    run_over(0, 64);
    assert_int_equal(stat(file, &before), 0);
    assert_int_equal(run_over(0, 64 + 4), 4);
    assert_int_equal(stat(file, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(run_over(0, 64 + 5), 5);
    assert_int_equal(run_over(0, 64 + 5), 0);
}

static void trees_that_nobody_uses_go(void **state)
{
    (void)state;
    run_over(0, N_TREES);
    for (int i = 1; i < SL_MAX_TREE_CACHE_AGE; i++)
        run_over(i * N_TREES, (i + 1) * N_TREES);
    struct sl_tree_cache *cache = cache_open();
    assert_true(is_found(cache, 0)); /* and nothing is written: its age stays */
    sl_tree_cache_close(cache);
    run_over(SL_MAX_TREE_CACHE_AGE * N_TREES, (SL_MAX_TREE_CACHE_AGE + 1) * N_TREES);
    run_over((SL_MAX_TREE_CACHE_AGE + 1) * N_TREES, (SL_MAX_TREE_CACHE_AGE + 2) * N_TREES);
    cache = cache_open();
    assert_false(is_found(cache, 0));
    assert_true(is_found(cache, 2 * N_TREES));
    sl_tree_cache_close(cache);
}

/* Adds one tree of so many bytes; is it there in the next run? */
static bool is_kept(size_t n_bytes)
{
    char *bytes = calloc(1, n_bytes);
    assert_non_null(bytes);
    struct sl_tree_cache *cache = cache_open();
    sl_tree_cache_add(cache, key_of(1), (sl_str){bytes, n_bytes});
    sl_tree_cache_close(cache);
    free(bytes);
    struct sl_buf cells = {0};
    cache = cache_open();
    bool found = sl_tree_cache_find(cache, key_of(1), &cells);
    assert_int_equal(cells.len, found ? n_bytes : 0);
    sl_tree_cache_close(cache);
    sl_buf_release(&cells);
    unlink(file);
    return found;
}

static void size_is_bounded(void **state)
{
    (void)state;
    assert_true(is_kept(SL_MAX_TREE_CACHE_BYTES));
    assert_false(is_kept(SL_MAX_TREE_CACHE_BYTES + sizeof(struct sl_tree_cell)));
}

/* The folder is a file: nothing can be made in it. */
static void folder_that_cannot_be_made_is_no_trouble(void **state)
{
    (void)state;
    file_put("x", 1);
    struct sl_tree_cache *cache = sl_tree_cache_open(sl_str_from(file));
    number_add(cache, 1);
    assert_true(is_found(cache, 1));
    sl_tree_cache_close(cache);
    cache = sl_tree_cache_open(sl_str_from(file));
    assert_false(is_found(cache, 1));
    sl_tree_cache_close(cache);
}

static void folder_is_made(void **state)
{
    (void)state;
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(run_over(0, 1), 1);
    assert_int_equal(run_over(0, 1), 0);
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(trees_are_found_again),
        ROW(damaged_files_give_right_trees_or_none),
        ROW(cut_files_give_right_trees_or_none),
        ROW(few_new_trees_do_not_rewrite_the_file),
        ROW(trees_that_nobody_uses_go),
        ROW(size_is_bounded),
        ROW(folder_that_cannot_be_made_is_no_trouble),
        ROW(folder_is_made),
        cmocka_unit_test(language_is_part_of_the_key),
        cmocka_unit_test(no_cache_finds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
