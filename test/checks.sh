# shellcheck shell=sh disable=SC2154
#
# What the tests that are shell scripts share; they source this file, those of contrib/ecld/test too.
# The folder $work, which a script sets, gets what a command prints, in the files out and err.

failures=0 # checks that have failed

# fail WHAT...: a check has failed: say so and go on
fail() {
  echo "FAIL $*" >&2
  failures=$((failures + 1))
}

# expect_refusal STATUS TEXT WHAT: of a command that has ended: exit code 1 and one line in err with
# the text
expect_refusal() {
  [ "$1" -eq 1 ] || fail "$3: exit code $1, expected 1"
  [ "$(wc -l <"$work/err")" -eq 1 ] || fail "$3: $(wc -l <"$work/err") lines of errors: $(head -c 300 "$work/err")"
  grep -qF -- "$2" "$work/err" || fail "$3: no \"$2\" in: $(head -c 300 "$work/err")"
}

# refuse TEXT COMMAND...: exit code 1 and one line of errors with the text
refuse() {
  expected_text=$1
  shift
  "$@" >"$work/out" 2>"$work/err"
  expect_refusal $? "$expected_text" "$*"
}

# refuse_at_once TEXT COMMAND...: as refuse; the command, whose output is $work/refused, prints
# nothing and leaves no file there
refuse_at_once() {
  rm -rf "$work/refused"
  refuse "$@"
  shift
  [ ! -s "$work/out" ] || fail "$*: printed $(head -c 300 "$work/out")"
  [ -z "$(find "$work/refused" -type f 2>/dev/null)" ] || fail "$*: left $(find "$work/refused" -type f)"
}

# succeed COMMAND...: exit code 0 and no errors
succeed() {
  "$@" >"$work/out" 2>"$work/err" || fail "$*: exit code $?: $(head -c 300 "$work/err")"
  [ ! -s "$work/err" ] || fail "$*: errors: $(head -c 300 "$work/err")"
}

# conclude: the last command of a script, whose exit code it is
conclude() {
  echo "$failures checks failed"
  [ "$failures" -eq 0 ]
}
