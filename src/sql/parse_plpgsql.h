/*
 * parse_plpgsql: a PL/pgSQL function → the steps of its body, each with the conditions on the way to it.
 *
 * In:    the common text of a CREATE FUNCTION or DO statement whose language is plpgsql.
 * Out:   assignments, SQL statements, RETURN and RAISE in the order of the text, flat; conditions as SQL expressions.
 *        EXECUTE '…' of one literal is the statement in it.
 * Owns:  everything in the arena; libpg_query's own memory is given back before it returns.
 * Fails: never as a function: a body that does not parse has is_understood == false.
 * Limits: SL_MAX_NESTING levels of blocks; SL_MAX_STATEMENT_BYTES of text.
 * Not here: what the steps mean for a row (resolve/trigger).
 */
#ifndef SL_SQL_PARSE_PLPGSQL_H
#define SL_SQL_PARSE_PLPGSQL_H

#include "base/vec.h"

enum sl_plpgsql_kind {
    SL_PLPGSQL_ASSIGN,  /* text = "NEW.x := now()" as written */
    SL_PLPGSQL_SQL,     /* text = the statement; written = where it stands in the body, which differs from it where
                           the statement is a literal; into = "new.x" where the result goes, else empty */
    SL_PLPGSQL_RETURN,  /* text = the expression */
    SL_PLPGSQL_RAISE,   /* an exception */
    SL_PLPGSQL_DYNAMIC, /* EXECUTE: text = the expression that gives the statement */
};

#define SL_PLPGSQL_ALWAYS UINT32_MAX

struct sl_plpgsql_condition {
    sl_str text; /* an SQL expression */
    bool is_negated;
    uint32_t outer; /* index of the condition around it, or SL_PLPGSQL_ALWAYS */
};

struct sl_plpgsql_step {
    enum sl_plpgsql_kind kind;
    sl_str text;
    sl_str written;
    sl_str into;        /* lower case, as libpg_query gives it */
    uint32_t condition; /* innermost, or SL_PLPGSQL_ALWAYS */
};

/* DECLARE name type := value. */
struct sl_plpgsql_variable {
    sl_str name;
    sl_str value; /* an SQL expression, or empty */
};

struct sl_plpgsql {
    bool is_understood;
    SL_VEC(struct sl_plpgsql_step) steps;
    SL_VEC(struct sl_plpgsql_condition) conditions;
    SL_VEC(struct sl_plpgsql_variable) variables;
};

void sl_parse_plpgsql(sl_str common_text, struct sl_arena *arena, struct sl_plpgsql *out);

#endif
