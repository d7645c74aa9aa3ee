#!/usr/bin/env python3
"""The cache of syntax trees changes no answer: over a project made of the fixtures that hold code, a run with it says byte
for byte what a run without it says — cold, warm, after edits, with a damaged, cut or foreign file, where nothing can be
written, and with several processes at once. It writes into the git directory only.

usage: cache_test.py STAMPLINT ROOT"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "delivery"))
from scratch_project import ENV, Failed, commit_all, expect, git  # noqa: E402

CODE = ("lottery-rails", "source/ruby", "source/literals", "source/orm")
WITHOUT = ("--no-cache",)


def make_project(root, project):
    for name in CODE:
        shutil.copytree(root / "fixtures" / name, project / name)
    git(project, "init", "--quiet")
    commit_all(project, "all")


class Check:
    def __init__(self, stamplint, project):
        self.stamplint, self.project = stamplint, project
        self.trees = project / ".git/stamplint/trees"

    def start(self, *options):
        return subprocess.Popen([self.stamplint, "check", "--format", "json", *options], cwd=self.project, env=ENV,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)

    def said(self, *options):
        run = self.start(*options)
        out, err = run.communicate(timeout=300)
        return run.returncode, out, err

    def same(self, when, *options):
        want, got = self.said(*options, *WITHOUT), self.said(*options)
        expect(want[0] in (0, 1), f"{when}: the run without the cache could not be done", want[2].decode())
        expect(want == got, f"{when}: another answer than without the cache", got[2].decode())


def edits(check):
    ruby = sorted(check.project.glob("**/*.rb"))
    expect(len(ruby) >= 14, "the fixtures hold Ruby")
    some = ruby[:: len(ruby) // 7]
    for i, path in enumerate(some):  # a syntax error, one more report, nothing, half of it
        text = path.read_text()
        path.write_text(("def broken(\n" + text, text + "\nEntry.group('DATE(updated_at)').count\n", "", text[: len(text) // 2])[i % 4])
        check.same(f"{path.name} was edited", *map(str, some))
    check.same("seven files were edited")
    git(check.project, "checkout", "--quiet", ".")
    check.same("the edits were taken back")


def damage(check):
    whole = check.trees.read_bytes()
    for name, bytes_ in (("cut", whole[: len(whole) // 2]), ("empty", b""), ("not ours", b"x" * 5000),
                         ("of another version", whole[:16] + bytes(8) + whole[24:]),
                         ("of wrong trees", whole[:-4000] + bytes(4000)),
                         ("of wrong keys", whole[:100] + bytes(400) + whole[500:])):
        check.trees.write_bytes(bytes_)
        check.same(f"a file that is {name}")
        check.same(f"after a file that is {name}")
    expect(len(check.trees.read_bytes()) > len(whole) // 2, "a broken file was not written anew")


def nothing_can_be_written(check):
    folder = check.trees.parent
    shutil.rmtree(folder)
    folder.write_text("in the way")
    check.same("a file in the folder's place")
    folder.unlink()


def at_once(check):
    want = check.said(*WITHOUT)
    shutil.rmtree(check.trees.parent, ignore_errors=True)
    for round_ in range(3):
        runs = [check.start() for _ in range(6)]
        for run in runs:
            out, err = run.communicate(timeout=300)
            expect((run.returncode, out, err) == want, f"six runs at once, round {round_}", err.decode())
    expect([f.name for f in check.trees.parent.iterdir()] == ["trees"], "something was left beside the file")


def where_it_lies(check, scratch):
    shutil.rmtree(check.trees.parent, ignore_errors=True)
    check.said(*WITHOUT)
    expect(not check.trees.exists(), "--no-cache wrote the cache")
    config = check.project / ".stamplint.yml"
    config.write_text("cache: off\n")
    check.said()
    expect(not check.trees.exists(), "cache: off wrote the cache")
    config.write_text(f"cache: {scratch / 'kept'}\n")
    check.said()
    check.same("a configured folder")
    expect((scratch / "kept/trees").exists() and not check.trees.exists(), "the configured folder was not used")
    config.write_text("cache: kept\n")
    check.said()
    expect((check.project / "kept/trees").exists(), "a configured folder is relative to the configuration")
    config.unlink()
    shutil.rmtree(check.project / "kept")
    worktree = scratch / "worktree"
    git(check.project, "worktree", "add", "--quiet", worktree)
    Check(check.stamplint, worktree).same("a worktree of git")
    expect((check.project / ".git/worktrees/worktree/stamplint/trees").exists(), "a worktree keeps its own")
    expect(git(check.project, "status", "--short") == "", "something was written among the user's files")


def test(stamplint, root):
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name).resolve()
        project = scratch / "project"
        make_project(root, project)
        check = Check(stamplint, project)
        check.same("cold")
        expect(check.trees.stat().st_size > 20_000, f"{check.trees.stat().st_size} bytes were kept")
        check.same("warm")
        check.same("three files", *[str(p) for p in sorted(project.glob("**/*.rb"))[:3]])
        edits(check)
        damage(check)
        nothing_can_be_written(check)
        at_once(check)
        where_it_lies(check, scratch)


def main():
    stamplint, root = (pathlib.Path(p).resolve() for p in sys.argv[1:])
    version = subprocess.run([stamplint, "--version"], capture_output=True, text=True, check=True).stdout
    if "ruby" not in version:
        print("this build does not read ruby, of which the project is made")
        sys.exit(77)
    try:
        test(stamplint, root)
    except Failed as failed:
        sys.exit(str(failed))


main()
