#include "base/segmap.h"
#include "resolve/write_targets.h"
#include "sql/parse.h"
#include "sql/parse_plpgsql.h"

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

static bool is_language(PgQuery__DefElem *language, sl_str name)
{
    return language && sl_str_eq_nocase(sl_ast_string(language->arg), name);
}

/*
 * A statement of the same source whose text is `body`: places inside it are found where the body stands, its first
 * `n_added` bytes apart. A body that stands nowhere byte for byte (doubled quotes) has the places of the whole
 * statement.
 */
static struct sl_statement body_statement(struct sl_resolver *r, sl_str body, size_t n_added)
{
    const struct sl_statement *outer = r->statement;
    const struct sl_lowered_item *outer_item = &outer->lowered->items[outer->item];
    sl_str written = sl_str_slice(body, n_added, body.len);
    size_t off = sl_str_find(outer_item->text, written);
    struct sl_lowered *lowered = SL_NEW(r->arena, struct sl_lowered);
    struct sl_lowered_item *item = SL_NEW(r->arena, struct sl_lowered_item);
    *lowered = *outer->lowered;
    lowered->items = item;
    lowered->n_items = 1;
    *item = (struct sl_lowered_item){.role = SL_ROLE_BODY, .text = body, .source = outer_item->source};
    struct sl_segment segment = {0, (uint32_t)body.len, outer_item->source.off, outer_item->source.len};
    if (off != SIZE_MAX) {
        struct sl_span start = sl_segmap_lookup(&outer_item->map, (uint32_t)off, NULL);
        if (start.len >= written.len)
            segment = (struct sl_segment){(uint32_t)n_added, (uint32_t)written.len, start.off, (uint32_t)written.len};
    }
    sl_segmap_add(&item->map, r->arena, segment);
    struct sl_statement statement = *outer;
    statement.lowered = lowered;
    statement.item = 0;
    return statement;
}

static void resolve_text(struct sl_resolver *r, sl_str body, size_t n_added)
{
    struct sl_parsed parsed;
    sl_parse(body, r->arena, &parsed);
    if (!parsed.tree)
        return;
    const struct sl_statement *outer = r->statement;
    struct sl_statement inner = body_statement(r, body, n_added);
    r->statement = &inner;
    for (size_t i = 0; i < parsed.tree->n_stmts; i++)
        sl_resolve_query_node(r, parsed.tree->stmts[i]->stmt, NULL, NULL, NULL, "function", SL_STR_EMPTY);
    r->statement = outer;
}

static void resolve_value(struct sl_resolver *r, sl_str expression)
{
    static const char select[] = "SELECT ";
    sl_str text = sl_arena_printf(r->arena, "%s%.*s", select, SL_STR_ARG(expression));
    resolve_text(r, text, sizeof select - 1);
}

/* The statements and values of a PL/pgSQL body. Dynamic statements are text that nobody can read before it runs. */
static void resolve_plpgsql(struct sl_resolver *r)
{
    struct sl_plpgsql body;
    sl_parse_plpgsql(r->statement->lowered->items[r->statement->item].text, r->arena, &body);
    for (size_t i = 0; i < body.variables.len; i++)
        *SL_VEC_PUSH(r->arena, &r->variables) = body.variables.items[i].name;
    for (size_t i = 0; i < body.steps.len; i++) {
        const struct sl_plpgsql_step *step = &body.steps.items[i];
        size_t assign = step->kind == SL_PLPGSQL_ASSIGN ? sl_str_find_byte(step->text, '=') : SIZE_MAX;
        if (step->kind == SL_PLPGSQL_SQL)
            resolve_text(r, step->text, 0);
        else if (step->kind == SL_PLPGSQL_RETURN && step->text.len)
            resolve_value(r, step->text);
        else if (assign != SIZE_MAX)
            resolve_value(r, sl_str_slice(step->text, assign + 1, step->text.len));
    }
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
    PgQuery__DefElem *language = find_option(function, "language");
    sl_str body = body_text(function);
    sl_str returns = function->return_type
                         ? sl_ast_last_string(function->return_type->names, function->return_type->n_names)
                         : SL_STR_EMPTY;
    if (body.len && is_language(language, SL_STR("sql")))
        resolve_text(r, body, 0);
    else if (is_language(language, SL_STR("plpgsql")) && !sl_str_eq(returns, SL_STR("trigger")))
        resolve_plpgsql(r); /* a trigger's body is about NEW and OLD: resolve/trigger reads it */
}

void sl_resolve_do(struct sl_resolver *r, const PgQuery__DoStmt *statement)
{
    for (size_t i = 0; i < statement->n_args; i++) {
        PgQuery__DefElem *arg = SL_IS(statement->args[i], DEF_ELEM) ? statement->args[i]->def_elem : NULL;
        if (arg && strcmp(arg->defname, "language") == 0 && !is_language(arg, SL_STR("plpgsql")))
            return;
    }
    resolve_plpgsql(r);
}
