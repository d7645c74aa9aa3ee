#!/usr/bin/env python3
"""docs/stamplint.schema.json and src/cli/config.c know the same keys and words: the table is read, and the program is
asked with every key and word of the schema, and with words that the schema refuses. The files that the hook looks at are
those that the program reads.

usage: config_schema_test.py STAMPLINT ROOT"""
import json
import pathlib
import re
import sys
import tempfile

from scratch_project import Failed, expect, run

program, root = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
schema = json.loads((root / "docs/stamplint.schema.json").read_text())
top = schema["properties"]
column = top["columns"]["additionalProperties"]["properties"]
wrapper = top["wrappers"]["additionalProperties"]["properties"]


def answer(text):
    """What the program says to a configuration: None if it takes it, else its sentence."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / ".stamplint.yml").write_text(text)
        (folder / "q.sql").write_text("SELECT 1;\n")
        said = run(program, "check", "--format", "json", "q.sql", cwd=folder, want=None)
        lines = [line for line in said.splitlines() if ".stamplint.yml" in line]
        return lines[0] if run.status == 2 and lines else None


def accepted(text):
    expect(answer(text) is None, f"the schema allows this, the program does not: {text!r}", answer(text))


def refused(text, *words):
    said = answer(text)
    expect(said is not None, f"the schema refuses this, the program takes it: {text!r}")
    expect(re.search(r"\.stamplint\.yml:\d+:\d+: ", said), f"no line and column for {text!r}", said)
    for word in words:
        expect(word in said, f"the sentence on {text!r} does not name {word}", said)


def test_same_keys_as_the_table():
    source = (root / "src/cli/config.c").read_text()
    table = source[source.index("fixed_fields[] = {"):source.index("CYAML_FIELD_END")]
    keys = set(re.findall(r'CYAML_FIELD_\w+\("(\w+)"', table)) | set(re.findall(r"^\s*PATHS\((\w+)\)", table, re.M))
    expect(keys == set(top) and len(keys) > 5, "keys differ", f"table {sorted(keys)}, schema {sorted(top)}")
    named = re.search(r"the keys are ([\w, ]+)", answer("no_such_key: 1\n"))
    expect(named and set(named[1].split(", ")) == set(top), "the sentence on an unknown key lists other keys", str(named and named[0]))


def test_paths():
    for key, value in top.items():
        if value.get("$ref") == "#/definitions/paths":
            accepted(f"{key}: [a.sql, 'db/**/*.sql']\n")
            refused(f"{key}: {{ a: b }}\n", "list")
            refused(f"{key}: a.sql\n", "list")
            refused(f"{key}: ['']\n", "list")


def test_words():
    for key in ("dialect", "fail_on", "applied_migrations"):
        for word in top[key]["enum"]:
            accepted(f"{key}: {word}\n")
        refused(f"{key}: nonsense\n", key, "is one of")
        refused(f"{key}: [mysql]\n", "one word")
    source = (root / "src/sql/dialect.c").read_text()
    dialects = re.findall(r'\{"([\w-]+)",\s*SL_DIALECT_', source)
    expect(set(dialects) == set(top["dialect"]["enum"]), "dialects differ", str(dialects))
    for word in top["rules"]["additionalProperties"]["enum"]:
        accepted(f"rules: {{ SL101: {word} }}\n")
    refused("rules: { SL101: fatal }\n", "error, warning, note, off")
    refused("rules: [SL101]\n")
    refused("rules: { SL101: off, SL101: error }\n", "twice")


def test_per_path():
    for word in top["per_path"]["additionalProperties"]["additionalProperties"]["enum"]:
        accepted(f"per_path: {{ 'db/**': {{ SL101: {word} }} }}\n")
    refused("per_path: { 'db/**': { SL101: fatal } }\n", "error, warning, note, off")
    refused("per_path: { 'db/**': off }\n", "mapping")
    refused("per_path: { '': { SL101: off } }\n", "pattern")
    refused("per_path: { 'db/**': { SL999: off } }\n", "SL999")
    refused("per_path: { a: { SL101: off }, a: { SL101: off } }\n", "twice")
    refused("per_path: [SL101]\n", "mappings")
    refused("rules: { SL101: off, SL999: off }\n", ":1:22:", "SL999")


def test_columns():
    for word in column["role"]["enum"]:
        accepted(f"columns:\n  a.b: {{ role: {word} }}\n")
    accepted("columns:\n  a.b: { role: event_time, state: s, values: [x, y] }\n")
    refused("columns:\n  a.b: { role: clock }\n", *column["role"]["enum"])
    refused("columns:\n  nodot: { role: state }\n")
    refused("columns:\n  a.b: { state: s }\n", "role")
    refused("columns:\n  a.b: { role: state, colour: red }\n", *column)


def test_wrappers():
    for word in wrapper["bucket"]["enum"]:
        accepted(f"wrappers:\n  daily: {{ bucket: {word} }}\n")
    accepted("wrappers:\n  daily: {}\n  by_day: { rows: 1, column: 2 }\n  series: { column: date_column }\n")
    refused("wrappers:\n  daily: { bucket: fortnight }\n", *wrapper["bucket"]["enum"])
    refused("wrappers:\n  daily: { rows: first }\n", "place")
    refused("wrappers:\n  daily: { column: 0 }\n", "keyword")
    refused("wrappers:\n  daily: { column: '' }\n", "keyword")
    refused("wrappers:\n  daily: { rows: 1, column: 1 }\n", "both")
    refused("wrappers:\n  daily: { colour: red }\n", *wrapper)
    refused("wrappers:\n  daily: day\n", "mapping")
    refused("wrappers: [daily]\n", "mappings")
    refused("wrappers: { daily: {}, daily: {} }\n", "twice")


def test_yaml():
    accepted("")
    accepted("# nothing\n")
    refused("dialect: [mysql\n")
    refused("- a list\n")
    refused("dialect: mysql\ndialect: postgres\n", "twice")


def test_the_hook_sees_what_the_program_reads():
    pattern = re.search(r"files: &sources '(.*)'", (root / ".pre-commit-hooks.yaml").read_text())[1]
    suffixes = re.findall(r'\{"(\.\w+)", SL_LANGUAGE_', (root / "src/source/language.c").read_text()) + [".sql"]
    expect(len(suffixes) > 10, "no suffixes in language.c", str(suffixes))
    expect(set(suffixes) == {f".{s}" for s in re.search(r"\((.*)\)", pattern)[1].split("|")}, "suffixes differ", pattern)


def main():
    failed = 0
    for name, test in [(n, t) for n, t in globals().items() if n.startswith("test_")]:
        try:
            test()
            print(f"ok: {name}")
        except Failed as why:
            failed += 1
            print(f"FAILED: {name}: {why}")
    sys.exit(bool(failed))


main()
