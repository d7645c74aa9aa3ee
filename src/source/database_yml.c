#include "source/database_yml.h"

#include <string.h>

#include "base/vec.h"
#include "sql/dialect.h"

enum { MAX_DEPTH = 16 };

/* The mappings that the line stands in, outermost first. */
struct yaml_path {
    struct {
        size_t indent;
        sl_str key;
    } levels[MAX_DEPTH];
    size_t depth;
};

static sl_str unquoted(sl_str s)
{
    s = sl_str_trim(s);
    bool is_quoted = s.len > 1 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0];
    return is_quoted ? sl_str_slice(s, 1, s.len - 2) : s;
}

/* The value without a comment, an anchor's name, quotes, or Rails.root in front of a path. */
static sl_str value_of(sl_str s)
{
    size_t comment = sl_str_find(s, SL_STR(" #"));
    s = unquoted(comment == SIZE_MAX ? s : sl_str_slice(s, 0, comment));
    size_t erb = sl_str_has_prefix(s, SL_STR("<%")) ? sl_str_find(s, SL_STR("%>/")) : SIZE_MAX;
    return erb == SIZE_MAX ? s : sl_str_slice(s, erb + 3, SIZE_MAX);
}

/* Answers the database of the line's mapping: below an environment, or (one database) the environment itself. */
static struct sl_database_entry *entry_at(const struct yaml_path *path, struct sl_arena *arena,
                                          struct sl_database_entries *out)
{
    if (path->depth == 0)
        return NULL;
    sl_str name = path->depth > 1 ? path->levels[1].key : SL_STR_EMPTY;
    if (sl_str_eq(name, SL_STR("primary")))
        name = SL_STR_EMPTY;
    for (size_t i = 0; i < out->len; i++) {
        if (sl_str_eq(out->items[i].name, name))
            return &out->items[i];
    }
    struct sl_database_entry *entry = SL_VEC_PUSH(arena, out);
    *entry = (struct sl_database_entry){
        .name = sl_arena_copy(arena, name), .adapter = SL_STR_EMPTY, .schema_dump = SL_STR_EMPTY};
    return entry;
}

static void migrations_path_add(struct sl_database_entry *entry, sl_str path, struct sl_arena *arena)
{
    path = value_of(path);
    for (size_t i = 0; i < entry->migrations_paths.len; i++) {
        if (sl_str_eq(entry->migrations_paths.items[i], path))
            return;
    }
    if (path.len)
        *SL_VEC_PUSH(arena, &entry->migrations_paths) = sl_arena_copy(arena, path);
}

/* migrations_paths: db/a   or   [db/a, db/b] */
static void migrations_paths_add(struct sl_database_entry *entry, sl_str value, struct sl_arena *arena)
{
    bool is_list = value.len > 1 && value.ptr[0] == '[';
    sl_str rest = is_list ? sl_str_slice(value, 1, value.len - 2) : value;
    while (rest.len) {
        size_t comma = is_list ? sl_str_find_byte(rest, ',') : SIZE_MAX;
        migrations_path_add(entry, sl_str_slice(rest, 0, comma), arena);
        rest = comma == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(rest, comma + 1, SIZE_MAX);
    }
}

static void setting_take(struct sl_database_entry *entry, sl_str key, sl_str value, struct sl_arena *arena)
{
    enum sl_dialect dialect;
    bool is_adapter = sl_str_eq(key, SL_STR("adapter")) && sl_dialect_lookup(value_of(value), &dialect);
    if (is_adapter && entry->adapter.len == 0)
        entry->adapter = sl_arena_copy(arena, value_of(value));
    else if (sl_str_eq(key, SL_STR("schema_dump")) && entry->schema_dump.len == 0)
        entry->schema_dump = sl_arena_copy(arena, value_of(value));
    else if (sl_str_eq(key, SL_STR("migrations_paths")))
        migrations_paths_add(entry, sl_str_trim(value), arena);
}

static void line_read(struct yaml_path *path, sl_str line, struct sl_arena *arena, struct sl_database_entries *out)
{
    sl_str text = sl_str_trim(line);
    size_t indent = 0;
    while (indent < line.len && line.ptr[indent] == ' ')
        indent++;
    if (text.len == 0 || text.ptr[0] == '#' || text.ptr[0] == '<')
        return;
    while (path->depth && path->levels[path->depth - 1].indent >= indent && text.ptr[0] != '-')
        path->depth--;
    if (text.ptr[0] == '-') { /* an item of the list that the innermost key opened */
        bool is_path = path->depth && sl_str_eq(path->levels[path->depth - 1].key, SL_STR("migrations_paths"));
        struct sl_database_entry *entry = is_path ? entry_at(path, arena, out) : NULL;
        if (entry)
            migrations_path_add(entry, sl_str_slice(text, 1, SIZE_MAX), arena);
        return;
    }
    size_t colon = sl_str_find_byte(text, ':');
    if (colon == SIZE_MAX || path->depth == MAX_DEPTH)
        return;
    sl_str key = unquoted(sl_str_slice(text, 0, colon));
    sl_str value = sl_str_trim(sl_str_slice(text, colon + 1, SIZE_MAX));
    bool opens = value.len == 0 || value.ptr[0] == '&';
    struct sl_database_entry *entry = opens ? NULL : entry_at(path, arena, out);
    if (entry)
        setting_take(entry, key, value, arena);
    if (!opens)
        return;
    path->levels[path->depth].indent = indent;
    path->levels[path->depth++].key = key;
}

void sl_database_yml_read(sl_str text, struct sl_arena *arena, struct sl_database_entries *out)
{
    struct yaml_path path = {.depth = 0};
    sl_str line;
    while (sl_str_next_line(&text, &line))
        line_read(&path, line, arena, out);
}
