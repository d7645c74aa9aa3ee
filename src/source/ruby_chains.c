/* ruby_chains: every ActiveRecord chain of a file, and what its models say that SQL cannot. */
#include "base/vec.h"
#include "source/ruby_chain.h"

/* Is the node inside the arguments of another chain's condition? Then it is a sub-select of it. */
static bool is_part_of_condition(const struct sl_syntax *syntax, const struct sl_node *node)
{
    static const char *const names[] = {"where", "not", "or", "merge", "and", "rewhere"};
    const struct sl_node *above = node->parent;
    for (int up = 0; above && up < 4; up++, above = above->parent) {
        if (above->kind == SL_NODE_BLOCK || above->kind == SL_NODE_BLOCK_BODY || above->kind == SL_NODE_RANGE)
            return false;
        bool is_argument = above->kind == SL_NODE_ARGUMENTS && above->parent && above->parent->kind == SL_NODE_CALL;
        for (size_t i = 0; is_argument && i < sizeof names / sizeof names[0]; i++) {
            if (sl_ruby_method_is(syntax, above->parent, names[i]))
                return true;
        }
    }
    return false;
}

/* The whole chain, not a link of it: nothing is called on its result. */
static bool is_whole_chain(const struct sl_node *node)
{
    if (node->kind != SL_NODE_CALL)
        return false;
    return !(node->field == SL_FIELD_RECEIVER && node->parent && node->parent->kind == SL_NODE_CALL);
}

static bool is_worth_a_statement(const struct sl_ruby_chain *chain)
{
    bool has_rows = chain->stage == SL_CHAIN_RELATION || chain->stage == SL_CHAIN_RECORDS ||
                    chain->stage == SL_CHAIN_VALUES || chain->stage == SL_CHAIN_RECORD;
    if (!has_rows || chain->is_written || chain->is_new)
        return false;
    size_t clauses = 0;
    for (size_t i = 0; i < SL_CLAUSE_LIMIT; i++)
        clauses += chain->clauses[i].len;
    return clauses > 0;
}

/* `relation = Entry.where(…)`, and later `relation.group(…)`: the later chain is the statement. */
static bool is_continued(const struct sl_ruby_file *file, const struct sl_node *node)
{
    const struct sl_node *assignment = node->parent;
    if (!assignment || assignment->kind != SL_NODE_ASSIGNMENT || node->field != SL_FIELD_RIGHT)
        return false;
    sl_str name = sl_node_text(file->syntax, sl_node_child(assignment, SL_FIELD_LEFT));
    const struct sl_node *top = sl_ruby_above(node, SL_NODE_METHOD);
    if (!top)
        top = sl_ruby_above(node, SL_NODE_SINGLETON_METHOD);
    if (!top)
        top = file->syntax->root;
    const struct sl_ruby_mentions *all = &file->receivers;
    for (size_t i = sl_ruby_mention_at(all, node->off + node->len); i < all->len; i++) {
        if (all->items[i].node->off >= top->off + top->len)
            return false;
        if (sl_str_eq(all->items[i].name, name))
            return true;
    }
    return false;
}

static void chain_read(struct sl_ruby_file *file, const struct sl_node *node)
{
    struct sl_ruby_chain chain;
    size_t operand = 0;
    do { /* each of the lists that are added up in memory */
        sl_chain_init(&chain, file, NULL);
        chain.whole = node;
        chain.operand = operand++;
        sl_chain_follow(&chain, node);
    } while (operand < chain.n_operands);
    if (chain.n_operands || !is_worth_a_statement(&chain))
        return;
    /* a record that a variable stands for was read where it was assigned */
    if (chain.stage == SL_CHAIN_RECORD && chain.variable.len)
        return;
    if (is_continued(file, node))
        return;
    struct sl_sql_writer writer;
    sl_chain_writer(&chain, &writer);
    sl_chain_select_write(&chain, &writer);
    sl_chain_emit(&chain, &writer, node, 0);
}

static void fact_add(struct sl_ruby_file *file, struct sl_source_fact fact)
{
    *SL_VEC_PUSH(file->arena, &file->reading->facts) = fact;
}

static void model_facts(struct sl_ruby_file *file, const struct sl_ruby_model *model)
{
    for (size_t i = 0; i < model->enums.len; i++) {
        const struct sl_ruby_enum *of = &model->enums.items[i];
        for (size_t k = 0; k < of->n_values; k++)
            fact_add(file, (struct sl_source_fact){.kind = SL_SOURCE_FACT_ENUM_VALUE,
                                                   .table = model->table,
                                                   .column = of->column,
                                                   .name = of->values[k].name,
                                                   .value = of->values[k].value,
                                                   .span = of->values[k].span});
    }
    for (size_t i = 0; i < model->associations.len; i++) {
        const struct sl_ruby_association *to = &model->associations.items[i];
        if (to->touch.len && to->table.len)
            fact_add(file, (struct sl_source_fact){.kind = SL_SOURCE_FACT_TOUCHES,
                                                   .table = model->table,
                                                   .column = to->touch,
                                                   .name = to->table,
                                                   .span = to->span,
                                                   .detail = SL_STR("belongs_to touch: true")});
    }
}

/* record_timestamps = false with no = true behind it. */
static void left_off_fact(struct sl_ruby_file *file)
{
    const struct sl_syntax *syntax = file->syntax;
    const struct sl_node *off = NULL;
    if (sl_str_find(file->source->bytes, SL_STR("record_timestamps")) == SIZE_MAX)
        return;
    for (const struct sl_node *n = syntax->root; n; n = sl_node_after(syntax->root, n)) {
        const struct sl_node *left = n->kind == SL_NODE_ASSIGNMENT ? sl_node_child(n, SL_FIELD_LEFT) : NULL;
        const struct sl_node *right = sl_node_child(n, SL_FIELD_RIGHT);
        const struct sl_node *receiver = sl_node_child(left, SL_FIELD_RECEIVER);
        bool is_setting = left && right && sl_ruby_method_is(syntax, left, "record_timestamps");
        bool is_of_class = receiver && receiver->kind == SL_NODE_SELF && n->parent && n->parent->parent &&
                           n->parent->parent->kind == SL_NODE_CLASS; /* a model that never has them */
        if (is_setting && !is_of_class)
            off = right->kind == SL_NODE_FALSE ? n : NULL;
    }
    if (off)
        fact_add(file, (struct sl_source_fact){.kind = SL_SOURCE_FACT_TIMESTAMPS_LEFT_OFF,
                                               .span = sl_node_span(off),
                                               .detail = SL_STR("record_timestamps = false")});
}

void sl_ruby_chains_read(struct sl_ruby_file *file)
{
    const struct sl_node *root = file->syntax->root;
    for (const struct sl_node *node = root; node; node = sl_node_after(root, node)) {
        bool is_chain = is_whole_chain(node);
        bool is_memory = node->kind == SL_NODE_OPERATOR_ASSIGNMENT || node->kind == SL_NODE_BINARY;
        if ((!is_chain && !is_memory) || sl_ruby_is_excluded(file, node))
            continue;
        if (is_memory)
            sl_chain_memory_read(file, node);
        else if (!is_part_of_condition(file->syntax, node))
            chain_read(file, node);
    }
    const struct sl_project *project = file->source->project;
    for (size_t i = 0; project && i < project->models.len; i++) {
        const struct sl_ruby_model *model = &project->models.items[i];
        if (model->is_record && model->source == file->source)
            model_facts(file, model);
    }
    left_off_fact(file);
}
