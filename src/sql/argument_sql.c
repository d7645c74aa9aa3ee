#include "sql/argument_sql.h"

#include "sql/dynamic.h"
#include "sql/lex.h"

/* By the beginning of their names: crosstab2, crosstabn … too. */
static const struct {
    sl_str name;
    uint32_t n_queries; /* the first arguments */
} functions[] = {
    {SL_STR_INIT("crosstab"), 2},
    {SL_STR_INIT("query_to_xml"), 1},
    {SL_STR_INIT("ts_stat"), 1},
};

static uint32_t queries_of(sl_str name)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (sl_str_has_prefix_nocase(name, functions[i].name))
            return functions[i].n_queries;
    }
    return 0;
}

static bool may_hold_one(sl_str text)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (sl_str_find_nocase(text, functions[i].name) != SIZE_MAX)
            return true;
    }
    return false;
}

/* '…' with '' for one ': between these the bytes are the same. */
static void map_quoted(const struct sl_lowered_item *whole, sl_str value, uint32_t off, struct sl_arena *arena,
                       struct sl_segmap *runs)
{
    uint32_t out = 0;
    while (out < value.len) {
        size_t quote = sl_str_find_byte(sl_str_slice(value, out, SIZE_MAX), '\'');
        uint32_t len = quote == SIZE_MAX ? (uint32_t)value.len - out : (uint32_t)quote + 1;
        sl_dynamic_map_run(runs, arena, &whole->map, out, (struct sl_span){off, len});
        out += len;
        off += len + 1;
    }
}

static struct sl_lowered_item part_of(const struct sl_lowered_item *whole, const struct sl_token *token,
                                      struct sl_arena *arena)
{
    struct sl_span inside;
    sl_str value = sl_dynamic_value(whole->text, token, arena, &inside);
    struct sl_segmap runs = {0};
    if (inside.len != value.len && whole->text.ptr[token->off] == '\'' && !(token->flags & SL_TOKF_ESCAPES))
        map_quoted(whole, value, token->off + 1, arena, &runs);
    else
        sl_dynamic_map_run(&runs, arena, &whole->map, 0, inside);
    return sl_dynamic_part(value, &runs, sl_segmap_lookup(&whole->map, token->off, NULL), arena);
}

static bool is_query(sl_str text, const struct sl_token *token)
{
    sl_str bytes = sl_str_slice(text, token->off, token->len);
    return token->kind == SL_TOK_STRING && (sl_str_find_nocase(bytes, SL_STR("select")) != SIZE_MAX ||
                                            sl_str_find_nocase(bytes, SL_STR("values")) != SIZE_MAX);
}

/* The first arguments of a call, as far as each is one literal, with a cast or without. */
static void add_queries(const struct sl_lowered_item *whole, const struct sl_token *argument, uint32_t n_queries,
                        struct sl_arena *arena, struct sl_lowered *out)
{
    for (uint32_t k = 0; k < n_queries && is_query(whole->text, argument); k++) {
        const struct sl_token *behind = argument + 1;
        if (behind->kind == SL_TOK_OP && behind->partner == SL_OP2(':', ':') && behind[1].kind == SL_TOK_WORD)
            behind += 2;
        if (behind->kind != SL_TOK_COMMA && behind->kind != SL_TOK_CLOSE)
            return;
        out->items[out->n_items++] = part_of(whole, argument, arena);
        argument = behind + 1;
        if (behind->kind == SL_TOK_CLOSE)
            return;
    }
}

void sl_argument_sql_expand(struct sl_arena *arena, struct sl_lowered *lowered)
{
    if (lowered->kind != SL_LOWERED_SQL || lowered->n_items != 1 || !may_hold_one(lowered->items[0].text))
        return;
    const struct sl_lowered_item whole = lowered->items[0];
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_POSTGRES};
    struct sl_tokens tokens;
    sl_lex(whole.text, &mode, arena, &tokens);
    if (tokens.error.len > 0)
        return;
    lowered->items = SL_NEW_ARRAY(arena, tokens.len + 1, struct sl_lowered_item);
    lowered->items[0] = whole;
    for (uint32_t i = 0; i + 3 < tokens.len; i++) {
        const struct sl_token *name = &tokens.items[i];
        bool is_call = name->kind == SL_TOK_WORD && name[1].kind == SL_TOK_OPEN;
        if (is_call)
            add_queries(&whole, name + 2, queries_of(sl_str_slice(whole.text, name->off, name->len)), arena, lowered);
    }
}
