#include "base/segmap.h"
#include "resolve/write_targets.h"
#include "sql/parse.h"

static PgQuery__DefElem *find_option(const PgQuery__CreateFunctionStmt *function, const char *name)
{
    for (size_t i = 0; i < function->n_options; i++) {
        if (SL_IS(function->options[i], DEF_ELEM) && strcmp(function->options[i]->def_elem->defname, name) == 0)
            return function->options[i]->def_elem;
    }
    return NULL;
}

static sl_str body_text(const PgQuery__CreateFunctionStmt *function)
{
    PgQuery__DefElem *as = find_option(function, "as");
    if (!as || !SL_IS(as->arg, LIST) || as->arg->list->n_items != 1)
        return SL_STR_EMPTY;
    return sl_ast_string(as->arg->list->items[0]);
}

static bool is_sql(const PgQuery__CreateFunctionStmt *function)
{
    PgQuery__DefElem *language = find_option(function, "language");
    return language && sl_str_eq_nocase(sl_ast_string(language->arg), SL_STR("sql"));
}

/* A statement of the same source whose text is the body: places inside it are found where the body stands. A body with
 * doubled quotes stands nowhere byte for byte; its places are those of the whole statement. */
static struct sl_statement body_statement(struct sl_resolver *r, sl_str body)
{
    const struct sl_statement *outer = r->statement;
    sl_str text = outer->lowered->items[outer->item].text;
    size_t off = sl_str_find(text, body);
    struct sl_lowered *lowered = SL_NEW(r->arena, struct sl_lowered);
    struct sl_lowered_item *item = SL_NEW(r->arena, struct sl_lowered_item);
    *lowered = *outer->lowered;
    lowered->items = item;
    lowered->n_items = 1;
    *item = outer->lowered->items[outer->item];
    item->text = body;
    struct sl_segmap shift = {0};
    if (off != SIZE_MAX) {
        struct sl_span start = sl_segmap_lookup(&outer->lowered->items[outer->item].map, (uint32_t)off, NULL);
        sl_segmap_add(&shift, r->arena, (struct sl_segment){0, (uint32_t)body.len, start.off, (uint32_t)body.len});
        bool is_copied = start.len >= body.len;
        item->map = is_copied ? shift : item->map;
    }
    struct sl_statement statement = *outer;
    statement.lowered = lowered;
    statement.item = 0;
    return statement;
}

static void resolve_text(struct sl_resolver *r, sl_str body)
{
    struct sl_parsed parsed;
    sl_parse(body, r->arena, &parsed);
    if (!parsed.tree)
        return;
    const struct sl_statement *outer = r->statement;
    struct sl_statement inner = body_statement(r, body);
    r->statement = &inner;
    for (size_t i = 0; i < parsed.tree->n_stmts; i++)
        sl_resolve_query_node(r, parsed.tree->stmts[i]->stmt, NULL, NULL, NULL, "function", SL_STR_EMPTY);
    r->statement = outer;
}

static enum sl_walk resolve_atomic(void *pointer, PgQuery__Node *node)
{
    struct sl_resolver *r = pointer;
    if (SL_IS(node, RETURN_STMT)) {
        struct sl_block *block = sl_block_new(r, NULL, NULL, "function", SL_STR_EMPTY, -1);
        struct sl_context context = {.block = block};
        struct sl_met_range range = sl_resolve_expression(r, &context, node->return_stmt->returnval);
        sl_use_place_in_clause(r, block, range, "select", 0, SL_STR_EMPTY, NULL);
        return SL_WALK_PRUNE;
    }
    struct sl_block *block = sl_resolve_query_node(r, node, NULL, NULL, NULL, "function", SL_STR_EMPTY);
    return block ? SL_WALK_PRUNE : SL_WALK_CONTINUE;
}

static void add_parameters(struct sl_resolver *r, const PgQuery__CreateFunctionStmt *function)
{
    for (size_t i = 0; i < function->n_parameters; i++) {
        if (SL_IS(function->parameters[i], FUNCTION_PARAMETER) && function->parameters[i]->function_parameter->name)
            *SL_VEC_PUSH(r->arena, &r->variables) = sl_str_from(function->parameters[i]->function_parameter->name);
    }
}

void sl_resolve_function(struct sl_resolver *r, const PgQuery__CreateFunctionStmt *function)
{
    add_parameters(r, function);
    if (function->sql_body) {
        sl_ast_walk(function->sql_body, resolve_atomic, r);
        return;
    }
    sl_str body = body_text(function);
    if (body.len && is_sql(function))
        resolve_text(r, body);
}
