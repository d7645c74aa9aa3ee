/*
 * keyword: the words of SQL that some rule of the front end looks at.
 *
 * In:    the bytes of an unquoted word.
 * Out:   its id (SL_KW_SELECT …), or SL_NOT_A_KEYWORD; and who reserves it.
 * Source: keyword.def, made from PostgreSQL's kwlist and the reserved words of the MySQL 8.0, MariaDB 10.11 and SQLite
 *        manuals. Words that only MySQL 8.0 reserves (RANK, ROWS, GROUPS …) are names in 5.7 dumps: not reserved here.
 */
#ifndef SL_SQL_KEYWORD_H
#define SL_SQL_KEYWORD_H

#include "base/str.h"

#define SL_KEYWORD(word, pg, mysql, sqlite) SL_KW_##word,
#define SL_KEYWORD_LENGTH(n) SL_KW_LENGTH_##n##_, SL_KW_LENGTH_##n##_BACK_ = SL_KW_LENGTH_##n##_ - 1,
enum sl_keyword {
    SL_NOT_A_KEYWORD,
#include "sql/keyword.def"
    SL_N_KEYWORDS,
};
#undef SL_KEYWORD
#undef SL_KEYWORD_LENGTH

/* Case-blind. */
enum sl_keyword sl_keyword_lookup(sl_str word);

/* 'U' unreserved, 'C' column name only, 'T' type or function name only, 'R' reserved, 'N' no keyword of PostgreSQL. */
char sl_keyword_postgres_class(enum sl_keyword keyword);
bool sl_keyword_is_mysql_reserved(enum sl_keyword keyword);
bool sl_keyword_is_sqlite_reserved(enum sl_keyword keyword);

#endif
