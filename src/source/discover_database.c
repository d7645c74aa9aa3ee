#include "source/discover_database.h"

#include "base/limits.h"
#include "base/vec.h"
#include "source/database_yml.h"
#include "source/file.h"

/* A folder, and the nearest config/database.yml at or above it. */
struct folder {
    sl_str path, root;
    const struct sl_database_entries *entries; /* NULL: there is none */
};

struct databases {
    struct sl_arena *run;
    SL_VEC(struct folder) folders;
    size_t last; /* files come folder by folder */
};

static const struct sl_database_entries *entries_in(struct databases *d, sl_str root)
{
    sl_str text;
    struct sl_error unreadable;
    sl_str path = sl_path_join(d->run, root, SL_STR("config/database.yml"));
    if (!sl_file_is_regular(path) || sl_file_read_head(path, SL_HEAD_BYTES, d->run, &text, &unreadable) != SL_OK)
        return NULL;
    struct sl_database_entries *entries = SL_NEW(d->run, struct sl_database_entries);
    sl_database_yml_read(text, d->run, entries);
    return entries;
}

static const struct folder *folder_of(struct databases *d, sl_str path)
{
    for (size_t i = 0; i < d->folders.len; i++) {
        const struct folder *known = &d->folders.items[(d->last + i) % d->folders.len];
        if (sl_str_eq(known->path, path)) {
            d->last = (d->last + i) % d->folders.len;
            return known;
        }
    }
    struct folder folder = {.path = path, .root = path};
    for (;;) {
        folder.entries = entries_in(d, folder.root);
        bool is_top = folder.root.len == 0 || (folder.root.len == 1 && folder.root.ptr[0] == '/');
        if (folder.entries || is_top)
            break;
        folder.root = sl_path_parent(folder.root);
    }
    d->last = d->folders.len;
    *SL_VEC_PUSH(d->run, &d->folders) = folder;
    return &d->folders.items[d->last];
}

static bool is_path_of(struct databases *d, const struct folder *folder, sl_str named, sl_str path)
{
    while (sl_str_has_prefix(named, SL_STR("./")))
        named = sl_str_slice(named, 2, SIZE_MAX);
    while (named.len && named.ptr[named.len - 1] == '/')
        named.len--;
    return named.len && sl_str_eq(sl_path_join(d->run, folder->root, named), path);
}

static bool holds_migration(struct databases *d, const struct folder *folder, const struct sl_database_entry *entry,
                            sl_str path)
{
    sl_str base = sl_path_base(path);
    bool is_numbered = base.len && sl_is_digit(base.ptr[0]);
    for (size_t i = 0; is_numbered && i < entry->migrations_paths.len; i++) {
        if (is_path_of(d, folder, entry->migrations_paths.items[i], sl_path_parent(path)))
            return true;
    }
    return false;
}

static bool is_schema_dump(struct databases *d, const struct folder *folder, const struct sl_database_entry *entry,
                           sl_str path)
{
    sl_str in_db = sl_arena_printf(d->run, "db/%.*s", SL_STR_ARG(entry->schema_dump));
    return entry->schema_dump.len &&
           (is_path_of(d, folder, entry->schema_dump, path) || is_path_of(d, folder, in_db, path));
}

/* A folder of any name holds migrations if the configuration says so; those of several folders run as one series. */
static void make_migration(struct databases *d, const struct folder *folder, const struct sl_database_entry *entry,
                           struct sl_candidate *c)
{
    c->source.kind = SL_SOURCE_MIGRATION;
    c->source.layout = c->layout.layout = SL_LAYOUT_RAILS;
    if (entry->migrations_paths.len > 1)
        c->layout.series = sl_path_join(d->run, folder->root, entry->migrations_paths.items[0]);
    c->layout.key = sl_layout_number_key(d->run, sl_path_base(c->source.path));
}

static void make_schema(struct databases *d, struct sl_candidate *c)
{
    struct sl_error left_for_later;
    c->source.kind = SL_SOURCE_SCHEMA;
    c->source.layout = SL_LAYOUT_NONE;
    if (c->head.len == 0 &&
        sl_file_read_head(c->source.path, SL_HEAD_BYTES, d->run, &c->head, &left_for_later) != SL_OK)
        c->head = SL_STR_EMPTY;
}

static void database_find(struct databases *d, struct sl_candidate *c)
{
    const struct folder *folder = folder_of(d, sl_path_parent(c->source.path));
    for (size_t i = 0; folder->entries && i < folder->entries->len; i++) {
        const struct sl_database_entry *entry = &folder->entries->items[i];
        if (holds_migration(d, folder, entry, c->source.path)) {
            make_migration(d, folder, entry, c);
            c->source.database = entry->name;
        } else if (is_schema_dump(d, folder, entry, c->source.path)) {
            make_schema(d, c);
            c->source.database = entry->name;
        }
    }
    for (size_t i = 0; folder->entries && i < folder->entries->len; i++) {
        if (sl_str_eq(folder->entries->items[i].name, c->source.database))
            c->adapter = folder->entries->items[i].adapter;
    }
}

/* One schema in SQL, called app_schema.sql: there is no other database to tell it from. */
static void only_database_is_main(struct sl_candidates *all)
{
    sl_str only = SL_STR_EMPTY;
    for (size_t i = 0; i < all->len; i++) {
        const struct sl_source *source = &all->items[i].source;
        if (source->kind != SL_SOURCE_SCHEMA)
            continue;
        bool is_other = only.len && !sl_str_eq(only, source->database);
        if (source->database.len == 0 || is_other || sl_str_has_suffix(source->path, SL_STR(".rb")))
            return;
        only = source->database;
    }
    for (size_t i = 0; only.len && i < all->len; i++) {
        if (sl_str_eq(all->items[i].source.database, only))
            all->items[i].source.database = SL_STR_EMPTY;
    }
}

void sl_discover_databases(struct sl_candidates *all, struct sl_arena *run)
{
    struct databases d = {.run = run};
    for (size_t i = 0; i < all->len; i++) {
        struct sl_candidate *c = &all->items[i];
        bool is_ruby = sl_str_has_suffix(c->source.path, SL_STR(".rb"));
        if (c->source.kind == SL_SOURCE_SCHEMA || c->source.kind == SL_SOURCE_MIGRATION || is_ruby)
            database_find(&d, c);
    }
    only_database_is_main(all);
}
