#include "cli/options.h"

#include "cli/output.h"
#include "cli/suggest.h"

#include <stddef.h>

enum option_type { OPTION_FLAG, OPTION_WORD, OPTION_LIST };

struct option {
    const char *name;
    const char *argument; /* NULL for a flag; alternatives "a|b|c" are checked */
    unsigned commands;
    enum option_type type;
    size_t offset; /* of the field in struct sl_options */
    const char *help;
};

#define READING (SL_COMMAND_CHECK | SL_COMMAND_AUDIT | SL_COMMAND_GRAPH | SL_COMMAND_BASELINE | SL_COMMAND_PLAN)
#define FINDING (SL_COMMAND_CHECK | SL_COMMAND_AUDIT)
#define LOGS (SL_COMMAND_AUDIT | SL_COMMAND_DIGEST)
#define ALL 0xffffu
#define FIELD(field) offsetof(struct sl_options, field)

static const struct option options[] = {
    {"dialect", "postgres|mysql|sqlite", READING | LOGS | SL_COMMAND_PARSE, OPTION_WORD, FIELD(dialect),
     "the SQL of the sources (default: found from the configuration, the layout or the files)"},
    {"schema", "PATH", READING | SL_COMMAND_PARSE, OPTION_LIST, FIELD(schema),
     "a schema that defines tables; nothing is reported on it; may be repeated"},
    {"config", "FILE", READING | LOGS | SL_COMMAND_PARSE, OPTION_WORD, FIELD(config),
     "read this configuration (default: .stamplint.yml, from here up to the repository's root)"},
    {"no-config", NULL, READING | LOGS | SL_COMMAND_PARSE, OPTION_FLAG, FIELD(no_config), "read no configuration"},
    {"no-cache", NULL, READING, OPTION_FLAG, FIELD(no_cache), "neither use nor write the cache of syntax trees"},
    {"rules", "DIR", READING | SL_COMMAND_EXPLAIN | SL_COMMAND_RULES, OPTION_WORD, FIELD(rules_dir),
     "load further rules (*.md) from DIR"},
    {"select", "RULES", READING, OPTION_LIST, FIELD(select), "run only these rules: SL101,SL2"},
    {"ignore", "RULES", READING, OPTION_LIST, FIELD(ignore), "leave these rules out"},
    {"fail-on", "error|warning|note|never", FINDING, OPTION_WORD, FIELD(fail_on),
     "the lowest severity that gives exit status 1 (default: warning)"},
    {"format", "text|json|jsonl|sarif|github|gitlab|junit|markdown|html", FINDING, OPTION_WORD, FIELD(format),
     "how to print (default: text)"},
    {"format", "sqlite|dot|mermaid|html", SL_COMMAND_GRAPH, OPTION_WORD, FIELD(format),
     "what to write (default: sqlite)"},
    {"output", "FILE", FINDING | SL_COMMAND_GRAPH | SL_COMMAND_DIGEST | SL_COMMAND_BASELINE | SL_COMMAND_PLAN,
     OPTION_WORD, FIELD(output), "write to FILE instead of standard output"},
    {"report", "FORMAT:FILE", FINDING, OPTION_LIST, FIELD(reports),
     "write a report of another format to FILE in the same run: sarif:out.sarif; may be repeated"},
    {"color", "auto|always|never", FINDING, OPTION_WORD, FIELD(color),
     "colour the text report (default: auto; NO_COLOR and CLICOLOR_FORCE are honoured)"},
    {"quiet", NULL, READING | LOGS | SL_COMMAND_PARSE, OPTION_FLAG, FIELD(quiet), "no coverage line, no progress"},
    {"changed-since", "REF", SL_COMMAND_CHECK, OPTION_WORD, FIELD(changed_since),
     "report only findings on lines changed since this branch left the git revision REF"},
    {"staged", NULL, SL_COMMAND_CHECK, OPTION_FLAG, FIELD(staged),
     "report only findings on lines that are staged for commit"},
    {"new-only", NULL, SL_COMMAND_CHECK, OPTION_FLAG, FIELD(new_only),
     "with --changed-since or --staged: report only findings that the change brings, wherever they stand"},
    {"baseline", "FILE", FINDING | SL_COMMAND_BASELINE, OPTION_WORD, FIELD(baseline),
     "findings in this file are accepted (default: .stamplint-baseline.json, if it is there)"},
    {"input-format", "NAME", LOGS, OPTION_WORD, FIELD(input_format), "what the logs are (default: auto)"},
    {"log-line-prefix", "PREFIX", LOGS, OPTION_WORD, FIELD(log_line_prefix),
     "PostgreSQL's log_line_prefix (default: found from the log)"},
    {"jobs", "N", LOGS, OPTION_WORD, FIELD(jobs), "threads that read logs (default: one a processor)"},
    {"dump", "roles", SL_COMMAND_GRAPH, OPTION_WORD, FIELD(dump),
     "print every time and state column with its role and why, as text"},
    {"samples", NULL, SL_COMMAND_DIGEST, OPTION_FLAG, FIELD(samples),
     "keep one execution of each statement with its literals (default: literals are left out)"},
    {"jsonl", NULL, SL_COMMAND_PARSE, OPTION_FLAG, FIELD(jsonl),
     "one JSON string (a statement) a line in, one object a line out"},
    {"format", "text|sql|rails|json", SL_COMMAND_PLAN, OPTION_WORD, FIELD(format), "how to print (default: text)"},
    {"when", "CONDITION", SL_COMMAND_PLAN, OPTION_WORD, FIELD(when),
     "when the event has happened, as SQL: \"status IN ('paid')\" (default: what configuration or findings say)"},
    {"source", "SOURCE", SL_COMMAND_PLAN, OPTION_WORD, FIELD(source),
     "what old rows are filled from: event, created_at, updated_at, a column or an SQL expression"},
    {"server-version", "VERSION", SL_COMMAND_PLAN, OPTION_WORD, FIELD(server_version),
     "the server, for what it can do online: 8.0.36, 10.11-mariadb, 15.4"},
    {"batch-rows", "N", SL_COMMAND_PLAN, OPTION_WORD, FIELD(batch_rows),
     "keys in one batch of the backfill (default: 1000)"},
    {"trigger", NULL, SL_COMMAND_PLAN, OPTION_FLAG, FIELD(trigger), "with a trigger that writes the time once"},
    {"write", NULL, SL_COMMAND_PLAN, OPTION_FLAG, FIELD(write), "apply the diffs of the reports to their files"},
    {"fix", NULL, SL_COMMAND_CHECK, OPTION_FLAG, FIELD(fix),
     "repoint reports whose dedicated column exists, then report what is left"},
    {"unsafe-fixes", NULL, SL_COMMAND_CHECK, OPTION_FLAG, FIELD(unsafe_fixes),
     "with --fix: also where the repaired report may say something else"},
    {"test", NULL, SL_COMMAND_RULES, OPTION_FLAG, FIELD(test),
     "run the examples of the pages: of those in --rules DIR, else of the built-in ones"},
    {"force", NULL, SL_COMMAND_BASELINE, OPTION_FLAG, FIELD(force), "let the baseline grow"},
    {"help", NULL, ALL, OPTION_FLAG, FIELD(help), "print this"},
};

static const struct option *option_find(const struct sl_command *command, sl_str name)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if ((options[i].commands & command->bit) && sl_str_eq(name, sl_str_from(options[i].name)))
            return &options[i];
    }
    return NULL;
}

/* Is `value` one of the alternatives of "a|b|c"? An argument in capitals takes any value. */
static bool is_alternative(const char *argument, sl_str value)
{
    sl_str rest = sl_str_from(argument);
    if (sl_str_find_byte(rest, '|') == SIZE_MAX)
        return true;
    while (rest.len) {
        size_t end = sl_str_find_byte(rest, '|');
        if (sl_str_eq(sl_str_slice(rest, 0, end), value))
            return true;
        rest = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(rest, end + 1, SIZE_MAX);
    }
    return false;
}

static void list_add(struct sl_str_list *list, struct sl_arena *run, sl_str words, bool split)
{
    while (words.len) {
        size_t end = split ? sl_str_find_byte(words, ',') : SIZE_MAX;
        sl_str word = sl_str_slice(words, 0, end);
        if (word.len)
            *SL_VEC_PUSH(run, list) = word;
        words = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(words, end + 1, SIZE_MAX);
    }
}

static enum sl_status option_set(const struct option *option, sl_str value, struct sl_arena *run,
                                 struct sl_options *out, struct sl_error *err)
{
    void *field = (char *)out + option->offset;
    if (option->type == OPTION_FLAG) {
        *(bool *)field = true;
        return SL_OK;
    }
    sl_str canonical = value;
    enum sl_dialect dialect;
    if (option->offset == FIELD(dialect) && sl_dialect_lookup(value, &dialect))
        canonical = sl_str_from(sl_dialect_name(dialect));
    if (!is_alternative(option->argument, canonical))
        return sl_error_set(err, SL_ERR_USAGE, "--%s takes %s, not '%.*s'.", option->name, option->argument,
                            SL_STR_ARG(value));
    if (option->type == OPTION_LIST)
        list_add(field, run, value, option->offset != FIELD(schema) && option->offset != FIELD(reports));
    else
        *(sl_str *)field = canonical;
    return SL_OK;
}

static enum sl_status unknown_option(const struct sl_command *command, sl_str word, sl_str name, struct sl_error *err)
{
    struct sl_suggestion near = {0};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (options[i].commands & command->bit)
            sl_suggest_add(name, sl_str_from(options[i].name), &near);
    }
    if (near.word.len)
        return sl_error_set(err, SL_ERR_USAGE, "'%s' has no option '%.*s'; did you mean --%.*s?", command->name,
                            SL_STR_ARG(word), SL_STR_ARG(near.word));
    return sl_error_set(err, SL_ERR_USAGE, "'%s' has no option '%.*s'; 'stamplint %s --help' lists them.",
                        command->name, SL_STR_ARG(word), command->name);
}

enum sl_status sl_options_read(const struct sl_command *command, int argc, char **argv, struct sl_arena *run,
                               struct sl_options *out, struct sl_error *err)
{
    struct sl_options read = {0};
    bool only_operands = false;
    for (int i = 2; i < argc; i++) {
        sl_str word = sl_str_from(argv[i]);
        if (only_operands || word.len < 2 || word.ptr[0] != '-') {
            *SL_VEC_PUSH(run, &read.operands) = word;
            continue;
        }
        if (sl_str_eq(word, SL_STR("--"))) {
            only_operands = true;
            continue;
        }
        if (sl_str_eq(word, SL_STR("-h")))
            word = SL_STR("--help");
        size_t equals = sl_str_find_byte(word, '=');
        sl_str name = sl_str_has_prefix(word, SL_STR("--"))
                          ? sl_str_slice(word, 2, equals == SIZE_MAX ? SIZE_MAX : equals - 2)
                          : SL_STR_EMPTY;
        const struct option *option = option_find(command, name);
        if (!option)
            return unknown_option(command, word, name, err);
        if (option->type == OPTION_FLAG && equals != SIZE_MAX)
            return sl_error_set(err, SL_ERR_USAGE, "--%s takes no value.", option->name);
        sl_str value = sl_str_slice(word, equals == SIZE_MAX ? word.len : equals + 1, SIZE_MAX);
        if (option->type != OPTION_FLAG && equals == SIZE_MAX) {
            if (++i >= argc)
                return sl_error_set(err, SL_ERR_USAGE, "--%s needs a value: %s.", option->name, option->argument);
            value = sl_str_from(argv[i]);
        }
        SL_TRY(option_set(option, value, run, &read, err));
    }
    *out = read;
    return SL_OK;
}

#define HELP_COLUMN 32
#define HELP_WIDTH 100 /* where no terminal says its own */

/* Words behind HELP_COLUMN, on as many lines as they need. */
static void print_wrapped(sl_str text, uint32_t width, FILE *to)
{
    size_t room = width > HELP_COLUMN + 20 ? width - HELP_COLUMN : SIZE_MAX;
    while (text.len > room) {
        size_t len = room;
        while (len > 0 && text.ptr[len] != ' ')
            len--;
        len = len > 0 ? len : room;
        fprintf(to, "%.*s\n%*s", (int)len, text.ptr, HELP_COLUMN, "");
        text = sl_str_trim(sl_str_slice(text, len, SIZE_MAX));
    }
    fprintf(to, "%.*s\n", SL_STR_ARG(text));
}

void sl_options_print_help(const struct sl_command *command, FILE *to)
{
    uint32_t columns = sl_output_width();
    columns = columns ? columns : HELP_WIDTH;
    fprintf(to, "usage: stamplint %s [OPTIONS]%s%s\n\n%s\n\noptions:\n", command->name, *command->operands ? " " : "",
            command->operands, command->summary);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (!(options[i].commands & command->bit))
            continue;
        int width = fprintf(to, "  --%s%s%s", options[i].name, options[i].argument ? " " : "",
                            options[i].argument ? options[i].argument : "");
        bool is_long = width > HELP_COLUMN - 2;
        fprintf(to, "%s%*s", is_long ? "\n" : "", is_long ? HELP_COLUMN : HELP_COLUMN - width, "");
        print_wrapped(sl_str_from(options[i].help), columns, to);
    }
}

bool sl_options_lookup_row(size_t index, struct sl_option_row *out)
{
    if (index >= sizeof options / sizeof options[0])
        return false;
    const struct option *option = &options[index];
    *out = (struct sl_option_row){.name = option->name,
                                  .argument = option->argument,
                                  .commands = option->commands,
                                  .is_list = option->type == OPTION_LIST,
                                  .help = option->help};
    return true;
}
