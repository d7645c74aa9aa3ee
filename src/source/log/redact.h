/*
 * redact: a statement without its secrets.
 *
 * What becomes ***: the literals behind a name that speaks of a secret (IDENTIFIED BY, PASSWORD, api_key =, a setting's
 * name in set_config), those of such a column of an INSERT, the arguments of functions that encrypt or hash; and inside
 * literals and comments what stands behind such a name or in scheme://user:secret@host. Everything else stays, so that
 * the statement still parses. It leans to hiding too much: a sample is for people.
 */
#ifndef SL_SOURCE_LOG_REDACT_H
#define SL_SOURCE_LOG_REDACT_H

#include "base/buf.h"
#include "sql/dialect.h"

/* Adds `text` to *out without its secrets. */
void sl_redact(sl_str text, enum sl_dialect dialect, struct sl_buf *out);

#endif
