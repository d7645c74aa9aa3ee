#!/usr/bin/env python3
"""What `./dev package` makes, installed and run: the binary in an empty chroot and in the container image, the .deb by
dpkg, the wheel by pip, the source tarball by pip and CMake. Chroot and dpkg need root; without it the same files are run where they were unpacked.

usage: package_test.py ROOT   (build/release must be built: ./dev build)"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from scratch_project import SKIP, Failed, expect, run

root = pathlib.Path(sys.argv[1]).resolve()
is_root = os.geteuid() == 0


def notice(text):
    print(f"notice: {text}")


def tell_the_story(*program, cwd=None, fixtures=root / "fixtures"):
    """The program, by whatever words it is called, knows the lottery's story."""
    expect("stamplint 0." in run(*program, "--version", cwd=cwd), "no version")
    log = run(*program, "check", "--no-config", f"{fixtures}/lottery", cwd=cwd, want=1)
    expect("SL101" in log and "SL201" in log, "the story is not told", log)
    run(*program, "check", "--no-config", f"{fixtures}/lottery-repaired", cwd=cwd)


def enter(folder, program):
    """The words that run `program` with `folder` as its whole world."""
    shutil.copytree(root / "fixtures", folder / "fixtures", dirs_exist_ok=True,
                    ignore=lambda where, names: [n for n in names if where == str(root / "fixtures") and not n.startswith("lottery")])
    return ["chroot", folder, program]


def test_sums(packages, scratch):
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=packages)
    listed = {line.split("  ")[1] for line in (packages / "SHA256SUMS").read_text().splitlines()}
    expect(listed == {p.name for p in packages.iterdir()} - {"SHA256SUMS"} and len(listed) == 4, "SHA256SUMS names all files", str(listed))


def test_binary(packages, scratch):
    binary, = packages.glob("stamplint-*-linux-*[!l]")
    expect("INTERP" not in run("readelf", "-lW", binary), "the binary is not static")
    if not is_root:
        notice("not root: the binary runs outside of a chroot")
        tell_the_story(binary)
        return
    world = scratch / "empty"
    world.mkdir()
    shutil.copy2(binary, world / "stamplint")
    tell_the_story(*enter(world, "/stamplint"), fixtures="/fixtures")


def test_deb(packages, scratch):
    deb, = packages.glob("*.deb")
    world = scratch / "debian"
    if is_root:
        database = world / "var/lib/dpkg"
        (database / "info").mkdir(parents=True)
        (database / "updates").mkdir()
        (database / "status").touch()
        run("dpkg", f"--root={world}", "--force-script-chrootless", "--install", deb)
        expect("install ok installed" in run("dpkg-query", f"--admindir={database}", "-W", "-f=${Status}", "stamplint"), "not installed")
        tell_the_story(*enter(world, "/usr/bin/stamplint"), fixtures="/fixtures")
    else:
        notice("not root: the .deb is unpacked, not installed")
        run("dpkg-deb", "-x", deb, world)
        tell_the_story(world / "usr/bin/stamplint")
    program = packages / [p.name for p in packages.glob("stamplint-*-linux-*[!l]")][0]
    for name, words in {"usr/share/bash-completion/completions/stamplint": ["completion", "bash"],
                        "usr/share/zsh/vendor-completions/_stamplint": ["completion", "zsh"],
                        "usr/share/fish/vendor_completions.d/stamplint.fish": ["completion", "fish"]}.items():
        expect((world / name).read_text() == run(program, *words), f"{name} is not what the program prints")
    expect(run("gzip", "-dc", world / "usr/share/man/man1/stamplint.1.gz") == run(program, "man"), "the manual page is not the program's")
    notices = (world / "usr/share/doc/stamplint/third-party.txt").read_text()
    expect("libpg-query" in notices and "libsqlite3" in notices, "the libraries' copyright is missing", notices[:400])
    if is_root:
        run("dpkg", f"--root={world}", "--force-script-chrootless", "--purge", "stamplint")
        expect(not (world / "usr/bin/stamplint").exists(), "purging leaves the program")


def test_image(packages, scratch):
    """The container image of the release workflow, built from the packaged binary and entered."""
    can_mount = subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0
    if not shutil.which("buildah") or not can_mount:
        notice("no buildah, or no leave to mount: the container image is not built")
        return
    binary, = packages.glob("stamplint-*-linux-*[!l]")
    buildah = ["buildah", f"--root={scratch}/images", f"--runroot={scratch}/running", "--storage-driver=vfs"]
    run(*buildah, "bud", "--isolation=chroot", f"--build-arg=BINARY={binary.name}", "--tag=stamplint", f"--file={root}/packaging/Dockerfile", packages)
    container = run(*buildah, "from", "--pull-never", "localhost/stamplint").strip()
    image = json.loads(run(*buildah, "inspect", "--type=image", "localhost/stamplint"))["OCIv1"]["config"]
    expect(image["Entrypoint"] == ["/stamplint"] and image["User"] == "65534:65534" and image["WorkingDir"] == "/work", "the image starts otherwise", str(image))
    work = scratch / "work"
    enter(work, "/stamplint")
    for place in [scratch, work, *work.rglob("*")]:
        place.chmod(0o755 if place.is_dir() else 0o644)
    tell_the_story(*buildah, "run", "--isolation=chroot", f"--volume={work}:/work:ro", container, "--", "/stamplint", fixtures="fixtures")
    run(*buildah, "rm", container)


def make_venv(folder):
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.CalledProcessError):
        notice("Python's venv is not installed: what pip installs is not tried")
        return None
    return folder


def test_wheel(packages, scratch):
    wheel, = packages.glob("*.whl")
    venv = make_venv(scratch / "venv")
    if not venv:
        return
    run(venv / "bin/pip", "install", "--no-index", "--no-deps", wheel)
    expect((venv / "bin/stamplint").read_bytes()[:4] == b"\x7fELF", "pip did not install the program itself")
    tell_the_story(venv / "bin/stamplint")
    run(venv / "bin/pip", "uninstall", "-y", "stamplint")
    expect(not (venv / "bin/stamplint").exists(), "uninstalling leaves the program")


def test_source(packages, scratch):
    """pip builds the tarball with CMake, as it does where no release is pinned."""
    tarball, = packages.glob("*.tar.gz")
    venv = make_venv(scratch / "source-venv")
    if not venv:
        return
    run(venv / "bin/pip", "install", "--no-index", "--no-deps", tarball, env={"CMAKE_C_COMPILER_LAUNCHER": shutil.which("ccache") or ""})
    tell_the_story(venv / "bin/stamplint")


def test_same_bytes_again(packages, scratch):
    again = scratch / "again"
    run(root / "packaging/package.sh", again)
    expect((again / "SHA256SUMS").read_text() == (packages / "SHA256SUMS").read_text(), "packaging twice gives other bytes",
           (again / "SHA256SUMS").read_text() + (packages / "SHA256SUMS").read_text())


def main():
    if not (root / "build/release/stamplint").exists() or not shutil.which("dpkg-deb"):
        notice("no static build, or no dpkg here: ./dev build first")
        sys.exit(SKIP)
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        packages = pathlib.Path(name) / "packages"
        print(run(root / "packaging/package.sh", packages))
        for test, function in [(n, f) for n, f in globals().items() if n.startswith("test_")]:
            scratch = pathlib.Path(name) / test
            scratch.mkdir()
            try:
                function(packages, scratch)
                print(f"ok: {test}")
            except Failed as why:
                failed += 1
                print(f"FAILED: {test}: {why}")
    sys.exit(bool(failed))


main()
