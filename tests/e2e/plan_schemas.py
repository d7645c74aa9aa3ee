#!/usr/bin/env python3
"""Plans for many schemas, each run as it is printed on a real server of its dialect, over the case's rows: the writes that it
rewrites fill the time, the backfill fills the rest, verify answers 0, no row-touch time moves, undo leaves the table as it was.

A case is fixtures/e2e/plans/NAME.sql: its schema, then its parts "-- rows", "-- report" and "-- write"; `plan` is the operand,
`filled` counts the rows that have the state before the write.

usage: plan_schemas.py STAMPLINT ROOT [NAME...]"""
import contextlib
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

import servers

VERSION = {"mysql": "10.11-mariadb", "postgres": "15", "sqlite": "3"}
# What is said to older servers runs on newer ones too.
OLD_VERSION = {"mysql": "5.7", "postgres": "10", "sqlite": "3"}
KINDS = {"mysql": servers.MariaDB, "postgres": servers.Postgres, "sqlite": None}


def read_case(path):
    text = path.read_text(encoding="utf-8")
    case = {"name": path.stem, **dict(re.findall(r"^-- (\w+): (.*)$", text, re.M))}
    parts = re.split(r"^-- (rows|report|write)\n", re.sub(r"^-- \w+: .*\n", "", text, flags=re.M), flags=re.M)
    case["schema"] = parts[0]
    case.update(zip(parts[1::2], parts[2::2]))
    return case


def check(condition, sentence):
    if not condition:
        raise AssertionError(sentence)


def make_plan(program, case, source, version, *words):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("schema.sql", case["schema"]), ("report.sql", case.get("report", "")), ("write.sql", case.get("write", ""))):
            pathlib.Path(folder, name).write_text(text, encoding="utf-8")
        done = subprocess.run([program, "plan", "--no-config", "--quiet", "--dialect", case["dialect"], "--server-version",
                               version, "--batch-rows", "2", "--source", source, "--schema", "schema.sql", "--format",
                               "json", case["plan"], "--when", case["when"], *words, "report.sql", "write.sql"],
                              cwd=folder, capture_output=True, text=True)
    check(done.returncode == 0, f"stamplint: exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)["plans"][0]


def blocks(plan, step, *kinds):
    return [b for s in plan["steps"] if s["id"] == step for b in s["blocks"] if b["kind"] in kinds]


def quoted(plan, *names):
    q = "`" if plan["dialect"] == "mysql" else '"'
    return ".".join(q + n + q for n in names if n)


def backfill(session, plan):
    texts = [b["text"] for b in blocks(plan, "backfill", "sql")]
    begin = texts.index("BEGIN IMMEDIATE") if plan["dialect"] == "sqlite" else len(texts)
    for sql in texts[:begin]:
        session.lines(sql)
        done = re.search(r"UPDATE (\S+) SET .*stamplint_is_done", sql)
        while done and session.value(f"SELECT stamplint_is_done FROM {done.group(1)}") != "t":
            session.lines(sql)
    for _ in range(100 if begin < len(texts) else 0):
        for sql in texts[begin:-1]:
            session.lines(sql)
        if session.value(texts[-1]) == "1":
            return
    check(begin == len(texts), "the batches of SQLite do not end")


def columns_of(session, plan):
    table = quoted(plan, plan["schema"], plan["table"])
    if plan["dialect"] == "sqlite":
        return session.lines(f"SELECT name FROM pragma_table_info('{plan['table']}') ORDER BY 1")
    where = f"table_name = '{plan['table']}' AND table_schema NOT LIKE '%\\_catalog'"
    return session.lines(f"SELECT column_name FROM information_schema.columns WHERE {where} ORDER BY 1") if table else []


def run_writes(session, case, plan):
    """Each write of the case, rewritten; the words behind it (EXECUTE …) as they are."""
    rewritten = blocks(plan, "fill", "rewrite")
    originals = [w for w in case["write"].split(";\n") if w.strip()]
    check(len(rewritten) == len(originals), f"{len(rewritten)} of {len(originals)} writes are rewritten: {rewritten}")
    for write, block in zip(originals, rewritten):
        check(not block["label"], f"by hand: {block['text']}")
        text = block["text"].rstrip(";")
        prepared = re.match(r"(PREPARE \w+ AS )(.*?)(; EXECUTE .*)", write, re.S)
        if prepared:
            name, _, execute = prepared.groups()
            session.lines(name + text.removeprefix(name))
            session.lines(execute.strip("; "))
        else:
            session.lines(text)


def try_case(program, case, session, version, with_trigger):
    source = "event" if "_transitions" in case["schema"] else "updated_at" if '"updatedAt"' not in case["schema"] else "updatedAt"
    plan = make_plan(program, case, source, version, *(["--trigger"] if with_trigger else []))
    session.run_script(case["schema"])
    session.run_script(case["rows"])
    table, event, touch = quoted(plan, plan["schema"], plan["table"]), quoted(plan, plan["event"]), quoted(plan, plan["row_touch"])
    columns = columns_of(session, plan)
    before = session.lines(f"SELECT {touch} FROM {table} ORDER BY 1")
    report = sorted(session.lines(case["report"].strip().rstrip(";")))
    for step in ("add", "fill"):
        for b in blocks(plan, step, "sql"):
            session.lines(b["text"])
    backfill(session, plan)
    for b in blocks(plan, "index", "sql"):
        session.lines(b["text"])
    check(session.lines(f"SELECT {touch} FROM {table} ORDER BY 1") == before, f"{touch} moved")
    filled = session.value(f"SELECT COUNT(*) FROM {table} WHERE {event} IS NOT NULL")
    check(filled == case["filled"], f"{filled} rows filled, {case['filled']} were to be")
    for b in blocks(plan, "verify", "must_be_0", *([] if source == "event" else ["compare"])):
        check(session.value(b["text"]) == "0", f"{b['label']} answers {session.value(b['text'])}\n{b['text']}")
    for b in blocks(plan, "repoint", "sql"):
        session.lines(b["text"])
    check(source == "event" or sorted(session.lines(case["report"].strip().rstrip(";"))) == report, "the report through the view made again differs")
    run_writes(session, case, plan)
    for b in blocks(plan, "verify", "must_be_0"):
        check(session.value(b["text"]) == "0", f"after the writes, {b['label']} answers {session.value(b['text'])}\n{b['text']}")
    check(int(session.value(f"SELECT COUNT(*) FROM {table} WHERE {event} IS NOT NULL")) > int(filled), "the writes filled nothing")
    for b in blocks(plan, "clean_up", "sql"):
        session.lines(b["text"])
    for step in reversed(plan["steps"]):
        for sql in step["undo"]:
            session.lines(sql)
    check(columns_of(session, plan) == columns, f"after undo: {columns_of(session, plan)}")


@contextlib.contextmanager
def session_for(server, name):
    if server is None:
        yield servers.SQLite()
        return
    with server.session("postgres" if server.dialect == "postgres" else "mysql") as s:
        s.run(f"CREATE DATABASE {name}")
    with server.session(name) as s:
        s.run_script = lambda text: server.run_script(text, name)
        yield s
    with server.session("postgres" if server.dialect == "postgres" else "mysql") as s:
        s.run(f"DROP DATABASE {name}")
        if server.dialect == "mysql":
            s.run("DROP DATABASE IF EXISTS shop")


def main():
    program, root, names = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]), sys.argv[3:]
    cases = [read_case(p) for p in sorted((root / "fixtures/e2e/plans").glob("*.sql")) if not names or p.stem in names]
    n_run = n_wrong = 0
    for dialect, kind in KINDS.items():
        try:
            with kind() if kind else contextlib.nullcontext() as server:
                for case in (c for c in cases if c["dialect"] == dialect):
                    for version, with_trigger in ((VERSION, False), (VERSION, True), (OLD_VERSION, False)):
                        if version is OLD_VERSION and dialect == "sqlite":
                            continue
                        n_run += 1
                        try:
                            with session_for(server, "f_" + case["name"].replace("-", "_")[:40] + str(n_run)) as session:
                                try_case(program, case, session, version[dialect], with_trigger)
                        except (AssertionError, servers.Refused, sqlite3.Error, IndexError) as error:
                            n_wrong += 1
                            print(f"{case['name']} for {version[dialect]}{' with triggers' if with_trigger else ''}: {error}")
        except servers.Missing as missing:
            print(f"{dialect} is skipped: {missing}")
    print(f"{n_run - n_wrong} of {n_run} plans ran, verified and were undone")
    sys.exit(1 if n_wrong else 0 if n_run else servers.SKIPPED)


main()
