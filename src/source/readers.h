/*
 * readers: the functions behind the table of reader.c; nobody else calls them.
 */
#ifndef SL_SOURCE_READERS_H
#define SL_SOURCE_READERS_H

#include "source/source.h"
#include "source/syntax.h"

bool sl_sql_claims(const struct sl_source *source);
enum sl_status sl_sql_read(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                           struct sl_error *err);

bool sl_ruby_claims(const struct sl_source *source);
enum sl_status sl_ruby_read(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                            struct sl_error *err);

bool sl_code_claims(const struct sl_source *source);
enum sl_status sl_code_read(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                            struct sl_error *err);

/* Marks the fragments from `first` on that run once, by hand. */
void sl_reading_mark_scripts(const struct sl_source *source, const struct sl_syntax *syntax, struct sl_reading *reading,
                             size_t first);
/* Puts the fragments from `first` on into the order of the source. */
void sl_reading_sort(struct sl_reading *reading, size_t first);

#endif
