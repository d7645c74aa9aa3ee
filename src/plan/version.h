/*
 * version: the server that the plan is for, and what it can do online.
 *
 * In:    the words of --server-version: "8.0.36", "mysql-5.7", "10.11.6-MariaDB", "mariadb-10.6", "15.4", "3.40".
 * Out:   a number that compares: 80036; and whether it is MariaDB. A MySQL version from 10 up is MariaDB's.
 * Fails: lookups answer false.
 */
#ifndef SL_PLAN_VERSION_H
#define SL_PLAN_VERSION_H

#include "sql/dialect.h"

struct sl_server_version {
    bool is_known;
    bool is_mariadb;
    uint32_t number; /* major * 10000 + minor * 100 + patch; PostgreSQL 15.4 is 150400 */
};

bool sl_server_version_lookup(sl_str words, enum sl_dialect dialect, struct sl_server_version *out);

#endif
