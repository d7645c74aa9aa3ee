/*
 * orm_statement: a call chain of Eloquent or Django on its way to one SQL statement.
 *
 * In:    clauses, added in the order of the chain's calls.
 * Out:   a SELECT, UPDATE or DELETE as one fragment.
 * Owns:  nothing; everything lives in the file arena.
 * Not here: which calls mean which clause (orm_php, orm_python); ActiveRecord, whose chains cross files (ruby_chain).
 */
#ifndef SL_SOURCE_ORM_STATEMENT_H
#define SL_SOURCE_ORM_STATEMENT_H

#include "source/literal.h"
#include "source/project.h"

struct sl_orm_statement {
    const struct sl_source *source;
    const struct sl_syntax *syntax;
    struct sl_arena *arena;
    struct sl_reading *reading;
    sl_str table;
    struct sl_sql_writer select, where, group, order, set;
    const struct sl_node *whole;
    uint32_t flags;
    bool is_one_row;
};

void sl_orm_begin(struct sl_orm_statement *statement, const struct sl_source *source, const struct sl_syntax *syntax,
                  struct sl_arena *arena, struct sl_reading *reading, const struct sl_node *whole);
/* The table of a model class: what a schema names like it, else the framework's own plural. Empty: no model. */
sl_str sl_orm_table(const struct sl_source *source, sl_str class_name, struct sl_arena *arena);
/* The same for what stands before `::` or `.objects`: App\Models\Entry, models.Entry. Empty for a variable, for self.
 */
sl_str sl_orm_class_table(const struct sl_source *source, sl_str class_path, struct sl_arena *arena);
/* Opens the next item of a clause: writes the separator where there is something before it. */
void sl_orm_next(struct sl_sql_writer *clause, const char *separator);
/* A literal of the language as a value; a placeholder for everything else. */
void sl_orm_value(struct sl_orm_statement *statement, struct sl_sql_writer *writer, const struct sl_node *node);
void sl_orm_column(struct sl_orm_statement *statement, struct sl_sql_writer *writer, sl_str column,
                   struct sl_span span);

void sl_orm_emit_select(struct sl_orm_statement *statement);
/* Nothing set that we know of: the ORM's timestamp alone. */
void sl_orm_emit_update(struct sl_orm_statement *statement, struct sl_span span);
void sl_orm_emit_delete(struct sl_orm_statement *statement, struct sl_span span);

/* Every chain of the file. */
void sl_php_read(const struct sl_source *source, const struct sl_syntax *syntax, struct sl_arena *file,
                 struct sl_reading *reading);
void sl_python_read(const struct sl_source *source, const struct sl_syntax *syntax, struct sl_arena *file,
                    struct sl_reading *reading);

#endif
