/*
 * ruby_model: what the classes and modules of a Ruby file say of their records: scopes, enums, associations, table,
 * database. Read once, when the project is loaded.
 *
 * In:    a source whose bytes are loaded.
 * Out:   models, in the project (project.h); which of them are records is decided when all are known.
 */
#ifndef SL_SOURCE_RUBY_MODEL_H
#define SL_SOURCE_RUBY_MODEL_H

#include "source/project.h"
#include "source/ruby_syntax.h"

struct sl_model_reading {
    struct sl_project *project;
    const struct sl_source *source;
    const struct sl_syntax *syntax;
};

/* Could the file define a model, or what one includes? Asked before it is parsed. */
bool sl_ruby_model_may_stand(sl_str bytes);
void sl_ruby_models_read(struct sl_project *project, const struct sl_source *source);

/* ruby_enum: enum :status, { won: 0 } in each of its ways of writing. */
void sl_ruby_enum_read(const struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *call);

#endif
