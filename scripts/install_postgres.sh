#!/bin/sh
# Installs the PostgreSQL that tests/python/test_postgres.py starts, where the system has one to give.
# It does nothing if a server's programs are there already.
set -eu

is_there() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

if is_there; then
    exit
fi

run=
if [ "$(id -u)" != 0 ]; then
    run="sudo -n"
fi
if command -v apt-get >/dev/null 2>&1; then
    echo "Installing postgresql with apt-get ..."
    $run apt-get update -qq
    # Without a cluster of its own: the tests make one, and stop it.
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends \
        postgresql-common >/dev/null
    $run sh -c 'mkdir -p /etc/postgresql-common/createcluster.d &&
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/none.conf'
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends postgresql \
        >/dev/null
fi
is_there || { echo "PostgreSQL is needed: initdb was not found." >&2; exit 1; }
