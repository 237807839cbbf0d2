#!/bin/sh
# The transcript of two checkpoints, ecld --pair: bad flags and files end in one line, a file is kept
# or refused, a run that is stopped goes on to the same bytes: pair-test.sh ECLD RANDOM_CHECKPOINT
# FOLDER.
ecld=$1
random=$2
folder=$3
rm -rf "$folder"
mkdir -p "$folder" || exit 1
failed=0

fail() {
  echo "FAILED: $*"
  failed=1
}

# expect_refusal STATUS TEXT WHAT: of a command that has ended, with its errors in err
expect_refusal() {
  if [ "$1" -ne 1 ] || [ "$(wc -l <"$folder/err")" -ne 1 ] || ! grep -qF -- "$2" "$folder/err"; then
    fail "$3 gave status $1, expected 1 and '$2':"
    head -c 500 "$folder/err"
  fi
}

# refuse TEXT FLAG...: exit status 1 and one line with the text
refuse() {
  text=$1
  shift
  "$ecld" "$@" >"$folder/out" 2>"$folder/err"
  expect_refusal $? "$text" "$*"
}

# run FLAG...: a run that has to succeed
run() {
  "$ecld" "$@" >"$folder/out" 2>"$folder/err" || { fail "$*:"; cat "$folder/err"; }
}

"$random" llama-3.1-8b-tiny "$folder/large" || exit 1
"$ecld" --model="$folder/large" --sizeShare=0.15 --checkpoint --output="$folder/pruned" \
  --llamaClient="$folder/none" >"$folder/out" || exit 1
mv "$folder/pruned/large-phone-Q4_K-pruned" "$folder/small"
i=0
while [ $i -lt 40 ]; do
  printf '{"prompt": "the quick %s", "answers": ["brown"]}\n{"prompt": "%s dogs sleep"}\n' $i $i
  i=$((i + 1))
done >"$folder/questions"
printf '{"prompt": "the quick"}\n{"answers": ["brown"]}\n' >"$folder/unasked"
awk 'BEGIN { printf "{\"prompt\": \""; for (i = 0; i < 9000; ++i) printf "x "; print "\"}" }' >"$folder/long"
models="--draft=$folder/small --target=$folder/large"
pair="$models --questionFile=$folder/questions"

# shellcheck disable=SC2086 # several flags
{
  # Every flag is used or refused.
  "$ecld" --help >"$folder/help"
  # each SECTION: its flags, those with a value as FLAG=1
  each() {
    sed -n "/^$1:/,/^\$/s/^  --\([A-Za-z]*\)\( arg\)\{0,1\}.*/--\1\2/p" "$folder/help" | sed 's/ arg/=1/'
  }
  refused=0
  for flag in $(each "Flags"; each "Flags with --model"; each "Flags without --model"); do
    case $flag in
      --help | --version | --processor=1 | --questionFile=1 | --threads=1) continue ;;
    esac
    refuse "${flag%=1}: expected no --pair" $pair --pair="$folder/none.json" $flag
    refused=$((refused + 1))
  done
  [ $refused -eq 19 ] || fail "$refused flags were refused, expected 19"
  for flag in --answerTokens=9 --live=1 --temperature=1; do
    refuse "${flag%=*}: expected --pair" --model="$folder/large" $flag
    refuse "${flag%=*}: expected --pair" $flag
  done
  refuse "--pair: missing, expected --pair, --draft, --target and --questionFile" $pair
  refuse "--target: missing" --draft="$folder/small" --pair="$folder/none.json"
  refuse "--draft: missing" --target="$folder/large" --pair="$folder/none.json"
  refuse "--questionFile: missing" $models --pair="$folder/none.json"
  for flag in --answerTokens=0 --answerTokens=many --live=0 --live=81 --temperature=0 --temperature=-1 --temperature=nan \
    --temperature=inf --threads=0; do
    refuse "${flag%=*}" $pair --pair="$folder/none.json" $flag
  done
  refuse "tpu" $pair --pair="$folder/none.json" --processor=tpu
  # What cannot be.
  refuse "$folder/missing" --draft="$folder/missing" --target="$folder/large" \
    --questionFile="$folder/questions" --pair="$folder/none.json"
  refuse "$folder/missing" $models --questionFile="$folder/missing" --pair="$folder/none.json"
  refuse "$folder/unasked: line 2: expected" $models --questionFile="$folder/unasked" --pair="$folder/none.json"
  refuse "$folder/long: a prompt of " $models --questionFile="$folder/long" --pair="$folder/none.json"
  awk 'BEGIN { for (i = 0; i < 100001; ++i) print "{\"prompt\": \"the quick\"}" }' >"$folder/many"
  refuse "$folder/many: 100001 questions, expected at most 100000" $models --questionFile="$folder/many" \
    --pair="$folder/none.json"
  refuse "--answerTokens=200000: expected at most 125000 for 80 questions" $pair --pair="$folder/none.json" \
    --answerTokens=200000
  refuse "$folder: a folder, expected --pair to name a file" $pair --pair="$folder"
  cp -r "$folder/small" "$folder/other"
  python3 - "$folder/other/tokenizer.json" <<'END' || fail "no other vocabulary"
import json, sys

path = sys.argv[1]
with open(path, encoding="utf-8") as file:
    document = json.load(file)
token = document["added_tokens"][0]
vocabulary = document["model"]["vocab"]
if token["content"] in vocabulary:
    vocabulary["<|other|>"] = vocabulary.pop(token["content"])
text = json.dumps(document, ensure_ascii=False).replace(json.dumps(token["content"]), '"<|other|>"')
with open(path, "w", encoding="utf-8") as file:
    file.write(text)
END
  refuse "$folder/other: token " --draft="$folder/other" --target="$folder/large" \
    --questionFile="$folder/questions" --pair="$folder/none.json"
  [ -z "$(find "$folder" -name 'none.json*')" ] || fail "a refused run left a file"

  # The same flags, the same bytes; a file that is there is kept, and refused by other flags.
  run $pair --pair="$folder/one.json" --answerTokens=12
  grep -q "one.json: 80 questions, .* tokens of large, of which small says .* % .* too" "$folder/out" ||
    fail "the report is $(cat "$folder/out")"
  run $pair --pair="$folder/two.json" --answerTokens=12
  sed 's/"name": "two"/"name": "one"/' "$folder/two.json" | cmp - "$folder/one.json" || fail "other bytes"
  cp -p "$folder/one.json" "$folder/copy.json"
  run $pair --pair="$folder/one.json" --answerTokens=12
  grep -q "is there already" "$folder/out" || fail "nothing says that the file is kept"
  # shellcheck disable=SC3013 # dash has -nt
  [ "$folder/one.json" -nt "$folder/copy.json" ] && fail "the file was written again"
  refuse "--answerTokens answerTokens 12 there and 13 here; remove it, or name another --pair" \
    $pair --pair="$folder/one.json" --answerTokens=13
  refuse "--temperature temperature 0 there and 0.5 here" \
    $pair --pair="$folder/one.json" --answerTokens=12 --temperature=0.5
  refuse "--draft draft " --draft="$folder/large" --target="$folder/large" \
    --questionFile="$folder/questions" --pair="$folder/one.json" --answerTokens=12
  printf '{}' >"$folder/foreign.json"
  refuse "$folder/foreign.json: expected the transcript" $pair --pair="$folder/foreign.json"
  # With a temperature the greedy tokens are the same.
  run $pair --pair="$folder/warm/one.json" --answerTokens=12 --temperature=0.5
  grep -q "at temperature 0.5 a token that it samples" "$folder/out" || fail "no acceptance is reported"
  grep -v -e '"temperature"' -e '"source"' "$folder/warm/one.json" | sed 's/,"acceptance":\[[^]]*\]//' >"$folder/cold"
  grep -v '"source"' "$folder/one.json" | cmp - "$folder/cold" || fail "the temperature changes tokens"
  # Decoded live, every round accepts what the transcript says; a file that is there is checked too.
  for again in 1 2; do
    run $pair --pair="$folder/live.json" --answerTokens=12 --live=5
    grep -q "live: .* rounds of 5 questions with windows of 1, 2, 4, 8, all as the transcript says" \
      "$folder/out" || fail "live, run $again: $(cat "$folder/out")"
  done
  [ "$(head -n 1 "$folder/live.json.live.csv")" = query,window,round,accepted ] || fail "no rounds"
  [ "$(cut -d, -f1,2 "$folder/live.json.live.csv" | sed 1d | uniq | wc -l)" -eq 20 ] ||
    fail "expected 5 questions with 4 windows"
  # A model with itself.
  run --draft="$folder/large" --target="$folder/large" --questionFile="$folder/questions" \
    --pair="$folder/self.json" --answerTokens=12
  grep -q "says 100.0 % \[100.0, 100.0\] too" "$folder/out" || fail "itself: $(cat "$folder/out")"

  # A run that is stopped again and again, ever later, goes on. Another at the same time is refused.
  run $pair --pair="$folder/whole.json"
  stops=0
  tenths=3
  while [ ! -e "$folder/parts/whole.json" ]; do
    env --default-signal=INT "$ecld" $pair --pair="$folder/parts/whole.json" >"$folder/out" 2>"$folder/err" &
    running=$!
    until [ -e "$folder/parts/whole.json.part" ] || ! kill -0 $running 2>/dev/null; do sleep 0.02; done
    if [ $stops -eq 0 ]; then
      "$ecld" $pair --pair="$folder/parts/whole.json" >"$folder/out2" 2>"$folder/err2" &&
        fail "two runs write the same file"
    fi
    sleep $((tenths / 10)).$((tenths % 10))
    tenths=$((tenths * 3 / 2 + 1))
    kill -s INT $running 2>/dev/null
    wait $running
    status=$?
    [ -e "$folder/parts/whole.json" ] && break
    stops=$((stops + 1))
    expect_refusal $status "interrupted; the same command goes on from here" "SIGINT"
    [ "$(ls "$folder/parts")" = whole.json.state ] || fail "SIGINT left $(ls "$folder/parts")"
    refuse "whole.json.state: was made with other settings: --answerTokens" \
      $pair --pair="$folder/parts/whole.json" --answerTokens=9
    [ $stops -lt 15 ] || { fail "it does not go on"; break; }
  done
  echo "stopped $stops times"
  [ $stops -gt 0 ] || fail "it was too fast to be stopped"
  cmp "$folder/whole.json" "$folder/parts/whole.json" || fail "a stopped run gave other bytes"
  [ "$(ls "$folder/parts")" = whole.json ] || fail "left $(ls "$folder/parts")"

  # Progress is shown on a terminal.
  TERM=xterm script -qec "$ecld $pair --pair=$folder/seen.json --answerTokens=8" /dev/null </dev/null |
    grep -q 'pair.*] *[0-9]* %' || fail "no progress on a terminal"
}
cat "$folder/out"
[ $failed -eq 0 ] && rm -rf "$folder"
exit $failed
