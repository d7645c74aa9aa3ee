/*
 * logs: query logs of a command line, reduced to a digest, with progress on a terminal.
 *
 * In:    --input-format, --log-line-prefix, --jobs, --quiet; paths.
 * Out:   a digest; the caller releases it. What the logs were taken for is printed on standard error.
 * Fails: SL_ERR_USAGE without a path, and as sl_digest_read().
 */
#ifndef SL_CLI_LOGS_H
#define SL_CLI_LOGS_H

#include "cli/options.h"
#include "source/digest.h"

/* The files that `usage` of the configuration names, patterns expanded. SL_ERR_IO if nothing matches one. */
SL_NODISCARD enum sl_status sl_logs_expand(const sl_str *patterns, size_t n, struct sl_arena *run,
                                           struct sl_str_list *files, struct sl_error *err);
SL_NODISCARD enum sl_status sl_logs_read(const struct sl_options *options, enum sl_dialect dialect, const sl_str *paths,
                                         size_t n_paths, struct sl_digest *out, struct sl_error *err);

#endif
