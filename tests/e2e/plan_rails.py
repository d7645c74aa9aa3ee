#!/usr/bin/env python3
"""A Rails project's plan, carried out with ActiveRecord itself: its migrations run, its diffs are applied to the code, and
the code that they changed writes the time, once. Skipped where Ruby has no ActiveRecord with SQLite.

usage: plan_rails.py STAMPLINT ROOT"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def main():
    program, root = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    needed = ["ruby", "-e", 'require "active_record"; require "sqlite3"']
    if not shutil.which("ruby") or subprocess.run(needed, capture_output=True).returncode:
        print("skipped: no Ruby with ActiveRecord and SQLite (Debian: ruby-activerecord ruby-sqlite3)")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch, "project")
        shutil.copytree(root / "fixtures/e2e/rails", folder)

        def plan(form):
            words = [program, "plan", "--no-config", "--quiet", "--dialect", "sqlite", "--source", "updated_at", "--format", form,
                     "entries.won_at", "--when", "state = 'winner'", "."]
            return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout

        steps = json.loads(plan("json"))["plans"][0]["steps"]
        migrations = plan("rails")
        diffs = {s["id"]: [b["text"] for b in s["blocks"] if b["kind"] == "diff"] for s in steps}
        by_hand = [b for s in steps if s["id"] == "fill" for b in s["blocks"] if b["kind"] == "rewrite"]
        assert len(diffs["fill"]) == 2 and len(diffs["repoint"]) == 1 and not by_hand, (diffs, by_hand)
        for step in ("fill", "repoint"):  # deployed one after the other
            subprocess.run(["git", "apply", "-p1", "-"], cwd=folder, input="".join(diffs[step]), text=True, check=True)
        (folder / "migrations.rb").write_text(migrations)
        done = subprocess.run(["ruby", root / "tests/e2e/plan_rails.rb", folder], capture_output=True, text=True)
        print(done.stdout + done.stderr, end="")
        sys.exit(done.returncode)


main()
