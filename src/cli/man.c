/* `stamplint man`: the manual page, in man(7) macros, made from the tables of commands and options. */
#include <ctype.h>
#include <stdio.h>

#include "cli/command.h"

/* Text for roff: its escape byte, the hyphens that are to stay ASCII, a dot or quote that would open a request. */
static void add_text(struct sl_buf *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        sl_buf_add(out, SL_STR("\\&"));
    for (const char *c = text; *c; c++) {
        if (*c == '\\')
            sl_buf_add(out, SL_STR("\\e"));
        else if (*c == '-')
            sl_buf_add(out, SL_STR("\\-"));
        else
            sl_buf_add_byte(out, *c);
    }
}

#define LINE_LETTERS 72 /* of the page's source: roff fills its own lines */

/* Words of a paragraph on lines of their own length. */
static void add_paragraph(struct sl_buf *out, const char *text)
{
    char line[LINE_LETTERS + 1];
    while (*text) {
        size_t len = strlen(text);
        if (len > LINE_LETTERS) {
            len = LINE_LETTERS;
            while (len > 0 && text[len] != ' ')
                len--;
            len = len > 0 ? len : LINE_LETTERS;
        }
        memcpy(line, text, len);
        line[len] = '\0';
        add_text(out, line);
        sl_buf_add_byte(out, '\n');
        text += len + (text[len] == ' ');
    }
}

static void add_line(struct sl_buf *out, const char *macro, const char *text)
{
    sl_buf_add(out, sl_str_from(macro));
    add_text(out, text);
    sl_buf_add_byte(out, '\n');
}

/* An option's value: alternatives are words to type (bold), a word in capitals is a place holder (italic). */
static void add_argument(struct sl_buf *out, const char *argument)
{
    bool is_place_holder = isupper((unsigned char)*argument);
    sl_buf_add(out, is_place_holder ? SL_STR(" \\fI") : SL_STR(" \\fB"));
    for (const char *c = argument; *c; c++) {
        if (*c == '|')
            sl_buf_add(out, SL_STR("\\fR|\\fB"));
        else
            sl_buf_add_byte(out, *c);
    }
    sl_buf_add(out, SL_STR("\\fR"));
}

static void add_commands(struct sl_buf *out)
{
    const struct sl_command *command;
    add_line(out, ".SH ", "COMMANDS");
    for (size_t i = 0; (command = sl_command_find_row(i)); i++) {
        sl_buf_add_printf(out, ".TP\n\\fBstamplint %s\\fR [\\fIOPTIONS\\fR]%s", command->name,
                          *command->operands ? " " : "");
        for (const char *c = command->operands; *c; c++)
            sl_buf_add(out, *c == '.' ? SL_STR("\\&.") : (sl_str){c, 1});
        sl_buf_add_byte(out, '\n');
        add_paragraph(out, command->summary);
    }
}

/* "of check, audit", or nothing where all have it */
static void add_option_commands(struct sl_buf *out, unsigned bits)
{
    const struct sl_command *command;
    const char *separator = "of";
    bool everywhere = true;
    for (size_t i = 0; (command = sl_command_find_row(i)); i++)
        everywhere = everywhere && (command->bit & bits);
    if (everywhere)
        return;
    sl_buf_add(out, SL_STR(".br\n("));
    for (size_t i = 0; (command = sl_command_find_row(i)); i++) {
        if (!(command->bit & bits))
            continue;
        sl_buf_add_printf(out, "%s\n\\fB%s\\fR", separator, command->name); /* a line each: roff fills */
        separator = ",";
    }
    sl_buf_add(out, SL_STR(")\n"));
}

static void add_options(struct sl_buf *out)
{
    struct sl_option_row option;
    add_line(out, ".SH ", "OPTIONS");
    for (size_t i = 0; sl_options_lookup_row(i, &option); i++) {
        if (!sl_command_is_known(option.commands))
            continue;
        sl_buf_add(out, SL_STR(".TP\n\\fB\\-\\-"));
        add_text(out, option.name);
        sl_buf_add(out, SL_STR("\\fR"));
        if (option.argument)
            add_argument(out, option.argument);
        sl_buf_add_byte(out, '\n');
        add_paragraph(out, option.help);
        add_option_commands(out, option.commands);
    }
}

static void add_rest(struct sl_buf *out)
{
    add_line(out, ".SH ", "EXIT STATUS");
    add_paragraph(out, SL_COMMAND_EXIT_STATUS ".");
    sl_buf_add(out, SL_STR(".SH FILES\n"
                           ".TP\n\\fB.stamplint.yml\\fR\n"
                           "the configuration, looked for from the working directory up to the\n"
                           "repository's root\n"
                           ".TP\n\\fB.stamplint\\-baseline.json\\fR\n"
                           "findings that are accepted\n"
                           ".SH ENVIRONMENT\n"
                           ".TP\n\\fBNO_COLOR\\fR\n"
                           "set and not empty: no colour\n"
                           ".TP\n\\fBCLICOLOR_FORCE\\fR\n"
                           "set and not 0: colour where standard output is no terminal, too\n"
                           ".TP\n\\fBCOLUMNS\\fR\n"
                           "the width of the text report (default: the terminal's)\n"
                           ".SH EXAMPLES\n"
                           ".TP\n\\fBstamplint check\\fR\n"
                           "lint the project in the working directory\n"
                           ".TP\n\\fBstamplint check \\-\\-changed\\-since origin/main\\fR\n"
                           "report only what stands on changed lines\n"
                           ".TP\n\\fBstamplint check \\-\\-changed\\-since origin/main \\-\\-new\\-only\\fR\n"
                           "report what the branch brings, wherever it stands\n"
                           ".TP\n\\fBstamplint audit \\-\\-schema db/structure.sql mysql\\-slow.log\\fR\n"
                           "find the reports in a query log, with their calls and time\n"));
}

static void render_page(struct sl_buf *out)
{
    sl_buf_add(out, SL_STR(".\\\" Made by `stamplint man` from the tables that --help is made from.\n"
                           ".TH STAMPLINT 1 \"" SL_RELEASE_DATE "\" \"stamplint " SL_VERSION "\" \"User Commands\"\n"
                           ".SH NAME\n"
                           "stamplint \\- finds times of a row's last write that stand in for times of events\n"
                           ".SH SYNOPSIS\n"
                           "\\fBstamplint\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIPATH\\fR\\&.\\&.\\&.]\n"
                           ".br\n"
                           "\\fBstamplint \\-\\-version\\fR | \\fB\\-\\-help\\fR\n"
                           ".SH DESCRIPTION\n"));
    add_paragraph(out, SL_COMMAND_PURPOSE);
    sl_buf_add(out, SL_STR("It reads migrations, SQL files, application code and query logs, records\n"
                           "which statement uses which column and how, and says where a row's\n"
                           "last\\-write time (updated_at) stands in for the time of a business event.\n"));
    add_commands(out);
    add_options(out);
    add_rest(out);
}

static enum sl_status run_man(struct sl_options *options, struct sl_arena *run, int *exit_status, struct sl_error *err)
{
    (void)run;
    if (options->operands.len != 0)
        return sl_error_set(err, SL_ERR_USAGE, "'man' takes no operands.");
    struct sl_buf page = {0};
    render_page(&page);
    fwrite(page.bytes, 1, page.len, stdout);
    sl_buf_release(&page);
    *exit_status = 0;
    return SL_OK;
}

const struct sl_command sl_command_man = {
    .name = "man",
    .bit = SL_COMMAND_MAN,
    .operands = "",
    .summary = "Prints the manual page: stamplint man | man -l -",
    .run = run_man,
};
