/*
 * pg_message: what the text of a PostgreSQL LOG message says about a statement.
 *
 * In:    the message, in whatever encoding the log has it: what is looked at here is plain ASCII.
 * Out:   its kind, its duration and where the statement's text starts.
 * Source: postgres.c (exec_simple_query, exec_execute_message, check_log_duration) and auto_explain.c.
 */
#ifndef SL_SOURCE_LOG_PG_MESSAGE_H
#define SL_SOURCE_LOG_PG_MESSAGE_H

#include "source/log/log.h"

enum sl_pg_message_kind {
    SL_PG_MESSAGE_OTHER,
    SL_PG_MESSAGE_STATEMENT,  /* statement: …, execute NAME: … */
    SL_PG_MESSAGE_PARSE_BIND, /* parse, bind, fetch from a portal: not an execution */
    SL_PG_MESSAGE_DURATION,   /* duration: N ms, and nothing else */
    SL_PG_MESSAGE_PLAN,       /* duration: N ms  plan: … */
    SL_PG_MESSAGE_AUDIT,      /* AUDIT: SESSION,… */
};

struct sl_pg_message {
    enum sl_pg_message_kind kind;
    bool has_duration;
    bool is_execute;
    bool is_fetch; /* PARSE_BIND: a portal goes on */
    uint64_t duration_us;
    size_t text_off;
};

void sl_pg_message_read(sl_str message, struct sl_pg_message *out);

/*
 * A decoded plan's statement: the bytes of "Query Text" in any of auto_explain's formats. *encoding is that of the
 * bytes (JSON, XML or plain). Empty if there is none.
 */
sl_str sl_pg_plan_text(sl_str plan, enum sl_log_encoding *encoding);

#endif
