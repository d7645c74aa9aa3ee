#include "base/buf.h"
#include "plan/quote.h"
#include "plan/target.h"

/* The last part of the (qualified, quoted) name at tokens[*at]; steps behind it. */
static sl_str take_name(sl_str text, const struct sl_tokens *tokens, uint32_t *at, struct sl_arena *run)
{
    sl_str name = SL_STR_EMPTY;
    while (*at < tokens->len && (tokens->items[*at].kind == SL_TOK_WORD || tokens->items[*at].kind == SL_TOK_QUOTED)) {
        name = sl_lex_decode(text, &tokens->items[(*at)++], run);
        if (*at >= tokens->len || tokens->items[*at].kind != SL_TOK_DOT)
            break;
        (*at)++;
    }
    return name;
}

/* Steps over words that may stand before a table's name. */
static void skip_words(sl_str text, const struct sl_tokens *tokens, uint32_t *at)
{
    static const char *const words[] = {"ONLY", "IF", "NOT", "EXISTS"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (*at < tokens->len && sl_token_is_word(text, &tokens->items[*at], words[i]))
            (*at)++;
    }
}

/* The tokens of a statement, and the one behind the first `word` (TABLE, TRIGGER), where a name begins. */
static uint32_t lex_behind(sl_str text, const char *word, enum sl_dialect dialect, struct sl_arena *run,
                           struct sl_tokens *tokens)
{
    struct sl_sql_mode mode = {.dialect = dialect};
    sl_lex(text, &mode, run, tokens);
    uint32_t at = 0;
    while (at < tokens->len && !sl_token_is_word(text, &tokens->items[at], word))
        at++;
    at++;
    skip_words(text, tokens, &at);
    return at;
}

static sl_str without_spaces(sl_str text, struct sl_arena *run)
{
    char *to = sl_arena_alloc(run, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!sl_is_space(text.ptr[i]))
            to[len++] = text.ptr[i];
    }
    return (sl_str){to, len};
}

static bool has_any(sl_str text, const char *one, const char *two, const char *three)
{
    return sl_str_find_nocase(text, sl_str_from(one)) != SIZE_MAX ||
           sl_str_find_nocase(text, sl_str_from(two)) != SIZE_MAX ||
           sl_str_find_nocase(text, sl_str_from(three)) != SIZE_MAX;
}

static enum sl_status read_header(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                  struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR("SELECT t.schema_name, t.name, t.is_inferred, o.dialect, s.text,"
               " (SELECT path FROM source WHERE path = 'db/schema.rb' OR path LIKE '%/db/schema.rb'"
               "  OR path LIKE 'db/migrate/%.rb' OR path LIKE '%/db/migrate/%.rb'"
               "  ORDER BY path LIKE '%schema.rb', path DESC LIMIT 1)"
               " FROM db_table AS t LEFT JOIN statement AS s ON s.statement_id = t.statement_id"
               " LEFT JOIN source AS o ON o.source_id = coalesce(s.source_id, t.source_id) WHERE t.table_id = ?1"),
        &query, err));
    sl_query_bind_int(query, 1, target->table_id);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    if (!has_row)
        return sl_error_set(err, SL_ERR_GRAPH, "The graph has no table %u.", target->table_id);
    target->schema = sl_query_copy_str(query, 0, run);
    target->table = sl_query_copy_str(query, 1, run);
    target->is_inferred = sl_query_int(query, 2) != 0;
    sl_dialect_lookup(sl_query_str(query, 3), &target->dialect);
    target->is_partitioned = sl_str_find_nocase(sl_query_str(query, 4), SL_STR("PARTITION BY")) != SIZE_MAX;
    sl_str options = without_spaces(sl_query_str(query, 4), run);
    target->has_fulltext = has_any(options, "fulltextkey", "fulltextindex", "fulltext(");
    target->is_compressed = has_any(options, "row_format=compressed", "row_formatcompressed", "key_block_size");
    target->is_myisam = has_any(options, "engine=myisam", "enginemyisam", "type=myisam");
    target->rails_path = sl_query_copy_str(query, 5, run);
    target->is_rails |= target->rails_path.len > 0;
    return SL_OK;
}

static struct sl_plan_column column_of(struct sl_arena *run, const struct sl_query *query)
{
    return (struct sl_plan_column){.column_id = (uint32_t)sl_query_int(query, 0),
                                   .name = sl_query_copy_str(query, 1, run),
                                   .type = sl_query_copy_str(query, 2, run),
                                   .is_not_null = sl_query_int(query, 3) != 0,
                                   .type_class = sl_query_copy_str(query, 8, run),
                                   .is_generated = sl_query_int(query, 9) != 0};
}

static enum sl_status read_columns(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                   struct sl_plan_columns *primary, struct sl_plan_columns *unique,
                                   struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT column_id, name, type, is_not_null, in_primary_key, in_unique_key, "
                                   "on_update_now, role, type_class, is_generated"
                                   " FROM db_column WHERE table_id = ?1 AND NOT is_dropped"
                                   " ORDER BY column_id = ?2 DESC,"
                                   " CASE confidence WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, column_id"),
                            &query, err));
    sl_query_bind_int(query, 1, target->table_id);
    sl_query_bind_int(query, 2, target->touch.column_id);
    for (;;) {
        bool has_row = false;
        SL_TRY(sl_query_step(query, &has_row, err));
        if (!has_row)
            return SL_OK;
        struct sl_plan_column column = column_of(run, query);
        sl_str role = sl_query_str(query, 7);
        *SL_VEC_PUSH(run, &target->columns) = column.name;
        *SL_VEC_PUSH(run, &target->typed) = column;
        if (sl_query_int(query, 4))
            *SL_VEC_PUSH(run, primary) = column;
        if (sl_query_int(query, 5) && column.is_not_null)
            *SL_VEC_PUSH(run, unique) = column;
        if (sl_query_int(query, 6))
            *SL_VEC_PUSH(run, &target->on_update) = column;
        if (sl_str_eq(role, SL_STR("row_touch")) && !target->touch.name.len)
            target->touch = column;
        if (sl_str_eq(role, SL_STR("row_birth")) && !target->birth.column_id)
            target->birth = column;
        if (sl_str_eq_nocase(column.name, target->event)) {
            target->event_exists = true;
            target->event = column.name;
            target->event_type = column.type;
        }
    }
}

sl_str sl_plan_enum_type_of(const struct sl_plan_target *target, sl_str column)
{
    for (size_t i = 0; i < target->typed.len; i++) {
        const struct sl_plan_column *typed = &target->typed.items[i];
        if (sl_str_eq_nocase(typed->name, column) && sl_str_eq(typed->type_class, SL_STR("enum")))
            return typed->type;
    }
    return SL_STR_EMPTY;
}

static void sort_by_id(struct sl_plan_columns *columns)
{
    for (size_t i = 1; i < columns->len; i++) {
        for (size_t j = i; j > 0 && columns->items[j - 1].column_id > columns->items[j].column_id; j--) {
            struct sl_plan_column earlier = columns->items[j];
            columns->items[j] = columns->items[j - 1];
            columns->items[j - 1] = earlier;
        }
    }
}

/* Puts the key's columns in the order of `names`, if these are the same columns. */
static void order_key(struct sl_plan_columns *key, const struct sl_names *names)
{
    if (names->len != key->len)
        return;
    for (size_t i = 0; i < names->len; i++) {
        size_t at = i;
        while (at < key->len && !sl_str_eq_nocase(key->items[at].name, names->items[i]))
            at++;
        if (at == key->len)
            return;
        struct sl_plan_column moved = key->items[at];
        key->items[at] = key->items[i];
        key->items[i] = moved;
    }
}

/* PRIMARY KEY (b, a) in a statement that makes or alters the table: the order in which the index has them. */
static void read_key_order(sl_str text, struct sl_arena *run, struct sl_plan_target *target)
{
    struct sl_tokens tokens = {0};
    uint32_t at = lex_behind(text, "TABLE", target->dialect, run, &tokens);
    if (!sl_str_eq_nocase(take_name(text, &tokens, &at, run), target->table))
        return;
    while (at + 2 < tokens.len &&
           !(sl_token_is_word(text, &tokens.items[at], "PRIMARY") &&
             sl_token_is_word(text, &tokens.items[at + 1], "KEY") && tokens.items[at + 2].kind == SL_TOK_OPEN))
        at++;
    struct sl_names names = {0};
    int depth = 0;
    for (at += 2; at < tokens.len; at++) {
        const struct sl_token *token = &tokens.items[at];
        depth += (token->kind == SL_TOK_OPEN) - (token->kind == SL_TOK_CLOSE);
        if (depth == 0)
            break;
        bool is_first = tokens.items[at - 1].kind == SL_TOK_OPEN || tokens.items[at - 1].kind == SL_TOK_COMMA;
        if (depth == 1 && is_first && (token->kind == SL_TOK_WORD || token->kind == SL_TOK_QUOTED))
            *SL_VEC_PUSH(run, &names) = sl_lex_decode(text, token, run);
    }
    order_key(&target->key, &names);
}

static enum sl_status read_key(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                               struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT text FROM statement WHERE text LIKE '%PRIMARY%KEY%' ORDER BY statement_id"),
                            &query, err));
    bool has_row = target->key.len > 1;
    while (has_row) {
        SL_TRY(sl_query_step(query, &has_row, err));
        if (has_row)
            read_key_order(sl_arena_copy(run, sl_query_str(query, 0)), run, target);
    }
    return SL_OK;
}

/* Is it the table, or a partition that is known already? That one is partitioned, then. */
static bool is_parent(struct sl_plan_target *target, sl_str name)
{
    for (size_t i = 0; i < target->partitions.len; i++) {
        struct sl_plan_partition *partition = &target->partitions.items[i];
        if (!sl_str_eq_nocase(partition->name, name))
            continue;
        partition->is_partitioned = true;
        return true;
    }
    return sl_str_eq_nocase(name, target->table);
}

/* The name at tokens[*at], as written and decoded. */
static sl_str take_written_name(sl_str text, const struct sl_tokens *tokens, uint32_t *at, struct sl_arena *run,
                                sl_str *written)
{
    size_t from = *at < tokens->len ? tokens->items[*at].off : text.len;
    sl_str name = take_name(text, tokens, at, run);
    size_t to = *at < tokens->len ? tokens->items[*at].off : text.len;
    *written = sl_str_trim(sl_str_slice(text, from, to - from));
    return name;
}

/* CREATE TABLE p PARTITION OF t [… PARTITION BY …], ALTER TABLE t ATTACH PARTITION p. */
static void read_partition(sl_str text, struct sl_arena *run, struct sl_plan_target *target)
{
    struct sl_tokens tokens = {0};
    sl_str first_written;
    sl_str second_written;
    uint32_t at = lex_behind(text, "TABLE", target->dialect, run, &tokens);
    sl_str first = take_written_name(text, &tokens, &at, run, &first_written);
    if (at + 2 >= tokens.len)
        return;
    bool is_of =
        sl_token_is_word(text, &tokens.items[at], "PARTITION") && sl_token_is_word(text, &tokens.items[at + 1], "OF");
    bool is_attach = sl_token_is_word(text, &tokens.items[at], "ATTACH") &&
                     sl_token_is_word(text, &tokens.items[at + 1], "PARTITION");
    at += 2;
    sl_str second = take_written_name(text, &tokens, &at, run, &second_written);
    if (is_of && is_parent(target, second))
        *SL_VEC_PUSH(run, &target->partitions) =
            (struct sl_plan_partition){.written = first_written,
                                       .name = first,
                                       .parent = second,
                                       .is_partitioned = sl_str_find_nocase(text, SL_STR("PARTITION BY")) != SIZE_MAX};
    if (is_attach && is_parent(target, first))
        *SL_VEC_PUSH(run, &target->partitions) =
            (struct sl_plan_partition){.written = second_written, .name = second, .parent = first};
}

static enum sl_status read_partitions(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                      struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR("SELECT text FROM statement WHERE text LIKE '%PARTITION OF%' OR text LIKE '%ATTACH PARTITION%'"
               " ORDER BY statement_id"),
        &query, err));
    bool has_row = target->is_partitioned && target->dialect == SL_DIALECT_POSTGRES;
    while (has_row) {
        SL_TRY(sl_query_step(query, &has_row, err));
        if (has_row)
            read_partition(sl_arena_copy(run, sl_query_str(query, 0)), run, target);
    }
    return SL_OK;
}

/* CREATE [OR REPLACE] TRIGGER name … ON table …, if its text names the row-touch column. */
static void read_trigger(const struct sl_query *query, struct sl_arena *run, struct sl_plan_target *target)
{
    sl_str text = sl_query_copy_str(query, 0, run);
    struct sl_tokens tokens = {0};
    uint32_t at = lex_behind(text, "TRIGGER", target->dialect, run, &tokens);
    sl_str name = take_name(text, &tokens, &at, run);
    bool is_update = false;
    while (at < tokens.len && !sl_token_is_word(text, &tokens.items[at], "ON"))
        is_update |= sl_token_is_word(text, &tokens.items[at++], "UPDATE");
    at++;
    if (!is_update || !sl_str_eq_nocase(take_name(text, &tokens, &at, run), target->table))
        return;
    bool names_touch = target->dialect == SL_DIALECT_POSTGRES; /* there, the function does */
    for (uint32_t i = at; i < tokens.len; i++) {
        const struct sl_token *token = &tokens.items[i];
        names_touch |= (token->kind == SL_TOK_WORD || token->kind == SL_TOK_QUOTED) &&
                       sl_str_eq_nocase(sl_lex_decode(text, token, run), target->touch.name);
    }
    struct sl_plan_trigger trigger = {
        .name = name, .text = text, .path = sl_query_copy_str(query, 1, run), .line = (uint32_t)sl_query_int(query, 2)};
    if (names_touch && target->keep != SL_KEEP_NOTHING && target->keep != SL_KEEP_SELF_ASSIGN)
        *SL_VEC_PUSH(run, &target->triggers) = trigger;
    else
        *SL_VEC_PUSH(run, &target->other_triggers) = trigger.name;
}

/* By what evidence the row-touch column moves, hence how a write keeps it. */
static enum sl_status read_keep(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                struct sl_error *err)
{
    SL_QUERY evidence = NULL;
    SL_TRY(sl_query_prepare(graph,
                            SL_STR("SELECT 1 FROM role_evidence AS e JOIN db_column AS c USING (column_id)"
                                   " WHERE c.table_id = ?1 AND e.kind = 'trigger' AND NOT e.is_against LIMIT 1"),
                            &evidence, err));
    sl_query_bind_int(evidence, 1, target->table_id);
    bool by_trigger = false;
    SL_TRY(sl_query_step(evidence, &by_trigger, err));
    if (target->on_update.len)
        target->keep = SL_KEEP_SELF_ASSIGN;
    static const enum sl_plan_keep by_dialect[SL_DIALECT_COUNT] = {[SL_DIALECT_POSTGRES] = SL_KEEP_REPLICA_ROLE,
                                                                   [SL_DIALECT_MYSQL] = SL_KEEP_GUARD,
                                                                   [SL_DIALECT_SQLITE] = SL_KEEP_TRIGGER_OFF};
    if (by_trigger)
        target->keep = by_dialect[target->dialect];
    SL_QUERY triggers = NULL;
    SL_TRY(sl_query_prepare(
        graph,
        SL_STR("SELECT s.text, o.path, s.line FROM statement AS s JOIN source AS o USING (source_id)"
               " WHERE s.text LIKE '%TRIGGER%' AND s.role IN ('main', 'part') ORDER BY s.statement_id"),
        &triggers, err));
    bool has_row = true;
    while (has_row) {
        SL_TRY(sl_query_step(triggers, &has_row, err));
        if (has_row)
            read_trigger(triggers, run, target);
    }
    return SL_OK;
}

enum sl_status sl_plan_require_key(const struct sl_plan_target *target, struct sl_error *err)
{
    if (target->key.len)
        return SL_OK;
    if (target->is_inferred)
        return sl_error_set(
            err, SL_ERR_USAGE,
            "The definition of %.*s was not read, so its key and its triggers are not known: give it with "
            "--schema.",
            SL_STR_ARG(target->table));
    return sl_error_set(
        err, SL_ERR_USAGE,
        "%.*s has no primary key and no unique key of NOT NULL columns, so no backfill can go in batches, stop "
        "and go on: give it a key first (%s), then plan again.",
        SL_STR_ARG(target->table),
        target->dialect == SL_DIALECT_MYSQL
            ? "ADD COLUMN id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, through gh-ost or "
              "pt-online-schema-change on a large table"
        : target->dialect == SL_DIALECT_POSTGRES
            ? "a UNIQUE index built CONCURRENTLY on columns that are NOT NULL, or a new identity column on a "
              "small table"
            : "an INTEGER PRIMARY KEY");
}

/* The type of the row-touch column, so that old and new report compare like with like. */
static sl_str default_type(const struct sl_plan_target *target)
{
    static const char *const types[SL_DIALECT_COUNT] = {[SL_DIALECT_POSTGRES] = "timestamp with time zone",
                                                        [SL_DIALECT_MYSQL] = "datetime(6)",
                                                        [SL_DIALECT_SQLITE] = "text"};
    /* Rails' datetime has microseconds since 5.0; plain SQL's would round them off. */
    if (target->is_rails && target->dialect == SL_DIALECT_MYSQL &&
        sl_str_eq_nocase(target->touch.type, SL_STR("datetime")))
        return SL_STR("datetime(6)");
    return target->touch.type.len ? target->touch.type : sl_str_from(types[target->dialect]);
}

enum sl_status sl_plan_read_table(struct sl_graph *graph, struct sl_arena *run, struct sl_plan_target *target,
                                  struct sl_error *err)
{
    struct sl_plan_columns primary = {0};
    struct sl_plan_columns unique = {0};
    SL_TRY(read_header(graph, run, target, err));
    SL_TRY(read_columns(graph, run, target, &primary, &unique, err));
    target->key = primary.len ? primary : unique;
    sort_by_id(&target->key);
    if (!target->event_type.len)
        target->event_type = default_type(target);
    SL_TRY(read_key(graph, run, target, err));
    SL_TRY(read_partitions(graph, run, target, err));
    return read_keep(graph, run, target, err);
}
