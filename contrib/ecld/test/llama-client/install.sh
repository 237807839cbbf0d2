#!/bin/sh
# Put llama.cpp into a folder, once: install.sh FOLDER. Where that is impossible it says why and
# succeeds; the tests that need the client then say that they were skipped.
source=$(dirname "$0")
folder=$1
mkdir -p "$folder" || exit 1
cp "$source"/package.json "$source"/*.mjs "$folder" || exit 1
if [ -e "$folder/installed" ] && cmp -s "$source/package.json" "$folder/installed"; then
  exit 0
fi
for program in node npm; do
  command -v $program >/dev/null || { echo "skipped: no $program"; exit 0; }
done
# No scripts and no optional packages: those are builds for GPUs, 600 MB.
if (cd "$folder" && npm install --ignore-scripts --omit=optional --no-audit --no-fund \
  --no-package-lock --loglevel=error); then
  cp "$source/package.json" "$folder/installed"
else
  echo "skipped: npm could not install node-llama-cpp"
fi
