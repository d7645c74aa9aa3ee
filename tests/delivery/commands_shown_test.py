#!/usr/bin/env python3
"""What the documents show works: every `stamplint …` line of a ```sh block runs in a scratch project (exit status 0 or 1),
in the page's order; every .stamplint.yml is taken; the recipes name inputs and hooks that exist.

usage: commands_shown_test.py STAMPLINT ROOT"""
import os
import pathlib
import re
import shutil
import sys
import tempfile

from scratch_project import ENV, Failed, expect, make_project, run

program, root = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
PAGES = ["../README.md", "plan.md", "ci.md", "configuration.md", "audit.md", "adopting.md"]
LOG = root / "fixtures/audit/mysql/slow.log"
asked = {"commands": 0, "configurations": 0}


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (root / "docs" / page).read_text(), re.M | re.S)


def run_commands(page, scratch):
    project = make_project(root, scratch / pathlib.Path(page).name)
    shutil.copy(LOG, project / "mysql-slow.log")
    path = f"{program.parent}:{os.environ['PATH']}"
    for block in blocks(page, "sh"):
        for line in block.splitlines():
            needs = re.match(r"(?:\w+ [^|]*\| )?(\w+)", line)
            expect(needs, f"{page}: not a command: {line}")
            if not shutil.which(needs[1], path=path):
                print(f"notice: {page}: {needs[1]} is not installed, passed over: {line}")
                continue
            said = run("bash", "-o", "pipefail", "-c", line, cwd=project, env={"PATH": path}, want=None)
            expect(run.status in (0, 1), f"{page}: `{line}` ends with {run.status}", said)
            expect("Sanitizer" not in said and "runtime error:" not in said, f"{page}: `{line}`", said)
            asked["commands"] += 1


def take_configurations(page, scratch):
    for i, block in enumerate(blocks(page, "yaml")):
        if re.match(r"# \.(pre-commit|github|gitlab)", block):
            continue
        project = make_project(root, scratch / f"{pathlib.Path(page).name}-{i}")
        (project / ".stamplint.yml").write_text(block)
        (project / "app/models").mkdir()  # a pattern that matches nothing is a problem
        (project / "app/models/entry.rb").write_text("class Entry < ApplicationRecord\nend\n")
        said = run(program, "check", cwd=project, want=None)
        expect(run.status in (0, 1), f"{page}: this configuration is not taken:\n{block}", said)
        asked["configurations"] += 1


def compare_recipes():
    text = (root / "docs/ci.md").read_text()
    action = (root / "action.yml").read_text()
    inputs = set(re.findall(r"^  ([a-z-]+):$", action[action.index("inputs:"):action.index("outputs:")], re.M))
    table = set(re.findall(r"^\| `([a-z-]+)` \|", text, re.M))
    expect(inputs == table and inputs, "docs/ci.md lists other inputs than action.yml", f"{inputs} {table}")
    outputs = set(re.findall(r"^  ([a-z-]+):$", action[action.index("outputs:"):action.index("runs:")], re.M))
    for name in outputs:
        expect(f"`{name}`" in text, f"docs/ci.md does not name the output {name}")
    script = (root / "packaging/action.sh").read_text()
    for name in inputs:
        variable = "INPUT_" + name.upper().replace("-", "_")
        expect(variable in script and f"{variable}: ${{{{ inputs.{name} }}}}" in action, f"{name} does not reach the script")
    hooks = set(re.findall(r"^- id: (\S+)", (root / ".pre-commit-hooks.yaml").read_text(), re.M))
    expect(set(re.findall(r"id: (stamplint\S*)`?$|`id: ([\w-]+)`", text, re.M)), "no hook is shown")
    for hook in hooks:
        expect(f"id: {hook}" in text, f"docs/ci.md does not show the hook {hook}")


def options_exist():
    """An option that a page names is one of the program's, or of another program that the page is about."""
    others = {"all-files", "from-ref", "to-ref", "rm"}  # pre-commit's, docker's
    commands = re.findall(r"^  ([a-z]+) +\S", run(program, "--help"), re.M)
    known = {"version"} | others
    for command in commands:
        known |= set(re.findall(r"^  --([a-z-]+)", run(program, command, "--help"), re.M))
    for page in PAGES:
        named = set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", (root / "docs" / page).read_text()))
        expect(named <= known, f"{page} names options that do not exist: {sorted(named - known)}")


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        (scratch / "bin").mkdir()
        steps = [(f"{check.__name__} {page}", lambda check=check, page=page: check(page, scratch))
                 for page in PAGES for check in (run_commands, take_configurations)]
        for what, step in [*steps, ("recipes", compare_recipes), ("options", options_exist)]:
            try:
                step()
                print(f"ok: {what}")
            except Failed as why:
                failed += 1
                print(f"FAILED: {what}: {why}")
    print(f"{asked['commands']} commands and {asked['configurations']} configurations were tried")
    sys.exit(bool(failed) or asked["commands"] < 10 or asked["configurations"] < 2)


main()
