/*
 * What one distinct statement costs: lowering, parsing, resolving, each as the mean over all statements of the files.
 *
 *     bench_resolve [--rounds N] [--dialect D] [--schema FILE] FILE...
 *
 * The schema is applied first and not measured. Statements that do not parse are counted and left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "resolve/resolve.h"
#include "sql/lower.h"
#include "sql/parse.h"
#include "sql/split.h"

struct bench {
    struct sl_sql_mode mode;
    struct sl_arena run, file, statement;
    struct sl_catalog *catalog;
    struct sl_fact_ids ids;
    uint32_t n_statements, n_failed, n_uses;
    double lower_us, parse_us, resolve_us;
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static sl_str read_file(struct sl_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    char *bytes = sl_arena_alloc(arena, 16u << 20);
    size_t n = fread(bytes, 1, (16u << 20) - 1, file);
    fclose(file);
    return (sl_str){bytes, n};
}

static void measure_item(struct bench *bench, struct sl_statement *statement, bool is_schema)
{
    struct sl_parsed parsed;
    double begin = now_us();
    sl_parse(statement->lowered->items[statement->item].text, &bench->statement, &parsed);
    double parsed_at = now_us();
    statement->node = sl_ast_first_statement(parsed.tree);
    if (!statement->node) {
        bench->n_failed += !is_schema;
        return;
    }
    if (is_schema) {
        sl_catalog_apply(bench->catalog, statement);
        return;
    }
    struct sl_facts facts = {0};
    const char *limited = NULL;
    sl_resolve(statement, bench->catalog, &bench->ids, &bench->statement, &facts, &limited);
    bench->resolve_us += now_us() - parsed_at;
    bench->parse_us += parsed_at - begin;
    bench->n_uses += (uint32_t)facts.uses.len;
    bench->n_statements++;
}

static void measure_text(struct bench *bench, sl_str text, bool is_schema)
{
    struct sl_pieces pieces = {0};
    struct sl_lines lines;
    sl_lines_init(&lines, &bench->file, text);
    sl_split(text, &bench->mode, &bench->file, &pieces);
    for (size_t i = 0; i < pieces.len; i++) {
        if (pieces.items[i].kind != SL_PIECE_STATEMENT)
            continue;
        struct sl_lowered lowered;
        double begin = now_us();
        sl_lower(sl_str_slice(text, pieces.items[i].span.off, pieces.items[i].span.len), &bench->mode,
                 &bench->statement, &lowered);
        bench->lower_us += is_schema ? 0 : now_us() - begin;
        struct sl_statement statement = {.statement_id = 1,
                                         .source_id = 1,
                                         .mode = bench->mode,
                                         .lowered = &lowered,
                                         .source_text = text,
                                         .lines = &lines,
                                         .statement_off = pieces.items[i].span.off};
        for (uint32_t k = 0; k < lowered.n_items; k++) {
            statement.item = k;
            measure_item(bench, &statement, is_schema);
        }
        sl_arena_reset(&bench->statement);
    }
}

int main(int argc, char **argv)
{
    struct bench bench = {.mode = {.dialect = SL_DIALECT_POSTGRES}};
    sl_arena_init(&bench.run);
    sl_arena_init(&bench.file);
    sl_arena_init(&bench.statement);
    bench.catalog = sl_catalog_new(&bench.run);
    uint64_t rounds = 20;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
            sl_str_to_u64(sl_str_from(argv[++i]), &rounds);
        } else if (strcmp(argv[i], "--dialect") == 0 && i + 1 < argc) {
            sl_dialect_lookup(sl_str_from(argv[++i]), &bench.mode.dialect);
        } else if (strcmp(argv[i], "--schema") == 0 && i + 1 < argc) {
            measure_text(&bench, read_file(&bench.file, argv[++i]), true);
        } else {
            sl_str text = read_file(&bench.file, argv[i]);
            for (uint64_t round = 0; round < rounds; round++)
                measure_text(&bench, text, false);
        }
    }
    double n = bench.n_statements ? bench.n_statements : 1;
    printf("statements %u, not parsed %u, uses %u\n", bench.n_statements, bench.n_failed, bench.n_uses);
    printf("us a statement: lower %.1f, parse %.1f, resolve %.1f, together %.1f\n", bench.lower_us / n,
           bench.parse_us / n, bench.resolve_us / n, (bench.lower_us + bench.parse_us + bench.resolve_us) / n);
    sl_arena_release(&bench.statement);
    sl_arena_release(&bench.file);
    sl_arena_release(&bench.run);
    return 0;
}
