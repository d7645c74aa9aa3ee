#!/usr/bin/env bash
# Makes what a release is made of from build/release: the static binary, a .deb, the source tarball, a Python wheel, and
# SHA256SUMS. The same commit on the same machine gives the same bytes (SOURCE_DATE_EPOCH: the commit's time).
# usage: package.sh [FOLDER]   (default build/package)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=$(mkdir -p "${1:-build/package}" && cd "${1:-build/package}" && pwd)
build=build/release
[ -x $build/stamplint ] || { echo "package: build first: ./dev build" >&2; exit 1; }
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
fi
export SOURCE_DATE_EPOCH

version=$(python3 packaging/stamplint_build.py version)
binary=$out/stamplint-$version-linux-$(uname -m)
rm -f "$out"/*
strip -o "$binary" $build/stamplint
(cd $build && cpack -G DEB -B "$PWD/cpack" >cpack.log 2>&1) || { cat $build/cpack.log >&2; exit 1; }
mv $build/cpack/*.deb "$out/"
python3 packaging/stamplint_build.py wheel --binary "$binary" --notices $build/share/third-party.txt --output "$out" >/dev/null
python3 packaging/stamplint_build.py sdist --output "$out" >/dev/null
(cd "$out" && sha256sum -- * >SHA256SUMS.new && mv SHA256SUMS.new SHA256SUMS && cat SHA256SUMS)
