#include "resolve/resolver.h"

/* Two ways to the same column with the same treatment are one origin. */
static bool is_known(const struct sl_output *output, const struct sl_fact_column_use *use)
{
    for (size_t i = 0; i < output->origins.len; i++) {
        const struct sl_fact_column_use *other = &output->origins.items[i];
        if (other->column_id == use->column_id && other->compared_column == use->compared_column &&
            sl_str_eq(other->functions, use->functions) && strcmp(other->shape, use->shape) == 0)
            return true;
    }
    return false;
}

static bool is_value(const struct sl_fact_column_use *use)
{
    return use->clause && (strcmp(use->clause, "select") == 0 || strcmp(use->clause, "values") == 0 ||
                           strcmp(use->clause, "returning") == 0);
}

void sl_lineage_add(struct sl_resolver *r, struct sl_output *output, const struct sl_fact_column_use *use)
{
    if (use->column_id && !is_known(output, use))
        *SL_VEC_PUSH(r->arena, &output->origins) = *use;
}

void sl_lineage_origins(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range,
                        struct sl_output *output)
{
    for (size_t i = range.first; i < range.end; i++) {
        const struct sl_fact_column_use *use = &r->facts->uses.items[i];
        if (use->block_id == block->block_id && is_value(use))
            sl_lineage_add(r, output, use);
    }
}

static uint32_t target_column(struct sl_resolver *r, const struct sl_table *target, const sl_str *names, size_t n_names,
                              size_t index)
{
    if (!target)
        return 0;
    if (n_names) {
        const struct sl_column *column =
            index < n_names ? sl_table_find_column(target, r->dialect, names[index]) : NULL;
        return column ? column->column_id : 0;
    }
    return index < target->columns.len ? target->columns.items[index].column_id : 0;
}

void sl_lineage_emit(struct sl_resolver *r, const struct sl_block *block, const struct sl_table *target,
                     const sl_str *target_columns, size_t n_target_columns)
{
    for (size_t i = 0; i < block->outputs.len; i++) {
        const struct sl_output *output = &block->outputs.items[i];
        bool is_named_by_target = i < n_target_columns;
        for (size_t k = 0; k < output->origins.len; k++) {
            const struct sl_fact_column_use *origin = &output->origins.items[k];
            *SL_VEC_PUSH(r->arena, &r->facts->lineage) = (struct sl_fact_lineage_edge){
                .block_id = block->block_id,
                .output_ordinal = (uint32_t)i + 1,
                .output_name = is_named_by_target ? target_columns[i] : output->name,
                .column_id = origin->column_id,
                .functions = origin->functions,
                .bucket = origin->bucket,
                .aggregate = origin->aggregate ? origin->aggregate : origin->via_aggregate,
                .target_column = target_column(r, target, target_columns, n_target_columns, i),
                .place = origin->place,
            };
        }
    }
}
