#include "plan/phrase.h"

#include "base/buf.h"
#include "plan/quote.h"

/*
 * %A the record's attribute, %E the event's name, %N the moment (in an integer column, seconds), %T the test of the
 * value, %S COALESCE(event, now) and %Q the event's name as strings of SQL.
 */
static const struct tongue {
    enum sl_language language;
    const char *member, *now, *epoch;
    const char *one, *list, *not_null; /* %V the value, %L the literals */
    char quote;
    const char *phrases[SL_PHRASE_COUNT];
} tongues[] = {
    {SL_LANGUAGE_RUBY,
     ".",
     "Time.current",
     "Time.current.to_i",
     "%V == %L",
     "[%L].include?(%V)",
     "!%V.nil?",
     '"',
     {[SL_PHRASE_NOW] = "%N",
      [SL_PHRASE_KEEP] = "%A || %N",
      [SL_PHRASE_KEEP_IF] = "(%T ? %A || %N : %A)",
      [SL_PHRASE_INSERT_IF] = "(%N if %T)",
      [SL_PHRASE_SET] = "Arel.sql(%S)",
      [SL_PHRASE_SET_IF] = "Arel.sql(%T ? %S : %Q)",
      [SL_PHRASE_LINE] = "%A ||= %N",
      [SL_PHRASE_LINE_IF] = "%A ||= %N if %T"}},
    {SL_LANGUAGE_PYTHON,
     ".",
     "timezone.now()",
     "int(timezone.now().timestamp())",
     "%V == %L",
     "%V in (%L)",
     "%V is not None",
     '"',
     {[SL_PHRASE_NOW] = "%N",
      [SL_PHRASE_KEEP] = "%A or %N",
      [SL_PHRASE_KEEP_IF] = "(%A or %N) if %T else %A",
      [SL_PHRASE_INSERT_IF] = "%N if %T else None",
      [SL_PHRASE_SET] = "Coalesce(\"%E\", Now())",
      [SL_PHRASE_SET_IF] = "Coalesce(\"%E\", Now()) if %T else F(\"%E\")",
      [SL_PHRASE_LINE] = "%A = %A or %N",
      [SL_PHRASE_LINE_IF] = "%A = (%A or %N) if %T else %A"}},
    {SL_LANGUAGE_PHP,
     "->",
     "now()",
     "now()->timestamp",
     "%V === %L",
     "in_array(%V, [%L], true)",
     "%V !== null",
     '\'',
     {[SL_PHRASE_NOW] = "%N",
      [SL_PHRASE_KEEP] = "%A ?? %N",
      [SL_PHRASE_KEEP_IF] = "%T ? %A ?? %N : %A",
      [SL_PHRASE_INSERT_IF] = "%T ? %N : null",
      [SL_PHRASE_SET] = "\\DB::raw(%S)",
      [SL_PHRASE_SET_IF] = "\\DB::raw(%T ? %S : %Q)",
      [SL_PHRASE_LINE] = "%A = %A ?? %N;",
      [SL_PHRASE_LINE_IF] = "%A = %T ? %A ?? %N : %A;"}},
};

/* Imports, and the words by which a file shows that it has them. */
static const struct {
    enum sl_language language;
    enum sl_phrase_kind first, last;
    const char *import, *shown_by;
} imports[] = {
    {SL_LANGUAGE_PYTHON, SL_PHRASE_NOW, SL_PHRASE_INSERT_IF, "timezone from django.utils", "timezone"},
    {SL_LANGUAGE_PYTHON, SL_PHRASE_LINE, SL_PHRASE_LINE_IF, "timezone from django.utils", "timezone"},
    {SL_LANGUAGE_PYTHON, SL_PHRASE_SET, SL_PHRASE_SET, "Coalesce and Now from django.db.models.functions", "Coalesce"},
    {SL_LANGUAGE_PYTHON, SL_PHRASE_SET_IF, SL_PHRASE_SET_IF,
     "F from django.db.models, Coalesce and Now from django.db.models.functions", "Coalesce"},
    {SL_LANGUAGE_PHP, SL_PHRASE_KEEP, SL_PHRASE_INSERT_IF, "the column among $fillable of the model", "forceFill"},
};

static const struct tongue *tongue_of(enum sl_language language)
{
    for (size_t i = 0; i < sizeof tongues / sizeof *tongues; i++) {
        if (tongues[i].language == language)
            return &tongues[i];
    }
    return NULL;
}

bool sl_phrase_has_language(enum sl_language language)
{
    return tongue_of(language) != NULL;
}

const char *sl_phrase_member(enum sl_language language)
{
    const struct tongue *tongue = tongue_of(language);
    return tongue ? tongue->member : ".";
}

const char *sl_phrase_needs(enum sl_language language, enum sl_phrase_kind kind, sl_str bytes)
{
    for (size_t i = 0; i < sizeof imports / sizeof *imports; i++) {
        if (imports[i].language == language && kind >= imports[i].first && kind <= imports[i].last)
            return sl_str_find(bytes, sl_str_from(imports[i].shown_by)) == SIZE_MAX ? imports[i].import : NULL;
    }
    return NULL;
}

/* A string literal of the language; Ruby's # would insert something. */
static sl_str string_of(const struct tongue *tongue, sl_str text, struct sl_arena *run)
{
    struct sl_buf out = {0};
    sl_buf_add_byte(&out, tongue->quote);
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        if (byte == tongue->quote || byte == '\\' || (byte == '#' && tongue->language == SL_LANGUAGE_RUBY))
            sl_buf_add_byte(&out, '\\');
        sl_buf_add_byte(&out, byte);
    }
    sl_buf_add_byte(&out, tongue->quote);
    sl_str result = sl_arena_copy(run, sl_buf_str(&out));
    sl_buf_release(&out);
    return result;
}

/* The template with each %X replaced; `pieces` has a text for each capital letter that may stand. */
static sl_str expand(const char *template, const sl_str pieces[26], struct sl_arena *run)
{
    struct sl_buf out = {0};
    for (const char *at = template; *at; at++) {
        if (at[0] == '%' && at[1] >= 'A' && at[1] <= 'Z')
            sl_buf_add(&out, pieces[*++at - 'A']);
        else
            sl_buf_add_byte(&out, *at);
    }
    sl_str result = sl_arena_copy(run, sl_buf_str(&out));
    sl_buf_release(&out);
    return result;
}

static sl_str added(sl_str list, sl_str item, struct sl_arena *run)
{
    return sl_arena_printf(run, "%.*s%s%.*s", SL_STR_ARG(list), list.len ? ", " : "", SL_STR_ARG(item));
}

/* 'winner' → "winner"; a number as it is. Of an enum, the names: an attribute answers with them; a value that is on its
 * way to be written may be either. */
static sl_str literals(const struct sl_phrase *phrase, const struct tongue *tongue, struct sl_arena *run)
{
    const struct sl_when *when = &phrase->target->when;
    bool is_enum = when->names.len > 0;
    sl_str list = SL_STR_EMPTY;
    for (size_t i = 0; i < when->names.len; i++)
        list = added(list, string_of(tongue, when->names.items[i], run), run);
    for (size_t i = 0; i < when->values.len && !(is_enum && phrase->is_attribute); i++) {
        sl_str value = when->values.items[i];
        bool is_text = value.len > 1 && value.ptr[0] == '\'';
        sl_str bare = is_text ? sl_str_slice(value, 1, value.len - 2) : value;
        list = added(list, is_text || is_enum ? string_of(tongue, bare, run) : value, run);
    }
    return list;
}

static sl_str test_of(const struct sl_phrase *phrase, const struct tongue *tongue, struct sl_arena *run)
{
    const struct sl_when *when = &phrase->target->when;
    sl_str pieces[26] = {0};
    pieces['V' - 'A'] = phrase->value;
    switch (when->kind) {
    case SL_WHEN_TRUE:
        return phrase->value;
    case SL_WHEN_NOT_NULL:
        return expand(tongue->not_null, pieces, run);
    case SL_WHEN_VALUES:
        break;
    default:
        return SL_STR_EMPTY;
    }
    bool is_text = when->names.len || when->values.items[0].ptr[0] == '\'';
    if (tongue->language == SL_LANGUAGE_RUBY && is_text && !phrase->is_attribute) /* a symbol is as good as its name */
        pieces['V' - 'A'] = sl_arena_printf(run, "%.*s.to_s", SL_STR_ARG(phrase->value));
    pieces['L' - 'A'] = literals(phrase, tongue, run);
    bool is_one = when->values.len == 1 && (!when->names.len || phrase->is_attribute);
    return expand(is_one ? tongue->one : tongue->list, pieces, run);
}

sl_str sl_phrase_render(const struct sl_phrase *phrase, enum sl_phrase_kind kind, struct sl_arena *run)
{
    const struct tongue *tongue = tongue_of(phrase->language);
    const struct sl_plan_target *target = phrase->target;
    if (!tongue)
        return SL_STR_EMPTY;
    sl_str pieces[26] = {0};
    sl_str name = sl_plan_quote_name_if_needed(target->dialect, target->event, run);
    pieces['E' - 'A'] = target->event;
    pieces['N' - 'A'] = sl_str_from(sl_plan_type_is_integer(target->event_type) ? tongue->epoch : tongue->now);
    pieces['A' - 'A'] = phrase->record.len ? sl_arena_printf(run, "%.*s%s%.*s", SL_STR_ARG(phrase->record),
                                                             tongue->member, SL_STR_ARG(target->event))
                                           : target->event;
    if (phrase->words) {
        pieces['Q' - 'A'] = string_of(tongue, name, run);
        pieces['S' - 'A'] = string_of(
            tongue, sl_arena_printf(run, "COALESCE(%.*s, %.*s)", SL_STR_ARG(name), SL_STR_ARG(phrase->words->now)),
            run);
    }
    bool is_tested = kind == SL_PHRASE_KEEP_IF || kind == SL_PHRASE_INSERT_IF || kind == SL_PHRASE_SET_IF ||
                     kind == SL_PHRASE_LINE_IF;
    pieces['T' - 'A'] = is_tested ? test_of(phrase, tongue, run) : SL_STR_EMPTY;
    if (is_tested && !pieces['T' - 'A'].len)
        return SL_STR_EMPTY;
    return expand(tongue->phrases[kind], pieces, run);
}
