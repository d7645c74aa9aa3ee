#include "source/log/envelopes.h"

#include <stdlib.h>

#include "source/log/block.h"

void sl_log_unwrap_add(struct sl_log_unwrap *unwrap, size_t in_off, sl_str bytes)
{
    *SL_LOG_PUSH(&unwrap->units) = (struct sl_log_unit){.out_off = unwrap->out_base + unwrap->out.len,
                                                        .in_off = unwrap->in_base + in_off,
                                                        .line = unwrap->line,
                                                        .col = unwrap->col ? unwrap->col : 1};
    sl_buf_add(&unwrap->out, bytes);
}

void sl_log_unwrap_release(struct sl_log_unwrap *unwrap)
{
    sl_buf_release(&unwrap->out);
    free(unwrap->units.items);
    free(unwrap->state);
    *unwrap = (struct sl_log_unwrap){0};
}

const struct sl_log_envelope *const sl_log_envelopes[] = {
    &sl_log_envelope_utf16,
    &sl_log_envelope_docker,
    &sl_log_envelope_cri,
    &sl_log_envelope_gcp,
    &sl_log_envelope_azure,
    &sl_log_envelope_cloudwatch,
    &sl_log_envelope_logs_tail,
    &sl_log_envelope_syslog,
    &sl_log_envelope_json_lines,
    &sl_log_envelope_compose,
    NULL,
};
