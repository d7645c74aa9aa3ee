/* ruby_enum: the values of a model's enum, in each of the ways in which Rails lets one write it. */
#include "base/vec.h"
#include "source/ruby_model.h"

/* The words of a list as values: their numbers, or (where the code maps each to itself) themselves. */
enum value_kind { BY_NUMBER, BY_WORD };

/* "won at last" → won_at_last, as Rails names the methods. */
static sl_str method_of(struct sl_arena *arena, sl_str name)
{
    char *out = sl_arena_alloc(arena, name.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        bool is_word = sl_is_name_char(name.ptr[i]) || (name.ptr[i] & 0x80);
        if (is_word || len == 0 || out[len - 1] != '_' || sl_is_name_char(name.ptr[i - 1]))
            out[len++] = is_word ? name.ptr[i] : '_';
    }
    return (sl_str){out, len};
}

static void value_add(const struct sl_model_reading *r, struct sl_ruby_enum *to, sl_str name, sl_str value,
                      const struct sl_node *node)
{
    struct sl_arena *arena = r->project->arena;
    if (name.len == 0)
        return;
    to->values[to->n_values++] = (struct sl_ruby_enum_value){.name = sl_arena_copy(arena, name),
                                                             .method = method_of(arena, name),
                                                             .value = value,
                                                             .span = sl_node_span(node)};
}

/* enum :status, won: 0, prefix: true: what stands beside the values and is none. */
static bool is_option(sl_str key)
{
    static const char *const options[] = {"prefix", "suffix", "scopes", "default", "instance_methods", "validate"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (sl_str_eq(key, sl_str_from(options[i])))
            return true;
    }
    return key.len && key.ptr[0] == '_';
}

static void pair_read(const struct sl_model_reading *r, struct sl_ruby_enum *to, const struct sl_node *pair)
{
    const struct sl_node *value = sl_node_child(pair, SL_FIELD_VALUE);
    sl_str text = sl_node_text(r->syntax, value);
    bool is_number = value && (value->kind == SL_NODE_INTEGER || value->kind == SL_NODE_UNARY);
    if (value && !is_number) {
        sl_str word = sl_ruby_word(r->syntax, value, r->project->arena);
        if (word.len == 0)
            return; /* computed */
        text = sl_arena_printf(r->project->arena, "'%.*s'", SL_STR_ARG(word));
    }
    value_add(r, to, sl_ruby_pair_key(r->syntax, pair, r->project->arena), text, pair);
}

/* { won: 0 }, [:won, :lost], %w[won lost]; the pairs among arguments, options apart. */
static void values_read(const struct sl_model_reading *r, struct sl_ruby_enum *to, const struct sl_node *values,
                        enum value_kind kind)
{
    struct sl_arena *arena = r->project->arena;
    bool is_arguments = values->kind == SL_NODE_ARGUMENTS;
    size_t cap = 0;
    for (const struct sl_node *item = values->first; item; item = item->next)
        cap++;
    to->values = SL_NEW_ARRAY(arena, cap + 1, struct sl_ruby_enum_value);
    unsigned number = 0;
    for (const struct sl_node *item = values->first; item; item = item->next) {
        sl_str word = item->kind == SL_NODE_PAIR ? sl_ruby_pair_key(r->syntax, item, arena)
                                                 : sl_ruby_word(r->syntax, item, arena);
        if (item->kind == SL_NODE_COMMENT || (is_arguments && (item->kind != SL_NODE_PAIR || is_option(word))))
            continue;
        if (item->kind == SL_NODE_PAIR)
            pair_read(r, to, item);
        else
            value_add(r, to, word,
                      kind == BY_WORD ? sl_arena_printf(arena, "'%.*s'", SL_STR_ARG(word))
                                      : sl_arena_printf(arena, "%u", number++),
                      item);
    }
}

/* What stands behind .freeze, .index_with(&:itself), .to_h { |s| [s, s] }, a constant of the same file. */
static const struct sl_node *values_behind(const struct sl_model_reading *r, const struct sl_node *node,
                                           enum value_kind *kind)
{
    static const char *const by_word[] = {"index_with", "index_by", "to_h", "zip"};
    enum { MAX_STEPS = 8 };
    bool is_numbered = false;
    for (int i = 0; node && i < MAX_STEPS; i++) {
        if (node->kind == SL_NODE_CONSTANT) {
            node = sl_ruby_constant_value(r->syntax, sl_node_text(r->syntax, node));
            continue;
        }
        if (node->kind != SL_NODE_CALL || !sl_node_child(node, SL_FIELD_RECEIVER))
            break;
        is_numbered |= sl_ruby_method_is(r->syntax, node, "each_with_index");
        for (size_t k = 0; k < sizeof by_word / sizeof by_word[0]; k++) {
            if (sl_ruby_method_is(r->syntax, node, by_word[k]))
                *kind = BY_WORD;
        }
        node = sl_node_child(node, SL_FIELD_RECEIVER);
    }
    if (is_numbered)
        *kind = BY_NUMBER;
    bool is_list = node && (node->kind == SL_NODE_HASH || node->kind == SL_NODE_ARRAY ||
                            node->kind == SL_NODE_WORD_ARRAY || node->kind == SL_NODE_ARGUMENTS);
    return is_list ? node : NULL;
}

/* prefix: true is the column, prefix: :x is x; empty where there is none. */
static sl_str affix(const struct sl_model_reading *r, const struct sl_node *call, const char *name, sl_str column)
{
    const struct sl_node *value = sl_ruby_option(r->syntax, call, name);
    if (!value)
        value = sl_ruby_option(r->syntax, call, sl_arena_printf(r->project->arena, "_%s", name).ptr);
    if (!value || value->kind == SL_NODE_FALSE || value->kind == SL_NODE_NIL)
        return SL_STR_EMPTY;
    return value->kind == SL_NODE_TRUE ? column : sl_ruby_word(r->syntax, value, r->project->arena);
}

static void enum_add(const struct sl_model_reading *r, struct sl_ruby_model *model, sl_str column,
                     const struct sl_node *values, const struct sl_node *call)
{
    enum value_kind kind = BY_NUMBER;
    values = values_behind(r, values, &kind);
    if (column.len == 0 || !values)
        return;
    struct sl_arena *arena = r->project->arena;
    sl_str prefix = affix(r, call, "prefix", column);
    sl_str suffix = affix(r, call, "suffix", column);
    struct sl_ruby_enum to = {.column = sl_arena_copy(arena, column)};
    to.prefix = prefix.len ? sl_arena_printf(arena, "%.*s_", SL_STR_ARG(prefix)) : SL_STR_EMPTY;
    to.suffix = suffix.len ? sl_arena_printf(arena, "_%.*s", SL_STR_ARG(suffix)) : SL_STR_EMPTY;
    values_read(r, &to, values, kind);
    *SL_VEC_PUSH(arena, &model->enums) = to;
}

/* enum :status, { won: 0 }   enum status: { won: 0 }   enum :status, won: 0, lost: 1 */
void sl_ruby_enum_read(const struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *call)
{
    const struct sl_node *arguments = sl_node_child(call, SL_FIELD_ARGUMENTS);
    const struct sl_node *first = sl_ruby_argument(call, 0);
    if (first && first->kind != SL_NODE_HASH) {
        const struct sl_node *values = sl_ruby_argument(call, 1);
        enum_add(r, model, sl_ruby_word(r->syntax, first, r->project->arena), values ? values : arguments, call);
        return;
    }
    const struct sl_node *of = first ? first : arguments;
    for (const struct sl_node *pair = sl_ruby_pair_first(of); pair; pair = sl_ruby_pair_next(pair)) {
        sl_str key = sl_ruby_pair_key(r->syntax, pair, r->project->arena);
        if (!is_option(key))
            enum_add(r, model, key, sl_node_child(pair, SL_FIELD_VALUE), call);
    }
}
