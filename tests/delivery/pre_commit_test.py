#!/usr/bin/env python3
"""The hooks with the real pre-commit program on a scratch repository: first install, a commit that is stopped with SL201,
the repaired commit that passes, all files, a range of commits. Needs pre-commit (on PATH, or from the package registry).

usage: pre_commit_test.py STAMPLINT ROOT CACHE"""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from scratch_project import MIGRATION, SKIP, Failed, commit_all, copy_source, expect, git, make_project, pin_release, run

program, root, cache = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
VERSION = re.search(r"project\(stamplint VERSION ([0-9.]+)", (root / "CMakeLists.txt").read_text())[1]


def find_pre_commit():
    """The pre-commit program; installed once into CACHE. Without a registry the test is passed over."""
    installed = cache / "bin/pre-commit"
    if installed.exists():
        return installed
    if shutil.which("pre-commit"):
        return pathlib.Path(shutil.which("pre-commit"))
    for words in ([sys.executable, "-m", "venv", cache], [cache / "bin/pip", "install", "-q", "pre-commit"]):
        try:
            done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=300)
        except OSError as why:
            done = subprocess.CompletedProcess(words, 1, "", str(why))
        if done.returncode != 0:
            print(f"notice: pre-commit cannot be had here, its test is passed over: {(done.stdout + done.stderr).strip()[-300:]}")
            shutil.rmtree(cache, ignore_errors=True)
            sys.exit(SKIP)
    return installed


def make_hook_repository(folder):
    """This project as pre-commit clones it, with the program under test pinned as its release."""
    copy_source(root, folder)
    pin_release(folder, program, VERSION, hashlib.sha256(program.read_bytes()).hexdigest())
    git(folder, "init", "-q", "-b", "main")
    commit_all(folder, "A release")
    git(folder, "tag", "v" + VERSION)
    return folder


class Project:
    def __init__(self, scratch, pre_commit, hooks, hook):
        self.env = {"PRE_COMMIT_HOME": str(scratch / "pre-commit-home"), "PATH": f"{scratch}/bin:{pre_commit.parent}:{os.environ['PATH']}"}
        self.folder = make_project(root, scratch / f"project-{hook}", without=[MIGRATION])
        (self.folder / ".pre-commit-config.yaml").write_text(
            f"repos:\n- repo: file://{hooks}\n  rev: v{VERSION}\n  hooks:\n  - id: {hook}\n")
        commit_all(self.folder, "Use the hook")
        self.pre_commit = pre_commit

    def hook(self, *words, want=0):
        return run(self.pre_commit, *words, cwd=self.folder, env=self.env, want=want)

    def commit(self, message, want=0):
        git(self.folder, "add", "-A")
        return git(self.folder, "commit", "-m", message, env=self.env, want=want)


def tell_the_story(project):
    project.hook("install", "--install-hooks")
    started = time.monotonic()
    (project.folder / "notes.sql").write_text("SELECT id FROM entries;\n")
    project.commit("A harmless query")
    print(f"a commit with the hook: {time.monotonic() - started:.2f} s")

    shutil.copytree(root / "fixtures/lottery/db/migrations", project.folder / "db/migrations", dirs_exist_ok=True)
    log = project.commit("Add a column and fill it", want=1)
    expect("SL201" in log and MIGRATION in log, "the commit is stopped, but not with SL201 at the migration", log)
    expect("app/reports/daily_drawers.sql" in log, "the report that moves is not named", log)
    flagged = [line for line in log.splitlines() if re.match(r"app/reports\S+:\d+:\d+: ", line)]
    expect(not flagged, "a file outside of the commit is reported on", log)

    shutil.rmtree(project.folder / "db/migrations")
    for name in ("app", "db"):
        shutil.copytree(root / "fixtures/lottery-repaired" / name, project.folder / name, dirs_exist_ok=True)
    project.commit("Give the draw a time of its own")
    project.hook("run", "--all-files")


def use_ranges(project):
    base = git(project.folder, "rev-parse", "HEAD").strip()
    shutil.copy(root / "fixtures/lottery/app/reports/daily_drawers.sql", project.folder / "app/reports/old.sql")
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-q", "--no-verify", "-m", "The old report again", env=project.env)
    log = project.hook("run", "--from-ref", base, "--to-ref", "HEAD", want=1)
    expect("SL101" in log and "app/reports/old.sql" in log, "the range's report is not flagged", log)
    log = project.hook("run", "--from-ref", f"{base}~1", "--to-ref", base)
    expect("old.sql" not in log, "a range before it is", log)
    log = project.hook("run", "--all-files", want=1)
    expect("app/reports/old.sql" in log, "all files hold the report", log)


def main():
    pre_commit = find_pre_commit()
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        (scratch / "bin").mkdir()
        (scratch / "bin/stamplint").symlink_to(program)
        hooks = make_hook_repository(scratch / "hooks")
        try:
            started = time.monotonic()
            project = Project(scratch, pre_commit, hooks, "stamplint")
            tell_the_story(project)
            installed = list((scratch / "pre-commit-home").glob("repo*/py_env*/bin/stamplint"))
            expect(installed and installed[0].read_bytes()[:4] == b"\x7fELF", "the installed hook is not the program itself", str(installed))
            use_ranges(project)
            tell_the_story(Project(scratch, pre_commit, hooks, "stamplint-system"))
            print(f"pre-commit: both hooks do what they should ({time.monotonic() - started:.1f} s)")
        except Failed as why:
            sys.exit(f"FAILED: {why}")


main()
