/* lowering of definitions: tables, columns, keys, ALTER clauses, views and the rest. */
#include "lowering_case.h"

static const struct lowering_case cases[] = {
    {"row touch column", "mysql",
     "CREATE TABLE t (u TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT 'it''s')",
     "CREATE TABLE t (u TIMESTAMP OPTIONS (on_update 'CURRENT_TIMESTAMP', comment 'it''s') NOT NULL DEFAULT "
     "CURRENT_TIMESTAMP)"},
    {"precision and other spellings of now", "mysql",
     "CREATE TABLE t (a DATETIME(6) DEFAULT NOW(6) ON UPDATE NOW(6), b DATETIME ON UPDATE LOCALTIMESTAMP)",
     "CREATE TABLE t (a DATETIME (6) OPTIONS (on_update 'CURRENT_TIMESTAMP') DEFAULT NOW(6), b DATETIME OPTIONS "
     "(on_update 'CURRENT_TIMESTAMP'))"},
    {"attributes", "mysql",
     "CREATE TABLE `t` (`id` int(10) unsigned zerofill NOT NULL AUTO_INCREMENT PRIMARY KEY, e ENUM('a','b') CHARACTER "
     "SET latin1 COLLATE latin1_bin DEFAULT 'a', f FLOAT(7,4), g DOUBLE(10,2), h TINYINT(1), s SET('x'))",
     "CREATE TABLE \"t\" (\"id\" int OPTIONS (unsigned 'true', zerofill 'true', auto_increment 'true') NOT NULL "
     "PRIMARY KEY, e ENUM ('a', 'b') OPTIONS (charset 'latin1', collation 'latin1_bin') DEFAULT 'a', f real, g double "
     "precision, h TINYINT (1), s SET ('x'))"},
    {"types", "mysql",
     "CREATE TABLE t (a LONG VARCHAR, b NATIONAL CHAR(5), c CHARACTER VARYING(9), d FIXED(5,2), e INT8, f "
     "VARBINARY(16), g JSON, h POINT SRID 4326, i BIT(3), j YEAR(4))",
     "CREATE TABLE t (a mediumtext, b char (5), c varchar (9), d decimal (5, 2), e bigint, f VARBINARY (16), g "
     "\"json\", h POINT, i BIT (3), j YEAR (4))"},
    {"attributes that say how a column is kept", "mysql",
     "CREATE TABLE t (a BIGINT SERIAL DEFAULT VALUE, b INT COLUMN_FORMAT FIXED STORAGE DISK, c INT WITHOUT SYSTEM "
     "VERSIONING NOT NULL)",
     "CREATE TABLE t (a BIGINT, b INT, c INT NOT NULL)"},
    {"keys", "mysql",
     "CREATE TABLE t (a INT, b TEXT, PRIMARY KEY (a), UNIQUE KEY u (b(10)), KEY k USING BTREE (a DESC, b(5)), FULLTEXT "
     "KEY ft (b) WITH PARSER ngram, INDEX ((a + 1)), CONSTRAINT c FOREIGN KEY fk (a) REFERENCES x (y) ON DELETE "
     "CASCADE ON UPDATE SET NULL)",
     "CREATE TABLE t (a INT, b TEXT, PRIMARY KEY (a), CONSTRAINT u UNIQUE (b), CONSTRAINT c FOREIGN KEY (a) REFERENCES "
     "x (y) ON DELETE CASCADE ON UPDATE SET NULL);\nCREATE INDEX k ON t (a DESC, b);\nCREATE INDEX ft ON t USING "
     "\"fulltext\" (b);\nCREATE INDEX ON t ((a + 1))"},
    {"functional unique key", "mysql", "CREATE TABLE t (a INT, UNIQUE KEY u ((LOWER(a))))",
     "CREATE TABLE t (a INT);\nCREATE UNIQUE INDEX u ON t ((LOWER(a)))"},
    {"generated columns and checks", "mysql",
     "CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 1) VIRTUAL, c INT AS (a) STORED, CONSTRAINT CHECK (a > 0) "
     "NOT ENFORCED, CHECK (b))",
     "CREATE TABLE t (a INT, b INT OPTIONS (generated 'virtual') GENERATED ALWAYS AS (a + 1) STORED, c INT OPTIONS "
     "(generated 'stored') GENERATED ALWAYS AS (a) STORED, CHECK (a > 0), CHECK (b))"},
    {"options and partitions", "mysql",
     "CREATE TABLE t (a INT) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8 COMMENT='x' PARTITION BY RANGE "
     "(YEAR(a)) (PARTITION p0 VALUES LESS THAN (1990))",
     "CREATE TABLE t (a INT) PARTITION BY RANGE ((YEAR(a)))"},
    {"executable comments in columns", "mysql",
     "CREATE TABLE t (a TIMESTAMP /*!50601 DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP */)",
     "CREATE TABLE t (a TIMESTAMP OPTIONS (on_update 'CURRENT_TIMESTAMP') DEFAULT CURRENT_TIMESTAMP)"},
    {"table as query", "mysql", "CREATE TABLE IF NOT EXISTS t ENGINE=MyISAM AS SELECT a FROM u",
     "CREATE TABLE IF NOT EXISTS t AS SELECT a FROM u"},
    {"a query behind an option", "mysql", "CREATE TABLE t ENGINE=InnoDB (SELECT a FROM u)",
     "CREATE TABLE t AS (SELECT a FROM u)"},
    {"a value list behind an option", "mysql", "CREATE TABLE t (a INT) ENGINE=MERGE UNION=(x, y) COMMENT 'c'",
     "CREATE TABLE t (a INT)"},
    {"table with columns and query", "mysql", "CREATE TABLE t (a INT) SELECT b FROM u",
     "CREATE TABLE t (a INT);\nCREATE TABLE IF NOT EXISTS t AS SELECT b FROM u"},
    {"table like", "mysql", "CREATE TEMPORARY TABLE t LIKE db.u", "CREATE TEMPORARY TABLE t (LIKE db.u)"},
    {"a bad column poisons only itself", "mysql", "CREATE TABLE t (a INT, b +++, c INT)",
     "CREATE TABLE t (a INT, c INT)"},
    {"columns called key words", "mysql", "CREATE TABLE t (`key` INT, date DATE, user INT, end INT, position INT)",
     "CREATE TABLE t (\"key\" INT, date DATE, \"user\" INT, \"end\" INT, \"position\" INT)"},
    {"modify", "mysql", "ALTER TABLE t MODIFY COLUMN u DATETIME ON UPDATE CURRENT_TIMESTAMP FIRST",
     "ALTER TABLE t ADD COLUMN u DATETIME OPTIONS (on_update 'CURRENT_TIMESTAMP', position 'first', mysql_verb "
     "'modify')"},
    {"change", "mysql", "ALTER TABLE db.t CHANGE a b INT NOT NULL AFTER c, CHANGE d d TEXT",
     "ALTER TABLE db.t RENAME COLUMN a TO b;\nALTER TABLE db.t ADD COLUMN b INT OPTIONS (position 'after c', "
     "mysql_verb 'change') NOT NULL;\nALTER TABLE db.t ADD COLUMN d TEXT OPTIONS (mysql_verb 'change')"},
    {"add", "mysql",
     "ALTER TABLE t ADD a INT DEFAULT 1, ADD COLUMN (b INT, KEY k (b)), ADD UNIQUE u (a), ADD INDEX (a), ADD "
     "CONSTRAINT f FOREIGN KEY (a) REFERENCES x (y)",
     "ALTER TABLE t ADD COLUMN a INT DEFAULT 1;\nALTER TABLE t ADD COLUMN b INT;\nCREATE INDEX k ON t (b);\nALTER "
     "TABLE t ADD CONSTRAINT u UNIQUE (a);\nCREATE INDEX ON t (a);\nALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) "
     "REFERENCES x (y)"},
    {"constraint that may exist", "mysql mariadb", "ALTER TABLE t ADD CONSTRAINT IF NOT EXISTS u UNIQUE (a)",
     "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)"},
    {"analyze", "mysql", "ANALYZE TABLE t", "<admin>"},
    {"drop", "mysql", "ALTER TABLE t DROP a, DROP COLUMN b, DROP KEY k, DROP PRIMARY KEY, DROP FOREIGN KEY f",
     "ALTER TABLE t DROP COLUMN a;\nALTER TABLE t DROP COLUMN b;\nDROP INDEX t.k;\nALTER TABLE t DROP CONSTRAINT "
     "\"PRIMARY\";\nALTER TABLE t DROP CONSTRAINT f"},
    {"rename", "mysql", "ALTER TABLE t RENAME COLUMN a TO b, RENAME INDEX i TO j, RENAME TO db2.t2",
     "ALTER TABLE t RENAME COLUMN a TO b;\nALTER INDEX t.i RENAME TO j;\nALTER TABLE t SET SCHEMA db2;\nALTER TABLE "
     "db2.t RENAME TO t2"},
    {"defaults", "mysql", "ALTER TABLE t ALTER a SET DEFAULT 5, ALTER COLUMN b DROP DEFAULT",
     "ALTER TABLE t ALTER COLUMN a SET DEFAULT 5;\nALTER TABLE t ALTER COLUMN b DROP DEFAULT"},
    {"lock clauses are facts", "mysql", "ALTER TABLE t ADD a INT, ALGORITHM=INPLACE, LOCK=NONE",
     "ALTER TABLE t ADD COLUMN a INT"},
    {"a bad clause poisons only itself", "mysql", "ALTER TABLE t ADD a INT, ADD b ++, ADD c INT",
     "ALTER TABLE t ADD COLUMN a INT;\nALTER TABLE t ADD COLUMN c INT"},
    {"options only", "mysql", "ALTER TABLE t ENGINE=InnoDB, ORDER BY a, b", "<admin>"},
    {"index", "mysql", "CREATE UNIQUE INDEX i USING HASH ON t (a(5), b DESC) COMMENT 'x' ALGORITHM=INPLACE LOCK=NONE",
     "CREATE UNIQUE INDEX i ON t (a, b DESC)"},
    {"drop index", "mysql", "DROP INDEX `PRIMARY` ON t", "DROP INDEX t.\"PRIMARY\""},
    {"drop index of a table elsewhere", "mysql", "DROP INDEX i ON db.t ALGORITHM=COPY", "DROP INDEX db.t.i"},
    {"view", "mysql",
     "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`root`@`%` SQL SECURITY INVOKER VIEW v (a) AS SELECT b FROM t WITH "
     "LOCAL CHECK OPTION",
     "CREATE OR REPLACE VIEW v (a) AS SELECT b FROM t WITH LOCAL CHECK OPTION"},
    {"rename into another database", "mysql", "RENAME TABLE a.b TO c.d, e.f TO e.g",
     "ALTER TABLE a.b SET SCHEMA c;\nALTER TABLE c.b RENAME TO d;\nALTER TABLE e.f RENAME TO g"},
    {"rename table", "mysql", "RENAME TABLE a TO b, c TO d", "ALTER TABLE a RENAME TO b;\nALTER TABLE c RENAME TO d"},
    {"drop tables", "mysql", "DROP TEMPORARY TABLE IF EXISTS a, db.b CASCADE", "DROP TABLE IF EXISTS a, db.b CASCADE"},
    {"drop trigger", "mysql", "DROP TRIGGER IF EXISTS db.tr", "DROP TRIGGER IF EXISTS tr ON \"mysql:unknown\""},
    {"database", "mysql", "CREATE DATABASE IF NOT EXISTS d DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
     "CREATE SCHEMA IF NOT EXISTS d"},
    {"truncate", "mysql", "TRUNCATE TABLE t", "TRUNCATE TABLE t"},
};

LOWERING_CASES_MAIN(cases)
