"""Real servers for the end-to-end tests: MariaDB and PostgreSQL on unix sockets, in scratch directories, stopped at the end.

    with servers.Postgres() as server, server.session() as s:
        s.run("CREATE TABLE t (id int)")
        s.value("SELECT count(*) FROM t")

Servers refuse to run as root: then they run as another user. A machine without the server raises Missing, and
the test says so and is skipped (exit status 77)."""
import glob
import os
import pathlib
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time

SKIPPED = 77


class Missing(Exception):
    pass


class Refused(Exception):
    """The server's own words, with the statement."""


def find_program(*names):
    for name in names:
        found = shutil.which(name) or next((p for p in (f"/usr/sbin/{name}", f"/usr/local/sbin/{name}") if os.access(p, os.X_OK)), None)
        if found:
            return found
        newest_first = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda p: -int(p.split("/")[4]))
        if newest_first:
            return newest_first[0]
    raise Missing(f"no {' or '.join(names)} on this machine")


def unprivileged_user():
    """None if we are not root; else somebody who owns nothing."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "mysql", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("root may not run a server, and there is no other user here")


class Server:
    name = "?"

    def __init__(self):
        self.user = unprivileged_user()
        self.process = None
        self.root = pathlib.Path(tempfile.mkdtemp(prefix=f"sl-{self.name}-"))
        self.root.chmod(0o755)
        if self.user:
            os.chown(self.root, self.user.pw_uid, self.user.pw_gid)

    def command(self, *words):
        words = [str(w) for w in words]
        if not self.user:
            return words
        return ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups", *words]

    def run_setup(self, *words):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, cwd="/", env={**os.environ, "HOME": str(self.root)})
        if done.returncode:
            raise Missing(f"{words[0]} failed: {done.stdout}{done.stderr}")

    def start_process(self, *words):
        log = open(self.root / "log", "w")
        self.process = subprocess.Popen(self.command(*words), stdout=log, stderr=log, cwd="/", env={**os.environ, "HOME": str(self.root)})
        for _ in range(300):
            if self.process.poll() is not None:
                raise Missing(f"{self.name} did not start: {(self.root / 'log').read_text()[-2000:]}")
            if self.is_up():
                return
            time.sleep(0.1)
        raise Missing(f"{self.name} is not up after 30 s")

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *unused):
        self.stop()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def session(self, database="app"):
        return Session(self, database)

    def run_script(self, text, database="app"):
        """A whole script through the server's own client, stopping at the first error. Answers what it printed."""
        done = subprocess.run(self.client(database, interactive=False), input=text, capture_output=True, text=True)
        if done.returncode:
            raise Refused(f"{done.stderr.strip()}\n--- in the script\n{text}")
        return done.stdout


class Postgres(Server):
    name = "postgres"
    dialect = "postgres"
    stop_signal = signal.SIGINT

    def start(self):
        self.psql = find_program("psql")
        self.run_setup(find_program("initdb"), "-D", self.root / "data", "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start_process(find_program("postgres"), "-D", self.root / "data", "-k", self.root, "-c", "listen_addresses=",
                           "-c", "fsync=off", "-c", "timezone=UTC")
        with self.session("postgres") as s:
            s.run("CREATE DATABASE app")

    def is_up(self):
        return subprocess.run([self.psql, "-h", self.root, "-U", "app", "-c", "SELECT 1", "postgres"], capture_output=True).returncode == 0

    def client(self, database, interactive=True):
        words = [self.psql, "-XqAt", "-F", "\t", "-h", str(self.root), "-U", "app", "-d", database]
        return words if interactive else [*words, "-v", "ON_ERROR_STOP=1"]

    def version(self):
        return "15"


class MariaDB(Server):
    name = "mariadb"
    dialect = "mysql"
    stop_signal = signal.SIGTERM

    def start(self):
        self.mariadb = find_program("mariadb", "mysql")
        self.run_setup(find_program("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={self.root}/data",
                       "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
        self.start_process(find_program("mariadbd", "mysqld"), "--no-defaults", f"--datadir={self.root}/data", f"--socket={self.root}/s",
                           "--skip-networking", f"--pid-file={self.root}/pid", "--default-time-zone=+00:00",
                           "--innodb-flush-log-at-trx-commit=0", f"--log-error={self.root}/log", "--character-set-server=utf8mb4")
        with self.session("mysql") as s:
            s.run("CREATE DATABASE app")

    def is_up(self):
        return subprocess.run([self.mariadb, "--no-defaults", "-S", f"{self.root}/s", "-u", "root", "-e", "SELECT 1"],
                              capture_output=True).returncode == 0

    def client(self, database, interactive=True):
        words = [self.mariadb, "--no-defaults", "-NB", "-S", f"{self.root}/s", "-u", "root", "--default-character-set=utf8mb4"]
        return [*words, "--unbuffered", "--force", database] if interactive else [*words, database]


class Session:
    """One connection: the server's client on a pipe, a marker behind each statement."""

    def __init__(self, server, database):
        self.is_mysql = server.dialect == "mysql"
        self.process = subprocess.Popen(server.client(database), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, bufsize=1)
        self.n = 0

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait()

    def kill(self):
        """As when the machine that runs the backfill dies."""
        self.process.kill()
        self.process.wait()

    def lines(self, sql):
        """The rows that the statement answers, each a line with tabs."""
        self.n += 1
        marker = f"stamplint-done-{self.n}"
        sql = sql.strip().rstrip(";")
        if self.is_mysql:
            text = f"DELIMITER //\n{sql}\n//\nDELIMITER ;\nSELECT '{marker}';\n"
        else:
            text = f"{sql};\n\\echo {marker}\n"
        self.process.stdin.write(text)
        self.process.stdin.flush()
        got = []
        for line in self.process.stdout:
            line = line.rstrip("\n")
            if line == marker:
                break
            got.append(line)
        else:
            raise Refused(f"the connection ended: {got}\n--- {sql}")
        errors = [line for line in got if line.startswith("ERROR")]
        if errors:
            raise Refused("\n".join(errors) + f"\n--- {sql}")
        return got

    def run(self, *statements):
        for sql in statements:
            self.lines(sql)

    def value(self, sql):
        return self.lines(sql)[0]


class Writer(threading.Thread):
    """A client of the living application: runs what `statement(i)` gives, again and again, and keeps how long each took."""

    def __init__(self, server, statement, pause=0.002):
        super().__init__(daemon=True)
        self.session, self.statement, self.pause = server.session(), statement, pause
        self.times, self.error, self.stopping = [], None, False

    def run(self):
        i = 0
        try:
            while not self.stopping:
                sql = self.statement(i)
                start = time.monotonic()
                self.session.run(sql)
                self.times.append(time.monotonic() - start)
                i += 1
                time.sleep(self.pause)
        except Refused as refused:
            self.error = refused

    def finish(self):
        self.stopping = True
        self.join()
        self.session.close()
        if self.error:
            raise self.error
        return self.times


class SQLite:
    """The same face as a session of a server's, on a database in memory."""

    def __init__(self):
        self.db = sqlite3.connect(":memory:", isolation_level=None)

    def lines(self, sql):
        return ["\t".join(str(v) for v in row) for row in self.db.execute(sql)]

    def value(self, sql):
        return self.lines(sql)[0]

    def run_script(self, text):
        self.db.executescript(text)
