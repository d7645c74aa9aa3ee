#include "resolve/catalog_private.h"

#include "base/limits.h"
#include "sql/ast.h"

enum { SL_NAME_BYTES = 63, SL_FIRST_BUCKETS = 256 };

struct sl_catalog *sl_catalog_new(struct sl_arena *run)
{
    struct sl_catalog *catalog = SL_NEW(run, struct sl_catalog);
    catalog->run = run;
    catalog->n_buckets = SL_FIRST_BUCKETS;
    catalog->database = (struct sl_database){.name = SL_STR_EMPTY, .is_open = true};
    catalog->buckets = SL_NEW_ARRAY(run, SL_FIRST_BUCKETS, struct sl_table_record *);
    return catalog;
}

struct sl_database sl_catalog_enter_database(struct sl_catalog *catalog, struct sl_database database)
{
    struct sl_database before = catalog->database;
    catalog->database = database;
    return before;
}

/* PostgreSQL's parser cuts names at 63 bytes, whole characters only; names from the source text are not cut. */
static sl_str cut_name(sl_str name)
{
    if (name.len <= SL_NAME_BYTES)
        return name;
    size_t len = SL_NAME_BYTES;
    while (len > 0 && ((unsigned char)name.ptr[len] & 0xC0) == 0x80)
        len--;
    return sl_str_slice(name, 0, len);
}

static bool has_upper(sl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z')
            return true;
    }
    return false;
}

sl_str sl_catalog_fold(const struct sl_catalog *catalog, enum sl_dialect dialect, sl_str name)
{
    name = cut_name(name);
    if (dialect == SL_DIALECT_POSTGRES || !has_upper(name))
        return sl_arena_copy(catalog->run, name);
    return sl_arena_copy_lower(catalog->run, name);
}

static bool is_same_name(enum sl_dialect dialect, sl_str folded, sl_str name)
{
    name = cut_name(name);
    return dialect == SL_DIALECT_POSTGRES ? sl_str_eq(folded, name) : sl_str_eq_nocase(folded, name);
}

/* FNV-1a over the lower-case bytes: one hash serves every dialect, the comparison decides. */
static uint32_t hash_name(sl_str name)
{
    uint32_t hash = 2166136261u;
    name = cut_name(name);
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)sl_lower_char(name.ptr[i])) * 16777619u;
    return hash;
}

static void link_record(struct sl_catalog *catalog, struct sl_table_record *record)
{
    struct sl_table_record **bucket = &catalog->buckets[record->hash & (catalog->n_buckets - 1)];
    record->next_of_name = *bucket;
    *bucket = record;
}

static void unlink_record(struct sl_catalog *catalog, struct sl_table_record *record)
{
    struct sl_table_record **link = &catalog->buckets[record->hash & (catalog->n_buckets - 1)];
    while (*link && *link != record)
        link = &(*link)->next_of_name;
    if (*link)
        *link = record->next_of_name;
    record->next_of_name = NULL;
}

static void grow_buckets(struct sl_catalog *catalog)
{
    if (catalog->tables.len < catalog->n_buckets)
        return;
    struct sl_table_record **old = catalog->buckets;
    size_t n_old = catalog->n_buckets;
    catalog->n_buckets *= 2;
    catalog->buckets = SL_NEW_ARRAY(catalog->run, catalog->n_buckets, struct sl_table_record *);
    for (size_t i = 0; i < n_old; i++) {
        for (struct sl_table_record *record = old[i], *next; record; record = next) {
            next = record->next_of_name;
            link_record(catalog, record);
        }
    }
}

struct sl_table_record *sl_catalog_record(const struct sl_catalog *catalog, uint32_t table_id)
{
    return table_id && table_id <= catalog->tables.len ? catalog->tables.items[table_id - 1] : NULL;
}

static bool is_default_schema(sl_str schema)
{
    static const char *const defaults[] = {"public", "main", "dbo"};
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        if (sl_str_eq_nocase(schema, sl_str_from(defaults[i])))
            return true;
    }
    return schema.len == 0;
}

/* How well a live table of the right name fits the schema that was asked for: 0 = it is not meant. */
static unsigned fit_of_schema(const struct sl_catalog *catalog, enum sl_dialect dialect, sl_str wanted,
                              const struct sl_table *table)
{
    if (wanted.len > 0) {
        if (is_same_name(dialect, table->schema, wanted))
            return 100;
        /* Without a schema on one side, the database is whatever the session uses. */
        return table->schema.len == 0 || (is_default_schema(wanted) && is_default_schema(table->schema)) ? 50 : 0;
    }
    for (size_t i = 0; i < catalog->search_path.len; i++) {
        if (is_same_name(dialect, table->schema, catalog->search_path.items[i]))
            return 90 - (unsigned)(i < 20 ? i : 20);
    }
    if (table->is_temporary)
        return 95;
    if (table->schema.len == 0)
        return 60;
    return is_default_schema(table->schema) ? 50 : 1;
}

/* The same over the databases: a table of another one is meant where this one has none, or where it is named. */
static unsigned fit_of_table(const struct sl_catalog *catalog, enum sl_dialect dialect, sl_str wanted,
                             const struct sl_table *table)
{
    if (sl_str_eq(table->database, catalog->database.name))
        return fit_of_schema(catalog, dialect, wanted, table);
    if (!catalog->database.is_open)
        return 0;
    if (wanted.len && sl_str_eq_nocase(table->database, wanted))
        return 100;
    return fit_of_schema(catalog, dialect, wanted, table) ? 1 : 0;
}

struct sl_table_record *sl_catalog_find_record(const struct sl_catalog *catalog, enum sl_dialect dialect, sl_str schema,
                                               sl_str name)
{
    uint32_t hash = hash_name(name);
    struct sl_table_record *best = NULL;
    unsigned best_fit = 0;
    bool is_tie = false;
    for (struct sl_table_record *record = catalog->buckets[hash & (catalog->n_buckets - 1)]; record;
         record = record->next_of_name) {
        if (record->hash != hash || record->table.is_dropped || !is_same_name(dialect, record->table.name, name))
            continue;
        unsigned fit = fit_of_table(catalog, dialect, schema, &record->table);
        is_tie = fit == best_fit ? fit > 0 : fit < best_fit && is_tie;
        if (fit > best_fit) {
            best = record;
            best_fit = fit;
        }
    }
    /* Two schemas off the search path hold the name: neither is meant for sure. */
    return is_tie && best_fit <= 1 ? NULL : best;
}

const struct sl_table *sl_catalog_find_table(const struct sl_catalog *catalog, enum sl_dialect dialect, sl_str schema,
                                             sl_str name)
{
    struct sl_table_record *record = sl_catalog_find_record(catalog, dialect, schema, name);
    return record ? &record->table : NULL;
}

struct sl_column *sl_record_find_column(const struct sl_table_record *record, sl_str folded)
{
    for (size_t i = 0; i < record->table.columns.len; i++) {
        struct sl_column *column = &record->table.columns.items[i];
        if (!column->is_dropped && sl_str_eq(column->name, folded))
            return column;
    }
    return NULL;
}

const struct sl_column *sl_table_find_column(const struct sl_table *table, enum sl_dialect dialect, sl_str name)
{
    for (size_t i = 0; i < table->columns.len; i++) {
        const struct sl_column *column = &table->columns.items[i];
        if (!column->is_dropped && is_same_name(dialect, column->name, name))
            return column;
    }
    return NULL;
}

static struct sl_table_record *new_record(struct sl_catalog *catalog, enum sl_dialect dialect, sl_str schema,
                                          sl_str name)
{
    struct sl_table_record *record = SL_NEW(catalog->run, struct sl_table_record);
    *SL_VEC_PUSH(catalog->run, &catalog->tables) = record;
    record->table.table_id = (uint32_t)catalog->tables.len;
    record->table.database = catalog->database.name;
    record->table.schema = sl_catalog_fold(catalog, dialect, schema);
    record->table.name = sl_catalog_fold(catalog, dialect, name);
    record->table.written_schema = sl_arena_copy(catalog->run, schema);
    record->table.written = sl_arena_copy(catalog->run, name);
    record->hash = hash_name(record->table.name);
    grow_buckets(catalog);
    link_record(catalog, record);
    return record;
}

/* A table that CREATE would clash with: the same schema, or none was written on both sides. */
static bool is_same_schema(const struct sl_table *table, enum sl_dialect dialect, sl_str schema)
{
    return is_same_name(dialect, table->schema, schema) ||
           (is_default_schema(table->schema) && is_default_schema(schema));
}

struct sl_table_record *sl_catalog_add_table(struct sl_catalog *catalog, enum sl_dialect dialect, sl_str schema,
                                             sl_str name)
{
    struct sl_table_record *old = sl_catalog_find_record(catalog, dialect, schema, name);
    if (old && !sl_str_eq(old->table.database, catalog->database.name))
        old = NULL; /* another database's */
    if (old && old->table.is_inferred) {
        old->table.is_inferred = false;
        if (schema.len > 0) {
            old->table.schema = sl_catalog_fold(catalog, dialect, schema);
            old->table.written_schema = sl_arena_copy(catalog->run, schema);
        }
        old->table.written = sl_arena_copy(catalog->run, name);
        return old;
    }
    if (old && is_same_schema(&old->table, dialect, schema))
        old->table.is_dropped = true;
    return new_record(catalog, dialect, schema, name);
}

void sl_catalog_rename_table(struct sl_catalog *catalog, struct sl_table_record *record, sl_str schema, sl_str name)
{
    unlink_record(catalog, record);
    record->table.schema = record->table.written_schema = schema;
    record->table.name = record->table.written = name;
    record->hash = hash_name(name);
    link_record(catalog, record);
}

struct sl_column *sl_catalog_add_column(struct sl_catalog *catalog, struct sl_table_record *record, sl_str folded)
{
    struct sl_column_record *entry = SL_VEC_PUSH(catalog->run, &catalog->columns);
    entry->table_id = record->table.table_id;
    entry->index = (uint32_t)record->table.columns.len;
    entry->event_values = SL_STR_EMPTY;
    struct sl_column *column = SL_VEC_PUSH(catalog->run, &record->table.columns);
    column->column_id = (uint32_t)catalog->columns.len;
    column->table_id = record->table.table_id;
    column->name = column->written = folded;
    column->type = SL_STR_EMPTY;
    column->default_text = SL_STR_EMPTY;
    sl_catalog_mark_orm_enum(catalog, &record->table, column);
    return column;
}

const struct sl_table *sl_catalog_infer_table(struct sl_catalog *catalog, enum sl_dialect dialect, sl_str schema,
                                              sl_str name)
{
    struct sl_table_record *record = sl_catalog_find_record(catalog, dialect, schema, name);
    if (!record) {
        record = new_record(catalog, dialect, schema, name);
        record->table.is_inferred = true;
    }
    return &record->table;
}

const struct sl_column *sl_catalog_infer_column(struct sl_catalog *catalog, enum sl_dialect dialect,
                                                const struct sl_table *table, sl_str name)
{
    const struct sl_column *known = sl_table_find_column(table, dialect, name);
    if (known)
        return known;
    struct sl_column *column = sl_catalog_add_column(catalog, sl_catalog_record(catalog, table->table_id),
                                                     sl_catalog_fold(catalog, dialect, name));
    column->written = sl_arena_copy(catalog->run, name);
    column->is_inferred = true;
    return column;
}

struct sl_table_record *sl_catalog_find_range(const struct sl_catalog *catalog, const struct sl_statement *statement,
                                              const PgQuery__RangeVar *range)
{
    if (!range || !range->relname || sl_str_has_prefix(sl_str_from(range->relname), SL_STR("mysql:")))
        return NULL;
    return sl_catalog_find_record(catalog, statement->mode.dialect, sl_str_from(range->schemaname),
                                  sl_str_from(range->relname));
}

struct sl_table_record *sl_catalog_range_record(struct sl_catalog *catalog, const struct sl_statement *statement,
                                                const PgQuery__RangeVar *range, bool infer)
{
    struct sl_table_record *record = sl_catalog_find_range(catalog, statement, range);
    if (record || !infer || !range || !range->relname ||
        sl_str_has_prefix(sl_str_from(range->relname), SL_STR("mysql:")))
        return record;
    const struct sl_table *table = sl_catalog_infer_table(catalog, statement->mode.dialect,
                                                          sl_str_from(range->schemaname), sl_str_from(range->relname));
    return sl_catalog_record(catalog, table->table_id);
}

size_t sl_catalog_table_count(const struct sl_catalog *catalog)
{
    return catalog->tables.len;
}

const struct sl_table *sl_catalog_table_at(const struct sl_catalog *catalog, size_t index)
{
    return &catalog->tables.items[index]->table;
}

struct sl_column *sl_catalog_column_mutable(const struct sl_catalog *catalog, uint32_t column_id)
{
    if (column_id == 0 || column_id > catalog->columns.len)
        return NULL;
    struct sl_column_record entry = catalog->columns.items[column_id - 1];
    return &catalog->tables.items[entry.table_id - 1]->table.columns.items[entry.index];
}

const struct sl_column *sl_catalog_column(const struct sl_catalog *catalog, uint32_t column_id)
{
    return sl_catalog_column_mutable(catalog, column_id);
}

const struct sl_table *sl_catalog_table(const struct sl_catalog *catalog, uint32_t table_id)
{
    struct sl_table_record *record = sl_catalog_record(catalog, table_id);
    return record ? &record->table : NULL;
}

/* ALGORITHM=…, LOCK=… of ALTER TABLE, in lower case behind `detail`. */
static sl_str with_lock_clauses(const struct sl_catalog *catalog, const struct sl_statement *statement, sl_str detail)
{
    for (size_t i = 0; statement->lowered && i < statement->lowered->n_facts; i++) {
        const struct sl_fact *fact = &statement->lowered->facts[i];
        if (fact->kind != SL_FACT_LOCK_CLAUSE)
            continue;
        sl_str clause = sl_arena_copy_lower(catalog->run, fact->text);
        detail =
            sl_arena_printf(catalog->run, "%.*s%s%.*s", SL_STR_ARG(detail), detail.len ? " " : "", SL_STR_ARG(clause));
    }
    return detail;
}

void sl_catalog_add_change(struct sl_catalog *catalog, const struct sl_statement *statement, const char *change,
                           uint32_t table_id, uint32_t column_id, sl_str name, sl_str detail)
{
    *SL_VEC_PUSH(catalog->run, &catalog->changes) = (struct sl_fact_ddl_change){
        .statement_id = statement->statement_id,
        .table_id = table_id,
        .column_id = column_id,
        .change = change,
        .name = sl_arena_copy(catalog->run, name),
        .detail = with_lock_clauses(catalog, statement, sl_arena_copy(catalog->run, detail))};
}

size_t sl_catalog_change_count(const struct sl_catalog *catalog)
{
    return catalog->changes.len;
}

const struct sl_fact_ddl_change *sl_catalog_change_at(const struct sl_catalog *catalog, size_t index)
{
    return &catalog->changes.items[index];
}
