/* plan/rewrite: what a write of the state becomes, by dialect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan/rewrite.h"

static const struct rewrite_case {
    const char *name;
    enum sl_dialect dialect;
    const char *when, *text, *want; /* want NULL: no transition; "": by hand */
    bool binds_again;
} cases[] = {
    {"a literal of the event", SL_DIALECT_POSTGRES, "status = 'paid'", "UPDATE o SET status = 'paid' WHERE id = 1",
     "UPDATE o SET status = 'paid', paid_at = COALESCE(paid_at, now()) WHERE id = 1"},
    {"another literal", SL_DIALECT_POSTGRES, "status = 'paid'", "UPDATE o SET status = 'new' WHERE id = 1", NULL},
    {"a numbered parameter", SL_DIALECT_POSTGRES, "status = 'paid'", "UPDATE o SET status = $1, x = 2 WHERE id = $2",
     "UPDATE o SET status = $1, paid_at = CASE WHEN $1 = 'paid' THEN COALESCE(paid_at, now()) ELSE paid_at END, x = 2 "
     "WHERE "
     "id = $2"},
    {"mysql knows the new value by its name", SL_DIALECT_MYSQL, "status IN ('paid')",
     "UPDATE o SET `status` = ? WHERE id = ?",
     "UPDATE o SET `status` = ?, paid_at = CASE WHEN status IN ('paid') THEN COALESCE(paid_at, NOW(6)) ELSE paid_at "
     "END "
     "WHERE id = ?"},
    {"mysql with a join does not", SL_DIALECT_MYSQL, "status = 'paid'",
     "UPDATE o JOIN p ON p.o_id = o.id SET o.status = ? WHERE p.id = 3",
     "UPDATE o JOIN p ON p.o_id = o.id SET o.status = ?, o.paid_at = CASE WHEN ? = 'paid' THEN COALESCE(o.paid_at, "
     "NOW(6)) ELSE "
     "o.paid_at END WHERE p.id = 3",
     true},
    {"sqlite binds a question mark again", SL_DIALECT_SQLITE, "status = 'paid'", "UPDATE o SET status = ?",
     "UPDATE o SET status = ?, paid_at = CASE WHEN ? = 'paid' THEN COALESCE(paid_at, CURRENT_TIMESTAMP) ELSE paid_at "
     "END",
     true},
    {"a case expression", SL_DIALECT_POSTGRES, "status = 'paid'",
     "UPDATE o SET status = CASE WHEN x THEN 'paid' ELSE status END WHERE id = 1",
     "UPDATE o SET status = CASE WHEN x THEN 'paid' ELSE status END, paid_at = CASE WHEN (CASE WHEN x THEN 'paid' ELSE "
     "status END) "
     "= 'paid' THEN COALESCE(paid_at, now()) ELSE paid_at END WHERE id = 1"},
    {"the test in WHERE is left alone", SL_DIALECT_POSTGRES, "status = 'paid'",
     "UPDATE o SET status = 'paid' WHERE status = 'new'",
     "UPDATE o SET status = 'paid', paid_at = COALESCE(paid_at, now()) WHERE status = 'new'"},
    {"insert of a literal", SL_DIALECT_POSTGRES, "status = 'paid'",
     "INSERT INTO o (id, status) VALUES (1, 'paid'), (2, 'new')",
     "INSERT INTO o (id, status, paid_at) VALUES (1, 'paid', now()), (2, 'new', NULL)"},
    {"insert of another literal", SL_DIALECT_POSTGRES, "status = 'paid'",
     "INSERT INTO o (id, status) VALUES (1, 'new')", NULL},
    {"insert of a parameter", SL_DIALECT_POSTGRES, "status = 'paid'", "INSERT INTO o (status) VALUES ($1) RETURNING id",
     "INSERT INTO o (status, paid_at) VALUES ($1, CASE WHEN $1 = 'paid' THEN now() END) RETURNING id"},
    {"insert or update", SL_DIALECT_MYSQL, "status = 'paid'",
     "INSERT INTO o (id, status) VALUES (1, 'new') ON DUPLICATE KEY UPDATE status = 'paid'",
     "INSERT INTO o (id, status) VALUES (1, 'new') ON DUPLICATE KEY UPDATE status = 'paid', paid_at = "
     "COALESCE(paid_at, NOW(6))"},
    {"insert … select", SL_DIALECT_POSTGRES, "status = 'paid'", "INSERT INTO o (id, status) SELECT id, s FROM x",
     "INSERT INTO o (id, status, paid_at) SELECT id, s, CASE WHEN s = 'paid' THEN now() END FROM x"},
    {"insert … select of an expression with an alias", SL_DIALECT_MYSQL, "status = 'paid'",
     "INSERT INTO o (status, n) SELECT DISTINCT LOWER(x.s) AS s, 1 FROM x WHERE a",
     "INSERT INTO o (status, n, paid_at) SELECT DISTINCT LOWER(x.s) AS s, 1, CASE WHEN (LOWER(x.s)) = 'paid' THEN "
     "NOW(6) END FROM x WHERE a"},
    {"insert … select of a literal without FROM", SL_DIALECT_SQLITE, "status = 'paid'",
     "INSERT INTO o (status) SELECT 'paid' WHERE NOT EXISTS (SELECT 1 FROM o)",
     "INSERT INTO o (status, paid_at) SELECT 'paid', CURRENT_TIMESTAMP WHERE NOT EXISTS (SELECT 1 FROM o)"},
    {"insert … select of another literal", SL_DIALECT_POSTGRES, "status = 'paid'",
     "INSERT INTO o (id, status) SELECT id, 'new' FROM x", NULL},
    {"insert … select * is by hand", SL_DIALECT_POSTGRES, "status = 'paid'",
     "INSERT INTO o (id, status) SELECT * FROM x", ""},
    {"insert … select of two arms is by hand", SL_DIALECT_POSTGRES, "status = 'paid'",
     "INSERT INTO o (status) SELECT s FROM x UNION ALL SELECT s FROM y", ""},
    {"on conflict names the row that is there", SL_DIALECT_POSTGRES, "status = 'paid'",
     "INSERT INTO s.o AS c (id, status) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status",
     "INSERT INTO s.o AS c (id, status, paid_at) VALUES ($1, $2, CASE WHEN $2 = 'paid' THEN now() END) ON CONFLICT "
     "(id) "
     "DO UPDATE SET status = EXCLUDED.status, paid_at = CASE WHEN (EXCLUDED.status) = 'paid' THEN COALESCE(c.paid_at, "
     "now()) ELSE c.paid_at END"},
    {"on conflict without an alias", SL_DIALECT_SQLITE, "status = 'paid'",
     "INSERT INTO o (id, status) VALUES (1, 'new') ON CONFLICT DO UPDATE SET status = 'paid'",
     "INSERT INTO o (id, status) VALUES (1, 'new') ON CONFLICT DO UPDATE SET status = 'paid', paid_at = "
     "COALESCE(o.paid_at, CURRENT_TIMESTAMP)"},
    {"update from names the row", SL_DIALECT_POSTGRES, "status = 'paid'",
     "UPDATE ONLY s.o SET status = p.state FROM p WHERE p.id = o.id",
     "UPDATE ONLY s.o SET status = p.state, paid_at = CASE WHEN (p.state) = 'paid' THEN COALESCE(o.paid_at, now()) "
     "ELSE "
     "o.paid_at END FROM p WHERE p.id = o.id"},
    {"merge, both arms", SL_DIALECT_POSTGRES, "status = 'paid'",
     "MERGE INTO o AS t USING x ON x.id = t.id WHEN MATCHED THEN UPDATE SET status = 'paid' WHEN NOT MATCHED THEN "
     "INSERT "
     "(id, status) VALUES (x.id, 'paid')",
     "MERGE INTO o AS t USING x ON x.id = t.id WHEN MATCHED THEN UPDATE SET status = 'paid', paid_at = "
     "COALESCE(t.paid_at, now()) WHEN NOT MATCHED THEN INSERT (id, status, paid_at) VALUES (x.id, 'paid', now())"},
    {"replace is by hand", SL_DIALECT_MYSQL, "status = 'paid'", "REPLACE INTO o (id, status) VALUES (1, 'paid')", ""},
    {"replace of another state", SL_DIALECT_MYSQL, "status = 'paid'", "REPLACE INTO o (id, status) VALUES (1, 'new')",
     NULL},
    {"insert with values of the row", SL_DIALECT_MYSQL, "status = 'paid'",
     "INSERT INTO o (id, status) VALUES (?, ?) ON DUPLICATE KEY UPDATE status = VALUES(status), n = 1",
     "INSERT INTO o (id, status, paid_at) VALUES (?, ?, CASE WHEN ? = 'paid' THEN NOW(6) END) ON DUPLICATE KEY UPDATE "
     "status = VALUES(status), paid_at = CASE WHEN status = 'paid' THEN COALESCE(paid_at, NOW(6)) ELSE paid_at END, n "
     "= "
     "1",
     true},
    {"a number in quotes is that number", SL_DIALECT_MYSQL, "state = 1", "UPDATE o SET state = '1'",
     "UPDATE o SET state = '1', paid_at = COALESCE(paid_at, NOW(6))"},
    {"a boolean", SL_DIALECT_POSTGRES, "approved", "UPDATE o SET approved = true",
     "UPDATE o SET approved = true, paid_at = COALESCE(paid_at, now())"},
    {"a boolean taken back", SL_DIALECT_POSTGRES, "approved", "UPDATE o SET approved = false", NULL},
    {"a condition of two columns is by hand", SL_DIALECT_POSTGRES, "status = 'paid' AND x > 1",
     "UPDATE o SET status = 'paid'", ""},
    {"a comment and a final semicolon", SL_DIALECT_POSTGRES, "status = 'paid'", "-- pay\nUPDATE o SET status = 'paid';",
     "-- pay\nUPDATE o SET status = 'paid', paid_at = COALESCE(paid_at, now());"},
    {"broken text is by hand", SL_DIALECT_POSTGRES, "status = 'paid'", "UPDATE o SET status = 'paid", ""},
};

static void is_rewritten(void **state)
{
    const struct rewrite_case *c = *state;
    struct sl_arena run;
    struct sl_error err;
    struct sl_rewrite rewrite;
    struct sl_plan_words words;
    struct sl_plan_source source = {.expression = SL_STR_INIT("t.created_at")};
    struct sl_plan_target target = {.dialect = c->dialect,
                                    .table = SL_STR("o"),
                                    .event = SL_STR("paid_at"),
                                    .event_type =
                                        c->dialect == SL_DIALECT_MYSQL ? SL_STR("datetime(6)") : SL_STR("timestamptz"),
                                    .sources = {&source, 1, 1}};
    const struct sl_plan_write write = {.text = sl_str_from(c->text)};
    sl_arena_init(&run);
    assert_int_equal(sl_when_parse(sl_str_from(c->when), c->dialect, &run, &target.when, &err), SL_OK);
    sl_plan_words_init(&words, &target, &run);
    sl_rewrite_write(&target, &words, &write, &run, &rewrite);
    assert_int_equal(rewrite.outcome, !c->want   ? SL_REWRITE_NOT_A_TRANSITION
                                      : *c->want ? SL_REWRITE_DONE
                                                 : SL_REWRITE_BY_HAND);
    if (c->want && *c->want && !sl_str_eq(rewrite.text, sl_str_from(c->want)))
        fail_msg("got  %.*s\nwant %s", SL_STR_ARG(rewrite.text), c->want);
    assert_int_equal(rewrite.binds_again, c->binds_again);
    sl_arena_release(&run);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N];
    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, is_rewritten, NULL, NULL, (void *)&cases[i]};
    return _cmocka_run_group_tests("plan_rewrite", tests, N, NULL, NULL);
}
