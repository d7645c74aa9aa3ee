/*
 * resolve_fixture: a schema and statements of any dialect through split, lower, parse, catalog and resolve, for tests.
 *
 * Owns:  everything in one arena; resolve_fixture_release() gives it back.
 * Fails: trouble in the text is a line of the dump ("not understood: …"), so that a golden shows it.
 */
#ifndef SL_TESTS_RESOLVE_FIXTURE_H
#define SL_TESTS_RESOLVE_FIXTURE_H

#include "resolve/dump.h"
#include "resolve/resolve.h"
#include "sql/lower.h"
#include "sql/parse.h"
#include "sql/split.h"

struct resolve_fixture {
    struct sl_arena arena;
    struct sl_catalog *catalog;
    struct sl_fact_ids ids;
    struct sl_sql_mode mode;
    uint32_t n_statements;
};

static inline void resolve_fixture_init(struct resolve_fixture *fixture, enum sl_dialect dialect)
{
    *fixture = (struct resolve_fixture){.mode = {.dialect = dialect}};
    sl_arena_init(&fixture->arena);
    fixture->catalog = sl_catalog_new(&fixture->arena);
}

static inline void resolve_fixture_release(struct resolve_fixture *fixture)
{
    sl_arena_release(&fixture->arena);
}

static inline void resolve_fixture_item(struct resolve_fixture *fixture, const struct sl_statement *origin,
                                        struct sl_buf *dump)
{
    struct sl_arena *arena = &fixture->arena;
    struct sl_parsed parsed;
    sl_parse(origin->lowered->items[origin->item].text, arena, &parsed);
    if (!parsed.tree) {
        if (dump)
            sl_buf_add_printf(dump, "not parsed: %.*s\n", SL_STR_ARG(parsed.error));
        return;
    }
    struct sl_statement statement = *origin;
    statement.node = sl_ast_first_statement(parsed.tree);
    struct sl_facts facts = {0};
    const char *limited = NULL;
    sl_resolve(&statement, fixture->catalog, &fixture->ids, arena, &facts, &limited);
    if (dump)
        sl_facts_dump(&facts, fixture->catalog, dump);
    if (dump && limited)
        sl_buf_add_printf(dump, "limited: %s\n", limited);
    sl_catalog_apply(fixture->catalog, &statement);
}

/* Resolves and applies every statement of `text`; the facts are added to `dump` (NULL: none wanted). */
static inline void resolve_fixture_run(struct resolve_fixture *fixture, sl_str text, struct sl_buf *dump)
{
    struct sl_arena *arena = &fixture->arena;
    struct sl_lines *lines = SL_NEW(arena, struct sl_lines);
    sl_str source = sl_arena_copy(arena, text);
    sl_lines_init(lines, arena, source);
    struct sl_pieces pieces = {0};
    sl_split(source, &fixture->mode, arena, &pieces);
    for (size_t i = 0; i < pieces.len; i++) {
        if (pieces.items[i].kind != SL_PIECE_STATEMENT)
            continue;
        struct sl_span span = pieces.items[i].span;
        struct sl_lowered *lowered = SL_NEW(arena, struct sl_lowered);
        sl_lower(sl_str_slice(source, span.off, span.len), &fixture->mode, arena, lowered);
        if (lowered->kind == SL_LOWERED_NOT_UNDERSTOOD && dump)
            sl_buf_add_printf(dump, "not understood: %.*s\n", SL_STR_ARG(lowered->error));
        struct sl_statement origin = {.statement_id = ++fixture->n_statements,
                                      .source_id = 1,
                                      .mode = fixture->mode,
                                      .lowered = lowered,
                                      .source_text = source,
                                      .lines = lines,
                                      .statement_off = span.off,
                                      .statement_len = span.len};
        if (lowered->routine.present) {
            origin.item = SL_NO_ITEM;
            sl_catalog_apply(fixture->catalog, &origin);
        }
        for (uint32_t k = 0; k < lowered->n_items; k++) {
            origin.item = k;
            resolve_fixture_item(fixture, &origin, dump);
        }
    }
}

#endif
