/*
 * statement_start: does a text begin like a statement?
 *
 * Its first word is looked at, nothing else: English begins with some of these words, too. For formats that no mark of
 * their own shows, where many lines decide.
 */
#ifndef SL_SOURCE_LOG_STATEMENT_START_H
#define SL_SOURCE_LOG_STATEMENT_START_H

#include "base/str.h"

bool sl_log_starts_statement(sl_str line);

#endif
