/*
 * git: one call of the git program, without a shell.
 *
 * In:    argv, ended by NULL; argv[0] is looked for in PATH.
 * Out:   its standard output, in `arena`.
 * Fails: SL_ERR_IO if git is not there or does not succeed, with the first line of what it said.
 */
#ifndef SL_FINDING_GIT_H
#define SL_FINDING_GIT_H

#include "base/arena.h"

SL_NODISCARD enum sl_status sl_git_run(const char *const *argv, struct sl_arena *arena, sl_str *output,
                                       struct sl_error *err);
/* The same with an index file of its own, so that the repository's stays as it is. */
SL_NODISCARD enum sl_status sl_git_run_with_index(const char *const *argv, const char *index, struct sl_arena *arena,
                                                  sl_str *output, struct sl_error *err);

#endif
