#!/usr/bin/env bash
#
# Every rule of check-style.sh passes on good files and fails on a planted fault, which it names. Run
# by CTest as `check-style`; rules whose tool is missing are left out.
#
#     check-style-test.sh path/to/check-style.sh
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

check=$(realpath "$1")
root=$(dirname "$(dirname "$check")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v git >/dev/null || { echo "skipped: no git"; exit 77; }
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

mkdir "$work/tree" && cd "$work/tree" || exit 1
git init -q -b main .
cp "$root"/.clang-format "$root"/.clang-tidy "$root"/.codespellrc "$root"/.flake8 .
mkdir model build
printf 'build/\n' >.gitignore
cat >model/good.cc <<'CC'
#include <vector>

int
GetSize(const std::vector<int>& values)
{
    return values.empty() ? 0 : 1;
}
CC
printf '#!/usr/bin/env bash\necho "$1"\n' >good.sh
printf '"""Prints a word."""\n\nprint("word")\n' >good.py
printf 'Plain words.\n' >good.md
printf '[{"directory": "%s", "file": "model/good.cc", "command": "c++ -std=c++17 -c model/good.cc"}]\n' \
  "$PWD" >build/compile_commands.json
git add -A && git commit -qm "model: Add a function"
git checkout -qb work
git commit -qm "test: Say nothing, and nothing new" --allow-empty

# fault RULE TEXT FILE CONTENT: the rule passes, and fails with the text when the file has the content
fault() {
  local rule=$1 text=$2 file=$3 content=$4 status
  bash "$check" "$rule" >"$work/out" 2>"$work/err"
  status=$?
  if [ "$status" -eq 77 ]; then
    echo "left out $rule: $(head -1 "$work/err")"
    return
  fi
  [ "$status" -eq 0 ] || fail "$rule on good files: $(head -c 300 "$work/err")"
  printf '%b' "$content" >"$file"
  bash "$check" "$rule" >"$work/out" 2>"$work/err"
  [ $? -eq 1 ] || fail "$rule: passed $file"
  grep -qF -- "$text" "$work/err" || fail "$rule: no \"$text\" in $(head -c 300 "$work/err")"
  grep -qxF "check-style: $rule failed" "$work/err" || fail "$rule: is not named"
  git checkout -q . && git clean -qfd
}

fault format model/new.cc model/new.cc 'int  a;\n'
fault shell new.sh new.sh '#!/bin/sh\n[ $1 == 2 ] && cd $3\n'
wrong=rec''ieve # in two parts, as this file is checked too
fault spelling '==> receive' new.md "They $wrong tokens.\n"
fault python new.py:1 new.py 'import os\n'
fault tidy model/good.cc model/good.cc \
  '#include <vector>\n\nint\nGetSize(const std::vector<int> values)\n{\n    return values.size() == 0;\n}\n'

# commits
bash "$check" commits 2>"$work/err" || fail "commits: $(cat "$work/err")"
long="test: Long$(printf ' long%.0s' {1..13})"
for subject in "Add a thing" "test: add a thing" "test: Add a thing." "$long"; do
  git commit -q --allow-empty -m "$subject"
  bash "$check" commits 2>"$work/err" && fail "commits: passed $subject"
  grep -qF "$subject" "$work/err" || fail "commits: did not name $subject"
  git reset -q --hard HEAD~1
done
# What is on main is past.
git checkout -q main && git commit -q --allow-empty -m "Bad" && git checkout -q work && git rebase -q main
bash "$check" commits 2>"$work/err" || fail "commits: looked at main: $(cat "$work/err")"

# All rules together, and one that is none
printf 'They %s tokens.\n' "$wrong" >new.md
bash "$check" >"$work/out" 2>"$work/err" && fail "all rules passed a fault of spelling"
refuse "check-style: nothing: expected" bash "$check" nothing
conclude
