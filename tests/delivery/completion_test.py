#!/usr/bin/env python3
"""Completion scripts and the manual page say what --help says: the same commands, options and values. The scripts are
asked by the shells themselves where those are installed (bash always is; zsh and fish are passed over with a notice).

usage: completion_test.py STAMPLINT"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

program = pathlib.Path(sys.argv[1]).resolve()
wrong, asked = [], 0


def run(*words, **options):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=60, **options)
    if done.returncode != 0:
        wrong.append(f"{' '.join(map(str, words))[:120]} ended with {done.returncode}: {done.stderr[:400]}")
    return done.stdout


def read_help():
    """command → option → its alternatives (None: any value, [] : a flag)"""
    commands = re.findall(r"^  ([a-z]+) +\S", run(program, "--help"), re.M)
    table = {}
    for command in commands:
        text = run(program, command, "--help")
        rows = re.findall(r"^  --([a-z-]+)(?: (\S+))?(?:$| {2,})", text, re.M)
        table[command] = {name: argument.split("|") if "|" in argument else None if argument else [] for name, argument in rows}
    return table


def expect(what, got, want):
    global asked
    asked += 1
    if got != want:
        wrong.append(f"{what}: without {sorted(want - got)}, too much: {sorted(got - want)}")


def compare(shell, complete, table):
    """complete(questions): what the shell offers behind each line; its last word is being typed."""
    questions = [("commands", ["stamplint", ""], set(table))]
    for command, options in table.items():
        questions.append((f"options of {command}", ["stamplint", command, "--"], {f"--{o}" for o in options}))
        for name, values in options.items():
            if values:
                questions.append((f"values of {command} --{name}", ["stamplint", command, f"--{name}", ""], set(values)))
    answers = complete([words for _, words, _ in questions])
    for (what, words, want), answer in zip(questions, answers, strict=True):
        expect(f"{shell}: {what}", {w for w in answer if len(words) > 2 or not w.startswith("-")}, want)


def bash_completer(folder):
    script = folder / "stamplint.bash"
    script.write_text(run(program, "completion", "bash"))

    def complete(questions):
        asking = ('source "$1"; shift; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _stamplint; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        return [run("bash", "-uc", asking, "bash", script, *words).split() for words in questions]
    return complete


def fish_completer(folder):
    script = folder / "stamplint.fish"
    script.write_text(run(program, "completion", "fish"))

    def complete(questions):
        asking = "".join(f"; complete -C '{' '.join(words)}'; echo ==" for words in questions)
        out = run("fish", "--no-config", "-c", f"source {script}{asking}",
                  env={**os.environ, "HOME": str(folder), "PATH": f"{program.parent}:{os.environ['PATH']}"})
        return [[line.split("\t")[0] for line in part.splitlines() if line] for part in out.split("==\n")[:-1]]
    return complete


def zsh_completer(folder):
    """Only compadd knows what is offered: it is wrapped to print its words instead of adding them."""
    script = folder / "_stamplint"
    script.write_text(run(program, "completion", "zsh"))
    run("zsh", "-n", script)
    harness = folder / "harness.zsh"
    harness.write_text(r"""
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; unsetopt zle_bracketed_paste 2>/dev/null; fpath=('"$1"' $fpath); autoload -Uz compinit; compinit -u -d '"$1"'/dump'
zpty -w z 'compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  typeset -a __hits; builtin compadd -A __hits "$@"; (( $#__hits )) && print -l -- "HIT "$^__hits; return 0 }'
zpty -w z 'comptest() { zle complete-word; print DONE; zle kill-whole-line }; zle -N comptest; bindkey "^X" comptest; print RE""ADY'
zpty -r z line '*READY*'
shift
for words in "$@"; do
    zpty -n -w z "$words"$'\C-X'
    zpty -r z line '*DONE*'
    print -r -- "ASKED $words"
    print -r -- "${line//$'\r'/}"
done
""")

    def complete(questions):
        out = run("zsh", "-f", harness, folder, *(" ".join(words) for words in questions))
        return [[w.rstrip("=") for w in re.findall(r"HIT (\S+)", part)] for part in out.split("ASKED ")[1:]]
    return complete


def compare_manual(table):
    page = run(program, "man")
    plain = re.sub(r"\\f[BRIP]", "", page).replace("\\-", "-").replace("\\&", "")
    expect("manual: commands", set(re.findall(r"^stamplint ([a-z]+) \[OPTIONS\]", plain, re.M)), set(table))
    options = {}
    for name, argument in re.findall(r"^--([a-z-]+)(?: (\S+))?$", plain, re.M):
        options.setdefault(name, []).append(set(argument.split("|")))  # a name may have a row for each command
    expect("manual: options", set(options), {name for row in table.values() for name in row})
    for row in table.values():
        for name, values in row.items():
            if values:
                expect(f"manual: values of --{name}", set(values) if set(values) in options.get(name, []) else set(), set(values))
    if shutil.which("mandoc"):
        complaints = subprocess.run(["mandoc", "-Tlint", "-Wstyle"], input=page, capture_output=True, text=True).stdout
        wrong.extend(complaints.splitlines())


def main():
    table = read_help()
    if len(table) < 5 or not all("help" in row for row in table.values()):
        sys.exit(f"--help was not understood: {table}")
    with tempfile.TemporaryDirectory() as scratch:
        for shell, completer in (("bash", bash_completer), ("fish", fish_completer), ("zsh", zsh_completer)):
            if not shutil.which(shell):
                print(f"notice: {shell} is not installed; its completion is not asked")
                continue
            folder = pathlib.Path(scratch) / shell
            folder.mkdir()
            compare(shell, completer(folder), table)
    compare_manual(table)
    print("\n".join(wrong) or f"completion and manual: {asked} comparisons with --help, all equal")
    sys.exit(bool(wrong))


main()
