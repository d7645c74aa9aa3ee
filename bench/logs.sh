#!/usr/bin/env bash
# How fast query logs are read: MB/s with one job and with two, beside `wc -l` on the same file.
# usage: bench/logs.sh [MIB] [FORMAT…]; builds what it needs into build/release.
set -eu
cd "$(dirname "$0")/.."
mib=${1:-128}
shift || true
formats=${*:-mysql-slow mysql-general pg-stderr pg-csvlog pg-jsonlog sql}
[ -f build/release/build.ninja ] || cmake --preset release -DBUILD_TESTING=OFF >/dev/null
cmake --build --preset release --target bench_digest make_log >/dev/null
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
best() { # the least seconds of three runs
    for _ in 1 2 3; do
        local from to
        from=$(date +%s%N)
        "$@" >/dev/null
        to=$(date +%s%N)
        echo $((to - from))
    done | sort -n | head -1
}
printf '%-15s %10s %12s %12s %8s %10s\n' format 'wc -l' 'one job' 'two jobs' speedup 'of wc -l'
for format in $formats; do
    build/release/bench/make_log "$format" "$mib" >"$dir/log"
    size=$(stat -c %s "$dir/log")
    wc=$(best wc -l "$dir/log")
    one=$(best build/release/bench/bench_digest --jobs 1 "$dir/log")
    two=$(best build/release/bench/bench_digest --jobs 2 "$dir/log")
    awk -v f="$format" -v s="$size" -v w="$wc" -v a="$one" -v b="$two" 'BEGIN {
        printf "%-15s %5.0f MB/s %7.0f MB/s %7.0f MB/s %7.2fx %9.3f\n", f, s/w*1e3, s/a*1e3, s/b*1e3, a/b, w/a }'
done
