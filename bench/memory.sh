#!/usr/bin/env bash
# Peak memory of `stamplint audit` on a large log, with one job and with two; and on one with too many distinct shapes.
# usage: bench/memory.sh [GIB] [FORMAT]     (default: 4 GiB of mysql-slow; as much room is needed in $TMPDIR)
set -euo pipefail
cd "$(dirname "$0")/.."
gib=${1:-4} format=${2:-mysql-slow}
[ -f build/release/build.ninja ] || cmake --preset release -DBUILD_TESTING=OFF >/dev/null
cmake --build --preset release --target stamplint make_log >/dev/null
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
measure() { # NAME JOBS
    python3 - "$1" "$2" "$dir/log" <<'PY'
import os, resource, subprocess, sys, time
name, jobs, log = sys.argv[1:]
begin = time.monotonic()
subprocess.run(["build/release/stamplint", "audit", "--no-config", "--fail-on", "never", "--quiet", "--jobs", jobs,
                "--format", "json", log], stdout=subprocess.DEVNULL, check=True)
seconds, size = time.monotonic() - begin, os.stat(log).st_size
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"{name:32} {size / 2**30:6.2f} GiB {jobs} jobs {size / 1e6 / seconds:7.0f} MB/s {peak:6.1f} MiB{'' if peak < 64 else '  TOO MUCH'}")
PY
}
build/release/bench/make_log "$format" $((gib * 1024)) >"$dir/log"
for jobs in 1 2 4; do measure "$format" $jobs; done
build/release/bench/make_log "$format" 256 400000 >"$dir/log"
for jobs in 1 2; do measure "$format, 400000 shapes" $jobs; done
