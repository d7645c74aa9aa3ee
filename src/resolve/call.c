#include "resolve/resolver.h"

static void each_in_block(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range,
                          void (*change)(struct sl_fact_column_use *use, const void *with), const void *with)
{
    for (size_t i = range.first; i < range.end; i++) {
        if (r->facts->uses.items[i].block_id == block->block_id)
            change(&r->facts->uses.items[i], with);
    }
}

struct feeding {
    const char *aggregate;
    uint32_t ordinal;
    bool is_filtered;
    uint32_t owner_id;
};

static void feed(struct sl_fact_column_use *use, const void *pointer)
{
    const struct feeding *feeding = pointer;
    if (use->aggregate)
        return;
    use->aggregate = feeding->aggregate;
    use->aggregate_ordinal = feeding->ordinal;
    use->aggregate_filtered |= feeding->is_filtered;
    bool is_truth = strcmp(use->shape, "comparison") == 0 || strcmp(use->shape, "pattern") == 0 ||
                    strcmp(use->shape, "null_test") == 0 || use->bound;
    use->in_boolean_sum |= is_truth;
    use->block_id = feeding->owner_id;
}

/*
 * Which SELECT an aggregate belongs to: the innermost one whose columns stand in its arguments; the one it is written
 * in if no column does (SQL:2016 10.9 <aggregate function>; PostgreSQL manual 4.2.7).
 */
static struct sl_block *aggregate_owner(struct sl_resolver *r, const struct sl_context *context,
                                        struct sl_met_range range)
{
    struct sl_block *deepest = NULL;
    for (size_t i = range.first; i < range.end; i++) {
        struct sl_block *owner = r->use_owner.items[i];
        if (owner && r->facts->uses.items[i].block_id == context->block->block_id &&
            (!deepest || owner->depth > deepest->depth))
            deepest = owner;
    }
    return deepest ? deepest : context->block;
}

struct window_mark {
    sl_str function;
    const char *aggregate;
};

static void mark_window(struct sl_fact_column_use *use, const void *pointer)
{
    const struct window_mark *mark = pointer;
    if (use->window_function.len == 0)
        use->window_function = mark->function;
    if (!use->aggregate && !use->clause)
        use->aggregate = mark->aggregate;
}

static const PgQuery__WindowDef *find_window(const struct sl_block *block, const char *name)
{
    for (size_t i = 0; name && name[0] && i < block->n_windows; i++) {
        if (SL_IS(block->windows[i], WINDOW_DEF) && block->windows[i]->window_def->name &&
            strcmp(block->windows[i]->window_def->name, name) == 0)
            return block->windows[i]->window_def;
    }
    return NULL;
}

static const char *sort_word(const PgQuery__SortBy *sort)
{
    return sort->sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC ? "desc" : "asc";
}

/* Sort items of a window or an aggregate. */
static struct sl_met_range resolve_order(struct sl_resolver *r, const struct sl_context *context, PgQuery__Node **items,
                                         size_t n, const char *clause)
{
    struct sl_met_range all = {.first = r->facts->uses.len, .end = r->facts->uses.len};
    for (size_t i = 0; i < n; i++) {
        if (!SL_IS(items[i], SORT_BY))
            continue;
        struct sl_met_range range = sl_resolve_expression(r, context, items[i]->sort_by->node);
        if (clause)
            sl_use_place_in_clause(r, context->block, range, clause, (uint32_t)i + 1, SL_STR_EMPTY,
                                   sort_word(items[i]->sort_by));
        all.end = range.end;
        all.met |= range.met;
    }
    return all;
}

/* FRAMEOPTION_RANGE with an offset, of PostgreSQL's parsenodes.h: the frame measures distances in the sort key. */
enum { FRAME_RANGE = 0x2 };

static void resolve_window(struct sl_resolver *r, const struct sl_context *context, const PgQuery__WindowDef *over)
{
    const PgQuery__WindowDef *base =
        find_window(context->block, over->refname && over->refname[0] ? over->refname : over->name);
    const PgQuery__WindowDef *defs[2] = {over, base == over ? NULL : base};
    for (size_t d = 0; d < 2; d++) {
        const PgQuery__WindowDef *def = defs[d];
        if (!def)
            continue;
        for (size_t i = 0; i < def->n_partition_clause; i++) {
            struct sl_met_range range = sl_resolve_expression(r, context, def->partition_clause[i]);
            sl_use_place_in_clause(r, context->block, range, "partition_by", (uint32_t)i + 1, SL_STR_EMPTY, NULL);
        }
        bool is_distance = (def->frame_options & FRAME_RANGE) && (def->start_offset || def->end_offset);
        resolve_order(r, context, def->order_clause, def->n_order_clause,
                      is_distance ? "window_frame" : "window_order");
        struct sl_met_range frame = sl_resolve_expression(r, context, def->start_offset);
        frame.end = sl_resolve_expression(r, context, def->end_offset).end;
        sl_use_place_in_clause(r, context->block, frame, "window_frame", 0, SL_STR_EMPTY, NULL);
    }
}

static void resolve_filter(struct sl_resolver *r, const struct sl_context *context, const PgQuery__FuncCall *call,
                           const struct feeding *feeding)
{
    struct sl_context filter = *context;
    filter.condition = "filter";
    filter.is_negated = false;
    filter.aggregate = feeding->aggregate;
    filter.aggregate_ordinal = feeding->ordinal;
    struct sl_met_range range = sl_resolve_condition(r, &filter, call->agg_filter);
    sl_use_place_in_clause(r, context->block, range, "filter", 0, SL_STR_EMPTY, NULL);
    struct feeding filtered = *feeding;
    filtered.is_filtered = true;
    filtered.owner_id = context->block->block_id;
    each_in_block(r, context->block, range, feed, &filtered);
}

static void count_aggregate(struct sl_resolver *r, const struct sl_block *owner, const PgQuery__FuncCall *call,
                            const char *aggregate)
{
    struct sl_fact_query_block *fact = sl_block_fact(r, owner);
    bool is_count = strcmp(aggregate, "count") == 0 || strcmp(aggregate, "count_distinct") == 0;
    fact->has_aggregate = true;
    fact->has_count |= is_count;
    fact->has_count_star |= is_count && (call->agg_star || call->n_args == 0);
}

static struct sl_met_range resolve_aggregate(struct sl_resolver *r, const struct sl_context *context,
                                             const PgQuery__FuncCall *call, const char *aggregate)
{
    struct sl_context inner = *context;
    inner.aggregate = aggregate;
    inner.aggregate_ordinal = (uint32_t)call->location + 1;
    inner.condition = "case";
    inner.is_negated = false;
    struct sl_met_range range = {.first = r->facts->uses.len, .end = r->facts->uses.len};
    for (size_t i = 0; i < call->n_args; i++) {
        struct sl_met_range arg = sl_resolve_expression(r, &inner, call->args[i]);
        range.end = arg.end;
        range.met |= arg.met;
    }
    inner.condition = NULL;
    if (call->agg_within_group)
        range.end = resolve_order(r, &inner, call->agg_order, call->n_agg_order, NULL).end;
    struct sl_block *owner = aggregate_owner(r, context, range);
    struct feeding feeding = {.aggregate = aggregate,
                              .ordinal = inner.aggregate_ordinal,
                              .is_filtered = call->agg_filter != NULL,
                              .owner_id = owner->block_id};
    each_in_block(r, context->block, range, feed, &feeding);
    if (!call->agg_within_group) {
        struct sl_met_range order = resolve_order(r, &inner, call->agg_order, call->n_agg_order, "aggregate_order");
        each_in_block(r, context->block, order, feed, &feeding);
    }
    if (call->agg_filter)
        resolve_filter(r, context, call, &feeding);
    count_aggregate(r, owner, call, aggregate);
    range.end = r->facts->uses.len;
    range.met = (range.met & ~(unsigned)(SL_MET_BOOLEAN | SL_MET_LITERAL)) | SL_MET_AGGREGATE;
    return range;
}

static struct sl_met_range resolve_windowed(struct sl_resolver *r, const struct sl_context *context,
                                            const PgQuery__FuncCall *call, sl_str name)
{
    struct sl_context inner = *context;
    inner.condition = NULL;
    const char *aggregate = sl_shape_aggregate(name, call->agg_distinct);
    struct window_mark mark = {name, aggregate};
    struct sl_met_range range = {.first = r->facts->uses.len, .end = r->facts->uses.len};
    if (aggregate) {
        inner.aggregate = aggregate;
        inner.aggregate_ordinal = (uint32_t)call->location + 1;
    }
    for (size_t i = 0; i < call->n_args; i++)
        range.end = sl_resolve_expression(r, &inner, call->args[i]).end;
    if (call->agg_filter) {
        struct feeding feeding = {.aggregate = aggregate ? aggregate : "other", .ordinal = inner.aggregate_ordinal};
        resolve_filter(r, context, call, &feeding);
    }
    resolve_window(r, &inner, call->over);
    range.end = r->facts->uses.len;
    each_in_block(r, context->block, range, mark_window, &mark);
    range.met = SL_MET_WINDOW;
    return range;
}

/* IF (c, a, b) and IIF: CASE in a function's clothes. */
static bool is_if(sl_str name)
{
    return sl_str_eq_nocase(name, SL_STR("if")) || sl_str_eq_nocase(name, SL_STR("iif"));
}

static struct sl_met_range resolve_if(struct sl_resolver *r, const struct sl_context *context,
                                      const PgQuery__FuncCall *call)
{
    struct sl_context value = *context;
    value.condition = NULL;
    value.is_negated = false;
    struct sl_context when = value;
    when.condition = context->aggregate ? "case" : NULL;
    struct sl_met_range all = sl_resolve_condition(r, &when, call->args[0]);
    struct sl_met_range results = {.first = all.end, .end = all.end};
    for (size_t i = 1; i < call->n_args; i++)
        results.end = sl_resolve_expression(r, &value, call->args[i]).end;
    sl_shape_wrap(r, context->block, results, "function", "if", NULL);
    sl_shape_mark_choice(r, context, all, results);
    all.end = results.end;
    all.met = 0;
    return all;
}

struct sl_met_range sl_resolve_call(struct sl_resolver *r, const struct sl_context *context,
                                    const PgQuery__FuncCall *call)
{
    sl_str name = sl_arena_copy_lower(r->arena, sl_ast_last_string(call->funcname, call->n_funcname));
    if (call->over)
        return resolve_windowed(r, context, call, name);
    const char *aggregate = sl_shape_aggregate(name, call->agg_distinct);
    bool is_scalar_extremum = r->dialect == SL_DIALECT_SQLITE && call->n_args > 1 && aggregate &&
                              (strcmp(aggregate, "min") == 0 || strcmp(aggregate, "max") == 0);
    bool is_aggregate =
        (aggregate && !is_scalar_extremum) || call->agg_within_group || call->agg_filter || call->agg_star;
    if (is_aggregate)
        return resolve_aggregate(r, context, call, aggregate ? aggregate : "other");
    if (is_if(name) && call->n_args >= 2)
        return resolve_if(r, context, call);
    struct sl_context value = *context;
    value.condition = NULL;
    value.is_negated = false;
    struct sl_met_range all = {.first = r->facts->uses.len, .end = r->facts->uses.len};
    struct sl_met_range *args = SL_NEW_ARRAY(r->arena, call->n_args + 1, struct sl_met_range);
    for (size_t i = 0; i < call->n_args; i++) {
        args[i] = sl_resolve_expression(r, &value, call->args[i]);
        all.met |= args[i].met & ~(unsigned)SL_MET_BOOLEAN;
    }
    all.end = r->facts->uses.len;
    all.met |= sl_shape_function(r, context, call, name, args);
    return all;
}
