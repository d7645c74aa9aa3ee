/*
 * pg_prefix: PostgreSQL's log_line_prefix, to read the prefix of a line with.
 *
 * In:    the setting's value ("%m [%p] %q%u@%d "), or the head of a log to find out which of the usual ones it has.
 * Out:   the fields that a line's prefix shows. What no setting explains is looked for by sl_pg_prefix_guess().
 * Owns:  nothing; literals are borrowed from the setting.
 * Source: log_status_format() in PostgreSQL's elog.c; docs/logs.md.
 */
#ifndef SL_SOURCE_LOG_PG_PREFIX_H
#define SL_SOURCE_LOG_PG_PREFIX_H

#include "base/str.h"

#define SL_PG_PREFIX_OPS 64

struct sl_pg_prefix_op {
    char escape; /* of "%m"; 0: literal bytes, 'q': the rest is for sessions only */
    bool is_padded;
    sl_str literal;
};

struct sl_pg_prefix {
    struct sl_pg_prefix_op ops[SL_PG_PREFIX_OPS];
    unsigned n_ops;
    bool is_strict; /* guessed: a user or database does not hold "[", "=" or a space */
};

struct sl_pg_fields {
    sl_str user, database, application;
    uint64_t session; /* pid, or a number made of %c; 0: unknown */
    int64_t us;       /* 0: unknown */
};

void sl_pg_prefix_compile(sl_str setting, struct sl_pg_prefix *prefix);
/* `text` is all that stands before the severity. False if it does not fit; *fields may be half filled then. */
bool sl_pg_prefix_match(const struct sl_pg_prefix *prefix, sl_str text, struct sl_pg_fields *fields);
/* The usual setting that fits the most lines of `head`, or the empty string. */
sl_str sl_pg_prefix_find(sl_str head);
/* Stamp, pid, user, database and application where they can be told without a setting. */
void sl_pg_prefix_guess(sl_str text, struct sl_pg_fields *fields);

/* The severity word ("LOG", "STATEMENT" …) of a line: offset of the word and of the text behind it. */
enum sl_pg_severity {
    SL_PG_NONE,
    SL_PG_LOG,
    SL_PG_ERROR,  /* ERROR, FATAL, PANIC */
    SL_PG_NOTICE, /* DEBUG, INFO, NOTICE, WARNING */
    SL_PG_DETAIL,
    SL_PG_CONTEXT,
    SL_PG_STATEMENT,
    SL_PG_OTHER, /* HINT, QUERY, LOCATION, BACKTRACE */
};
enum sl_pg_severity sl_pg_severity_find(sl_str line, size_t *word_off, size_t *text_off);

#endif
