#!/usr/bin/env bash
#
# The rules of style, all of them or those that are named: format, shell, spelling, python, commits,
# tidy. ./llm-mec check and CTest run it.
#
#     check-style.sh [--since=COMMIT] [--build=FOLDER] [RULE...]
#
# Rules look at the files that git knows, in the folder where this runs. commits and tidy look at
# what has changed since a commit: by default since the branch left main, on main the last commit.
# tidy reads how files are compiled from the build folder (default: build). Exit code 77 when the one
# rule that is named has no tool here.
set -uo pipefail

since='' build=build rules=()
for argument in "$@"; do
  case $argument in
  --since=*) since=${argument#*=} ;;
  --build=*) build=${argument#*=} ;;
  format | shell | spelling | python | commits | tidy) rules+=("$argument") ;;
  *)
    echo "check-style: $argument: expected --since=COMMIT, --build=FOLDER, or some of format, shell, spelling, python, commits, tidy" >&2
    exit 1
    ;;
  esac
done
((${#rules[@]})) || rules=(format shell spelling python commits tidy)

git rev-parse --is-inside-work-tree >/dev/null 2>&1 || { echo "check-style: no git repository here, skipped" >&2; exit 77; }
if [[ -z $since ]]; then
  since=$(git merge-base HEAD main 2>/dev/null || git merge-base HEAD origin/main 2>/dev/null || true)
  [[ -n $since && $since != "$(git rev-parse HEAD)" ]] || since=$(git rev-parse --verify -q HEAD~1 || git rev-parse HEAD)
fi

# Tools by their version where Debian has several: they differ in what they print.
tool() {
  local name
  for name in "$@"; do
    command -v "$name" && return
  done
  echo "check-style: no $1, apt install ${*: -1}" >&2
  return 1
}

list() { git ls-files -z --cached --others --exclude-standard -- "$@"; }

check_format() {
  local format
  format=$(tool clang-format-14 clang-format) || return 77
  list '*.cc' '*.h' | xargs -0r "$format" --dry-run -Werror
}

check_shell() {
  tool shellcheck >/dev/null || return 77
  list | xargs -0r grep -lZIE '^#!.*\b(ba)?sh$' -- | xargs -0r shellcheck -x --severity=warning
}

# .codespellrc says which words and files are left out.
check_spelling() {
  tool codespell >/dev/null || return 77
  list | xargs -0r codespell
}

check_python() {
  tool flake8 >/dev/null || return 77
  list '*.py' | xargs -0r flake8
}

# module: Imperative summary
check_commits() {
  local bad
  bad=$(git log --no-merges --format=%s "$since..HEAD" |
    grep -vE '^[a-z0-9-]+(, [a-z0-9-]+)*: [A-Z].{0,70}[^.]$' || true)
  bad+=$(git log --no-merges --format=%s "$since..HEAD" | awk 'length($0) > 72')
  [[ -z $bad ]] && return
  printf '%s\n' "$bad" | sort -u | sed 's/$/: expected "module: Imperative summary" of at most 72 characters/'
  return 1
}

check_tidy() {
  local tidy files
  tidy=$(tool clang-tidy-14 clang-tidy) || return 77
  mapfile -t files < <(git diff --name-only --diff-filter=d "$since" -- '*.cc')
  ((${#files[@]})) || return 0
  if [[ ! -f $build/compile_commands.json ]]; then
    echo "check-style: no $build/compile_commands.json, build with cmake --preset developer" >&2
    return 77
  fi
  # Fuzzers and benchmarks are compiled elsewhere.
  mapfile -t files < <(printf '%s\n' "${files[@]}" | grep -v -e '/fuzz/' -e '^bench/' || true)
  printf '%s\0' "${files[@]}" | xargs -0r -n1 -P"$(nproc)" "$tidy" -p "$build" --quiet 2>/dev/null
}

failed=0
for rule in "${rules[@]}"; do
  "check_$rule" 1>&2
  status=$?
  if ((status == 77)); then
    ((${#rules[@]} > 1)) || exit 77
  elif ((status)); then
    echo "check-style: $rule failed" >&2
    failed=1
  fi
done
exit "$failed"
