/* A Rails log of level info, production's: recognised in order to say that it holds no SQL. */
#include "source/log/formats.h"

/* The lightest of all formats: a log with one statement in it is that statement's. */
static unsigned weigh_head(sl_str head)
{
    static const sl_str marks[] = {SL_STR_INIT("Started GET \""), SL_STR_INIT("Started POST \""),
                                   SL_STR_INIT("Processing by "), SL_STR_INIT("Completed 200 OK in ")};
    sl_str line;
    unsigned n = 0;
    for (int i = 0; i < 200 && sl_str_next_line(&head, &line); i++) {
        for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++)
            n += sl_str_find(sl_str_slice(line, 0, 300), marks[k]) != SIZE_MAX;
    }
    return n >= 2;
}

static void scan(struct sl_log_reader *reader)
{
    reader->pos = reader->base + reader->len; /* never called: the format is refused */
}

const struct sl_log_format sl_log_rails_info = {
    .name = "rails-info",
    .title = "a Rails log of level info",
    .refusal =
        "SQL is written at level debug only (config.log_level = :debug); take the database's own log in its place.",
    .dialect = SL_DIALECT_UNKNOWN,
    .weigh_head = weigh_head,
    .scan = scan,
};
