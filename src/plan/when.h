/*
 * when: the condition under which a row's event has happened, such as lottery_status IN ('winner', 'loser').
 *
 * In:    SQL text of the dialect (--when, or made from a state column and its values).
 * Out:   the same condition for the row, or for a row called by a prefix (NEW., OLD., an alias); and, where it is a
 *        test of one column against literals, the column and the literals.
 * Owns:  nothing; texts live in the arena, names are borrowed.
 * Fails: SL_ERR_USAGE where the text is no single condition (quotes or brackets open, a semicolon).
 */
#ifndef SL_PLAN_WHEN_H
#define SL_PLAN_WHEN_H

#include "base/vec.h"
#include "sql/dialect.h"
#include "sql/lex.h"

struct sl_names {
    sl_str *items;
    size_t len, cap;
};

enum sl_when_kind {
    SL_WHEN_TEXT,     /* any condition: it can be printed, not reasoned about */
    SL_WHEN_VALUES,   /* column = 'a', column IN ('a', 2) */
    SL_WHEN_TRUE,     /* a boolean column */
    SL_WHEN_NOT_NULL, /* column IS NOT NULL */
};

struct sl_when {
    enum sl_when_kind kind;
    sl_str text;            /* as SQL, names quoted where they must be */
    sl_str column;          /* empty for SL_WHEN_TEXT */
    struct sl_names values; /* SL_WHEN_VALUES: SQL literals */
    struct sl_names names;  /* what an ORM's enum calls them, one for each value; empty: no enum */
};

SL_NODISCARD enum sl_status sl_when_parse(sl_str text, enum sl_dialect dialect, struct sl_arena *arena,
                                          struct sl_when *out, struct sl_error *err);
/* The condition `column IN (values)`; a boolean value gives a bare test. `values` are SQL literals. */
void sl_when_from_values(sl_str column, const struct sl_names *values, enum sl_dialect dialect, struct sl_arena *arena,
                         struct sl_when *out);
/* The condition with `prefix` ("NEW.") before each name that is one of `columns`. */
sl_str sl_when_prefixed(const struct sl_when *when, const char *prefix, const struct sl_names *columns,
                        enum sl_dialect dialect, struct sl_arena *arena);
/* Is the SQL literal `value` one of the values? Always false where the condition is not a list of values. */
bool sl_when_has_value(const struct sl_when *when, sl_str value);
/* The condition for a value that is about to be written: `expression IN ('a', 'b')`. */
sl_str sl_when_of_value(const struct sl_when *when, sl_str expression, struct sl_arena *arena);

#endif
