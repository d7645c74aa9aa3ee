#!/usr/bin/env python3
"""Every plan of fixtures/cli/plan-*: its SQL runs on a real server of its dialect over the fixture's own schema, first on
empty tables, then a second time on rows; its undo takes it back; its diffs apply with git; its Rails migrations are Ruby.

A case that has rows.sql takes part: INSERTs, five of which are in the state of the event; `event` holds the words of a plan
that the findings do not ask for.

usage: plan_fixtures.py STAMPLINT ROOT"""
import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import servers

OPTIONS = ["--no-config", "--quiet", "--trigger", "--batch-rows", "2"]
VERSION = {"mysql": "10.11-mariadb", "postgres": "15", "sqlite": "3"}


def run_plan(program, folder, dialect, *words):
    done = subprocess.run([program, "plan", *OPTIONS, "--dialect", dialect, "--server-version", VERSION[dialect], *words],
                          cwd=folder, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def blocks(plan, step, *kinds):
    return [b for s in plan["steps"] if s["id"] == step for b in s["blocks"] if b["kind"] in kinds]


def name_of(plan, session_dialect):
    q = "`" if session_dialect == "mysql" else '"'
    parts = [p for p in (plan["schema"], plan["table"]) if p]
    return ".".join(q + p + q for p in parts)


def backfill(session, plan):
    if plan["dialect"] != "sqlite":
        for b in blocks(plan, "backfill", "sql"):
            session.lines(b["text"])
        return
    texts = [b["text"] for b in blocks(plan, "backfill", "sql")]
    begin = texts.index("BEGIN IMMEDIATE")
    for sql in texts[:begin]:
        session.lines(sql)
    for _ in range(100):
        for sql in texts[begin:-1]:
            session.lines(sql)
        if session.value(texts[-1]) == "1":
            return
    raise AssertionError("the batches of SQLite do not end")


def try_plan(session, plan, rows):
    def zero():
        for b in blocks(plan, "verify", "must_be_0", "compare"):
            got = session.value(b["text"])
            if got != "0":
                raise AssertionError(f"{b['label']} answers {got}\n{b['text']}")

    for step in ("add", "fill"):
        for b in blocks(plan, step, "sql"):
            session.lines(b["text"])
    backfill(session, plan)
    for b in blocks(plan, "index", "sql"):
        session.lines(b["text"])
    zero()
    for b in blocks(plan, "clean_up", "sql"):
        session.lines(b["text"])
    for step in reversed(plan["steps"]):
        for sql in step["undo"]:
            session.lines(sql)
    if not rows:
        return 0
    for sql in rows:
        session.lines(sql)
    table, touch = name_of(plan, plan["dialect"]), plan["row_touch"]
    before = session.lines(f"SELECT {touch} FROM {table} ORDER BY 1")
    for b in blocks(plan, "add", "sql"):
        session.lines(b["text"])
    backfill(session, plan)
    if session.lines(f"SELECT {touch} FROM {table} ORDER BY 1") != before:
        raise AssertionError(f"{touch} moved")
    zero_rows = session.value(f"SELECT COUNT(*) FROM {table} WHERE ({plan['when']}) AND {plan['event']} IS NULL")
    filled = session.value(f"SELECT COUNT(*) FROM {table} WHERE {plan['event']} IS NOT NULL")
    if zero_rows != "0" or filled != "5":
        raise AssertionError(f"{filled} rows filled, {zero_rows} left")
    for b in blocks(plan, "clean_up", "sql"):
        session.lines(b["text"])
    return int(filled)


def diffs_apply(folder, plan):
    text = "".join(b["text"] for b in blocks(plan, "repoint", "diff"))
    if text:
        done = subprocess.run(["git", "apply", "--check", "-p1", "-"], cwd=folder, input=text, text=True, capture_output=True)
        if done.returncode:
            raise AssertionError(f"git apply: {done.stderr}\n{text}")


def ruby_parses(program, folder, dialect):
    text = run_plan(program, folder, dialect, "--format", "rails", ".")
    if "class " not in text:
        raise AssertionError("no migration")
    if not shutil.which("ruby"):
        return False
    done = subprocess.run(["ruby", "-wc"], input=text, text=True, capture_output=True)
    if done.returncode or "Syntax OK" not in done.stdout:
        raise AssertionError(f"ruby -wc: {done.stderr}\n{text}")
    return True


@contextlib.contextmanager
def session_for(server, name):
    if server is None:
        yield servers.SQLite()
        return
    database = "f_" + name.replace("-", "_")
    with server.session("postgres" if server.dialect == "postgres" else "mysql") as s:
        s.run(f"CREATE DATABASE {database}")
    with server.session(database) as s:
        yield s


def try_fixture(program, case, server, dialect):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "input"
        shutil.copytree(case / "input", folder)
        text = run_plan(program, folder, dialect, "--format", "json", ".") or \
            run_plan(program, folder, dialect, "--format", "json", *(case / "event").read_text().splitlines(), ".")
        plans = json.loads(text)["plans"]
        rows_file = case / "rows.sql"
        rows = rows_file.read_text().split(";\n") if rows_file.exists() else []
        with session_for(server, case.name) as session:
            structure = (folder / "db/structure.sql").read_text()
            if server is None:
                session.db.executescript(structure)
            else:
                server.run_script(structure, "f_" + case.name.replace("-", "_"))
            n_rows = 0
            for plan in plans:
                mine = [r for r in rows if r.strip() and f"INTO {plan['table']}" in r.replace('"', "").replace("`", "").replace("sales.", "")]
                n_rows += try_plan(session, plan, mine)
                diffs_apply(folder, plan)
        has_ruby = dialect == "sqlite" or ruby_parses(program, folder, dialect)
        print(f"{case.name}: {len(plans)} plans, {n_rows} rows filled" + ("" if has_ruby else "; no ruby here: the migrations were not parsed"))


def other_migrations(program, cases):
    """The migrations of the cases without rows."""
    wrong = []
    for case in cases:
        words = (case / "cmd").read_text()
        is_refused = (case / "expected.exit").read_text().strip() != "0"
        if "rails" not in case.name or is_refused or (case / "rows.sql").exists():
            continue
        done = subprocess.run(["sh", "-c", words.rstrip() + " --format rails"], cwd=case / "input", capture_output=True, text=True,
                              env={**os.environ, "STAMPLINT": program})
        ruby = subprocess.run(["ruby", "-wc"], input=done.stdout, text=True, capture_output=True)
        if "class " not in done.stdout or "Syntax OK" not in ruby.stdout or ruby.stderr.strip():
            wrong.append(case.name)
            print(f"{case.name}: ruby -wc: {ruby.stderr}\n{done.stdout}")
    return wrong


def main():
    program, root = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    wrong, n_run = [], 0
    cases = [c for c in sorted((root / "fixtures/cli").glob("plan-*")) if (c / "rows.sql").exists()]
    if shutil.which("ruby"):
        wrong += other_migrations(program, sorted((root / "fixtures/cli").glob("plan-*")))
    for kind, dialect in ((servers.MariaDB, "mysql"), (servers.Postgres, "postgres"), (None, "sqlite")):
        mine = [c for c in cases if f"--dialect {dialect}" in (c / "cmd").read_text()]
        try:
            with kind() if kind else contextlib.nullcontext() as server:
                for case in mine:
                    try:
                        try_fixture(program, case, server, dialect)
                        n_run += 1
                    except (AssertionError, servers.Refused, sqlite3.Error) as error:
                        wrong.append(case.name)
                        print(f"{case.name}: {error}")
        except servers.Missing as missing:
            print(f"{dialect} is skipped: {missing}")
    sys.exit(1 if wrong else 0 if n_run else servers.SKIPPED)


main()
