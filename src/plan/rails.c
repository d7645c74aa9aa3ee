#include "plan/rails.h"

#include "base/buf.h"
#include "plan/quote.h"
#include "source/file.h"

/* drawed_at → DrawedAt: letters and digits only, as a Ruby constant must be (render.c names its file). */
static sl_str camel_case(sl_str text, struct sl_arena *run)
{
    struct sl_buf name = {0};
    bool is_start = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_plain = sl_is_alpha(c) || sl_is_digit(c);
        if (is_plain)
            sl_buf_add_byte(&name, is_start && c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
        is_start = !is_plain;
    }
    sl_str result = sl_arena_copy(run, sl_buf_str(&name));
    sl_buf_release(&name);
    return result;
}

/* "%E" the event, "%T" the table, as constants: AddDrawedAtToEntries. */
static sl_str class_name(const char *before, const char *between, const struct sl_plan_target *target,
                         struct sl_arena *run)
{
    return sl_arena_printf(run, "%s%.*s%s%.*s", before, SL_STR_ARG(camel_case(target->event, run)), between,
                           SL_STR_ARG(camel_case(target->table, run)));
}

/* ActiveRecord::Migration[7.1] in the project's newest migration, or ActiveRecord::Schema[7.1]. */
static sl_str rails_version(const struct sl_plan_target *target, struct sl_arena *run)
{
    static const char *const openings[] = {"ActiveRecord::Migration[", "ActiveRecord::Schema["};
    sl_str bytes;
    struct sl_error err;
    if (!target->rails_path.len || sl_file_read(target->rails_path, run, &bytes, &err) != SL_OK)
        return SL_STR("7.0");
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        size_t at = sl_str_find(bytes, sl_str_from(openings[i]));
        sl_str rest = at == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(bytes, at + strlen(openings[i]), SIZE_MAX);
        size_t end = 0;
        while (end < rest.len && (sl_is_digit(rest.ptr[end]) || rest.ptr[end] == '.'))
            end++;
        if (end && end < rest.len && rest.ptr[end] == ']')
            return sl_str_slice(rest, 0, end);
    }
    return SL_STR("7.0");
}

/* A Ruby string in double quotes. */
static sl_str ruby_string(sl_str text, struct sl_arena *run)
{
    struct sl_buf out = {0};
    sl_buf_add_byte(&out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\"\\#", text.ptr[i]) && text.ptr[i])
            sl_buf_add_byte(&out, '\\');
        sl_buf_add_byte(&out, text.ptr[i]);
    }
    sl_buf_add_byte(&out, '"');
    sl_str result = sl_arena_copy(run, sl_buf_str(&out));
    sl_buf_release(&out);
    return result;
}

/* :drawed_at, or a string where a symbol would need quotes. */
static sl_str ruby_name(sl_str name, struct sl_arena *run)
{
    bool is_plain = name.len > 0 && !sl_is_digit(name.ptr[0]);
    for (size_t i = 0; i < name.len; i++)
        is_plain &= sl_is_word_char(name.ptr[i]);
    return is_plain ? sl_arena_printf(run, ":%.*s", SL_STR_ARG(name)) : ruby_string(name, run);
}

static sl_str ruby_table(const struct sl_plan_target *target, struct sl_arena *run)
{
    if (!target->schema.len)
        return ruby_name(target->table, run);
    return ruby_string(sl_arena_printf(run, "%.*s.%.*s", SL_STR_ARG(target->schema), SL_STR_ARG(target->table)), run);
}

/* The column's type as add_column knows it; any other as the database writes it. */
static sl_str ruby_type(const struct sl_plan_target *target, struct sl_arena *run)
{
    static const struct {
        const char *type, *ruby;
    } types[] = {{"timestamp", ":datetime"},
                 {"timestamp(6)", ":datetime"},
                 {"timestamptz", ":timestamptz"},
                 {"datetime", ":datetime"},
                 {"datetime(6)", ":datetime, precision: 6"},
                 {"date", ":date"},
                 {"bigint", ":bigint"},
                 {"integer", ":integer"}};
    for (size_t i = 0; target->dialect != SL_DIALECT_MYSQL && i < sizeof types / sizeof *types; i++) {
        if (sl_str_eq_nocase(target->event_type, sl_str_from(types[i].type)))
            return sl_str_from(types[i].ruby);
    }
    return ruby_string(target->event_type, run);
}

/* `text` with each line behind `indent`. */
static sl_str indented(sl_str text, const char *indent, struct sl_arena *run)
{
    struct sl_buf out = {0};
    sl_str line;
    while (sl_str_next_line(&text, &line)) {
        if (line.len)
            sl_buf_add(&out, sl_str_from(indent));
        sl_buf_add(&out, line);
        sl_buf_add_byte(&out, '\n');
    }
    sl_str result = sl_arena_copy(run, sl_buf_str(&out));
    sl_buf_release(&out);
    return result;
}

/* The step's statements, each with a heredoc that Ruby takes as it stands. connection.execute, for strong_migrations
 * holds back every bare execute. */
static sl_str executes(const struct sl_plan_step *step, struct sl_arena *run)
{
    struct sl_buf out = {0};
    for (size_t i = 0; i < step->blocks.len; i++) {
        const struct sl_plan_block *block = &step->blocks.items[i];
        if (block->kind != SL_BLOCK_SQL && block->kind != SL_BLOCK_ROUTINE)
            continue;
        sl_buf_add_printf(&out, "    connection.execute <<~'STAMPLINT_SQL'\n%.*s    STAMPLINT_SQL\n",
                          SL_STR_ARG(indented(block->text, "      ", run)));
    }
    sl_str result = sl_arena_copy(run, sl_buf_str(&out));
    sl_buf_release(&out);
    return result;
}

static sl_str undo_executes(const struct sl_plan_step *step, struct sl_arena *run)
{
    struct sl_buf out = {0};
    for (size_t i = 0; i < step->undo.len; i++)
        sl_buf_add_printf(&out, "    connection.execute %.*s\n", SL_STR_ARG(ruby_string(step->undo.items[i], run)));
    if (!step->undo.len)
        sl_buf_add(&out, SL_STR("    # nothing reads the column yet\n"));
    sl_str result = sl_arena_copy(run, sl_buf_str(&out));
    sl_buf_release(&out);
    return result;
}

static void add_migration(const struct sl_plan_target *target, struct sl_arena *run, struct sl_plan_step *step,
                          sl_str name, bool in_transaction, sl_str body)
{
    sl_str version = rails_version(target, run);
    sl_plan_add_block(run, step, SL_BLOCK_RUBY, "",
                      "class %.*s < ActiveRecord::Migration[%.*s]\n"
                      "%s"
                      "%.*s"
                      "end",
                      SL_STR_ARG(name), SL_STR_ARG(version), in_transaction ? "" : "  disable_ddl_transaction!\n\n",
                      SL_STR_ARG(body));
}

static sl_str up_and_down(const struct sl_plan_step *step, struct sl_arena *run)
{
    return sl_arena_printf(run, "  def up\n%.*s  end\n\n  def down\n%.*s  end\n", SL_STR_ARG(executes(step, run)),
                           SL_STR_ARG(undo_executes(step, run)));
}

/* update_all names the table, not an alias: t. becomes the table's name. */
static sl_str without_alias(const struct sl_plan_words *words, sl_str text, enum sl_dialect dialect,
                            struct sl_arena *run)
{
    struct sl_sql_mode mode = {.dialect = dialect};
    struct sl_tokens tokens = {0};
    struct sl_buf out = {0};
    size_t copied = 0;
    sl_lex(text, &mode, run, &tokens);
    for (uint32_t i = 0; i + 1 < tokens.len; i++) {
        const struct sl_token *token = &tokens.items[i];
        if (token->kind != SL_TOK_WORD || token->len != 1 || text.ptr[token->off] != 't' ||
            tokens.items[i + 1].kind != SL_TOK_DOT)
            continue;
        sl_buf_add(&out, sl_str_slice(text, copied, token->off - copied));
        sl_buf_add(&out, words->table);
        copied = token->off + 1;
    }
    sl_buf_add(&out, sl_str_slice(text, copied, SIZE_MAX));
    sl_str result = sl_arena_copy(run, sl_buf_str(&out));
    sl_buf_release(&out);
    return result;
}

static sl_str update_all(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run)
{
    sl_str text = sl_arena_printf(run, "%.*s = %.*s", SL_STR_ARG(words->event),
                                  SL_STR_ARG(without_alias(words, words->source, target->dialect, run)));
    for (size_t i = 0; i < target->on_update.len; i++) {
        sl_str name = sl_plan_quote_name(target->dialect, target->on_update.items[i].name, run);
        text = sl_arena_printf(run, "%.*s, %.*s = %.*s", SL_STR_ARG(text), SL_STR_ARG(name), SL_STR_ARG(name));
    }
    return text;
}

/* in_batches goes by the primary key; only missing times are written, so a second run goes on. */
static void add_batches(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                        struct sl_plan_step *step)
{
    const char *quiet = target->keep == SL_KEEP_REPLICA_ROLE
                            ? "        Row.connection.execute(\"SET LOCAL session_replication_role = replica\")\n"
                            : "";
    sl_str table = target->schema.len ? ruby_table(target, run) : ruby_string(target->table, run);
    sl_str body =
        sl_arena_printf(run,
                        "  class Row < ActiveRecord::Base\n"
                        "    self.table_name = %.*s\n"
                        "    self.primary_key = %.*s\n"
                        "    self.inheritance_column = nil\n"
                        "  end\n\n"
                        "  def up\n"
                        "    Row.in_batches(of: %u) do |batch|\n"
                        "      Row.transaction do\n"
                        "%s"
                        "        rows = batch.where(%.*s).where(%.*s => nil)\n"
                        "        rows.update_all(%.*s) # rubocop:disable Rails/SkipsModelValidations\n"
                        "      end\n"
                        "      sleep 0.05\n"
                        "    end\n"
                        "  end\n\n"
                        "  def down\n"
                        "    # nothing reads the column yet\n"
                        "  end\n",
                        SL_STR_ARG(table), SL_STR_ARG(ruby_string(target->key.items[0].name, run)), target->batch_rows,
                        quiet, SL_STR_ARG(ruby_string(words->when, run)), SL_STR_ARG(ruby_string(target->event, run)),
                        SL_STR_ARG(ruby_string(update_all(target, words, run), run)));
    add_migration(target, run, step, class_name("Backfill", "Of", target, run), false, body);
    if (target->dialect == SL_DIALECT_MYSQL)
        step->notes.len = target->sources.len - 1; /* those of the procedure do not hold for update_all */
    sl_plan_add_note(run, step, "update_all skips Rails' own timestamps, callbacks and validations%s.",
                     target->keep == SL_KEEP_NOTHING ? ", and nothing in the database moves the row-touch column"
                     : target->keep == SL_KEEP_SELF_ASSIGN
                         ? ", but not ON UPDATE: hence the assignment to itself"
                         : ", but not the database's trigger: hence the line before it");
}

/* What add_column and add_index say of themselves. On MySQL add_column has no word for ALGORITHM: there it stays SQL,
 * which is refused rather than let the table be copied. */
static sl_str add_body(const struct sl_plan_target *target, const struct sl_plan_step *step, struct sl_arena *run)
{
    if (target->dialect == SL_DIALECT_MYSQL)
        return up_and_down(step, run);
    sl_str table = ruby_table(target, run);
    sl_str column = ruby_name(target->event, run);
    return sl_arena_printf(
        run,
        "  def up\n"
        "%s"
        "    add_column %.*s, %.*s, %.*s\n"
        "  end\n\n"
        "  def down\n"
        "    remove_column %.*s, %.*s\n"
        "  end\n",
        target->dialect == SL_DIALECT_POSTGRES ? "    connection.execute \"SET LOCAL lock_timeout = '2s'\"\n" : "",
        SL_STR_ARG(table), SL_STR_ARG(column), SL_STR_ARG(ruby_type(target, run)), SL_STR_ARG(table),
        SL_STR_ARG(column));
}

static sl_str index_body(const struct sl_plan_target *target, const struct sl_plan_words *words,
                         const struct sl_plan_step *step, struct sl_arena *run)
{
    if (target->dialect == SL_DIALECT_MYSQL || target->is_partitioned)
        return up_and_down(step, run);
    const char *algorithm = target->dialect == SL_DIALECT_POSTGRES ? ", algorithm: :concurrently" : "";
    sl_str where = ruby_string(sl_arena_printf(run, "%.*s IS NOT NULL", SL_STR_ARG(words->event)), run);
    return sl_arena_printf(run, "  def change\n    add_index %.*s, %.*s, name: %.*s, where: %.*s%s\n  end\n",
                           SL_STR_ARG(ruby_table(target, run)), SL_STR_ARG(ruby_name(target->event, run)),
                           SL_STR_ARG(ruby_string(words->index_plain, run)), SL_STR_ARG(where), algorithm);
}

/* in_batches goes by one column, and nothing but update_all runs: no guard to set, no trigger to drop. */
static bool goes_in_batches(const struct sl_plan_target *target)
{
    return target->key.len == 1 && target->keep != SL_KEEP_GUARD && target->keep != SL_KEEP_TRIGGER_OFF;
}

void sl_plan_add_rails(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                       struct sl_plan_step *step)
{
    if (step->blocks.len == 0)
        return;
    if (strcmp(step->id, "add") == 0)
        add_migration(target, run, step, class_name("Add", "To", target, run), target->dialect == SL_DIALECT_POSTGRES,
                      add_body(target, step, run));
    else if (strcmp(step->id, "index") == 0)
        add_migration(target, run, step, class_name("Index", "Of", target, run), false,
                      index_body(target, words, step, run));
    else if (strcmp(step->id, "fill") == 0 && target->wants_trigger) {
        add_migration(target, run, step, class_name("Guard", "Of", target, run), true, up_and_down(step, run));
        sl_plan_add_note(run, step,
                         "db/schema.rb cannot hold a trigger: config.active_record.schema_format = :sql can.");
    } else if (strcmp(step->id, "backfill") == 0) {
        if (goes_in_batches(target))
            add_batches(target, words, run, step);
        else if (target->dialect != SL_DIALECT_SQLITE)
            add_migration(target, run, step, class_name("Backfill", "Of", target, run), false, up_and_down(step, run));
    } else if (strcmp(step->id, "clean_up") == 0 && goes_in_batches(target)) {
        step->blocks.len = 0; /* there is no table of the progress */
    }
}
