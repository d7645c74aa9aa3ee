/*
 * ruby_file: one Ruby file while its readers are at work, and where in it a piece of code stands.
 *
 * Owns:  nothing; everything lives in the file arena.
 * Limits: SL_MAX_AST_DEPTH nodes above a node are looked at.
 */
#ifndef SL_SOURCE_RUBY_FILE_H
#define SL_SOURCE_RUBY_FILE_H

#include "source/project.h"
#include "source/ruby_syntax.h"

/* A name that is assigned, or on which a method is called; by offset. */
struct sl_ruby_mention {
    sl_str name;
    const struct sl_node *node;
};

struct sl_ruby_mentions {
    struct sl_ruby_mention *items;
    size_t len, cap;
};

struct sl_ruby_file {
    struct sl_ruby_mentions assignments, receivers;
    const struct sl_source *source;
    const struct sl_syntax *syntax;
    struct sl_arena *arena;
    struct sl_reading *reading;
    bool is_migration;
    bool has_ddl_transaction; /* the migration as a whole runs in one */
    struct {
        struct sl_span *items;
        size_t len, cap;
    } excluded; /* code that goes down */
};

/* Fills the struct: is it a migration, which parts go down. */
void sl_ruby_file_init(struct sl_ruby_file *file, const struct sl_source *source, const struct sl_syntax *syntax,
                       struct sl_arena *arena, struct sl_reading *reading);
bool sl_ruby_is_excluded(const struct sl_ruby_file *file, const struct sl_node *node);
/* SL_FRAGMENT_BATCHED, SL_FRAGMENT_CONDITIONAL (migrations only) of the code around the node. */
uint32_t sl_ruby_flags_at(const struct sl_ruby_file *file, const struct sl_node *node);
/* The number of the transaction that the node runs in, 0 for none. */
uint32_t sl_ruby_transaction_at(const struct sl_ruby_file *file, const struct sl_node *node);
/* Is the code below a method of that name: in_batches { … }? */
const struct sl_node *sl_ruby_block_of(const struct sl_ruby_file *file, const struct sl_node *node, const char *method);

/* Index of the first mention at or behind `off`. */
size_t sl_ruby_mention_at(const struct sl_ruby_mentions *mentions, uint32_t off);

void sl_ruby_schema_read(struct sl_ruby_file *file);
void sl_ruby_chains_read(struct sl_ruby_file *file);

#endif
