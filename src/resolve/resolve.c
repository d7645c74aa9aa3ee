#include "resolve/resolve.h"

#include "base/limits.h"
#include "resolve/resolver.h"
#include "resolve/write_targets.h"

/* NOLINTBEGIN(misc-no-recursion): a descent, capped by SL_MAX_AST_DEPTH and SL_MAX_SCOPE_DEPTH */

struct sl_block *sl_block_new(struct sl_resolver *r, struct sl_block *parent, struct sl_block *scope, const char *kind,
                              sl_str name, int32_t location)
{
    struct sl_block *block = SL_NEW(r->arena, struct sl_block);
    block->block_id = r->ids->next_block++;
    block->fact = r->facts->blocks.len;
    block->scope = scope;
    block->depth = parent ? parent->depth + 1 : 1;
    struct sl_place place =
        location >= 0 ? sl_statement_place(r->statement, (uint32_t)location) : sl_statement_whole(r->statement);
    *SL_VEC_PUSH(r->arena, &r->facts->blocks) = (struct sl_fact_query_block){
        .block_id = block->block_id,
        .parent_id = parent ? parent->block_id : 0,
        .kind = kind,
        .name = name,
        .place = place,
    };
    return block;
}

struct sl_fact_query_block *sl_block_fact(struct sl_resolver *r, const struct sl_block *block)
{
    return &r->facts->blocks.items[block->fact];
}

struct sl_block *sl_resolve_query_node(struct sl_resolver *r, PgQuery__Node *node, struct sl_block *parent,
                                       struct sl_block *scope, struct sl_cte *ctes, const char *kind, sl_str name)
{
    if (!node)
        return NULL;
    struct sl_block *block = NULL;
    if (SL_IS(node, SELECT_STMT))
        block = sl_resolve_select(r, node->select_stmt, parent, scope, ctes, kind, name);
    else
        block = sl_resolve_write(r, node, parent, scope, ctes);
    if (block)
        sl_lineage_emit(r, block, NULL, NULL, 0);
    return block;
}

static struct sl_block *resolve_named(struct sl_resolver *r, PgQuery__Node *query, const char *kind, sl_str name,
                                      PgQuery__Node **names, size_t n_names)
{
    size_t first = r->facts->lineage.len;
    struct sl_block *block = sl_resolve_query_node(r, query, NULL, NULL, NULL, kind, name);
    for (size_t i = first; block && names && i < r->facts->lineage.len; i++) {
        struct sl_fact_lineage_edge *edge = &r->facts->lineage.items[i];
        if (edge->block_id == block->block_id && edge->output_ordinal <= n_names)
            edge->output_name = sl_ast_string(names[edge->output_ordinal - 1]);
    }
    return block;
}

static void resolve_create_as(struct sl_resolver *r, const PgQuery__CreateTableAsStmt *create)
{
    const PgQuery__IntoClause *into = create->into;
    sl_str name = into && into->rel ? sl_str_from(into->rel->relname) : SL_STR_EMPTY;
    resolve_named(r, create->query, "view", name, into ? into->col_names : NULL, into ? into->n_col_names : 0);
}

/* Everything of an index that names columns of its table. */
static void resolve_index(struct sl_resolver *r, const PgQuery__IndexStmt *index)
{
    if (!index->relation)
        return;
    struct sl_block *block = sl_block_new(r, NULL, NULL, "select", SL_STR_EMPTY, -1);
    sl_relation_add_table(r, block, index->relation, "target");
    struct sl_context context = {.block = block};
    for (size_t i = 0; i < index->n_index_params; i++) {
        struct sl_met_range range = sl_resolve_expression(r, &context, index->index_params[i]);
        sl_use_place_in_clause(r, block, range, "ddl", 0, SL_STR_EMPTY, NULL);
    }
    struct sl_met_range where = sl_resolve_expression(r, &context, index->where_clause);
    sl_use_place_in_clause(r, block, where, "ddl", 0, SL_STR_EMPTY, NULL);
}

static void resolve_statement(struct sl_resolver *r, PgQuery__Node *node)
{
    switch ((int)node->node_case) {
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        resolve_named(r, node->view_stmt->query, "view",
                      node->view_stmt->view ? sl_str_from(node->view_stmt->view->relname) : SL_STR_EMPTY,
                      node->view_stmt->aliases, node->view_stmt->n_aliases);
        return;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        resolve_create_as(r, node->create_table_as_stmt);
        return;
    case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
        if (node->explain_stmt->query)
            resolve_statement(r, node->explain_stmt->query);
        return;
    case PG_QUERY__NODE__NODE_PREPARE_STMT:
        sl_resolve_query_node(r, node->prepare_stmt->query, NULL, NULL, NULL, "select", SL_STR_EMPTY);
        return;
    case PG_QUERY__NODE__NODE_COPY_STMT:
        sl_resolve_query_node(r, node->copy_stmt->query, NULL, NULL, NULL, "select", SL_STR_EMPTY);
        return;
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
        sl_resolve_query_node(r, node->declare_cursor_stmt->query, NULL, NULL, NULL, "select", SL_STR_EMPTY);
        return;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        resolve_index(r, node->index_stmt);
        return;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        sl_resolve_function(r, node->create_function_stmt);
        return;
    case PG_QUERY__NODE__NODE_DO_STMT:
        sl_resolve_do(r, node->do_stmt);
        return;
    default:
        sl_resolve_query_node(r, node, NULL, NULL, NULL, "select", SL_STR_EMPTY);
    }
}

void sl_resolve(const struct sl_statement *statement, struct sl_catalog *catalog, struct sl_fact_ids *ids,
                struct sl_arena *arena, struct sl_facts *facts, const char **limited)
{
    *limited = NULL;
    if (!statement->node)
        return;
    if (ids->next_block == 0)
        ids->next_block = 1;
    if (ids->next_use == 0)
        ids->next_use = 1;
    struct sl_resolver r = {
        .statement = statement,
        .catalog = catalog,
        .ids = ids,
        .arena = arena,
        .facts = facts,
        .dialect = statement->mode.dialect,
    };
    /* facts may hold rows of earlier items of the same statement: the owners stay beside the uses */
    for (size_t i = 0; i < facts->uses.len; i++)
        *SL_VEC_PUSH(arena, &r.use_owner) = NULL;
    for (size_t i = 0; i < statement->lowered->routine.n_variables; i++)
        *SL_VEC_PUSH(arena, &r.variables) = statement->lowered->routine.variables[i];
    resolve_statement(&r, statement->node);
    *limited = r.limited;
}

/* NOLINTEND(misc-no-recursion) */
