/*
 * split: where statements begin and end in a text of one dialect.
 *
 * In:    bytes of a fragment, the sql mode.
 * Out:   spans in ascending order that do not overlap and lie inside the text; without the delimiter, without
 *        leading and trailing white space, with leading comments (they may carry acknowledgements and ignores).
 * Knows: quotes, comments, dollar quotes, BEGIN … END bodies of routines and triggers, DELIMITER lines, \G and \g,
 *        psql meta-commands, COPY … FROM stdin data, mysqldump and pg_dump files, GO and / lines.
 * Fails: never. An unclosed quote or body ends at the end of the text and the statement is marked `unclosed`.
 * Not here: what a statement means (lower), whether it parses (parse).
 */
#ifndef SL_SQL_SPLIT_H
#define SL_SQL_SPLIT_H

#include "base/arena.h"
#include "base/span.h"
#include "sql/dialect.h"

enum sl_piece_kind {
    SL_PIECE_STATEMENT,
    SL_PIECE_CLIENT_COMMAND, /* DELIMITER, psql \connect, GO …: counted, not parsed */
    SL_PIECE_COPY_DATA,      /* the rows behind COPY … FROM stdin */
    SL_PIECE_COMMENT,        /* comments after the last statement, or alone between delimiters */
};

struct sl_piece {
    enum sl_piece_kind kind;
    struct sl_span span; /* in the text that was given */
    bool unclosed;       /* a quote, comment or body was still open at the end */
};

struct sl_pieces {
    struct sl_piece *items;
    size_t len, cap;
};

/* Adds the pieces of `text` (at most 4 GiB) to *pieces, in `arena`. */
void sl_split(sl_str text, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_pieces *pieces);

#endif
