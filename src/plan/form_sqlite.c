#include "plan/form.h"

#include "plan/quote.h"

static void add_column(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                       struct sl_plan_step *step)
{
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "nullable and without a default: only the schema's text changes",
                      "ALTER TABLE %.*s ADD COLUMN %.*s %.*s", SL_STR_ARG(words->table), SL_STR_ARG(words->event),
                      SL_STR_ARG(target->event_type));
    sl_plan_add_note(run, step,
                     "SQLite has one writer at a time: PRAGMA busy_timeout = 5000 lets the application wait for it.");
    sl_plan_add_undo(run, step, "ALTER TABLE %.*s DROP COLUMN %.*s", SL_STR_ARG(words->table),
                     SL_STR_ARG(words->event));
}

/* SQLite cannot change NEW: a second UPDATE writes the time, only where it is missing. */
static void guard(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                  struct sl_plan_step *step)
{
    sl_str is_new = sl_when_prefixed(&target->when, "NEW.", &target->columns, target->dialect, run);
    sl_str was = sl_when_prefixed(&target->when, "OLD.", &target->columns, target->dialect, run);
    sl_str stem = sl_plan_joined_name(target->table, target->event, SL_STR("once"), run);
    static const char *const events[] = {"insert", "update"};
    for (size_t i = 0; i < 2; i++) {
        sl_str name = sl_plan_quote_name(target->dialect,
                                         sl_plan_joined_name(stem, sl_str_from(events[i]), SL_STR_EMPTY, run), run);
        sl_str only_new = i ? sl_arena_printf(run, " AND (%.*s) IS NOT TRUE", SL_STR_ARG(was)) : SL_STR_EMPTY;
        sl_plan_add_block(run, step, SL_BLOCK_ROUTINE, i ? "" : "option: triggers that write the time once",
                          "CREATE TRIGGER %.*s AFTER %s ON %.*s\n"
                          "WHEN NEW.%.*s IS NULL AND (%.*s)%.*s\n"
                          "BEGIN\n"
                          "    UPDATE %.*s SET %.*s = %.*s WHERE %.*s;\n"
                          "END",
                          SL_STR_ARG(name), i ? "UPDATE" : "INSERT", SL_STR_ARG(words->table), SL_STR_ARG(words->event),
                          SL_STR_ARG(is_new), SL_STR_ARG(only_new), SL_STR_ARG(words->table), SL_STR_ARG(words->event),
                          SL_STR_ARG(words->now), SL_STR_ARG(sl_plan_key_equal(target, "", "NEW.", run)));
        sl_plan_add_undo(run, step, "DROP TRIGGER %.*s", SL_STR_ARG(name));
    }
}

/* The rows of the batch's end: the last of the next batch_rows + 1 from where the progress stands. */
static sl_str batch_end(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run)
{
    sl_str key = sl_plan_key_list(target, "", run);
    sl_str down = SL_STR_EMPTY;
    for (size_t i = 0; i < target->key.len; i++)
        down = sl_arena_printf(run, "%.*s%s%.*s DESC", SL_STR_ARG(down), i ? ", " : "",
                               SL_STR_ARG(sl_plan_quote_name(target->dialect, target->key.items[i].name, run)));
    return sl_arena_printf(run,
                           "(SELECT %.*s FROM (\n"
                           "    SELECT %.*s FROM %.*s WHERE (%.*s) >= (SELECT %.*s FROM %.*s)\n"
                           "    ORDER BY %.*s LIMIT %u) ORDER BY %.*s LIMIT 1)",
                           SL_STR_ARG(key), SL_STR_ARG(key), SL_STR_ARG(words->table), SL_STR_ARG(key), SL_STR_ARG(key),
                           SL_STR_ARG(words->progress), SL_STR_ARG(key), target->batch_rows + 1, SL_STR_ARG(down));
}

static void add_progress(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                         struct sl_plan_step *step)
{
    sl_str key = sl_plan_key_list(target, "", run);
    sl_plan_add_block(run, step, SL_BLOCK_SQL,
                      "how far it came: one row, so that a killed run goes on where it stopped",
                      "CREATE TABLE IF NOT EXISTS %.*s AS SELECT %.*s, 0 AS stamplint_done FROM %.*s LIMIT 0",
                      SL_STR_ARG(words->progress), SL_STR_ARG(key), SL_STR_ARG(words->table));
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "",
                      "INSERT INTO %.*s SELECT * FROM (SELECT %.*s, 0 FROM %.*s ORDER BY %.*s LIMIT 1)\n"
                      "WHERE NOT EXISTS (SELECT 1 FROM %.*s)",
                      SL_STR_ARG(words->progress), SL_STR_ARG(key), SL_STR_ARG(words->table), SL_STR_ARG(key),
                      SL_STR_ARG(words->progress));
}

static void add_triggers(const struct sl_plan_target *target, bool again, struct sl_arena *run,
                         struct sl_plan_step *step)
{
    for (size_t i = 0; target->keep == SL_KEEP_TRIGGER_OFF && i < target->triggers.len; i++) {
        const struct sl_plan_trigger *trigger = &target->triggers.items[i];
        if (again)
            sl_plan_add_block(run, step, SL_BLOCK_ROUTINE, "", "%.*s", SL_STR_ARG(trigger->text));
        else
            sl_plan_add_block(run, step, SL_BLOCK_SQL,
                              "off inside this transaction only; nobody else can write meanwhile", "DROP TRIGGER %.*s",
                              SL_STR_ARG(sl_plan_quote_name(target->dialect, trigger->name, run)));
    }
}

static void backfill(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                     struct sl_plan_step *step)
{
    sl_str key = sl_plan_key_list(target, "", run);
    sl_str key_t = sl_plan_key_list(target, "t.", run);
    add_progress(target, words, run, step);
    sl_plan_add_block(run, step, SL_BLOCK_SQL,
                      "one batch, from here to the last SELECT: repeat it until that answers 1", "BEGIN IMMEDIATE");
    add_triggers(target, false, run, step);
    sl_str end = batch_end(target, words, run);
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "",
                      "UPDATE %.*s AS t SET %.*s = %.*s\n"
                      "WHERE (%.*s) >= (SELECT %.*s FROM %.*s) AND (%.*s) <= %.*s\n"
                      "  AND (%.*s) AND t.%.*s IS NULL",
                      SL_STR_ARG(words->table), SL_STR_ARG(words->event), SL_STR_ARG(words->source), SL_STR_ARG(key_t),
                      SL_STR_ARG(key), SL_STR_ARG(words->progress), SL_STR_ARG(key_t), SL_STR_ARG(end),
                      SL_STR_ARG(words->when_t), SL_STR_ARG(words->event));
    sl_plan_add_block(
        run, step, SL_BLOCK_SQL, "",
        "UPDATE %.*s SET (%.*s, stamplint_done) = (\n"
        "    SELECT %.*s, (SELECT count(*) <= %u FROM (SELECT 1 FROM %.*s WHERE (%.*s) >= (SELECT %.*s FROM %.*s)\n"
        "        LIMIT %u)) FROM %.*s WHERE (%.*s) = %.*s)\n"
        "WHERE stamplint_done IN (0, 1)",
        SL_STR_ARG(words->progress), SL_STR_ARG(key), SL_STR_ARG(key), target->batch_rows, SL_STR_ARG(words->table),
        SL_STR_ARG(key), SL_STR_ARG(key), SL_STR_ARG(words->progress), target->batch_rows + 1, SL_STR_ARG(words->table),
        SL_STR_ARG(key), SL_STR_ARG(end));
    add_triggers(target, true, run, step);
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "COMMIT");
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "SELECT coalesce(max(stamplint_done), 1) FROM %.*s",
                      SL_STR_ARG(words->progress));
    sl_plan_add_block(run, step, SL_BLOCK_SHELL, "the loop, with the batch in batch.sql",
                      "until [ \"$(sqlite3 app.db < batch.sql)\" = 1 ]; do sleep 0.05; done");
    if (target->keep == SL_KEEP_TRIGGER_OFF && !target->triggers.len)
        sl_plan_add_note(
            run, step,
            "A trigger moves %.*s on every UPDATE and its text was not found here: drop it and make it again "
            "inside the batch's transaction.",
            SL_STR_ARG(words->touch));
}

static void build_index(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                        struct sl_plan_step *step)
{
    (void)target;
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "writers wait while it is built: seconds for millions of rows",
                      "CREATE INDEX %.*s ON %.*s (%.*s) WHERE %.*s IS NOT NULL", SL_STR_ARG(words->index),
                      SL_STR_ARG(words->table), SL_STR_ARG(words->event), SL_STR_ARG(words->event));
    sl_plan_add_undo(run, step, "DROP INDEX %.*s", SL_STR_ARG(words->index));
}

static void clean_up(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                     struct sl_plan_step *step)
{
    (void)target;
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "DROP TABLE IF EXISTS %.*s", SL_STR_ARG(words->progress));
}

const struct sl_plan_form sl_plan_form_sqlite = {
    .add_column = add_column, .guard = guard, .backfill = backfill, .index = build_index, .clean_up = clean_up};
