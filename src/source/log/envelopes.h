/*
 * envelopes: the descriptors of the known envelopes.
 */
#ifndef SL_SOURCE_LOG_ENVELOPES_H
#define SL_SOURCE_LOG_ENVELOPES_H

#include "source/log/envelope.h"

extern const struct sl_log_envelope sl_log_envelope_utf16;
extern const struct sl_log_envelope sl_log_envelope_docker;
extern const struct sl_log_envelope sl_log_envelope_cri;
extern const struct sl_log_envelope sl_log_envelope_gcp;
extern const struct sl_log_envelope sl_log_envelope_azure;
extern const struct sl_log_envelope sl_log_envelope_cloudwatch;
extern const struct sl_log_envelope sl_log_envelope_logs_tail;
extern const struct sl_log_envelope sl_log_envelope_syslog;
extern const struct sl_log_envelope sl_log_envelope_json_lines;
extern const struct sl_log_envelope sl_log_envelope_compose;

#endif
