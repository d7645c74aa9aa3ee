/*
 * per_path: rules at other levels, or off, for the files of a pattern of the configuration.
 *
 * In:    the findings of all rules; config.per_path. The last pattern that matches a finding's path and names its rule
 *        counts.
 * Out:   finding.severity; finding.status 'ignored' for what is off.
 * Fails: SL_ERR_GRAPH.
 */
#ifndef SL_CLI_PER_PATH_H
#define SL_CLI_PER_PATH_H

#include "cli/session.h"

SL_NODISCARD enum sl_status sl_per_path_apply(struct sl_session *session, struct sl_error *err);

#endif
