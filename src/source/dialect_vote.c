/* dialect_vote: words that only one dialect has (or two), counted outside comments and literals. */
#include "base/limits.h"
#include "source/dialect_evidence.h"

#define PG SL_DIALECT_POSTGRES
#define MY SL_DIALECT_MYSQL
#define LITE SL_DIALECT_SQLITE

/* `second` is the next word, or NULL. A call's name has "(" as its second. */
static const struct {
    const char *word, *second;
    enum sl_dialect dialect;
    uint32_t points;
} words[] = {
    {"auto_increment", NULL, MY, 3},
    {"engine", "=", MY, 3},
    {"on", "update current_timestamp", MY, 3},
    {"on", "duplicate", MY, 3},
    {"unsigned", NULL, MY, 2},
    {"tinyint", NULL, MY, 2},
    {"mediumtext", NULL, MY, 2},
    {"longtext", NULL, MY, 2},
    {"mediumint", NULL, MY, 2},
    {"delimiter", NULL, MY, 3},
    {"straight_join", NULL, MY, 3},
    {"date_format", "(", MY, 3},
    {"timestampdiff", "(", MY, 3},
    {"datediff", "(", MY, 2},
    {"curdate", "(", MY, 3},
    {"unix_timestamp", "(", MY, 3},
    {"from_unixtime", "(", MY, 3},
    {"date_sub", "(", MY, 3},
    {"date_add", "(", MY, 3},
    {"str_to_date", "(", MY, 3},
    {"yearweek", "(", MY, 3},
    {"utc_timestamp", NULL, MY, 2},
    {"group_concat", "(", MY, 1},
    {"last_insert_id", "(", MY, 3},
    {"lock", "tables", MY, 3},
    {"replace", "into", MY, 1},
    {"modify", "column", MY, 3},
    {"change", "column", MY, 3},
    {"force", "index", MY, 3},
    {"insert", "ignore", MY, 3},
    {"charset", NULL, MY, 2},
    {"algorithm", "=", MY, 2},
    {"datetime", NULL, MY, 1},
    {"datetime", NULL, LITE, 1},
    {"group_concat", "(", LITE, 1},
    {"replace", "into", LITE, 1},
    {"plpgsql", NULL, PG, 4},
    {"timestamptz", NULL, PG, 3},
    {"bigserial", NULL, PG, 3},
    {"serial", NULL, PG, 2},
    {"jsonb", NULL, PG, 3},
    {"bytea", NULL, PG, 3},
    {"date_trunc", "(", PG, 3},
    {"to_char", "(", PG, 2},
    {"generate_series", "(", PG, 2},
    {"nextval", "(", PG, 3},
    {"gen_random_uuid", "(", PG, 3},
    {"ilike", NULL, PG, 3},
    {"distinct", "on", PG, 3},
    {"create", "extension", PG, 3},
    {"create", "type", PG, 3},
    {"concurrently", NULL, PG, 3},
    {"time", "zone", PG, 2},
    {"at", "time", PG, 2},
    {"generated", "by", PG, 2},
    {"using", "btree", PG, 2},
    {"using", "gin", PG, 3},
    {"character", "varying", PG, 2},
    {"alter", "type", PG, 2},
    {"percentile_cont", "(", PG, 2},
    {"for", "each row execute", PG, 3},
    {"execute", "function", PG, 3},
    {"execute", "procedure", PG, 3},
    {"uuid", NULL, PG, 1},
    {"on", "conflict", PG, 1},
    {"on", "conflict", LITE, 1},
    {"filter", "(", PG, 1},
    {"returning", NULL, PG, 1},
    {"autoincrement", NULL, LITE, 4},
    {"without", "rowid", LITE, 4},
    {"pragma", NULL, LITE, 4},
    {"strftime", "(", LITE, 4},
    {"julianday", "(", LITE, 4},
    {"unixepoch", "(", LITE, 4},
    {"attach", "database", LITE, 3},
    {"insert", "or", LITE, 3},
    {"update", "or", LITE, 3},
    {"raise", "(", LITE, 3},
    {"sqlite_sequence", NULL, LITE, 3},
    {"sqlite_master", NULL, LITE, 3},
};

static void vote(struct sl_dialect_votes *votes, enum sl_dialect dialect, uint32_t points, const char *word)
{
    votes->points[dialect] += points;
    if (points <= votes->word_points[dialect])
        return;
    votes->word_points[dialect] = points;
    votes->word[dialect] = word;
}

static size_t skip_spaces(sl_str s, size_t off)
{
    while (off < s.len && sl_is_space(s.ptr[off]))
        off++;
    return off;
}

/* Offset behind a literal or quoted name that opens at `off`. A doubled quote stays inside. */
static size_t skip_quoted(sl_str s, size_t off)
{
    char quote = s.ptr[off++];
    while (off < s.len && s.ptr[off] != quote)
        off++;
    return off + 1;
}

/* Offset behind the comment that opens at `off`, or `off` where there is none. */
static size_t skip_comment(sl_str s, size_t off)
{
    sl_str rest = sl_str_slice(s, off, SIZE_MAX);
    if (sl_str_has_prefix(rest, SL_STR("--"))) {
        size_t end = sl_str_find_byte(rest, '\n');
        return end == SIZE_MAX ? s.len : off + end;
    }
    if (sl_str_has_prefix(rest, SL_STR("/*"))) {
        size_t end = sl_str_find(rest, SL_STR("*/"));
        return end == SIZE_MAX ? s.len : off + end + 2;
    }
    return off;
}

static void vote_word(sl_str s, size_t off, size_t len, struct sl_dialect_votes *votes)
{
    sl_str word = sl_str_slice(s, off, len);
    sl_str next = sl_str_slice(s, skip_spaces(s, off + len), SIZE_MAX);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_lower_char(word.ptr[0]) != words[i].word[0] || !sl_str_eq_nocase(word, sl_str_from(words[i].word)))
            continue;
        if (!words[i].second || sl_str_has_prefix_nocase(next, sl_str_from(words[i].second)))
            vote(votes, words[i].dialect, words[i].points, words[i].word);
    }
}

/* Punctuation that only one dialect has; answers how many bytes it is. */
static size_t vote_punctuation(sl_str s, size_t off, struct sl_dialect_votes *votes)
{
    sl_str rest = sl_str_slice(s, off, SIZE_MAX);
    if (sl_str_has_prefix(rest, SL_STR("::"))) {
        vote(votes, SL_DIALECT_POSTGRES, 3, "::");
        return 2;
    }
    if (sl_str_has_prefix(rest, SL_STR("$$"))) {
        vote(votes, SL_DIALECT_POSTGRES, 3, "$$");
        return 2;
    }
    if (rest.len > 1 && rest.ptr[0] == '$' && sl_is_digit(rest.ptr[1]))
        vote(votes, SL_DIALECT_POSTGRES, 1, "$1");
    if (rest.ptr[0] == '`') {
        vote(votes, SL_DIALECT_MYSQL, 3, "backticks");
        size_t end = skip_quoted(s, off);
        return (end > s.len ? s.len : end) - off;
    }
    return 1;
}

void sl_dialect_vote(sl_str sql, struct sl_dialect_votes *votes)
{
    size_t off = 0;
    while (off < sql.len) {
        char c = sql.ptr[off];
        size_t behind = skip_comment(sql, off);
        if (sl_str_has_prefix(sl_str_slice(sql, off, 3), SL_STR("/*!")))
            vote(votes, SL_DIALECT_MYSQL, 3, "/*! … */");
        if (behind > off) {
            off = behind;
            continue;
        }
        if (c == '\'' || c == '"') {
            off = skip_quoted(sql, off);
            continue;
        }
        if (!sl_is_word_char(c)) {
            off += vote_punctuation(sql, off, votes);
            continue;
        }
        size_t len = 1;
        while (off + len < sql.len && sl_is_word_char(sql.ptr[off + len]))
            len++;
        vote_word(sql, off, len, votes);
        off += len;
    }
}

void sl_dialect_votes_add(struct sl_dialect_votes *sum, const struct sl_dialect_votes *more)
{
    for (size_t i = 0; i < SL_DIALECT_COUNT; i++) {
        sum->points[i] += more->points[i];
        if (more->word_points[i] <= sum->word_points[i])
            continue;
        sum->word_points[i] = more->word_points[i];
        sum->word[i] = more->word[i];
    }
}

struct sl_dialect_evidence sl_dialect_from_votes(const struct sl_dialect_votes *votes, struct sl_arena *arena)
{
    struct sl_dialect_evidence found = {.mode = {.dialect = SL_DIALECT_UNKNOWN}};
    size_t best = 0;
    for (size_t i = 1; i < SL_DIALECT_COUNT; i++) {
        if (votes->points[i] > votes->points[best])
            best = i;
    }
    for (size_t i = 0; i < SL_DIALECT_COUNT; i++) {
        if (votes->points[best] == 0 || (i != best && votes->points[i] == votes->points[best]))
            return found;
    }
    found.mode.dialect = (enum sl_dialect)best;
    found.reason = sl_arena_printf(arena, "words that only %s has, such as %s", sl_dialect_name((enum sl_dialect)best),
                                   votes->word[best]);
    return found;
}
