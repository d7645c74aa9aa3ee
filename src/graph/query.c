#include "graph/query.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "graph/graph_private.h"

struct sl_query {
    struct sl_graph *graph;
    sqlite3_stmt *statement;
    bool is_guarded;
    uint64_t budget_steps;
};

/* Their answer depends on the moment, not on the graph: a rule that used them would not be deterministic. */
static bool is_unstable_function(const char *name)
{
    static const char *const names[] = {"random",        "randomblob",        "changes",
                                        "total_changes", "last_insert_rowid", "load_extension"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sqlite3_stricmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Installed once for the life of the database: installing an authorizer makes SQLite prepare every query again. */
static int allow_reading(void *context, int action, const char *first, const char *second, const char *database,
                         const char *inner)
{
    const struct sl_graph *graph = context;
    if (!graph->is_guarding)
        return SQLITE_OK;
    (void)first;
    (void)database;
    (void)inner;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return second && is_unstable_function(second) ? SQLITE_DENY : SQLITE_OK;
    default:
        return SQLITE_DENY;
    }
}

static int compile(struct sl_graph *graph, sl_str sql, bool is_guarded, sqlite3_stmt **statement, const char **tail)
{
    graph->is_guarding = is_guarded;
    int code = sqlite3_prepare_v2(graph->db, sql.ptr, (int)sql.len, statement, tail);
    graph->is_guarding = false;
    return code;
}

static enum sl_status prepare(struct sl_graph *graph, sl_str sql, bool is_guarded, struct sl_query **out,
                              struct sl_error *err)
{
    sqlite3_stmt *statement = NULL;
    const char *tail = NULL;
    int code = compile(graph, sql, is_guarded, &statement, &tail);
    if (code != SQLITE_OK && !graph->has_views) {
        SL_TRY(sl_graph_make_views(graph, err));
        code = compile(graph, sql, is_guarded, &statement, &tail);
    }
    if (code != SQLITE_OK)
        return sl_graph_refuse(graph, is_guarded ? "prepare the rule's query" : "prepare a query", err);
    sl_str rest = sl_str_trim((sl_str){tail, (size_t)(sql.ptr + sql.len - tail)});
    if (!statement || rest.len > 0 || (is_guarded && !sqlite3_stmt_readonly(statement))) {
        sqlite3_finalize(statement);
        return sl_error_set(err, SL_ERR_GRAPH, "A query must be exactly one statement.");
    }
    struct sl_query *query = calloc(1, sizeof *query);
    if (!query)
        sl_out_of_memory();
    *query = (struct sl_query){
        .graph = graph, .statement = statement, .is_guarded = is_guarded, .budget_steps = SL_MAX_RULE_STEPS};
    *out = query;
    return SL_OK;
}

enum sl_status sl_query_prepare(struct sl_graph *graph, sl_str sql, struct sl_query **out, struct sl_error *err)
{
    return prepare(graph, sql, false, out, err);
}

enum sl_status sl_query_prepare_guarded(struct sl_graph *graph, sl_str sql, struct sl_query **out, struct sl_error *err)
{
    return prepare(graph, sql, true, out, err);
}

void sl_query_set_budget(struct sl_query *query, uint64_t n_steps)
{
    query->budget_steps = n_steps;
}

void sl_query_close(struct sl_query *query)
{
    if (!query)
        return;
    sqlite3_finalize(query->statement);
    free(query);
}

void sl_query_cleanup(struct sl_query **query)
{
    sl_query_close(*query);
}

void sl_query_reset(struct sl_query *query)
{
    sqlite3_reset(query->statement);
}

void sl_query_bind_int(struct sl_query *query, int index, int64_t value)
{
    sqlite3_bind_int64(query->statement, index, value);
}

void sl_query_bind_str(struct sl_query *query, int index, sl_str value)
{
    value = sl_graph_clean_text(query->graph, value);
    sqlite3_bind_text(query->statement, index, value.len ? value.ptr : "", (int)value.len, SQLITE_TRANSIENT);
}

#define STEPS_BETWEEN_LOOKS 1000

static int count_steps(void *context)
{
    struct sl_graph *graph = context;
    if (graph->steps_left <= STEPS_BETWEEN_LOOKS) {
        graph->is_over_budget = true;
        return 1;
    }
    graph->steps_left -= STEPS_BETWEEN_LOOKS;
    return 0;
}

enum sl_status sl_query_step(struct sl_query *query, bool *has_row, struct sl_error *err)
{
    assert(query); /* a prepared one */
    struct sl_graph *graph = query->graph;
    if (query->is_guarded) {
        if (!sqlite3_stmt_busy(query->statement)) {
            graph->steps_left = query->budget_steps;
            graph->is_over_budget = false;
        }
        sqlite3_progress_handler(graph->db, STEPS_BETWEEN_LOOKS, count_steps, graph);
    }
    graph->is_guarding = query->is_guarded; /* stepping may prepare again */
    int code = sqlite3_step(query->statement);
    graph->is_guarding = false;
    if (query->is_guarded)
        sqlite3_progress_handler(graph->db, 0, NULL, NULL);
    if (code == SQLITE_INTERRUPT && graph->is_over_budget)
        return sl_error_set(err, SL_ERR_LIMIT, "A query took more than %llu steps.",
                            (unsigned long long)query->budget_steps);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return sl_graph_refuse(graph, "run a query", err);
    *has_row = code == SQLITE_ROW;
    return SL_OK;
}

enum sl_status sl_query_run(struct sl_query *query, struct sl_error *err)
{
    bool has_row = true;
    enum sl_status status = SL_OK;
    while (has_row && status == SL_OK)
        status = sl_query_step(query, &has_row, err);
    sqlite3_reset(query->statement);
    return status;
}

int sl_query_find_column(const struct sl_query *query, const char *name)
{
    int n = sqlite3_column_count(query->statement);
    for (int i = 0; i < n; i++)
        if (sqlite3_stricmp(sqlite3_column_name(query->statement, i), name) == 0)
            return i;
    return -1;
}

bool sl_query_is_null(const struct sl_query *query, int column)
{
    return column < 0 || sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

sl_str sl_query_str(const struct sl_query *query, int column)
{
    if (sl_query_is_null(query, column))
        return SL_STR_EMPTY;
    const char *text = (const char *)sqlite3_column_text(query->statement, column);
    return text ? (sl_str){text, (size_t)sqlite3_column_bytes(query->statement, column)} : SL_STR_EMPTY;
}

sl_str sl_query_copy_str(const struct sl_query *query, int column, struct sl_arena *arena)
{
    return sl_arena_copy(arena, sl_query_str(query, column));
}

int64_t sl_query_int(const struct sl_query *query, int column)
{
    return column < 0 ? 0 : sqlite3_column_int64(query->statement, column);
}

enum sl_status sl_graph_run(struct sl_graph *graph, const char *sql, struct sl_error *err)
{
    if (sqlite3_exec(graph->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return sl_graph_refuse(graph, "change the graph", err);
    return SL_OK;
}

enum sl_status sl_graph_query_int(struct sl_graph *graph, sl_str sql, int64_t fallback, int64_t *out,
                                  struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph, sql, &query, err));
    bool has_row = false;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): SL_QUERY closes it */
    SL_TRY(sl_query_step(query, &has_row, err));
    *out = has_row && !sl_query_is_null(query, 0) ? sl_query_int(query, 0) : fallback;
    return SL_OK;
}

void sl_graph_install_guard(struct sl_graph *graph)
{
    sqlite3_set_authorizer(graph->db, allow_reading, graph);
}
