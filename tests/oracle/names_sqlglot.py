#!/usr/bin/env python3
"""Compares the names that the front end reads with those that an independent parser (sqlglot) reads: tables, columns,
qualifiers, and the clause each column stands in.

usage: names_sqlglot.py UNDERSTAND_JSONL DIALECT FILE…     FILE: one JSON string a line
Exit status 77 (skipped, with a notice) where sqlglot is not installed: it is a development dependency only
(pip install sqlglot)."""
import collections
import json
import logging
import subprocess
import sys

try:
    import sqlglot
    from sqlglot import exp
except ImportError:
    print("skipped: sqlglot is not installed (pip install sqlglot)")
    sys.exit(77)

logging.disable(logging.CRITICAL)
CLAUSES = [(exp.Where, "where"), (exp.Group, "group"), (exp.Having, "having"), (exp.Order, "order"), (exp.Limit, "limit"),
           (exp.Offset, "limit"), (exp.Join, "on")]


def clause(node):
    """The innermost clause around a column, in the words of the tool."""
    child = node
    while child.parent is not None:
        parent = child.parent
        for kind, name in CLAUSES:
            if isinstance(parent, kind):
                return name
        if isinstance(parent, exp.Window) and child.arg_key == "partition_by":
            return "partition"
        if isinstance(parent, exp.Select) and child.arg_key == "expressions":
            return "select"
        if isinstance(parent, exp.Update) and child.arg_key == "expressions":
            return "select"
        if isinstance(parent, exp.Insert):
            return ""
        child = parent
    return ""


def theirs(sql, dialect):
    """Names of sqlglot's tree; targets of SET are no column references in ours."""
    tables, columns = collections.Counter(), collections.Counter()
    for tree in sqlglot.parse(sql, read=dialect):
        if tree is None:
            continue
        ctes = {c.alias.lower() for c in tree.find_all(exp.CTE)}
        for t in tree.find_all(exp.Table):
            if t.name and not isinstance(t.this, exp.Func):
                tables[".".join(p for p in (t.db, t.name) if p).lower()] += 1
        for c in tree.find_all(exp.Column):
            is_target = isinstance(c.parent, exp.EQ) and isinstance(c.parent.parent, exp.Update) and c.arg_key == "this"
            name = "*" if isinstance(c.this, exp.Star) else c.name
            if not is_target:
                columns[(".".join(p for p in (c.db, c.table, name) if p).lower(), clause(c))] += 1
        del ctes
    return tables, columns


def ours(names):
    tables, columns = collections.Counter(), collections.Counter()
    for kind, where, *parts in names[1:]:
        name = ".".join(parts).lower()
        if name.startswith("mysql:"):
            continue
        if kind == "table":
            tables[name] += 1
        elif name != "*":
            columns[(name, where)] += 1
    return tables, columns


def main():
    tool, dialect, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    compared = wrong = unreadable = 0
    for file in files:
        lines = [l for l in open(file, encoding="utf-8") if l.strip()]
        out = subprocess.run([tool, dialect, "names"], input="".join(lines), capture_output=True, text=True, check=True).stdout
        for line, answer in zip(lines, out.splitlines()):
            sql, answer = json.loads(line), json.loads(answer)
            if not answer["ok"] or "names" not in answer:
                continue
            try:
                want = theirs(sql, dialect)
            except Exception:  # what the oracle cannot read it cannot judge
                unreadable += 1
                continue
            got = ours(answer["names"])
            compared += 1
            if got != want:
                wrong += 1
                print(f"{sql}\n  lowered: {answer['lowered']}")
                for label, a, b in (("tables", got[0], want[0]), ("columns", got[1], want[1])):
                    if a != b:
                        print(f"  {label}: only ours {dict(a - b)}, only sqlglot's {dict(b - a)}")
    print(f"oracle: {compared} statements compared, {wrong} differ, {unreadable} not read by sqlglot")
    sys.exit(1 if wrong or compared == 0 else 0)


main()
