/* ruby_wrapper: calls of the methods that the configuration names as counting by a period. */
#include "source/ruby_chain.h"

static const struct sl_wrapper *wrapper_of(const struct sl_ruby_chain *chain, const struct sl_node *call)
{
    const struct sl_project *project = chain->file->source->project;
    return project && project->wrappers ? sl_project_wrapper(project, sl_ruby_method(chain->syntax, call)) : NULL;
}

const struct sl_node *sl_chain_wrapper_rows(const struct sl_ruby_chain *chain, const struct sl_node *call)
{
    const struct sl_wrapper *wrapper = call->kind == SL_NODE_CALL ? wrapper_of(chain, call) : NULL;
    return wrapper && wrapper->rows_at ? sl_ruby_argument(call, wrapper->rows_at - 1) : NULL;
}

bool sl_chain_wrapper_link(struct sl_ruby_chain *chain, const struct sl_node *call, sl_str method)
{
    const struct sl_wrapper *wrapper = sl_project_wrapper(chain->file->source->project, method);
    if (!wrapper || chain->stage != SL_CHAIN_RELATION)
        return false;
    const struct sl_node *column =
        wrapper->column_at
            ? sl_ruby_argument(call, wrapper->column_at - 1)
            : sl_ruby_option(chain->syntax, call, sl_arena_copy(chain->file->arena, wrapper->keyword).ptr);
    struct sl_sql_writer inner;
    sl_chain_writer(chain, &inner);
    if (!column || !sl_chain_expression(chain, &inner, column))
        return false;
    sl_chain_bucket(chain, sl_chain_clause(chain, SL_CLAUSE_GROUP, ", "), wrapper->bucket, &inner,
                    sl_node_span(column));
    chain->counts_groups = true;
    return true;
}
