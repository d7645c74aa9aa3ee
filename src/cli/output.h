/*
 * output: where a command's bytes go.
 *
 * Findings and data go to standard output or to the file of --output; sentences for people go to standard error.
 * Fails: SL_ERR_IO. Standard output is checked once, at the end of the run (command.c).
 */
#ifndef SL_CLI_OUTPUT_H
#define SL_CLI_OUTPUT_H

#include "base/error.h"
#include "base/str.h"

/* To `path` (through a new file beside it: replaced whole or not at all), or to standard output if it is empty. */
SL_NODISCARD enum sl_status sl_output_write(sl_str path, sl_str bytes, struct sl_error *err);
/* A text with names of an input in it, each line escaped as a code frame is. */
SL_NODISCARD enum sl_status sl_output_write_lines(sl_str path, sl_str text, struct sl_error *err);
/* A script to be run: to a file or a pipe as it is, on a terminal with what drives terminals escaped. */
SL_NODISCARD enum sl_status sl_output_write_script(sl_str path, sl_str script, struct sl_error *err);
/* A sentence on standard error, escaped: it may hold names from an input. */
void sl_output_message(sl_str sentence);
/* Columns: COLUMNS, else the terminal's of standard output; 0 where there is none. */
uint32_t sl_output_width(void);

#endif
