#include "sql/keyword.h"

#define PG_N 'N'
#define PG_U 'U'
#define PG_C 'C'
#define PG_T 'T'
#define PG_R 'R'

static const struct {
    const char *word;
    char postgres_class;
    bool is_mysql_reserved, is_sqlite_reserved;
} keywords[SL_N_KEYWORDS] = {
    [SL_NOT_A_KEYWORD] = {"", 'N', false, false},
#define SL_KEYWORD_LENGTH(n)
#define SL_KEYWORD(word, pg, mysql, sqlite) [SL_KW_##word] = {#word, PG_##pg, mysql, sqlite},
#include "sql/keyword.def"
#undef SL_KEYWORD
#undef SL_KEYWORD_LENGTH
};

/* Where the words of each length begin; the words of length n end where those of n + 1 begin. */
static const uint16_t first_of_length[] = {
    SL_KW_LENGTH_1_,
#define SL_KEYWORD(word, pg, mysql, sqlite)
#define SL_KEYWORD_LENGTH(n) SL_KW_LENGTH_##n##_,
#include "sql/keyword.def"
#undef SL_KEYWORD
#undef SL_KEYWORD_LENGTH
    SL_N_KEYWORDS,
};
#define LONGEST (sizeof first_of_length / sizeof first_of_length[0] - 2)

enum sl_keyword sl_keyword_lookup(sl_str word)
{
    if (word.len == 0 || word.len > LONGEST)
        return SL_NOT_A_KEYWORD;
    char upper[LONGEST];
    for (size_t i = 0; i < word.len; i++)
        upper[i] = word.ptr[i] >= 'a' && word.ptr[i] <= 'z' ? (char)(word.ptr[i] - 32) : word.ptr[i];
    unsigned low = first_of_length[word.len];
    unsigned high = first_of_length[word.len + 1];
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = memcmp(upper, keywords[middle].word, word.len);
        if (order == 0)
            return (enum sl_keyword)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return SL_NOT_A_KEYWORD;
}

char sl_keyword_postgres_class(enum sl_keyword keyword)
{
    return keywords[keyword].postgres_class;
}

bool sl_keyword_is_mysql_reserved(enum sl_keyword keyword)
{
    return keywords[keyword].is_mysql_reserved;
}

bool sl_keyword_is_sqlite_reserved(enum sl_keyword keyword)
{
    return keywords[keyword].is_sqlite_reserved;
}
