#include "plan/rails.h"

#include "base/buf.h"
#include "plan/quote.h"

/* entries, drawed_at → EntriesDrawedAt: letters and digits only, as a Ruby constant must be. */
static sl_str class_name(const char *prefix, const struct sl_plan_target *target, struct sl_arena *run)
{
    struct sl_buf name = {0};
    const sl_str parts[] = {target->table, target->event};
    sl_buf_add(&name, sl_str_from(prefix));
    for (size_t p = 0; p < 2; p++) {
        bool is_start = true;
        for (size_t i = 0; i < parts[p].len; i++) {
            char c = parts[p].ptr[i];
            bool is_plain = sl_is_alpha(c) || sl_is_digit(c);
            if (is_plain)
                sl_buf_add_byte(&name, is_start && c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
            is_start = !is_plain;
        }
    }
    sl_str result = sl_arena_copy(run, sl_buf_str(&name));
    sl_buf_release(&name);
    return result;
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

/* The step's statements, each an execute with a heredoc that Ruby takes as it stands. */
static sl_str executes(const struct sl_plan_step *step, struct sl_arena *run)
{
    struct sl_buf out = {0};
    for (size_t i = 0; i < step->blocks.len; i++) {
        const struct sl_plan_block *block = &step->blocks.items[i];
        if (block->kind != SL_BLOCK_SQL && block->kind != SL_BLOCK_ROUTINE)
            continue;
        sl_buf_add_printf(&out, "    execute <<~'STAMPLINT_SQL'\n%.*s    STAMPLINT_SQL\n",
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
        sl_buf_add_printf(&out, "    execute %.*s\n", SL_STR_ARG(ruby_string(step->undo.items[i], run)));
    if (!step->undo.len)
        sl_buf_add(&out, SL_STR("    # nothing reads the column yet\n"));
    sl_str result = sl_arena_copy(run, sl_buf_str(&out));
    sl_buf_release(&out);
    return result;
}

static void add_migration(struct sl_arena *run, struct sl_plan_step *step, sl_str name, bool in_transaction,
                          sl_str body)
{
    sl_plan_add_block(run, step, SL_BLOCK_RUBY, "",
                      "class %.*s < ActiveRecord::Migration[7.0]\n"
                      "%s"
                      "%.*s"
                      "end",
                      SL_STR_ARG(name), in_transaction ? "" : "  disable_ddl_transaction!\n\n", SL_STR_ARG(body));
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
    sl_str table = target->schema.len
                       ? sl_arena_printf(run, "%.*s.%.*s", SL_STR_ARG(target->schema), SL_STR_ARG(target->table))
                       : target->table;
    sl_str body = sl_arena_printf(
        run,
        "  class Row < ActiveRecord::Base\n"
        "    self.table_name = %.*s\n"
        "    self.primary_key = %.*s\n"
        "    self.inheritance_column = nil\n"
        "  end\n\n"
        "  def up\n"
        "    Row.in_batches(of: %u) do |batch|\n"
        "      Row.transaction do\n"
        "%s"
        "        batch.where(%.*s).where(%.*s => nil)\n"
        "             .update_all(%.*s)\n"
        "      end\n"
        "      sleep 0.05\n"
        "    end\n"
        "  end\n\n"
        "  def down\n"
        "    # nothing reads the column yet\n"
        "  end\n",
        SL_STR_ARG(ruby_string(table, run)), SL_STR_ARG(ruby_string(target->key.items[0].name, run)),
        target->batch_rows, quiet, SL_STR_ARG(ruby_string(words->when, run)),
        SL_STR_ARG(ruby_string(target->event, run)), SL_STR_ARG(ruby_string(update_all(target, words, run), run)));
    add_migration(run, step, class_name("Backfill", target, run), false, body);
    sl_plan_add_note(run, step, "update_all skips Rails' own timestamps, callbacks and validations%s.",
                     target->keep == SL_KEEP_NOTHING ? ", and nothing in the database moves the row-touch column"
                     : target->keep == SL_KEEP_SELF_ASSIGN
                         ? ", but not ON UPDATE: hence the assignment to itself"
                         : ", but not the database's trigger: hence the line before it");
}

void sl_plan_add_rails(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                       struct sl_plan_step *step)
{
    if (step->blocks.len == 0)
        return;
    if (strcmp(step->id, "add") == 0)
        add_migration(run, step, class_name("Add", target, run), target->dialect == SL_DIALECT_POSTGRES,
                      up_and_down(step, run));
    else if (strcmp(step->id, "index") == 0)
        add_migration(run, step, class_name("Index", target, run), false, up_and_down(step, run));
    else if (strcmp(step->id, "fill") == 0 && target->wants_trigger)
        add_migration(run, step, class_name("Guard", target, run), true, up_and_down(step, run));
    else if (strcmp(step->id, "backfill") == 0) {
        bool is_simple = target->key.len == 1 && target->keep != SL_KEEP_GUARD && target->keep != SL_KEEP_TRIGGER_OFF;
        if (is_simple)
            add_batches(target, words, run, step);
        else if (target->dialect != SL_DIALECT_SQLITE)
            add_migration(run, step, class_name("Backfill", target, run), false, up_and_down(step, run));
    }
}
