#include "source/log/fill.h"

/* Words before a "?" that stands for a string; the second half only where MySQL writes a typed literal. */
static const sl_str before_string[] = {SL_STR_INIT("as"), SL_STR_INIT("do"), SL_STR_INIT("comment"),
                                       SL_STR_INIT("encoding"), SL_STR_INIT("password")};
static const sl_str typed[] = {SL_STR_INIT("timestamp"), SL_STR_INIT("date"), SL_STR_INIT("time")};
/* FETCH FORWARD ? */
static const sl_str before_number[] = {SL_STR_INIT("forward"), SL_STR_INIT("backward"), SL_STR_INIT("absolute"),
                                       SL_STR_INIT("relative")};

static bool is_one_of(sl_str word, const sl_str *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq(word, words[i]))
            return true;
    }
    return false;
}
#define IS_ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof(words)[0])

struct fill {
    sl_str text;
    size_t i;
    sl_str word;      /* the last one, if nothing but a space or "(" follows it */
    sl_str before;    /* the one before it; "::" counts as one */
    bool is_modifier; /* inside the parentheses of a type: ::decimal(10, 2), AS decimal(10, 2) */
};

static size_t skip_quoted(sl_str text, size_t i)
{
    char quote = text.ptr[i++];
    while (i < text.len && text.ptr[i] != quote)
        i++;
    return i < text.len ? i + 1 : i;
}

static sl_str value_of(const struct fill *f, enum sl_dialect dialect)
{
    if (f->is_modifier || IS_ONE_OF(f->word, before_number))
        return SL_STR("1");
    bool is_string = IS_ONE_OF(f->word, before_string) || (dialect == SL_DIALECT_MYSQL && IS_ONE_OF(f->word, typed));
    return is_string ? SL_STR("'?'") : SL_STR("?");
}

/* Takes a word, a quoted text or one byte, and remembers what matters to a "?" behind it. */
static void step(struct fill *f)
{
    char c = f->text.ptr[f->i];
    size_t from = f->i;
    if (sl_is_word_char(c)) {
        while (f->i < f->text.len && sl_is_word_char(f->text.ptr[f->i]))
            f->i++;
        f->before = f->word;
        f->word = sl_str_slice(f->text, from, f->i - from);
        return;
    }
    if (c == '\'' || c == '"' || c == '`') {
        f->i = skip_quoted(f->text, f->i);
        f->word = f->before = SL_STR_EMPTY;
        return;
    }
    f->i++;
    if (c == ' ')
        return;
    if (c == '(')
        f->is_modifier = f->word.len && (sl_str_eq(f->before, SL_STR("as")) || sl_str_eq(f->before, SL_STR("::")));
    else if (c == ')')
        f->is_modifier = false;
    bool is_cast = c == ':' && from > 0 && f->text.ptr[from - 1] == ':';
    f->before = SL_STR_EMPTY;
    f->word = is_cast ? SL_STR("::") : SL_STR_EMPTY;
}

void sl_log_fill(sl_str normalised, enum sl_dialect dialect, struct sl_buf *out)
{
    struct fill f = {.text = normalised};
    while (f.i < normalised.len) {
        size_t from = f.i;
        bool is_placeholder = normalised.ptr[f.i] == '?';
        sl_str value = is_placeholder ? value_of(&f, dialect) : SL_STR_EMPTY;
        step(&f);
        sl_buf_add(out, is_placeholder ? value : sl_str_slice(normalised, from, f.i - from));
    }
}
