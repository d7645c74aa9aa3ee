/*
 * redact: a statement without its secrets.
 *
 * Passwords of IDENTIFIED BY, PASSWORD(…), PASSWORD = …, ENCRYPTED PASSWORD, and those inside connection strings
 * (password=…, scheme://user:secret@host) become ***. Everything else stays, so that the statement still parses.
 */
#ifndef SL_SOURCE_LOG_REDACT_H
#define SL_SOURCE_LOG_REDACT_H

#include "base/buf.h"

/* Adds `text` to *out without its secrets. */
void sl_redact(sl_str text, struct sl_buf *out);

#endif
