#!/usr/bin/env python3
"""Reports of real runs before their own judges: SARIF before the public validator with GitHub's rules, JUnit before the
schema that Jenkins publishes, GitLab's code quality before what its manual says. Each judge first refuses a broken report.

usage: formats_test.py STAMPLINT ROOT"""
import json
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import validators
from scratch_project import expect, make_project, run, run_tests

program, root = (pathlib.Path(p).resolve() for p in sys.argv[1:3])


def make_runs(scratch):
    """name → a function that makes the report of a format: clean, flagged, a log, a hostile name."""
    flagged = make_project(root, scratch / "flagged")
    clean = make_project(root, scratch / "clean", "lottery-repaired")
    hostile = make_project(root, scratch / "hostile")
    (hostile / "app/reports/a b&<\x1b\u202e>.sql").write_text(
        "SELECT DATE(updated_at), COUNT(*) FROM entries WHERE lottery_status = '<]]>\x01&' GROUP BY 1;\n" * 2)
    log = scratch / "log"
    log.mkdir()
    for name in ("schema.sql", "slow.log"):
        (log / name).write_bytes((root / "fixtures/audit/mysql" / name).read_bytes())

    def check(folder, *more):
        return lambda name: run(program, "check", "--quiet", "--no-config", "--fail-on", "never", "--format", name, *more, cwd=folder)
    return {"flagged": check(flagged), "clean": check(clean), "hostile": check(hostile), "only changed": check(flagged, "--staged"),
            "log": lambda name: run(program, "audit", "--quiet", "--no-config", "--fail-on", "never", "--schema", "schema.sql",
                                    "--format", name, "slow.log", cwd=log)}


def judge_sarif(tool, text, scratch):
    """Rule ids of the validator's results."""
    log, out = scratch / "in.sarif", scratch / "out.sarif"
    log.write_text(text)
    out.unlink(missing_ok=True)
    done = subprocess.run([tool, "validate", log, "--rule-kind", "Sarif;Ghas", "--output", out], capture_output=True, text=True,
                          env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, timeout=300)
    expect(out.exists(), "the SARIF validator wrote nothing", done.stdout + done.stderr)  # it always exits 0
    return [r["ruleId"] for r in json.loads(out.read_text("utf-8-sig"))["runs"][0].get("results", [])], done.stdout


def test_sarif(scratch):
    tool = validators.sarif_multitool(root)
    runs = make_runs(scratch)
    broken = json.loads(runs["flagged"]("sarif"))
    del broken["runs"][0]["results"][0]["message"]
    found, _ = judge_sarif(tool, json.dumps(broken), scratch)
    expect(found, "the SARIF validator takes a result without a message")
    for name, make in runs.items():
        found, said = judge_sarif(tool, make("sarif"), scratch)
        expect(not found, f"SARIF of {name}: {found}", said)
        print(f"SARIF of '{name}': results of the validator: {len(found)}")


def test_junit(scratch):
    schema = validators.junit_schema(root)
    if schema is None or subprocess.run(["which", "xmllint"], capture_output=True).returncode != 0:
        print("notice: JUnit is not judged: no schema or no xmllint")
        return
    def judge(text):
        file = scratch / "junit.xml"
        file.write_text(text)
        return subprocess.run(["xmllint", "--noout", "--nonet", "--schema", schema, file], capture_output=True, text=True)
    runs = make_runs(scratch)
    expect(judge(runs["flagged"]("junit").replace(" name=", " nom=")).returncode != 0, "the schema takes a suite without a name")
    for name, make in runs.items():
        text = make("junit")
        done = judge(text)
        expect(done.returncode == 0, f"JUnit of {name}", done.stderr)
        suites = ElementTree.fromstring(text)
        cases = suites.findall(".//testcase")
        failures = suites.findall(".//failure")
        expect(int(suites.get("tests")) == len(cases) and int(suites.get("failures")) == len(failures), f"JUnit of {name}: totals", text[:400])


def test_gitlab(scratch):
    try:
        import jsonschema
    except ImportError:
        print("notice: GitLab's report is not judged: no python3-jsonschema")
        return
    judge = jsonschema.Draft202012Validator(json.loads((pathlib.Path(__file__).parent / "gitlab_code_quality.schema.json").read_text()))
    runs = make_runs(scratch)
    broken = json.loads(runs["flagged"]("gitlab"))
    broken[0]["severity"] = "bad"
    expect(not judge.is_valid(broken), "the schema takes any severity")
    for name, make in runs.items():
        report = json.loads(make("gitlab"))
        errors = [e.message for e in judge.iter_errors(report)]
        expect(not errors, f"GitLab report of {name}", "\n".join(errors))
        prints = [f["fingerprint"] for f in report]
        expect(len(prints) == len(set(prints)), f"GitLab report of {name}: fingerprints are unique")
        expect((len(report) > 0) == (name in ("flagged", "hostile", "log")), f"GitLab report of {name} has {len(report)} findings")


run_tests(globals())
