"""PostgreSQL and MariaDB for one test run: unix sockets only, a temporary data directory, a user that is not root,
stopped and removed afterwards. Standard library only."""
import contextlib
import glob
import os
import pwd
import shutil
import subprocess
import tempfile
import time

START_SECONDS = 60
RUN_SECONDS = 60


class Missing(Exception):
    """The server is not installed."""


def _newest(pattern):
    found = sorted(glob.glob(pattern), key=lambda p: [int(x) for x in p.split("/") if x.isdigit()])
    return found[-1] if found else None


def _unprivileged():
    """Arguments that run a program as a user other than root; neither server runs as root."""
    if os.getuid() != 0:
        return [], None
    for name in ("postgres", "mysql", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"], user
    raise Missing("no user but root to run a server as")


class Server:
    """With-statement: the server runs inside it."""

    dialect = ""

    def __init__(self):
        self.prefix, self.user = _unprivileged()
        # Unix socket paths are short: not below the build directory.
        self.dir = tempfile.mkdtemp(prefix="sle2e", dir="/tmp")
        if self.user:
            os.chown(self.dir, self.user.pw_uid, self.user.pw_gid)
        self.process = None
        self.log = None

    def run(self, args, **kw):
        env = dict(os.environ, HOME=self.dir, LC_ALL="C.UTF-8")
        return subprocess.run(self.prefix + args, capture_output=True, text=True, timeout=START_SECONDS, env=env,
                              cwd=self.dir, **kw)

    def spawn(self, args):
        self.log = open(f"{self.dir}/server.log", "wb")
        self.process = subprocess.Popen(self.prefix + args, stdout=self.log, stderr=self.log, cwd=self.dir,
                                        env=dict(os.environ, HOME=self.dir, LC_ALL="C.UTF-8"))

    def wait(self):
        end = time.time() + START_SECONDS
        while time.time() < end:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(RuntimeError):
                self.sql("SELECT 1")
                return
            time.sleep(0.2)
        raise RuntimeError("the server did not start: " + open(f"{self.dir}/server.log", errors="replace").read()[-2000:])

    def __enter__(self):
        try:
            self.start()
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.log:
            self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)


class Postgres(Server):
    dialect = "postgres"

    def start(self):
        bin_dir = _newest("/usr/lib/postgresql/*/bin")
        if not bin_dir:
            raise Missing("postgresql is not installed (tests/e2e/install_servers.sh)")
        data = f"{self.dir}/data"
        made = self.run([f"{bin_dir}/initdb", "-D", data, "-U", "test", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"])
        if made.returncode != 0:
            raise RuntimeError(f"initdb: {made.stderr}")
        self.spawn([f"{bin_dir}/postgres", "-D", data, "-k", self.dir, "-h", "", "-F"])

    def sql(self, text, database="postgres"):
        r = self.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.dir, "-U", "test", "-d", database],
                     input=text)
        if r.returncode != 0:
            raise RuntimeError(r.stderr.strip())
        return r.stdout

    def fresh(self, name):
        self.sql(f"CREATE DATABASE {name}")
        return name


class MariaDB(Server):
    dialect = "mysql"

    def start(self):
        server = shutil.which("mariadbd", path=os.environ.get("PATH", "") + ":/usr/sbin") or ""
        install = shutil.which("mariadb-install-db")
        if not server or not install:
            raise Missing("mariadb is not installed (tests/e2e/install_servers.sh)")
        data = f"{self.dir}/data"
        made = self.run([install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
                         "--skip-test-db"])
        if made.returncode != 0:
            raise RuntimeError(f"mariadb-install-db: {made.stderr}{made.stdout}"[-2000:])
        self.spawn([server, "--no-defaults", f"--datadir={data}", f"--socket={self.dir}/s", "--skip-networking",
                    f"--pid-file={self.dir}/pid", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M"])

    def sql(self, text, database=""):
        r = self.run(["mariadb", "--no-defaults", f"--socket={self.dir}/s", "-u", "root", "-N", "-B", database], input=text)
        if r.returncode != 0:
            raise RuntimeError(r.stderr.strip())
        return r.stdout

    def fresh(self, name):
        self.sql(f"CREATE DATABASE {name}")
        return name


class SQLite:
    """No server; the same face."""

    dialect = "sqlite"

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="sle2e")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def fresh(self, name):
        return f"{self.dir}/{name}.db"

    def sql(self, text, database):
        import sqlite3
        with contextlib.closing(sqlite3.connect(database)) as db:
            if text.lstrip().upper().startswith("SELECT"):
                return "".join("|".join("" if v is None else str(v) for v in row) + "\n" for row in db.execute(text))
            try:
                db.executescript(text)
                db.commit()
            except sqlite3.Error as e:
                raise RuntimeError(str(e)) from e
        return ""


ALL = (Postgres, MariaDB, SQLite)
