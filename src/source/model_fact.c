#include "source/model_fact.h"

#include "base/vec.h"

static void enum_facts(const struct sl_ruby_model *model, struct sl_arena *arena, struct sl_reading *reading)
{
    for (size_t i = 0; i < model->enums.len; i++) {
        const struct sl_ruby_enum *of = &model->enums.items[i];
        for (size_t k = 0; k < of->n_values; k++)
            *SL_VEC_PUSH(arena, &reading->facts) = (struct sl_source_fact){.kind = SL_SOURCE_FACT_ENUM_VALUE,
                                                                           .table = model->table,
                                                                           .column = of->column,
                                                                           .name = of->values[k].name,
                                                                           .value = of->values[k].value,
                                                                           .span = of->values[k].span};
    }
}

static void touch_facts(const struct sl_ruby_model *model, struct sl_arena *arena, struct sl_reading *reading)
{
    for (size_t i = 0; i < model->associations.len; i++) {
        const struct sl_ruby_association *to = &model->associations.items[i];
        if (to->touch.len && to->table.len)
            *SL_VEC_PUSH(arena, &reading->facts) = (struct sl_source_fact){.kind = SL_SOURCE_FACT_TOUCHES,
                                                                           .table = model->table,
                                                                           .column = to->touch,
                                                                           .name = to->table,
                                                                           .span = to->span,
                                                                           .detail = SL_STR("belongs_to touch: true")};
    }
}

void sl_model_fact_read(const struct sl_source *source, struct sl_arena *arena, struct sl_reading *reading)
{
    const struct sl_project *project = source->project;
    for (size_t i = 0; project && i < project->models.len; i++) {
        const struct sl_ruby_model *model = &project->models.items[i];
        if (!model->is_record || model->source != source)
            continue;
        enum_facts(model, arena, reading);
        touch_facts(model, arena, reading);
    }
}
