#include "graph/row.h"

#include <assert.h>

/* The columns are named, so that a column added to schema.sql with a default needs no change here. */
static const char *const insert_sql[SL_INSERT_COUNT] = {
    [SL_INSERT_SOURCE] = "INSERT INTO source (source_id, path, kind, dialect, is_reported, n_bytes)"
                         " VALUES (?,?,?,?,?,?)",
    [SL_INSERT_STATEMENT] =
        "INSERT INTO statement (statement_id, parent_id, role, kind, source_id, off, len, line, col, end_line,"
        " end_col, fingerprint, text, is_understood, tx_number, is_orm, is_batched, is_row_by_row,"
        " is_script, is_grouped_in_memory, is_open, calls, total_us, rows_affected, first_seen_us, last_seen_us, users,"
        " databases, applications, app_location)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_TABLE] = "INSERT INTO db_table (table_id, database, schema_name, name, kind, is_inferred, is_dropped, "
                        "statement_id, source_id,"
                        " line, col) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_COLUMN] =
        "INSERT INTO db_column (column_id, table_id, name, type, type_class, is_not_null, is_generated,"
        " is_auto_increment, comment, claims_write, claims_moment, claims_presence, claims_deadline,"
        " in_primary_key, in_unique_key, in_foreign_key, default_text, default_is_now, on_update_now, is_inferred,"
        " is_dropped, statement_id, source_id, off, len, line, col, end_line, end_col)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_ROLE_EVIDENCE] =
        "INSERT INTO role_evidence (column_id, kind, is_against, detail, statement_id, source_id, off, len, line,"
        " col, end_line, end_col) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_BLOCK] =
        "INSERT INTO query_block (block_id, statement_id, parent_id, kind, name, has_grouping, has_aggregate,"
        " has_count, has_count_star, has_distinct, has_limit, has_order, has_locking, is_recursive, line, col, off,"
        " len) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_RELATION] = "INSERT INTO block_relation (block_id, table_id, source_block, alias, join_kind)"
                           " VALUES (?,?,?,?,?)",
    [SL_INSERT_USE] =
        "INSERT INTO column_use (use_id, statement_id, block_id, column_id, clause, shape, bucket, bound,"
        " compared_with, compared_column, functions, aggregate, aggregate_filtered, window_function, sort,"
        " key_ordinal, output_name, via_block, is_subtracted, via_aggregate, in_boolean_sum, aggregate_ordinal, name, "
        "resolution,"
        " off, len, line, col, end_line, end_col)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_PREDICATE] =
        "INSERT INTO state_predicate (statement_id, block_id, column_id, operator, value_kind, value_list, clause,"
        " inherited_from, aggregate_ordinal, via_block, is_state, off, len, line, col) VALUES "
        "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_ASSIGNMENT] =
        "INSERT INTO assignment (statement_id, block_id, column_id, arm, value_shape, value_column, value_text,"
        " off, len, line, col, end_line, end_col) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_LINEAGE] =
        "INSERT INTO lineage_edge (statement_id, block_id, output_ordinal, output_name, claims_event, column_id, "
        "functions,"
        " bucket, aggregate, target_column, off, len, line, col) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_WRITE] =
        "INSERT INTO write (statement_id, block_id, table_id, verb, scale, off, len, line, col, end_line, end_col)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_EFFECT] = "INSERT INTO write_effect (statement_id, block_id, via, table_id, column_id, moves, evidence, "
                         "reason, evidence_source_id,"
                         " evidence_off, evidence_len, evidence_line, evidence_col) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_DDL_CHANGE] = "INSERT INTO ddl_change (statement_id, table_id, column_id, change, name, detail)"
                             " VALUES (?,?,?,?,?,?)",
    [SL_INSERT_ORM_FACT] =
        "INSERT INTO orm_fact (kind, table_id, column_id, name, value, source_id, off, len, line, col,"
        " end_line, end_col) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_IGNORE] =
        "INSERT INTO ignore (kind, source_id, statement_id, rule, reason, off, len, line, col, end_line, end_col)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_DIAGNOSTIC] = "INSERT INTO diagnostic (source_id, statement_id, kind, message, line, col)"
                             " VALUES (?,?,?,?,?,?)",
    [SL_INSERT_STATEMENT_FACT] = "INSERT INTO statement_fact (statement_id, kind, text, param, off, len, line, col)"
                                 " VALUES (?,?,?,?,?,?,?,?)",
    [SL_INSERT_LOG_COVERAGE] = "INSERT INTO log_coverage (format, bytes, entries, statements, failed, administrative,"
                               " parse_bind, cached, empty, truncated, ambiguous, shapes_dropped, unknown_lines,"
                               " skipped_bytes, repeated, damaged, duplicates)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SL_INSERT_RULE] =
        "INSERT INTO rule (rule_id, name, summary, severity, confidence, status, since, what, fix, is_built_in,"
        " is_enabled) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [SL_INSERT_FINDING] =
        "INSERT INTO finding (finding_id, rule, name, severity, confidence, message, advice, statement_id, path,"
        " source_id, off, len, line, col, end_line, end_col, table_name, column_name, subject, suggestion_column,"
        " suggestion_exists, fingerprint, calls, total_us, first_seen_us, last_seen_us)"
        " SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,"
        " s.calls, s.total_us, s.first_seen_us, s.last_seen_us"
        " FROM (SELECT 1) LEFT JOIN statement AS s ON s.statement_id = ?8",
    [SL_INSERT_EVIDENCE] = "INSERT INTO finding_evidence (finding_id, ordinal, kind, detail, path, line, col, off, len)"
                           " VALUES (?,?,?,?,?,?,?,?,?)",
};

enum sl_status sl_row_begin(struct sl_graph *graph, enum sl_graph_insert which, struct sl_row *row,
                            struct sl_error *err)
{
    if (!graph->inserts[which] && sqlite3_prepare_v3(graph->db, insert_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                                     &graph->inserts[which], NULL) != SQLITE_OK)
        return sl_graph_refuse(graph, "prepare a row of the graph", err);
    *row = (struct sl_row){.graph = graph, .statement = graph->inserts[which], .next = 1};
    return SL_OK;
}

enum sl_status sl_row_end(struct sl_row *row, struct sl_error *err)
{
    assert(row->next == sqlite3_bind_parameter_count(row->statement) + 1);
    int code = sqlite3_step(row->statement);
    enum sl_status status = code == SQLITE_DONE ? SL_OK : sl_graph_refuse(row->graph, "write a row of the graph", err);
    sqlite3_reset(row->statement);
    return status;
}

void sl_row_put_int(struct sl_row *row, int64_t value)
{
    sqlite3_bind_int64(row->statement, row->next++, value);
}

void sl_row_put_null(struct sl_row *row)
{
    sqlite3_bind_null(row->statement, row->next++);
}

/* An id or a count of which 0 means "none". */
void sl_row_put_id(struct sl_row *row, int64_t id)
{
    if (id)
        sl_row_put_int(row, id);
    else
        sl_row_put_null(row);
}

void sl_row_put_text(struct sl_row *row, sl_str text)
{
    text = sl_graph_clean_text(row->graph, text);
    sqlite3_bind_text(row->statement, row->next++, text.len ? text.ptr : "", (int)text.len, SQLITE_TRANSIENT);
}

void sl_row_put_text_or_null(struct sl_row *row, sl_str text)
{
    if (text.len)
        sl_row_put_text(row, text);
    else
        sl_row_put_null(row);
}

void sl_row_put_word(struct sl_row *row, const char *word) /* static, or NULL */
{
    sqlite3_bind_text(row->statement, row->next++, word, -1, SQLITE_STATIC);
}

void sl_row_put_span(struct sl_row *row, const struct sl_place *place)
{
    sl_row_put_int(row, place->off);
    sl_row_put_int(row, place->len);
}

void sl_row_put_start(struct sl_row *row, const struct sl_place *place)
{
    sl_row_put_int(row, place->line);
    sl_row_put_int(row, place->col);
}

/* off, len, line, col, end_line, end_col; NULLs where the place is nowhere. */
void sl_row_put_place(struct sl_row *row, const struct sl_place *place)
{
    if (place->line == 0) {
        for (int i = 0; i < 6; i++)
            sl_row_put_null(row);
        return;
    }
    sl_row_put_span(row, place);
    sl_row_put_start(row, place);
    sl_row_put_int(row, place->end_line);
    sl_row_put_int(row, place->end_col);
}

/* The same for columns that are NOT NULL. */
void sl_row_put_certain_place(struct sl_row *row, const struct sl_place *place)
{
    sl_row_put_span(row, place);
    sl_row_put_start(row, place);
    sl_row_put_int(row, place->end_line ? place->end_line : place->line);
    sl_row_put_int(row, place->end_col ? place->end_col : place->col);
}

/* off, len, line, col; NULLs where the place is nowhere. */
void sl_row_put_short_place(struct sl_row *row, const struct sl_place *place)
{
    if (place->line == 0) {
        for (int i = 0; i < 4; i++)
            sl_row_put_null(row);
        return;
    }
    sl_row_put_span(row, place);
    sl_row_put_start(row, place);
}
