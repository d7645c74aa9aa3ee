/*
 * lower: one statement of any dialect → statements of the common (PostgreSQL) grammar, with a map back.
 *
 * In:    the bytes of one statement (a piece of sl_split), its sql mode.
 * Out:   a struct sl_lowered in `arena`: n common statements, each with its text, its segment map (base/segmap) and
 *        its role; facts that the common grammar has no place for; or why the statement was not understood.
 * Owns:  nothing; everything lives in the arena that was passed. Source bytes are borrowed.
 * Fails: never as a function. A statement that is not understood says so, with position and reason, and carries the
 *        keyword fallback (verb, first table, columns), which is low confidence by definition.
 * Rules: never guesses; every identifier and literal of the output is in the map; the same input gives the same
 *        output. PostgreSQL statements go through too (placeholders, limits), mostly unchanged.
 * In band: ColumnDef.fdwoptions carries what a column definition says beyond PostgreSQL's clauses, each DefElem located
 *        at the source of the attribute: on_update ('CURRENT_TIMESTAMP', whatever spelling of now), auto_increment,
 *        unsigned, zerofill, invisible ('true'), comment, collation, charset, generated ('virtual', 'stored',
 *        'row start', 'row end'), position ('first', 'after x'), mysql_verb ('modify', 'change': the ADD COLUMN is the
 *        whole new definition of an existing column). A column without type has the type "any".
 * Shapes: UPDATE over several tables is UPDATE "mysql:multi" SET a.x = … FROM tables; DELETE is DELETE FROM
 *        "mysql:multi" USING tables, its targets are facts; ORDER BY and LIMIT of a write are RETURNING (SELECT ORDER
 * BY … LIMIT …); SET NEW.c = e in a trigger is UPDATE "mysql:new" SET c = e; LOAD DATA … SET is COPY and UPDATE
 *        "mysql:load" SET … FROM table; DROP INDEX i ON db.t is DROP INDEX db.t.i, as MySQL's index belongs to its
 * table (RENAME INDEX alike); RENAME to another database is SET SCHEMA, then RENAME; a placeholder for a name is
 * "mysql:param"; a derived table without alias is "mysql:q"; DROP TRIGGER is ON "mysql:unknown". ALTER TABLE is one
 * item for each clause, CREATE TABLE is followed by a CREATE INDEX for each key; partition upkeep and table options are
 * facts only. Names of MySQL and SQLite keep their spelling (quoted where PostgreSQL would fold it). Reserved names in
 * the output: relations with the prefix "mysql:" (such as "mysql:multi"), functions with the prefix mysql_ (such as
 * mysql_interval). resolve/ must not take them for the user's. Source: docs/adr on lowering; MySQL 8.0 and
 * MariaDB 10.11 manuals; sqlite.org/lang.html.
 */
#ifndef SL_SQL_LOWER_H
#define SL_SQL_LOWER_H

#include "base/segmap.h"
#include "sql/dialect.h"

enum sl_lowered_kind {
    SL_LOWERED_SQL,            /* statements to parse */
    SL_LOWERED_ADMIN,          /* recognised and set aside: SHOW, GRANT, SET NAMES, ANALYZE, partition upkeep … */
    SL_LOWERED_TRANSACTION,    /* BEGIN, COMMIT, ROLLBACK, SAVEPOINT …: no AST; `verb` says which */
    SL_LOWERED_EMPTY,          /* nothing but comments */
    SL_LOWERED_NOT_UNDERSTOOD, /* see error, error_off, fallback */
};

enum sl_lowered_role {
    SL_ROLE_MAIN,      /* the statement itself */
    SL_ROLE_PART,      /* a further part of it: CREATE INDEX out of CREATE TABLE's keys, one ALTER clause … */
    SL_ROLE_BODY,      /* a statement inside a trigger's, routine's or event's body */
    SL_ROLE_CONDITION, /* an expression inside such a body (IF …, WHEN …), as SELECT expr */
};

/* What the common grammar has no place for. Column attributes travel in band (ColumnDef OPTIONS), not here. */
enum sl_fact_kind {
    SL_FACT_XOR,
    SL_FACT_BINARY,
    SL_FACT_ROLLUP,
    SL_FACT_SEPARATOR,
    SL_FACT_HINT,
    SL_FACT_INTO,
    SL_FACT_ON_DUPLICATE_KEY,
    SL_FACT_REPLACE,
    SL_FACT_IGNORE,
    SL_FACT_DELETE_TARGET, /* one for each target of a multi-table DELETE; text = name or alias */
    SL_FACT_MULTI_TABLE,   /* UPDATE/DELETE over "mysql:multi" */
    SL_FACT_ROW_ALIAS,     /* INSERT … AS new */
    SL_FACT_VARIABLE,      /* @v; text = name; param = the $number it became */
    SL_FACT_PLACEHOLDER,   /* ? :n %s …; text = spelling; param = the $number it became */
    SL_FACT_PARTITION,
    SL_FACT_TABLE_OPTION, /* text = "engine=InnoDB" */
    SL_FACT_EXECUTABLE_COMMENT,
    SL_FACT_ORDER_LIMIT, /* UPDATE/DELETE … ORDER BY … LIMIT n; text = the LIMIT expression or empty */
    SL_FACT_ELIDED,      /* literals or rows dropped beyond a limit; text = how many */
    SL_FACT_LOCK_CLAUSE, /* ALGORITHM=…, LOCK=… of ALTER TABLE; text = "ALGORITHM=COPY" */
    SL_FACT_LOAD_DATA,
    SL_FACT_OTHER,
};

/* The word of a kind in the graph: "table_option", "variable" … */
const char *sl_fact_kind_name(enum sl_fact_kind kind);

struct sl_fact {
    enum sl_fact_kind kind;
    struct sl_span span; /* in the statement's bytes */
    sl_str text;
    uint32_t param; /* for VARIABLE and PLACEHOLDER, else 0 */
    uint32_t item;  /* index of the sl_lowered_item it belongs to */
};

struct sl_lowered_item {
    enum sl_lowered_role role;
    sl_str text;           /* common grammar, NUL behind it */
    struct sl_segmap map;  /* text → the statement's bytes */
    struct sl_span source; /* the bytes of the statement it came from */
};

/* The header of CREATE TRIGGER / PROCEDURE / FUNCTION / EVENT where the body was lowered to items of its own. */
struct sl_routine {
    bool present;
    sl_str kind;                /* "trigger", "procedure", "function", "event" */
    sl_str schema, name;        /* as written, unquoted */
    sl_str table_schema, table; /* trigger: ON table */
    sl_str timing;              /* trigger: "before", "after", "instead of" */
    sl_str event;               /* trigger: "insert", "update", "delete" */
    sl_str *columns;            /* trigger: UPDATE OF a, b (SQLite) */
    size_t n_columns;
    uint32_t when_item; /* index of the WHEN condition's item, or UINT32_MAX */
    sl_str *variables;  /* parameters and DECLAREd names: they are not columns */
    size_t n_variables;
};

/* Keyword-level reading of a statement that was not understood. Empty strings where nothing was found. */
struct sl_fallback {
    sl_str verb;  /* lower case: "select", "update", … */
    sl_str table; /* first table name as written, unquoted */
    sl_str *columns;
    size_t n_columns;
};

struct sl_lowered {
    enum sl_lowered_kind kind;
    sl_str verb; /* lower-case first keyword(s): "select", "create table", "show" … */
    struct sl_lowered_item *items;
    size_t n_items;
    struct sl_fact *facts;
    size_t n_facts;
    struct sl_routine routine;
    sl_str error;       /* one sentence; empty unless NOT_UNDERSTOOD */
    uint32_t error_off; /* in the statement's bytes */
    bool is_limit;      /* the reason is a limit of base/limits.h, not the language */
    struct sl_fallback fallback;
};

/* `statement` borrows; *out is filled in `arena`, which must outlive it. */
void sl_lower(sl_str statement, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_lowered *out);

#endif
