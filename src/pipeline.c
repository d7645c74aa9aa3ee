#include "pipeline.h"

#include "finding/ignore.h"
#include "graph/write.h"
#include "resolve/catalog.h"
#include "resolve/catalog_history.h"
#include "resolve/catalog_orm.h"
#include "resolve/effect.h"
#include "resolve/resolve.h"
#include "source/log/place.h"
#include "source/model_fact.h"
#include "source/shape.h"
#include "sql/ahead.h"
#include "sql/split.h"

struct pipeline {
    struct sl_arena *run;
    struct sl_arena file, statement; /* the two shorter lives */
    struct sl_graph *graph;
    struct sl_fact_ids ids;
    uint32_t next_statement;
    uint32_t next_transaction;
    struct sl_shape_scan shape;
    struct sl_catalog *history; /* what migrations made that a schema already holds */
    const struct sl_pipeline_input *input;
    struct sl_pipeline_output *out;
};

/* Where the statements of one text come from: a fragment of a source, or a sample of a log. */
struct origin {
    const struct sl_source *source;
    uint32_t source_id;
    const struct sl_fragment *fragment;
    const struct sl_lines *lines;
    sl_str text; /* the source's bytes, or the log's sample */
    const struct sl_shape *shape;
    uint32_t transaction; /* the open BEGIN, or the fragment's own */
};

/* The statement as far as it is known before lowering. */
static struct sl_statement statement_begin(struct pipeline *pipeline, const struct origin *origin, struct sl_span span,
                                           const struct sl_lowered *lowered)
{
    return (struct sl_statement){
        .statement_id = ++pipeline->next_statement,
        .source_id = origin->source_id,
        .is_schema = origin->source->kind == SL_SOURCE_SCHEMA,
        .is_migration = origin->source->kind == SL_SOURCE_MIGRATION,
        .is_log = origin->source->kind == SL_SOURCE_QUERY_LOG,
        .transaction = origin->transaction,
        .origin_flags = origin->fragment->flags,
        .mode = origin->source->mode,
        .lowered = lowered,
        .item = SL_NO_ITEM,
        .source_text = origin->text,
        .lines = origin->lines,
        .statement_off = span.off,
        .statement_len = span.len,
        .fragment_map = &origin->fragment->map,
        .fragment_off = origin->fragment->base_off,
    };
}

static sl_str fingerprint_of(struct pipeline *pipeline, sl_str text, enum sl_dialect dialect)
{
    sl_shape_scan(&pipeline->shape, text, dialect, false);
    return sl_arena_printf(&pipeline->statement, "%016llx%016llx", (unsigned long long)pipeline->shape.hash_hi,
                           (unsigned long long)pipeline->shape.hash_lo);
}

static enum sl_status add_statement_row(struct pipeline *pipeline, const struct origin *origin,
                                        const struct sl_statement *statement, const char *role, const char *kind,
                                        bool is_understood, sl_str text, struct sl_error *err)
{
    const struct sl_shape *shape = origin->shape;
    struct sl_statement_row row = {
        .statement_id = statement->statement_id,
        .parent_id = statement->parent_id,
        .role = role,
        .kind = kind,
        .place = sl_statement_whole(statement),
        .fingerprint = fingerprint_of(pipeline, text, statement->mode.dialect),
        .text = text,
        .is_understood = is_understood,
        .transaction = statement->transaction,
        .origin_flags = statement->origin_flags,
    };
    if (shape) {
        row.is_log = true;
        row.calls = shape->calls;
        row.total_us = shape->total_us;
        row.has_duration = shape->has_duration;
        row.rows_affected = shape->rows_affected;
        row.first_seen_us = shape->first_seen_us;
        row.last_seen_us = shape->last_seen_us;
        row.users = shape->users;
        row.databases = shape->databases;
        row.applications = shape->applications;
        row.app_location = shape->app_location;
    }
    return sl_graph_add_statement(pipeline->graph, &row, err);
}

static enum sl_status add_diagnostic(struct pipeline *pipeline, const struct sl_statement *statement, const char *kind,
                                     sl_str message, struct sl_place place, struct sl_error *err)
{
    struct sl_diagnostic_row row = {.source_id = statement->source_id,
                                    .statement_id = statement->statement_id,
                                    .kind = kind,
                                    .message = message,
                                    .line = place.line,
                                    .col = place.col};
    return sl_graph_add_diagnostic(pipeline->graph, &row, err);
}

static void apply_to_catalog(struct pipeline *pipeline, const struct sl_source *source,
                             const struct sl_statement *statement)
{
    if (source->is_in_schema)
        sl_catalog_apply_history(pipeline->out->catalog, pipeline->history, statement, !source->is_schema_ruby);
    else
        sl_catalog_apply(pipeline->out->catalog, statement);
}

/* Stages resolve → graph for one statement with an AST (or a routine's header). */
static enum sl_status resolve_and_record(struct pipeline *pipeline, const struct origin *origin,
                                         const struct sl_statement *statement, struct sl_error *err)
{
    struct sl_facts facts = {0};
    const char *limited = NULL;
    struct sl_catalog *catalog = pipeline->out->catalog;
    if (statement->node) {
        sl_resolve(statement, catalog, &pipeline->ids, &pipeline->statement, &facts, &limited);
        sl_effect_find(statement, catalog, &pipeline->statement, &facts);
        sl_role_observe(catalog, statement, &facts);
    }
    if (pipeline->input->on_statement && origin->source->is_reported)
        pipeline->input->on_statement(pipeline->input->on_statement_context, statement, &facts, catalog);
    apply_to_catalog(pipeline, origin->source, statement);
    if (limited)
        SL_TRY(add_diagnostic(pipeline, statement, "limit", sl_str_from(limited), sl_statement_whole(statement), err));
    return sl_graph_add_facts(pipeline->graph, statement->statement_id, &facts, err);
}

/* The lowering's facts of this item; placeholders can be had from the text. */
static enum sl_status add_statement_facts(struct pipeline *pipeline, const struct sl_statement *statement,
                                          struct sl_error *err)
{
    for (size_t i = 0; i < statement->lowered->n_facts; i++) {
        const struct sl_fact *fact = &statement->lowered->facts[i];
        if (fact->item != statement->item || fact->kind == SL_FACT_PLACEHOLDER)
            continue;
        struct sl_statement_fact_row row = {.statement_id = statement->statement_id,
                                            .kind = sl_fact_kind_name(fact->kind),
                                            .text = fact->text,
                                            .param = fact->param,
                                            .place = sl_statement_source_place(statement, fact->span)};
        SL_TRY(sl_graph_add_statement_fact(pipeline->graph, &row, err));
    }
    return SL_OK;
}

static const char *const role_names[] = {"main", "part", "body", "condition"};

/* Hands one parsed item on. */
static enum sl_status run_item(struct pipeline *pipeline, const struct origin *origin, struct sl_statement *statement,
                               const struct sl_parsed *parsed, struct sl_error *err)
{
    const struct sl_lowered_item *item = &statement->lowered->items[statement->item];
    bool is_parsed = parsed->tree != NULL;
    sl_str written =
        sl_str_slice(origin->fragment->text, statement->statement_off + item->source.off, item->source.len);
    SL_TRY(add_statement_row(pipeline, origin, statement, role_names[item->role],
                             is_parsed ? statement->lowered->verb.ptr : "not_understood", is_parsed, written, err));
    if (!parsed->tree)
        return add_diagnostic(pipeline, statement, parsed->is_limit ? "limit" : "not_understood", parsed->error,
                              sl_statement_place(statement, parsed->error_off), err);
    if (parsed->tree->n_stmts == 0)
        return SL_OK;
    statement->node = parsed->tree->stmts[0]->stmt;
    return resolve_and_record(pipeline, origin, statement, err);
}

/* A trigger's, routine's or event's header, whose body follows as items of its own. */
static enum sl_status run_header(struct pipeline *pipeline, const struct origin *origin, struct sl_statement *header,
                                 sl_str written, struct sl_error *err)
{
    SL_TRY(add_statement_row(pipeline, origin, header, "main", header->lowered->verb.ptr, true, written, err));
    return resolve_and_record(pipeline, origin, header, err);
}

static enum sl_status run_items(struct pipeline *pipeline, const struct origin *origin, struct sl_span span,
                                const struct sl_prepared *prepared, struct sl_error *err)
{
    const struct sl_lowered *lowered = &prepared->lowered;
    uint32_t main_id = 0;
    if (lowered->routine.present) {
        struct sl_statement header = statement_begin(pipeline, origin, span, lowered);
        main_id = header.statement_id;
        SL_TRY(run_header(pipeline, origin, &header, sl_str_slice(origin->fragment->text, span.off, span.len), err));
    }
    for (uint32_t i = 0; i < lowered->n_items; i++) {
        struct sl_statement statement = statement_begin(pipeline, origin, span, lowered);
        statement.item = i;
        statement.parent_id = main_id;
        if (main_id == 0)
            main_id = statement.statement_id;
        SL_TRY(run_item(pipeline, origin, &statement, &prepared->parsed[i], err));
        SL_TRY(add_statement_facts(pipeline, &statement, err));
    }
    return SL_OK;
}

/* BEGIN opens a transaction, COMMIT and ROLLBACK end it; savepoints change nothing. */
static void follow_transaction(struct pipeline *pipeline, struct origin *origin, sl_str verb)
{
    if (sl_str_eq(verb, SL_STR("begin")) || sl_str_has_prefix(verb, SL_STR("start")))
        origin->transaction = ++pipeline->next_transaction;
    else if (sl_str_eq(verb, SL_STR("commit")) || sl_str_eq(verb, SL_STR("rollback")) || sl_str_eq(verb, SL_STR("end")))
        origin->transaction = origin->fragment->transaction;
}

/* A statement that has no AST: set aside, or not understood. */
static enum sl_status record_without_ast(struct pipeline *pipeline, const struct origin *origin, struct sl_span span,
                                         const struct sl_lowered *lowered, struct sl_error *err)
{
    struct sl_statement statement = statement_begin(pipeline, origin, span, lowered);
    bool is_understood = lowered->kind != SL_LOWERED_NOT_UNDERSTOOD;
    apply_to_catalog(pipeline, origin->source, &statement); /* SET …, COMMIT change what triggers do */
    SL_TRY(add_statement_row(pipeline, origin, &statement, "main", is_understood ? lowered->verb.ptr : "not_understood",
                             is_understood, sl_str_slice(origin->fragment->text, span.off, span.len), err));
    if (is_understood)
        return SL_OK;
    return add_diagnostic(pipeline, &statement, "not_understood", lowered->error,
                          sl_statement_source_place(&statement, (struct sl_span){lowered->error_off, 1}), err);
}

/* Stages lower → graph for one statement of a text. */
static enum sl_status run_prepared(struct pipeline *pipeline, struct origin *origin, struct sl_span span,
                                   const struct sl_prepared *prepared, struct sl_error *err)
{
    const struct sl_lowered *lowered = &prepared->lowered;
    if (lowered->kind == SL_LOWERED_EMPTY)
        return SL_OK;
    if (lowered->kind == SL_LOWERED_TRANSACTION)
        follow_transaction(pipeline, origin, lowered->verb);
    if (lowered->kind == SL_LOWERED_SQL)
        return run_items(pipeline, origin, span, prepared, err);
    return record_without_ast(pipeline, origin, span, lowered, err);
}

static enum sl_status run_statement(struct pipeline *pipeline, struct origin *origin, struct sl_span span,
                                    struct sl_error *err)
{
    struct sl_prepared prepared;
    sl_str text = sl_str_slice(origin->fragment->text, span.off, span.len);
    sl_arena_reset(&pipeline->statement);
    sl_prepare(text, &origin->source->mode, &pipeline->statement, &prepared);
    return run_prepared(pipeline, origin, span, &prepared, err);
}

/* Schemas and migrations are run in their own database; what else says nothing of it may speak to any. */
static void enter_database(struct pipeline *pipeline, const struct sl_source *source, sl_str said)
{
    bool is_strict = source->kind == SL_SOURCE_SCHEMA || source->kind == SL_SOURCE_MIGRATION;
    sl_str name = said.len ? said : source->database;
    struct sl_database database = {.name = name.len ? name : SL_STR_EMPTY, .is_open = !is_strict};
    sl_catalog_enter_database(pipeline->out->catalog, database);
    sl_catalog_enter_database(pipeline->history, database);
}

/* Stages split → graph for one fragment of a source. */
static enum sl_status run_fragment(struct pipeline *pipeline, struct origin *origin, struct sl_error *err)
{
    struct sl_pieces pieces = {0};
    enter_database(pipeline, origin->source, origin->fragment->database);
    origin->transaction = origin->fragment->transaction;
    sl_split(origin->fragment->text, &origin->source->mode, &pipeline->file, &pieces);
    for (size_t i = 0; i < pieces.len; i++) {
        if (pieces.items[i].kind == SL_PIECE_STATEMENT)
            SL_TRY(run_statement(pipeline, origin, pieces.items[i].span, err));
    }
    return SL_OK;
}

static enum sl_status add_source_row(struct pipeline *pipeline, const struct origin *origin, uint64_t n_bytes,
                                     struct sl_error *err)
{
    struct sl_source_row row = {.source_id = origin->source_id,
                                .path = origin->source->path,
                                .kind = sl_source_kind_name(origin->source->kind),
                                .dialect = sl_dialect_name(origin->source->mode.dialect),
                                .is_reported = origin->source->is_reported,
                                .n_bytes = n_bytes};
    return sl_graph_add_source(pipeline->graph, &row, err);
}

static struct sl_place place_of_fact(const struct sl_source_fact *fact, uint32_t source_id, struct sl_lines *lines)
{
    struct sl_position start = sl_lines_position(lines, fact->span.off);
    struct sl_position end = sl_lines_position(lines, fact->span.off + fact->span.len);
    return (struct sl_place){.source_id = source_id,
                             .off = fact->span.off,
                             .len = fact->span.len,
                             .line = start.line,
                             .col = start.col,
                             .end_line = end.line,
                             .end_col = end.col};
}

/* What a reader knows of tables that SQL cannot say. */
static void take_orm_fact(struct pipeline *pipeline, const struct sl_source_fact *fact, struct sl_place place)
{
    struct sl_catalog *catalog = pipeline->out->catalog;
    struct sl_orm_fact known = {.database = fact->database,
                                .table = fact->table,
                                .column = fact->column,
                                .name = fact->name,
                                .value = fact->value,
                                .by = fact->detail,
                                .on_insert = fact->on_insert,
                                .on_update = fact->on_update,
                                .is_always = fact->is_always};
    known.place = place;
    switch (fact->kind) {
    case SL_SOURCE_FACT_ORM_TIMESTAMP:
        sl_catalog_add_orm_timestamp(catalog, fact->table, fact->column, place);
        return;
    case SL_SOURCE_FACT_ENUM_VALUE:
        known.kind = SL_ORM_ENUM_VALUE;
        break;
    case SL_SOURCE_FACT_TOUCHES:
        known.kind = SL_ORM_TOUCHES;
        break;
    case SL_SOURCE_FACT_COUNTS:
        known.kind = SL_ORM_COUNTS;
        break;
    case SL_SOURCE_FACT_FILLS:
        known.kind = SL_ORM_FILLS;
        break;
    case SL_SOURCE_FACT_TIMESTAMPS_LEFT_OFF:
        known.kind = SL_ORM_TIMESTAMPS_LEFT_OFF;
        break;
    case SL_SOURCE_FACT_PASSED_OVER:
        return;
    }
    sl_catalog_add_orm_fact(catalog, &known);
}

static enum sl_status take_source_facts(struct pipeline *pipeline, const struct origin *origin,
                                        const struct sl_reading *reading, struct sl_lines *lines, struct sl_error *err)
{
    for (size_t i = 0; i < reading->facts.len; i++) {
        const struct sl_source_fact *fact = &reading->facts.items[i];
        struct sl_place place = place_of_fact(fact, origin->source_id, lines);
        take_orm_fact(pipeline, fact, place);
        if (fact->kind != SL_SOURCE_FACT_PASSED_OVER)
            continue;
        struct sl_diagnostic_row row = {.source_id = origin->source_id,
                                        .kind = "passed_over",
                                        .message = fact->detail,
                                        .line = place.line,
                                        .col = place.col};
        SL_TRY(sl_graph_add_diagnostic(pipeline->graph, &row, err));
    }
    return SL_OK;
}

/* What the models say holds for every statement, whichever file it stands in: it is taken before the first of them. */
static void take_model_facts(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->input->n_sources; i++) {
        const struct sl_source *source = &pipeline->input->sources[i];
        struct sl_reading reading = {0};
        struct sl_lines lines;
        sl_arena_reset(&pipeline->file);
        sl_model_fact_read(source, &pipeline->file, &reading);
        if (reading.facts.len == 0)
            continue;
        sl_lines_init(&lines, &pipeline->file, source->bytes);
        for (size_t k = 0; k < reading.facts.len; k++)
            take_orm_fact(pipeline, &reading.facts.items[k],
                          place_of_fact(&reading.facts.items[k], (uint32_t)i + 1, &lines));
    }
}

static enum sl_status run_source(struct pipeline *pipeline, struct sl_source *source, uint32_t source_id,
                                 struct sl_error *err)
{
    struct sl_reading reading = {0};
    struct sl_lines lines;
    struct sl_error trouble = {0};
    sl_arena_reset(&pipeline->file);
    if (sl_source_load(source, &pipeline->file, &trouble) != SL_OK ||
        sl_source_read(source, &pipeline->file, &reading, &trouble) != SL_OK) {
        *SL_VEC_PUSH(pipeline->run, &pipeline->out->problems) = (struct sl_problem){
            .path = source->path, .message = sl_arena_copy(pipeline->run, sl_str_from(trouble.message))};
        return SL_OK;
    }
    sl_lines_init(&lines, &pipeline->file, source->bytes);
    struct origin origin = {.source = source, .source_id = source_id, .lines = &lines, .text = source->bytes};
    SL_TRY(add_source_row(pipeline, &origin, source->bytes.len, err));
    enter_database(pipeline, source, SL_STR_EMPTY);
    SL_TRY(take_source_facts(pipeline, &origin, &reading, &lines, err));
    for (size_t i = 0; i < reading.len; i++) {
        origin.fragment = &reading.items[i];
        SL_TRY(run_fragment(pipeline, &origin, err));
    }
    SL_TRY(sl_ignore_add(pipeline->graph, source_id, &lines, err));
    source->bytes = SL_STR_EMPTY;
    return SL_OK;
}

/* One shape of a log: its sample takes the way of a fragment. */
static enum sl_status run_shape(struct pipeline *pipeline, struct origin *origin, const struct sl_prepared *prepared,
                                struct sl_error *err)
{
    struct sl_lines lines;
    struct sl_fragment fragment = {.text = origin->shape->sample};
    sl_arena_reset(&pipeline->file);
    enter_database(pipeline, origin->source, SL_STR_EMPTY);
    sl_lines_init(&lines, &pipeline->file, fragment.text);
    sl_log_place(origin->shape, &pipeline->file, &lines);
    origin->fragment = &fragment;
    origin->lines = &lines;
    origin->text = fragment.text;
    sl_arena_reset(&pipeline->statement);
    struct sl_span whole = {.off = 0, .len = (uint32_t)fragment.text.len};
    enum sl_status status = run_prepared(pipeline, origin, whole, prepared, err);
    origin->fragment = NULL;
    origin->lines = NULL;
    return status;
}

/* The log that a shape's sample was seen in; a run has few logs. */
struct log_source {
    sl_str path;
    enum sl_dialect dialect;
    uint32_t source_id;
};

struct log_sources {
    struct log_source *items;
    size_t len, cap;
    uint32_t next_source;
};

static enum sl_status find_log_source(struct pipeline *pipeline, struct log_sources *logs, const struct sl_shape *shape,
                                      struct sl_source *source, struct origin *origin, struct sl_error *err)
{
    source->path = shape->path;
    source->mode.dialect = shape->dialect;
    origin->shape = shape;
    for (size_t i = 0; i < logs->len; i++) {
        origin->source_id = logs->items[i].source_id;
        if (logs->items[i].dialect == shape->dialect && sl_str_eq(logs->items[i].path, shape->path))
            return SL_OK;
    }
    origin->source_id = ++logs->next_source;
    *SL_VEC_PUSH(pipeline->run, logs) = (struct log_source){shape->path, shape->dialect, origin->source_id};
    return add_source_row(pipeline, origin, 0, err);
}

static enum sl_status add_log_coverage(struct pipeline *pipeline, const struct sl_digest *digest, struct sl_error *err)
{
    const struct sl_digest_counts *counts = &digest->counts;
    struct sl_log_coverage_row row = {.format = digest->format,
                                      .bytes = counts->bytes,
                                      .entries = counts->entries,
                                      .statements = counts->statements,
                                      .failed = counts->failed,
                                      .administrative = counts->administrative,
                                      .parse_bind = counts->parse_bind,
                                      .cached = counts->cached,
                                      .empty = counts->empty,
                                      .truncated = counts->truncated,
                                      .ambiguous = counts->ambiguous,
                                      .shapes_dropped = counts->shapes_dropped,
                                      .unknown_lines = counts->unknown_lines,
                                      .skipped_bytes = counts->skipped_bytes,
                                      .repeated = counts->plans,
                                      .damaged = counts->damaged,
                                      .duplicates = counts->duplicates};
    return sl_graph_add_log_coverage(pipeline->graph, &row, err);
}

static enum sl_status run_digest(struct pipeline *pipeline, const struct sl_digest *digest, struct log_sources *logs,
                                 struct sl_error *err)
{
    struct sl_source source = {.kind = SL_SOURCE_QUERY_LOG, .is_reported = pipeline->input->reports_on_digests};
    struct origin origin = {.source = &source};
    SL_TRY(add_log_coverage(pipeline, digest, err));
    struct sl_ahead_text *texts = SL_NEW_ARRAY(pipeline->run, digest->n_shapes, struct sl_ahead_text);
    for (size_t i = 0; i < digest->n_shapes; i++)
        texts[i] = (struct sl_ahead_text){digest->shapes[i].sample, {.dialect = digest->shapes[i].dialect}};
    struct sl_ahead *ahead = sl_ahead_open(texts, digest->n_shapes, digest->n_jobs);
    enum sl_status status = SL_OK;
    for (size_t i = 0; i < digest->n_shapes && status == SL_OK; i++) {
        const struct sl_prepared *prepared = sl_ahead_next(ahead);
        status = find_log_source(pipeline, logs, &digest->shapes[i], &source, &origin, err);
        if (status == SL_OK)
            status = run_shape(pipeline, &origin, prepared, err);
    }
    sl_ahead_close(ahead);
    return status;
}

/* After the last statement: roles by all the evidence, then the catalog's rows. */
static enum sl_status finish(struct pipeline *pipeline, const struct sl_pipeline_input *input, struct sl_error *err)
{
    struct sl_pipeline_output *out = pipeline->out;
    sl_role_decide(out->catalog, input->columns, input->n_columns, pipeline->run, &out->roles);
    SL_TRY(sl_graph_add_catalog(pipeline->graph, out->catalog, &out->roles, err));
    return sl_graph_commit(pipeline->graph, err);
}

static enum sl_status run_stages(struct pipeline *pipeline, const struct sl_pipeline_input *input, struct sl_error *err)
{
    struct log_sources logs = {.next_source = (uint32_t)input->n_sources};
    for (size_t i = 0; i < input->n_sources; i++)
        input->sources[i].trees = input->trees;
    sl_project_load(input->sources, input->n_sources, input->wrappers, pipeline->run);
    take_model_facts(pipeline);
    for (size_t i = 0; i < input->n_sources; i++)
        SL_TRY(run_source(pipeline, &input->sources[i], (uint32_t)i + 1, err));
    for (size_t i = 0; i < input->n_digests; i++)
        SL_TRY(run_digest(pipeline, &input->digests[i], &logs, err));
    return finish(pipeline, input, err);
}

enum sl_status sl_pipeline_run(const struct sl_pipeline_input *input, struct sl_arena *run, struct sl_graph *graph,
                               struct sl_pipeline_output *out, struct sl_error *err)
{
    struct sl_pipeline_output filled = {.catalog = sl_catalog_new(run)};
    struct pipeline pipeline = {
        .run = run, .graph = graph, .history = sl_catalog_new(run), .input = input, .out = &filled};
    sl_arena_init(&pipeline.file);
    sl_arena_init(&pipeline.statement);
    enum sl_status status = run_stages(&pipeline, input, err);
    sl_shape_scan_release(&pipeline.shape);
    sl_arena_release(&pipeline.file);
    sl_arena_release(&pipeline.statement);
    if (status == SL_OK)
        *out = filled;
    return status;
}
