#!/bin/sh
# Makes a virtual environment hold what a lock file lists, and nothing if it already does.
#
#   [PYTHON=python3.12] sh scripts/venv.sh .venv requirements.lock
#   sh scripts/venv.sh <folder> <requirement>      a tool of its own, e.g. uv==1.2.3
#   sh scripts/venv.sh .venv-superset requirements-superset.lock   Superset, with its own packages
set -eu

venv=$1
wanted=$2
stamp=$venv/$wanted
# Superset asks for a pandas that has no wheels for Python 3.13.
case $wanted in
requirements-superset.lock) newest=12 fitting="Python 3.11 or 3.12" ;;
*) newest=13 fitting="Python 3.11, 3.12 or 3.13" ;;
esac
fits="import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $newest))"

# `command -v` is not enough: the launchers of version managers exist for Pythons that do not.
is_fitting() {
    "$1" -c "$fits" >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        if is_fitting "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "$fitting with its venv module is needed: none found" \
        "(looked for: ${PYTHON:-python3.13 python3.12 python3.11 python3 python});" \
        "name one with PYTHON=/path/to/python3.12." >&2
    return 1
}

install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

if [ -f "$stamp" ] && cmp -s "$wanted" "$stamp" && is_fitting "$venv/bin/python"; then
    touch "$stamp"
    exit
fi

# A lock that changed gets an empty environment, so that nothing of the old one is left over.
if [ -f "$stamp" ] || ! is_fitting "$venv/bin/python"; then
    python=$(find_python)
    "$python" -m venv --clear "$venv"
fi

if [ ! -f "$wanted" ]; then
    install "$wanted"
    exit
fi

echo "Installing $wanted into $venv (once; a minute or two) ..."
install --no-deps --require-hashes -r "$wanted"
cp "$wanted" "$stamp"
# A lock holds all of those before it too.
case $wanted in
requirements-dev.lock) held="requirements.lock requirements-mcp.lock" ;;
requirements-mcp.lock) held=requirements.lock ;;
*) held= ;;
esac
for lock in $held; do
    cp "$lock" "$venv/$lock"
done
