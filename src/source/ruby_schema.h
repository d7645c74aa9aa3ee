/*
 * ruby_schema: schema.rb and the verbs of Rails migrations, written out as DDL of the project's dialect.
 *
 * The pieces, in reading order:
 *   ruby_schema.c       walks up-parts, conditions, loops over words, helper methods; finds the verb of each call
 *   ruby_schema_verb.c  the table of verbs: create_table, add_column …
 *   ruby_schema_table.c what stands in the block of create_table and change_table, and the clauses that verbs share
 *   ruby_schema_key.c   foreign keys
 *   ruby_columns.c      one column's type, NULL and DEFAULT in the dialect's words
 *
 * Fails: never. A verb whose table is computed is passed over, and said so.
 * Limits: blocks and helper methods inside each other: SL_MAX_SCHEMA_BLOCKS.
 */
#ifndef SL_SOURCE_RUBY_SCHEMA_H
#define SL_SOURCE_RUBY_SCHEMA_H

#include "base/vec.h"
#include "source/ruby_file.h"

enum { SL_MAX_SCHEMA_BLOCKS = 32 };

/* A block variable or parameter that stands for a word: %w[a b].each do |x|. */
struct sl_schema_binding {
    sl_str name, word;
};

struct sl_schema_reading {
    struct sl_ruby_file *file;
    uint32_t flags;
    SL_VEC(struct sl_schema_binding) bindings;
    int depth;
    uint32_t runs_off; /* of the call whose helper method is read; 0: none */
    bool is_old;       /* before Migration[5.0]: timestamps may be NULL */
};

/* The table that columns are added to: inside CREATE TABLE's parentheses, or by ALTER TABLE. */
struct sl_schema_table {
    sl_str name;
    struct sl_span name_span;
    sl_str variable; /* |t| */
    bool is_create;
    struct sl_sql_writer *writer;     /* of the CREATE TABLE */
    struct sl_sql_writer constraints; /* of the CREATE TABLE, behind its columns */
    struct sl_sql_writer behind;      /* statements that follow it: indexes */
    unsigned n_columns;
};

/* ruby_schema.c */
/* The word that a node stands for, block variables and constants looked up; empty where it is computed. */
sl_str sl_schema_word(const struct sl_schema_reading *r, const struct sl_node *node);
void sl_schema_pass_over(struct sl_schema_reading *r, const struct sl_node *node, const char *why);
void sl_schema_writer_init(struct sl_schema_reading *r, struct sl_sql_writer *writer);
/* Adds what was written, if anything was, as a fragment. */
void sl_schema_emit(struct sl_schema_reading *r, const struct sl_sql_writer *writer, const struct sl_node *call);
/* Rails writes updated_at and updated_on of every record that it saves. */
void sl_schema_timestamp_fact(struct sl_schema_reading *r, sl_str table, sl_str column, struct sl_span span);
/* The first argument as a table's name; empty (and said so) where it is computed. */
sl_str sl_schema_table_name(struct sl_schema_reading *r, const struct sl_node *call);
struct sl_span sl_schema_argument_span(const struct sl_node *call, size_t n);
/* [%w[a b], [:a, :b], or a constant of them].each do |x| */
bool sl_schema_each_words(struct sl_schema_reading *r, const struct sl_node *call, const struct sl_node **list,
                          sl_str *variable);
void sl_schema_statements_read(struct sl_schema_reading *r, const struct sl_node *body);

/* ruby_schema_verb.c: false where the call is no verb. */
bool sl_schema_verb_read(struct sl_schema_reading *r, const struct sl_node *call);

/* ruby_schema_table.c */
void sl_schema_table_init(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *call,
                          struct sl_sql_writer *writer);
/* The calls on |t| in the block, loops over words unrolled. */
void sl_schema_table_block_read(struct sl_schema_reading *r, struct sl_schema_table *table,
                                const struct sl_node *block);
void sl_schema_primary_key_write(struct sl_schema_reading *r, struct sl_schema_table *table,
                                 const struct sl_node *call);
void sl_schema_composite_key_write(struct sl_schema_reading *r, struct sl_schema_table *table,
                                   const struct sl_node *call);
/* The comma or ALTER TABLE before a column. */
void sl_schema_column_begin(struct sl_schema_table *table);
void sl_schema_column_add(struct sl_schema_reading *r, struct sl_schema_table *table, sl_str name, struct sl_span span,
                          sl_str type, const struct sl_node *call);
void sl_schema_timestamps_add(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *call);
/* t.references :campaign → campaign_id, and campaign_type where it is polymorphic. */
void sl_schema_reference_add(struct sl_schema_reading *r, struct sl_schema_table *table, const struct sl_node *argument,
                             const struct sl_node *call);

/* Clauses of ALTER TABLE, each a statement of its own behind what `writer` holds. */
struct sl_schema_target {
    struct sl_sql_writer *writer;
    struct sl_sql_writer *constraints; /* of the CREATE TABLE that is being written; NULL: none is */
    sl_str table;
    struct sl_span span; /* of the table's name */
};
void sl_schema_alter_begin(const struct sl_schema_target *to);
void sl_schema_column_drop(const struct sl_schema_target *to, sl_str column, struct sl_span span);
/* The columns that are arguments of the call, from the one at `first` on. */
void sl_schema_columns_drop(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                            size_t first);
void sl_schema_timestamps_drop(const struct sl_schema_target *to, const struct sl_node *call);
void sl_schema_references_drop(struct sl_schema_reading *r, const struct sl_schema_target *to,
                               const struct sl_node *call, size_t first);
void sl_schema_column_rename(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                             size_t first);
void sl_schema_column_change(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                             size_t first);
/* A column or a list of them as SQL (`list` may be NULL); answers how Rails joins them for a name, empty where they are
 * computed. */
sl_str sl_schema_columns_write(struct sl_schema_reading *r, const struct sl_node *columns, struct sl_sql_writer *list);
/* CREATE [UNIQUE] INDEX name ON table (columns); Rails' own name where none is given. */
void sl_schema_index_write(struct sl_schema_reading *r, const struct sl_schema_target *to,
                           const struct sl_node *columns, const struct sl_node *call);
/* DROP INDEX of the same name. */
void sl_schema_index_drop(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *columns,
                          const struct sl_node *call);

/* ruby_schema_key.c: the parent table is the argument at `first`, or to_table:. */
void sl_schema_key_add(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                       size_t first);
void sl_schema_key_drop(struct sl_schema_reading *r, const struct sl_schema_target *to, const struct sl_node *call,
                        size_t first);
/* foreign_key: of t.references and add_reference, which `argument` names; nothing where the call has none. */
void sl_schema_key_of_reference_add(struct sl_schema_reading *r, const struct sl_schema_target *to,
                                    const struct sl_node *argument, const struct sl_node *call);

#endif
