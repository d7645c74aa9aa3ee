/*
 * lowering: what the files lower_*.c share: the cursor over the tokens of one statement, and what is written out.
 *
 * In:    tokens of sql/lex.
 * Out:   chunks of sql/emit, finished items, facts.
 * Fails: sl_lowering_fail() remembers the first complaint and moves the cursor to the end of the tokens, where nothing
 *        matches any more: every loop and every function comes to its end without asking. A caller that can go on
 *        (a list of columns, of ALTER clauses, a routine's body) takes a struct sl_checkpoint before.
 * Rules: a function that reads a construct leaves the cursor behind it and has written its lowered form. While
 *        emit.muted > 0 constructs are read, not written.
 * Not here: public contracts (lower.h).
 */
#ifndef SL_SQL_LOWERING_H
#define SL_SQL_LOWERING_H

#include "base/vec.h"
#include "sql/emit.h"
#include "sql/lex.h"
#include "sql/lower.h"

/* Of our own recursion. Brackets stay within SL_MAX_NESTING (lex); each may hold a few levels of operators. */
#define SL_MAX_LOWERING_DEPTH 3000

struct sl_lowering {
    sl_str text;
    const struct sl_sql_mode *mode;
    struct sl_arena *arena;
    const struct sl_token *tokens;
    uint32_t n_tokens; /* tokens[n_tokens] is SL_TOK_END */
    uint32_t pos;
    struct sl_emit emit;
    SL_VEC(struct sl_lowered_item) items;
    SL_VEC(struct sl_fact) facts;
    struct sl_fact dropped_fact; /* takes what is said while emit is muted */
    SL_VEC(sl_str) variables;    /* of the routine that is being read */
    struct sl_routine routine;
    sl_str verb;
    enum sl_lowered_kind kind;
    enum sl_lowered_role role; /* of the items that are finished next */
    bool failed;
    bool failed_by_limit;
    sl_str error;
    uint32_t error_off;
    uint32_t depth;      /* of our own recursion, at most SL_MAX_LOWERING_DEPTH */
    uint32_t max_height; /* of the AST of what was read since it was last set to 0 */
    bool is_mysql, is_sqlite;
    bool in_routine;
    bool is_literal;      /* the text is what a literal of a statement holds */
    bool in_on_duplicate; /* VALUES(c) means the row that was to be inserted */
    bool no_collate;      /* COLLATE belongs to the column, not to the expression */
    bool in_excluded_row; /* a name qualified with row_alias means the row that was to be inserted */
    sl_str row_alias;     /* INSERT … AS row_alias */
    struct sl_names {
        sl_str *items;
        size_t len, cap;
    } insert_columns, row_columns; /* INSERT INTO t (insert_columns) … AS row_alias (row_columns) */
};

/* ---- lowering.c: cursor, failure, items, facts ---- */

void sl_lowering_fail(struct sl_lowering *l, const char *message);
void sl_lowering_fail_limit(struct sl_lowering *l, const char *message);
/* "unexpected …" at the cursor. */
void sl_lowering_fail_here(struct sl_lowering *l);
/* False (and a failure) if one more level of nesting is too many; pairs with sl_lowering_leave. */
bool sl_lowering_enter(struct sl_lowering *l);
void sl_lowering_leave(struct sl_lowering *l);

struct sl_checkpoint {
    uint32_t pos, depth;
    size_t mark;
    size_t n_items, n_facts;
    unsigned muted;
};
struct sl_checkpoint sl_lowering_checkpoint(const struct sl_lowering *l);
/* Forgets the failure and everything written since; the cursor stands where it stood. */
void sl_lowering_restore(struct sl_lowering *l, struct sl_checkpoint checkpoint);

void sl_lowering_finish_item(struct sl_lowering *l, size_t mark, uint32_t first_token);
struct sl_fact *sl_lowering_fact(struct sl_lowering *l, enum sl_fact_kind kind, uint32_t from, uint32_t to);
void sl_lowering_fact_text(struct sl_lowering *l, enum sl_fact_kind kind, uint32_t from, uint32_t to, sl_str text);
/* Source bytes of the tokens [from, to). */
struct sl_span sl_lowering_span(const struct sl_lowering *l, uint32_t from, uint32_t to);
sl_str sl_lowering_source(const struct sl_lowering *l, uint32_t from, uint32_t to);
sl_str sl_lowering_decoded(const struct sl_lowering *l, uint32_t token);
void sl_lowering_set_verb(struct sl_lowering *l, const char *verb);
void sl_lowering_add_variable(struct sl_lowering *l, uint32_t token);

static inline const struct sl_token *sl_tok(const struct sl_lowering *l, uint32_t ahead)
{
    uint32_t i = l->pos + ahead;
    return &l->tokens[i < l->n_tokens ? i : l->n_tokens];
}
static inline uint8_t sl_kind(const struct sl_lowering *l, uint32_t ahead)
{
    return sl_tok(l, ahead)->kind;
}
static inline enum sl_keyword sl_kw(const struct sl_lowering *l, uint32_t ahead)
{
    const struct sl_token *token = sl_tok(l, ahead);
    return token->kind == SL_TOK_WORD ? (enum sl_keyword)token->keyword : SL_NOT_A_KEYWORD;
}
static inline bool sl_at(const struct sl_lowering *l, enum sl_keyword keyword)
{
    return sl_kw(l, 0) == keyword;
}
static inline bool sl_at2(const struct sl_lowering *l, enum sl_keyword a, enum sl_keyword b)
{
    return sl_kw(l, 0) == a && sl_kw(l, 1) == b;
}
static inline bool sl_at_kind(const struct sl_lowering *l, enum sl_token_kind kind)
{
    return sl_kind(l, 0) == kind;
}
static inline uint32_t sl_op(const struct sl_lowering *l, uint32_t ahead)
{
    const struct sl_token *token = sl_tok(l, ahead);
    return token->kind == SL_TOK_OP ? token->partner : 0;
}
/* The end of the statement: a semicolon or the last token. */
static inline bool sl_at_end(const struct sl_lowering *l)
{
    return sl_kind(l, 0) == SL_TOK_END || sl_kind(l, 0) == SL_TOK_SEMICOLON;
}
static inline uint32_t sl_off(const struct sl_lowering *l)
{
    return sl_tok(l, 0)->off;
}
static inline void sl_step(struct sl_lowering *l)
{
    if (l->pos < l->n_tokens)
        l->pos++;
}
/* Steps over the keyword without writing it. */
static inline bool sl_skip(struct sl_lowering *l, enum sl_keyword keyword)
{
    if (!sl_at(l, keyword))
        return false;
    l->pos++;
    return true;
}
static inline bool sl_skip2(struct sl_lowering *l, enum sl_keyword a, enum sl_keyword b)
{
    if (!sl_at2(l, a, b))
        return false;
    l->pos += 2;
    return true;
}
static inline bool sl_skip_op(struct sl_lowering *l, uint32_t op)
{
    if (sl_op(l, 0) != op)
        return false;
    l->pos++;
    return true;
}
static inline bool sl_skip_kind(struct sl_lowering *l, enum sl_token_kind kind)
{
    if (!sl_at_kind(l, kind))
        return false;
    sl_step(l);
    return true;
}
/* Index behind the group that starts at the OPEN token `open`. */
static inline uint32_t sl_behind_group(const struct sl_lowering *l, uint32_t open)
{
    return l->tokens[open].partner + 1;
}
/* One name, number, string …, or a whole group. */
static inline void sl_skip_any(struct sl_lowering *l)
{
    if (sl_at_kind(l, SL_TOK_OPEN))
        l->pos = sl_behind_group(l, l->pos);
    else
        sl_step(l);
}

/* ---- writing ---- */

/* Writes the token as it stands in the source. */
void sl_keep_token(struct sl_lowering *l);
bool sl_keep(struct sl_lowering *l, enum sl_keyword keyword);
void sl_expect_keep(struct sl_lowering *l, enum sl_keyword keyword);
void sl_expect_skip(struct sl_lowering *l, enum sl_keyword keyword);
bool sl_keep_kind(struct sl_lowering *l, enum sl_token_kind kind);
void sl_expect_kind(struct sl_lowering *l, enum sl_token_kind kind); /* and keep */
/* Writes `text` in the place of the n tokens at the cursor, and steps over them. */
void sl_replace_tokens(struct sl_lowering *l, uint32_t n, const char *text);
void sl_insert(struct sl_lowering *l, const char *text);

/* ---- lower_name.c: identifiers and literals ---- */

/* A word that may be a name here: not reserved in the dialect. Quoted names always are. */
bool sl_is_name(const struct sl_lowering *l, uint32_t ahead);
/* Writes the token at the cursor as an identifier whatever it is (word, quoted name, string). */
void sl_name_any(struct sl_lowering *l);
/* Writes a name or fails. */
void sl_name(struct sl_lowering *l);
/* name, db.name: a table, view, routine … */
void sl_name_qualified(struct sl_lowering *l);
/* The last part of a qualified name; the others are read, not written. */
void sl_name_last(struct sl_lowering *l);
/* (a, b, c), with key-part decoration (length, ASC) dropped if `with_lengths`. */
void sl_name_list(struct sl_lowering *l, bool with_lengths);
/* The token's name as '…' text. */
sl_str sl_quote_literal(struct sl_arena *arena, sl_str value);
sl_str sl_quote_name(struct sl_arena *arena, sl_str name);
/* Writes a string literal: neighbours joined, escapes resolved. */
void sl_string(struct sl_lowering *l);
void sl_number(struct sl_lowering *l);
/* 1_000 without its underscores. */
sl_str sl_number_digits(sl_str number, struct sl_arena *arena);
void sl_hex_or_bits(struct sl_lowering *l);
void sl_param(struct sl_lowering *l);
bool sl_is_introducer(const struct sl_lowering *l, uint32_t ahead);
/* Numbers the placeholders and variables, in the tokens' `partner`. */
void sl_number_params(struct sl_lowering *l, struct sl_tokens *tokens);

/* ---- operators and expressions ---- */

/* How tightly the common grammar binds what was written. */
enum sl_binding {
    SL_BIND_OR = 1,
    SL_BIND_AND,
    SL_BIND_NOT,
    SL_BIND_IS,
    SL_BIND_COMPARE,
    SL_BIND_IN,
    SL_BIND_OPERATOR,
    SL_BIND_ADD,
    SL_BIND_MULTIPLY,
    SL_BIND_POWER,
    SL_BIND_COLLATE,
    SL_BIND_SIGN,
    SL_BIND_PRIMARY,
};
/* Levels of the source grammar, loosest first. */
enum sl_level {
    SL_LEVEL_ANY,
    SL_LEVEL_OR,
    SL_LEVEL_XOR,
    SL_LEVEL_AND,
    SL_LEVEL_NOT,
    SL_LEVEL_COMPARE,
    SL_LEVEL_PREDICATE,
    SL_LEVEL_BIT_OR,
    SL_LEVEL_BIT_AND,
    SL_LEVEL_SHIFT,
    SL_LEVEL_ADD,
    SL_LEVEL_MULTIPLY,
    SL_LEVEL_BIT_XOR,
    SL_LEVEL_CONCAT,
    SL_LEVEL_SIGN,
    SL_LEVEL_COLLATE,
};

/* ---- lower_operator.c ---- */

enum sl_operands {
    SL_OPERANDS_BINARY,
    SL_OPERANDS_IN,
    SL_OPERANDS_BETWEEN,
    SL_OPERANDS_LIKE,
    SL_OPERANDS_IS,
    SL_OPERANDS_POSTFIX,
    SL_OPERANDS_MEMBER,
    SL_OPERANDS_COLLATE,
};
struct sl_operator {
    enum sl_level level;
    enum sl_level right; /* level of the right operand */
    enum sl_binding binding;
    enum sl_operands operands;
    uint8_t n_tokens;
    const char *text; /* NULL: as it stands */
};
/* The operator at the cursor; false where there is none: *found is then of no meaning. */
bool sl_operator_find(const struct sl_lowering *l, struct sl_operator *found);

/* ---- lower_expr.c, lower_call.c, lower_type.c ---- */

struct sl_expr {
    enum sl_binding binding;
    uint32_t height; /* of its AST */
    size_t mark;     /* its first chunk */
};
struct sl_expr sl_expr_level(struct sl_lowering *l, enum sl_level level);
void sl_expr(struct sl_lowering *l);
/* e, e, e; an element may be DEFAULT. */
void sl_expr_list(struct sl_lowering *l);
/* Wraps what was written since expr.mark in parentheses if it binds less tightly than `least`. */
void sl_expr_wrap(struct sl_lowering *l, struct sl_expr *expr, enum sl_binding least);
/* Everything that starts with a name and "(": the cursor stands on the name. */
enum sl_binding sl_call(struct sl_lowering *l);
bool sl_at_call(const struct sl_lowering *l);
/* INTERVAL e unit. */
void sl_interval(struct sl_lowering *l);
bool sl_at_interval(const struct sl_lowering *l);
/* The type of CAST and of a routine's parameter; facts are dropped. */
void sl_type(struct sl_lowering *l);

/* ---- lower_query.c, lower_from.c ---- */

/* SELECT …, VALUES …, TABLE …, WITH …, (…) with what may follow. */
void sl_query(struct sl_lowering *l);
/* The same in the parentheses at the cursor, which are written too. */
void sl_query_in_group(struct sl_lowering *l);
/* Does the group at token `open` hold a query? */
bool sl_group_is_query(const struct sl_lowering *l, uint32_t open);
bool sl_at_query(const struct sl_lowering *l);
/* WITH … only; the statement behind it is next. */
void sl_with(struct sl_lowering *l);
/* e ASC, e DESC …; the cursor stands behind ORDER BY. */
void sl_order_list(struct sl_lowering *l);
void sl_limit(struct sl_lowering *l);
void sl_window_spec(struct sl_lowering *l);
/* JOIN, LEFT, NATURAL … */
bool sl_is_join_word(const struct sl_lowering *l, uint32_t ahead);
void sl_from_list(struct sl_lowering *l);
/* One table with alias and hints; a derived table; a join in parentheses. */
void sl_from_factor(struct sl_lowering *l);
/* Is the FROM list at the cursor one plain table (no join, no comma) up to `end` keyword? */
bool sl_from_is_single(const struct sl_lowering *l);
/* A group that is a query, or rows of VALUES, beyond the limit: VALUES (…), (…). */
void sl_value_rows(struct sl_lowering *l);

/* ---- statements ---- */

/* One statement at the cursor; leaves it at the end of the statement. Items are finished. */
void sl_statement(struct sl_lowering *l);
/* A statement in the middle of another (EXPLAIN, CREATE TABLE … SELECT): written, the item is not finished. */
void sl_insert_statement(struct sl_lowering *l);
void sl_update_statement(struct sl_lowering *l);
void sl_delete_statement(struct sl_lowering *l);
void sl_load_statement(struct sl_lowering *l);
void sl_create_statement(struct sl_lowering *l);
void sl_drop_statement(struct sl_lowering *l);
void sl_rename_statement(struct sl_lowering *l);
/* The cursor stands behind TABLE. */
void sl_create_table(struct sl_lowering *l, uint32_t first);
void sl_alter_table(struct sl_lowering *l);
void sl_truncate_statement(struct sl_lowering *l);
/* SL_FACT_LOCK_CLAUSE if ALGORITHM or LOCK stands here. */
bool sl_lock_clause(struct sl_lowering *l);
void sl_alter_statement(struct sl_lowering *l);
/* Sets the statement aside: kind, verb, the rest is passed over. */
void sl_set_aside(struct sl_lowering *l, enum sl_lowered_kind kind);
/* name type attributes…; `verb` is the mysql_verb option or NULL. */
void sl_column_definition(struct sl_lowering *l, const char *verb);
/* Attributes behind a column's type are read twice: OPTIONS stand before the constraints in the common grammar. */
struct sl_column_pass {
    bool writes_options, has_options;
    const char *verb;    /* mysql_verb, or NULL */
    uint32_t definition; /* the token where the column begins */
};
typedef void sl_column_attributes_fn(struct sl_lowering *l, struct sl_column_pass *pass);
void sl_column_attributes(struct sl_lowering *l, struct sl_column_pass pass, sl_column_attributes_fn *read);
/* One of the OPTIONS, said by the tokens from `first` to the cursor. */
void sl_column_option(struct sl_lowering *l, struct sl_column_pass *pass, const char *name, sl_str value,
                      uint32_t first);
/* A column or key of CREATE TABLE up to its comma; one that failed is left out, back from `before`, and said as a fact.
 */
void sl_pass_over_element(struct sl_lowering *l, struct sl_checkpoint before);
/* REFERENCES t (a) ON DELETE …; MATCH is dropped. */
void sl_references(struct sl_lowering *l);
/* KEY, INDEX, UNIQUE … of CREATE and ALTER TABLE. `table` is the token where the table's name stands. */
enum sl_key_kind {
    SL_KEY_NONE,
    SL_KEY_PLAIN,
    SL_KEY_UNIQUE,
    SL_KEY_PRIMARY,
    SL_KEY_FULLTEXT,
    SL_KEY_FOREIGN,
    SL_KEY_CHECK
};
/* What the cursor stands at; SL_KEY_NONE for a column. */
enum sl_key_kind sl_key_kind_here(const struct sl_lowering *l);
/* Must it be a CREATE INDEX of its own? */
bool sl_key_is_index(const struct sl_lowering *l);
/* Writes it as a table constraint. */
void sl_key_constraint(struct sl_lowering *l);
/* Writes it as CREATE INDEX on the table named at token `table`, and finishes the item. */
void sl_key_index(struct sl_lowering *l, uint32_t table);
/* CREATE [UNIQUE …] INDEX; the cursor stands behind CREATE [OR REPLACE]. */
void sl_create_index(struct sl_lowering *l, uint32_t first);
/* Writes table.index: the index named at the cursor, of the table at token `table`. */
void sl_index_name(struct sl_lowering *l, uint32_t table);
/* The table at token `table` gets the name at the cursor, maybe in another schema; `at` is where the clause begins. */
void sl_rename_table(struct sl_lowering *l, uint32_t table, uint32_t at);
/* ENGINE=… and its like, each a fact; false if the word is none. */
bool sl_table_option(struct sl_lowering *l);
/* PARTITION BY … (…); written for CREATE TABLE, a fact always. */
void sl_partition_by(struct sl_lowering *l);
/* Writes the qualified name at token `table` again. */
void sl_name_at(struct sl_lowering *l, uint32_t table);
void sl_create_routine(struct sl_lowering *l);
void sl_compound_statement(struct sl_lowering *l);
void sl_sqlite_statement(struct sl_lowering *l);
void sl_sqlite_type(struct sl_lowering *l);
/* A statement with or without WITH before it. */
void sl_with_statement(struct sl_lowering *l);
void sl_explain_statement(struct sl_lowering *l);
/* The cursor stands at VIEW. */
void sl_create_view(struct sl_lowering *l, uint32_t first, bool replaces);
/* SQLite: ON CONFLICT REPLACE behind a constraint. */
void sl_skip_conflict_clause(struct sl_lowering *l);
/* (a, b(10) DESC, (expr)) of an index. */
void sl_key_parts(struct sl_lowering *l);
/* An expression of control flow as an item: SELECT e. */
void sl_body_condition(struct sl_lowering *l);
/* [db.]name, read into *schema and *name, not written. */
void sl_header_name(struct sl_lowering *l, sl_str *schema, sl_str *name);
void sl_lower_postgres(struct sl_lowering *l, struct sl_tokens *tokens);
/* lower_fallback.c: verb, first table and columns of a statement that was not understood. */
void sl_fallback(const struct sl_lowering *l, struct sl_fallback *out);

#endif
