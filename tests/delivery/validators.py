"""What judges our reports, fetched once into build/validators: npm packages pinned by their lock file, and the JUnit schema
of Jenkins, which pytest's source distribution holds. What is not to be had skips the test that asks for it."""
import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

from scratch_project import SKIP

PYTEST = ("pytest==8.3.5", "f4efe70cc14e511565ac476b57c279e12a855b11f48f212af1080ef2263d3845")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIP)


@contextlib.contextmanager
def alone(folder):
    """Tests run beside each other: one of them fetches, the others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def npm_packages(root):
    """The node_modules with the SARIF validator and axe."""
    with alone(root / "build/validators"):
        return fetch_npm_packages(pathlib.Path(__file__).parent / "validators", root / "build/validators")


def fetch_npm_packages(here, target):
    lock = (here / "package-lock.json").read_bytes()
    stamp = target / "node_modules/.package-lock.sha256"
    if not stamp.exists() or stamp.read_text() != hashlib.sha256(lock).hexdigest():
        if not shutil.which("npm"):
            skip("npm is not installed")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(here / name, target / name)
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=target,
                              capture_output=True, text=True)
        if done.returncode != 0:
            skip(f"the validators cannot be had: {done.stderr[:400]}")
        stamp.write_text(hashlib.sha256(lock).hexdigest())
    return target / "node_modules"


def sarif_multitool(root):
    program = npm_packages(root) / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
    program.chmod(0o755)
    return program


def axe(root):
    return (npm_packages(root) / "axe-core/axe.min.js").read_text()


def junit_schema(root):
    """None where it cannot be had."""
    with alone(root / "build/validators"):
        return fetch_junit_schema(root / "build/validators")


def fetch_junit_schema(folder):
    schema = folder / "junit-10.xsd"
    if not schema.exists():
        done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder, PYTEST[0]],
                              capture_output=True, text=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
        archive = folder / (PYTEST[0].replace("==", "-") + ".tar.gz")
        if done.returncode != 0 or not archive.exists():
            print(f"notice: no JUnit schema: {done.stderr[:300]}")
            return None
        if hashlib.sha256(archive.read_bytes()).hexdigest() != PYTEST[1]:
            sys.exit(f"{archive} is not what is pinned")
        with tarfile.open(archive) as tar:
            name = next(n for n in tar.getnames() if n.endswith("/junit-10.xsd"))
            schema.write_bytes(tar.extractfile(name).read())
    return schema
