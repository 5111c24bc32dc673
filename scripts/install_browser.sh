#!/bin/sh
# Installs the Chromium that tests/python/test_boards.py looks at the boards with, where the system
# has one to give. It does nothing if a browser is there already.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if "$python" -m boards.browser 2>/dev/null; then
    exit
fi

run=
if [ "$(id -u)" != 0 ]; then
    run="sudo -n"
fi
if command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium with apt-get ..."
    $run apt-get update -qq
    # Debian calls it chromium; Ubuntu's package of that name only leads to a snap.
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends chromium \
        fonts-dejavu-core >/dev/null
fi
exec "$python" -m boards.browser
