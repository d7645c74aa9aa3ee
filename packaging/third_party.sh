#!/usr/bin/env bash
# Writes the notices of what is inside a static binary: the copyright file of each library's Debian package, and the
# licences of the grammars that were fetched.
# usage: third_party.sh OUT LIBRARY…
set -euo pipefail
out=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
shift

section() { # NAME FILE
    printf '\n==== %s ====\n\n' "$1"
    cat "$2"
}

# The package that brings a library; on a machine without dpkg, or with a library of its own, there is none.
package_of() {
    dpkg-query -S "$(readlink -f "$1")" 2>/dev/null | head -n 1 | cut -d: -f1
}

{
    echo "stamplint's static binary holds code of these packages; their copyright files follow."
    for library in "$@"; do
        package=$(package_of "$library") || continue
        [ -n "$package" ] && section "$package" "/usr/share/doc/$package/copyright"
    done
    for licence in "$root"/grammars/node_modules/tree-sitter-*/LICENSE; do
        [ -f "$licence" ] && section "$(basename "$(dirname "$licence")")" "$licence"
    done
    section "glibc (GNU Lesser General Public Licence)" /usr/share/doc/libc6/copyright 2>/dev/null || true
} >"$out"
