#!/usr/bin/env python3
"""src/LAYERS holds: a file includes headers of its own folder and of those that LAYERS allows it, nothing else;
and the outside libraries that one place owns are included there only."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
src = root / "src"
OWNERS = {  # header → the only files (or folders) that may include it
    "pg_query.h": ["sql/parse.c", "sql/parse_plpgsql.c"],
    "pg_query/pg_query.pb-c.h": ["sql/ast.h"],
    "sqlite3.h": ["graph/"],
    "tree_sitter/api.h": ["source/"],
    "cyaml/cyaml.h": ["cli/config.c", "rule/page.c"],
    "utf8proc.h": ["base/", "graph/", "report/", "source/"],
}
ABOVE = {"main.c": {"cli", "base"}, "pipeline.c": None, "pipeline.h": None}  # None: any folder but cli


def layers():
    allowed = {}
    for line in (src / "LAYERS").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            folder, _, rest = line.partition(":")
            allowed[folder.strip()] = set(rest.split())
    return allowed


def main():
    allowed, wrong = layers(), []
    for path in sorted(src.rglob("*.[ch]")):
        name = path.relative_to(src).as_posix()
        folder = name.split("/")[0] if "/" in name else None
        if folder and folder not in allowed:
            wrong.append(f"src/{name}: src/LAYERS does not name the folder {folder}/")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            quoted = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            angled = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
            if quoted:
                target = quoted[1].split("/")[0] if "/" in quoted[1] else quoted[1].rsplit(".", 1)[0]
                if not (src / quoted[1]).exists():
                    wrong.append(f"src/{name}:{number}: \"{quoted[1]}\" is not below src/")
                elif folder is None:
                    may = ABOVE.get(name)
                    if may is not None and target not in may or may is None and target == "cli":
                        wrong.append(f"src/{name}:{number}: may not include {quoted[1]}")
                elif target != folder and target not in allowed[folder]:
                    wrong.append(f"src/{name}:{number}: {folder}/ may not include {quoted[1]} (src/LAYERS)")
            elif angled and angled[1] in OWNERS:
                if not any(name == o or o.endswith("/") and name.startswith(o) for o in OWNERS[angled[1]]):
                    wrong.append(f"src/{name}:{number}: only {', '.join(OWNERS[angled[1]])} may include <{angled[1]}>")
    print("\n".join(wrong) or "layers: all includes go the way src/LAYERS allows")
    sys.exit(bool(wrong))


main()
