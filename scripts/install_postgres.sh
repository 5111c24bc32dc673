#!/bin/sh
# Installs the PostgreSQL that tests/python/test_postgres.py starts, where the system has one to give.
# It does nothing if a server's programs are there already.
set -eu
cd "$(dirname "$0")/.."

is_there() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

if is_there; then
    exit
fi
# The package makes a server of its own and starts it, unless it is told not to.
sh scripts/apt_install.sh postgresql-common
settings=/etc/postgresql-common/createcluster.d
if [ -d /etc/postgresql-common ]; then
    run=
    [ "$(id -u)" = 0 ] || run="sudo -n"
    $run mkdir -p "$settings"
    echo "create_main_cluster = false" | $run tee "$settings/none.conf" >/dev/null
fi
sh scripts/apt_install.sh postgresql
is_there || { echo "PostgreSQL is needed: initdb was not found." >&2; exit 1; }
