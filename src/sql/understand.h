/*
 * understand: one statement, lowered and parsed: is it understood, and as what?
 *
 * In:    the bytes of one statement, its sql mode.
 * Out:   a struct sl_understood in the arena. A statement is understood if it was lowered and every item of it parses,
 *        or if it was recognised as administration, transaction control or comments only.
 * Fails: never; `error` and `error_off` (bytes of the statement) say why a statement is not understood.
 */
#ifndef SL_SQL_UNDERSTAND_H
#define SL_SQL_UNDERSTAND_H

#include "sql/lower.h"
#include "sql/parse.h"

struct sl_understood {
    bool is_ok;
    bool is_limit;
    sl_str kind;    /* the verb ("select", "create table" …), or "admin", "transaction", "empty" */
    sl_str lowered; /* the common text, items joined by ";\n" */
    sl_str error;   /* one sentence; empty if it is understood */
    uint32_t error_off;
    struct sl_lowered lower;
    struct sl_parsed *parsed; /* one for each of lower.items; NULL where there is none */
};

void sl_understand(sl_str statement, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_understood *out);

#endif
