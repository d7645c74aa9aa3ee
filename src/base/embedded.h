/*
 * embedded: texts that the build put into the program (rule pages, the graph's schema).
 *
 * Each table ends with a NULL name. The bytes are exactly those of the file, with a NUL behind them.
 */
#ifndef SL_BASE_EMBEDDED_H
#define SL_BASE_EMBEDDED_H

#include <stddef.h>

struct sl_embedded_text {
    const char *name; /* file name without folder */
    const char *bytes;
    size_t len;
};

extern const struct sl_embedded_text sl_embedded_rules[];
extern const struct sl_embedded_text sl_embedded_schema[];
extern const struct sl_embedded_text sl_embedded_page[]; /* of --format html */

#endif
