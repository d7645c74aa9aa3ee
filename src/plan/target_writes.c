#include "plan/target.h"

/* Migrations and schemas ran already: only what will run again is worth rewriting. */
static const char writes[] =
    "SELECT s.statement_id, o.path, o.kind, s.kind, a.arm, a.value_shape, s.text, s.line, s.off, s.len, s.is_orm,"
    " coalesce(s.calls, 0), o.n_bytes"
    " FROM assignment AS a JOIN db_column AS c ON c.column_id = a.column_id"
    " JOIN statement AS s ON s.statement_id = a.statement_id JOIN source AS o ON o.source_id = s.source_id"
    " WHERE c.table_id = ?1 AND c.name = ?2 AND a.arm IN ('update', 'insert', 'on_conflict', 'merge')"
    " AND (s.role = 'body' OR o.kind NOT IN ('migration', 'schema'))"
    " AND NOT EXISTS (SELECT 1 FROM assignment AS e JOIN db_column AS d ON d.column_id = e.column_id"
    "  WHERE e.statement_id = s.statement_id AND d.table_id = ?1 AND d.name = ?3)"
    " ORDER BY o.path, s.off, s.statement_id, a.arm = 'insert', a.arm";

static struct sl_plan_write write_of(const struct sl_query *query, struct sl_arena *run)
{
    return (struct sl_plan_write){.statement_id = (uint32_t)sl_query_int(query, 0),
                                  .path = sl_query_copy_str(query, 1, run),
                                  .source_kind = sl_query_copy_str(query, 2, run),
                                  .kind = sl_query_copy_str(query, 3, run),
                                  .arm = sl_query_copy_str(query, 4, run),
                                  .value_shape = sl_query_copy_str(query, 5, run),
                                  .text = sl_query_copy_str(query, 6, run),
                                  .line = (uint32_t)sl_query_int(query, 7),
                                  .off = (uint32_t)sl_query_int(query, 8),
                                  .len = (uint32_t)sl_query_int(query, 9),
                                  .is_orm = sl_query_int(query, 10) != 0,
                                  .calls = (uint64_t)sl_query_int(query, 11),
                                  .n_source_bytes = (uint32_t)sl_query_int(query, 12)};
}

static bool has_write(const struct sl_plan_target *target, uint32_t statement_id)
{
    for (size_t i = 0; i < target->writes.len; i++) {
        if (target->writes.items[i].statement_id == statement_id)
            return true;
    }
    return false;
}

/* Writes of one column that the event's condition tests. */
static enum sl_status read_writes_of(struct sl_graph *graph, sl_str column, struct sl_arena *run,
                                     struct sl_plan_target *target, struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph, SL_STR(writes), &query, err));
    sl_query_bind_int(query, 1, target->table_id);
    sl_query_bind_str(query, 2, column);
    sl_query_bind_str(query, 3, target->event);
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            return SL_OK;
        if (!has_write(target, (uint32_t)sl_query_int(query, 0)))
            *SL_VEC_PUSH(run, &target->writes) = write_of(query, run);
    }
}

enum sl_status sl_plan_read_writes(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                   struct sl_error *err)
{
    for (size_t i = 0; i < target->columns.len; i++) {
        struct sl_names one = {.items = &target->columns.items[i], .len = 1, .cap = 1};
        sl_str marked = sl_when_prefixed(&target->when, "t.", &one, target->dialect, run);
        if (!sl_str_eq(marked, target->when.text))
            SL_TRY(read_writes_of(graph, target->columns.items[i], run, target, err));
    }
    return SL_OK;
}
