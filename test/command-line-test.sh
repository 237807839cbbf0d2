#!/usr/bin/env bash
#
# What mec-offload does with what people type. Run by CTest as `command-line`.
#
#     command-line-test.sh path/to/mec-offload
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# Bad input. $1: part of the line that says so, $2...: flags
refuse_flags() {
  local part=$1
  shift
  refuse_at_once "$part" "$program" --slots=3 --output=refused "$@"
}

# Numbers out of range and no numbers at all
for value in 0 2.5 abc -1 "" 1e9 nan; do
  refuse_flags "--mlus=$value" "--mlus=$value"
done
for value in nan -inf 1000 33dBm; do
  refuse_flags "--maxPowerDbm=$value" "--maxPowerDbm=$value"
done
refuse_flags --bandwidthHz=0 --bandwidthHz=0
refuse_flags --minAccuracy=1.01 --minAccuracy=1.01
refuse_flags --slots=0 --slots=0
refuse_flags --slotBarrier=maybe --slotBarrier=maybe
refuse_flags mlus=3 mlus=3

# Settings that others leave without effect
refuse_flags --localHz=3e+09 --localHz=3e9 --compute=profile
refuse_flags --energyCoefficient=0 --energyCoefficient=0 --compute=profile
refuse_flags --localHz=3e+09 --localHz=3e9 --device=phone
refuse_flags --energyCoefficient=0 --energyCoefficient=0 --device=phone
refuse_flags --maxPowerDbm=20 --maxPowerDbm=20 --device=phone

# Servers that serve tokens, and what they take no value for
tokens="--serverDiscipline=ContinuousBatching --serving=rtx4090-llama-3.1-8b --policy=fixed"
engine=ns3::llmmec::ContinuousBatchingEngine
refuse_flags "no serving" --serverDiscipline=ContinuousBatching
refuse_flags "expected none without --serverDiscipline=ContinuousBatching" --serving=rtx4090-llama-3.1-8b
# shellcheck disable=SC2086
{
  refuse_flags --serverHz=3e+09 $tokens --serverHz=3e9
  refuse_flags "use --serving instead" $tokens --$engine::StepTimeModel=ns3::llmmec::RooflineStepTimeModel
  refuse_flags "use attributes of the engine instead" $tokens \
    --ns3::llmmec::ContinuousBatchingDiscipline::Engine=$engine
  refuse_flags "no object of these cells has it" --$engine::Seats=3
  succeed "$program" $tokens --slots=3 --$engine::Seats=3
}

# Random variables
refuse_flags ns3::NoSuch --taskBits=ns3::NoSuch
refuse_flags "drew -5" --taskBits=-5
refuse_flags "drew -" "--taskBits=ns3::UniformRandomVariable[Min=-9|Max=-8]"
refuse_flags ns3::EmpiricalRandomVariable --taskBits=ns3::EmpiricalRandomVariable
refuse_flags ns3::DeterministicRandomVariable --taskBits=ns3::DeterministicRandomVariable
refuse_flags "4.5e+13 s" --taskBits=1e20 --policy=always-local

refuse_flags "Min=x" "--taskBits=ns3::UniformRandomVariable[Min=x]"
refuse_flags "N=1.5" "--taskBits=ns3::ZipfRandomVariable[N=1.5]"
for value in abc 1.5 -1 ""; do
  refuse_flags "--RngRun=$value" "--RngRun=$value"
done
refuse_flags --RngSeed=0 --RngSeed=0
refuse_flags OffloadRatio=x --ns3::llmmec::FixedPolicy::OffloadRatio=x
refuse_flags OffloadRatio=7 --ns3::llmmec::FixedPolicy::OffloadRatio=7
refuse_flags NoSuchAttribute --ns3::llmmec::FixedPolicy::NoSuchAttribute=1
refuse_flags --mluss --mluss=3

# Names
refuse_flags always-local --policy=nonsense
refuse_flags nonsense --policy=nonsense
refuse_flags Active --interference=x
refuse_flags --interference=x --interference=x
refuse_flags --link=nr --link=nr
refuse_flags "use --noiseDbm instead" --link=packets --ns3::llmmec::MecUplinkBand::NoiseDbm=-90
refuse_flags "no object of these cells has it" --ns3::llmmec::MecUplinkMac::Window=1
refuse_flags /missing.json --profile=missing
refuse_flags llama-3.1-8b-ecld --profile=missing
refuse_flags /missing.json --serverProfile=missing
refuse_flags /missing.json --device=missing
refuse_flags jetson-nano --device=missing
refuse_flags edge-server.json --device=edge-server
refuse_flags "samples" --quality=Sampled

# Files
refuse_flags /nonexistent.json --profile=/nonexistent.json
mkdir folder
refuse_flags "$work/folder" "--profile=$work/folder"
profile='{"version": 1, "name": "mine", "baseModel": "Llama-3.1-8B", "method": "ecld", "sizeBytes": 1,
  "energyPerQueryJ": 1, "accuracy": 0.5, "hallucination": 0.5, "source": "test"}'
echo "$profile" >good.json
succeed "$program" --slots=3 --profile=./good.json
echo "${profile:0:60}" >truncated.json
echo '[1, 2]' >array.json
echo "${profile/0.5/\"half\"}" >type.json
echo "${profile/0.5/1.5}" >range.json
: >empty.json
for name in truncated array type range empty; do
  refuse_flags "./$name.json" "--profile=./$name.json"
  refuse_flags "./$name.json" "--device=./$name.json"
done
refuse_flags /accuracy --profile=./type.json
refuse_flags 1.5 --profile=./range.json
echo x >file
refuse_flags "file/below" --output=file/below
refuse_flags "file" --output=file
[[ $(cat file) == x ]] || fail "--output=file: the file was changed"

# The three files, whole, and the same bytes for the same seed
arguments=(--mlus=3 --slots=20 --policy=random --batteryJ=20 --taskBits=ns3::ExponentialRandomVariable[Mean=1e6])
succeed "$program" "${arguments[@]}" --output=a/deep
succeed "$program" "${arguments[@]}" --output=a/deep
mv a/deep first
succeed "$program" "${arguments[@]}" --output=a/deep
[[ $(ls first) == $'slots.csv\nsummary.json\ntasks.csv' ]] || fail "files: $(ls first)"
diff -r first a/deep >/dev/null || fail "the same seed gave other bytes"
succeed "$program" "${arguments[@]}" --output=a/deep --RngRun=2
for name in slots.csv tasks.csv; do
  cmp -s "first/$name" "a/deep/$name" && fail "another run gave the same $name"
done
[[ $(wc -l <first/slots.csv) -eq 21 ]] || fail "slots.csv has $(wc -l <first/slots.csv) lines"
[[ $(wc -l <first/tasks.csv) -eq 61 ]] || fail "tasks.csv has $(wc -l <first/tasks.csv) lines"

# tasks.csv of an earlier run does not stay beside other slots
succeed "$program" --slots=3 --output=a/deep --tasks=no
[[ $(ls a/deep) == $'slots.csv\nsummary.json' ]] || fail "files: $(ls a/deep)"

# What was typed of ns-3's own is in the summary too
succeed "$program" --slots=3 --output=typed --policy=fixed --ns3::llmmec::FixedPolicy::OffloadRatio=0.25
grep -q '"ns3::llmmec::FixedPolicy::OffloadRatio": 0.25' typed/summary.json || fail "summary lacks it"

# No power: every upload meets its cap, and every number is finite
succeed "$program" --slots=5 --policy=fixed --ns3::llmmec::FixedPolicy::PowerShare=0 --output=zero
grep -q "10 uploads met the cap of 10 s" out || fail "no word of capped uploads: $(cat out)"
grep -q '"cappedUploads": 10' zero/summary.json || fail "summary of capped uploads"
grep -qiE 'nan|inf|null' zero/*.csv zero/summary.json out && fail "not finite without power"
succeed "$program" --slots=5 --policy=fixed --ns3::llmmec::FixedPolicy::PowerShare=0 --interference=Active
grep -q "10 uploads met the cap of 10 s" out || fail "Active: no word of capped uploads"
succeed "$program" --slots=5 --policy=fixed --ns3::llmmec::FixedPolicy::PowerShare=0 --link=packets
grep -q "10 uploads met the cap of 10 s" out || fail "packets: no word of capped uploads"
succeed "$program" --slots=5 --policy=fixed --link=packets --interference=Active --ns3::llmmec::MecUplinkMac::Window=1
grep -q "^uplink frames: .* sent = .* received" out || fail "--link=packets: no ledger"

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

conclude
