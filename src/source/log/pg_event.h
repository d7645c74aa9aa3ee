/*
 * pg_event: PostgreSQL's messages, from whichever form of its log, to records.
 *
 * In:    the messages of a log in their order, with severity and fields.
 * Out:   records: executions, durations that belong to them, failures, plans, audit entries; the rest is counted.
 * Must hold: parse, bind and re-fetches are no executions; STATEMENT behind an ERROR is a failure, behind a LOG a
 *        reprint; a plan with a CONTEXT is a nested statement, which its caller already stands for.
 * Source: docs/logs.md, "What is counted twice".
 */
#ifndef SL_SOURCE_LOG_PG_EVENT_H
#define SL_SOURCE_LOG_PG_EVENT_H

#include "source/log/pg_message.h"
#include "source/log/pg_prefix.h"

#define SL_PG_AUDIT_SESSIONS 512

struct sl_pg_audit_session {
    uint64_t session, statement, text_hash;
};

struct sl_pg_events {
    enum sl_pg_severity severity; /* of the last primary message */
    uint64_t session;
    enum sl_pg_message_kind kind;
    bool is_of_worker; /* the error came from a parallel worker, which has logged it itself */
    struct sl_buf decoded, field, bound;
    struct sl_pg_audit_session *audited;
};

/* One message: its bytes live in the block. */
struct sl_pg_event {
    enum sl_pg_severity severity;
    sl_str text;
    uint64_t off;      /* of text */
    uint64_t line_off; /* where the event begins */
    uint32_t line;
    uint16_t path;
    enum sl_log_encoding encoding;
    struct sl_pg_fields fields;
    sl_str detail;  /* of an execution: "parameters: $1 = 'x'", "prepare: PREPARE …"; encoded like text */
    sl_str context; /* of an error, where it stands in the same record */
    bool is_nested; /* a CONTEXT follows */
    bool is_truncated;
};

/* Does the message need its fields? Most lines of a log are none of our business. */
bool sl_pg_event_matters(enum sl_pg_severity severity, sl_str text);
void sl_pg_event_add(struct sl_log_reader *reader, struct sl_pg_events *events, const struct sl_pg_event *event);
/* Does this DETAIL belong to an execution, as its parameters or as what it executes? */
bool sl_pg_event_is_detail(sl_str text);
void sl_pg_events_release(struct sl_pg_events *events);

#endif
