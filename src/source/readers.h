/*
 * readers: the functions behind the table of reader.c; nobody else calls them.
 */
#ifndef SL_SOURCE_READERS_H
#define SL_SOURCE_READERS_H

#include "source/source.h"

bool sl_sql_claims(const struct sl_source *source);
enum sl_status sl_sql_read(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                           struct sl_error *err);

bool sl_ruby_claims(const struct sl_source *source);
enum sl_status sl_ruby_read(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                            struct sl_error *err);

#endif
