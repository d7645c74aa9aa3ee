#include "cli/plan_request.h"

/* Event columns that the configuration names; the table may not have them yet. */
static void add_known_events(const struct sl_session *session, struct sl_plan_request *request)
{
    const struct sl_config *config = &session->config;
    struct sl_plan_known_event *known = SL_NEW_ARRAY(session->run, config->columns.len, struct sl_plan_known_event);
    for (size_t i = 0; i < config->columns.len; i++) {
        const struct sl_configured_role *role = &config->columns.items[i];
        if (sl_str_eq(role->role, SL_STR("event_time")))
            known[request->n_known_events++] =
                (struct sl_plan_known_event){role->table, role->column, role->state, role->values_json};
    }
    request->known_events = known;
}

enum sl_status sl_plan_request_read(const struct sl_session *session, const struct sl_names *columns,
                                    struct sl_plan_request *out, struct sl_error *err)
{
    const struct sl_options *options = session->options;
    uint64_t batch_rows = 0;
    bool is_number = !options->batch_rows.len ||
                     (sl_str_to_u64(options->batch_rows, &batch_rows) && batch_rows > 0 && batch_rows <= 1000000);
    if (!is_number)
        return sl_error_set(err, SL_ERR_USAGE, "--batch-rows takes a number from 1 to 1000000, not '%.*s'.",
                            SL_STR_ARG(options->batch_rows));
    *out = (struct sl_plan_request){.columns = *columns,
                                    .when = options->when,
                                    .server_version = options->server_version,
                                    .source = options->source,
                                    .wants_trigger = options->trigger,
                                    .wants_rails = sl_str_eq(options->format, SL_STR("rails")),
                                    .batch_rows = (uint32_t)batch_rows};
    add_known_events(session, out);
    if (session->dialect < SL_DIALECT_COUNT)
        out->dialect = sl_str_from(sl_dialect_name(session->dialect));
    return SL_OK;
}
