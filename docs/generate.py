#!/usr/bin/env python3
"""Writes the generated pages of docs/: graph-schema.md from src/graph/schema.sql, rules.md from rules/*.md.

    docs/generate.py            write them
    docs/generate.py --check    say which of them differ from their sources (status 1); the test docs/generated
"""
import pathlib
import re
import sqlite3
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "src/graph/schema.sql"
RULES = ROOT / "rules"
NOTICE = "<!-- Written by docs/generate.py from {}: change that, then run it again. -->\n"

GROUPS = {
    "0": "About ignores",
    "1": "Reads: reports that a touch will move",
    "2": "Writes: what moves them",
    "3": "Schema",
    "4": "Production safety",
}


def cell(text):
    """Text of one table cell."""
    return " ".join(text.split()).replace("|", "\\|")


# ---- the graph's schema ----


def split_objects(sql):
    """(comment, kind, name, body) for each CREATE TABLE and CREATE VIEW, in order; the file's own comment first."""
    comment, body, head = [], [], None
    for line in sql.splitlines():
        if head is None and line.startswith("--"):
            comment.append(line[2:].strip())
        elif head is None:
            match = re.match(r"CREATE (TABLE|VIEW) (\w+)", line)
            if match:
                head, body = match, [line]
            elif line.strip() and not line.startswith("CREATE INDEX"):
                continue
            else:
                if comment and not line.strip():
                    yield " ".join(comment), None, None, ""
                comment = []
        else:
            body.append(line)
        if head is not None and line.rstrip().endswith(";"):
            yield " ".join(comment), head.group(1).lower(), head.group(2), "\n".join(body)
            comment, head = [], None


def column_notes(body):
    """column name → the comment behind it."""
    notes = {}
    for line in body.splitlines()[1:]:
        code, _, note = line.partition("--")
        match = re.match(r"\s*(\w+)\s+(INTEGER|TEXT)", code)
        if match and note:
            notes[match.group(1)] = note.strip()
        words = re.search(r"CHECK \((\w+) IN \(([^)]*)\)\)", code)
        if words:
            listed = ", ".join("`%s`" % w.strip().strip("'") for w in words.group(2).split(","))
            own = notes.get(words.group(1))
            notes[words.group(1)] = listed + ("; " + own if own else "")
    return notes


def references(body):
    return dict(re.findall(r"(\w+)\s+INTEGER(?: NOT NULL)? REFERENCES (\w+)", body))


def render_table(connection, name, body):
    notes, targets = column_notes(body), references(body)
    rows = ["| column | type | |", "|---|---|---|"]
    for _, column, kind, not_null, _, key in connection.execute("PRAGMA table_info(%s)" % name):
        says = [notes[column]] if column in notes else []
        if column in targets and targets[column] != name:
            says.insert(0, "→ [%s](#%s)" % (targets[column], targets[column]))
        null = "" if not_null or key or kind == "" else ", may be NULL"
        rows.append("| `%s` | %s%s | %s |" % (column, kind.lower() or "any", null, cell("; ".join(says))))
    return rows


def render_view(connection, name):
    names = [row[1] for row in connection.execute("PRAGMA table_info(%s)" % name)]
    return ["Columns: " + ", ".join("`%s`" % n for n in names) + "."]


def schema_page():
    sql = SCHEMA.read_text(encoding="utf-8")
    connection = sqlite3.connect(":memory:")
    connection.create_function("sl_uri", 1, lambda path: path)
    connection.executescript(sql)
    objects = list(split_objects(sql))
    lines = [NOTICE.format("src/graph/schema.sql"), "# The graph", ""]
    lines += [
        "`stamplint graph --output usage.db` writes what was read as a SQLite database: which statement uses which",
        "column, and how. Rules are SELECTs over these tables and views; so are your own questions.",
        "",
        objects[0][0],
        "",
        "## Tables",
    ]
    for wanted, heading in (("table", None), ("view", "## Views")):
        if heading:
            lines += ["", heading]
        for comment, kind, name, body in objects:
            if kind != wanted:
                continue
            lines += ["", "### " + name, ""]
            if comment:
                lines += [comment, ""]
            lines += render_table(connection, name, body) if kind == "table" else render_view(connection, name)
    return "\n".join(lines) + "\n"


# ---- the rules ----


def front_matter(path):
    text = path.read_text(encoding="utf-8")
    values = {}
    for line in text.split("\n---", 1)[0].splitlines()[1:]:
        key, _, value = line.partition(":")
        value = value.strip()
        if value.startswith('"'):
            value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        values[key] = value
    return values


def rules_page():
    pages = sorted((front_matter(p)["id"], p) for p in RULES.glob("SL*.md"))
    lines = [NOTICE.format("rules/*.md"), "# The rules", ""]
    lines += [
        "Each rule is one page: what it finds, its query, examples that are flagged and not flagged (they run as tests),",
        "and the fix. `stamplint explain SL101` prints it, `stamplint rules` prints this table. Your own rules:",
        "[writing-rules.md](writing-rules.md).",
    ]
    group = None
    for rule_id, path in pages:
        if rule_id[2] != group:
            group = rule_id[2]
            lines += ["", "## " + GROUPS.get(group, "Others"), "", "| id | name | severity | | finds |", "|---|---|---|---|---|"]
        front = front_matter(path)
        state = "" if front["status"] == "stable" else front["status"]
        if front.get("default") == "off":
            state = (state + ", off by default").lstrip(", ")
        lines.append(
            "| [%s](../rules/%s) | %s | %s | %s | %s |"
            % (rule_id, path.name, front["name"], front["severity"], state, cell(front["summary"]))
        )
    return "\n".join(lines) + "\n"


PAGES = {"graph-schema.md": schema_page, "rules.md": rules_page}


def main():
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / "docs" / name, make()
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        print("docs/%s is not what docs/generate.py writes; run it." % name)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
