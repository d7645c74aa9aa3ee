/* lowering of queries: clauses, joins, expressions, ambiguous tokens. */
#include "lowering_case.h"

static const struct lowering_case cases[] = {
    {"a string in double quotes is no column", "mysql", "SELECT \"text\" FROM t", "SELECT 'text' FROM t"},
    {"with ANSI_QUOTES it is one", "mysql ansi", "SELECT \"text\" FROM t", "SELECT \"text\" FROM t"},
    {"a variable is no operator on a column", "mysql", "SELECT a FROM t WHERE b = @v AND c = @@session.sql_mode",
     "SELECT a FROM t WHERE b = $1000001 AND c = $1000002"},
    {"a table called user stays a table", "mysql", "SELECT * FROM user", "SELECT * FROM \"user\""},
    {"options are no columns with an alias", "mysql", "SELECT SQL_NO_CACHE x FROM t", "SELECT x FROM t"},
    {"DISTINCTROW is DISTINCT", "mysql", "SELECT DISTINCTROW x FROM t", "SELECT DISTINCT x FROM t"},
    {"units are no columns", "mysql",
     "SELECT TIMESTAMPDIFF(MONTH, a, b), GET_FORMAT(DATE, 'USA'), EXTRACT(DAY_HOUR FROM c) FROM t",
     "SELECT TIMESTAMPDIFF('month', a, b), GET_FORMAT('DATE', 'USA'), EXTRACT('day_hour' FROM c) FROM t"},
    {"pipes are OR", "mysql", "SELECT a || b FROM t", "SELECT a OR b FROM t"},
    {"pipes concatenate in their mode", "mysql pipes", "SELECT a || b FROM t", "SELECT a || b FROM t"},
    {"two dashes without blank subtract", "mysql", "SELECT 5--1 FROM t", "SELECT 5 - - 1 FROM t"},
    {"two dashes with blank are a comment", "mysql", "SELECT 5 -- 1\n FROM t", "SELECT 5 FROM t"},
    {"hash comment", "mysql", "SELECT a # b\nFROM t", "SELECT a FROM t"},
    {"executable comment runs", "mysql", "SELECT /*!50601 a, */ b FROM t", "SELECT a, b FROM t"},
    {"executable comment of a later version does not", "mysql version=50600", "SELECT /*!50601 a, */ b FROM t",
     "SELECT b FROM t"},
    {"version 99999 never runs", "mysql", "SELECT /*!99999 a, */ b FROM t", "SELECT b FROM t"},
    {"MariaDB's own comment", "mysql", "SELECT /*M! a, */ b FROM t", "SELECT b FROM t"},
    {"MariaDB's own comment on MariaDB", "mysql mariadb", "SELECT /*M! a, */ b FROM t", "SELECT a, b FROM t"},
    {"MySQL 8 comments do not run on MariaDB", "mysql mariadb", "SELECT /*!80000 a, */ b FROM t", "SELECT b FROM t"},
    {"numbers and names", "mysql", "SELECT 1e5, 1e, 2a, t.1e, t.0x41, .5, 0x41, 0b01 FROM t",
     "SELECT 1e5, \"1e\", \"2a\", t.\"1e\", t.\"0x41\", .5, X'41', B'01' FROM t"},
    {"introducer", "mysql", "SELECT _utf8'x', _latin1 0x41 FROM t", "SELECT 'x', X'41' FROM t"},
    {"a column that looks like an introducer", "mysql", "SELECT _utf8, _foo 'x' FROM t",
     "SELECT _utf8, _foo AS \"x\" FROM t"},
    {"named placeholder and assignment", "mysql", "SELECT @a := b, :x FROM t",
     "SELECT mysql_assign($1000001, b), $1 FROM t"},
    {"words that are functions or columns", "mysql",
     "SELECT LEFT(a, 1), RIGHT(a, 1), REPLACE(a, b, c), INSERT(a, 1, 2, b), IF(a, b, c), MOD(a, 2), a MOD 2, CHAR(65), "
     "DATE(a), TIME(a), TIMESTAMP(a), date, time FROM t",
     "SELECT LEFT(a, 1), RIGHT(a, 1), REPLACE(a, b, c), INSERT(a, 1, 2, b), IF(a, b, c), MOD(a, 2), a % 2, "
     "\"char\"(65), DATE(a), \"time\"(a), \"timestamp\"(a), date, \"time\" FROM t"},
    {"typed literals", "mysql", "SELECT DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00' FROM t",
     "SELECT DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00' FROM t"},
    {"INTERVAL as function, literal and column arithmetic", "mysql",
     "SELECT INTERVAL(a, 1, 2), d + INTERVAL (a) DAY, INTERVAL 1 MONTH + d, DATE_SUB(d, INTERVAL '1:2' MINUTE_SECOND) "
     "FROM t",
     "SELECT \"interval\"(a, 1, 2), d + mysql_interval((a), 'day'), mysql_interval(1, 'month') + d, DATE_SUB(d, "
     "mysql_interval('1:2', 'minute_second')) FROM t"},
    {"ROW constructor and a column called row", "mysql", "SELECT ROW(a, b) = ROW(1, 2) FROM t",
     "SELECT ROW (a, b) = ROW (1, 2) FROM t"},
    {"DEFAULT of a column", "mysql", "SELECT DEFAULT(c) FROM t", "SELECT mysql_default(c) FROM t"},
    {"ORDER behind INDEX FOR", "mysql", "SELECT a FROM t USE INDEX FOR ORDER BY (i) ORDER BY a",
     "SELECT a FROM t ORDER BY a"},
    {"hint or alias", "mysql", "SELECT a FROM t FORCE INDEX (i) JOIN u use_it IGNORE KEY (j) ON t.a = use_it.a",
     "SELECT a FROM t JOIN u AS use_it ON t.a = use_it.a"},
    {"a table behind a hint", "mysql",
     "SELECT a FROM t USE INDEX (i), u FORCE INDEX FOR JOIN (j), IGNORE KEY (k), v FOR SYSTEM_TIME ALL, w",
     "SELECT a FROM t, u, v, w"},
    {"partition selection", "mysql", "SELECT a FROM t PARTITION (p0, p1) x", "SELECT a FROM t AS x"},
    {"ROLLUP", "mysql", "SELECT a, COUNT(*) FROM t GROUP BY a WITH ROLLUP", "SELECT a, COUNT(*) FROM t GROUP BY a"},
    {"END as CASE's end and as a column", "mysql", "SELECT CASE WHEN a THEN b ELSE c END, t.end, `end` FROM t",
     "SELECT CASE WHEN a THEN b ELSE c END, t.\"end\", \"end\" FROM t"},
    {"ESCAPE is no alias", "mysql", "SELECT a LIKE 'x' ESCAPE '' FROM t", "SELECT a LIKE 'x' ESCAPE '' FROM t"},
    {"strings beside strings and beside operands", "mysql", "SELECT 'a' 'b' \"c\", d 'e' FROM t",
     "SELECT 'abc', d AS \"e\" FROM t"},
    {"words reserved only in MySQL 8", "mysql", "SELECT rank, rows, groups, `over`, system FROM cube",
     "SELECT rank, \"rows\", \"groups\", \"over\", \"system\" FROM \"cube\""},
    {"window clauses", "mysql",
     "SELECT RANK() OVER w, SUM(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t "
     "WINDOW w AS (ORDER BY a)",
     "SELECT RANK() OVER w, SUM(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t "
     "WINDOW w AS (ORDER BY a)"},
    {"bit operators bind in the source's order", "mysql", "SELECT a | b & c << 1 + d, a ^ b * c FROM t",
     "SELECT a | (b & (c << 1 + d)), a ^ b * c FROM t"},
    {"comparisons chain to the left", "mysql", "SELECT a = b = c, a < b < c FROM t",
     "SELECT (a = b) = c, (a < b) < c FROM t"},
    {"NOT and !", "mysql", "SELECT NOT a = b, ! a = b, NOT a IN (1), a = (NOT b) FROM t",
     "SELECT NOT a = b, (NOT a) = b, NOT a IN (1), a = (NOT b) FROM t"},
    {"null-safe equality beside comparisons", "mysql", "SELECT a <=> b = c, a = b <=> c FROM t",
     "SELECT a <=> b = c, (a = b) <=> c FROM t"},
    {"AND inside BETWEEN", "mysql", "SELECT a FROM t WHERE a BETWEEN 1 AND 2 AND b NOT BETWEEN c + 1 AND d | 1",
     "SELECT a FROM t WHERE a BETWEEN 1 AND 2 AND b NOT BETWEEN c + 1 AND d | 1"},
    {"XOR", "mysql", "SELECT a XOR b AND c FROM t", "SELECT a OR b AND c FROM t"},
    {"JSON arrows bind tightest", "mysql", "SELECT a->'$.b' + 1, a->>'$.c' = 'x' FROM t",
     "SELECT (a -> '$.b') + 1, a ->> '$.c' = 'x' FROM t"},
    {"regular expressions", "mysql",
     "SELECT a REGEXP 'x', a NOT RLIKE 'y', a SOUNDS LIKE b, BINARY a = b, 1 MEMBER OF (c) FROM t",
     "SELECT a ~ 'x', a !~ 'y', a = b, a = b, 1 = ANY (c) FROM t"},
    {"collation", "mysql", "SELECT a COLLATE utf8mb4_bin = 'x' FROM t ORDER BY a COLLATE utf8mb4_bin DESC",
     "SELECT a COLLATE utf8mb4_bin = 'x' FROM t ORDER BY a COLLATE utf8mb4_bin DESC"},
    {"casts", "mysql",
     "SELECT CAST(a AS SIGNED), CAST(a AS CHAR(10) CHARACTER SET utf8), CONVERT(a, UNSIGNED), CONVERT(a USING utf8), "
     "CAST(a AS DATETIME(6)) FROM t",
     "SELECT CAST(a AS SIGNED), CAST(a AS char (10)), CAST(a AS UNSIGNED), mysql_convert(a, 'utf8'), CAST(a AS "
     "DATETIME (6)) FROM t"},
    {"functions without parentheses", "mysql",
     "SELECT CURRENT_DATE, CURRENT_DATE(), CURRENT_TIMESTAMP(6), UTC_TIMESTAMP, UTC_DATE(), LOCALTIME(), "
     "CURRENT_USER() FROM t",
     "SELECT CURRENT_DATE, CURRENT_DATE, CURRENT_TIMESTAMP(6), utc_timestamp(), UTC_DATE(), LOCALTIME, CURRENT_USER "
     "FROM t"},
    {"group_concat", "mysql", "SELECT GROUP_CONCAT(DISTINCT a, b ORDER BY c DESC SEPARATOR '; ') FROM t",
     "SELECT GROUP_CONCAT(DISTINCT a, b ORDER BY c DESC) FROM t"},
    {"full text", "mysql", "SELECT a FROM t WHERE MATCH (b, c) AGAINST ('x' IN BOOLEAN MODE) > 0",
     "SELECT a FROM t WHERE mysql_match(b, c) @@ ('x') > 0"},
    {"trim, position, substring", "mysql",
     "SELECT TRIM(LEADING 'x' FROM a), POSITION('b' IN c), SUBSTRING(d FROM 2 FOR 3), SUBSTR(e, 2), MID(f, 1, 2) FROM "
     "t",
     "SELECT TRIM(LEADING 'x' FROM a), position('b' IN c), substring(d FROM 2 FOR 3), substr(e, 2), substr(f, 1, 2) "
     "FROM t"},
    {"sequences", "mysql mariadb", "SELECT NEXTVAL(db.s), NEXT VALUE FOR s FROM t",
     "SELECT NEXTVAL('db.s'), mysql_next_value('s') FROM t"},
    {"stored functions", "mysql", "SELECT db.f(a), `g`(b) FROM t", "SELECT db.f(a), \"g\"(b) FROM t"},
    {"LIMIT with a comma", "mysql", "SELECT a FROM t LIMIT 5, 10", "SELECT a FROM t OFFSET 5 LIMIT 10"},
    {"locks", "mysql", "SELECT a FROM t LOCK IN SHARE MODE", "SELECT a FROM t FOR SHARE"},
    {"FOR UPDATE of a table", "mysql", "SELECT a FROM t FOR UPDATE OF t SKIP LOCKED",
     "SELECT a FROM t FOR UPDATE OF t SKIP LOCKED"},
    {"INTO is a fact", "mysql", "SELECT a, b INTO @x, @y FROM t", "SELECT a, b FROM t"},
    {"order of a group", "mysql", "SELECT a FROM t GROUP BY a DESC, b ASC HAVING c ORDER BY NULL",
     "SELECT a FROM t GROUP BY a, b HAVING c ORDER BY NULL"},
    {"DUAL", "mysql", "SELECT 1 FROM DUAL WHERE a", "SELECT 1 WHERE a"},
    {"joins without condition", "mysql",
     "SELECT * FROM a JOIN b JOIN c ON b.x = c.x, d STRAIGHT_JOIN e CROSS JOIN f ON f.y = d.y",
     "SELECT * FROM a CROSS JOIN b JOIN c ON b.x = c.x, d CROSS JOIN e JOIN f ON f.y = d.y"},
    {"nested conditions", "mysql", "SELECT * FROM a LEFT JOIN b JOIN c ON b.x = c.x ON a.y = b.y NATURAL JOIN d",
     "SELECT * FROM a LEFT JOIN b JOIN c ON b.x = c.x ON a.y = b.y NATURAL JOIN d"},
    {"tables in parentheses", "mysql", "SELECT * FROM (a, b) LEFT JOIN (c) ON a.x = c.x, (d JOIN e USING (y))",
     "SELECT * FROM (a CROSS JOIN b) LEFT JOIN c ON a.x = c.x, (d JOIN e USING (y))"},
    {"ODBC join", "mysql", "SELECT * FROM {OJ a LEFT OUTER JOIN b ON a.x = b.x}",
     "SELECT * FROM (a LEFT JOIN b ON a.x = b.x)"},
    {"derived tables", "mysql", "SELECT * FROM (SELECT a FROM t) AS x (b), LATERAL (SELECT x.b) y",
     "SELECT * FROM (SELECT a FROM t) AS x (b), LATERAL (SELECT x.b) AS y"},
    {"a second ORDER BY", "mysql", "(SELECT a FROM t ORDER BY b LIMIT 1) ORDER BY a",
     "SELECT * FROM (SELECT a FROM t ORDER BY b LIMIT 1) AS \"mysql:q\" ORDER BY a"},
    {"unions", "mysql", "SELECT a FROM t UNION DISTINCT (SELECT b FROM u LIMIT 1) UNION ALL SELECT c FROM v ORDER BY 1",
     "SELECT a FROM t UNION (SELECT b FROM u LIMIT 1) UNION ALL SELECT c FROM v ORDER BY 1"},
    {"common tables", "mysql",
     "WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 5) SELECT n FROM x",
     "WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 5) SELECT n FROM x"},
    {"system time", "mysql mariadb", "SELECT a FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01' x WHERE b",
     "SELECT a FROM t AS x WHERE b"},
    {"aliases", "mysql", "SELECT a AS 'x y', b \"z\", c `w`, d AS select_ FROM t AS u",
     "SELECT a AS \"x y\", b AS \"z\", c AS \"w\", d AS select_ FROM t AS u"},
    {"reserved words behind a dot", "mysql", "SELECT t.select, t.desc, db.table.order FROM db.`table`",
     "SELECT t.\"select\", t.\"desc\", db.\"table\".\"order\" FROM db.\"table\""},
    {"explain", "mysql", "EXPLAIN FORMAT=JSON SELECT a FROM t", "EXPLAIN SELECT a FROM t"},
    {"placeholders of clients", "mysql",
     "SELECT a FROM t WHERE b = ? AND c = :c AND d = %s AND e = %(e)s AND f = ${f} AND g = #{g} AND h = :c",
     "SELECT a FROM t WHERE b = $1 AND c = $2 AND d = $3 AND e = $4 AND f = $5 AND g = $6 AND h = $2"},
    {"a placeholder as list", "mysql", "SELECT a FROM t WHERE b IN ? AND c IN (?)",
     "SELECT a FROM t WHERE b IN ($1) AND c IN ($2)"},
    {"a placeholder as table", "mysql", "SELECT a FROM ${table}", "SELECT a FROM \"mysql:param\""},
    {"modulo and format strings", "mysql", "SELECT a %s, a % s, '%s', DATE_FORMAT(b, '%d') FROM t",
     "SELECT a % s, a % s, '%s', DATE_FORMAT(b, '%d') FROM t"},
    {"identifiers keep their spelling", "mysql", "SELECT createdAt, `Updated At` FROM Users",
     "SELECT \"createdAt\", \"Updated At\" FROM \"Users\""},
    {"multi-byte names", "mysql",
     "SELECT \xE8"
     "\xB3"
     "\x9E"
     ", `\xE5"
     "\x90"
     "\x8D"
     " \xE5"
     "\x89"
     "\x8D"
     "` FROM \xE5"
     "\xBF"
     "\x9C"
     "\xE5"
     "\x8B"
     "\x9F"
     "",
     "SELECT \"\xE8"
     "\xB3"
     "\x9E"
     "\", \"\xE5"
     "\x90"
     "\x8D"
     " \xE5"
     "\x89"
     "\x8D"
     "\" FROM \"\xE5"
     "\xBF"
     "\x9C"
     "\xE5"
     "\x8B"
     "\x9F"
     "\""},
    {"json_table has its columns", "mysql",
     "SELECT j.x FROM JSON_TABLE(d, '$' COLUMNS (x DECIMAL(4,2) PATH '$.x' DEFAULT '0' ON EMPTY, NESTED PATH '$.y' "
     "COLUMNS (z INT PATH '$'))) AS j",
     "SELECT j.x FROM \"json_table\" (d, '$') AS j (x \"any\", z \"any\")"},
    {"jinja and its kin", "mysql",
     "SELECT a FROM {{ ref('x') }} WHERE b = {{ c }} [[AND d = {{e}}]] AND $__timeFilter(f)",
     "SELECT a FROM \"x\" WHERE b = $1 AND d = $2 AND \"$__timeFilter\"(f)"},
    {"odbc escapes are none", "mysql", "SELECT {d '2024-01-01'} FROM {oj t LEFT JOIN u ON t.a = u.a}",
     "SELECT '2024-01-01' FROM (t LEFT JOIN u ON t.a = u.a)"},
};

LOWERING_CASES_MAIN(cases)
