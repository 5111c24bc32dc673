#!/bin/sh
# Bundles the parts of Apache ECharts that the boards use into one file of the repository, with its
# licences and checksums. Maintainers run it to take another version, or another part, into use;
# it needs node with npm and a network. Whoever builds or reads boards needs neither.
#
#   sh scripts/bundle_echarts.sh           writes boards/shell/echarts/
#   sh scripts/bundle_echarts.sh --check   bundles again and compares
set -eu
cd "$(dirname "$0")/.."

echarts=6.1.0
esbuild=0.28.2
folder=boards/shell/echarts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$folder/entry.js" "$work/"
(
    cd "$work"
    npm install --silent --no-audit --no-fund --no-save "echarts@$echarts" "esbuild@$esbuild"
    # A name that is never read stays out; `ascii` keeps the file the same on every system.
    npx --no-install esbuild entry.js --bundle --minify --format=iife --target=es2020 \
        --charset=ascii --legal-comments=none --define:process.env.NODE_ENV='"production"' \
        --outfile=bundled.js --log-level=warning
    {
        printf '/*! Apache ECharts %s, parts; licences beside this file in the repository. */\n' \
            "$echarts"
        cat bundled.js
    } >echarts.min.js
)

if [ "${1:-}" = --check ]; then
    cmp "$work/echarts.min.js" "$folder/echarts.min.js"
    echo "boards/shell/echarts/echarts.min.js is what ECharts $echarts and esbuild $esbuild give."
    exit
fi
modules=$work/node_modules
cp "$work/echarts.min.js" "$folder/echarts.min.js"
cp "$modules/echarts/LICENSE" "$folder/LICENSE"
cp "$modules/echarts/licenses/LICENSE-d3" "$folder/LICENSE-d3"
cp "$modules/zrender/LICENSE" "$folder/LICENSE-zrender"
cp "$modules/tslib/LICENSE.txt" "$folder/LICENSE-tslib"
cp "$modules/echarts/NOTICE" "$folder/NOTICE"
(cd "$folder" && sha256sum echarts.min.js LICENSE LICENSE-d3 LICENSE-zrender LICENSE-tslib NOTICE \
    >SHA256SUMS)
wc -c "$folder/echarts.min.js"
