#include "source/layout.h"

#include "base/vec.h"
#include "source/file.h"

/* A folder's file that fixes the order of the files beside it: sqitch.plan, meta/_journal.json. */
struct order_file {
    sl_str folder;
    sl_str bytes; /* empty: there is none */
};

struct sl_layout_index {
    struct sl_arena *arena;
    SL_VEC(struct order_file) plans, journals;
};

struct candidate {
    struct sl_layout_index *index;
    sl_str path, name, folder, head;
};

struct sl_layout_index *sl_layout_index_new(struct sl_arena *arena)
{
    struct sl_layout_index *index = SL_NEW(arena, struct sl_layout_index);
    index->arena = arena;
    return index;
}

static size_t digits_at(sl_str s, size_t off)
{
    size_t n = 0;
    while (off + n < s.len && sl_is_digit(s.ptr[off + n]))
        n++;
    return n;
}

sl_str sl_layout_number_key(struct sl_arena *arena, sl_str version)
{
    enum { WIDTH = 20 };
    char *out = sl_arena_alloc(arena, version.len * (WIDTH + 1) + 1);
    size_t len = 0;
    for (size_t i = 0; i < version.len;) {
        size_t n = digits_at(version, i);
        if (n == 0) {
            out[len++] = version.ptr[i++];
            continue;
        }
        while (n > 1 && version.ptr[i] == '0') { /* 007 is 7 */
            i++;
            n--;
        }
        for (size_t pad = n; pad < WIDTH; pad++)
            out[len++] = '0';
        memcpy(out + len, version.ptr + i, n);
        len += n;
        i += n;
    }
    return (sl_str){out, len};
}

/* The bytes of `name` in `folder`, read once; empty where there is no such file. */
static sl_str order_file_read(struct sl_layout_index *index, void *known, sl_str folder, const char *name)
{
    SL_VEC(struct order_file) *files = known;
    for (size_t i = 0; i < files->len; i++) {
        if (sl_str_eq(files->items[i].folder, folder))
            return files->items[i].bytes;
    }
    struct sl_error ignored;
    sl_str bytes = SL_STR_EMPTY;
    sl_str path = sl_path_join(index->arena, folder, sl_str_from(name));
    if (sl_file_is_regular(path) && sl_file_read(path, index->arena, &bytes, &ignored) != SL_OK)
        bytes = SL_STR_EMPTY;
    *SL_VEC_PUSH(index->arena, files) = (struct order_file){folder, bytes};
    return bytes;
}

static bool folder_holds(const struct candidate *c, sl_str folder, const char *name)
{
    return sl_file_is_regular(sl_path_join(c->index->arena, folder, sl_str_from(name)));
}

static bool is_sql(const struct candidate *c)
{
    return c->name.len > 4 && sl_str_has_suffix_nocase(c->name, SL_STR(".sql"));
}

/* A line that begins (white space apart) with the marker. */
static bool has_marker_line(const struct candidate *c, const char *marker)
{
    sl_str rest = c->head;
    sl_str line;
    while (sl_str_next_line(&rest, &line)) {
        if (sl_str_has_prefix_nocase(sl_str_trim(line), sl_str_from(marker)))
            return true;
    }
    return false;
}

/* --- Which tool: one predicate a row of the table ------------------------------------------------------------------
 */

static bool claims_rails(const struct candidate *c)
{
    sl_str folder = sl_path_base(c->folder);
    bool is_folder = sl_str_eq(folder, SL_STR("migrate")) || sl_str_has_suffix(folder, SL_STR("_migrate"));
    size_t n = digits_at(c->name, 0);
    return is_folder && n > 0 && n < c->name.len && c->name.ptr[n] == '_' && sl_str_has_suffix(c->name, SL_STR(".rb"));
}

/* V1_5_2__name.sql, B1__…, R__…, U1__… */
static bool claims_flyway(const struct candidate *c)
{
    if (!is_sql(c) || c->name.len < 4 || !strchr("VBRU", c->name.ptr[0]))
        return false;
    size_t separator = sl_str_find(c->name, SL_STR("__"));
    if (separator == SIZE_MAX)
        return false;
    bool repeatable = c->name.ptr[0] == 'R';
    for (size_t i = 1; i < separator; i++) {
        if (!sl_is_digit(c->name.ptr[i]) && c->name.ptr[i] != '_' && c->name.ptr[i] != '.')
            return false;
    }
    return repeatable ? separator == 1 : separator > 1;
}

static bool is_up_or_down(sl_str name)
{
    return sl_str_has_suffix(name, SL_STR(".up.sql")) || sl_str_has_suffix(name, SL_STR(".down.sql"));
}

static bool claims_sqlx_pair(const struct candidate *c)
{
    sl_str root = sl_path_parent(c->folder);
    return is_up_or_down(c->name) && digits_at(c->name, 0) > 0 &&
           sl_str_eq(sl_path_base(c->folder), SL_STR("migrations")) && folder_holds(c, root, "Cargo.toml");
}

static bool claims_golang_migrate(const struct candidate *c)
{
    return is_up_or_down(c->name) && digits_at(c->name, 0) > 0;
}

static bool claims_goose(const struct candidate *c)
{
    return is_sql(c) && has_marker_line(c, "-- +goose ");
}

static bool claims_sql_migrate(const struct candidate *c)
{
    return is_sql(c) && has_marker_line(c, "-- +migrate ");
}

static bool claims_dbmate(const struct candidate *c)
{
    return is_sql(c) && has_marker_line(c, "-- migrate:up");
}

static bool claims_liquibase(const struct candidate *c)
{
    return is_sql(c) &&
           (has_marker_line(c, "--liquibase formatted sql") || has_marker_line(c, "-- liquibase formatted sql"));
}

static bool claims_sqitch(const struct candidate *c)
{
    static const char *const folders[] = {"deploy", "revert", "verify"};
    if (!is_sql(c))
        return false;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (!sl_path_has_folder(c->path, sl_str_from(folders[i])))
            continue;
        size_t at = sl_str_find(c->path, sl_str_from(folders[i]));
        sl_str root = at ? sl_str_slice(c->path, 0, at - 1) : SL_STR_EMPTY;
        return order_file_read(c->index, &c->index->plans, root, "sqitch.plan").len > 0;
    }
    return false;
}

static bool is_versioned_folder(sl_str folder)
{
    sl_str name = sl_path_base(folder);
    size_t n = digits_at(name, 0);
    return n > 0 && n < name.len && (name.ptr[n] == '_' || name.ptr[n] == '-');
}

static bool claims_diesel(const struct candidate *c)
{
    bool is_named = sl_str_eq(c->name, SL_STR("up.sql")) || sl_str_eq(c->name, SL_STR("down.sql"));
    return is_named && is_versioned_folder(c->folder);
}

static bool claims_prisma(const struct candidate *c)
{
    return sl_str_eq(c->name, SL_STR("migration.sql")) && is_versioned_folder(c->folder);
}

static bool claims_drizzle(const struct candidate *c)
{
    return is_sql(c) && order_file_read(c->index, &c->index->journals, c->folder, "meta/_journal.json").len > 0;
}

static bool claims_atlas(const struct candidate *c)
{
    return is_sql(c) && digits_at(c->name, 0) > 0 && folder_holds(c, c->folder, "atlas.sum");
}

static bool claims_supabase(const struct candidate *c)
{
    return is_sql(c) && digits_at(c->name, 0) > 0 && sl_str_eq(sl_path_base(c->folder), SL_STR("migrations")) &&
           sl_str_eq(sl_path_base(sl_path_parent(c->folder)), SL_STR("supabase"));
}

static bool is_migrations_folder(sl_str folder)
{
    static const char *const names[] = {"migrations", "migration", "migrate", "schema_migrations", "changelog"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sl_str_eq_nocase(sl_path_base(folder), sl_str_from(names[i])))
            return true;
    }
    return false;
}

static bool claims_sqlx(const struct candidate *c)
{
    return is_sql(c) && digits_at(c->name, 0) > 0 && sl_str_eq(sl_path_base(c->folder), SL_STR("migrations")) &&
           folder_holds(c, sl_path_parent(c->folder), "Cargo.toml");
}

static bool claims_numbered(const struct candidate *c)
{
    sl_str folder = c->folder;
    for (int up = 0; up < 3 && folder.len; up++, folder = sl_path_parent(folder)) {
        if (is_sql(c) && is_migrations_folder(folder))
            return true;
    }
    return false;
}

/* --- What comes first: one key a row of the table ------------------------------------------------------------------
 */

/* The number at the head of the file name, then the name. */
static sl_str key_number(const struct candidate *c)
{
    return sl_layout_number_key(c->index->arena, c->name);
}

static sl_str key_name(const struct candidate *c)
{
    return sl_arena_copy(c->index->arena, c->name);
}

static sl_str key_folder(const struct candidate *c)
{
    return sl_arena_copy(c->index->arena, sl_path_base(c->folder));
}

static sl_str key_path(const struct candidate *c)
{
    return sl_arena_copy(c->index->arena, c->path);
}

/* Baselines, then versions part by part as numbers, then the repeatable ones by description. */
static sl_str key_flyway(const struct candidate *c)
{
    size_t separator = sl_str_find(c->name, SL_STR("__"));
    char *version = sl_arena_alloc(c->index->arena, separator + 1);
    size_t len = 0;
    for (size_t i = 1; i < separator; i++)
        version[len++] = c->name.ptr[i] == '_' ? '.' : c->name.ptr[i];
    sl_str key = sl_layout_number_key(c->index->arena, (sl_str){version, len});
    if (c->name.ptr[0] == 'R')
        return sl_arena_printf(c->index->arena, "~%.*s", SL_STR_ARG(c->name));
    return sl_arena_printf(c->index->arena, "%.*s", SL_STR_ARG(key));
}

/* The number of the plan line that names this change. */
static sl_str key_sqitch(const struct candidate *c)
{
    size_t at = sl_str_find(c->path, SL_STR("deploy/"));
    if (at == SIZE_MAX)
        return key_path(c);
    sl_str root = at ? sl_str_slice(c->path, 0, at - 1) : SL_STR_EMPTY;
    sl_str change = sl_str_slice(c->path, at + 7, c->path.len - at - 7 - 4);
    sl_str rest = order_file_read(c->index, &c->index->plans, root, "sqitch.plan");
    sl_str line;
    for (unsigned number = 1; sl_str_next_line(&rest, &line); number++) {
        line = sl_str_trim(line);
        bool is_whole = line.len == change.len || (line.len > change.len && sl_is_space(line.ptr[change.len]));
        if (sl_str_has_prefix(line, change) && is_whole)
            return sl_arena_printf(c->index->arena, "%010u", number);
    }
    return sl_arena_printf(c->index->arena, "~%.*s", SL_STR_ARG(change)); /* not planned: behind all that are */
}

/* The place of "tag": "<name>" in the journal, whose entries stand in their order. */
static sl_str key_drizzle(const struct candidate *c)
{
    sl_str journal = order_file_read(c->index, &c->index->journals, c->folder, "meta/_journal.json");
    sl_str tag = sl_arena_printf(c->index->arena, "\"%.*s\"", (int)(c->name.len - 4), c->name.ptr);
    size_t at = sl_str_find(journal, tag);
    if (at == SIZE_MAX)
        return sl_arena_printf(c->index->arena, "~%.*s", SL_STR_ARG(c->name));
    return sl_arena_printf(c->index->arena, "%010zu", at);
}

/* --- The table ------------------------------------------------------------------------------------------------------
 */

/* Asked from the first to the last; what names a tool for certain stands before what is only a habit. */
static const struct {
    enum sl_layout layout;
    const char *name;
    bool (*claims)(const struct candidate *c);
    sl_str (*key)(const struct candidate *c);
} layouts[] = {
    {SL_LAYOUT_RAILS, "rails", claims_rails, key_number},
    {SL_LAYOUT_FLYWAY, "flyway", claims_flyway, key_flyway},
    {SL_LAYOUT_GOOSE, "goose", claims_goose, key_number},
    {SL_LAYOUT_DBMATE, "dbmate", claims_dbmate, key_name},
    {SL_LAYOUT_SQL_MIGRATE, "sql-migrate", claims_sql_migrate, key_number},
    {SL_LAYOUT_LIQUIBASE, "liquibase", claims_liquibase, key_path},
    {SL_LAYOUT_SQITCH, "sqitch", claims_sqitch, key_sqitch},
    {SL_LAYOUT_DIESEL, "diesel", claims_diesel, key_folder},
    {SL_LAYOUT_PRISMA, "prisma", claims_prisma, key_folder},
    {SL_LAYOUT_DRIZZLE, "drizzle", claims_drizzle, key_drizzle},
    {SL_LAYOUT_ATLAS, "atlas", claims_atlas, key_name},
    {SL_LAYOUT_SUPABASE, "supabase", claims_supabase, key_name},
    {SL_LAYOUT_SQLX, "sqlx", claims_sqlx_pair, key_number},
    {SL_LAYOUT_GOLANG_MIGRATE, "golang-migrate", claims_golang_migrate, key_number},
    {SL_LAYOUT_SQLX, "sqlx", claims_sqlx, key_number},
    {SL_LAYOUT_NUMBERED, "numbered", claims_numbered, key_number},
};

const char *sl_layout_name(enum sl_layout layout)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (layouts[i].layout == layout)
            return layouts[i].name;
    }
    return "none";
}

static bool goes_down(const struct candidate *c, enum sl_layout layout)
{
    switch (layout) {
    case SL_LAYOUT_FLYWAY:
        return c->name.ptr[0] == 'U';
    case SL_LAYOUT_SQITCH:
        return !sl_path_has_folder(c->path, SL_STR("deploy"));
    default:
        return sl_str_has_suffix(c->name, SL_STR(".down.sql")) || sl_str_eq(c->name, SL_STR("down.sql")) ||
               sl_str_has_suffix(c->name, SL_STR("_down.sql")) || sl_str_has_suffix(c->name, SL_STR(".undo.sql"));
    }
}

/* The folder that holds the whole series: the nearest one called migrations (or like it), else the file's own. */
static sl_str series_of(const struct candidate *c, enum sl_layout layout)
{
    if (layout == SL_LAYOUT_RAILS) { /* db/migrate and db/post_migrate run as one */
        sl_str post = SL_STR("post_migrate");
        bool is_post = sl_str_eq(sl_path_base(c->folder), post);
        return is_post ? sl_path_join(c->index->arena, sl_path_parent(c->folder), SL_STR("migrate")) : c->folder;
    }
    if (layout == SL_LAYOUT_SQITCH) {
        size_t at = sl_str_find(c->path, SL_STR("deploy/"));
        return at == SIZE_MAX ? c->folder : sl_str_slice(c->path, 0, at);
    }
    for (sl_str folder = c->folder; folder.len > 1; folder = sl_path_parent(folder)) {
        if (is_migrations_folder(folder))
            return folder;
    }
    bool is_in_own_folder = layout == SL_LAYOUT_DIESEL || layout == SL_LAYOUT_PRISMA;
    return is_in_own_folder ? sl_path_parent(c->folder) : c->folder;
}

void sl_layout_lookup(struct sl_layout_index *index, sl_str path, sl_str head, struct sl_layout_answer *answer)
{
    struct candidate c = {index, path, sl_path_base(path), sl_path_parent(path), head};
    *answer = (struct sl_layout_answer){.layout = SL_LAYOUT_NONE, .series = c.folder, .key = path};
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (!layouts[i].claims(&c))
            continue;
        answer->layout = layouts[i].layout;
        answer->goes_down = goes_down(&c, layouts[i].layout);
        answer->series = series_of(&c, layouts[i].layout);
        answer->key = layouts[i].key(&c);
        answer->is_baseline = layouts[i].layout == SL_LAYOUT_FLYWAY && c.name.ptr[0] == 'B';
        return;
    }
}
