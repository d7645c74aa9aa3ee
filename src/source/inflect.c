#include "source/inflect.h"

struct ending {
    const char *from, *to;
};

static const char *const unchanged[] = {"equipment", "information", "rice",  "money", "species",
                                        "series",    "fish",        "sheep", "jeans", "police"};

static const struct ending irregular[] = {
    {"person", "people"}, {"man", "men"},           {"child", "children"},  {"sex", "sexes"},
    {"move", "moves"},    {"zombie", "zombies"},    {"ox", "oxen"},         {"quiz", "quizzes"},
    {"mouse", "mice"},    {"louse", "lice"},        {"matrix", "matrices"}, {"vertex", "vertices"},
    {"index", "indices"}, {"buffalo", "buffaloes"}, {"tomato", "tomatoes"}, {"bus", "buses"},
    {"alias", "aliases"}, {"status", "statuses"},   {"octopus", "octopi"},  {"virus", "viri"},
    {"axis", "axes"},     {"testis", "testes"},     {"hive", "hives"},
};

/* Singular → plural, the first that fits. "?y" stands for a consonant before the y. */
static const struct ending plural_endings[] = {
    {"x", "xes"},     {"ch", "ches"}, {"ss", "sses"}, {"sh", "shes"}, {"?y", "ies"},
    {"quy", "quies"}, {"?fe", "ves"}, {"lf", "lves"}, {"rf", "rves"}, {"sis", "ses"},
    {"ta", "ta"},     {"ia", "ia"},   {"tum", "ta"},  {"ium", "ia"},  {"s", "s"},
};

static const struct ending singular_endings[] = {
    {"ss", "ss"},       {"news", "news"},     {"ches", "ch"},      {"shes", "sh"},
    {"xes", "x"},       {"sses", "ss"},       {"movies", "movie"}, {"series", "series"},
    {"quies", "quy"},   {"?ies", "y"},        {"lves", "lf"},      {"rves", "rf"},
    {"tives", "tive"},  {"hives", "hive"},    {"?ves", "fe"},      {"analyses", "analysis"},
    {"bases", "basis"}, {"crises", "crisis"}, {"ta", "tum"},       {"oes", "o"},
    {"s", ""},
};

static bool is_consonant(char c)
{
    return !strchr("aeiouy", c);
}

static bool ends_with(sl_str word, const char *ending, size_t *cut)
{
    bool needs_consonant = ending[0] == '?';
    sl_str tail = sl_str_from(ending + needs_consonant);
    if (!sl_str_has_suffix(word, tail))
        return false;
    *cut = word.len - tail.len;
    bool is_f = tail.ptr[0] == 'f' || tail.ptr[0] == 'v';
    if (!needs_consonant)
        return true;
    return *cut > 0 && (is_f ? word.ptr[*cut - 1] != 'f' : is_consonant(word.ptr[*cut - 1]));
}

/* Where the last word of a_b_c begins. */
static size_t last_word_off(sl_str word)
{
    for (size_t i = word.len; i > 0; i--) {
        if (word.ptr[i - 1] == '_' || word.ptr[i - 1] == '/' || word.ptr[i - 1] == '.')
            return i;
    }
    return 0;
}

static bool is_unchanged(sl_str word)
{
    for (size_t i = 0; i < sizeof unchanged / sizeof unchanged[0]; i++) {
        if (sl_str_has_suffix(word, sl_str_from(unchanged[i])))
            return true;
    }
    return false;
}

static sl_str replaced(struct sl_arena *arena, sl_str word, size_t cut, const char *ending)
{
    return sl_arena_printf(arena, "%.*s%s", (int)cut, word.ptr, ending);
}

sl_str sl_inflect_pluralize(struct sl_arena *arena, sl_str word)
{
    size_t start = last_word_off(word);
    sl_str last = sl_str_slice(word, start, SIZE_MAX);
    if (last.len == 0 || is_unchanged(last))
        return word;
    for (size_t i = 0; i < sizeof irregular / sizeof irregular[0]; i++) {
        if (sl_str_has_suffix(last, sl_str_from(irregular[i].to)))
            return word;
        sl_str from = sl_str_from(irregular[i].from);
        bool is_whole = sl_str_eq(last, from) || (from.len > 2 && sl_str_has_suffix(last, from) && from.len > 3);
        if (is_whole)
            return replaced(arena, word, word.len - from.len, irregular[i].to);
    }
    for (size_t i = 0; i < sizeof plural_endings / sizeof plural_endings[0]; i++) {
        size_t cut;
        if (ends_with(last, plural_endings[i].from, &cut))
            return replaced(arena, word, start + cut, plural_endings[i].to);
    }
    return replaced(arena, word, word.len, "s");
}

sl_str sl_inflect_singularize(struct sl_arena *arena, sl_str word)
{
    size_t start = last_word_off(word);
    sl_str last = sl_str_slice(word, start, SIZE_MAX);
    if (last.len == 0 || is_unchanged(last))
        return word;
    for (size_t i = 0; i < sizeof irregular / sizeof irregular[0]; i++) {
        sl_str to = sl_str_from(irregular[i].to);
        if (sl_str_eq(last, to) || (to.len > 4 && sl_str_has_suffix(last, to)))
            return replaced(arena, word, word.len - to.len, irregular[i].from);
    }
    for (size_t i = 0; i < sizeof singular_endings / sizeof singular_endings[0]; i++) {
        size_t cut;
        if (ends_with(last, singular_endings[i].from, &cut))
            return replaced(arena, word, start + cut, singular_endings[i].to);
    }
    return word;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

sl_str sl_inflect_underscore(struct sl_arena *arena, sl_str name)
{
    char *out = sl_arena_alloc(arena, name.len * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c == ':') {
            if (len && out[len - 1] != '/')
                out[len++] = '/';
            continue;
        }
        char before = i ? name.ptr[i - 1] : '\0';
        char after = i + 1 < name.len ? name.ptr[i + 1] : '\0';
        bool starts_word = is_upper(c) && i && before != ':' && before != '_' &&
                           (!is_upper(before) || (after && !is_upper(after) && sl_is_alpha(after)));
        if (starts_word)
            out[len++] = '_';
        out[len++] = sl_lower_char(c);
    }
    return (sl_str){out, len};
}

sl_str sl_inflect_demodulize(sl_str name)
{
    for (size_t i = name.len; i > 0; i--) {
        if (name.ptr[i - 1] == ':')
            return sl_str_slice(name, i, SIZE_MAX);
    }
    return name;
}

sl_str sl_inflect_table(struct sl_arena *arena, sl_str class_name)
{
    return sl_inflect_pluralize(arena, sl_inflect_underscore(arena, sl_inflect_demodulize(class_name)));
}

sl_str sl_inflect_table_of_path(struct sl_arena *arena, sl_str class_name)
{
    sl_str path = sl_inflect_underscore(arena, class_name);
    char *name = sl_arena_alloc(arena, path.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] != '/' || i > 0)
            name[len++] = path.ptr[i] == '/' ? '_' : path.ptr[i];
    }
    return sl_inflect_pluralize(arena, (sl_str){name, len});
}

bool sl_inflect_is_same_name(sl_str a, sl_str b)
{
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        while (i < a.len && a.ptr[i] == '_')
            i++;
        while (j < b.len && b.ptr[j] == '_')
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        if (sl_lower_char(a.ptr[i++]) != sl_lower_char(b.ptr[j++]))
            return false;
    }
}
