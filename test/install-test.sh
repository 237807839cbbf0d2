#!/usr/bin/env bash
#
# An installed module, moved to another folder: a study builds against it by find_package and by
# pkg-config, and the programs find the data that were installed. Run by CTest as `install`.
#
#     install-test.sh CMAKE BUILD SOURCE
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

cmake=$1 build=$2 source=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset LLM_MEC_DATA LLM_MEC_AGENTS

"$cmake" --install "$build" --prefix "$work/first" >"$work/log" 2>&1 || fail "install: $(tail -3 "$work/log")"
mv "$work/first" "$work/moved place"
prefix="$work/moved place"

refuse "no file $prefix/share/llm-mec/data/profiles/none.json" "$prefix/bin/mec-offload" --profile=none
succeed "$prefix/bin/mec-offload" --slots=2 --profile=qwen3-8b-ecld --output="$work/results"

# find_package
study=$source/scratch/threshold-policy.cc
"$cmake" -S "$source/test/installed-project" -B "$work/project" -G "Unix Makefiles" -DSTUDY="$study" \
  -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" 2>&1 || fail "find_package: $(tail -5 "$work/log")"
"$cmake" --build "$work/project" >"$work/log" 2>&1 || fail "find_package: $(tail -5 "$work/log")"
"$work/project/study" >"$work/of-package" || fail "find_package: the study ended with $?"
grep -q '^threshold: mean latency 0\.' "$work/of-package" || fail "printed $(cat "$work/of-package")"

# pkg-config; it escapes spaces for a shell
if command -v pkg-config >/dev/null; then
  flags=$(PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config --cflags --libs llm-mec) || fail "pkg-config"
  eval "c++ '$study' -o '$work/by-pkg-config' $flags" >"$work/log" 2>&1 || fail "pkg-config: $(tail -5 "$work/log")"
  "$work/by-pkg-config" >"$work/of-pkg-config"
  cmp "$work/of-package" "$work/of-pkg-config" || fail "pkg-config: printed $(cat "$work/of-pkg-config")"
fi

# Another version is not taken.
mkdir "$work/newer"
sed 's/llm-mec 0.2/llm-mec 9.9/' "$source/test/installed-project/CMakeLists.txt" >"$work/newer/CMakeLists.txt"
"$cmake" -S "$work/newer" -B "$work/newer/build" -DSTUDY="$study" -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" 2>&1 &&
  fail "find_package(llm-mec 9.9) took $(cat "$source/VERSION")"

conclude
