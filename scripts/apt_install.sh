#!/bin/sh
# Installs Debian or Ubuntu packages, and nothing where there is no apt-get.
#
#   sh scripts/apt_install.sh chromium fonts-dejavu-core
set -eu

command -v apt-get >/dev/null 2>&1 || exit 0
run=
if [ "$(id -u)" != 0 ]; then
    run="sudo -n"
fi
echo "Installing $1 with apt-get ..."
$run apt-get update -qq
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends "$@" >/dev/null
