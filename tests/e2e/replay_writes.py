#!/usr/bin/env python3
"""Executes each write of fixtures/e2e/writes on a real server and compares the rows that moved with what stamplint says.

usage: replay_writes.py STAMPLINT [CASE...]

A case is a file DIALECT-name.sql with the sections `-- @schema`, `-- @seed`, `-- @write` and header lines:
    -- key: id                   the column that tells rows apart (default id)
    -- watch: t.updated_at …     the columns whose values are compared
For each watched column: some row that was there before has another value afterwards, if and only if the tool's graph has
a write_effect of the write that moves the column.
"""
import contextlib
import os
import shutil
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import servers

class SQLite:
    """No server; the same face as those of servers.py."""

    dialect = "sqlite"

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="sl-sqlite-")
        return self

    def __exit__(self, *unused):
        shutil.rmtree(self.dir, ignore_errors=True)

    def run_script(self, text, database="app"):
        with contextlib.closing(sqlite3.connect(f"{self.dir}/{database}.db")) as db:
            try:
                if text.lstrip().upper().startswith("SELECT"):
                    return "".join("\t".join("" if v is None else str(v) for v in row) + "\n" for row in db.execute(text))
                db.executescript(text)
                db.commit()
                return ""
            except sqlite3.Error as e:
                raise servers.Refused(f"{e}\n--- in the script\n{text}") from e


CASES = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "e2e" / "writes"


def read_case(path):
    case = {"name": path.stem, "dialect": path.stem.split("-")[0], "key": "id", "watch": [],
            "schema": "", "seed": "", "write": ""}
    section = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-- @"):
            section = line[4:].strip()
        elif section:
            case[section] += line + "\n"
        elif line.startswith("-- key:"):
            case["key"] = line[7:].strip()
        elif line.startswith("-- watch:"):
            case["watch"] = line[9:].split()
    assert case["watch"] and case["write"], f"{path}: no watch or no write"
    return case


def snapshot(server, database, case):
    rows = {}
    for watched in case["watch"]:
        table, column = watched.split(".")
        out = server.run_script(f"SELECT {case['key']}, {column} FROM {table} ORDER BY 1", database)
        rows[watched] = dict(line.split("\t", 1) for line in out.splitlines())
    return rows


def moved_on_server(server, case):
    database = "case_" + "".join(c if c.isalnum() else "_" for c in case["name"])
    if case["dialect"] != "sqlite":
        server.run_script(f"CREATE DATABASE {database}")
    server.run_script(case["schema"], database)
    server.run_script(case["seed"], database)
    before = snapshot(server, database, case)
    server.run_script(case["write"], database)
    after = snapshot(server, database, case)
    return {w: sum(1 for k, v in before[w].items() if k in after[w] and after[w][k] != v) for w in case["watch"]}


def moved_by_tool(binary, case):
    with tempfile.TemporaryDirectory() as d:
        pathlib.Path(d, "schema.sql").write_text(case["schema"], encoding="utf-8")
        pathlib.Path(d, "write.sql").write_text(case["write"], encoding="utf-8")
        r = subprocess.run([binary, "graph", "--no-config", "--dialect", case["dialect"], "--schema", "schema.sql",
                            "--output", "usage.db", "write.sql"], cwd=d, capture_output=True, text=True, timeout=60)
        if r.returncode != 0:
            raise RuntimeError(f"stamplint: exit {r.returncode}: {r.stderr.strip()}")
        with contextlib.closing(sqlite3.connect(f"{d}/usage.db")) as db:
            rows = db.execute(
                "SELECT t.name || '.' || c.name, max(e.moves), group_concat(e.evidence || ' ' || coalesce(e.reason, ''), '; ')"
                " FROM write_effect AS e JOIN db_column AS c USING (column_id)"
                " JOIN db_table AS t ON t.table_id = c.table_id"
                " JOIN statement AS s ON s.statement_id = e.statement_id JOIN source ON source.source_id = s.source_id"
                " WHERE source.path LIKE '%write.sql' GROUP BY 1").fetchall()
            unread = db.execute("SELECT text FROM statement WHERE NOT is_understood").fetchall()
    assert not unread, f"{case['name']}: not understood: {unread[0][0]}"
    return {name.lower(): (bool(moves), why) for name, moves, why in rows}


def compare(server, binary, case):
    rows = moved_on_server(server, case)
    tool = moved_by_tool(binary, case)
    wrong = []
    for watched, n in rows.items():
        moves, why = tool.get(watched.lower(), (False, "no effect"))
        if moves != (n > 0):
            wrong.append(f"{watched}: {n} rows moved on the server, the tool says "
                         f"{'it moves' if moves else 'it stays'} ({why})")
    return wrong


def main():
    binary = os.path.abspath(sys.argv[1])
    names = sys.argv[2:]
    paths = sorted(p for p in CASES.glob("*.sql") if not names or p.stem in names)
    cases = [read_case(p) for p in paths]
    n_wrong = n_run = 0
    missing = None
    for kind in (servers.Postgres, servers.MariaDB, SQLite):
        own = [c for c in cases if c["dialect"] == kind.dialect]
        if not own:
            continue
        try:
            server = kind().__enter__()
        except servers.Missing as e:
            missing = e
            continue
        with contextlib.closing(contextlib.ExitStack()) as stack:
            stack.push(server.__exit__)
            for case in own:
                n_run += 1
                try:
                    wrong = compare(server, binary, case)
                except (RuntimeError, servers.Refused) as e:
                    wrong = [str(e)]
                n_wrong += bool(wrong)
                for line in wrong:
                    print(f"{case['name']}: {line}")
    print(f"{n_run - n_wrong} of {n_run} writes: rows and graph agree")
    if missing:
        print(f"skipped in part: {missing} (tests/e2e/install_servers.sh)")
    sys.exit(1 if n_wrong else servers.SKIPPED if missing or n_run == 0 else 0)


if __name__ == "__main__":
    main()
