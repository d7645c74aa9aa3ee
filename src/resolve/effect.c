#include "resolve/effect.h"

#include "base/limits.h"
#include "resolve/effect_private.h"
#include "resolve/truth.h"
#include "resolve/value.h"

/* A writing node and the block that resolve made of it. */
struct written {
    const PgQuery__Node *node;
    const struct sl_fact_query_block *block;
};

struct written_list {
    struct written *items;
    size_t len, cap;
};

static bool is_write(const PgQuery__Node *node)
{
    return SL_IS(node, INSERT_STMT) || SL_IS(node, UPDATE_STMT) || SL_IS(node, DELETE_STMT) || SL_IS(node, MERGE_STMT);
}

static bool is_write_block(const struct sl_fact_query_block *block)
{
    static const char *const kinds[] = {"insert", "update", "delete", "merge"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(block->kind, kinds[i]) == 0)
            return true;
    }
    return false;
}

static const PgQuery__WithClause *with_of(const PgQuery__Node *node)
{
    switch ((int)node->node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        return node->select_stmt->with_clause;
    case PG_QUERY__NODE__NODE_INSERT_STMT:
        return node->insert_stmt->with_clause;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
        return node->update_stmt->with_clause;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        return node->delete_stmt->with_clause;
    case PG_QUERY__NODE__NODE_MERGE_STMT:
        return node->merge_stmt->with_clause;
    default:
        return NULL;
    }
}

static const PgQuery__Node *unwrap(const PgQuery__Node *node)
{
    if (SL_IS(node, PREPARE_STMT))
        return node->prepare_stmt->query;
    return node;
}

/* The statement's own write first, then those in its WITH: PostgreSQL allows them at the top only. */
static void list_writes(const PgQuery__Node *node, struct sl_arena *arena, struct written_list *list)
{
    if (is_write(node))
        *SL_VEC_PUSH(arena, list) = (struct written){.node = node};
    const PgQuery__WithClause *with = with_of(node);
    for (size_t i = 0; with && i < with->n_ctes; i++) {
        const PgQuery__Node *cte = with->ctes[i];
        if (SL_IS(cte, COMMON_TABLE_EXPR) && is_write(cte->common_table_expr->ctequery))
            *SL_VEC_PUSH(arena, list) = (struct written){.node = cte->common_table_expr->ctequery};
    }
}

/* resolve makes the blocks in the same order. */
static void pair_blocks(struct written_list *list, const struct sl_facts *facts)
{
    size_t next = 0;
    for (size_t i = 0; i < facts->blocks.len && next < list->len; i++) {
        if (is_write_block(&facts->blocks.items[i]))
            list->items[next++].block = &facts->blocks.items[i];
    }
    list->len = next;
}

static bool has_fact(const struct sl_statement *statement, enum sl_fact_kind kind)
{
    for (size_t i = 0; i < statement->lowered->n_facts; i++) {
        if (statement->lowered->facts[i].kind == kind && statement->lowered->facts[i].item == statement->item)
            return true;
    }
    return false;
}

static const PgQuery__OnConflictClause *conflict_of(const PgQuery__Node *node)
{
    const PgQuery__OnConflictClause *conflict = SL_IS(node, INSERT_STMT) ? node->insert_stmt->on_conflict_clause : NULL;
    return conflict && conflict->n_target_list > 0 ? conflict : NULL;
}

/* SET c = excluded.c (VALUES(c), new.c): the value of the row that came, not the column itself. */
static bool takes_excluded(const PgQuery__Node *node, enum sl_dialect dialect, sl_str column)
{
    const PgQuery__OnConflictClause *conflict = conflict_of(node);
    for (size_t i = 0; conflict && i < conflict->n_target_list; i++) {
        if (!SL_IS(conflict->target_list[i], RES_TARGET))
            continue;
        const PgQuery__ResTarget *target = conflict->target_list[i]->res_target;
        sl_str name = sl_str_from(target->name), qualifier;
        bool is_named = dialect == SL_DIALECT_POSTGRES ? sl_str_eq(name, column) : sl_str_eq_nocase(name, column);
        if (is_named && sl_value_column(target->val, &qualifier).len)
            return sl_str_eq_nocase(qualifier, SL_STR("excluded")) || sl_str_eq_nocase(qualifier, SL_STR("new"));
    }
    return false;
}

/* The assignments of one arm of one block to one table, as an UPDATE of it. */
static struct sl_update update_of(struct sl_effects *effects, const struct written *written, const char *arm,
                                  const struct sl_table_record *record)
{
    struct sl_update update = {.record = record};
    for (size_t i = 0; i < effects->facts->assignments.len; i++) {
        const struct sl_fact_assignment *assignment = &effects->facts->assignments.items[i];
        const struct sl_column *column = sl_catalog_column(effects->catalog, assignment->column_id);
        if (assignment->block_id != written->block->block_id || strcmp(assignment->arm, arm) != 0 || !column ||
            column->table_id != record->table.table_id)
            continue;
        *SL_VEC_PUSH(effects->arena, &update.targets) = (struct sl_update_target){
            .column = column->name,
            .value_shape = assignment->value_shape,
            .literal = assignment->value_text,
            .is_excluded = takes_excluded(written->node, effects->statement->mode.dialect, column->name),
            .place = assignment->place};
    }
    if (SL_IS(written->node, UPDATE_STMT))
        sl_write_guards(record, written->node, effects->arena, &update);
    return update;
}

static void add_write(struct sl_effects *effects, const struct written *written, const struct sl_table_record *record,
                      const char *verb)
{
    *SL_VEC_PUSH(effects->arena, &effects->facts->writes) =
        (struct sl_fact_write){.block_id = written->block->block_id,
                               .table_id = record->table.table_id,
                               .verb = verb,
                               .scale = sl_write_scale(effects->statement, record, written->node),
                               .place = written->block->place};
    if (effects->statement->origin_flags & SL_ORIGIN_CALLBACKS)
        sl_effect_of_associations(effects, record, verb);
}

struct table_ids {
    uint32_t *items;
    size_t len, cap;
};

static void add_table(struct table_ids *ids, struct sl_arena *arena, uint32_t table_id)
{
    for (size_t i = 0; i < ids->len; i++) {
        if (ids->items[i] == table_id)
            return;
    }
    if (table_id)
        *SL_VEC_PUSH(arena, ids) = table_id;
}

/* A view without a trigger of its own: the rows written are those of the tables behind it. */
static bool hands_on(const struct sl_table_record *record)
{
    return record->table.kind == SL_RELATION_VIEW && record->triggers.len == 0;
}

/* MySQL's multi-table UPDATE has no target of its own: the tables whose columns are set; so it is with a view. */
static void list_updated(struct sl_effects *effects, const struct written *written, struct table_ids *ids)
{
    const PgQuery__RangeVar *relation = written->node->update_stmt->relation;
    const struct sl_table_record *record = sl_catalog_find_range(effects->catalog, effects->statement, relation);
    if (record && hands_on(record))
        record = NULL;
    if (record)
        add_table(ids, effects->arena, record->table.table_id);
    for (size_t i = 0; !record && i < effects->facts->assignments.len; i++) {
        const struct sl_fact_assignment *assignment = &effects->facts->assignments.items[i];
        const struct sl_column *column = sl_catalog_column(effects->catalog, assignment->column_id);
        if (assignment->block_id == written->block->block_id && column)
            add_table(ids, effects->arena, column->table_id);
    }
}

static void list_deleted(struct sl_effects *effects, const struct written *written, struct table_ids *ids)
{
    const PgQuery__RangeVar *relation = written->node->delete_stmt->relation;
    const struct sl_table_record *record = sl_catalog_find_range(effects->catalog, effects->statement, relation);
    if (record) {
        add_table(ids, effects->arena, record->table.table_id);
        return;
    }
    const struct sl_lowered *lowered = effects->statement->lowered;
    for (size_t i = 0; i < lowered->n_facts; i++) {
        if (lowered->facts[i].kind != SL_FACT_DELETE_TARGET)
            continue;
        for (size_t r = 0; r < effects->facts->relations.len; r++) {
            const struct sl_fact_block_relation *from = &effects->facts->relations.items[r];
            const struct sl_table *table = sl_catalog_table(effects->catalog, from->table_id);
            if (table && (sl_str_eq_nocase(from->alias, lowered->facts[i].text) ||
                          sl_str_eq_nocase(table->name, lowered->facts[i].text)))
                add_table(ids, effects->arena, from->table_id);
        }
    }
}

/* PostgreSQL writes the rows of tables that inherit, too (without ONLY): their own triggers fire. */
/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_SCOPE_DEPTH */
static void find_in_children(struct sl_effects *effects, const struct sl_update *update, unsigned depth)
{
    for (size_t i = 0; i < update->record->children.len && depth < SL_MAX_SCOPE_DEPTH; i++) {
        struct sl_update own = *update;
        own.record = sl_catalog_record(effects->catalog, update->record->children.items[i]);
        if (!own.record || own.record->table.is_dropped)
            continue;
        sl_effect_of_update(effects, &own, 0);
        find_in_children(effects, &own, depth + 1);
    }
}

static void find_update(struct sl_effects *effects, const struct written *written)
{
    struct table_ids ids = {0};
    list_updated(effects, written, &ids);
    bool is_for_nobody = sl_truth_of(written->node->update_stmt->where_clause) == SL_TRUTH_NEVER;
    for (size_t i = 0; i < ids.len; i++) {
        const struct sl_table_record *record = sl_catalog_record(effects->catalog, ids.items[i]);
        add_write(effects, written, record, "update");
        if (is_for_nobody)
            continue;
        struct sl_update update = update_of(effects, written, "update", record);
        sl_effect_of_update(effects, &update, 0);
        const PgQuery__RangeVar *relation = written->node->update_stmt->relation;
        if (relation && relation->inh)
            find_in_children(effects, &update, 0);
        sl_effect_of_callbacks(effects, record, false);
    }
}

static void find_delete(struct sl_effects *effects, const struct written *written)
{
    struct table_ids ids = {0};
    list_deleted(effects, written, &ids);
    for (size_t i = 0; i < ids.len; i++) {
        const struct sl_table_record *record = sl_catalog_record(effects->catalog, ids.items[i]);
        add_write(effects, written, record, "delete");
        sl_effect_of_delete(effects, record, 0);
        sl_effect_of_triggers(effects, record, SL_EVENT_DELETE, 0);
    }
}

/* REPLACE deletes the row and makes it anew: what it does not list is reset or lost. */
static void find_replace(struct sl_effects *effects, const struct written *written,
                         const struct sl_table_record *record)
{
    struct sl_update insert = update_of(effects, written, "insert", record);
    for (size_t i = 0; i < record->table.columns.len; i++) {
        const struct sl_column *column = &record->table.columns.items[i];
        if (!sl_effect_is_time(column))
            continue;
        const struct sl_update_target *target = sl_update_find(&insert, column->name);
        if (target && strcmp(target->value_shape, "column") == 0)
            sl_effect_add(effects, column, false, "replace", SL_STR("the copy carries it"), target->place);
        else if (target)
            sl_effect_add(effects, column, true, "replace", SL_STR_EMPTY, target->place);
        else
            sl_effect_add(effects, column, true, "replace",
                          column->default_is_now ? SL_STR("REPLACE makes the row anew, with DEFAULT now")
                                                 : SL_STR("REPLACE makes the row anew, without its value"),
                          written->block->place);
    }
}

static const PgQuery__SelectStmt *copied_query(const PgQuery__Node *node)
{
    const PgQuery__Node *source = SL_IS(node, INSERT_STMT) ? node->insert_stmt->select_stmt : NULL;
    if (!SL_IS(source, SELECT_STMT) || source->select_stmt->n_values_lists || source->select_stmt->larg ||
        source->select_stmt->n_from_clause == 0)
        return NULL;
    return source->select_stmt;
}

/* The column at a position of INSERT's list; without a list, of the table. */
static sl_str listed_column(const PgQuery__InsertStmt *insert, const struct sl_table_record *record, size_t position)
{
    if (insert->n_cols > 0)
        return position < insert->n_cols && SL_IS(insert->cols[position], RES_TARGET)
                   ? sl_str_from(insert->cols[position]->res_target->name)
                   : SL_STR_EMPTY;
    for (size_t i = 0; i < record->table.columns.len; i++) {
        const struct sl_column *column = &record->table.columns.items[i];
        if (!column->is_dropped && !column->is_generated && position-- == 0)
            return column->name;
    }
    return SL_STR_EMPTY;
}

/* SELECT * and t.*: which output fills which column is not known from the text. */
static bool has_star(const PgQuery__SelectStmt *query)
{
    for (size_t i = 0; i < query->n_target_list; i++) {
        const PgQuery__Node *target = query->target_list[i];
        if (SL_IS(target, RES_TARGET) && SL_IS(target->res_target->val, COLUMN_REF) &&
            sl_value_column(target->res_target->val, NULL).len == 0)
            return true;
    }
    return false;
}

/* The output that fills a column; NULL if none does. */
static const PgQuery__Node *output_for(const struct sl_effects *effects, const PgQuery__InsertStmt *insert,
                                       const struct sl_table_record *record, const PgQuery__SelectStmt *query,
                                       const struct sl_column *column)
{
    for (size_t i = 0; i < query->n_target_list; i++) {
        sl_str name = listed_column(insert, record, i);
        if (SL_IS(query->target_list[i], RES_TARGET) && name.len > 0 &&
            (effects->statement->mode.dialect == SL_DIALECT_POSTGRES ? sl_str_eq(name, column->name)
                                                                     : sl_str_eq_nocase(name, column->name)))
            return query->target_list[i]->res_target->val;
    }
    return NULL;
}

/* The copy takes over whole rows: its key comes from the key of the rows it reads. */
static bool copies_key(const struct sl_update *insert, const struct sl_table_record *record)
{
    for (size_t i = 0; i < insert->targets.len; i++) {
        const struct sl_update_target *target = &insert->targets.items[i];
        const struct sl_column *column = sl_record_find_column(record, target->column);
        if (column && (column->in_primary_key || sl_str_eq(column->name, SL_STR("id"))) &&
            strcmp(target->value_shape, "column") == 0)
            return true;
    }
    return false;
}

/* INSERT … SELECT of rows that have a history: times that are left out or set to now are those of the copy. */
static void find_copy(struct sl_effects *effects, const struct written *written, const struct sl_table_record *record)
{
    const PgQuery__SelectStmt *query = copied_query(written->node);
    if (!query || has_star(query))
        return;
    struct sl_update insert = update_of(effects, written, "insert", record);
    if (!copies_key(&insert, record))
        return;
    for (size_t i = 0; i < record->table.columns.len; i++) {
        const struct sl_column *column = &record->table.columns.items[i];
        if (!sl_effect_is_time(column))
            continue;
        const PgQuery__Node *value = output_for(effects, written->node->insert_stmt, record, query, column);
        if (!value && column->default_is_now)
            sl_effect_add(effects, column, true, "default", SL_STR("the copy leaves it to its DEFAULT"), column->made);
        else if (value && sl_value_is_now(value))
            sl_effect_add(effects, column, true, "explicit", SL_STR("the copy sets it to now"), written->block->place);
        else if (value)
            sl_effect_add(effects, column, false, "explicit", SL_STR("the copy carries it"), written->block->place);
    }
}

static void find_insert(struct sl_effects *effects, const struct written *written)
{
    const struct sl_table_record *record =
        sl_catalog_find_range(effects->catalog, effects->statement, written->node->insert_stmt->relation);
    if (!record)
        return;
    const PgQuery__OnConflictClause *conflict = conflict_of(written->node);
    bool is_replace = has_fact(effects->statement, SL_FACT_REPLACE);
    add_write(effects, written, record, is_replace ? "replace" : conflict ? "upsert" : "insert");
    if (is_replace)
        find_replace(effects, written, record);
    else if (!conflict) /* an upsert's rows may be there already: it is no copy of a table */
        find_copy(effects, written, record);
    if (conflict) {
        struct sl_update update = update_of(effects, written, "on_conflict", record);
        update.is_conditional = conflict->where_clause != NULL;
        update.is_upsert = true;
        sl_effect_of_update(effects, &update, 0);
    }
    sl_effect_of_triggers(effects, record, SL_EVENT_INSERT, 0);
    sl_effect_of_callbacks(effects, record, true);
}

/* WHEN MATCHED AND t.c IS DISTINCT FROM s.c THEN UPDATE … */
static bool has_only_conditional_updates(const PgQuery__MergeStmt *merge)
{
    for (size_t i = 0; i < merge->n_merge_when_clauses; i++) {
        if (!SL_IS(merge->merge_when_clauses[i], MERGE_WHEN_CLAUSE))
            continue;
        const PgQuery__MergeWhenClause *when = merge->merge_when_clauses[i]->merge_when_clause;
        if (when->command_type == PG_QUERY__CMD_TYPE__CMD_UPDATE && !when->condition)
            return false;
    }
    return true;
}

static void find_merge(struct sl_effects *effects, const struct written *written)
{
    const struct sl_table_record *record =
        sl_catalog_find_range(effects->catalog, effects->statement, written->node->merge_stmt->relation);
    if (!record)
        return;
    add_write(effects, written, record, "merge");
    struct sl_update update = update_of(effects, written, "merge", record);
    update.is_conditional = has_only_conditional_updates(written->node->merge_stmt);
    if (update.targets.len > 0)
        sl_effect_of_update(effects, &update, 0);
}

void sl_effect_find(const struct sl_statement *statement, const struct sl_catalog *catalog, struct sl_arena *arena,
                    struct sl_facts *facts)
{
    if (!statement->node || statement->lowered->items[statement->item].role == SL_ROLE_BODY ||
        statement->lowered->items[statement->item].role == SL_ROLE_CONDITION)
        return;
    struct written_list list = {0};
    list_writes(unwrap(statement->node), arena, &list);
    pair_blocks(&list, facts);
    for (size_t i = 0; i < list.len; i++) {
        struct sl_effects effects = {.statement = statement,
                                     .catalog = catalog,
                                     .arena = arena,
                                     .facts = facts,
                                     .block_id = list.items[i].block->block_id};
        if (SL_IS(list.items[i].node, UPDATE_STMT))
            find_update(&effects, &list.items[i]);
        else if (SL_IS(list.items[i].node, DELETE_STMT))
            find_delete(&effects, &list.items[i]);
        else if (SL_IS(list.items[i].node, INSERT_STMT))
            find_insert(&effects, &list.items[i]);
        else
            find_merge(&effects, &list.items[i]);
    }
}
