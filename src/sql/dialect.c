#include "sql/dialect.h"

static const struct {
    const char *name;
    enum sl_dialect dialect;
} names[] = {
    {"postgres", SL_DIALECT_POSTGRES},   {"mysql", SL_DIALECT_MYSQL},   {"sqlite", SL_DIALECT_SQLITE},
    {"postgresql", SL_DIALECT_POSTGRES}, {"pg", SL_DIALECT_POSTGRES},   {"postgis", SL_DIALECT_POSTGRES},
    {"mariadb", SL_DIALECT_MYSQL},       {"mysql2", SL_DIALECT_MYSQL},  {"trilogy", SL_DIALECT_MYSQL},
    {"aurora-mysql", SL_DIALECT_MYSQL},  {"percona", SL_DIALECT_MYSQL}, {"sqlite3", SL_DIALECT_SQLITE},
};

const char *sl_dialect_name(enum sl_dialect dialect)
{
    return dialect < SL_DIALECT_COUNT ? names[dialect].name : "unknown";
}

bool sl_dialect_lookup(sl_str name, enum sl_dialect *dialect)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sl_str_eq_nocase(name, sl_str_from(names[i].name))) {
            *dialect = names[i].dialect;
            return true;
        }
    }
    return false;
}
