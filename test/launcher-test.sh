#!/usr/bin/env bash
#
# The launcher ./llm-mec from wherever it is called. Run by CTest as `launcher`.
#
#     launcher-test.sh path/to/llm-mec
#
# Nothing is installed, configured or built: stand-ins for apt-get, dpkg-query, cmake and ctest say
# what they are asked for.
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

launcher=$(realpath "$1")
work=$(realpath "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset LLM_MEC_BUILD CDPATH

# The sources, as far as the launcher looks at them.
mkdir -p "tree/of sources/examples" "tree/of sources/scratch" stubs elsewhere/tree elsewhere/examples
tree="$work/tree/of sources"
cp "$launcher" "$tree/llm-mec"
echo 9.8.7 >"$tree/VERSION"
touch "$tree/examples/mec-offload.cc" "$tree/scratch/mine.cc" elsewhere/examples/other.cc
mkdir -p "$tree/contrib/ecld/test/llama-client"
printf '#!/bin/sh\n' >"$tree/contrib/ecld/test/llama-client/install.sh"
chmod +x "$tree/contrib/ecld/test/llama-client/install.sh"

cat >stubs/dpkg-query <<'STUB'
#!/bin/sh
echo installed
STUB
cat >stubs/apt-get <<'STUB'
#!/bin/sh
echo "apt-get was called: $*" >&2
exit 9
STUB
# Builds programs that say where they run and with what.
cat >stubs/cmake <<'STUB'
#!/bin/bash
echo "cmake $*" >>"$CALLS"
if [[ $1 == -S ]]; then
  echo "-- Configuring done"
  [[ -z ${LEFT_OUT:-} ]] || echo "-- llm-mec: leaves out $LEFT_OUT: apt install libpcre2-dev"
  exit
fi
folder=$2 name=${4:-mec-offload}
[[ $name != ecld ]] || folder+=/contrib/ecld
mkdir -p "$folder"
printf '#!/bin/sh\necho "%s in $(pwd -P) with $*"\n' "$name" >"$folder/$name"
chmod +x "$folder/$name"
STUB
cat >stubs/ctest <<'STUB'
#!/bin/sh
echo "ctest $*" >>"$CALLS"
STUB
chmod +x stubs/*
export PATH="$work/stubs:$PATH" CALLS="$work/calls"

# expect TEXT COMMAND...: prints that on stdout, and exit code 0
expect() {
  local text=$1
  shift
  : >"$CALLS"
  "$@" >"$work/out" 2>"$work/err" || fail "$*: exit code $?: $(cat "$work/err")"
  [[ $(cat "$work/out") == "$text" ]] || fail "$*: printed $(cat "$work/out" "$work/err"), expected $text"
}

# The folder is the caller's: by the path, through links, from elsewhere, with CDPATH, from PATH.
ln -s "$tree/llm-mec" elsewhere/link
ln -s link elsewhere/second-link
ln -s "$tree" elsewhere/sources
mkdir path && ln -s "$tree/llm-mec" path/llm-mec
ran() { echo "mec-offload in $1 with --output=results/x --mlus=3"; }
arguments=(run mec-offload --output=results/x --mlus=3)
(
  cd elsewhere || exit 1
  for called in "$tree/llm-mec" "../tree/of sources/llm-mec" ./link ./second-link sources/llm-mec; do
    expect "$(ran "$work/elsewhere")" "$called" "${arguments[@]}"
    CDPATH="$work:$work/elsewhere" expect "$(ran "$work/elsewhere")" "$called" "${arguments[@]}"
  done
  PATH="$work/path:$PATH" expect "$(ran "$work/elsewhere")" llm-mec "${arguments[@]}"
  grep -qF "cmake -S $tree -B $tree/build -G Ninja" "$CALLS" || fail "configured $(cat "$CALLS")"
  [[ $(ls -A) == $'examples\nlink\nsecond-link\nsources\ntree' ]] || fail "wrote to the caller's folder: $(ls -A)"
  # The build folder is relative to the caller, too.
  LLM_MEC_BUILD=my/build expect "$(ran "$work/elsewhere")" ./link "${arguments[@]}"
  [[ -x my/build/mec-offload ]] || fail "LLM_MEC_BUILD=my/build was not used"
  # Programs are those of the sources.
  ./link run other >"$work/out" 2>"$work/err" && fail "a program of the caller's folder was found"
  grep -qxF "llm-mec: no program other; there are: mec-offload mine" "$work/err" || fail "$(cat "$work/err")"
  exit "$failures"
) || failures=$((failures + $?))
(
  cd "$tree" || exit 1
  expect "$(ran "$tree")" ./llm-mec "${arguments[@]}"
  cd examples || exit 1
  expect "$(ran "$tree/examples")" ../llm-mec "${arguments[@]}"
  exit "$failures"
) || failures=$((failures + $?))

# A sweep builds the programs of its file; these stubs list no flags, so it ends there.
link=elsewhere/link
mkdir -p "$tree/examples/study"
cp "$(dirname "$launcher")"/examples/study/*.py "$tree/examples/study"
cat >sweep.json <<'JSON'
{"program": "mec-offload", "grid": {"mlus": [2]}, "metrics": ["meanLatencyS"]}
JSON
: >"$CALLS"
refuse "build/mec-offload: --help lists no flags" $link sweep sweep.json --output=swept
grep -qxF "cmake --build $tree/build --target mec-offload" "$CALLS" || fail "sweep: $(cat "$CALLS")"
sed -i s/mec-offload/nothing/ sweep.json
refuse "llm-mec: no program nothing; there are: mec-offload mine" $link sweep sweep.json
refuse "none.json" $link sweep none.json
$link sweep --help >out 2>err || fail "sweep --help: $(cat err)"
grep -q -- "--executor" out || fail "sweep --help: $(cat out)"
[[ ! -e swept ]] || fail "sweep: wrote to its output"

# The comparison of packets builds its program, and hands on flags; its script says the rest.
mkdir -p "$tree/examples/figures"
cat >"$tree/examples/figures/packets-and-fluid.py" <<'STUB'
import sys
print(*sys.argv[1:])
STUB
expect "--program $tree/build/mec-offload --output results/packets-and-fluid --seeds=3" $link run packets --seeds=3
grep -qxF "cmake --build $tree/build --target mec-offload" "$CALLS" || fail "run packets: $(cat "$CALLS")"

# Other verbs
expect "ecld in $work with --model=m" $link compress --model=m
expect "" $link test -R some
grep -qxF "ctest --test-dir $tree/build --output-on-failure --parallel $(nproc) -R some" calls || fail "$(cat calls)"
expect "" $link test --label quick -R some
grep -qxF "ctest --test-dir $tree/build --output-on-failure --parallel $(nproc) -LE language-models -R some" calls || fail "$(cat calls)"
mkdir -p "$tree/test" && printf '#!/bin/sh\necho "check in $(pwd -P) $*"\n' >"$tree/test/check-style.sh"
chmod +x "$tree/test/check-style.sh"
expect "check in $tree --build=$tree/build format" $link check format
expect "" $link build
[[ ! -s err ]] || fail "build: $(cat err)"
expect "llm-mec 9.8.7" $link --version
for flag in --help -h help; do
  $link $flag >out 2>err || fail "$flag: exit code $?"
  grep -q "llm-mec compress" out || fail "$flag: $(cat out)"
done
$link frobnicate >out 2>err && fail "frobnicate: exit code 0"

# A word when the compressor is not built, in a build and where it is asked for
export LEFT_OUT="the compressor (contrib/ecld)"
line="llm-mec: leaves out the compressor (contrib/ecld): apt install libpcre2-dev"
for verb in build test; do
  expect "" $link $verb
  [[ $(cat err) == "$line" ]] || fail "$verb without the compressor: $(cat err)"
done
$link compress --model=m >out 2>err
[[ $? -eq 1 && ! -s out ]] || fail "compress without the compressor: $(cat out)"
[[ $(cat err) == "$line"$'\n'"llm-mec: the compressor is not built" ]] || fail "compress: $(cat err)"
expect "mec-offload in $work with --mlus=3" $link run mec-offload --mlus=3
[[ ! -s err ]] || fail "run mec-offload: $(cat err)"

conclude
