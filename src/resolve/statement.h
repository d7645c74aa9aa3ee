/*
 * statement: one parsed statement on its way through resolve/, and how its parts map back to the source.
 *
 * In:    what the pipeline knows: source, mode, lowered item, AST, the maps.
 * Out:   sl_statement_place() for any byte of the common text.
 * Owns:  nothing; a statement lives in the statement arena.
 */
#ifndef SL_RESOLVE_STATEMENT_H
#define SL_RESOLVE_STATEMENT_H

#include "base/segmap.h"
#include "sql/ast.h"
#include "sql/lower.h"

/* Where something stands in a source, for people and for the graph. line 0 means nowhere (an inferred thing). */
struct sl_place {
    uint32_t source_id;
    uint32_t off, len; /* bytes of the source */
    uint32_t line, col, end_line, end_col;
};

/* What the reader knows of the fragment that a statement came from; enum sl_fragment_flag of source/source.h. */
enum sl_origin_flag {
    SL_ORIGIN_ORM = 1 << 0,
    SL_ORIGIN_GROUPED_IN_MEMORY = 1 << 1,
    SL_ORIGIN_BATCHED = 1 << 2,
    SL_ORIGIN_ROW_BY_ROW = 1 << 3,
    SL_ORIGIN_OPEN = 1 << 5,
    SL_ORIGIN_NO_ORM_TOUCH = 1 << 6,
    SL_ORIGIN_SCRIPT = 1 << 7,
    SL_ORIGIN_CALLBACKS = 1 << 8,
    SL_ORIGIN_SAVE = 1 << 9,
};

#define SL_NO_ITEM UINT32_MAX

struct sl_statement {
    uint32_t statement_id; /* the graph's key, given by the pipeline, ascending in the order of execution */
    uint32_t parent_id;    /* the CREATE TRIGGER, … whose body this is; 0 = none */
    uint32_t source_id;
    bool is_schema, is_migration, is_log; /* kind of the source */
    uint32_t transaction;                 /* statements of one source with the same number > 0 share a transaction */
    uint32_t origin_flags;                /* enum sl_origin_flag */
    struct sl_sql_mode mode;
    const struct sl_lowered *lowered;
    uint32_t item;       /* index into lowered->items; SL_NO_ITEM for a routine's header */
    PgQuery__Node *node; /* the parsed statement of that item; NULL for a routine's header */
    sl_str source_text;  /* the whole source, for code frames and comments */
    const struct sl_lines *lines;
    uint32_t statement_off, statement_len; /* where lowered's statement lies in the fragment */
    const struct sl_segmap *fragment_map;  /* fragment → source; NULL or empty: identity plus fragment_off */
    uint32_t fragment_off;
};

/* The place of [out_off, out_off + 1…) of the item's common text: the source token it came from. */
struct sl_place sl_statement_place(const struct sl_statement *statement, uint32_t out_off);
/* The place of `span`, which counts in the bytes that were lowered (errors, facts, comments). */
struct sl_place sl_statement_source_place(const struct sl_statement *statement, struct sl_span span);
/* The place of the whole item, or of the whole statement for a header. */
struct sl_place sl_statement_whole(const struct sl_statement *statement);
/* The source bytes of the token at out_off, as written; empty where nothing stands there. Names are read from here,
 * not from the AST: PostgreSQL cuts at 63 bytes and folds case. */
sl_str sl_statement_token(const struct sl_statement *statement, uint32_t out_off);

#endif
