#!/usr/bin/env python3
"""Small laws of the source text: no banned C functions, no files without a subject, headers that say what they are,
nothing that names a place outside the project."""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
BANNED = re.compile(r"(?<![\w>.])(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|tmpnam|mktemp|system|popen|alloca)\s*\(")
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc"}
EXITS = re.compile(r"(?<![\w>.])(exit|_exit|abort|printf|puts|putchar)\s*\(|fprintf\s*\(\s*std(out|err)")
MAY_EXIT = ("src/cli/", "src/main.c", "src/base/arena.c")
wrong = []
for path in sorted([*root.glob("src/**/*.[ch]"), *root.glob("tests/**/*.[ch]"), *root.glob("bench/**/*.[ch]")]):
    name = path.relative_to(root).as_posix()
    text = path.read_text(errors="replace")
    if path.stem in NAMELESS:
        wrong.append(f"{name}: a file is named for the thing it holds")
    code = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: "\n" * m[0].count("\n"), text, flags=re.S))
    for number, line in enumerate(code.splitlines(), 1):
        if found := BANNED.search(line):
            wrong.append(f"{name}:{number}: {found[1]}() is banned")
        if name.startswith("src/") and not name.startswith(MAY_EXIT) and EXITS.search(line):
            wrong.append(f"{name}:{number}: only cli/ and main.c print or exit")
        if len(line) > 140:
            wrong.append(f"{name}:{number}: {len(line)} characters in a line")
    if name.startswith("src/") and path.suffix == ".h" and not re.match(r"/\*\n \* [\w/ ]+: ", text):
        wrong.append(f"{name}: a header opens with what it is: /*\\n * name: …")
ROOT = {".clang-format", ".clang-tidy", ".editorconfig", ".gitignore", ".pre-commit-hooks.yaml", "CHANGELOG.md", "CMakeLists.txt",
        "CMakePresets.json", "CONTRIBUTING.md", "LICENSE", "README.md", "action.yml", "dev", "pyproject.toml"}
tracked = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True).stdout.split("\0")  # none of a tarball
wrong += [f"{name}: no file of the project's root (a report or graph that a run left?)" for name in tracked
          if name and "/" not in name and name not in ROOT]
print("\n".join(wrong) or "text: nothing against the laws of the source text")
sys.exit(bool(wrong))
