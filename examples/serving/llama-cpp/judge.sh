#!/usr/bin/env bash
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
#
# judge.sh: fits the law of a serving step to real llama.cpp, and judges it on other steps.
#
#   judge.sh [--output FOLDER] [--llamaClient FOLDER] [--passes N]
#
#   --output FOLDER       of the checkpoint, the cells and the report; default results/llama-cpp
#   --llamaClient FOLDER  of npm's node-llama-cpp, installed there if it is not; default:
#                         llama-client in the folder of results
#   --passes N            over all cells, default 10, which take some 5 minutes
#   --version             which version this is
#
# A checkpoint that is there is taken; the cells are measured anew, by one thread of llama.cpp. The
# parts have more flags, and --help of their own: generate-checkpoint.py, measure-batches.mjs,
# judge-law.py.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(readlink -f "$here/../../..")
output=results/llama-cpp client='' passes=10

fail() {
  echo "judge: $*" >&2
  exit 1
}

while (($#)); do
  flag=$1
  shift
  case $flag in
  --help | -h)
    sed -n '6,18s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit
    ;;
  --version)
    echo "judge $(<"$root/VERSION")"
    exit
    ;;
  --*=*)
    set -- "${flag#*=}" "$@"
    flag=${flag%%=*}
    ;;
  esac
  case $flag in
  --output | --llamaClient | --passes) [[ -n ${1-} ]] || fail "$flag: expected a value" ;;
  *) fail "$flag: no such flag, --help lists them" ;;
  esac
  case $flag in
  --output) output=$1 ;;
  --llamaClient) client=$1 ;;
  --passes) passes=$1 ;;
  esac
  shift
done
client=${client:-$output/llama-client}

for program in node npm; do
  command -v "$program" >/dev/null || fail "no $program (apt install nodejs npm)"
done
major=$(node --print 'process.versions.node.split(".")[0]')
((major >= 20)) || fail "node $(node --version), version 20 or later is needed"
# Debian's Python, which has Debian's numpy, whatever else comes first on the PATH.
python=/usr/bin/python3
[[ -x $python ]] || python=python3
"$python" -c 'import numpy' 2>/dev/null || fail "no numpy (apt install python3-numpy)"

# The last line of the installer is its reason.
message=$("$root/contrib/ecld/test/llama-client/install.sh" "$client" 2>&1) ||
  fail "$client: cannot be written"
[[ -e $client/installed ]] || fail "$client: ${message##*skipped: }"

model=$output/random.gguf
[[ -e $model ]] || "$python" "$here/generate-checkpoint.py" --output "$model"
node "$here/measure-batches.mjs" --model "$model" --llamaClient "$client" --passes "$passes" \
  --output "$output/cells.csv"
"$python" "$here/judge-law.py" --cells "$output/cells.csv" --output "$output/report.json"
