#!/usr/bin/env python3
"""Nothing of an input drives a terminal: names, literals, comments, paths and logs that hold escape sequences, bells,
8-bit controls and bidirectional overrides come out visible in every format of every command, on both streams.

usage: terminal_test.py STAMPLINT ROOT"""
import json
import os
import pathlib
import pty
import subprocess
import sys
import unicodedata

from scratch_project import ENV, Failed, expect, run_tests

program, root = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
# ESC [, BEL, CSI as one character, DEL, right-to-left override, isolate, zero width space, line separator, tag letter
EVIL = "\x1b[31m\a\x9b2J\x7f\u202e\u2066\u200b\u2028\U000e0041"
MYSQL = f"""CREATE TABLE `en{EVIL}tries` (id INT PRIMARY KEY, status VARCHAR(10) COMMENT 'x{EVIL}',
  `updated{EVIL}_at` DATETIME NULL ON UPDATE CURRENT_TIMESTAMP) COMMENT='{EVIL}';
-- {EVIL}
SELECT DATE(`updated{EVIL}_at`), COUNT(*) FROM `en{EVIL}tries` WHERE status = 'won{EVIL}' GROUP BY DATE(`updated{EVIL}_at`);
UPDATE `en{EVIL}tries` SET status = '{EVIL}';
DROP TABLE `gone{EVIL}`; -- stamplint-ack: me, {EVIL}
-- stamplint-ignore SL101: {EVIL}
SELECT {EVIL} FROM FROM {EVIL};
"""
LOG = "".join(f"""# Time: 2026-01-01T00:00:0{i}.000000Z
# User@Host: app{EVIL}[app] @ localhost []  Id: 5
# Query_time: 0.000100  Lock_time: 0.000000 Rows_sent: 1  Rows_examined: 10
SET timestamp=1767225600;
SELECT DATE(`updated{EVIL}_at`), COUNT(*) FROM `en{EVIL}tries` WHERE status = 'won{EVIL}' GROUP BY DATE(`updated{EVIL}_at`);
""" for i in range(3))


def complaints(text):
    """Characters that a terminal acts upon, or that show another text than stands there."""
    return sorted({f"U+{ord(c):04X}" for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co")})


def look(project, *words, want=(0, 1), **more):
    done = subprocess.run([str(program), *map(str, words)], cwd=project, env={**ENV, **more.pop("env", {})}, capture_output=True,
                          timeout=120, **more)
    shown = f"{' '.join(map(str, words))}"
    expect(done.returncode in want, f"{shown}: exit status {done.returncode}", done.stderr.decode("utf-8", "replace"))
    for stream, data in (("output", done.stdout), ("error", done.stderr)):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as why:
            raise Failed(f"{shown}: standard {stream} is no UTF-8: {why}")
        expect(not complaints(text), f"{shown}: standard {stream} holds {complaints(text)}", text[:3000])
    return done.stdout.decode("utf-8")


def on_terminal(project, *words):
    """The same with a terminal as standard output: scripts go to a file as they are."""
    leader, follower = pty.openpty()
    done = subprocess.Popen([str(program), *words], cwd=project, env=ENV, stdout=follower, stderr=subprocess.DEVNULL)
    os.close(follower)
    data = b""
    while True:
        try:
            block = os.read(leader, 65536)
        except OSError:
            break
        data += block
        if not block:
            break
    done.wait(60)
    text = data.decode("utf-8").replace("\r\n", "\n")
    expect(text and not complaints(text), f"{words}: the terminal gets {complaints(text)}", text[:2000])


def make(scratch):
    project = scratch / "project"
    (project / f"db/mi{EVIL}").mkdir(parents=True)
    (project / f"db/mi{EVIL}/a{EVIL}.sql").write_text(MYSQL)
    (project / "app").mkdir()
    (project / "app/x.rb").write_text(f"q = \"SELECT DATE(updated_at), COUNT(*) FROM t WHERE status = 'x{EVIL}' GROUP BY 1\" # {EVIL}\n")
    (project / "latin1.sql").write_bytes(b"CREATE TABLE caf\xe9 (id INT, status INT, updated_at TIMESTAMP);\n\x9b31m SELECT \xff;\n"
                                         b"SELECT DATE(updated_at), COUNT(*) FROM caf\xe9 WHERE status = '\xff\x9b' GROUP BY 1;\n")
    (project / "slow.log").write_text(LOG)
    return project


FORMATS = ["text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "html"]


def test_check(scratch):
    project = make(scratch)
    for name in FORMATS:
        out = look(project, "check", "--dialect", "mysql", "--format", name)
        expect("31m" in out, f"{name}: the input is shown")
        if name in ("json", "sarif", "gitlab"):
            expect("\x1b" in json.dumps(json.loads(out), ensure_ascii=False) or "\\u001b" in json.dumps(json.loads(out)), f"{name}: keeps what stands there")
    look(project, "check", "--dialect", "mysql", f"nowhere{EVIL}", want=(2,))
    look(project, "check", "--config", f"nowhere{EVIL}", want=(2,))
    look(project, f"check{EVIL}", want=(2,))
    look(project, "check", f"--opt{EVIL}", want=(2,))
    look(project, "check", "--format", f"x{EVIL}", want=(2,))
    look(project, "check", "--report", f"x{EVIL}", want=(2,))
    look(project, "check", "--changed-since", f"x{EVIL}", want=(2,))
    look(project, "check", "--output", f"no/{EVIL}", want=(2,))
    look(project, "explain", f"SL{EVIL}", want=(2,))
    look(project, "check", "--select", f"SL{EVIL}", want=(2,))


def test_audit_and_digest(scratch):
    project = make(scratch)
    for name in FORMATS:
        look(project, "audit", "--dialect", "mysql", "--schema", "db", "--format", name, "slow.log")
    look(project, "audit", f"nowhere{EVIL}.log", want=(2,))
    for more in ([], ["--samples"]):
        look(project, "digest", "--dialect", "mysql", *more, "slow.log")


def test_graph_parse_plan(scratch):
    project = make(scratch)
    for name in ("dot", "mermaid", "html"):
        look(project, "graph", "--dialect", "mysql", "--format", name)
    look(project, "graph", "--dialect", "mysql", "--dump", "roles")
    look(project, "parse", "--dialect", "mysql", f"db/mi{EVIL}/a{EVIL}.sql", want=(0, 1, 2))
    look(project, "parse", "--dialect", "mysql", "latin1.sql", want=(0, 1, 2))
    look(project, "parse", "--dialect", "mysql", "--jsonl", input=json.dumps(f"SELECT `{EVIL}` FROM `x{EVIL}` WHERE {EVIL}", ensure_ascii=False).encode() + b"\n", want=(0, 1, 2))
    for name in ("text", "json"):
        look(project, "plan", "--dialect", "mysql", "--format", name, want=(0, 1, 2))
        look(project, "plan", "--dialect", "mysql", "--format", name, f"en{EVIL}tries.updated{EVIL}_at", want=(0, 1, 2))
    for name in ("text", "sql", "rails", "json"):
        on_terminal(project, "plan", "--dialect", "mysql", "--format", name)
    look(project, "plan", f"x{EVIL}.y", want=(0, 1, 2))
    look(project, "baseline", "--dialect", "mysql", "--output", "b.json")
    expect(not complaints((project / "b.json").read_text()), "the baseline file", "")


def test_configuration(scratch):
    project = make(scratch)
    for text in (f"dialect: \"x{EVIL}\"\n", f"rules: {{ \"SL{EVIL}\": off }}\n", f"\"k{EVIL}\": 1\n", f"schema: [\"no{EVIL}\"]\n",
                 f"columns: {{ \"a{EVIL}.b\": {{ role: other }} }}\n", f"%{EVIL}\n"):
        (project / ".stamplint.yml").write_text(text)
        look(project, "check", "--dialect", "mysql", want=(0, 1, 2))


run_tests(globals())
