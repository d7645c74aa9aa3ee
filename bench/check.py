#!/usr/bin/env python3
"""How long a check takes: fixtures/lottery, and applications as a pre-commit hook and a whole run see them.

usage: bench/check.py [--runs N] STAMPLINT [APPLICATION...]

An application is a folder; a copy of it becomes a git repository in which three models are changed and staged. Without one, an
application of 1,000 Ruby files is made up. Each time is the least of N runs (default 10), in milliseconds of the clock and
of the processor; `cold` has no trees of earlier runs, `warm` has all but those of the changed files."""
import argparse
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

N_MODELS, N_READERS, N_OTHERS = 120, 480, 400
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org")


def made_up_files():
    tables = [f"thing{i}s" for i in range(N_MODELS)]
    schema = "".join(f'  create_table "{t}" do |t|\n    t.string "status"\n    t.integer "amount"\n    t.bigint "thing{i // 2}_id"\n'
                     f'    t.datetime "paid_at"\n    t.datetime "created_at"\n    t.datetime "updated_at"\n  end\n\n'
                     for i, t in enumerate(tables))
    yield "db/schema.rb", f"ActiveRecord::Schema[7.1].define(version: 2024_01_01_000000) do\n{schema}end\n"
    for i in range(N_MODELS):
        methods = "".join(f"  def step_{k}(value)\n    return unless value && amount.positive?\n\n    self.amount = value * {k}\n  end\n\n"
                          for k in range(8))
        methods += "  def pay\n    update!(status: :paid, paid_at: Time.current)\n  end\n"
        yield f"app/models/thing{i}.rb", (
            f"class Thing{i} < ApplicationRecord\n  belongs_to :thing{i // 2}, optional: true\n  has_many :thing{(i * 2) % N_MODELS}s\n"
            f"  enum status: {{ open: 0, paid: 1 }}\n  scope :recent, -> {{ where(created_at: 1.week.ago..) }}\n\n{methods}end\n")
    for i in range(N_READERS):
        model = f"Thing{i % N_MODELS}"
        methods = "".join(f"  def report_{k}\n    rows = {model}.recent.where(status: \"s{k}\").order(:created_at).limit(20)\n"
                          f"    rows.map {{ |row| [row.id, row.amount, I18n.t(\"report.{k}\")] }}.to_h {{ |a, b, c| [a, {{ b => c }}] }}\n  end\n\n"
                          for k in range(6))
        yield f"app/services/service{i}.rb", f"class Service{i}\n{methods}end\n"
    for i in range(N_OTHERS):
        methods = "".join(f"  def part_{k}(a, b = nil)\n    @parts ||= []\n    @parts << [a, b].compact.join(\", \")\n  end\n\n" for k in range(12))
        yield f"app/helpers/helper{i}.rb", f"module Helper{i}\n{methods}end\n"


def make_repository(folder, application):
    if application:
        shutil.copytree(application, folder, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules"))
    else:
        for name, text in made_up_files():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "all")):
        subprocess.run((*GIT, *words), cwd=folder, check=True, stdout=subprocess.DEVNULL)
    changed = sorted((folder / "app/models").glob("**/*.rb"))[:3]
    for path in changed:
        path.write_text(path.read_text() + "# changed\n")
    subprocess.run((*GIT, "add", "--all"), cwd=folder, check=True)
    return [str(path.relative_to(folder)) for path in changed]


def measure(runs, folder, *command, before=lambda: None):
    best = [float("inf")] * 2
    for _ in range(runs):
        before()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        clock = time.perf_counter() - start
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        best = [min(best[0], clock), min(best[1], processor)]
    return best


def show(what, best):
    print(f"  {what:34} {best[0] * 1e3:7.1f} ms, processor {best[1] * 1e3:7.1f} ms", flush=True)


def measure_application(runs, program, application):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "application"
        three = make_repository(folder, application)
        n_ruby = sum(1 for _ in folder.glob("**/*.rb"))
        check = (program, "check", "--quiet")
        print(f"{application or 'made up'}: {n_ruby} Ruby files")
        kept = folder / ".git/stamplint"
        forget = lambda: shutil.rmtree(kept, ignore_errors=True)  # noqa: E731
        show("three files, cold", measure(runs, folder, *check, *three, before=forget))
        show("three files, warm", measure(runs, folder, *check, *three))
        show("three files, warm, --staged", measure(runs, folder, *check, "--staged", *three))
        show("all files, cold", measure(runs, folder, *check, before=forget))
        show("all files, warm", measure(runs, folder, *check))
        show("all files, --no-cache", measure(runs, folder, *check, "--no-cache"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("applications", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    program = str(arguments.program.resolve())
    root = pathlib.Path(__file__).resolve().parent.parent
    print("fixtures/lottery")
    show("all files", measure(arguments.runs * 3, root, program, "check", "--no-config", "--quiet", "fixtures/lottery"))
    for application in arguments.applications or [None]:
        measure_application(arguments.runs, program, application and application.resolve())


main()
