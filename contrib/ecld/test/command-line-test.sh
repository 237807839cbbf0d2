#!/bin/sh
# Bad flags and files end in one line that names them and exit status 1: command-line-test.sh ECLD
# RANDOM_CHECKPOINT FOLDER. Good ones give a file.
ecld=$1
random=$2
folder=$3
rm -rf "$folder"
mkdir -p "$folder" || exit 1
failed=0

# expect TEXT FLAG...: exit status 1 and one line with the text
expect() {
  text=$1
  shift
  "$ecld" "$@" >"$folder/out" 2>"$folder/err"
  status=$?
  if [ $status -ne 1 ] || [ "$(wc -l <"$folder/err")" -ne 1 ] || ! grep -qF -- "$text" "$folder/err"; then
    echo "FAILED: $* gave status $status and:"
    cat "$folder/err"
    failed=1
  fi
}

"$random" llama-3.1-8b-tiny "$folder/tiny" || exit 1
expect "--frobnicate" --frobnicate
expect "--sizeShare" --sizeShare=0
expect "--sizeShare" --sizeShare=many
expect "--steps" --steps=-3
expect "--seed" --seed=0
expect "--seeds" --seeds=many
expect "expected one of them" --seed=2 --seeds=3
expect "enormous" --size=enormous --output="$folder/study"
expect "--architecture=bert" --architecture=bert
expect "--device=toaster" --model="$folder/tiny" --device=toaster
expect "--type=Q9" --model="$folder/tiny" --type=Q9
expect "--threads" --model="$folder/tiny" --threads=0
expect "--sizeMiB" --model="$folder/tiny" --sizeMiB=-1
expect "$folder/missing" --model="$folder/missing" --output="$folder/out.d"
printf 'the quick brown fox\njumps over the lazy dog\n\nthe dog sleeps on\n' >"$folder/texts"
printf '{"prompt": "the quick", "answers": ["brown"]}\n' >"$folder/questions"
printf '{"prompt": "the quick", "answers": ["brown"]}\n{"prompt": 3}\n' >"$folder/unasked"
printf '\n\n' >"$folder/empty"
expect "--textFile" --model="$folder/tiny" --steps=5
expect "$folder/missing" --model="$folder/tiny" --textFile="$folder/missing" --output="$folder/out.d"
expect "$folder/empty: no texts" --model="$folder/tiny" --textFile="$folder/empty" --output="$folder/out.d"
expect "$folder/unasked: line 2" --model="$folder/tiny" --textFile="$folder/texts" \
  --questionFile="$folder/unasked" --output="$folder/unasked.d" --llamaClient="$folder/none"
# Every flag of one use is refused in the other. The value need not make sense.
"$ecld" --help >"$folder/help"
refused=0
# each SECTION: its flags, those with a value as FLAG=1
each() {
  sed -n "/^$1:/,/^\$/s/^  --\([A-Za-z]*\)\( arg\)\{0,1\}.*/--\1\2/p" "$folder/help" | sed 's/ arg/=1/'
}
for flag in $(each "Flags without --model"); do
  expect "${flag%=1}: expected no --model" --model="$folder/tiny" "$flag"
  refused=$((refused + 1))
done
for flag in $(each "Flags with --model"); do
  expect "${flag%=1}: expected --model" "$flag"
  refused=$((refused + 1))
done
[ $refused -eq 13 ] || { echo "FAILED: $refused flags were refused, expected 13"; failed=1; }
# What would have no effect in its own use.
expect "--sizeMiB, --sizeShare" --model="$folder/tiny" --sizeMiB=1 --sizeShare=0.5
expect "--processor=cuda: expected --textFile" --model="$folder/tiny" --processor=cuda
expect "tpu" --model="$folder/tiny" --textFile="$folder/texts" --processor=tpu --output="$folder/out.d"
expect "tpu" --size=fixture --processor=tpu --output="$folder/study"
cp -r "$folder/tiny" "$folder/cut"
head -c 1000000 "$folder/tiny/model.safetensors" >"$folder/cut/model.safetensors"
expect "model.safetensors" --model="$folder/cut" --output="$folder/out.d"
expect "no shape fits" --model="$folder/tiny" --sizeMiB=0.1 --output="$folder/out.d"
[ -z "$(find "$folder/out.d" -name '*.gguf' 2>/dev/null)" ] || { echo "FAILED: a half-written file"; failed=1; }

for device in phone laptop; do
  "$ecld" --model="$folder/tiny" --device=$device --output="$folder/$device" --checkpoint \
    --llamaClient="$folder/none" >"$folder/out" || { echo "FAILED: $device"; failed=1; }
done
# A student of the same size, calibrated and distilled, with its profile.
"$ecld" --model="$folder/tiny" --textFile="$folder/texts" --questionFile="$folder/questions" --steps=3 \
  --output="$folder/taught" --llamaClient="$folder/none" >"$folder/out" || { echo "FAILED: --textFile"; failed=1; }
size=$(stat -c %s "$folder/phone/tiny-phone-Q4_K.gguf")
[ "$(stat -c %s "$folder/taught/tiny-phone-Q4_K.gguf")" -le $((size * 11 / 10)) ] || { echo "FAILED: size"; failed=1; }
grep -q '"samples"' "$folder/taught/tiny-phone-Q4_K.json" || { echo "FAILED: no profile"; failed=1; }
# Training with two threads: the same number gives the same bytes.
for run in first second; do
  OMP_WAIT_POLICY=passive "$ecld" --model="$folder/tiny" --textFile="$folder/texts" --steps=1 --threads=2 --output="$folder/$run" \
    --llamaClient="$folder/none" >"$folder/out" || { echo "FAILED: --threads=2"; failed=1; }
done
cmp "$folder/first/tiny-phone-Q4_K.gguf" "$folder/second/tiny-phone-Q4_K.gguf" || failed=1
# The bytes do not depend on the number of threads, nor the name on a slash.
"$ecld" --model="$folder/tiny/" --threads=3 --output="$folder/threads" \
  --llamaClient="$folder/none" >"$folder/out" || { echo "FAILED: --threads=3"; failed=1; }
cmp "$folder/phone/tiny-phone-Q4_K.gguf" "$folder/threads/tiny-phone-Q4_K.gguf" || failed=1
# Nor on whether there is memory for as many; under the sanitizers a process takes more than this.
(
  # shellcheck disable=SC3045 # dash and bash have it
  ulimit -v 4000000
  "$ecld" --help >/dev/null 2>&1 || exit 0
  "$ecld" --model="$folder/tiny" --threads=2000 --output="$folder/crowd" --llamaClient="$folder/none" >"$folder/out" &&
    cmp "$folder/phone/tiny-phone-Q4_K.gguf" "$folder/crowd/tiny-phone-Q4_K.gguf"
) || { echo "FAILED: --threads=2000"; failed=1; }
# The paper's share of bf16: at most 21.78 % at 4 bits.
limit=$(($(stat -c %s "$folder/tiny/model.safetensors") * 2178 / 10000))
size=$(stat -c %s "$folder"/phone/*.gguf)
[ "$size" -le "$limit" ] || { echo "FAILED: $size bytes, expected at most $limit"; failed=1; }
rm -rf "$folder"
exit $failed
