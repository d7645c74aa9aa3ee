#include "source/discover_dialect.h"

#include <dirent.h>

#include "base/limits.h"
#include "base/vec.h"
#include "source/dialect_evidence.h"
#include "source/file.h"

struct folder {
    sl_str path;
    bool is_configured;
    struct sl_dialect_evidence configuration; /* of the nearest configuration at or above it */
    struct sl_dialect_votes votes;            /* of the SQL files in it */
};

struct decision {
    struct sl_arena *run;
    struct sl_dialect_votes votes;
    SL_VEC(struct folder) folders;
    size_t last; /* files come folder by folder */
};

static struct folder *folder_of(struct decision *d, sl_str path)
{
    if (d->folders.len && sl_str_eq(d->folders.items[d->last].path, path))
        return &d->folders.items[d->last];
    for (d->last = 0; d->last < d->folders.len; d->last++) {
        if (sl_str_eq(d->folders.items[d->last].path, path))
            return &d->folders.items[d->last];
    }
    *SL_VEC_PUSH(d->run, &d->folders) = (struct folder){.path = path};
    return &d->folders.items[d->last];
}

/* Files that name the database, the surest first. */
static const char *const configuration_files[] = {
    "config/database.yml",
    "migration_lock.toml",
    "schema.prisma",
    "prisma/schema.prisma",
    "drizzle.config.ts",
    "drizzle.config.js",
    "meta/_journal.json",
    "diesel.toml",
    "sqitch.conf",
    "dbconfig.yml",
    ".sqlfluff",
    "config/database.yml.example",
    "config/database.example.yml",
    "config/database.yml.sample",
    "config/database.sample.yml",
    "config/database.yml.pg",
    "config/database.yml.template",
    "config/database.yml.default",
    "Gemfile",
    "flyway.conf",
    "flyway.toml",
    "src/main/resources/application.properties",
    "src/main/resources/application.yml",
    "knexfile.js",
    ".env.example",
};

enum { N_CONFIGURATION_FILES = sizeof configuration_files / sizeof configuration_files[0] };

static bool begins_with_folder_or_is(const char *path, const char *name)
{
    size_t len = strlen(name);
    return strncmp(path, name, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* Which of the files may be there: one look at the folder is cheaper than one at each of them. */
static void look_into(sl_str folder, struct sl_arena *arena, bool may_be[N_CONFIGURATION_FILES])
{
    DIR *handle = opendir(folder.len ? sl_arena_copy(arena, folder).ptr : ".");
    memset(may_be, handle == NULL, N_CONFIGURATION_FILES * sizeof *may_be);
    for (struct dirent *item = handle ? readdir(handle) : NULL; item; item = readdir(handle)) {
        for (size_t i = 0; i < N_CONFIGURATION_FILES; i++)
            may_be[i] |= begins_with_folder_or_is(configuration_files[i], item->d_name);
    }
    if (handle)
        closedir(handle);
}

/* What the configuration files of one folder say. */
static struct sl_dialect_evidence configuration_in(struct decision *d, sl_str path)
{
    bool may_be[N_CONFIGURATION_FILES];
    struct sl_error ignored;
    look_into(path, d->run, may_be);
    for (size_t i = 0; i < N_CONFIGURATION_FILES; i++) {
        sl_str file = may_be[i] ? sl_path_join(d->run, path, sl_str_from(configuration_files[i])) : SL_STR_EMPTY;
        sl_str text;
        if (!may_be[i] || !sl_file_is_regular(file) ||
            sl_file_read_head(file, SL_HEAD_BYTES, d->run, &text, &ignored) != SL_OK)
            continue;
        struct sl_dialect_evidence found = sl_dialect_from_config(file, text, d->run);
        if (found.mode.dialect != SL_DIALECT_UNKNOWN)
            return found;
    }
    return (struct sl_dialect_evidence){.mode = {.dialect = SL_DIALECT_UNKNOWN}};
}

static struct sl_dialect_evidence configuration_above(struct decision *d, sl_str path)
{
    for (;;) {
        struct folder *folder = folder_of(d, path);
        if (!folder->is_configured) {
            struct sl_dialect_evidence found = configuration_in(d, path);
            folder = folder_of(d, path);
            folder->is_configured = true;
            folder->configuration = found;
        }
        bool is_top = path.len == 0 || (path.len == 1 && path.ptr[0] == '/');
        if (folder->configuration.mode.dialect != SL_DIALECT_UNKNOWN || is_top)
            return folder->configuration;
        path = sl_path_parent(path);
    }
}

static struct sl_dialect_votes own_votes(const struct sl_candidate *c)
{
    struct sl_dialect_votes votes = {0};
    bool is_ruby = sl_str_has_suffix(c->source.path, SL_STR(".rb"));
    if (c->source.kind != SL_SOURCE_CODE && !is_ruby)
        sl_dialect_vote(c->head, &votes);
    return votes;
}

/* Each database has its own adapter. */
static struct sl_dialect_evidence adapter_evidence(struct decision *d, const struct sl_candidate *c)
{
    struct sl_dialect_evidence found = {.mode = {.dialect = SL_DIALECT_UNKNOWN}};
    if (sl_dialect_lookup(c->adapter, &found.mode.dialect))
        found.reason = sl_arena_printf(d->run, "config/database.yml: %.*s", SL_STR_ARG(c->adapter));
    return found;
}

static struct sl_dialect_evidence decide(struct decision *d, const struct sl_candidate *c)
{
    sl_str path = c->source.path;
    struct sl_dialect_evidence found = sl_dialect_from_header(c->head, d->run);
    if (found.mode.dialect == SL_DIALECT_UNKNOWN && c->source.kind != SL_SOURCE_CODE)
        found = sl_dialect_from_path(path, d->run);
    if (found.mode.dialect == SL_DIALECT_UNKNOWN && c->adapter.len)
        found = adapter_evidence(d, c);
    if (found.mode.dialect == SL_DIALECT_UNKNOWN)
        found = configuration_above(d, sl_path_parent(path));
    if (found.mode.dialect == SL_DIALECT_UNKNOWN) {
        struct sl_dialect_votes votes = own_votes(c);
        found = sl_dialect_from_votes(&votes, d->run);
    }
    if (found.mode.dialect == SL_DIALECT_UNKNOWN)
        found = sl_dialect_from_votes(&folder_of(d, sl_path_parent(path))->votes, d->run);
    if (found.mode.dialect == SL_DIALECT_UNKNOWN)
        found = sl_dialect_from_votes(&d->votes, d->run);
    if (found.mode.dialect != SL_DIALECT_UNKNOWN)
        return found;
    return (struct sl_dialect_evidence){.mode = {.dialect = SL_DIALECT_POSTGRES},
                                        .reason = SL_STR("nothing says which, so PostgreSQL is assumed")};
}

void sl_discover_dialects(struct sl_candidates *all, enum sl_dialect option, struct sl_arena *run)
{
    struct decision d = {.run = run};
    for (size_t i = 0; i < all->len && option == SL_DIALECT_UNKNOWN; i++) {
        struct sl_dialect_votes votes = own_votes(&all->items[i]);
        sl_dialect_votes_add(&folder_of(&d, sl_path_parent(all->items[i].source.path))->votes, &votes);
        sl_dialect_votes_add(&d.votes, &votes);
    }
    for (size_t i = 0; i < all->len; i++) {
        struct sl_source *source = &all->items[i].source;
        struct sl_dialect_evidence found = {.mode = {.dialect = option}, .reason = SL_STR("the option --dialect")};
        if (option == SL_DIALECT_UNKNOWN) {
            found = decide(&d, &all->items[i]);
        } else {
            struct sl_dialect_evidence header = sl_dialect_from_header(all->items[i].head, run);
            if (header.mode.dialect == option) /* the server's version and flavour still come from the file */
                found.mode = header.mode;
        }
        source->mode = found.mode;
        source->dialect_evidence = found.reason;
    }
}
