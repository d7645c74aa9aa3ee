#include "source/orm_statement.h"

#include "source/inflect.h"

void sl_orm_begin(struct sl_orm_statement *statement, const struct sl_source *source, const struct sl_syntax *syntax,
                  struct sl_arena *arena, struct sl_reading *reading, const struct sl_node *whole)
{
    *statement = (struct sl_orm_statement){
        .source = source, .syntax = syntax, .arena = arena, .reading = reading, .whole = whole};
    statement->table = SL_STR_EMPTY;
    struct sl_sql_writer *clauses[] = {&statement->select, &statement->where, &statement->group, &statement->order,
                                       &statement->set};
    for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++)
        sl_sql_writer_init(clauses[i], arena, source->mode.dialect);
}

sl_str sl_orm_table(const struct sl_source *source, sl_str class_name, struct sl_arena *arena)
{
    const struct sl_project *project = source->project;
    sl_str plural = sl_inflect_table(arena, class_name);
    sl_str singular = sl_inflect_underscore(arena, class_name);
    sl_str known = sl_project_table(project, plural);
    if (known.len == 0)
        known = sl_project_table(project, singular);
    /* Django: app_entry */
    sl_str ending = sl_arena_printf(arena, "_%.*s", SL_STR_ARG(singular));
    for (size_t i = 0; known.len == 0 && project && i < project->tables.len; i++) {
        if (sl_str_has_suffix(project->tables.items[i], ending))
            known = project->tables.items[i];
    }
    bool knows_nothing = !project || project->tables.len == 0;
    return known.len ? known : knows_nothing ? plural : SL_STR_EMPTY;
}

sl_str sl_orm_class_table(const struct sl_source *source, sl_str class_path, struct sl_arena *arena)
{
    static const char *const no_models[] = {"self", "static", "parent", "cls"};
    size_t begin = class_path.len;
    while (begin > 0 && class_path.ptr[begin - 1] != '\\' && class_path.ptr[begin - 1] != '.')
        begin--;
    sl_str name = sl_str_slice(class_path, begin, SIZE_MAX);
    bool is_class = name.len && sl_lower_char(name.ptr[0]) != name.ptr[0]; /* $model, a variable, is none */
    for (size_t i = 0; is_class && i < sizeof no_models / sizeof no_models[0]; i++)
        is_class = !sl_str_eq_nocase(name, sl_str_from(no_models[i]));
    return is_class ? sl_orm_table(source, name, arena) : SL_STR_EMPTY;
}

void sl_orm_next(struct sl_sql_writer *clause, const char *separator)
{
    if (clause->len)
        sl_sql_add(clause, separator);
}

void sl_orm_column(struct sl_orm_statement *statement, struct sl_sql_writer *writer, sl_str column, struct sl_span span)
{
    size_t dot = sl_str_find_byte(column, '.');
    if (dot == SIZE_MAX)
        sl_sql_add_column(writer, statement->table, column, span);
    else
        sl_sql_add_column(writer, sl_str_slice(column, 0, dot), sl_str_slice(column, dot + 1, SIZE_MAX), span);
}

static bool is_now(sl_str text)
{
    static const char *const nows[] = {
        "now()",         "timezone.now()", "datetime.now()",         "datetime.utcnow()",      "Now()",
        "Carbon::now()", "today()",        "CarbonImmutable::now()", "datetime.datetime.now()"};
    for (size_t i = 0; i < sizeof nows / sizeof nows[0]; i++) {
        if (sl_str_eq(text, sl_str_from(nows[i])))
            return true;
    }
    return false;
}

void sl_orm_value(struct sl_orm_statement *statement, struct sl_sql_writer *writer, const struct sl_node *node)
{
    struct sl_span span = sl_node_span(node);
    sl_str text = sl_node_text(statement->syntax, node);
    if (node->kind == SL_NODE_INTEGER || node->kind == SL_NODE_FLOAT)
        sl_sql_add_token(writer, text, span);
    else if (node->kind == SL_NODE_NIL || sl_str_eq_nocase(text, SL_STR("null")))
        sl_sql_add_token(writer, SL_STR("NULL"), span);
    else if (node->kind == SL_NODE_TRUE || sl_str_eq_nocase(text, SL_STR("true")))
        sl_sql_add_token(writer, SL_STR("TRUE"), span);
    else if (node->kind == SL_NODE_FALSE || sl_str_eq_nocase(text, SL_STR("false")))
        sl_sql_add_token(writer, SL_STR("FALSE"), span);
    else if (is_now(text))
        sl_sql_add_token(writer, SL_STR("CURRENT_TIMESTAMP"), span);
    else if (node->kind == SL_NODE_STRING &&
             (sl_literal_constant(statement->syntax, node, statement->arena).len || node->len == 2))
        sl_sql_add_literal(writer, sl_literal_constant(statement->syntax, node, statement->arena), span);
    else
        sl_sql_add_placeholder(writer, span);
}

static void where_write(const struct sl_orm_statement *statement, struct sl_sql_writer *writer, bool is_write)
{
    if (statement->where.len) {
        sl_sql_add(writer, " WHERE ");
        sl_sql_add_writer(writer, &statement->where);
    }
    if (!statement->is_one_row) {
        bool is_open = is_write && (statement->flags & SL_FRAGMENT_OPEN); /* a scope not known leaves rows out */
        sl_sql_add(writer, !is_open ? "" : statement->where.len ? " AND :condition" : " WHERE :condition");
        return;
    }
    sl_sql_add(writer, statement->where.len ? " AND " : " WHERE ");
    sl_sql_add_column(writer, statement->table, SL_STR("id"), sl_node_span(statement->whole));
    sl_sql_add(writer, " = :id");
}

static void emit(const struct sl_orm_statement *statement, const struct sl_sql_writer *writer)
{
    sl_sql_writer_emit(writer, statement->reading, sl_node_span(statement->whole), statement->flags | SL_FRAGMENT_ORM);
}

void sl_orm_emit_select(struct sl_orm_statement *statement)
{
    struct sl_sql_writer writer;
    sl_sql_writer_init(&writer, statement->arena, statement->source->mode.dialect);
    sl_sql_add(&writer, "SELECT ");
    if (statement->select.len)
        sl_sql_add_writer(&writer, &statement->select);
    else
        sl_sql_add(&writer, "*");
    sl_sql_add(&writer, " FROM ");
    sl_sql_add_name(&writer, statement->table, sl_node_span(statement->whole));
    where_write(statement, &writer, false);
    if (statement->group.len) {
        sl_sql_add(&writer, " GROUP BY ");
        sl_sql_add_writer(&writer, &statement->group);
    }
    if (statement->order.len) {
        sl_sql_add(&writer, " ORDER BY ");
        sl_sql_add_writer(&writer, &statement->order);
    }
    emit(statement, &writer);
}

void sl_orm_emit_update(struct sl_orm_statement *statement, struct sl_span span)
{
    struct sl_sql_writer writer;
    sl_sql_writer_init(&writer, statement->arena, statement->source->mode.dialect);
    if (statement->set.len == 0 && (statement->flags & SL_FRAGMENT_NO_ORM_TOUCH))
        return;
    sl_sql_add_token(&writer, SL_STR("UPDATE "), span);
    sl_sql_add_name(&writer, statement->table, span);
    sl_sql_add(&writer, " SET ");
    if (statement->set.len) {
        sl_sql_add_writer(&writer, &statement->set);
    } else {
        sl_sql_add_name(&writer, SL_STR("updated_at"), span);
        sl_sql_add(&writer, " = CURRENT_TIMESTAMP");
        statement->flags |= SL_FRAGMENT_OPEN;
    }
    where_write(statement, &writer, true);
    emit(statement, &writer);
}

void sl_orm_emit_delete(struct sl_orm_statement *statement, struct sl_span span)
{
    struct sl_sql_writer writer;
    sl_sql_writer_init(&writer, statement->arena, statement->source->mode.dialect);
    sl_sql_add_token(&writer, SL_STR("DELETE FROM "), span);
    sl_sql_add_name(&writer, statement->table, span);
    where_write(statement, &writer, true);
    statement->flags |= SL_FRAGMENT_NO_ORM_TOUCH;
    emit(statement, &writer);
}
