#include "source/classify.h"

#include "source/file.h"
#include "source/language.h"

static bool base_is_one_of(sl_str name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq_nocase(name, sl_str_from(names[i])))
            return true;
    }
    return false;
}

static bool is_sql_name(sl_str path)
{
    static const char *const suffixes[] = {"sql", "ddl", "psql", "pgsql", "mysql"};
    for (size_t i = path.len; i > 0 && path.ptr[i - 1] != '/'; i--) {
        if (path.ptr[i - 1] == '.')
            return base_is_one_of(sl_str_slice(path, i, SIZE_MAX), suffixes, sizeof suffixes / sizeof suffixes[0]);
    }
    return false;
}

/* Tests and generated code say nothing of what production reports; a walk passes over them. */
static bool is_test_or_generated_code(sl_str path)
{
    static const char *const folders[] = {"spec",      "test",     "tests",   "features", "__tests__",
                                          "__mocks__", "testdata", "cypress", "e2e",      "unittests"};
    static const char *const endings[] = {"_spec.rb", "_test.rb",  "_test.go", "_test.py",  ".test.js",
                                          ".test.ts", ".spec.js",  ".spec.ts", ".test.tsx", "_test.exs",
                                          "Test.php", "Test.java", ".min.js",  ".d.ts"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (sl_path_has_folder(path, sl_str_from(folders[i])))
            return true;
    }
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (sl_str_has_suffix(path, sl_str_from(endings[i])))
            return true;
    }
    return sl_path_has_folder(path, SL_STR("generators")) && sl_path_has_folder(path, SL_STR("templates"));
}

bool sl_classify_wants(sl_str path)
{
    if (is_sql_name(path))
        return true;
    return sl_language_of_path(path) != SL_LANGUAGE_NONE && !is_test_or_generated_code(path);
}

/* "" of schema.rb, "queue" of queue_schema.rb; false where it is neither. */
static bool split_schema_name(sl_str name, sl_str *database)
{
    static const char *const endings[] = {"schema.rb", "structure.sql", "schema.sql"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        sl_str ending = sl_str_from(endings[i]);
        if (!sl_str_has_suffix(name, ending))
            continue;
        sl_str before = sl_str_slice(name, 0, name.len - ending.len);
        bool has_separator = before.len && strchr("_-.", before.ptr[before.len - 1]);
        if (before.len && !has_separator)
            return false;
        *database = before.len ? sl_str_slice(before, 0, before.len - 1) : SL_STR_EMPTY;
        return true;
    }
    return false;
}

static bool is_ruby(sl_str path)
{
    return sl_language_of_path(path) == SL_LANGUAGE_RUBY;
}

/* db/data_schema.rb is not a schema: only what defines one is. */
static bool is_schema(sl_str path, sl_str head, sl_str *database)
{
    *database = SL_STR_EMPTY;
    if (!split_schema_name(sl_path_base(path), database))
        return false;
    return !is_ruby(path) || sl_str_find(head, SL_STR("ActiveRecord::Schema")) != SIZE_MAX;
}

/* "queue" of db/queue_migrate/1_x.rb. */
static sl_str migration_database(sl_str path)
{
    sl_str folder = sl_path_base(sl_path_parent(path));
    size_t at = sl_str_find(folder, SL_STR("_migrate"));
    bool is_other = at != SIZE_MAX && !sl_str_eq(folder, SL_STR("post_migrate"));
    return is_other ? sl_str_slice(folder, 0, at) : SL_STR_EMPTY;
}

static bool is_sql_of_other_database(sl_str database)
{
    /* schema.mysql.sql is the same database in another dialect, not another database. */
    enum sl_dialect dialect;
    return database.len && !sl_dialect_lookup(database, &dialect);
}

void sl_classify(struct sl_layout_index *index, sl_str path, sl_str head, bool is_given, struct sl_arena *arena,
                 struct sl_classified *out)
{
    *out = (struct sl_classified){.is_source = true, .kind = SL_SOURCE_SQL, .database = SL_STR_EMPTY};
    sl_layout_lookup(index, path, head, &out->layout);
    sl_str database;
    bool is_of_a_tool = out->layout.layout != SL_LAYOUT_NONE && out->layout.layout != SL_LAYOUT_NUMBERED;
    if (!is_of_a_tool && is_schema(path, head, &database)) {
        out->kind = SL_SOURCE_SCHEMA;
        out->database = is_sql_of_other_database(database) ? sl_arena_copy(arena, database) : SL_STR_EMPTY;
        out->layout.layout = SL_LAYOUT_NONE;
        return;
    }
    if (out->layout.layout != SL_LAYOUT_NONE) {
        out->kind = SL_SOURCE_MIGRATION;
        out->is_source = is_given || !out->layout.goes_down;
        out->database = migration_database(path);
        return;
    }
    if (is_sql_name(path))
        return;
    bool is_rails_migration = is_ruby(path) && sl_str_find(head, SL_STR("< ActiveRecord::Migration")) != SIZE_MAX;
    if (is_rails_migration) { /* named by hand, wherever it lies */
        out->kind = SL_SOURCE_MIGRATION;
        out->layout.layout = SL_LAYOUT_RAILS;
        return;
    }
    if (sl_language_of_path(path) != SL_LANGUAGE_NONE)
        out->kind = SL_SOURCE_CODE;
    else
        out->is_source = is_given;
}
