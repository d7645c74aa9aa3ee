#include "plan/form.h"

#include "plan/quote.h"

#define PAUSE_SECONDS "0.05"

static bool is_before(const struct sl_plan_target *target, uint32_t version)
{
    return target->version.is_known && target->version.number < version;
}

static void add_column(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                       struct sl_plan_step *step)
{
    sl_plan_add_block(
        run, step, SL_BLOCK_SQL,
        "while the ALTER waits for open transactions, writers wait behind it: at most 2 s, then it gives up",
        "SET lock_timeout = '2s'");
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "nullable and without a default: the catalog changes, no row does",
                      "ALTER TABLE %.*s ADD COLUMN %.*s %.*s", SL_STR_ARG(words->table), SL_STR_ARG(words->event),
                      SL_STR_ARG(target->event_type));
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "RESET lock_timeout");
    sl_plan_add_note(run, step, "If it gives up, nothing has changed: run it again.");
    sl_plan_add_undo(run, step, "ALTER TABLE %.*s DROP COLUMN %.*s", SL_STR_ARG(words->table),
                     SL_STR_ARG(words->event));
}

/* NEW is in the state and OLD was not: IS NOT TRUE, for a state may be NULL. */
static void guard(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                  struct sl_plan_step *step)
{
    sl_str is_new = sl_when_prefixed(&target->when, "NEW.", &target->columns, target->dialect, run);
    sl_str was = sl_when_prefixed(&target->when, "OLD.", &target->columns, target->dialect, run);
    sl_str function = sl_plan_quote_qualified(
        target->dialect, target->schema, sl_plan_joined_name(target->table, target->event, SL_STR("once"), run), run);
    sl_str e = words->event;
    sl_plan_add_block(run, step, SL_BLOCK_ROUTINE, "option: a trigger that writes the time once and never again",
                      "CREATE FUNCTION %.*s() RETURNS trigger LANGUAGE plpgsql AS $stamplint$\n"
                      "BEGIN\n"
                      "    IF TG_OP = 'UPDATE' THEN\n"
                      "        IF OLD.%.*s IS NOT NULL THEN\n"
                      "            NEW.%.*s := OLD.%.*s;\n"
                      "        ELSIF NEW.%.*s IS NULL AND (%.*s) AND (%.*s) IS NOT TRUE THEN\n"
                      "            NEW.%.*s := %.*s;\n"
                      "        END IF;\n"
                      "    ELSIF NEW.%.*s IS NULL AND (%.*s) THEN\n"
                      "        NEW.%.*s := %.*s;\n"
                      "    END IF;\n"
                      "    RETURN NEW;\n"
                      "END\n"
                      "$stamplint$",
                      SL_STR_ARG(function), SL_STR_ARG(e), SL_STR_ARG(e), SL_STR_ARG(e), SL_STR_ARG(e),
                      SL_STR_ARG(is_new), SL_STR_ARG(was), SL_STR_ARG(e), SL_STR_ARG(words->now), SL_STR_ARG(e),
                      SL_STR_ARG(is_new), SL_STR_ARG(e), SL_STR_ARG(words->now));
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "SET lock_timeout = '2s'");
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "",
                      "CREATE TRIGGER %.*s BEFORE INSERT OR UPDATE ON %.*s\n"
                      "    FOR EACH ROW EXECUTE %s %.*s()",
                      SL_STR_ARG(words->guard), SL_STR_ARG(words->table),
                      is_before(target, 110000) ? "PROCEDURE" : "FUNCTION", SL_STR_ARG(function));
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "RESET lock_timeout");
    sl_plan_add_undo(run, step, "DROP TRIGGER %.*s ON %.*s", SL_STR_ARG(words->guard), SL_STR_ARG(words->table));
    sl_plan_add_undo(run, step, "DROP FUNCTION %.*s()", SL_STR_ARG(function));
}

static void add_progress(const struct sl_plan_target *target, const struct sl_plan_words *words, bool has_done,
                         struct sl_arena *run, struct sl_plan_step *step)
{
    sl_str key = sl_plan_key_list(target, "", run);
    sl_plan_add_block(run, step, SL_BLOCK_SQL,
                      "how far it came: one row, so that a killed run goes on where it stopped",
                      "CREATE TABLE IF NOT EXISTS %.*s AS\n"
                      "SELECT true AS stamplint_only, 0::bigint AS stamplint_rows%s, %.*s FROM %.*s WITH NO DATA",
                      SL_STR_ARG(words->progress), has_done ? ", false AS stamplint_is_done" : "", SL_STR_ARG(key),
                      SL_STR_ARG(words->table));
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "",
                      "INSERT INTO %.*s\n"
                      "SELECT * FROM (SELECT true, 0%s, %.*s FROM %.*s ORDER BY %.*s LIMIT 1) AS first_row\n"
                      "WHERE NOT EXISTS (SELECT 1 FROM %.*s)",
                      SL_STR_ARG(words->progress), has_done ? ", false" : "", SL_STR_ARG(key), SL_STR_ARG(words->table),
                      SL_STR_ARG(key), SL_STR_ARG(words->progress));
}

/* stamplint_low.a, stamplint_low.b: the key's columns of a plpgsql record. */
static sl_str bound(const struct sl_plan_target *target, const char *operator, const char * record,
                    struct sl_arena *run)
{
    sl_str names = sl_plan_key_list(target, "t.", run);
    sl_str values = sl_plan_key_list(target, record, run);
    return target->key.len == 1
               ? sl_arena_printf(run, "%.*s %s %.*s", SL_STR_ARG(names), operator, SL_STR_ARG(values))
               : sl_arena_printf(run, "(%.*s) %s (%.*s)", SL_STR_ARG(names), operator, SL_STR_ARG(values));
}

static sl_str progress_assignments(const struct sl_plan_target *target, struct sl_arena *run)
{
    sl_str list = SL_STR_EMPTY;
    for (size_t i = 0; i < target->key.len; i++) {
        sl_str name = sl_plan_quote_name(target->dialect, target->key.items[i].name, run);
        list = sl_arena_printf(run, "%.*s, %.*s = stamplint_high.%.*s", SL_STR_ARG(list), SL_STR_ARG(name),
                               SL_STR_ARG(name));
    }
    return list;
}

/* The statement of one batch: rows are locked in the order of the key; it counts the rows whose touch moved. */
static sl_str batch_statement(const struct sl_plan_target *target, const struct sl_plan_words *words,
                              struct sl_arena *run)
{
    bool has_touch = words->touch.len > 0;
    sl_str touch_out =
        has_touch ? sl_arena_printf(run, ", t.%.*s AS stamplint_touch", SL_STR_ARG(words->touch)) : SL_STR_EMPTY;
    sl_str moved = has_touch
                       ? sl_arena_printf(run, "t.%.*s IS DISTINCT FROM b.stamplint_touch", SL_STR_ARG(words->touch))
                       : SL_STR("false");
    return sl_arena_printf(
        run,
        "        WITH b AS (\n"
        "            SELECT %.*s, %.*s AS stamplint_event%.*s\n"
        "            FROM %.*s AS t\n"
        "            WHERE %.*s\n"
        "              AND %.*s\n"
        "              AND (%.*s) AND t.%.*s IS NULL\n"
        "            ORDER BY %.*s\n"
        "            FOR UPDATE OF t\n"
        "        ), filled AS (\n"
        "            UPDATE %.*s AS t SET %.*s = b.stamplint_event FROM b\n"
        "            WHERE %.*s AND b.stamplint_event IS NOT NULL\n"
        "            RETURNING %.*s AS is_moved\n"
        "        )\n"
        "        SELECT count(*), count(*) FILTER (WHERE is_moved) INTO stamplint_n, stamplint_moved FROM filled;\n",
        SL_STR_ARG(sl_plan_key_list(target, "t.", run)), SL_STR_ARG(words->source), SL_STR_ARG(touch_out),
        SL_STR_ARG(words->table), SL_STR_ARG(bound(target, ">=", "stamplint_low.", run)),
        SL_STR_ARG(bound(target, "<=", "stamplint_high.", run)), SL_STR_ARG(words->when_t), SL_STR_ARG(words->event),
        SL_STR_ARG(sl_plan_key_list(target, "t.", run)), SL_STR_ARG(words->table), SL_STR_ARG(words->event),
        SL_STR_ARG(sl_plan_key_equal(target, "t.", "b.", run)), SL_STR_ARG(moved));
}

static void add_keep_notes(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                           struct sl_plan_step *step)
{
    if (target->keep != SL_KEEP_REPLICA_ROLE)
        return;
    const char *trigger = target->triggers.len ? "" : "name";
    sl_str name =
        target->triggers.len ? sl_plan_quote_name(target->dialect, target->triggers.items[0].name, run) : SL_STR_EMPTY;
    sl_plan_add_note(
        run, step,
        "A trigger moves %.*s on every UPDATE. session_replication_role = replica silences triggers for the batch's "
        "own transaction only (foreign keys too, but the batch writes none; a trigger made ENABLE ALWAYS fires, and "
        "then the batch undoes itself). It needs a superuser or, from PostgreSQL 15 on, GRANT SET ON PARAMETER "
        "session_replication_role.",
        SL_STR_ARG(words->touch));
    sl_plan_add_note(
        run, step,
        "Without that right: make the trigger %.*s%s again with WHEN (current_setting('stamplint.keep_touch', true) IS "
        "DISTINCT FROM 'on'), which the batches set, and take the line with session_replication_role out. DISABLE "
        "TRIGGER is no way: it silences the trigger for the application's writes as well.",
        SL_STR_ARG(name), trigger);
}

static void backfill(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                     struct sl_plan_step *step)
{
    sl_str key = sl_plan_key_list(target, "b.", run);
    bool is_old = is_before(target, 110000); /* no COMMIT inside DO: each run is one batch */
    sl_str batch = sl_arena_printf(run, "stamplint_high.stamplint_keys <= %u", target->batch_rows);
    sl_str done = is_old ? sl_arena_printf(run, ", stamplint_is_done = %.*s", SL_STR_ARG(batch)) : SL_STR_EMPTY;
    sl_str tail = is_old ? SL_STR("        EXIT;\n")
                         : sl_arena_printf(run,
                                           "        COMMIT;\n"
                                           "        EXIT WHEN %.*s;\n"
                                           "        PERFORM pg_sleep(" PAUSE_SECONDS ");\n",
                                           SL_STR_ARG(batch));
    add_progress(target, words, is_old, run, step);
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "the block below is one statement, however long it runs",
                      "SET statement_timeout = 0");
    sl_plan_add_block(
        run, step, SL_BLOCK_ROUTINE,
        is_old ? "one batch: repeat it until stamplint_is_done is true"
               : "the backfill: run it outside a transaction block; run it again after a stop",
        "DO $stamplint$\n"
        "#variable_conflict use_column\n"
        "DECLARE\n"
        "    stamplint_low record;\n"
        "    stamplint_high record;\n"
        "    stamplint_n bigint;\n"
        "    stamplint_moved bigint;\n"
        "BEGIN\n"
        "    LOOP\n"
        "        PERFORM set_config('lock_timeout', '2s', true), set_config('stamplint.keep_touch', 'on', true);\n"
        "%s"
        "        SELECT * INTO stamplint_low FROM %.*s FOR UPDATE;\n"
        "        EXIT WHEN NOT FOUND;\n"
        "        SELECT %.*s, count(*) OVER () AS stamplint_keys INTO stamplint_high FROM (\n"
        "            SELECT %.*s FROM %.*s AS t WHERE %.*s\n"
        "            ORDER BY %.*s LIMIT %u\n"
        "        ) AS b ORDER BY %.*s LIMIT 1;\n"
        "        EXIT WHEN NOT FOUND;\n"
        "%.*s"
        "        IF stamplint_moved > 0 THEN\n"
        "            RAISE EXCEPTION '%% rows moved their row-touch time: this batch is undone', stamplint_moved;\n"
        "        END IF;\n"
        "        UPDATE %.*s SET stamplint_rows = stamplint_rows + stamplint_n%.*s%.*s;\n"
        "%.*s"
        "    END LOOP;\n"
        "END\n"
        "$stamplint$",
        target->keep == SL_KEEP_REPLICA_ROLE
            ? "        PERFORM set_config('session_replication_role', 'replica', true);\n"
            : "",
        SL_STR_ARG(words->progress), SL_STR_ARG(key), SL_STR_ARG(sl_plan_key_list(target, "t.", run)),
        SL_STR_ARG(words->table), SL_STR_ARG(bound(target, ">=", "stamplint_low.", run)),
        SL_STR_ARG(sl_plan_key_list(target, "t.", run)), target->batch_rows + 1,
        SL_STR_ARG(sl_plan_key_list_down(target, "b.", run)), SL_STR_ARG(batch_statement(target, words, run)),
        SL_STR_ARG(words->progress), SL_STR_ARG(progress_assignments(target, run)), SL_STR_ARG(done), SL_STR_ARG(tail));
    add_keep_notes(target, words, run, step);
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "RESET statement_timeout");
    if (is_old)
        sl_plan_add_block(run, step, SL_BLOCK_SHELL, "the loop, with the block in batch.sql",
                          "until [ \"$(psql -XqAt -f batch.sql -c 'SELECT stamplint_is_done FROM %.*s')\" = t ]; do "
                          "sleep " PAUSE_SECONDS "; done",
                          SL_STR_ARG(words->progress));
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "the row versions left behind, and statistics of the new column",
                      "VACUUM (ANALYZE) %.*s", SL_STR_ARG(words->table));
}

/* "app." of app.entries_1: an index lives in the schema of its table. Dots inside quotes are part of a name. */
static sl_str schema_prefix(sl_str written)
{
    size_t end = 0;
    bool in_quotes = false;
    for (size_t i = 0; i < written.len; i++) {
        in_quotes ^= written.ptr[i] == '"';
        if (written.ptr[i] == '.' && !in_quotes)
            end = i + 1;
    }
    return sl_str_slice(written, 0, end);
}

/* Each index is attached to that of the partition's parent; `names` has those of the partitions before it. */
static void index_partition(const struct sl_plan_target *target, const struct sl_plan_words *words, size_t at,
                            sl_str qualified, sl_str *names, struct sl_arena *run, struct sl_plan_step *step)
{
    const struct sl_plan_partition *partition = &target->partitions.items[at];
    sl_str number = sl_arena_printf(run, "%zu_idx", at + 1);
    sl_str name =
        sl_plan_quote_name(target->dialect, sl_plan_joined_name(target->table, target->event, number, run), run);
    names[at] = sl_arena_printf(run, "%.*s%.*s", SL_STR_ARG(schema_prefix(partition->written)), SL_STR_ARG(name));
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "CREATE INDEX %s%.*s ON %s%.*s (%.*s) WHERE %.*s IS NOT NULL",
                      partition->is_partitioned ? "" : "CONCURRENTLY ", SL_STR_ARG(name),
                      partition->is_partitioned ? "ONLY " : "", SL_STR_ARG(partition->written),
                      SL_STR_ARG(words->event), SL_STR_ARG(words->event));
    sl_str parent = qualified;
    for (size_t i = 0; i < at; i++) {
        if (sl_str_eq_nocase(target->partitions.items[i].name, partition->parent))
            parent = names[i];
    }
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "ALTER INDEX %.*s ATTACH PARTITION %.*s", SL_STR_ARG(parent),
                      SL_STR_ARG(names[at]));
}

static void index_partitions(const struct sl_plan_target *target, const struct sl_plan_words *words, sl_str qualified,
                             struct sl_arena *run, struct sl_plan_step *step)
{
    sl_str *names = SL_NEW_ARRAY(run, target->partitions.len, sl_str);
    sl_plan_add_block(run, step, SL_BLOCK_SQL,
                      "a partitioned table cannot be indexed CONCURRENTLY: first the empty parent index",
                      "CREATE INDEX %.*s ON ONLY %.*s (%.*s) WHERE %.*s IS NOT NULL", SL_STR_ARG(words->index),
                      SL_STR_ARG(words->table), SL_STR_ARG(words->event), SL_STR_ARG(words->event));
    for (size_t i = 0; i < target->partitions.len; i++)
        index_partition(target, words, i, qualified, names, run, step);
    sl_plan_add_note(run, step,
                     target->partitions.len
                         ? "The parent index is valid once each partition's index is attached; partitions made outside "
                           "of what was read here need theirs too."
                         : "No partition was read here: build one index CONCURRENTLY on each and ATTACH it. Until then "
                           "the parent index is not valid, and no query uses it.");
}

static void build_index(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                        struct sl_plan_step *step)
{
    sl_str qualified = words->index;
    if (target->schema.len)
        qualified =
            sl_arena_printf(run, "%.*s.%.*s", SL_STR_ARG(sl_plan_quote_name(target->dialect, target->schema, run)),
                            SL_STR_ARG(words->index));
    if (target->is_partitioned) {
        index_partitions(target, words, qualified, run, step);
        sl_plan_add_undo(run, step, "DROP INDEX %.*s", SL_STR_ARG(qualified));
        return;
    }
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "outside a transaction block; old rows without the event stay out of it",
                      "CREATE INDEX CONCURRENTLY %.*s ON %.*s (%.*s) WHERE %.*s IS NOT NULL", SL_STR_ARG(words->index),
                      SL_STR_ARG(words->table), SL_STR_ARG(words->event), SL_STR_ARG(words->event));
    sl_plan_add_note(run, step, "If it fails, an INVALID index is left: DROP INDEX CONCURRENTLY it and build again.");
    sl_plan_add_undo(run, step, "DROP INDEX CONCURRENTLY %.*s", SL_STR_ARG(qualified));
}

static void clean_up(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                     struct sl_plan_step *step)
{
    (void)target;
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "DROP TABLE IF EXISTS %.*s", SL_STR_ARG(words->progress));
}

const struct sl_plan_form sl_plan_form_postgres = {
    .add_column = add_column, .guard = guard, .backfill = backfill, .index = build_index, .clean_up = clean_up};
