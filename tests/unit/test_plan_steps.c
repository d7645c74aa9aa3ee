/* plan: what is refused, and what each dialect prints for each kind of key. The servers judge the SQL: tests/e2e. */
#include "unit/plan_fixture.h"

#include "plan/repoint.h"
#include "source/syntax.h"

static const struct steps_case {
    const char *name;
    struct plan_table table;
    const char *operand; /* NULL: what the findings ask for */
    const char *when, *source, *version;
    bool wants_trigger;
    const char *refusal; /* part of the sentence; NULL: there is a plan */
    const char *want[8]; /* parts of the SQL script */
    const char *unwanted;
} cases[] = {
    {"mysql integer key",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_ON_UPDATE},
     .version = "8.0.36",
     .want = {"ADD COLUMN `drawn_at` datetime(6) NULL DEFAULT NULL, ALGORITHM=INSTANT;",
              "t.`updated_at` = t.`updated_at`", "t.`id` >= @stamplint_low_1", "READ COMMITTED", "DELIMITER //",
              "ADD INDEX `entries_drawn_at_idx`"},
     .unwanted = "gh-ost"},
    {"mysql 5.7 rebuilds in place",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_ON_UPDATE},
     .version = "5.7.44",
     .want = {", ALGORITHM=INPLACE, LOCK=NONE;", "gh-ost", "pt-online-schema-change"}},
    {"mysql 5.5 has nothing online",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_ON_UPDATE},
     .version = "5.5.62",
     .want = {"this server copies the table", "ADD COLUMN `drawn_at` datetime(6) NULL DEFAULT NULL;", "gh-ost"},
     .unwanted = "ALGORITHM"},
    {"mysql 8.0.29 is not trusted",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_ON_UPDATE},
     .version = "8.0.29",
     .want = {"NULL DEFAULT NULL, ALGORITHM=INPLACE, LOCK=NONE;", "withdrawn"},
     .unwanted = "ALGORITHM=INSTANT"},
    {"mysql 8.0.28 drops by a rebuild",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_ON_UPDATE},
     .version = "8.0.28",
     .want = {"NULL DEFAULT NULL, ALGORITHM=INSTANT;", "DROP COLUMN `drawn_at`, ALGORITHM=INPLACE, LOCK=NONE;"}},
    {"mysql compressed rows are not instant",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_ON_UPDATE, "ROW_FORMAT = COMPRESSED"},
     .version = "8.4.2",
     .want = {"compressed rows", "NULL DEFAULT NULL, ALGORITHM=INPLACE, LOCK=NONE;"},
     .unwanted = "ALGORITHM=INSTANT"},
    {"mysql full text is not online",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_ON_UPDATE, "/* */ -- FULLTEXT KEY (b)"},
     .version = "8.4.2",
     .want = {"FULLTEXT index blocks", "NULL DEFAULT NULL;", "pt-online-schema-change"},
     .unwanted = "ALGORITHM=INSTANT"},
    {"mysql keeps its place in a table that GTIDs allow",
     {"mysql", "", "entries", KEY_COMPOSITE, TOUCH_ON_UPDATE},
     .version = "5.7.44",
     .want = {"`b` bigint NOT NULL", "`a` bigint NOT NULL"},
     .unwanted = "LIMIT 0"},
    {"mysql copies a text key with its collation",
     {"mysql", "", "entries", KEY_UUID, TOUCH_ON_UPDATE},
     .version = "5.7.44",
     .want = {"AS SELECT `uid` FROM `entries` LIMIT 0;", "gtid_mode"}},
    {"another trigger wakes",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_ON_UPDATE, NULL,
      "INSERT INTO statement (statement_id, source_id, role, kind, off, len, line, col, end_line, end_col, "
      "fingerprint, text,"
      " is_understood) VALUES (9, 1, 'main', 'create trigger', 0, 1, 5, 1, 5, 1, 'x',"
      " 'CREATE TRIGGER audit AFTER UPDATE ON entries FOR EACH ROW INSERT INTO log VALUES (1);', 1)"},
     .want = {"The trigger audit fires for each row"},
     .unwanted = "LOCK TABLES"},
    {"postgres 10 has no COMMIT in DO",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     .version = "10.23",
     .wants_trigger = true,
     .want = {"false AS stamplint_is_done", "stamplint_is_done = stamplint_high.stamplint_keys <= 1000",
              "EXECUTE PROCEDURE", "until [ "},
     .unwanted = "COMMIT"},
    {"postgres lets the backfill run as long as it takes",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     .version = "16",
     .want = {"SET statement_timeout = 0;", "COMMIT;", "VACUUM (ANALYZE) entries;"}},
    {"mariadb is instant",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_ON_UPDATE},
     .version = "10.11-mariadb",
     .want = {", ALGORITHM=INSTANT;", "ALGORITHM=NOCOPY, LOCK=NONE"},
     .unwanted = "gh-ost"},
    {"mysql composite key is spelled out",
     {"mysql", "", "entries", KEY_COMPOSITE, TOUCH_ON_UPDATE},
     .want = {"(t.`b` > @stamplint_low_1 OR (t.`b` = @stamplint_low_1 AND t.`a` >= @stamplint_low_2))",
              "(t.`b` < @stamplint_high_1 OR (t.`b` = @stamplint_high_1 AND t.`a` <= @stamplint_high_2))"}},
    {"mysql uuid key", {"mysql", "", "entries", KEY_UUID, TOUCH_ON_UPDATE}, .want = {"ORDER BY t.`uid` LIMIT 1001"}},
    {"mysql unique key",
     {"mysql", "", "entries", KEY_UNIQUE, TOUCH_NAME},
     .want = {"t.`id` >= @stamplint_low_1"},
     .unwanted = "t.`updated_at` = t.`updated_at`"},
    {"mysql trigger is guarded",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_TRIGGER, NULL,
      "INSERT INTO statement (statement_id, source_id, role, kind, off, len, line, col, end_line, end_col, "
      "fingerprint, text,"
      " is_understood) VALUES (9, 1, 'main', 'create trigger', 0, 1, 5, 1, 5, 1, 'x',"
      " 'CREATE TRIGGER touch BEFORE UPDATE ON entries FOR EACH ROW SET NEW.updated_at = NOW();', 1)"},
     .want = {"LOCK TABLES `entries` WRITE;", "DROP TRIGGER `touch`;", "stamplint_guard: BEGIN",
              "IF @stamplint_keep_touch IS NOT NULL THEN", "    SET NEW.updated_at = NOW();\nEND", "UNLOCK TABLES;"}},
    {"postgres integer key",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_TRIGGER},
     .want = {"SET lock_timeout = '2s';", "ADD COLUMN drawn_at timestamptz;",
              "set_config('session_replication_role', 'replica', true)", "t.id >= stamplint_low.id",
              "CREATE INDEX CONCURRENTLY entries_drawn_at_idx"}},
    {"postgres without a trigger",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     .want = {"UPDATE entries AS t SET drawn_at"},
     .unwanted = "session_replication_role"},
    {"postgres composite key in the index's order",
     {"postgres", "", "entries", KEY_COMPOSITE, TOUCH_TRIGGER},
     .want = {"(t.b, t.a) >= (stamplint_low.b, stamplint_low.a)", "ORDER BY b.b DESC, b.a DESC LIMIT 1"}},
    {"postgres uuid key",
     {"postgres", "", "entries", KEY_UUID, TOUCH_TRIGGER},
     .want = {"t.uid >= stamplint_low.uid"},
     .unwanted = "max(uid)"},
    {"postgres schema and reserved name",
     {"postgres", "Sales", "order", KEY_INTEGER, TOUCH_TRIGGER},
     .want = {"ALTER TABLE \"Sales\".\"order\" ADD COLUMN", "\"Sales\".order_drawn_at_backfill",
              "DROP INDEX CONCURRENTLY \"Sales\".order_drawn_at_idx"}},
    {"postgres partitions",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME, "PARTITION BY RANGE (id)",
      "INSERT INTO statement (statement_id, source_id, role, kind, off, len, line, col, end_line, end_col, "
      "fingerprint, text,"
      " is_understood) VALUES (8, 1, 'main', 'create table', 0, 1, 5, 1, 5, 1, 'x',"
      " 'CREATE TABLE app.entries_1 PARTITION OF entries FOR VALUES FROM (1) TO (9)', 1),"
      " (9, 1, 'main', 'alter table', 0, 1, 5, 1, 5, 1, 'y',"
      " 'ALTER TABLE ONLY entries ATTACH PARTITION \"Entries 2\" FOR VALUES FROM (9) TO (20)', 1)"},
     .want = {"CREATE INDEX entries_drawn_at_idx ON ONLY entries",
              "CREATE INDEX CONCURRENTLY entries_drawn_at_1_idx ON app.entries_1 ",
              "CREATE INDEX CONCURRENTLY entries_drawn_at_2_idx ON \"Entries 2\" ",
              "ATTACH PARTITION app.entries_drawn_at_1_idx;",
              "ALTER INDEX entries_drawn_at_idx ATTACH PARTITION entries_drawn_at_2_idx;"}},
    {"postgres write-once trigger",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_TRIGGER},
     .wants_trigger = true,
     .want = {"NEW.drawn_at := OLD.drawn_at;", "(NEW.status = 'drawn') AND (OLD.status = 'drawn') IS NOT TRUE"}},
    {"sqlite composite key",
     {"sqlite", "", "entries", KEY_COMPOSITE, TOUCH_NAME},
     .want = {"BEGIN IMMEDIATE;", "(t.b, t.a) >= (SELECT b, a FROM entries_drawn_at_backfill)",
              "-- until [ \"$(sqlite3"}},
    {"sqlite trigger is away for the batch",
     {"sqlite", "", "entries", KEY_INTEGER, TOUCH_TRIGGER, NULL,
      "INSERT INTO statement (statement_id, source_id, role, kind, off, len, line, col, end_line, end_col, "
      "fingerprint, text,"
      " is_understood) VALUES (9, 1, 'main', 'create trigger', 0, 1, 5, 1, 5, 1, 'x',"
      " 'CREATE TRIGGER touch AFTER UPDATE ON entries BEGIN UPDATE entries SET updated_at = 1 WHERE id = NEW.id; END', "
      "1)"},
     .want = {"DROP TRIGGER touch;", "CREATE TRIGGER touch AFTER UPDATE ON entries BEGIN"}},
    {"no key", {"postgres", "", "entries", KEY_NONE, TOUCH_NAME}, .refusal = "has no primary key"},
    {"no key, asked for by name",
     {"mysql", "", "entries", KEY_NONE, TOUCH_NAME},
     "entries.drawn_at",
     .refusal = "pt-online-schema-change"},
    {"an event of one's own",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     "entries.settled_at",
     .when = "status IN ('drawn', 'void')",
     .want = {"ADD COLUMN settled_at", "t.status IN ('drawn', 'void')"}},
    {"the row-touch column means its findings",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     "entries.updated_at",
     .want = {"ADD COLUMN drawn_at"}},
    {"unknown table",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     "nothing.drawn_at",
     .refusal = "No table nothing"},
    {"no operand", {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME}, "drawn_at", .refusal = "neither a path"},
    {"too many parts", {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME}, "a.b.c.d", .refusal = "neither a path"},
    {"the birth is the default source",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     .want = {"t.created_at AS stamplint_event", "the wait from birth to event is lost",
              "Instead, --source updated_at"}},
    {"the last write, asked for",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     .source = "updated_at",
     .want = {"t.updated_at AS stamplint_event", "only for rows that nothing has written"}},
    {"an expression",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     .source = "coalesce(created_at, updated_at)",
     .want = {"coalesce(t.created_at, t.updated_at) AS stamplint_event"}},
    {"an expression without a column",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     .source = "now()",
     .refusal = "names no column"},
    {"no event table",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME},
     .source = "event",
     .refusal = "No table is known that records"},
    {"an event table is the best source",
     {"postgres", "", "entries", KEY_INTEGER, TOUCH_NAME, NULL,
      "INSERT INTO db_table (table_id, schema_name, name, kind, is_inferred, is_dropped, statement_id, source_id, "
      "line, col) VALUES (2, 'audit', 'entry_transitions', 'table', 0, 0, 1, 1, 1, 1);"
      "INSERT INTO db_column (column_id, table_id, name, type, type_class, is_not_null, is_generated, in_primary_key, "
      "in_unique_key,"
      " in_foreign_key, default_is_now, on_update_now, is_inferred, is_dropped, role) VALUES"
      " (21, 2, 'entry_id', 'bigint', 'integer', 1, 0, 0, 0, 1, 0, 0, 0, 0, 'other'),"
      " (22, 2, 'to_status', 'text', 'text', 1, 0, 0, 0, 0, 0, 0, 0, 0, 'state'),"
      " (23, 2, 'created_at', 'timestamptz', 'time', 1, 0, 0, 0, 0, 1, 0, 0, 0, 'row_birth')"},
     .want = {"(SELECT MIN(h.created_at) FROM audit.entry_transitions AS h WHERE h.entry_id = t.id AND h.to_status "
              "= 'drawn')"}},
    {"a wrong version",
     {"mysql", "", "entries", KEY_INTEGER, TOUCH_NAME},
     .version = "new",
     .refusal = "--server-version"},
};

static void steps_are_printed(void **state)
{
    const struct steps_case *c = *state;
    struct sl_graph *graph = plan_graph(&c->table);
    struct sl_arena run;
    struct sl_error err = {0};
    struct sl_plan_targets targets = {0};
    struct sl_plan_request request = {.wants_trigger = c->wants_trigger};
    sl_str operand = sl_str_from(c->operand);
    request.when = sl_str_from(c->when);
    request.source = sl_str_from(c->source);
    request.server_version = sl_str_from(c->version);
    if (c->operand)
        request.columns = (struct sl_names){&operand, 1, 1};
    sl_arena_init(&run);
    enum sl_status status = sl_plan_find_targets(graph, &request, &run, &targets, &err);
    sl_str said = status == SL_OK && targets.refusals.len ? targets.refusals.items[0] : sl_str_from(err.message);
    if (c->refusal) {
        if (targets.len || sl_str_find(said, sl_str_from(c->refusal)) == SIZE_MAX)
            fail_msg("said: %.*s", SL_STR_ARG(said));
    } else if (targets.len != 1) {
        fail_msg("%zu plans; said: %.*s", targets.len, SL_STR_ARG(said));
    } else {
        struct sl_plan plan;
        struct sl_buf out = {0};
        sl_plan_build(&targets.items[0], &run, &plan);
        sl_plan_render_sql(&plan, &run, &out);
        for (size_t i = 0; i < 8 && c->want[i]; i++) {
            if (sl_str_find(sl_buf_str(&out), sl_str_from(c->want[i])) == SIZE_MAX)
                fail_msg("not there: %s\n%s", c->want[i], out.bytes);
        }
        if (c->unwanted && sl_str_find(sl_buf_str(&out), sl_str_from(c->unwanted)) != SIZE_MAX)
            fail_msg("there: %s\n%s", c->unwanted, out.bytes);
        sl_buf_release(&out);
    }
    sl_arena_release(&run);
    sl_graph_close(graph);
}

/* Every migration of every case is Ruby, as the grammar reads it, and strong_migrations finds no bare execute in it. */
static void migrations_are_ruby(void **state)
{
    (void)state;
    if (!sl_syntax_has_language(SL_LANGUAGE_RUBY))
        skip();
    size_t n_blocks = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_graph *graph = plan_graph(&cases[i].table);
        struct sl_arena run;
        struct sl_error err = {0};
        struct sl_plan_targets targets = {0};
        struct sl_plan_request request = {.wants_trigger = true, .wants_rails = true};
        sl_arena_init(&run);
        if (sl_plan_find_targets(graph, &request, &run, &targets, &err) == SL_OK && targets.len) {
            struct sl_plan plan;
            struct sl_buf out = {0};
            struct sl_syntax syntax;
            sl_plan_build(&targets.items[0], &run, &plan);
            sl_plan_render_rails(&plan, &run, &out);
            sl_str text = sl_buf_str(&out);
            sl_syntax_parse(SL_LANGUAGE_RUBY, text, &run, &syntax);
            if (syntax.has_errors || sl_str_find(text, SL_STR("\n    execute")) != SIZE_MAX)
                fail_msg("%s\n%s", cases[i].name, out.bytes);
            n_blocks += sl_str_find(text, SL_STR("class Add")) != SIZE_MAX;
            sl_buf_release(&out);
        }
        sl_arena_release(&run);
        sl_graph_close(graph);
    }
    assert_true(n_blocks > 10);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 1];
    tests[N] = (struct CMUnitTest){"migrations are Ruby", migrations_are_ruby, NULL, NULL, NULL};
    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, steps_are_printed, NULL, NULL, (void *)&cases[i]};
    return _cmocka_run_group_tests("plan_steps", tests, N + 1, NULL, NULL);
}
