#include "source/dialect_evidence.h"

#include "source/file.h"

static const struct sl_dialect_evidence nothing = {.mode = {.dialect = SL_DIALECT_UNKNOWN}};

/* --- Headers -------------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *mark; /* without case, at the beginning of a line */
    enum sl_dialect dialect;
    bool mariadb;
} header_marks[] = {
    {"-- mysql dump", SL_DIALECT_MYSQL, false},
    {"-- mariadb dump", SL_DIALECT_MYSQL, true},
    {"/*m!999999", SL_DIALECT_MYSQL, true},
    {"-- phpmyadmin sql dump", SL_DIALECT_MYSQL, false},
    {"-- dump of ", SL_DIALECT_MYSQL, false},
    {"-- postgresql database", SL_DIALECT_POSTGRES, false},
    {"-- dumped by pg_dump", SL_DIALECT_POSTGRES, false},
    {"-- dumped from database version", SL_DIALECT_POSTGRES, false},
    {"set statement_timeout", SL_DIALECT_POSTGRES, false},
    {"\\connect", SL_DIALECT_POSTGRES, false},
    {"pragma ", SL_DIALECT_SQLITE, false},
    {"create table sqlite_sequence", SL_DIALECT_SQLITE, false},
    {"create table if not exists \"schema_migrations\" (\"version\" varchar not null primary key", SL_DIALECT_SQLITE,
     false},
};

/* `-- dialect: mysql`, `# sqlfluff:dialect:postgres`, `-- sqlfluff:dialect:sqlite`. */
static bool header_names_dialect(sl_str line, enum sl_dialect *dialect)
{
    size_t at = sl_str_find_nocase(line, SL_STR("dialect:"));
    bool is_comment = sl_str_has_prefix(line, SL_STR("--")) || sl_str_has_prefix(line, SL_STR("#"));
    if (!is_comment || at == SIZE_MAX)
        return false;
    sl_str word = sl_str_trim(sl_str_slice(line, at + 8, SIZE_MAX));
    size_t len = 0;
    while (len < word.len && (sl_is_alpha(word.ptr[len]) || sl_is_digit(word.ptr[len])))
        len++;
    return sl_dialect_lookup(sl_str_slice(word, 0, len), dialect);
}

/* 80036 of "8.0.36"; 0 where there is no such number. */
static uint32_t version_number(sl_str text)
{
    uint32_t parts[3] = {0};
    size_t n = 0;
    for (size_t i = 0; i < text.len && n < 3; i++) {
        if (sl_is_digit(text.ptr[i]))
            parts[n] = parts[n] * 10 + (uint32_t)(text.ptr[i] - '0');
        if (parts[n] > 9999 || (text.ptr[i] != '.' && !sl_is_digit(text.ptr[i])))
            break;
        n += text.ptr[i] == '.';
    }
    return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

static bool header_line(sl_str line, struct sl_dialect_evidence *found, struct sl_arena *arena)
{
    for (size_t i = 0; i < sizeof header_marks / sizeof header_marks[0]; i++) {
        if (!sl_str_has_prefix_nocase(line, sl_str_from(header_marks[i].mark)))
            continue;
        found->mode.dialect = header_marks[i].dialect;
        found->mode.mariadb = header_marks[i].mariadb;
        found->reason = sl_arena_printf(arena, "the line \"%.*s\"", (int)(line.len < 40 ? line.len : 40), line.ptr);
        return true;
    }
    if (!header_names_dialect(line, &found->mode.dialect))
        return false;
    found->reason = sl_arena_printf(arena, "the comment \"%.*s\"", (int)(line.len < 40 ? line.len : 40), line.ptr);
    return true;
}

struct sl_dialect_evidence sl_dialect_from_header(sl_str head, struct sl_arena *arena)
{
    enum { HEADER_LINES = 40 };
    struct sl_dialect_evidence found = nothing;
    sl_str line;
    for (int i = 0; i < HEADER_LINES && sl_str_next_line(&head, &line); i++) {
        line = sl_str_trim(line);
        if (found.mode.dialect == SL_DIALECT_UNKNOWN)
            header_line(line, &found, arena);
        if (found.mode.dialect == SL_DIALECT_MYSQL && sl_str_has_prefix(line, SL_STR("-- Server version"))) {
            sl_str version = sl_str_trim(sl_str_slice(line, 17, SIZE_MAX));
            found.mode.server_version = version_number(version);
            found.mode.mariadb |= sl_str_find_nocase(version, SL_STR("mariadb")) != SIZE_MAX;
        }
    }
    return found;
}

/* --- Paths ---------------------------------------------------------------------------------------------------------
 */

struct sl_dialect_evidence sl_dialect_from_path(sl_str path, struct sl_arena *arena)
{
    struct sl_dialect_evidence found = nothing;
    size_t start = 0;
    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && !strchr("/._-", path.ptr[i]))
            continue;
        sl_str word = sl_str_slice(path, start, i - start);
        start = i + 1;
        enum sl_dialect dialect;
        if (word.len > 1 && sl_dialect_lookup(word, &dialect)) { /* the last word says most */
            found.mode.dialect = dialect;
            found.reason = sl_arena_printf(arena, "\"%.*s\" in the path", SL_STR_ARG(word));
        }
    }
    return found;
}

/* --- Configuration files -------------------------------------------------------------------------------------------
 */

/* The lines of each file that name an adapter, and how. */
static const struct {
    const char *file; /* how the base name begins */
    const char *key;  /* what the line begins with; in programs and JSON, what it holds */
} config_lines[] = {
    {"database.yml", "adapter:"},  {"database.yml", "url:"},      {"migration_lock.toml", "provider"},
    {"schema.prisma", "provider"}, {"drizzle.config", "dialect"}, {"diesel.toml", "backend"},
    {"sqitch.conf", "engine"},     {"atlas.hcl", "dev"},          {"atlas.hcl", "url"},
    {"dbconfig.yml", "dialect:"},  {".sqlfluff", "dialect"},      {"knexfile", "client:"},
    {"flyway.conf", "flyway.url"}, {"flyway.toml", "url"},        {"application.properties", "spring.datasource.url"},
    {"application.yml", "url:"},   {".env", "DATABASE_URL"},      {"_journal.json", "\"dialect\""},
};

/* The first word of the text that is a dialect's name, also inside "jdbc:postgresql://" and ENV.fetch("X", "mysql2").
 */
static bool first_dialect_word(sl_str text, enum sl_dialect *dialect, sl_str *word)
{
    size_t start = 0;
    for (size_t i = 0; i <= text.len; i++) {
        bool in_word = i < text.len && (sl_is_alpha(text.ptr[i]) || sl_is_digit(text.ptr[i]));
        if (in_word)
            continue;
        *word = sl_str_slice(text, start, i - start);
        start = i + 1;
        if (word->len > 1 && sl_dialect_lookup(*word, dialect))
            return true;
    }
    return false;
}

static bool gem_dialect(sl_str line, enum sl_dialect *dialect)
{
    static const struct {
        const char *gem;
        enum sl_dialect dialect;
    } gems[] = {{"pg", SL_DIALECT_POSTGRES},
                {"activerecord-postgis-adapter", SL_DIALECT_POSTGRES},
                {"mysql2", SL_DIALECT_MYSQL},
                {"trilogy", SL_DIALECT_MYSQL},
                {"sqlite3", SL_DIALECT_SQLITE}};
    if (!sl_str_has_prefix(line, SL_STR("gem ")) || line.len < 6)
        return false;
    sl_str rest = sl_str_slice(line, 5, SIZE_MAX);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '"' && rest.ptr[end] != '\'')
        end++;
    for (size_t i = 0; i < sizeof gems / sizeof gems[0]; i++) {
        if (!sl_str_eq(sl_str_slice(rest, 0, end), sl_str_from(gems[i].gem)))
            continue;
        *dialect = gems[i].dialect;
        return true;
    }
    return false;
}

static bool config_line(sl_str base, sl_str line, enum sl_dialect *dialect, sl_str *word)
{
    if (sl_str_has_prefix(base, SL_STR("Gemfile"))) {
        *word = line;
        return gem_dialect(line, dialect);
    }
    for (size_t i = 0; i < sizeof config_lines / sizeof config_lines[0]; i++) {
        size_t at = sl_str_find(line, sl_str_from(config_lines[i].key));
        bool is_program = sl_str_has_suffix(base, SL_STR(".ts")) || sl_str_has_suffix(base, SL_STR(".js")) ||
                          sl_str_has_suffix(base, SL_STR(".json"));
        if (!sl_str_has_prefix(base, sl_str_from(config_lines[i].file)) || at == SIZE_MAX || (at > 0 && !is_program))
            continue;
        if (first_dialect_word(sl_str_slice(line, at, SIZE_MAX), dialect, word))
            return true;
    }
    return false;
}

struct sl_dialect_evidence sl_dialect_from_config(sl_str path, sl_str text, struct sl_arena *arena)
{
    struct sl_dialect_evidence found = nothing;
    sl_str base = sl_path_base(path);
    sl_str line;
    while (sl_str_next_line(&text, &line)) {
        sl_str word = SL_STR_EMPTY;
        enum sl_dialect dialect;
        if (!config_line(base, sl_str_trim(line), &dialect, &word))
            continue;
        found.mode.dialect = dialect;
        found.reason = sl_arena_printf(arena, "%.*s: %.*s", SL_STR_ARG(path), SL_STR_ARG(word));
        return found;
    }
    return found;
}
