/* reader_code: SQL in the string literals of the languages other than Ruby, and the ORM calls of PHP and Python. */
#include "source/literal.h"
#include "source/orm_statement.h"
#include "source/readers.h"

/* One row a language: what else than SQL literals it may hold, and how that is read. */
static const struct {
    enum sl_language language;
    const char *const words[4]; /* one of them must be there; NULL ends */
    void (*read)(const struct sl_source *source, const struct sl_syntax *syntax, struct sl_arena *file,
                 struct sl_reading *reading);
} orms[] = {
    {SL_LANGUAGE_PHP, {"->update(", "->save(", "::where", "DB::table"}, sl_php_read},
    {SL_LANGUAGE_PYTHON, {".objects.", ".objects\n", NULL}, sl_python_read},
};

bool sl_code_claims(const struct sl_source *source)
{
    enum sl_language language = sl_language_of_path(source->path);
    return language != SL_LANGUAGE_NONE && language != SL_LANGUAGE_RUBY && sl_syntax_has_language(language);
}

static size_t orm_of(const struct sl_source *source, enum sl_language language)
{
    for (size_t i = 0; i < sizeof orms / sizeof orms[0]; i++) {
        for (size_t w = 0; orms[i].language == language && w < 4 && orms[i].words[w]; w++) {
            if (sl_str_find(source->bytes, sl_str_from(orms[i].words[w])) != SIZE_MAX)
                return i;
        }
    }
    return SIZE_MAX;
}

enum sl_status sl_code_read(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                            struct sl_error *err)
{
    (void)err;
    enum sl_language language = sl_language_of_path(source->path);
    bool may_hold_sql = sl_literal_may_hold_sql(source->bytes);
    size_t orm = orm_of(source, language);
    if (!may_hold_sql && orm == SIZE_MAX)
        return SL_OK;
    struct sl_syntax syntax;
    sl_syntax_parse_source(source, language, file, &syntax);
    if (!syntax.root)
        return SL_OK;
    size_t first = reading->len;
    if (may_hold_sql)
        sl_literal_read(&syntax, source->mode.dialect, file, reading);
    if (orm != SIZE_MAX)
        orms[orm].read(source, &syntax, file, reading);
    if (reading->len > first)
        sl_syntax_report_errors(&syntax, file, reading);
    sl_reading_sort(reading, first);
    sl_reading_mark_scripts(source, &syntax, reading, first);
    return SL_OK;
}
