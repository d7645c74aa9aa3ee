#!/usr/bin/env python3
"""What tests/oracle/*.jsonl call valid, the servers' own parsers accept: MariaDB by PREPARE, SQLite by EXPLAIN. Complaints
about tables and columns that are not there are no complaints about the grammar. A file beside the statements,
mysql.not_mariadb.jsonl, lists (one JSON string a line) what MySQL 8, MySQL 5.7 or a client library (:name, %s …) takes and MariaDB does not.

usage: prepare_oracle.py ORACLE_FOLDER"""
import json
import pathlib
import sqlite3
import sys

import servers

# 1064: syntax error. Everything else a PREPARE can say comes after parsing.
SYNTAX = ("ERROR 1064", "You have an error in your SQL syntax")


def statements(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()] if path.exists() else []


def check_mariadb(folder):
    others = set(statements(folder / "mysql.not_mariadb.jsonl"))
    wrong, n = [], 0
    with servers.MariaDB() as server, server.session() as session:
        for text in statements(folder / "mysql.jsonl"):
            if text in others:
                continue
            n += 1
            try:
                quoted = text.replace("\\", "\\\\").replace("'", "\\'")
                session.run(f"PREPARE sl_oracle FROM '{quoted}'")
            except servers.Refused as refused:
                if any(word in str(refused) for word in SYNTAX):
                    wrong.append(f"MariaDB refuses {text!r}: {refused}")
    return wrong, n


def check_sqlite(folder):
    wrong, n = [], 0
    db = sqlite3.connect(":memory:")
    for text in statements(folder / "sqlite.jsonl"):
        n += 1
        try:
            db.execute("EXPLAIN " + text)
        except sqlite3.OperationalError as error:
            if "syntax error" in str(error) or "unrecognized token" in str(error):
                wrong.append(f"SQLite refuses {text!r}: {error}")
        except sqlite3.ProgrammingError:
            pass  # parameters without values: it parsed
    return wrong, n


def main():
    folder = pathlib.Path(sys.argv[1])
    try:
        wrong, n_mysql = check_mariadb(folder)
    except servers.Missing as missing:
        print(f"skipped: {missing}")
        sys.exit(servers.SKIPPED)
    more, n_sqlite = check_sqlite(folder)
    print("\n".join(wrong + more) or f"{n_mysql} statements accepted by MariaDB, {n_sqlite} by SQLite")
    sys.exit(bool(wrong + more) or n_mysql == 0)


main()
