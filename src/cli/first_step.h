/*
 * first_step: how the plan for the worst finding begins, for the Markdown report of a pull request.
 *
 * In:    a session that has judged.
 * Out:   the script of the plan's first step; `script` is empty where no shown finding has a plan.
 * Fails: SL_ERR_GRAPH. A column that no plan can be made for is no error: the report goes without.
 */
#ifndef SL_CLI_FIRST_STEP_H
#define SL_CLI_FIRST_STEP_H

#include "cli/session.h"

struct sl_first_step {
    sl_str subject; /* table.column, as `stamplint plan` takes it */
    sl_str title;
    sl_str script;
};

SL_NODISCARD enum sl_status sl_first_step_find(struct sl_session *session, struct sl_first_step *out,
                                               struct sl_error *err);

#endif
