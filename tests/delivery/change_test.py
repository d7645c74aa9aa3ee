#!/usr/bin/env python3
"""What a change brings, on real git histories: --changed-since (the lines changed since the branch left), --staged, and
--new-only (findings that the base does not have, wherever they stand). And what survives a change: a baseline.

usage: change_test.py STAMPLINT ROOT"""
import json
import pathlib
import shutil
import sys

from scratch_project import MIGRATION, commit_all, expect, git, make_project, run, run_tests

program, root = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
SCHEMA = """CREATE TABLE orders (id INT PRIMARY KEY, status VARCHAR(10), paid_on DATETIME NULL,
  seen_at DATETIME NULL, updated_at DATETIME NULL ON UPDATE CURRENT_TIMESTAMP);
"""
REPORT = "SELECT DATE(seen_at), COUNT(*) FROM orders WHERE status = 'paid' GROUP BY DATE(seen_at);\n"
TOUCH = "ALTER TABLE orders MODIFY seen_at DATETIME NULL ON UPDATE CURRENT_TIMESTAMP;\n"


def found(cwd, *options, want=None):
    said = run(program, "check", "--quiet", "--format", "json", *options, cwd=cwd, want=want)
    expect(run.status in (0, 1), f"check {options} ends with {run.status}", said)
    return [(f["rule"], f["path"], f["line"]) for f in json.loads(said)["findings"]]


def rules(findings, path):
    return sorted({rule for rule, where, _ in findings if where == path})


def story(folder):
    """A project whose last commit turns a column of an old report into a last-write time."""
    (folder / "db/migrations").mkdir(parents=True)
    (folder / "app/reports").mkdir(parents=True)
    (folder / "db/migrations/20260101000000_orders.sql").write_text(SCHEMA)
    (folder / "app/reports/paid.sql").write_text(REPORT)
    git(folder, "init", "-q", "-b", "main")
    commit_all(folder, "The project as it is")
    git(folder, "checkout", "-q", "-b", "topic")
    (folder / "db/migrations/20260201000000_touch.sql").write_text(TOUCH)
    commit_all(folder, "The change")
    return folder


def test_a_change_makes_an_old_report_wrong(scratch):
    work = story(scratch / "story")
    by_line = found(work, "--changed-since", "main")
    expect(rules(by_line, "app/reports/paid.sql") == [], "the report's lines did not change", str(by_line))
    new = found(work, "--changed-since", "main", "--new-only")
    expect("SL101" in rules(new, "app/reports/paid.sql"), "the migration makes the report wrong", str(new))
    expect(found(work, "--changed-since", "HEAD", "--new-only") == [], "nothing changed since HEAD")
    run(program, "check", "--new-only", cwd=work, want=2)


def test_what_git_ignores_is_not_new(scratch):
    work = story(scratch / "story")
    (work / ".gitignore").write_text("/generated/\n")
    commit_all(work, "Generated files")
    (work / "generated").mkdir()
    (work / "generated/report.sql").write_text(REPORT.replace("seen_at", "updated_at"))
    (work / "app/reports/untracked.sql").write_text(REPORT.replace("seen_at", "updated_at") * 2)
    (work / "db/migrations/20260101000000_orders.sql").write_text(SCHEMA + "-- edited\n")
    new = found(work, "--changed-since", "HEAD", "--new-only")
    expect(sorted(new) == [("SL101", "app/reports/untracked.sql", 1), ("SL101", "app/reports/untracked.sql", 2)],
           "an untracked file is new, an ignored one is not", str(new))
    (work / "db/migrations/20260201000000_touch.sql").unlink()
    (work / "app/reports/untracked.sql").unlink()
    expect(found(work, "--changed-since", "HEAD", "--new-only") == [], "taking a statement away brings nothing")


def test_the_work_tree_stays_as_it_is(scratch):
    """Also where the base's version of a file is checked out below a folder that is only linked to."""
    work = make_project(root, scratch / "project")
    for name in ("vendor/a/b.sql", ".hidden/c.sql", "deep/" + "d/" * 70 + "e.sql", "vendor-a.sql", "vendor.sql"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text("SELECT 1;\n")
    (work / "link.sql").symlink_to("vendor.sql")
    (work / "folder").symlink_to("app")
    commit_all(work, "Files everywhere")
    for file in work.rglob("*.sql"):
        if ".git/" not in str(file) and not file.is_symlink():
            file.write_text(file.read_text() + "-- edited\n")
    (work / "link.sql").unlink()
    (work / "link.sql").symlink_to("vendor-a.sql")
    before = {str(f): (f.lstat().st_ino, f.lstat().st_mtime_ns) for f in work.rglob("*") if ".git" not in f.parts}
    state = git(work, "status", "--porcelain") + git(work, "diff")
    expect(found(work, "--changed-since", "HEAD", "--new-only") == [], "comments bring nothing")
    expect(state == git(work, "status", "--porcelain") + git(work, "diff"), "the work tree changed")
    after = {str(f): (f.lstat().st_ino, f.lstat().st_mtime_ns) for f in work.rglob("*") if ".git" not in f.parts}
    expect(before == after, "files were written", str(set(before.items()) ^ set(after.items())))


def test_only_what_the_branch_brought(scratch):
    work = make_project(root, scratch / "project", without=[MIGRATION])
    git(work, "checkout", "-q", "-b", "topic")
    shutil.copytree(root / "fixtures/lottery/db/migrations", work / "db/migrations", dirs_exist_ok=True)
    commit_all(work, "A backfill")
    git(work, "checkout", "-q", "main")
    (work / "app/reports/daily_drawers.sql").write_text("SELECT 1;\n")
    commit_all(work, "Main repairs the report")
    git(work, "checkout", "-q", "topic")
    by_line = found(work, "--changed-since", "main")
    expect({path for _, path, _ in by_line} == {MIGRATION}, "what main did since is not the branch's change", str(by_line))
    new = found(work, "--changed-since", "main", "--new-only")
    expect({path for _, path, _ in new} == {MIGRATION}, "the base is where the branch left", str(new))
    state = git(work, "status", "--porcelain")
    expect(state == "", "the repository is left as it is", state)


def test_renamed_and_moved_is_not_new(scratch):
    work = make_project(root, scratch / "project")
    before = found(work)
    run(program, "baseline", "--quiet", cwd=work)
    git(work, "add", "-A")
    commit_all(work, "Accepted")
    git(work, "mv", "app/reports/daily_drawers.sql", "app/reports/drawers_by_day.sql")
    moved = work / "app/reports/drawers_by_day.sql"
    moved.write_text("-- moved down\n\n\n" + moved.read_text())
    commit_all(work, "Renamed and moved")
    expect(before and found(work, want=0) == [], "the baseline survives a renamed file and moved lines", str(found(work)))
    for paths in ([], ["app/reports/drawers_by_day.sql"], [str(moved)]):
        new = found(work, "--no-config", "--changed-since", "HEAD^", "--new-only", *paths)
        expect(new == [], f"renamed is not new ({paths})", str(new))


def test_a_copy_is_new_where_it_stands(scratch):
    work = make_project(root, scratch / "project")
    report = (work / "app/reports/daily_drawers.sql").read_text()
    (work / "app/reports/a_copy.sql").write_text(report)  # sorts before the old one
    git(work, "add", "-A")
    new = found(work, "--staged", "--new-only")
    expect({path for _, path, _ in new} == {"app/reports/a_copy.sql"}, "of two equal findings the changed one is new", str(new))
    run(program, "baseline", "--quiet", "--output", "b.json", "app/reports/daily_drawers.sql", cwd=work)
    expect(len([f for f in found(work, "--baseline", "b.json") if f[0] == "SL101"]) == 1, "one entry accepts one finding")


def test_a_baseline_only_shrinks(scratch):
    work = make_project(root, scratch / "project")
    run(program, "baseline", "--quiet", cwd=work)
    file = work / ".stamplint-baseline.json"
    accepted = len(json.loads(file.read_text())["findings"])
    (work / "app/reports/more.sql").write_text(REPORT.replace("orders", "entries").replace("seen_at", "updated_at"))
    expect(rules(found(work), "app/reports/more.sql") != [], "a new finding fails")
    run(program, "baseline", "--quiet", cwd=work)
    expect(len(json.loads(file.read_text())["findings"]) == accepted, "a new finding does not come in")
    run(program, "baseline", "--quiet", "--force", cwd=work)
    expect(len(json.loads(file.read_text())["findings"]) > accepted, "with --force it does")
    (work / "app/reports/daily_drawers.sql").write_text("SELECT 1;\n")
    said = run(program, "check", "--fail-on", "never", cwd=work)
    expect("accepted finding is gone" in said or "accepted findings are gone" in said, "a repaired finding is told", said)
    before = len(json.loads(file.read_text())["findings"])
    run(program, "baseline", "--quiet", cwd=work)
    expect(len(json.loads(file.read_text())["findings"]) < before, "and goes")


def test_what_git_cannot_do_is_said(scratch):
    work = make_project(root, scratch / "project")
    for options, words in ((["--changed-since", "nowhere"], "knows no revision"),
                           (["--changed-since=-x"], "no reference"), (["--changed-since", "nowhere", "--new-only"], "knows no revision")):
        said = run(program, "check", *options, cwd=work, want=2)
        expect(words in said, f"{options}", said)
    git(work, "checkout", "-q", "--orphan", "other")
    commit_all(work, "No common history")
    said = run(program, "check", "--changed-since", "main", cwd=work, want=2)
    expect("in common" in said, "no merge base", said)
    empty = scratch / "empty"
    shutil.copytree(root / "fixtures/lottery", empty)
    git(empty, "init", "-q")
    git(empty, "add", "-A")
    expect(len(found(empty, "--staged", "--new-only")) >= 2, "before the first commit everything is new")


def test_in_a_worktree(scratch):
    work = make_project(root, scratch / "project")
    shutil.copytree(root / "fixtures/lottery", work / "sub/other")
    commit_all(work, "Two projects")
    git(work, "worktree", "add", "-q", "-b", "side", scratch / "side")
    side = scratch / "side"
    expect(found(side, "sub/other", "app") != [], "there are findings")
    new = found(side, "--changed-since", "main", "--new-only", "sub/other", "app")
    expect(new == [], "nothing changed: the base is read as the worktree is", str(new))
    flat = scratch / "flat"
    flat.mkdir()
    (flat / "tables.sql").write_text(SCHEMA.replace("seen_at DATETIME NULL", "seen_at DATETIME NULL ON UPDATE CURRENT_TIMESTAMP"))
    (flat / "report.sql").write_text(REPORT)
    git(flat, "init", "-q", "-b", "main")
    commit_all(flat, "A project")
    git(flat, "worktree", "add", "-q", "-b", "side", scratch / "flat-side")
    for where in (flat, scratch / "flat-side"):
        expect("SL101" in rules(found(where, "report.sql"), "report.sql"), f"a file alone brings its project ({where.name})")


def test_from_a_folder_below(scratch):
    work = story(scratch / "story")
    new = found(work / "app", "--changed-since", "main", "--new-only", "reports", "--schema", "../db/migrations")
    expect("SL101" in rules(new, "reports/paid.sql"), "paths are from the working directory", str(new))


run_tests(globals())
