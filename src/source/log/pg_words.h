/*
 * pg_words: what PostgreSQL's log says in other languages than English (lc_messages).
 *
 * In:    lines and messages of a log, UTF-8. English is read elsewhere (pg_prefix, pg_message) and asked for first.
 * Out:   the severity that stands in a line, what a message says of a statement.
 * Fails: never; what is no translated word is SL_PG_NONE, or a message that is something else.
 * Source: the message catalogues of PostgreSQL 15 and 17.
 *
 * No word means one thing in one language and another thing in another: which language a log has need not be known.
 */
#ifndef SL_SOURCE_LOG_PG_WORDS_H
#define SL_SOURCE_LOG_PG_WORDS_H

#include "source/log/pg_message.h"
#include "source/log/pg_prefix.h"

/* The first translated severity of a line, as sl_pg_severity_find(). */
enum sl_pg_severity sl_pg_words_find(sl_str line, size_t *word_off, size_t *text_off);
/* The first severity of a line, translated or not. */
enum sl_pg_severity sl_pg_words_find_any(sl_str line, size_t *word_off, size_t *text_off);
/* Of a word that stands alone: a column of csvlog, a field of jsonlog. English too. */
enum sl_pg_severity sl_pg_words_severity(sl_str word);
/* Does a message begin like one about a statement? */
bool sl_pg_words_start_message(sl_str text);
/* As sl_pg_message_read(); leaves *out alone and answers false if the message is about something else. */
bool sl_pg_words_read_message(sl_str text, struct sl_pg_message *out);
/* How long the words are that a DETAIL of an execution begins with, "Parameter: "; 0: they are others. */
size_t sl_pg_words_parameters(sl_str detail);
size_t sl_pg_words_prepare(sl_str detail);

#endif
