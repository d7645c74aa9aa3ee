/* reader_ruby: schema.rb, migrations and application code in Ruby. */
#include "base/vec.h"
#include "source/readers.h"
#include "source/ruby_file.h"

bool sl_ruby_claims(const struct sl_source *source)
{
    return sl_language_of_path(source->path) == SL_LANGUAGE_RUBY && sl_syntax_has_language(SL_LANGUAGE_RUBY);
}

/* Does the file speak of anything that this reader knows? Asked before it is parsed. */
static bool is_interesting(const struct sl_source *source)
{
    static const char *const words[] = {"updat",      "save",      "touch",        "where",      "group",  "pluck",
                                        "find_",      "execute",   "create_table", "_column",    "insert", "upsert",
                                        "delete_all", "increment", "toggle",       "transaction"};
    if (source->kind != SL_SOURCE_CODE)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_find(source->bytes, sl_str_from(words[i])) != SIZE_MAX)
            return true;
    }
    const struct sl_wrappers *wrappers = source->project ? source->project->wrappers : NULL;
    for (size_t i = 0; wrappers && i < wrappers->len; i++) {
        if (sl_str_find(source->bytes, wrappers->items[i].method) != SIZE_MAX)
            return true;
    }
    return sl_literal_may_hold_sql(source->bytes);
}

/* SQL in execute, find_by_sql and any other literal. */
static void literals_read(struct sl_ruby_file *ruby)
{
    size_t first = ruby->reading->len;
    sl_literal_read(ruby->syntax, ruby->source->mode.dialect, ruby->arena, ruby->reading);
    size_t kept = first;
    const struct sl_node *near = NULL;
    for (size_t i = first; i < ruby->reading->len; i++) {
        struct sl_fragment *fragment = &ruby->reading->items[i];
        const struct sl_node *node = sl_node_at(ruby->syntax, fragment->whole.off, &near);
        if (sl_ruby_is_excluded(ruby, node))
            continue;
        fragment->flags |= sl_ruby_flags_at(ruby, node);
        fragment->transaction = sl_ruby_transaction_at(ruby, node);
        ruby->reading->items[kept++] = *fragment;
    }
    ruby->reading->len = kept;
}

enum sl_status sl_ruby_read(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                            struct sl_error *err)
{
    (void)err;
    struct sl_syntax own;
    const struct sl_syntax *syntax = sl_project_tree(source->project, source->bytes);
    size_t first = reading->len;
    if (!syntax && !is_interesting(source))
        return SL_OK;
    if (!syntax) {
        sl_syntax_parse_source(source, SL_LANGUAGE_RUBY, file, &own);
        syntax = &own;
    }
    if (!syntax->root)
        return SL_OK;
    struct sl_ruby_file ruby;
    sl_ruby_file_init(&ruby, source, syntax, file, reading);
    if (source->kind == SL_SOURCE_CODE && ruby.is_migration)
        return SL_OK; /* put aside, in a folder that no tool runs: db/old_migrations, db/migrate_save */
    sl_syntax_report_errors(syntax, file, reading);
    if (source->kind != SL_SOURCE_CODE)
        sl_ruby_schema_read(&ruby);
    if (source->kind != SL_SOURCE_SCHEMA) {
        sl_ruby_chains_read(&ruby);
        literals_read(&ruby);
    }
    sl_reading_sort(reading, first);
    sl_reading_mark_scripts(source, syntax, reading, first);
    return SL_OK;
}
