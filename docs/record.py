#!/usr/bin/env python3
"""Records docs/terminal.svg (a run in a terminal, animated), docs/report.png (the HTML report in a browser) and the blocks
of README.md behind <!-- prints: COMMAND --> from what the program really prints. A test runs it with --check: they must say
what the program says today.

usage: docs/record.py [--check] STAMPLINT     e.g. docs/record.py build/release/stamplint"""
import html
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS, ROWS = 104, 27
LETTER, LINE, MARGIN, BAR = 8.0, 18, 14, 26  # pixels
TYPING, READING, LAST = 0.045, 5.0, 6.0  # seconds: a letter, a screen, the last one
# (project under fixtures/, what is typed)
SCENES = [("lottery", "stamplint check"),
          ("lottery", "stamplint plan entries.drawed_at --when \"lottery_status IN ('winner', 'loser')\" | head -n 18"),
          ("lottery-repaired", "stamplint check && echo 'Nothing moves.'")]
COLOURS = {"31": "#ff7b72", "33": "#e3b341", "34": "#79c0ff", "36": "#76e3ea", "32": "#7ee787", "35": "#d2a8ff", "90": "#8b949e"}


def run_scene(program, project, command):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / project
        shutil.copytree(ROOT / "fixtures" / project, folder)
        (pathlib.Path(scratch) / "bin").mkdir()
        (pathlib.Path(scratch) / "bin/stamplint").symlink_to(program)
        env = {**os.environ, "PATH": f"{scratch}/bin:{os.environ['PATH']}", "CLICOLOR_FORCE": "1", "COLUMNS": str(COLUMNS), "LC_ALL": "C.UTF-8"}
        for name in ("NO_COLOR", "GITHUB_ACTIONS"):
            env.pop(name, None)
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return done.stdout.decode()


def read_lines(text):
    """Lines of (style, text), broken between words where they are longer than the terminal is wide."""
    style, lines = "", []
    for line in text.splitlines():
        now, width = [], 0
        for part in re.split(r"(\x1b\[[0-9;]*m)", line):
            if part.startswith("\x1b"):
                codes = part[2:-1].split(";")
                colour = next((COLOURS[c] for c in codes if c in COLOURS), None)
                style = "" if codes in (["0"], [""]) else (f"fill:{colour};" if colour else "") + ("font-weight:bold" if "1" in codes else "")
                continue
            for word in re.findall(r" *[^ ]+| +$", part):
                if width + len(word) > COLUMNS and width > 0:
                    lines.append(now)
                    word = word.lstrip()
                    now, width = [], 0
                now.append((style, word))
                width += len(word)
        lines.append(now)
    return lines


def draw_line(parts, row):
    spans = "".join(f'<tspan style="{style}">{html.escape(text)}</tspan>' if style else html.escape(text) for style, text in parts)
    return f'<text x="{MARGIN}" y="{BAR + MARGIN + LINE * (row + 0.75):.0f}" xml:space="preserve">{spans}</text>'


def draw_scene(index, project, command, lines, start, end, total):
    """A screen: the command is typed, then what it printed is there; hidden outside of its time."""
    def at(seconds):
        return f"{100 * seconds / total:.2f}%"
    typed = start + 0.4 + len(command) * TYPING
    prompt = f"{project}$ "
    shown = f" {at(end)} {{ visibility: hidden }}" if end < total else ""
    frames = f"@keyframes s{index} {{ 0% {{ visibility: {'hidden' if start else 'visible'} }} {at(start)} {{ visibility: visible }}{shown} }}\n"
    frames += f"@keyframes o{index} {{ 0%, {at(typed)} {{ opacity: 0 }} {at(typed + 0.1)}, 100% {{ opacity: 1 }} }}\n"
    width = len(command) * LETTER + 4
    frames += f"@keyframes t{index} {{ 0%, {at(start + 0.4)} {{ width: 0 }} {at(typed)}, 100% {{ width: {width:.0f}px }} }}\n"
    x, y = MARGIN + len(prompt) * LETTER, BAR + MARGIN
    style = f"#s{index} {{ animation: s{index} {total}s step-end infinite }} #o{index} {{ animation: o{index} {total}s linear infinite }} #t{index} {{ animation: t{index} {total}s steps({len(command)}) infinite }}\n"
    body = [f'<g id="s{index}">', draw_line([("fill:#7ee787", prompt)], 0),
            f'<clipPath id="c{index}"><rect id="t{index}" x="{x:.0f}" y="{y}" width="{width:.0f}" height="{LINE}"/></clipPath>',
            f'<g clip-path="url(#c{index})"><text x="{x:.0f}" y="{y + LINE * 0.75:.0f}" textLength="{len(command) * LETTER:.0f}" xml:space="preserve">{html.escape(command)}</text></g>',
            f'<g id="o{index}">', *(draw_line(parts, row + 1) for row, parts in enumerate(lines)), "</g></g>"]
    return frames + style, "\n".join(body)


def draw(program):
    screens = []
    for project, command in SCENES:
        lines = read_lines(run_scene(program, project, command))
        if len(lines) > ROWS - 1:
            sys.exit(f"'{command}' prints {len(lines)} lines, the terminal has {ROWS - 1}")
        screens.append((project, command, lines))
    spans = [0.4 + len(c) * TYPING + (LAST if i + 1 == len(screens) else READING) for i, (_, c, _) in enumerate(screens)]
    total, start, styles, bodies = round(sum(spans), 2), 0.0, [], []
    for i, ((project, command, lines), span) in enumerate(zip(screens, spans)):
        style, body = draw_scene(i, project, command, lines, start, total if i + 1 == len(screens) else start + span, total)
        styles.append(style)
        bodies.append(body)
        start += span
    width, height = round(COLUMNS * LETTER + 2 * MARGIN), BAR + 2 * MARGIN + ROWS * LINE
    still = " ".join(f"#s{i} {{ visibility: {'visible' if i == 0 else 'hidden'} }}" for i in range(len(screens)))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="title">
<title id="title">stamplint check finds a report by updated_at and the backfill that moves it; stamplint plan prints the way out; the repaired project has no finding</title>
<style>
text {{ font: 13.2px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #e6edf3 }}
{still}
@media (prefers-reduced-motion: no-preference) {{
{"".join(styles)}}}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>
<circle cx="18" cy="16" r="5" fill="#ff5f57"/><circle cx="36" cy="16" r="5" fill="#febc2e"/><circle cx="54" cy="16" r="5" fill="#28c840"/>
{chr(10).join(bodies)}
</svg>
"""


def printed(program, command, query, scratch):
    """What a command prints, or what the query prints of the graph of the story."""
    env = {**os.environ, "PATH": f"{pathlib.Path(program).parent}:{os.environ['PATH']}", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    for name in ("GITHUB_ACTIONS", "COLUMNS"):
        env.pop(name, None)
    if command == "the query above":
        graph = f"{scratch}/usage.db"
        subprocess.run([program, "graph", "--quiet", "--no-config", "--output", graph, "fixtures/lottery"], cwd=ROOT, env=env, check=True)
        words = ["sqlite3", "-box", graph, query]
    else:
        words = ["bash", "-c", command]
    return subprocess.run(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60).stdout.decode().rstrip("\n") + "\n"


def write_readme(program, text):
    parts = re.split(r"(<!-- prints: .*? -->\n```\n.*?^```$)", text, flags=re.M | re.S)
    with tempfile.TemporaryDirectory() as scratch:
        for i in range(1, len(parts), 2):
            command = re.match(r"<!-- prints: (.*?) -->", parts[i])[1]
            queries = re.findall(r"^```sql\n(.*?)^```$", parts[i - 1], re.M | re.S)
            if command == "the query above" and not shutil.which("sqlite3"):
                continue
            parts[i] = f"<!-- prints: {command} -->\n```\n{printed(program, command, queries[-1] if queries else '', scratch)}```"
    return "".join(parts)


def photograph(program):
    sys.path.insert(0, str(ROOT / "tests/delivery"))
    import browser
    if not browser.is_there():
        print("no chromium and chromedriver: docs/report.png stays as it is")
        return
    with tempfile.TemporaryDirectory() as scratch:
        page = pathlib.Path(scratch) / "report.html"
        subprocess.run([program, "check", "--quiet", "--fail-on", "never", "--format", "html", "--output", page], cwd=ROOT / "fixtures/lottery", check=True)
        with browser.Browser(1100, 880) as b:
            b.open(page)
            b.screenshot(ROOT / "docs/report.png")


def main():
    words = [w for w in sys.argv[1:] if w != "--check"]
    if len(words) != 1:
        sys.exit(__doc__)
    program = str(pathlib.Path(words[0]).resolve())
    want = {ROOT / "docs/terminal.svg": draw(program), ROOT / "README.md": write_readme(program, (ROOT / "README.md").read_text())}
    old = [str(file.relative_to(ROOT)) for file, text in want.items() if not file.exists() or file.read_text() != text]
    if "--check" in sys.argv:
        sys.exit(f"{', '.join(old)}: the program says something else: docs/record.py {words[0]}" if old else 0)
    for file, text in want.items():
        file.write_text(text)
    photograph(program)


main()
