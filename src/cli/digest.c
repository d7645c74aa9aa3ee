/* stamplint digest: reduce logs to mergeable NDJSON. */
#include "cli/command.h"
#include "cli/logs.h"
#include "cli/output.h"
#include "report/escape.h"

static enum sl_status run_digest(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                 struct sl_error *err)
{
    enum sl_dialect dialect = SL_DIALECT_UNKNOWN;
    struct sl_digest digest;
    struct sl_buf text = {0}, escaped = {0};
    (void)run;
    if (options->dialect.len)
        sl_dialect_lookup(options->dialect, &dialect);
    SL_TRY(sl_logs_read(options, dialect, options->operands.items, options->operands.len, &digest, err));
    *exit_status = digest.damage.len > 0 ? 2 : 0;
    sl_digest_write(&digest, options->samples, &text);
    sl_escape_json(sl_buf_str(&text), &escaped);
    enum sl_status status = sl_output_write(options->output, sl_buf_str(&escaped), err);
    sl_buf_release(&escaped);
    sl_buf_release(&text);
    sl_digest_release(&digest);
    return status;
}

const struct sl_command sl_command_digest = {
    .name = "digest",
    .bit = SL_COMMAND_DIGEST,
    .operands = "LOG...",
    .summary = "Reduces query logs to mergeable digests; audit and digest read them as they read logs.",
    .run = run_digest,
};
