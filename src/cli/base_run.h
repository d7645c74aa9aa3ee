/*
 * base_run: the same run on the revision that a change is compared with, for --new-only.
 *
 * In:    a session that has read its sources; its rules, configuration and digests hold for the base too: what differs
 *        is the files.
 * Out:   what the base has, for struct sl_filter.
 * Fails: git, no room for the base's files, SQLite's refusal. What cannot be read there is no error: it brings nothing.
 */
#ifndef SL_CLI_BASE_RUN_H
#define SL_CLI_BASE_RUN_H

#include "cli/session.h"

/* The revision is where HEAD's branch left --changed-since, or HEAD itself for --staged. */
SL_NODISCARD enum sl_status sl_base_run(struct sl_session *session, struct sl_buf *known, struct sl_error *err);

#endif
