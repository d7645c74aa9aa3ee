#include "rule/page.h"

#include <stdio.h>
#include <string.h>

#include "base/vec.h"

const char *const sl_rule_source_kinds[] = {"schema", "migration", "sql", "code", "query_log", NULL};

static const char *const severities[] = {"error", "warning", "note", NULL};
static const char *const confidences[] = {"high", "medium", "low", NULL};
static const char *const statuses[] = {"preview", "stable", "deprecated", "removed", NULL};

/* A page while it is read, line by line. */
struct page {
    sl_str path;
    struct sl_arena *run;
    sl_str rest;
    sl_str current;
    uint32_t line; /* of `current`, 1-based */
    struct sl_rule *rule;
    struct sl_error *err;
    uint32_t seen_keys;
    bool has_query;
};

static int word_index(const char *const *words, sl_str word)
{
    for (int i = 0; words[i]; i++)
        if (sl_str_eq(word, sl_str_from(words[i])))
            return i;
    return -1;
}

static const char *lookup_word(const char *const *words, sl_str word)
{
    int i = word_index(words, word);
    return i < 0 ? NULL : words[i];
}

const char *sl_rule_status_name(enum sl_rule_status status)
{
    return statuses[status];
}

const char *sl_rule_severity_lookup(sl_str word)
{
    return lookup_word(severities, word);
}

const char *sl_rule_confidence_lookup(sl_str word)
{
    return lookup_word(confidences, word);
}

SL_PRINTF(3, 4)
static enum sl_status refuse(struct page *page, uint32_t line, const char *format, ...)
{
    char what[512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return sl_error_set(page->err, SL_ERR_CONFIG, "%.*s:%u: %s", SL_STR_ARG(page->path), line, what);
}

static bool next_line(struct page *page)
{
    if (!sl_str_next_line(&page->rest, &page->current))
        return false;
    page->line++;
    return true;
}

/* ---- front matter: `key: value` lines; a strict part of YAML ---- */

enum key {
    KEY_ID,
    KEY_NAME,
    KEY_SUMMARY,
    KEY_SEVERITY,
    KEY_CONFIDENCE,
    KEY_STATUS,
    KEY_SINCE,
    KEY_APPLIES_TO,
    KEY_MESSAGE,
    KEY_ADVICE,
    KEY_DEFAULT,
    KEY_PHASE,
    KEY_NEEDS
};
static const char *const keys[] = {"id",         "name",    "summary", "severity", "confidence", "status", "since",
                                   "applies_to", "message", "advice",  "default",  "phase",      "needs",  NULL};
#define N_REQUIRED_KEYS (KEY_MESSAGE + 1)

/* "…" with \" and \\, or a plain scalar that YAML reads as the same text. */
static enum sl_status read_scalar(struct page *page, sl_str raw, sl_str *out)
{
    if (raw.len == 0)
        return refuse(page, page->line, "This key has no value.");
    if (raw.ptr[0] != '"') {
        if (strchr("'`[]{}>|*&!%#@,?-", raw.ptr[0]) || sl_str_find(raw, SL_STR(": ")) != SIZE_MAX ||
            sl_str_find(raw, SL_STR(" #")) != SIZE_MAX || raw.ptr[raw.len - 1] == ':')
            return refuse(page, page->line, "Write this value in double quotes: YAML would read it as something else.");
        *out = raw;
        return SL_OK;
    }
    char *text = sl_arena_alloc(page->run, raw.len);
    size_t len = 0;
    size_t i = 1;
    for (; i < raw.len && raw.ptr[i] != '"'; i++) {
        if (raw.ptr[i] == '\\') {
            i++;
            if (i >= raw.len || (raw.ptr[i] != '"' && raw.ptr[i] != '\\'))
                return refuse(page, page->line, "Only \\\" and \\\\ may follow a backslash.");
        }
        text[len++] = raw.ptr[i];
    }
    if (i + 1 != raw.len)
        return refuse(page, page->line, "The closing double quote is not at the end of the line.");
    *out = (sl_str){text, len};
    return SL_OK;
}

static enum sl_status read_applies_to(struct page *page, sl_str raw)
{
    if (raw.len < 2 || raw.ptr[0] != '[' || raw.ptr[raw.len - 1] != ']')
        return refuse(page, page->line, "applies_to is a list: [schema, migration, sql, code, query_log].");
    sl_str rest = sl_str_slice(raw, 1, raw.len - 2);
    while (rest.len > 0) {
        size_t comma = sl_str_find_byte(rest, ',');
        sl_str word = sl_str_trim(sl_str_slice(rest, 0, comma));
        int i = word_index(sl_rule_source_kinds, word);
        if (i < 0)
            return refuse(page, page->line, "\"%.*s\" is no kind of source.", SL_STR_ARG(word));
        page->rule->applies_to |= 1u << i;
        rest = comma == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(rest, comma + 1, SIZE_MAX);
    }
    if (page->rule->applies_to == 0)
        return refuse(page, page->line, "applies_to names no kind of source.");
    return SL_OK;
}

static enum sl_status read_id(struct page *page, sl_str value)
{
    size_t n_letters = 0;
    while (n_letters < value.len && value.ptr[n_letters] >= 'A' && value.ptr[n_letters] <= 'Z')
        n_letters++;
    size_t end = n_letters;
    while (end < value.len && sl_is_digit(value.ptr[end]))
        end++;
    if (n_letters == 0 || end == n_letters || end != value.len || value.len > 16)
        return refuse(page, page->line, "An id is capital letters and then digits, such as ACME101.");
    page->rule->id = value;
    return SL_OK;
}

static enum sl_status read_name(struct page *page, sl_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!(value.ptr[i] >= 'a' && value.ptr[i] <= 'z') && !sl_is_digit(value.ptr[i]) && value.ptr[i] != '-')
            return refuse(page, page->line, "A name is lower case words joined by \"-\".");
    page->rule->name = value;
    return SL_OK;
}

static enum sl_status read_word(struct page *page, const char *const *words, sl_str value, int *index)
{
    *index = word_index(words, value);
    if (*index >= 0)
        return SL_OK;
    char choice[128] = "";
    for (int i = 0; words[i]; i++) {
        size_t used = strlen(choice);
        snprintf(choice + used, sizeof choice - used, "%s%s", i ? ", " : "", words[i]);
    }
    return refuse(page, page->line, "\"%.*s\" is not one of %s.", SL_STR_ARG(value), choice);
}

/* The keys whose value is one word of a list. */
static enum sl_status read_choice(struct page *page, enum key key, sl_str value)
{
    static const char *const switches[] = {"off", "on", NULL};
    static const char *const phases[] = {"facts", "ignores", NULL};
    struct sl_rule *rule = page->rule;
    const char *const *words = key == KEY_SEVERITY     ? severities
                               : key == KEY_CONFIDENCE ? confidences
                               : key == KEY_STATUS     ? statuses
                               : key == KEY_DEFAULT    ? switches
                                                       : phases;
    int index = 0;
    SL_TRY(read_word(page, words, value, &index));
    switch (key) {
    case KEY_SEVERITY:
        rule->severity = severities[index];
        break;
    case KEY_CONFIDENCE:
        rule->confidence = confidences[index];
        break;
    case KEY_STATUS:
        rule->status = (enum sl_rule_status)index;
        break;
    case KEY_DEFAULT:
        rule->is_on_by_default = index == 1;
        break;
    default:
        rule->phase = (enum sl_rule_phase)index;
    }
    return SL_OK;
}

static enum sl_status read_key(struct page *page, enum key key, sl_str raw)
{
    struct sl_rule *rule = page->rule;
    if (key == KEY_APPLIES_TO)
        return read_applies_to(page, raw);
    sl_str value = SL_STR_EMPTY;
    SL_TRY(read_scalar(page, raw, &value));
    switch (key) {
    case KEY_ID:
        return read_id(page, value);
    case KEY_NAME:
        return read_name(page, value);
    case KEY_SUMMARY:
        rule->summary = value;
        return SL_OK;
    case KEY_SINCE:
        rule->since = value;
        return SL_OK;
    case KEY_MESSAGE:
        rule->message = value;
        rule->message_line = page->line;
        return SL_OK;
    case KEY_ADVICE:
        rule->advice = value;
        rule->advice_line = page->line;
        return SL_OK;
    case KEY_NEEDS:
        rule->needs = value;
        rule->needs_line = page->line;
        return SL_OK;
    default:
        return read_choice(page, key, value);
    }
}

static enum sl_status read_front_matter_line(struct page *page)
{
    size_t colon = sl_str_find_byte(page->current, ':');
    if (colon == SIZE_MAX)
        return refuse(page, page->line, "A line of the front matter is `key: value`.");
    sl_str name = sl_str_slice(page->current, 0, colon);
    int key = word_index(keys, name);
    if (key < 0)
        return refuse(page, page->line, "\"%.*s\" is no key of a rule's front matter.", SL_STR_ARG(name));
    if (page->seen_keys & 1u << key)
        return refuse(page, page->line, "%s stands here twice.", keys[key]);
    page->seen_keys |= 1u << key;
    return read_key(page, (enum key)key, sl_str_trim(sl_str_slice(page->current, colon + 1, SIZE_MAX)));
}

static enum sl_status read_front_matter(struct page *page)
{
    if (!next_line(page) || !sl_str_eq(page->current, SL_STR("---")))
        return refuse(page, 1, "A rule page begins with front matter between two \"---\" lines.");
    for (;;) {
        if (!next_line(page))
            return refuse(page, page->line, "The front matter does not end: its second \"---\" line is missing.");
        if (sl_str_eq(page->current, SL_STR("---")))
            break;
        if (sl_str_trim(page->current).len > 0)
            SL_TRY(read_front_matter_line(page));
    }
    for (int key = 0; key < N_REQUIRED_KEYS; key++)
        if (!(page->seen_keys & 1u << key))
            return refuse(page, page->line, "The front matter has no %s.", keys[key]);
    return SL_OK;
}

/* ---- sections ---- */

enum section { SECTION_NONE, SECTION_WHAT, SECTION_QUERY, SECTION_FLAGGED, SECTION_NOT_FLAGGED, SECTION_FIX };
static const char *const section_names[] = {"", "What it finds", "Query", "Flagged", "Not flagged", "Fix", NULL};

static sl_str next_word(sl_str *rest)
{
    *rest = sl_str_trim(*rest);
    size_t end = 0;
    while (end < rest->len && !sl_is_space(rest->ptr[end]))
        end++;
    sl_str word = sl_str_slice(*rest, 0, end);
    *rest = sl_str_slice(*rest, end, SIZE_MAX);
    return word;
}

static enum sl_status add_example(struct page *page, bool is_flagged, sl_str info, sl_str text, uint32_t line)
{
    struct sl_rule_example example = {.is_flagged = is_flagged, .text = text, .line = line};
    example.language = next_word(&info);
    if (example.language.len == 0)
        return refuse(page, line - 1, "An example says its language and dialect: ```sql mysql.");
    for (sl_str word = next_word(&info); word.len > 0; word = next_word(&info)) {
        if (sl_str_has_prefix(word, SL_STR("path=")))
            example.path = sl_str_slice(word, 5, SIZE_MAX);
        else if (word_index((const char *const[]){"postgres", "mysql", "sqlite", NULL}, word) >= 0)
            example.dialect = word;
        else if (word_index(sl_rule_source_kinds, word) >= 0)
            example.kind = word;
        else
            return refuse(page, line - 1, "\"%.*s\" is neither a dialect nor a kind of source nor path=….",
                          SL_STR_ARG(word));
    }
    *SL_VEC_PUSH(page->run, &page->rule->examples) = example;
    return SL_OK;
}

/* A fenced block; `current` is its opening line. */
static enum sl_status read_block(struct page *page, enum section section)
{
    sl_str info = sl_str_trim(sl_str_slice(page->current, 3, SIZE_MAX));
    uint32_t opening = page->line;
    const char *start = page->rest.ptr;
    for (;;) {
        if (!next_line(page))
            return refuse(page, opening, "This code block does not end.");
        if (sl_str_has_prefix(page->current, SL_STR("```")))
            break;
    }
    sl_str text = {start, (size_t)(page->current.ptr - start)};
    if (section == SECTION_FLAGGED || section == SECTION_NOT_FLAGGED)
        return add_example(page, section == SECTION_FLAGGED, info, text, opening + 1);
    if (section != SECTION_QUERY || !sl_str_eq(info, SL_STR("sql rule")))
        return SL_OK;
    if (page->has_query)
        return refuse(page, opening, "A rule has one ```sql rule block.");
    page->has_query = true;
    page->rule->query = text;
    page->rule->query_line = opening + 1;
    return SL_OK;
}

static void keep_section(struct sl_rule *rule, enum section section, const char *start, const char *end)
{
    sl_str text = sl_str_trim((sl_str){start, (size_t)(end - start)});
    if (section == SECTION_WHAT)
        rule->what = text;
    if (section == SECTION_FIX)
        rule->fix = text;
}

static enum section section_of(sl_str heading)
{
    int i = word_index(section_names, sl_str_trim(sl_str_slice(heading, 3, SIZE_MAX)));
    return i < 0 ? SECTION_NONE : (enum section)i;
}

static enum sl_status read_sections(struct page *page)
{
    enum section section = SECTION_NONE;
    const char *start = page->rest.ptr;
    uint32_t seen = 0;
    while (next_line(page)) {
        if (sl_str_has_prefix(page->current, SL_STR("```")))
            SL_TRY(read_block(page, section));
        if (!sl_str_has_prefix(page->current, SL_STR("## ")))
            continue;
        keep_section(page->rule, section, start, page->current.ptr);
        section = section_of(page->current);
        if (section != SECTION_NONE && (seen & 1u << section))
            return refuse(page, page->line, "The section \"%s\" stands here twice.", section_names[section]);
        seen |= 1u << section;
        start = page->rest.ptr;
    }
    keep_section(page->rule, section, start, page->rest.ptr);
    if (page->rule->status == SL_RULE_REMOVED)
        return SL_OK;
    for (int i = SECTION_WHAT; section_names[i]; i++)
        if (!(seen & 1u << i))
            return refuse(page, page->line, "The page has no section \"## %s\".", section_names[i]);
    if (!page->has_query)
        return refuse(page, page->line, "The page has no ```sql rule block under \"## Query\".");
    return SL_OK;
}

enum sl_status sl_rule_page_parse(sl_str path, sl_str bytes, struct sl_arena *run, struct sl_rule *rule,
                                  struct sl_error *err)
{
    struct sl_rule parsed = {.path = path, .bytes = bytes, .is_on_by_default = true};
    struct page page = {.path = path, .run = run, .rest = bytes, .rule = &parsed, .err = err};
    SL_TRY(read_front_matter(&page));
    SL_TRY(read_sections(&page));
    *rule = parsed;
    return SL_OK;
}
