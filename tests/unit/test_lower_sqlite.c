/* lowering of SQLite. */
#include "lowering_case.h"

static const struct lowering_case cases[] = {
    {"quotes", "sqlite", "SELECT [a b], \"c\", `d`, 'e' FROM [t]", "SELECT \"a b\", \"c\", \"d\", 'e' FROM \"t\""},
    {"equality", "sqlite", "SELECT a == b, a IS b, a IS NOT NULL, a IS NOT b, a NOTNULL, a ISNULL, a NOT NULL FROM t",
     "SELECT a = b, a IS NOT DISTINCT FROM b, a IS NOT NULL, a IS DISTINCT FROM b, a IS NOT NULL, a IS NULL, a IS NOT "
     "NULL FROM t"},
    {"comparison binds tighter than equality", "sqlite", "SELECT a < b = c < d FROM t",
     "SELECT (a < b) = (c < d) FROM t"},
    {"in a table", "sqlite", "SELECT a FROM t WHERE a IN u AND b IN () AND c NOT IN (SELECT d FROM v)",
     "SELECT a FROM t WHERE a IN (SELECT * FROM u) AND b IN (NULL) AND c NOT IN (SELECT d FROM v)"},
    {"glob and match", "sqlite", "SELECT a GLOB 'x*', b NOT GLOB 'y', c MATCH 'z', d REGEXP 'w' FROM t",
     "SELECT a ~~ 'x*', b !~~ 'y', c @@ 'z', d ~ 'w' FROM t"},
    {"concatenation", "sqlite", "SELECT a || b || 'c' -> '$.d' FROM t", "SELECT a || b || 'c' -> '$.d' FROM t"},
    {"placeholders", "sqlite", "SELECT a FROM t WHERE b = ?1 AND c = ? AND d = :d AND e = @e AND f = $f",
     "SELECT a FROM t WHERE b = $1 AND c = $2 AND d = $3 AND e = $4 AND f = $5"},
    {"typeless columns", "sqlite",
     "CREATE TABLE t (a, b UNSIGNED BIG INT, c VARCHAR(10) COLLATE NOCASE, d INTEGER PRIMARY KEY AUTOINCREMENT, e "
     "DEFAULT (1 + 2) NOT NULL ON CONFLICT FAIL) WITHOUT ROWID",
     "CREATE TABLE t (a \"any\", b \"unsigned big int\", c \"varchar\" (10) OPTIONS (collation 'NOCASE'), d integer "
     "OPTIONS "
     "(auto_increment 'true') PRIMARY KEY, e \"any\" DEFAULT (1 + 2) NOT NULL)"},
    {"table constraints without commas", "sqlite",
     "CREATE TABLE t (a, b, PRIMARY KEY (a) UNIQUE (b) ON CONFLICT IGNORE, FOREIGN KEY (a) REFERENCES u (v) ON DELETE "
     "CASCADE DEFERRABLE INITIALLY DEFERRED)",
     "CREATE TABLE t (a \"any\", b \"any\", PRIMARY KEY (a), UNIQUE (b), FOREIGN KEY (a) REFERENCES u (v) ON DELETE "
     "CASCADE)"},
    {"upsert", "sqlite",
     "INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) WHERE b > 0 DO UPDATE SET b = excluded.b WHERE t.c RETURNING "
     "a",
     "INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) WHERE b > 0 DO UPDATE SET b = excluded.b WHERE t.c RETURNING "
     "a"},
    {"several conflict clauses", "sqlite",
     "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO NOTHING ON CONFLICT (b) DO UPDATE SET c = 1",
     "INSERT INTO t (a) VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 1"},
    {"insert or replace", "sqlite", "INSERT OR REPLACE INTO t VALUES (1)", "INSERT INTO t VALUES (1)"},
    {"insert or ignore", "sqlite", "INSERT OR IGNORE INTO t DEFAULT VALUES",
     "INSERT INTO t DEFAULT VALUES ON CONFLICT DO NOTHING"},
    {"update from", "sqlite", "UPDATE OR IGNORE t AS x SET a = u.b, (c, d) = (1, 2) FROM u WHERE x.e = u.e",
     "UPDATE t AS x SET a = u.b, (c, d) = (1, 2) FROM u WHERE x.e = u.e"},
    {"indexed by", "sqlite", "SELECT a FROM t AS x INDEXED BY i, u NOT INDEXED WHERE x.a = u.a",
     "SELECT a FROM t AS x, u WHERE x.a = u.a"},
    {"comma join with condition", "sqlite", "SELECT * FROM a, b ON a.x = b.x LEFT NATURAL JOIN c",
     "SELECT * FROM a JOIN b ON a.x = b.x NATURAL LEFT JOIN c"},
    {"table functions", "sqlite", "SELECT value FROM json_each('[1]') AS j, generate_series(1, 3)",
     "SELECT \"value\" FROM json_each('[1]') AS j, generate_series(1, 3)"},
    {"trigger", "sqlite",
     "CREATE TRIGGER tr AFTER UPDATE OF a, b ON t FOR EACH ROW WHEN NEW.a > 1 BEGIN UPDATE t SET u = CURRENT_TIMESTAMP "
     "WHERE rowid = NEW.rowid; SELECT RAISE(ABORT, 'no'); END",
     "SELECT \"NEW\".a > 1;\nUPDATE t SET u = CURRENT_TIMESTAMP WHERE rowid = \"NEW\".rowid;\nSELECT RAISE('ABORT', "
     "'no')"},
    {"partial index", "sqlite",
     "CREATE UNIQUE INDEX IF NOT EXISTS main.i ON t (a COLLATE NOCASE DESC, lower(b)) WHERE c IS NOT NULL",
     "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a DESC, (lower(b))) WHERE c IS NOT NULL"},
    {"alter", "sqlite", "ALTER TABLE t RENAME a TO b", "ALTER TABLE t RENAME COLUMN a TO b"},
    {"add column", "sqlite", "ALTER TABLE t ADD c TEXT DEFAULT 'x'", "ALTER TABLE t ADD COLUMN c \"text\" DEFAULT 'x'"},
    {"words as names", "sqlite", "SELECT key, desc, left FROM cross",
     "SELECT \"key\", \"desc\", \"left\" FROM \"cross\""},
    {"explain", "sqlite", "EXPLAIN QUERY PLAN SELECT a FROM t", "EXPLAIN SELECT a FROM t"},
    {"pragma", "sqlite", "PRAGMA foreign_keys = ON", "<admin>"},
    {"virtual tables", "sqlite", "CREATE VIRTUAL TABLE t USING fts5(a, b)", "<admin>"},
    {"transaction", "sqlite", "BEGIN IMMEDIATE", "<transaction>"},
    {"set operators from left to right", "sqlite", "SELECT a FROM t UNION SELECT b FROM u INTERSECT SELECT c FROM v",
     "(SELECT a FROM t UNION SELECT b FROM u) INTERSECT SELECT c FROM v"},
    {"underscores in numbers", "sqlite", "SELECT 1_000", "SELECT 1000"},
};

LOWERING_CASES_MAIN(cases)
