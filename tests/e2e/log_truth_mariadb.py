"""What a client of MariaDB did, and what its logs must therefore count: the slow log, the general log, the audit plug-in's, the
binary log and the digests of performance_schema.

As in log_truth_postgres.py every statement carries a name of its own that its shape keeps."""
import collections
import dataclasses

import wire


@dataclasses.dataclass
class Done:
    """One thing that the client asked for: a packet of COM_QUERY, or an execution."""
    names: list
    user: str
    database: str
    outcome: str = "ok"      # syntax; failed
    rows_sent: int = 0
    rows_affected: int = 0
    is_binary: bool = False
    n_reached: int = 0       # statements of a packet that ran, with the one that failed
    has_own_rows: bool = True
    writes: bool = False     # changes rows, and so is in the binary log
    nested: tuple = ()       # names of what it calls


class Client:
    def __init__(self, workload, user="root", database="app", charset=45):
        self.workload, self.user, self.database = workload, user, database
        self.wire = wire.MariaDB(f"{workload.server.root}/s", user, database, charset)

    def query(self, *statements, outcome="ok", error=None, counts_as=None, reached=None, writes=False, nested=(), joint="; ",
              has_own_rows=True):
        names, texts = [], []
        for s in statements:
            names.append(self.workload.name() if b"{m}" in wire.as_bytes(s) else "")
            texts.append(wire.as_bytes(s).replace(b"{m}", names[-1].encode()))
        sent = affected = 0
        try:
            sent, affected, _ = self.wire.query(wire.as_bytes(joint).join(texts))
            failed = None
        except wire.Failed as refused:
            failed = refused
        if (outcome == "ok") != (failed is None) or (failed and error and failed.code != error):
            raise AssertionError(f"{str(texts)[:300]}: {failed}, expected {outcome} {error}")
        self.workload.done.append(Done(counts_as or names, self.user, self.database, outcome, sent, affected,
                                       n_reached=reached or len(texts), has_own_rows=has_own_rows, writes=writes and outcome == "ok", nested=nested))
        return names[0]

    def execute(self, text, *rows, writes=False):
        """Prepares once, executes for each row of values, closes."""
        name = self.workload.name()
        statement = self.wire.prepare(wire.as_bytes(text).replace(b"{m}", name.encode()))
        for values in rows:
            sent, affected, _ = self.wire.execute(statement, values)
            self.workload.done.append(Done([name], self.user, self.database, "ok", sent, affected, is_binary=True, n_reached=1,
                                           writes=writes))
        self.wire.close_statement(statement)

    def close(self):
        self.wire.close()


FORGED = "'\n# Time: 261122 12:00:00\n# User@Host: fake[fake] @ localhost []\n# Query_time: 9.0  Lock_time: 0.0  Rows_sent: 0  Rows_examined: 0\nx'"


class Workload:
    def __init__(self, server, with_immediate=True):
        self.server, self.with_immediate, self.done, self.n = server, with_immediate, [], 0

    def name(self):
        self.n += 1
        return f"m_{self.n}"

    def run(self):
        self.plain()
        self.quoting()
        self.failures()
        self.prepared()
        self.routines()
        self.connections()
        self.bytes_of_all_kinds()
        c = Client(self)
        c.query("DROP TABLE entries", writes=True)
        c.close()

    def plain(self):
        c = Client(self)
        c.query("DROP TABLE IF EXISTS entries", writes=True)
        c.query("CREATE TABLE entries (id int PRIMARY KEY, status varchar(20), note text, updated_at timestamp(6))", writes=True)
        c.query("INSERT INTO entries (id, status, note) SELECT seq AS {m}, 'applied', 'x' FROM seq_1_to_50", writes=True)
        for i in range(3):
            c.query(f"SELECT count(*) AS {{m}} FROM entries WHERE id = {i}")
        c.query("SELECT * FROM entries AS {m} WHERE id < 11")
        c.query("BEGIN")
        c.query("SAVEPOINT {m}")
        c.query("UPDATE entries AS {m} SET status = 'winner' WHERE id = 1", writes=True)
        c.query("COMMIT")
        c.query("SELECT 1 AS {m}", "SELECT 2 AS {m}", "UPDATE entries AS {m} SET note = 'a;b'", writes=True)
        c.query("SELECT 1 AS {m}", "SELECT 2 AS {m};", joint=";\n")
        c.query("SELECT 1 AS {m};")
        c.query("SET timestamp = 1234567890")
        c.query("SELECT now() AS {m}")
        c.query("SET timestamp = DEFAULT")
        c.query("USE other")
        c.database = "other"
        c.query("SELECT 1 AS {m}")
        c.wire.use("app")
        c.database = "app"
        c.query("SELECT 1 AS {m}")
        c.wire.ping()
        c.query("EXPLAIN SELECT 1 AS {m}")
        c.query("ANALYZE SELECT 1 AS {m}", has_own_rows=False)  # the server counts those it did not send, too
        c.query("SHOW TABLES")
        c.wire.file = b"901\twinner\n902\tloser\n"
        c.query("LOAD DATA LOCAL INFILE 'x' INTO TABLE entries (id, status) SET note = 'loaded {m}'", counts_as=[""], writes=True)
        c.query("DO sleep(0.01)")
        c.close()

    def quoting(self):
        c = Client(self, user="batch")
        c.query("SELECT\n\t'a\n\tb',\n\n\t`note` AS {m}\r\nFROM entries")
        c.query("SELECT 'x\\'', \"it's;\", ';\n', '-- ' AS {m}")
        c.query("-- leading: comment;\nSELECT 1 AS {m} -- trailing")
        c.query("# hash\nSELECT 1 AS {m} # trailing")
        c.query("/* a */ SELECT 1 AS {m} /*controller='entries',action='index'*/")
        c.query("/*!50000 SELECT 1 AS {m} */")
        c.query(f"SELECT {FORGED} AS {{m}}")
        c.query("SELECT '\n2026-11-22T12:00:00.000000Z\t   99 Query\tSELECT forged' AS {m}")
        c.query("SELECT '" + "x" * 30000 + "' AS {m}")
        c.query("SELECT '" + "line\n" * 3000 + "' AS {m}")
        c.query("SELECT id AS {m} FROM entries WHERE id IN (" + ",".join(str(i) for i in range(3000)) + ")")
        c.query("   \n SELECT 1 AS {m} \n ")
        c.close()

    def failures(self):
        c = Client(self, user="batch")
        c.query("SELEC 1 AS {m}", outcome="syntax", error=1064)
        c.query("SELECT no_column AS {m} FROM entries", outcome="failed", error=1054)
        c.query("INSERT INTO entries (id, note) VALUES (1, '{m}')", outcome="failed", error=1062, counts_as=[""])
        c.query("SELECT 1 AS {m}", "SELECT no_column AS {m} FROM entries", "SELECT 3 AS {m}", outcome="failed", error=1054, reached=2)
        c.query("SELECT 1 AS {m}", "SELEC 2 AS {m}", "SELECT 3 AS {m}", outcome="syntax", error=1064, reached=2)
        c.query("SET STATEMENT max_statement_time = 0.05 FOR SELECT sleep(5) AS {m}", outcome="failed", error=1969)
        c.close()

    def prepared(self):
        c = Client(self, user="batch")
        c.execute("UPDATE entries AS {m} SET status = ?, note = ? WHERE id = ?", ["winner", "it's\na 'note'\t;", "3"], ["loser", None, "4"],
                  ["winner", "x", "5"], writes=True)
        c.execute("SELECT note AS {m} FROM entries WHERE id = ?", ["3"], ["4"])
        c.execute("SELECT 1 AS {m}", [])
        name = self.name()
        c.query(f"PREPARE p1 FROM 'SELECT note AS {name} FROM entries WHERE id = ?'", counts_as=[""])
        c.query("SET @id = 3")
        for _ in range(2):
            c.query("EXECUTE p1 USING @id", counts_as=[name])
        c.query("DEALLOCATE PREPARE p1")
        if self.with_immediate:
            c.query(f"EXECUTE IMMEDIATE 'SELECT 1 AS {self.name()}'", counts_as=[f"m_{self.n}"])
        c.close()

    def routines(self):
        c = Client(self)
        inner = self.name()
        proc = self.name()
        c.query(f"CREATE OR REPLACE PROCEDURE {proc}() BEGIN SELECT 1 AS {inner}; UPDATE entries SET note = 'y' WHERE id = 7; END", counts_as=[inner], writes=True)
        c.query(f"CALL {proc}()", counts_as=[proc], nested=(inner, ""))
        function = self.name()
        c.query(f"CREATE OR REPLACE FUNCTION {function}() RETURNS int DETERMINISTIC BEGIN RETURN 1; END", counts_as=[function], writes=True)
        c.query(f"SELECT {function}() AS {{m}}")
        c.query(f"DROP PROCEDURE {proc}", counts_as=[proc], writes=True)
        c.query(f"DROP FUNCTION {function}", counts_as=[function], writes=True)
        c.close()

    def connections(self):
        c = Client(self)
        c.query("SELECT 1 AS {m}")
        c.wire.change_user("batch", "other")
        c.user, c.database = "batch", "other"
        c.query("SELECT 1 AS {m}")
        c.close()
        try:
            Client(self, user="nobody_at_all")
        except wire.Failed:
            pass
        c = Client(self, database="")
        c.query("SELECT 1 AS {m}")
        c.close()

    def bytes_of_all_kinds(self):
        c = Client(self, charset=8)
        c.query(b"SELECT 'caf\xe9' AS {m}")
        c.query(b"SELECT 'a\0b' AS {m}")
        c.query(b"SELECT _binary'\xff\xfe\x1b' AS {m}")
        c.query("INSERT INTO entries (id, note) VALUES (77, '{m}')", counts_as=[""], writes=True)
        c.close()


def expected(done, log, logs_nested):
    """(calls, rows sent, rows affected) of each name in the slow log, the general log, the audit's or the binary log."""
    want = {k: collections.Counter() for k in ("calls", "rows_sent", "rows_affected")}
    statements = 0
    for d in done:
        names = d.names
        if log in ("slow", "table", "audit") and d.outcome == "syntax" and len(names) > 1:
            # What was left of the packet is one text, and its last name stands for it.
            names = names[:d.n_reached - 1] + names[-1:]
        elif log in ("slow", "table", "audit"):
            names = names[:d.n_reached]
        if log == "binlog":
            names = list(d.names[-1:] if d.writes else ()) + [n for n in d.nested if not n]
        elif logs_nested:
            names = names + list(d.nested)
        want["calls"].update(names)
        statements += len(names)
        if len(d.names) == 1 and d.has_own_rows:
            want["rows_sent"][d.names[0]] += d.rows_sent
            want["rows_affected"][d.names[0]] += d.rows_affected
    return {**want, "statements": statements}
