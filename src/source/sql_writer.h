/*
 * sql_writer: SQL text that a reader writes out of code, with the map back to the code's bytes.
 *
 * In:    pieces: bytes that stand in the source as they are, tokens that stand for other bytes, and what was made up.
 * Out:   one text and its segment map, in an arena; writers can be joined, so that clauses may be written in any order.
 * Owns:  nothing; everything lives in the arena that was passed.
 * Fails: never.
 */
#ifndef SL_SOURCE_SQL_WRITER_H
#define SL_SOURCE_SQL_WRITER_H

#include "base/segmap.h"
#include "source/source.h"

struct sl_sql_writer {
    struct sl_arena *arena;
    char *text;
    size_t len, cap;
    struct sl_segmap map;
    enum sl_dialect dialect;
    /* Text that comes from another place (a scope's body, another file) stands for this span of the source. */
    struct sl_span instead;
    bool is_redirected;
};

void sl_sql_writer_init(struct sl_sql_writer *writer, struct sl_arena *arena, enum sl_dialect dialect);
/* Keywords and punctuation that nothing in the source stands for. */
void sl_sql_add(struct sl_sql_writer *writer, const char *text);
void sl_sql_add_str(struct sl_sql_writer *writer, sl_str text);
/* Text that stands for `span`. */
void sl_sql_add_token(struct sl_sql_writer *writer, sl_str text, struct sl_span span);
/* The source's own bytes, which begin at src_off. */
void sl_sql_add_bytes(struct sl_sql_writer *writer, sl_str bytes, uint32_t src_off);
/* A quoted name of the dialect. */
void sl_sql_add_name(struct sl_sql_writer *writer, sl_str name, struct sl_span span);
/* "table"."column" */
void sl_sql_add_column(struct sl_sql_writer *writer, sl_str table, sl_str column, struct sl_span span);
/* A string literal. */
void sl_sql_add_literal(struct sl_sql_writer *writer, sl_str value, struct sl_span span);
/* A value that the code computes: :name, which every dialect's lowering takes for a placeholder. */
void sl_sql_add_placeholder(struct sl_sql_writer *writer, struct sl_span span);
void sl_sql_add_writer(struct sl_sql_writer *writer, const struct sl_sql_writer *other);
/* Copies [from, to) of the other writer with its map. */
void sl_sql_add_slice(struct sl_sql_writer *writer, const struct sl_sql_writer *other, size_t from, size_t to);

sl_str sl_sql_writer_text(const struct sl_sql_writer *writer);
/* Adds the text as a fragment; `whole` is what a finding on it as such points at. */
struct sl_fragment *sl_sql_writer_emit(const struct sl_sql_writer *writer, struct sl_reading *reading,
                                       struct sl_span whole, uint32_t flags);

#endif
