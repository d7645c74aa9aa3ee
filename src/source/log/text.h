/*
 * text: a statement as the log wrote it → as the client sent it.
 *
 * Fails: never. A broken escape stands for itself.
 */
#ifndef SL_SOURCE_LOG_TEXT_H
#define SL_SOURCE_LOG_TEXT_H

#include "source/log/log.h"

/* The decoded text: `raw` itself where there is nothing to undo, else bytes of *scratch, which is reset. */
sl_str sl_log_text_decode(enum sl_log_encoding encoding, sl_str raw, struct sl_buf *scratch);

#endif
