/*
 * database_yml: the databases that a Rails project names in config/database.yml.
 *
 * In:    the file's bytes: YAML with ERB in it, which no YAML reader takes; it is read line by line, by indentation.
 * Out:   one entry for each database of an environment: its name, adapter, folders of migrations, schema file.
 * Fails: never; a line that says nothing of these is passed over.
 * Source: Rails' guide "Multiple Databases".
 */
#ifndef SL_SOURCE_DATABASE_YML_H
#define SL_SOURCE_DATABASE_YML_H

#include "base/arena.h"
#include "base/str.h"

struct sl_database_entry {
    sl_str name;    /* "animals"; empty: the only one, or primary */
    sl_str adapter; /* of a dialect that we know; empty: not said here, or computed */
    sl_str schema_dump;
    struct {
        sl_str *items;
        size_t len, cap;
    } migrations_paths;
};

struct sl_database_entries {
    struct sl_database_entry *items;
    size_t len, cap;
};

void sl_database_yml_read(sl_str text, struct sl_arena *arena, struct sl_database_entries *out);

#endif
