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

/* has_many :won, -> { where(…) }: a condition on the other table, read where the association is used. */
static bool is_of_association(const struct sl_syntax *syntax, const struct sl_node *node)
{
    static const char *const names[] = {"has_many", "has_one", "belongs_to", "has_and_belongs_to_many"};
    const struct sl_node *above = node->parent;
    for (int up = 0; above && up < 6; up++, above = above->parent) {
        bool is_argument = above->kind == SL_NODE_ARGUMENTS && above->parent && above->parent->kind == SL_NODE_CALL;
        for (size_t i = 0; is_argument && i < sizeof names / sizeof names[0]; i++) {
            if (sl_ruby_method_is(syntax, above->parent, names[i]))
                return true;
        }
    }
    return false;
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

/* The next `….record_timestamps = x` from the node on, outside the body of a class (a model that never has them). */
static const struct sl_node *timestamps_setting(const struct sl_syntax *syntax, const struct sl_node *from)
{
    for (const struct sl_node *n = from; n; n = sl_node_after(syntax->root, n)) {
        const struct sl_node *left = n->kind == SL_NODE_ASSIGNMENT ? sl_node_child(n, SL_FIELD_LEFT) : NULL;
        const struct sl_node *receiver = sl_node_child(left, SL_FIELD_RECEIVER);
        bool is_of_class = receiver && receiver->kind == SL_NODE_SELF && n->parent && n->parent->parent &&
                           n->parent->parent->kind == SL_NODE_CLASS;
        if (left && receiver && sl_node_child(n, SL_FIELD_RIGHT) && !is_of_class &&
            sl_ruby_method_is(syntax, left, "record_timestamps"))
            return n;
    }
    return NULL;
}

static sl_str owner_of_setting(const struct sl_syntax *syntax, const struct sl_node *setting)
{
    return sl_node_text(syntax, sl_node_child(sl_node_child(setting, SL_FIELD_LEFT), SL_FIELD_RECEIVER));
}

static bool switches_off(const struct sl_node *setting)
{
    return sl_node_child(setting, SL_FIELD_RIGHT)->kind == SL_NODE_FALSE;
}

/* Is what the setting switches off switched on again further down, for the same class? */
static bool is_restored(const struct sl_syntax *syntax, const struct sl_node *off)
{
    sl_str owner = owner_of_setting(syntax, off);
    const struct sl_node *next = timestamps_setting(syntax, sl_node_after(syntax->root, off));
    for (; next; next = timestamps_setting(syntax, sl_node_after(syntax->root, next))) {
        if (!switches_off(next) && sl_str_eq(owner_of_setting(syntax, next), owner))
            return true;
    }
    return false;
}

/* record_timestamps = false, and nothing behind it that takes it back. */
static void left_off_facts(struct sl_ruby_file *file)
{
    const struct sl_syntax *syntax = file->syntax;
    if (sl_str_find(file->source->bytes, SL_STR("record_timestamps")) == SIZE_MAX)
        return;
    const struct sl_node *setting = timestamps_setting(syntax, syntax->root);
    for (; setting; setting = timestamps_setting(syntax, sl_node_after(syntax->root, setting))) {
        if (!switches_off(setting) || is_restored(syntax, setting))
            continue;
        const struct sl_ruby_model *model = sl_project_model(file->source->project, owner_of_setting(syntax, setting));
        bool is_one_table = model && model->is_record && !model->is_abstract;
        *SL_VEC_PUSH(file->arena, &file->reading->facts) =
            (struct sl_source_fact){.kind = SL_SOURCE_FACT_TIMESTAMPS_LEFT_OFF,
                                    .database = is_one_table ? model->database : SL_STR_EMPTY,
                                    .table = is_one_table ? model->table : SL_STR_EMPTY,
                                    .span = sl_node_span(setting),
                                    .detail = SL_STR("record_timestamps = false")};
    }
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
        else if (!is_part_of_condition(file->syntax, node) && !is_of_association(file->syntax, node))
            chain_read(file, node);
    }
    left_off_facts(file);
}
