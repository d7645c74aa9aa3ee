#!/usr/bin/env bash
# The whole of the GitHub action (action.yml only hands over the inputs): gets the program, checks, prints annotations,
# writes the job summary and a SARIF file, sets the outputs. Its exit status is stamplint's.
#
# In:  INPUT_PATHS, INPUT_FAIL_ON, INPUT_FORMAT, INPUT_VERSION, INPUT_CHANGED_ONLY, INPUT_NEW_ONLY, INPUT_BASELINE,
#      and of GitHub's own variables GITHUB_EVENT_NAME, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP. STAMPLINT names a ready program.
# Out: standard output (workflow commands), $GITHUB_STEP_SUMMARY, $GITHUB_OUTPUT, $RUNNER_TEMP/stamplint.sarif.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=${RUNNER_TEMP:-$(mktemp -d)}
summary_limit=1048576 # GitHub refuses a step's summary that is longer

fail() { printf '::error title=stamplint::%s\n' "$*"; exit 2; }

# The pinned release of this machine; where none is pinned for this version, a build of the action's own source.
obtain_program() {
    local program=$scratch/stamplint status=0
    python3 "$here/stamplint_build.py" pinned --version "${INPUT_VERSION:-}" --output "$program" >&2 || status=$?
    if [ $status = 0 ]; then
        echo "$program"
    elif [ $status = 3 ] && [ -z "${INPUT_VERSION:-}" ]; then
        "$here/../dev" build >&2 || return 1
        echo "$here/../build/release/stamplint"
    else
        return 1
    fi
}

# A pull request is checked out as a merge commit: its first parent is the base branch. A push has the commit before it.
base_revision() {
    git rev-parse --verify --quiet "HEAD^1^{commit}"
}

# Copies standard input to the summary, whole lines only, as far as the limit goes. Reads to the end all the same: who
# writes into a closed pipe dies.
write_summary() {
    local file=${GITHUB_STEP_SUMMARY:-/dev/null} used=0
    [ -f "$file" ] && used=$(wc -c <"$file")
    # C locale: the limit counts bytes
    LC_ALL=C awk -v room=$((summary_limit - used - 200)) '
        { size += length($0) + 1 }
        size <= room { print }
        END { if (size > room) print "\n*The rest is left out: a summary holds 1 MiB. The SARIF file has all findings.*" }' >>"$file"
}

count() { # the outputs errors, warnings and notes
    python3 -c 'import json, sys
for level, n in json.load(open(sys.argv[1]))["summary"]["findings"].items(): print(f"{level}s={n}")' "$scratch/stamplint.json"
}

program=${STAMPLINT:-$(obtain_program)} || fail "the program cannot be had; the log above says why."

truth() { # NAME VALUE
    case ${2:-false} in
    true | false) echo "${2:-false}" ;;
    *) fail "$1 is true or false, not '$2'." >&2 ;;
    esac
}

options=()
[ -z "${INPUT_BASELINE:-}" ] || options+=(--baseline "$INPUT_BASELINE")
[ -z "${INPUT_FAIL_ON:-}" ] || options+=(--fail-on "$INPUT_FAIL_ON")
changed_only=$(truth changed-only "${INPUT_CHANGED_ONLY:-}")
new_only=$(truth new-only "${INPUT_NEW_ONLY:-}")
if [ "$changed_only$new_only" != falsefalse ]; then
    base=$(base_revision) || fail "changed-only and new-only need the commit before this one: set 'fetch-depth: 2' at actions/checkout."
    options+=(--changed-since "$base")
    [ "$new_only" = false ] || options+=(--new-only)
fi
set -f # the words of INPUT_PATHS are not patterns
# shellcheck disable=SC2206
paths=(${INPUT_PATHS:-})
set +f

# One run writes everything: the annotations to the log, the rest to files.
status=0
rm -f "$scratch"/stamplint.{sarif,json,md}
"$program" check --format "${INPUT_FORMAT:-github}" --report "sarif:$scratch/stamplint.sarif" \
    --report "json:$scratch/stamplint.json" --report "markdown:$scratch/stamplint.md" \
    "${options[@]}" -- "${paths[@]}" || status=$?
[ -f "$scratch/stamplint.json" ] || exit 2 # it did not come as far as the reports, and said why
write_summary <"$scratch/stamplint.md"
{
    echo "sarif=$scratch/stamplint.sarif"
    count
} >>"${GITHUB_OUTPUT:-/dev/null}"
exit $status
