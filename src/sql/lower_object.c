/* CREATE, ALTER, DROP, RENAME, TRUNCATE: which object it is about, and the objects that need few words. */
#include "sql/lowering.h"

static bool is_object_word(enum sl_keyword keyword)
{
    switch (keyword) {
    case SL_KW_TABLE:
    case SL_KW_TABLES:
    case SL_KW_VIEW:
    case SL_KW_INDEX:
    case SL_KW_UNIQUE:
    case SL_KW_FULLTEXT:
    case SL_KW_SPATIAL:
    case SL_KW_VECTOR:
    case SL_KW_TRIGGER:
    case SL_KW_PROCEDURE:
    case SL_KW_FUNCTION:
    case SL_KW_EVENT:
    case SL_KW_DATABASE:
    case SL_KW_SCHEMA:
    case SL_KW_SEQUENCE:
    case SL_KW_USER:
    case SL_KW_ROLE:
    case SL_KW_SERVER:
    case SL_KW_TABLESPACE:
    case SL_KW_LOGFILE:
    case SL_KW_PACKAGE:
    case SL_KW_RESOURCE:
    case SL_KW_PREPARE:
    case SL_KW_VIRTUAL:
        return true;
    default:
        return false;
    }
}

/* Over OR REPLACE, TEMPORARY, ALGORITHM = …, DEFINER = …, SQL SECURITY … to the object's word. */
static void skip_to_object(struct sl_lowering *l)
{
    while (!sl_at_end(l) && !is_object_word(sl_kw(l, 0))) {
        if (sl_kw(l, 0) != SL_NOT_A_KEYWORD && sl_op(l, 1) == SL_OP1('=')) { /* DEFINER = …, ALGORITHM = … */
            l->pos += 2;
            sl_step(l); /* a user may be called like an object */
            continue;
        }
        sl_skip_any(l);
    }
}

static bool says(const struct sl_lowering *l, uint32_t first, enum sl_keyword keyword)
{
    for (uint32_t i = first; i < l->pos; i++) {
        if (l->tokens[i].kind == SL_TOK_WORD && l->tokens[i].keyword == keyword)
            return true;
    }
    return false;
}

/* WITH [CASCADED | LOCAL] CHECK OPTION */
static void check_option(struct sl_lowering *l)
{
    if (!sl_keep(l, SL_KW_WITH))
        return;
    if (!sl_keep(l, SL_KW_CASCADED))
        sl_keep(l, SL_KW_LOCAL);
    sl_expect_keep(l, SL_KW_CHECK);
    sl_expect_keep(l, SL_KW_OPTION);
}

void sl_create_view(struct sl_lowering *l, uint32_t first, bool replaces)
{
    sl_lowering_set_verb(l, "create view");
    size_t mark = sl_emit_mark(&l->emit);
    bool is_temporary = says(l, first, SL_KW_TEMPORARY) || says(l, first, SL_KW_TEMP);
    sl_step(l);
    const char *text = replaces ? "CREATE OR REPLACE VIEW" : is_temporary ? "CREATE TEMPORARY VIEW" : "CREATE VIEW";
    sl_emit_add(&l->emit, sl_str_from(text), sl_lowering_span(l, first, l->pos));
    if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        l->pos += 3;
    sl_name_qualified(l);
    if (sl_at_kind(l, SL_TOK_OPEN))
        sl_name_list(l, false);
    sl_expect_keep(l, SL_KW_AS);
    sl_query(l);
    check_option(l);
    sl_lowering_finish_item(l, mark, first);
}

static void skip_statement(struct sl_lowering *l)
{
    while (!sl_at_end(l))
        sl_skip_any(l);
}

static void create_schema(struct sl_lowering *l, uint32_t first)
{
    sl_lowering_set_verb(l, "create database");
    size_t mark = sl_emit_mark(&l->emit);
    sl_step(l);
    sl_emit_add(&l->emit, SL_STR("CREATE SCHEMA"), sl_lowering_span(l, first, l->pos));
    if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        sl_replace_tokens(l, 3, "IF NOT EXISTS");
    sl_name(l);
    while (!l->failed && sl_table_option(l)) {
    }
    sl_lowering_finish_item(l, mark, first);
}

static void create_sequence(struct sl_lowering *l, uint32_t first)
{
    sl_lowering_set_verb(l, "create sequence");
    size_t mark = sl_emit_mark(&l->emit);
    sl_step(l);
    sl_emit_add(&l->emit, SL_STR("CREATE SEQUENCE"), sl_lowering_span(l, first, l->pos));
    if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        sl_replace_tokens(l, 3, "IF NOT EXISTS");
    sl_name_qualified(l);
    uint32_t options = l->pos;
    if (!l->failed)
        skip_statement(l);
    if (l->pos > options)
        sl_lowering_fact(l, SL_FACT_OTHER, options, l->pos);
    sl_lowering_finish_item(l, mark, first);
}

void sl_create_statement(struct sl_lowering *l)
{
    uint32_t first = l->pos++;
    skip_to_object(l);
    switch (sl_kw(l, 0)) {
    case SL_KW_TABLE:
        l->pos++;
        sl_create_table(l, first);
        return;
    case SL_KW_VIEW:
        sl_create_view(l, first, says(l, first, SL_KW_REPLACE));
        return;
    case SL_KW_INDEX:
    case SL_KW_UNIQUE:
    case SL_KW_FULLTEXT:
    case SL_KW_SPATIAL:
    case SL_KW_VECTOR:
        if (sl_at(l, SL_KW_SPATIAL) && sl_kw(l, 1) != SL_KW_INDEX) { /* CREATE SPATIAL REFERENCE SYSTEM */
            sl_set_aside(l, SL_LOWERED_ADMIN);
            return;
        }
        sl_create_index(l, first);
        return;
    case SL_KW_DATABASE:
    case SL_KW_SCHEMA:
        create_schema(l, first);
        return;
    case SL_KW_SEQUENCE:
        create_sequence(l, first);
        return;
    case SL_KW_TRIGGER:
    case SL_KW_PROCEDURE:
    case SL_KW_FUNCTION:
    case SL_KW_EVENT:
        sl_create_routine(l);
        return;
    case SL_KW_USER:
    case SL_KW_ROLE:
    case SL_KW_SERVER:
    case SL_KW_TABLESPACE:
    case SL_KW_LOGFILE:
    case SL_KW_RESOURCE:
        sl_lowering_set_verb(l, "create");
        sl_set_aside(l, SL_LOWERED_ADMIN);
        return;
    default:
        sl_lowering_fail_here(l);
    }
}

/* ALTER VIEW v AS q says the whole view anew. */
static void alter_view(struct sl_lowering *l, uint32_t first)
{
    sl_lowering_set_verb(l, "alter view");
    sl_create_view(l, first, true);
}

/* ALTER EVENT e … DO statement; without DO only its schedule or its switch changes. */
static bool event_has_body(const struct sl_lowering *l)
{
    for (uint32_t i = l->pos; i < l->n_tokens && l->tokens[i].kind != SL_TOK_SEMICOLON; i++) {
        if (l->tokens[i].kind == SL_TOK_OPEN && l->tokens[i].partner > i)
            i = l->tokens[i].partner;
        else if (l->tokens[i].kind == SL_TOK_WORD && l->tokens[i].keyword == SL_KW_DO)
            return true;
    }
    return false;
}

void sl_alter_statement(struct sl_lowering *l)
{
    uint32_t first = l->pos++;
    skip_to_object(l);
    switch (sl_kw(l, 0)) {
    case SL_KW_TABLE:
        l->pos++;
        sl_alter_table(l);
        return;
    case SL_KW_VIEW:
        alter_view(l, first);
        return;
    case SL_KW_EVENT:
        if (event_has_body(l)) {
            sl_lowering_set_verb(l, "alter event");
            sl_create_routine(l);
            return;
        }
        sl_lowering_set_verb(l, "alter");
        sl_set_aside(l, SL_LOWERED_ADMIN);
        return;
    default:
        sl_lowering_set_verb(l, "alter");
        sl_set_aside(l, SL_LOWERED_ADMIN);
    }
}

/* ---- DROP ---- */

static void drop_tail(struct sl_lowering *l)
{
    if (!sl_keep(l, SL_KW_RESTRICT))
        sl_keep(l, SL_KW_CASCADE);
    if (sl_skip(l, SL_KW_WAIT))
        sl_step(l);
    sl_skip(l, SL_KW_NOWAIT);
}

static void if_exists(struct sl_lowering *l)
{
    if (sl_at2(l, SL_KW_IF, SL_KW_EXISTS))
        sl_replace_tokens(l, 2, "IF EXISTS");
}

static void drop_names(struct sl_lowering *l, uint32_t first, const char *words)
{
    size_t mark = sl_emit_mark(&l->emit);
    sl_step(l);
    sl_emit_add(&l->emit, sl_str_from(words), sl_lowering_span(l, first, l->pos));
    if_exists(l);
    do {
        sl_name_qualified(l);
    } while (!l->failed && sl_keep_kind(l, SL_TOK_COMMA));
    drop_tail(l);
    sl_lowering_finish_item(l, mark, first);
}

/* DROP INDEX i ON t; SQLite has no ON, and its index a schema. */
static void drop_index(struct sl_lowering *l, uint32_t first)
{
    size_t mark = sl_emit_mark(&l->emit);
    sl_step(l);
    sl_emit_add(&l->emit, SL_STR("DROP INDEX"), sl_lowering_span(l, first, l->pos));
    if_exists(l);
    if (sl_kw(l, 1) == SL_KW_ON) {
        uint32_t index = l->pos++;
        l->pos++;
        sl_name_qualified(l);
        uint32_t behind = l->pos;
        sl_insert(l, ".");
        l->pos = index;
        sl_name_any(l);
        l->pos = l->failed ? l->pos : behind;
    } else {
        sl_name_qualified(l);
    }
    while (sl_lock_clause(l) || sl_skip_kind(l, SL_TOK_COMMA)) {
    }
    drop_tail(l);
    sl_lowering_finish_item(l, mark, first);
}

/* PostgreSQL's triggers belong to a table; MySQL and SQLite do not say which. */
static void drop_trigger(struct sl_lowering *l, uint32_t first)
{
    size_t mark = sl_emit_mark(&l->emit);
    sl_step(l);
    sl_emit_add(&l->emit, SL_STR("DROP TRIGGER"), sl_lowering_span(l, first, l->pos));
    if_exists(l);
    sl_name_last(l);
    sl_insert(l, "ON \"mysql:unknown\"");
    sl_lowering_finish_item(l, mark, first);
}

void sl_drop_statement(struct sl_lowering *l)
{
    uint32_t first = l->pos++;
    while (sl_at(l, SL_KW_TEMPORARY) || sl_at(l, SL_KW_ONLINE)) {
        if (sl_at(l, SL_KW_TEMPORARY))
            sl_lowering_fact_text(l, SL_FACT_OTHER, l->pos, l->pos + 1, SL_STR("temporary"));
        l->pos++;
    }
    static const struct {
        enum sl_keyword object;
        const char *words, *verb;
    } plain[] = {
        {SL_KW_TABLE, "DROP TABLE", "drop table"},
        {SL_KW_TABLES, "DROP TABLE", "drop table"},
        {SL_KW_VIEW, "DROP VIEW", "drop view"},
        {SL_KW_DATABASE, "DROP SCHEMA", "drop database"},
        {SL_KW_SCHEMA, "DROP SCHEMA", "drop database"},
        {SL_KW_PROCEDURE, "DROP PROCEDURE", "drop procedure"},
        {SL_KW_FUNCTION, "DROP FUNCTION", "drop function"},
        {SL_KW_SEQUENCE, "DROP SEQUENCE", "drop sequence"},
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (sl_at(l, plain[i].object)) {
            sl_lowering_set_verb(l, plain[i].verb);
            drop_names(l, first, plain[i].words);
            return;
        }
    }
    if (sl_at(l, SL_KW_INDEX)) {
        sl_lowering_set_verb(l, "drop index");
        drop_index(l, first);
    } else if (sl_at(l, SL_KW_TRIGGER)) {
        sl_lowering_set_verb(l, "drop trigger");
        drop_trigger(l, first);
    } else {
        sl_lowering_set_verb(l, "drop");
        sl_set_aside(l, SL_LOWERED_ADMIN);
    }
}

/* The schema of the name at a token; empty if it has none. */
static sl_str schema_at(const struct sl_lowering *l, uint32_t name)
{
    return name + 1 < l->n_tokens && l->tokens[name + 1].kind == SL_TOK_DOT ? sl_lowering_decoded(l, name)
                                                                            : SL_STR_EMPTY;
}

/* Writes [schema.] in the place of the table's own, and its last name. */
static void name_in_schema(struct sl_lowering *l, uint32_t table, uint32_t schema)
{
    uint32_t pos = l->pos;
    l->pos = schema;
    sl_name_any(l);
    sl_insert(l, ".");
    l->pos = table;
    sl_name_last(l);
    l->pos = l->failed ? l->pos : pos;
}

void sl_rename_table(struct sl_lowering *l, uint32_t table, uint32_t at)
{
    uint32_t target = l->pos;
    sl_str schema = schema_at(l, target);
    bool moves = schema.len > 0 && !sl_str_eq(schema, schema_at(l, table));
    size_t mark = sl_emit_mark(&l->emit);
    if (moves) {
        sl_insert(l, "ALTER TABLE");
        sl_name_at(l, table);
        sl_insert(l, "SET SCHEMA");
        sl_name_any(l);
        l->pos = target;
        sl_lowering_finish_item(l, mark, at);
    }
    sl_insert(l, "ALTER TABLE");
    if (moves)
        name_in_schema(l, table, target);
    else
        sl_name_at(l, table);
    sl_insert(l, "RENAME TO");
    sl_name_last(l);
    sl_lowering_finish_item(l, mark, at);
}

/* RENAME TABLE a TO b, c TO d */
void sl_rename_statement(struct sl_lowering *l)
{
    l->pos++;
    if (!sl_skip(l, SL_KW_TABLE) && !sl_skip(l, SL_KW_TABLES)) {
        sl_lowering_set_verb(l, "rename");
        sl_set_aside(l, SL_LOWERED_ADMIN);
        return;
    }
    sl_lowering_set_verb(l, "rename table");
    if (sl_at2(l, SL_KW_IF, SL_KW_EXISTS))
        l->pos += 2;
    do {
        uint32_t table = l->pos;
        l->emit.muted++;
        sl_name_qualified(l);
        l->emit.muted--;
        if (sl_skip(l, SL_KW_WAIT))
            sl_step(l);
        sl_skip(l, SL_KW_NOWAIT);
        sl_expect_skip(l, SL_KW_TO);
        sl_rename_table(l, table, table);
    } while (!l->failed && sl_skip_kind(l, SL_TOK_COMMA));
}

void sl_truncate_statement(struct sl_lowering *l)
{
    sl_lowering_set_verb(l, "truncate");
    uint32_t first = l->pos;
    size_t mark = sl_emit_mark(&l->emit);
    sl_keep_token(l);
    sl_keep(l, SL_KW_TABLE);
    sl_name_qualified(l);
    drop_tail(l);
    sl_lowering_finish_item(l, mark, first);
}
