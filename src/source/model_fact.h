/*
 * model_fact: what a file's models say that SQL cannot: the names behind an enum's numbers, whose last write a save
 * touches beside its own.
 *
 * In:    a source whose project was read.
 * Out:   facts, in the order of the models. They hold for the whole run, so they are asked for before any statement.
 */
#ifndef SL_SOURCE_MODEL_FACT_H
#define SL_SOURCE_MODEL_FACT_H

#include "source/project.h"

void sl_model_fact_read(const struct sl_source *source, struct sl_arena *arena, struct sl_reading *reading);

#endif
