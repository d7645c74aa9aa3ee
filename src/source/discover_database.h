/*
 * discover_database: which database of the project a schema file or a migration belongs to.
 *
 * Names of files and folders say it by habit (db/animals_schema.rb, db/animals_migrate; classify); config/database.yml
 * says it for certain, and names folders and files of any name. What it says of adapters goes to the dialect.
 */
#ifndef SL_SOURCE_DISCOVER_DATABASE_H
#define SL_SOURCE_DISCOVER_DATABASE_H

#include "source/candidate.h"

void sl_discover_databases(struct sl_candidates *all, struct sl_arena *run);

#endif
