#!/bin/sh
# A study, and the compression of a checkpoint, that are killed again and again leave the same models
# and answers as those that are not: resume-test.sh ECLD RANDOM_CHECKPOINT FOLDER. Times and energies
# are measured, so they differ.
ecld=$1
random=$2
folder=$3
study="--size=fixture --steps=10 --questions=8 --llamaClient=$folder/none"
rm -rf "$folder"
mkdir -p "$folder" || exit 1

# compare TENTHS FLAG...: a run as it should be, into whole, and one that is killed after so many
# tenths of a second, and then ever later, so that it comes to an end on a slow machine too.
compare() {
  tenths=$1
  shift
  rm -rf "$folder/whole" "$folder/killed"
  "$ecld" "$@" --output="$folder/whole" >"$folder/whole.txt" 2>"$folder/whole.log" ||
    { cat "$folder/whole.log"; exit 1; }
  kills=0
  while :; do
    timeout -s KILL $((tenths / 10)).$((tenths % 10)) "$ecld" "$@" --output="$folder/killed" \
      >"$folder/killed.txt" 2>"$folder/killed.log"
    status=$?
    [ $status -eq 137 ] || break
    kills=$((kills + 1))
    tenths=$((tenths * 3 / 2 + 1))
  done
  [ $status -eq 0 ] || { cat "$folder/killed.log"; exit 1; }
  echo "killed $kills times"
  [ $kills -gt 0 ] || { echo "it was too fast to be killed"; exit 1; }
}

"$random" llama-3.1-8b-tiny "$folder/tiny" || exit 1
compare 1 --model="$folder/tiny" --llamaClient="$folder/none"
diff -r --exclude='*.part' "$folder/whole" "$folder/killed" || exit 1

printf 'the quick brown fox\njumps over the lazy dog\n\nthe dog sleeps on\n' >"$folder/texts"
printf '{"prompt": "the quick", "answers": ["brown"]}\n' >"$folder/questions"
compare 2 --model="$folder/tiny" --textFile="$folder/texts" --questionFile="$folder/questions" \
  --steps=20 --llamaClient="$folder/none"
diff -r --exclude='*.part' "$folder/whole" "$folder/killed" || exit 1

# One layer at a time, killed as soon as each of these is there: in both passes and between them. What
# is there when it is run again is not made again.
"$ecld" --model="$folder/tiny" --textFile="$folder/texts" --layerwise --threads=1 --llamaClient="$folder/none" \
  --output="$folder/whole-layers" >"$folder/whole.txt" 2>"$folder/whole.log" || { cat "$folder/whole.log"; exit 1; }
for mark in full-states-1 full-states-4 small-states-1 blocks-layer-1; do
  "$ecld" --model="$folder/tiny" --textFile="$folder/texts" --layerwise --threads=1 --llamaClient="$folder/none" \
    --output="$folder/killed-layers" >/dev/null 2>"$folder/killed.log" &
  running=$!
  while [ ! -e "$folder/killed-layers/tiny-phone-Q4_K-layers/$mark" ] && kill -0 $running 2>/dev/null; do
    sleep 0.01
  done
  kill -KILL $running 2>/dev/null || { echo "FAILED: it ended before $mark was there"; exit 1; }
  wait $running 2>/dev/null
done
[ -e "$folder/killed-layers/tiny-phone-Q4_K.gguf" ] && { echo "FAILED: a file before it is whole"; exit 1; }
"$ecld" --model="$folder/tiny" --textFile="$folder/texts" --layerwise --threads=1 --llamaClient="$folder/none" \
  --output="$folder/killed-layers" >"$folder/killed.txt" 2>"$folder/killed.log" || { cat "$folder/killed.log"; exit 1; }
diff -r "$folder/whole-layers" "$folder/killed-layers" || exit 1

# The study learns facts of Debian packages.
if [ ! -e /usr/share/wordnet/data.noun ] || [ ! -e /usr/share/iso-codes/json/iso_3166-1.json ]; then
  rm -rf "$folder"
  echo "skipped: the study needs the packages wordnet-base, iso-codes and tzdata"
  exit 77
fi
# It is killed as soon as each of these is there, while it works at what comes next.
# shellcheck disable=SC2086 # several flags
"$ecld" $study --output="$folder/whole" >"$folder/whole.txt" 2>"$folder/whole.log" ||
  { cat "$folder/whole.log"; exit 1; }
rm -rf "$folder/killed"
for mark in teacher/tokenizer.json teacher/config.json models/pruned/config.json \
  models/scratch/config.json quality/original.json pairs/small-pruning.json gguf/ecld.gguf; do
  # shellcheck disable=SC2086 # several flags
  "$ecld" $study --output="$folder/killed" >/dev/null 2>"$folder/killed.log" &
  running=$!
  while [ ! -e "$folder/killed/$mark" ] && kill -0 $running 2>/dev/null; do
    sleep 0.05
  done
  kill -KILL $running 2>/dev/null || { echo "FAILED: it ended before $mark was there"; exit 1; }
  wait $running 2>/dev/null
done
# shellcheck disable=SC2086 # several flags
"$ecld" $study --output="$folder/killed" >"$folder/killed.txt" 2>"$folder/killed.log" ||
  { cat "$folder/killed.log"; exit 1; }
for part in teacher models gguf quality pairs; do
  # A killed writer may leave its unfinished file, which has another name.
  diff -r --exclude='*.part' "$folder/whole/$part" "$folder/killed/$part" || exit 1
done
cmp "$folder/whole/table.txt" "$folder/killed/table.txt" || exit 1
cmp "$folder/whole/pairs.txt" "$folder/killed/pairs.txt" || exit 1

# ECLD has at most the share of bf16's bytes that is asked for, 21.78 %, and not far less.
awk -F, '$1 == "original" { full = $2 } $1 == "ecld" { part = $2 / full }
  END { print "ECLD has " part " of the bytes"; exit !(part > 0.19 && part <= 0.2178) }' \
  "$folder/whole/table.csv" || exit 1

# Over two seeds: what is done is not done again, and the other seed draws all of it anew.
mkdir "$folder/seeds"
mv "$folder/whole" "$folder/seeds/seed-1"
# shellcheck disable=SC2086 # several flags
"$ecld" $study --seeds=2 --output="$folder/seeds" >"$folder/seeds.txt" 2>"$folder/seeds.log" ||
  { cat "$folder/seeds.log"; exit 1; }
diff -r --exclude='*.part' "$folder/seeds/seed-1/models" "$folder/killed/models" || exit 1
for file in teacher/tokenizer.json teacher/model.safetensors gguf/ecld.gguf; do
  ! cmp -s "$folder/seeds/seed-1/$file" "$folder/seeds/seed-2/$file" ||
    { echo "FAILED: both seeds have the same $file"; exit 1; }
done
[ "$(grep -c ',ecld,' "$folder/seeds/seeds.csv")" -eq 2 ] || { echo "FAILED: seeds.csv"; exit 1; }
grep -q 'Mean over 2 seeds' "$folder/seeds/seeds.txt" || { echo "FAILED: seeds.txt"; exit 1; }
rm -rf "$folder"
