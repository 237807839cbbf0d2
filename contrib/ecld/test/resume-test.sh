#!/bin/sh
# A study that is killed again and again leaves the same models and answers as one that is not:
# resume-test.sh ECLD FOLDER. Times and energies are measured, so they differ.
ecld=$1
folder=$2
study="--size=fixture --steps=30 --questions=8 --llamaClient=$folder/none"
rm -rf "$folder"
mkdir -p "$folder" || exit 1

# shellcheck disable=SC2086 # several flags
$ecld $study --output="$folder/whole" >"$folder/whole.txt" 2>"$folder/whole.log" ||
  { cat "$folder/whole.log"; exit 1; }

kills=0
tenths=5
while :; do
  # shellcheck disable=SC2086
  timeout -s KILL $((tenths / 10)).$((tenths % 10)) $ecld $study --output="$folder/killed" >"$folder/killed.txt" 2>"$folder/killed.log"
  status=$?
  [ $status -eq 137 ] || break
  kills=$((kills + 1))
  # Longer and longer, so that it comes to an end on a slow machine too.
  tenths=$((tenths * 5 / 4 + 1))
done
[ $status -eq 0 ] || { cat "$folder/killed.log"; exit 1; }
echo "killed $kills times"
[ $kills -gt 0 ] || { echo "it was too fast to be killed"; exit 1; }
for part in teacher models gguf quality; do
  # A killed writer may leave its unfinished file, which has another name.
  diff -r --exclude='*.part' "$folder/whole/$part" "$folder/killed/$part" || exit 1
done
cmp "$folder/whole/table.txt" "$folder/killed/table.txt" || exit 1
rm -rf "$folder"
