#!/usr/bin/env python3
"""The Python packages of stamplint, and where a ready binary comes from. No dependencies but Python 3.8.

As a PEP 517 backend (pyproject.toml) it makes a wheel whose only content is the program, installed as a plain script:
no Python runs when the hook runs. The program is, in this order:
  1. the release of this source's version that packaging/releases.json pins by SHA-256 for this machine;
  2. a CMake build of this source.
A download that does not have the pinned SHA-256 is an error, never a reason to go on with something else.

usage: stamplint_build.py version
       stamplint_build.py pinned [--version V] --output FILE    the pinned release; exit status 3 if none matches
       stamplint_build.py wheel --binary FILE [--notices FILE] --output FOLDER
       stamplint_build.py sdist --output FOLDER"""
import argparse
import base64
import gzip
import hashlib
import io
import json
import os
import pathlib
import platform
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "stamplint"
NO_PIN = 3
# A static binary asks nothing of the C library that pip's tags tell apart.
STATIC_TAGS = "manylinux_2_17_{0}.manylinux2014_{0}.musllinux_1_1_{0}"
LEFT_OUT = {".git", "build", "node_modules", "__pycache__", ".cache"}


class NoPin(Exception):
    pass


def project_version():
    return re.search(r"project\(stamplint VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]


def source_date():
    return int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))


def fetch_pinned(version, target):
    """Writes the pinned release of `version` for this machine to `target`."""
    pins = json.loads((ROOT / "packaging" / "releases.json").read_text())
    machine = f"{platform.system().lower()}-{platform.machine()}"
    pin = pins["releases"].get(version, {}).get(machine)
    if not pin:
        raise NoPin(f"no release {version} for {machine} is pinned in packaging/releases.json")
    url = pins["url"].format(version=version, file=pin["file"])
    print(f"{NAME}: taking {url}", file=sys.stderr)
    with urllib.request.urlopen(url, timeout=60) as answer:
        content = answer.read()
    got = hashlib.sha256(content).hexdigest()
    if got != pin["sha256"]:
        sys.exit(f"{NAME}: {url} has SHA-256 {got}, but {pin['sha256']} is pinned: nothing is installed.")
    target.write_bytes(content)
    target.chmod(0o755)


def fetch_grammars():
    """The pinned grammars of host languages (see ./dev setup); without npm the program reads SQL files only, and says so."""
    folder = ROOT / "grammars"
    if (folder / "node_modules").exists() or not folder.exists():
        return
    words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not shutil.which("npm") or subprocess.run(words, cwd=folder, stdout=sys.stderr).returncode != 0:
        print(f"{NAME}: built without the grammars of Ruby, Python …, for npm cannot fetch them", file=sys.stderr)


def build_from_source(target):
    """A static binary with CMake; needs the libraries of docs/architecture.md."""
    if not shutil.which("cmake"):
        sys.exit(f"{NAME}: building from source needs cmake, a C compiler and the libraries that './dev setup' installs.")
    fetch_grammars()
    with tempfile.TemporaryDirectory() as scratch:
        configure = ["cmake", "-S", ROOT, "-B", scratch, "-DCMAKE_BUILD_TYPE=Release", "-DSL_STATIC=ON", "-DBUILD_TESTING=OFF"]
        if shutil.which("ninja"):
            configure += ["-G", "Ninja"]
        jobs = str(os.cpu_count() or 1)
        for words in (configure, ["cmake", "--build", scratch, "--target", NAME, "--parallel", jobs]):
            if subprocess.run([str(w) for w in words], stdout=sys.stderr).returncode != 0:
                sys.exit(f"{NAME}: the build from source failed (see above). On Debian and Ubuntu './dev setup' in "
                         "https://github.com/stamplint/stamplint installs what it needs; or install the .deb of a "
                         "release and use the hook 'stamplint-system'.")
        shutil.copy2(pathlib.Path(scratch) / NAME, target)


def obtain_binary(target):
    try:
        fetch_pinned(project_version(), target)
    except (NoPin, urllib.error.URLError) as why:
        print(f"{NAME}: building from source ({why})", file=sys.stderr)
        build_from_source(target)


def is_static(binary):
    """An ELF program that names no interpreter."""
    content = binary.read_bytes()
    if content[:5] != b"\x7fELF\x02":
        return False
    offset, = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    return all(struct.unpack_from("<I", content, offset + i * size)[0] != 3 for i in range(count))


def metadata():
    return (f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {project_version()}\n"
            "Summary: Finds reports that will move when somebody touches the rows\n"
            "License: MIT\nProject-URL: Source, https://github.com/stamplint/stamplint\n"
            "Requires-Python: >=3.8\nDescription-Content-Type: text/markdown\n\n" + (ROOT / "README.md").read_text("utf-8"))


def write_wheel(binary, folder, notices=None):
    """Answers the wheel's file name. The same input gives the same bytes."""
    tags = STATIC_TAGS.format(platform.machine()) if is_static(binary) else re.sub(r"[-.]", "_", sysconfig.get_platform())
    stem = f"{NAME}-{project_version()}"
    info = f"{stem}.dist-info"
    all_tags = "".join(f"Tag: py3-none-{tag}\n" for tag in tags.split("."))
    files = [(f"{stem}.data/scripts/{NAME}", binary.read_bytes(), 0o755),
             (f"{info}/METADATA", metadata().encode(), 0o644),
             (f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: stamplint_build\nRoot-Is-Purelib: false\n{all_tags}".encode(), 0o644),
             (f"{info}/licenses/LICENSE", (ROOT / "LICENSE").read_bytes(), 0o644)]
    if notices:
        files.append((f"{info}/licenses/third-party.txt", notices.read_bytes(), 0o644))
    record = "".join(f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
                     for name, data, _ in files)
    files.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode(), 0o644))
    wheel = f"{stem}-py3-none-{tags}.whl"
    stamp = time.gmtime(max(source_date(), 315532800))[:6]  # zip begins in 1980
    with zipfile.ZipFile(pathlib.Path(folder) / wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, mode in files:
            entry = zipfile.ZipInfo(name, stamp)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return wheel


def source_files():
    """What git tracks, as it lies in the work tree; in an unpacked tarball, everything that a build did not make."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True).stdout
        names = [n.decode() for n in listed.split(b"\0") if n]
    else:
        names = [p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*")]
        names = [n for n in names if not LEFT_OUT & set(n.split("/")) and n != "PKG-INFO"]
    return sorted(n for n in names if (ROOT / n).is_file() or (ROOT / n).is_symlink())


def write_sdist(folder):
    """Answers the tarball's file name. The same input gives the same bytes."""
    stem = f"{NAME}-{project_version()}"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in source_files():
            entry = archive.gettarinfo(ROOT / name, f"{stem}/{name}")
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = source_date()
            entry.mode = 0o755 if entry.mode & 0o100 else 0o644
            with open(ROOT / name, "rb") as content:
                archive.addfile(entry, content if entry.isreg() else None)
        about = metadata().encode()
        entry = tarfile.TarInfo(f"{stem}/PKG-INFO")
        entry.size, entry.mtime = len(about), source_date()
        archive.addfile(entry, io.BytesIO(about))
    with open(pathlib.Path(folder) / f"{stem}.tar.gz", "wb") as out:
        with gzip.GzipFile(filename="", fileobj=out, mode="wb", mtime=source_date()) as zipped:
            zipped.write(packed.getvalue())
    return f"{stem}.tar.gz"


# The hooks of PEP 517.

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with tempfile.TemporaryDirectory() as scratch:
        binary = pathlib.Path(scratch) / NAME
        obtain_binary(binary)
        return write_wheel(binary, wheel_directory)


def build_sdist(sdist_directory, config_settings=None):
    return write_sdist(sdist_directory)


def main():
    words = argparse.ArgumentParser(description="packages of stamplint")
    words.add_argument("what", choices=["version", "pinned", "wheel", "sdist"])
    for option in ("binary", "notices", "output"):
        words.add_argument(f"--{option}", type=pathlib.Path)
    words.add_argument("--version", default="")
    words = words.parse_args()
    if words.what != "version" and not words.output or words.what == "wheel" and not words.binary:
        sys.exit(__doc__)
    if words.what == "version":
        print(project_version())
    elif words.what == "wheel":
        print(write_wheel(words.binary, words.output, words.notices))
    elif words.what == "sdist":
        print(write_sdist(words.output))
    else:
        try:
            fetch_pinned(words.version or project_version(), words.output)
        except NoPin as why:
            print(f"{NAME}: {why}.", file=sys.stderr)
            sys.exit(NO_PIN)
        except urllib.error.URLError as why:
            sys.exit(f"{NAME}: the release cannot be had: {why}.")


if __name__ == "__main__":
    main()
