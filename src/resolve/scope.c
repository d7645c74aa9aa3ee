#include "base/limits.h"
#include "resolve/resolver.h"

bool sl_names_equal(enum sl_dialect dialect, sl_str a, sl_str b)
{
    return dialect == SL_DIALECT_POSTGRES ? sl_str_eq(a, b) : sl_str_eq_nocase(a, b);
}

struct sl_column_name sl_column_name_of(const PgQuery__ColumnRef *ref)
{
    struct sl_column_name name = {SL_STR_EMPTY, SL_STR_EMPTY, SL_STR_EMPTY, false};
    size_t n = ref->n_fields;
    if (n == 0)
        return name;
    name.is_star = SL_IS(ref->fields[n - 1], A_STAR);
    name.name = sl_ast_string(ref->fields[n - 1]);
    if (n > 1)
        name.qualifier = sl_ast_string(ref->fields[n - 2]);
    if (n > 2)
        name.schema = sl_ast_string(ref->fields[n - 3]);
    return name;
}

static bool is_name_byte(char c)
{
    return sl_is_name_char(c) || c == '$';
}

/* The offset behind the name that starts at `off`, quoted or not; `off` if none does. */
static size_t name_end(sl_str text, size_t off)
{
    if (off < text.len && text.ptr[off] == '"') {
        for (size_t i = off + 1; i < text.len; i++) {
            if (text.ptr[i] != '"')
                continue;
            if (i + 1 >= text.len || text.ptr[i + 1] != '"')
                return i + 1;
            i++;
        }
        return text.len;
    }
    while (off < text.len && is_name_byte(text.ptr[off]))
        off++;
    return off;
}

static size_t skip_space(sl_str text, size_t off)
{
    while (off < text.len && sl_is_space(text.ptr[off]))
        off++;
    return off;
}

struct sl_place sl_name_place(const struct sl_statement *statement, int32_t location)
{
    sl_str text = statement->lowered->items[statement->item].text;
    if (location < 0 || (size_t)location >= text.len)
        return sl_statement_whole(statement);
    size_t last = (size_t)location;
    for (;;) {
        size_t dot = skip_space(text, name_end(text, last));
        if (dot >= text.len || text.ptr[dot] != '.')
            break;
        size_t next = skip_space(text, dot + 1);
        if (name_end(text, next) == next)
            break;
        last = next;
    }
    struct sl_place place = sl_statement_place(statement, (uint32_t)location);
    if (last == (size_t)location)
        return place;
    struct sl_place end = sl_statement_place(statement, (uint32_t)last);
    if (end.off < place.off || end.source_id != place.source_id)
        return place;
    place.len = end.off + end.len - place.off;
    place.end_line = end.end_line;
    place.end_col = end.end_col;
    return place;
}

bool sl_relation_is_merged(struct sl_resolver *r, const struct sl_relation *relation, sl_str name)
{
    for (size_t i = 0; i < relation->merged.len; i++) {
        if (sl_names_equal(r->dialect, relation->merged.items[i], name))
            return true;
    }
    return false;
}

static bool find_in_relation(struct sl_resolver *r, const struct sl_relation *relation, sl_str name,
                             struct sl_found *found)
{
    for (size_t i = 0; i < relation->outputs.len; i++) {
        if (sl_names_equal(r->dialect, relation->outputs.items[i].name, name)) {
            found->output = &relation->outputs.items[i];
            found->relation = relation;
            return true;
        }
    }
    if (relation->source || !relation->table)
        return false;
    found->column = sl_table_find_column(relation->table, r->dialect, name);
    found->relation = relation;
    return found->column != NULL;
}

/* A relation whose columns are not all known. */
static bool may_have(const struct sl_relation *relation)
{
    if (relation->is_opaque)
        return true;
    if (relation->source)
        return false;
    return relation->table && (relation->table->is_inferred || relation->table->columns.len == 0);
}

static bool is_in_sight(struct sl_resolver *r, const struct sl_relation *relation, sl_str schema, sl_str qualifier)
{
    if (qualifier.len == 0)
        return !relation->is_excluded;
    if (!sl_names_equal(r->dialect, relation->alias, qualifier))
        return false;
    return schema.len == 0 || relation->schema.len == 0 || sl_names_equal(r->dialect, relation->schema, schema);
}

struct candidates {
    struct sl_found exact, possible;
    size_t n_exact, n_possible;
    bool has_relation;
};

static void look_in_block(struct sl_resolver *r, struct sl_block *block, sl_str schema, sl_str qualifier, sl_str name,
                          struct candidates *c)
{
    for (size_t i = block->first_visible; i < block->relations.len; i++) {
        struct sl_relation *relation = &block->relations.items[i];
        if (!is_in_sight(r, relation, schema, qualifier))
            continue;
        c->has_relation = true;
        if (qualifier.len == 0 && sl_relation_is_merged(r, relation, name))
            continue;
        struct sl_found found = {.owner = block};
        if (find_in_relation(r, relation, name, &found)) {
            if (c->n_exact++ == 0)
                c->exact = found;
            continue;
        }
        if (may_have(relation) && c->n_possible++ == 0)
            c->possible = (struct sl_found){.owner = block, .relation = relation};
    }
}

bool sl_scope_has_column(struct sl_resolver *r, const struct sl_block *block, sl_str name)
{
    for (size_t i = block->first_visible; i < block->relations.len; i++) {
        struct sl_found found = {0};
        if (!block->relations.items[i].is_excluded && find_in_relation(r, &block->relations.items[i], name, &found))
            return true;
    }
    return false;
}

/* The name may be the possible relation's: infer it there, unless that relation is none of the catalog's. */
static struct sl_found take_possible(struct sl_resolver *r, const struct candidates *c, sl_str name)
{
    struct sl_found found = c->possible;
    found.resolution = c->n_possible > 1 ? "ambiguous" : "exact";
    if (found.relation->is_opaque || !found.relation->table) {
        found.resolution = "unknown";
        return found;
    }
    found.column = sl_catalog_infer_column(r->catalog, r->dialect, found.relation->table, name);
    return found;
}

struct sl_found sl_scope_lookup(struct sl_resolver *r, struct sl_block *block, sl_str schema, sl_str qualifier,
                                sl_str name)
{
    struct candidates nearest = {0};
    for (struct sl_block *b = block; b; b = b->scope) {
        struct candidates c = {0};
        look_in_block(r, b, schema, qualifier, name, &c);
        if (c.n_exact) {
            c.exact.resolution = c.n_exact > 1 || nearest.n_possible ? "ambiguous" : "exact";
            return c.exact;
        }
        if (c.n_possible && !nearest.n_possible)
            nearest = c;
        if (c.has_relation && qualifier.len)
            break;
    }
    if (nearest.n_possible)
        return take_possible(r, &nearest, name);
    return (struct sl_found){.resolution = "unknown", .owner = block};
}
