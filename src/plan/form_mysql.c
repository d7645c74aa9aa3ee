#include "plan/form.h"

#include "plan/quote.h"

#define PAUSE_SECONDS "0.05"

#define INPLACE ", ALGORITHM=INPLACE, LOCK=NONE"
#define INSTANT ", ALGORITHM=INSTANT"

/* What ALTER TABLE may ask for, by server: the first row that the server's version reaches. */
static const struct {
    bool is_mariadb;
    uint32_t since;
    const char *add_column, *drop_column, *add_index;
    const char *why; /* of the column */
} online[] = {
    {true, 100400, INSTANT, INSTANT, ", ALGORITHM=NOCOPY, LOCK=NONE",
     "MariaDB 10.3 and newer change only the metadata"},
    {true, 100302, INSTANT, INPLACE, ", ALGORITHM=NOCOPY, LOCK=NONE",
     "MariaDB 10.3 and newer change only the metadata"},
    {true, 100000, INPLACE, INPLACE, INPLACE,
     "MariaDB before 10.3 rebuilds the table beside the living one: writers go on, disk and replicas work"},
    {false, 80030, INSTANT, INSTANT, INPLACE, "only the metadata changes; INSTANT takes no LOCK clause in MySQL"},
    {false, 80029, INPLACE, INPLACE, INPLACE,
     "not INSTANT: MySQL 8.0.29 was withdrawn, for it could misread tables with columns added so"},
    {false, 80012, INSTANT, INPLACE, INPLACE, "only the metadata changes; INSTANT takes no LOCK clause in MySQL"},
    {false, 50600, INPLACE, INPLACE, INPLACE,
     "MySQL 5.6 to 8.0.11 rebuilds the table beside the living one: writers go on, disk and replicas work"},
};
static const size_t n_online = sizeof online / sizeof *online;

/* The row for the server; n_online: no online DDL. Of an unknown version the last: every server from MySQL 5.6 and
 * MariaDB 10.0 on accepts it. */
static size_t online_row(const struct sl_plan_target *target)
{
    if (!target->version.is_known)
        return n_online - 1;
    for (size_t i = 0; i < n_online; i++) {
        if (online[i].is_mariadb == target->version.is_mariadb && target->version.number >= online[i].since)
            return i;
    }
    return n_online;
}

/* What this table forbids, whatever the server: run on MariaDB 10.11, and as MySQL's manual 17.12.1 has it. */
static const char *add_clause(const struct sl_plan_target *target, size_t row, bool *is_online)
{
    *is_online = row < n_online && !target->has_fulltext && !target->is_myisam;
    if (!*is_online)
        return "";
    return target->is_compressed ? INPLACE : online[row].add_column;
}

static const char *add_label(const struct sl_plan_target *target, size_t row)
{
    if (target->is_myisam)
        return "a MyISAM table is copied, and blocks its writers: make it InnoDB first";
    if (target->has_fulltext)
        return "a table with a FULLTEXT index blocks its writers meanwhile: use a tool below";
    if (row == n_online)
        return "this server copies the table and blocks its writers: use a tool below";
    if (target->is_compressed)
        return "compressed rows: the table is rebuilt beside the living one, writers go on";
    return target->version.is_known ? online[row].why
                                    : "nullable and without a default; accepted since MySQL 5.6 and MariaDB 10.0";
}

/* A word of a shell's command, whatever it holds: in double quotes, a shell would run what stands in backticks. */
static sl_str shell_word(sl_str text, struct sl_arena *run)
{
    bool is_plain = true;
    for (size_t i = 0; i < text.len; i++)
        is_plain &= sl_is_word_char(text.ptr[i]) || (text.ptr[i] && strchr("-=,.", text.ptr[i]));
    if (is_plain)
        return text;
    sl_str word = SL_STR("'");
    for (size_t at = sl_str_find_byte(text, '\''); at != SIZE_MAX; at = sl_str_find_byte(text, '\'')) {
        word = sl_arena_printf(run, "%.*s%.*s'\\''", SL_STR_ARG(word), (int)at, text.ptr);
        text = sl_str_slice(text, at + 1, SIZE_MAX);
    }
    return sl_arena_printf(run, "%.*s%.*s'", SL_STR_ARG(word), SL_STR_ARG(text));
}

static void add_tool_notes(const struct sl_plan_target *target, sl_str change, sl_str schema, struct sl_arena *run,
                           struct sl_plan_step *step)
{
    sl_str alter = shell_word(change, run);
    sl_str dsn = sl_arena_printf(run, "D=%.*s,t=%.*s", SL_STR_ARG(schema), SL_STR_ARG(target->table));
    if (!target->version.is_mariadb)
        sl_plan_add_note(run, step,
                         "Instead, without a rebuild under the server's own DDL: gh-ost --database=%.*s --table=%.*s "
                         "--alter=%.*s --execute (row-based binary log; no foreign keys, no triggers on the table).",
                         SL_STR_ARG(shell_word(schema, run)), SL_STR_ARG(shell_word(target->table, run)),
                         SL_STR_ARG(alter));
    sl_plan_add_note(run, step,
                     "Instead, on any version: pt-online-schema-change %.*s --alter %.*s "
                     "--alter-foreign-keys-method=auto --preserve-triggers --execute.",
                     SL_STR_ARG(shell_word(dsn, run)), SL_STR_ARG(alter));
}

static void add_column(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                       struct sl_plan_step *step)
{
    size_t row = online_row(target);
    bool is_online;
    const char *clause = add_clause(target, row, &is_online);
    bool is_instant = strcmp(clause, INSTANT) == 0;
    sl_str schema = target->schema.len ? target->schema : SL_STR("DATABASE");
    sl_str change = sl_arena_printf(run, "ADD COLUMN %.*s %.*s NULL DEFAULT NULL", SL_STR_ARG(words->event),
                                    SL_STR_ARG(target->event_type));
    sl_plan_add_block(run, step, SL_BLOCK_SQL,
                      "while the ALTER waits for open transactions, writers wait behind it: "
                      "at most 2 s, then it gives up",
                      "SET SESSION lock_wait_timeout = 2");
    sl_plan_add_block(run, step, SL_BLOCK_SQL, add_label(target, row), "ALTER TABLE %.*s %.*s%s",
                      SL_STR_ARG(words->table), SL_STR_ARG(change), clause);
    if (!target->version.is_known)
        sl_plan_add_note(run, step,
                         "--server-version says whether the server can do it INSTANT (MySQL 8.0.12, MariaDB 10.3).");
    if (is_instant && !target->version.is_mariadb && target->version.number >= 80030)
        sl_plan_add_note(run, step,
                         "Refused after 64 instant changes of the table (TOTAL_ROW_VERSIONS in INNODB_TABLES): then "
                         "ALGORITHM=INPLACE, LOCK=NONE.");
    if (!is_instant)
        add_tool_notes(target, change, schema, run, step);
    sl_plan_add_undo(run, step, "ALTER TABLE %.*s DROP COLUMN %.*s%s", SL_STR_ARG(words->table),
                     SL_STR_ARG(words->event),
                     !is_online              ? ""
                     : target->is_compressed ? INPLACE
                                             : online[row].drop_column);
}

static void guard(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                  struct sl_plan_step *step)
{
    sl_str is_new = sl_when_prefixed(&target->when, "NEW.", &target->columns, target->dialect, run);
    sl_str was = sl_when_prefixed(&target->when, "OLD.", &target->columns, target->dialect, run);
    sl_str stem = sl_plan_joined_name(target->table, target->event, SL_STR("once"), run);
    sl_str on_insert = sl_plan_quote_qualified(target->dialect, target->schema,
                                               sl_plan_joined_name(stem, SL_STR("insert"), SL_STR_EMPTY, run), run);
    sl_str on_update = sl_plan_quote_qualified(target->dialect, target->schema,
                                               sl_plan_joined_name(stem, SL_STR("update"), SL_STR_EMPTY, run), run);
    sl_str e = words->event;
    sl_plan_add_block(run, step, SL_BLOCK_ROUTINE, "option: triggers that write the time once and never again",
                      "CREATE TRIGGER %.*s BEFORE UPDATE ON %.*s FOR EACH ROW\n"
                      "SET NEW.%.*s = CASE WHEN OLD.%.*s IS NOT NULL THEN OLD.%.*s\n"
                      "    WHEN NEW.%.*s IS NULL AND (%.*s) AND (%.*s) IS NOT TRUE THEN %.*s\n"
                      "    ELSE NEW.%.*s END",
                      SL_STR_ARG(on_update), SL_STR_ARG(words->table), SL_STR_ARG(e), SL_STR_ARG(e), SL_STR_ARG(e),
                      SL_STR_ARG(e), SL_STR_ARG(is_new), SL_STR_ARG(was), SL_STR_ARG(words->now), SL_STR_ARG(e));
    sl_plan_add_block(run, step, SL_BLOCK_ROUTINE, "",
                      "CREATE TRIGGER %.*s BEFORE INSERT ON %.*s FOR EACH ROW\n"
                      "SET NEW.%.*s = CASE WHEN NEW.%.*s IS NULL AND (%.*s) THEN %.*s ELSE NEW.%.*s END",
                      SL_STR_ARG(on_insert), SL_STR_ARG(words->table), SL_STR_ARG(e), SL_STR_ARG(e), SL_STR_ARG(is_new),
                      SL_STR_ARG(words->now), SL_STR_ARG(e));
    sl_plan_add_undo(run, step, "DROP TRIGGER %.*s", SL_STR_ARG(on_update));
    sl_plan_add_undo(run, step, "DROP TRIGGER %.*s", SL_STR_ARG(on_insert));
}

/* BEFORE UPDATE ON t FOR EACH ROW <body>, guarded: <body> runs only where the session has not asked to keep the time.
 */
static sl_str guarded_trigger(const struct sl_plan_trigger *trigger, struct sl_arena *run)
{
    size_t at = sl_str_find_nocase(trigger->text, SL_STR("FOR EACH ROW"));
    if (at == SIZE_MAX)
        return SL_STR_EMPTY;
    at += sizeof "FOR EACH ROW" - 1;
    sl_str body = sl_str_trim(sl_str_slice(trigger->text, at, SIZE_MAX));
    while (body.len && body.ptr[body.len - 1] == ';')
        body = sl_str_trim(sl_str_slice(body, 0, body.len - 1));
    return sl_arena_printf(run,
                           "%.*s\n"
                           "stamplint_guard: BEGIN\n"
                           "    IF @stamplint_keep_touch IS NOT NULL THEN\n"
                           "        LEAVE stamplint_guard;\n"
                           "    END IF;\n"
                           "    %.*s;\n"
                           "END",
                           (int)at, trigger->text.ptr, SL_STR_ARG(body));
}

static void add_keep(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                     struct sl_plan_step *step)
{
    if (target->keep != SL_KEEP_GUARD)
        return;
    for (size_t i = 0; i < target->triggers.len; i++) {
        const struct sl_plan_trigger *trigger = &target->triggers.items[i];
        sl_str guarded = guarded_trigger(trigger, run);
        if (!guarded.len)
            continue;
        sl_str name = sl_plan_quote_qualified(target->dialect, target->schema, trigger->name, run);
        sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "SET SESSION lock_wait_timeout = 2");
        sl_plan_add_block(run, step, SL_BLOCK_SQL,
                          "under this lock, no write passes between the old trigger and the guarded one",
                          "LOCK TABLES %.*s WRITE", SL_STR_ARG(words->table));
        sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "DROP TRIGGER %.*s", SL_STR_ARG(name));
        sl_plan_add_block(run, step, SL_BLOCK_ROUTINE,
                          "the same trigger, quiet for a session that sets @stamplint_keep_touch", "%.*s",
                          SL_STR_ARG(guarded));
        sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "UNLOCK TABLES");
    }
    sl_plan_add_note(
        run, step,
        "A trigger moves %.*s on every UPDATE, and SET %.*s = %.*s does not stop it. MySQL has no switch for one "
        "session's triggers, hence the guard.%s",
        SL_STR_ARG(words->touch), SL_STR_ARG(words->touch), SL_STR_ARG(words->touch),
        target->triggers.len ? "" : " Its text was not found here: guard it by hand before the backfill.");
}

/* "`id` bigint unsigned NOT NULL, …". Empty where a column is text: only a copy of it has its collation. */
static sl_str key_definitions(const struct sl_plan_target *target, struct sl_arena *run)
{
    sl_str list = SL_STR_EMPTY;
    for (size_t i = 0; i < target->key.len; i++) {
        const struct sl_plan_column *column = &target->key.items[i];
        bool has_type =
            sl_str_eq(column->type_class, SL_STR("integer")) || sl_str_eq(column->type_class, SL_STR("number")) ||
            sl_str_eq(column->type_class, SL_STR("time")) || sl_str_has_prefix_nocase(column->type, SL_STR("binary("));
        if (!has_type)
            return SL_STR_EMPTY;
        list = sl_arena_printf(run, "%.*s,\n    %.*s %.*s NOT NULL", SL_STR_ARG(list),
                               SL_STR_ARG(sl_plan_quote_name(target->dialect, column->name, run)),
                               SL_STR_ARG(column->type));
    }
    return list;
}

static void add_progress(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                         struct sl_plan_step *step)
{
    sl_str key = sl_plan_key_list(target, "", run);
    sl_str definitions = key_definitions(target, run);
    sl_str copied = definitions.len ? SL_STR_EMPTY
                                    : sl_arena_printf(run, " AS SELECT %.*s FROM %.*s LIMIT 0", SL_STR_ARG(key),
                                                      SL_STR_ARG(words->table));
    bool is_new_enough = target->version.is_known && (target->version.is_mariadb || target->version.number >= 80021);
    sl_plan_add_block(run, step, SL_BLOCK_SQL,
                      "how far it came: one row, so that a killed run goes on where it stopped",
                      "CREATE TABLE IF NOT EXISTS %.*s (\n"
                      "    stamplint_only TINYINT NOT NULL DEFAULT 1,\n"
                      "    stamplint_rows BIGINT NOT NULL DEFAULT 0%.*s,\n"
                      "    PRIMARY KEY (stamplint_only)\n"
                      ") ENGINE=InnoDB%.*s",
                      SL_STR_ARG(words->progress), SL_STR_ARG(definitions), SL_STR_ARG(copied));
    sl_plan_add_block(
        run, step, SL_BLOCK_SQL, "", "INSERT IGNORE INTO %.*s (%.*s)\nSELECT %.*s FROM %.*s ORDER BY %.*s LIMIT 1",
        SL_STR_ARG(words->progress), SL_STR_ARG(key), SL_STR_ARG(key), SL_STR_ARG(words->table), SL_STR_ARG(key));
    if (copied.len && !is_new_enough)
        sl_plan_add_note(run, step,
                         "CREATE TABLE … SELECT is refused by MySQL before 8.0.21 where gtid_mode is ON: there, write "
                         "the key's columns out as SHOW CREATE TABLE has them.");
}

static sl_str repeated(const struct sl_plan_target *target, const char *format_before, const char *between,
                       struct sl_arena *run)
{
    sl_str text = SL_STR_EMPTY;
    for (size_t i = 0; i < target->key.len; i++)
        text = sl_arena_printf(run, "%.*s%s%s%zu", SL_STR_ARG(text), i ? between : "", format_before, i + 1);
    return text;
}

static sl_str progress_assignments(const struct sl_plan_target *target, struct sl_arena *run)
{
    sl_str list = SL_STR_EMPTY;
    for (size_t i = 0; i < target->key.len; i++)
        list = sl_arena_printf(run, "%.*s, %.*s = @stamplint_high_%zu", SL_STR_ARG(list),
                               SL_STR_ARG(sl_plan_quote_name(target->dialect, target->key.items[i].name, run)), i + 1);
    return list;
}

/* updated_at = updated_at for each column with ON UPDATE; a trigger beside it does not change that. */
static sl_str self_assignments(const struct sl_plan_target *target, struct sl_arena *run)
{
    sl_str list = SL_STR_EMPTY;
    for (size_t i = 0; i < target->on_update.len; i++) {
        sl_str name = sl_plan_quote_name(target->dialect, target->on_update.items[i].name, run);
        list = sl_arena_printf(run, "%.*s, t.%.*s = t.%.*s", SL_STR_ARG(list), SL_STR_ARG(name), SL_STR_ARG(name));
    }
    return list;
}

/* Its reads are SELECT … INTO: SET @x = (SELECT …) would take shared locks on the batch's rows, and deadlock with the
 * application's writes (seen on MariaDB 10.11). */
static void add_procedure(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                          struct sl_plan_step *step)
{
    sl_str low = sl_plan_numbered_list(target, "@stamplint_low", run);
    sl_str high = sl_plan_numbered_list(target, "@stamplint_high", run);
    sl_str from_low = sl_plan_key_bound(target, "t.", ">=", "@stamplint_low", run);
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "DROP PROCEDURE IF EXISTS %.*s", SL_STR_ARG(words->routine));
    sl_plan_add_block(
        run, step, SL_BLOCK_ROUTINE, "one batch a transaction, with a pause between two",
        "CREATE PROCEDURE %.*s()\n"
        "BEGIN\n"
        "    DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; SET @stamplint_keep_touch = NULL; RESIGNAL; END;\n"
        "    SET @stamplint_keep_touch = 1;\n"
        "    stamplint_batches: LOOP\n"
        "        SET %.*s = NULL, %.*s = NULL;\n"
        "        START TRANSACTION;\n"
        "        SELECT %.*s INTO %.*s FROM %.*s WHERE stamplint_only = 1 FOR UPDATE;\n"
        "        SELECT %.*s INTO %.*s FROM (\n"
        "            SELECT %.*s FROM %.*s AS t WHERE %.*s\n"
        "            ORDER BY %.*s LIMIT %u\n"
        "        ) AS b ORDER BY %.*s LIMIT 1;\n"
        "        SELECT COUNT(*) INTO @stamplint_keys FROM (\n"
        "            SELECT 1 FROM %.*s AS t WHERE %.*s ORDER BY %.*s LIMIT %u\n"
        "        ) AS c;\n"
        "        IF @stamplint_high_1 IS NULL THEN\n"
        "            COMMIT;\n"
        "            LEAVE stamplint_batches;\n"
        "        END IF;\n"
        "        UPDATE %.*s AS t SET t.%.*s = %.*s%.*s\n"
        "        WHERE %.*s\n"
        "          AND %.*s\n"
        "          AND (%.*s) AND t.%.*s IS NULL;\n"
        "        SET @stamplint_n = ROW_COUNT();\n"
        "        UPDATE %.*s SET stamplint_rows = stamplint_rows + @stamplint_n%.*s\n"
        "        WHERE stamplint_only = 1;\n"
        "        COMMIT;\n"
        "        IF @stamplint_keys <= %u THEN\n"
        "            LEAVE stamplint_batches;\n"
        "        END IF;\n"
        "        DO SLEEP(" PAUSE_SECONDS ");\n"
        "    END LOOP;\n"
        "    SET @stamplint_keep_touch = NULL;\n"
        "END",
        SL_STR_ARG(words->routine), SL_STR_ARG(repeated(target, "@stamplint_low_", " = NULL, ", run)),
        SL_STR_ARG(repeated(target, "@stamplint_high_", " = NULL, ", run)),
        SL_STR_ARG(sl_plan_key_list(target, "", run)), SL_STR_ARG(low), SL_STR_ARG(words->progress),
        SL_STR_ARG(sl_plan_key_list(target, "b.", run)), SL_STR_ARG(high),
        SL_STR_ARG(sl_plan_key_list(target, "t.", run)), SL_STR_ARG(words->table), SL_STR_ARG(from_low),
        SL_STR_ARG(sl_plan_key_list(target, "t.", run)), target->batch_rows + 1,
        SL_STR_ARG(sl_plan_key_list_down(target, "b.", run)), SL_STR_ARG(words->table), SL_STR_ARG(from_low),
        SL_STR_ARG(sl_plan_key_list(target, "t.", run)), target->batch_rows + 1, SL_STR_ARG(words->table),
        SL_STR_ARG(words->event), SL_STR_ARG(words->source), SL_STR_ARG(self_assignments(target, run)),
        SL_STR_ARG(from_low), SL_STR_ARG(sl_plan_key_bound(target, "t.", "<=", "@stamplint_high", run)),
        SL_STR_ARG(words->when_t), SL_STR_ARG(words->event), SL_STR_ARG(words->progress),
        SL_STR_ARG(progress_assignments(target, run)), target->batch_rows);
}

static void backfill(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                     struct sl_plan_step *step)
{
    add_keep(target, words, run, step);
    add_progress(target, words, run, step);
    add_procedure(target, words, run, step);
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "READ COMMITTED: no gap is locked, so inserts never wait for a batch",
                      "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "a batch that waits longer for a row gives up; call again",
                      "SET SESSION innodb_lock_wait_timeout = 5");
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "CALL %.*s()", SL_STR_ARG(words->routine));
    if (target->on_update.len)
        sl_plan_add_note(run, step, "%.*s has ON UPDATE CURRENT_TIMESTAMP: assigning it to itself keeps it.",
                         SL_STR_ARG(sl_plan_quote_name(target->dialect, target->on_update.items[0].name, run)));
    sl_plan_add_note(run, step, "With binlog_format = STATEMENT, READ COMMITTED is refused: use ROW or MIXED.");
    sl_plan_add_note(run, step,
                     "A replica applies each batch as one transaction: if it falls behind, stop, take a smaller "
                     "--batch-rows or a longer SLEEP, and call again.");
}

static void build_index(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                        struct sl_plan_step *step)
{
    size_t row = online_row(target);
    sl_str change = sl_arena_printf(run, "ADD INDEX %.*s (%.*s)", SL_STR_ARG(words->index), SL_STR_ARG(words->event));
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "ALTER TABLE %.*s %.*s%s", SL_STR_ARG(words->table),
                      SL_STR_ARG(change), row == n_online || target->is_myisam ? "" : online[row].add_index);
    sl_plan_add_undo(run, step, "ALTER TABLE %.*s DROP INDEX %.*s%s", SL_STR_ARG(words->table),
                     SL_STR_ARG(words->index), row == n_online ? "" : INPLACE);
}

static void clean_up(const struct sl_plan_target *target, const struct sl_plan_words *words, struct sl_arena *run,
                     struct sl_plan_step *step)
{
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "DROP PROCEDURE IF EXISTS %.*s", SL_STR_ARG(words->routine));
    sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "DROP TABLE IF EXISTS %.*s", SL_STR_ARG(words->progress));
    for (size_t i = 0; target->keep == SL_KEEP_GUARD && i < target->triggers.len; i++)
        sl_plan_add_note(
            run, step,
            "The guarded trigger %.*s does what it did: make it again as it was (%.*s:%u) when it suits you.",
            SL_STR_ARG(target->triggers.items[i].name), SL_STR_ARG(target->triggers.items[i].path),
            target->triggers.items[i].line);
}

const struct sl_plan_form sl_plan_form_mysql = {
    .add_column = add_column, .guard = guard, .backfill = backfill, .index = build_index, .clean_up = clean_up};
