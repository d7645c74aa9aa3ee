/* stamplint parse: what was understood. For people: lowered text, tree, uses. With --jsonl: one answer a statement. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/session.h"
#include "graph/query.h"
#include "report/escape.h"
#include "resolve/dump.h"
#include "sql/parse.h"
#include "sql/understand.h"

/* Prints lines of an input, escaped one by one. */
static void print_text(sl_str text)
{
    struct sl_buf escaped = {0};
    sl_str line;
    while (sl_str_next_line(&text, &line)) {
        sl_buf_add(&escaped, SL_STR("  "));
        sl_escape_frame(line, &escaped);
        sl_buf_add_byte(&escaped, '\n');
    }
    if (escaped.len)
        fwrite(escaped.bytes, 1, escaped.len, stdout);
    sl_buf_release(&escaped);
}

static void print_statement(void *context, const struct sl_statement *statement, const struct sl_facts *facts,
                            const struct sl_catalog *catalog)
{
    struct sl_arena *scratch = context;
    struct sl_place place = sl_statement_whole(statement);
    struct sl_buf dump = {0};
    printf("%u:%u %.*s\n", place.line, place.col, SL_STR_ARG(statement->lowered->verb));
    if (statement->item != SL_NO_ITEM) {
        sl_str lowered = statement->lowered->items[statement->item].text;
        puts(" lowered");
        print_text(lowered);
        puts(" tree");
        print_text(sl_parse_json(lowered, scratch));
    }
    sl_facts_dump(facts, catalog, &dump);
    if (dump.len) {
        puts(" facts");
        print_text(sl_buf_str(&dump));
    }
    sl_buf_release(&dump);
    sl_arena_reset(scratch);
}

static enum sl_status parse_for_people(struct sl_session *session, struct sl_error *err)
{
    struct sl_arena scratch;
    sl_arena_init(&scratch);
    session->on_statement = print_statement;
    session->on_statement_context = &scratch;
    enum sl_status status = sl_session_read_paths(session, err);
    sl_arena_release(&scratch);
    return status == SL_OK ? sl_session_print_coverage(session, err) : status;
}

/* One line: a JSON string in, an object out. */
static enum sl_status answer_line(sl_str line, const struct sl_sql_mode *mode, struct sl_query *decode,
                                  struct sl_query *encode, struct sl_arena *scratch, struct sl_error *err)
{
    bool has_row = false;
    struct sl_understood understood;
    sl_query_reset(decode);
    sl_query_bind_str(decode, 1, line);
    SL_TRY(sl_query_step(decode, &has_row, err));
    if (sl_query_is_null(decode, 0)) {
        puts("{\"ok\":false,\"error\":\"the line is not a JSON string\"}");
        return SL_OK;
    }
    sl_understand(sl_query_str(decode, 0), mode, scratch, &understood);
    sl_query_reset(encode);
    sl_query_bind_int(encode, 1, understood.is_ok);
    sl_query_bind_str(encode, 2, understood.is_ok ? understood.kind : understood.error);
    sl_query_bind_str(encode, 3, understood.lowered);
    SL_TRY(sl_query_step(encode, &has_row, err));
    sl_str answer = sl_query_str(encode, 0);
    fwrite(answer.ptr, 1, answer.len, stdout);
    putchar('\n');
    sl_arena_reset(scratch);
    return SL_OK;
}

static enum sl_status answer_lines(struct sl_session *session, FILE *in, struct sl_error *err)
{
    SL_QUERY decode = NULL;
    SL_QUERY encode = NULL;
    SL_TRY(sl_query_prepare(
        session->graph,
        SL_STR("SELECT CASE WHEN json_valid(?1) AND json_type(?1) = 'text' THEN json_extract(?1, '$') END"), &decode,
        err));
    SL_TRY(
        sl_query_prepare(session->graph,
                         SL_STR("SELECT CASE WHEN ?1 THEN json_object('ok', json('true'), 'kind', ?2, 'lowered', ?3) "
                                "ELSE json_object('ok', json('false'), 'error', ?2) END"),
                         &encode, err));
    struct sl_sql_mode mode = {.dialect =
                                   session->dialect == SL_DIALECT_UNKNOWN ? SL_DIALECT_POSTGRES : session->dialect};
    struct sl_arena scratch;
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    enum sl_status status = SL_OK;
    sl_arena_init(&scratch);
    while (status == SL_OK && (len = getline(&line, &cap, in)) >= 0) {
        sl_str text = sl_str_trim((sl_str){line, (size_t)len});
        if (text.len)
            status = answer_line(text, &mode, decode, encode, &scratch, err);
    }
    free(line);
    sl_arena_release(&scratch);
    return status;
}

static enum sl_status parse_jsonl(struct sl_session *session, struct sl_error *err)
{
    const struct sl_str_list *files = &session->options->operands;
    if (files->len == 0)
        return answer_lines(session, stdin, err);
    for (size_t i = 0; i < files->len; i++) {
        FILE *in = fopen(files->items[i].ptr, "rb");
        if (!in)
            return sl_error_set(err, SL_ERR_IO, "%s cannot be read: %s.", files->items[i].ptr, strerror(errno));
        enum sl_status status = answer_lines(session, in, err);
        fclose(in);
        SL_TRY(status);
    }
    return SL_OK;
}

static enum sl_status run_parse(struct sl_options *options, struct sl_arena *run, int *exit_status,
                                struct sl_error *err)
{
    struct sl_session session;
    SL_TRY(sl_session_open(options, run, &session, err));
    enum sl_status status = options->jsonl ? parse_jsonl(&session, err) : parse_for_people(&session, err);
    *exit_status = session.is_incomplete ? 2 : 0;
    sl_session_close(&session);
    return status;
}

const struct sl_command sl_command_parse = {
    .name = "parse",
    .bit = SL_COMMAND_PARSE,
    .operands = "[FILE...]",
    .summary = "Shows what was understood: the lowered SQL, its tree, its uses of columns.",
    .run = run_parse,
};
