/* lowering of triggers, routines and events. */
#include "lowering_case.h"

static const struct lowering_case cases[] = {
    {"trigger that touches", "mysql", "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW SET NEW.updated_at = NOW()",
     "UPDATE \"mysql:new\" SET updated_at = NOW()"},
    {"trigger with a condition", "mysql",
     "CREATE DEFINER=`a`@`b` TRIGGER tr AFTER INSERT ON db.t FOR EACH ROW BEGIN IF NEW.a <> OLD.a THEN UPDATE u SET b "
     "= 1 WHERE c = NEW.c; ELSE DELETE FROM v; END IF; END",
     "SELECT \"NEW\".a <> \"OLD\".a;\nUPDATE u SET b = 1 WHERE c = \"NEW\".c;\nDELETE FROM v"},
    {"procedure", "mysql",
     "CREATE PROCEDURE p(IN a INT, OUT b VARCHAR(10)) READS SQL DATA BEGIN DECLARE done INT DEFAULT 0; DECLARE cur "
     "CURSOR FOR SELECT x FROM t; DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1; OPEN cur; l1: LOOP FETCH cur "
     "INTO b; IF done THEN LEAVE l1; END IF; UPDATE t SET y = b WHERE x = a; END LOOP l1; CLOSE cur; END",
     "SELECT 0;\nSELECT x FROM t;\nSELECT done;\nUPDATE t SET y = b WHERE x = a"},
    {"loops", "mysql",
     "CREATE PROCEDURE p() BEGIN WHILE (SELECT COUNT(*) FROM t) > 0 DO DELETE FROM t LIMIT 1; END WHILE; REPEAT SET @a "
     "= @a + 1; UNTIL @a > 5 END REPEAT; CASE @a WHEN 1 THEN SELECT 1; ELSE SELECT 2; END CASE; END",
     "SELECT (SELECT COUNT(*) FROM t) > 0;\nDELETE FROM t RETURNING ( SELECT LIMIT 1);\nSELECT $1000001 + 1;\nSELECT "
     "$1000001 > 5;\nSELECT $1000001;\nSELECT 1;\nSELECT 1;\nSELECT 2"},
    {"function", "mysql",
     "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN (SELECT MAX(b) FROM t WHERE c = a)",
     "SELECT (SELECT MAX(b) FROM t WHERE c = a)"},
    {"event", "mysql", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2024-01-01' DO UPDATE t SET a = 1",
     "UPDATE t SET a = 1"},
    {"a statement that is not understood costs itself", "mysql",
     "CREATE PROCEDURE p() BEGIN FOO BAR BAZ; SELECT a FROM t; END", "SELECT a FROM t"},
    {"alter event with a body", "mysql",
     "ALTER EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN UPDATE t SET a = 1; DELETE FROM u; END",
     "UPDATE t SET a = 1;\nDELETE FROM u"},
    {"alter event without a body", "mysql", "ALTER EVENT e DISABLE", "<admin>"},
    {"prepared literal", "mysql", "PREPARE s FROM 'UPDATE t SET a = ''x'' WHERE b = ?'",
     "UPDATE t SET a = 'x' WHERE b = $1"},
    {"executed literal", "mysql mariadb", "EXECUTE IMMEDIATE 'SELECT a FROM t WHERE b = ?' USING @b",
     "SELECT a FROM t WHERE b = $1"},
    {"prepared variable", "mysql", "PREPARE s FROM @text", "<admin>"},
    {"prepared in a body", "mysql", "CREATE PROCEDURE p() BEGIN PREPARE s FROM 'DELETE FROM t'; EXECUTE s; END",
     "DELETE FROM t"},
    {"a literal in a literal is not read", "mysql", "PREPARE s FROM 'PREPARE q FROM ''SELECT 1'''", "<admin>"},
    {"compound statement", "mysql mariadb", "BEGIN NOT ATOMIC SELECT a FROM t; END", "SELECT a FROM t"},
    {"loadable function", "mysql", "CREATE FUNCTION f RETURNS STRING SONAME 'f.so'", "<admin>"},
};

LOWERING_CASES_MAIN(cases)
