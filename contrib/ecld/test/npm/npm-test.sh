#!/usr/bin/env bash
# Run a test script with the packages of package.json, which are installed in the build folder.
#
#   npm-test.sh FOLDER SCRIPT [ARGUMENT...]
#
# Exits with 77, "skipped", where Node 20 or npm or the packages cannot be had, and says why.
set -euo pipefail

folder=$1 script=$2
shift 2
sources=$(dirname "$0")

skip() {
  echo "skipped: $*"
  exit 77
}

command -v node >/dev/null || skip "no node (apt install nodejs, version 20 or later)"
command -v npm >/dev/null || skip "no npm (apt install npm)"
major=$(node --print 'process.versions.node.split(".")[0]')
((major >= 20)) || skip "node $(node --version), version 20 or later is needed"

# Several tests may come here at once: one installs, the others wait.
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
if ! cmp -s "$sources/package.json" "$folder/installed.json"; then
  cp "$sources/package.json" "$folder/package.json"
  npm install --prefix "$folder" --ignore-scripts --omit=optional --no-package-lock --no-audit \
    --no-fund --loglevel=error >"$folder/npm.log" 2>&1 ||
    skip "npm cannot install the packages: $(grep -m 1 . "$folder/npm.log")"
  cp "$sources/package.json" "$folder/installed.json"
fi
# Node looks for packages beside the script. Another test may be reading its own: leave what is new.
cmp -s "$sources/$script" "$folder/$script" || cp "$sources/$script" "$folder/$script"
flock -u 9

exec node "$folder/$script" "$@"
