#!/usr/bin/env python3
"""The GitHub action's script, run as a runner would: made-up GITHUB_* variables, a depth-2 clone of a merge commit.

usage: action_test.py STAMPLINT ROOT"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

from scratch_project import MIGRATION, commit_all, copy_source, expect, git, make_project, pin_release, run, run_tests

program, root = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
action_yml = (root / "action.yml").read_text()
REPORT = "SELECT DATE(updated_at), COUNT(*) FROM entries WHERE lottery_status = 'winner' GROUP BY DATE(updated_at);\n"


def clone(origin, folder, depth):
    git(origin.parent, "clone", "-q", "--depth", str(depth), f"file://{origin}", folder)
    return folder


def make_pull_request(scratch, name, change):
    """A repository whose HEAD is the merge commit that GitHub checks out for a pull request."""
    origin = make_project(root, scratch / name, without=[MIGRATION])
    git(origin, "checkout", "-q", "-b", "topic")
    change(origin)
    commit_all(origin, "The change")
    git(origin, "checkout", "-q", "main")
    (origin / "NOTES").write_text("main went on\n")
    commit_all(origin, "Main goes on")
    git(origin, "merge", "-q", "--no-ff", "-m", "Merge topic into main", "topic")
    return origin


def act(work, scratch, want, script=None, ready=True, summary="", **inputs):
    """Runs the script; answers what a workflow sees: log, summary, outputs."""
    runner = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    (runner / "summary").write_text(summary)
    env = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_WORKSPACE": str(work), "GITHUB_EVENT_NAME": "pull_request",
           "GITHUB_REF": "refs/pull/1/merge", "GITHUB_OUTPUT": str(runner / "output"), "RUNNER_TEMP": str(runner),
           "GITHUB_STEP_SUMMARY": str(runner / "summary"), **{f"INPUT_{k.upper()}": v for k, v in inputs.items()}}
    if ready:
        env["STAMPLINT"] = str(program)
    log = run(script or root / "packaging/action.sh", cwd=work, env=env, want=want)
    outputs = {}
    if (runner / "output").exists():
        outputs = dict(line.split("=", 1) for line in (runner / "output").read_text().splitlines())
    return log, (runner / "summary").read_text(), outputs


def annotations(log, level):
    return [line for line in log.splitlines() if line.startswith(f"::{level} ")]


def test_pull_request_with_the_migration(scratch):
    origin = make_pull_request(scratch, "story", lambda where: shutil.copytree(
        root / "fixtures/lottery/db/migrations", where / "db/migrations", dirs_exist_ok=True))
    work = clone(origin, scratch / "story-work", 2)
    log, summary, outputs = act(work, scratch, 1, changed_only="true")
    errors = annotations(log, "error")
    expect(any(f"file={MIGRATION}" in e and "SL201" in e and "line=4" in e for e in errors), "no annotation of SL201 at the migration", log)
    expect(not any("file=app/reports" in line for line in log.splitlines() if line.startswith("::")),
           "an unchanged report is annotated although only changes were asked for", log)
    expect("SL201" in summary and MIGRATION in summary, "the summary does not tell of SL201", summary)
    expect(f"| `entries.updated_at` | `{MIGRATION}` line 4 | `app/reports/daily_drawers.sql` line 2 |" in summary, "what it moves", summary)
    expect("ALTER TABLE `entries` ADD COLUMN" in summary and "`stamplint plan entries.updated_at`" in summary, "the first step", summary)
    reviews = [line for line in summary.splitlines() if line.startswith("- [ ] ")]
    expect(len(reviews) == 1 and reviews[0].rstrip().endswith("moves `entries.updated_at`"), "the review list", summary)
    expect("Author checked: *nothing is said*" in summary and "Reviewer: " in summary, "who checks what", summary)
    sarif = json.loads(pathlib.Path(outputs["sarif"]).read_text())
    results = sarif["runs"][0]["results"]
    expect(sarif["version"] == "2.1.0" and any(r["ruleId"] == "SL201" for r in results), "SARIF has no SL201", str(results)[:500])
    declared = set(re.findall(r"^  ([a-z-]+):$", action_yml[action_yml.index("outputs:"):action_yml.index("runs:")], re.M))
    expect(set(outputs) == declared, "the script sets other outputs than action.yml declares", str(outputs))
    expect(int(outputs["errors"]) >= 1 and outputs["warnings"].isdigit() and outputs["notes"].isdigit(), "counts", str(outputs))
    log, _, _ = act(work, scratch, 1)
    expect(any("file=app/reports" in e and "SL101" in e for e in annotations(log, "error")), "the whole project has SL101", log)
    act(work, scratch, 0, fail_on="never")
    log, _, _ = act(work, scratch, 1, paths="app db", format="json")
    expect('"tool"' in log, "the format input is not heard", log)


def test_new_only(scratch):
    """A migration makes an old report wrong: the report is annotated though no line of it changed."""
    origin = make_project(root, scratch / "touch", without=[MIGRATION])
    schema = origin / "db/structure.sql"
    clause = " ON UPDATE CURRENT_TIMESTAMP"
    expect(clause in schema.read_text(), "the fixture's column is rewritten by the server")
    schema.write_text(schema.read_text().replace("`updated_at`", "`seen_at`").replace(clause, ""))
    (origin / "app/reports/daily_drawers.sql").write_text(REPORT.replace("updated_at", "seen_at"))
    commit_all(origin, "A column that nothing rewrites")
    git(origin, "checkout", "-q", "-b", "topic")
    (origin / MIGRATION).parent.mkdir(parents=True, exist_ok=True)
    (origin / MIGRATION).write_text(f"ALTER TABLE entries MODIFY seen_at DATETIME NULL{clause};\n")
    commit_all(origin, "The change")
    git(origin, "checkout", "-q", "main")
    git(origin, "merge", "-q", "--no-ff", "-m", "Merge topic into main", "topic")
    work = clone(origin, scratch / "touch-work", 2)
    log, _, _ = act(work, scratch, None, changed_only="true")
    expect("file=app/reports" not in log, "no line of the report changed", log)
    log, summary, _ = act(work, scratch, 1, new_only="true")
    expect(any("file=app/reports" in e and "SL101" in e for e in annotations(log, "error")), "the report is new trouble", log)
    expect("daily_drawers" in summary, "and in the summary", summary)


def test_pull_request_that_changes_no_sql(scratch):
    origin = make_pull_request(scratch, "harmless", lambda where: (where / "README").write_text("hello\n"))
    work = clone(origin, scratch / "harmless-work", 2)
    log, _, outputs = act(work, scratch, 0, changed_only="true")
    expect(not annotations(log, "error") and outputs["errors"] == "0", "a harmless pull request is annotated", log)
    log, _, _ = act(clone(origin, scratch / "shallow", 1), scratch, 2, changed_only="true")
    expect("fetch-depth" in log, "a depth-1 clone is not told what it needs", log)


def test_only_the_worst_ten_are_annotated(scratch):
    def change(where):
        for i in range(25):
            (where / f"app/reports/report_{i}.sql").write_text(REPORT)
    origin = make_pull_request(scratch, "many", change)
    work = clone(origin, scratch / "many-work", 2)
    log, summary, outputs = act(work, scratch, 1)
    expect(int(outputs["errors"]) == 26, "25 reports and that of the story are errors", str(outputs))
    expect(1 <= len(annotations(log, "error")) <= 10, "GitHub shows ten annotations a level", log)
    full = "x" * 1023 + "\n"
    _, summary, _ = act(work, scratch, 1, summary=full * 1023)
    expect(len(summary.encode()) <= 1048576 and "left out" in summary, "the summary's limit", summary[-300:])


def test_baseline(scratch):
    work = make_project(root, scratch / "old")
    run(program, "baseline", "--output", "accepted.json", cwd=work)
    log, _, _ = act(work, scratch, 0, baseline="accepted.json")
    expect(not annotations(log, "error"), "accepted findings are annotated", log)


def test_inputs_are_data(scratch):
    work = make_project(root, scratch / "inputs")
    log, _, _ = act(work, scratch, 2, paths="$(touch${IFS}pwned) `touch pwned`; touch pwned")
    expect(not (work / "pwned").exists(), "an input was run as a command", log)
    log, _, _ = act(work, scratch, 2, changed_only="maybe")
    expect("not 'maybe'" in log, "a wrong input is not named", log)


def test_program_comes_from_a_pinned_release(scratch):
    work = make_project(root, scratch / "pinned")
    source = copy_source(root, scratch / "source")
    sha256 = hashlib.sha256(program.read_bytes()).hexdigest()
    pin_release(source, program, "9.9.9", sha256)
    log, _, _ = act(work, scratch, 1, script=source / "packaging/action.sh", ready=False, version="9.9.9")
    expect("SL101" in log, "the pinned program did not run", log)
    pin_release(source, program, "9.9.9", "0" * 64)
    log, _, _ = act(work, scratch, 2, script=source / "packaging/action.sh", ready=False, version="9.9.9")
    expect("is pinned: nothing is installed" in log, "another SHA-256 than the pinned one was accepted", log)
    log, _, _ = act(work, scratch, 2, script=source / "packaging/action.sh", ready=False, version="7.7.7")
    expect("no release 7.7.7" in log, "an unknown version is not named", log)


run_tests(globals())
