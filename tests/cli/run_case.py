#!/usr/bin/env python3
"""One CLI case: a folder with `cmd` (a bash script; $STAMPLINT is the program), expected.stdout, expected.exit and, where
standard error matters, expected.stderr. The script runs in a scratch copy of the folder's `input/`, if there is one, else
in the project's root. SL_UPDATE_GOLDEN=1 writes what came out, refused under CI.

usage: run_case.py STAMPLINT ROOT CASE_DIR"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def show(name, want, got):
    print("".join(difflib.unified_diff(want.splitlines(True), got.splitlines(True), f"expected {name}", f"got {name}")))


LANGUAGES = {"rb": "ruby", "rake": "ruby", "py": "python", "js": "javascript", "ts": "typescript", "tsx": "tsx", "go": "go",
             "java": "java", "php": "php", "ex": "elixir", "exs": "elixir"}


def lacks(program, root, case):
    """The languages of the case's files that this build of the program was made without."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    known = version.split("host languages: ")[1].split()
    command = (case / "cmd").read_text()
    folders = [case / "input"] + [root / found for found in re.findall(r"fixtures/[\w/-]+", command)]
    suffixes = {path.suffix[1:] for folder in folders for path in folder.rglob("*")} | set(re.findall(r"\.(rb|py|php)\b", command))
    return sorted({LANGUAGES[suffix] for suffix in suffixes & LANGUAGES.keys()} - set(known))


def main():
    program, root, case = (pathlib.Path(p).resolve() for p in sys.argv[1:])
    update = os.environ.get("SL_UPDATE_GOLDEN") == "1"
    if update and os.environ.get("CI"):
        sys.exit("goldens are not updated where CI is set")
    without = lacks(program, root, case)
    if without:
        print("this build does not read " + ", ".join(without))
        sys.exit(77)
    with tempfile.TemporaryDirectory() as scratch:
        where = root
        if (case / "input").is_dir():
            where = pathlib.Path(scratch) / "input"
            shutil.copytree(case / "input", where, symlinks=True)
        env = {**os.environ, "STAMPLINT": str(program), "NO_COLOR": "1", "COLUMNS": "100", "SCRATCH": scratch, "LC_ALL": "C.UTF-8"}
        for name in ("GITHUB_ACTIONS", "CI"):
            env.pop(name, None)
        run = subprocess.run(["bash", str(case / "cmd")], cwd=where, env=env, capture_output=True, timeout=120)
    got = {"stdout": run.stdout.decode("utf-8", "backslashreplace").replace(scratch, "SCRATCH"),
           "stderr": run.stderr.decode("utf-8", "backslashreplace").replace(scratch, "SCRATCH"), "exit": f"{run.returncode}\n"}
    wrong = False
    for name, text in got.items():
        file = case / f"expected.{name}"
        if name == "stderr" and not file.exists():
            if "AddressSanitizer" in text or "runtime error:" in text:
                print(text)
                wrong = True
            continue
        want = file.read_text() if file.exists() else ""
        if want != text and update:
            file.write_text(text)
        elif want != text:
            show(name, want, text)
            wrong = True
    if wrong and "expected.stderr" not in {f.name for f in case.iterdir()}:
        print("standard error was:\n" + got["stderr"])
    sys.exit(wrong)


main()
