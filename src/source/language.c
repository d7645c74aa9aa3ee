#include "source/language.h"

static const char *const names[SL_LANGUAGE_COUNT] = {
    [SL_LANGUAGE_NONE] = "none",
    [SL_LANGUAGE_RUBY] = "ruby",
    [SL_LANGUAGE_PYTHON] = "python",
    [SL_LANGUAGE_JAVASCRIPT] = "javascript",
    [SL_LANGUAGE_TYPESCRIPT] = "typescript",
    [SL_LANGUAGE_TSX] = "tsx",
    [SL_LANGUAGE_GO] = "go",
    [SL_LANGUAGE_JAVA] = "java",
    [SL_LANGUAGE_PHP] = "php",
    [SL_LANGUAGE_PHP_BARE] = "php",
    [SL_LANGUAGE_ELIXIR] = "elixir",
};

static const struct {
    const char *suffix;
    enum sl_language language;
} suffixes[] = {
    {".rb", SL_LANGUAGE_RUBY},        {".rake", SL_LANGUAGE_RUBY},      {".py", SL_LANGUAGE_PYTHON},
    {".js", SL_LANGUAGE_JAVASCRIPT},  {".mjs", SL_LANGUAGE_JAVASCRIPT}, {".cjs", SL_LANGUAGE_JAVASCRIPT},
    {".jsx", SL_LANGUAGE_JAVASCRIPT}, {".ts", SL_LANGUAGE_TYPESCRIPT},  {".mts", SL_LANGUAGE_TYPESCRIPT},
    {".cts", SL_LANGUAGE_TYPESCRIPT}, {".tsx", SL_LANGUAGE_TSX},        {".go", SL_LANGUAGE_GO},
    {".java", SL_LANGUAGE_JAVA},      {".php", SL_LANGUAGE_PHP},        {".ex", SL_LANGUAGE_ELIXIR},
    {".exs", SL_LANGUAGE_ELIXIR},
};

enum sl_language sl_language_of_path(sl_str path)
{
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (sl_str_has_suffix(path, sl_str_from(suffixes[i].suffix)))
            return suffixes[i].language;
    }
    return SL_LANGUAGE_NONE;
}

const char *sl_language_name(enum sl_language language)
{
    return language < SL_LANGUAGE_COUNT ? names[language] : names[SL_LANGUAGE_NONE];
}
