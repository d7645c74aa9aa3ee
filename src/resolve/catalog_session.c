/* SET …: settings of a session that change what triggers and columns do. They end with their source. */
#include "resolve/catalog_private.h"

#include "resolve/value.h"

void sl_catalog_enter_source(struct sl_catalog *catalog, uint32_t source_id)
{
    if (catalog->session_source == source_id)
        return;
    catalog->session_source = source_id;
    catalog->is_replica_role = false;
    catalog->has_implicit_timestamps = false;
    catalog->search_path.len = 0;
}

static bool is_off(sl_str value)
{
    return sl_str_eq_nocase(value, SL_STR("off")) || sl_str_eq_nocase(value, SL_STR("0")) ||
           sl_str_eq_nocase(value, SL_STR("false"));
}

static void set_one(struct sl_catalog *catalog, const struct sl_statement *statement, sl_str name, sl_str value)
{
    if (sl_str_eq_nocase(name, SL_STR("session_replication_role"))) {
        catalog->is_replica_role = sl_str_eq_nocase(value, SL_STR("replica"));
        sl_catalog_add_change(catalog, statement, catalog->is_replica_role ? "replica_role_on" : "replica_role_off", 0,
                              0, name, SL_STR_EMPTY);
    } else if (sl_str_eq_nocase(name, SL_STR("explicit_defaults_for_timestamp"))) {
        catalog->has_implicit_timestamps = is_off(value);
    }
}

void sl_catalog_set_variable(struct sl_catalog *catalog, const struct sl_statement *statement,
                             const PgQuery__VariableSetStmt *stmt)
{
    sl_str name = sl_str_from(stmt->name), value = SL_STR_EMPTY;
    if (stmt->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL) {
        catalog->session_source = 0;
        sl_catalog_enter_source(catalog, statement->source_id);
        return;
    }
    if (stmt->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE && stmt->n_args > 0)
        (void)sl_value_literal(stmt->args[0], catalog->run, &value);
    set_one(catalog, statement, name, value);
    catalog->has_local_replica_role = stmt->is_local && catalog->is_replica_role;
    if (!sl_str_eq_nocase(name, SL_STR("search_path")))
        return;
    catalog->search_path.len = 0;
    for (size_t i = 0; stmt->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE && i < stmt->n_args; i++) {
        sl_str schema;
        if (sl_value_literal(stmt->args[i], catalog->run, &schema) && schema.len)
            *SL_VEC_PUSH(catalog->run, &catalog->search_path) = schema;
    }
}

/* The next word, number or quoted value of `*rest`, or one punctuation byte; false at the end. */
static bool next_token(sl_str *rest, sl_str *token)
{
    *rest = sl_str_trim(*rest);
    if (rest->len == 0)
        return false;
    size_t len = 1;
    char first = rest->ptr[0];
    if (first == '\'' || first == '"' || first == '`') {
        while (len < rest->len && rest->ptr[len] != first)
            len++;
        *token = sl_str_slice(*rest, 1, len - 1);
        *rest = sl_str_slice(*rest, len + 1, rest->len);
        return true;
    }
    while ((sl_is_alpha(first) || sl_is_digit(first) || first == '_') && len < rest->len &&
           (sl_is_alpha(rest->ptr[len]) || sl_is_digit(rest->ptr[len]) || rest->ptr[len] == '_'))
        len++;
    *token = sl_str_slice(*rest, 0, len);
    *rest = sl_str_slice(*rest, len, rest->len);
    return true;
}

static bool is_scope_word(sl_str token)
{
    static const char *const words[] = {"session", "local", "global", "persist", "@", "."};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_eq_nocase(token, sl_str_from(words[i])))
            return true;
    }
    return false;
}

static sl_str skip_comments(sl_str text)
{
    for (;;) {
        text = sl_str_trim(text);
        if (sl_str_has_prefix(text, SL_STR("--")) || sl_str_has_prefix(text, SL_STR("#"))) {
            sl_str line;
            (void)sl_str_next_line(&text, &line);
        } else if (sl_str_has_prefix(text, SL_STR("/*")) && !sl_str_has_prefix(text, SL_STR("/*!"))) {
            size_t end = sl_str_find(text, SL_STR("*/"));
            text = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(text, end + 2, text.len);
        } else {
            return text;
        }
    }
}

/* COMMIT and ROLLBACK end what SET LOCAL began (PostgreSQL manual, SET). */
void sl_catalog_apply_transaction(struct sl_catalog *catalog, const struct sl_statement *statement)
{
    sl_str verb = statement->lowered->verb;
    bool ends = sl_str_eq(verb, SL_STR("commit")) || sl_str_eq(verb, SL_STR("rollback")) ||
                sl_str_eq(verb, SL_STR("end")) || sl_str_eq(verb, SL_STR("abort"));
    if (!ends || !catalog->has_local_replica_role)
        return;
    catalog->has_local_replica_role = false;
    set_one(catalog, statement, SL_STR("session_replication_role"), SL_STR_EMPTY);
}

static void add_search_path(struct sl_catalog *catalog, sl_str name, sl_str schema, bool is_first)
{
    if (!sl_str_eq_nocase(name, SL_STR("search_path")))
        return;
    if (is_first)
        catalog->search_path.len = 0;
    if (schema.len)
        *SL_VEC_PUSH(catalog->run, &catalog->search_path) = sl_arena_copy(catalog->run, schema);
}

/* ALTER TABLE t DROP PARTITION p, TRUNCATE PARTITION p of MySQL: rows are lost, and there is no AST. */
static bool empty_partition(struct sl_catalog *catalog, const struct sl_statement *statement)
{
    struct sl_place place = sl_statement_whole(statement);
    sl_str rest = skip_comments(sl_str_slice(statement->source_text, place.off, place.len));
    sl_str token, before = SL_STR_EMPTY, table = SL_STR_EMPTY;
    for (size_t i = 0; next_token(&rest, &token); i++) {
        /* alter table [schema .] table … */
        if (i == 2 || (i == 4 && sl_str_eq(before, SL_STR("."))))
            table = token;
        bool loses = sl_str_eq_nocase(before, SL_STR("drop")) || sl_str_eq_nocase(before, SL_STR("truncate"));
        if (loses && sl_str_eq_nocase(token, SL_STR("partition"))) {
            const struct sl_table_record *record =
                sl_catalog_find_record(catalog, statement->mode.dialect, SL_STR_EMPTY, table);
            sl_catalog_add_change(catalog, statement, "empty_partition", record ? record->table.table_id : 0, 0, table,
                                  SL_STR_EMPTY);
            return true;
        }
        before = token;
    }
    return false;
}

/* SET [SESSION] name = value [, …] of MySQL, which has no AST. */
bool sl_catalog_apply_admin(struct sl_catalog *catalog, const struct sl_statement *statement)
{
    if (sl_str_has_prefix_nocase(statement->lowered->verb, SL_STR("alter table")))
        return empty_partition(catalog, statement);
    if (sl_str_has_prefix_nocase(statement->lowered->verb, SL_STR("reset"))) {
        set_one(catalog, statement, SL_STR("session_replication_role"), SL_STR_EMPTY);
        return true;
    }
    if (!sl_str_has_prefix_nocase(statement->lowered->verb, SL_STR("set")))
        return false;
    struct sl_place place = sl_statement_whole(statement);
    sl_str bytes = sl_str_slice(statement->source_text, place.off, place.len);
    sl_str rest = skip_comments(bytes), token, name = SL_STR_EMPTY;
    bool expects_name = true, is_first_value = true;
    bool is_local = sl_str_find_nocase(sl_str_slice(rest, 0, sizeof "SET LOCAL " - 1), SL_STR("local")) != SIZE_MAX;
    while (next_token(&rest, &token)) {
        if (sl_str_eq(token, SL_STR(","))) {
            /* SET search_path = a, b of PostgreSQL is one setting; SET a = 1, b = 2 of MySQL is two. */
            expects_name = statement->mode.dialect != SL_DIALECT_POSTGRES;
        } else if (sl_str_eq(token, SL_STR("=")) || sl_str_eq(token, SL_STR(":")) ||
                   (name.len > 0 && sl_str_eq_nocase(token, SL_STR("to")))) {
            expects_name = false;
        } else if (expects_name && !is_scope_word(token)) {
            name = token;
        } else if (!expects_name) {
            set_one(catalog, statement, name, token);
            catalog->has_local_replica_role = is_local && catalog->is_replica_role;
            add_search_path(catalog, name, token, is_first_value);
            is_first_value = false;
        }
    }
    return true;
}
