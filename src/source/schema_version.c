#include "source/schema_version.h"

#include <stdlib.h>

#include "base/vec.h"
#include "source/file.h"

struct versions {
    sl_str folder, database; /* of the schema file */
    uint64_t highest;        /* schema.rb: everything up to it; 0 for a list */
    SL_VEC(uint64_t) listed;
};

/* The digits of 2024_05_01_120000, "20240501120000" or 42 at the beginning of s; 0 where there are none. */
static uint64_t version_at(sl_str s)
{
    uint64_t value = 0;
    for (size_t i = 0; i < s.len && (sl_is_digit(s.ptr[i]) || s.ptr[i] == '_'); i++) {
        if (sl_is_digit(s.ptr[i]) && value < UINT64_MAX / 100)
            value = value * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    return value;
}

/* Schema[7.1].define(version: 2024_05_01_120000), or :version => 2013… */
static uint64_t ruby_schema_version(sl_str head)
{
    size_t at = sl_str_find(head, SL_STR(".define("));
    if (at == SIZE_MAX)
        return 0;
    sl_str call = sl_str_slice(head, at, 120);
    size_t word = sl_str_find(call, SL_STR("version"));
    if (word == SIZE_MAX)
        return 0;
    size_t i = word + 7;
    while (i < call.len && !sl_is_digit(call.ptr[i]))
        i++;
    return version_at(sl_str_slice(call, i, SIZE_MAX));
}

static int version_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The version that a row of VALUES holds at `from`: '1', or alone in its brackets (1); 0 where none stands there. */
static uint64_t row_version(sl_str text, size_t from)
{
    sl_str rest = sl_str_slice(text, from + 1, 32);
    if (text.ptr[from] == '\'')
        return version_at(rest);
    size_t n_digits = 0;
    while (n_digits < rest.len && sl_is_digit(rest.ptr[n_digits]))
        n_digits++;
    bool is_alone = text.ptr[from] == '(' && n_digits < rest.len && rest.ptr[n_digits] == ')';
    return is_alone ? version_at(rest) : 0;
}

/* The versions in `INSERT INTO … schema_migrations (version) VALUES ('1'), ('2');` of Rails and dbmate. Ecto writes a
 * statement for each, or one for all, and their numbers without quotes. */
static void listed_versions(sl_str path, struct versions *versions, struct sl_arena *run)
{
    sl_str text;
    struct sl_error ignored;
    if (sl_file_read(path, run, &text, &ignored) != SL_OK)
        return;
    size_t from = 0;
    for (;;) {
        sl_str rest = sl_str_slice(text, from, SIZE_MAX);
        size_t at = sl_str_find_nocase(rest, SL_STR("insert into"));
        if (at == SIZE_MAX)
            break;
        from += at + 11;
        sl_str head = sl_str_slice(text, from, 80);
        if (sl_str_find(head, SL_STR("schema_migrations")) == SIZE_MAX)
            continue;
        for (; from < text.len && text.ptr[from] != ';'; from++) {
            uint64_t version = row_version(text, from);
            if (version)
                *SL_VEC_PUSH(run, &versions->listed) = version;
        }
    }
    if (versions->listed.len)
        qsort(versions->listed.items, versions->listed.len, sizeof *versions->listed.items, version_order);
}

static bool versions_hold(const struct versions *versions, uint64_t version)
{
    if (versions->highest)
        return version <= versions->highest;
    return versions->listed.len && bsearch(&version, versions->listed.items, versions->listed.len,
                                           sizeof *versions->listed.items, version_order);
}

/* db/migrate/1_x.rb belongs to db/schema.rb: the schema's folder holds the folder of the migration. */
static bool belongs(const struct versions *versions, const struct sl_source *migration)
{
    if (!sl_str_eq(versions->database, migration->database))
        return false;
    sl_str folder = sl_path_parent(sl_path_parent(migration->path));
    return sl_str_eq(folder, versions->folder) || sl_str_eq(sl_path_parent(migration->path), versions->folder);
}

/* Ecto's migrations are code as any, but for where they lie: priv/repo/migrations/20240101000000_x.exs. */
static bool is_versioned(const struct sl_source *source)
{
    return source->kind == SL_SOURCE_MIGRATION ||
           (source->kind == SL_SOURCE_CODE && sl_str_has_suffix(source->path, SL_STR(".exs")) &&
            sl_str_eq(sl_path_base(sl_path_parent(source->path)), SL_STR("migrations")));
}

void sl_schema_version_mark(struct sl_candidates *all, struct sl_arena *run)
{
    SL_VEC(struct versions) known = {0};
    for (size_t i = 0; i < all->len; i++) {
        const struct sl_candidate *c = &all->items[i];
        if (c->source.kind != SL_SOURCE_SCHEMA)
            continue;
        struct versions versions = {.folder = sl_path_parent(c->source.path), .database = c->source.database};
        if (sl_str_has_suffix(c->source.path, SL_STR(".rb")))
            versions.highest = ruby_schema_version(c->head);
        else
            listed_versions(c->source.path, &versions, run);
        *SL_VEC_PUSH(run, &known) = versions;
    }
    for (size_t i = 0; i < all->len; i++) {
        struct sl_source *source = &all->items[i].source;
        bool has_version = is_versioned(source);
        uint64_t version = has_version ? version_at(sl_path_base(source->path)) : 0;
        for (size_t k = 0; k < known.len && has_version && !source->is_in_schema; k++) {
            source->is_in_schema = belongs(&known.items[k], source) && versions_hold(&known.items[k], version);
            source->is_schema_ruby = source->is_in_schema && known.items[k].highest > 0;
        }
    }
}
