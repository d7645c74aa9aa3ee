/*
 * fix: check --fix: reports whose dedicated column exists are repointed in their files.
 *
 * In:    a session whose rules have run.
 * Out:   files rewritten; a sentence for each on standard error, and for each report that is left and why.
 * Fails: a file that cannot be written or changed since it was read.
 * Rules: what may change what a report says is applied with --unsafe-fixes only.
 */
#ifndef SL_CLI_FIX_H
#define SL_CLI_FIX_H

#include "cli/session.h"

SL_NODISCARD enum sl_status sl_fix_reports(struct sl_session *session, struct sl_error *err);

#endif
