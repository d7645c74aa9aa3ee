#include "sql/parse.h"

#include <pg_query.h>
#include <pthread.h>

#include "base/limits.h"
#include "sql/ast.h"

static void *allocate(void *arena, size_t size)
{
    return sl_arena_alloc(arena, size);
}

static void release_nothing(void *arena, void *pointer)
{
    (void)arena;
    (void)pointer;
}

static void free_result(PgQueryProtobufParseResult *result)
{
    pg_query_free_protobuf_parse_result(*result);
}

/* libpg_query counts characters from 1, where 0 is "unknown"; everything here counts bytes from 0. */
static uint32_t byte_of_character(sl_str text, int cursorpos)
{
    size_t off = 0;
    for (int seen = 1; seen < cursorpos && off < text.len; seen++) {
        off++;
        while (off < text.len && ((unsigned char)text.ptr[off] & 0xC0) == 0x80)
            off++;
    }
    return (uint32_t)off;
}

static bool is_limit_message(sl_str message)
{
    static const char *const limits[] = {"memory exhausted", "stack depth limit", "out of memory", "too many"};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (sl_str_find(message, sl_str_from(limits[i])) != SIZE_MAX)
            return true;
    }
    return false;
}

static void fail(struct sl_parsed *out, sl_str error, bool is_limit)
{
    *out = (struct sl_parsed){.error = error, .is_limit = is_limit};
}

static void parse_here(sl_str text, struct sl_arena *arena, struct sl_parsed *out)
{
    sl_str terminated = sl_arena_copy(arena, text);
    __attribute__((cleanup(free_result))) PgQueryProtobufParseResult result = pg_query_parse_protobuf(terminated.ptr);
    if (result.error) {
        sl_str message = sl_arena_copy(arena, sl_str_from(result.error->message));
        fail(out, message, is_limit_message(message));
        out->error_off = byte_of_character(text, result.error->cursorpos);
        return;
    }
    ProtobufCAllocator allocator = {.alloc = allocate, .free = release_nothing, .allocator_data = arena};
    const uint8_t *bytes = (const uint8_t *)result.parse_tree.data;
    out->tree = pg_query__parse_result__unpack(&allocator, result.parse_tree.len, bytes);
    if (!out->tree)
        fail(out, SL_STR("the syntax tree could not be read back"), true);
}

/* Unpacking takes about 4 KiB of stack for each level of the tree, and two bytes of text can be a level. Short texts
 * fit into any thread's stack; longer ones are parsed on a stack that fits the limits of base/limits.h. */
#define SHORT_TEXT_BYTES 2048
#define STACK_BYTES ((size_t)SL_MAX_OPERATOR_RUN * 16 * 1024)

struct job {
    sl_str text;
    struct sl_arena *arena;
    struct sl_parsed *out;
};

static void *run_job(void *argument)
{
    struct job *job = argument;
    parse_here(job->text, job->arena, job->out);
    return NULL;
}

static bool parse_on_large_stack(sl_str text, struct sl_arena *arena, struct sl_parsed *out)
{
    struct job job = {text, arena, out};
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    bool is_started = pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0 &&
                      pthread_create(&thread, &attributes, run_job, &job) == 0;
    pthread_attr_destroy(&attributes);
    if (is_started)
        pthread_join(thread, NULL);
    return is_started;
}

void sl_parse(sl_str common_text, struct sl_arena *arena, struct sl_parsed *out)
{
    *out = (struct sl_parsed){.error = SL_STR_EMPTY};
    /* Lowering puts in some text of its own. */
    if (common_text.len > 4 * (size_t)SL_MAX_STATEMENT_BYTES) {
        fail(out, SL_STR("the statement is longer than the limit"), true);
        return;
    }
    size_t nul_off = sl_str_find_byte(common_text, '\0');
    if (nul_off != SIZE_MAX) {
        fail(out, SL_STR("a NUL byte in the text"), false);
        out->error_off = (uint32_t)nul_off;
        return;
    }
    if (common_text.len <= SHORT_TEXT_BYTES)
        parse_here(common_text, arena, out);
    else if (!parse_on_large_stack(common_text, arena, out))
        fail(out, SL_STR("no memory for the parser's stack"), true);
}

sl_str sl_parse_json(sl_str common_text, struct sl_arena *arena)
{
    PgQueryParseResult result = pg_query_parse(sl_arena_copy(arena, common_text).ptr);
    sl_str tree =
        result.error || !result.parse_tree ? SL_STR_EMPTY : sl_arena_copy(arena, sl_str_from(result.parse_tree));
    pg_query_free_parse_result(result);
    return tree;
}

const char *sl_parse_grammar_version(void)
{
    return PG_VERSION;
}
