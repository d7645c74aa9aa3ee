/*
 * ruby_columns: column definitions of schema.rb and migrations, written as SQL of the project's dialect.
 */
#ifndef SL_SOURCE_RUBY_COLUMNS_H
#define SL_SOURCE_RUBY_COLUMNS_H

#include "source/ruby_file.h"

/* "name" type [NOT NULL] [DEFAULT …] of one column; `call` carries the options. */
void sl_ruby_column_write(struct sl_ruby_file *file, struct sl_sql_writer *writer, sl_str name,
                          struct sl_span name_span, sl_str type, const struct sl_node *call);
/* The type alone, as the dialect says it. */
void sl_ruby_type_write(struct sl_ruby_file *file, struct sl_sql_writer *writer, sl_str type,
                        const struct sl_node *call);
/* " DEFAULT …" of a value; nothing where it cannot be said in SQL. */
void sl_ruby_default_write(struct sl_ruby_file *file, struct sl_sql_writer *writer, const struct sl_node *value);
/* A literal of Ruby as one of SQL; false where it is none. */
bool sl_ruby_literal_write(struct sl_ruby_file *file, struct sl_sql_writer *writer, const struct sl_node *value);

#endif
