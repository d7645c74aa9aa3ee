/*
 * ahead: statements lowered and parsed by other threads before their turn comes.
 *
 * In:    texts that are known beforehand (the shapes of a log), the number of threads that may work.
 * Out:   sl_ahead_next() answers them in their order, as sl_lower(), the expansions (do_block, argument_sql) and
 *        sl_parse() would.
 * Owns:  the threads and the memory of the statements that wait; sl_ahead_close(). What sl_ahead_next() answers lives
 *        until its next call; `texts` must live until sl_ahead_close().
 * Fails: never; without threads the caller's does the work.
 */
#ifndef SL_SQL_AHEAD_H
#define SL_SQL_AHEAD_H

#include "sql/lower.h"
#include "sql/parse.h"

struct sl_ahead_text {
    sl_str text;
    struct sl_sql_mode mode;
};

struct sl_prepared {
    struct sl_lowered lowered;
    struct sl_parsed *parsed; /* one for each item of it; NULL unless it is SQL */
};

struct sl_ahead;

/* Lowers and parses one statement in `arena`. */
void sl_prepare(sl_str text, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_prepared *out);

struct sl_ahead *sl_ahead_open(const struct sl_ahead_text *texts, size_t n_texts, unsigned n_jobs);
/* The next one; NULL behind the last. */
const struct sl_prepared *sl_ahead_next(struct sl_ahead *ahead);
void sl_ahead_close(struct sl_ahead *ahead);

#endif
