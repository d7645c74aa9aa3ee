#!/bin/sh
# Installs the servers of the end-to-end tests (Debian, Ubuntu), without starting them.
# usage: tests/e2e/install_servers.sh            does nothing where they are there already
set -eu

have_mariadb() { command -v mariadbd >/dev/null 2>&1 || [ -x /usr/sbin/mariadbd ]; }
have_postgres() { ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; }

packages=""
have_mariadb || packages="$packages mariadb-server-core mariadb-client-core"
have_postgres || packages="$packages postgresql"
# Ruby parses the Rails migrations of plans; ActiveRecord runs them.
command -v ruby >/dev/null 2>&1 || packages="$packages ruby"
ruby -e 'require "active_record"; require "sqlite3"' 2>/dev/null || packages="$packages ruby-activerecord ruby-sqlite3"
[ -n "$packages" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "install_servers.sh: needs root or sudo to install:$packages" >&2; exit 2; }
    as_root="sudo -n"
fi
# No cluster of the distribution's own, and no service: the tests bring their own directories and sockets.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod +x "$policy"
    trap '$as_root rm -f "$policy"' EXIT
fi
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
