/*
 * options: the command line, read by one table that also writes --help.
 *
 * In:    argv.
 * Out:   a struct sl_options; strings borrow from argv, lists live in the run arena.
 * Fails: SL_ERR_USAGE with one sentence that names the word and what was expected.
 * Not here: what the configuration file says (config); the command line beats it.
 */
#ifndef SL_CLI_OPTIONS_H
#define SL_CLI_OPTIONS_H

#include <stdio.h>

#include "base/buf.h"
#include "base/vec.h"
#include "sql/dialect.h"

enum sl_command_bit {
    SL_COMMAND_CHECK = 1 << 0,
    SL_COMMAND_AUDIT = 1 << 1,
    SL_COMMAND_GRAPH = 1 << 2,
    SL_COMMAND_DIGEST = 1 << 3,
    SL_COMMAND_EXPLAIN = 1 << 4,
    SL_COMMAND_RULES = 1 << 5,
    SL_COMMAND_PARSE = 1 << 6,
    SL_COMMAND_BASELINE = 1 << 7,
    SL_COMMAND_PLAN = 1 << 8,
    SL_COMMAND_COMPLETION = 1 << 9,
    SL_COMMAND_MAN = 1 << 10,
};

struct sl_str_list {
    sl_str *items;
    size_t len, cap;
};

struct sl_options {
    struct sl_str_list operands; /* paths, logs, rule ids: what is not an option */
    sl_str dialect;              /* empty: find out */
    struct sl_str_list schema;
    sl_str config;
    bool no_config;
    bool no_cache;
    sl_str rules_dir;
    struct sl_str_list select, ignore;
    sl_str fail_on; /* empty: the configuration's, else warning */
    sl_str format;  /* empty: text (graph: the file's kind) */
    sl_str output;
    struct sl_str_list reports; /* FORMAT:FILE, written beside the one above */
    sl_str color;               /* auto | always | never */
    bool quiet;
    sl_str changed_since;
    bool staged;
    bool new_only;
    sl_str baseline;
    sl_str input_format;
    sl_str log_line_prefix;
    sl_str jobs;
    sl_str dump;
    bool jsonl;
    bool samples;
    bool force;
    sl_str when, server_version, source, batch_rows; /* plan */
    bool trigger, write;                             /* plan */
    bool fix, unsafe_fixes;                          /* check */
    bool test;                                       /* rules */
    bool help;
};

struct sl_command {
    const char *name;
    unsigned bit;
    const char *operands; /* "[PATH...]" */
    const char *summary;
    /* Does the command's work. *exit_status is 0 or 1; an error makes it 2. */
    enum sl_status (*run)(struct sl_options *options, struct sl_arena *run, int *exit_status, struct sl_error *err);
};

/* Reads argv[2…] for `command`. Words of a list option may be given as --select A,B or --select A --select B. */
SL_NODISCARD enum sl_status sl_options_read(const struct sl_command *command, int argc, char **argv,
                                            struct sl_arena *run, struct sl_options *out, struct sl_error *err);

/* What `stamplint COMMAND --help` prints. */
void sl_options_print_help(const struct sl_command *command, FILE *to);

/* A row of the table, for what is made from it: shell completion and the manual page. */
struct sl_option_row {
    const char *name;
    const char *argument; /* NULL for a flag; "a|b|c" are alternatives, a word in capitals takes any value */
    unsigned commands;    /* bits of the commands that have it */
    bool is_list;         /* may be repeated */
    const char *help;
};

/* The row at `index`; false behind the last. */
bool sl_options_lookup_row(size_t index, struct sl_option_row *out);

#endif
