/* `stamplint completion SHELL`: a completion script made from the tables of commands and options. */
#include <stdio.h>

#include "base/embedded.h"
#include "cli/command.h"

/* What an option's value, or a command's operand, is completed with. */
enum value_kind { VALUE_NONE, VALUE_WORDS, VALUE_FILE, VALUE_FOLDER, VALUE_RULE };

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(word, *words) == 0)
            return true;
    }
    return false;
}

static enum value_kind option_value_kind(const struct sl_option_row *option)
{
    static const char *const files[] = {"PATH", "FILE", NULL};
    if (!option->argument)
        return VALUE_NONE;
    if (strchr(option->argument, '|'))
        return VALUE_WORDS;
    if (strcmp(option->argument, "RULES") == 0)
        return VALUE_RULE;
    if (strcmp(option->argument, "DIR") == 0)
        return VALUE_FOLDER;
    return is_one_of(option->argument, files) ? VALUE_FILE : VALUE_NONE;
}

static enum value_kind operand_kind(const struct sl_command *command)
{
    if (strchr(command->operands, '|'))
        return VALUE_WORDS;
    if (strstr(command->operands, "RULE"))
        return VALUE_RULE;
    return strstr(command->operands, "PATH") || strstr(command->operands, "LOG") || strstr(command->operands, "FILE")
               ? VALUE_FILE
               : VALUE_NONE;
}

/* "a|b|c" → "a b c" */
static void add_words(struct sl_buf *out, const char *alternatives)
{
    for (const char *c = alternatives; *c; c++)
        sl_buf_add_byte(out, *c == '|' ? ' ' : *c);
}

/* "SL101 SL102 …": a rule's id is its page's name up to the first hyphen. */
static void add_rule_ids(struct sl_buf *out)
{
    for (const struct sl_embedded_text *page = sl_embedded_rules; page->name; page++)
        sl_buf_add_printf(out, "%s%.*s", page == sl_embedded_rules ? "" : " ", (int)strcspn(page->name, "-."),
                          page->name);
}

/* The words of a value, separated by spaces; nothing where the shell looks for files. */
static void add_value_words(struct sl_buf *out, enum value_kind kind, const char *alternatives)
{
    if (kind == VALUE_WORDS)
        add_words(out, alternatives);
    if (kind == VALUE_RULE)
        add_rule_ids(out);
}

/* Text inside single quotes of a shell; `also` are bytes that the reader of the word wants behind a backslash. */
static void add_quoted(struct sl_buf *out, const char *text, const char *also, const char *single_quote)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'') {
            sl_buf_add(out, sl_str_from(single_quote));
            continue;
        }
        if (strchr(also, *c))
            sl_buf_add_byte(out, '\\');
        sl_buf_add_byte(out, *c);
    }
}

/* The names of the commands with one of `bits`, separated by spaces. */
static void add_command_names(struct sl_buf *out, unsigned bits)
{
    const struct sl_command *command;
    const char *separator = "";
    for (size_t i = 0; (command = sl_command_find_row(i)); i++) {
        if (!(command->bit & bits))
            continue;
        sl_buf_add_printf(out, "%s%s", separator, command->name);
        separator = " ";
    }
}

static void bash_add_answer(struct sl_buf *out, enum value_kind kind, const char *alternatives)
{
    if (kind == VALUE_FILE || kind == VALUE_FOLDER) {
        sl_buf_add(out, kind == VALUE_FILE ? SL_STR(" _stamplint_paths -f; return ;;\n")
                                           : SL_STR(" _stamplint_paths -d; return ;;\n"));
        return;
    }
    sl_buf_add(out, SL_STR(" _stamplint_words \""));
    add_value_words(out, kind, alternatives);
    sl_buf_add(out, SL_STR("\"; return ;;\n"));
}

static void bash_add_option_values(struct sl_buf *out)
{
    struct sl_option_row option;
    const struct sl_command *command;
    for (size_t row = 0; sl_options_lookup_row(row, &option); row++) {
        const char *separator = "    ";
        if (!option.argument || !sl_command_is_known(option.commands))
            continue;
        for (size_t i = 0; (command = sl_command_find_row(i)); i++) {
            if (!(command->bit & option.commands))
                continue;
            sl_buf_add_printf(out, "%s%s:--%s", separator, command->name, option.name);
            separator = " | ";
        }
        sl_buf_add_byte(out, ')');
        bash_add_answer(out, option_value_kind(&option), option.argument);
    }
}

static void bash_add_commands(struct sl_buf *out)
{
    const struct sl_command *command;
    struct sl_option_row option;
    for (size_t i = 0; (command = sl_command_find_row(i)); i++) {
        const char *separator = "";
        sl_buf_add_printf(out, "    %s:-*) _stamplint_words \"", command->name);
        for (size_t row = 0; sl_options_lookup_row(row, &option); row++) {
            if (!(option.commands & command->bit))
                continue;
            sl_buf_add_printf(out, "%s--%s", separator, option.name);
            separator = " ";
        }
        sl_buf_add_printf(out, "\" ;;\n    %s:*)", command->name);
        bash_add_answer(out, operand_kind(command), command->operands);
    }
}

static void render_bash(struct sl_buf *out)
{
    sl_buf_add(out, SL_STR("# bash completion of stamplint, made by `stamplint completion bash`.\n"
                           "_stamplint_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
                           "_stamplint_paths() { compopt -o filenames; "
                           "mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\"); }\n"
                           "_stamplint() {\n"
                           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                           "    COMPREPLY=()\n"
                           "    # bash cuts --option=value into three words\n"
                           "    if [ \"$cur\" = = ]; then cur=; "
                           "elif [ \"$prev\" = = ]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                           "    if [ \"$COMP_CWORD\" -le 1 ]; then\n"
                           "        _stamplint_words \""));
    add_command_names(out, ~0u);
    sl_buf_add(out, SL_STR(" --help --version\"\n"
                           "        return\n"
                           "    fi\n"
                           "    case ${COMP_WORDS[1]}:$prev in\n"));
    bash_add_option_values(out);
    sl_buf_add(out, SL_STR("    esac\n"
                           "    case ${COMP_WORDS[1]}:$cur in\n"));
    bash_add_commands(out);
    sl_buf_add(out, SL_STR("    esac\n"
                           "}\n"
                           "complete -F _stamplint stamplint\n"));
}

static void zsh_add_action(struct sl_buf *out, enum value_kind kind, const char *alternatives)
{
    if (kind == VALUE_FILE || kind == VALUE_FOLDER) {
        sl_buf_add(out, kind == VALUE_FILE ? SL_STR("_files") : SL_STR("_files -/"));
        return;
    }
    if (kind == VALUE_NONE) {
        sl_buf_add_byte(out, ' '); /* any value, no list */
        return;
    }
    sl_buf_add_byte(out, '(');
    add_value_words(out, kind, alternatives);
    sl_buf_add_byte(out, ')');
}

static void zsh_add_arguments(struct sl_buf *out, const struct sl_command *command)
{
    struct sl_option_row option;
    for (size_t i = 0; sl_options_lookup_row(i, &option); i++) {
        if (!(option.commands & command->bit))
            continue;
        sl_buf_add_printf(out, " \\\n            '%s--%s%s[", option.is_list ? "*" : "", option.name,
                          option.argument ? "=" : "");
        add_quoted(out, option.help, "[]\\", "'\\''");
        sl_buf_add_byte(out, ']');
        if (option.argument) {
            sl_buf_add(out, SL_STR(":value:"));
            zsh_add_action(out, option_value_kind(&option), option.argument);
        }
        sl_buf_add_byte(out, '\'');
    }
    if (operand_kind(command) == VALUE_NONE)
        return;
    sl_buf_add(out, SL_STR(" \\\n            '*:operand:"));
    zsh_add_action(out, operand_kind(command), command->operands);
    sl_buf_add_byte(out, '\'');
}

static void render_zsh(struct sl_buf *out)
{
    const struct sl_command *command;
    sl_buf_add(out, SL_STR("#compdef stamplint\n"
                           "# zsh completion of stamplint, made by `stamplint completion zsh`.\n"
                           "_stamplint() {\n"
                           "    local -a commands=(\n"));
    for (size_t i = 0; (command = sl_command_find_row(i)); i++) {
        sl_buf_add_printf(out, "        '%s:", command->name);
        add_quoted(out, command->summary, "", "'\\''");
        sl_buf_add(out, SL_STR("'\n"));
    }
    sl_buf_add(out, SL_STR("    )\n"
                           "    if (( CURRENT == 2 )); then\n"
                           "        _describe command commands\n"
                           "        return\n"
                           "    fi\n"
                           "    local command=$words[2]\n"
                           "    shift words\n"
                           "    (( CURRENT-- ))\n"
                           "    case $command in\n"));
    for (size_t i = 0; (command = sl_command_find_row(i)); i++) {
        sl_buf_add_printf(out, "    %s)\n        _arguments", command->name);
        zsh_add_arguments(out, command);
        sl_buf_add(out, SL_STR(" ;;\n"));
    }
    sl_buf_add(out, SL_STR("    esac\n"
                           "}\n"
                           "if [ \"$funcstack[1]\" = _stamplint ]; then _stamplint \"$@\"; "
                           "else compdef _stamplint stamplint; fi\n"));
}

/* -F: files too; -f: no files, for the words and the folders bring their own list. */
static void fish_add_values(struct sl_buf *out, enum value_kind kind, const char *alternatives)
{
    if (kind == VALUE_FILE || kind == VALUE_FOLDER) {
        sl_buf_add(out, kind == VALUE_FILE ? SL_STR(" -F") : SL_STR(" -f -a '(__fish_complete_directories)'"));
        return;
    }
    sl_buf_add(out, SL_STR(" -f -a '"));
    add_value_words(out, kind, alternatives);
    sl_buf_add_byte(out, '\'');
}

static void render_fish(struct sl_buf *out)
{
    const struct sl_command *command;
    struct sl_option_row option;
    sl_buf_add(out, SL_STR("# fish completion of stamplint, made by `stamplint completion fish`.\n"
                           "complete -c stamplint -f\n"
                           "complete -c stamplint -n __fish_use_subcommand -l help -d 'print the commands'\n"
                           "complete -c stamplint -n __fish_use_subcommand -l version -d 'print the versions'\n"));
    for (size_t i = 0; (command = sl_command_find_row(i)); i++) {
        sl_buf_add_printf(out, "complete -c stamplint -n __fish_use_subcommand -a %s -d '", command->name);
        add_quoted(out, command->summary, "\\", "\\'");
        sl_buf_add_printf(out, "'\ncomplete -c stamplint -n '__fish_seen_subcommand_from %s'", command->name);
        fish_add_values(out, operand_kind(command), command->operands);
        sl_buf_add_byte(out, '\n');
    }
    for (size_t i = 0; sl_options_lookup_row(i, &option); i++) {
        if (!sl_command_is_known(option.commands))
            continue;
        sl_buf_add(out, SL_STR("complete -c stamplint -n '__fish_seen_subcommand_from "));
        add_command_names(out, option.commands);
        sl_buf_add_printf(out, "' -l %s -d '", option.name);
        add_quoted(out, option.help, "\\", "\\'");
        sl_buf_add_byte(out, '\'');
        if (option.argument) {
            sl_buf_add(out, SL_STR(" -r"));
            fish_add_values(out, option_value_kind(&option), option.argument);
        }
        sl_buf_add_byte(out, '\n');
    }
}

static const struct {
    sl_str shell;
    void (*render)(struct sl_buf *out);
} shells[] = {
    {SL_STR_INIT("bash"), render_bash},
    {SL_STR_INIT("zsh"), render_zsh},
    {SL_STR_INIT("fish"), render_fish},
};

static enum sl_status run_completion(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                     struct sl_error *err)
{
    (void)run;
    if (options->operands.len != 1)
        return sl_error_set(err, SL_ERR_USAGE, "'completion' takes one shell: bash, zsh or fish.");
    sl_str shell = options->operands.items[0];
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (!sl_str_eq(shell, shells[i].shell))
            continue;
        struct sl_buf script = {0};
        shells[i].render(&script);
        fwrite(script.bytes, 1, script.len, stdout);
        sl_buf_release(&script);
        *exit_status = 0;
        return SL_OK;
    }
    return sl_error_set(err, SL_ERR_USAGE, "There is no completion for the shell '%.*s'; there is for bash, zsh, fish.",
                        SL_STR_ARG(shell));
}

const struct sl_command sl_command_completion = {
    .name = "completion",
    .bit = SL_COMMAND_COMPLETION,
    .operands = "bash|zsh|fish",
    .summary = "Prints a completion script for a shell.",
    .run = run_completion,
};
