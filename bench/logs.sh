#!/usr/bin/env bash
# How fast query logs are audited: MB/s with one job and with two, beside `wc -l` and, where they are installed,
# pt-query-digest and pgBadger on the same file. Best of five runs each (of one, for the two others).
# usage: bench/logs.sh [MIB] [FORMAT…]; builds what it needs into build/release.
set -eu
cd "$(dirname "$0")/.."
mib=${1:-64}
shift || true
formats=${*:-mysql-slow mysql-general pg-stderr pg-csvlog pg-jsonlog sql}
[ -f build/release/build.ninja ] || cmake --preset release -DBUILD_TESTING=OFF >/dev/null
cmake --build --preset release --target stamplint make_log >/dev/null
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
best() { # RUNS COMMAND…: the least nanoseconds
    local runs=$1 from to
    shift
    for _ in $(seq "$runs"); do
        from=$(date +%s%N)
        "$@" >/dev/null 2>&1 || true
        to=$(date +%s%N)
        echo $((to - from))
    done | sort -n | head -1
}
audit() { # JOBS
    best 5 build/release/stamplint audit --jobs "$1" --no-config --fail-on never --format json "$dir/log"
}
other() { # FORMAT: nanoseconds of the tool that people use for it; 0 where there is none
    case $1 in
    mysql-slow) set -- pt-query-digest "$dir/log" ;;
    mysql-general) set -- pt-query-digest --type genlog "$dir/log" ;;
    pg-stderr) set -- pgbadger -q -f stderr -p '%m [%p] %u@%d ' -o "$dir/report.html" "$dir/log" ;;
    pg-csvlog) set -- pgbadger -q -f csv -o "$dir/report.html" "$dir/log" ;;
    *) set -- true ;;
    esac
    if [ "$1" != true ] && command -v "$1" >/dev/null; then best 1 "$@"; else echo 0; fi
}
printf '%-15s %10s %12s %12s %8s %10s  %s\n' format 'wc -l' 'one job' 'two jobs' speedup 'of wc -l' 'times pt-query-digest or pgBadger'
for format in $formats; do
    build/release/bench/make_log "$format" "$mib" >"$dir/log"
    size=$(stat -c %s "$dir/log")
    awk -v f="$format" -v s="$size" -v w="$(best 5 wc -l "$dir/log")" -v a="$(audit 1)" -v b="$(audit 2)" -v o="$(other "$format")" 'BEGIN {
        printf "%-15s %5.0f MB/s %7.0f MB/s %7.0f MB/s %7.2fx %9.3f  %s\n", f, s/w*1e3, s/a*1e3, s/b*1e3, a/b, w/a, (o > 0 ? sprintf("%.0f", o/a) : "-") }'
done
