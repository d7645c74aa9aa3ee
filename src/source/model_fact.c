#include "source/model_fact.h"

#include "base/vec.h"
#include "source/ruby_callback.h"

static void enum_facts(const struct sl_ruby_model *model, const struct sl_ruby_model *definer, struct sl_arena *arena,
                       struct sl_reading *reading)
{
    for (size_t i = 0; i < definer->enums.len; i++) {
        const struct sl_ruby_enum *of = &definer->enums.items[i];
        for (size_t k = 0; k < of->n_values; k++)
            *SL_VEC_PUSH(arena, &reading->facts) = (struct sl_source_fact){.kind = SL_SOURCE_FACT_ENUM_VALUE,
                                                                           .database = model->database,
                                                                           .table = model->table,
                                                                           .column = of->column,
                                                                           .name = of->values[k].name,
                                                                           .value = of->values[k].value,
                                                                           .span = of->values[k].span};
    }
}

static void other_table_facts(const struct sl_ruby_model *model, const struct sl_ruby_association *to, sl_str other,
                              struct sl_arena *arena, struct sl_reading *reading)
{
    struct sl_source_fact fact = {.database = model->database, .table = model->table, .name = other, .span = to->span};
    if (to->touch.len) {
        fact.kind = SL_SOURCE_FACT_TOUCHES;
        fact.column = to->touch;
        fact.detail = SL_STR("belongs_to touch: true");
        *SL_VEC_PUSH(arena, &reading->facts) = fact;
    }
    if (to->counter.len) {
        fact.kind = SL_SOURCE_FACT_COUNTS;
        fact.column = to->counter;
        fact.detail = SL_STR("belongs_to counter_cache: true");
        *SL_VEC_PUSH(arena, &reading->facts) = fact;
    }
}

/* belongs_to :commentable, polymorphic: true: the tables of all that say has_many …, as: :commentable. */
static void polymorphic_facts(const struct sl_project *project, const struct sl_ruby_model *model,
                              const struct sl_ruby_association *to, struct sl_arena *arena, struct sl_reading *reading)
{
    for (size_t i = 0; i < project->models.len; i++) {
        const struct sl_ruby_model *other = &project->models.items[i];
        for (size_t k = 0; other->is_record && k < other->associations.len; k++) {
            if (!sl_str_eq(other->associations.items[k].as, to->name))
                continue;
            other_table_facts(model, to, other->table, arena, reading);
            break;
        }
    }
}

static void association_facts(const struct sl_project *project, const struct sl_ruby_model *model,
                              const struct sl_ruby_model *definer, struct sl_arena *arena, struct sl_reading *reading)
{
    for (size_t i = 0; i < definer->associations.len; i++) {
        const struct sl_ruby_association *to = &definer->associations.items[i];
        if (to->touch.len == 0 && to->counter.len == 0)
            continue;
        if (to->is_polymorphic)
            polymorphic_facts(project, model, to, arena, reading);
        else if (to->table.len)
            other_table_facts(model, to, to->table, arena, reading);
    }
}

static void fill_facts(const struct sl_ruby_model *model, const struct sl_ruby_model *definer, struct sl_arena *arena,
                       struct sl_reading *reading)
{
    struct sl_ruby_fills fills = {0};
    sl_ruby_fills_find(model, definer, arena, &fills);
    for (size_t i = 0; i < fills.len; i++) {
        const struct sl_ruby_fill *fill = &fills.items[i];
        *SL_VEC_PUSH(arena, &reading->facts) = (struct sl_source_fact){.kind = SL_SOURCE_FACT_FILLS,
                                                                       .database = model->database,
                                                                       .table = model->table,
                                                                       .column = fill->column,
                                                                       .name = fill->setter_of,
                                                                       .detail = fill->by,
                                                                       .on_insert = fill->on_insert,
                                                                       .on_update = fill->on_update,
                                                                       .is_always = fill->is_always,
                                                                       .span = fill->span};
    }
}

static bool has_definer(const struct sl_ruby_model *model, const struct sl_ruby_model *definer)
{
    for (size_t i = 0; i < model->definers.len; i++) {
        if (model->definers.items[i] == definer)
            return true;
    }
    return false;
}

/* A superclass that is a record says it for the same table already, with all that it includes. */
static bool says_it_for(const struct sl_ruby_model *definer, const struct sl_ruby_model *model)
{
    const struct sl_ruby_model *parent = model->parent;
    bool is_of_same_table = parent && parent->is_record && sl_str_eq(parent->table, model->table);
    return definer == model ||
           ((definer->is_module || definer->is_abstract) && !(is_of_same_table && has_definer(parent, definer)));
}

void sl_model_fact_read(const struct sl_source *source, struct sl_arena *arena, struct sl_reading *reading)
{
    const struct sl_project *project = source->project;
    for (size_t i = 0; project && i < project->models.len; i++) {
        const struct sl_ruby_model *model = &project->models.items[i];
        for (size_t d = 0; model->is_record && d < model->definers.len; d++) {
            const struct sl_ruby_model *definer = model->definers.items[d];
            if (definer->source != source || !says_it_for(definer, model))
                continue;
            enum_facts(model, definer, arena, reading);
            association_facts(project, model, definer, arena, reading);
            fill_facts(model, definer, arena, reading);
        }
    }
}
