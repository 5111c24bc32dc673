#!/bin/sh
# Takes a version of axe-core, which tests use to look for barriers in the pages, into the
# repository, with its licences and checksums. Maintainers run it to take another version into use;
# it needs npm and a network. The tests need neither, and no page has any of it.
#
#   sh scripts/bundle_axe.sh           writes tests/axe/
#   sh scripts/bundle_axe.sh --check   fetches it again and compares
set -eu
cd "$(dirname "$0")/.."

axe=4.14.1
folder=tests/axe
files="axe.min.js LICENSE LICENSE-3RD-PARTY.txt"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$work" && npm pack --silent "axe-core@$axe" >/dev/null && tar xzf "axe-core-$axe.tgz")
if [ "${1:-}" = --check ]; then
    for file in $files; do
        cmp "$work/package/$file" "$folder/$file"
    done
    echo "$folder has what axe-core $axe gives."
    exit
fi
mkdir -p "$folder"
for file in $files; do
    cp "$work/package/$file" "$folder/$file"
done
# shellcheck disable=SC2086 # one argument for each file
(cd "$folder" && sha256sum $files >SHA256SUMS)
wc -c "$folder/axe.min.js"
