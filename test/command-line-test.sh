#!/usr/bin/env bash
#
# What mec-offload does with what people type. Run by CTest as `command-line`.
#
#     command-line-test.sh path/to/mec-offload
set -uo pipefail

program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

# A check has failed: say so and go on. $*: what
fail() {
  echo "FAIL $*" >&2
  failures=$((failures + 1))
}

# Bad input: exit code 1, one line that holds $1, nothing on stdout, no file left. $2...: arguments
refuse() {
  local part=$1
  shift
  rm -rf refused
  "$program" --slots=3 --output=refused "$@" >out 2>err
  local code=$?
  [[ $code -eq 1 ]] || fail "$*: exit code $code, expected 1"
  [[ $(wc -l <err) -eq 1 ]] || fail "$*: $(wc -l <err) lines of errors: $(head -c 300 err)"
  grep -qF -- "$part" err || fail "$*: no \"$part\" in: $(head -c 300 err)"
  [[ ! -s out ]] || fail "$*: printed $(head -c 300 out)"
  [[ -z $(find refused -type f 2>/dev/null) ]] || fail "$*: left $(find refused -type f)"
}

# A run that should do. $*: arguments
succeed() {
  "$program" "$@" >out 2>err || fail "$*: exit code $?: $(head -c 300 err)"
  [[ ! -s err ]] || fail "$*: errors: $(head -c 300 err)"
}

# Numbers out of range and no numbers at all
for value in 0 2.5 abc -1 "" 1e9 nan; do
  refuse "--mlus=$value" "--mlus=$value"
done
for value in nan -inf 1000 33dBm; do
  refuse "--maxPowerDbm=$value" "--maxPowerDbm=$value"
done
refuse --bandwidthHz=0 --bandwidthHz=0
refuse --minAccuracy=1.01 --minAccuracy=1.01
refuse --slots=0 --slots=0
refuse --slotBarrier=maybe --slotBarrier=maybe
refuse mlus=3 mlus=3

# Settings that others leave without effect
refuse --localHz=3e+09 --localHz=3e9 --compute=profile
refuse --energyCoefficient=0 --energyCoefficient=0 --compute=profile
refuse --localHz=3e+09 --localHz=3e9 --device=phone
refuse --energyCoefficient=0 --energyCoefficient=0 --device=phone
refuse --maxPowerDbm=20 --maxPowerDbm=20 --device=phone

# Random variables
refuse ns3::NoSuch --taskBits=ns3::NoSuch
refuse "drew -5" --taskBits=-5
refuse "drew -" "--taskBits=ns3::UniformRandomVariable[Min=-9|Max=-8]"
refuse ns3::EmpiricalRandomVariable --taskBits=ns3::EmpiricalRandomVariable
refuse ns3::DeterministicRandomVariable --taskBits=ns3::DeterministicRandomVariable
refuse "4.5e+13 s" --taskBits=1e20 --policy=always-local

refuse "Min=x" "--taskBits=ns3::UniformRandomVariable[Min=x]"
refuse "N=1.5" "--taskBits=ns3::ZipfRandomVariable[N=1.5]"
for value in abc 1.5 -1 ""; do
  refuse "--RngRun=$value" "--RngRun=$value"
done
refuse --RngSeed=0 --RngSeed=0
refuse OffloadRatio=x --ns3::llmmec::FixedPolicy::OffloadRatio=x
refuse OffloadRatio=7 --ns3::llmmec::FixedPolicy::OffloadRatio=7
refuse NoSuchAttribute --ns3::llmmec::FixedPolicy::NoSuchAttribute=1
refuse --mluss --mluss=3

# Names
refuse always-local --policy=nonsense
refuse nonsense --policy=nonsense
refuse Active --interference=x
refuse --interference=x --interference=x
refuse /missing.json --profile=missing
refuse llama-3.1-8b-ecld --profile=missing
refuse /missing.json --serverProfile=missing
refuse /missing.json --device=missing
refuse jetson-nano --device=missing
refuse edge-server.json --device=edge-server
refuse "samples" --quality=Sampled

# Files
refuse /nonexistent.json --profile=/nonexistent.json
mkdir folder
refuse "$work/folder" "--profile=$work/folder"
profile='{"version": 1, "name": "mine", "baseModel": "Llama-3.1-8B", "method": "ecld", "sizeBytes": 1,
  "energyPerQueryJ": 1, "accuracy": 0.5, "hallucination": 0.5, "source": "test"}'
echo "$profile" >good.json
succeed --slots=3 --profile=./good.json
echo "${profile:0:60}" >truncated.json
echo '[1, 2]' >array.json
echo "${profile/0.5/\"half\"}" >type.json
echo "${profile/0.5/1.5}" >range.json
: >empty.json
for name in truncated array type range empty; do
  refuse "./$name.json" "--profile=./$name.json"
  refuse "./$name.json" "--device=./$name.json"
done
refuse /accuracy --profile=./type.json
refuse 1.5 --profile=./range.json
echo x >file
refuse "file/below" --output=file/below
refuse "file" --output=file
[[ $(cat file) == x ]] || fail "--output=file: the file was changed"

# The three files, whole, and the same bytes for the same seed
arguments=(--mlus=3 --slots=20 --policy=random --batteryJ=20 --taskBits=ns3::ExponentialRandomVariable[Mean=1e6])
succeed "${arguments[@]}" --output=a/deep
succeed "${arguments[@]}" --output=a/deep
mv a/deep first
succeed "${arguments[@]}" --output=a/deep
[[ $(ls first) == $'slots.csv\nsummary.json\ntasks.csv' ]] || fail "files: $(ls first)"
diff -r first a/deep >/dev/null || fail "the same seed gave other bytes"
succeed "${arguments[@]}" --output=a/deep --RngRun=2
for name in slots.csv tasks.csv; do
  cmp -s "first/$name" "a/deep/$name" && fail "another run gave the same $name"
done
[[ $(wc -l <first/slots.csv) -eq 21 ]] || fail "slots.csv has $(wc -l <first/slots.csv) lines"
[[ $(wc -l <first/tasks.csv) -eq 61 ]] || fail "tasks.csv has $(wc -l <first/tasks.csv) lines"

# tasks.csv of an earlier run does not stay beside other slots
succeed --slots=3 --output=a/deep --tasks=no
[[ $(ls a/deep) == $'slots.csv\nsummary.json' ]] || fail "files: $(ls a/deep)"

# What was typed of ns-3's own is in the summary too
succeed --slots=3 --output=typed --policy=fixed --ns3::llmmec::FixedPolicy::OffloadRatio=0.25
grep -q '"ns3::llmmec::FixedPolicy::OffloadRatio": 0.25' typed/summary.json || fail "summary lacks it"

# No power: every upload meets its cap, and every number is finite
succeed --slots=5 --policy=fixed --ns3::llmmec::FixedPolicy::PowerShare=0 --output=zero
grep -q "10 uploads met the cap of 10 s" out || fail "no word of capped uploads: $(cat out)"
grep -q '"cappedUploads": 10' zero/summary.json || fail "summary of capped uploads"
grep -qiE 'nan|inf|null' zero/*.csv zero/summary.json out && fail "not finite without power"
succeed --slots=5 --policy=fixed --ns3::llmmec::FixedPolicy::PowerShare=0 --interference=Active
grep -q "10 uploads met the cap of 10 s" out || fail "Active: no word of capped uploads"

# Ctrl-C leaves nothing. The run would take hours.
# (Bash has background jobs ignore SIGINT, so give it back.)
env --default-signal=INT "$program" --slots=1000000000 --policy=random --output=broken >out 2>err &
pid=$!
for _ in $(seq 100); do
  [[ -s broken/slots.csv.part ]] && break
  sleep 0.05
done
[[ -e broken/slots.csv.part ]] || fail "Ctrl-C: the run has not begun"
kill -INT "$pid"
wait "$pid"
code=$?
[[ $code -eq 1 ]] || fail "Ctrl-C: exit code $code, expected 1"
grep -q "interrupted" err || fail "Ctrl-C: $(cat err)"
[[ -z $(find broken -type f) ]] || fail "Ctrl-C: left $(find broken -type f)"

echo "$failures checks failed"
[[ $failures -eq 0 ]]
