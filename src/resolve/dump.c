#include "resolve/dump.h"

#include "base/limits.h"

struct dump {
    const struct sl_facts *facts;
    const struct sl_catalog *catalog;
    struct sl_buf *out;
};

/* The number of a block within the dump: its position. */
static size_t block_number(const struct dump *dump, uint32_t block_id)
{
    for (size_t i = 0; i < dump->facts->blocks.len; i++) {
        if (dump->facts->blocks.items[i].block_id == block_id)
            return i + 1;
    }
    return 0;
}

static void add_column(const struct dump *dump, uint32_t column_id, sl_str otherwise)
{
    const struct sl_column *column = sl_catalog_column(dump->catalog, column_id);
    const struct sl_table *table = column ? sl_catalog_table(dump->catalog, column->table_id) : NULL;
    if (!column || !table) {
        sl_buf_add_printf(dump->out, "?%.*s", SL_STR_ARG(otherwise));
        return;
    }
    if (table->schema.len)
        sl_buf_add_printf(dump->out, "%.*s.", SL_STR_ARG(table->schema));
    sl_buf_add_printf(dump->out, "%.*s.%.*s", SL_STR_ARG(table->name), SL_STR_ARG(column->name));
}

static void add_word(const struct dump *dump, const char *key, const char *word)
{
    if (word)
        sl_buf_add_printf(dump->out, " %s=%s", key, word);
}

static void add_text(const struct dump *dump, const char *key, sl_str text)
{
    if (text.len)
        sl_buf_add_printf(dump->out, " %s=%.*s", key, SL_STR_ARG(text));
}

static void add_flag(const struct dump *dump, const char *name, bool is_set)
{
    if (is_set)
        sl_buf_add_printf(dump->out, " %s", name);
}

static void dump_use(const struct dump *dump, const struct sl_fact_column_use *use)
{
    sl_buf_add_printf(dump->out, "  use %s ", use->clause ? use->clause : "-");
    add_column(dump, use->column_id, use->name);
    sl_buf_add_printf(dump->out, " %s", use->shape);
    add_text(dump, "functions", use->functions);
    add_word(dump, "bucket", use->bucket);
    add_word(dump, "bound", use->bound);
    add_word(dump, "with", use->compared_with);
    if (use->compared_column) {
        sl_buf_add(dump->out, SL_STR(" other="));
        add_column(dump, use->compared_column, SL_STR_EMPTY);
    }
    add_word(dump, "aggregate", use->aggregate);
    add_flag(dump, "filtered", use->aggregate_filtered);
    add_flag(dump, "boolean_sum", use->in_boolean_sum);
    add_text(dump, "window", use->window_function);
    add_word(dump, "sort", use->sort);
    if (use->key_ordinal)
        sl_buf_add_printf(dump->out, " key=%u", use->key_ordinal);
    add_text(dump, "as", use->output_name);
    if (use->via_block)
        sl_buf_add_printf(dump->out, " via=%zu", block_number(dump, use->via_block));
    add_word(dump, "via_aggregate", use->via_aggregate);
    if (strcmp(use->resolution, "exact") != 0)
        sl_buf_add_printf(dump->out, " %s", use->resolution);
    sl_buf_add_printf(dump->out, " @%u:%u\n", use->place.line, use->place.col);
}

static void dump_predicate(const struct dump *dump, const struct sl_fact_state_predicate *predicate)
{
    sl_buf_add_printf(dump->out, "  %s ", predicate->is_state ? "state" : "test");
    add_column(dump, predicate->column_id, SL_STR_EMPTY);
    sl_buf_add_printf(dump->out, " %s %s", predicate->operator, predicate->value_kind);
    if (predicate->values.len > 2)
        sl_buf_add_printf(dump->out, " %.*s", SL_STR_ARG(predicate->values));
    sl_buf_add_printf(dump->out, " in %s", predicate->clause);
    if (predicate->inherited_from)
        sl_buf_add_printf(dump->out, " from=%zu", block_number(dump, predicate->inherited_from));
    sl_buf_add_byte(dump->out, '\n');
}

static void dump_assignment(const struct dump *dump, const struct sl_fact_assignment *assignment)
{
    sl_buf_add_printf(dump->out, "  set %s ", assignment->arm);
    add_column(dump, assignment->column_id, SL_STR_EMPTY);
    sl_buf_add_printf(dump->out, " %s", assignment->value_shape);
    if (assignment->value_column) {
        sl_buf_add(dump->out, SL_STR(" from="));
        add_column(dump, assignment->value_column, SL_STR_EMPTY);
    }
    add_text(dump, "text", assignment->value_text);
    sl_buf_add_byte(dump->out, '\n');
}

static void dump_lineage(const struct dump *dump, const struct sl_fact_lineage_edge *edge)
{
    sl_buf_add_printf(dump->out, "  out %u %.*s <- ", edge->output_ordinal,
                      SL_STR_ARG(edge->output_name.len ? edge->output_name : SL_STR("-")));
    add_column(dump, edge->column_id, SL_STR_EMPTY);
    add_text(dump, "functions", edge->functions);
    add_word(dump, "bucket", edge->bucket);
    add_word(dump, "aggregate", edge->aggregate);
    if (edge->target_column) {
        sl_buf_add(dump->out, SL_STR(" into="));
        add_column(dump, edge->target_column, SL_STR_EMPTY);
    }
    sl_buf_add_byte(dump->out, '\n');
}

static void dump_relation(const struct dump *dump, const struct sl_fact_block_relation *relation)
{
    const struct sl_table *table = sl_catalog_table(dump->catalog, relation->table_id);
    sl_buf_add_printf(dump->out, "  %s", relation->join);
    if (table)
        sl_buf_add_printf(dump->out, " %.*s%s%.*s", SL_STR_ARG(table->schema), table->schema.len ? "." : "",
                          SL_STR_ARG(table->name));
    if (relation->source_block)
        sl_buf_add_printf(dump->out, " #%zu", block_number(dump, relation->source_block));
    bool is_alias = relation->alias.len && (!table || !sl_str_eq(relation->alias, table->name));
    add_text(dump, "as", is_alias ? relation->alias : SL_STR_EMPTY);
    sl_buf_add_byte(dump->out, '\n');
}

static void dump_block(const struct dump *dump, size_t index)
{
    const struct sl_fact_query_block *block = &dump->facts->blocks.items[index];
    sl_buf_add_printf(dump->out, "#%zu %s", index + 1, block->kind);
    add_text(dump, "name", block->name);
    if (block->parent_id)
        sl_buf_add_printf(dump->out, " in=%zu", block_number(dump, block->parent_id));
    add_flag(dump, "grouping", block->has_grouping);
    add_flag(dump, "aggregate", block->has_aggregate);
    add_flag(dump, block->has_count_star ? "count(*)" : "count", block->has_count);
    add_flag(dump, "distinct", block->has_distinct);
    add_flag(dump, "order", block->has_order);
    add_flag(dump, "limit", block->has_limit);
    add_flag(dump, "locking", block->has_locking);
    add_flag(dump, "recursive", block->is_recursive);
    sl_buf_add_byte(dump->out, '\n');
}

#define DUMP_ROWS(vec, function)                                                                                       \
    for (size_t k = 0; k < (vec).len; k++) {                                                                           \
        if ((vec).items[k].block_id == facts->blocks.items[i].block_id)                                                \
            function(&dump, &(vec).items[k]);                                                                          \
    }

void sl_facts_dump(const struct sl_facts *facts, const struct sl_catalog *catalog, struct sl_buf *out)
{
    struct dump dump = {facts, catalog, out};
    for (size_t i = 0; i < facts->blocks.len; i++) {
        dump_block(&dump, i);
        DUMP_ROWS(facts->relations, dump_relation)
        DUMP_ROWS(facts->uses, dump_use)
        DUMP_ROWS(facts->predicates, dump_predicate)
        DUMP_ROWS(facts->assignments, dump_assignment)
        DUMP_ROWS(facts->lineage, dump_lineage)
    }
}
