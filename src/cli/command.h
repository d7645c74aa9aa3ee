/*
 * command: the table of commands, and how a run of the program begins and ends.
 *
 * To add a command: one file in cli/, one row in command.c, its bit in options.h; tests/cli holds its cases.
 *
 * Exit status: 0 nothing at or above --fail-on; 1 findings; 2 the job could not be done. Only findings and data go to
 * standard output; everything else goes to standard error. Standard output is checked once, at the end.
 */
#ifndef SL_CLI_COMMAND_H
#define SL_CLI_COMMAND_H

#include "cli/options.h"

int sl_command_main(int argc, char **argv);

/* The row at `index` of the table of commands; NULL behind the last. */
const struct sl_command *sl_command_find_row(size_t index);
/* Is there a command with one of `bits`? */
bool sl_command_is_known(unsigned bits);

/* Sentences that --help and the manual page share. */
#define SL_COMMAND_PURPOSE                                                                                             \
    "Finds reports that will move when somebody touches the rows, and the writes that will move them."
#define SL_COMMAND_EXIT_STATUS "0 nothing found, 1 findings, 2 the job could not be done"

/* The rows of the table, one file each. */
extern const struct sl_command sl_command_check, sl_command_audit, sl_command_graph, sl_command_digest,
    sl_command_explain, sl_command_rules, sl_command_parse, sl_command_baseline, sl_command_plan, sl_command_completion,
    sl_command_man;

#endif
