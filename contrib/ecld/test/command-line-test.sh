#!/bin/sh
# Bad flags and files end in one line that names them and exit status 1: command-line-test.sh ECLD
# RANDOM_CHECKPOINT FOLDER. Good ones give a file.
# shellcheck source=test/checks.sh
. "$(dirname "$0")/../../../test/checks.sh"
ecld=$1
random=$2
folder=$3
work=$folder
rm -rf "$folder"
mkdir -p "$folder" || exit 1

# refuse_flags TEXT FLAG...: exit status 1 and one line with the text
refuse_flags() {
  text=$1
  shift
  refuse "$text" "$ecld" "$@"
}

"$random" tiny "$folder/tiny" || exit 1
"$random" llama-3.1-8b-tiny "$folder/same" && diff -r "$folder/tiny" "$folder/same" ||
  fail "llama-3.1-8b-tiny is not tiny"
refuse_flags "--frobnicate" --frobnicate
refuse_flags "--sizeShare" --sizeShare=0
refuse_flags "--sizeShare" --sizeShare=many
refuse_flags "--steps" --steps=-3
refuse_flags "--seed" --seed=0
refuse_flags "--seeds" --seeds=many
refuse_flags "expected one of them" --seed=2 --seeds=3
refuse_flags "enormous" --size=enormous --output="$folder/study"
refuse_flags "--architecture=bert" --architecture=bert
refuse_flags "--device=toaster" --model="$folder/tiny" --device=toaster
refuse_flags "--type=Q9" --model="$folder/tiny" --type=Q9
refuse_flags "--threads" --model="$folder/tiny" --threads=0
refuse_flags "--sizeMiB" --model="$folder/tiny" --sizeMiB=-1
refuse_flags "$folder/missing" --model="$folder/missing" --output="$folder/out.d"
printf 'the quick brown fox\njumps over the lazy dog\n\nthe dog sleeps on\n' >"$folder/texts"
printf '{"prompt": "the quick", "answers": ["brown"]}\n' >"$folder/questions"
printf '{"prompt": "the quick", "answers": ["brown"]}\n{"prompt": 3}\n' >"$folder/unasked"
printf '\n\n' >"$folder/empty"
awk 'BEGIN { printf "{\"prompt\": \""; for (i = 0; i < 3000; ++i) printf "x "; print "\", \"answers\": [\"y\"]}" }' >"$folder/long"
refuse_flags "--textFile" --model="$folder/tiny" --steps=5
refuse_flags "$folder/missing" --model="$folder/tiny" --textFile="$folder/missing" --output="$folder/out.d"
refuse_flags "$folder/empty: no texts" --model="$folder/tiny" --textFile="$folder/empty" --output="$folder/out.d"
refuse_flags "$folder/unasked: line 2" --model="$folder/tiny" --textFile="$folder/texts" \
  --questionFile="$folder/unasked" --output="$folder/unasked.d" --llamaClient="$folder/none"
# What is known at once is said at once: nothing was made of the model.
for questions in missing unasked long; do
  refuse_flags "$folder/$questions" --model="$folder/tiny" --textFile="$folder/texts" --steps=1000000 \
    --questionFile="$folder/$questions" --output="$folder/asked.d"
done
sed 's/"ignore_merges": *true/"ignore_merges": false/' "$folder/tiny/tokenizer.json" >"$folder/tokenizer.json"
cp -r "$folder/tiny" "$folder/odd"
cp "$folder/tokenizer.json" "$folder/odd/tokenizer.json"
refuse_flags "ignore_merges" --model="$folder/odd" --textFile="$folder/texts" --steps=1000000 --output="$folder/asked.d"
refuse_flags "no shape fits" --model="$folder/tiny" --textFile="$folder/texts" --steps=1000000 --sizeMiB=0.1 \
  --output="$folder/asked.d"
[ -e "$folder/asked.d" ] && fail "refused too late"
refuse_flags "--steps=5: there is nothing to distil" --model="$folder/tiny" --textFile="$folder/texts" --steps=5 \
  --sizeMiB=100 --output="$folder/out.d"
for input in texts questions; do
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' >"$folder/pointer"
  if [ $input = texts ]; then set -- "$folder/pointer" "$folder/questions"; else set -- "$folder/texts" "$folder/pointer"; fi
  refuse_flags "$folder/pointer: a Git LFS pointer" --model="$folder/tiny" --textFile="$1" --questionFile="$2" \
    --output="$folder/asked.d"
done
# Every flag of one use is refused in the other. The value need not make sense.
"$ecld" --help >"$folder/help"
refused=0
# each SECTION: its flags, those with a value as FLAG=1
each() {
  sed -n "/^$1:/,/^\$/s/^  --\([A-Za-z]*\)\( arg\)\{0,1\}.*/--\1\2/p" "$folder/help" | sed 's/ arg/=1/'
}
for flag in $(each "Flags without --model"); do
  refuse_flags "${flag%=1}: expected no --model" --model="$folder/tiny" "$flag"
  refused=$((refused + 1))
done
for flag in $(each "Flags with --model"); do
  refuse_flags "${flag%=1}: expected --model" "$flag"
  refused=$((refused + 1))
done
[ $refused -eq 16 ] || fail "$refused flags were refused, expected 16"
# What would have no effect in its own use.
refuse_flags "--sizeMiB, --sizeShare" --model="$folder/tiny" --sizeMiB=1 --sizeShare=0.5
refuse_flags "--processor=cuda: expected --textFile" --model="$folder/tiny" --processor=cuda
refuse_flags "tpu" --model="$folder/tiny" --textFile="$folder/texts" --processor=tpu --output="$folder/out.d"
for flag in --layerwise --calibrationTokens=9000; do
  refuse_flags "expected --textFile" --model="$folder/tiny" $flag
done
for tokens in 127 1000001; do
  refuse_flags "--calibrationTokens=$tokens: expected 128 to 1000000" --model="$folder/tiny" \
    --textFile="$folder/texts" --calibrationTokens=$tokens
done
for flag in --steps=5 --questionFile="$folder/questions" --checkpoint; do
  refuse_flags "${flag%=*}: expected a model that is in memory" --model="$folder/tiny" --textFile="$folder/texts" \
    --layerwise "$flag" --output="$folder/asked.d"
done
refuse_flags "$folder/empty: no texts" --model="$folder/tiny" --textFile="$folder/empty" --layerwise \
  --output="$folder/asked.d"
refuse_flags "--pairQuestions=99999: expected at most" --size=fixture --pairQuestions=99999 --output="$folder/study"
refuse_flags "tpu" --size=fixture --processor=tpu --output="$folder/study"
cp -r "$folder/tiny" "$folder/cut"
head -c 1000000 "$folder/tiny/model.safetensors" >"$folder/cut/model.safetensors"
refuse_flags "model.safetensors" --model="$folder/cut" --output="$folder/out.d"
refuse_flags "no shape fits" --model="$folder/tiny" --sizeMiB=0.1 --output="$folder/out.d"
refuse_flags "no shape fits" --model="$folder/tiny" --sizeShare=0.01 --output="$folder/out.d"
# The smallest size of the message is one that does, and a little less does not.
"$ecld" --model="$folder/tiny" --sizeMiB=0.1 --output="$folder/out.d" 2>"$folder/err"
smallest=$(sed -n 's/.*the smallest takes --sizeMiB=//p' "$folder/err")
"$ecld" --model="$folder/tiny" --sizeMiB="$smallest" --output="$folder/smallest" \
  --llamaClient="$folder/none" >"$folder/out" || fail "--sizeMiB=$smallest"
refuse_flags "no shape fits" --model="$folder/tiny" --output="$folder/out.d" \
  --sizeMiB="$(echo "$smallest" | awk '{ print $1 - 0.02 }')"
[ -z "$(find "$folder/out.d" -name '*.gguf' 2>/dev/null)" ] || fail "a half-written file"

for device in phone laptop; do
  "$ecld" --model="$folder/tiny" --device=$device --output="$folder/$device" --checkpoint \
    --llamaClient="$folder/none" >"$folder/out" || fail "$device"
done
# A student of the same size, calibrated and distilled, with its profile.
"$ecld" --model="$folder/tiny" --textFile="$folder/texts" --questionFile="$folder/questions" --steps=3 \
  --output="$folder/taught" --llamaClient="$folder/none" >"$folder/out" || fail "--textFile"
size=$(stat -c %s "$folder/phone/tiny-phone-Q4_K.gguf")
[ "$(stat -c %s "$folder/taught/tiny-phone-Q4_K.gguf")" -le $((size * 11 / 10)) ] || fail "size"
grep -q '"samples"' "$folder/taught/tiny-phone-Q4_K.json" || fail "no profile"
# One layer at a time: a file of the same size, and nothing beside it.
"$ecld" --model="$folder/tiny" --textFile="$folder/texts" --layerwise --output="$folder/layers" \
  --llamaClient="$folder/none" >"$folder/out" || fail "--layerwise"
[ "$(stat -c %s "$folder/layers/tiny-phone-Q4_K.gguf")" -le $((size * 11 / 10)) ] || fail "size of --layerwise"
[ "$(ls "$folder/layers")" = tiny-phone-Q4_K.gguf ] || fail "--layerwise left $(ls "$folder/layers")"
grep -q "one layer at a time" "$folder/out" || fail "no word of --layerwise"
"$ecld" --model="$folder/tiny" --textFile="$folder/texts" --layerwise --threads=1 --output="$folder/layers-again" \
  --llamaClient="$folder/none" >"$folder/out" || fail "--layerwise again"
cmp "$folder/layers/tiny-phone-Q4_K.gguf" "$folder/layers-again/tiny-phone-Q4_K.gguf" ||
  fail "--layerwise gave other bytes"
# Texts, questions and JSON as Windows leaves them: the same bytes.
mkdir "$folder/windows"
cp -r "$folder/tiny" "$folder/windows/tiny"
for file in config.json tokenizer.json; do
  { printf '\357\273\277'; sed 's/$/\r/' "$folder/tiny/$file"; } >"$folder/windows/tiny/$file"
done
for file in texts questions; do
  { printf '\357\273\277'; sed 's/^$/ \t/; s/$/\r/' "$folder/$file"; } >"$folder/windows/$file"
done
"$ecld" --model="$folder/windows/tiny" --textFile="$folder/windows/texts" --steps=3 --output="$folder/windows/out" \
  --questionFile="$folder/windows/questions" --llamaClient="$folder/none" >"$folder/out" || fail "CRLF"
for file in tiny-phone-Q4_K.gguf tiny-phone-Q4_K.json tiny-phone-Q4_K-pruned/tokenizer.json; do
  cmp "$folder/taught/$file" "$folder/windows/out/$file" || fail "CRLF gave another $file"
done
# A chat model stays one, in both forms.
cp -r "$folder/tiny" "$folder/chat"
printf '{"eos_token_id": [290, 291], "temperature": 0.6}\n' >"$folder/chat/generation_config.json"
printf '{"chat_template": "{{ messages }}", "model_max_length": Infinity}\n' >"$folder/chat/tokenizer_config.json"
for texts in "" --textFile="$folder/texts"; do
  rm -rf "$folder/chat.d"
  # shellcheck disable=SC2086 # empty: no argument
  "$ecld" --model="$folder/chat" $texts --checkpoint --output="$folder/chat.d" --llamaClient="$folder/none" \
    >"$folder/out" || fail "chat"
  for file in generation_config.json tokenizer_config.json; do
    cmp "$folder/chat/$file" "$folder/chat.d/chat-phone-Q4_K-pruned/$file" || fail "another $file"
  done
  for text in tokenizer.chat_template "{{ messages }}" tokenizer.ggml.eot_token_id; do
    grep -qF "$text" "$folder/chat.d/chat-phone-Q4_K.gguf" || fail "no $text"
  done
done
# A template that was changed makes another model of it.
printf '{"chat_template": "{{ other }}"}\n' >"$folder/chat/tokenizer_config.json"
refuse_flags "--model" --model="$folder/chat" --textFile="$folder/texts" --checkpoint --output="$folder/chat.d"
# A model without a base for its rotary embedding says which one is taken.
cp -r "$folder/tiny" "$folder/based"
sed '/"rope_theta"/d' "$folder/tiny/config.json" >"$folder/based/config.json"
"$ecld" --model="$folder/based" --output="$folder/based.d" --llamaClient="$folder/none" | grep -q "no rope_theta" ||
  fail "theta in silence"
# Training with two threads: the same number gives the same bytes.
for run in first second; do
  OMP_WAIT_POLICY=passive "$ecld" --model="$folder/tiny" --textFile="$folder/texts" --steps=1 --threads=2 --output="$folder/$run" \
    --llamaClient="$folder/none" >"$folder/out" || fail "--threads=2"
done
cmp "$folder/first/tiny-phone-Q4_K.gguf" "$folder/second/tiny-phone-Q4_K.gguf" || fail "two threads gave other bytes"
# The bytes do not depend on the number of threads, nor the name on a slash.
"$ecld" --model="$folder/tiny/" --threads=3 --output="$folder/threads" \
  --llamaClient="$folder/none" >"$folder/out" || fail "--threads=3"
cmp "$folder/phone/tiny-phone-Q4_K.gguf" "$folder/threads/tiny-phone-Q4_K.gguf" || fail "--threads=3 gave other bytes"
# Nor on whether there is memory for as many; under the sanitizers a process takes more than this.
(
  # shellcheck disable=SC3045 # dash and bash have it
  ulimit -v 4000000
  "$ecld" --help >/dev/null 2>&1 || exit 0
  "$ecld" --model="$folder/tiny" --threads=2000 --output="$folder/crowd" --llamaClient="$folder/none" >"$folder/out" &&
    cmp "$folder/phone/tiny-phone-Q4_K.gguf" "$folder/crowd/tiny-phone-Q4_K.gguf"
) || fail "--threads=2000"
# The paper's share of bf16: at most 21.78 % at 4 bits.
limit=$(($(stat -c %s "$folder/tiny/model.safetensors") * 2178 / 10000))
size=$(stat -c %s "$folder"/phone/*.gguf)
[ "$size" -le "$limit" ] || fail "$size bytes, expected at most $limit"
rm -rf "$folder"
conclude
