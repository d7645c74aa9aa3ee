/*
 * buf: owned bytes that grow.
 *
 * { 0 } is a valid empty buffer; sl_buf_release() gives the memory back and leaves an empty buffer. `bytes` is NULL
 * while nothing was added. Fails: never (see arena.h for out of memory).
 */
#ifndef SL_BASE_BUF_H
#define SL_BASE_BUF_H

#include "base/error.h"
#include "base/str.h"

struct sl_buf {
    char *bytes;
    size_t len;
    size_t cap;
};

void sl_buf_release(struct sl_buf *buf);
void sl_buf_reset(struct sl_buf *buf); /* keeps the memory */
/* Room for `more` bytes behind len; answers where they go. */
char *sl_buf_reserve(struct sl_buf *buf, size_t more);
void sl_buf_add(struct sl_buf *buf, sl_str s);
void sl_buf_add_byte(struct sl_buf *buf, char byte);
SL_PRINTF(2, 3)
void sl_buf_add_printf(struct sl_buf *buf, const char *format, ...);
/* The bytes, with a NUL behind them that is not counted. Valid until the next change. */
sl_str sl_buf_str(struct sl_buf *buf);

#endif
