#!/bin/sh
# A file says what it was made with: a run with the same flags keeps it, a run with others is refused
# in one line that names the flag and both values: rerun-test.sh ECLD RANDOM_CHECKPOINT FOLDER.
# shellcheck source=test/checks.sh
. "$(dirname "$0")/../../../test/checks.sh"
ecld=$1
random=$2
folder=$3
work=$folder
rm -rf "$folder"
mkdir -p "$folder" || exit 1

# run FLAG...: a run that has to succeed
run() {
  "$ecld" --model="$folder/tiny" --llamaClient="$folder/none" --threads=1 "$@" >"$folder/out" 2>"$folder/err" ||
    { fail "$*:"; cat "$folder/err"; }
}

# refuse_flags TEXT FLAG...: exit status 1 and one line with the text
refuse_flags() {
  text=$1
  shift
  refuse "$text" "$ecld" --model="$folder/tiny" --llamaClient="$folder/none" --threads=1 "$@"
}

# method NAME: what the profile calls it
method() {
  sed -n 's/.*"method": "\([^"]*\)".*/\1/p' "$folder/$1/tiny-phone-Q4_K.json"
}

"$random" llama-3.1-8b-tiny "$folder/tiny" || exit 1
printf 'the quick brown fox\njumps over the lazy dog\n\nthe dog sleeps on\n' >"$folder/texts"
printf 'the lazy dog\njumps over the quick fox\n' >"$folder/others"
printf '{"prompt": "the quick", "answers": ["brown"]}\n' >"$folder/questions"
texts="--textFile=$folder/texts --questionFile=$folder/questions"

# With texts.
# shellcheck disable=SC2086 # several flags
{
  run $texts --output="$folder/taught"
  file=$folder/taught/tiny-phone-Q4_K.gguf
  cp -p "$file" "$folder/copy"
  [ "$(method taught)" = pruning-quantization ] || fail "the method is $(method taught)"
  run $texts --output="$folder/taught"
  cmp "$file" "$folder/copy" || fail "the same flags gave another file"
  # shellcheck disable=SC3013 # dash has -nt
  [ "$file" -nt "$folder/copy" ] && fail "the same flags wrote the file again"
  grep -q "is there already" "$folder/out" || fail "nothing says that the file is kept"
  refuse_flags "--steps steps 0 there and 5 here" $texts --output="$folder/taught" --steps=5
  refuse_flags "--sizeMiB, --sizeShare bytes " $texts --output="$folder/taught" --sizeMiB=0.5
  refuse_flags "--sizeMiB, --sizeShare bytes " $texts --output="$folder/taught" --sizeShare=0.9
  refuse_flags "--textFile texts " --textFile="$folder/others" --output="$folder/taught"
  refuse_flags "--textFile texts " --output="$folder/taught"
  [ "$(method taught)" = pruning-quantization ] || fail "a refused run changed the method"
  # The file alone is gone: what the folder beside it holds is of other settings.
  rm "$file"
  refuse_flags "--steps steps 0 there and 5 here" $texts --output="$folder/taught" --steps=5
  run $texts --output="$folder/taught"
  cmp "$file" "$folder/copy" || fail "the pruned folder gave another file"
  run $texts --output="$folder/taught" --checkpoint
  # The folder alone is gone.
  rm -r "$folder/taught/tiny-phone-Q4_K-pruned"
  refuse_flags "tiny-phone-Q4_K-pruned: missing" $texts --output="$folder/taught"
  refuse_flags "tiny-phone-Q4_K-pruned: missing" --textFile="$folder/texts" --output="$folder/taught" --checkpoint

  run $texts --output="$folder/distilled" --steps=3
  [ "$(method distilled)" = ecld ] || fail "the method is $(method distilled)"
  refuse_flags "--steps steps 3 there and 0 here" $texts --output="$folder/distilled"
  [ "$(method distilled)" = ecld ] || fail "a refused run changed the method"
}

# One layer at a time: what was made so is kept without the flag too, and goes on so.
run --textFile="$folder/texts" --output="$folder/layers" --layerwise
file=$folder/layers/tiny-phone-Q4_K.gguf
cp -p "$file" "$folder/copy"
run --textFile="$folder/texts" --output="$folder/layers"
cmp "$file" "$folder/copy" || fail "without --layerwise there is another file"
refuse_flags "--calibrationTokens tokens 8192 there and 4096 here" --textFile="$folder/texts" \
  --output="$folder/layers" --calibrationTokens=4096
refuse_flags "--layerwise passes whole there and layerwise here" --textFile="$folder/texts" \
  --output="$folder/taught" --layerwise

# By the weights alone.
# shellcheck disable=SC2086 # several flags
{
  run --output="$folder/alone"
  refuse_flags "--textFile texts none there and " $texts --output="$folder/alone"
  refuse_flags "--sizeMiB, --sizeShare bytes " --output="$folder/alone" --sizeMiB=9
  [ -e "$folder/alone/tiny-phone-Q4_K-pruned" ] && fail "a checkpoint without --checkpoint"
  run --output="$folder/alone" --checkpoint
  run --output="$folder/both" --checkpoint
  diff -r "$folder/alone" "$folder/both" || fail "--checkpoint later gave another result"
  "$ecld" --model="$folder/both/tiny-phone-Q4_K-pruned" --sizeShare=1 --output="$folder/again" \
    --llamaClient="$folder/none" >"$folder/out" || fail "the checkpoint cannot be compressed"
  refuse_flags "--checkpoint: there is nothing to write" --output="$folder/whole" --sizeShare=1 --checkpoint
  refuse_flags "--steps=3: there is nothing to distil" $texts --output="$folder/whole" --sizeShare=1 --steps=3
}

# Another model of the same name, which differs in its last weight: its files would stand beside.
cp -r "$folder/tiny" "$folder/kept"
size=$(stat -c %s "$folder/tiny/model.safetensors")
printf '\000' | dd of="$folder/tiny/model.safetensors" bs=1 seek=$((size - 2)) conv=notrunc 2>/dev/null
cmp -s "$folder/tiny/model.safetensors" "$folder/kept/model.safetensors" && fail "the models are the same"
refuse_flags "--model model " --output="$folder/alone"
refuse_flags "--model model " --output="$folder/alone" --device=laptop
# The same model from elsewhere is the same.
rm -r "$folder/tiny"
mv "$folder/kept" "$folder/tiny"
run --output="$folder/alone" --checkpoint

# A file from elsewhere.
sed -i 's/ecld\./xcld./g' "$folder/alone/tiny-phone-Q4_K.gguf"
refuse_flags "does not say what it was made with" --output="$folder/alone"
[ "$failures" -eq 0 ] && rm -rf "$folder"
conclude
