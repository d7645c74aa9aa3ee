#!/usr/bin/env bash
# Writes the notices of the libraries inside a static binary: the copyright file of each one's Debian package.
# usage: third_party.sh OUT LIBRARY…
set -euo pipefail
out=$1
shift
{
    echo "stamplint's static binary holds code of these packages; their copyright files follow."
    command -v dpkg-query >/dev/null || echo "(This machine has no dpkg: the notices lie with its own packages.)"
    for library in "$@"; do
        [ -f "$library" ] || continue
        package=$(dpkg-query -S "$(readlink -f "$library")" 2>/dev/null | head -n 1 | cut -d: -f1) || continue
        [ -n "$package" ] || continue
        printf '\n==== %s ====\n\n' "$package"
        cat "/usr/share/doc/$package/copyright"
    done
} >"$out"
