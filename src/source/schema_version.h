/*
 * schema_version: which migrations a schema file already holds.
 *
 * schema.rb names the highest version; structure.sql (Rails, Ecto) and dbmate's schema.sql list them all. A migration
 * of the same database beside such a file, whose version is held, is marked is_in_schema.
 */
#ifndef SL_SOURCE_SCHEMA_VERSION_H
#define SL_SOURCE_SCHEMA_VERSION_H

#include "source/candidate.h"

void sl_schema_version_mark(struct sl_candidates *all, struct sl_arena *run);

#endif
