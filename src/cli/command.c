#include "cli/command.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/suggest.h"
#include "source/syntax.h"
#include "sql/parse.h"

/* Ended by NULL. */
static const struct sl_command *const commands[] = {
    &sl_command_check, &sl_command_audit,      &sl_command_digest, &sl_command_graph,
    &sl_command_rules, &sl_command_explain,    &sl_command_plan,   &sl_command_baseline,
    &sl_command_parse, &sl_command_completion, &sl_command_man,    NULL,
};

static void print_usage(FILE *to)
{
    fputs("usage: stamplint COMMAND [OPTIONS] [PATH...]\n\n" SL_COMMAND_PURPOSE "\n\n"
          "commands:\n",
          to);
    for (size_t i = 0; commands[i]; i++)
        fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n'stamplint COMMAND --help' lists a command's options; 'stamplint --version' the versions.\n"
          "exit status: " SL_COMMAND_EXIT_STATUS "\n",
          to);
}

const struct sl_command *sl_command_find_row(size_t index)
{
    return index < sizeof commands / sizeof commands[0] ? commands[index] : NULL;
}

bool sl_command_is_known(unsigned bits)
{
    for (size_t i = 0; commands[i]; i++) {
        if (commands[i]->bit & bits)
            return true;
    }
    return false;
}

static const struct sl_command *command_find(const char *name)
{
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

/* Standard output may be a full disk or a closed pipe: asked once, here. */
static int close_output(int exit_status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_status;
    fprintf(stderr, "stamplint: standard output cannot be written: %s.\n", strerror(errno));
    return 2;
}

static int run_command(const struct sl_command *command, int argc, char **argv)
{
    struct sl_arena run;
    struct sl_options options;
    struct sl_error err = {0};
    int exit_status = 0;
    sl_arena_init(&run);
    enum sl_status status = sl_options_read(command, argc, argv, &run, &options, &err);
    if (status == SL_OK && options.help)
        sl_options_print_help(command, stdout);
    else if (status == SL_OK)
        status = command->run(&options, &run, &exit_status, &err);
    if (status != SL_OK) {
        sl_output_message(sl_str_from(err.message));
        exit_status = 2;
    }
    sl_arena_release(&run);
    return close_output(exit_status);
}

static void print_version(void)
{
    struct sl_arena arena;
    sl_arena_init(&arena);
    sl_str languages = sl_syntax_languages(&arena);
    printf("stamplint %s (PostgreSQL grammar %s)\n", SL_VERSION, sl_parse_grammar_version());
    printf("host languages: %s\n", languages.len ? languages.ptr : "none");
    sl_arena_release(&arena);
}

/* A run is short and its memory grows: taken from the system in large pieces, and not given back in between. */
static void tune_memory(void)
{
    enum { PIECE_BYTES = 1024 * 1024, KEPT_BYTES = 64 * 1024 * 1024 };
    mallopt(M_TOP_PAD, PIECE_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, PIECE_BYTES);
}

int sl_command_main(int argc, char **argv)
{
    tune_memory();
    const char *word = argc > 1 ? argv[1] : "--help";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_usage(argc > 1 ? stdout : stderr);
        return argc > 1 ? close_output(0) : 2;
    }
    if (strcmp(word, "--version") == 0) {
        print_version();
        return close_output(0);
    }
    const struct sl_command *command = command_find(word);
    if (!command) {
        struct sl_error err = {0};
        struct sl_suggestion near = {0};
        for (size_t i = 0; commands[i]; i++)
            sl_suggest_add(sl_str_from(word), sl_str_from(commands[i]->name), &near);
        bool is_near = near.word.len > 0;
        (void)sl_error_set(&err, SL_ERR_USAGE, "There is no command '%s'; %s%.*s%s", word,
                           is_near ? "did you mean 'stamplint " : "'stamplint --help' lists them.",
                           SL_STR_ARG(near.word), is_near ? "'?" : "");
        sl_output_message(sl_str_from(err.message));
        return 2;
    }
    return run_command(command, argc, argv);
}
