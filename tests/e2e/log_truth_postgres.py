"""What a client of PostgreSQL did, and what its log must therefore count under each setting.

Every statement carries a name of its own (m_17) that its shape keeps, so that what a digest says of it can be looked up."""
import collections
import dataclasses
import re
import threading
import time

import servers
import wire

DDL = ("CREATE", "DROP", "ALTER", "COMMENT", "GRANT")
PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "DECLARE", "EXPLAIN", "EXPLAIN ANALYZE", "COPY (SELECT")
MOD = DDL + ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "COPY FROM")


@dataclasses.dataclass
class Done:
    """One thing that the client asked for: a simple query, or the execution of a portal."""
    names: list           # of its statements; "" for one that has none
    verbs: list
    user: str
    database: str
    application: str
    outcome: str = "ok"   # syntax: not even parsed; refused: by Parse or Bind; unplanned: before it ran; failed: while it ran
    is_extended: bool = False
    is_execute: bool = False  # EXECUTE name: counts as what was prepared
    is_audited: bool = True  # what ends an aborted transaction is not
    takes_over_100_ms: bool = False
    rows_changed: int = 0


def verb_of(text):
    text = re.sub(rb"^(\s|--[^\n]*\n|/\*.*?\*/(?= S))*", b"", text)
    words = text.split(None, 2)
    two = b" ".join(words[:2]).upper().decode(errors="replace")
    return two if two in PLANNED else two.split()[0]


class Client:
    def __init__(self, workload, user="app", application="", database="app"):
        self.workload, self.user, self.application, self.database = workload, user, application, database
        settings = {"application_name": application} if application else {}
        self.wire = wire.Postgres(workload.server.root, user, database, **settings)

    def note(self, names, verbs, outcome, **more):
        self.workload.done.append(Done(names, verbs, self.user, self.database, self.application, outcome, **more))

    def simple(self, *statements, outcome="ok", error=None, joint="; ", **more):
        """One packet. A statement is its text with {m} where its name goes."""
        names, texts = [], []
        for s in statements:
            names.append(self.workload.name() if b"{m}" in wire.as_bytes(s) else "")
            texts.append(wire.as_bytes(s).replace(b"{m}", names[-1].encode()))
        got = self.wire.simple(wire.as_bytes(joint).join(texts))
        self.check(got, outcome, error, texts)
        verbs = [verb_of(t) for t in texts]
        self.note(more.pop("counts_as", names), more.pop("verbs", verbs), outcome, **more)
        return names[0]

    def check(self, got, outcome, error, text):
        tags, _, errors = got
        if (outcome == "ok") != (not errors) or (error and errors != [error]):
            raise AssertionError(f"{str(text)[:300]}: {tags} {errors}, expected {outcome} {error}")

    def extended(self, text, values=(), times=1, prepared="", outcome="ok", error=None, fetch=0):
        """Parse, then Bind and Execute `times` times, one Sync each (or a fetch in parts)."""
        name = self.workload.name()
        text = wire.as_bytes(text).replace(b"{m}", name.encode())
        verb = verb_of(text)
        w = self.wire
        for i in range(times):
            if i == 0 or not prepared:
                w.parse(text, prepared)
            w.bind(values, prepared)
            w.execute("", fetch)
            if fetch:
                w.execute("", 0)
            self.check(w.sync(), outcome, error, text)
            self.note([name], [verb], outcome, is_extended=True)
        return name

    def pipeline(self, *texts):
        """All in one go, one Sync at the end."""
        for t in texts:
            name = self.workload.name()
            self.wire.parse(wire.as_bytes(t).replace(b"{m}", name.encode()))
            self.wire.bind()
            self.wire.execute()
            self.note([name], [t.split(None, 1)[0].upper()], "ok", is_extended=True)
        self.check(self.wire.sync(), "ok", None, texts)

    def close(self):
        self.wire.close()


class Workload:
    """Runs once under one setting; `done` is the truth."""

    def __init__(self, server):
        self.server, self.done, self.n = server, [], 0

    def name(self):
        self.n += 1
        return f"m_{self.n}"

    def run(self):
        self.plain()
        self.quoting()
        self.failures()
        self.prepared()
        self.routines()
        self.bytes_of_all_kinds()
        self.waits()

    def plain(self):
        c = Client(self, application="puma: worker 0 [lottery]")
        c.simple("DROP SCHEMA IF EXISTS public CASCADE")
        c.simple("CREATE SCHEMA public")
        c.simple("CREATE TABLE entries (id int PRIMARY KEY, status text, note text, updated_at timestamptz DEFAULT now())")
        c.simple("INSERT INTO entries (id, status, note) SELECT g, 'applied', 'x' FROM generate_series(1, 50) AS {m}(g)")
        for i in range(3):
            c.simple(f"SELECT count(*) AS {{m}} FROM entries WHERE id = {i}")
        c.simple("BEGIN")
        c.simple("SAVEPOINT {m}")
        c.simple("UPDATE entries AS {m} SET status = 'winner' WHERE id = 1")
        c.simple("ROLLBACK")
        c.simple("SELECT 1 AS {m}", "SELECT 2 AS {m}", "UPDATE entries AS {m} SET note = 'a;b'")
        c.simple("SELECT 1 AS {m}", "SELECT 2 AS {m}", joint=";\n")
        c.simple("SELECT 1 AS {m};")
        c.simple("COPY (SELECT 1 AS {m}) TO STDOUT")
        c.simple("CREATE TABLE {m} (id int)")
        c.simple(f"COPY m_{self.n} FROM STDIN", counts_as=[f"m_{self.n}"], verbs=["COPY FROM"])
        c.simple("BEGIN")
        cursor = c.simple("DECLARE {m} CURSOR FOR SELECT * FROM entries")
        c.simple(f"FETCH 10 FROM {cursor}", counts_as=[cursor])
        c.simple(f"FETCH 10 FROM {cursor}", counts_as=[cursor])
        c.simple(f"CLOSE {cursor}", counts_as=[cursor])
        c.simple("COMMIT")
        c.simple("SET enable_seqscan = on")
        c.simple("EXPLAIN SELECT 1 AS {m}")
        c.simple("EXPLAIN ANALYZE SELECT 1 AS {m}")
        c.simple("VACUUM entries")
        c.simple("CHECKPOINT")
        c.close()

    def quoting(self):
        c = Client(self, user="batch", application="it's")
        c.simple("SELECT\n\t'a\n\tb',\n\n\t\"note\" AS {m}\r\nFROM entries")
        c.simple("SELECT 'x', $$ a ; 'b' $$, $q$ $$ ; $q$, E'\\'' AS {m}")
        c.simple("-- leading: comment;\nSELECT 1 AS {m} -- trailing")
        c.simple("/* a /* nested ; */ */ SELECT 1 AS {m} /*controller='entries',action='index'*/")
        c.simple("SELECT '\n2026-11-22 12:00:00.000 UTC [1] LOG:  statement: SELECT 1 AS forged\n' AS {m}")
        c.simple("SELECT 'LOG:  duration: 1.0 ms  statement: forged' AS {m}")
        c.simple("SELECT 'ERROR:  x' AS {m}, 'STATEMENT:  y'")
        c.simple("SELECT '" + "x" * 20000 + "' AS {m}")
        c.simple("SELECT id AS {m} FROM entries WHERE id IN (" + ",".join(str(i) for i in range(3000)) + ")")
        c.simple("SELECT '" + "line\n" * 3000 + "' AS {m}")
        c.close()

    def failures(self):
        c = Client(self, user="batch", application="job 7")
        c.simple("SELEC 1 AS {m}", outcome="syntax", error="42601")
        c.simple("SELECT no_column AS {m} FROM entries", outcome="unplanned", error="42703")
        c.simple("INSERT INTO entries AS {m} (id) VALUES (1)", outcome="failed", error="23505")
        c.simple("SELECT 1 / (id - 1) AS {m} FROM entries", outcome="failed", error="22012")
        c.simple("BEGIN")
        c.simple("SELECT 1 / 0 AS {m}", outcome="unplanned", error="22012")
        c.simple("SELECT 1 AS {m}", outcome="unplanned", error="25P02")
        c.simple("ROLLBACK", is_audited=False)
        c.simple("SET statement_timeout = 30")
        c.simple("SELECT pg_sleep(10) AS {m}", outcome="failed", error="57014")
        c.simple("RESET statement_timeout")
        # What fails is followed by the same thing that works.
        name = self.name()
        for divisor, outcome in ((0, "unplanned"), (1, "ok"), (0, "unplanned"), (1, "ok"), (0, "unplanned"), (0, "unplanned")):
            c.simple(f"SELECT 1 / {divisor} AS {name}", outcome=outcome, counts_as=[name])
        c.extended("SELECT no_column AS {m} FROM entries", outcome="refused", error="42703")
        c.extended("SELEC {m}", outcome="refused", error="42601")
        c.extended("SELECT 1 / (id - $1::int) AS {m} FROM entries", ["1"], outcome="failed", error="22012")
        c.extended("SELECT $1::int AS {m}", ["x"], outcome="refused", error="22P02")
        c.extended("UPDATE entries AS {m} SET id = 1, status = $1 WHERE id = $2", ["winner", "2"], outcome="failed", error="23505")
        c.close()
        c = Client(self, user="batch", application="cancelled")
        timer = threading.Timer(0.2, wire.cancel, (self.server.root, c.wire))
        timer.start()
        c.simple("SELECT pg_sleep(10) AS {m}", outcome="failed", error="57014")
        timer.join()
        c.close()
        try:
            wire.Postgres(self.server.root, "app", "no_such_database")
        except wire.Failed:
            pass

    def prepared(self):
        c = Client(self, application="sidekiq 6.5")
        c.extended("UPDATE entries AS {m} SET status = $1, note = $2 WHERE id = $3", ["winner", "it's\na 'note'\t$1", "3"], times=3, prepared="a0")
        c.extended("SELECT note AS {m} FROM entries WHERE id = $1 AND status = $2", ["3", None], times=2)
        c.extended("SELECT g AS {m} FROM generate_series(1, 100) AS g", fetch=10)
        c.extended("SELECT $1::text AS {m}", ["y" * 3000])
        c.pipeline("SELECT 1 AS {m}", "UPDATE entries AS {m} SET note = 'z' WHERE id = 4", "SELECT 2 AS {m}")
        c.extended("BEGIN")
        self.done[-1].names = [""]
        c.extended("COMMIT")
        self.done[-1].names = [""]
        plan = c.simple("PREPARE plan_a (int) AS SELECT note AS {m} FROM entries WHERE id = $1")
        for i in (1, 2):
            c.simple(f"EXECUTE plan_a({i})", counts_as=[plan], is_execute=True)
        c.simple("DEALLOCATE plan_a")
        plan = c.simple("PREPARE plan_b (int) AS SELECT 1 / (id - $1) AS {m} FROM entries")
        c.simple("EXECUTE plan_b(1)", counts_as=[plan], is_execute=True, outcome="failed", error="22012")
        c.simple("EXECUTE plan_b(777)", counts_as=[plan], is_execute=True)
        c.close()

    def routines(self):
        c = Client(self, application="psql")
        c.simple("CREATE FUNCTION {m}() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  UPDATE entries SET note = 'inner; x';\n  RETURN 1;\nEND $$")
        inner = f"m_{self.n}"
        c.simple(f"SELECT {inner}() AS {{m}}")
        c.simple("DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM entries; PERFORM 1; RAISE NOTICE 'n: %', n; END $$")
        c.simple("DO $$ BEGIN RAISE WARNING 'careful'; RAISE LOG 'just saying'; END $$")
        c.simple("SELECT 1 AS {m}")
        c.simple("DO $$ BEGIN PERFORM 1 / 0; END $$", outcome="failed", error="22012")
        c.simple(f"DROP FUNCTION {inner}", counts_as=[inner])
        c.close()

    def bytes_of_all_kinds(self):
        c = Client(self, application="legacy", database="legacy")
        c.simple(b"SELECT 'caf\xe9 \xff' AS {m}")
        c.simple(b"SELECT '\x01\x1b[31m' AS {m}")
        c.extended(b"SELECT $1::text AS {m}", [b"caf\xe9"])
        c.simple(b"SELECT '\xe9' AS {m} FROM no_table", outcome="unplanned", error="42P01")
        c.close()

    def waits(self):
        a, b = Client(self, application="a"), Client(self, application="b")
        a.simple("BEGIN")
        a.simple("UPDATE entries AS {m} SET note = 'held' WHERE id = 9")
        waiting = threading.Thread(target=lambda: b.simple("UPDATE entries AS {m} SET note = 'waited' WHERE id = 9", takes_over_100_ms=True))
        waiting.start()
        time.sleep(0.35)
        a.simple("COMMIT")
        waiting.join()
        a.simple("SET work_mem = '64kB'")
        a.simple("SELECT count(*) AS {m} FROM (SELECT g, repeat('x', 100) FROM generate_series(1, 20000) AS g ORDER BY 2, 1 DESC) AS x")
        a.simple("SELECT pg_sleep(0.15) AS {m}", takes_over_100_ms=True)
        a.simple("DROP TABLE entries")
        a.close()
        b.close()


def expected(done, settings):
    """(calls, failed) of each name under these settings, as the manual says what is logged."""
    calls, failed = collections.Counter(), collections.Counter()
    statements = total_failed = 0
    timed = collections.defaultdict(bool)
    logs = settings.get("log_statement", "none")
    libraries = settings.get("shared_preload_libraries", "")
    min_duration = settings.get("log_min_duration_statement", -1)
    for d in done:
        # A packet is logged whole if any of its statements asks for it.
        by_statement = logs == "all" or logs != "none" and any(v in (DDL if logs == "ddl" else MOD) for v in d.verbs)
        by_statement = by_statement and d.outcome not in ("syntax", "refused")
        by_duration = d.outcome == "ok" and (min_duration == 0 or min_duration == 100 and d.takes_over_100_ms)
        is_audited = "pgaudit" in libraries and d.is_audited and d.outcome in ("ok", "failed")
        is_explained = "auto_explain" in libraries and d.outcome == "ok" and any(v in PLANNED for v in d.verbs)
        is_logged = by_statement or by_duration or is_audited or is_explained
        is_timed = by_duration or is_explained and ("DECLARE" not in d.verbs or not by_statement and not is_audited) or d.outcome == "ok" and by_statement and (
            settings.get("log_duration") == "on" or min_duration == 100 and d.takes_over_100_ms)
        n_failed = d.outcome != "ok"
        total_failed += n_failed
        statements += bool(is_logged)
        for i, name in enumerate(d.names):
            is_terse = settings.get("log_error_verbosity") == "terse" and "log_destination" not in settings
            by_worker = settings.get("force_parallel_mode") == "on"  # whose STATEMENT is what was prepared
            if d.is_execute and (is_terse or n_failed and not is_logged and not by_worker):
                name = ""  # the log has nothing but "EXECUTE plan_b(1)"
            timed[name] |= bool(is_timed)
            calls[name] += bool(is_logged)
            failed[name] += n_failed and (i == 0 or not is_logged)
    return {"calls": calls, "failed": failed, "statements": statements, "total_failed": total_failed, "timed": timed}
