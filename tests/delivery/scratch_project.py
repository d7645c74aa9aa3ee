"""A scratch git repository that tells the lottery's story, for the tests of this folder."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIP = 77  # ctest's SKIP_RETURN_CODE: what the test needs is not to be had here
MIGRATION = "db/migrations/20260401090000_add_new_column_to_entries.sql"
# No configuration of the machine's user, no CI variables of the run around the test.
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GIT_", "PRE_COMMIT", "INPUT_")) and k != "CI"}
ENV.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", NO_COLOR="1", LC_ALL="C.UTF-8",
           GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@example.org", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@example.org")


class Failed(Exception):
    pass


def run(*words, cwd=None, env=None, want=0):
    """Runs, answers standard output and error together; another exit status than `want` (None: any) fails the test."""
    done = subprocess.run([str(w) for w in words], cwd=cwd, env={**ENV, **(env or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=900, stdin=subprocess.DEVNULL)
    text = done.stdout.decode("utf-8", "backslashreplace")
    if want is not None and done.returncode != want:
        raise Failed(f"{' '.join(map(str, words))}: exit status {done.returncode}, not {want}:\n{text}")
    run.status = done.returncode
    return text


def expect(condition, sentence, shown=""):
    if not condition:
        raise Failed(f"{sentence}\n{shown}")


def run_tests(tests):
    """Runs each test_… of a script's globals() with a scratch folder of its own; ends the process: 0, or 1 with what failed."""
    failed = 0
    for name, test in [(n, t) for n, t in tests.items() if n.startswith("test_")]:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                test(pathlib.Path(scratch))
                print(f"ok: {name}")
            except Failed as why:
                failed += 1
                # what an input holds does not reach the terminal of whoever runs the tests
                print(f"FAILED: {name}: {why!s:.3000}".encode("unicode_escape", "replace").decode().replace("\\n", "\n"))
    sys.exit(bool(failed))


def git(repository, *words, **more):
    return run("git", "-c", "protocol.file.allow=always", *words, cwd=repository, **more)


def commit_all(repository, message, **more):
    git(repository, "add", "-A")
    return git(repository, "commit", "-q", "-m", message, **more)


def make_project(root, folder, fixture="lottery", without=()):
    """The fixture as a repository with one commit; files in `without` are left out."""
    shutil.copytree(pathlib.Path(root) / "fixtures" / fixture, folder)
    for name in without:
        (folder / name).unlink()
    git(folder, "init", "-q", "-b", "main")
    commit_all(folder, "The project as it is")
    return folder


def copy_source(root, folder):
    """What git tracks of the project's own source, in a repository of its own: what pre-commit or pip would be given."""
    names = run("git", "ls-files", "-z", cwd=root).split("\0")
    for name in filter(None, names):
        source, target = pathlib.Path(root) / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return folder


def pin_release(source, program, version, sha256):
    """Pins `program` in a copied source as the release of `version` for this machine."""
    import json
    import platform
    machine = f"{platform.system().lower()}-{platform.machine()}"
    (source / "packaging/releases.json").write_text(json.dumps({
        "url": "file://{file}", "releases": {version: {machine: {"file": str(program), "sha256": sha256}}}}))
