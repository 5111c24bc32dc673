#!/bin/sh
# Installs the Chromium that tests/python/test_boards.py looks at the boards with, where the system
# has one to give. It does nothing if a browser is there already.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if "$python" -m boards.browser 2>/dev/null; then
    exit
fi
# Debian calls it chromium; Ubuntu's package of that name only leads to a snap.
sh scripts/apt_install.sh chromium fonts-dejavu-core
exec "$python" -m boards.browser
