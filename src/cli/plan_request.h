/*
 * plan_request: what a session asks of plan/: columns, and what options and configuration say of events.
 *
 * Fails: SL_ERR_USAGE for --batch-rows that is no number.
 */
#ifndef SL_CLI_PLAN_REQUEST_H
#define SL_CLI_PLAN_REQUEST_H

#include "cli/session.h"
#include "plan/target.h"

/* `columns` empty: an event for each finding of SL101 and SL102. */
SL_NODISCARD enum sl_status sl_plan_request_read(const struct sl_session *session, const struct sl_names *columns,
                                                 struct sl_plan_request *out, struct sl_error *err);

#endif
