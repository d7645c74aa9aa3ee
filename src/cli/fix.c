#include "cli/fix.h"

#include "cli/output.h"
#include "plan/repoint.h"

enum sl_status sl_fix_reports(struct sl_session *session, struct sl_error *err)
{
    struct sl_arena *run = session->run;
    struct sl_plan_targets targets = {0};
    struct sl_repairs repairs = {0};
    struct sl_names left_out = {0};
    SL_TRY(sl_plan_find_repaired(session->graph, run, &targets, err));
    for (size_t i = 0; i < targets.len; i++)
        sl_repoint_find(&targets.items[i], !session->options->unsafe_fixes, run, &repairs, &left_out);
    for (size_t i = 0; i < repairs.len; i++) {
        SL_TRY(sl_repair_write(&repairs.items[i], run, err));
        sl_output_message(sl_arena_printf(run, "%.*s is repointed (places: %zu).", SL_STR_ARG(repairs.items[i].path),
                                          repairs.items[i].edits.len));
    }
    for (size_t i = 0; i < left_out.len; i++)
        sl_output_message(left_out.items[i]);
    return SL_OK;
}
