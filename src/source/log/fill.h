/*
 * fill: a normalised statement that can be parsed.
 *
 * A digest has "?" for every literal, also where the grammar takes no parameter: TIMESTAMP ?, AS ?, CAST(… AS
 * decimal(?, ?)). There a literal stands in for it, one that is folded to "?" again.
 */
#ifndef SL_SOURCE_LOG_FILL_H
#define SL_SOURCE_LOG_FILL_H

#include "base/buf.h"
#include "sql/dialect.h"

/* Adds `normalised` to *out with such literals. */
void sl_log_fill(sl_str normalised, enum sl_dialect dialect, struct sl_buf *out);

#endif
