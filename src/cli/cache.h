/*
 * cache: in which folder the trees of earlier runs are kept (source/tree_cache).
 *
 * In:    options (--no-cache), the configuration (cache: FOLDER or off).
 * Out:   the configured folder, else "stamplint" in the git directory of the repository that the working directory lies
 *        in: nothing is written among the user's files unless it was asked for. Empty: no cache.
 * Fails: never.
 */
#ifndef SL_CLI_CACHE_H
#define SL_CLI_CACHE_H

#include "cli/config.h"
#include "cli/options.h"

sl_str sl_cache_folder(const struct sl_options *options, const struct sl_config *config, struct sl_arena *run);

#endif
