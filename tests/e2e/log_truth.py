#!/usr/bin/env python3
"""The counts of digests against what a client did: real servers write their logs under many settings while a client counts
what it sends, and stamplint must say of each log what the client knows.

usage: log_truth.py STAMPLINT [--all | --only REGEX] [--keep FOLDER]"""
import argparse
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import log_truth_mariadb
import log_truth_postgres
import servers
import wire

NAME = re.compile(r"\bm_\d+\b")


def digest(program, log, *options):
    done = subprocess.run([program, "digest", "--no-config", "--samples", *options, str(log)], capture_output=True, text=True,
                          errors="surrogateescape")
    if done.returncode:
        raise AssertionError(f"digest {log}: exit {done.returncode}: {done.stderr}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[0], lines[1:]


def sums(shapes):
    """By the statement's name, "" for those that have none: what the shapes say of it."""
    found = {k: collections.Counter() for k in ("calls", "failed", "rows_sent", "rows_affected")}
    users, applications, databases = (collections.defaultdict(set) for _ in range(3))
    times, timed = {}, collections.defaultdict(bool)
    for shape in shapes:
        names = NAME.findall(shape["normalised"])
        name = names[-1] if names else ""
        for k, counter in found.items():
            counter[name] += shape.get(k, 0)
        timed[name] |= shape.get("has_duration", False)
        users[name] |= set(filter(None, shape.get("users", "").split(", ")))
        applications[name].add(shape.get("applications", ""))
        databases[name] |= set(filter(None, shape.get("databases", "").split(", ")))
        times.setdefault(name, []).append((shape.get("first_seen"), shape.get("last_seen")))
    return {**found, "users": users, "applications": applications, "databases": databases, "times": times, "timed": timed}


def differences(kind, expected, found, texts):
    wrong = []
    for name in sorted(set(expected) | set(found), key=lambda n: int(n[2:] or 0) if n else 0):
        if expected.get(name, 0) != found.get(name, 0):
            wrong.append(f"{kind} of {name or 'the nameless'}: {found.get(name, 0)}, expected {expected.get(name, 0)}   {texts.get(name, '')[:150]!r}")
    return wrong


class LoggedPostgres(servers.Postgres):
    """One cluster, started anew for each setting."""

    def start(self):
        self.psql = servers.find_program("psql")
        self.postgres = servers.find_program("postgres")
        self.run_setup(servers.find_program("initdb"), "-D", self.root / "data", "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.begin({})
        c = wire.Postgres(self.root, "app", "postgres")
        for text in ("CREATE DATABASE app", "CREATE DATABASE legacy ENCODING 'SQL_ASCII' TEMPLATE template0", "CREATE ROLE batch LOGIN SUPERUSER"):
            assert not c.simple(text)[2], text
        c.close()
        self.end()

    def has_library(self, name):
        return (pathlib.Path(self.postgres).resolve().parent.parent / "lib" / f"{name}.so").exists()

    def is_up(self):
        try:
            wire.Postgres(self.root, "app", "postgres").close()
            return True
        except (OSError, wire.Failed):
            return False

    def begin(self, settings):
        words = []
        for key, value in {"listen_addresses": "", "fsync": "off", "timezone": "UTC", "log_timezone": "UTC", "log_min_messages": "warning",
                           "autovacuum_naptime": "1s", "log_autovacuum_min_duration": "0", "log_checkpoints": "on", "deadlock_timeout": "100ms",
                           "log_lock_waits": "on", "log_temp_files": "0", "log_connections": "on", "log_disconnections": "on", **settings}.items():
            words += ["-c", f"{key}={value}"]
        self.start_process(self.postgres, "-D", self.root / "data", "-k", self.root, *words)

    def end(self):
        self.process.send_signal(self.stop_signal)
        self.process.wait(30)


COLLECTED = {"logging_collector": "on", "log_directory": "log", "log_filename": "log"}
ALL, MIN0, BOTH = {"log_statement": "all"}, {"log_min_duration_statement": 0}, {"log_statement": "all", "log_duration": "on"}


# Nobody can know of these what stands where.
UNUSUAL = ("%m %n %i [%p/%P] [%l] %e %x %v %c %s %b %Q %q%u@%d/%a ", "%m [%p] '%a' \"%u\" \"%d\" ", "%m %-12u|%8p|%d|", "%n %p %u %d ")


def postgres_settings():
    """name: (settings of the server, options of digest)"""
    table = {}
    prefixes = {"debian": "%m [%p] %q%u@%d ", "rds": "%t:%r:%u@%d:[%p]:", "azure": "%t-%c-", "heroku": " sql_error_code = %e ",
                "empty": "", "all": UNUSUAL[0], "badger": "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
                "quotes": UNUSUAL[1], "padded": UNUSUAL[2], "epoch": UNUSUAL[3]}
    for name, prefix in prefixes.items():
        for kind, settings in (("all", ALL), ("min0", MIN0), ("both", BOTH)):
            table[f"stderr-{name}-{kind}"] = ({**settings, "log_line_prefix": prefix}, [])
        table[f"stderr-{name}-told"] = ({**MIN0, "log_line_prefix": prefix}, ["--log-line-prefix", prefix])
    for logs in ("none", "ddl", "mod", "all"):
        for duration in ("off", "on"):
            for least in (-1, 0, 100):
                table[f"matrix-{logs}-{duration}-{least}"] = ({"log_statement": logs, "log_duration": duration, "log_min_duration_statement": least,
                                                               "log_line_prefix": "%m [%p] %q%u@%d/%a "}, [])
    for kind, settings in (("all", ALL), ("min0", MIN0), ("both", BOTH), ("mod0", {"log_statement": "mod", **MIN0})):
        for verbosity in ("default", "verbose", "terse"):
            for form in ("csv", "json"):
                table[f"{form}-{kind}-{verbosity}"] = ({**settings, **COLLECTED, "log_destination": f"{form}log", "log_error_verbosity": verbosity}, [])
            table[f"stderr-{verbosity}-{kind}"] = ({**settings, "log_error_verbosity": verbosity, "log_line_prefix": "%m [%p] %q%u@%d/%a "}, [])
    libraries = {"explain": {"shared_preload_libraries": "auto_explain", "auto_explain.log_min_duration": 0, "auto_explain.log_nested_statements": "on"},
                 "audit": {"shared_preload_libraries": "pgaudit", "pgaudit.log": "all", "pgaudit.log_relation": "on", "pgaudit.log_parameter": "on"},
                 "both": {"shared_preload_libraries": "auto_explain,pgaudit", "auto_explain.log_min_duration": 0, "pgaudit.log": "all"}}
    usual = {"log_line_prefix": "%m [%p] %q%u@%d/%a "}
    for library, more in libraries.items():
        for kind, settings in (("all", ALL), ("min0", MIN0), ("both", BOTH), ("mod0", {"log_statement": "mod", **MIN0}), ("alone", {})):
            for form in ("text", "json", "yaml", "xml") if library == "explain" else ("text",):
                with_form = {**settings, **more, **usual, **({"auto_explain.log_format": form} if library != "audit" else {})}
                table[f"{library}-{kind}-{form}"] = (with_form, [])
                table[f"{library}-{kind}-{form}-csv"] = ({**with_form, **COLLECTED, "log_destination": "csvlog"}, [])
                table[f"{library}-{kind}-{form}-json"] = ({**with_form, **COLLECTED, "log_destination": "jsonlog"}, [])
    for name, more in {"parameters-0": {"log_parameter_max_length": 0}, "parameters-5": {"log_parameter_max_length": 5},
                       "parameters-error": {"log_parameter_max_length_on_error": -1},
                       "tokyo": {"log_timezone": "Asia/Tokyo"}, "new-york": {"log_timezone": "America/New_York"},
                       "debug": {"log_min_messages": "debug1", "debug_print_plan": "on"}, "stats": {"log_statement_stats": "on"},
                       "parallel": {"force_parallel_mode": "on"}, "notices": {"log_min_messages": "notice"}, "replication": {"log_replication_commands": "on"},
                       "error-statement-info": {"log_min_error_statement": "debug5", "log_min_messages": "info"}}.items():
        for kind, settings in (("all", ALL), ("min0", MIN0), ("both", BOTH)):
            table[f"{name}-{kind}"] = ({**settings, **usual, **more}, [])
            table[f"{name}-{kind}-csv"] = ({**settings, **COLLECTED, "log_destination": "csvlog", **more}, [])
            table[f"{name}-{kind}-json"] = ({**settings, **COLLECTED, "log_destination": "jsonlog", **more}, [])
    return table


def log_of(server, settings):
    if "logging_collector" not in settings:
        return server.root / "log"
    ending = {"csvlog": ".csv", "jsonlog": ".json"}.get(settings.get("log_destination"), "")
    return server.root / "data/log" / ("log" + ending)


def judge_postgres(program, workload, settings, options, log):
    prefix = settings.get("log_line_prefix", "%u%d%a%m%p" if settings.get("log_destination") else "")
    is_unusual = prefix in UNUSUAL and not options
    has_sessions = re.search(r"\[%p" if is_unusual else "%[pc]", prefix)
    want = log_truth_postgres.expected(workload.done, settings)
    head, shapes = digest(program, log, *options)
    got = sums(shapes)
    texts = {NAME.findall(s["normalised"])[-1]: s["sample"] for s in shapes if NAME.findall(s["normalised"])}
    wrong = differences("calls", want["calls"], got["calls"], texts) + differences("failed", want["failed"], got["failed"], texts)
    for name in want["calls"]:
        if name and has_sessions and want["calls"][name] and want["timed"][name] != got["timed"][name]:
            wrong.append(f"has_duration of {name}: {got['timed'][name]}, expected {want['timed'][name]}   {texts.get(name, '')[:150]!r}")
    for key, value in (("statements", want["statements"]), ("failed", want["total_failed"]), ("ambiguous", 0)):
        if head.get(key, 0) != value:
            wrong.append(f"{key}: {head.get(key, 0)}, expected {value}")
    if is_unusual:
        prefix = "%m" if "%m" in prefix else ""
    for mark, key, attribute in (("%u", "users", "user"), ("%d", "databases", "database"), ("%a", "applications", "application")):
        if mark not in prefix:
            continue
        by_name = collections.defaultdict(set)
        for d in workload.done:
            for name in d.names:
                by_name[name].add(getattr(d, attribute))
        for name, values in got[key].items():
            values = {v for v in values if v}
            if name and len(by_name[name]) == 1 and (want["calls"][name] or want["failed"][name]) and values != {v for v in by_name[name] if v}:
                wrong.append(f"{key} of {name}: {values}, expected {by_name[name]}")
    if re.search("%[mtnc]", prefix):
        for name, times in got["times"].items():
            for first, last in times:
                if not first or not last or not (workload.from_stamp <= first <= last <= workload.to_stamp):
                    wrong.append(f"time of {name}: {first} … {last}, expected within {workload.from_stamp} … {workload.to_stamp}")
    return wrong


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(seconds))


def run_postgres(program, chosen, keep):
    bad = 0
    with LoggedPostgres() as server:
        for name, (settings, options) in chosen.items():
            if "pgaudit" in settings.get("shared_preload_libraries", "") and not server.has_library("pgaudit"):
                print(f"skipped  {name}: the server has no pgaudit")
                continue
            shutil.rmtree(server.root / "data/log", ignore_errors=True)
            server.begin(settings)
            workload = log_truth_postgres.Workload(server)
            workload.from_stamp = stamp(time.time())
            workload.run()
            workload.to_stamp = stamp(time.time() + 2)
            server.end()
            log = log_of(server, settings)
            if keep:
                shutil.copy(log, keep / f"{name}{log.suffix or '.log'}")
            try:
                wrong = judge_postgres(program, workload, settings, options, log)
            except AssertionError as error:
                wrong = [str(error)]
            bad += bool(wrong)
            say("postgres", name, workload, wrong)
    return bad


class LoggedMariaDB(servers.MariaDB):
    """One data directory, started anew for each setting."""

    def start(self):
        self.mariadb = servers.find_program("mariadb", "mysql")
        self.run_setup(servers.find_program("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={self.root}/data",
                       "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
        self.begin()
        c = wire.MariaDB(f"{self.root}/s", "root")
        for text in ("CREATE DATABASE app", "CREATE DATABASE other", "CREATE USER batch", "GRANT ALL ON *.* TO batch"):
            c.query(text)
        c.close()
        self.end()

    def is_up(self):
        try:
            wire.MariaDB(f"{self.root}/s", "root").close()
            return True
        except (OSError, wire.Failed):
            return False

    def begin(self, *words):
        self.start_process(servers.find_program("mariadbd", "mysqld"), "--no-defaults", f"--datadir={self.root}/data", f"--socket={self.root}/s",
                           "--skip-networking", f"--pid-file={self.root}/pid", "--default-time-zone=+00:00", "--innodb-flush-log-at-trx-commit=0",
                           "--character-set-server=utf8mb4", "--local-infile=1", *words)

    def end(self):
        self.process.send_signal(self.stop_signal)
        self.process.wait(30)

    def has_library(self, name):
        return any(pathlib.Path(f"{folder}/{name}.so").exists() for folder in ("/usr/lib/mysql/plugin", "/usr/lib64/mysql/plugin"))


# name: (settings, logs nested statements of procedures)
MARIADB_SETTINGS = {
    "plain": (["--binlog-format=mixed"], False),
    "verbose": (["--log-slow-verbosity=query_plan,explain,innodb", "--log-slow-disabled-statements=", "--log-disabled-statements=",
                 "--binlog-format=row", "--binlog-annotate-row-events=1"], True),
    "table": (["--log-output=TABLE"], False),
}


def collect_mariadb(server, name, folder):
    """The logs of a server that has ended, but for those in tables: (what it is, file)."""
    found = [(kind, server.root / kind) for kind in ("slow", "general", "audit") if (server.root / kind).exists() and name != "table"]
    try:
        binlog = servers.find_program("mariadb-binlog", "mysqlbinlog")
    except servers.Missing:
        return found
    for i, options in enumerate(([], ["--base64-output=decode-rows", "-vv"])):
        text = b"".join(subprocess.run([binlog, "--no-defaults", *options, str(f)], capture_output=True, check=True).stdout
                        for f in sorted(server.root.glob("bin.0*")))
        path = folder / f"binlog{i}"
        path.write_bytes(text)
        found.append(("binlog", path))
    return found


def export_tables(server, folder):
    found = []
    for i, option in enumerate(("-B", "-E", "-X")):
        path = folder / f"table{i}"
        done = subprocess.run([server.mariadb, "--no-defaults", option, "-S", f"{server.root}/s", "-u", "root", "-e",
                               "SET slow_query_log = 0; SELECT * FROM mysql.slow_log"], capture_output=True, check=True)
        path.write_bytes(done.stdout)
        found.append(("table", path))
    return found


def judge_mariadb(program, workload, kind, logs_nested, log):
    want = log_truth_mariadb.expected(workload.done, kind, logs_nested)
    head, shapes = digest(program, log)
    got = sums(shapes)
    texts = {NAME.findall(s["normalised"])[-1]: s["sample"] for s in shapes if NAME.findall(s["normalised"])}
    wrong = differences("calls", want["calls"], got["calls"], texts)
    if head.get("statements", 0) != want["statements"]:
        wrong.append(f"statements: {head.get('statements', 0)}, expected {want['statements']}")
    single = {d.names[0] for d in workload.done if len(d.names) == 1 and d.has_own_rows and d.names[0] and not d.nested}
    single -= {n for d in workload.done for n in d.nested}
    for key in ("rows_sent", "rows_affected") if kind == "slow" else ():
        wrong += differences(key, {n: want[key][n] for n in single}, {n: got[key][n] for n in single}, texts)
    for key, attribute in (("users", "user"), ("databases", "database")):
        by_name = collections.defaultdict(set)
        for d in workload.done:
            for name in (*d.names, *d.nested):
                by_name[name].add(getattr(d, attribute))
        for name, values in got[key].items():
            if name and kind != "binlog" and len(by_name[name]) == 1 and values != {v for v in by_name[name] if v}:
                wrong.append(f"{key} of {name}: {values}, expected {by_name[name]}")
    return wrong


def run_mariadb(program, chosen, keep):
    bad = 0
    with LoggedMariaDB() as server:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="sl-logs-"))
        for name, (settings, logs_nested) in chosen.items():
            for old in (*server.root.glob("bin.*"), *(server.root / f for f in ("slow", "general", "audit"))):
                old.unlink(missing_ok=True)
            audit = ["--plugin-load-add=server_audit", "--server-audit-logging=on", f"--server-audit-file-path={server.root}/audit",
                     "--server-audit-query-log-limit=100000"]
            server.begin("--slow-query-log=1", "--long-query-time=0", f"--slow-query-log-file={server.root}/slow", "--general-log=1",
                         f"--general-log-file={server.root}/general", f"--log-bin={server.root}/bin", *settings,
                         *(audit if server.has_library("server_audit") else ()))
            # mysql.slow_log has two rows for an EXECUTE IMMEDIATE, and the reader of tables counts both.
            workload = log_truth_mariadb.Workload(server, with_immediate=name != "table")
            workload.run()
            logs = export_tables(server, folder) if name == "table" else []
            server.end()
            for kind, log in logs + collect_mariadb(server, name, folder):
                if keep:
                    shutil.copy(log, keep / f"mariadb-{name}-{log.name}.log")
                try:
                    wrong = judge_mariadb(program, workload, kind, logs_nested, log)
                except AssertionError as error:
                    wrong = [str(error)]
                bad += bool(wrong)
                say("mariadb", f"{name} {log.name}", workload, wrong)
        shutil.rmtree(folder)
    return bad


def say(server, name, workload, wrong):
    print(f"{'wrong' if wrong else 'right'}  {server} {name}: {len(workload.done)} sent")
    seen = collections.Counter()
    for line in wrong:
        seen[line.split()[0]] += 1
        if seen[line.split()[0]] < 4:
            print(f"       {line}")
    sys.stdout.flush()


# What one run of the tests goes through, in half a minute; --all takes the whole table, in some minutes.
SENSIBLE = ("stderr-rds-min0", "stderr-heroku-all", "stderr-all-told", "stderr-terse-both", "csv-both-verbose", "json-mod0-default", "matrix-mod-on-100",
            "explain-min0-json", "both-all-text", "explain-both-yaml-csv", "explain-mod0-xml-json", "parameters-5-all", "parallel-min0",
            "tokyo-min0")


def chosen_of(table, sensible, arguments):
    if arguments.only:
        return {k: v for k, v in table.items() if re.search(arguments.only, k)}
    return table if arguments.all else {k: v for k, v in table.items() if k in sensible}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--only", help="a regular expression of settings")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path, help="put the logs there")
    arguments = parser.parse_args()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    bad, n_missing = 0, 0
    for run, table, sensible in ((run_postgres, postgres_settings(), SENSIBLE), (run_mariadb, MARIADB_SETTINGS, MARIADB_SETTINGS)):
        try:
            bad += run(arguments.program, chosen_of(table, sensible, arguments), arguments.keep)
        except servers.Missing as missing:
            print(f"skipped: {missing}")
            n_missing += 1
    sys.exit(1 if bad else servers.SKIPPED if n_missing == 2 else 0)


if __name__ == "__main__":
    main()
