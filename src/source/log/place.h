/*
 * place: where a statement's text stands in the log.
 *
 * A log writes a statement behind a prefix, with a tab before each further line, or on one line with escapes. From the
 * way it is written (sl_log_encoding) follows the line and the column of each byte of the text that was decoded.
 *
 * Limits: of a text with more than SL_LOG_MAX_ORIGINS escapes the places behind them are those of the text itself.
 */
#ifndef SL_SOURCE_LOG_PLACE_H
#define SL_SOURCE_LOG_PLACE_H

#include "base/span.h"
#include "source/log/log.h"

#define SL_LOG_MAX_ORIGINS 4096

/* Where the record's text begins to matter: behind `before`, its first bytes. */
struct sl_position sl_log_place_start(const struct sl_log_block *block, const struct sl_log_record *record,
                                      sl_str before);
/* Tells `lines`, those of the shape's sample, where they stand in the log. */
void sl_log_place(const struct sl_shape *shape, struct sl_arena *arena, struct sl_lines *lines);

#endif
