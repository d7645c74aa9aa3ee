/*
 * ruby_callback: the columns that a record fills by itself: in the callbacks of its save, in setters of its own.
 *
 * In:    class bodies while the project is read; then the models, when all are known: a callback may name a method of
 *        another module.
 * Out:   fills, one for each callback (or setter) and column.
 * Owns:  nothing; texts are borrowed from the sources or lie in the arena that was passed.
 * Fails: never; what is computed (send, a callback object, names in variables) is not followed.
 * Limits: one level of own methods called from a callback, SL_RUBY_MAX_CALLBACK_BODIES bodies for each callback.
 * Source: Rails' guide "Active Record Callbacks"; update_all, update_columns and SQL run none of them.
 */
#ifndef SL_SOURCE_RUBY_CALLBACK_H
#define SL_SOURCE_RUBY_CALLBACK_H

#include "source/ruby_model.h"

enum { SL_RUBY_MAX_CALLBACK_DEPTH = 1, SL_RUBY_MAX_CALLBACK_BODIES = 32 };

struct sl_ruby_fill {
    sl_str column;
    sl_str by;                 /* "before_save :set_drawn_at", "status=" */
    sl_str setter_of;          /* only where this column is assigned; empty: at each save */
    bool on_insert, on_update; /* of the row */
    bool is_always;            /* without a condition, and always with the current time */
    struct sl_span span;       /* of `by`, in the definer's source */
};

struct sl_ruby_fills {
    struct sl_ruby_fill *items;
    size_t len, cap;
};

/* before_save :x … in a class body: kept in the model; other calls are passed over. */
void sl_ruby_callback_read(const struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *call);
/* def x; also `private def x`. Other nodes are passed over. */
void sl_ruby_method_read(const struct sl_model_reading *r, struct sl_ruby_model *model, const struct sl_node *node);
/* What the callbacks and setters that stand in `definer` (the model, its modules, its superclasses) fill in `model`. */
void sl_ruby_fills_find(const struct sl_ruby_model *model, const struct sl_ruby_model *definer, struct sl_arena *arena,
                        struct sl_ruby_fills *out);

#endif
