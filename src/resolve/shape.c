#include "resolve/resolver.h"

static bool is_word(const char *word, const char *expected)
{
    return word && strcmp(word, expected) == 0;
}

/* What a use is called when several things happen to it: the rarest says most. */
static int shape_rank(const char *shape)
{
    static const char *const ranked[] = {"bare",    "arithmetic", "cast",       "function",  "bucket",
                                         "pattern", "null_test",  "comparison", "difference"};
    for (size_t i = 0; i < sizeof ranked / sizeof ranked[0]; i++) {
        if (is_word(shape, ranked[i]))
            return (int)i;
    }
    return -1;
}

static void raise_shape(struct sl_fact_column_use *use, const char *shape)
{
    if (shape_rank(shape) > shape_rank(use->shape))
        use->shape = shape;
}

static void add_function(struct sl_resolver *r, struct sl_fact_column_use *use, sl_str function)
{
    if (use->functions.len == 0)
        use->functions = function;
    else
        use->functions = sl_arena_printf(r->arena, "%.*s,%.*s", SL_STR_ARG(function), SL_STR_ARG(use->functions));
}

/* A use that its own clause, an aggregate or a window has taken is only looked at from outside: max(t) < now(). */
static bool is_open(const struct sl_block *block, const struct sl_fact_column_use *use)
{
    return use->block_id == block->block_id && !use->clause;
}

static bool is_inside_aggregate(const struct sl_fact_column_use *use)
{
    return use->aggregate != NULL;
}

static void wrap_one(struct sl_resolver *r, struct sl_fact_column_use *use, const char *shape, sl_str function,
                     const char *bucket)
{
    if (is_inside_aggregate(use))
        return;
    bool is_decided = use->bound != NULL || is_word(use->shape, "null_test");
    if (function.len)
        add_function(r, use, function);
    if (bucket && !is_decided && !is_word(use->shape, "difference"))
        use->bucket = is_word(bucket, "other") && use->bucket ? use->bucket : bucket;
    raise_shape(use, bucket ? "bucket" : shape);
}

void sl_shape_wrap(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range, const char *shape,
                   const char *function, const char *bucket)
{
    for (size_t i = range.first; i < range.end; i++) {
        if (is_open(block, &r->facts->uses.items[i]))
            wrap_one(r, &r->facts->uses.items[i], shape, sl_str_from(function), bucket);
    }
}

/* The first column of the block in `range`; 0 if there is none. */
static uint32_t first_column(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range)
{
    for (size_t i = range.first; i < range.end; i++) {
        if (is_open(block, &r->facts->uses.items[i]))
            return r->facts->uses.items[i].column_id;
    }
    return 0;
}

static bool has_column(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range)
{
    for (size_t i = range.first; i < range.end; i++) {
        if (is_open(block, &r->facts->uses.items[i]))
            return true;
    }
    return false;
}

static const char *partner_word(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range other)
{
    if (other.met & SL_MET_SUBQUERY)
        return "subquery";
    if ((other.met & SL_MET_COLUMN) || has_column(r, block, other))
        return other.met & SL_MET_ARITHMETIC ? "column_offset" : "column";
    if (other.met & SL_MET_NOW)
        return other.met & SL_MET_AHEAD ? "now_ahead" : other.met & SL_MET_ARITHMETIC ? "now_offset" : "now";
    if (other.met & SL_MET_PARAMETER)
        return "parameter";
    return other.met & SL_MET_LITERAL ? "literal" : "expression";
}

/* The bound seen from the other side: now() - t < x says that t is late. */
static const char *mirror(const char *bound)
{
    if (is_word(bound, "upper"))
        return "lower";
    return is_word(bound, "lower") ? "upper" : bound;
}

static const char *flip(const char *bound, bool is_negated)
{
    if (!is_negated)
        return bound;
    if (is_word(bound, "upper") || is_word(bound, "lower"))
        return mirror(bound);
    if (is_word(bound, "equal"))
        return "not_equal";
    return is_word(bound, "not_equal") ? "equal" : bound;
}

void sl_shape_compare(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range side,
                      struct sl_met_range other, const char *bound)
{
    const char *partner = partner_word(r, context->block, other);
    uint32_t column = first_column(r, context->block, other);
    if (is_word(partner, "now_ahead") && is_word(bound, "both")) /* today: from now's day to a day later */
        partner = "now_offset";
    if (is_word(partner, "column") && (side.met & SL_MET_ARITHMETIC)) /* t - interval '1 day' <= c */
        partner = "column_offset";
    for (size_t i = side.first; i < side.end; i++) {
        struct sl_fact_column_use *use = &r->facts->uses.items[i];
        if (!is_open(context->block, use) || use->bound || is_word(use->shape, "null_test"))
            continue;
        use->bound = use->is_subtracted ? mirror(bound) : bound;
        if (is_word(use->shape, "difference"))
            continue; /* compared_with names the other side of the minus; bound is the column's own: now() - t < x */
        raise_shape(use, "comparison");
        use->compared_with = partner;
        use->compared_column = column;
    }
}

static void subtract(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range side,
                     struct sl_met_range other, bool is_subtracted)
{
    const char *partner = partner_word(r, context->block, other);
    uint32_t column = first_column(r, context->block, other);
    bool is_time = (other.met & (SL_MET_NOW | SL_MET_SUBQUERY | SL_MET_COLUMN)) != 0;
    for (size_t i = side.first; i < side.end; i++) {
        struct sl_fact_column_use *use = &r->facts->uses.items[i];
        if (!is_open(context->block, use) || use->bound || is_word(use->shape, "difference"))
            continue;
        raise_shape(use, is_time ? "difference" : "arithmetic");
        if (is_time) {
            use->is_subtracted = is_subtracted;
            use->compared_with = is_word(partner, "column_offset") ? "column" : partner;
            use->compared_column = column;
        }
    }
}

static const struct {
    const char *symbol, *left, *right; /* bound of the left and of the right operand */
} comparisons[] = {
    {"=", "equal", "equal"},          {"==", "equal", "equal"},         {"<=>", "equal", "equal"},
    {"<>", "not_equal", "not_equal"}, {"!=", "not_equal", "not_equal"}, {"<", "upper", "lower"},
    {"<=", "upper", "lower"},         {">", "lower", "upper"},          {">=", "lower", "upper"},
    {"@>", "both", "both"},           {"<@", "both", "both"},           {"&&", "both", "both"},
};

static bool compare_symbol(struct sl_resolver *r, const struct sl_context *context, sl_str symbol,
                           struct sl_met_range left, struct sl_met_range right)
{
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        if (!sl_str_eq(symbol, sl_str_from(comparisons[i].symbol)))
            continue;
        sl_shape_compare(r, context, left, right, flip(comparisons[i].left, context->is_negated));
        sl_shape_compare(r, context, right, left, flip(comparisons[i].right, context->is_negated));
        return true;
    }
    return false;
}

static void match_pattern(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range side,
                          struct sl_met_range pattern)
{
    for (size_t i = side.first; i < side.end; i++) {
        struct sl_fact_column_use *use = &r->facts->uses.items[i];
        if (!is_open(context->block, use) || use->bound)
            continue;
        raise_shape(use, "pattern");
        use->bound = flip("equal", context->is_negated);
        use->compared_with = partner_word(r, context->block, pattern);
    }
}

static enum sl_walk visit_minus(void *pointer, PgQuery__Node *node)
{
    int64_t number = 0;
    bool *has_minus = pointer;
    if (SL_IS(node, A_EXPR))
        *has_minus |= sl_str_eq(sl_ast_last_string(node->a_expr->name, node->a_expr->n_name), SL_STR("-"));
    else if (SL_IS(node, A_CONST))
        *has_minus |=
            (sl_ast_integer(node, &number) && number < 0) || sl_str_find_byte(sl_ast_string(node), '-') != SIZE_MAX;
    return *has_minus ? SL_WALK_ABORT : SL_WALK_CONTINUE;
}

/* now() + interval '1 day', and no minus about it. */
static bool is_ahead(PgQuery__Node *now, PgQuery__Node *shift, unsigned now_met)
{
    bool has_minus = false;
    if (!(now_met & SL_MET_NOW) || (now_met & (SL_MET_ARITHMETIC | SL_MET_COLUMN)))
        return false;
    (void)sl_ast_walk(now, visit_minus, &has_minus);
    (void)sl_ast_walk(shift, visit_minus, &has_minus);
    return !has_minus;
}

static unsigned arithmetic(struct sl_resolver *r, const struct sl_context *context, sl_str symbol,
                           struct sl_met_range left, struct sl_met_range right)
{
    if (sl_str_eq(symbol, SL_STR("-"))) {
        subtract(r, context, left, right, false);
        subtract(r, context, right, left, true);
        return SL_MET_ARITHMETIC;
    }
    bool is_json = sl_str_has_prefix(symbol, SL_STR("->")) || sl_str_has_prefix(symbol, SL_STR("#>"));
    bool coarsens = sl_str_eq(symbol, SL_STR("/")) || sl_str_eq(symbol, SL_STR("%"));
    struct sl_met_range both = {left.first, right.end, 0};
    sl_shape_wrap(r, context->block, both, is_json ? "function" : "arithmetic", is_json ? "json" : NULL,
                  coarsens ? "other" : NULL);
    return SL_MET_ARITHMETIC;
}

static unsigned other_operator(struct sl_resolver *r, const struct sl_context *context, const PgQuery__AExpr *expr,
                               struct sl_met_range left, struct sl_met_range right)
{
    sl_str symbol = sl_ast_last_string(expr->name, expr->n_name);
    if (compare_symbol(r, context, symbol, left, right))
        return SL_MET_BOOLEAN;
    if (sl_str_find_byte(symbol, '~') != SIZE_MAX || sl_str_eq(symbol, SL_STR("@@"))) {
        match_pattern(r, context, left, right);
        return SL_MET_BOOLEAN;
    }
    bool to_come = sl_str_eq(symbol, SL_STR("+")) &&
                   (is_ahead(expr->lexpr, expr->rexpr, left.met) || is_ahead(expr->rexpr, expr->lexpr, right.met));
    return arithmetic(r, context, symbol, left, right) | (to_come ? SL_MET_AHEAD : 0);
}

unsigned sl_shape_operator(struct sl_resolver *r, const struct sl_context *context, const PgQuery__AExpr *expr,
                           struct sl_met_range left, struct sl_met_range right)
{
    sl_str symbol = sl_ast_last_string(expr->name, expr->n_name);
    bool is_not = sl_str_eq(symbol, SL_STR("<>")) || sl_str_has_prefix(symbol, SL_STR("!"));
    struct sl_context flipped = *context;
    flipped.is_negated = context->is_negated != is_not;
    switch ((int)expr->kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
        flipped.is_negated = context->is_negated != (expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_IN
                                                         ? is_not
                                                         : expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT);
        compare_symbol(r, &flipped, SL_STR("="), left, right);
        return SL_MET_BOOLEAN;
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
        match_pattern(r, &flipped, left, right);
        return SL_MET_BOOLEAN;
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
        sl_shape_compare(r, context, left, right, "both");
        sl_shape_compare(r, context, right, left, "both");
        return SL_MET_BOOLEAN;
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
        sl_shape_wrap(r, context->block, (struct sl_met_range){left.first, right.end, 0}, "function", "nullif", NULL);
        return SL_MET_FUNCTION;
    default:
        return other_operator(r, context, expr, left, right);
    }
}

/* CAST(t AS date), t::date, and casts of text that keep a part of it. */
void sl_shape_cast(struct sl_resolver *r, const struct sl_block *block, struct sl_met_range range,
                   const PgQuery__TypeName *type)
{
    sl_str name = sl_arena_copy_lower(r->arena, sl_ast_last_string(type->names, type->n_names));
    const char *bucket = NULL;
    if (sl_str_eq(name, SL_STR("date")))
        bucket = "day";
    else if (sl_str_eq(name, SL_STR("year")))
        bucket = "year";
    else if (sl_str_eq(name, SL_STR("time")) || sl_str_eq(name, SL_STR("timetz")))
        bucket = "other";
    else if (type->n_typmods && (sl_str_eq(name, SL_STR("bpchar")) || sl_str_eq(name, SL_STR("varchar"))))
        bucket = "other";
    for (size_t i = range.first; i < range.end; i++) {
        struct sl_fact_column_use *use = &r->facts->uses.items[i];
        if (is_open(block, use) && !use->bound)
            wrap_one(r, use, "cast", name, bucket);
    }
}

static unsigned call_difference(struct sl_resolver *r, const struct sl_context *context, const PgQuery__FuncCall *call,
                                const struct sl_met_range *args)
{
    size_t n = call->n_args;
    if (n == 1) { /* age(t): from the current date */
        struct sl_met_range now = {.first = args[0].end, .end = args[0].end, .met = SL_MET_NOW};
        subtract(r, context, args[0], now, true);
        return SL_MET_NOW | SL_MET_ARITHMETIC;
    }
    /* the last two arguments are the times: TIMESTAMPDIFF(unit, a, b), DATEDIFF(a, b) */
    bool is_from_first = n > 2; /* TIMESTAMPDIFF(unit, a, b) is b - a, DATEDIFF(a, b) is a - b */
    subtract(r, context, args[n - 2], args[n - 1], is_from_first);
    subtract(r, context, args[n - 1], args[n - 2], !is_from_first);
    return SL_MET_ARITHMETIC;
}

/* (a, b) OVERLAPS (c, d): each pair is bounded by the other. */
static unsigned call_overlaps(struct sl_resolver *r, const struct sl_context *context, const struct sl_met_range *args)
{
    struct sl_met_range left = {args[0].first, args[1].end, args[0].met | args[1].met};
    struct sl_met_range right = {args[2].first, args[3].end, args[2].met | args[3].met};
    sl_shape_compare(r, context, left, right, flip("both", context->is_negated));
    sl_shape_compare(r, context, right, left, flip("both", context->is_negated));
    return SL_MET_BOOLEAN;
}

unsigned sl_shape_function(struct sl_resolver *r, const struct sl_context *context, const PgQuery__FuncCall *call,
                           sl_str name, const struct sl_met_range *args)
{
    if (sl_shape_is_now(name, call->n_args))
        return SL_MET_NOW;
    if (call->n_args == 4 && sl_str_eq(name, SL_STR("overlaps")))
        return call_overlaps(r, context, args);
    if (call->n_args == 1 && sl_shape_is_range(name)) {
        struct sl_met_range shown = {args[0].end, args[0].end, SL_MET_PARAMETER};
        sl_shape_compare(r, context, args[0], shown, flip("both", context->is_negated));
        return SL_MET_BOOLEAN;
    }
    if (call->n_args == 0 && sl_str_has_prefix(name, SL_STR("$__"))) /* $__timeFrom() */
        return SL_MET_PARAMETER;
    if (sl_shape_is_difference(name, call->n_args))
        return call_difference(r, context, call, args);
    const char *bucket = sl_shape_bucket(name, call, r->dialect);
    const char *shape = sl_shape_is_shift(name) ? "arithmetic" : "function";
    unsigned met =
        sl_shape_is_shift(name) || sl_str_eq(name, SL_STR("mysql_interval")) ? SL_MET_ARITHMETIC : SL_MET_FUNCTION;
    bool adds = sl_str_eq(name, SL_STR("date_add")) || sl_str_eq(name, SL_STR("adddate"));
    if (adds && call->n_args == 2 && is_ahead(call->args[0], call->args[1], args[0].met))
        met |= SL_MET_AHEAD;
    for (size_t a = 0; a < call->n_args; a++) {
        for (size_t i = args[a].first; i < args[a].end; i++) {
            if (is_open(context->block, &r->facts->uses.items[i]))
                wrap_one(r, &r->facts->uses.items[i], shape, name, bucket);
        }
        if (a > 0 && (args[a].met & SL_MET_LITERAL) && (args[0].met & SL_MET_NOW) && r->dialect == SL_DIALECT_SQLITE)
            met |= SL_MET_ARITHMETIC; /* date('now', '-7 days') */
    }
    return met;
}

void sl_shape_mark_choice(struct sl_resolver *r, const struct sl_context *context, struct sl_met_range test,
                          struct sl_met_range result)
{
    if (!context->aggregate)
        return;
    for (size_t i = test.first; i < test.end; i++)
        r->facts->uses.items[i].in_boolean_sum |= is_open(context->block, &r->facts->uses.items[i]);
    for (size_t i = result.first; i < result.end; i++)
        r->facts->uses.items[i].aggregate_filtered |= is_open(context->block, &r->facts->uses.items[i]);
}

struct sl_fact_column_use sl_shape_compose(const struct sl_fact_column_use *inner, uint32_t via_block)
{
    struct sl_fact_column_use use = *inner;
    use.via_block = via_block;
    use.via_aggregate = inner->aggregate ? inner->aggregate : inner->via_aggregate;
    use.aggregate = NULL;
    use.aggregate_ordinal = 0;
    use.aggregate_filtered = false;
    use.in_boolean_sum = false;
    use.clause = NULL;
    use.key_ordinal = 0;
    use.sort = NULL;
    use.output_name = SL_STR_EMPTY;
    return use;
}
