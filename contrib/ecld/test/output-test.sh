#!/bin/sh
# What the compressor does with its output: two runs in one folder, what is there of another run,
# output that cannot be written, signals: output-test.sh ECLD RANDOM_CHECKPOINT FOLDER.
# shellcheck source=test/checks.sh
. "$(dirname "$0")/../../../test/checks.sh"
ecld=$1
random=$2
folder=$3
work=$folder
rm -rf "$folder"
mkdir -p "$folder" || exit 1

# list FOLDER: what it holds
list() {
  find "$1" -type f | sed "s|^$1/||" | LC_ALL=C sort | paste -s -d ' ' -
}

# await FILE: until it is there
await() {
  for _ in $(seq 600); do
    [ -e "$1" ] && return
    sleep 0.05
  done
  fail "no $1"
}

"$random" llama-3.1-8b-tiny "$folder/tiny" || exit 1
[ "$(list "$folder/tiny")" = "config.json model.safetensors tokenizer.json" ] || fail "left $(list "$folder/tiny")"
tiny="--model=$folder/tiny --llamaClient=$folder/none --threads=1"

# Another run writes there.
mkdir "$folder/busy"
# shellcheck disable=SC2086 # several flags
(
  flock 9
  refuse "$folder/busy: another run writes there" "$ecld" $tiny --output="$folder/busy"
  refuse "$folder/busy: another run writes there" "$ecld" --size=fixture --output="$folder/busy"
  refuse "$folder/busy: another run writes there" "$ecld" --size=fixture --seeds=2 --output="$folder/busy"
  refuse "$folder/busy: another run writes there" "$random" llama-3.1-8b-tiny "$folder/busy"
  [ "$(list "$folder/busy")" = .llm-mec.lock ] || fail "a refused run left $(list "$folder/busy")"
  exit "$failures"
) 9>"$folder/busy/.llm-mec.lock" || failures=$?

# A model that is there is not written over.
cp -r "$folder/tiny" "$folder/kept"
refuse "$folder/tiny: holds a model" "$random" llama-3.1-8b-tiny "$folder/tiny"
diff -r "$folder/tiny" "$folder/kept" || fail "a refused run changed the model"

# Output that cannot be written: a full disk, a closed pipe, a file that is too large.
# shellcheck disable=SC2317 # refuse calls them
full() { "$@" >/dev/full; }
# shellcheck disable=SC2317
unread() { "$@" >"$folder/unread"; }
# shellcheck disable=SC2086 # several flags
{
  "$ecld" $tiny --output="$folder/done" >"$folder/out" || fail "a run: $(cat "$folder/out")"
  for flags in --help --version "$tiny --output=$folder/done"; do
    refuse "standard output: cannot be written" full "$ecld" $flags
    mkfifo "$folder/unread"
    head -c 0 "$folder/unread" &
    refuse "standard output: cannot be written" unread "$ecld" $flags
    rm "$folder/unread"
  done
  refuse "standard output: cannot be written" full "$random" --version
  for kib in 0 100; do
    for command in "$ecld $tiny --output=$folder/large" "$ecld $tiny --output=$folder/large --checkpoint" \
      "$random llama-3.1-8b-tiny $folder/large"; do
      # Errors go through a pipe, which has no limit.
      (
        ulimit -f $kib
        exec $command
      ) 2>&1 >/dev/null | cat >"$folder/err"
      expect_refusal 1 "cannot be written" "$kib KiB: $command"
      [ -z "$(find "$folder/large" -name '*.part' -o -name '*.gguf')" ] || fail "$kib KiB: $command left $(list "$folder/large")"
    done
  done
}

# A writer of 16 GB that is stopped leaves nothing.
for signal in INT TERM HUP; do
  env --default-signal=INT,TERM,HUP "$random" llama-3.1-8b "$folder/big" 2>"$folder/err" &
  first=$!
  while [ -z "$(find "$folder/big" -name '*.part' 2>/dev/null)" ]; do
    kill -0 $first || { fail "SIG$signal: ended by itself"; break; }
    sleep 0.05
  done
  kill -s $signal $first
  wait $first
  expect_refusal $? "interrupted" "SIG$signal"
  [ -z "$(list "$folder/big")" ] || fail "SIG$signal left $(list "$folder/big")"
done

# Progress is shown on terminals that can draw a line anew.
# look_at TERM: at what a compression prints to a terminal
look_at() {
  rm -rf "$folder/seen"
  TERM=$1 script -qec "$ecld $tiny --output=$folder/seen" /dev/null </dev/null
}
look_at xterm | grep -q '] *[0-9]* %' || fail "no progress on a terminal"
look_at dumb | grep -q '] *[0-9]* %' && fail "progress with TERM=dumb"

# Which version it is
for program in "$ecld" "$random"; do
  version="$(basename "$program") $(cat "$(dirname "$0")/../../../VERSION")"
  [ "$("$program" --version)" = "$version" ] || fail "--version: $("$program" --version), expected $version"
done

# A new file never stands beside a profile of an older one.
# shellcheck disable=SC2086 # several flags
{
  printf 'the quick brown fox\njumps over the lazy dog\n\nthe dog sleeps on\n' >"$folder/texts"
  printf '{"prompt": "the quick", "answers": ["brown"]}\n' >"$folder/questions"
  texts="--textFile=$folder/texts"
  "$ecld" $tiny $texts --questionFile="$folder/questions" --output="$folder/asked" >"$folder/out" || fail "questions"
  "$ecld" $tiny --device=laptop --output="$folder/asked" >"$folder/out" || fail "another device"
  for name in phone-Q4_K.gguf phone-Q4_K.json original.json laptop-Q8_0.gguf; do
    [ -e "$folder/asked/tiny-$name" ] || fail "no tiny-$name: $(list "$folder/asked")"
  done
  rm -r "$folder/asked/tiny-phone-Q4_K.gguf" "$folder/asked/tiny-phone-Q4_K-pruned"
  "$ecld" $tiny $texts --sizeMiB=4 --output="$folder/asked" >"$folder/out" || fail "another size"
  [ -e "$folder/asked/tiny-phone-Q4_K.json" ] && fail "the profile of a file that is gone stays"
  [ -e "$folder/asked/tiny-original.json" ] || fail "the full model's profile is gone"
  rm -rf "$folder/asked"/*.gguf "$folder/asked"/*-pruned
  "$ecld" $tiny --output="$folder/asked" >"$folder/out" || fail "the first file again"
  [ -e "$folder/asked/tiny-original.json" ] && fail "a profile of who knows which model stays"
}

if [ ! -e /usr/share/wordnet/data.noun ] || [ ! -e /usr/share/iso-codes/json/iso_3166-1.json ]; then
  conclude || exit 1
  rm -rf "$folder"
  echo "skipped: the study needs the packages wordnet-base, iso-codes and tzdata"
  exit 77
fi
# Two studies at once: the second ends, the first does not notice. A signal stops it cleanly.
for signal in INT TERM HUP; do
  rm -rf "$folder/study"
  env --default-signal=INT,TERM,HUP "$ecld" --size=fixture --steps=1000000 --llamaClient="$folder/none" \
    --output="$folder/study" >"$folder/first.out" 2>"$folder/first.err" &
  first=$!
  await "$folder/study/teacher/tokenizer.json"
  refuse "$folder/study: another run writes there" timeout 60 "$ecld" --size=fixture --steps=1000000 --output="$folder/study"
  kill -0 $first || fail "the second study ended the first: $(cat "$folder/first.err")"
  kill -s $signal $first
  wait $first
  status=$?
  grep -v "no latency and energy" "$folder/first.err" >"$folder/err"
  expect_refusal $status "stopped at step" "SIG$signal"
  [ -z "$(find "$folder/study" -name '*.part' -o -name .llm-mec.lock)" ] || fail "SIG$signal left $(list "$folder/study")"
done

[ "$failures" -eq 0 ] && rm -rf "$folder"
conclude
