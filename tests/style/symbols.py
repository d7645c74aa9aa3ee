#!/usr/bin/env python3
"""Every external symbol of the core library begins with sl_: libpg_query exports hundreds of PostgreSQL internals, and
a program with its own errmsg() or list_copy() crashes."""
import re
import subprocess
import sys

names = subprocess.run(["nm", "-g", "--defined-only", sys.argv[1]], capture_output=True, text=True, check=True).stdout
defined = [m[2] for m in (re.match(r"[0-9a-f]+ ([A-Z]) (\S+)$", line) for line in names.splitlines()) if m]
# tree-sitter grammars bring their own; sanitizers and compilers add names with two underscores or a dot
wrong = [n for n in defined if not n.startswith(("sl_", "__", "tree_sitter_", "asan.", "_"))]
print("\n".join(f"external symbol without sl_: {n}" for n in wrong) or f"symbols: all {len(defined)} external symbols begin with sl_")
sys.exit(bool(wrong) or len(defined) < 20)
