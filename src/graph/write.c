#include "graph/write.h"

#include "base/limits.h"
#include "graph/row.h"
#include "resolve/role_name.h"

enum sl_status sl_graph_add_source(struct sl_graph *graph, const struct sl_source_row *source, struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_SOURCE, &row, err));
    sl_row_put_int(&row, source->source_id);
    sl_row_put_text(&row, source->path);
    sl_row_put_word(&row, source->kind);
    sl_row_put_word(&row, source->dialect);
    sl_row_put_int(&row, source->is_reported);
    sl_row_put_int(&row, (int64_t)source->n_bytes);
    return sl_row_end(&row, err);
}

/* Cut at a character's start, so that a cut text stays valid UTF-8. */
static sl_str cap_text(sl_str text)
{
    if (text.len <= SL_MAX_STATEMENT_TEXT_BYTES)
        return text;
    size_t len = SL_MAX_STATEMENT_TEXT_BYTES;
    while (len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    return sl_str_slice(text, 0, len);
}

static void put_log_counts(struct sl_row *row, const struct sl_statement_row *statement)
{
    if (!statement->is_log) {
        for (int i = 0; i < 5; i++)
            sl_row_put_null(row);
    } else {
        sl_row_put_int(row, (int64_t)statement->calls);
        if (statement->has_duration)
            sl_row_put_int(row, (int64_t)statement->total_us);
        else
            sl_row_put_null(row);
        sl_row_put_int(row, (int64_t)statement->rows_affected);
        sl_row_put_id(row, statement->first_seen_us);
        sl_row_put_id(row, statement->last_seen_us);
    }
    sl_row_put_text_or_null(row, statement->users);
    sl_row_put_text_or_null(row, statement->databases);
    sl_row_put_text_or_null(row, statement->applications);
    sl_row_put_text_or_null(row, statement->app_location);
}

enum sl_status sl_graph_add_statement(struct sl_graph *graph, const struct sl_statement_row *statement,
                                      struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_STATEMENT, &row, err));
    sl_row_put_int(&row, statement->statement_id);
    sl_row_put_id(&row, statement->parent_id);
    sl_row_put_word(&row, statement->role);
    sl_row_put_text(&row, sl_str_from(statement->kind));
    sl_row_put_int(&row, statement->place.source_id);
    sl_row_put_certain_place(&row, &statement->place);
    sl_row_put_text(&row, statement->fingerprint);
    sl_row_put_text(&row, cap_text(statement->text));
    sl_row_put_int(&row, statement->is_understood);
    sl_row_put_int(&row, statement->transaction);
    sl_row_put_int(&row, (statement->origin_flags & SL_ORIGIN_ORM) != 0);
    sl_row_put_int(&row, (statement->origin_flags & SL_ORIGIN_BATCHED) != 0);
    sl_row_put_int(&row, (statement->origin_flags & SL_ORIGIN_ROW_BY_ROW) != 0);
    sl_row_put_int(&row, (statement->origin_flags & SL_ORIGIN_SCRIPT) != 0);
    sl_row_put_int(&row, (statement->origin_flags & SL_ORIGIN_GROUPED_IN_MEMORY) != 0);
    sl_row_put_int(&row, (statement->origin_flags & SL_ORIGIN_OPEN) != 0);
    put_log_counts(&row, statement);
    return sl_row_end(&row, err);
}

static enum sl_status add_block(struct sl_graph *graph, uint32_t statement_id, const struct sl_fact_query_block *block,
                                struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_BLOCK, &row, err));
    sl_row_put_int(&row, block->block_id);
    sl_row_put_int(&row, statement_id);
    sl_row_put_id(&row, block->parent_id);
    sl_row_put_word(&row, block->kind);
    sl_row_put_text_or_null(&row, block->name);
    sl_row_put_int(&row, block->has_grouping);
    sl_row_put_int(&row, block->has_aggregate);
    sl_row_put_int(&row, block->has_count);
    sl_row_put_int(&row, block->has_count_star);
    sl_row_put_int(&row, block->has_distinct);
    sl_row_put_int(&row, block->has_limit);
    sl_row_put_int(&row, block->has_order);
    sl_row_put_int(&row, block->has_locking);
    sl_row_put_int(&row, block->is_recursive);
    sl_row_put_start(&row, &block->place);
    sl_row_put_span(&row, &block->place);
    return sl_row_end(&row, err);
}

static enum sl_status add_relation(struct sl_graph *graph, const struct sl_fact_block_relation *relation,
                                   struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_RELATION, &row, err));
    sl_row_put_int(&row, relation->block_id);
    sl_row_put_id(&row, relation->table_id);
    sl_row_put_id(&row, relation->source_block);
    sl_row_put_text_or_null(&row, relation->alias);
    sl_row_put_word(&row, relation->join);
    return sl_row_end(&row, err);
}

static enum sl_status add_use(struct sl_graph *graph, uint32_t statement_id, const struct sl_fact_column_use *use,
                              struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_USE, &row, err));
    sl_row_put_int(&row, use->use_id);
    sl_row_put_int(&row, statement_id);
    sl_row_put_int(&row, use->block_id);
    sl_row_put_id(&row, use->column_id);
    sl_row_put_word(&row, use->clause);
    sl_row_put_word(&row, use->shape);
    sl_row_put_word(&row, use->bucket);
    sl_row_put_word(&row, use->bound);
    sl_row_put_word(&row, use->compared_with);
    sl_row_put_id(&row, use->compared_column);
    sl_row_put_text_or_null(&row, use->functions);
    sl_row_put_word(&row, use->aggregate);
    sl_row_put_int(&row, use->aggregate_filtered);
    sl_row_put_text_or_null(&row, use->window_function);
    sl_row_put_word(&row, use->sort);
    sl_row_put_id(&row, use->key_ordinal);
    sl_row_put_text_or_null(&row, use->output_name);
    sl_row_put_id(&row, use->via_block);
    sl_row_put_int(&row, use->is_subtracted);
    sl_row_put_word(&row, use->via_aggregate);
    sl_row_put_int(&row, use->in_boolean_sum);
    sl_row_put_id(&row, use->aggregate_ordinal);
    sl_row_put_text_or_null(&row, use->column_id ? SL_STR_EMPTY : use->name);
    sl_row_put_word(&row, use->resolution);
    sl_row_put_place(&row, &use->place);
    return sl_row_end(&row, err);
}

static enum sl_status add_predicate(struct sl_graph *graph, uint32_t statement_id,
                                    const struct sl_fact_state_predicate *predicate, struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_PREDICATE, &row, err));
    sl_row_put_int(&row, statement_id);
    sl_row_put_int(&row, predicate->block_id);
    sl_row_put_int(&row, predicate->column_id);
    sl_row_put_word(&row, predicate->operator);
    sl_row_put_word(&row, predicate->value_kind);
    sl_row_put_text_or_null(&row, predicate->values);
    sl_row_put_word(&row, predicate->clause);
    sl_row_put_id(&row, predicate->inherited_from);
    sl_row_put_id(&row, predicate->aggregate_ordinal);
    sl_row_put_id(&row, predicate->via_block);
    sl_row_put_int(&row, predicate->is_state);
    sl_row_put_short_place(&row, &predicate->place);
    return sl_row_end(&row, err);
}

static enum sl_status add_assignment(struct sl_graph *graph, uint32_t statement_id,
                                     const struct sl_fact_assignment *assignment, struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_ASSIGNMENT, &row, err));
    sl_row_put_int(&row, statement_id);
    sl_row_put_int(&row, assignment->block_id);
    sl_row_put_int(&row, assignment->column_id);
    sl_row_put_word(&row, assignment->arm);
    sl_row_put_word(&row, assignment->value_shape);
    sl_row_put_id(&row, assignment->value_column);
    sl_row_put_text_or_null(&row, assignment->value_text);
    sl_row_put_place(&row, &assignment->place);
    return sl_row_end(&row, err);
}

static enum sl_status add_lineage(struct sl_graph *graph, uint32_t statement_id,
                                  const struct sl_fact_lineage_edge *edge, struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_LINEAGE, &row, err));
    sl_row_put_int(&row, statement_id);
    sl_row_put_int(&row, edge->block_id);
    sl_row_put_int(&row, edge->output_ordinal);
    sl_row_put_text_or_null(&row, edge->output_name);
    sl_row_put_int(&row, sl_name_claim(edge->output_name).event);
    sl_row_put_int(&row, edge->column_id);
    sl_row_put_text_or_null(&row, edge->functions);
    sl_row_put_word(&row, edge->bucket);
    sl_row_put_word(&row, edge->aggregate);
    sl_row_put_id(&row, edge->target_column);
    sl_row_put_short_place(&row, &edge->place);
    return sl_row_end(&row, err);
}

static enum sl_status add_write(struct sl_graph *graph, uint32_t statement_id, const struct sl_fact_write *write,
                                struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_WRITE, &row, err));
    sl_row_put_int(&row, statement_id);
    sl_row_put_int(&row, write->block_id);
    sl_row_put_int(&row, write->table_id);
    sl_row_put_word(&row, write->verb);
    sl_row_put_word(&row, write->scale);
    sl_row_put_place(&row, &write->place);
    return sl_row_end(&row, err);
}

static enum sl_status add_effect(struct sl_graph *graph, uint32_t statement_id,
                                 const struct sl_fact_write_effect *effect, struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_EFFECT, &row, err));
    sl_row_put_int(&row, statement_id);
    sl_row_put_id(&row, effect->block_id);
    sl_row_put_word(&row, effect->via);
    sl_row_put_int(&row, effect->table_id);
    sl_row_put_int(&row, effect->column_id);
    sl_row_put_int(&row, effect->moves);
    sl_row_put_word(&row, effect->evidence);
    sl_row_put_text_or_null(&row, effect->reason);
    sl_row_put_id(&row, effect->evidence_place.line ? effect->evidence_place.source_id : 0);
    sl_row_put_short_place(&row, &effect->evidence_place);
    return sl_row_end(&row, err);
}

enum sl_status sl_graph_add_facts(struct sl_graph *graph, uint32_t statement_id, const struct sl_facts *facts,
                                  struct sl_error *err)
{
    for (size_t i = 0; i < facts->blocks.len; i++)
        SL_TRY(add_block(graph, statement_id, &facts->blocks.items[i], err));
    for (size_t i = 0; i < facts->relations.len; i++)
        SL_TRY(add_relation(graph, &facts->relations.items[i], err));
    for (size_t i = 0; i < facts->uses.len; i++)
        SL_TRY(add_use(graph, statement_id, &facts->uses.items[i], err));
    for (size_t i = 0; i < facts->predicates.len; i++)
        SL_TRY(add_predicate(graph, statement_id, &facts->predicates.items[i], err));
    for (size_t i = 0; i < facts->assignments.len; i++)
        SL_TRY(add_assignment(graph, statement_id, &facts->assignments.items[i], err));
    for (size_t i = 0; i < facts->lineage.len; i++)
        SL_TRY(add_lineage(graph, statement_id, &facts->lineage.items[i], err));
    for (size_t i = 0; i < facts->writes.len; i++)
        SL_TRY(add_write(graph, statement_id, &facts->writes.items[i], err));
    for (size_t i = 0; i < facts->effects.len; i++)
        SL_TRY(add_effect(graph, statement_id, &facts->effects.items[i], err));
    return SL_OK;
}

enum sl_status sl_graph_add_ignore(struct sl_graph *graph, const struct sl_ignore_row *ignore, struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_IGNORE, &row, err));
    sl_row_put_word(&row, ignore->kind);
    sl_row_put_int(&row, ignore->place.source_id);
    sl_row_put_id(&row, ignore->statement_id);
    sl_row_put_text_or_null(&row, ignore->rule);
    sl_row_put_text(&row, ignore->reason);
    sl_row_put_certain_place(&row, &ignore->place);
    return sl_row_end(&row, err);
}

enum sl_status sl_graph_add_diagnostic(struct sl_graph *graph, const struct sl_diagnostic_row *diagnostic,
                                       struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_DIAGNOSTIC, &row, err));
    sl_row_put_int(&row, diagnostic->source_id);
    sl_row_put_id(&row, diagnostic->statement_id);
    sl_row_put_word(&row, diagnostic->kind);
    sl_row_put_text(&row, diagnostic->message);
    sl_row_put_int(&row, diagnostic->line);
    sl_row_put_int(&row, diagnostic->col);
    return sl_row_end(&row, err);
}

enum sl_status sl_graph_add_statement_fact(struct sl_graph *graph, const struct sl_statement_fact_row *fact,
                                           struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_STATEMENT_FACT, &row, err));
    sl_row_put_int(&row, fact->statement_id);
    sl_row_put_word(&row, fact->kind);
    sl_row_put_text_or_null(&row, fact->text);
    sl_row_put_id(&row, fact->param);
    sl_row_put_int(&row, fact->place.off);
    sl_row_put_int(&row, fact->place.len);
    sl_row_put_int(&row, fact->place.line);
    sl_row_put_int(&row, fact->place.col);
    return sl_row_end(&row, err);
}

enum sl_status sl_graph_add_log_coverage(struct sl_graph *graph, const struct sl_log_coverage_row *log,
                                         struct sl_error *err)
{
    const uint64_t counts[] = {log->bytes,          log->entries,    log->statements,     log->failed,
                               log->administrative, log->parse_bind, log->cached,         log->empty,
                               log->truncated,      log->ambiguous,  log->shapes_dropped, log->unknown_lines,
                               log->skipped_bytes,  log->repeated,   log->damaged,        log->duplicates};
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_LOG_COVERAGE, &row, err));
    sl_row_put_text(&row, log->format);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        sl_row_put_int(&row, (int64_t)counts[i]);
    return sl_row_end(&row, err);
}

enum sl_status sl_graph_add_rule(struct sl_graph *graph, const struct sl_rule_row *rule, struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_RULE, &row, err));
    sl_row_put_text(&row, rule->rule_id);
    sl_row_put_text(&row, rule->name);
    sl_row_put_text(&row, rule->summary);
    sl_row_put_word(&row, rule->severity);
    sl_row_put_word(&row, rule->confidence);
    sl_row_put_word(&row, rule->status);
    sl_row_put_text(&row, rule->since);
    sl_row_put_text(&row, rule->what);
    sl_row_put_text(&row, rule->fix);
    sl_row_put_int(&row, rule->is_built_in);
    sl_row_put_int(&row, rule->is_enabled);
    return sl_row_end(&row, err);
}

enum sl_status sl_graph_add_finding(struct sl_graph *graph, const struct sl_finding_row *finding, struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_FINDING, &row, err));
    sl_row_put_id(&row, finding->finding_id);
    sl_row_put_text(&row, finding->rule);
    sl_row_put_text(&row, finding->name);
    sl_row_put_word(&row, finding->severity);
    sl_row_put_word(&row, finding->confidence);
    sl_row_put_text(&row, finding->message);
    sl_row_put_text_or_null(&row, finding->advice);
    sl_row_put_id(&row, finding->statement_id);
    sl_row_put_text(&row, finding->path);
    sl_row_put_int(&row, finding->place.source_id);
    sl_row_put_certain_place(&row, &finding->place);
    sl_row_put_text_or_null(&row, finding->table_name);
    sl_row_put_text_or_null(&row, finding->column_name);
    sl_row_put_text_or_null(&row, finding->subject);
    sl_row_put_text_or_null(&row, finding->suggestion_column);
    if (finding->suggestion_column.len)
        sl_row_put_int(&row, finding->suggestion_exists);
    else
        sl_row_put_null(&row);
    sl_row_put_text(&row, finding->fingerprint);
    return sl_row_end(&row, err);
}

enum sl_status sl_graph_add_evidence(struct sl_graph *graph, const struct sl_evidence_row *evidence,
                                     struct sl_error *err)
{
    struct sl_row row;
    SL_TRY(sl_row_begin(graph, SL_INSERT_EVIDENCE, &row, err));
    sl_row_put_int(&row, evidence->finding_id);
    sl_row_put_int(&row, evidence->ordinal);
    sl_row_put_text(&row, evidence->kind);
    sl_row_put_text_or_null(&row, evidence->detail);
    sl_row_put_text_or_null(&row, evidence->path);
    if (evidence->place.line) {
        sl_row_put_start(&row, &evidence->place);
        sl_row_put_span(&row, &evidence->place);
    } else {
        for (int i = 0; i < 4; i++)
            sl_row_put_null(&row);
    }
    return sl_row_end(&row, err);
}
