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

#endif
