/*
 * catalog_run: common text → catalog, for the tests of resolve/ that start behind lowering.
 *
 * Statements are separated by a line that holds only "--". Each is parsed and applied in order. MySQL's column
 * attributes are written in band, as lowering writes them.
 */
#ifndef SL_TESTS_CATALOG_RUN_H
#define SL_TESTS_CATALOG_RUN_H

#include "resolve/catalog.h"
#include "resolve/role.h"
#include "sql/parse.h"

struct catalog_run {
    struct sl_arena arena;
    struct sl_catalog *catalog;
    uint32_t n_statements;
};

static inline void catalog_run_init(struct catalog_run *run)
{
    sl_arena_init(&run->arena);
    run->catalog = sl_catalog_new(&run->arena);
    run->n_statements = 0;
}

static inline struct sl_statement *catalog_run_statement(struct catalog_run *run, enum sl_dialect dialect, sl_str text)
{
    struct sl_arena *arena = &run->arena;
    struct sl_parsed parsed;
    sl_parse(text, arena, &parsed);
    struct sl_lowered_item *item = SL_NEW(arena, struct sl_lowered_item);
    item->text = text;
    item->source = (struct sl_span){0, (uint32_t)text.len};
    sl_segmap_add(&item->map, arena, (struct sl_segment){0, (uint32_t)text.len, 0, (uint32_t)text.len});
    struct sl_lowered *lowered = SL_NEW(arena, struct sl_lowered);
    *lowered = (struct sl_lowered){.kind = SL_LOWERED_SQL, .items = item, .n_items = 1};
    struct sl_lines *lines = SL_NEW(arena, struct sl_lines);
    sl_lines_init(lines, arena, text);
    struct sl_statement *statement = SL_NEW(arena, struct sl_statement);
    *statement = (struct sl_statement){.statement_id = ++run->n_statements,
                                       .source_id = 1,
                                       .mode = {.dialect = dialect},
                                       .lowered = lowered,
                                       .node = parsed.tree ? sl_ast_first_statement(parsed.tree) : NULL,
                                       .source_text = text,
                                       .lines = lines};
    return statement;
}

static inline void catalog_run_sql(struct catalog_run *run, enum sl_dialect dialect, const char *sql)
{
    sl_str rest = sl_str_from(sql);
    while (rest.len > 0) {
        size_t end = sl_str_find(rest, SL_STR("\n--\n"));
        sl_str text = sl_str_slice(rest, 0, end == SIZE_MAX ? rest.len : end);
        rest = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(rest, end + 4, rest.len);
        sl_catalog_apply(run->catalog, catalog_run_statement(run, dialect, text));
    }
}

static inline const struct sl_column *catalog_run_column(struct catalog_run *run, enum sl_dialect dialect,
                                                         const char *table, const char *column)
{
    const struct sl_table *found = sl_catalog_find_table(run->catalog, dialect, SL_STR_EMPTY, sl_str_from(table));
    return found ? sl_table_find_column(found, dialect, sl_str_from(column)) : NULL;
}

static inline const char *catalog_run_role(struct catalog_run *run, const struct sl_column *column)
{
    struct sl_roles roles = {0};
    sl_role_decide(run->catalog, NULL, 0, &run->arena, &roles);
    for (size_t i = 0; i < roles.roles.len; i++) {
        if (roles.roles.items[i].column_id == column->column_id)
            return roles.roles.items[i].role;
    }
    return "other";
}

#endif
