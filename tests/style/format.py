#!/usr/bin/env python3
"""src, tests and bench are as .clang-format has them. Versions of clang-format differ: only the one that CI runs (Debian 12's)
is asked.

usage: format.py ROOT"""
import pathlib
import re
import shutil
import subprocess
import sys

VERSION = 14
root = pathlib.Path(sys.argv[1])
program = next((p for p in (f"clang-format-{VERSION}", "clang-format") if shutil.which(p)), None)
said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout if program else ""
if not re.search(rf"version {VERSION}\.", said):
    print(f"no clang-format {VERSION}")
    sys.exit(77)
files = sorted(path for folder in ("src", "tests", "bench") for path in (root / folder).rglob("*.[ch]"))
run = subprocess.run([program, "--dry-run", "--Werror", *files], capture_output=True, text=True, cwd=root)
print(run.stderr or f"format: {len(files)} files as .clang-format has them")
sys.exit(run.returncode != 0)
