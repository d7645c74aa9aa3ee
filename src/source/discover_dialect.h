/*
 * discover_dialect: decides the sql mode of every source of a run.
 *
 * The first of these that says something wins, and its reason is kept: the option; the file's own header; its path; the
 * configuration of the project that it lies in; its own words; the words of its folder; the words of the whole run;
 * else PostgreSQL, because something must be assumed, and it is said.
 */
#ifndef SL_SOURCE_DISCOVER_DIALECT_H
#define SL_SOURCE_DISCOVER_DIALECT_H

#include "source/candidate.h"

void sl_discover_dialects(struct sl_candidates *all, enum sl_dialect option, struct sl_arena *run);

#endif
